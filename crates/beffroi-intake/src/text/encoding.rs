//! In which encoding the bytes of a text file are.

use crate::IntakeError;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Bytes in which every ASCII character is one byte and nothing else is, so that rows and cells
/// are found before anything is decoded.
pub(crate) struct Text<'a> {
    /// Without byte order mark.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// How cells are decoded.
    pub(crate) charset: Charset,
    /// The name of the encoding that the file came in.
    pub(crate) label: String,
    /// Whether characters were lost before the file came, or are not of its encoding.
    pub(crate) damaged: bool,
}

/// How the cells of a text are decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Charset {
    /// UTF-8, with replacement characters where it is broken.
    Utf8,
    /// One byte for each character.
    SingleByte(&'static Encoding),
}

impl Charset {
    /// The characters of some bytes.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::SingleByte(encoding) => encoding.decode_without_bom_handling(bytes).0,
        }
    }
}

impl Text<'_> {
    /// The whole text, for formats that need it at once.
    pub(crate) fn decoded(&self) -> Cow<'_, str> {
        self.charset.decode(&self.bytes)
    }
}

/// Finds the encoding: a byte order mark, else what was declared, else UTF-16 by its zeros, UTF-8
/// if it is valid or nearly so, and windows-1252 for the rest.
pub(crate) fn open<'a>(
    bytes: Cow<'a, [u8]>,
    declared: Option<&str>,
) -> Result<Text<'a>, IntakeError> {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let rest = match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(mark..).unwrap_or_default()),
            Cow::Owned(mut bytes) => {
                bytes.drain(..mark);
                Cow::Owned(bytes)
            }
        };
        return Ok(with(encoding, rest));
    }
    if let Some(label) = declared {
        let encoding = Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            IntakeError::UnknownEncoding {
                label: label.to_owned(),
            }
        })?;
        return Ok(with(encoding, bytes));
    }
    Ok(with(guess(&bytes), bytes))
}

fn with<'a>(encoding: &'static Encoding, bytes: Cow<'a, [u8]>) -> Text<'a> {
    let label = encoding.name().to_lowercase();
    if encoding == UTF_8 {
        let damaged = std::str::from_utf8(&bytes).is_err() || holds_replacement(&bytes);
        return Text {
            bytes,
            charset: Charset::Utf8,
            label,
            damaged,
        };
    }
    if encoding.is_single_byte() {
        let charset = Charset::SingleByte(encoding);
        return Text {
            bytes,
            charset,
            label,
            damaged: false,
        };
    }
    let decoded = encoding
        .decode_without_bom_handling(&bytes)
        .0
        .into_owned()
        .into_bytes();
    let damaged = holds_replacement(&decoded);
    Text {
        bytes: Cow::Owned(decoded),
        charset: Charset::Utf8,
        label,
        damaged,
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = bytes.get(..4096).unwrap_or(bytes);
    let zeros = |odd: usize| {
        sample
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|&&b| b == 0)
            .count()
            * 3
    };
    let half = sample.len() / 2;
    if half >= 8 && zeros(1) > half && zeros(0) * 10 < half {
        return UTF_16LE;
    }
    if half >= 8 && zeros(0) > half && zeros(1) * 10 < half {
        return UTF_16BE;
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    if std::str::from_utf8(bytes).is_err() {
        for chunk in bytes.utf8_chunks() {
            good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            bad += usize::from(!chunk.invalid().is_empty());
        }
    }
    // A UTF-8 file with a few broken bytes is one that was cut or patched, not windows-1252.
    if bad == 0 || good > 10 * bad {
        UTF_8
    } else {
        WINDOWS_1252
    }
}

fn holds_replacement(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, "\u{fffd}".as_bytes()).is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, String, bool) {
        let text = open(Cow::Borrowed(bytes), None).unwrap();
        (
            text.label.clone(),
            text.decoded().into_owned(),
            text.damaged,
        )
    }

    #[test]
    fn each_encoding_is_found_by_its_bytes() {
        let utf16 = |little: bool, mark: bool| -> Vec<u8> {
            let text = if mark {
                "\u{feff}année;total\n2024;12\n"
            } else {
                "année;total\n2024;12\n"
            };
            text.encode_utf16()
                .flat_map(|unit| {
                    if little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    }
                })
                .collect()
        };
        let text = "année;total\n2024;12\n".to_owned();
        assert_eq!(
            read(text.as_bytes()),
            ("utf-8".to_owned(), text.clone(), false)
        );
        assert_eq!(read("\u{feff}année;total\n2024;12\n".as_bytes()).1, text);
        assert_eq!(
            read(b"ann\xe9e;total\n2024;12\n"),
            ("windows-1252".to_owned(), text.clone(), false)
        );
        for mark in [true, false] {
            assert_eq!(
                read(&utf16(true, mark)),
                ("utf-16le".to_owned(), text.clone(), false)
            );
            assert_eq!(
                read(&utf16(false, mark)),
                ("utf-16be".to_owned(), text.clone(), false)
            );
        }
    }

    #[test]
    fn a_nearly_valid_file_is_damaged_not_another_encoding() {
        let mut bytes = "é".repeat(40).into_bytes();
        bytes.push(0xc3);
        let (label, _, damaged) = read(&bytes);
        assert_eq!((label.as_str(), damaged), ("utf-8", true));
        assert!(read("D\u{fffd}partement".as_bytes()).2);
    }

    #[test]
    fn a_declared_encoding_must_exist() {
        assert_eq!(
            open(Cow::Borrowed(b"\x8e"), Some("macintosh"))
                .unwrap()
                .decoded(),
            "é"
        );
        assert!(matches!(
            open(Cow::Borrowed(b"a"), Some("utf-9")),
            Err(IntakeError::UnknownEncoding { .. })
        ));
    }
}
