//! Secrets and signatures as Standard Webhooks wants them: `whsec_…`, and `v1,…` by HMAC-SHA256.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use crate::db::ids;

/// Bytes of a secret.
const LENGTH: usize = 32;

/// What an endpoint and the service both know.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// A new one.
    pub(super) fn random() -> Self {
        Self(ids::random::<LENGTH>().to_vec())
    }

    /// One that was kept.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// To be kept, sealed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As its user sees it, once.
    pub(super) fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }

    fn sign(&self, content: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, content);
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    }
}

/// The header `webhook-signature`: one signature for each secret that is in use.
pub(super) fn signature(secrets: &[Secret], id: Uuid, timestamp: i64, payload: &str) -> String {
    let content = format!("{id}.{timestamp}.{payload}");
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| secret.sign(content.as_bytes()))
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::clock::real_now;

    fn headers(id: Uuid, timestamp: i64, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", id.to_string()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature.to_owned()),
        ] {
            headers.insert(name, HeaderValue::from_str(&value).expect("a value"));
        }
        headers
    }

    #[test]
    fn a_library_that_no_one_here_wrote_accepts_the_signature_of_each_secret_in_use() {
        let (id, now) = (Uuid::from_u128(7), real_now().timestamp());
        let secrets = [Secret::random(), Secret::random()];
        let payload = r#"{"type":"application.created","data":{}}"#;
        let headers = headers(id, now, &signature(&secrets, id, now, payload));
        let verify = |secret: &Secret, payload: &str| {
            standardwebhooks::Webhook::new(&secret.shown())
                .expect("a secret")
                .verify(payload.as_bytes(), &headers)
        };
        assert!(secrets.iter().all(|secret| verify(secret, payload).is_ok()));
        assert!(verify(&Secret::random(), payload).is_err());
        assert!(verify(&secrets[0], "{}").is_err());
    }

    #[test]
    fn a_secret_is_as_long_as_the_standard_wants_and_never_the_same() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_ne!(one.shown(), other.shown());
        assert!(one.shown().starts_with("whsec_") && one.bytes().len() >= 24);
    }
}
