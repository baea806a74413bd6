//! Dates as people write them in spreadsheets.

use chrono::{Datelike, NaiveDate};

use crate::text_enum;

text_enum! {
    /// Which number comes first in a date such as `3/5/2024`.
    pub enum DateOrder {
        /// Month first, as in the United States: March 5.
        Mdy = "mdy",
        /// Day first, as in most other places: 3 May.
        Dmy = "dmy",
    }
}

/// Why a cell gives no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateProblem {
    /// Month and day could be either way round.
    Ambiguous,
    /// Not a date, or before 1900 or after 2199.
    Invalid,
}

/// Reads one date; `order` settles what the value itself leaves open.
///
/// Understood: `2024-03-05`, `2024/3/5`, `20240305`, these with a time of day behind them, `Mar 5, 2024`,
/// `5th of March 2024`, `5-Mar-24`, `3/5/2024`, `3-5-2024`, `5.3.2024` (with dots always day first), and
/// a bare serial number of days between 1970 and 2099 as spreadsheets keep it inside. A time of day and
/// its zone are dropped: the date counts as it is written.
///
/// # Errors
/// [`DateProblem::Ambiguous`] when both readings are possible and differ and `order` is none.
pub fn read_date(text: &str, order: Option<DateOrder>) -> Result<NaiveDate, DateProblem> {
    let text = without_time(text.trim());
    let date = if let Some((first, separator, second, year)) = numeric(text) {
        let year = full_year(year)?;
        let mdy = NaiveDate::from_ymd_opt(year, first, second);
        let dmy = NaiveDate::from_ymd_opt(year, second, first);
        match (separator, mdy, dmy) {
            ('.', _, dmy) => dmy,
            (_, Some(mdy), Some(dmy)) if mdy != dmy => match order {
                Some(DateOrder::Mdy) => Some(mdy),
                Some(DateOrder::Dmy) => Some(dmy),
                None => return Err(DateProblem::Ambiguous),
            },
            (_, mdy, dmy) => mdy.or(dmy),
        }
    } else {
        year_first(text)
            .or_else(|| serial(text))
            .or_else(|| with_month_name(text))
    };
    date.filter(|date| (1900..=2199).contains(&date.year()))
        .ok_or(DateProblem::Invalid)
}

/// The order that a whole column proves: a number above 12 can only be a day. None when nothing proves
/// anything, or when the proofs contradict each other.
pub fn column_order<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<DateOrder> {
    let (mut mdy, mut dmy) = (false, false);
    for value in values {
        match numeric(without_time(value.trim())) {
            Some((_, '.', _, _)) | None => {}
            Some((1..=12, _, 13..=31, _)) => mdy = true,
            Some((13..=31, _, 1..=12, _)) => dmy = true,
            Some(_) => {}
        }
    }
    match (mdy, dmy) {
        (true, false) => Some(DateOrder::Mdy),
        (false, true) => Some(DateOrder::Dmy),
        _ => None,
    }
}

// "2024-03-05T10:00:00Z", "3/5/2024 2:30 PM": what follows the date must look like a time, or else the
// text stays whole and fails as a date.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else {
        return text;
    };
    let Some(cut) = text[..colon].rfind(|c: char| c == 'T' || c.is_whitespace()) else {
        return text;
    };
    let time = text[cut..].trim_start_matches(|c: char| c == 'T' || c.is_whitespace());
    let rest = time.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.'));
    let zone = rest.trim().to_ascii_lowercase();
    let offset = zone.strip_prefix(['+', '-']).is_some_and(|digits| {
        digits.len() <= 5 && digits.chars().all(|c| c.is_ascii_digit() || c == ':')
    });
    let known = ["", "z", "am", "pm", "a.m.", "p.m.", "utc", "gmt"].contains(&zone.as_str());
    if time.starts_with(|c: char| c.is_ascii_digit()) && (known || offset) {
        text[..cut].trim_end_matches([',', ' '])
    } else {
        text
    }
}

