//! Every setting of the service: a flag, an environment variable, a default.
//!
//! This is the only reader of the environment. Secrets are [`Secret`]s, which never print themselves.

mod sizes;
mod values;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

pub use values::Secret;
use values::{address, log_filter, network, web_address};

/// Whether a new account has to prove its address before it may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EmailVerification {
    /// Accounts work at once; registering tells when an address is taken.
    Off,
    /// Registering always answers alike and sends a mail; an employer must not learn who is looking.
    Required,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Human in a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Human,
}

/// Where the data lives.
#[derive(Args, Clone, Debug)]
pub struct DatabaseSettings {
    /// Folder of the embedded PostgreSQL, its log and the signing keys
    #[arg(
        long,
        env = "REBOUND_DATA_DIR",
        default_value = "./.rebound",
        global = true,
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,

    /// A PostgreSQL server to use instead of the embedded one (also read from DATABASE_URL)
    #[arg(
        long,
        env = "REBOUND_DATABASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub database_url: Option<Secret>,

    /// The same server as the owner of the tables, when the ordinary role may not migrate
    #[arg(
        long,
        env = "REBOUND_MIGRATE_DATABASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub migrate_database_url: Option<Secret>,
}

impl DatabaseSettings {
    /// The server that was named by flag, `REBOUND_DATABASE_URL` or the customary `DATABASE_URL`.
    pub fn external_url(&self) -> Option<Secret> {
        let customary = environment("DATABASE_URL").map(Secret::from);
        let named = [self.database_url.clone(), customary];
        // A variable that is set to nothing is not meant.
        let mut named = named.into_iter().flatten();
        named.find(|url| !url.expose().is_empty())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Does the environment tell libpq more about the way to the server than its URL does?
pub fn is_libpq_told_more() -> bool {
    const NAMES: &str =
        "PGDATABASE PGHOSTADDR PGOPTIONS PGPORT PGSERVICE PGSSLMODE PGTARGETSESSIONATTRS PGUSER";
    NAMES.split(' ').any(|name| environment(name).is_some())
}

/// Everything `rebound serve` can be told.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Address and port of the API
    #[arg(
        long,
        env = "REBOUND_LISTEN",
        default_value = "127.0.0.1:8080",
        value_parser = address,
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "a doc comment would become a heading of --help"
    )]
    pub database: DatabaseSettings,

    /// A streaming replica of the server: reads go on there while the server is away
    #[arg(
        long,
        env = "REBOUND_REPLICA_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub replica_database_url: Option<Secret>,

    /// Start without applying pending migrations; fails when there are any
    #[arg(long, env = "REBOUND_NO_MIGRATE")]
    pub no_migrate: bool,

    /// Database connections, and as many threads that use them, rounded up to a multiple of the workers [default: 2 for each core, at least 4]
    #[arg(long, env = "REBOUND_DATABASE_CONNECTIONS", value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=500))]
    pub database_connections: Option<u32>,

    /// Prepare every statement anew, for poolers that cannot keep prepared statements
    #[arg(long, env = "REBOUND_NO_STATEMENT_CACHE")]
    pub no_statement_cache: bool,

    /// Threads that serve requests [default: one for each core]
    #[arg(long, env = "REBOUND_WORKERS", value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,

    /// Seconds that a client may do nothing on an open connection
    #[arg(long, env = "REBOUND_KEEP_ALIVE", default_value_t = 75, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub keep_alive: u16,

    /// Address under which people reach the service, for links in mails [default: the address it listens on]
    #[arg(long, env = "REBOUND_PUBLIC_URL", value_parser = web_address, value_name = "URL")]
    pub public_url: Option<url::Url>,

    /// Web origins that may call the API from a browser, separated by commas
    #[arg(
        long,
        env = "REBOUND_CORS_ORIGINS",
        value_delimiter = ',',
        value_name = "ORIGINS"
    )]
    pub cors_origins: Vec<String>,

    /// Networks of reverse proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(
        long,
        env = "REBOUND_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = network,
        value_name = "NETWORKS"
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Let PUT /v1/test-clock stop the service's time; only for tests, only on loopback
    #[arg(long, env = "REBOUND_TEST_CLOCK")]
    pub test_clock: bool,

    /// Must a new account prove its address? [default: off with the embedded database, else required]
    #[arg(long, env = "REBOUND_EMAIL_VERIFICATION", value_name = "MODE")]
    pub email_verification: Option<EmailVerification>,

    /// Where mails go: log:, file:/folder or smtps://user:password@host:port
    #[arg(
        long,
        env = "REBOUND_MAIL_URL",
        hide_env_values = true,
        default_value = "log:",
        hide_default_value = false,
        value_name = "URL"
    )]
    pub mail_url: Secret,

    /// Sender of the service's mails
    #[arg(
        long,
        env = "REBOUND_MAIL_FROM",
        default_value = "Rebound <rebound@localhost>",
        value_name = "ADDRESS"
    )]
    pub mail_from: String,

    /// Folder with the keys that sign access tokens, shared by all replicas [default: keys in the data folder]
    #[arg(long, env = "REBOUND_SIGNING_KEYS", value_name = "FOLDER")]
    pub signing_keys: Option<PathBuf>,

    /// Networks inside which webhooks may go, by http as well, separated by commas; without it public https addresses only
    #[arg(
        long,
        env = "REBOUND_WEBHOOK_ALLOWED_NETWORKS",
        value_delimiter = ',',
        value_parser = network,
        value_name = "NETWORKS"
    )]
    pub webhook_allowed_networks: Vec<IpNet>,

    /// Requests a minute for each user or token
    #[arg(
        long,
        env = "REBOUND_RATE_LIMIT_USER",
        default_value = "600",
        value_name = "COUNT"
    )]
    pub rate_limit_user: std::num::NonZeroU32,

    /// Requests a minute for each network that shows no token
    #[arg(
        long,
        env = "REBOUND_RATE_LIMIT_NETWORK",
        default_value = "120",
        value_name = "COUNT"
    )]
    pub rate_limit_network: std::num::NonZeroU32,

    /// Failed logins in 15 minutes for each account
    #[arg(
        long,
        env = "REBOUND_LOGIN_LIMIT_ACCOUNT",
        default_value_t = 10,
        value_name = "COUNT"
    )]
    pub login_limit_account: u32,

    /// Failed logins in 15 minutes for each network
    #[arg(
        long,
        env = "REBOUND_LOGIN_LIMIT_NETWORK",
        default_value_t = 100,
        value_name = "COUNT"
    )]
    pub login_limit_network: u32,

    /// Registrations an hour for each network
    #[arg(
        long,
        env = "REBOUND_REGISTER_LIMIT",
        default_value_t = 100,
        value_name = "COUNT"
    )]
    pub register_limit: u32,

    /// Mails an hour for each network and for each address
    #[arg(
        long,
        env = "REBOUND_MAIL_LIMIT",
        default_value_t = 10,
        value_name = "COUNT"
    )]
    pub mail_limit: u32,

    /// Largest document that POST /v1/me/import reads, in megabytes
    #[arg(
        long,
        env = "REBOUND_ACCOUNT_DOCUMENT_LIMIT",
        default_value_t = 200,
        value_parser = clap::value_parser!(u16).range(1..=10_000),
        value_name = "MEGABYTES"
    )]
    pub account_document_limit: u16,

    /// Days that events are kept; a client that was away for longer fetches everything anew
    #[arg(long, env = "REBOUND_EVENTS_RETENTION_DAYS", default_value_t = 90, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub events_retention_days: u16,

    /// The database server without a pooler in between, to hear of news [default: the one of --database-url]
    #[arg(
        long,
        env = "REBOUND_LISTEN_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub listen_database_url: Option<Secret>,

    /// Own address for GET /metrics, without a token
    #[arg(
        long,
        env = "REBOUND_METRICS_LISTEN",
        value_parser = address,
        value_name = "ADDRESS"
    )]
    pub metrics_listen: Option<SocketAddr>,

    /// Bearer token that opens GET /metrics on the API's own address
    #[arg(
        long,
        env = "REBOUND_METRICS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub metrics_token: Option<Secret>,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "a doc comment would become a heading of --help"
    )]
    pub log: LogSettings,
}

