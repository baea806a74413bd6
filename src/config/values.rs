//! What a setting may be: secrets, addresses, networks, the filter of the log. Each refusal says how to write it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// A text that must not show up in logs, errors or `--help`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one who has to use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// Reads an address and a port.
pub(super) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let hint = "write an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080";
    text.parse().map_err(|_| hint)
}

/// Reads the address of a web site.
pub(super) fn web_address(text: &str) -> Result<url::Url, &'static str> {
    let url = url::Url::parse(text).ok();
    url.filter(|url| ["http", "https"].contains(&url.scheme()))
        .ok_or("write it like https://rebound.example.com")
}

/// Reads a network, or an address that is one by itself.
pub(super) fn network(text: &str) -> Result<IpNet, &'static str> {
    let hint = "write a network such as 10.0.0.0/8, or an IP address";
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| one()).map_err(|_| hint)
}

/// Reads what is to be logged. A slip here would silence the log, so it is refused.
pub(super) fn log_filter(text: &str) -> Result<String, &'static str> {
    let known = |part: &str| {
        let level = part.split_once('=').map_or(part, |(_, level)| level);
        level.parse::<log::LevelFilter>().is_ok()
    };
    if text.split(',').all(known) {
        return Ok(text.to_owned());
    }
    Err(
        "write error, warn, info, debug or trace, and others for parts after commas, such as info,rebound::db=debug",
    )
}
