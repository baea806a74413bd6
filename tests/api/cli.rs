//! The command line: what a person at a terminal meets, mishaps included.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::support::app::TestApp;

/// Runs `rebound` with these words on the database of a test, and this on its standard input.
fn rebound(app: &TestApp, words: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .args(words)
        .env("DATABASE_URL", app.database().owner_url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(input.as_bytes())
        .expect("the pipe takes it");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).expect("what it says is text")
}

fn login(app: &TestApp, email: &str, password: &str) -> u16 {
    let body = json!({"email": email, "password": password});
    app.request("POST", "/v1/auth/login")
        .json(&body)
        .send()
        .status
}

#[test]
fn a_user_is_created_disabled_and_erased_beside_a_running_service() {
    let app = TestApp::start();
    let password = "correct horse battery staple";
    let created = rebound(
        &app,
        &["user", "create", "ada@example.com"],
        &format!("{password}\n"),
    );
    assert!(created.status.success(), "{}", said(&created));
    assert_eq!(login(&app, "ada@example.com", password), 200);

    let twice = rebound(&app, &["user", "create", "Ada@example.com"], password);
    assert!(!twice.status.success());
    assert!(said(&twice).contains("account"), "{}", said(&twice));

    assert!(
        rebound(&app, &["user", "disable", "ada@example.com"], "")
            .status
            .success()
    );
    assert_eq!(login(&app, "ada@example.com", password), 401);

    assert!(
        rebound(&app, &["user", "erase", "ada@example.com"], "")
            .status
            .success()
    );
    assert_eq!(app.sql_value("SELECT count(*) FROM users"), 0);
    let nobody = rebound(&app, &["user", "erase", "ada@example.com"], "");
    assert!(!nobody.status.success());
}

#[test]
fn an_account_is_erased_however_long_it_takes() {
    let app = TestApp::start();
    let user = app.user();
    user.post(
        "/v1/applications",
        json!({"company": "Kite", "job_title": "Engineer"}),
    )
    .expect(201);
    let email = user.get("/v1/me").expect(200).text_at("/email").to_owned();
    app.erase_slowly();
    let erased = rebound(&app, &["user", "erase", &email], "");
    assert!(erased.status.success(), "{}", said(&erased));
    assert_eq!(app.sql_value("SELECT count(*) FROM users"), 0);
}

#[test]
fn a_weak_password_a_wrong_address_and_a_wrong_zone_are_one_sentence_each() {
    let app = TestApp::start();
    for (words, input, sentence) in [
        (
            vec!["user", "create", "a@example.com"],
            "password",
            "not good enough",
        ),
        (
            vec!["user", "create", "nobody"],
            "correct horse battery staple",
            "no email address",
        ),
        (
            vec![
                "user",
                "create",
                "a@example.com",
                "--time-zone",
                "Mars/Base",
            ],
            "correct horse battery staple",
            "time zone",
        ),
    ] {
        let output = rebound(&app, &words, input);
        assert!(!output.status.success());
        assert_eq!(said(&output).lines().count(), 1, "{}", said(&output));
        assert!(said(&output).contains(sentence), "{}", said(&output));
    }
}

#[test]
fn the_demo_is_half_a_year_of_history_and_says_how_to_sign_in() {
    let app = TestApp::start();
    let output = rebound(&app, &["demo"], "");
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    let password = text
        .trim()
        .rsplit(' ')
        .next()
        .expect("a password")
        .to_owned();
    assert_eq!(login(&app, "seeker@demo.example", &password), 200);
    assert_eq!(login(&app, "coach@demo.example", &password), 200);
    let statuses = app.sql_value("SELECT count(DISTINCT status) FROM applications");
    assert!(statuses.as_i64() >= Some(6), "{statuses}");
    let days = app.sql_value(
        "SELECT extract(day FROM max(created_at) - min(created_at))::int FROM applications",
    );
    assert!(days.as_i64() >= Some(170), "{days}");
    assert_eq!(
        app.sql_value("SELECT count(*) FROM application_steps WHERE occurred_at > now()"),
        0
    );
    let learned = app.sql_value(
        "SELECT (SELECT count(*) FROM feedback_requests WHERE status = 'answered') || ' ' ||
                (SELECT count(*) FROM feedback_items) || ' ' ||
                (SELECT count(*) FROM reflections JOIN users ON users.id = owner_id WHERE email = 'seeker@demo.example')",
    );
    assert_eq!(learned, "1 2 2");
    let kinds = app.sql_value("SELECT count(DISTINCT kind) FROM goal_check_ins");
    assert_eq!(kinds, 2);
    let due = app.sql_value(
        "SELECT count(*) FROM contacts WHERE next_touch_on <= current_date AND last_activity_on IS NOT NULL",
    );
    assert!(due.as_i64() >= Some(1), "{due}");
    assert_eq!(
        app.sql_value("SELECT count(*) FROM networking_activities"),
        7
    );
    let again = rebound(&app, &["demo"], "");
    assert!(!again.status.success());
    assert!(
        said(&again).contains("rebound demo --remove"),
        "{}",
        said(&again)
    );
}

