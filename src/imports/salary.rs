//! Pay as people write it. Only what is surely an amount for a year is taken; the caller keeps the rest.

/// No amount above this is taken for a salary, in whole units of any currency.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// A yearly pay in whole units of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salary {
    /// The lower end, or the only figure.
    pub min: Option<i64>,
    /// The upper end of a range.
    pub max: Option<i64>,
    /// ISO 4217 code, when the text names one without doubt.
    pub currency: Option<&'static str>,
    /// Whether the text has a sign that several currencies share (`$`, `¥`, `kr`).
    pub doubtful_currency: bool,
}

const CODES: [&str; 32] = [
    "EUR", "USD", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
    "RON", "BGN", "JPY", "CNY", "INR", "BRL", "MXN", "ZAR", "SGD", "HKD", "ILS", "TRY", "AED",
    "KRW", "UAH", "THB", "MYR", "PHP", "IDR",
];

const SIGNS: [(&str, &str); 13] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("S$", "SGD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("zł", "PLN"),
];

/// The currency that a header names, as in "Salary (EUR)" or "Salary €".
pub fn currency_in(header: &str) -> Option<&'static str> {
    let mut words = header.split(|c: char| !c.is_alphabetic());
    let code = words.find_map(|word| CODES.into_iter().find(|code| *code == word));
    code.or_else(|| {
        SIGNS
            .into_iter()
            .find(|(sign, _)| header.contains(sign))
            .map(|(_, code)| code)
    })
}

/// A currency cell: any three letters, in capitals.
pub fn read_currency(text: &str) -> Option<String> {
    if text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Some(text.to_ascii_uppercase());
    }
    let sign = SIGNS.into_iter().find(|(sign, _)| *sign == text);
    sign.map(|(_, code)| code.to_owned())
}

/// A cell of a column that holds nothing but one end of the pay: `60000`, `60,000`, `€60k`.
pub fn read_amount(text: &str) -> Option<Salary> {
    let (bare, currency, doubtful_currency) = without_currency(text)?;
    let (amount, _) = amount(&bare)?;
    Some(Salary {
        min: Some(amount),
        max: None,
        currency,
        doubtful_currency,
    })
}

/// A cell of free text: `60k-70k`, `€55.000`, `60,000 to 70,000 per year`, `CHF 90'000`.
///
/// Nothing when it may be pay for an hour or a month, or is more than amounts.
pub fn read_salary(text: &str) -> Option<Salary> {
    let (bare, currency, doubtful_currency) = without_currency(text)?;
    let bare = without_year(&bare);
    let ends: Vec<&str> = bare
        .split(['-', '–', '—', '~'])
        .flat_map(|part| part.split(" to "))
        .map(str::trim)
        .collect();
    let (min, max) = match ends.as_slice() {
        [only] => (amount(only)?.0, None),
        [low, high] => {
            let (high, high_in_thousands) = amount(high)?;
            let (low, low_in_thousands) = amount(low)?;
            // "60-70k" means thousands at both ends.
            let shared = high_in_thousands && !low_in_thousands && low < 1000;
            (if shared { low * 1000 } else { low }, Some(high))
        }
        _ => return None,
    };
    // A small number may be an hourly rate or a number of thousands.
    let sure = min >= 1000 && max.is_none_or(|max| max >= min);
    sure.then_some(Salary {
        min: Some(min),
        max,
        currency,
        doubtful_currency,
    })
}

// Takes signs and codes out; nothing when two different currencies are named.
fn without_currency(text: &str) -> Option<(String, Option<&'static str>, bool)> {
    if text.len() > 100 {
        return None;
    }
    let mut bare = text.replace(['\u{a0}', '\u{202f}'], " ");
    let mut found: Option<&'static str> = None;
    let codes = CODES.into_iter().map(|code| (code, code));
    for (sign, code) in codes.chain(SIGNS) {
        if bare.contains(sign) {
            if found.is_some_and(|other| other != code) {
                return None;
            }
            found = Some(code);
            bare = bare.replace(sign, " ");
        }
    }
    let doubtful = found.is_none() && (bare.contains(['$', '¥']) || bare.contains("kr"));
    let bare = bare.replace(['$', '¥'], " ").replace("kr", " ");
    Some((bare.trim().to_lowercase(), found, doubtful))
}

