//! The secret part of an address: who it is of, then chance.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::auth::opaque::{self, Opaque};
use crate::config::Secret;

/// Characters that say who it is of; 43 of chance follow.
const OWNER: usize = 22;
/// Characters in all.
const LENGTH: usize = OWNER + 43;

/// A new one: its text, and what is stored of it.
pub fn new(owner: Uuid) -> (Secret, Vec<u8>) {
    let token = Opaque::new(&URL_SAFE_NO_PAD.encode(owner.as_bytes()));
    (token.text, token.hash)
}

/// Whose it says it is, and what would be stored of it; nothing for another text.
pub fn read(text: &str) -> Option<(Uuid, Vec<u8>)> {
    let owner = text.get(..OWNER).filter(|_| text.len() == LENGTH)?;
    let owner = URL_SAFE_NO_PAD.decode(owner).ok()?;
    Some((Uuid::from_slice(&owner).ok()?, opaque::hash(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_owner_and_no_two_are_alike() {
        let owner = Uuid::from_u128(7);
        let ((one, hash), (other, _)) = (new(owner), new(owner));
        assert_ne!(one.expose(), other.expose());
        assert_eq!(one.expose().len(), LENGTH);
        assert_eq!(read(one.expose()), Some((owner, hash)));
    }

    #[test]
    fn what_is_no_token_is_read_as_none() {
        for text in [
            "",
            "x",
            &"x".repeat(LENGTH + 1),
            &"é".repeat(LENGTH),
            &"%".repeat(LENGTH),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
