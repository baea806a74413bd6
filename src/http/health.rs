//! For those who watch over the service: is it alive, may it get requests?

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{database, services};
use super::error::{Error, Result};
use crate::db::Ability;

/// The state of the service.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `read_only` while the primary database is away and a replica answers reads. Everything else is a problem.
    #[schema(example = "ok", max_length = 10)]
    pub status: &'static str,
    /// Version of the service.
    #[schema(example = "0.1.0", max_length = 50)]
    pub version: &'static str,
}

/// The path of [`get_liveness`], which no limit holds up.
pub const LIVENESS: &str = "/health/live";
/// The path of [`get_readiness`], at which no limit holds up a balancer that is a trusted proxy.
pub const READINESS: &str = "/health/ready";

const fn health(status: &'static str) -> Health {
    Health {
        status,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Is the process alive?
///
/// Answers as long as the process runs, without asking the database. Restart the process when it does not.
#[utoipa::path(tag = "Service", responses((status = 200, description = "The process is alive.", body = Health)))]
#[get("/health/live")]
pub async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().json(health("ok"))
}

/// May the service get requests?
///
/// Asks the database and compares its schema with this version. 503 while the service starts, stops or
/// cannot reach the database: send requests elsewhere, do not restart it. `read_only` says that the primary
/// database is away and a replica is there: requests that read are answered, all others are 503.
#[utoipa::path(tag = "Service", responses((status = 200, description = "The service takes requests.", body = Health)))]
#[get("/health/ready")]
pub async fn get_readiness(request: HttpRequest) -> Result<HttpResponse> {
    if services(&request)?.is_draining() {
        return Err(Error::overloaded());
    }
    let status = match database(&request)?.check().await? {
        Ability::Everything => "ok",
        Ability::Reading => "read_only",
    };
    Ok(HttpResponse::Ok().json(health(status)))
}
