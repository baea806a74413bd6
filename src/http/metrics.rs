//! Metrics for Prometheus.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use super::caller::{database, services};
use super::error::{Error, Result};
use crate::clock::real_now;
use crate::db::{Db, Pool};
use crate::services::Services;

/// What the service counts.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    duration: HistogramVec,
    in_flight: IntGauge,
    connections_used: IntGaugeVec,
    connections_open: IntGaugeVec,
    answers: IntGaugeVec,
    replica: Option<ReplicaMetrics>,
    jobs_oldest: IntGauge,
    webhooks_oldest: IntGauge,
    queues_measured: IntGauge,
    jobs_failed: IntCounterVec,
    streams: IntGauge,
    one_trip: IntCounter,
}

/// What is told where there is a replica.
struct ReplicaMetrics {
    usable: IntGauge,
    lag: IntGauge,
    reads: IntGauge,
    lagged: IntGauge,
}

impl ReplicaMetrics {
    fn new(registry: &Registry) -> Self {
        let gauge = |name, help| registered(registry, IntGauge::new(name, help));
        Self {
            usable: gauge(
                "rebound_replica_usable",
                "1 when reads would go on from the replica if the primary were away",
            ),
            lag: gauge(
                "rebound_replica_lag_bytes",
                "How much of the write-ahead log the replica has not replayed",
            ),
            reads: gauge(
                "rebound_replica_reads",
                "Reads that took place on the replica",
            ),
            lagged: gauge(
                "rebound_replica_lagged_reads",
                "Large reads that the primary took over from a replica that was behind",
            ),
        }
    }
}

