//! A calendar as RFC 5545 has it. Instants are written in UTC, so that no program needs to know a zone;
//! local days are days.

use chrono::{DateTime, NaiveDate, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};

use super::model::CalendarDetails;
use super::rules::{Entry, When};

/// How often a program should look again.
const LOOK_AGAIN: &str = "PT1H";

/// Writes a calendar.
pub fn write(name: &str, details: CalendarDetails, entries: Vec<Entry>) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Rebound//Calendar feed//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("X-WR-CALNAME", name),
        ("X-PUBLISHED-TTL", LOOK_AGAIN),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    let mut refresh = Property::new("REFRESH-INTERVAL", LOOK_AGAIN);
    calendar.append_property(refresh.add_parameter("VALUE", "DURATION").done());
    for entry in entries {
        calendar.push(event(entry, details));
    }
    calendar.to_string()
}

fn event(entry: Entry, details: CalendarDetails) -> Event {
    let mut event = Event::new();
    event.uid(&entry.uid).summary(&entry.summary);
    // What is asked for twice and did not change is the same twice.
    for key in ["DTSTAMP", "LAST-MODIFIED"] {
        event.add_property(key, instant(entry.changed_at));
    }
    event.add_property("SEQUENCE", entry.sequence.to_string());
    match entry.when {
        When::Between(from, to) => {
            event.add_property("DTSTART", instant(from));
            event.add_property("DTEND", instant(to));
        }
        When::On(day) => {
            event.append_property(date("DTSTART", day));
            event.append_property(date("DTEND", day.succ_opt().unwrap_or(day)));
        }
    }
    let status = match entry.cancelled {
        true => "CANCELLED",
        false => "CONFIRMED",
    };
    event.add_property("STATUS", status);
    let shown = match entry.opaque {
        true => "OPAQUE",
        false => "TRANSPARENT",
    };
    event.add_property("TRANSP", shown);
    if details == CalendarDetails::Busy {
        event.add_property("CLASS", "PRIVATE");
    }
    if let Some(text) = &entry.description {
        event.description(text);
    }
    if let Some(text) = &entry.location {
        event.location(text);
    }
    // An address is no text and is not escaped, so it stands here as a parser of addresses writes it.
    if let Some(url) = entry.url.and_then(|url| url::Url::parse(&url).ok()) {
        event.add_property("URL", url.as_str());
    }
    event.done()
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn date(key: &str, day: NaiveDate) -> Property {
    let mut property = Property::new(key, day.format("%Y%m%d").to_string());
    property.add_parameter("VALUE", "DATE").done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            uid: "interview.1@rebound".to_owned(),
            when: When::On("2026-03-12".parse().expect("a date")),
            summary: "a, b; c\\d\ne".to_owned(),
            description: None,
            location: None,
            url: Some("https://meet.example/a\nX-EVIL:1".to_owned()),
            cancelled: false,
            opaque: true,
            sequence: 0,
            changed_at: "2026-03-01T10:00:00Z".parse().expect("an instant"),
        }
    }

    #[test]
    fn no_text_can_end_its_line() {
        let text = write("n\nX-EVIL:1", CalendarDetails::Full, vec![entry()]);
        for line in text.split("\r\n") {
            assert!(
                !line.starts_with("X-EVIL") && !line.contains('\n'),
                "{line:?}"
            );
            assert!(line.len() <= 75, "{line:?}");
        }
        assert!(text.contains("SUMMARY:a\\, b\\; c\\\\d\\ne\r\n"), "{text}");
    }

    #[test]
    fn a_day_ends_with_the_next_one() {
        let text = write("n", CalendarDetails::Full, vec![entry()]);
        assert!(text.contains("DTSTART;VALUE=DATE:20260312\r\n"), "{text}");
        assert!(text.contains("DTEND;VALUE=DATE:20260313\r\n"), "{text}");
    }

    #[test]
    fn the_same_entries_make_the_same_bytes() {
        let one = write("n", CalendarDetails::Full, vec![entry()]);
        assert_eq!(one, write("n", CalendarDetails::Full, vec![entry()]));
    }
}
