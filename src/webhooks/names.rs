//! Where the names of receivers lead: what the operating system says, unless a test says otherwise.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;

type Lookup = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// Looks a name up; blocks while it does. Clones look at the same place.
#[derive(Clone)]
pub struct Names(Arc<Lookup>);

impl Names {
    /// Asks by a function.
    pub fn by(lookup: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// The addresses of a name.
    pub(super) fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        (self.0)(name)
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::by(|name| {
            let found = (name, 0).to_socket_addrs()?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
