//! Sends one request to an endpoint, and to nowhere it must not go.
//!
//! The text of the URL is looked at before each request. Where its name leads is looked at when it is connected
//! to, and exactly the addresses that were looked at are connected to: a name that leads elsewhere a moment later
//! changes nothing. Each request has a connection of its own, redirects are not followed, no proxy stands between.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::address::Reach;
use super::names::Names;
use super::rules::{self, AttemptFailure, Outcome};
use super::signing::{self, Secret};
use super::target;
use crate::clock::real_now;

/// How long a connection may take, its encryption included.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request may take from its beginning to its answer.
const WHOLE: Duration = Duration::from_secs(15);
/// How long the first bytes of an answer are waited for once its status is there.
const FIRST_BYTES: Duration = Duration::from_secs(1);
/// So many bytes of an answer are read.
const MOST_BYTES: usize = 1_024;
/// So many names are looked up at the same time.
pub(super) const LOOKUPS: usize = 16;

/// One request.
pub(super) struct Letter {
    /// Where to.
    pub(super) url: String,
    /// The same for each try.
    pub(super) id: Uuid,
    /// The body.
    pub(super) payload: String,
    /// What it is signed with; nothing when the secret is lost.
    pub(super) secrets: Option<Vec<Secret>>,
}

/// Sends letters.
pub(super) struct Sender {
    reach: Reach,
    /// For public addresses and the networks of the settings.
    outside: Client,
    /// For http, which goes to the networks of the settings only.
    inside: Client,
}

/// Why nobody can be sent to.
#[derive(Debug, thiserror::Error)]
#[error("the client for webhooks cannot be made: {0}")]
pub struct SenderError(String);

/// Why a name is not connected to.
#[derive(Debug, thiserror::Error)]
enum NameFault {
    #[error("the name is unknown")]
    Unknown,
    #[error("the name leads to an address that is not public")]
    Refused,
}

/// Looks names up and keeps to what may be reached.
struct Checked {
    names: Names,
    reach: Reach,
    only_inside: bool,
    permits: Arc<Semaphore>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, reach, only_inside) =
            (self.names.clone(), self.reach.clone(), self.only_inside);
        let permits = Arc::clone(&self.permits);
        Box::pin(async move {
            let permit = permits.acquire_owned().await?;
            let found = tokio::task::spawn_blocking(move || {
                // The permit goes along: a lookup that nobody waits for any more still has its thread.
                let _permit = permit;
                names.addresses(name.as_str())
            })
            .await?
            .map_err(|_| NameFault::Unknown)?;
            if found.is_empty() {
                return Err(NameFault::Unknown.into());
            }
            // One inner address among others is reason enough to go nowhere.
            let allowed = |address| match only_inside {
                true => reach.is_inside(address),
                false => reach.allows(address),
            };
            if !found.iter().copied().all(allowed) {
                return Err(NameFault::Refused.into());
            }
            let addresses: Vec<SocketAddr> = found
                .into_iter()
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn client(names: &Names, reach: &Reach, only_inside: bool) -> Result<Client, SenderError> {
    let failed = |error: &dyn StdError| SenderError(error.to_string());
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(!only_inside)
        .dns_resolver(Arc::new(Checked {
            names: names.clone(),
            reach: reach.clone(),
            only_inside,
            permits: Arc::new(Semaphore::new(LOOKUPS)),
        }))
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .user_agent(concat!("Rebound/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| failed(&error))
}

impl Sender {
    /// Makes the clients; connects to nobody yet.
    pub(super) fn new(names: &Names, reach: Reach) -> Result<Self, SenderError> {
        Ok(Self {
            outside: client(names, &reach, false)?,
            inside: client(names, &reach, true)?,
            reach,
        })
    }

    /// Sends a letter; what became of it, and how long it took.
    pub(super) async fn send(&self, letter: &Letter) -> (Outcome, Duration) {
        let begin = Instant::now();
        let outcome = match self.attempt(letter).await {
            Ok(outcome) => outcome,
            Err(failure) => Outcome::Failed(failure),
        };
        (outcome, begin.elapsed())
    }

    async fn attempt(&self, letter: &Letter) -> Result<Outcome, AttemptFailure> {
        let secrets = letter.secrets.as_ref().ok_or(AttemptFailure::SecretLost)?;
        // The library looks up names only: an address in the URL itself is looked at here.
        let url =
            target::check(&letter.url, &self.reach).map_err(|_| AttemptFailure::AddressRefused)?;
        let client = match url.scheme() {
            "http" => &self.inside,
            _ => &self.outside,
        };
        // The receiver compares it with its own clock.
        let timestamp = real_now().timestamp();
        let signature = signing::signature(secrets, letter.id, timestamp, &letter.payload);
        let mut response = client
            .post(url)
            .header("Content-Type", "application/json")
            .header("webhook-id", letter.id.to_string())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(letter.payload.clone())
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let wish = response.headers().get("Retry-After");
        let wish = wish.and_then(|value| value.to_str().ok());
        let wish = wish.and_then(|value| rules::retry_after(value, real_now()));
        Ok(Outcome::Answered {
            status: response.status().as_u16(),
            body: rules::inert(&first_bytes(&mut response).await),
            wish,
        })
    }
}

/// The first bytes of an answer, as far as they come soon.
async fn first_bytes(response: &mut Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = async {
        while bytes.len() < MOST_BYTES {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = MOST_BYTES - bytes.len();
                    bytes.extend(chunk.iter().take(room));
                }
                Ok(None) | Err(_) => break,
            }
        }
    };
    // The status has told already what matters.
    tokio::time::timeout(FIRST_BYTES, read).await.ok();
    bytes
}

fn failure(error: &reqwest::Error) -> AttemptFailure {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(inner) = cause {
        match inner.downcast_ref::<NameFault>() {
            Some(NameFault::Unknown) => return AttemptFailure::NameUnknown,
            Some(NameFault::Refused) => return AttemptFailure::AddressRefused,
            None => cause = inner.source(),
        }
    }
    if error.is_timeout() {
        AttemptFailure::Timeout
    } else {
        AttemptFailure::ConnectionFailed
    }
}
