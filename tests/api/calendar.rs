//! Calendar feeds, read by a parser that nobody here wrote.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty,
};
use calcard::{Entry, Parser};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Answer;

/// A new feed: its id and the path of its calendar.
fn feed(user: &User<'_>, fields: Value) -> (String, String) {
    let made = user.post("/v1/calendar-feeds", fields).expect(201);
    let url = made.text_at("/url");
    let (_, path) = url.split_once("/calendar/").expect("an address");
    (made.id(), format!("/calendar/{path}"))
}

/// The events of a calendar. The parser takes what it can, so that the form of each line is looked at before.
#[track_caller]
pub fn events(answer: &Answer) -> Vec<ICalendarComponent> {
    assert!(answer.text.ends_with("END:VCALENDAR\r\n"), "{answer}");
    for line in answer.text.split("\r\n") {
        assert!(line.len() <= 75, "a line is too long: {line}");
        assert!(!line.contains(['\r', '\n']), "a bare end of line: {line:?}");
    }
    let mut open = Vec::new();
    for line in answer.text.replace("\r\n ", "").split_terminator("\r\n") {
        let (name, value) = line.split_once(':').expect("a name and a value");
        let word = |part: &str| part.bytes().all(|it| it.is_ascii_uppercase() || it == b'-');
        let mut parts = name.split(';');
        let named = parts.next().is_some_and(|it| !it.is_empty() && word(it));
        let with = parts.all(|it| it.split_once('=').is_some_and(|(key, _)| word(key)));
        assert!(named && with, "no line of a calendar: {line:?}");
        match name {
            "BEGIN" => open.push(value.to_owned()),
            "END" => assert_eq!(open.pop().as_deref(), Some(value), "{answer}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{answer}");
    let mut parser = Parser::new(&answer.text);
    let calendar: ICalendar = match parser.entry() {
        Entry::ICalendar(calendar) => calendar,
        other => panic!("no calendar: {other:?} in {answer}"),
    };
    assert!(
        matches!(parser.entry(), Entry::Eof),
        "more than one: {answer}"
    );
    let events = calendar.components.into_iter();
    events
        .filter(|it| it.component_type == ICalendarComponentType::VEvent)
        .collect()
}

/// A property as the parser understood it.
fn text(event: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let entry = event.property(property);
    let value = entry.and_then(|entry| entry.values.first());
    match value {
        None => String::new(),
        Some(value) => match (value.as_text(), value.as_partial_date_time()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(at)) => {
                let day = format!(
                    "{:04}-{:02}-{:02}",
                    at.year.unwrap_or_default(),
                    at.month.unwrap_or_default(),
                    at.day.unwrap_or_default()
                );
                match at.hour {
                    None => day,
                    Some(hour) => {
                        assert_eq!(at.tz_hour, Some(0), "no instant in UTC: {at:?}");
                        format!("{day}T{hour:02}:{:02}Z", at.minute.unwrap_or_default())
                    }
                }
            }
            _ => format!("{value:?}"),
        },
    }
}

/// What an event is, in a line.
pub fn summary(event: &ICalendarComponent) -> String {
    text(event, &ICalendarProperty::Summary)
}

/// Summary, begin and end of each event.
fn shown(answer: &Answer) -> Vec<(String, String, String)> {
    let property = |event: &ICalendarComponent| {
        (
            text(event, &ICalendarProperty::Summary),
            text(event, &ICalendarProperty::Dtstart),
            text(event, &ICalendarProperty::Dtend),
        )
    };
    let mut shown: Vec<_> = events(answer).iter().map(property).collect();
    shown.sort();
    shown
}

fn row(summary: &str, begin: &str, end: &str) -> (String, String, String) {
    (summary.to_owned(), begin.to_owned(), end.to_owned())
}

fn interview(user: &User<'_>, application: &str, members: Value) -> Answer {
    let mut body = json!({"application_id": application, "kind": "technical", "scheduled_at": "2026-03-12T09:00:00Z"});
    crate::support::builders::merge(&mut body, members);
    user.post("/v1/interviews", body).expect(201)
}

#[test]
fn a_calendar_shows_the_days_of_a_job_search() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let application =
        user.application(json!({"status": "applied", "next_action_on": "2026-03-19"}));
    interview(
        &user,
        &application.id(),
        json!({"duration_minutes": 90, "location": "12 Quai", "link": "https://meet.example/a?b=1,2;3"}),
    );
    user.rejection(json!({"reply_address": "person"}));
    user.rejection(json!({"reply_address": "no_reply"}));
    let goal = json!({"title": "Send three", "category": "applications", "kind": "one_off", "due_on": "2026-03-31"});
    user.post("/v1/goals", goal).expect(201);
    let goal =
        json!({"title": "Practise", "category": "routine", "kind": "recurring", "period": "week"});
    let weekly = user.post("/v1/goals", goal).expect(201).id();
    let (_, path) = feed(&user, json!({}));
    let answer = app.get(&path).expect(200);
    assert_eq!(
        answer.header("content-type"),
        "text/calendar; charset=utf-8"
    );
    assert_eq!(
        shown(&answer),
        [
            row(
                "Follow up: Kite & Anchor, Backend Engineer",
                "2026-03-19",
                "2026-03-20"
            ),
            row("Goal: Practise", "2026-03-08", "2026-03-09"),
            row("Goal: Send three", "2026-03-31", "2026-04-01"),
            row(
                "Reply to Kite & Anchor, Backend Engineer",
                "2026-03-06T12:00Z",
                "2026-03-07T12:00Z"
            ),
            row(
                "Technical interview: Kite & Anchor, Backend Engineer",
                "2026-03-12T09:00Z",
                "2026-03-12T10:30Z"
            ),
        ]
    );
    let meeting = events(&answer);
    let meeting = meeting
        .iter()
        .find(|it| text(it, &ICalendarProperty::Summary).starts_with("Technical"));
    let meeting = meeting.expect("the interview");
    assert_eq!(text(meeting, &ICalendarProperty::Location), "12 Quai");
    assert!(
        answer
            .text
            .contains("URL:https://meet.example/a?b=1,2;3\r\n"),
        "{answer}"
    );
    // What is reached asks for nothing any more.
    let check_in = json!({"occurred_on": "2026-03-05"});
    user.post(&format!("/v1/goals/{weekly}/check-ins"), check_in)
        .expect(201);
    let answer = app.get(&path).expect(200);
    assert!(!answer.text.contains("Practise"), "{answer}");
}

