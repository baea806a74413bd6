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
}
