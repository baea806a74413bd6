//! The link that opens a message in a mail program, read by a decoder of its own (RFC 6068).

use serde_json::{Value, json};

use super::{draft, show};
use crate::support::app::TestApp;

/// `%C3%BC` is ü; whatever is not encoded has to be harmless.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = String::from_utf8(vec![*high, *low]).expect("two digits");
                bytes.push(u8::from_str_radix(&digits, 16).expect("hexadecimal digits"));
                tail
            }
            (plain, tail) => {
                let harmless = plain.is_ascii_alphanumeric() || b"-._~@".contains(plain);
                assert!(harmless, "{} stands bare in {text}", char::from(*plain));
                bytes.push(*plain);
                tail
            }
        };
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Recipient, then name and value of each header.
fn read(url: &Value) -> (String, Vec<(String, String)>) {
    let url = url
        .as_str()
        .expect("a URL")
        .strip_prefix("mailto:")
        .expect("mailto:");
    let (to, headers) = url.split_once('?').expect("headers");
    let headers = headers.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').expect("a value");
        (name.to_owned(), decoded(value))
    });
    (decoded(to), headers.collect())
}

#[test]
fn a_mail_program_gets_every_character() {
    let app = TestApp::start();
    let user = app.user();
    let subject = "Müller & Söhne? 100% + #1 = ✉";
    let body = "Liebe Frau Müller,\n\n\tist 1 + 1 = 2 & a?b#c %0D%0A %20 ok? \u{1f3f4}\n\"Zitat\" <x@y.z>; 'o'";
    let email = "o'hara+jobs@kite.example";
    let created = draft(
        &user,
        json!({"recipient_email": email, "subject": subject, "body": body}),
    );
    let (to, headers) = read(&created.body["mailto_url"]);
    assert_eq!(to, email);
    let expected = [
        ("subject", subject.to_owned()),
        ("body", body.replace('\n', "\r\n")),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(headers, expected);

    let bare = user
        .patch(
            &format!("/v1/messages/{}", created.id()),
            json!({"recipient_email": null}),
        )
        .expect(200);
    assert!(
        bare.text_at("/mailto_url")
            .starts_with("mailto:?subject=M%C3%BCller%20%26")
    );
    user.patch(
        &format!("/v1/messages/{}", created.id()),
        json!({"subject": null}),
    )
    .expect(200);
    let (to, headers) = read(&show(&user, &created.id())["mailto_url"]);
    assert_eq!(
        (to.as_str(), headers.len(), headers[0].0.as_str()),
        ("", 1, "body")
    );
}

#[test]
fn no_line_gets_into_a_field_of_a_mail() {
    let app = TestApp::start();
    let user = app.user();
    for (end, code) in [
        ("\r\n", "line_break"),
        ("\n", "line_break"),
        ("\u{2028}", "line_break"),
        ("\r", "control_character"),
    ] {
        let text = format!("x{end}Bcc: spy@evil.example");
        let body = json!({
            "kind": "thank_you", "body": "Hello", "subject": text, "recipient_name": text,
            "recipient_email": format!("a@kite.example{end}Bcc:spy@evil.example")
        });
        let refused = user
            .post("/v1/messages", body)
            .problem(422, "invalid_fields");
        let mail = if code == "line_break" {
            "invalid_email"
        } else {
            code
        };
        assert_eq!(
            refused.faults(),
            [
                ("/recipient_email", mail),
                ("/recipient_name", code),
                ("/subject", code)
            ],
            "{end:?}"
        );
    }
    for email in [
        "a",
        "a@",
        "a b@kite.example",
        "Ada <a@kite.example>",
        "a@kite.example, b@kite.example",
        "a@kite.example?bcc=x@y.z",
    ] {
        let body = json!({"kind": "thank_you", "body": "Hello", "recipient_email": email});
        let refused = user
            .post("/v1/messages", body)
            .problem(422, "invalid_fields");
        assert_eq!(
            refused.faults(),
            [("/recipient_email", "invalid_email")],
            "{email}"
        );
    }
}
