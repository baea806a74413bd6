//! Request bodies: [`Body`] for a whole JSON document, [`Draft`] for one that has rules which the service knows
//! more about, [`Patch`] for a merge patch (RFC 7396), [`File`] for an upload, [`NoBody`] for a POST without one.

use std::marker::PhantomData;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use garde::Validate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::error::{Error, FieldError, Result};
use super::problems;
use super::shape::{self, Reading};

/// Largest JSON body, in bytes.
pub const MAX_JSON: usize = 1024 * 1024;
/// Largest file for the import, in bytes (10 MB).
pub const MAX_FILE: usize = 10 * 1024 * 1024;
/// A body has to arrive within this time, whatever its size: a slow sender must not hold a place.
const ARRIVAL: Duration = Duration::from_secs(20);

/// Tells one request from another for `Idempotency-Key`: method, path, query and body, hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    fn of(request: &HttpRequest, body: &[u8]) -> Self {
        let mut hash = Self::begin(request);
        hash.update(body);
        Self(hash.finalize().into())
    }

    /// The hash of everything but the body, which follows.
    pub(super) fn begin(request: &HttpRequest) -> Sha256 {
        let mut hash = Sha256::new();
        for part in [
            request.method().as_str().as_bytes(),
            request.path().as_bytes(),
            request.query_string().as_bytes(),
        ] {
            hash.update(part);
            hash.update([0]);
        }
        hash
    }
}

/// A JSON document that was read into `T` and obeys its rules.
pub struct Body<T> {
    /// The document.
    pub value: T,
    /// For [`super::caller::Caller::post`].
    pub fingerprint: Fingerprint,
}

impl<T> FromRequest for Body<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
{
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let draft = Draft::<T>::from_request(request, payload);
        Box::pin(async move {
            let draft = draft.await?;
            Ok(Self {
                fingerprint: draft.fingerprint,
                value: draft.settle(|_| Vec::new())?,
            })
        })
    }
}

/// A JSON document that was read, for which more must be asked than its own rules: what is set up, who asks and
/// what time it is. It is settled with those, so that a client is told of everything at once.
pub struct Draft<T> {
    reading: Reading<T>,
    /// For [`super::caller::Caller::post`].
    pub fingerprint: Fingerprint,
}

impl<T: DeserializeOwned + Validate<Context = ()>> Draft<T> {
    /// The document, if it obeys its own rules and `more`.
    pub fn settle(self, more: impl FnOnce(&T) -> Vec<FieldError>) -> Result<T> {
        self.reading.settle(more).map_err(Error::invalid)
    }
}

impl<T> FromRequest for Draft<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
{
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            expect_type(&request, &["application/json"])?;
            let bytes = receive(&request, payload, MAX_JSON).await?;
            Ok(Self {
                reading: Reading::of(parse(&bytes)?),
                fingerprint: Fingerprint::of(&request, &bytes),
            })
        })
    }
}

/// A merge patch for a `T`: a member that is absent keeps its value, null clears it.
pub struct Patch<T> {
    members: Map<String, Value>,
    target: PhantomData<fn() -> T>,
}

impl<T> Patch<T>
where
    T: Serialize + DeserializeOwned + Validate<Context = ()>,
{
    /// The patched value, with the same checks as a whole body.
    pub fn apply(self, current: &T) -> Result<T> {
        self.apply_with(current, |_| Vec::new())
    }

    /// The patched value, if it obeys its own rules and `more`.
    pub fn apply_with(self, current: &T, more: impl FnOnce(&T) -> Vec<FieldError>) -> Result<T> {
        let mut errors = Vec::new();
        if self.members.contains_key("status") {
            errors.push(FieldError::new(
                "/status",
                "use_transitions",
                "The status is not patched: change it by POST to this path followed by /transitions.",
            ));
        }
        let mut merged = serde_json::to_value(current)
            .map_err(|error| Error::internal(format!("a resource cannot be patched: {error}")))?;
        if let Value::Object(target) = &mut merged {
            errors.extend(unknown_nulls::<T>(target, &self.members));
            // What is null counts as absent, so that clearing a required member is told as such.
            target.retain(|_, value| !value.is_null());
            let mut members = self.members;
            members.shift_remove("status");
            merge(target, members);
        }
        match Reading::of(merged).settle(more) {
            Ok(value) if errors.is_empty() => Ok(value),
            Ok(_) => Err(Error::invalid(errors)),
            Err(more) => {
                errors.extend(more);
                Err(Error::invalid(errors))
            }
        }
    }
}

