"""Errors of the API."""

from typing import Any

import httpx


class ReboundProblem(Exception):
    """An error of the API (RFC 9457). `code` is stable and what a program decides by; `detail` is for people."""

    def __init__(self, body: dict[str, Any], response: httpx.Response) -> None:
        self.body = body
        """The whole body; some codes bring members of their own, such as `allowed` or `cooloff_until`."""
        self.response = response
        self.code: str = body["code"]
        self.status = response.status_code
        self.detail: str = body.get("detail") or body.get("title") or ""
        self.request_id: str = body.get("request_id", "")
        super().__init__(f"{self.status} {self.code}: {self.detail}")

    @property
    def fields(self) -> dict[str, str]:
        """Every wrong field by its JSON Pointer, when the code is `invalid_fields`."""
        return {fault["pointer"]: fault["detail"] for fault in self.body.get("errors") or []}

    @classmethod
    def of(cls, response: httpx.Response) -> "ReboundProblem":
        """What an answer says of its failure; something between us and the service may have written another page."""
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or "code" not in body:
            body = {"code": "unknown", "detail": "The answer is none of the service's."}
        return cls(body, response)
