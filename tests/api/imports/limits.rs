//! How much one user may ask for at a time.

use serde_json::json;

use super::{ended, import, sheet};
use crate::support::app::TestApp;
use crate::support::client::Answer;
use crate::support::victim::eventually;

/// Is it refused because there are enough unfinished imports, not because another file is read just now?
fn is_enough(answer: &Answer) -> bool {
    answer.status == 429 && answer.text_at("/detail").contains("have not ended")
}

#[test]
fn a_user_has_five_unfinished_imports_at_most() {
    let app = TestApp::start();
    app.set_clock("2026-11-23T12:00:00Z");
    let (user, other) = (app.user(), app.user());
    // No import gets any further.
    app.execute("ALTER TABLE import_parts ADD CONSTRAINT nothing CHECK (false)");
    let send = || loop {
        let answer = import(&user, "?dry_run=true", sheet(1_001)).send();
        if answer.status != 429 || is_enough(&answer) {
            return answer;
        }
    };
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        senders
            .into_iter()
            .map(|sender| sender.join().expect("an answer"))
            .collect()
    });
    let taken: Vec<&Answer> = answers.iter().filter(|it| it.status == 202).collect();
    assert_eq!(taken.len(), 5);
    assert_eq!(answers.iter().filter(|it| is_enough(it)).count(), 3);
    let refused = send().problem(429, "rate_limited");
    assert!(!refused.header("retry-after").is_empty());
    // What is answered at once is no such import, and neither is that of somebody else.
    import(&user, "?dry_run=true", sheet(3)).expect(200);
    import(&other, "?dry_run=true", sheet(1_001)).expect(202);
    let waiting = "SELECT count(*) FROM imports WHERE status IN ('queued', 'running')";
    assert_eq!(app.sql_value(waiting), json!(6));

    app.execute("ALTER TABLE import_parts DROP CONSTRAINT nothing");
    app.set_clock("2026-11-23T12:05:00Z");
    for queued in taken {
        ended(&user, queued.header("location"));
    }
    send().expect(202);
}

#[test]
fn mails_do_not_wait_for_an_import() {
    let app = TestApp::start();
    let user = app.user();
    // Each part takes a second and a half, and the turn of an import four parts.
    app.execute(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN PERFORM pg_sleep(1.5); RETURN NEW; END $$;
         CREATE TRIGGER dawdle BEFORE INSERT ON import_parts FOR EACH ROW EXECUTE FUNCTION dawdle();",
    );
    let queued = import(&user, "?dry_run=true", sheet(1_501)).expect(202);
    eventually("a running import", || {
        user.get(queued.header("location")).expect(200).body["status"] == "running"
    });
    let turn = app.sql_value("SELECT id FROM jobs WHERE kind = 'imports.run'");
    let email = app.sql_value(&format!("SELECT email FROM users WHERE id = '{}'", user.id));
    let reset = app.request("POST", "/v1/auth/password-reset");
    reset.json(&json!({"email": email})).expect(202);
    let mails = "SELECT count(*) FROM jobs WHERE kind = 'account.mail'";
    eventually("the mail", || app.sql_value(mails) == 0);
    let turns = app.sql("SELECT id FROM jobs WHERE kind = 'imports.run'");
    assert_eq!(turns, [json!({"id": turn})], "the import was still at it");
    app.execute("DROP TRIGGER dawdle ON import_parts");
    ended(&user, queued.header("location"));
}
