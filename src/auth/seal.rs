//! Seals what the service has to be able to read again, such as a secret it signs with, so that a dump of
//! the database alone opens nothing.
//!
//! The key is a file in the folder of the signing keys, which all replicas share. It is made once and never
//! changes; whatever was sealed is lost with it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use super::keys::{self, KeyError};
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
                keys::write(&path, &ids::random::<LENGTH>())
                    .or_else(someone_was_first)
                    .map_err(failed)?;
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

/// Of two services that make the key at once, the second one takes that of the first.
fn someone_was_first(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        ErrorKind::AlreadyExists => Ok(()),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

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
    fn services_that_start_at_once_seal_with_one_key_and_leave_nothing_else_behind() {
        // In containers each may be process 1, as these threads are one process.
        for _ in 0..50 {
            let folder = tempfile::tempdir().expect("a folder");
            let together = Barrier::new(4);
            let open = || {
                together.wait();
                Seal::open(folder.path()).expect("a key")
            };
            let seals: Vec<Seal> = std::thread::scope(|scope| {
                let opening: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
                let opened = opening.into_iter();
                opened.map(|it| it.join().expect("a seal")).collect()
            });
            let sealed = seals[0].seal(b"secret", b"here").expect("sealed");
            for seal in &seals {
                assert_eq!(seal.unseal(&sealed, b"here"), Some(b"secret".to_vec()));
            }
            let files = fs::read_dir(folder.path()).expect("the folder");
            let names: Vec<_> = files.map(|it| it.expect("a file").file_name()).collect();
            assert_eq!(names, [FILE]);
        }
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
