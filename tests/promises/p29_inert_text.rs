//! Promise 29: text is inert. What a user writes ends no line of a mail or a calendar, is no template, no
//! formula, no markup and no path, wherever it is shown. Mails are in [`super::p29_mails`].

use std::io::{Cursor, Write};

use serde_json::{Value, json};

use crate::calendar;
use crate::support::app::TestApp;
use crate::support::builders::User;

/// Texts that mean something to somebody, on one line.
pub const LINES: [&str; 7] = [
    "{{7*7}}${7*7}<%= 7*7 %>",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "%0d%0aBcc: evil@evil.example",
    "a\u{2028}Bcc: evil@evil.example",
    "\u{202e}gnp.exe",
];

/// Further lines that a mail or a calendar must not get.
pub const BREAKS: [&str; 3] = [
    "x\r\nBcc: evil@evil.example\r\n\r\nHello",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:evil",
    "x\rX-EVIL: 1",
];

/// An XLSX file with these entries beside one sheet of one application.
fn workbook(company: &str, further: &[(&str, &str)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, (name, value)) in [("company", company), ("title", "Engineer")]
        .into_iter()
        .enumerate()
    {
        let column = u16::try_from(column).expect("a column");
        sheet.write_string(0, column, name).expect("a cell");
        sheet.write_string(1, column, value).expect("a cell");
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let mut archive = zip::ZipWriter::new_append(Cursor::new(bytes)).expect("an archive");
    for (name, text) in further {
        let plain = zip::write::SimpleFileOptions::default();
        archive.start_file(*name, plain).expect("an entry");
        archive.write_all(text.as_bytes()).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn what_goes_into_a_message_stays_on_its_line_and_computes_nothing() {
    let app = TestApp::start();
    let user = app.user();
    for text in BREAKS {
        for member in ["subject", "recipient_name", "recipient_email"] {
            let mut message = json!({"kind": "thank_you", "body": "Thank you."});
            message[member] = json!(text);
            user.post("/v1/messages", message)
                .problem(422, "invalid_fields");
        }
    }
    for text in LINES.iter().filter(|it| !it.contains('\u{2028}')) {
        let message =
            json!({"kind": "thank_you", "subject": text, "body": text, "recipient_name": text});
        let message = user.post("/v1/messages", message).expect(201);
        assert_eq!(
            (message.text_at("/subject"), message.text_at("/body")),
            (*text, *text)
        );
        let url = url::Url::parse(message.text_at("/mailto_url")).expect("an address");
        let names: Vec<String> = url
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["subject", "body"], "{url}");
        // A value is put into a template and not read as one.
        let template =
            json!({"kind": "thank_you", "name": "x", "subject": "{{ a }}", "body": "{{ a }}"});
        let template = user.post("/v1/templates", template).expect(201).id();
        let rendered = json!({"variables": {"a": text}});
        let rendered = user
            .post(&format!("/v1/templates/{template}/render"), rendered)
            .expect(200);
        assert_eq!(rendered.text_at("/body"), *text);
    }
}

/// An application with a text wherever there is room for one.
fn full_of(user: &User<'_>, text: &str) -> String {
    let application = json!({
        "company": text, "job_title": text, "source": text, "location": text, "contact": text, "notes": text,
        "tags": [text], "required_skills": [text], "resume_version": text, "status": "applied", "next_action_on": "2026-03-19"
    });
    let made = user.post("/v1/applications", application).expect(201);
    assert_eq!(made.text_at("/company"), text);
    made.id()
}

#[test]
fn no_cell_of_the_export_is_a_formula() {
    let app = TestApp::start();
    let user = app.user();
    for text in ["=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "|x"] {
        full_of(&user, text);
    }
    let sheet = user.get("/v1/exports/applications.csv").expect(200);
    let mut reader = csv::Reader::from_reader(sheet.bytes.as_slice());
    let mut cells = 0;
    for row in reader.records() {
        for cell in &row.expect("a row") {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell:?}"
            );
            cells += usize::from(cell.starts_with('\''));
        }
    }
    assert!(cells > 30, "only {cells} cells are protected");
}

