//! The pipeline as a Sankey diagram: from applying through the stages to where it ended.

use std::collections::BTreeMap;

use super::{Canvas, real, span, words};
use crate::insights::pipeline::{PipelineInsight, STAGES};
use crate::insights::rules::Ending;

const WIDTH: f64 = 960.0;
/// Where things begin below the headings.
const TOP: f64 = 104.0;
/// The height of all applications together.
const HEIGHT: f64 = 340.0;
const NODE: f64 = 14.0;
const FIRST: f64 = 32.0;
const STEP: f64 = 172.0;
const ENDS: f64 = 740.0;
/// The least room for an end: a line of text.
const LINE: f64 = 22.0;
const GAP: f64 = 8.0;

/// Something that applications flow through or end in.
struct Node {
    x: f64,
    y: f64,
    /// What flowed in so far, in pixels.
    filled: f64,
}

/// The picture of a pipeline.
pub fn pipeline(insight: &PipelineInsight) -> String {
    let mut canvas = Canvas::new(WIDTH);
    let title = format!("Pipeline, {}", span(insight.from, insight.to));
    canvas.text(FIRST, 30.0, "head", &title);
    let note = format!(
        "Applications: {}, waiting for a first answer: {}",
        insight.applications, insight.waiting
    );
    canvas.text(FIRST, 50.0, "soft", &note);
    if insight.applications == 0 {
        canvas.text(FIRST, 90.0, "", "Nothing to show yet.");
        return canvas.finish(120.0, &title, "There is no application in this time.");
    }
    let scale = HEIGHT / real(insight.applications);
    let stages = stages(&mut canvas, insight, scale);
    let (mut ends, bottom) = ends(&mut canvas, insight, scale);
    links(&mut canvas, insight, scale, &stages, &mut ends);
    canvas.finish(bottom.max(TOP + HEIGHT) + 24.0, &title, &described(insight))
}

/// What the picture shows, for those who do not see it.
fn described(insight: &PipelineInsight) -> String {
    let flows: Vec<String> = insight
        .flows
        .iter()
        .map(|flow| {
            let from = words(flow.from.as_str());
            format!(
                "{from} to {}: {}",
                words(flow.to).to_lowercase(),
                flow.applications
            )
        })
        .collect();
    format!(
        "Applications: {}. {}.",
        insight.applications,
        flows.join("; ")
    )
}

/// All that came to a stage, waiting ones included.
fn came_to(insight: &PipelineInsight, stage: &str) -> i64 {
    if stage == STAGES[0].as_str() {
        return insight.applications;
    }
    let into = insight.flows.iter().find(|flow| flow.to == stage);
    into.map_or(0, |flow| flow.applications)
}

fn stages(
    canvas: &mut Canvas,
    insight: &PipelineInsight,
    scale: f64,
) -> BTreeMap<&'static str, Node> {
    let mut nodes = BTreeMap::new();
    let mut x = FIRST;
    for stage in STAGES {
        let name = stage.as_str();
        let count = came_to(insight, name);
        canvas.text(x, TOP - 26.0, "", &words(name));
        canvas.text(x, TOP - 10.0, "soft", &count.to_string());
        if count > 0 {
            let height = (real(count) * scale).max(1.0);
            canvas.draw(format_args!(
                "<rect class=\"node stage\" x=\"{x:.1}\" y=\"{TOP:.1}\" width=\"{NODE:.1}\" height=\"{height:.1}\"/>"
            ));
        }
        nodes.insert(
            name,
            Node {
                x,
                y: TOP,
                filled: 0.0,
            },
        );
        x += STEP;
    }
    nodes
}

/// Draws the ends that applications came to; the lowest point that they need.
fn ends(
    canvas: &mut Canvas,
    insight: &PipelineInsight,
    scale: f64,
) -> (BTreeMap<&'static str, Node>, f64) {
    let mut nodes = BTreeMap::new();
    let mut y = TOP;
    for ending in Ending::ALL {
        let name = ending.as_str();
        let into = insight.flows.iter().filter(|flow| flow.to == name);
        let count: i64 = into.map(|flow| flow.applications).sum();
        if count == 0 {
            continue;
        }
        let height = (real(count) * scale).max(1.0);
        canvas.draw(format_args!(
            "<rect class=\"node {name}\" x=\"{ENDS:.1}\" y=\"{y:.1}\" width=\"{NODE:.1}\" height=\"{height:.1}\"/>"
        ));
        let middle = y + height.max(LINE - 8.0) / 2.0 + 5.0;
        let label = format!("{} {count}", words(name));
        canvas.text(ENDS + NODE + 8.0, middle, "", &label);
        nodes.insert(
            name,
            Node {
                x: ENDS,
                y,
                filled: 0.0,
            },
        );
        y += height.max(LINE) + GAP;
    }
    (nodes, y)
}

fn links(
    canvas: &mut Canvas,
    insight: &PipelineInsight,
    scale: f64,
    stages: &BTreeMap<&'static str, Node>,
    ends: &mut BTreeMap<&'static str, Node>,
) {
    let mut left: BTreeMap<&str, f64> = BTreeMap::new();
    // What comes from later stages arrives above what comes from earlier ones.
    let mut arrivals: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for (place, flow) in insight.flows.iter().enumerate() {
        let from = flow.from.as_str();
        let thick = real(flow.applications) * scale;
        let start = left.entry(from).or_default();
        let rank = STAGES.len() - STAGES.iter().take_while(|it| **it != flow.from).count();
        arrivals.insert((rank, place), (*start + thick / 2.0, thick));
        *start += thick;
    }
    for ((_, place), (start, thick)) in arrivals {
        let Some(flow) = insight.flows.get(place) else {
            continue;
        };
        let from = flow.from.as_str();
        let Some(source) = stages.get(from) else {
            continue;
        };
        let (class, x, y) = if let Some(next) = stages.get(flow.to) {
            ("stage", next.x, next.y + thick / 2.0)
        } else if let Some(end) = ends.get_mut(flow.to) {
            end.filled += thick;
            (flow.to, end.x, end.y + end.filled - thick / 2.0)
        } else {
            continue;
        };
        let (x0, y0) = (source.x + NODE, source.y + start);
        let middle = f64::midpoint(x0, x);
        let width = thick.max(1.0);
        let said = format!(
            "{} to {}: {}",
            words(from),
            words(flow.to).to_lowercase(),
            flow.applications
        );
        canvas.draw(format_args!(
            "<path class=\"link {class}\" stroke-width=\"{width:.1}\" \
             d=\"M{x0:.1} {y0:.1}C{middle:.1} {y0:.1} {middle:.1} {y:.1} {x:.1} {y:.1}\"><title>{said}</title></path>"
        ));
    }
}
