//! Seals what the service has to be able to read again, such as a secret it signs with, so that a dump of
//! the database alone opens nothing.
//!
//! The key is a file in the folder of the signing keys, which all replicas share. It is made once and never
//! changes; whatever was sealed is lost with it.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use super::keys::KeyError;
use crate::db::ids;
use crate::http::error::{Error, Result};

/// The file in the folder of the keys.
const FILE: &str = "sealing.key";
/// Bytes of the key.
const LENGTH: usize = 32;
/// The first byte of what is sealed: how it is done.
const FORM: u8 = 1;

/// Seals and opens.
pub struct Seal(RandomizedNonceKey);

impl Seal {
    /// Opens the file; makes it, with a new key, when there is none.
    pub fn open(folder: &Path) -> std::result::Result<Self, KeyError> {
        let path = folder.join(FILE);
        let failed = |error| KeyError::Folder(path.clone(), error);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make(folder).map_err(failed)?;
                fs::read(&path).map_err(failed)?
            }
            other => other.map_err(failed)?,
        };
        if bytes.len() != LENGTH {
            return Err(KeyError::NoSealingKey(path));
        }
        RandomizedNonceKey::new(&AES_256_GCM, &bytes)
            .map(Self)
            .map_err(|_| KeyError::NoSealingKey(path))
    }

    /// Seals bytes for one place: `place` says where they belong, and opens them nowhere else.
    pub fn seal(&self, bytes: &[u8], place: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = bytes.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(place), &mut sealed)
            .map_err(|_| Error::internal("something could not be sealed"))?;
        let mut whole = vec![FORM];
        whole.extend_from_slice(nonce.as_ref());
        whole.append(&mut sealed);
        Ok(whole)
    }

    /// Opens what was sealed for this place; nothing when it was sealed with another key or for another place.
    pub fn unseal(&self, sealed: &[u8], place: &[u8]) -> Option<Vec<u8>> {
        let (form, rest) = sealed.split_first()?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
        if *form != FORM {
            return None;
        }
        let mut bytes = rest.to_vec();
        let opened = self
            .0
            .open_in_place(Nonce::from(nonce), Aad::from(place), &mut bytes)
            .ok()?;
        Some(opened.to_vec())
    }
}

/// Makes the key; its file appears whole or not at all, and the first one stays when two are made at once.
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let unfinished = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut output = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    output.write_all(&ids::random::<LENGTH>())?;
    output.sync_all()?;
    let linked = fs::hard_link(&unfinished, folder.join(FILE));
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_at_the_same_place_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, again) = (Seal::open(folder.path()), Seal::open(folder.path()));
        let (one, again) = (one.expect("a key"), again.expect("the same key"));
        let other = tempfile::tempdir().expect("a folder");
        let other = Seal::open(other.path()).expect("another key");
        let sealed = one.seal(b"secret", b"here").expect("sealed");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(again.unseal(&sealed, b"here"), Some(b"secret".to_vec()));
        assert_eq!(again.unseal(&sealed, b"there"), None);
        assert_eq!(other.unseal(&sealed, b"here"), None);
        assert_eq!(one.unseal(b"", b"here"), None);
        assert_ne!(one.seal(b"secret", b"here").expect("sealed"), sealed);
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(FILE), b"short").expect("written");
        assert!(matches!(
            Seal::open(folder.path()),
            Err(KeyError::NoSealingKey(_))
        ));
    }
}
