//! Every filter of the list, alone and together.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;

/// The companies that a query finds, in alphabetical order.
fn found(user: &User<'_>, query: &str) -> Vec<String> {
    let mut names = user
        .get(&format!("/v1/applications?limit=100&{query}"))
        .expect(200)
        .each("company");
    names.sort();
    names
}

fn add(user: &User<'_>, company: &str, mut members: Value) {
    members["company"] = json!(company);
    user.application(members);
}

#[test]
fn a_status_narrows_the_list_and_several_widen_it() {
    let app = TestApp::start();
    let user = app.user();
    for status in ["saved", "applied", "offer", "rejected", "ghosted"] {
        add(&user, status, json!({"status": status}));
    }
    assert_eq!(found(&user, "status=offer"), ["offer"]);
    assert_eq!(
        found(&user, "status=offer&status=saved"),
        ["offer", "saved"]
    );
    assert_eq!(found(&user, "status=offer,saved"), ["offer", "saved"]);
    assert_eq!(found(&user, "live=true"), ["applied", "offer", "saved"]);
    assert_eq!(found(&user, "live=false"), ["ghosted", "rejected"]);
    assert_eq!(
        found(&user, "live=true&status=rejected"),
        Vec::<String>::new()
    );
    for bad in [
        "status=lost",
        "status=",
        "status=offer,",
        "live=yes",
        "live=",
    ] {
        user.get(&format!("/v1/applications?{bad}"))
            .problem(400, "invalid_query");
    }
}

#[test]
fn company_and_source_are_compared_whole_and_in_any_case() {
    let app = TestApp::start();
    let user = app.user();
    add(&user, "Zo\u{eb} % Co", json!({"source": "Referral"}));
    add(&user, "Zo\u{eb} X Co", json!({"source": "100%"}));
    add(&user, "Other", json!({"source": "a_b\\c"}));
    assert_eq!(
        found(&user, "company=ZO%C3%8B%20%25%20co"),
        ["Zo\u{eb} % Co"]
    );
    assert_eq!(found(&user, "company=Zo%C3%AB"), Vec::<String>::new());
    assert_eq!(found(&user, "source=referral"), ["Zo\u{eb} % Co"]);
    assert_eq!(found(&user, "source=refer"), Vec::<String>::new());
    assert_eq!(found(&user, "source=100%25"), ["Zo\u{eb} X Co"]);
    assert_eq!(found(&user, "source=1%25"), Vec::<String>::new());
    assert_eq!(found(&user, "source=%25"), Vec::<String>::new());
    assert_eq!(found(&user, "source=A_B%5Cc"), ["Other"]);
    assert_eq!(found(&user, "source=a%25c"), Vec::<String>::new());
    assert_eq!(found(&user, "source=axb%5Cc"), Vec::<String>::new());
}

#[test]
fn a_tag_is_one_of_several() {
    let app = TestApp::start();
    let user = app.user();
    add(&user, "A", json!({"tags": ["rust", "dream job"]}));
    add(&user, "B", json!({"tags": ["rusty"]}));
    assert_eq!(found(&user, "tag=rust"), ["A"]);
    assert_eq!(found(&user, "tag=dream+job"), ["A"]);
    assert_eq!(found(&user, "tag=Rust"), Vec::<String>::new());
}

#[test]
fn a_search_asks_for_every_word_in_any_of_the_texts() {
    let app = TestApp::start();
    let user = app.user();
    add(
        &user,
        "Kite",
        json!({"job_title": "Rust Engineer", "location": "Lyon"}),
    );
    add(
        &user,
        "Anchor",
        json!({"notes": "They write RUST in Paris."}),
    );
    add(&user, "Lyonnaise", json!({"job_title": "Cook"}));
    assert_eq!(found(&user, "q=rust"), ["Anchor", "Kite"]);
    assert_eq!(found(&user, "q=rust+lyon"), ["Kite"]);
    assert_eq!(found(&user, "q=lyon"), ["Kite", "Lyonnaise"]);
    assert_eq!(found(&user, "q=rust+cook"), Vec::<String>::new());
}

#[test]
fn a_search_takes_its_signs_for_themselves() {
    let app = TestApp::start();
    let user = app.user();
    add(&user, "100% remote", json!({}));
    add(&user, "snake_case", json!({}));
    add(&user, "C:\\jobs", json!({}));
    add(&user, "O'Neil", json!({}));
    add(&user, "1000 remote snakes", json!({}));
    assert_eq!(found(&user, "q=%25"), ["100% remote"]);
    assert_eq!(found(&user, "q=0%25"), ["100% remote"]);
    assert_eq!(found(&user, "q=_"), ["snake_case"]);
    assert_eq!(found(&user, "q=e_c"), ["snake_case"]);
    assert_eq!(found(&user, "q=%5C"), ["C:\\jobs"]);
    assert_eq!(found(&user, "q=%5Cj"), ["C:\\jobs"]);
    assert_eq!(found(&user, "q=%27"), ["O'Neil"]);
    assert_eq!(found(&user, "q=%5C%25"), Vec::<String>::new());
    assert_eq!(found(&user, "q=%27)%3B--"), Vec::<String>::new());
}

