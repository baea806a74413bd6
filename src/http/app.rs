//! The dashboard at `/app/`: plain files that use the public API like any other client. They are part of
//! the binary, so that they fit the API that is served beside them; see `docs/APP.md`.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use sha2::{Digest, Sha256};

use super::answer;
use super::error::{Error, Result};

/// Only files from here, no inline script or style; pictures also from `data:`, as which they are shown.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// A file of the dashboard.
struct File {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    etag: String,
}

macro_rules! files {
    ($($name:literal $kind:ident)+) => {
        vec![$(File::new($name, $kind, include_str!(concat!("../../app/", $name)))),+]
    };
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    files! {
        "index.html" HTML
        "styles.css" STYLE
        "icon.svg" PICTURE
        "main.js" SCRIPT
        "router.js" SCRIPT
        "api.js" SCRIPT
        "dom.js" SCRIPT
        "words.js" SCRIPT
        "views/application.js" SCRIPT
        "views/applications.js" SCRIPT
        "views/coach.js" SCRIPT
        "views/coaching.js" SCRIPT
        "views/goals.js" SCRIPT
        "views/message.js" SCRIPT
        "views/reflection.js" SCRIPT
        "views/rejection.js" SCRIPT
        "views/sign-in.js" SCRIPT
        "views/today.js" SCRIPT
    }
});

impl File {
    fn new(name: &'static str, kind: &'static str, text: &'static str) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        let short: String = hash[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            name,
            kind,
            text,
            etag: format!("\"{short}\""),
        }
    }
}

/// The dashboard lives in a folder, so that its relative links work.
#[get("/app")]
pub async fn redirect_to_app() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/app/"))
        .finish()
}

/// A file of the dashboard. It may be kept, but is asked for each time: after an upgrade no old file is
/// mixed with new ones.
#[get("/app/{file:.*}")]
pub async fn show_app(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse> {
    let name = if name.is_empty() { "index.html" } else { &name };
    let file = FILES
        .iter()
        .find(|file| file.name == name)
        .ok_or_else(Error::not_found)?;
    let mut response = if answer::matches_any(&request, &file.etag) {
        HttpResponse::NotModified().finish()
    } else {
        HttpResponse::Ok().content_type(file.kind).body(file.text)
    };
    for (name, value) in [
        (header::ETAG, file.etag.as_str()),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ] {
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::internal("a file of the dashboard has a wrong header"))?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
