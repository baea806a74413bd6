//! `rebound serve`

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::database::{self, Database};
use crate::clock::Clock;
use crate::config::{EmailVerification, Settings};
use crate::db::migrate::MigrateError;
use crate::logging;
use crate::server::{self, StartError};
use crate::webhooks::Names;

/// What `rebound serve` can be told.
#[derive(Args)]
pub struct ServeArgs {
    #[command(flatten)]
    settings: Settings,
}

/// How often the embedded server is looked after.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// Serves until SIGTERM or SIGINT.
pub fn run(args: ServeArgs) -> Result<(), Failure> {
    let settings = args.settings;
    logging::init(&settings.log);
    logging::catch_panics(&settings.log);
    settings.check()?;
    raise_file_limit();
    // Said before anything is started: a taken port is the commonest mishap.
    drop(
        TcpListener::bind(settings.listen)
            .map_err(|error| StartError::Listen("--listen", settings.listen, error))?,
    );
    // Each worker has one more, for reads in one trip.
    let lines = u32::try_from(settings.worker_count()).unwrap_or(u32::MAX);
    let mut database = database::open(
        &settings.database,
        settings.connections().saturating_add(lines),
        !settings.no_statement_cache,
    )?;
    if let Some(url) = settings.replica() {
        database.check_replica(url)?;
    }
    if settings.no_migrate {
        database.verify()?;
    } else {
        match database.migrate() {
            // There is nothing to migrate, and perhaps nothing in the way of serving.
            Err(failure) if is_newer(&failure) => database.verify()?,
            outcome => log::info!(count = outcome?; "migrations applied"),
        }
    }
    if settings.verification() == EmailVerification::Required
        && settings.mail_url.expose() == "log:"
    {
        log::warn!(
            "mails go to this log and to nobody, and with them what proves an address or resets a password: set --mail-url, or --email-verification off"
        );
    }
    let outcome = actix_web::rt::System::new().block_on(serve(settings, &mut database));
    if let Some(cluster) = database.cluster.take() {
        cluster.stop()?;
    }
    outcome
}

/// Was the schema migrated by a later version?
fn is_newer(failure: &Failure) -> bool {
    matches!(failure.downcast_ref(), Some(MigrateError::Newer(_)))
}

/// Lets the process open as many files as it may: each connection takes two, and the usual limit of
/// 1,024 is a tradition for programs that use `select`.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        log::debug!("the limit of open files stays: {error}");
    }
}

async fn serve(settings: Settings, database: &mut Database) -> Result<(), Failure> {
    // Before the first request: a signal that comes now must not be lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let names = Names::default();
    let running = server::start(settings.clone(), &database.app, Clock::default(), &names)?;
    let address = format!("http://{}", running.address);
    let stopping = Arc::new(AtomicBool::new(false));
    let guardian = database
        .cluster
        .take()
        .map(|cluster| guard(cluster, Arc::clone(&stopping)));
    println!(
        "Rebound is ready.\n  API        {address}/v1\n  Reference  {address}/docs/\n  Dashboard  {address}/app/\n  Document   {address}/openapi.json\nStop it with Ctrl-C."
    );
    tokio::select! {
        _ = terminate.recv() => log::info!("SIGTERM: stopping"),
        _ = interrupt.recv() => log::info!("SIGINT: stopping"),
    }
    running.stop().await;
    stopping.store(true, Ordering::Relaxed);
    if let Some(guardian) = guardian {
        database.cluster = guardian.join().ok();
    }
    Ok(())
}

/// Starts the embedded server again when it dies, until told to stop; gives it back then.
fn guard(
    mut cluster: crate::db::embedded::Cluster,
    stopping: Arc<AtomicBool>,
) -> std::thread::JoinHandle<crate::db::embedded::Cluster> {
    std::thread::spawn(move || {
        while !stopping.load(Ordering::Relaxed) {
            match cluster.revive() {
                Ok(true) => log::warn!("the embedded PostgreSQL was started again"),
                Ok(false) => {}
                Err(error) => log::error!("{error}"),
            }
            std::thread::sleep(LOOK_AFTER);
        }
        cluster
    })
}
