//! Shares as bars, each with its numbers and the interval in which the true share lies.

use super::{Canvas, shortened, span, words};
use crate::insights::feedback::FeedbackInsight;
use crate::insights::figure::{Claim, Figure};
use crate::insights::rejections::RejectionsInsight;
use crate::insights::sources::{SourceShares, SourcesInsight};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 24.0;
/// Where bars begin, and how long the whole is.
const BARS: f64 = 210.0;
const WHOLE: f64 = 340.0;
const ROW: f64 = 26.0;
/// Rows of a section at most.
const ROWS: usize = 16;

/// Rows under a heading.
struct Section {
    heading: String,
    rows: Vec<(String, Figure)>,
}

impl Section {
    fn new(heading: &str, rows: impl IntoIterator<Item = (String, Figure)>) -> Self {
        Self {
            heading: heading.to_owned(),
            rows: rows.into_iter().take(ROWS).collect(),
        }
    }
}

/// The picture of rejections: by stage, by stated and by inferred reason, silence by weekday.
pub fn rejections(insight: &RejectionsInsight) -> String {
    let reasons = |shares: &[crate::insights::rejections::ReasonShare]| -> Vec<(String, Figure)> {
        let rows = shares.iter();
        rows.map(|it| (words(it.reason_code.as_str()), it.figure))
            .collect()
    };
    let stages = insight.by_stage.iter();
    let weekdays = insight.silence_by_weekday.iter();
    let sections = [
        Section::new(
            "Rejections by stage",
            stages.map(|it| (words(it.stage_reached.as_str()), it.figure)),
        ),
        Section::new(
            "Reasons that companies stated",
            reasons(&insight.stated_reasons),
        ),
        Section::new(
            "Reasons that you inferred",
            reasons(&insight.inferred_reasons),
        ),
        Section::new(
            "Silence, by the weekday of applying",
            weekdays.map(|it| (words(it.weekday.as_str()), it.figure)),
        ),
    ];
    let title = format!("Rejections, {}", span(insight.from, insight.to));
    let note = format!(
        "Rejected: {} of {}, waiting for a first answer: {}",
        insight.rejected.k, insight.applications, insight.waiting
    );
    draw(&title, &note, &sections)
}

/// The picture of feedback: what came of asking, what answers praise, what they advise.
pub fn feedback(insight: &FeedbackInsight) -> String {
    let outcomes = [
        ("answered", insight.answered),
        ("declined_by_policy", insight.declined_by_policy),
        ("no_answer", insight.no_answer),
    ];
    let areas = |figure: fn(&crate::insights::feedback::AreaShares) -> Figure| {
        let rows = insight.areas.iter();
        rows.map(move |it| (words(it.area.as_str()), figure(it)))
    };
    let sections = [
        Section::new(
            "What came of asking",
            outcomes.map(|(name, figure)| (words(name), figure)),
        ),
        Section::new("Strengths in the answers", areas(|it| it.strengths)),
        Section::new("Improvements in the answers", areas(|it| it.improvements)),
    ];
    let title = format!("Feedback, {}", span(insight.from, insight.to));
    let note = format!(
        "{} requests, {} of them wait",
        insight.sent, insight.waiting
    );
    draw(&title, &note, &sections)
}

/// The picture of sources: answers, interviews and offers, for the sources with the most applications.
pub fn sources(insight: &SourcesInsight) -> String {
    let rows = |figure: fn(&SourceShares) -> Figure| {
        let all = insight.sources.iter().take(ROWS - 1).chain(&insight.others);
        all.map(move |it| {
            let name = it.source.as_deref().unwrap_or("Others, or not noted");
            (shortened(name, 22), figure(it))
        })
    };
    let sections = [
        Section::new("Any answer, by source", rows(|it| it.answered)),
        Section::new("Interviews, by source", rows(|it| it.interviewed)),
        Section::new("Offers, by source", rows(|it| it.offered)),
    ];
    let title = format!("Sources, {}", span(insight.from, insight.to));
    let note = format!(
        "Applications: {}, waiting for a first answer: {}",
        insight.applications, insight.waiting
    );
    draw(&title, &note, &sections)
}

