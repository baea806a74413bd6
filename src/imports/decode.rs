//! From bytes to text, and from text to its delimiter.
//!
//! Spreadsheet programs write UTF-8 with and without a byte order mark, UTF-16 ("Unicode text" in
//! Excel) and, on many Windows machines, Windows-1252. The file does not say which, so it is told
//! from the bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::problems::FileError;
use super::synonyms;

/// A file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text without byte order mark; lines end with LF whatever the file used.
    pub text: String,
    /// The WHATWG name of the encoding, such as `UTF-8` or `windows-1252`.
    pub encoding: &'static str,
}

/// Decodes a text file.
///
/// # Errors
/// `unreadable_file` when the bytes are a workbook or another binary format, or damaged text.
pub fn decode(bytes: &[u8]) -> Result<Decoded, FileError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(FileError::unreadable(
            "This is an XLSX workbook (or another archive), not CSV; send it with the XLSX content type.",
        ));
    }
    if bytes.starts_with(b"%PDF") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(FileError::unreadable(
            "This is not a CSV file. Save the sheet as CSV or XLSX and send that.",
        ));
    }
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (guess(bytes)?, 0),
    };
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
    if had_errors {
        return Err(FileError::unreadable(format!(
            "The file looks like {} text, but it is damaged: some bytes are no characters.",
            encoding.name()
        )));
    }
    if !looks_like_text(&text) {
        return Err(FileError::unreadable("The file is not text."));
    }
    let text = if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.into_owned()
    };
    Ok(Decoded {
        text,
        encoding: encoding.name(),
    })
}

fn guess(bytes: &[u8]) -> Result<&'static Encoding, FileError> {
    if let Some(encoding) = unmarked_utf16(bytes) {
        return Ok(encoding);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(UTF_8);
    }
    // Text in a legacy encoding practically never forms valid multi-byte UTF-8. Where most of it is
    // valid, it is UTF-8 with a wound; reading it as anything else would garble every name.
    let (mut valid, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if valid > 4 * broken {
        return Err(FileError::unreadable(
            "The file looks like UTF-8 text, but it is damaged: some bytes are no characters.",
        ));
    }
    Ok(legacy(bytes))
}

// Every second byte of the ASCII characters in UTF-16 (delimiters and line ends at the least) is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let zeros = |offset: usize| {
        let places = sample.iter().skip(offset).step_by(2);
        places.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let many = (even + odd) * 20 >= sample.len().max(1);
    if !bytes.len().is_multiple_of(2) || !many {
        None
    } else if odd > 4 * even {
        Some(UTF_16LE)
    } else if even > 4 * odd {
        Some(UTF_16BE)
    } else {
        None
    }
}

// Windows-1252 whenever that reads as ordinary Western European text, because that is what sheets in
// legacy encodings mostly are and because short texts mislead a statistical guess. Otherwise the
// guess counts, if the bytes are valid in it.
fn legacy(bytes: &[u8]) -> &'static Encoding {
    let (western, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    if is_ordinary_western(&western) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    let (_, had_errors) = guessed.decode_without_bom_handling(bytes);
    if had_errors { WINDOWS_1252 } else { guessed }
}

fn is_ordinary_western(text: &str) -> bool {
    const MARKS: &str = "–—‘’‚“”„…•€£§©®°·´«»¿¡™ªº½²\u{a0}";
    const LETTERS: &str = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŸ";
    let (mut letters, mut in_long_runs, mut run) = (0usize, 0usize, 0usize);
    for c in text.chars().chain(std::iter::once(' ')) {
        if !c.is_ascii() && LETTERS.contains(c) {
            letters += 1;
            run += 1;
            continue;
        }
        if !c.is_ascii() && !MARKS.contains(c) {
            return false;
        }
        // Three accented letters in a row are rare in Western words and the rule in Cyrillic or
        // Greek text that is read with the wrong table.
        if run > 2 {
            in_long_runs += run;
        }
        run = 0;
    }
    in_long_runs * 5 <= letters
}

fn looks_like_text(text: &str) -> bool {
    let (mut total, mut control) = (0usize, 0usize);
    for c in text.chars() {
        total += 1;
        // The form feed and the old end-of-file mark occur in honest text files.
        let harmless = matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}');
        control += usize::from(c.is_control() && !harmless);
    }
    control * 50 <= total || (control <= 2 && total > 8)
}

