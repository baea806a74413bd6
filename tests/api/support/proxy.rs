//! A proxy between the service and its database that does what networks do: it delays, stalls, cuts, and forgets.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How often a direction looks whether the weather has changed.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// As it should be.
    Fair,
    /// Each piece of data arrives later.
    Slow(Duration),
    /// Connections stay and are made, and nothing arrives until the weather changes.
    Frozen,
    /// What is sent is taken and lost: a peer that is gone, behind a router that does not say so.
    HalfOpen,
    /// Connections end, new ones as soon as they are made.
    Cut,
}

/// Listens on a port of its own and passes everything on to a server's Unix socket.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    weather: Mutex<Weather>,
    upstream: PathBuf,
}

impl Proxy {
    /// A proxy in fair weather.
    pub fn to(upstream: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            weather: Mutex::new(Weather::Fair),
            upstream: upstream.to_owned(),
        });
        let told = Arc::clone(&shared);
        // It ends with the test process; what it stood for may end before.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let told = Arc::clone(&told);
                thread::spawn(move || told.connect(client));
            }
        });
        Self { address, shared }
    }

    /// Changes the weather for all connections, old and new.
    pub fn set(&self, weather: Weather) {
        *self.shared.lock() = weather;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn weather(&self) -> Weather {
        *self.lock()
    }

    fn connect(self: Arc<Self>, client: TcpStream) {
        if self.weather() == Weather::Cut {
            client.shutdown(Shutdown::Both).ok();
            return;
        }
        let Ok(server) = UnixStream::connect(&self.upstream) else {
            return;
        };
        client.set_nodelay(true).ok();
        client.set_read_timeout(Some(LOOK_AGAIN)).ok();
        server.set_read_timeout(Some(LOOK_AGAIN)).ok();
        let (Ok(from_server), Ok(to_client)) = (server.try_clone(), client.try_clone()) else {
            return;
        };
        let told = Arc::clone(&self);
        thread::spawn(move || told.pass(client, server));
        self.pass(from_server, to_client);
    }

    /// Passes one direction on until an end closes or the weather cuts it.
    fn pass(&self, mut from: impl Read + Hang, mut to: impl Write + Hang) {
        let mut piece = vec![0; 64 * 1024];
        let mut lost = false;
        loop {
            let weather = self.weather();
            lost |= weather == Weather::HalfOpen;
            // Whoever comes back does not know of connections from before.
            if weather == Weather::Cut || lost && weather != Weather::HalfOpen {
                break;
            }
            let count = match from.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if is_pause(&error) => continue,
                Err(_) => break,
            };
            if let Weather::Slow(delay) = self.weather() {
                thread::sleep(delay);
            }
            while self.weather() == Weather::Frozen {
                thread::sleep(LOOK_AGAIN);
            }
            lost |= self.weather() == Weather::HalfOpen;
            if lost {
                continue;
            }
            if to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        from.hang_up();
        to.hang_up();
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

trait Hang {
    fn hang_up(&self);
}

impl Hang for TcpStream {
    fn hang_up(&self) {
        self.shutdown(Shutdown::Both).ok();
    }
}

impl Hang for UnixStream {
    fn hang_up(&self) {
        self.shutdown(Shutdown::Both).ok();
    }
}