/// How the service speaks of what it does.
#[derive(Args, Clone, Debug)]
pub struct LogSettings {
    /// Shape of the log lines
    #[arg(
        long,
        env = "REBOUND_LOG_FORMAT",
        default_value = "auto",
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug, or a filter such as info,rebound::db=debug; libraries say nothing below info
    #[arg(
        long,
        env = "REBOUND_LOG",
        default_value = "info",
        value_parser = log_filter,
        value_name = "FILTER"
    )]
    pub log: String,
}

/// A combination of settings that cannot be served; each says the way out.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The test clock lets anyone move the time, so it must not be reachable from elsewhere.
    #[error(
        "--test-clock lets anyone move the service's time, so it needs a loopback address: use --listen 127.0.0.1:{0}"
    )]
    TestClockInPublic(u16),
    /// An origin is a scheme, a host and a port, nothing more.
    #[error("--cors-origins: {0:?} is no web origin; write it like https://app.example.com")]
    Origin(String),
}

impl Settings {
    /// Checks what one setting cannot know of another.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.test_clock && !self.listen.ip().is_loopback() {
            return Err(SettingsError::TestClockInPublic(self.listen.port()));
        }
        for origin in &self.cors_origins {
            let parsed = url::Url::parse(origin).ok();
            if parsed.is_none_or(|url| url.origin().ascii_serialization() != *origin) {
                return Err(SettingsError::Origin(origin.clone()));
            }
        }
        Ok(())
    }

    /// The replica, when one is named. A variable that is set to nothing is not meant.
    pub fn replica(&self) -> Option<&Secret> {
        let named = self.replica_database_url.as_ref();
        named.filter(|url| !url.expose().is_empty())
    }

    /// The verification mode, by default the one that suits where the data lives.
    pub fn verification(&self) -> EmailVerification {
        self.email_verification.unwrap_or_else(|| {
            if self.database.external_url().is_some() {
                EmailVerification::Required
            } else {
                EmailVerification::Off
            }
        })
    }

    /// The folder with the signing keys.
    pub fn keys_folder(&self) -> PathBuf {
        self.signing_keys
            .clone()
            .unwrap_or_else(|| self.database.data_dir.join("keys"))
    }

    /// The address under which people reach the service, without a slash at its end.
    pub fn address(&self) -> String {
        self.public_url.as_ref().map_or_else(
            || format!("http://{}", self.listen),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        )
    }

    /// Is this peer a proxy whose word about the client is believed?
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(&peer))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    pub(super) fn settings(flags: &[&str]) -> Settings {
        Line::parse_from(std::iter::once("rebound").chain(flags.iter().copied())).settings
    }

    #[test]
    fn the_test_clock_is_refused_outside_of_loopback() {
        let public = settings(&["--test-clock", "--listen", "0.0.0.0:80"]);
        assert!(matches!(
            public.check(),
            Err(SettingsError::TestClockInPublic(80))
        ));
        assert!(settings(&["--test-clock"]).check().is_ok());
    }

    #[test]
    fn an_origin_with_a_path_is_refused() {
        assert!(
            settings(&["--cors-origins", "https://a.example/x"])
                .check()
                .is_err()
        );
        assert!(
            settings(&["--cors-origins", "https://a.example"])
                .check()
                .is_ok()
        );
    }

    #[test]
    fn an_address_by_itself_is_a_network_too() {
        let proxies = settings(&["--trusted-proxies", "10.0.0.1,fd00::/8"]);
        assert!(proxies.trusts("10.0.0.1".parse().expect("an address")));
        assert!(!proxies.trusts("10.0.0.2".parse().expect("an address")));
        assert!(proxies.trusts("fd00::7".parse().expect("an address")));
    }

    #[test]
    fn a_setting_that_cannot_be_read_is_refused_with_an_example() {
        for (flag, value, example) in [
            ("--listen", "localhost", "127.0.0.1:8080"),
            ("--metrics-listen", "9090", "127.0.0.1:8080"),
            ("--public-url", "example.com", "https://"),
            ("--public-url", "mailto:a@example.com", "https://"),
            ("--trusted-proxies", "10.0.0", "10.0.0.0/8"),
            ("--log", "debg", "info"),
            ("--log", "info,rebound=loud", "info"),
        ] {
            let said = Line::try_parse_from(["rebound", flag, value])
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(said.contains(example), "{flag} {value}: {said}");
        }
        assert_eq!(
            settings(&["--log", "warn,rebound::db=debug"]).log.log,
            "warn,rebound::db=debug"
        );
    }

    #[test]
    fn secrets_do_not_print_themselves() {
        let shown = format!(
            "{:?}",
            settings(&["--database-url", "postgres://u:hunter2@h/d"])
        );
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