#[test]
fn times_are_right_on_both_sides_of_daylight_saving_and_days_are_the_users() {
    let app = TestApp::start();
    // Half past midnight on the 29th in Berlin, where the clocks go from 02:00 to 03:00.
    app.set_clock("2026-03-28T23:30:00Z");
    let user = app.user_in("Europe/Berlin");
    let application = user
        .application(json!({"status": "applied", "next_action_on": "2026-03-29"}))
        .id();
    for at in [
        "2026-03-28T09:00:00+01:00",
        "2026-03-29T01:59:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    ] {
        interview(
            &user,
            &application,
            json!({"scheduled_at": at, "duration_minutes": 30}),
        );
    }
    let goal =
        json!({"title": "Daily", "category": "routine", "kind": "recurring", "period": "day"});
    user.post("/v1/goals", goal).expect(201);
    let (_, path) = feed(&user, json!({}));
    let name = "Technical interview: Kite & Anchor, Backend Engineer";
    assert_eq!(
        shown(&app.get(&path).expect(200)),
        [
            row(
                "Follow up: Kite & Anchor, Backend Engineer",
                "2026-03-29",
                "2026-03-30"
            ),
            row("Goal: Daily", "2026-03-29", "2026-03-30"),
            row(name, "2026-03-28T08:00Z", "2026-03-28T08:30Z"),
            row(name, "2026-03-29T00:59Z", "2026-03-29T01:29Z"),
            row(name, "2026-03-29T01:00Z", "2026-03-29T01:30Z"),
            row(name, "2026-10-25T00:30Z", "2026-10-25T01:00Z"),
            row(name, "2026-10-25T01:30Z", "2026-10-25T02:00Z"),
        ]
    );
}

