//! What is on its way out says so, by its place in the document alone.

use actix_web::{App, HttpResponse, get};
use rebound::http::document::Document;
use serde_json::{Value, json};
use utoipa_actix_web::AppExt;

use crate::support::app::TestApp;
use crate::support::document::DOCUMENT;

/// List old things
///
/// New things have a list of their own.
#[utoipa::path(
    tag = "Next actions",
    responses((status = 200, description = "Old things.")),
    extensions(
        ("x-deprecated-at" = json!("2027-01-01T00:00:00Z")),
        ("x-sunset-at" = json!("2027-07-01T00:00:00Z"))
    )
)]
#[get("/v1/old-things")]
async fn list_old_things() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// List new things
#[utoipa::path(tag = "Next actions", responses((status = 200, description = "New things.")))]
#[get("/v1/new-things")]
async fn list_new_things() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// The service as it will be when some of its operations are deprecated.
fn later() -> TestApp {
    let mut document = DOCUMENT.clone();
    for path in ["/v1/applications", "/v1/next-actions"] {
        let operation = &mut document["paths"][path]["get"];
        operation["x-deprecated-at"] = json!("2027-01-01T00:00:00Z");
        operation["x-sunset-at"] = json!("2027-07-01T00:00:00Z");
    }
    TestApp::with_document(Document::read(document.to_string()).expect("a complete document"))
}

#[test]
fn a_deprecated_operation_says_since_when_until_when_and_where_to_read_on() {
    let app = later();
    let user = app.user();
    for answer in [
        user.get("/v1/next-actions").expect(200),
        user.request("HEAD", "/v1/next-actions").send(),
        user.get("/v1/next-actions?unknown=1").expect(400),
        app.get("/v1/next-actions").expect(401),
    ] {
        assert_eq!(answer.header("deprecation"), "@1798761600");
        assert_eq!(answer.header("sunset"), "Thu, 01 Jul 2027 00:00:00 GMT");
        assert_eq!(
            answer.header("link"),
            "</docs/#/Next%20actions/list_next_actions>; rel=\"deprecation\"; type=\"text/html\""
        );
    }
}

#[test]
fn a_page_of_a_deprecated_list_still_names_the_next_one() {
    let app = later();
    let user = app.user();
    for _ in 0..2 {
        user.application(json!({}));
    }
    let page = user.get("/v1/applications?limit=1").expect(200);
    let links: Vec<&str> = page
        .headers
        .get_all("link")
        .iter()
        .filter_map(|it| it.to_str().ok())
        .collect();
    assert_eq!(links.len(), 2, "{links:?}");
    assert!(links[0].ends_with("rel=\"next\""), "{links:?}");
    assert!(links[1].contains("rel=\"deprecation\""), "{links:?}");
}

#[test]
fn what_stays_says_nothing_of_an_end() {
    let app = later();
    let user = app.user();
    let created = user.post(
        "/v1/applications",
        json!({"company": "C", "job_title": "T"}),
    );
    for answer in [created.expect(201), user.get("/v1/goals").expect(200)] {
        for name in ["deprecation", "sunset", "link"] {
            assert!(!answer.headers.contains_key(name), "{answer}");
        }
    }
}

#[test]
fn a_handler_marks_itself_and_the_document_describes_the_rest() {
    let (_, collected) = App::new()
        .into_utoipa_app()
        .service(list_old_things)
        .service(list_new_things)
        .split_for_parts();
    let document: Value = serde_json::from_str(&Document::new(&collected).json).expect("JSON");
    let operation = |path: &str| document["paths"][path]["get"].clone();
    let old = operation("/v1/old-things");
    assert_eq!(old["deprecated"], true);
    let text = old["description"].as_str().expect("a description");
    assert!(
        text.ends_with("**Deprecated** since 2027-01-01, answered until 2027-07-01."),
        "{text}"
    );
    for (status, response) in old["responses"].as_object().expect("responses") {
        for name in ["Deprecation", "Sunset"] {
            assert!(response["headers"].get(name).is_some(), "{status} {name}");
        }
    }
    let new = operation("/v1/new-things");
    assert!(new.get("deprecated").is_none());
    assert!(
        new["responses"]["200"]["headers"]
            .get("Deprecation")
            .is_none()
    );
}
