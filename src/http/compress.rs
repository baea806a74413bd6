//! Answers over 1 KiB are compressed whole, by zstd or gzip at their quickest level.
//!
//! Streaming compression would send chunks, and brotli costs far too much; both were measured.

use std::io::Write;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::accept;

/// Answers up to this size are sent as they are, in bytes.
const SMALLEST: usize = 1024;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Zstandard, level 1.
    Zstd,
    /// gzip, level 1.
    Gzip,
}

impl Encoding {
    /// What the client takes, the quicker one first.
    pub fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let takes = |name: &str| {
            accept::preferences(headers, header::ACCEPT_ENCODING)
                .any(|coding| coding.name.eq_ignore_ascii_case(name) && coding.weight > 0.0)
        };
        if takes("zstd") {
            Some(Self::Zstd)
        } else if takes("gzip") {
            Some(Self::Gzip)
        } else {
            None
        }
    }

    /// The name for `Content-Encoding`.
    pub fn name(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        })
    }

    /// The compressed body; nothing when it is not worth it.
    pub fn compress(self, body: &Bytes) -> Option<Bytes> {
        if body.len() <= SMALLEST {
            return None;
        }
        let compressed = match self {
            Self::Zstd => zstd::bulk::compress(body, 1).ok()?,
            Self::Gzip => {
                let mut encoder =
                    GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
                encoder.write_all(body).ok()?;
                encoder.finish().ok()?
            }
        };
        (compressed.len() < body.len()).then(|| compressed.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(lines: &[&str]) -> Option<Encoding> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_str(line).expect("a header");
            headers.append(header::ACCEPT_ENCODING, value);
        }
        Encoding::negotiate(&headers)
    }

    #[test]
    fn the_client_decides_what_it_takes() {
        let zstd = Some(Encoding::Zstd);
        assert_eq!(chosen(&["gzip, deflate, br, zstd"]), zstd);
        assert_eq!(chosen(&["gzip;q=0.5"]), Some(Encoding::Gzip));
        assert_eq!(chosen(&["zstd;q=0, gzip;q=0.0"]), None);
        assert_eq!(chosen(&["zstd;q=0, GZIP ; Q=0.1"]), Some(Encoding::Gzip));
        assert_eq!(chosen(&["br"]), None);
        assert_eq!(chosen(&["", "br", "identity, zstd"]), zstd);
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn small_bodies_stay_as_they_are() {
        assert_eq!(Encoding::Gzip.compress(&Bytes::from_static(b"{}")), None);
        assert!(
            Encoding::Zstd
                .compress(&Bytes::from(vec![b'x'; 5_000]))
                .is_some()
        );
    }
}
