//! The Ed25519 keys that sign access tokens: files in a folder that all replicas share.
//!
//! The newest key signs, every key in the folder verifies. Rotating adds a key; tokens that an older
//! one signed stay valid until they end, so nobody is logged out. A replica that meets a key it does
//! not know looks into the folder again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::real_now;
use crate::db::ids;

/// Keys that are kept after a rotation; a token lives 15 minutes, so one would do.
const KEPT: usize = 3;
/// How often the folder is looked into for the sake of an unknown key.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Why the keys cannot be used, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or a file in it.
    #[error(
        "The signing keys in {0} cannot be read or written: {1}. Make the folder accessible to the user that runs the service."
    )]
    Folder(PathBuf, std::io::Error),
    /// No service has ever used this folder.
    #[error(
        "There are no signing keys in {0}, so no service uses that folder. Name the service's data folder with --data-dir (or REBOUND_DATA_DIR), or its folder of keys with --signing-keys."
    )]
    NoKeys(PathBuf),
    /// A file that is no key.
    #[error(
        "{0} is no Ed25519 key in PKCS#8. Move it out of the folder; access tokens it signed become invalid, and people sign in again with their refresh tokens."
    )]
    NoKey(PathBuf),
    /// A file that is no key for sealing.
    #[error(
        "{0} is no sealing key of 32 bytes. Put back the file from a backup; without it, the secrets of webhooks cannot be read and have to be rotated."
    )]
    NoSealingKey(PathBuf),
    /// The key could not be made.
    #[error("A signing key could not be made")]
    Generation,
}

struct Key {
    decoding: DecodingKey,
    public: Vec<u8>,
}

struct Ring {
    signer: (String, EncodingKey),
    keys: BTreeMap<String, Key>,
    read_at: Instant,
}

/// The keys of the folder as they were when it was last read.
#[derive(Clone)]
pub struct Keys {
    folder: PathBuf,
    ring: Arc<RwLock<Arc<Ring>>>,
}

/// A public key in the form of RFC 8037.
#[derive(Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    #[schema(example = "OKP", max_length = 10)]
    kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519", max_length = 10)]
    crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA", max_length = 10)]
    alg: &'static str,
    /// Always `sig`.
    #[schema(rename = "use", example = "sig", max_length = 10)]
    #[serde(rename = "use")]
    usage: &'static str,
    /// Name of the key, found in the head of a token.
    #[schema(example = "20261101T100000000000Z", max_length = 100)]
    kid: String,
    /// The public key, base64url.
    #[schema(
        example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        max_length = 100
    )]
    x: String,
}

/// The public keys (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct JwkSet {
    /// Every key that a valid token may be signed with.
    #[schema(max_items = 10)]
    pub keys: Vec<Jwk>,
}

