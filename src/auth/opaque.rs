//! Opaque tokens: random, told apart by their beginning, stored only as a hash.
//!
//! 256 random bits cannot be guessed, so a fast hash is enough and a dump of the database opens nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::config::Secret;
use crate::db::ids;

/// A new token: its text for the one who gets it, its hash for the database.
pub struct Opaque {
    /// What is handed out, once.
    pub text: Secret,
    /// What is stored.
    pub hash: Vec<u8>,
}

impl Opaque {
    /// Makes a token; `prefix` says what it is for, so that a leaked one is recognised.
    pub fn new(prefix: &str) -> Self {
        let text = format!(
            "{prefix}{}",
            URL_SAFE_NO_PAD.encode(ids::random::<32>().as_slice())
        );
        Self {
            hash: hash(&text),
            text: Secret::from(text),
        }
    }
}

/// What is stored of a token.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash_and_no_two_are_alike() {
        let (one, other) = (Opaque::new("rbd_rt_"), Opaque::new("rbd_rt_"));
        assert!(one.text.expose().starts_with("rbd_rt_"));
        assert_eq!(one.text.expose().len(), 50);
        assert_eq!(hash(one.text.expose()), one.hash);
        assert_ne!(one.hash, other.hash);
    }
}
