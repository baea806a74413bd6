//! A connection on which one need not wait for an answer before one asks again.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::BytesMut;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{DataRowBody, Message};
use postgres_protocol::message::frontend;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::rows::{Columns, Found};
use super::select::{Name, Question};
use crate::db::tx;

/// The name of the statement that opens a transaction.
const OPENING: &str = "opening";
/// The form of every value, there and back: PostgreSQL's binary one.
const BINARY: [i16; 1] = [1];
/// Room that is made for what comes next: a page of 25 applications fits.
const ROOM: usize = 16 * 1_024;

/// An open connection, and what is prepared on it.
pub(super) struct Line {
    asked: mpsc::UnboundedSender<Asked>,
    prepared: Mutex<HashMap<Name, Arc<Prepared>>>,
}

/// A statement that the server knows by a name, and what it finds, as soon as the server has described it.
struct Prepared {
    name: String,
    columns: OnceLock<Columns>,
}

/// What is sent for a read, and who waits for its answer.
struct Asked {
    messages: BytesMut,
    awaited: Awaited,
}

struct Awaited {
    statement: Arc<Prepared>,
    rows: Vec<DataRowBody>,
    /// How many statements came to their end.
    completed: u8,
    answer: oneshot::Sender<Vec<DataRowBody>>,
}

impl Line {
    /// On a socket where the server waits for what is asked. A task on this thread takes care of it until nobody
    /// has the line any more, or the connection is lost.
    pub(super) fn on(socket: impl AsyncRead + AsyncWrite + 'static) -> Self {
        let (asked, asking) = mpsc::unbounded_channel();
        actix_web::rt::spawn(async move {
            if carry(socket, asking).await.is_err() {
                log::debug!("a connection for reads in one trip was lost");
            }
        });
        Self {
            asked,
            prepared: Mutex::default(),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.asked.is_closed()
    }

    /// Asks in a transaction of its own: all that is sent until Sync is one, without BEGIN and COMMIT, and when a
    /// part of it fails the server passes over the rest.
    pub(super) async fn read(&self, owner: Uuid, question: &Question<'_>) -> Result<Found, Fault> {
        let (answer, answered) = oneshot::channel();
        let statement = self.ask(owner, question, answer)?;
        let rows = answered.await.map_err(|_| Fault::Connection)?;
        let columns = statement.columns.get().cloned().ok_or(Fault::Connection)?;
        Ok(Found { columns, rows })
    }

    fn ask(
        &self,
        owner: Uuid,
        question: &Question<'_>,
        answer: oneshot::Sender<Vec<DataRowBody>>,
    ) -> Result<Arc<Prepared>, Fault> {
        let (name, binds) = (question.name()?, question.binds()?);
        let mut messages = BytesMut::with_capacity(512);
        // Held until all is sent, so that nobody names a statement of which the server was not told before.
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if prepared.is_empty() {
            frontend::parse(OPENING, &tx::opening_statement(), [], &mut messages)?;
        }
        let owner = owner.to_string();
        let owners = format!("{{{owner}}}");
        execute(OPENING, [Some(owner), Some(owners)], &mut messages)?;
        let known = prepared.get(&name).cloned();
        let statement = match &known {
            Some(statement) => Arc::clone(statement),
            None => {
                let name = format!("s{}", prepared.len());
                frontend::parse(&name, &question.sql()?, question.types()?, &mut messages)?;
                frontend::describe(b'S', &name, &mut messages)?;
                let columns = OnceLock::new();
                Arc::new(Prepared { name, columns })
            }
        };
        execute(&statement.name, binds, &mut messages)?;
        frontend::sync(&mut messages);
        if known.is_none() {
            prepared.insert(name, Arc::clone(&statement));
        }
        let awaited = Awaited {
            statement: Arc::clone(&statement),
            rows: Vec::new(),
            completed: 0,
            answer,
        };
        let sent = self.asked.send(Asked { messages, awaited });
        sent.map_err(|_| Fault::Connection)?;
        Ok(statement)
    }
}

/// Writes what has a prepared statement executed.
fn execute<V: AsRef<[u8]>>(
    statement: &str,
    values: impl IntoIterator<Item = Option<V>>,
    messages: &mut BytesMut,
) -> Result<(), Fault> {
    let write = |value: Option<V>, out: &mut BytesMut| {
        let Some(value) = value else {
            return Ok(IsNull::Yes);
        };
        out.extend_from_slice(value.as_ref());
        Ok(IsNull::No)
    };
    frontend::bind("", statement, BINARY, values, write, BINARY, messages)
        .map_err(|_| Fault::Statement)?;
    frontend::execute("", 0, messages)?;
    Ok(())
}

/// Sends what is asked, and hands the answers to those who wait, one after the other.
async fn carry(
    socket: impl AsyncRead + AsyncWrite,
    mut asking: mpsc::UnboundedReceiver<Asked>,
) -> io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(socket);
    let (mut inbox, mut outbox) = (BytesMut::new(), BytesMut::new());
    let mut waiting: VecDeque<Awaited> = VecDeque::new();
    loop {
        inbox.reserve(ROOM);
        tokio::select! {
            // All that is asked at the same time goes in one piece.
            biased;
            next = asking.recv() => {
                let Some(asked) = next else { break };
                outbox.extend_from_slice(&asked.messages);
                waiting.push_back(asked.awaited);
            }
            written = writer.write_buf(&mut outbox), if !outbox.is_empty() => {
                if written? == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
            }
            read = reader.read_buf(&mut inbox) => {
                if read? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                while let Some(message) = Message::parse(&mut inbox)? {
                    hear(message, &mut waiting)?;
                }
            }
        }
    }
    frontend::terminate(&mut outbox);
    writer.write_all(&outbox).await
}

/// Takes a message for the one who has waited longest. Rows are the answer only where the statement before them,
/// which sets role and owner, came to its end.
fn hear(message: Message, waiting: &mut VecDeque<Awaited>) -> io::Result<()> {
    let Some(first) = waiting.front_mut() else {
        // Such as a notice, or the words before the end of a connection.
        return Ok(());
    };
    match message {
        Message::RowDescription(described) => {
            let columns = Columns::read(&described)?;
            // The server describes a statement once.
            let _ = first.statement.columns.set(columns);
        }
        Message::DataRow(row) if first.completed == 1 => first.rows.push(row),
        Message::CommandComplete(_) => first.completed += 1,
        Message::ErrorResponse(_) => return Err(io::Error::other("the server refused")),
        Message::ReadyForQuery(_) => {
            if let Some(done) = waiting.pop_front()
                && done.completed == 2
            {
                // Whoever gave up waiting takes nothing.
                let _ = done.answer.send(done.rows);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Why nothing was read. The caller reads the plain way, and learns there what is to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection, which must not be used again, or the server behind it.
    Connection,
    /// The statement, which cannot go this way; the connection is as good as before.
    Statement,
}

impl From<io::Error> for Fault {
    fn from(_: io::Error) -> Self {
        Self::Statement
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(_: diesel::result::Error) -> Self {
        Self::Statement
    }
}
