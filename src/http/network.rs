//! Where a request comes from, and which network that counts as.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

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
/// wrote into it further left is never believed.
pub fn client(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Network {
    let mut hop = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let mut forwarded: Vec<&str> = headers
        .get_all("X-Forwarded-For")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    while trusted.iter().any(|net| net.contains(&hop.to_canonical())) {
        match forwarded.pop().and_then(|text| text.parse().ok()) {
            Some(address) => hop = address,
            None => break,
        }
    }
    hop.into()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_str(value).expect("a header"),
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
    fn addresses_of_one_ipv6_household_are_one_network() {
        assert_eq!(
            seen("[2001:db8::1]:1", &[], &[]),
            seen("[2001:db8::ffff]:1", &[], &[])
        );
    }
}
