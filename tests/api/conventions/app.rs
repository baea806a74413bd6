//! The dashboard: every file of `app/` comes out of the binary, under its policy, and needs nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::app::TestApp;

/// Name and text of every file of the folder.
fn files() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("app");
    let mut found = Vec::new();
    walk(&root, &mut found);
    assert!(found.len() > 10, "{found:?}");
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("inside").to_string_lossy();
            (
                name.into_owned(),
                fs::read_to_string(&path).expect("UTF-8 text"),
            )
        })
        .collect()
}

#[test]
fn every_file_of_the_dashboard_is_served_with_its_type_policy_and_etag() {
    let app = TestApp::start();
    let home = app.get("/app").expect(308);
    assert_eq!(home.header("location"), "/app/");
    assert_eq!(
        app.get("/app/").expect(200).bytes,
        app.get("/app/index.html").expect(200).bytes
    );
    for (name, text) in files() {
        let path = format!("/app/{name}");
        let answer = app.get(&path).expect(200);
        assert_eq!(answer.text, text, "{path}");
        let kind = match name.rsplit_once('.').expect("a suffix").1 {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("no type is known for .{other}"),
        };
        assert_eq!(answer.header("content-type"), kind, "{path}");
        let policy = answer.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(directive), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        let etag = answer.header("etag");
        let again = app.get(&path).header("If-None-Match", etag).expect(304);
        assert!(again.bytes.is_empty());
        assert_eq!(again.header("etag"), etag);
        assert_eq!(again.header("content-security-policy"), policy);
        app.get(&path)
            .header("If-None-Match", "\"another\"")
            .expect(200);
    }
    for missing in [
        "/app/no-such-file.js",
        "/app/views/",
        "/app/../Cargo.toml",
        "/app/%2e%2e/Cargo.toml",
    ] {
        app.get(missing).problem(404, "not_found");
    }
}

#[test]
fn the_dashboard_refers_to_nothing_outside_and_writes_no_markup() {
    let files = files();
    for (name, text) in &files {
        let own = text.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http://", "https://", "\"//", "'//", "url(//", "@import"] {
            assert!(!own.contains(outside), "{name} refers to {outside}");
        }
        // The policy would stop these in a browser; text of users must not even be tried as markup.
        for markup in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "createContextualFragment",
            "eval(",
            "new Function",
            "srcdoc",
            " style=",
            " onclick=\"",
            "localStorage",
            "document.cookie",
        ] {
            assert!(!own.contains(markup), "{name} uses {markup}");
        }
        for import in own.lines().filter(|line| line.starts_with("import ")) {
            let target = import.split('"').nth(1).expect("a path");
            let folder = Path::new(name).parent().expect("a folder");
            let path = match target.strip_prefix("../") {
                Some(above) => PathBuf::from(above),
                None => folder.join(target.trim_start_matches("./")),
            };
            let path = path.to_string_lossy();
            assert!(
                files.contains_key(path.as_ref()),
                "{name} imports {target}, which is no file of the dashboard"
            );
        }
    }
    let page = &files["index.html"];
    for reference in ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .filter(|address| !address.starts_with('#'))
    {
        assert!(files.contains_key(reference), "{reference} is not served");
    }
    assert!(page.contains("<html lang=\"en\">"));
    assert!(!page.contains("<style"));
}

#[test]
fn a_client_can_count_the_time_by_the_date_of_an_answer() {
    let app = TestApp::start();
    app.set_clock("2031-02-03T04:05:06Z");
    let answer = app.user().get("/v1/next-actions").expect(200);
    assert_eq!(answer.header("date"), "Mon, 03 Feb 2031 04:05:06 GMT");
}
