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

use super::AT_ONCE;
use super::rows::{Columns, Found};
use super::select::{Name, Question};
use crate::db::{ids, tx};

/// The form of every value, there and back: PostgreSQL's binary one.
const BINARY: [i16; 1] = [1];
/// Room that is made for what comes next: a page of 25 applications fits.
const ROOM: usize = 16 * 1_024;

/// An open connection, and what is prepared on it.
pub(super) struct Line {
    /// How the names of its statements begin. A pooler that keeps none would else find those of another connection.
    names: String,
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
    /// Whose rows are to be found, as the server repeats it when it has set them.
    owners: String,
    step: Step,
    rows: Vec<DataRowBody>,
    answer: oneshot::Sender<Vec<DataRowBody>>,
}

/// How far the server has come with a read.
#[derive(Clone, Copy)]
enum Step {
    Asked,
    /// It has said that it set the owner.
    Set,
    /// What set role and owner came to its end: what comes next is the answer.
    Open,
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
        let names: [u8; 8] = ids::random();
        Self {
            names: format!("r{:x}_", u64::from_ne_bytes(names)),
            asked,
            prepared: Mutex::default(),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.asked.is_closed()
    }

    /// Asks, behind what sets role and owner.
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
        let opening = format!("{}o", self.names);
        if prepared.is_empty() {
            frontend::parse(&opening, &tx::opening_statement(), [], &mut messages)?;
        }
        let owner = owner.to_string();
        let owners = format!("{{{owner}}}");
        execute(&opening, [Some(&owner), Some(&owners)], &mut messages)?;
        let known = prepared.get(&name).cloned();
        let statement = match &known {
            Some(statement) => Arc::clone(statement),
            None => {
                let name = format!("{}{}", self.names, prepared.len());
                frontend::parse(&name, &question.sql()?, question.types()?, &mut messages)?;
                frontend::describe(b'S', &name, &mut messages)?;
                let columns = OnceLock::new();
                Arc::new(Prepared { name, columns })
            }
        };
        execute(&statement.name, binds, &mut messages)?;
        if known.is_none() {
            prepared.insert(name, Arc::clone(&statement));
        }
        let awaited = Awaited {
            statement: Arc::clone(&statement),
            rows: Vec::new(),
            owners,
            step: Step::Asked,
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
///
/// What is asked at the same time is sent together, with one Sync behind it. So it is one transaction, without BEGIN
/// and COMMIT, in which each read has its role and owner set right before it; when anything fails the server passes
/// over all that follows. And it is answered together: the server sends at a Sync, and each time it does somebody is
/// woken.
async fn carry(
    socket: impl AsyncRead + AsyncWrite,
    mut asking: mpsc::UnboundedReceiver<Asked>,
) -> io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(socket);
    let (mut inbox, mut outbox) = (BytesMut::new(), BytesMut::new());
    let mut together = Vec::new();
    let mut waiting: VecDeque<Awaited> = VecDeque::new();
    loop {
        inbox.reserve(ROOM);
        tokio::select! {
            biased;
            count = asking.recv_many(&mut together, AT_ONCE) => {
                if count == 0 {
                    break;
                }
                for asked in together.drain(..) {
                    outbox.extend_from_slice(&asked.messages);
                    waiting.push_back(asked.awaited);
                }
                frontend::sync(&mut outbox);
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
    if outbox.is_empty() {
        frontend::terminate(&mut outbox);
        writer.write_all(&outbox).await?;
    }
    Ok(())
}

/// Takes a message for the one who has waited longest. Whatever does not come in its turn ends the connection, so
/// that nobody is handed what another one asked for.
fn hear(message: Message, waiting: &mut VecDeque<Awaited>) -> io::Result<()> {
    let Some(first) = waiting.front_mut() else {
        return match message {
            Message::DataRow(_) | Message::CommandComplete(_) | Message::ErrorResponse(_) => {
                out_of_turn()
            }
            _ => Ok(()),
        };
    };
    match (message, first.step) {
        (Message::RowDescription(described), _) => {
            let columns = Columns::read(&described)?;
            // The server describes a statement once.
            let _ = first.statement.columns.set(columns);
        }
        (Message::DataRow(set), Step::Asked) if set.buffer().ends_with(first.owners.as_bytes()) => {
            first.step = Step::Set;
        }
        (Message::CommandComplete(_), Step::Set) => first.step = Step::Open,
        (Message::DataRow(row), Step::Open) => first.rows.push(row),
        (Message::CommandComplete(_), Step::Open) => {
            if let Some(done) = waiting.pop_front() {
                // Whoever gave up waiting takes nothing.
                let _ = done.answer.send(done.rows);
            }
        }
        (Message::DataRow(_) | Message::CommandComplete(_) | Message::ErrorResponse(_), _)
        | (Message::ReadyForQuery(_), Step::Set | Step::Open) => return out_of_turn(),
        _ => {}
    }
    Ok(())
}

fn out_of_turn() -> io::Result<()> {
    Err(io::Error::other("the server refused, or is out of step"))
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

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use tokio::io::{DuplexStream, duplex};

    use super::*;
    use crate::db::pipeline::Select;
    use crate::db::schema::users;

    const OWNER: Uuid = Uuid::from_u128(1);

    /// A message as the server sends it.
    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).expect("it is short");
        [&[tag], &length.to_be_bytes()[..], body].concat()
    }

    fn row(value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).expect("it is short");
        message(b'D', &[&[0, 1], &length.to_be_bytes()[..], value].concat())
    }

    fn set(owner: Uuid) -> Vec<u8> {
        row(format!("{{{owner}}}").as_bytes())
    }

    fn end() -> Vec<u8> {
        message(b'C', b"SELECT 1\0")
    }

    fn ready() -> Vec<u8> {
        message(b'Z', b"I")
    }

    fn described() -> Vec<u8> {
        let number = [0, 0, 0, 23];
        let column = [b"n\0", &[0; 6][..], &number, &[0, 4], &[255; 4], &[0, 1]].concat();
        message(b'T', &[&[0, 1], &column[..]].concat())
    }

    /// Reads at the same time for these owners from a server that says this.
    async fn read(owners: &[Uuid], said: &[Vec<u8>]) -> (Vec<Result<Vec<i32>, Fault>>, Vec<u8>) {
        let (ours, mut server): (DuplexStream, DuplexStream) = duplex(64 * 1_024);
        let line = Line::on(ours);
        server
            .write_all(&said.concat())
            .await
            .expect("there is room");
        let statement = users::table.select(users::version);
        let reads = owners.iter().map(|owner| async {
            let found = line
                .read(*owner, &Select::<i32>::question(&statement))
                .await?;
            Select::<i32>::values(&statement, &found).map_err(Fault::from)
        });
        let found = futures_util::future::join_all(reads).await;
        drop(line);
        let mut asked = Vec::new();
        // A server that is told nothing more sees the end of the connection.
        server.read_to_end(&mut asked).await.expect("it is heard");
        (found, asked)
    }

    /// How many messages of this kind were sent.
    fn count(tag: u8, mut sent: &[u8]) -> usize {
        let mut found = 0;
        while let [kind, a, b, c, d, ..] = *sent {
            found += usize::from(kind == tag);
            let length = u32::from_be_bytes([a, b, c, d]);
            sent = &sent[1 + usize::try_from(length).expect("it fits")..];
        }
        found
    }

    #[actix_web::test]
    async fn what_is_asked_at_the_same_time_is_one_transaction_and_each_read_has_its_owner() {
        let other = Uuid::from_u128(2);
        let one = |owner, number: u8| [set(owner), end(), row(&[0, 0, 0, number]), end()].concat();
        let said = [described(), one(OWNER, 7), one(other, 8), ready()];
        let (found, asked) = read(&[OWNER, other], &said).await;
        assert!(found == [Ok(vec![7]), Ok(vec![8])]);
        assert_eq!(count(b'S', &asked), 1, "one Sync");
        assert_eq!(count(b'E', &asked), 4, "both with what sets the owner");
        assert_eq!(count(b'P', &asked), 2, "each statement is prepared once");
        for owner in [OWNER, other] {
            let text = format!("{{{owner}}}");
            assert!(asked.windows(text.len()).any(|it| it == text.as_bytes()));
        }
    }

    #[actix_web::test]
    async fn rows_behind_another_owner_are_nobodys() {
        let said = [
            set(Uuid::from_u128(2)),
            end(),
            row(&[0, 0, 0, 7]),
            end(),
            ready(),
        ];
        let (found, _) = read(&[OWNER], &said).await;
        assert!(found == [Err(Fault::Connection)]);
    }

    #[actix_web::test]
    async fn rows_of_a_transaction_that_was_not_opened_are_nobodys() {
        for said in [
            [described(), end(), row(&[0, 0, 0, 7]), end()],
            [set(OWNER), row(&[0, 0, 0, 7]), end(), ready()],
            [set(OWNER), end(), ready(), row(&[0, 0, 0, 7])],
        ] {
            let (found, _) = read(&[OWNER], &said).await;
            assert!(found == [Err(Fault::Connection)]);
        }
    }

    #[actix_web::test]
    async fn an_error_is_the_end_for_all_who_wait() {
        let refused = message(b'E', b"SERROR\0C42501\0Mno\0\0");
        let said = [set(OWNER), end(), refused, ready()];
        let (found, _) = read(&[OWNER, OWNER], &said).await;
        assert!(found == [Err(Fault::Connection), Err(Fault::Connection)]);
    }

    #[actix_web::test]
    async fn a_notice_in_between_is_passed_over() {
        let notice = message(b'N', b"SNOTICE\0Mhello\0\0");
        let said = [
            set(OWNER),
            notice,
            end(),
            described(),
            row(&[0, 0, 0, 7]),
            end(),
            ready(),
        ];
        let (found, _) = read(&[OWNER], &said).await;
        assert!(found == [Ok(vec![7])]);
    }
}