#[test]
fn a_search_looks_at_every_word_or_refuses_them() {
    let app = TestApp::start();
    let user = app.user();
    add(&user, "a b c d e f g h i", json!({}));
    assert_eq!(found(&user, "q=a+b+c+d+e+f+g+h").len(), 1);
    assert_eq!(found(&user, "q=a+b+c+d+e+f+g+zebra"), Vec::<String>::new());
    user.get("/v1/applications?q=a+b+c+d+e+f+g+h+i")
        .problem(400, "invalid_query");
}

#[test]
fn an_empty_filter_is_refused_and_does_not_show_everything() {
    let app = TestApp::start();
    let user = app.user();
    for name in [
        "live",
        "company",
        "tag",
        "q",
        "applied_from",
        "silent_for_days",
        "sort",
        "limit",
        "cursor",
    ] {
        for empty in ["", "=", "=+", "=%20"] {
            user.get(&format!("/v1/applications?{name}{empty}"))
                .problem(400, "invalid_query");
        }
    }
}

#[test]
fn days_and_instants_bound_the_list() {
    let app = TestApp::start();
    let user = app.user();
    for (company, instant, day) in [
        ("A", "2026-03-01T10:00:00Z", json!("2026-02-27")),
        ("B", "2026-03-02T10:00:00Z", json!("2026-02-28")),
        ("C", "2026-03-03T10:00:00Z", Value::Null),
    ] {
        app.set_clock(instant);
        add(&user, company, json!({"applied_on": day}));
    }
    assert_eq!(found(&user, "applied_from=2026-02-28"), ["B"]);
    assert_eq!(found(&user, "applied_to=2026-02-27"), ["A"]);
    assert_eq!(
        found(&user, "applied_from=2026-02-27&applied_to=2026-02-28"),
        ["A", "B"]
    );
    assert_eq!(found(&user, "created_after=2026-03-02T10:00:00Z"), ["C"]);
    assert_eq!(
        found(&user, "created_after=2026-03-02T10:59:59%2B01:00"),
        ["B", "C"]
    );
    let first = user
        .get("/v1/applications?company=A")
        .expect(200)
        .each("id")
        .remove(0);
    app.set_clock("2026-03-04T10:00:00Z");
    user.patch(&format!("/v1/applications/{first}"), json!({"notes": "x"}))
        .expect(200);
    assert_eq!(found(&user, "updated_after=2026-03-03T10:00:00Z"), ["A"]);
    for bad in [
        "applied_from=yesterday",
        "created_after=2026-03-01",
        "applied_to=2026-02-30",
        "created_after=-9999-01-01T00:00:00Z&x=1",
    ] {
        user.get(&format!("/v1/applications?{bad}"))
            .problem(400, "invalid_query");
    }
}

#[test]
fn a_day_that_no_field_takes_finds_nothing_and_breaks_nothing() {
    let app = TestApp::start();
    let user = app.user();
    add(&user, "A", json!({"applied_on": "2026-01-05"}));
    for query in [
        "applied_from=9999-12-31",
        "applied_from=%2B262142-12-31",
        "applied_to=-4713-01-01",
        "applied_to=-262143-01-01",
        "created_after=9999-12-31T23:59:59Z",
        "created_after=%2B262142-12-31T00:00:00Z",
        "updated_after=-262143-01-01T00:00:00Z",
    ] {
        let answer = user.get(&format!("/v1/applications?{query}")).send();
        assert!(answer.status == 200 || answer.status == 400, "{answer}");
    }
}

#[test]
fn filters_narrow_the_list_together() {
    let app = TestApp::start();
    let user = app.user();
    add(
        &user,
        "A",
        json!({"status": "applied", "tags": ["x"], "source": "s", "location": "Lyon"}),
    );
    add(
        &user,
        "B",
        json!({"status": "applied", "tags": ["x"], "source": "t", "location": "Lyon"}),
    );
    add(
        &user,
        "C",
        json!({"status": "offer", "tags": ["x"], "source": "s", "location": "Lyon"}),
    );
    add(
        &user,
        "D",
        json!({"status": "applied", "source": "s", "location": "Lyon"}),
    );
    assert_eq!(
        found(&user, "status=applied&tag=x&source=s&q=lyon&live=true"),
        ["A"]
    );
}

#[test]
fn a_list_shows_nothing_of_others() {
    let app = TestApp::start();
    let (user, other) = (app.user(), app.user());
    add(&other, "B", json!({}));
    assert_eq!(found(&user, ""), Vec::<String>::new());
    assert_eq!(found(&user, "q=B"), Vec::<String>::new());
}
