//! Where a request comes from, and which network that counts as.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// The header in which each proxy adds whom it was asked by.
pub const FORWARDED: &str = "X-Forwarded-For";

/// A client's network: one IPv4 address, or the 64 bits of an IPv6 address that a household has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

/// The network of the client: the peer, or what trusted proxies say of it.
///
/// `X-Forwarded-For` is read from the right, and only as far as the hops are trusted; what a client
/// wrote into it further left is never believed. So an entry that says no address ends it, whoever wrote
/// it: the hop that was found last counts.
pub fn client(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Network {
    let mut hop = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    // As bytes: a proxy adds to the line that came, whatever that holds.
    let mut forwarded: Vec<&[u8]> = headers
        .get_all(FORWARDED)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .collect();
    while trusted.iter().any(|net| net.contains(&hop.to_canonical())) {
        match forwarded.pop().and_then(address) {
            Some(address) => hop = address,
            None => break,
        }
    }
    hop.into()
}

/// The address in an entry, beside which some proxies write the port.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    text.parse()
        .ok()
        .or_else(with_port)
        .or_else(|| bare().map(IpAddr::V6))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[impl AsRef<[u8]>], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_bytes(value.as_ref()).expect("a header"),
            );
        }
        let trusted: Vec<IpNet> = trusted
            .iter()
            .map(|net| net.parse().expect("a net"))
            .collect();
        client(peer.parse().ok(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_without_a_trusted_proxy() {
        assert_eq!(seen("203.0.113.9:1", &["1.2.3.4"], &[]), "203.0.113.9");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(
            seen(
                "10.0.0.1:1",
                &["6.6.6.6, 198.51.100.7", "10.0.0.2"],
                &trusted
            ),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.1:1", &["nonsense"], &trusted), "10.0.0.1");
    }

    #[test]
    fn what_a_client_wrote_does_not_hide_what_a_proxy_added() {
        let seen = |line: &[u8]| seen("10.0.0.1:1", &[line], &["10.0.0.0/8"]);
        for claimed in [
            b"\xe9, 198.51.100.7".as_slice(),
            b"\xff\xfe,198.51.100.7",
            b",,198.51.100.7 ",
            b"\"a, 198.51.100.7",
        ] {
            assert_eq!(seen(claimed), "198.51.100.7");
        }
    }

    #[test]
    fn nothing_left_of_an_entry_that_says_no_address_is_believed() {
        for unknown in [
            b"unknown".as_slice(),
            b"",
            b"\xe9",
            b"10.0.0.3:x",
            b"[10.0.0.3]",
            b"10.0.0.3, ",
            b"198.51.100.8 198.51.100.9",
        ] {
            let line = [b"6.6.6.6, ".as_slice(), unknown, b", 10.0.0.2"].concat();
            let found = seen("10.0.0.1:1", &[line], &["10.0.0.0/8"]);
            assert_eq!(found, "10.0.0.2", "{}", String::from_utf8_lossy(unknown));
        }
    }

    #[test]
    fn an_address_may_come_with_a_port() {
        for (entry, network) in [
            ("198.51.100.7:51234", "198.51.100.7"),
            ("[2001:db8::7]:51234", "2001:db8::/64"),
            ("[2001:db8::7]", "2001:db8::/64"),
            ("2001:db8::7", "2001:db8::/64"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            (
                "10.0.0.2:80, 198.51.100.7:51234, 10.0.0.3:80",
                "198.51.100.7",
            ),
        ] {
            assert_eq!(seen("10.0.0.1:1", &[entry], &["10.0.0.0/8"]), network);
        }
    }

    #[test]
    fn addresses_of_one_ipv6_household_are_one_network() {
        assert_eq!(
            seen("[2001:db8::1]:1", &[""; 0], &[]),
            seen("[2001:db8::ffff]:1", &[""; 0], &[])
        );
    }
}
