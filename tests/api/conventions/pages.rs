//! The pages for people, the document, health, and the clock of the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::app::TestApp;

#[test]
fn health_tells_alive_from_ready() {
    let app = TestApp::start();
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(app.get(path).expect(200).text_at("/status"), "ok");
    }
    // A schema that lacks a migration is not ready to be served; the process is alive all the same.
    app.execute("DELETE FROM __diesel_schema_migrations");
    let away = app.get("/health/ready").problem(503, "service_unavailable");
    assert_eq!(away.header("retry-after"), "1");
    app.get("/health/live").expect(200);
}

#[test]
fn the_first_page_leads_to_the_others() {
    let app = TestApp::start();
    let page = app.get("/").expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    for path in links(&page.text) {
        app.get(&path).expect(200);
    }
    let own = format!("API=http://{}/v1\n", app.address());
    assert!(page.text.contains(&own), "{}", page.text);
}

#[test]
fn the_first_steps_of_the_first_page_can_be_taken_as_they_stand() {
    let app = TestApp::with(&["--public-url", "http://jobs.example/"]);
    let page = app.get("/").expect(200);
    let steps: Vec<&str> = page
        .text
        .split("<pre>")
        .skip(1)
        .filter_map(|rest| rest.split("</pre>").next())
        .collect();
    assert!(
        steps[0].starts_with("API=http://jobs.example/v1\n"),
        "{}",
        steps[0]
    );
    let script = steps.join("\n").replace("&amp;", "&");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c"])
        .arg(script.replace("jobs.example", &app.address().to_string()))
        .env("no_proxy", "*")
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaints}");
    for words in ["\"cooling_off\"", "\"kind\"", "\"reason\""] {
        assert!(said.contains(words), "{words}: {said}{complaints}");
    }
}

