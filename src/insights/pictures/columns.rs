//! Activity week by week as columns: a strip for each kind of deed, because they are not the same thing and
//! are not added.

use super::{Canvas, real};
use crate::insights::activity::{ActivityInsight, Deeds};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 24.0;
const STRIP: f64 = 70.0;
const ROOM: f64 = STRIP + 52.0;

/// A kind of deed with its heading.
type Kind = (&'static str, fn(&Deeds) -> i64);

const KINDS: [Kind; 4] = [
    ("Applications", |it| it.applications),
    ("Networking", |it| it.networking_activities),
    ("Requests for feedback", |it| it.feedback_requests_sent),
    ("Check-ins of goals", |it| it.goal_check_ins),
];

/// The picture of weeks.
pub fn activity(insight: &ActivityInsight) -> String {
    let mut canvas = Canvas::new(WIDTH);
    let title = format!("Activity by week, {} to {}", insight.from, insight.to);
    canvas.text(LEFT, 30.0, "head", &title);
    let active = &insight.active_weeks;
    let note = format!(
        "Something was done in {} of {} finished weeks",
        active.k, active.n
    );
    canvas.text(LEFT, 50.0, "soft", &note);
    let mut y = 86.0;
    for (heading, times) in KINDS {
        canvas.text(
            LEFT,
            y,
            "",
            &format!("{heading}: {}", times(&insight.total)),
        );
        strip(&mut canvas, insight, y + 30.0, times);
        y += ROOM;
    }
    let bottom = days(&mut canvas, insight, y - 2.0);
    canvas.finish(bottom, &title, &described(insight, &note))
}

/// Where a week begins from the left, and how wide it is.
fn place(insight: &ActivityInsight, week: usize) -> (f64, f64) {
    let count = |number: usize| real(i64::try_from(number).unwrap_or(i64::MAX));
    let width = (WIDTH - 2.0 * LEFT) / count(insight.weeks.len().max(1));
    (LEFT + width * count(week), width)
}

/// The columns of one kind, the highest as high as the strip.
fn strip(canvas: &mut Canvas, insight: &ActivityInsight, top: f64, times: fn(&Deeds) -> i64) {
    let most = insight.weeks.iter().map(|week| times(&week.done)).max();
    let most = most.unwrap_or(0).max(1);
    let base = top + STRIP;
    let end = WIDTH - LEFT;
    canvas.draw(format_args!(
        "<path class=\"rule\" d=\"M{LEFT:.1} {base:.1}H{end:.1}\"/>"
    ));
    // Where there is no room for a number over each column, the highest one has it.
    let crowded = insight.weeks.len() > 30;
    let mut told = false;
    for (number, week) in insight.weeks.iter().enumerate() {
        let count = times(&week.done);
        if count == 0 {
            continue;
        }
        let (x, width) = place(insight, number);
        let height = real(count) / real(most) * STRIP;
        let (x, y, wide) = (x + width * 0.12, base - height, width * 0.76);
        let class = if week.finished { "bar" } else { "bar few" };
        canvas.draw(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{height:.1}\"><title>{}: {count}</title></rect>",
            week.starts_on
        ));
        if !crowded || (count == most && !told) {
            told = true;
            canvas.text(x + wide / 2.0, y - 4.0, "soft middle", &count.to_string());
        }
    }
}

/// The first days of the weeks, as many as fit; the lowest point of the picture.
fn days(canvas: &mut Canvas, insight: &ActivityInsight, y: f64) -> f64 {
    let every = insight.weeks.len().div_ceil(12).max(1);
    for (number, week) in insight.weeks.iter().enumerate().step_by(every) {
        let (x, width) = place(insight, number);
        let half = 36.0;
        let middle = (x + width / 2.0).clamp(LEFT + half, WIDTH - LEFT - half);
        canvas.text(middle, y, "soft middle", &week.starts_on.to_string());
    }
    let running = "Pale columns: the week is not over.";
    canvas.text(LEFT, y + 22.0, "soft", running);
    y + 38.0
}

fn described(insight: &ActivityInsight, note: &str) -> String {
    let totals: Vec<String> = KINDS
        .iter()
        .map(|(heading, times)| format!("{heading}: {}", times(&insight.total)))
        .collect();
    format!("{note}. {}.", totals.join(", "))
}
