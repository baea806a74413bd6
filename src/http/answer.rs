//! What a handler answers with: a resource with its strong `ETag`, a page with its `Link`, or nothing.

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::page::Page;
use super::problems;

/// A single resource that counts its changes.
pub trait Versioned {
    /// Counts the changes, from 1.
    fn version(&self) -> i32;
}

/// An answer that can be stored for a retry: status, headers and body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// For 201 and 202: where the resource is.
    pub location: Option<String>,
    /// For a single resource: its version.
    pub version: Option<i32>,
    /// The JSON body; empty for 204.
    pub body: Vec<u8>,
    /// What is stored for a retry in its place, when it holds a secret.
    retold: Option<Vec<u8>>,
}

/// Marks the response to a request whose body holds a secret.
pub struct HoldsSecret;

impl Answer {
    /// 201 with the new resource and where it is.
    pub fn created<T: Serialize + Versioned>(location: String, resource: &T) -> Result<Self> {
        Ok(Self {
            status: StatusCode::CREATED,
            location: Some(location),
            version: Some(resource.version()),
            body: to_json(resource)?,
            retold: None,
        })
    }

    /// 200 with a resource.
    pub fn resource<T: Serialize + Versioned>(resource: &T) -> Result<Self> {
        Ok(Self {
            status: StatusCode::OK,
            location: None,
            version: Some(resource.version()),
            body: to_json(resource)?,
            retold: None,
        })
    }

    /// Any status with a document that is no resource of its own.
    pub fn document<T: Serialize>(status: StatusCode, document: &T) -> Result<Self> {
        Ok(Self {
            status,
            location: None,
            version: None,
            body: to_json(document)?,
            retold: None,
        })
    }

    /// 204.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            location: None,
            version: None,
            body: Vec::new(),
            retold: None,
        }
    }

    /// An answer that was stored.
    pub fn stored(
        status: StatusCode,
        location: Option<String>,
        version: Option<i32>,
        body: Vec<u8>,
    ) -> Self {
        Self {
            status,
            location,
            version,
            body,
            retold: None,
        }
    }

    /// Says that the body holds a secret, which is shown this once: a retry is told `again` instead, the same
    /// without the secret, and nothing else is ever stored.
    pub fn once<T: Serialize>(mut self, again: &T) -> Result<Self> {
        self.retold = Some(to_json(again)?);
        Ok(self)
    }

    /// The body as it may be stored.
    pub fn storable(&self) -> &[u8] {
        self.retold.as_deref().unwrap_or(&self.body)
    }

    /// Says where the resource is.
    #[must_use]
    pub fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    /// The strong ETag: the version for If-Match, a hash of the whole body for If-None-Match, so that
    /// a figure that time changes makes neither a false 412 nor a stale 304.
    fn etag(&self) -> Option<String> {
        self.version
            .map(|version| format!("\"v{version}-{}\"", short_hash(&self.body)))
    }

    /// The HTTP answer; 304 when the client has it already.
    pub fn respond(self, request: &HttpRequest) -> HttpResponse {
        let etag = self.etag();
        if let Some(etag) = &etag
            && request.method().is_safe()
            && matches_any(request, etag)
        {
            return HttpResponse::NotModified()
                .insert_header((header::ETAG, etag.as_str()))
                .finish();
        }
        let mut response = HttpResponse::build(self.status);
        if let Some(etag) = etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        if self.retold.is_some() {
            response.extensions_mut().insert(HoldsSecret);
        }
        response.content_type("application/json").body(self.body)
    }
}

/// 200 with a text of another kind than JSON and its strong ETag; 304 when the client has it already.
pub fn file(request: &HttpRequest, content_type: &str, text: String) -> HttpResponse {
    let etag = format!("\"{}\"", short_hash(text.as_bytes()));
    if request.method().is_safe() && matches_any(request, &etag) {
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .finish();
    }
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag))
        .content_type(content_type)
        .body(text)
}