/// The addresses in `href` and `src` attributes.
fn links(html: &str) -> Vec<String> {
    ["href=\"", "src=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        // What is in the page itself needs no request.
        .filter(|address| !address.starts_with("data:"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_reference_works_offline_under_its_own_policy() {
    let app = TestApp::start();
    assert_eq!(app.get("/docs").expect(308).header("location"), "/docs/");
    let page = app.get("/docs/").expect(200);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'self'") && !policy.contains("http"),
        "{policy}"
    );
    let scripts = policy
        .split(';')
        .find(|part| part.trim().starts_with("script-src"));
    assert!(!scripts.unwrap_or_default().contains("unsafe"), "{policy}");
    // The policy forbids scripts in the page itself.
    for script in page.text.split("<script").skip(1) {
        let (tag, body) = script.split_once('>').expect("a tag");
        let body = body.split("</script").next().unwrap_or_default();
        assert!(
            tag.contains("src=") && body.trim().is_empty(),
            "an inline script: {script}"
        );
    }
    let assets = links(&page.text);
    assert!(assets.len() >= 4, "{assets:?}");
    for asset in assets {
        assert!(!asset.contains("//"), "{asset} is elsewhere");
        let path = format!("/docs/{}", asset.trim_start_matches("./"));
        let answer = app.get(&path).expect(200);
        assert!(!answer.bytes.is_empty(), "{path}");
    }
    let start = app.get("/docs/swagger-initializer.js").expect(200);
    assert!(start.text.contains("/openapi.json"));
    for missing in [
        "/docs/no-such-file.js",
        "/docs/../Cargo.toml",
        "/docs/%2e%2e/Cargo.toml",
        "/docs/a%00b",
    ] {
        app.get(missing).problem(404, "not_found");
    }
}

/// What `rebound openapi` prints.
fn printed(words: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .arg("openapi")
        .args(words)
        .output()
        .expect("rebound runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{complaints}");
    output.stdout
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let committed = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json"));
    assert!(
        printed(&[]) == committed,
        "openapi/openapi.json is out of date: make openapi"
    );
    let collection = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/rebound.http"));
    assert!(
        printed(&["--format", "http"]) == collection,
        "clients/rebound.http is out of date: make openapi"
    );
    let app = TestApp::start();
    let served = app.get("/openapi.json").expect(200);
    let committed: Value = serde_json::from_slice(committed).expect("JSON");
    assert_eq!(served.body, committed);
}

#[test]
fn the_client_packages_have_the_version_of_the_document() {
    let version = env!("CARGO_PKG_VERSION");
    let document = rebound::server::document().json;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["info"]["version"], version);
    for (package, line) in [
        (
            include_str!("../../../clients/typescript/package.json"),
            format!("\n  \"version\": \"{version}\",\n"),
        ),
        (
            include_str!("../../../clients/typescript/package-lock.json"),
            format!("\n  \"version\": \"{version}\",\n"),
        ),
        (
            include_str!("../../../clients/python/pyproject.toml"),
            format!("\nversion = \"{version}\"\n"),
        ),
    ] {
        assert!(package.contains(&line), "{line} is not in {package}");
    }
}

#[test]
fn nothing_breaks_the_clients_of_the_last_release() {
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/released.json");
    // Absent until the first release.
    if let Some(released) = released.to_str().filter(|it| Path::new(it).exists()) {
        printed(&["--breaking-against", released]);
    }
}

#[test]
fn the_test_clock_stops_and_runs_again() {
    let app = TestApp::start();
    let user = app.user();
    let set = app.put(
        "/v1/test-clock",
        json!({"now": "2030-02-03T04:05:06.123456789+01:00"}),
    );
    assert_eq!(
        set.expect(200).text_at("/now"),
        "2030-02-03T03:05:06.123456Z"
    );
    assert_eq!(
        user.application(json!({})).text_at("/created_at"),
        "2030-02-03T03:05:06.123456Z"
    );
    app.delete("/v1/test-clock").expect(204);
    let now = app.get("/v1/test-clock").expect(200);
    assert_ne!(now.text_at("/now"), "2030-02-03T03:05:06.123456Z");
    app.put("/v1/test-clock", json!({"now": "tomorrow"}))
        .expect(422);
    app.put(
        "/v1/test-clock",
        json!({"now": "2030-01-01T00:00:00Z", "zone": "x"}),
    )
    .expect(422);
}

#[test]
fn the_metrics_need_a_token_and_name_no_ids() {
    let app = TestApp::with(&["--metrics-token", "open sesame"]);
    let user = app.user();
    let id = user.application(json!({})).id();
    user.get(&format!("/v1/applications/{id}")).expect(200);
    app.get("/metrics").problem(404, "not_found");
    app.get("/metrics")
        .bearer("wrong")
        .problem(404, "not_found");
    let page = app.get("/metrics").bearer("open sesame").expect(200);
    assert!(page.text.contains(
        "rebound_http_requests_total{method=\"POST\",route=\"/v1/applications\",status=\"201\"} 1"
    ));
    assert!(!page.text.contains(&id), "{page}");
}

#[test]
fn a_job_that_is_given_up_adds_to_a_figure_that_was_there_from_the_start() {
    let app = TestApp::with(&["--metrics-token", "open sesame"]);
    let given_up = || {
        let page = app.get("/metrics").bearer("open sesame").expect(200);
        let figures = page.text.lines().filter_map(|line| {
            let (kind, count) = line
                .strip_prefix("rebound_jobs_failed_total{kind=\"")?
                .split_once("\"} ")?;
            Some((kind.to_owned(), count.parse().expect("a number")))
        });
        figures.collect::<BTreeMap<String, u32>>()
    };
    let mut expected = given_up();
    let kinds: Vec<&str> = expected.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "account.mail",
            "coaching.event",
            "coaching.mail",
            "events.forget",
            "imports.run",
            "reminders.digest",
            "reminders.mail",
            "reminders.plan",
            "unknown",
            "webhooks.mail"
        ]
    );
    assert!(expected.values().all(|count| *count == 0), "{expected:?}");
    // One that cannot be done, and one of a kind that nobody runs.
    app.execute(
        "INSERT INTO jobs (id, kind, payload, run_at, max_attempts, created_at)
         SELECT gen_random_uuid(), kind, 'null', '2020-01-01Z', 1, now()
         FROM unnest(ARRAY['account.mail', 'unheard.of']) AS kind",
    );
    app.settle();
    for kind in ["account.mail", "unknown"] {
        *expected.get_mut(kind).expect("it was there") += 1;
    }
    assert_eq!(given_up(), expected);
}

/// The metrics that a page shows, by the families that it declares.
fn shown_metrics(page: &str) -> BTreeSet<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .filter(|name| !name.starts_with("process_"))
        .collect()
}

#[test]
fn the_handbook_and_the_alerts_name_the_metrics_that_there_are() {
    // Of the replica it is told whether it is there or not.
    let replica = ["--replica-database-url", "postgresql:///none?host=/nowhere"];
    let app = TestApp::with(&[&replica[..], &["--metrics-token", "open sesame"]].concat());
    // Requests are counted by their route, which nobody knows before the first one.
    app.get("/health/live").expect(200);
    let page = app.get("/metrics").bearer("open sesame").expect(200);
    let shown = shown_metrics(&page.text);
    assert!(page.text.contains("process_resident_memory_bytes"));
    let handbook = include_str!("../../../docs/OPERATIONS.md");
    let (_, table) = handbook.split_once("<!-- metrics -->").expect("a table");
    let (table, _) = table.split_once("<!-- /metrics -->").expect("its end");
    let named: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|name| !name.starts_with("process_"))
        .collect();
    assert_eq!(shown, named);
    let alerts = include_str!("../../../deploy/alerts.yml");
    for word in alerts.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
        if word.starts_with("rebound_") {
            let family = word.strip_suffix("_bucket").unwrap_or(word);
            assert!(shown.contains(family), "an alert asks for {word}");
        }
    }
}