impl Keys {
    /// Opens the folder; makes it, with a first key, when there is none.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        make_private_folder(folder).map_err(|error| KeyError::Folder(folder.to_owned(), error))?;
        if names(folder)?.is_empty() {
            generate(folder)?;
        }
        let ring = read(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            ring: Arc::new(RwLock::new(Arc::new(ring))),
        })
    }

    /// Adds a key that signs from now on, and drops the oldest ones. A folder without keys is the wrong one:
    /// a key in it would sign nothing.
    pub fn rotate(folder: &Path) -> Result<String, KeyError> {
        let known = match names(folder) {
            Err(KeyError::Folder(_, error)) if error.kind() == ErrorKind::NotFound => Vec::new(),
            known => known?,
        };
        if known.is_empty() {
            return Err(KeyError::NoKeys(folder.to_owned()));
        }
        let name = generate(folder)?;
        let names = names(folder)?;
        for old in names.iter().take(names.len().saturating_sub(KEPT)) {
            let file = file(folder, old);
            fs::remove_file(&file).map_err(|error| KeyError::Folder(file, error))?;
        }
        Ok(name)
    }

    /// The name of the key that signs, and the key.
    pub fn signer<T>(&self, sign: impl FnOnce(&str, &EncodingKey) -> T) -> T {
        self.refresh_when(|ring| ring.read_at.elapsed() > Duration::from_secs(60));
        let ring = self.ring();
        sign(&ring.signer.0, &ring.signer.1)
    }

    /// The key of this name, when there is one.
    pub fn verifier(&self, name: &str) -> Option<DecodingKey> {
        self.refresh_when(|ring| {
            !ring.keys.contains_key(name) && ring.read_at.elapsed() > LOOK_AGAIN
        });
        self.ring().keys.get(name).map(|key| key.decoding.clone())
    }

    /// The public keys, those among them that another replica signs with already.
    pub fn jwks(&self) -> JwkSet {
        self.refresh_when(|ring| ring.read_at.elapsed() > LOOK_AGAIN);
        let ring = self.ring();
        let keys = ring.keys.iter().map(|(kid, key)| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: kid.clone(),
            x: URL_SAFE_NO_PAD.encode(&key.public),
        });
        JwkSet {
            keys: keys.collect(),
        }
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(
            &self
                .ring
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    fn refresh_when(&self, outdated: impl Fn(&Ring) -> bool) {
        if !outdated(&self.ring()) {
            return;
        }
        match read(&self.folder) {
            Ok(ring) => {
                *self
                    .ring
                    .write()
                    .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(ring);
            }
            Err(error) => log::error!("{error}"),
        }
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.p8"))
}

/// The names of the keys in the folder, oldest first: they begin with the instant they were made.
fn names(folder: &Path) -> Result<Vec<String>, KeyError> {
    let failed = |error| KeyError::Folder(folder.to_owned(), error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry
            .map_err(failed)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if let Some(name) = name.strip_suffix(".p8") {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Makes a key.
fn generate(folder: &Path) -> Result<String, KeyError> {
    let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Generation)?;
    let document = pair.to_pkcs8v1().map_err(|_| KeyError::Generation)?;
    let name = real_now().format("%Y%m%dT%H%M%S%6fZ").to_string();
    write(&file(folder, &name), document.as_ref())
        .map_err(|error| KeyError::Folder(folder.to_owned(), error))?;
    Ok(name)
}

/// Makes the file of a key, which only the user of the service can read. It appears whole or not at all, and
/// never in the place of another one, whoever makes one at the same time. One that root makes belongs to the owner
/// of the folder, since nobody else may read it.
pub(super) fn write(path: &Path, key: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
    let unfinished =
        path.with_extension(format!("{:032x}.new", u128::from_ne_bytes(ids::random())));
    let mut output = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    let mut fill = || {
        output.write_all(key)?;
        if output.metadata()?.uid() == 0
            && let Some(folder) = path.parent()
        {
            let theirs = fs::metadata(folder)?;
            fchown(&output, Some(theirs.uid()), Some(theirs.gid()))?;
        }
        output.sync_all()
    };
    let whole = fill();
    // Unlike renaming, this fails when there is one already.
    let linked = whole.and_then(|()| fs::hard_link(&unfinished, path));
    fs::remove_file(&unfinished)?;
    linked
}

fn read(folder: &Path) -> Result<Ring, KeyError> {
    let mut keys = BTreeMap::new();
    let mut signer = None;
    for name in names(folder)? {
        let path = file(folder, &name);
        let bytes = fs::read(&path).map_err(|error| KeyError::Folder(path.clone(), error))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes)
            .map_err(|_| KeyError::NoKey(path.clone()))?;
        let public = pair.public_key().as_ref().to_vec();
        let decoding = DecodingKey::from_ed_der(&public);
        signer = Some((name.clone(), EncodingKey::from_ed_der(&bytes)));
        keys.insert(name, Key { decoding, public });
    }
    let signer = signer.ok_or(KeyError::Generation)?;
    Ok(Ring {
        signer,
        keys,
        read_at: Instant::now(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Keys {
        /// As if the folder had been read so much earlier.
        fn age(&self, by: Duration) {
            let mut ring = self.ring.write().expect("no test panics with it");
            let ring = Arc::get_mut(&mut ring).expect("nobody reads");
            ring.read_at = ring.read_at.checked_sub(by).expect("an instant");
        }

        fn published(&self) -> Vec<String> {
            self.jwks().keys.into_iter().map(|key| key.kid).collect()
        }

        fn signs_with(&self) -> String {
            self.signer(|name, _| name.to_owned())
        }
    }

    #[test]
    fn a_running_service_signs_with_a_new_key_within_a_minute_and_still_knows_the_old_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(folder.path()).expect("a first key");
        let old = keys.signs_with();
        let new = Keys::rotate(folder.path()).expect("another key");
        assert_eq!(keys.signs_with(), old);
        keys.age(Duration::from_secs(61));
        assert_eq!(keys.signs_with(), new);
        assert!(keys.verifier(&old).is_some() && keys.verifier(&new).is_some());
    }

    #[test]
    fn a_key_that_another_replica_signs_with_is_known_and_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(folder.path()).expect("a first key");
        let old = keys.signs_with();
        let new = Keys::rotate(folder.path()).expect("another key");
        keys.age(LOOK_AGAIN);
        assert_eq!(keys.published(), [old, new]);
        let newest = Keys::rotate(folder.path()).expect("a third key");
        keys.age(LOOK_AGAIN);
        assert!(keys.verifier(&newest).is_some());
    }

    #[test]
    fn a_key_never_takes_the_place_of_another_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.p8");
        write(&path, b"first").expect("written");
        let second = write(&path, b"second").expect_err("there is one");
        assert_eq!(second.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).expect("the first"), b"first");
        assert_eq!(fs::read_dir(folder.path()).expect("files").count(), 1);
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&path).expect("a file"));
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn the_oldest_keys_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Keys::open(folder.path()).expect("a first key");
        let mut made = first.published();
        made.extend((0..KEPT + 1).map(|_| Keys::rotate(folder.path()).expect("a key")));
        let keys = Keys::open(folder.path()).expect("it is there");
        assert_eq!(keys.published(), made[2..]);
    }
}
