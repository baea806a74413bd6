//! How one proves who one is, and what each operation asks of a personal access token.

use serde::Deserialize;
use serde_json::{Value, json};

use super::outline::Outline;
use crate::auth::scopes::{self, Demand, Scope};

/// The access token of a session.
const ACCESS: &str = "access_token";
/// The personal access token.
const PERSONAL: &str = "personal_token";

/// The ways to prove who one is.
pub(super) fn schemes() -> Value {
    json!({
        ACCESS: {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access_token of POST /v1/auth/login or /v1/auth/register. It lives for 15 minutes; POST /v1/auth/refresh gives the next one."
        },
        PERSONAL: {
            "type": "http", "scheme": "bearer", "bearerFormat": "rbd_pat",
            "description": "A personal access token of POST /v1/me/tokens, for scripts. An operation names the scopes that the token needs, all of them; one that does not list this scheme takes no personal access token."
        }
    })
}

/// What an operation behind a sign-in asks for: either way will do.
pub(super) fn requirement(path: &str, method: &str) -> Value {
    match scopes::demand(&method.to_uppercase(), path) {
        Demand::SignIn => json!([{ACCESS: []}]),
        Demand::Scopes(needed) => {
            let names: Vec<&str> = needed.iter().map(Scope::as_str).collect();
            json!([{ACCESS: []}, {PERSONAL: names}])
        }
    }
}

/// Lists the scopes in the schema of a scope.
pub(super) fn list_scopes(document: &mut Value) {
    let outline = Outline::deserialize(&*document).expect("the document is complete");
    let known = outline.scopes();
    if let Some(schema) = document.pointer_mut("/components/schemas/TokenScope") {
        schema["enum"] = json!(known);
    }
}
