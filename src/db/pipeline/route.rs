//! The way to a server, and through its door.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Config, NoTls};

use super::line::Line;

/// How long a connection may take to be opened.
const OPENING: Duration = Duration::from_secs(2);

/// The way to a server that needs no encryption.
pub(super) struct Route {
    place: Place,
    /// How one is let in there.
    config: Config,
}

/// Where a server listens.
enum Place {
    Unix(PathBuf),
    Tcp(String, u16),
}

impl Route {
    /// None where what libpq would do cannot be done here: an encrypted connection, a choice among several servers,
    /// or a word that only it knows.
    pub(super) fn to(url: &str) -> Option<Self> {
        let mut config: Config = url.parse().ok()?;
        let place = Place::of(&config)?;
        if config.get_target_session_attrs() != TargetSessionAttrs::Any {
            return None;
        }
        let is_private = config.get_ssl_mode() == SslMode::Disable || place.is_on_this_machine();
        config
            .ssl_mode(SslMode::Disable)
            .application_name("rebound");
        is_private.then_some(Self { place, config })
    }

    /// Opens a connection, which lives on the calling thread.
    pub(super) async fn open(&self) -> Option<Line> {
        let opened = tokio::time::timeout(OPENING, self.connect()).await;
        if !matches!(opened, Ok(Ok(_))) {
            log::debug!("no connection for reads in one trip can be opened");
        }
        opened.ok()?.ok()
    }

    async fn connect(&self) -> io::Result<Line> {
        match &self.place {
            Place::Unix(path) => {
                let socket = UnixStream::connect(path).await?.into_std()?;
                self.enter(UnixStream::from_std(socket.try_clone()?)?)
                    .await?;
                Ok(Line::on(UnixStream::from_std(socket)?))
            }
            Place::Tcp(host, port) => {
                let socket = TcpStream::connect((host.as_str(), *port)).await?;
                let options = SockRef::from(&socket);
                options.set_tcp_nodelay(true)?;
                options.set_tcp_keepalive(
                    &TcpKeepalive::new()
                        .with_time(Duration::from_secs(10))
                        .with_interval(Duration::from_secs(3))
                        .with_retries(3),
                )?;
                let socket = socket.into_std()?;
                self.enter(TcpStream::from_std(socket.try_clone()?)?)
                    .await?;
                Ok(Line::on(TcpStream::from_std(socket)?))
            }
        }
    }

    /// Gives name and password, whatever of it the server asks for, on a second handle of the socket. tokio-postgres
    /// reads until the server is ready for a statement, and when it is dropped it sends nothing: the first handle
    /// goes on from there.
    async fn enter(&self, handle: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let entered = self.config.connect_raw(handle, NoTls).await;
        entered.map(drop).map_err(io::Error::other)
    }
}

impl Place {
    fn of(config: &Config) -> Option<Self> {
        let port = match config.get_ports() {
            [] => 5432,
            [port] => *port,
            _ => return None,
        };
        match (config.get_hosts(), config.get_hostaddrs()) {
            ([Host::Unix(folder)], []) => Some(Self::Unix(folder.join(format!(".s.PGSQL.{port}")))),
            ([Host::Tcp(name)], []) => Some(Self::Tcp(name.clone(), port)),
            ([] | [Host::Tcp(_)], [address]) => Some(Self::Tcp(address.to_string(), port)),
            // Without a host libpq looks for a socket of its own.
            _ => None,
        }
    }

    fn is_on_this_machine(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp(name, _) => {
                name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_on_this_machine_or_is_said_to_need_none_goes_without_encryption() {
        for (url, taken) in [
            ("postgresql:///d?host=/run/postgresql&user=u", true),
            ("postgresql://u@localhost:5433/d", true),
            ("postgresql://u@127.0.0.1/d?sslmode=prefer", true),
            ("postgresql://u@[::1]/d", true),
            ("postgresql://u@db.example/d?sslmode=disable", true),
            ("postgresql:///d", false),
            ("postgresql://u@db.example/d", false),
            ("postgresql://u@db.example/d?sslmode=require", false),
            ("postgresql://u@localhost/d?hostaddr=192.0.2.1", false),
            ("postgresql://u@localhost/d?sslmode=verify-full", false),
            ("postgresql://u@localhost/d?passfile=/etc/pgpass", false),
        ] {
            assert_eq!(Route::to(url).is_some(), taken, "{url}");
        }
    }

    #[test]
    fn who_chooses_among_several_servers_asks_libpq() {
        for url in [
            "postgresql://u@a,b/d?sslmode=disable",
            "postgresql://u@localhost,localhost/d",
            "postgresql://u@localhost/d?target_session_attrs=read-write",
        ] {
            assert!(Route::to(url).is_none(), "{url}");
        }
    }
}
