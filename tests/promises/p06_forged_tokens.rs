//! Promise 6: forged tokens are 401.

use std::fs;
use std::thread;
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rebound::clock::real_now;
use serde_json::{Value, json};

use super::stage::{Stage, User};
use crate::support::process::Service;
use crate::support::wire::{Call, Wire};

/// The service's own key and what an honest token of a user says.
struct Forge {
    pair: Ed25519KeyPair,
    head: Value,
    claims: Value,
    token: String,
}

impl Forge {
    fn new(stage: &Stage, user: &User) -> Self {
        let keys = fs::read_dir(stage.folder().join("keys")).expect("the keys of the service");
        let file = keys
            .map(|entry| entry.expect("a key").path())
            .find(|path| path.file_stem().is_some_and(|name| name != "sealing"))
            .expect("a key");
        let kid = file
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let bytes = fs::read(&file).expect("a key");
        let now = real_now().timestamp();
        Self {
            pair: Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).expect("a key"),
            head: json!({"typ": "at+jwt", "alg": "EdDSA", "kid": kid}),
            claims: json!({
                "iss": "rebound", "aud": "rebound-api", "sub": user.id, "sid": user.session,
                "iat": now, "exp": now + 600, "typ": "at+jwt",
            }),
            token: user.token.clone(),
        }
    }

    /// A token that differs in its head, rightly signed.
    fn head(&self, change: &Value) -> String {
        self.signed(&changed(&self.head, change), &self.claims)
    }

    /// A token that differs in its claims, rightly signed.
    fn claims(&self, change: &Value) -> String {
        self.signed(&self.head, &changed(&self.claims, change))
    }

    fn signed(&self, head: &Value, claims: &Value) -> String {
        sign(head, claims, |text| self.pair.sign(text).as_ref().to_vec())
    }

    /// A token that is signed by nobody, or by means that an attacker has.
    fn by_hand(&self, change: &Value, signature: impl Fn(&[u8]) -> Vec<u8>) -> String {
        sign(&changed(&self.head, change), &self.claims, signature)
    }

    /// The three parts of the honest token.
    fn parts(&self) -> [&str; 3] {
        let parts: Vec<&str> = self.token.split('.').collect();
        parts.try_into().expect("three parts")
    }
}

/// Replaces members; null takes one out.
fn changed(value: &Value, change: &Value) -> Value {
    let (mut value, change) = (value.clone(), change.as_object().expect("an object"));
    let members = value.as_object_mut().expect("an object");
    for (name, new) in change {
        members.insert(name.clone(), new.clone());
    }
    members.retain(|_, value| !value.is_null());
    value
}

fn sign(head: &Value, claims: &Value, signature: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(head), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(signature(text.as_bytes()));
    format!("{text}.{signature}")
}

fn hs256(secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    move |text| hmac::sign(&key, text).as_ref().to_vec()
}

/// The token opens nothing, and the answer says so as it should.
pub fn assert_refused(service: &Service, what: &str, token: &str) {
    let mut wire = Wire::to(service.address);
    for (method, target) in [("GET", "/v1/applications"), ("POST", "/v1/applications")] {
        let call = Call::new(method, target)
            .header("Authorization", &format!("Bearer {token}"))
            .json(&json!({"company": "x", "job_title": "y"}));
        let answer = wire
            .send(&call)
            .unwrap_or_else(|fault| panic!("{what}: {fault:?}"));
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{what}"
        );
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer "), "{what}: {challenge:?}");
        assert_eq!(answer.json()["status"], 401, "{what}");
        assert!(
            token.len() < 10 || !answer.text().contains(token),
            "{what}: the answer repeats it"
        );
    }
}

fn status_of(service: &Service, token: &str) -> u16 {
    Wire::with_token(service.address, token)
        .get("/v1/applications")
        .expect("an answer")
        .status
}