#[test]
fn the_coach_of_the_demo_has_a_client_of_every_kind_and_all_of_them_go_again() {
    let app = TestApp::start();
    let output = rebound(&app, &["demo"], "");
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    let password = text.trim().rsplit(' ').next().expect("a password");
    let sign_in = json!({"email": "coach@demo.example", "password": password});
    let coach = app.request("POST", "/v1/auth/login").json(&sign_in);
    let coach = coach.expect(200).text_at("/access_token").to_owned();
    let clients = app.get("/v1/coach/clients?limit=100").bearer(&coach);
    let clients = clients.expect(200);
    let rules = |name: &str| {
        let client = clients.data().iter().find(|it| it["name"] == name);
        let client = client.unwrap_or_else(|| panic!("{name} is no client: {clients}"));
        let signals = client["signals"].as_array().expect("signals");
        let rules: Vec<String> = signals
            .iter()
            .filter_map(|it| it["rule"].as_str().map(str::to_owned))
            .collect();
        rules
    };
    for (name, rule) in [
        ("Ada Anvil", "consider_coaching"),
        ("Bo Bramble", "interview_losses"),
        ("Cleo Candlewick", "early_losses"),
        ("Dov Driftwood", "gone_quiet"),
        ("Etta Eggcup", "goal_slipping"),
        ("Finn Fernweh", "low_wellbeing"),
    ] {
        assert_eq!(rules(name), [rule], "{name}");
    }
    for name in [
        "Gus Gooseberry",
        "Hana Hazelnut",
        "Ivo Inkwell",
        "Juno Juniper",
        "Kit Kettle",
    ] {
        assert_eq!(rules(name), Vec::<String>::new(), "{name}");
    }
    assert_eq!(clients.data().len(), 12);
    let waiting = app
        .get("/v1/coach/invitations?status=invited")
        .bearer(&coach);
    assert_eq!(waiting.expect(200).each("seeker_name"), ["Lio Lantern"]);

    // Somebody who is no part of the demo stays.
    let other = app.user();
    let gone = rebound(&app, &["demo", "--remove"], "");
    assert!(gone.status.success(), "{}", said(&gone));
    assert!(said(&gone).contains("14 accounts"), "{}", said(&gone));
    let left = app.sql_value("SELECT string_agg(id::text, ' ') FROM users");
    assert_eq!(left, other.id.to_string());
    assert_eq!(app.sql_value("SELECT count(*) FROM coach_links"), 0);
    assert!(rebound(&app, &["demo"], "").status.success());
    rebound(&app, &["demo", "--remove"], "");
    let nobody = rebound(&app, &["demo", "--remove"], "");
    assert!(!nobody.status.success());
    assert!(
        said(&nobody).contains("There is no demo"),
        "{}",
        said(&nobody)
    );
}

#[test]
fn a_taken_port_is_one_sentence_with_the_way_out() {
    let app = TestApp::start();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = rebound(&app, &["serve", "--listen", &address], "");
    assert!(!output.status.success());
    let text = said(&output);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.contains("Another program uses this port") && text.contains("--listen"),
        "{text}"
    );
}

#[test]
fn a_taken_port_for_the_metrics_names_their_flag() {
    let app = TestApp::start();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        &address,
    ];
    let output = rebound(&app, &serve, "");
    let text = said(&output);
    assert!(
        !output.status.success()
            && text.contains("choose another with --metrics-listen 127.0.0.1:"),
        "{text}"
    );
}

