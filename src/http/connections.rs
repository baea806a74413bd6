//! Open connections: how many there are, and an end for those whose client does not go on.
//!
//! The protocol layer limits the first head of a connection and the pause between two requests, but not
//! a second head that comes letter by letter, a body that nobody wants, or an answer that nobody reads.
//! So each connection has an instant by which its client has to get on with it; while the service itself
//! is at work, it has none.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use rustix::io::Errno;
use rustix::net::sockopt::{set_socket_linger, set_tcp_user_timeout};
use rustix::net::{RecvFlags, Shutdown, recv, shutdown};

/// What is added to a client's time for each kilobyte that it has to take, in milliseconds: half a
/// megabit a second is little even on the move.
const PER_KILOBYTE: u64 = 15;
/// The instant of a connection that the service itself is at work on.
const NONE: u64 = u64::MAX;

/// All connections of the service.
pub struct Connections {
    begin: Instant,
    patience: Duration,
    next: AtomicU64,
    open: Mutex<HashMap<u64, Arc<Connection>>>,
}

/// One connection.
pub struct Connection {
    /// A second handle of the socket, to hang up with.
    socket: OwnedFd,
    begin: Instant,
    patience: Duration,
    /// When the client has to have done something, in milliseconds after `begin`.
    due: AtomicU64,
}

/// Counts a connection as open until it is dropped; belongs to the data of the connection.
pub struct Open {
    all: Arc<Connections>,
    number: u64,
    connection: Arc<Connection>,
}

impl Connections {
    /// Connections whose clients may do nothing for so long.
    pub fn new(patience: Duration) -> Self {
        Self {
            begin: Instant::now(),
            patience,
            next: AtomicU64::new(0),
            open: Mutex::default(),
        }
    }

    /// Takes a new connection in.
    ///
    /// # Errors
    /// When the process may not open any more files.
    pub fn take(self: &Arc<Self>, socket: &impl AsFd) -> io::Result<Open> {
        let connection = Arc::new(Connection {
            socket: socket.as_fd().try_clone_to_owned()?,
            begin: self.begin,
            patience: self.patience,
            due: AtomicU64::new(NONE),
        });
        connection.wait_for_client(0);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(number, Arc::clone(&connection));
        Ok(Open {
            all: Arc::clone(self),
            number,
            connection,
        })
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Hangs up on clients that have let their time pass.
    pub fn close_overdue(&self) {
        let now = millis(self.begin.elapsed());
        for connection in self.lock().values() {
            if connection.due.load(Ordering::Relaxed) < now {
                connection.hang_up();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// The connection itself.
    pub fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.connection)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
    }
}

impl Connection {
    /// Ends the connection, and what the client has not taken yet with it: else the kernel would keep
    /// that for minutes.
    fn hang_up(&self) {
        let at_once = set_socket_linger(&self.socket, Some(Duration::ZERO));
        // It may have ended in this very moment, which is as good.
        if let Err(error) = at_once.and(shutdown(&self.socket, Shutdown::Both)) {
            log::debug!("hanging up: {error}");
        }
    }

    /// Lets the kernel end the connection when the client acknowledges nothing for so long. Otherwise it would
    /// go on trying for a quarter of an hour.
    pub fn notice_silence(&self, limit: Duration) {
        let millis = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
        if let Err(error) = set_tcp_user_timeout(&self.socket, millis) {
            log::debug!("TCP_USER_TIMEOUT: {error}");
        }
    }

    /// Has the client closed its side? While an answer goes out, the protocol layer notices only when it writes.
    pub fn is_left(&self) -> bool {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        match recv(&self.socket, &mut [0; 1], flags) {
            Ok((_, read)) => read == 0,
            Err(error) => error != Errno::WOULDBLOCK && error != Errno::INTR,
        }
    }

    /// The service is at work: the client need not do anything.
    pub fn work(&self) {
        self.due.store(NONE, Ordering::Relaxed);
    }

    /// The client has to take so many bytes, and then to send the next request or to go.
    fn wait_for_client(&self, bytes: usize) {
        let kilobytes = u64::try_from(bytes / 1024).unwrap_or(u64::MAX);
        let taking = PER_KILOBYTE.saturating_mul(kilobytes);
        let due = millis(self.begin.elapsed() + self.patience).saturating_add(taking);
        self.due.store(due, Ordering::Relaxed);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(NONE)
}

/// The body of an answer, which tells its connection whose turn it is.
pub struct Tracked {
    body: BoxBody,
    connection: Option<Arc<Connection>>,
    sent: usize,
}

impl Tracked {
    /// A body that goes out on this connection.
    pub fn new(body: BoxBody, connection: Option<Arc<Connection>>) -> Self {
        Self {
            body,
            connection,
            sent: 0,
        }
    }
}

impl MessageBody for Tracked {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        if let Some(connection) = &self.connection {
            match &next {
                Poll::Ready(Some(Ok(bytes))) => {
                    connection.wait_for_client(bytes.len());
                    self.sent = bytes.len();
                }
                Poll::Pending => connection.work(),
                Poll::Ready(_) => {}
            }
        }
        next
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            connection.wait_for_client(self.sent);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).expect("a connection");
        (client, listener.accept().expect("a connection").0)
    }

    #[test]
    fn only_a_client_whose_turn_it_is_is_hung_up_on() {
        let all = Arc::new(Connections::new(Duration::ZERO));
        let ((mut late, first), (working, second)) = (pair(), pair());
        let (_first, second) = (
            all.take(&first).expect("a file"),
            all.take(&second).expect("a file"),
        );
        second.connection().work();
        std::thread::sleep(Duration::from_millis(5));
        all.close_overdue();
        assert_eq!(late.read(&mut [0]).expect("an end"), 0);
        working.set_nonblocking(true).expect("a socket");
        assert!(working.peek(&mut [0]).is_err(), "it is still open");
    }

    #[test]
    fn a_client_that_has_gone_is_noticed_without_a_word() {
        let all = Arc::new(Connections::new(Duration::from_secs(60)));
        let (client, server) = pair();
        let open = all.take(&server).expect("a file");
        assert!(!open.connection().is_left());
        drop(client);
        while !open.connection().is_left() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_connection_is_counted_until_it_is_dropped() {
        let all = Arc::new(Connections::new(Duration::from_secs(60)));
        let (_client, server) = pair();
        let open = all.take(&server).expect("a file");
        assert_eq!(all.count(), 1);
        drop(open);
        assert_eq!(all.count(), 0);
    }
}