// Two small numbers and a year, with the same separator twice.
fn numeric(text: &str) -> Option<(u32, char, u32, &str)> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '/' | '-' | '.') {
        return None;
    }
    let mut parts = text.split(separator).map(str::trim);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year = if separator == '.' {
        year.trim_end_matches('.')
    } else {
        year
    };
    if parts.next().is_some_and(|rest| !rest.is_empty()) || !matches!(year.len(), 2 | 4) {
        return None;
    }
    is_number(year).then_some(())?;
    Some((small(first)?, separator, small(second)?, year))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn small(text: &str) -> Option<u32> {
    (is_number(text) && text.len() <= 2).then(|| text.parse().ok())?
}

// 70 to 99 are of the last century, because no job search of today reaches back further.
fn full_year(text: &str) -> Result<i32, DateProblem> {
    let year: i32 = text.parse().map_err(|_| DateProblem::Invalid)?;
    Ok(match (text.len(), year) {
        (2, 70..) => year + 1900,
        (2, _) => year + 2000,
        _ => year,
    })
}

fn year_first(text: &str) -> Option<NaiveDate> {
    if text.len() == 8 && is_number(text) {
        let (year, rest) = text.split_at(4);
        let (month, day) = rest.split_at(2);
        return NaiveDate::from_ymd_opt(year.parse().ok()?, small(month)?, small(day)?);
    }
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let parts: Vec<&str> = text.splitn(4, separator).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    (year.len() == 4 && is_number(year)).then_some(())?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, small(month)?, small(day)?)
}

// Days since 1899-12-30, the zero of spreadsheets; a date cell that lost its format looks like this.
fn serial(text: &str) -> Option<NaiveDate> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.len() != 5 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let days: u64 = whole
        .parse()
        .ok()
        .filter(|days| (25_569..=73_050).contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(days))
}

fn with_month_name(text: &str) -> Option<NaiveDate> {
    let (mut month, mut numbers) = (None, Vec::new());
    if text.len() > 60 {
        return None;
    }
    let lower = text.to_lowercase();
    let words =
        lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '/' | '.' | '–'));
    for word in words.filter(|word| !word.is_empty()) {
        if is_number(word) {
            numbers.push(word);
        } else if let Some(day) = ordinal(word) {
            numbers.push(day);
        } else if let (Some(number), None) = (month_number(word), month) {
            month = Some(number);
        } else if word != "of" && word != "the" && !is_weekday(word) {
            return None;
        }
    }
    let (day, year) = match numbers.as_slice() {
        [year, day] if year.len() == 4 => (day, year),
        [day, year] => (day, year),
        _ => return None,
    };
    matches!(year.len(), 2 | 4).then_some(())?;
    NaiveDate::from_ymd_opt(full_year(year).ok()?, month?, small(day)?)
}

fn ordinal(word: &str) -> Option<&str> {
    let digits = word
        .strip_suffix("st")
        .or_else(|| word.strip_suffix("nd"))
        .or_else(|| word.strip_suffix("rd"))
        .or_else(|| word.strip_suffix("th"))?;
    is_number(digits).then_some(digits)
}

fn is_full_or_short(word: &str, full: &str) -> bool {
    word.len() >= 3 && full.starts_with(word) && (word.len() <= 4 || word == full)
}

