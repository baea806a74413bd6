"""A calendar feed, read by the icalendar package and by Python's own notion of time zones."""

import json
import sys
import urllib.request
from datetime import date, datetime, timedelta, timezone

from icalendar import Calendar

base, token = sys.argv[1:]


def call(method, path, body=None):
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


name = 'A, B; "C": \\D\n' + "ü" * 80
begins = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30)
on = date.today() + timedelta(days=7)
application = call(
    "POST",
    "/v1/applications",
    {"company": name, "job_title": "Engineer", "status": "applied", "next_action_on": on.isoformat()},
)
call(
    "POST",
    "/v1/interviews",
    {
        "application_id": application["id"],
        "kind": "final",
        "scheduled_at": begins.isoformat(),
        "duration_minutes": 45,
        "location": name,
        "link": "https://meet.example/a?b=1,2;3",
    },
)
feed = call("POST", "/v1/calendar-feeds", {"name": "Round trip", "include": ["interviews", "follow_ups"]})
with urllib.request.urlopen(feed["url"]) as answer:
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8", answer.headers
    text = answer.read()

calendar = Calendar.from_ical(text)
assert not calendar.errors and calendar["VERSION"] == "2.0", calendar.errors
events = {str(event["UID"]).split(".")[0]: event for event in calendar.walk("VEVENT")}
assert all(not event.errors for event in events.values())
interview, follow_up = events["interview"], events["follow-up"]
assert interview.decoded("DTSTART") == begins, interview
assert interview.decoded("DTEND") == begins + timedelta(minutes=45), interview
assert str(interview["LOCATION"]) == name, interview
assert str(interview["SUMMARY"]) == f"Final interview: {name}, Engineer", interview
assert str(interview["URL"]) == "https://meet.example/a?b=1,2;3", interview
assert follow_up.decoded("DTSTART") == on, follow_up
assert follow_up.decoded("DTEND") == on + timedelta(days=1), follow_up
print(f"    {len(events)} events, as they were written")
