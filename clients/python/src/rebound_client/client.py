"""The client."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol, Self, TypeVar

import httpx

from .generated.api.events import list_events
from .generated.client import AuthenticatedClient
from .generated.models import Event, ListEventsTypeItem, Problem
from .generated.types import UNSET
from .transport import Session, Tokens

R = TypeVar("R")
T = TypeVar("T")


class Page(Protocol[T]):
    """The answer of a list."""

    data: list[T]
    next_cursor: str | None


class Rebound:
    """A client of the service at an address.

    The functions of `rebound_client.generated.api` are called with it, by `call` or with `client=rebound.client`.
    What fails raises `ReboundProblem`. It may be shared by threads.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        refresh_token: str | None = None,
        on_tokens: Callable[[str, str], None] | None = None,
        retries: int = 2,
        longest_wait: float = 10.0,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """With a refresh token the access token is renewed when it has expired; `on_tokens` is told of every new pair.

        What was not answered, or answered with 429 or 503 and a wait of at most `longest_wait` seconds, is repeated up to
        `retries` times.
        """
        self._session = Session(
            transport or httpx.HTTPTransport(),
            token=token,
            refresh_token=refresh_token,
            on_tokens=on_tokens,
            retries=retries,
            longest_wait=longest_wait,
        )
        self.http = httpx.Client(base_url=base_url, transport=self._session, timeout=timeout)
        """For what the generated functions do not do, such as `POST /v1/imports` with a file."""
        self.client = AuthenticatedClient(base_url=base_url, token="").set_httpx_client(self.http)

    def signed_in(self, tokens: Tokens) -> None:
        """Signs the following requests with these tokens, and renews them when they expire."""
        self._session.adopt(tokens.access_token, tokens.refresh_token)

    def call(self, function: Callable[..., R | Problem | None], *arguments: Any, **parameters: Any) -> R:
        """What a generated function such as `create_application.sync` answers."""
        answer = function(*arguments, client=self.client, **parameters)
        assert answer is not None and not isinstance(answer, Problem), "a problem was raised"
        return answer

    def each(self, function: Callable[..., Page[T] | Problem | None], *arguments: Any, **parameters: Any) -> Iterator[T]:
        """Every item of a list, however many pages it has."""
        cursor: Any = UNSET
        while True:
            page = self.call(function, *arguments, cursor=cursor, **parameters)
            yield from page.data
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    def changes(self, after: str | None = None, *, types: list[ListEventsTypeItem] | None = None) -> Iterator[Event]:
        """What has happened since `after` (the id of the last event that you know, or "now"), the oldest first, up to now."""
        place: Any = UNSET if after is None else after
        wanted: Any = UNSET if types is None else types
        while True:
            page = self.call(list_events.sync, after=place, type_=wanted)
            if not page.data:
                return
            yield from page.data
            place = page.next_cursor

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
