//! Coaches and their clients, put straight into the database.

use serde_json::Value;

use super::app::TestApp;
use super::builders::User;

/// Every scope there is.
pub const SCOPES: [&str; 8] = [
    "applications",
    "insights",
    "goals",
    "reflections",
    "feedback",
    "wellbeing",
    "suggest_goals",
    "notes",
];

/// The scopes as PostgreSQL writes them.
fn array(scopes: &[&str]) -> String {
    format!("'{{{}}}'", scopes.join(","))
}

impl User<'_> {
    /// The address of the user.
    pub fn email(&self) -> String {
        let query = format!("SELECT email FROM users WHERE id = '{}'", self.id);
        let email: Value = self.app.sql_value(&query);
        email.as_str().expect("an address").to_owned()
    }

    /// How the user wants to be called.
    pub fn named(self, name: &str) -> Self {
        self.app.execute(&format!(
            "UPDATE users SET display_name = '{name}' WHERE id = '{}'",
            self.id
        ));
        self
    }

    /// Turns wellbeing check-ins on.
    pub fn noting_wellbeing(self) -> Self {
        self.app.execute(&format!(
            "UPDATE users SET wellbeing_enabled = true WHERE id = '{}'",
            self.id
        ));
        self
    }
}

/// A link of a seeker to a coach, as it is stored.
pub fn link(
    app: &TestApp,
    seeker: &User<'_>,
    coach: &User<'_>,
    status: &str,
    scopes: &[&str],
) -> String {
    let coach_id = match status {
        "invited" => "NULL".to_owned(),
        _ => format!("'{}'", coach.id),
    };
    let id = rebound::db::ids::new_id(app.now());
    app.execute(&format!(
        "INSERT INTO coach_links (seeker_id, id, coach_id, coach_email, scopes, status, status_since, version, created_at, updated_at)
         SELECT '{}', '{id}', {coach_id}, lower(email), {}, '{status}', '{now}', 1, '{now}', '{now}' FROM users WHERE id = '{}'",
        seeker.id,
        array(scopes),
        coach.id,
        now = app.now(),
    ));
    id.to_string()
}

/// A new client of a coach, who notes how they are.
pub fn client<'a>(coach: &User<'a>, scopes: &[&str]) -> User<'a> {
    let seeker = coach.app.user().noting_wellbeing();
    link(coach.app, &seeker, coach, "active", scopes);
    seeker
}

/// A note of a coach about a client: its id.
pub fn note(coach: &User<'_>, client: &User<'_>, visibility: &str) -> String {
    let (id, now) = (rebound::db::ids::new_id(coach.app.now()), coach.app.now());
    coach.app.execute(&format!(
        "INSERT INTO coach_notes (seeker_id, id, coach_id, visibility, text, version, created_at, updated_at)
         VALUES ('{}', '{id}', '{}', '{visibility}', 'Well done.', 1, '{now}', '{now}')",
        client.id, coach.id
    ));
    id.to_string()
}

/// A goal that a coach suggested to a client: the id of the suggestion.
pub fn suggestion(coach: &User<'_>, client: &User<'_>) -> String {
    let (id, now) = (rebound::db::ids::new_id(coach.app.now()), coach.app.now());
    coach.app.execute(&format!(
        "INSERT INTO goal_suggestions (seeker_id, id, coach_id, title, category, kind, target_count, period, measure, status, status_since, version, created_at, updated_at)
         VALUES ('{}', '{id}', '{}', 'One small step', 'routine', 'recurring', 1, 'day', 'check_ins', 'open', '{now}', 1, '{now}', '{now}')",
        client.id, coach.id
    ));
    id.to_string()
}
