//! The link that opens a message in a mail program (RFC 6068).

/// Opens a message in a mail program: the text in UTF-8, everything but letters, digits and `-._~`
/// percent-encoded, lines ended by CR LF.
pub(super) fn mailto_url(recipient: Option<&str>, subject: Option<&str>, body: &str) -> String {
    let mut url = "mailto:".to_owned();
    match recipient.and_then(|address| address.rsplit_once('@')) {
        Some((local, domain)) => {
            encode(&mut url, local);
            url.push('@');
            encode(&mut url, domain);
        }
        None => encode(&mut url, recipient.unwrap_or_default()),
    }
    let mut separator = '?';
    for (name, value) in [("subject", subject), ("body", Some(body))] {
        if let Some(value) = value {
            url.push(separator);
            url.push_str(name);
            url.push('=');
            encode(&mut url, value);
            separator = '&';
        }
    }
    url
}

fn encode(url: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                url.push(byte.into());
            }
            b'\n' => url.push_str("%0D%0A"),
            other => {
                url.push('%');
                for half in [other >> 4, other & 15] {
                    let digit = char::from_digit(half.into(), 16).expect("half a byte is a digit");
                    url.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_means_something_in_a_link_is_encoded() {
        assert_eq!(
            mailto_url(
                Some("o'hara+jobs@example.com"),
                Some("50% & more?"),
                "ü\n#1 = ✉"
            ),
            "mailto:o%27hara%2Bjobs@example.com?subject=50%25%20%26%20more%3F&body=%C3%BC%0D%0A%231%20%3D%20%E2%9C%89"
        );
        assert_eq!(mailto_url(None, None, "x"), "mailto:?body=x");
        assert_eq!(mailto_url(None, Some("s"), "x"), "mailto:?subject=s&body=x");
        assert_eq!(
            mailto_url(Some("\"a@b\"@x.y"), None, "x"),
            "mailto:%22a%40b%22@x.y?body=x"
        );
    }

    proptest! {
        #[test]
        fn a_url_parser_reads_back_what_was_written(subject in "[^\r\n\u{0}]{0,20}", body in "[^\r\u{0}]{0,60}") {
            let text = mailto_url(Some("ada@example.com"), Some(&subject), &body);
            prop_assert!(text.bytes().all(|b| b.is_ascii_graphic()));
            let url = url::Url::parse(&text).expect("a URL");
            prop_assert_eq!(url.path(), "ada@example.com");
            prop_assert!(url.fragment().is_none());
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, vec![
                ("subject".to_owned(), subject),
                ("body".to_owned(), body.replace('\n', "\r\n")),
            ]);
        }
    }
}
