//! A workbook that asks for more than an honest one does.

use std::io::{Cursor, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use zip::write::SimpleFileOptions;

use super::XLSX;
use crate::support::app::TestApp;

/// A workbook of a few kilobytes with more texts than the largest import has cells.
fn too_many_texts() -> Vec<u8> {
    let root = r#"<Relationships><Relationship Id="r1" Target="xl/workbook.xml"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"#;
    let texts = format!("<sst>{}</sst>", "<si></si>".repeat(1_000_001));
    let parts = [("_rels/.rels", root), ("xl/sharedStrings.xml", &texts)];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("writable");
        archive.write_all(text.as_bytes()).expect("writable");
    }
    archive.finish().expect("writable").into_inner()
}

#[test]
fn while_a_hostile_workbook_is_read_nobody_waits_for_a_connection() {
    // One connection, and so one thread that asks the database.
    let app = TestApp::with(&["--database-connections", "1"]);
    let (thief, user) = (app.user(), app.user());
    let bomb = too_many_texts();
    assert!(bomb.len() < 50_000, "{}", bomb.len());
    let refused = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let request = thief.request("POST", "/v1/imports").body(XLSX, bomb);
            let answer = request.send();
            refused.store(true, Ordering::SeqCst);
            let answer = answer.problem(422, "unreadable_file");
            assert!(answer.text_at("/detail").contains("too large"), "{answer}");
        });
        let mut meanwhile = 0;
        while !refused.load(Ordering::SeqCst) {
            user.get("/v1/imports").expect(200);
            meanwhile += usize::from(!refused.load(Ordering::SeqCst));
        }
        println!("{meanwhile} requests were answered meanwhile");
        assert!(
            meanwhile >= 10,
            "{meanwhile} requests were answered meanwhile"
        );
    });
}
