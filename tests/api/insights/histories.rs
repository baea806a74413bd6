//! Random histories: what the statements and folds make of them is what one reads off the timelines.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{counts, insight};
use crate::support::app::TestApp;
use crate::support::builders::User;

const TODAY: &str = "2026-06-01T12:00:00Z";
/// Whoever applied on this day or later still waits after thirty days.
const WAITING_FROM: &str = "2026-05-03";

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }
}

const STATUSES: [&str; 10] = [
    "saved",
    "applied",
    "screening",
    "interviewing",
    "offer",
    "accepted",
    "declined",
    "rejected",
    "ghosted",
    "withdrawn",
];

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().expect("a list").iter();
    list.map(|it| it.as_str().expect("a text").to_owned())
        .collect()
}

/// An application that moves around at random.
fn wander(user: &User<'_>, dice: &mut Dice) -> String {
    let days = ["2026-03-02", "2026-05-02", "2026-05-03", "2026-05-31"];
    let first = match dice.roll(4) {
        0 => json!({}),
        1 => json!({"status": dice.pick(&STATUSES), "applied_on": dice.pick(&days)}),
        _ => json!({"applied_on": dice.pick(&days)}),
    };
    let mut now = user.application(first);
    let id = now.id();
    for _ in 0..dice.roll(6) {
        let (plain, again) = (
            texts(&now.body["allowed_transitions"]),
            texts(&now.body["allowed_by_reopen"]),
        );
        let body = match dice.roll(4) {
            0 => json!({"to": dice.pick(&STATUSES), "correction": true}),
            _ if !plain.is_empty() => json!({"to": dice.pick(&plain)}),
            _ if !again.is_empty() => {
                json!({"to": dice.pick(&again), "reopen": true, "note": "They called."})
            }
            _ => continue,
        };
        now = user.transition(&id, body).expect(200);
    }
    if dice.roll(9) == 0 {
        let body = json!({"application_id": id, "kind": "technical", "scheduled_at": "2026-05-20T12:00:00Z"});
        user.post("/v1/interviews", body).expect(201);
    }
    id
}

/// What one reads off the timeline of an application: how far it came and where it ended.
fn read_off(user: &User<'_>, id: &str) -> Option<(usize, String, bool)> {
    let application = user.get(&format!("/v1/applications/{id}")).expect(200).body;
    let timeline = user
        .get(&format!("/v1/applications/{id}/timeline?limit=100"))
        .expect(200);
    let taken_out: Vec<&str> = timeline
        .data()
        .iter()
        .filter_map(|step| step["corrects_id"].as_str())
        .collect();
    let steps: Vec<&str> = timeline
        .data()
        .iter()
        .filter(|step| !taken_out.contains(&step["id"].as_str().expect("an id")))
        .filter_map(|step| step["to"].as_str())
        .collect();
    let status = application["status"].as_str().expect("a status");
    let applied_on = application["applied_on"].as_str();
    let only_saved = steps
        .iter()
        .all(|step| ["saved", "withdrawn"].contains(step));
    if status == "saved" || (only_saved && applied_on.is_none()) {
        return None;
    }
    let stage_of = |step: &&str| match *step {
        "screening" => 1,
        "interviewing" => 2,
        "offer" | "declined" => 3,
        "accepted" => 4,
        _ => 0,
    };
    let stage = steps.iter().map(stage_of).max().unwrap_or(0);
    let interviews = user
        .get(&format!("/v1/interviews?application_id={id}"))
        .expect(200);
    let answered = stage > 0 || steps.contains(&"rejected") || !interviews.data().is_empty();
    let live = ["applied", "screening", "interviewing", "offer"].contains(&status);
    let ending = match (live, answered) {
        (false, _) => status,
        (true, true) => "live",
        // Without a day of applying the step itself counts, which was today.
        (true, false) if applied_on.is_none_or(|day| day >= WAITING_FROM) => "waiting",
        (true, false) => "silent",
    };
    Some((stage, ending.to_owned(), steps.contains(&"rejected")))
}

#[test]
fn figures_are_what_the_timelines_say() {
    let app = TestApp::start();
    app.set_clock(TODAY);
    let user = app.user();
    let mut dice = Dice(20_260_601);
    let ids: Vec<String> = (0..90).map(|_| wander(&user, &mut dice)).collect();
    let all: Vec<(usize, String, bool)> = ids.iter().filter_map(|id| read_off(&user, id)).collect();
    let number = |so: &dyn Fn(&(usize, String, bool)) -> bool| -> i64 {
        i64::try_from(all.iter().filter(|it| so(it)).count()).expect("few")
    };
    let it = insight(&user, "pipeline");
    let waiting = number(&|it| it.1 == "waiting");
    let n = number(&|it| it.1 != "waiting");
    assert_eq!(
        (&it["applications"], &it["waiting"]),
        (&json!(n + waiting), &json!(waiting))
    );
    assert!(waiting > 2 && n > 40, "{waiting} {n}");
    for (stage, name) in ["applied", "screening", "interviewing", "offer", "accepted"]
        .iter()
        .enumerate()
    {
        let k = number(&|it| it.1 != "waiting" && it.0 >= stage);
        assert_eq!(counts(&it["reached"][name]), (k, n, waiting), "{name}");
    }
    let mut seen = BTreeMap::new();
    for name in [
        "accepted",
        "declined",
        "rejected",
        "ghosted",
        "withdrawn",
        "silent",
        "live",
    ] {
        let k = number(&|it| it.1 == name);
        assert_eq!(counts(&it["ended"][name]), (k, n, waiting), "{name}");
        seen.insert(name, k);
    }
    assert!(
        seen.values().all(|k| *k > 0),
        "the dice should make all: {seen:?}"
    );
    let rejections = insight(&user, "rejections");
    assert_eq!(
        counts(&rejections["rejected"]),
        (number(&|it| it.2), n, waiting)
    );
    let sources = insight(&user, "sources");
    let answered = number(&|it| it.0 > 0 || it.2);
    let (k, of, beside) = counts(&sources["others"]["answered"]);
    assert!(k >= answered, "an interview is an answer too");
    assert_eq!((of, beside), (n, waiting));
}
