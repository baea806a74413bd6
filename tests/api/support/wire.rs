//! A plain HTTP/1.1 client that hides nothing: one connection, no retries, every fault told as it happened.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No answer takes longer than this in any experiment that passes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no answer.
#[derive(Debug)]
pub enum Fault {
    /// Nobody listens: the request was certainly not seen.
    Refused,
    /// The connection broke, or the answer was cut short.
    Broken(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// From the first byte sent to the last one received.
    pub took: Duration,
}

impl Answer {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A text member of the body.
    pub fn member(&self, name: &str) -> String {
        self.json()[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {}", self.text()))
            .to_owned()
    }

    /// The `code` of a problem; empty when it is none.
    pub fn code(&self) -> String {
        let code = serde_json::from_slice::<Value>(&self.body).ok();
        code.and_then(|body| body["code"].as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    /// A request without a body.
    pub fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json")
            .bytes(body.to_string())
    }

    /// Sets the bytes of the body.
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    fn encode(&self, address: SocketAddr, bearer: Option<&str>) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {address}\r\n",
            self.method, self.target
        );
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(token) = bearer {
            head += &format!("Authorization: Bearer {token}\r\n");
        }
        if let Some(body) = &self.body {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        head += "\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend(self.body.iter().flatten());
        bytes
    }
}

/// A client with at most one connection, which it keeps as long as the server does.
pub struct Wire {
    address: SocketAddr,
    bearer: Option<String>,
    connection: Option<BufReader<TcpStream>>,
}

impl Wire {
    /// A client without a token.
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            bearer: None,
            connection: None,
        }
    }

    /// A client that shows a token.
    pub fn with_token(address: SocketAddr, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..Self::to(address)
        }
    }

    /// Where it sends to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// GET.
    pub fn get(&mut self, target: &str) -> Result<Answer, Fault> {
        self.send(&Call::new("GET", target))
    }

    /// POST of a JSON body.
    pub fn post(&mut self, target: &str, body: &Value) -> Result<Answer, Fault> {
        self.send(&Call::new("POST", target).json(body))
    }

    /// Closes the connection, so that the next request opens another one.
    pub fn hang_up(&mut self) {
        self.connection = None;
    }

    /// Sends one request, once.
    pub fn send(&mut self, call: &Call) -> Result<Answer, Fault> {
        let begin = Instant::now();
        let bytes = call.encode(self.address, self.bearer.as_deref());
        let mut connection = match self.connection.take() {
            Some(kept) if is_open(kept.get_ref()) => kept,
            _ => BufReader::new(connect(self.address)?),
        };
        connection.get_mut().write_all(&bytes)?;
        let (mut answer, keeps) = read_answer(&mut connection, call.method == "HEAD")?;
        answer.took = begin.elapsed();
        self.connection = keeps.then_some(connection);
        Ok(answer)
    }
}

/// Opens a connection.
pub fn connect(address: SocketAddr) -> Result<TcpStream, Fault> {
    let stream = TcpStream::connect(address).map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => Fault::Refused,
        _ => Fault::from(error),
    })?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Has the server not closed a connection that was kept? It may, as long as it was not asked anything.
fn is_open(stream: &TcpStream) -> bool {
    let quiet = stream.set_nonblocking(true).is_ok()
        && stream
            .peek(&mut [0])
            .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).is_ok() && quiet
}

/// Reads one answer, and says whether the connection stays.
pub fn read_answer(stream: &mut impl BufRead, head_only: bool) -> Result<(Answer, bool), Fault> {
    let status_line = read_line(stream)?;
    let status: u16 = status_line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .ok_or_else(|| Fault::Broken(format!("no status line: {status_line:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| Fault::Broken(format!("no header: {line:?}")))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
        took: Duration::ZERO,
    };
    if !head_only && status != 204 && status != 304 {
        let length = answer
            .header("content-length")
            .and_then(|length| length.parse().ok());
        answer.body = match length {
            Some(length) => read_piece(stream, length)?,
            None if answer.header("transfer-encoding") == Some("chunked") => read_chunks(stream)?,
            None => return Err(Fault::Broken("no Content-Length".to_owned())),
        };
    }
    let keeps = answer.header("connection") != Some("close");
    Ok((answer, keeps))
}

fn read_piece(stream: &mut impl BufRead, length: usize) -> Result<Vec<u8>, Fault> {
    let mut piece = vec![0; length];
    stream.read_exact(&mut piece)?;
    Ok(piece)
}

fn read_chunks(stream: &mut impl BufRead) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?;
        let length = usize::from_str_radix(&line, 16)
            .map_err(|_| Fault::Broken(format!("no length of a chunk: {line:?}")))?;
        body.extend(read_piece(stream, length)?);
        if !read_line(stream)?.is_empty() {
            return Err(Fault::Broken("a chunk does not end".to_owned()));
        }
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Reads the head of an answer as it comes, without the empty line at its end.
pub fn read_head(stream: &mut impl BufRead) -> Result<String, Fault> {
    let mut head = String::new();
    loop {
        match read_line(stream)?.as_str() {
            "" => return Ok(head),
            line => head += &format!("{line}\n"),
        }
    }
}

fn read_line(stream: &mut impl BufRead) -> Result<String, Fault> {
    let mut line = String::new();
    stream.take(64 * 1024).read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => Err(Fault::Broken(format!("the answer ends after {line:?}"))),
    }
}
