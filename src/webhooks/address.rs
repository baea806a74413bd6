//! Which addresses of the Internet are public ones. Pure functions over the IANA registries of special
//! addresses; the standard library's own answer is not stable yet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// IPv4 networks that are nobody's in public (IANA IPv4 Special-Purpose Address Registry, multicast, reserved).
const INNER_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),       // this host
    v4(10, 0, 0, 0, 8),      // private
    v4(100, 64, 0, 0, 10),   // shared by a provider's customers
    v4(127, 0, 0, 0, 8),     // loopback
    v4(169, 254, 0, 0, 16),  // link local, and where clouds tell their secrets
    v4(172, 16, 0, 0, 12),   // private
    v4(192, 0, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 0, 24),    // documentation
    v4(192, 88, 99, 0, 24),  // relays of 6to4
    v4(192, 168, 0, 0, 16),  // private
    v4(198, 18, 0, 0, 15),   // benchmarks
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24),  // documentation
    v4(224, 0, 0, 0, 4),     // multicast
    v4(240, 0, 0, 0, 4),     // reserved, broadcast
];

/// What is given out to the public. Everything else is special: loopback, mapped and translated IPv4
/// (`::ffff:0:0/96`, `64:ff9b::/96`), local and link-local ones, multicast.
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Networks within [`PUBLIC_V6`] that are nobody's in public, or lead on to an IPv4 address.
const INNER_V6: &[Ipv6Net] = &[
    v6(0x2001, 0, 23),      // protocol assignments, Teredo, benchmarks, ORCHID
    v6(0x2001, 0x0db8, 32), // documentation
    v6(0x2002, 0, 16),      // 6to4
    v6(0x3fff, 0, 20),      // documentation
];

/// Is it an address that anybody on the Internet can be reached at?
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !INNER_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => {
            PUBLIC_V6.contains(&address) && !INNER_V6.iter().any(|net| net.contains(&address))
        }
    }
}

/// Where webhooks may go: public addresses, and networks that the settings name.
#[derive(Clone, Debug)]
pub struct Reach {
    inside: Vec<IpNet>,
}

impl Reach {
    /// Public addresses and these networks.
    pub fn new(inside: &[IpNet]) -> Self {
        Self {
            inside: inside.to_vec(),
        }
    }

    /// Is anything allowed that is not public?
    pub(super) fn has_inside(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Is it in one of the networks that the settings name?
    pub(super) fn is_inside(&self, address: IpAddr) -> bool {
        self.inside.iter().any(|net| net.contains(&address))
    }

    /// May a webhook go there?
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        is_public(address) || self.is_inside(address)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn what_is_not_everybodys_is_not_public() {
        for text in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn what_is_everybodys_is_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn the_networks_of_the_settings_are_allowed_and_nothing_beside_them() {
        let reach = Reach::new(&["127.0.0.0/8".parse().expect("a network")]);
        assert!(reach.allows(ip("127.9.9.9")) && reach.allows(ip("8.8.8.8")));
        assert!(!reach.allows(ip("10.0.0.1")) && !reach.allows(ip("::1")));
        assert!(!reach.allows(ip("::ffff:127.0.0.1")));
        assert!(!Reach::new(&[]).has_inside() && reach.has_inside());
    }

    proptest! {
        #[test]
        fn no_disguise_of_an_ipv4_address_is_public(bits in any::<u32>()) {
            let inner = Ipv4Addr::from(bits);
            let [a, b, c, d] = inner.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for disguise in [
                inner.to_ipv6_mapped(),
                inner.to_ipv6_compatible(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !high, !low),
            ] {
                prop_assert!(!is_public(IpAddr::V6(disguise)), "{disguise}");
            }
        }

        #[test]
        fn what_the_standard_library_knows_as_special_is_not_public(bits in any::<u32>(), wide in any::<u128>()) {
            let short = Ipv4Addr::from(bits);
            let special = short.is_private() || short.is_loopback() || short.is_link_local()
                || short.is_multicast() || short.is_broadcast() || short.is_documentation() || short.is_unspecified();
            prop_assert!(!special || !is_public(IpAddr::V4(short)), "{short}");
            let long = Ipv6Addr::from(wide);
            let special = long.is_loopback() || long.is_unspecified() || long.is_multicast()
                || long.is_unique_local() || long.is_unicast_link_local();
            prop_assert!(!special || !is_public(IpAddr::V6(long)), "{long}");
        }
    }
}
