//! Puts the service together and runs it; the binary and the tests start the same one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_cors::Cors;
use actix_web::dev::ServerHandle;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio::task::JoinHandle;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::auth::keys::{KeyError, Keys};
use crate::auth::seal::Seal;
use crate::clock::Clock;
use crate::config::{Settings, SettingsError};
use crate::db::pipeline::Pipeline;
use crate::db::{self, ConnectionOptions, Db, Lengthy, Replica};
use crate::events::{Herald, retention};
use crate::http::caller::services as shared;
use crate::http::connections::Connections;
use crate::http::document::Document;
use crate::http::edge::{edge, guard, method_not_allowed};
use crate::http::error::Result;
use crate::http::listener::Listener;
use crate::http::{metrics, problems};
use crate::jobs::{Bell, Runner};
use crate::services::{Parting, Parts, Services};
use crate::webhooks::{self, Names, Worker, WorkerError};
use crate::{account, auth, coaching, http, imports, logging, reminders, routes};

/// A head that takes longer than this to arrive is not waited for.
const SLOW_HEAD: Duration = Duration::from_secs(5);
/// How long a stop waits for requests in flight, in seconds.
const LONGEST_GOODBYE: u64 = 30;
/// How long, before that, open connections get to send one more request and to be told to go.
const LAST_ORDERS: Duration = Duration::from_secs(1);
/// How long a worker may take to meet a connection that was let in.
const AT_LEAST: Duration = Duration::from_millis(500);
/// How often connections are looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How often clients that do nothing are hung up on.
const SWEEP: Duration = Duration::from_millis(500);
/// Connections of the job threads: one for each, one in reserve.
const JOB_CONNECTIONS: u32 = 3;
/// How many whole accounts go in or out at the same time, each with a connection of its own.
const LENGTHY_AT_ONCE: u32 = 2;

/// Why the service does not start, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings contradict each other.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The signing keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The address of a flag cannot be listened on.
    #[error("{1} cannot be listened on. {hint}", hint = listen_hint(.0, *.1, .2))]
    Listen(&'static str, SocketAddr, std::io::Error),
    /// The operating system gives no thread.
    #[error("a thread could not be started: {0}")]
    Thread(std::io::Error),
    /// The workers of webhooks.
    #[error(transparent)]
    Webhooks(#[from] WorkerError),
    /// The mail settings.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
}

fn listen_hint(flag: &str, address: SocketAddr, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            let mut other = address;
            other.set_port(address.port().checked_add(1).unwrap_or(8081));
            let make = match flag {
                "--listen" => format!(" (make run LISTEN={other})"),
                _ => String::new(),
            };
            format!(
                "Another program uses this port, perhaps Rebound itself: stop it, or choose another with {flag} {other}{make}."
            )
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("Ports below 1024 need rights: choose a higher one with {flag}.")
        }
        _ => format!("{error}: choose an address of this machine with {flag}."),
    }
}

/// A running service.
pub struct Running {
    /// Where it listens; the port is a real one when 0 was asked for.
    pub address: SocketAddr,
    /// What its workers share.
    pub services: Arc<Services>,
    handles: Vec<ServerHandle>,
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
    jobs: Runner,
    herald: Herald,
    webhooks: Worker,
    listener: Listener,
    connections: Arc<Connections>,
    sweeper: JoinHandle<()>,
}

