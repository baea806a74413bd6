//! `PUT /v1/test-clock`: stops the service's time for a test. Only there with `--test-clock`, which needs
//! a loopback address; needs no sign-in and is not part of the API document.

use actix_web::{HttpRequest, HttpResponse, delete, get, put};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::caller::services;
use super::error::Result;

/// The instant to stop at.
#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct TestClock {
    #[garde(skip)]
    now: DateTime<Utc>,
}

/// Stops the service's clock at an instant.
#[put("/v1/test-clock")]
pub async fn set_test_clock(request: HttpRequest, body: Body<TestClock>) -> Result<HttpResponse> {
    let services = services(&request)?;
    services.clock.stop_at(Some(body.value.now));
    services.jobs.wake();
    Ok(HttpResponse::Ok().json(TestClock {
        now: services.clock.now(),
    }))
}

/// Shows the service's time.
#[get("/v1/test-clock")]
pub async fn get_test_clock(request: HttpRequest) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(TestClock {
        now: services(&request)?.clock.now(),
    }))
}

/// Lets the service's clock run again.
#[delete("/v1/test-clock")]
pub async fn delete_test_clock(request: HttpRequest) -> Result<HttpResponse> {
    services(&request)?.clock.stop_at(None);
    Ok(HttpResponse::NoContent().finish())
}
