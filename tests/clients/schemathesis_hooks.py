"""What schemathesis has to know of the API beyond its document.

A request that fits the schema has to be accepted, unless a rule that JSON Schema cannot express refuses it. Each such
rule is named here by the code of its problem, with the reason; any other refusal is a failure.
"""

import itertools
import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from urllib.parse import unquote

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

# The service takes the years 1900 to 2199, which no format of JSON Schema can say. Most dates of a job search lie in
# the past, and much may not lie in the future.
DAYS = st.one_of(
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.dates(date(2020, 1, 1), date(2025, 12, 31)),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
)
ZONES = st.sampled_from([timezone.utc, *(timezone(timedelta(minutes=minutes)) for minutes in (-720, -210, 60, 345, 840))])
schemathesis.openapi.format("date", DAYS.map(date.isoformat))
schemathesis.openapi.format(
    "date-time",
    st.builds(lambda *parts: datetime.combine(*parts).isoformat(), DAYS.filter(lambda day: 1900 < day.year < 2199), st.times(), ZONES),
)
# "url" is what a browser takes for an address (https://url.spec.whatwg.org), more than the format "uri" of JSON Schema.
HOSTS = st.sampled_from(["jobs.example", "example.com:8443", "[2001:db8::1]", "m\u00fcller.example", "192.0.2.7"])
PATHS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=40)
schemathesis.openapi.format("url", st.builds("{}://{}/{}".format, st.sampled_from(["http", "https"]), HOSTS, PATHS))

# Codes of problems that a request can meet although it fits its schema.
PROBLEMS = {
    "invalid_cursor": "a cursor is opaque; only the list itself makes them",
    "cursor_expired": "a place in the feed is opaque; only the feed itself makes them",
    "precondition_failed": "If-Match and If-None-Match name versions, and schemas know no state",
    "idempotency_key_reused": "the generated key was used for another request before",
    "invalid_email_token": "only a mail has the token",
    "wellbeing_disabled": "a preference of the user, which PATCH /v1/me may turn off",
    "token_limit_reached": "depends on the tokens that the user has",
    "unreadable_file": "whether a file can be imported no schema says",
}

# Codes of fields, for `invalid_fields`: each one compares the value with something beside it.
FIELDS = {
    "in_future": "depends on the present day",
    "in_past": "depends on the present day",
    "too_late": "depends on the present day",
    "duplicate": "each of a list once",
    "own_address": "depends on who asks",
    "before_previous": "depends on the timeline of the application",
    "contradiction": "depends on another member, or on the path",
    "too_small": None,  # see is_explained: only for salary_max, which may not lie below salary_min
    "required": None,  # see is_explained: what is needed depends on another member or on what is stored
    "not_applicable": "depends on the status of the feedback request",
    "fixed": "depends on the status of the feedback request",
    "empty": "one member of several is needed, whichever",
    "not_for_recurring": "depends on the kind of the goal",
    "not_for_one_off": "depends on the kind of the goal",
    "not_for_rest": "depends on the kind of the check-in",
    "wrong_kind": "depends on the kind of the message",
    "address_refused": "which hosts are public no schema says",
    "https_required": "http goes to networks that the service was set up for",
    "port_refused": "a webhook goes to port 443, or one from 1024 on",
    "credentials_in_url": "an address may have them, one of a webhook may not",
    "fragment_in_url": "an address may have one, that of a webhook may not",
    "no_reply_address": "depends on the rejection of the application",
    "other_application": "depends on the application of the feedback request",
    "no_application": "depends on what the message is about",
    "too_short": None,  # only where trimming makes it so
    "unknown_time_zone": "a name from the time zone database",
    "invalid_value": None,  # only an external_id with control characters in a path, and what only the service writes
    "not_over": "an import that goes on cannot be moved to another account",
    "line_break": "a text for one line, looked at when its ends are trimmed",
    "malformed_placeholder": "what stands between braces in a template",
    "too_many_placeholders": "as many as are written in a template",
    "guessable": "how well a password can be guessed",
}


@schemathesis.deserializer("text/csv")
def read_csv(context, response):
    """The export is a text; the project's own tests look into it."""
    return response.content.decode()


@schemathesis.deserializer("text/calendar")
def read_calendar(context, response):
    """A calendar is a text; calendar_feed.py looks into it."""
    return response.content.decode()


COUNTER = itertools.count(1)


@schemathesis.hook
def map_case(context, case):
    """Takes out of a valid request what would end it before its body is looked at; invalid ones stay as they are."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    # The API refuses control characters everywhere, so the schemas do not repeat it.
    for part in ("body", "query"):
        clean = without_control(getattr(case, part))
        if clean != getattr(case, part):
            setattr(case, part, clean)
    # Generated ones are never right.
    case.query.pop("cursor", None)
    case.headers.pop("If-Match", None)
    key = case.headers.get("Idempotency-Key")
    if key:
        case.headers["Idempotency-Key"] = f"{next(COUNTER):08}{key}"[:255]
    return case


def is_control(character):
    return unicodedata.category(character) == "Cc" and character not in "\n\t"


def has_control(text):
    return any(map(is_control, text))


def without_control(value):
    if isinstance(value, str):
        return "".join("~" if is_control(c) else c for c in value)
    if isinstance(value, list):
        return [without_control(item) for item in value]
    if isinstance(value, dict):
        return {name: without_control(member) for name, member in value.items()}
    return value


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps the failures that nothing explains."""
    match failure:
        case RejectedPositiveData():
            return not is_explained(case, response)
        case AcceptedNegativeData():
            return not is_told_apart(case, response)
        case _:
            return True


def is_told_apart(case, response):
    """A batch is answered with 200 and tells of each of its applications whether it was refused."""
    if case.operation.label != "POST /v1/applications/batch" or response.status_code != 200:
        return False
    return any(result["status"] == 422 for result in response.json()["results"])


def is_explained(case, response):
    try:
        problem = response.json()
    except ValueError:
        return False
    if problem.get("code") == "invalid_query":
        # The first day lies before the last one, and activity tells of a bounded number of weeks.
        return "/insights/" in case.operation.path and bool({"from", "to"} & set(case.query))
    if problem.get("code") != "invalid_fields":
        return problem.get("code") in PROBLEMS
    return all(is_field_explained(case, fault) for fault in problem["errors"])


def is_field_explained(request, fault):
    pointer, code = fault["pointer"], fault["code"]
    match code:
        case "too_small":
            return pointer.endswith("/salary_max")
        case "required":
            # A reopen needs a note, a known arrival stays known, a message has a template or a body with its kind, a
            # recurring goal a period, a snooze an end.
            # An account document has such fields further down.
            member = pointer.rsplit("/", 1)[1]
            return member in ("note", "received_at", "template_id", "body", "kind", "period", "snooze_until")
        case "invalid_value":
            # How an import went the service alone writes down, and it writes no whole number with a point.
            if re.fullmatch(r"/imports/\d+/(options|report)|/import_parts/\d+/rows", pointer):
                return True
            return pointer == "/external_id" and has_control(unquote(request.path_parameters["external_id"]))
        case "too_short":
            return trimmed_away(request.body, pointer)
        case _:
            return code in FIELDS


def trimmed_away(body, pointer):
    """Is the text at the pointer longer before the service trims it?"""
    value = body
    for token in pointer.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[token.replace("~1", "/").replace("~0", "~")]
    return isinstance(value, str) and value != value.strip()
