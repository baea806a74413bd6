//! For those who watch over the service: is it alive, may it get requests?

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{database, services};
use super::error::{Error, Result};

/// The state of the service.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; what is not ok is a problem.
    #[schema(example = "ok", max_length = 10)]
    pub status: &'static str,
    /// Version of the service.
    #[schema(example = "0.1.0", max_length = 50)]
    pub version: &'static str,
}

/// The path of [`get_liveness`], which no limit holds up.
pub const LIVENESS: &str = "/health/live";

const OK: Health = Health {
    status: "ok",
    version: env!("CARGO_PKG_VERSION"),
};

/// Is the process alive?
///
/// Answers as long as the process runs, without asking the database. Restart the process when it does not.
#[utoipa::path(tag = "Service", responses((status = 200, description = "The process is alive.", body = Health)))]
#[get("/health/live")]
pub async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().json(OK)
}

/// May the service get requests?
///
/// Asks the database and compares its schema with this version. 503 while the service starts, stops or
/// cannot reach the database: send requests elsewhere, do not restart it.
#[utoipa::path(tag = "Service", responses((status = 200, description = "The service takes requests.", body = Health)))]
#[get("/health/ready")]
pub async fn get_readiness(request: HttpRequest) -> Result<HttpResponse> {
    if services(&request)?.is_draining() {
        return Err(Error::overloaded());
    }
    database(&request)?.check().await?;
    Ok(HttpResponse::Ok().json(OK))
}
