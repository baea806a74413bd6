//! Insights of many applications cost as many statements as those of few.

use super::{NAMES, insight};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::statements;

/// Applications of all kinds, put straight into the database: each with a step, some with a rejection.
fn many(user: &User<'_>, number: usize) {
    let owner = user.id;
    user.app.execute(&format!(
        "INSERT INTO applications (owner_id, id, company, job_title, source, required_skills, own_skills, tags, applied_on,
             status, furthest_stage, status_since, version, created_at, updated_at)
         SELECT '{owner}', gen_random_uuid(), 'Company ' || n, 'Engineer', 'Board ' || n % 70, '{{}}', '{{}}', '{{}}',
             date '2026-05-31' - n % 700,
             (ARRAY['applied', 'screening', 'interviewing', 'offer', 'accepted', 'declined', 'rejected', 'ghosted', 'withdrawn'])[1 + n % 9],
             (ARRAY['applied', 'screening', 'interviewing', 'offer', 'accepted', 'offer', 'applied', 'applied', 'applied'])[1 + n % 9],
             now(), 1, now(), now()
         FROM generate_series(1, {number}) n;
         INSERT INTO rejections (owner_id, id, application_id, stage_reached, reason_code, reason_basis, cooloff_hours, status, version, created_at, updated_at)
         SELECT owner_id, gen_random_uuid(), id, 'application', 'skills', 'stated', 24, 'closed', 1, now(), now()
         FROM applications WHERE owner_id = '{owner}' AND status = 'rejected';"
    ));
}

#[test]
fn five_thousand_applications_cost_as_many_statements_as_nine() {
    statements::prepare();
    let app = TestApp::start();
    app.set_clock("2026-06-01T12:00:00Z");
    let (few, lots) = (app.user(), app.user());
    many(&few, 9);
    many(&lots, 5_000);
    for name in NAMES {
        let cost = |user: &User<'_>| {
            insight(user, name);
            let (document, mut sent) = statements::during(&app, || insight(user, name));
            // The end of the transaction is no question to the database.
            sent.retain(|statement| statement.contains(&user.id.to_string()));
            (document, sent)
        };
        let (_, of_few) = cost(&few);
        let (document, of_lots) = cost(&lots);
        assert_eq!(of_few.len(), of_lots.len(), "{of_few:#?}\n{of_lots:#?}");
        // The begin of the transaction, the preferences, one or two that count.
        assert!((3..=4).contains(&of_lots.len()), "{of_lots:#?}");
        if document["applications"].is_i64() {
            assert_eq!(document["applications"], 5_000);
        }
        lots.get(&format!("/v1/insights/{name}?format=svg"))
            .expect(200);
    }
    let rejected = insight(&lots, "rejections")["rejected"]["k"].clone();
    assert_eq!(rejected, 555);
}
