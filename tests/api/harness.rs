//! The tests' own service: ready when it says so, apart from others, gone afterwards.

use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;

use crate::support::app::{TestApp, shared_cluster};

#[test]
fn a_service_answers_as_soon_as_it_is_started() {
    let app = TestApp::start();
    app.get("/health/ready").expect(200);
    let user = app.user();
    assert_eq!(user.application(json!({})).text_at("/status"), "saved");
}

#[test]
fn a_panic_in_a_test_leaves_neither_service_nor_database() {
    let mut left = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let app = TestApp::start();
        app.get("/health/ready").expect(200);
        left = Some((
            app.address(),
            app.database().name().to_owned(),
            app.folder().to_owned(),
        ));
        std::panic::resume_unwind(Box::new("a failing test"));
    }));
    assert!(outcome.is_err());
    let (address, database, folder) = left.expect("the service was there");
    assert!(TcpStream::connect(address).is_err());
    assert!(!folder.exists());
    let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{database}';");
    assert_eq!(shared_cluster().admin_sql(&there), "0");
}

#[test]
fn a_token_of_the_builder_is_as_good_as_one_of_the_service_at_any_time() {
    let app = TestApp::start();
    let user = app.user();
    for instant in ["1999-12-31T23:59:59Z", "2031-06-01T00:00:00Z"] {
        app.set_clock(instant);
        user.get("/v1/applications").expect(200);
    }
    app.get("/v1/applications").problem(401, "unauthenticated");
}

#[test]
#[should_panic(expected = "does not document the status")]
fn an_undocumented_status_makes_a_test_fail() {
    // Anyone but the health check may answer 404 to what is not there.
    let app = TestApp::start();
    let mut answer = app.get("/health/live").send();
    answer.status = 418;
    crate::support::document::check(&reqwest::Method::GET, "/health/live", &answer);
}