#[test]
fn a_forged_token_opens_nothing() {
    let stage = Stage::shared();
    let service = stage.serve(&["--workers", "1"]);
    let (user, other) = (stage.user(), stage.user());
    let forge = Forge::new(&stage, &user);
    let foreign = Ed25519KeyPair::generate().expect("a key");
    let by_foreign = |text: &[u8]| foreign.sign(text).as_ref().to_vec();
    let public = forge.pair.public_key().as_ref().to_vec();
    let [head, claims, signature] = forge.parts();

    // What the forge makes without changing anything is good; so whatever is refused below is refused for its change.
    assert_eq!(status_of(&service, &forge.token), 200);
    assert_eq!(status_of(&service, &forge.head(&json!({}))), 200);

    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(foreign.public_key())});
    let mut forged = vec![
        (
            "signed by a foreign key",
            forge.by_hand(&json!({}), by_foreign),
        ),
        (
            "a key in its own head",
            forge.by_hand(&json!({"jwk": jwk}), by_foreign),
        ),
        (
            "a foreign key of an unknown name",
            forge.by_hand(&json!({"kid": "20990101T000000000000Z"}), by_foreign),
        ),
        (
            "unknown kid",
            forge.head(&json!({"kid": "20990101T000000000000Z"})),
        ),
        (
            "kid as a path",
            forge.head(
                &json!({"kid": format!("../keys/{}", forge.head["kid"].as_str().expect("a name"))}),
            ),
        ),
        ("empty kid", forge.head(&json!({"kid": ""}))),
        ("no kid", forge.head(&json!({"kid": null}))),
        (
            "another typ in the head",
            forge.head(&json!({"typ": "JWT"})),
        ),
        ("no typ in the head", forge.head(&json!({"typ": null}))),
        (
            "alg of another family",
            forge.head(&json!({"alg": "ES256"})),
        ),
        ("no alg", forge.head(&json!({"alg": null}))),
        ("another aud", forge.claims(&json!({"aud": "someone-else"}))),
        ("no aud", forge.claims(&json!({"aud": null}))),
        ("another iss", forge.claims(&json!({"iss": "someone-else"}))),
        ("no iss", forge.claims(&json!({"iss": null}))),
        ("another typ", forge.claims(&json!({"typ": "rt+jwt"}))),
        ("no typ", forge.claims(&json!({"typ": null}))),
        ("no exp", forge.claims(&json!({"exp": null}))),
        ("exp as text", forge.claims(&json!({"exp": "4102444800"}))),
        (
            "exp beyond all time",
            forge.claims(&json!({"exp": i64::MAX})),
        ),
        (
            "exp before all time",
            forge.claims(&json!({"exp": i64::MIN})),
        ),
        (
            "expired a second ago",
            forge.claims(&json!({"exp": real_now().timestamp() - 1})),
        ),
        ("no sub", forge.claims(&json!({"sub": null}))),
        ("no sid", forge.claims(&json!({"sid": null}))),
        (
            "another user's sub",
            forge.claims(&json!({"sub": other.id})),
        ),
        (
            "another user's sid",
            forge.claims(&json!({"sid": other.session})),
        ),
        (
            "a session that never was",
            forge.claims(&json!({"sid": other.id})),
        ),
        ("a stripped signature", format!("{head}.{claims}.")),
        ("two parts", format!("{head}.{claims}")),
        ("four parts", format!("{}.{signature}", forge.token)),
        ("trailing garbage", format!("{}A", forge.token)),
        (
            "trailing garbage that decodes",
            format!("{}AAAA", forge.token),
        ),
        ("trailing dot", format!("{}.", forge.token)),
        ("padding", format!("{}==", forge.token)),
        (
            "the other alphabet",
            format!("{head}.{claims}.{}", STANDARD.encode([251; 64])),
        ),
        ("another text of the same signature", alias(&forge.token)),
        (
            "a signature of other claims",
            format!(
                "{head}.{}.{signature}",
                URL_SAFE_NO_PAD
                    .encode(changed(&forge.claims, &json!({"sub": other.id})).to_string())
            ),
        ),
        ("nothing", String::new()),
        ("only dots", "..".to_owned()),
        ("a long one", "A".repeat(7_000)),
        (
            "text that is no token",
            "rbd_pat_0000000000000000000000000000".to_owned(),
        ),
    ];
    for alg in ["none", "None", "NONE", ""] {
        forged.push((
            "alg none",
            forge.by_hand(&json!({"alg": alg}), |_| Vec::new()),
        ));
        forged.push(("alg none and a signature", forge.head(&json!({"alg": alg}))));
    }
    let x = URL_SAFE_NO_PAD.encode(&public);
    // The key as SPKI, as everyone can make it of the published one.
    let spki = [
        b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(),
        &public,
    ]
    .concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(&spki)
    );
    for secret in [public.as_slice(), x.as_bytes(), &spki, pem.as_bytes(), b""] {
        forged.push((
            "HS256 with the public key",
            forge.by_hand(&json!({"alg": "HS256"}), hs256(secret)),
        ));
        forged.push((
            "EdDSA that is HS256",
            forge.by_hand(&json!({}), hs256(secret)),
        ));
    }
    for (what, token) in &forged {
        assert_refused(&service, what, token);
        // The same again: what was refused must not be remembered as verified.
        assert_refused(&service, what, token);
    }
    assert_eq!(stage.count("SELECT count(*) AS n FROM applications"), 0);
    assert_eq!(
        status_of(&service, &forge.token),
        200,
        "the honest token still works"
    );
}

/// The same token with other letters: the last one of a signature has four bits that mean nothing.
fn alias(token: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = token.split_at(token.len() - 1);
    let value = ALPHABET
        .iter()
        .position(|&letter| letter == last.as_bytes()[0])
        .expect("a letter");
    format!("{rest}{}", char::from(ALPHABET[value ^ 1]))
}

#[test]
fn a_token_ends_with_its_time_its_session_and_its_user() {
    let stage = Stage::shared();
    let service = stage.serve(&["--test-clock"]);
    let live = stage.user();
    let cases = [
        (
            "revoked",
            "UPDATE sessions SET revoked_at = now() WHERE user_id = ",
        ),
        (
            "ended",
            "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = ",
        ),
        (
            "disabled",
            "UPDATE users SET disabled_at = now() WHERE id = ",
        ),
        ("erased", "DELETE FROM users WHERE id = "),
    ];
    let ended: Vec<_> = cases
        .iter()
        .map(|(what, sql)| {
            let user = stage.user();
            // Known, verified and alive: the service has reason to believe in it.
            assert_eq!(status_of(&service, &user.token), 200);
            stage.execute(&format!("{sql}'{}'", user.id));
            (what, user)
        })
        .collect();
    // A session that was alive is believed in for a second (promise 8).
    thread::sleep(Duration::from_millis(1_000));
    for (what, user) in ended {
        assert_refused(&service, what, &user.token);
    }

    assert_eq!(status_of(&service, &live.token), 200);
    let set_clock = |minutes: i64| {
        let now = real_now() + chrono::Duration::minutes(minutes);
        let call = Call::new("PUT", "/v1/test-clock").json(&json!({"now": now}));
        assert_eq!(
            Wire::to(service.address)
                .send(&call)
                .expect("an answer")
                .status,
            200
        );
    };
    set_clock(14);
    assert_eq!(status_of(&service, &live.token), 200);
    set_clock(15);
    assert_refused(&service, "expired by the service's clock", &live.token);
}
