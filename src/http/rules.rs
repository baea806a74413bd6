//! Rules of fields that several features share, for `#[garde(custom(…))]`.
//!
//! Each message is `code: sentence`, which [`super::shape`] turns into a field error.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// The years that dates may lie in: what a job search can mean, and what the database can store.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A date that a job search can mean.
pub fn sane_date(date: &Option<NaiveDate>, _: &()) -> garde::Result {
    match date {
        Some(date) if !YEARS.contains(&date.year()) => Err(out_of_range()),
        _ => Ok(()),
    }
}

/// The same for a member that is required.
pub fn sane_required_date(date: &NaiveDate, _: &()) -> garde::Result {
    sane_date(&Some(*date), &())
}

/// An instant that a job search can mean.
pub fn sane_instant(instant: &Option<DateTime<Utc>>, _: &()) -> garde::Result {
    instant
        .as_ref()
        .map_or(Ok(()), |instant| sane_required_instant(instant, &()))
}

/// The same for a member that is required.
pub fn sane_required_instant(instant: &DateTime<Utc>, _: &()) -> garde::Result {
    if YEARS.contains(&instant.year()) {
        Ok(())
    } else {
        Err(out_of_range())
    }
}

fn out_of_range() -> garde::Error {
    garde::Error::new("out_of_range: Between 1900-01-01 and 2199-12-31.")
}

/// An address of the web: http or https with a host.
pub fn web_address(address: &Option<String>, _: &()) -> garde::Result {
    let Some(address) = address else {
        return Ok(());
    };
    let good = url::Url::parse(address)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if good {
        Ok(())
    } else {
        Err(garde::Error::new(
            "invalid_url: This is no http or https address.",
        ))
    }
}

/// Can a mail be addressed to it?
pub fn takes_mail(address: &str, (): &()) -> garde::Result {
    match address.parse::<lettre::Address>() {
        Ok(_) => Ok(()),
        Err(_) => Err(garde::Error::new(
            "invalid_email: This is no email address.",
        )),
    }
}

/// A text for a place that has one line, such as a header of a mail.
pub fn one_line(text: &str, (): &()) -> garde::Result {
    if text.contains(breaks_line) {
        Err(garde::Error::new("line_break: Everything on one line."))
    } else {
        Ok(())
    }
}

/// Does a new line begin after it? Other characters that break lines are refused in every text.
pub fn breaks_line(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// An ISO 4217 code by its form.
pub fn currency(code: &Option<String>, _: &()) -> garde::Result {
    let good = code
        .as_ref()
        .is_none_or(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()));
    if good {
        Ok(())
    } else {
        Err(garde::Error::new(
            "invalid_currency: Three capital letters as in EUR (ISO 4217).",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_mail_cannot_reach_is_refused() {
        assert!(takes_mail("ada@example.com", &()).is_ok());
        for address in [
            "ada",
            "ada@",
            "a..b@example.com",
            "ada@example.com\r\nBcc: x@y.z",
        ] {
            assert!(takes_mail(address, &()).is_err(), "{address}");
        }
    }

    #[test]
    fn a_line_ends_at_whatever_a_mail_program_takes_for_its_end() {
        assert!(one_line("Thank you\tfor your time", &()).is_ok());
        for text in ["a\nb", "a\rb", "a\u{2028}b", "a\u{2029}b"] {
            assert!(one_line(text, &()).is_err(), "{text:?}");
        }
    }
}