/// The members that a patch wants to clear although there are none: a misspelled name must not be lost.
fn unknown_nulls<T>(current: &Map<String, Value>, patch: &Map<String, Value>) -> Vec<FieldError>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let mut probe = current.clone();
    for (name, _) in patch.iter().filter(|(_, value)| value.is_null()) {
        // The status is told of already, and most members are known by the resource itself.
        if name != "status" && !current.contains_key(name) {
            probe.insert(name.clone(), Value::Null);
        }
    }
    if probe.len() == current.len() {
        return Vec::new();
    }
    let mut faults = shape::read::<T>(Value::Object(probe))
        .err()
        .unwrap_or_default();
    faults.retain(|fault| fault.code == "unknown_member");
    faults
}

fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, change) in patch {
        match change {
            Value::Null => {
                target.shift_remove(&name);
            }
            Value::Object(change) => {
                let inner = target.entry(name).or_insert(Value::Null);
                if !inner.is_object() {
                    *inner = Value::Object(Map::new());
                }
                if let Value::Object(inner) = inner {
                    merge(inner, change);
                }
            }
            other => {
                target.insert(name, other);
            }
        }
    }
}

impl<T: 'static> FromRequest for Patch<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            expect_type(
                &request,
                &["application/merge-patch+json", "application/json"],
            )?;
            let bytes = receive(&request, payload, MAX_JSON).await?;
            match parse(&bytes)? {
                Value::Object(members) => Ok(Self {
                    members,
                    target: PhantomData,
                }),
                _ => Err(Error::invalid_field(
                    "",
                    "wrong_type",
                    "An object is expected.",
                )),
            }
        })
    }
}

/// An uploaded file.
pub struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// For [`super::caller::Caller::post`].
    pub fingerprint: Fingerprint,
}

impl FromRequest for File {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            refuse_encoding(&request)?;
            let bytes = receive(&request, payload, MAX_FILE).await?;
            let fingerprint = Fingerprint::of(&request, &bytes);
            Ok(Self { bytes, fingerprint })
        })
    }
}

/// A POST that takes no body; an empty one or an empty object is fine.
pub struct NoBody {
    /// For [`super::caller::Caller::post`].
    pub fingerprint: Fingerprint,
}

impl FromRequest for NoBody {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            refuse_encoding(&request)?;
            let bytes = receive(&request, payload, MAX_JSON).await?;
            let empty = bytes.is_empty()
                || matches!(parse(&bytes)?, Value::Object(members) if members.is_empty());
            if !empty {
                return Err(problems::MALFORMED
                    .because("This operation takes no body.")
                    .into());
            }
            Ok(Self {
                fingerprint: Fingerprint::of(&request, &bytes),
            })
        })
    }
}

/// The media type of the body, in lower case and without parameters.
pub fn media_type(request: &HttpRequest) -> String {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Refuses a body of another type, and one that would have to be unfolded.
pub(super) fn expect_type(request: &HttpRequest, types: &[&str]) -> Result<()> {
    refuse_encoding(request)?;
    if types.contains(&media_type(request).as_str()) {
        return Ok(());
    }
    Err(problems::UNSUPPORTED_MEDIA_TYPE
        .because(format!("The body must be {}.", types.join(" or ")))
        .header("Accept-Post", types.join(", "))
        .into())
}

/// A compressed body could unfold without end, so none is read.
fn refuse_encoding(request: &HttpRequest) -> Result<()> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(problems::UNSUPPORTED_MEDIA_TYPE
        .because("Bodies with a Content-Encoding are not read.")
        .into())
}

async fn receive(request: &HttpRequest, payload: Payload, most: usize) -> Result<Bytes> {
    let too_large =
        || Error::from(problems::TOO_LARGE.because(format!("At most {most} bytes are read here.")));
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let arrival = async {
        let mut payload = payload;
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| {
                Error::from(problems::MALFORMED.because("The body did not arrive whole."))
            })?;
            if body.len() + chunk.len() > most {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(ARRIVAL, arrival)
        .await
        .unwrap_or_else(|_| {
            Err(problems::REQUEST_TIMEOUT
                .because("The body did not arrive within 20 seconds.")
                .header("Connection", "close")
                .into())
        })
}

fn parse(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let detail = match error.classify() {
            serde_json::error::Category::Eof if bytes.is_empty() => {
                "A JSON body is expected, but it is empty.".to_owned()
            }
            serde_json::error::Category::Eof => "The JSON ends too early.".to_owned(),
            _ => format!("The JSON cannot be read at {place}."),
        };
        problems::MALFORMED.because(detail).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_replaces_clears_and_keeps() {
        let mut target = serde_json::json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]});
        let patch = serde_json::json!({"a": null, "b": {"c": null, "x": 4}, "e": [3]});
        let (Value::Object(target), Value::Object(patch)) = (&mut target, patch) else {
            unreachable!("both are objects");
        };
        merge(target, patch);
        assert_eq!(
            Value::Object(target.clone()),
            serde_json::json!({"b": {"d": 3, "x": 4}, "e": [3]})
        );
    }

    #[test]
    fn json_a_hundred_thousand_deep_is_refused_without_a_crash() {
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }
}
