//! `Accept` and `Accept-Encoding`: what a client takes, and what it likes better (RFC 9110, section 12.4).

use actix_web::http::header::{self, HeaderMap, HeaderName};

/// An entry of such a header.
pub struct Preference<'h> {
    /// A media range or a coding, in any case.
    pub name: &'h str,
    /// From 0, which refuses it, to 1.
    pub weight: f32,
}

impl<'h> Preference<'h> {
    fn read(entry: &'h str) -> Self {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            if !name.trim_end().eq_ignore_ascii_case("q") {
                return None;
            }
            let weight: f32 = value.trim_start().parse().ok()?;
            // Anything else is no weight, and what has none is welcome.
            (0.0..=1.0).contains(&weight).then_some(weight)
        });
        Self {
            name,
            weight: weight.unwrap_or(1.0),
        }
    }

    /// How exactly it names this media type, from 1; nothing when it does not.
    fn exactness(&self, kind: &str) -> Option<u8> {
        if self.name.eq_ignore_ascii_case(kind) {
            return Some(3);
        }
        let family = self.name.strip_suffix("/*")?;
        let own = kind.split('/').next().unwrap_or_default();
        match family {
            "*" => Some(1),
            _ => family.eq_ignore_ascii_case(own).then_some(2),
        }
    }
}

/// The entries of all lines of such a header.
pub fn preferences(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Preference<'_>> {
    headers
        .get_all(name)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(Preference::read)
        .filter(|it| !it.name.is_empty())
}

/// How much the client likes a media type, from 0 (not at all) to 1: what names it most exactly counts. Who says
/// nothing takes everything.
pub fn quality(headers: &HeaderMap, kind: &str) -> f32 {
    let mut says_nothing = true;
    let mut best = (0, 0.0);
    for range in preferences(headers, header::ACCEPT) {
        says_nothing = false;
        if let Some(exactness) = range.exactness(kind).filter(|it| *it > best.0) {
            best = (exactness, range.weight);
        }
    }
    if says_nothing { 1.0 } else { best.1 }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn quality_by(lines: &[&[u8]], kind: &str) -> f32 {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line).expect("a header");
            headers.append(header::ACCEPT, value);
        }
        quality(&headers, kind)
    }

    fn assert_quality(accept: &str, kind: &str, expected: f32) {
        let found = quality_by(&[accept.as_bytes()], kind);
        assert!((found - expected).abs() < f32::EPSILON, "{accept}: {found}");
    }

    #[test]
    fn a_weight_is_a_number_and_a_name_has_no_case() {
        for (accept, expected) in [
            ("application/json", 1.0),
            ("Application/JSON", 1.0),
            ("APPLICATION/*;q=0.5", 0.5),
            ("application/json;q=0", 0.0),
            ("application/json;q=0.0", 0.0),
            ("application/json ; Q = 0.000", 0.0),
            ("application/json;q=0.001", 0.001),
            ("application/json;version=2;q=.25", 0.25),
            ("application/json;q=nonsense", 1.0),
            ("application/json;q=-1", 1.0),
            ("application/json;q=NaN", 1.0),
            ("text/html", 0.0),
            ("json", 0.0),
            ("*", 0.0),
        ] {
            assert_quality(accept, "application/json", expected);
        }
    }

    #[test]
    fn the_most_exact_name_counts() {
        for (accept, expected) in [
            ("*/*;q=0.1, text/*;q=0.2, text/csv;q=0.3", 0.3),
            ("text/csv;q=0, text/*, */*", 0.0),
            ("*/*, text/*;q=0", 0.0),
            ("image/*, */*;q=0.4", 0.4),
        ] {
            assert_quality(accept, "text/csv", expected);
        }
    }

    #[test]
    fn who_says_nothing_takes_everything() {
        for silent in [[].as_slice(), &[b"" as &[u8]], &[b" , ,"], &[b"\xff"]] {
            assert!(quality_by(silent, "text/csv") > 0.9, "{silent:?}");
        }
    }

    #[test]
    fn every_line_is_read() {
        let lines = [b"text/html".as_slice(), b"\xff", b"text/csv;q=0.5"];
        assert!(quality_by(&lines, "text/csv") > 0.4);
        assert!(quality_by(&lines, "text/html") > 0.9);
        assert!(quality_by(&lines, "text/plain") < 0.1);
    }
}