fn without_year(text: &str) -> &str {
    const YEARLY: [&str; 12] = [
        "per year",
        "per annum",
        "a year",
        "annually",
        "yearly",
        "/ year",
        "/year",
        "/yr",
        "/ yr",
        "p.a.",
        "pa",
        "p/a",
    ];
    let text = text.trim();
    let ending = YEARLY
        .into_iter()
        .find_map(|ending| text.strip_suffix(ending));
    ending.unwrap_or(text).trim()
}

// One amount in lower case, and whether it was written in thousands.
fn amount(text: &str) -> Option<(i64, bool)> {
    let text = text.trim();
    let (digits, thousands) = match text.strip_suffix('k') {
        Some(digits) => (digits.trim(), true),
        None => (text, false),
    };
    let value = if thousands {
        let (whole, tenths) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
        let tenths = (tenths.len() == 1).then(|| plain(tenths)).flatten()?;
        plain(whole)?.checked_mul(1000)?.checked_add(tenths * 100)?
    } else {
        grouped(digits)?
    };
    (value <= MAX_AMOUNT).then_some((value, thousands))
}

fn plain(digits: &str) -> Option<i64> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}

// "60000", "60,000", "1.250.000", "60'000", "60 000", each also with two zeros behind a decimal mark.
fn grouped(text: &str) -> Option<i64> {
    let text = match text
        .len()
        .checked_sub(3)
        .map(|cut| (text.get(cut..), text.get(..cut)))
    {
        Some((Some(".00" | ",00"), Some(whole))) => whole,
        _ => text,
    };
    let separator = text.chars().find(|c| !c.is_ascii_digit());
    let Some(separator) = separator else {
        return plain(text);
    };
    if !matches!(separator, ',' | '.' | '\'' | '’' | ' ') {
        return None;
    }
    let mut groups = text.split(separator);
    let first = groups
        .next()
        .filter(|first| (1..=3).contains(&first.len()))?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    plain(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sure_amounts_are_understood() {
        for (text, min, max, currency) in [
            ("60k-70k", 60_000, Some(70_000), None),
            ("60-70k", 60_000, Some(70_000), None),
            ("€55.000", 55_000, None, Some("EUR")),
            ("60000", 60_000, None, None),
            ("£60,000 – £70,000", 60_000, Some(70_000), Some("GBP")),
            ("CHF 90'000.00", 90_000, None, Some("CHF")),
            ("60 000 EUR per year", 60_000, None, Some("EUR")),
            ("62.5k to 70k p.a.", 62_500, Some(70_000), None),
            ("1,250,000", 1_250_000, None, None),
        ] {
            let salary = read_salary(text).expect(text);
            assert_eq!(
                (salary.min, salary.max, salary.currency),
                (Some(min), max, currency),
                "{text}"
            );
        }
    }

    #[test]
    fn a_dollar_sign_does_not_say_whose_dollars() {
        let salary = read_salary("$60k").expect("an amount");
        assert_eq!((salary.min, salary.currency), (Some(60_000), None));
        assert!(salary.doubtful_currency);
    }

    #[test]
    fn doubtful_pay_is_left_alone() {
        for text in [
            "60",
            "25/h",
            "€30 per hour",
            "5000 per month",
            "competitive",
            "70k-60k",
            "60k + bonus",
            "DOE",
            "€50k or £45k",
            "60.00",
            "99999999999999999999",
            "-",
            "k",
            "1,2,3",
        ] {
            assert_eq!(read_salary(text), None, "{text}");
        }
    }

    #[test]
    fn headers_may_name_the_currency() {
        assert_eq!(currency_in("Salary (EUR)"), Some("EUR"));
        assert_eq!(currency_in("Salary £"), Some("GBP"));
        assert_eq!(currency_in("Salary"), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "[0-9k.,'€$ \\-]{0,14}|\\PC{0,20}") {
            let _ = (read_salary(&text), read_amount(&text), read_currency(&text), currency_in(&text));
        }
    }
}
