//! What all workers share: settings, clock, keys, counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use crate::auth::keys::Keys;
use crate::auth::live_sessions::LiveSessions;
use crate::auth::passwords::Passwords;
use crate::auth::personal_tokens::KnownTokens;
use crate::auth::seal::Seal;
use crate::auth::tokens::VerifiedTokens;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Lengthy, Pulse, Tx};
use crate::events::News;
use crate::http::document::Document;
use crate::http::error::Result;
use crate::http::files::Files;
use crate::http::limit::Limits;
use crate::http::metrics::Metrics;
use crate::jobs::{Bell, Touched};
use crate::mail::Mailer;

/// What a feature does in the transaction that erases its user, before the foreign keys take the rest along:
/// for what the user shares with others.
pub type Parting = fn(&mut Tx<'_>) -> Result<()>;

/// The shared parts of a running service.
pub struct Services {
    /// Every setting.
    pub settings: Settings,
    /// The service's time.
    pub clock: Clock,
    /// The keys that sign and check access tokens.
    pub keys: Keys,
    /// Seals secrets that have to be read again.
    pub seal: Seal,
    /// Access tokens that were checked already.
    pub verified: VerifiedTokens,
    /// Sessions that were alive a moment ago.
    pub sessions: LiveSessions,
    /// Personal access tokens that were good a while ago.
    pub personal_tokens: KnownTokens,
    /// The threads that hash passwords.
    pub passwords: Passwords,
    /// The threads that read uploaded files.
    pub files: Files,
    /// Requests a minute.
    pub limits: Limits,
    /// Counters for Prometheus.
    pub metrics: Metrics,
    /// The API document.
    pub document: Document,
    /// Where mails go.
    pub mailer: Mailer,
    /// The door for what takes longer than a request may.
    pub lengthy: Lengthy,
    /// Is the primary database there?
    pub primary: Arc<Pulse>,
    /// Wakes the job runner.
    pub jobs: Bell,
    /// Who has written something a moment ago.
    pub touched: Touched,
    /// What features do before a user is erased.
    pub partings: &'static [Parting],
    /// Whose change feeds have news, and the streams that wait for them.
    pub news: News,
    /// Whose events webhooks are to be told of.
    pub heard: Touched,
    draining: Arc<AtomicBool>,
}

/// What a service is put together from.
pub struct Parts {
    /// Every setting.
    pub settings: Settings,
    /// The service's time.
    pub clock: Clock,
    /// The keys that sign and check access tokens.
    pub keys: Keys,
    /// Seals secrets that must be read again.
    pub seal: Seal,
    /// The API document.
    pub document: Document,
    /// Where mails go.
    pub mailer: Mailer,
    /// The door for whole accounts.
    pub lengthy: Lengthy,
    /// Is the primary database there?
    pub primary: Arc<Pulse>,
    /// Wakes the job runner.
    pub jobs: Bell,
    /// What features do before a user is erased.
    pub partings: &'static [Parting],
}

impl Services {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            settings,
            clock,
            keys,
            seal,
            document,
            mailer,
            lengthy,
            primary,
            jobs,
            partings,
        } = parts;
        Self {
            limits: Limits::new(settings.rate_limit_user, settings.rate_limit_network),
            verified: VerifiedTokens::default(),
            sessions: LiveSessions::default(),
            personal_tokens: KnownTokens::default(),
            passwords: Passwords::new(),
            files: Files::default(),
            metrics: Metrics::new(settings.replica().is_some()),
            touched: Touched::default(),
            news: News::default(),
            heard: Touched::default(),
            draining: Arc::default(),
            settings,
            clock,
            keys,
            seal,
            document,
            mailer,
            lengthy,
            primary,
            jobs,
            partings,
        }
    }

    /// A user's write was committed: streams and webhooks may have something to tell.
    pub fn tell(&self, user: Uuid) {
        self.news.tell(user);
        self.heard.add(user);
    }

    /// From now on the service tells load balancers to send requests elsewhere, and streams end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.news.close();
    }

    /// Is the service about to stop?
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
