//! The form of a personal access token: `rbd_pat_`, 32 random characters, 6 that prove the rest.
//!
//! The beginning lets scanners find leaked ones. The end is a CRC-32, so that a scanner can tell a real one
//! without asking, and the service refuses garbage without a query. It proves nothing: who knows the form
//! can compute it.

use sha2::{Digest, Sha256};

use crate::config::Secret;
use crate::db::ids;

/// What every personal access token begins with.
pub const PREFIX: &str = "rbd_pat_";
/// Random characters: 190 bits.
const RANDOM: usize = 32;
/// Characters of the checksum: as many as 32 bits take.
const CHECKSUM: usize = 6;
/// The digits of base 62.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Bytes from here on would make the first digits likelier than the others.
const FAIR: u8 = 248;

/// What is stored of a token, and what it is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub(in crate::auth) [u8; 32]);

/// A new token.
pub(super) fn generate() -> Secret {
    let mut text = String::from(PREFIX);
    while text.len() < PREFIX.len() + RANDOM {
        let room = PREFIX.len() + RANDOM - text.len();
        let fair = ids::random::<64>().into_iter().filter(|byte| *byte < FAIR);
        text.extend(fair.take(room).map(digit));
    }
    let checksum = checksum(&text);
    Secret::from(text + &checksum)
}

/// The hash of a token; nothing for a text that cannot be one.
pub fn read(token: &str) -> Option<TokenHash> {
    let whole = PREFIX.len() + RANDOM + CHECKSUM;
    if token.len() != whole || !token.starts_with(PREFIX) {
        return None;
    }
    let (text, end) = token.split_at_checked(PREFIX.len() + RANDOM)?;
    let digits = &text.as_bytes()[PREFIX.len()..];
    let good = digits.iter().all(u8::is_ascii_alphanumeric) && end == checksum(text);
    good.then(|| TokenHash(Sha256::digest(token).into()))
}

/// The CRC-32 of a text (as in zip and PNG) in base 62, the highest digit first.
fn checksum(text: &str) -> String {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    let mut rest = crc.sum();
    let mut digits = [b'0'; CHECKSUM];
    for place in digits.iter_mut().rev() {
        *place = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.into_iter().map(char::from).collect()
}

fn digit(byte: u8) -> char {
    char::from(DIGITS[usize::from(byte % 62)])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_read_again_and_no_two_are_alike() {
        let tokens: Vec<Secret> = (0..100).map(|_| generate()).collect();
        let hashes: BTreeSet<[u8; 32]> = tokens
            .iter()
            .map(|token| read(token.expose()).expect("a token").0)
            .collect();
        assert_eq!(hashes.len(), 100);
        for token in &tokens {
            let text = token.expose();
            assert_eq!(text.len(), 46);
            assert!(text.starts_with("rbd_pat_"));
        }
    }

    #[test]
    fn the_checksum_is_what_others_compute() {
        // The check value of CRC-32 is 0xCBF43926, which is 3421780262.
        assert_eq!(checksum("123456789"), "3jZRME");
        let digits = "3jZRME".bytes().fold(0_u64, |sum, digit| {
            let value = DIGITS.iter().position(|it| *it == digit).expect("a digit");
            sum * 62 + value as u64
        });
        assert_eq!(digits, 0xCBF4_3926);
    }

    #[test]
    fn every_digit_is_used() {
        let text: String = (0..200)
            .map(|_| generate().expose()[8..40].to_owned())
            .collect();
        let used: BTreeSet<char> = text.chars().collect();
        assert_eq!(used.len(), 62);
    }

    proptest! {
        #[test]
        fn a_token_with_one_other_character_is_none(at in 0_usize..46, other in "[0-9A-Za-z_.é]") {
            let token = generate();
            let text = token.expose();
            let changed: String = text
                .chars()
                .enumerate()
                .map(|(place, own)| if place == at { other.clone() } else { own.to_string() })
                .collect();
            prop_assume!(changed != text);
            prop_assert!(read(&changed).is_none());
        }

        #[test]
        fn no_text_is_too_odd_to_be_refused(text in "(rbd_pat_)?.{0,50}") {
            prop_assert!(read(&text).is_none());
        }
    }
}
