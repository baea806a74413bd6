"""What the client does around requests, against a service that is only pretended. Run by `python -m unittest`."""

import json
import unittest
from collections.abc import Callable
from typing import Any

import httpx

from rebound_client import Rebound, ReboundProblem
from rebound_client.generated.api.accounts import get_account
from rebound_client.generated.api.applications import create_application, update_application
from rebound_client.generated.models import ApplicationFields, ApplicationFieldsPatch

Answer = Callable[[httpx.Request], httpx.Response]
FIELDS = ApplicationFields(company="Kite & Anchor", job_title="Engineer")


def problem(status: int, code: str, **headers: str) -> Answer:
    body = {"type": f"/problems/{code}", "title": code, "status": status, "code": code, "request_id": "r"}
    return lambda _: httpx.Response(status, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("the network is away", request=request)


class Pretended(httpx.BaseTransport):
    """Answers each request with the next of these, and keeps the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, dict[str, str], bytes]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append((str(request.url), dict(request.headers), request.read()))
        return self.answers.pop(0)(request)


def rebound(service: Pretended, **options: Any) -> Rebound:
    return Rebound("http://rebound.example", transport=service, **options)


class Sessions(unittest.TestCase):
    def test_a_post_that_was_not_answered_is_repeated_under_the_same_key(self) -> None:
        service = Pretended(lost, problem(409, "request_in_progress", Retry_After="0"), problem(422, "invalid_fields"))
        with self.assertRaises(ReboundProblem) as caught:
            rebound(service).call(create_application.sync, body=FIELDS)
        self.assertEqual(caught.exception.code, "invalid_fields")
        keys = [headers["idempotency-key"] for _, headers, _ in service.sent]
        self.assertEqual((len(keys), len(set(keys))), (3, 1))
        self.assertEqual(json.loads(service.sent[2][2])["company"], "Kite & Anchor")

    def test_a_patch_that_was_not_answered_is_not_repeated_a_refused_one_is(self) -> None:
        service = Pretended(lost)
        with self.assertRaises(httpx.ReadError):
            rebound(service).call(update_application.sync, "a", body=ApplicationFieldsPatch())
        service = Pretended(problem(503, "service_unavailable", Retry_After="0"), problem(404, "not_found"))
        with self.assertRaises(ReboundProblem):
            rebound(service).call(update_application.sync, "a", body=ApplicationFieldsPatch())
        self.assertEqual(len(service.sent), 2)

    def test_a_long_wait_is_the_programs_to_decide_about(self) -> None:
        service = Pretended(problem(429, "rate_limited", Retry_After="60"))
        with self.assertRaises(ReboundProblem) as caught:
            rebound(service).call(get_account.sync)
        self.assertEqual((caught.exception.code, len(service.sent)), ("rate_limited", 1))

    def test_an_expired_token_is_renewed_and_the_request_repeated(self) -> None:
        kept: list[tuple[str, str]] = []
        renewed = httpx.Response(200, json={"access_token": "new", "refresh_token": "second"})
        service = Pretended(problem(401, "invalid_token"), lambda _: renewed, problem(404, "not_found"))
        with self.assertRaises(ReboundProblem) as caught:
            options = {"token": "old", "refresh_token": "first", "on_tokens": lambda *both: kept.append(both)}
            rebound(service, **options).call(get_account.sync)
        self.assertEqual(caught.exception.code, "not_found")
        self.assertEqual(kept, [("new", "second")])
        self.assertEqual([headers.get("authorization") for _, headers, _ in service.sent], ["Bearer old", None, "Bearer new"])
        self.assertEqual(json.loads(service.sent[1][2]), {"refresh_token": "first"})

    def test_a_session_that_has_ended_is_a_problem(self) -> None:
        service = Pretended(problem(401, "invalid_token"), problem(401, "token_reused"))
        with self.assertRaises(ReboundProblem) as caught:
            rebound(service, token="old", refresh_token="used").call(get_account.sync)
        self.assertEqual((caught.exception.code, len(service.sent)), ("invalid_token", 2))

    def test_changes_come_up_to_now_and_the_last_one_is_the_place_to_go_on_from(self) -> None:
        def event(place: str) -> dict[str, Any]:
            at = "2026-03-05T09:00:00Z"
            resource = {"type": "goal", "id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", "url": None}
            return {"id": place, "type": "goal.deleted", "occurred_at": at, "resource": resource, "data": None}

        pages = [{"data": [event("a"), event("b")], "next_cursor": "b"}, {"data": [], "next_cursor": "b"}]
        service = Pretended(*[lambda _, page=page: httpx.Response(200, json=page) for page in pages])
        self.assertEqual([it.id for it in rebound(service).changes(after="0")], ["a", "b"])
        places = [httpx.URL(url).params["after"] for url, _, _ in service.sent]
        self.assertEqual(places, ["0", "b"])

    def test_a_page_of_somebody_elses_is_a_problem_too(self) -> None:
        service = Pretended(lambda _: httpx.Response(502, text="<h1>Bad gateway</h1>"))
        with self.assertRaises(ReboundProblem) as caught:
            rebound(service).call(get_account.sync)
        self.assertEqual((caught.exception.code, caught.exception.status), ("unknown", 502))


if __name__ == "__main__":
    unittest.main()
