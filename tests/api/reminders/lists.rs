//! Finding reminders.

use serde_json::json;

use super::{PATH, app_at, follow_up, id_of, interview, moved, reminders};

#[test]
fn reminders_are_found_by_status_kind_application_and_time() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    let due = follow_up(&user, "2026-12-01");
    follow_up(&user, "2026-12-02");
    interview(&user, "2026-12-02T15:00:00Z");
    let found = |query: &str| reminders(&user, query).each("remind_at");
    let all = [
        "2026-12-01T09:00:00Z",
        "2026-12-01T15:00:00Z",
        "2026-12-02T09:00:00Z",
        "2026-12-02T14:00:00Z",
    ];
    assert_eq!(found(""), all);
    assert_eq!(found("status=due"), all[..1]);
    assert_eq!(
        found("status=scheduled,due&kind=follow_up"),
        [all[0], all[2]]
    );
    assert_eq!(found("kind=interview&kind=goal_day"), [all[1], all[3]]);
    assert_eq!(found(&format!("application_id={due}")), all[..1]);
    assert_eq!(
        found("from=2026-12-01T15:00:00Z&to=2026-12-02T09:00:00Z"),
        all[1..3]
    );
    assert_eq!(found("sort=-remind_at"), [all[3], all[2], all[1], all[0]]);
    let pages = user.pages(&format!("{PATH}?limit=1"));
    let paged: Vec<String> = pages
        .iter()
        .flat_map(|page| page.each("remind_at"))
        .collect();
    assert_eq!(paged, all);
    user.get(&format!("{PATH}?status=later"))
        .problem(400, "invalid_query");
}

#[test]
fn a_client_finds_what_changed_since_it_looked() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    follow_up(&user, "2026-12-02");
    let first = reminders(&user, "");
    app.set_clock("2026-12-01T10:05:00Z");
    let changed = id_of(&first.data()[0]);
    moved(&user, &changed, json!({"to": "done"})).expect(200);
    let since = "updated_after=2026-12-01T10:00:00Z";
    assert_eq!(reminders(&user, since).each("id"), [changed]);
    assert!(
        reminders(&user, "created_after=2026-12-01T10:00:00Z")
            .data()
            .is_empty()
    );
}

#[test]
fn nobody_makes_changes_or_removes_a_reminder_by_hand() {
    let app = app_at("2026-12-01T10:00:00Z");
    let user = app.user();
    follow_up(&user, "2026-12-01");
    let id = id_of(&reminders(&user, "").data()[0]);
    let path = format!("{PATH}/{id}");
    user.post(PATH, json!({}))
        .problem(405, "method_not_allowed");
    user.patch(&path, json!({}))
        .problem(405, "method_not_allowed");
    user.delete(&path).problem(405, "method_not_allowed");
}
