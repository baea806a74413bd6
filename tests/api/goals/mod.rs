//! Goals, their check-ins, and streaks that forgive a bad day.

mod check_ins;
mod cost;
mod days;
mod fields;
mod measures;
mod moves;
mod origins;
mod story;

use serde_json::{Value, json};

use crate::support::builders::{User, merge};
use crate::support::client::{Answer, Request};

impl User<'_> {
    /// A new goal with these members beside title, category and kind.
    #[track_caller]
    fn goal(&self, members: Value) -> String {
        let mut body =
            json!({"title": "One small step", "category": "routine", "kind": "recurring"});
        merge(&mut body, members);
        self.post("/v1/goals", body).expect(201).id()
    }

    /// A goal for each day.
    #[track_caller]
    fn daily_goal(&self) -> String {
        self.goal(json!({"period": "day"}))
    }

    /// A check-in.
    fn check_in(&self, goal: &str, body: Value) -> Request {
        self.post(&format!("/v1/goals/{goal}/check-ins"), body)
    }

    /// Something done on some days.
    #[track_caller]
    fn done(&self, goal: &str, days: &[&str]) {
        for day in days {
            self.check_in(goal, json!({"occurred_on": day})).expect(201);
        }
    }

    /// Moves a goal.
    fn move_goal(&self, goal: &str, to: &str) -> Request {
        self.post(&format!("/v1/goals/{goal}/transitions"), json!({"to": to}))
    }

    fn show_goal(&self, goal: &str) -> Answer {
        self.get(&format!("/v1/goals/{goal}")).expect(200)
    }

    fn progress(&self, goal: &str) -> Value {
        self.show_goal(goal).body["progress"].clone()
    }

    /// Current and longest streak.
    #[track_caller]
    fn streak(&self, goal: &str) -> (u64, u64) {
        let streak = self.progress(goal)["streak"].clone();
        let number = |name: &str| streak[name].as_u64().expect("a number");
        (number("current"), number("longest"))
    }
}

/// First day and reason of each excused period.
fn excused(progress: &Value) -> Vec<(&str, &str)> {
    let list = progress["excused"].as_array().expect("a list");
    list.iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().expect("a text");
            (text("period_start"), text("reason"))
        })
        .collect()
}
