//! Values that have broken one service or another.

/// Stands in a JSON text for what no `Value` can hold.
pub const HOLE: &str = "\u{2603}hole\u{2603}";

/// JSON texts that no string member should be harmed by.
pub fn texts() -> Vec<String> {
    [
        // NUL, control characters, lone and reversed surrogates, an escape that is none.
        "\"a\\u0000b\"",
        "\"\\u0000\"",
        "\"\\u001b[31m\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud83c\"",
        "\"\\x\"",
        // Right to left, joiners, characters of four bytes, private ones, no character, tags.
        "\"\u{202e}gnp.exe\"",
        "\"\u{2066}\u{2069}\u{200d}\u{feff}\"",
        "\"\u{1f3f4}\u{10ffff}\"",
        "\"\u{fffe}\u{ffff}\"",
        "\"\u{1100}\u{1161}\u{11a8}\"",
        "\"\\r\\n\\r\\nSet-Cookie: x\"",
        // For those who would put it into another language.
        "\"'; DROP TABLE users; --\"",
        "\"{{7*7}}${7*7}\"",
        "\"=1+1\"",
        "\"../../etc/passwd\"",
        "\"<script>\"",
        "\"%00%ff\"",
        "\"$1 \\\\ % _\"",
        // Dates at and beyond the ends.
        "\"1899-12-31\"",
        "\"2200-01-01\"",
        "\"9999-12-31\"",
        "\"10000-01-01\"",
        "\"+12026-01-01\"",
        "\"+262142-12-31\"",
        "\"-4713-01-01\"",
        "\"-4714-11-24\"",
        "\"0000-00-00\"",
        "\"2026-02-30\"",
        "\"1899-12-31T23:59:59Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"+12026-01-01T00:00:00Z\"",
        "\"-4713-01-01T00:00:00Z\"",
        "\"2026-01-01T24:00:00Z\"",
        "\"2026-12-31T23:59:60Z\"",
        "\"2026-01-01T00:00:00+99:99\"",
        "\"9999-12-31T23:59:59-14:00\"",
        "\"infinity\"",
        // What looks like another type.
        "1e999",
        "-1e999",
        "18446744073709551616",
        "-9223372036854775809",
        "9223372036854775807",
        "2147483648",
        "1.5",
        "1e2",
        "0.1e-999",
        "true",
        "null",
        "[]",
        "{}",
        "[[[[]]]]",
        "{\"$ref\":\"#\"}",
        "\"00000000-0000-0000-0000-000000000000\"",
        "\"NaN\"",
        "NaN",
        "'x'",
    ]
    .map(str::to_owned)
    .into()
}

/// Long and deep ones. Size is refused before a member is looked at, so that one place is enough.
pub fn large() -> Vec<String> {
    vec![
        format!("\"{}\"", "x".repeat(100_000)),
        format!("\"{}\"", "\u{1f3f4}".repeat(20_000)),
        format!("\"e{}\"", "\u{301}".repeat(20_000)),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        format!("[{}0]", "0,".repeat(100_000)),
    ]
}

/// Values for a query or a path, percent-encoded.
pub fn encoded() -> Vec<String> {
    let mut values: Vec<String> = [
        "%00",
        "a%00b",
        "%FF",
        "%C3",
        "%ED%A0%80",
        "%F4%90%80%80",
        "%E2%80%AE",
        "%F0%9F%8F%B4",
        "%0d%0aX:%20y",
        "%1b",
        "%27%3B--",
        "%25",
        "%5C",
        "%2e%2e%2f",
        "..%252f",
        "%",
        "%zz",
        "+",
        "%20",
        "null",
        "true",
        "-1",
        "1e999",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1899-12-31",
        "9999-12-31",
        "%2B12026-01-01",
        "-4713-01-01",
        "%2B262142-12-31",
        "-262143-01-01",
        "9999-12-31T23:59:59Z",
        "-4713-01-01T00:00:00Z",
        "%2B262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "2026-12-31T23:59:60Z",
        "infinity",
        "00000000-0000-0000-0000-000000000000",
        "urn:uuid:019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55",
        "a,b,,c",
        "[]",
        "{}",
    ]
    .map(str::to_owned)
    .into();
    values.push("x".repeat(4_000));
    values.push("%F0%9F%8F%B4".repeat(300));
    values.push(",".repeat(1_000));
    values
}