#[test]
fn an_unchanged_calendar_is_the_same_bytes_and_a_change_is_told() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    let meeting = interview(&user, &application, json!({})).id();
    let (_, path) = feed(&user, json!({}));
    let first = app.get(&path).expect(200);
    app.set_clock("2026-03-05T13:00:00Z");
    let second = app.get(&path).expect(200);
    assert_eq!(first.text, second.text);
    let etag = first.header("etag").to_owned();
    let kept = app.get(&path).header("If-None-Match", &etag).expect(304);
    assert_eq!(
        (kept.header("etag"), kept.text.as_str()),
        (etag.as_str(), "")
    );
    let uid = text(&events(&first)[0], &ICalendarProperty::Uid);
    assert!(
        first.text.contains("SEQUENCE:0\r\n")
            && first.text.contains("DTSTAMP:20260305T120000Z\r\n"),
        "{first}"
    );
    user.patch(
        &format!("/v1/interviews/{meeting}"),
        json!({"outcome": "cancelled"}),
    )
    .expect(200);
    let changed = app.get(&path).header("If-None-Match", &etag).expect(200);
    assert_eq!(text(&events(&changed)[0], &ICalendarProperty::Uid), uid);
    for line in [
        "SEQUENCE:1",
        "STATUS:CANCELLED",
        "LAST-MODIFIED:20260305T130000Z",
    ] {
        assert!(
            changed.text.contains(&format!("{line}\r\n")),
            "{line} in {changed}"
        );
    }
    user.delete(&format!("/v1/interviews/{meeting}"))
        .expect(204);
    assert!(events(&app.get(&path).expect(200)).is_empty());
}

#[test]
fn a_calendar_reaches_a_year_back_and_a_year_ahead() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let application = user.application(json!({"status": "applied"})).id();
    for at in [
        "2025-03-04T12:00:00Z",
        "2025-03-06T12:00:00Z",
        "2027-03-04T12:00:00Z",
        "2027-03-06T12:00:00Z",
    ] {
        interview(&user, &application, json!({"scheduled_at": at}));
    }
    let (_, path) = feed(&user, json!({"include": ["interviews"]}));
    let begins: Vec<String> = shown(&app.get(&path).expect(200))
        .into_iter()
        .map(|it| it.1)
        .collect();
    assert_eq!(begins, ["2025-03-06T12:00Z", "2027-03-04T12:00Z"]);
}

#[test]
fn a_busy_calendar_gives_nothing_away() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let application = user
        .application(json!({"status": "applied", "next_action_on": "2026-03-19"}))
        .id();
    interview(
        &user,
        &application,
        json!({"location": "12 Quai", "link": "https://meet.example/a"}),
    );
    user.rejection(json!({}));
    let (id, path) = feed(&user, json!({"name": "Calendar", "details": "busy"}));
    let busy = app.get(&path).expect(200);
    assert_eq!(events(&busy).len(), 3);
    let told = busy.text.replace("\r\n ", "").to_lowercase();
    for word in [
        "kite",
        "engineer",
        "quai",
        "meet",
        "interview",
        "reply",
        "follow-up",
        "follow up",
        "reject",
    ] {
        assert!(!told.contains(word), "{word} in {busy}");
    }
    user.patch(
        &format!("/v1/calendar-feeds/{id}"),
        json!({"details": "full", "include": ["follow_ups"]}),
    )
    .expect(200);
    let full = app.get(&path).expect(200);
    assert_eq!(events(&full).len(), 1);
    assert!(full.text.contains("Kite"), "{full}");
}

