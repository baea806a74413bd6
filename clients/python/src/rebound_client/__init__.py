"""A typed client of the Rebound API; see the README. Requests and models are generated from the API document."""

from .client import Rebound
from .problem import ReboundProblem

__all__ = ["Rebound", "ReboundProblem"]
