//! The dashboard: whoever needs a look first, and only what was granted.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::coaching::{SCOPES, client};
use crate::support::statements;

const PATH: &str = "/v1/coach/clients";

fn reject(user: &User<'_>, times: usize) {
    for _ in 0..times {
        user.rejection(json!({"stage_reached": "interview"}));
    }
}

fn feel_low(user: &User<'_>) {
    for _ in 0..3 {
        user.post("/v1/wellbeing-check-ins", json!({"score": 1}))
            .expect(201);
    }
}

#[test]
fn clients_are_sorted_by_urgency_and_then_by_name() {
    let app = TestApp::start();
    let coach = app.user();
    let named = |name: &str| client(&coach, &SCOPES).named(name);
    let (zoe, ben, ada, low) = (named("zoe"), named("Ben"), named("Ada"), named("Low"));
    reject(&zoe, 3);
    reject(&ben, 3);
    feel_low(&low);
    let _ = &ada;
    let all = coach.get(PATH).expect(200);
    assert_eq!(all.each("name"), ["Low", "Ben", "zoe", "Ada"]);
    let rules = |client: &Value| client["signals"].as_array().map_or(0, Vec::len);
    assert_eq!(
        all.data().iter().map(rules).collect::<Vec<_>>(),
        [1, 1, 1, 0]
    );
    let signal = &all.data()[1]["signals"][0];
    assert_eq!(
        (signal["rule"].clone(), signal["count"].clone()),
        (json!("interview_losses"), json!(3))
    );
    assert_eq!(signal["evidence"].as_array().map(Vec::len), Some(3));
    assert_eq!(all.data()[1]["counts"]["rejections_in_90_days"], 3);
    // The pages have the same order.
    let pages = coach.pages(&format!("{PATH}?limit=1"));
    let names: Vec<String> = pages.iter().flat_map(|page| page.each("name")).collect();
    assert_eq!(names, ["Low", "Ben", "zoe", "Ada"]);
    assert!(!all.text.contains("score\""), "there is no score");
    for (sort, expected) in [
        ("urgency", ["Low", "Ben", "zoe", "Ada"]),
        ("name", ["Ada", "Ben", "Low", "zoe"]),
        ("-name", ["zoe", "Low", "Ben", "Ada"]),
    ] {
        let pages = coach.pages(&format!("{PATH}?sort={sort}&limit=3"));
        let names: Vec<String> = pages.iter().flat_map(|page| page.each("name")).collect();
        assert_eq!(names, expected, "{sort}");
    }
    let cursor = pages[0].text_at("/next_cursor");
    coach
        .get(&format!("{PATH}?sort=name&cursor={cursor}"))
        .problem(400, "invalid_cursor");
}

#[test]
fn a_signal_is_shown_as_far_as_the_scopes_cover_it() {
    let app = TestApp::start();
    let coach = app.user();
    let seeker = client(&coach, &SCOPES);
    reject(&seeker, 5);
    feel_low(&seeker);
    for _ in 0..3 {
        let body =
            json!({"resume_tailored": "yes", "company_researched": "yes", "skills_lacking": "no"});
        seeker.post("/v1/reflections", body).expect(201);
    }
    let seen = |scopes: &str| {
        app.execute(&format!("UPDATE coach_links SET scopes = '{{{scopes}}}'"));
        let row = coach.get(PATH).expect(200).data()[0].clone();
        let signals = row["signals"].as_array().expect("signals");
        let rules: Vec<String> = signals
            .iter()
            .filter_map(|it| it["rule"].as_str().map(str::to_owned))
            .collect();
        (
            rules,
            row["counts"]["rejections_in_90_days"].clone(),
            row["last_activity_at"].is_string(),
        )
    };
    assert_eq!(
        seen("applications,reflections,wellbeing").0,
        ["low_wellbeing", "consider_coaching", "interview_losses"]
    );
    assert_eq!(seen("applications").0, ["interview_losses"]);
    assert_eq!(
        seen("wellbeing"),
        (vec!["low_wellbeing".to_owned()], Value::Null, false)
    );
    assert_eq!(seen("reflections").0, Vec::<String>::new());
    assert_eq!(
        seen("insights,goals,feedback,suggest_goals,notes"),
        (Vec::new(), Value::Null, false)
    );
    assert_eq!(seen(""), (Vec::new(), Value::Null, false));
    // What the seeker sees is the whole.
    let own = seeker.get("/v1/signals").expect(200);
    assert_eq!(
        own.each("rule"),
        ["low_wellbeing", "consider_coaching", "interview_losses"]
    );
}