/// Enough of a hash to tell one body from another.
fn short_hash(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Does `If-None-Match` name this ETag? The comparison is the weak one (RFC 9110).
pub fn matches_any(request: &HttpRequest, etag: &str) -> bool {
    request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .any(|value| {
            value.to_str().is_ok_and(|list| {
                list.split(',')
                    .map(str::trim)
                    .any(|tag| tag == "*" || strong(tag) == etag)
            })
        })
}

/// 200 with a page, and the next one in the `Link` header.
pub fn page<T: Serialize>(request: &HttpRequest, page: &Page<T>) -> Result<HttpResponse> {
    listed(request, page.next_cursor.as_deref(), page)
}

/// 200 with a document that has a page in it, and the next one in the `Link` header.
pub fn listed<T: Serialize>(
    request: &HttpRequest,
    next_cursor: Option<&str>,
    document: &T,
) -> Result<HttpResponse> {
    continued(request, "cursor", next_cursor, document)
}

/// The same where the parameter that takes the cursor has another name.
pub fn continued<T: Serialize>(
    request: &HttpRequest,
    parameter: &str,
    next_cursor: Option<&str>,
    document: &T,
) -> Result<HttpResponse> {
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = next_cursor
        && let Some(link) = next_link(request.uri(), parameter, cursor)
    {
        response.insert_header((header::LINK, link));
    }
    Ok(response
        .content_type("application/json")
        .body(to_json(document)?))
}

fn next_link(uri: &Uri, parameter: &str, cursor: &str) -> Option<HeaderValue> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (name, value) in pairs.filter(|(name, _)| name != parameter) {
        query.append_pair(&name, &value);
    }
    query.append_pair(parameter, cursor);
    HeaderValue::from_str(&format!(
        "<{}?{}>; rel=\"next\"",
        uri.path(),
        query.finish()
    ))
    .ok()
}

/// Writes an instant as chrono does, at once: sign by sign it takes three times as long, and a page holds many.
pub fn instant<S: Serializer>(
    at: &DateTime<Utc>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value)
        .map_err(|error| Error::internal(format!("an answer cannot be written: {error}")))
}

/// `If-Match` and `If-None-Match` of a request that changes something: which version the client wants to
/// change, and which one it does not.
///
/// Both compare the version: whether time has changed a figure meanwhile is nothing to a change.
#[derive(Debug, Clone)]
pub struct Precondition {
    wanted: Option<Vec<String>>,
    unwanted: Option<Vec<String>>,
}

impl Precondition {
    /// Reads the headers.
    pub fn of(request: &HttpRequest) -> Self {
        Self {
            wanted: tags(request, &header::IF_MATCH),
            unwanted: tags(request, &header::IF_NONE_MATCH),
        }
    }

    /// Fails with 412 when the client wants to change something that is not there (RFC 9110: not even
    /// `*` matches then). `If-None-Match` always holds then.
    pub fn check_absent(&self) -> Result<()> {
        match self.wanted {
            None => Ok(()),
            Some(_) => Err(problems::PRECONDITION_FAILED
                .because("If-Match names a version, but there is nothing yet.")
                .into()),
        }
    }

    /// Fails with 412 when the client has seen another version, or wants this one to stay.
    pub fn check(&self, resource: &impl Versioned) -> Result<()> {
        let start = format!("\"v{}-", resource.version());
        let names = |tag: &str| tag == "*" || tag.starts_with(&start);
        if let Some(tags) = &self.wanted
            && !tags.iter().any(|tag| names(tag))
        {
            return Err(problems::PRECONDITION_FAILED
                .because("If-Match names another version than the present one.")
                .into());
        }
        if let Some(tags) = &self.unwanted
            && tags.iter().any(|tag| names(strong(tag)))
        {
            return Err(problems::PRECONDITION_FAILED
                .because("If-None-Match excludes what is there.")
                .into());
        }
        Ok(())
    }
}

/// The tags in all lines of a header; nothing without the header.
fn tags(request: &HttpRequest, name: &HeaderName) -> Option<Vec<String>> {
    let lines = request.headers().get_all(name);
    let tags = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|list| list.split(',').map(|tag| tag.trim().to_owned()));
    let tags = tags.collect();
    request.headers().contains_key(name).then_some(tags)
}

/// A tag for the weak comparison.
fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    #[derive(Serialize)]
    struct Dated {
        #[serde(serialize_with = "instant")]
        at: DateTime<Utc>,
    }

    proptest! {
        #[test]
        fn an_instant_is_written_as_chrono_writes_it(
            seconds in -9_000_000_000_i64..300_000_000_000,
            nanos in prop_oneof![Just(0), Just(5_000_000), Just(123_456_000), 0..1_000_000_000_i64],
        ) {
            let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(nanos);
            let ours = serde_json::to_value(Dated { at }).expect("it is written");
            prop_assert_eq!(&ours["at"], &serde_json::to_value(at).expect("it is written"));
        }
    }
}
