//! Promise 25: size is bounded, in bodies, numbers and what is folded into them.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::world::{self, own_path};
use crate::support::document::operations;

/// The largest file that any operation reads, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

#[test]
fn a_body_of_more_than_ten_megabytes_is_refused_everywhere() {
    let app = world::app();
    for operation in operations() {
        let user = world::user(&app);
        let Some((kind, _)) = operation.body() else {
            continue;
        };
        let path = own_path(&user, &operation);
        let announced = user
            .request(&operation.method, &path)
            .body(kind, vec![b' '; LARGEST + 1]);
        announced.problem(413, "body_too_large");
        // The same without saying its size beforehand.
        let endless = reqwest::blocking::Body::new(std::io::repeat(b' ').take(LARGEST as u64 + 1));
        let chunked = user.request(&operation.method, &path).body(kind, endless);
        chunked.problem(413, "body_too_large");
    }
}

#[test]
fn a_bomb_of_a_compressed_body_is_not_unfolded() {
    let app = world::app();
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        bomb.write_all(&[b' '; 1024 * 1024]).expect("a bomb");
    }
    let bomb = bomb.finish().expect("a bomb");
    for operation in operations() {
        let user = world::user(&app);
        let Some((kind, _)) = operation.body() else {
            continue;
        };
        let path = own_path(&user, &operation);
        user.request(&operation.method, &path)
            .header("Content-Encoding", "gzip")
            .body(kind, bomb.clone())
            .problem(415, "unsupported_media_type");
    }
}

#[test]
fn every_number_in_a_query_is_bounded() {
    let app = world::app();
    let mut tried = 0;
    for operation in operations() {
        let user = world::user(&app);
        for (name, schema) in operation.parameters("query") {
            if !super::schema::is(schema, "integer") {
                continue;
            }
            let path = own_path(&user, &operation);
            let (least, most) = (&schema["minimum"], &schema["maximum"]);
            let (least, most) = (
                least.as_i64().expect("a minimum"),
                most.as_i64().expect("a maximum"),
            );
            let mut beyond = vec![(least - 1).to_string(), (most + 1).to_string()];
            beyond.extend(
                [
                    "9223372036854775808",
                    "-9223372036854775809",
                    "1e999",
                    "1e2",
                    "0x10",
                    "NaN",
                ]
                .map(str::to_owned),
            );
            for value in beyond {
                user.request(&operation.method, &format!("{path}?{name}={value}"))
                    .problem(400, "invalid_query");
                tried += 1;
            }
        }
    }
    assert!(tried > 10, "every list takes a limit");
}
