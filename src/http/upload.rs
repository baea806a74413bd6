//! Uploads that are too large to be held in memory: they go to a file without a name as they arrive, so
//! that neither a slow sender nor a large document costs memory or a connection to the database.

use std::fs::File;
use std::io::{Seek, Write};
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::web::Payload;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use sha2::Digest;
use tokio::sync::Semaphore;

use super::body::{self, Fingerprint};
use super::caller::Caller;
use super::error::{Error, Result};
use super::problems;

/// How many uploads may be on their way, so that their files have an end too.
static PLACES: Semaphore = Semaphore::const_new(8);

/// What is gathered before it is written.
const CHUNK: usize = 1024 * 1024;
/// How long a sender may take for nothing.
const GRACE: Duration = Duration::from_secs(20);
/// What a sender has to send in a second after that, in bytes.
const SLOWEST: u64 = 256 * 1024;

/// An upload that has arrived whole.
pub struct Upload {
    /// The document, at its beginning. The file has no name: it vanishes with the handle.
    pub file: File,
    /// For [`Caller::post`] and its like.
    pub fingerprint: Fingerprint,
}

/// Receives a JSON document of at most `most` bytes.
pub async fn receive_json(caller: &Caller, payload: Payload, most: u64) -> Result<Upload> {
    let request = caller.request();
    body::expect_type(request, &["application/json"])?;
    let too_large =
        || Error::from(problems::TOO_LARGE.because(format!("At most {most} bytes are read here.")));
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let _place = PLACES.try_acquire().map_err(|_| Error::overloaded())?;
    let mut hash = Fingerprint::begin(request);
    let mut file = caller
        .compute(|| tempfile::tempfile().map_err(broken))
        .await?;
    let (mut payload, mut chunk, mut length) = (payload, BytesMut::new(), 0_u64);
    let begin = Instant::now();
    loop {
        let until = GRACE + Duration::from_secs(length / SLOWEST);
        let next = tokio::time::timeout(until.saturating_sub(begin.elapsed()), payload.next());
        let Some(part) = next.await.map_err(|_| too_slow())? else {
            break;
        };
        let part = part.map_err(|_| {
            Error::from(problems::MALFORMED.because("The body did not arrive whole."))
        })?;
        length += part.len() as u64;
        if length > most {
            return Err(too_large());
        }
        hash.update(&part);
        chunk.extend_from_slice(&part);
        if chunk.len() >= CHUNK {
            file = write(caller, file, chunk.split().freeze()).await?;
        }
    }
    file = write(caller, file, chunk.freeze()).await?;
    let file = caller
        .compute(move || {
            file.rewind().map_err(broken)?;
            Ok(file)
        })
        .await?;
    Ok(Upload {
        file,
        fingerprint: Fingerprint(hash.finalize().into()),
    })
}

async fn write(caller: &Caller, mut file: File, chunk: Bytes) -> Result<File> {
    let work = move || {
        file.write_all(&chunk).map_err(broken)?;
        Ok(file)
    };
    caller.compute(work).await
}

/// A full disk passes; whatever it is, there is nothing that a client could mend.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is handed to map_err, which passes values"
)]
fn broken(error: std::io::Error) -> Error {
    log::warn!("a temporary file cannot be written: {error}");
    Error::overloaded()
}

fn too_slow() -> Error {
    problems::REQUEST_TIMEOUT
        .because("The body arrives too slowly.")
        .header("Connection", "close")
        .into()
}