#[test]
fn an_address_is_shown_once_and_stored_nowhere() {
    let app = TestApp::start();
    let user = app.user();
    let send = || {
        user.post("/v1/calendar-feeds", json!({"name": "My phone"}))
            .header("Idempotency-Key", "feed-1")
            .expect(201)
    };
    let (first, again) = (send(), send());
    assert_eq!(first.body["secret_shown"], true);
    assert_eq!(
        (
            again.header("idempotent-replayed"),
            &again.body["secret_shown"]
        ),
        ("true", &json!(false))
    );
    assert_eq!(again.body["url"], Value::Null);
    assert_eq!(again.body["id"], first.body["id"]);
    let url = first.text_at("/url");
    let token = url
        .rsplit('/')
        .next()
        .and_then(|it| it.strip_suffix(".ics"))
        .expect("a token");
    // 256 bits of chance behind the owner.
    assert_eq!(token.len(), 65);
    let path = format!("/v1/calendar-feeds/{}", first.id());
    for path in [path.as_str(), "/v1/calendar-feeds", "/v1/me/export"] {
        let shown = user.get(path).expect(200);
        assert!(
            !shown.text.contains(token) && shown.text.contains("My phone"),
            "{shown}"
        );
    }
    let tables = app.sql(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    for table in tables {
        let name = table["name"].as_str().expect("a name");
        let rows = app.sql(&format!("SELECT t::text AS row FROM {name} t"));
        let stored = Value::from(rows).to_string();
        let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!stored.contains(token) && !stored.contains(&hex), "{name}");
    }
}

#[test]
fn a_removed_feed_is_gone_at_once_and_a_wrong_address_tells_nothing() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    let ((id, path), (_, others)) = (feed(&user, json!({})), feed(&other, json!({})));
    app.get(&path).expect(200);
    user.delete(&format!("/v1/calendar-feeds/{id}")).expect(204);
    let gone = app.get(&path).problem(404, "not_found");
    let alike = |answer: &Answer| answer.text.replace(answer.header("x-request-id"), "");
    // The owner in front, the chance of another feed behind.
    let forged = format!("{}{}", &path[..32], &others[32..]);
    for path in [
        forged.as_str(),
        "/calendar/x.ics",
        "/calendar/x",
        &others.replace(".ics", "x.ics"),
        "/calendar/%00%ff.ics",
    ] {
        let answer = app.get(path).problem(404, "not_found");
        assert_eq!(alike(&answer), alike(&gone), "{path}");
    }
    app.get(&others).expect(200);
    // Nobody who may not sign in is shown anything.
    app.execute(&format!(
        "UPDATE users SET disabled_at = now() WHERE id = '{}'",
        other.id
    ));
    app.get(&others).problem(404, "not_found");
}

#[test]
fn an_address_is_no_way_around_the_limit_of_a_network() {
    let app = TestApp::with(&["--rate-limit-network", "3"]);
    let user = app.user();
    let (_, path) = feed(&user, json!({}));
    let statuses: Vec<u16> = (0..5).map(|_| app.get(&path).send().status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[test]
fn what_a_feed_may_say_is_checked() {
    let app = TestApp::start();
    let user = app.user();
    for (fields, pointer, code) in [
        (json!({"include": []}), "/include", "too_short"),
        (
            json!({"include": ["interviews", "interviews"]}),
            "/include",
            "duplicate",
        ),
        (
            json!({"include": ["salaries"]}),
            "/include/0",
            "unknown_value",
        ),
        (json!({"details": "some"}), "/details", "unknown_value"),
        (json!({"name": "a\nb"}), "/name", "line_break"),
        (
            json!({"url": "https://x.example"}),
            "/url",
            "unknown_member",
        ),
    ] {
        let answer = user
            .post("/v1/calendar-feeds", fields)
            .problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [(pointer, code)]);
    }
    let (_, path) = feed(&user, json!({"name": "x, y; z"}));
    let answer = app.get(&path).expect(200);
    assert!(
        answer.text.contains("X-WR-CALNAME:x\\, y\\; z\r\n"),
        "{answer}"
    );
}