#[test]
fn no_text_adds_a_line_to_a_calendar() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    let feed = user.post("/v1/calendar-feeds", json!({})).expect(201);
    let url = feed.text_at("/url");
    let path = &url[url.find("/calendar/").expect("a path")..];
    let texts = LINES.iter().copied().chain([
        "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:evil",
        "a,b;c:d\\n\\,\"e\"",
        "\\",
    ]);
    let mut count = 0;
    for text in texts {
        let application = full_of(&user, text);
        let interview = json!({
            "application_id": application, "kind": "final", "scheduled_at": "2026-03-12T09:00:00Z", "location": text,
            "link": "https://meet.example/a\nX-EVIL:1\nEND:VCALENDAR"
        });
        let interview = user.post("/v1/interviews", interview).send();
        assert!([201, 422].contains(&interview.status), "{interview}");
        let goal = json!({"title": text, "category": "routine", "kind": "one_off", "due_on": "2026-03-31"});
        user.post("/v1/goals", goal).expect(201);
        count += 2 + usize::from(interview.status == 201);
    }
    let answer = app.get(path).expect(200);
    let events = calendar::events(&answer);
    assert_eq!(events.len(), count, "{answer}");
    let evil = answer
        .text
        .split("\r\n")
        .find(|line| line.starts_with("X-EVIL") || *line == "SUMMARY:evil");
    assert_eq!(evil, None, "{answer}");
    let summaries: Vec<String> = events.iter().map(calendar::summary).collect();
    for text in ["{{7*7}}${7*7}<%= 7*7 %>", "a,b;c:d\\n\\,\"e\"", "\\"] {
        assert!(
            summaries.contains(&format!("Goal: {text}")),
            "{text} in {summaries:?}"
        );
    }
}

#[test]
fn the_names_inside_of_a_file_lead_nowhere() {
    let app = TestApp::start();
    let user = app.user();
    let mark = format!("rebound-p29-{}", user.id);
    let outside = [
        format!("../../../../../../../../tmp/{mark}"),
        format!("/tmp/{mark}"),
        format!("..\\..\\{mark}"),
        format!("xl/../../{mark}"),
    ];
    let further: Vec<(&str, &str)> = outside.iter().map(|name| (name.as_str(), "evil")).collect();
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    for (company, names) in [
        ("Kite", further.as_slice()),
        ("Anchor", &[("a\u{0}b.xml", "evil"), ("xl/\u{0}", "")]),
    ] {
        let sent = user
            .request("POST", "/v1/imports")
            .header(
                "Content-Disposition",
                "attachment; filename=\"../../../../tmp/x\"",
            )
            .body(kind, workbook(company, names))
            .send();
        assert!([200, 422].contains(&sent.status), "{sent}");
    }
    let folders = [
        std::env::temp_dir(),
        "/tmp".into(),
        ".".into(),
        app.folder().to_owned(),
    ];
    for folder in folders {
        assert!(!folder.join(&mark).exists(), "{}", folder.display());
    }
}

#[test]
fn markup_is_text_in_pictures_and_pages() {
    let app = TestApp::start();
    app.set_clock("2026-03-05T12:00:00Z");
    let user = app.user();
    for _ in 0..3 {
        full_of(&user, "<script>alert(1)</script>");
    }
    for insight in ["pipeline", "rejections", "feedback", "activity", "sources"] {
        let picture = user
            .get(&format!("/v1/insights/{insight}"))
            .header("Accept", "image/svg+xml")
            .expect(200);
        assert!(!picture.text.contains("<script"), "{picture}");
    }
    let page = app
        .get("/problems/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .send();
    assert_eq!(page.status, 404);
    assert!(!page.text.contains("<script"), "{page}");
    let shown = user.get("/v1/applications").expect(200);
    let kind = shown.header("content-type");
    assert_eq!(
        (kind, shown.header("x-content-type-options")),
        ("application/json", "nosniff")
    );
    assert_eq!(
        shown.data()[0]["company"],
        Value::from("<script>alert(1)</script>")
    );
}
