//! Someone who is not signed in: the extractor of the operations that sign in, register or take a
//! token from a mail. They take no `Idempotency-Key`, since there is no user to keep it for.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};

use super::answer::Answer;
use super::caller::{database, services};
use super::error::{Error, Result};
use super::network::{self, Network};
use super::text;
use crate::db::{Access, Db, Tx};
use crate::services::Services;

/// Longest name of a device that is kept, in characters.
const LONGEST_DEVICE: usize = 200;

/// A request without a sign-in.
pub struct Visitor {
    /// What all workers share.
    pub services: web::Data<Services>,
    /// Where the request comes from.
    pub network: Network,
    db: Db,
    request: HttpRequest,
}

impl FromRequest for Visitor {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}

impl Visitor {
    /// The same for a request that may well be signed in.
    pub fn of(request: &HttpRequest) -> Result<Self> {
        let services = services(request)?;
        let known = request.extensions().get::<Network>().copied();
        let network = known.unwrap_or_else(|| {
            let trusted = &services.settings.trusted_proxies;
            network::client(request.peer_addr(), request.headers(), trusted)
        });
        Ok(Self {
            network,
            services,
            db: database(request)?,
            request: request.clone(),
        })
    }

    /// Writes to global tables in one transaction; rows of owners are out of sight.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db.system(Access::Write, work).await
    }

    /// What the client calls itself, fit to be shown.
    pub fn device(&self) -> Option<String> {
        let agent = self.request.headers().get(header::USER_AGENT)?;
        device(agent.to_str().ok()?)
    }

    /// The answer to this request.
    pub fn respond(&self, answer: Answer) -> HttpResponse {
        answer.respond(&self.request)
    }
}

fn device(agent: &str) -> Option<String> {
    let clean: String = text::cleaned(agent)?.chars().take(LONGEST_DEVICE).collect();
    let clean = clean.trim_end().to_owned();
    (!clean.is_empty()).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_device_is_short_and_clean() {
        assert_eq!(device("  curl/8.5.0 "), Some("curl/8.5.0".to_owned()));
        assert_eq!(device("   "), None);
        assert_eq!(device("a\u{0}b"), None);
        assert_eq!(device(&"x".repeat(500)).map(|name| name.len()), Some(200));
    }
}