fn month_number(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let index = MONTHS
        .iter()
        .position(|month| is_full_or_short(word, month))?;
    u32::try_from(index + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.iter()
        .any(|day| is_full_or_short(word, day) || (word == "thurs" && *day == "thursday"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date of the calendar")
    }

    #[test]
    fn every_unmistakable_way_of_writing_a_date_is_read() {
        for text in [
            "2024-03-05",
            "2024/03/05",
            "2024/3/5",
            "2024.03.05",
            "20240305",
            "2024-03-05T10:00:00Z",
            "2024-03-05 10:00:00",
            "2024-03-05T23:59:59.123+02:00",
            "Mar 5, 2024",
            "March 5 2024",
            "March 5th, 2024",
            "5 March 2024",
            "5th of March 2024",
            "5-Mar-24",
            "05-MAR-2024",
            "Tue, Mar 5, 2024",
            "Tuesday 5 March 2024",
            "5. March 2024",
            "5.3.2024",
            "05.03.24",
            "2024-Mar-05",
            "Mar 5, 2024 2:30 PM",
            "45356",
            "45356.5",
        ] {
            assert_eq!(read_date(text, None), Ok(day(2024, 3, 5)), "{text}");
        }
        assert_eq!(read_date("Sept 9, 2024", None), Ok(day(2024, 9, 9)));
    }

    #[test]
    fn slashes_follow_the_order_and_are_ambiguous_without_one() {
        assert_eq!(
            read_date("3/5/2024", Some(DateOrder::Mdy)),
            Ok(day(2024, 3, 5))
        );
        assert_eq!(
            read_date("3/5/2024", Some(DateOrder::Dmy)),
            Ok(day(2024, 5, 3))
        );
        assert_eq!(
            read_date("3-5-24", Some(DateOrder::Dmy)),
            Ok(day(2024, 5, 3))
        );
        assert_eq!(read_date("3/5/2024", None), Err(DateProblem::Ambiguous));
        assert_eq!(
            read_date("3/5/2024 14:30", None),
            Err(DateProblem::Ambiguous)
        );
    }

    #[test]
    fn a_value_that_can_be_read_one_way_only_is_not_ambiguous() {
        assert_eq!(read_date("7/7/2024", None), Ok(day(2024, 7, 7)));
        assert_eq!(read_date("25/3/2024", None), Ok(day(2024, 3, 25)));
        assert_eq!(
            read_date("3/25/2024", Some(DateOrder::Dmy)),
            Ok(day(2024, 3, 25))
        );
    }

    #[test]
    fn nonsense_and_remote_years_are_invalid() {
        for text in [
            "1899-12-31",
            "2024-02-30",
            "13/13/2024",
            "31/02/2024",
            "soon",
            "March 2024",
            "Mar 5",
            "2024",
            "3.25.2024",
            "2200-01-01",
            "10000-01-01",
            "5/6",
            "2024-03-05 maybe",
            "99999",
            "//",
            "1/2/3/2024",
            "Mar Mar 2024",
            "5 5 March 2024",
            ":",
            "T:",
            "2024-03-05T:",
        ] {
            assert_eq!(read_date(text, None), Err(DateProblem::Invalid), "{text}");
        }
    }

    #[test]
    fn one_number_above_twelve_decides_the_column() {
        assert_eq!(
            column_order(["3/5/2024", "3/25/2024"]),
            Some(DateOrder::Mdy)
        );
        assert_eq!(
            column_order(["3/5/2024", "25/3/2024 09:00"]),
            Some(DateOrder::Dmy)
        );
        assert_eq!(column_order(["3/5/2024", "7/7/2024"]), None);
        assert_eq!(column_order(["13/1/2024", "1/13/2024"]), None);
        assert_eq!(column_order(["25.3.2024", "3/5/2024"]), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "[0-9/.:TZ \\-+]{0,24}|\\PC{0,30}") {
            let _ = read_date(&text, Some(DateOrder::Mdy));
            column_order([text.as_str()]);
        }

        #[test]
        fn a_written_date_is_read_again(days in 0u64..84_000) {
            let date = day(1970, 1, 1) + chrono::Days::new(days);
            for (pattern, order) in [
                ("%Y-%m-%d", None), ("%B %d, %Y", None), ("%d %b %Y", None), ("%d.%m.%Y", None),
                ("%m/%d/%Y", Some(DateOrder::Mdy)), ("%d/%m/%Y", Some(DateOrder::Dmy)),
            ] {
                let text = date.format(pattern).to_string();
                prop_assert_eq!(read_date(&text, order), Ok(date), "{}", text);
            }
        }
    }
}
