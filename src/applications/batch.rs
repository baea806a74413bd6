//! Up to a hundred new applications in one request, each with a result of its own.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{Application, ApplicationFields};
use super::moves;
use crate::account::{Preferences, preferences};
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::error::{Error, FieldError, Result};
use crate::http::shape;

/// Applications to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationBatch {
    /// Each is read like the body of `POST /v1/applications`.
    #[garde(length(min = 1, max = 100))]
    #[schema(value_type = Vec<ApplicationFields>, min_items = 1, max_items = 100)]
    applications: Vec<Value>,
}

/// What became of each.
#[derive(Serialize, ToSchema)]
pub struct BatchResults {
    /// In the order of the request.
    #[schema(max_items = 100)]
    results: Vec<BatchResult>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub struct BatchResult {
    /// Its place in the request, from 0.
    #[schema(minimum = 0, maximum = 99, example = 0)]
    index: usize,
    /// The status that `POST /v1/applications` would have had.
    #[schema(minimum = 200, maximum = 599, example = 201)]
    status: u16,
    /// The application, when it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<Application>,
    /// What was wrong, when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<BatchProblem>,
}

/// What was wrong with one.
#[derive(Serialize, ToSchema)]
pub struct BatchProblem {
    /// Stable name of the problem.
    #[schema(max_length = 50, example = "invalid_fields")]
    code: &'static str,
    /// A sentence about it.
    #[schema(max_length = 2000, example = "One field is not valid.")]
    detail: String,
    /// Every wrong field; pointers begin at the application.
    #[schema(max_items = 1000)]
    errors: Vec<FieldError>,
}

/// Add many applications
///
/// Each one is added or refused for itself; the answer is 200 and tells of each. With an
/// `Idempotency-Key` the whole batch happens once.
#[utoipa::path(tag = "Applications", request_body = ApplicationBatch,
    responses((status = 200, description = "What became of each.", body = BatchResults)))]
#[post("/v1/applications/batch")]
pub async fn create_applications(
    caller: Caller,
    body: Body<ApplicationBatch>,
) -> Result<HttpResponse> {
    caller
        .post(body.fingerprint, move |tx, _| {
            let preferences = preferences(tx.conn, tx.owner)?;
            let mut results = Vec::with_capacity(body.value.applications.len());
            for (index, document) in body.value.applications.into_iter().enumerate() {
                results.push(add(tx, index, document, &preferences)?);
            }
            Answer::document(StatusCode::OK, &BatchResults { results })
        })
        .await
}

/// Adds one under a savepoint: what is wrong with it does not touch the others.
fn add(
    tx: &mut Tx<'_>,
    index: usize,
    document: Value,
    preferences: &Preferences,
) -> Result<BatchResult> {
    let outcome = shape::read::<ApplicationFields>(document)
        .map_err(Error::invalid)
        .and_then(|fields| tx.savepoint(|tx| moves::create(tx, fields, preferences)));
    let problem = match outcome {
        Ok(application) => {
            let application = Some(application);
            return Ok(BatchResult {
                index,
                status: 201,
                application,
                problem: None,
            });
        }
        Err(error) => error.to_problem(),
    };
    if problem.kind.status >= 500 {
        return Err(problem.into());
    }
    Ok(BatchResult {
        index,
        status: problem.kind.status,
        application: None,
        problem: Some(BatchProblem {
            code: problem.kind.code,
            detail: problem.detail.into_owned(),
            errors: problem.errors,
        }),
    })
}
