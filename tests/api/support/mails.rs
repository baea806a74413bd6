//! Mails that a service puts into a folder.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The token of a mail in the folder, by its beginning, once it is there.
pub fn wait_for_token(folder: &Path, prefix: &str) -> String {
    let begun = Instant::now();
    loop {
        for entry in fs::read_dir(folder).expect("the folder").flatten() {
            let mail = fs::read_to_string(entry.path()).unwrap_or_default();
            if let Some(token) = token_in(&mail, prefix) {
                return token;
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no mail came");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The token in a mail; one that goes up to its end may be half written.
fn token_in(mail: &str, prefix: &str) -> Option<String> {
    let (_, rest) = mail.split_once(prefix)?;
    let end = rest.find(|it: char| !(it.is_ascii_alphanumeric() || it == '-' || it == '_'))?;
    Some(format!("{prefix}{}", &rest[..end]))
}