#[test]
fn clients_are_found_by_signal_name_and_last_activity() {
    let app = TestApp::start();
    app.set_clock("2026-03-01T12:00:00Z");
    let coach = app.user();
    let quiet = client(&coach, &SCOPES).named("Quiet One");
    quiet.application(json!({"status": "applied"}));
    app.set_clock("2026-03-20T12:00:00Z");
    let busy = client(&coach, &SCOPES).named("Busy Bee");
    reject(&busy, 3);
    let found = |query: &str| {
        coach
            .get(&format!("{PATH}?{query}"))
            .expect(200)
            .each("name")
    };
    assert_eq!(found("signal=gone_quiet"), ["Quiet One"]);
    assert_eq!(
        found("signal=gone_quiet,interview_losses"),
        ["Quiet One", "Busy Bee"]
    );
    assert!(found("signal=low_wellbeing").is_empty());
    assert_eq!(found("q=bee"), ["Busy Bee"]);
    assert_eq!(found(&format!("q={}", quiet.email())), ["Quiet One"]);
    assert_eq!(
        found("last_activity_before=2026-03-10T00:00:00Z"),
        ["Quiet One"]
    );
    assert_eq!(
        found("last_activity_after=2026-03-10T00:00:00Z"),
        ["Busy Bee"]
    );
    coach
        .get(&format!("{PATH}?cursor=nonsense"))
        .problem(400, "invalid_cursor");
}

/// Clients with applications, rejections and goals, put straight into the database.
fn fill(coach: &User<'_>, clients: usize, applications: usize) {
    coach.app.execute(&format!(
        "WITH people AS (
            INSERT INTO users (id, email, password_hash, display_name, time_zone, wellbeing_enabled, created_at, updated_at)
            SELECT gen_random_uuid(), 'client' || n || '@{coach}.example', 'none', 'Client ' || n, 'UTC', true, now(), now()
            FROM generate_series(1, {clients}) n RETURNING id)
        INSERT INTO coach_links (seeker_id, id, coach_id, coach_email, scopes, status, status_since, version, created_at, updated_at)
        SELECT id, gen_random_uuid(), '{coach}', 'coach@example.com', '{{{scopes}}}', 'active', now(), 1, now(), now() FROM people;
        INSERT INTO applications (owner_id, id, company, job_title, required_skills, own_skills, tags, status, furthest_stage, status_since, version, created_at, updated_at)
        SELECT l.seeker_id, gen_random_uuid(), 'Kite', 'Engineer', '{{}}', '{{}}', '{{}}',
            CASE WHEN n % 2 = 0 THEN 'rejected' ELSE 'applied' END, 'applied', now(), 1, now(), now()
        FROM coach_links l, generate_series(1, {applications}) n WHERE l.coach_id = '{coach}';
        INSERT INTO rejections (owner_id, id, application_id, received_at, stage_reached, reason_code, cooloff_hours, cooloff_until, status, version, created_at, updated_at)
        SELECT a.owner_id, gen_random_uuid(), a.id, now() - interval '1 day', 'application', 'not_stated', 24, now(), 'open', 1, now(), now()
        FROM applications a JOIN coach_links l ON l.seeker_id = a.owner_id WHERE l.coach_id = '{coach}' AND a.status = 'rejected';
        INSERT INTO goals (owner_id, id, title, category, kind, target_count, period, measure, status, status_since, started_on, version, created_at, updated_at)
        SELECT l.seeker_id, gen_random_uuid(), 'Walk', 'routine', 'recurring', 1, period, measure, 'active', now(), current_date - 100, 1, now(), now()
        FROM coach_links l, unnest(ARRAY['day', 'week', 'month']) period, unnest(ARRAY['check_ins', 'applications_submitted']) measure
        WHERE l.coach_id = '{coach}';
        INSERT INTO goal_check_ins (owner_id, id, goal_id, occurred_on, kind, value, created_at)
        SELECT g.owner_id, gen_random_uuid(), g.id, current_date - n, 'done', 1, now()
        FROM goals g JOIN coach_links l ON l.seeker_id = g.owner_id, generate_series(1, 90) n
        WHERE l.coach_id = '{coach}' AND g.measure = 'check_ins';
        ANALYZE applications, rejections, goals, goal_check_ins, coach_links, users;",
        coach = coach.id,
        scopes = SCOPES.join(",")
    ));
}

#[test]
fn two_hundred_clients_cost_as_many_statements_as_two() {
    statements::prepare();
    let app = TestApp::start();
    let (few, many) = (app.user(), app.user());
    fill(&few, 2, 10);
    fill(&many, 200, 200);
    let cost = |coach: &User<'_>, rows: usize| {
        coach.get(PATH).expect(200);
        let (page, mut asked) =
            statements::during(&app, || coach.get(&format!("{PATH}?limit=100")).expect(200));
        assert_eq!(page.data().len(), rows);
        // Asking whether the session lives has a transaction of its own.
        asked.retain(|it| !it.starts_with("BEGIN") && it != "COMMIT");
        let signals = page.data()[0]["signals"].as_array().expect("signals");
        assert!(!signals.is_empty(), "{page}");
        asked
    };
    let (of_few, of_many) = (cost(&few, 2), cost(&many, 100));
    assert_eq!(of_few.len(), of_many.len(), "{of_few:#?}\n{of_many:#?}");
    assert!((10..=40).contains(&of_many.len()), "{of_many:#?}");
    let pages = many.pages(&format!("{PATH}?limit=100"));
    let all: std::collections::BTreeSet<String> =
        pages.iter().flat_map(|it| it.each("seeker_id")).collect();
    assert_eq!(all.len(), 200);
}
