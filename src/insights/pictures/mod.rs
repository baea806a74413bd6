//! Pictures of insights: SVG by hand, readable in light and dark, with every number printed.
//!
//! A picture is self-contained: no script, no font, no address. What a user wrote (only sources have a name)
//! is escaped and cut to one short line.

mod bars;
mod columns;
mod sankey;

use std::fmt::Write;

pub use bars::{feedback, rejections, sources};
pub use columns::activity;
pub use sankey::pipeline;

/// The policy for a picture that is opened by itself: its own style, nothing else.
pub const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// Colours have names of their own, so that light and dark differ in one place.
const STYLE: &str = "\
svg{--ground:#fff;--ink:#1f2933;--soft:#52606d;--line:#d5dbe1;--stage:#33658a;--accepted:#2f855a;--declined:#6b9a5b;\
--live:#3182a8;--rejected:#b7622c;--withdrawn:#8a6fa8;--ghosted:#7b8794;--silent:#9aa5b1;--waiting:#c9a227;--bar:#33658a}\
@media(prefers-color-scheme:dark){svg{--ground:#12181f;--ink:#e4e7eb;--soft:#a3afbb;--line:#323f4b;--stage:#6ba3cf;\
--accepted:#57b686;--declined:#93bf83;--live:#5ab4da;--rejected:#e0935f;--withdrawn:#b49bd1;--ghosted:#9aa5b1;\
--silent:#7b8794;--waiting:#e3c355;--bar:#6ba3cf}}\
text{font:14px system-ui,sans-serif;fill:var(--ink)}.head{font-size:16px;font-weight:600}.soft{fill:var(--soft);font-size:12px}\
.end{text-anchor:end}.middle{text-anchor:middle}.ground{fill:var(--ground)}.rule{stroke:var(--line)}\
.bar{fill:var(--bar)}.few{fill-opacity:.4}.reach{stroke:var(--ink);stroke-width:1.5}.halo{stroke:var(--ground);stroke-width:4.5}\
.stage{fill:var(--stage);stroke:var(--stage)}.accepted{fill:var(--accepted);stroke:var(--accepted)}\
.declined{fill:var(--declined);stroke:var(--declined)}.live{fill:var(--live);stroke:var(--live)}\
.rejected{fill:var(--rejected);stroke:var(--rejected)}.withdrawn{fill:var(--withdrawn);stroke:var(--withdrawn)}\
.ghosted{fill:var(--ghosted);stroke:var(--ghosted)}.silent{fill:var(--silent);stroke:var(--silent)}\
.waiting{fill:var(--waiting);stroke:var(--waiting)}.node{stroke:none}.link{fill:none;stroke-opacity:.38}";

/// Something that is being drawn, from top to bottom.
struct Canvas {
    width: f64,
    body: String,
}

impl Canvas {
    fn new(width: f64) -> Self {
        Self {
            width,
            body: String::new(),
        }
    }

    /// Adds an element as it is.
    fn draw(&mut self, element: std::fmt::Arguments<'_>) {
        self.body
            .write_fmt(element)
            .expect("a String takes whatever is written");
        self.body.push('\n');
    }

    /// Adds a text with classes; whatever it is, it is no markup.
    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let text = escape(text);
        self.draw(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{text}</text>"
        ));
    }

    /// The whole picture.
    fn finish(self, height: f64, title: &str, description: &str) -> String {
        let (width, title, description) = (self.width, escape(title), escape(description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n\
             <style>{STYLE}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
            self.body
        )
    }
}

/// A text as the content of an element or a value in quotes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not allowed in XML, or turning what stands beside it around.
            '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                safe.push('\u{fffd}');
            }
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

/// As much of a text as there is room for; letters beyond the European ones may be twice as wide.
fn shortened(text: &str, room: usize) -> String {
    let width = |letter: char| if letter < '\u{600}' { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let mut short: String = text
        .chars()
        .take_while(|letter| {
            let fits = width(*letter) <= left;
            left = left.saturating_sub(width(*letter));
            fits
        })
        .collect();
    short.push('…');
    short
}

/// A code in words: `stronger_candidate` is *Stronger candidate*.
fn words(code: &str) -> String {
    let mut words = code.replace('_', " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// A count for measures of the picture.
#[expect(clippy::cast_precision_loss, reason = "pictures are not so exact")]
fn real(count: i64) -> f64 {
    count as f64
}

/// The days that a picture shows, in words.
fn span(from: Option<chrono::NaiveDate>, to: Option<chrono::NaiveDate>) -> String {
    match (from, to) {
        (None, None) => "all the time".to_owned(),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("up to {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        let hostile = "</text><script>alert('x')</script>&\"\u{202e}\u{0}";
        let safe = escape(hostile);
        assert!(
            !safe.contains(['<', '>', '"', '\'', '\u{202e}', '\u{0}']),
            "{safe}"
        );
        assert_eq!(escape("a & b"), "a &amp; b");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
        assert_eq!(shortened("漢字", 4), "漢字");
        assert_eq!(shortened("漢字漢字", 5), "漢字…");
    }

    #[test]
    fn a_code_is_shown_in_words() {
        assert_eq!(words("stronger_candidate"), "Stronger candidate");
        assert_eq!(words(""), "");
    }
}
