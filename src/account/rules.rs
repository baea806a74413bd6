//! What makes an account acceptable. Pure; the reasons are written as `code: sentence`.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::auth::passwords;
use crate::auth::personal_tokens::LONGEST_LIFE;
use crate::config::EmailVerification;
use crate::http::error::{Error, FieldError, Result};

/// A rule of garde for a new password; `known` are words that the user can be expected to use.
pub(super) fn good_password(known: Vec<&str>) -> impl FnOnce(&String, &()) -> garde::Result {
    move |password, ()| match passwords::weakness(password, &known) {
        None => Ok(()),
        Some((code, sentence)) => Err(garde::Error::new(format!("{code}: {sentence}"))),
    }
}

/// The same once the user is known; 422 at `pointer`.
pub(super) fn check_new_password(pointer: &str, password: &str, known: &[&str]) -> Result<()> {
    match passwords::weakness(password, known) {
        None => Ok(()),
        Some((code, sentence)) => Err(Error::invalid_field(pointer, code, sentence)),
    }
}

/// Words that make a poor password for someone with this address and name.
pub(super) fn words<'a>(email: &'a str, name: Option<&'a str>) -> Vec<&'a str> {
    let name = name.unwrap_or_default();
    let local = email.split('@').next().unwrap_or_default();
    let pieces = [email, name]
        .into_iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    [email, local, name].into_iter().chain(pieces).collect()
}

/// A rule of garde: is it a zone of the IANA database?
pub fn is_time_zone(name: &str, (): &()) -> garde::Result {
    match name.parse::<Tz>() {
        Ok(_) => Ok(()),
        Err(_) => Err(garde::Error::new(
            "unknown_time_zone: A name of the IANA time zone database is expected, such as Europe/Berlin.",
        )),
    }
}

/// Hours and minutes like `08:30`; nothing for a text of another form.
pub(super) fn time_of_day(text: &str) -> Option<NaiveTime> {
    let exact = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    exact
        .then(|| NaiveTime::parse_from_str(text, "%H:%M").ok())
        .flatten()
}

/// A rule of garde: is it a time of day?
pub(super) fn is_time_of_day(text: &str, (): &()) -> garde::Result {
    match time_of_day(text) {
        Some(_) => Ok(()),
        None => Err(garde::Error::new(
            "invalid_time: Hours and minutes are expected, from 00:00 to 23:59.",
        )),
    }
}

/// May an account be signed in to, once the password fits?
pub(super) fn may_sign_in(verified: bool, disabled: bool, verification: EmailVerification) -> bool {
    !disabled && (verified || verification == EmailVerification::Off)
}

/// A rule of garde: no scope is named twice.
pub(super) fn each_once(scopes: &[String], (): &()) -> garde::Result {
    let named: BTreeSet<&String> = scopes.iter().collect();
    if named.len() < scopes.len() {
        return Err(garde::Error::new("duplicate: Each scope once."));
    }
    Ok(())
}

/// What is wrong with the scopes and the end of a new token. Scopes follow from the operations, `known` are
/// all there are.
pub(super) fn token_faults(
    scopes: &[String],
    known: &BTreeSet<String>,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<FieldError> {
    let scopes = scopes.iter().enumerate();
    let unknown = scopes.filter(|(_, scope)| !known.contains(*scope));
    let mut faults: Vec<FieldError> = unknown
        .map(|(place, _)| {
            FieldError::new(
                format!("/scopes/{place}"),
                "unknown_scope",
                "No operation asks for this scope; the API document lists those there are.",
            )
        })
        .collect();
    let end =
        |code: &'static str, detail: &'static str| FieldError::new("/expires_at", code, detail);
    match expires_at {
        Some(at) if at <= now => faults.push(end("in_past", "A token ends in the future.")),
        Some(at) if at > now + LONGEST_LIFE => {
            faults.push(end("too_late", "A token lives for a year at the longest."));
        }
        _ => {}
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_known_scopes_and_ends_within_a_year() {
        let now: DateTime<Utc> = "2026-11-01T10:00:00Z".parse().expect("an instant");
        let known = BTreeSet::from(["goals:read".to_owned(), "goals:write".to_owned()]);
        let codes = |scopes: &[&str], days: Option<i64>| {
            let scopes: Vec<String> = scopes.iter().map(|it| (*it).to_owned()).collect();
            let end = days.map(|days| now + chrono::Duration::days(days));
            let faults = token_faults(&scopes, &known, end, now);
            let shown = faults
                .iter()
                .map(|it| format!("{} {}", it.pointer, it.code));
            shown.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(codes(&["goals:read", "goals:write"], Some(366)), "");
        assert_eq!(codes(&[], None), "");
        assert_eq!(
            codes(&["goals:read", "goals", "*"], Some(0)),
            "/scopes/1 unknown_scope, /scopes/2 unknown_scope, /expires_at in_past"
        );
        assert_eq!(codes(&[], Some(367)), "/expires_at too_late");
        assert!(each_once(&["a".to_owned(), "a".to_owned()], &()).is_err());
        assert!(each_once(&["a".to_owned(), "b".to_owned()], &()).is_ok());
    }

    #[test]
    fn zones_are_known_by_their_iana_name() {
        for name in ["Europe/Berlin", "UTC", "America/Argentina/Ushuaia"] {
            assert!(is_time_zone(name, &()).is_ok(), "{name}");
        }
        for name in ["", "Berlin", "UTC+1", "europe/berlin", "../etc/passwd"] {
            assert!(is_time_zone(name, &()).is_err(), "{name}");
        }
    }

    #[test]
    fn a_time_of_day_has_two_digits_for_hours_and_two_for_minutes() {
        for text in ["00:00", "08:30", "23:59"] {
            assert!(is_time_of_day(text, &()).is_ok(), "{text}");
        }
        for text in [
            "", "8:30", "24:00", "08:60", "08:3a", "+8:30", "08-30", "008:3", "08:30:00",
        ] {
            assert!(is_time_of_day(text, &()).is_err(), "{text}");
        }
    }

    #[test]
    fn ones_own_address_and_name_are_no_good_password() {
        let known = words("ada.kowalczyk@example.com", Some("Zbigniewa"));
        for own in ["ada.kowalczyk", "Zbigniewa2026"] {
            assert!(
                check_new_password("/password", own, &known).is_err(),
                "{own}"
            );
            assert!(check_new_password("/password", own, &[]).is_ok(), "{own}");
        }
    }

    #[test]
    fn an_unproved_address_signs_in_only_where_proof_is_not_required() {
        use EmailVerification::{Off, Required};
        assert!(may_sign_in(false, false, Off) && may_sign_in(true, false, Required));
        assert!(!may_sign_in(false, false, Required));
        assert!(!may_sign_in(true, true, Off) && !may_sign_in(true, true, Required));
    }
}
