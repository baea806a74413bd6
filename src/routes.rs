//! Every path of the API at a glance, in the order of the document.

use utoipa::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::account::{handlers as account, sign_in};
use crate::applications::{batch, handlers as applications, timeline, upsert};
use crate::http::{error, health, metrics, site, test_clock};
use crate::imports::handlers as imports;
use crate::interviews::handlers as interviews;
use crate::messages::tone::handlers as tone;

/// The face of the document: title, tags in the order of the article, the schema of every problem.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rebound",
        description = "Helps people who look for work take a rejection well, learn from it and keep going.\n\n**Conventions.** JSON in `snake_case`; ids are UUIDv7; instants end in `_at` and are RFC 3339 in UTC, dates end in `_on`. Lists answer `{data, next_cursor}` and take `limit` and `cursor`. PATCH is a merge patch: null clears, absent keeps. Every error is `application/problem+json`; its `type` is a page that explains it. Every POST takes an `Idempotency-Key`; every single resource has a strong `ETag`. Unknown members and parameters are refused.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This server")),
    components(schemas(error::ProblemBody<'static>, error::FieldError)),
    tags(
        (name = "Accounts", description = "Register, sign in, stay signed in, leave."),
        (name = "Applications", description = "What one applied for, where it stands and how it got there."),
        (name = "Interviews", description = "The rounds of an application."),
        (name = "Messages", description = "What one writes to an employer or a contact, and how it sounds."),
        (name = "Imports and exports", description = "A job search from a spreadsheet and back."),
        (name = "Service", description = "For those who run it.")
    )
)]
pub struct Api;

/// What is documented: the API itself.
pub fn api(config: &mut ServiceConfig<'_>) {
    config
        // Accounts
        .service(sign_in::register_account) //               POST   /v1/auth/register
        .service(sign_in::open_session) //                   POST   /v1/auth/login
        .service(sign_in::refresh_session) //                POST   /v1/auth/refresh
        .service(sign_in::end_session) //                    POST   /v1/auth/logout
        .service(sign_in::request_password_reset) //         POST   /v1/auth/password-reset
        .service(sign_in::confirm_password_reset) //         POST   /v1/auth/password-reset/confirm
        .service(sign_in::verify_email) //                   POST   /v1/auth/verify-email
        .service(sign_in::list_signing_keys) //              GET    /.well-known/jwks.json
        .service(account::get_account) //                    GET    /v1/me
        .service(account::update_account) //                 PATCH  /v1/me
        .service(account::delete_account) //                 DELETE /v1/me
        .service(account::change_password) //                POST   /v1/me/password
        .service(account::list_sessions) //                  GET    /v1/me/sessions
        .service(account::delete_session) //                 DELETE /v1/me/sessions/{id}
        // Applications
        .service(batch::create_applications) //              POST   /v1/applications/batch
        .service(upsert::put_application) //                 PUT    /v1/applications/by-external-id/{external_id}
        .service(applications::create_application) //        POST   /v1/applications
        .service(applications::list_applications) //         GET    /v1/applications
        .service(applications::get_application) //           GET    /v1/applications/{id}
        .service(applications::update_application) //        PATCH  /v1/applications/{id}
        .service(applications::delete_application) //        DELETE /v1/applications/{id}
        .service(applications::transition_application) //    POST   /v1/applications/{id}/transitions
        .service(timeline::list_timeline) //                 GET    /v1/applications/{id}/timeline
        .service(timeline::create_note) //                   POST   /v1/applications/{id}/notes
        // Interviews
        .service(interviews::create_interview) //            POST   /v1/interviews
        .service(interviews::list_interviews) //             GET    /v1/interviews
        .service(interviews::get_interview) //               GET    /v1/interviews/{id}
        .service(interviews::update_interview) //            PATCH  /v1/interviews/{id}
        .service(interviews::delete_interview) //            DELETE /v1/interviews/{id}
        // Messages
        .service(tone::check_tone) //                        POST   /v1/tone-checks
        // Imports and exports
        .service(imports::create_import) //                  POST   /v1/imports
        .service(imports::list_imports) //                   GET    /v1/imports
        .service(imports::get_import) //                     GET    /v1/imports/{id}
        .service(imports::export_applications) //            GET    /v1/exports/applications.csv
        // Service
        .service(health::get_liveness) //                    GET    /health/live
        .service(health::get_readiness); //                  GET    /health/ready
}

/// The pages for people, which are no part of the API.
pub fn pages(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(site::show_home) //                         GET    /
        .service(site::show_document) //                     GET    /openapi.json
        .service(site::redirect_to_reference) //             GET    /docs
        .service(site::show_reference) //                    GET    /docs/{file}
        .service(site::list_problems) //                     GET    /problems
        .service(site::show_problem) //                      GET    /problems/{code}
        .service(metrics::show_metrics); //                  GET    /metrics
}

/// Only with `--test-clock`.
pub fn test_clock(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(test_clock::set_test_clock) //              PUT    /v1/test-clock
        .service(test_clock::get_test_clock) //              GET    /v1/test-clock
        .service(test_clock::delete_test_clock); //          DELETE /v1/test-clock
}