impl Metrics {
    /// Fresh counters.
    pub fn new(with_replica: bool) -> Self {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("rebound_http_requests_total", "Answered requests"),
            &["method", "route", "status"],
        )
        .expect("the name is valid");
        let duration = HistogramVec::new(
            HistogramOpts::new(
                "rebound_http_request_seconds",
                "Time from request to answer",
            )
            .buckets(vec![
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
            ]),
            &["method", "route"],
        )
        .expect("the name is valid");
        let gauge = |name, help| IntGauge::new(name, help).expect("the name is valid");
        let in_flight = gauge("rebound_http_requests_in_flight", "Requests being answered");
        let gauges = |name: &str, help: &str| {
            let gauges = IntGaugeVec::new(Opts::new(name, help), &["server"]);
            registered(&registry, gauges)
        };
        let connections_used = gauges(
            "rebound_database_connections_used",
            "Database connections at work",
        );
        let connections_open = gauges(
            "rebound_database_connections_open",
            "Open database connections",
        );
        let answers = gauges(
            "rebound_database_answers",
            "1 when the server answered a moment ago",
        );
        let jobs_oldest = gauge(
            "rebound_jobs_oldest_seconds",
            "For how long the oldest job that is due has been waiting",
        );
        let webhooks_oldest = gauge(
            "rebound_webhooks_oldest_seconds",
            "For how long the webhook endpoint has been waiting that waits longest for somebody to look after it",
        );
        let queues_measured = gauge(
            "rebound_jobs_measured_timestamp_seconds",
            "When the jobs and the endpoints that wait were measured last, in real time",
        );
        let jobs_failed = IntCounterVec::new(
            Opts::new(
                "rebound_jobs_failed_total",
                "Jobs that were given up after their last attempt",
            ),
            &["kind"],
        )
        .expect("the name is valid");
        let one_trip = IntCounter::new(
            "rebound_database_reads_in_one_trip_total",
            "Reads that took one round trip to the database",
        )
        .expect("the name is valid");
        let streams = gauge("rebound_event_streams_open", "Open streams of events");
        let collectors: [Box<dyn Collector>; 10] = [
            Box::new(requests.clone()),
            Box::new(duration.clone()),
            Box::new(in_flight.clone()),
            Box::new(jobs_oldest.clone()),
            Box::new(webhooks_oldest.clone()),
            Box::new(queues_measured.clone()),
            Box::new(jobs_failed.clone()),
            Box::new(ProcessCollector::for_self()),
            Box::new(streams.clone()),
            Box::new(one_trip.clone()),
        ];
        for collector in collectors {
            registry
                .register(collector)
                .expect("each name is registered once");
        }
        Self {
            replica: with_replica.then(|| ReplicaMetrics::new(&registry)),
            registry,
            requests,
            duration,
            in_flight,
            connections_used,
            connections_open,
            answers,
            jobs_oldest,
            webhooks_oldest,
            queues_measured,
            jobs_failed,
            streams,
            one_trip,
        }
    }

    /// Counts the reads that took one trip.
    pub fn one_trip(&self) -> IntCounter {
        self.one_trip.clone()
    }

    /// A request begins.
    pub fn begin(&self) {
        self.in_flight.inc();
    }

    /// A request was answered. The route is the pattern, never the path: ids would make a series each.
    pub fn end(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.in_flight.dec();
        self.requests
            .with_label_values(&[method, route, &status.to_string()])
            .inc();
        self.duration
            .with_label_values(&[method, route])
            .observe(took.as_secs_f64());
    }

    /// A request ended without an answer, because the client went away.
    pub fn abandon(&self) {
        self.in_flight.dec();
    }

    /// For how long the oldest job that is due has been waiting.
    pub fn set_oldest_job(&self, waiting: chrono::Duration) {
        self.jobs_oldest.set(waiting.num_seconds().max(0));
    }

    /// For how long the endpoint has been waiting that waits longest.
    pub fn set_oldest_webhook(&self, waiting: chrono::Duration) {
        self.webhooks_oldest.set(waiting.num_seconds().max(0));
    }

    /// What waits was measured just now. Without this, a figure that nobody brings up to date any more looks like one
    /// that does not change.
    pub fn queues_measured(&self) {
        self.queues_measured.set(real_now().timestamp());
    }

    /// Jobs of this kind may be given up: a series that only began with the first one would show no rise.
    pub fn expect_jobs(&self, kind: &str) {
        self.jobs_failed.with_label_values(&[kind]);
    }

    /// A job was given up.
    pub fn job_failed(&self, kind: &str) {
        self.jobs_failed.with_label_values(&[kind]).inc();
    }

    fn text(&self, db: &Db, services: &Services) -> Result<Vec<u8>> {
        let streams = services.news.streams();
        self.streams.set(i64::try_from(streams).unwrap_or(i64::MAX));
        self.count_connections("primary", db.pool());
        self.tell_whether("primary", services.primary.answers());
        if let (Some(replica), Some(metrics)) = (db.replica(), &self.replica) {
            self.count_connections("replica", replica.pool());
            let standing = replica.standing();
            self.tell_whether("replica", standing.answers);
            metrics.usable.set(standing.usable.into());
            metrics.lag.set(standing.lag);
            metrics.reads.set(standing.reads.cast_signed());
            metrics.lagged.set(standing.lagged.cast_signed());
        }
        let mut text = Vec::new();
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut text)
            .map_err(|error| Error::internal(format!("metrics cannot be written: {error}")))?;
        Ok(text)
    }

    fn tell_whether(&self, server: &str, answers: bool) {
        let gauge = self.answers.with_label_values(&[server]);
        gauge.set(answers.into());
    }

    fn count_connections(&self, server: &str, pool: &Pool) {
        let (used, open) = pool.usage();
        let gauge = |gauges: &IntGaugeVec| gauges.with_label_values(&[server]);
        gauge(&self.connections_used).set(used.into());
        gauge(&self.connections_open).set(open.into());
    }
}

/// A new metric, known to the registry.
fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: prometheus::Result<C>,
) -> C {
    let metric = metric.expect("the name is valid");
    registry
        .register(Box::new(metric.clone()))
        .expect("each name is registered once");
    metric
}

/// The metrics, for those who listen on the own address or show the token; else there is no such page.
#[get("/metrics")]
pub async fn show_metrics(request: HttpRequest) -> Result<HttpResponse> {
    let services = services(&request)?;
    let shown = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let known = services.settings.metrics_token.as_ref();
    let opened = matches!((shown, known), (Some(shown), Some(known))
        if aws_lc_rs::constant_time::verify_slices_are_equal(shown.as_bytes(), known.expose().as_bytes()).is_ok());
    if !opened {
        return Err(Error::not_found());
    }
    metrics_page(&request)
}

/// The same without a token, for the own listener.
#[get("/metrics")]
pub async fn show_metrics_inside(request: HttpRequest) -> Result<HttpResponse> {
    metrics_page(&request)
}

fn metrics_page(request: &HttpRequest) -> Result<HttpResponse> {
    let services = services(request)?;
    let db = database(request)?;
    let text = services.metrics.text(&db, &services)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(text))
}