impl Running {
    /// Refuses new connections, answers what comes on open ones with the word to close them, lets
    /// requests in flight end, then ends the background threads.
    pub async fn stop(mut self) {
        self.services.drain();
        logging::expect_a_closed_listener();
        self.listener.close().await;
        // Someone may have been let in whom no worker has met, and so nobody has counted.
        tokio::time::sleep(AT_LEAST).await;
        let begin = Instant::now();
        while self.connections.count() > 0 && begin.elapsed() < LAST_ORDERS {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        for handle in &self.handles {
            handle.stop(true).await;
        }
        for task in self.tasks.drain(..) {
            if let Ok(Err(error)) = task.await {
                log::error!("the server ended badly: {error}");
            }
        }
        self.sweeper.abort();
        self.webhooks.ask_to_stop();
        self.jobs.stop();
        self.herald.stop();
        self.webhooks.stop();
    }
}

/// The API document, as collected from the handlers and completed.
///
/// That is done on a thread of its own, which takes along what it leaves behind: some twenty megabytes
/// that would stay with this thread.
pub fn document() -> Document {
    std::thread::spawn(collect)
        .join()
        .expect("the handlers describe themselves without failing")
}

fn collect() -> Document {
    let (_, collected) = App::new()
        .into_utoipa_app()
        .openapi(routes::Api::openapi())
        .configure(|config| routes::api(config))
        .split_for_parts();
    Document::new(&collected)
}

/// Starts the service on a database that is migrated already. `names` tells where the receivers of webhooks are.
pub fn start(
    settings: Settings,
    database: &ConnectionOptions,
    clock: Clock,
    names: &Names,
) -> Result<Running, StartError> {
    // Collecting reads most of the program and leaves its memory in pieces. A release has no need to: what is
    // committed is what its handlers say, while on a build for development one is still at work.
    let document = match cfg!(debug_assertions) {
        true => document(),
        false => Document::committed(),
    };
    start_with(settings, database, clock, names, document)
}

/// The same with another document, of which the edge takes what it has to know of the operations.
pub fn start_with(
    mut settings: Settings,
    database: &ConnectionOptions,
    clock: Clock,
    names: &Names,
    document: Document,
) -> Result<Running, StartError> {
    settings.check()?;
    let asked = settings.listen;
    let failed = |error| StartError::Listen("--listen", asked, error);
    let (listener, socket) = Listener::bind(asked).map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    // Addresses that the service hands out name the port that it got where 0 was asked for.
    settings.listen = address;
    let keys = Keys::open(&settings.keys_folder())?;
    let seal = Seal::open(&settings.keys_folder())?;
    let mailer = crate::mail::Mailer::new(&settings)?;
    let workers = settings.worker_count();
    let (threads, connections) = (settings.threads_per_worker(), settings.connections());
    let primary = db::watch_primary(database.clone(), &clock, settings.replica().is_some());
    let primary = Arc::new(primary.map_err(StartError::Thread)?);
    let replica = settings.replica().map(|url| {
        let options = ConnectionOptions {
            url: url.clone(),
            statement_cache: database.statement_cache,
        };
        Replica::start(Arc::clone(&primary), options, connections, &clock)
    });
    let replica = replica
        .transpose()
        .map_err(StartError::Thread)?
        .map(Arc::new);
    let services = Arc::new(Services::new(Parts {
        settings: settings.clone(),
        clock: clock.clone(),
        keys,
        seal,
        document,
        mailer,
        lengthy: Lengthy::new(
            db::pool(database.clone(), LENGTHY_AT_ONCE),
            LENGTHY_AT_ONCE,
            clock.clone(),
        ),
        primary,
        jobs: Bell::default(),
        partings: &PARTINGS,
    }));
    let telling = |size| {
        let services = Arc::clone(&services);
        db::pool(database.clone(), size).telling(move |user| services.tell(user))
    };
    let pool = telling(connections);
    let keep_alive = Duration::from_secs(settings.keep_alive.into());
    // The protocol layer's own limit comes first where it has one.
    let connections = Arc::new(Connections::new(keep_alive + SWEEP));
    let jobs = Runner::start(
        job_registry(),
        telling(JOB_CONNECTIONS),
        Arc::clone(&services),
    )
    .map_err(StartError::Thread)?;
    let direct = ConnectionOptions {
        url: settings
            .listen_database_url
            .clone()
            .unwrap_or_else(|| database.url.clone()),
        ..database.clone()
    };
    let herald = Herald::start(direct, Arc::clone(&services)).map_err(StartError::Thread)?;
    let webhooks = Worker::start(database.clone(), Arc::clone(&services), names)?;

    let (app_services, app_pool, app_clock) = (Arc::clone(&services), pool.clone(), clock.clone());
    let app_replica = replica.clone();
    // Those of the primary may all be waiting for it while the replica is asked.
    let blocking_threads = threads * if replica.is_some() { 2 } else { 1 } + db::COMPUTING_AT_ONCE;
    let opened = Arc::clone(&connections);
    let (line, trips) = (database.clone(), services.metrics.one_trip());
    let server = HttpServer::new(move || {
        // Each worker has its own door, as wide as its share of the threads.
        let db = Db::new(app_pool.clone(), threads, app_clock.clone())
            .with_replica(app_replica.clone(), threads)
            .with_pipeline(Pipeline::new(&line, trips.clone()));
        let settings = &app_services.settings;
        App::new()
            .configure(routes::api)
            .configure(routes::pages)
            .configure(|config| {
                if settings.test_clock {
                    routes::test_clock(config);
                }
            })
            .app_data(web::Data::from(Arc::clone(&app_services)))
            .app_data(web::Data::new(db))
            .default_service(web::to(unmatched))
            // The last one is the first that a request meets.
            .wrap(from_fn(guard))
            .wrap(Condition::new(
                !settings.cors_origins.is_empty(),
                cors(settings),
            ))
            .wrap(from_fn(edge))
    })
    .workers(workers)
    .worker_max_blocking_threads(blocking_threads)
    .client_request_timeout(SLOW_HEAD)
    .keep_alive(keep_alive)
    .shutdown_timeout(LONGEST_GOODBYE)
    .disable_signals()
    .on_connect(move |connection, data| {
        let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>() else {
            return;
        };
        // Without it a chunked answer waits for the peer's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            log::debug!("TCP_NODELAY: {error}");
        }
        match opened.take(stream) {
            Ok(open) => _ = data.insert(open),
            Err(error) => log::warn!("a connection is not watched over: {error}"),
        }
    })
    .listen(socket)
    .map_err(failed)?
    .run();
    let mut handles = vec![server.handle()];
    let mut tasks = vec![tokio::task::spawn_local(server)];
    if let Some(listen) = settings.metrics_listen {
        let (services, pool) = (Arc::clone(&services), pool);
        let inside = HttpServer::new(move || {
            let db = Db::new(pool.clone(), 1, services.clock.clone());
            let db = db.with_replica(replica.clone(), 1);
            App::new()
                .app_data(web::Data::from(Arc::clone(&services)))
                .app_data(web::Data::new(db))
                .service(metrics::show_metrics_inside)
        })
        .workers(1)
        .disable_signals()
        .bind(listen)
        .map_err(|error| StartError::Listen("--metrics-listen", listen, error))?
        .run();
        handles.push(inside.handle());
        tasks.push(tokio::task::spawn_local(inside));
    }
    let swept = Arc::clone(&connections);
    let sweeper = tokio::task::spawn_local(async move {
        loop {
            tokio::time::sleep(SWEEP).await;
            swept.close_overdue();
        }
    });
    Ok(Running {
        address,
        services,
        handles,
        tasks,
        jobs,
        herald,
        webhooks,
        listener,
        connections,
        sweeper,
    })
}

