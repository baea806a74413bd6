//! Which URLs a webhook may have. What can be seen from the text is refused when it is written, and looked
//! at again each time it is sent to; where a name leads is looked at when it is connected to.

use std::net::IpAddr;

use url::{Host, Url};

use super::address::Reach;

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It cannot be read, or is of another scheme.
    Malformed,
    /// It is http.
    NotEncrypted,
    /// It holds a user name or a password.
    Credentials,
    /// It holds a fragment, which is never sent.
    Fragment,
    /// Its port is one of another service.
    Port,
    /// Its host is an address that is not public.
    Address,
    /// Its host is a name that is not public.
    Name,
}

impl Fault {
    /// Code and sentence for the client.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Malformed => ("invalid_url", "This is no https address."),
            Self::NotEncrypted => ("https_required", "Only https addresses are sent to."),
            Self::Credentials => (
                "credentials_in_url",
                "Without a user name or password; the signature tells who sends.",
            ),
            Self::Fragment => ("fragment_in_url", "Without a fragment."),
            Self::Port => ("port_refused", "Port 443, or one from 1024 on."),
            Self::Address | Self::Name => (
                "address_refused",
                "Only hosts on the public Internet are sent to.",
            ),
        }
    }
}

/// Top-level names that lead inside, or nowhere.
const INNER_NAMES: &[&str] = &[
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "arpa",
    "invalid",
    "onion",
];

/// Reads a URL that a webhook may have.
pub(super) fn check(text: &str, reach: &Reach) -> Result<Url, Fault> {
    if text.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return Err(Fault::Malformed);
    }
    let url = Url::parse(text).map_err(|_| Fault::Malformed)?;
    let usual = match url.scheme() {
        "https" => 443,
        "http" if reach.has_inside() => 80,
        "http" => return Err(Fault::NotEncrypted),
        _ => return Err(Fault::Malformed),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::Credentials);
    }
    if url.fragment().is_some() {
        return Err(Fault::Fragment);
    }
    let port = url.port_or_known_default().ok_or(Fault::Malformed)?;
    if port != usual && port < 1024 {
        return Err(Fault::Port);
    }
    match url.host().ok_or(Fault::Malformed)? {
        Host::Ipv4(address) => check_address(IpAddr::V4(address), &url, reach)?,
        Host::Ipv6(address) => check_address(IpAddr::V6(address), &url, reach)?,
        // Where inner networks are sent to, their names are known to whoever runs the service.
        Host::Domain(_) if reach.has_inside() => {}
        Host::Domain(name) if is_inner_name(name) => return Err(Fault::Name),
        Host::Domain(_) => {}
    }
    Ok(url)
}

fn check_address(address: IpAddr, url: &Url, reach: &Reach) -> Result<(), Fault> {
    if !reach.allows(address) {
        return Err(Fault::Address);
    }
    if url.scheme() == "http" && !reach.is_inside(address) {
        return Err(Fault::NotEncrypted);
    }
    Ok(())
}

/// Is it a name of an inner network, or none that the Internet knows?
fn is_inner_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    match name.rsplit_once('.') {
        Some((rest, top)) => rest.is_empty() || top.is_empty() || INNER_NAMES.contains(&top),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn public() -> Reach {
        Reach::new(&[])
    }

    #[test]
    fn every_spelling_of_an_inner_address_is_refused() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "017700000001",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
            "127\u{3002}0\u{3002}0\u{3002}1",
            "0",
            "0.0.0.0",
            "169.254.169.254",
            "0xa9fea9fe",
            "10.1",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fd00::1]",
            "[fe80::1]",
            "[2001:db8::1]",
            "localhost",
            "localhost.",
            "LOCALHOST",
            "a.localhost",
            "metadata.google.internal",
            "metadata",
            "printer.local",
            "router.lan.",
        ] {
            let url = format!("https://{host}/hook");
            let fault = check(&url, &public()).expect_err(&url);
            assert!(
                matches!(fault, Fault::Address | Fault::Name),
                "{url}: {fault:?}"
            );
        }
    }

    #[test]
    fn an_ordinary_address_is_taken() {
        for url in [
            "https://hooks.example.com/rebound?key=1",
            "https://hooks.example.com.:443/",
            "https://hooks.example.com:8443",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://b\u{fc}cher.example/",
        ] {
            assert!(check(url, &public()).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_plain_https_address_is_refused_with_its_reason() {
        for (url, fault) in [
            ("", Fault::Malformed),
            ("hooks.example.com", Fault::Malformed),
            ("ftp://hooks.example.com/", Fault::Malformed),
            ("file:///etc/passwd", Fault::Malformed),
            ("https://", Fault::Malformed),
            ("https://exa\nmple.com/", Fault::Malformed),
            ("https://example.com/a b", Fault::Malformed),
            ("http://hooks.example.com/", Fault::NotEncrypted),
            ("https://user@hooks.example.com/", Fault::Credentials),
            ("https://:word@hooks.example.com/", Fault::Credentials),
            ("https://hooks.example.com/#part", Fault::Fragment),
            ("https://hooks.example.com:22/", Fault::Port),
            ("https://hooks.example.com:80/", Fault::Port),
            ("https://hooks.example.com:0/", Fault::Port),
        ] {
            assert_eq!(check(url, &public()), Err(fault), "{url}");
        }
    }

    #[test]
    fn http_goes_to_the_networks_of_the_settings_only() {
        let reach = Reach::new(&["127.0.0.0/8".parse().expect("a network")]);
        assert!(check("http://127.0.0.1:9000/", &reach).is_ok());
        assert!(check("http://localhost:9000/", &reach).is_ok());
        assert!(check("https://127.0.0.1:9000/", &reach).is_ok());
        assert_eq!(check("http://8.8.8.8/", &reach), Err(Fault::NotEncrypted));
        assert_eq!(check("http://10.0.0.1/", &reach), Err(Fault::Address));
        assert_eq!(check("http://127.0.0.1:22/", &reach), Err(Fault::Port));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_leads_to_a_public_place(host in "[0-9a-fx.:\\[\\]%]{1,20}") {
            if let Ok(url) = check(&format!("https://{host}/"), &public()) {
                match url.host() {
                    Some(Host::Ipv4(address)) => prop_assert!(super::super::address::is_public(address.into())),
                    Some(Host::Ipv6(address)) => prop_assert!(super::super::address::is_public(address.into())),
                    Some(Host::Domain(name)) => prop_assert!(name.parse::<IpAddr>().is_err()),
                    None => prop_assert!(false, "no host"),
                }
            }
        }
    }
}
