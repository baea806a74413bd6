//! A small client: what is sent is said in one line, and an unexpected answer is shown whole.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::Value;

use super::document;

/// Sends requests to one service.
#[derive(Clone)]
pub struct Client {
    http: blocking::Client,
    address: SocketAddr,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let http = blocking::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(60))
            // An idle connection would hold up the end of the service.
            .pool_idle_timeout(Duration::from_secs(5))
            .build()
            .expect("a client");
        Self { http, address }
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        let name: Method = method.parse().expect("a method");
        let url = format!("http://{}{path}", self.address);
        Request {
            shown: format!("{method} {path}"),
            method: name.clone(),
            path: path.split('?').next().unwrap_or_default().to_owned(),
            inner: self.http.request(name, url),
        }
    }
}

/// A request that is being put together.
#[must_use = "it is sent by `send` or `expect`"]
pub struct Request {
    shown: String,
    method: Method,
    path: String,
    inner: blocking::RequestBuilder,
}

impl Request {
    /// Adds a header; its bytes need not be text.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = HeaderValue::from_bytes(value.as_ref()).expect("a header value");
        self.inner = self.inner.header(name, value);
        self
    }

    /// Signs in.
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    /// Sets a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a body of any kind.
    pub fn body(mut self, kind: &str, body: impl Into<blocking::Body>) -> Self {
        // `header` of reqwest adds; a second type would be a second header.
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            HeaderValue::from_str(kind).expect("a media type"),
        );
        self.inner = self.inner.headers(headers).body(body);
        self
    }

    /// Sends it. The answer has to be one that the API document knows.
    pub fn send(self) -> Answer {
        let response = self
            .inner
            .send()
            .unwrap_or_else(|error| panic!("{}: {error:?}", self.shown));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream has no end to be read to: its head is the answer.
        let is_stream = headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let bytes = match is_stream {
            true => Vec::new(),
            false => response
                .bytes()
                .unwrap_or_else(|error| panic!("{}: {error:?}", self.shown))
                .to_vec(),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Answer {
            shown: self.shown,
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            text,
            bytes,
        };
        document::check(&self.method, &self.path, &answer);
        answer
    }

    /// Sends it and insists on a status.
    pub fn expect(self, status: u16) -> Answer {
        self.send().expect(status)
    }

    /// Sends it and insists on a problem.
    pub fn problem(self, status: u16, code: &str) -> Answer {
        self.send().problem(status, code)
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked, for messages.
    pub shown: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// The JSON document; null when there is none.
    pub body: Value,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Insists on a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Insists on a problem.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "{self}"
        );
        self
    }

    /// A header as text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// A text in the body by its JSON Pointer.
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no text at {pointer}: {self}"))
    }

    /// The id of the resource.
    #[track_caller]
    pub fn id(&self) -> String {
        self.text_at("/id").to_owned()
    }

    /// The rows of a list.
    #[track_caller]
    pub fn data(&self) -> &[Value] {
        self.body["data"]
            .as_array()
            .unwrap_or_else(|| panic!("no list: {self}"))
    }

    /// One member of each row of a list, as text.
    #[track_caller]
    pub fn each(&self, member: &str) -> Vec<String> {
        self.data()
            .iter()
            .map(|row| match &row[member] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect()
    }

    /// Pointer and code of each field error, in order.
    pub fn faults(&self) -> Vec<(&str, &str)> {
        let errors = self.body["errors"].as_array();
        let mut faults: Vec<_> = errors
            .into_iter()
            .flatten()
            .map(|fault| {
                (
                    fault["pointer"].as_str().unwrap_or("?"),
                    fault["code"].as_str().unwrap_or("?"),
                )
            })
            .collect();
        faults.sort_unstable();
        faults
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start: String = self.text.chars().take(3_000).collect();
        write!(
            f,
            "{} answered {} {:?}\n{start}",
            self.shown, self.status, self.headers
        )
    }
}
