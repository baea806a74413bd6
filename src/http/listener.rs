//! The door of the service: a listening socket that can be closed without losing anyone.
//!
//! A client whose connection the kernel has accepted may have sent its request already; closing the
//! socket then would reset it. So first nobody is let in any more, then those who are in are waited for,
//! and only then the socket is closed. From then on others are refused, which tells them to go to another
//! replica; whoever knocked in between knocks again after a second and is refused, too.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{Shutdown, listen, shutdown};

/// Connections that the kernel keeps until they are taken; it may keep fewer.
const QUEUE: i32 = 4_096;
/// How long somebody who has begun to connect may take to be let in.
const HANDSHAKE: Duration = Duration::from_millis(20);
/// How long the accepting thread gets to take in those who wait.
const MOMENT: Duration = Duration::from_micros(100);
/// How often an empty queue is looked for: two seconds in all.
const LOOKS: u32 = 20_000;

/// A listening socket that somebody else accepts from.
pub struct Listener(TcpListener);

impl Listener {
    /// Listens on an address; the second socket is the same one, for the server that accepts.
    ///
    /// # Errors
    /// Those of the operating system: taken, not allowed, not an address of this machine.
    pub fn bind(address: SocketAddr) -> io::Result<(Self, TcpListener)> {
        let socket = TcpListener::bind(address)?;
        listen(&socket, QUEUE)?;
        let same = socket.try_clone()?;
        Ok((Self(socket), same))
    }

    /// Stops listening as soon as nobody waits to be let in.
    pub async fn close(&self) {
        match let_nobody_in(&self.0) {
            Ok(()) => tokio::time::sleep(HANDSHAKE).await,
            Err(error) => log::debug!("newcomers are let in until the end: {error}"),
        }
        let mut looks = 0;
        while self.has_someone_waiting() && looks < LOOKS {
            looks += 1;
            tokio::time::sleep(MOMENT).await;
        }
        // Elsewhere than on Linux this may be refused: then the socket closes with the server.
        if let Err(error) = shutdown(&self.0, Shutdown::Both) {
            log::debug!("the listening socket closes later: {error}");
        }
    }

    fn has_someone_waiting(&self) -> bool {
        let mut sockets = [PollFd::new(&self.0, PollFlags::IN)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        poll(&mut sockets, Some(&now)).is_ok_and(|count| count > 0)
    }
}

/// Has the kernel pass over the packets by which connections begin. Between the look at the queue and the end
/// of the socket somebody else could come in: a few microseconds, or as long as a busy machine likes.
#[cfg(target_os = "linux")]
fn let_nobody_in(socket: &TcpListener) -> io::Result<()> {
    use socket2::{SockFilter, SockRef};
    // In the language of BPF: take the byte with the flags of TCP; with SYN among them, nothing of the packet
    // is kept, else all of it.
    const BEGINNINGS: [SockFilter; 4] = [
        SockFilter::new(0x30, 0, 0, 13),
        SockFilter::new(0x45, 0, 1, 0x02),
        SockFilter::new(0x06, 0, 0, 0),
        SockFilter::new(0x06, 0, 0, u32::MAX),
    ];
    SockRef::from(socket).attach_filter(&BEGINNINGS)
}

#[cfg(not(target_os = "linux"))]
fn let_nobody_in(_: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::TcpStream;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn whoever_knocks_at_the_end_is_not_let_in_to_be_thrown_out() {
        let any_port = "127.0.0.1:0".parse().expect("an address");
        let (listener, socket) = Listener::bind(any_port).expect("a port");
        let address = socket.local_addr().expect("an address");
        let mut early = TcpStream::connect(address).expect("let in");
        let_nobody_in(&listener.0).expect("the kernel knows filters");
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(200));
        assert_eq!(
            late.map_err(|error| error.kind()).err(),
            Some(ErrorKind::TimedOut)
        );
        let (mut stream, _) = socket.accept().expect("someone waits");
        early.write_all(b"x").expect("sent");
        let mut heard = [0];
        stream.read_exact(&mut heard).expect("what was sent");
        assert_eq!(&heard, b"x");
    }

    #[tokio::test]
    async fn who_was_let_in_is_served_and_others_are_refused() {
        let any_port = "127.0.0.1:0".parse().expect("an address");
        let (listener, socket) = Listener::bind(any_port).expect("a port");
        let address = socket.local_addr().expect("an address");
        let mut early = TcpStream::connect(address).expect("let in");
        let server = std::thread::spawn(move || {
            // The one who accepts is late.
            std::thread::sleep(Duration::from_millis(50));
            let (mut stream, _) = socket.accept().expect("someone waits");
            stream.write_all(b"x").expect("sent");
            socket
        });
        listener.close().await;
        let late = TcpStream::connect(address).map_err(|error| error.kind());
        assert_eq!(late.err(), Some(ErrorKind::ConnectionRefused));
        let mut answer = [0];
        early.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"x");
        drop(server.join().expect("no panic"));
    }
}
