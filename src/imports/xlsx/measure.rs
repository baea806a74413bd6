//! What a part of a workbook holds, measured before the parser sees it.
//!
//! The parser keeps something for each string, sheet, font or format, copies the name of a font and the code
//! of a number format into every cell format that uses it, and reserves memory for as many strings as it is
//! told of. A few bytes can ask for much of that. A part may have as many of these things as an honest
//! workbook can have, not as many as fit into its bytes.

use super::{broken, too_large};
use crate::imports::problems::FileError;

/// How often an element may stand in a part, where the parser keeps something for each.
const MOST: [(&[u8], u32); 9] = [
    // Fifty for each row of the largest import.
    (STRING, 1_000_000),
    // Excel's own limit, of cells and of named styles.
    (FORMAT, 2 * 65_536),
    (b"font", 65_536),
    (b"fill", 65_536),
    (b"border", 65_536),
    (b"numFmt", 65_536),
    (b"definedName", 65_536),
    (b"sheet", 10_000),
    (b"Relationship", 10_000),
];
const STRING: &[u8] = b"si";
const FORMAT: &[u8] = b"xf";
/// The longest of those names.
const LONGEST_NAME: usize = 12;
/// The bytes that copies of values into formats may take. A font's name has 31 characters, a number format 255.
const MOST_COPIED: usize = 64 * 1024 * 1024;
const CLAIM: &[u8] = b"uniqueCount";
const QUOTES: [u8; 2] = [b'"', b'\''];

/// Counts while the bytes of one part pass.
#[derive(Default)]
pub(super) struct Measure {
    /// The name of an element that begins here, without its prefix.
    name: Option<Name>,
    counts: [u32; MOST.len()],
    /// For each kind of quotation mark, how long the value is that began with one.
    values: [Option<usize>; QUOTES.len()],
    longest_value: usize,
    /// The last byte that is no space.
    previous: u8,
    /// How much of the name of the claim has passed, and its number.
    claim: (usize, u32),
}

#[derive(Default)]
struct Name {
    bytes: [u8; LONGEST_NAME],
    length: usize,
}

impl Measure {
    /// Takes the next bytes of the part.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        for byte in chunk {
            // An encoding with zeros or escapes hides names and quotation marks; workbooks are in UTF-8.
            if matches!(*byte, 0 | 0x1b) {
                return Err(broken());
            }
            self.name(*byte)?;
            self.value(*byte);
            self.claim(*byte)?;
        }
        Ok(())
    }

    /// Judges what shows at the end only.
    pub(super) fn end(&self) -> Result<(), FileError> {
        let formats = MOST.iter().zip(self.counts);
        let formats = formats.filter(|((name, _), _)| *name == FORMAT);
        let formats: u32 = formats.map(|(_, count)| count).sum();
        match (formats as usize).saturating_mul(self.longest_value) > MOST_COPIED {
            true => Err(too_large()),
            false => Ok(()),
        }
    }

    fn name(&mut self, byte: u8) -> Result<(), FileError> {
        match (byte, &mut self.name) {
            (b'<', _) | (b':', Some(_)) => self.name = Some(Name::default()),
            (b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>', Some(_)) => self.count()?,
            (_, Some(name)) => {
                if let Some(place) = name.bytes.get_mut(name.length) {
                    *place = byte;
                }
                name.length += 1;
            }
            (_, None) => {}
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), FileError> {
        let Some(name) = self.name.take() else {
            return Ok(());
        };
        let name = name.bytes.get(..name.length).unwrap_or_default();
        for ((counted, most), count) in MOST.iter().zip(&mut self.counts) {
            if *counted == name {
                *count += 1;
                if *count > *most {
                    return Err(too_large());
                }
            }
        }
        Ok(())
    }

    /// A value stands between two marks of one kind, the first of them behind a `=`.
    fn value(&mut self, byte: u8) {
        for (mark, value) in QUOTES.into_iter().zip(&mut self.values) {
            if byte == mark {
                self.longest_value = self.longest_value.max(value.unwrap_or_default());
                *value = (self.previous == b'=').then_some(0);
            } else if let Some(length) = value {
                *length += 1;
            }
        }
        if !byte.is_ascii_whitespace() {
            self.previous = byte;
        }
    }

    fn claim(&mut self, byte: u8) -> Result<(), FileError> {
        let (matched, number) = self.claim;
        self.claim = match byte {
            b'0'..=b'9' if matched == CLAIM.len() => {
                let number = number.saturating_mul(10);
                (matched, number.saturating_add(u32::from(byte - b'0')))
            }
            b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'+'
                if matched == CLAIM.len() && number == 0 =>
            {
                (matched, 0)
            }
            byte if CLAIM.get(matched) == Some(&byte) => (matched + 1, 0),
            byte => (usize::from(byte == CLAIM[0]), 0),
        };
        match MOST[0] {
            (_, most) if self.claim.1 > most => Err(broken()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(part: &str) -> Result<(), FileError> {
        let mut measure = Measure::default();
        // However the bytes come in pieces.
        for piece in part.as_bytes().chunks(7) {
            measure.feed(piece)?;
        }
        measure.end()
    }

    #[test]
    fn elements_are_counted_under_any_prefix_and_ends_are_not() {
        for element in [
            "<sheet/>",
            "<sheet name=\"a\">",
            "<x:sheet />",
            "<s:sheet\n></s:sheet>",
        ] {
            let mut part = element.repeat(10_000);
            assert_eq!(measured(&part), Ok(()), "{element}");
            part.push_str(element);
            assert_eq!(measured(&part), Err(too_large()), "{element}");
        }
        for other in [
            "<sheets/>",
            "<s/>",
            "<t sheet=\"\"/>",
            "</sheet>",
            "<t>sheet</t>",
        ] {
            assert_eq!(measured(&other.repeat(10_001)), Ok(()), "{other}");
        }
    }

    #[test]
    fn a_value_is_not_copied_into_too_many_formats() {
        let styles = |quote: &str, length: usize, formats: usize| {
            let name = "x".repeat(length);
            let formats = "<xf fontId=\"0\"/>".repeat(formats);
            format!("<font><name val= {quote}{name}{quote}/></font><cellXfs>{formats}</cellXfs>")
        };
        for quote in ["\"", "'"] {
            assert_eq!(measured(&styles(quote, 500, 65_536)), Ok(()));
            assert_eq!(measured(&styles(quote, 1 << 20, 10)), Ok(()));
            assert_eq!(measured(&styles(quote, 1 << 20, 100)), Err(too_large()));
        }
        // Another mark inside of the value does not make it shorter.
        let hidden = styles("'", 1 << 20, 100).replacen("xxx", "x\"x", 1 << 18);
        assert_eq!(measured(&hidden), Err(too_large()));
    }

    #[test]
    fn claims_of_absurd_sizes_are_refused() {
        for claim in ["1000001", " \n= \"99999999999", "='18446744073709551616"] {
            let claim = claim.replacen('1', "=\"1", usize::from(claim.starts_with('1')));
            let part = format!("<sst uniqueCount{claim}\"></sst>");
            assert_eq!(measured(&part), Err(broken()), "{part}");
        }
        assert_eq!(measured("<sst uniqueCount=\"1000000\"></sst>"), Ok(()));
    }

    #[test]
    fn encodings_that_hide_names_are_refused() {
        assert_eq!(measured("<\0s\0i\0/\0>\0"), Err(broken()));
        assert_eq!(measured("<\u{1b}$Bsi/>"), Err(broken()));
    }
}
