//! The pages for people: what this is, the API document, its reference, the explanation of a problem.
//! All of it works offline and without a script of another origin.

use std::sync::{Arc, LazyLock};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa_swagger_ui::Config;

use super::caller::services;
use super::error::{Error, Result};
use super::problems::{self, Kind};

/// What the pages may load: only from here. Swagger UI sets styles from its script.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1c2430;background:#fff}code,pre{font-family:ui-monospace,monospace;background:#eef1f5;border-radius:4px;padding:.1em .3em}pre{padding:1em;overflow:auto}a{color:#0b5cad}@media(prefers-color-scheme:dark){body{color:#dde3ea;background:#14181d}code,pre{background:#232a33}a{color:#7db8f5}}";

fn page(title: &str, body: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style><main>{body}</main></html>"
        ))
}

/// The first page: what this is, first steps, where to go.
#[get("/")]
pub async fn show_home(request: HttpRequest) -> Result<HttpResponse> {
    let services = services(&request)?;
    // An address has no quotes and no angle brackets that are not encoded.
    let address = services.settings.address().replace('&', "&amp;");
    Ok(page(
        "Rebound",
        &include_str!("home.html").replace("{address}", &address),
    ))
}

/// The API document (OpenAPI 3.1).
#[get("/openapi.json")]
pub async fn show_document(request: HttpRequest) -> Result<HttpResponse> {
    let json = services(&request)?.document.compact();
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .body(json))
}

/// The reference lives in a folder, so that its relative links work.
#[get("/docs")]
pub async fn redirect_to_reference() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/docs/"))
        .finish()
}

static REFERENCE: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    Arc::new(
        Config::from("/openapi.json")
            .try_it_out_enabled(true)
            .persist_authorization(false)
            .display_request_duration(true)
            .doc_expansion("none")
            .filter(true),
    )
});

/// The reference: Swagger UI from the binary itself.
#[get("/docs/{file:.*}")]
pub async fn show_reference(file: web::Path<String>) -> Result<HttpResponse> {
    let name = if file.is_empty() {
        "index.html"
    } else {
        file.as_str()
    };
    let found = utoipa_swagger_ui::serve(name, Arc::clone(&REFERENCE))
        .map_err(|_| Error::internal("the reference cannot be shown"))?
        .ok_or_else(Error::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(found.content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(found.bytes.into_owned()))
}

/// Every problem.
#[get("/problems")]
pub async fn list_problems() -> HttpResponse {
    let rows: String = problems::ALL
        .iter()
        .map(|Kind { code, status, title, .. }| {
            format!("<li><a href=\"/problems/{code}\"><code>{code}</code></a> ({status}): {title}</li>")
        })
        .collect();
    page(
        "Problems",
        &format!(
            "<h1>Problems</h1><p>What <code>code</code> in an error can say.</p><ul>{rows}</ul>"
        ),
    )
}

/// What a problem means and what to do.
#[get("/problems/{code}")]
pub async fn show_problem(code: web::Path<String>) -> Result<HttpResponse> {
    let Kind {
        code,
        status,
        title,
        explanation,
    } = problems::by_code(&code).ok_or_else(Error::not_found)?;
    Ok(page(
        title,
        &format!(
            "<h1>{title}</h1><p><code>{code}</code>, HTTP status {status}</p><p>{explanation}</p><p><a href=\"/problems\">All problems</a></p>"
        ),
    ))
}
