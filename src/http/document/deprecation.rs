//! Operations that are on their way out announce it themselves.
//!
//! A handler says since when, and until when it is answered, in the document:
//!
//! ```ignore
//! extensions(
//!     ("x-deprecated-at" = json!("2027-01-01T00:00:00Z")),
//!     ("x-sunset-at" = json!("2027-07-01T00:00:00Z")),
//! )
//! ```
//!
//! Everything else follows: the document marks the operation as deprecated, and each of its answers brings `Deprecation`
//! (RFC 9745), `Sunset` (RFC 8594) and a `Link` to the place in the reference that says what to use instead.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::outline::OperationOutline;

const SINCE: &str = "x-deprecated-at";
const UNTIL: &str = "x-sunset-at";

/// The headers of a deprecated operation.
pub struct Deprecation {
    since: HeaderValue,
    until: Option<HeaderValue>,
    link: HeaderValue,
}

impl Deprecation {
    /// What an operation of the document says of its end; nothing when it is to stay.
    pub(super) fn of(operation: &OperationOutline) -> Option<Self> {
        let since = operation.deprecated_at?;
        let tag = operation.tags.first().map_or("", String::as_str);
        let id = &operation.operation_id;
        let place = format!("/docs/#/{}/{id}", tag.replace(' ', "%20"));
        let text = |text: String| HeaderValue::from_str(&text).ok();
        Some(Self {
            since: text(format!("@{}", since.timestamp()))?,
            until: operation
                .sunset_at
                .and_then(|it| text(it.format("%a, %d %b %Y %H:%M:%S GMT").to_string())),
            link: text(format!(
                "<{place}>; rel=\"deprecation\"; type=\"text/html\""
            ))?,
        })
    }

    /// Puts the headers into an answer, beside a link to a next page.
    pub fn announce(&self, headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static("deprecation"), self.since.clone());
        if let Some(until) = &self.until {
            headers.insert(HeaderName::from_static("sunset"), until.clone());
        }
        headers.append(header::LINK, self.link.clone());
    }
}

fn instant(operation: &Value, name: &str) -> Option<DateTime<Utc>> {
    operation[name].as_str()?.parse().ok()
}

/// Marks an operation as deprecated that says since when, and describes the headers of its answers.
pub(super) fn describe(operation: &mut Value) {
    let Some(since) = instant(operation, SINCE) else {
        return;
    };
    let until = instant(operation, UNTIL);
    let end = until.map(|it| format!(", answered until {}", it.format("%Y-%m-%d")));
    let words = format!(
        "\n\n**Deprecated** since {}{}.",
        since.format("%Y-%m-%d"),
        end.unwrap_or_default()
    );
    let text = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(text.to_owned() + &words);
    operation["deprecated"] = json!(true);
    let header = |description: &str, example: &str| json!({"description": description, "required": true, "schema": {"type": "string", "maxLength": 100}, "example": example});
    let answers = operation["responses"].as_object_mut();
    for (_, answer) in answers.into_iter().flatten() {
        answer["headers"]["Deprecation"] = header(
            "Since when the operation is deprecated, in seconds since 1970.",
            "@1798761600",
        );
        if until.is_some() {
            answer["headers"]["Sunset"] = header(
                "Until when the operation is answered.",
                "Thu, 01 Jul 2027 00:00:00 GMT",
            );
        }
    }
}
