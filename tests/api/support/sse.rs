//! A reader of Server-Sent Events that hides nothing: one connection, read when the test asks for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use super::wire::{connect, read_head};

/// One block of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The place in the feed.
    pub id: Option<String>,
    /// The type of the event.
    pub event: Option<String>,
    /// The event; null when there is none.
    pub data: Value,
    /// When to come back.
    pub retry: Option<u64>,
    /// Is there a comment?
    pub comment: bool,
}

/// An open stream.
pub struct Sse {
    reader: BufReader<TcpStream>,
    waiting: Vec<u8>,
    /// The head of the answer, as it came.
    pub head: String,
}

impl Sse {
    /// Opens a stream, and insists that it is one. Nothing is read but the head.
    pub fn open(address: SocketAddr, token: &str, target: &str, last: Option<&str>) -> Self {
        let last = last.map_or_else(String::new, |id| format!("Last-Event-ID: {id}\r\n"));
        let mut stream = connect(address).expect("a connection");
        write!(
            stream,
            "GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n{last}\r\n"
        )
        .expect("sent");
        let mut reader = BufReader::with_capacity(512, stream);
        let head = read_head(&mut reader).expect("a head");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        Self {
            reader,
            waiting: Vec::new(),
            head,
        }
    }

    /// The connection, for what a test does to it.
    pub fn socket(&self) -> &TcpStream {
        self.reader.get_ref()
    }

    /// The next block; nothing when the stream has ended well.
    ///
    /// # Panics
    /// When the connection breaks, or nothing comes for half a minute.
    pub fn block(&mut self) -> Option<Block> {
        loop {
            if let Some(end) = self.waiting.windows(2).position(|it| it == b"\n\n") {
                let text: Vec<u8> = self.waiting.drain(..end + 2).collect();
                return Some(parse(&String::from_utf8(text).expect("UTF-8")));
            }
            let chunk = self.chunk();
            if chunk.is_empty() {
                assert!(self.waiting.is_empty(), "the stream ends in a block");
                return None;
            }
            self.waiting.extend(chunk);
        }
    }

    /// The next event, whatever comes before it; nothing when the stream has ended.
    pub fn event(&mut self) -> Option<Block> {
        std::iter::from_fn(|| self.block()).find(|block| block.event.is_some())
    }

    /// Reads to the end, and gives the events that came.
    pub fn rest(&mut self) -> Vec<Block> {
        std::iter::from_fn(|| self.event()).collect()
    }

    /// A piece in the transfer coding of HTTP/1.1; empty at the end.
    fn chunk(&mut self) -> Vec<u8> {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line");
        let size = usize::from_str_radix(line.trim(), 16).expect("the size of a chunk");
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk).expect("a chunk");
        chunk.truncate(size);
        chunk
    }
}

fn parse(text: &str) -> Block {
    let mut block = Block::default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').expect("a field");
        let value = value.trim_start().to_owned();
        match name {
            "" => block.comment = true,
            "id" => block.id = Some(value),
            "event" => block.event = Some(value),
            "data" => block.data = serde_json::from_str(&value).expect("JSON"),
            "retry" => block.retry = value.parse().ok(),
            other => panic!("no field of Server-Sent Events: {other}"),
        }
    }
    block
}