fn draw(title: &str, note: &str, sections: &[Section]) -> String {
    let mut canvas = Canvas::new(WIDTH);
    canvas.text(LEFT, 30.0, "head", title);
    canvas.text(LEFT, 50.0, "soft", note);
    let legend = "Thin lines show where the true share lies (95 %). Pale bars: fewer than 20 cases, too few to conclude anything.";
    canvas.text(LEFT, 68.0, "soft", legend);
    let mut y = 104.0;
    for section in sections {
        canvas.text(LEFT, y, "", &section.heading);
        let (end, line) = (WIDTH - LEFT, y + 7.0);
        canvas.draw(format_args!(
            "<path class=\"rule\" d=\"M{LEFT:.1} {line:.1}H{end:.1}\"/>"
        ));
        y += ROW;
        if section.rows.iter().all(|(_, figure)| figure.n == 0) {
            canvas.text(LEFT, y, "soft", "Nothing to show yet.");
            y += ROW + 14.0;
            continue;
        }
        for (label, figure) in &section.rows {
            row(&mut canvas, y, label, figure);
            y += ROW;
        }
        y += 14.0;
    }
    let description = format!("{note}. {}", described(sections));
    canvas.finish(y, title, &description)
}

fn row(canvas: &mut Canvas, y: f64, label: &str, figure: &Figure) {
    canvas.text(BARS - 12.0, y, "end", label);
    let (Some(rate), Some([low, high])) = (figure.rate, figure.ci95) else {
        canvas.text(BARS, y, "soft", "none yet");
        return;
    };
    let class = match figure.claim {
        Claim::Insufficient => "bar few",
        Claim::Estimate => "bar",
    };
    let (top, length, middle) = (y - 13.0, (rate * WHOLE).max(1.0), y - 5.0);
    canvas.draw(format_args!(
        "<rect class=\"{class}\" x=\"{BARS:.1}\" y=\"{top:.1}\" width=\"{length:.1}\" height=\"16\"/>"
    ));
    let (begin, end) = (BARS + low * WHOLE, BARS + high * WHOLE);
    canvas.draw(format_args!(
        "<path class=\"halo\" d=\"M{begin:.1} {middle:.1}H{end:.1}\"/><path class=\"reach\" d=\"M{begin:.1} {middle:.1}H{end:.1}\"/>"
    ));
    let numbers = format!("{} of {} · {:.0} %", figure.k, figure.n, rate * 100.0);
    canvas.text(BARS + WHOLE + 16.0, y, "", &numbers);
}

/// The numbers in words, for those who do not see the bars.
fn described(sections: &[Section]) -> String {
    let texts: Vec<String> = sections
        .iter()
        .map(|section| {
            let rows: Vec<String> = section
                .rows
                .iter()
                .map(|(label, figure)| format!("{label} {} of {}", figure.k, figure.n))
                .collect();
            format!("{}: {}.", section.heading, rows.join(", "))
        })
        .collect();
    texts.join(" ")
}

/// The longest bar and interval stay left of the numbers.
const _: () = assert!(BARS + WHOLE + 16.0 < WIDTH - 120.0);

#[cfg(test)]
mod tests {
    use super::super::real;
    use super::*;
    use crate::insights::rules::Range;

    #[test]
    fn a_picture_without_data_says_so() {
        let picture = rejections(&RejectionsInsight::of(Range::default(), &[], &[]));
        assert!(picture.contains("Nothing to show yet."));
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let figure = Figure::new(1, 4, 0, "Of all.");
        let mut canvas = Canvas::new(WIDTH);
        row(&mut canvas, 100.0, "Half of half", &figure);
        let length = WHOLE * real(figure.k) / real(figure.n);
        assert!(
            canvas.body.contains(&format!("width=\"{length:.1}\"")),
            "{}",
            canvas.body
        );
        assert!(canvas.body.contains("1 of 4 · 25 %"));
    }
}
