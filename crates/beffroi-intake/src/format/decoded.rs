//! The characters of a JSON or XML document as a stream of UTF-8.

use crate::{IntakeError, source::Bytes};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, BufRead, Read};

/// How much is decoded at once.
const BLOCK: usize = 1 << 16;

/// Reads bytes of an encoding as UTF-8.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Box<[u8]>,
    raw_at: usize,
    raw_end: usize,
    ended: bool,
    out: Box<[u8]>,
    out_at: usize,
    out_end: usize,
}

/// Where the characters of a document start, and in which encoding they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charset {
    pub(super) encoding: &'static Encoding,
    /// The length of the byte order mark.
    pub(super) mark: usize,
}

impl Charset {
    /// By a byte order mark, else what was declared for the file, else zeros around the first
    /// character (UTF-16), else what an XML declaration says, else UTF-8 where it is valid, else
    /// windows-1252.
    pub(super) fn find(bytes: Bytes<'_>, declared: Option<&str>) -> Result<Self, IntakeError> {
        let head = bytes.head(512)?;
        if let Some((encoding, mark)) = Encoding::for_bom(&head) {
            return Ok(Self { encoding, mark });
        }
        let encoding = match (declared, head.as_ref()) {
            (Some(label), _) => named(label)?,
            (None, [0, b'<' | b'{' | b'[', ..]) => UTF_16BE,
            (None, [b'<' | b'{' | b'[', 0, ..]) => UTF_16LE,
            (None, head) => match xml_encoding(head) {
                Some(label) => named(&label)?,
                None if is_utf8(bytes)? => UTF_8,
                None => WINDOWS_1252,
            },
        };
        Ok(Self { encoding, mark: 0 })
    }

    /// Its usual name, for decisions.
    pub(super) fn label(self) -> String {
        self.encoding.name().to_lowercase()
    }

    /// The characters, after the byte order mark.
    pub(super) fn open<'a>(
        self,
        bytes: Bytes<'a>,
    ) -> io::Result<Decoded<Box<dyn Read + Send + 'a>>> {
        let mut inner = bytes.reader()?;
        io::copy(&mut inner.by_ref().take(self.mark as u64), &mut io::sink())?;
        Ok(Decoded {
            inner,
            decoder: self.encoding.new_decoder_without_bom_handling(),
            raw: vec![0; BLOCK].into(),
            raw_at: 0,
            raw_end: 0,
            ended: false,
            out: vec![0; BLOCK].into(),
            out_at: 0,
            out_end: 0,
        })
    }
}

impl<R: Read> Decoded<R> {
    fn refill(&mut self) -> io::Result<()> {
        while self.out_at == self.out_end && !self.ended {
            if self.raw_at == self.raw_end {
                self.raw_at = 0;
                self.raw_end = self.inner.read(&mut self.raw)?;
            }
            let last = self.raw_end == 0;
            let raw = self.raw.get(self.raw_at..self.raw_end).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.out, last);
            self.raw_at += read;
            (self.out_at, self.out_end) = (0, written);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(self.out.get(self.out_at..self.out_end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.out_at = (self.out_at + amount).min(self.out_end);
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

fn named(label: &str) -> Result<&'static Encoding, IntakeError> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| IntakeError::UnknownEncoding {
        label: label.to_owned(),
    })
}

/// What an XML declaration says of the encoding.
fn xml_encoding(head: &[u8]) -> Option<String> {
    let start = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let declaration = start.get(..memchr::memmem::find(start, b"?>")?)?;
    let value = declaration
        .get(memchr::memmem::find(declaration, b"encoding")? + 8..)?
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let value = value.get(..memchr::memchr(*quote, value)?)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// Whether all bytes, or all but a few as in a file that was cut or patched, are UTF-8.
fn is_utf8(bytes: Bytes<'_>) -> io::Result<bool> {
    let mut reader = bytes.reader()?;
    let (mut block, mut kept) = (vec![0; BLOCK], 0);
    let (mut good, mut bad) = (0_u64, 0_u64);
    loop {
        let read = reader.read(block.get_mut(kept..).unwrap_or_default())?;
        let text = block.get(..kept + read).unwrap_or_default();
        if std::str::from_utf8(text).is_ok() {
            // Each character beyond ASCII starts with such a byte.
            good += text.iter().filter(|byte| **byte >= 0xc0).count() as u64;
            kept = 0;
        } else {
            let mut rest = 0;
            for chunk in text.utf8_chunks() {
                good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                rest = chunk.invalid().len();
                bad += u64::from(rest > 0);
            }
            // A character may be cut by the end of the block.
            if rest > 0 && rest < 4 && read > 0 {
                bad -= 1;
                let end = text.len();
                block.copy_within(end - rest..end, 0);
                kept = rest;
            } else {
                kept = 0;
            }
        }
        if read == 0 {
            return Ok(bad == 0 || good > 10 * bad);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, String) {
        let bytes = Bytes::Held(bytes);
        let charset = Charset::find(bytes, None).unwrap();
        let mut text = String::new();
        charset
            .open(bytes)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        (charset.label(), text)
    }

    #[test]
    fn the_encoding_is_that_of_the_mark_the_zeros_the_declaration_or_the_bytes() {
        let json = "{\"é\": \"€\"}".repeat(20_000);
        assert_eq!(read(json.as_bytes()), ("utf-8".into(), json.clone()));
        let marked = format!("\u{feff}{json}");
        assert_eq!(read(marked.as_bytes()), ("utf-8".into(), json.clone()));
        for text in [&json, &marked] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(read(&little), ("utf-16le".into(), json.clone()));
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(read(&big), ("utf-16be".into(), json.clone()));
        }
        let (xml, _, _) = encoding_rs::ISO_8859_15.encode("<?xml encoding='iso-8859-15'?>€");
        assert!(read(&xml).1.ends_with('€'));
        assert_eq!(read(b"{\"\xe9\": 1}").1, "{\"é\": 1}");
    }

    #[test]
    fn a_character_across_two_blocks_is_still_utf8() {
        for shift in 0..4 {
            let text = format!("{}{}", "a".repeat(BLOCK - shift), "é€😀".repeat(9));
            assert_eq!(read(text.as_bytes()), ("utf-8".into(), text));
        }
    }
}
