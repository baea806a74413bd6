//! Somebody who receives webhooks: a small HTTP server on loopback that remembers what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::victim::eventually;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    /// A header as text.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a text"))
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// What it tells of.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }

    /// Does a library that nobody here wrote accept it?
    pub fn is_signed_with(&self, secret: &str) -> bool {
        standardwebhooks::Webhook::new(secret)
            .expect("a secret")
            .verify(self.body.as_bytes(), &self.headers)
            .is_ok()
    }
}

/// What is answered.
pub enum Reply {
    /// A status with a short body.
    Status(u16),
    /// A head, as it is sent, and a body.
    Raw(String),
    /// Nothing, until the other side gives up.
    Silence,
}

type Answering = dyn Fn(&Received) -> Reply + Send + Sync;

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    closed: AtomicBool,
}

/// The server. It ends when it is dropped.
pub struct Receiver {
    address: SocketAddr,
    seen: Arc<Seen>,
}

impl Receiver {
    /// Answers everything with 200.
    pub fn start() -> Self {
        Self::answering(|_| Reply::Status(200))
    }

    /// Answers as told.
    pub fn answering(reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::on("127.0.0.1:0", reply)
    }

    /// The same on a certain address.
    pub fn on(address: &str, reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (seen, reply): (_, Arc<Answering>) = (Arc::new(Seen::default()), Arc::new(reply));
        let all = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if all.closed.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                all.connections.fetch_add(1, Ordering::SeqCst);
                let (seen, reply) = (Arc::clone(&all), Arc::clone(&reply));
                thread::spawn(move || serve(stream, &seen, &*reply));
            }
        });
        Self { address, seen }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path there.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that was sent so far, in its order.
    pub fn received(&self) -> Vec<Received> {
        let requests = self.seen.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections there were, whether anything was sent or not.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Waits until so many requests have come, and gives them.
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        eventually(&format!("{count} requests"), || {
            self.received().len() >= count
        });
        self.received()
    }

    /// What the requests so far tell of.
    pub fn kinds(&self) -> Vec<String> {
        self.received().iter().map(Received::kind).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.seen.closed.store(true, Ordering::Relaxed);
        // The thread looks at it when somebody comes.
        TcpStream::connect(self.address).ok();
    }
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut lines = BufReader::new(stream);
    let mut line = || {
        let mut text = String::new();
        lines.read_line(&mut text).ok().filter(|count| *count > 0)?;
        Some(text.trim_end().to_owned())
    };
    let path = line()?.split(' ').nth(1)?.to_owned();
    let mut headers = HeaderMap::new();
    loop {
        let head = line()?;
        if head.is_empty() {
            break;
        }
        let (name, value) = head.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    let length = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    Some(Received {
        path,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

fn serve(mut stream: TcpStream, seen: &Seen, reply: &Answering) {
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok();
    let Some(request) = read(&stream) else { return };
    let answer = reply(&request);
    let all = seen.requests.lock();
    all.unwrap_or_else(PoisonError::into_inner).push(request);
    match answer {
        Reply::Status(status) => {
            let text =
                format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            stream.write_all(text.as_bytes()).ok();
        }
        Reply::Raw(text) => _ = stream.write_all(text.as_bytes()).ok(),
        Reply::Silence => _ = stream.read(&mut [0]).ok(),
    }
}
