//! Access tokens: JWTs signed with EdDSA that live for 15 minutes, checked once and then remembered.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;

/// How long an access token lives, in seconds.
pub const LIFE: i64 = 15 * 60;
/// The `iss` of every token.
const ISSUER: &str = "rebound";
/// The `aud` of every token.
const AUDIENCE: &str = "rebound-api";
/// The `typ` in the head of every token (RFC 9068).
const TYPE: &str = "at+jwt";
/// Tokens that are remembered at the most; a token takes about 600 bytes.
const REMEMBERED: usize = 10_000;

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The user.
    pub user_id: Uuid,
    /// The session that the token belongs to.
    pub session_id: Uuid,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    typ: String,
}

/// Makes a token for a session.
pub fn issue(
    keys: &Keys,
    user_id: Uuid,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Result<String, jsonwebtoken::errors::Error> {
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: user_id,
        sid: session_id,
        iat: now.timestamp(),
        exp: (now + Duration::seconds(LIFE)).timestamp(),
        typ: TYPE.to_owned(),
    };
    keys.signer(|name, key| {
        let head = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(name.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&head, &claims, key)
    })
}

/// Tokens whose signature was checked, until they end. A signature costs as much as a small query.
#[derive(Default)]
pub struct VerifiedTokens(RwLock<HashMap<String, Arc<AccessToken>>>);

impl VerifiedTokens {
    /// What the token says, when it is one of ours and alive.
    pub fn check(&self, token: &str, keys: &Keys, now: DateTime<Utc>) -> Option<Arc<AccessToken>> {
        let known = self
            .0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(token)
            .cloned();
        if let Some(known) = known {
            return (known.expires_at > now).then_some(known);
        }
        let verified = Arc::new(verify(token, keys, now)?);
        let mut tokens = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if tokens.len() >= REMEMBERED {
            tokens.retain(|_, known| known.expires_at > now);
        }
        if tokens.len() >= REMEMBERED {
            tokens.clear();
        }
        tokens.insert(token.to_owned(), Arc::clone(&verified));
        Some(verified)
    }
}

fn verify(token: &str, keys: &Keys, now: DateTime<Utc>) -> Option<AccessToken> {
    if token.len() > 2_000 || !is_canonical(token) {
        return None;
    }
    let head = jsonwebtoken::decode_header(token).ok()?;
    if head.typ.as_deref() != Some(TYPE) || head.alg != Algorithm::EdDSA {
        return None;
    }
    let key = keys.verifier(head.kid.as_deref()?)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&[AUDIENCE]);
    rules.set_issuer(&[ISSUER]);
    rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // The end is compared with the service's own clock below.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules)
        .ok()?
        .claims;
    let expires_at = DateTime::from_timestamp(claims.exp, 0)?;
    if claims.typ != TYPE || expires_at <= now {
        return None;
    }
    Some(AccessToken {
        user_id: claims.sub,
        session_id: claims.sid,
        expires_at,
    })
}

/// Three parts that decode and encode to themselves: no two texts are the same token.
fn is_canonical(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            !part.is_empty()
                && URL_SAFE_NO_PAD
                    .decode(part)
                    .is_ok_and(|bytes| URL_SAFE_NO_PAD.encode(bytes) == **part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_valid_until_its_end_and_no_longer() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(folder.path()).expect("keys");
        let now: DateTime<Utc> = "2026-11-01T10:00:00Z".parse().expect("an instant");
        let (user, session) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let token = issue(&keys, user, session, now).expect("a token");
        let cache = VerifiedTokens::default();
        let late = now + Duration::seconds(LIFE - 1);
        assert_eq!(
            cache.check(&token, &keys, late).map(|t| t.user_id),
            Some(user)
        );
        assert!(
            cache
                .check(&token, &keys, now + Duration::seconds(LIFE))
                .is_none()
        );
        assert!(
            VerifiedTokens::default()
                .check(&token, &keys, now + Duration::seconds(LIFE))
                .is_none()
        );
    }

    #[test]
    fn a_rotation_keeps_older_tokens_valid() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(folder.path()).expect("keys");
        let now: DateTime<Utc> = "2026-11-01T10:00:00Z".parse().expect("an instant");
        let token = issue(&keys, Uuid::nil(), Uuid::nil(), now).expect("a token");
        Keys::rotate(folder.path()).expect("a rotation");
        let others = Keys::open(folder.path()).expect("keys");
        assert!(
            VerifiedTokens::default()
                .check(&token, &others, now)
                .is_some()
        );
        assert!(others.jwks().keys.len() == 2);
    }
}