/// What features do before a user is erased.
pub const PARTINGS: [Parting; 1] = [coaching::part];

/// So many rows are tidied up in one transaction.
const PART: usize = 5_000;
/// Sessions are fewer, for each takes up to some thousands of refresh tokens along.
const PART_OF_SESSIONS: usize = 100;

fn job_registry() -> crate::jobs::Registry {
    use auth::{email_tokens, personal_tokens, sessions, throttle};

    crate::jobs::Registry::default()
        .tidy("idempotency keys", PART, http::idempotency::forget)
        .tidy("sessions", PART_OF_SESSIONS, sessions::forget_expired)
        .tidy("personal tokens", PART, personal_tokens::forget_expired)
        .tidy("tokens of mails", PART, email_tokens::forget_expired)
        .tidy("attempts", PART, throttle::forget_old)
        .measure(webhooks::measure)
        .on(account::mails::JOB, account::mails::send)
        .on_lengthy(imports::JOB, imports::run)
        .on_standing(reminders::plan::JOB, reminders::plan::run)
        .on_lasting(retention::JOB, retention::run)
        .on(reminders::mails::ONE, reminders::mails::send_one)
        .on(reminders::mails::DIGEST, reminders::mails::send_digest)
        .on(coaching::MAIL_JOB, coaching::send)
        .on(coaching::EVENT_JOB, coaching::tell)
        .on(webhooks::mails::JOB, webhooks::mails::send)
}

fn cors(settings: &Settings) -> Cors {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "Accept",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-Request-Id",
            "Last-Event-ID",
        ])
        .expose_headers([
            "Date",
            "ETag",
            "Link",
            "Location",
            "X-Request-Id",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotent-Replayed",
            "Deprecation",
            "Sunset",
        ])
        .max_age(3_600);
    for origin in &settings.cors_origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}

/// What no service took: a wrong method of a known path, or an unknown path.
async fn unmatched(request: HttpRequest) -> Result<HttpResponse> {
    let services = shared(&request)?;
    let Some(allowed) = services.document.allowed(request.path()) else {
        return Err(problems::NOT_FOUND
            .because("There is nothing at this address.")
            .into());
    };
    if request.method() == actix_web::http::Method::OPTIONS {
        return Ok(HttpResponse::NoContent()
            .insert_header(("Allow", allowed))
            .finish());
    }
    Err(method_not_allowed(allowed))
}
