"""What happens around a request: it is signed, repeated where that is safe, and its token renewed."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Protocol

import httpx

from .problem import ReboundProblem


class Tokens(Protocol):
    """What a sign-in gives."""

    @property
    def access_token(self) -> str: ...

    @property
    def refresh_token(self) -> str: ...


class Session(httpx.BaseTransport):
    """Signs requests, repeats what may be repeated, renews the access token, and raises problems."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        token: str | None,
        refresh_token: str | None,
        on_tokens: Callable[[str, str], None] | None,
        retries: int,
        longest_wait: float,
    ) -> None:
        self._inner = inner
        self._token = token
        self._refresh_token = refresh_token
        self._on_tokens = on_tokens
        self._retries = retries
        self._longest_wait = longest_wait
        self._renewal = threading.Lock()

    def adopt(self, access_token: str, refresh_token: str) -> None:
        self._token, self._refresh_token = access_token, refresh_token
        if self._on_tokens is not None:
            self._on_tokens(access_token, refresh_token)

    def close(self) -> None:
        self._inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        signs_in = "/v1/auth/" in request.url.path
        if request.method == "POST" and not signs_in:
            # With a key a repetition gets the first answer again instead of doing it twice.
            request.headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        token = self._token
        response = self._insist(request if signs_in else self._signed(request))
        if response.status_code == 401 and not signs_in and self._refresh_token and self._renewed(request, token):
            response = self._insist(self._signed(request))
        if response.is_error:
            raise ReboundProblem.of(response)
        return response

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers.pop("Authorization", None)
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _insist(self, request: httpx.Request) -> httpx.Response:
        # A merge patch or a registration whose answer got lost may have happened. A refresh may be repeated.
        keyed = "Idempotency-Key" in request.headers or request.url.path.endswith("/v1/auth/refresh")
        repeatable = request.method != "PATCH" and (request.method != "POST" or keyed)
        attempt = 0
        while True:
            wait = 0.2 * 2**attempt
            try:
                response = self._inner.handle_request(request)
                response.request = request
                response.read()
                if attempt >= self._retries or not is_worth_repeating(response):
                    return response
                wait = float(response.headers.get("Retry-After", wait))
                if wait > self._longest_wait:
                    return response
            except httpx.TransportError:
                if attempt >= self._retries or not repeatable:
                    raise
            time.sleep(wait)
            attempt += 1

    def _renewed(self, request: httpx.Request, token: str | None) -> bool:
        """One renewal at a time, for however many threads wait for it: a refresh token works once."""
        with self._renewal:
            if self._token != token:
                return True
            body = json.dumps({"refresh_token": self._refresh_token})
            renewal = httpx.Request(
                "POST",
                request.url.copy_with(raw_path=b"/v1/auth/refresh"),
                headers={"Content-Type": "application/json"},
                content=body,
            )
            renewal.read()
            response = self._insist(renewal)
            if response.is_error:
                return False
            tokens = response.json()
            self.adopt(tokens["access_token"], tokens["refresh_token"])
            return True


def is_worth_repeating(response: httpx.Response) -> bool:
    """Too much at once, the database away, or the same request still running."""
    if response.status_code in (429, 503):
        return True
    if response.status_code != 409 or "Retry-After" not in response.headers:
        return False
    return ReboundProblem.of(response).code == "request_in_progress"