#[test]
fn a_url_that_is_none_of_postgresql_is_one_sentence_without_its_password() {
    for url in ["mysql://u:hunter2@h/x", "hunter2"] {
        let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
            .args(["migrate", "--database-url", url])
            .output()
            .expect("the program runs");
        let text = said(&output);
        assert!(
            !output.status.success() && text.contains("postgresql://user:password@host"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn where_the_data_is_may_be_said_after_the_address_too() {
    let app = TestApp::start();
    let url = app.database().owner_url();
    let output = rebound(
        &app,
        &[
            "user",
            "disable",
            "nobody@example.com",
            "--database-url",
            &url,
        ],
        "",
    );
    assert!(said(&output).contains("no account"), "{}", said(&output));
}

#[test]
fn a_newer_schema_and_an_unreachable_server_are_one_sentence_each() {
    let app = TestApp::start();
    let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .args(["migrate"])
        .env("DATABASE_URL", "postgres://nobody:hunter2@127.0.0.1:1/none")
        .output()
        .expect("the program runs");
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("cannot be reached"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");

    app.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
    let output = rebound(&app, &["migrate"], "");
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("newer schema"),
        "{text}"
    );
}

#[test]
fn migrating_twice_changes_nothing() {
    let app = TestApp::start();
    let output = rebound(&app, &["migrate"], "");
    assert_eq!(said(&output).trim(), "The schema is up to date.");
}

#[test]
fn the_test_clock_is_refused_on_a_public_address() {
    let app = TestApp::start();
    let output = rebound(
        &app,
        &["serve", "--test-clock", "--listen", "0.0.0.0:0"],
        "",
    );
    assert!(!output.status.success());
    assert!(said(&output).contains("loopback"), "{}", said(&output));
}

#[test]
fn help_explains_every_setting_and_hides_secrets() {
    let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .args(["serve", "--help"])
        .env("REBOUND_DATABASE_URL", "postgres://u:hunter2@h/d")
        .env("REBOUND_METRICS_TOKEN", "hunter2")
        .output()
        .expect("the program runs");
    let text = said(&output);
    assert!(text.contains("--data-dir") && text.contains("REBOUND_LISTEN"));
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn the_tone_check_is_measured_on_labelled_drafts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("drafts.jsonl");
    let body = "Hi Lee,\n\nThank you for the call. It is your fault.\n\nBest,\nSam";
    let draft =
        |rules: &[&str]| json!({"kind": "thank_you", "body": body, "rules": rules}).to_string();
    let run = |lines: &[String], words: &[&str]| {
        std::fs::write(&file, lines.join("\n")).expect("the file is written");
        let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
            .arg("tone-eval")
            .arg(&file)
            .args(words)
            .output()
            .expect("the program runs");
        (output.status.success(), said(&output))
    };

    let (good, text) = run(
        &[draft(&["blame"]), String::new(), draft(&["threat"])],
        &["--errors"],
    );
    assert!(good, "{text}");
    assert!(
        text.contains("line 3: expected threat; found blame"),
        "{text}"
    );
    let figures = |rule: &str| -> Vec<String> {
        let line = text
            .lines()
            .find(|line| line.starts_with(rule))
            .expect("a line for it");
        line.split_whitespace().skip(1).map(str::to_owned).collect()
    };
    assert_eq!(figures("blame"), ["1", "1", "1", "0", "0.500", "1.000"]);
    assert_eq!(figures("threat"), ["1", "0", "0", "1", "-", "0.000"]);
    assert!(text.contains("1 of 2 drafts"), "{text}");

    for wrong in [
        "{",
        "{\"kind\": \"thank_you\"}",
        "{\"kind\": \"thank_you\", \"body\": \"\", \"rules\": [\"love\"]}",
    ] {
        let (good, text) = run(&[draft(&[]), wrong.to_owned()], &[]);
        assert!(!good && text.contains("Line 2"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    std::fs::remove_file(&file).expect("the file was there");
    let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
        .arg("tone-eval")
        .arg(&file)
        .output()
        .expect("the program runs");
    assert!(!output.status.success() && said(&output).contains("cannot be read"));
}

#[test]
fn a_change_that_breaks_clients_is_named_and_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("released.json");
    let compare = |text: &str| {
        std::fs::write(&file, text).expect("the file is written");
        let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
            .args(["openapi", "--breaking-against"])
            .arg(&file)
            .output()
            .expect("the program runs");
        (output.status.success(), said(&output))
    };
    let (good, text) = compare(r#"{"info": {"version": "0.0.9"}, "paths": {}}"#);
    assert!(
        good && text.contains("Nothing breaks a client of 0.0.9."),
        "{text}"
    );
    let (good, text) = compare(
        r#"{"info": {"version": "0.0.9"}, "paths": {"/v1/me": {"put": {}}, "/v1/you": {"get": {}}}}"#,
    );
    assert!(!good, "{text}");
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "breaking  GET /v1/you is gone",
            "breaking  PUT /v1/me is gone",
            "rebound: 2 changes break the clients of 0.0.9. Announce it first: docs/API-DESIGN.md, Change.",
        ]
    );
    let (good, text) = compare("no document");
    assert!(!good && text.contains("is no API document"), "{text}");
}

#[test]
fn a_reader_that_has_read_enough_ends_the_output_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("drafts.jsonl");
    let draft = json!({"kind": "thank_you", "body": "Hello", "rules": []}).to_string();
    std::fs::write(&file, draft).expect("the file is written");
    for words in [
        vec!["tone-eval", file.to_str().expect("a path")],
        vec!["openapi"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_rebound"))
            .args(&words)
            .stdout(writer)
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{words:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{words:?}: {output:?}");
    }
}