/// The delimiter of a CSV text: `,`, `;` or tab.
///
/// Each is tried on the first records, quotes respected. The one under which most headers are known
/// wins; then the one that gives most records the same number of fields; then the comma.
pub fn detect_delimiter(text: &str) -> u8 {
    let mut best = (b',', (0, 0, 0));
    for delimiter in *b",;\t" {
        let score = score(text, delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

fn score(text: &str, delimiter: u8) -> (usize, usize, usize) {
    const SAMPLE: usize = 40;
    const WIDEST: usize = 1000;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut widths = Vec::with_capacity(SAMPLE);
    let mut known = 0;
    for record in reader.records().take(SAMPLE).flatten() {
        if widths.len() <= super::columns::MAX_TITLE_ROWS {
            let cells = record.iter().filter(|cell| !cell.is_empty()).take(WIDEST);
            known = known.max(
                cells
                    .filter(|cell| synonyms::lookup(cell).is_some())
                    .count(),
            );
        }
        widths.push(record.len());
    }
    let mut agreeing = (0, 0);
    for width in widths.iter().filter(|width| **width > 1) {
        let count = widths.iter().filter(|other| *other == width).count();
        agreeing = agreeing.max((count, *width));
    }
    (known, agreeing.0, agreeing.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> (String, &'static str) {
        let decoded = decode(bytes).expect("readable");
        (decoded.text, decoded.encoding)
    }

    #[test]
    fn byte_order_marks_decide_and_disappear() {
        assert_eq!(text(b"\xef\xbb\xbfCompany"), ("Company".into(), "UTF-8"));
        assert_eq!(text(b"\xff\xfeC\0o\0"), ("Co".into(), "UTF-16LE"));
        assert_eq!(text(b"\xfe\xff\0C\0o"), ("Co".into(), "UTF-16BE"));
    }

    #[test]
    fn utf_16_is_told_without_a_mark() {
        let utf16: Vec<u16> = "Company,Role\r\nMüller,Écrivain".encode_utf16().collect();
        let little: Vec<u8> = utf16.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = utf16.iter().flat_map(|u| u.to_be_bytes()).collect();
        assert_eq!(
            text(&little),
            ("Company,Role\nMüller,Écrivain".into(), "UTF-16LE")
        );
        assert_eq!(
            text(&big),
            ("Company,Role\nMüller,Écrivain".into(), "UTF-16BE")
        );
    }

    #[test]
    fn windows_1252_keeps_its_dashes_and_umlauts() {
        for line in [
            "Größe zählt – naïve café",
            "M\u{fc}ller",
            "Crédit «Rivage» – créée à Besançon, 50 €",
            "a – b",
            "“quoted” – it’s",
            "CÔTÉ ÉLÉMENTAIRE",
            // So short that statistics alone take them for another alphabet.
            "£60k",
            "naïve",
            "Bâtiment",
            "«Le Monde»",
            "¡Hola!",
        ] {
            let (bytes, _, lossy) = WINDOWS_1252.encode(line);
            assert!(!lossy);
            assert_eq!(text(&bytes), (line.to_owned(), "windows-1252"));
        }
    }

    #[test]
    fn other_legacy_encodings_are_guessed() {
        let russian = "Компания;Должность;Статус\nРога и копыта;Писатель;Отправлено\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
        assert_eq!(text(&bytes), (russian.to_owned(), "windows-1251"));
        let polish = "Firma;Stanowisko\nŻółta Łódź;Księgowy, główny specjalista od spraw ważnych\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(polish);
        assert_eq!(text(&bytes), (polish.to_owned(), "windows-1250"));
    }

    #[test]
    fn wounded_utf_8_is_refused_instead_of_garbled() {
        let mut bytes = "Müller, Präzision, Größe, Café, São, Kraków"
            .as_bytes()
            .to_vec();
        bytes.push(0xff);
        assert!(decode(&bytes).is_err());
    }

    #[test]
    fn binary_files_are_refused() {
        assert!(decode(b"PK\x03\x04rest").is_err());
        assert!(decode(&(0..=255).collect::<Vec<u8>>()).is_err());
        assert!(decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0").is_err());
    }

    #[test]
    fn every_line_end_becomes_lf() {
        assert_eq!(text(b"a\r\nb\rc\n").0, "a\nb\nc\n");
    }

    #[test]
    fn delimiters_inside_quotes_do_not_count() {
        assert_eq!(detect_delimiter("Company;Role\n\"a,b,\nc,d\";x\n"), b';');
        assert_eq!(detect_delimiter("Company,Role\n\"a;b;\nc;d\",x\n"), b',');
        assert_eq!(detect_delimiter("Company\tRole\nFable, Inc.\ta;b\n"), b'\t');
        assert_eq!(detect_delimiter("foo;bar\n1,5;2\n1,5;2,5\n"), b';');
        assert_eq!(detect_delimiter(""), b',');
    }

    #[test]
    fn a_comma_in_every_company_does_not_outvote_the_semicolon() {
        let text = "Company;Role;Notes\nFable, Inc.;Cook;\nKite, Ltd.;Cook;\n";
        assert_eq!(detect_delimiter(text), b';');
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(decoded) = decode(&bytes) {
                detect_delimiter(&decoded.text);
            }
        }
    }
}
