//! Promise 28: a webhook never reaches inside, however its URL is written and wherever its name leads.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rebound::webhooks::Names;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::receiver::{Receiver, Reply};
use crate::webhooks::{app_of_public_ways, deliveries, hook_with};

/// Ways to write loopback, link-local and private addresses, and names for them.
const INSIDE: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "%31%32%37.1",
    "127\u{3002}0\u{3002}0\u{3002}1",
    "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
    "0",
    "0.0.0.0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[ff02::1]",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "[2001:db8::1]",
    "localhost",
    "localhost.",
    "LocalHost",
    "x.localhost",
    "metadata.google.internal",
    "intranet",
    "printer.local",
];

/// What the last attempt of the one delivery to a webhook failed with, after a ping.
#[track_caller]
fn failure_of_a_ping(user: &User<'_>, webhook: &str) -> String {
    let ping = format!("/v1/webhooks/{webhook}/ping");
    user.post(&ping, json!({})).expect(201);
    let tried = deliveries(user, webhook).remove(0);
    let failure = &tried["attempts"][0]["failure"];
    failure
        .as_str()
        .unwrap_or_else(|| panic!("{tried}"))
        .to_owned()
}

#[test]
fn no_spelling_of_an_inner_address_is_taken_and_none_is_reached_that_was_stored() {
    let inner = Receiver::on("127.0.0.1:0", |_| Reply::Status(200));
    let app = app_of_public_ways();
    let user = app.user();
    let port = inner.address().port();
    let stored = hook_with(&user, json!({"url": "https://hooks.example.com/"})).id();
    for host in INSIDE {
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{host}:{port}/");
            let body = json!({"url": url, "event_types": ["*"]});
            let refused = user
                .post("/v1/webhooks", body)
                .problem(422, "invalid_fields");
            assert_eq!(refused.faults()[0].0, "/url", "{url}");
            // As if an older version had taken it: it is looked at again each time.
            app.execute(&format!(
                "UPDATE webhooks SET url = '{url}' WHERE id = '{stored}'"
            ));
            assert_eq!(
                failure_of_a_ping(&user, &stored),
                "address_refused",
                "{url}"
            );
        }
    }
    assert_eq!(inner.connections(), 0);
}

#[test]
fn a_name_that_leads_inside_is_not_connected_to() {
    let inner = Receiver::on("127.0.0.1:0", |_| Reply::Status(200));
    let names = Names::by(|name| {
        let addresses: &[&str] = match name.trim_end_matches('.') {
            "loop.example.com" => &["127.0.0.1"],
            "six.example.com" => &["::1"],
            "mapped.example.com" => &["::ffff:127.0.0.1"],
            "cloud.example.com" => &["169.254.169.254"],
            "mixed.example.com" => &["8.8.8.8", "127.0.0.1"],
            "first.example.com" => &["127.0.0.1", "8.8.8.8"],
            _ => &[],
        };
        Ok(addresses
            .iter()
            .map(|it| it.parse().expect("an address"))
            .collect())
    });
    let app = TestApp::knowing(&names, &[]);
    let user = app.user();
    let port = inner.address().port();
    for name in ["loop", "six", "mapped", "cloud", "mixed", "first"] {
        let url = format!("https://{name}.example.com:{port}/");
        let id = hook_with(&user, json!({"url": url})).id();
        assert_eq!(failure_of_a_ping(&user, &id), "address_refused", "{name}");
    }
    let id = hook_with(
        &user,
        json!({"url": format!("https://nobody.example.com:{port}/")}),
    )
    .id();
    assert_eq!(failure_of_a_ping(&user, &id), "name_unknown");
    assert_eq!(inner.connections(), 0);
}

#[test]
fn what_was_looked_at_is_what_is_connected_to_although_the_name_leads_elsewhere_a_moment_later() {
    // Here 127.0.0.2 stands for the public, and 127.0.0.1 is inside as ever.
    let outer = Receiver::on("127.0.0.2:0", |_| Reply::Status(200));
    let port = outer.address().port();
    let inner = Receiver::on(&format!("127.0.0.1:{port}"), |_| Reply::Status(200));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let names = Names::by(move |_| {
        let good = count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        let address: IpAddr = if good { "127.0.0.2" } else { "127.0.0.1" }
            .parse()
            .expect("an address");
        Ok(vec![address])
    });
    let app = TestApp::knowing(&names, &["--webhook-allowed-networks", "127.0.0.2/32"]);
    let user = app.user();
    let url = format!("http://rebinding.example.com:{port}/");
    let id = hook_with(&user, json!({"url": url, "event_types": ["goal.created"]})).id();
    let ping = format!("/v1/webhooks/{id}/ping");
    for round in 0..4 {
        user.post(&ping, json!({})).expect(201);
        assert_eq!(deliveries(&user, &id)[0]["state"], "delivered", "{round}");
        assert_eq!(failure_of_a_ping(&user, &id), "address_refused", "{round}");
    }
    assert_eq!((outer.connections(), inner.connections()), (4, 0));
    assert_eq!(
        asked.load(Ordering::SeqCst),
        8,
        "looked at once for each attempt"
    );
}

#[test]
fn a_redirect_leads_nowhere() {
    let inner = Receiver::on("127.0.0.1:0", |_| Reply::Status(200));
    let target = inner.url("/");
    let outer = Receiver::on("127.0.0.2:0", move |request| {
        let status = request.path.trim_start_matches('/').to_owned();
        Reply::Raw(format!(
            "HTTP/1.1 {status} X\r\nLocation: {target}\r\nRefresh: 0; url={target}\r\nContent-Length: 0\r\n\r\n"
        ))
    });
    let app = TestApp::with(&["--webhook-allowed-networks", "127.0.0.2/32"]);
    let user = app.user();
    for status in ["200", "300", "301", "302", "303", "307", "308"] {
        let url = outer.url(&format!("/{status}"));
        let id = hook_with(&user, json!({"url": url, "event_types": ["goal.created"]})).id();
        let ping = format!("/v1/webhooks/{id}/ping");
        user.post(&ping, json!({})).expect(201);
        let tried = deliveries(&user, &id).remove(0);
        let expected = if status == "200" {
            "delivered"
        } else {
            "failed"
        };
        assert_eq!(tried["state"], expected, "{status}");
    }
    assert_eq!((outer.connections(), inner.connections()), (7, 0));
}
