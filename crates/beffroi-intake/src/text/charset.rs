//! How the bytes of a text become characters: read block by block, whatever the encoding.

use crate::source::append;
use encoding_rs::{CoderResult, Decoder, Encoding};
use std::{
    io::{self, Read},
    mem,
};

/// How much is read at once.
const BLOCK: usize = 1 << 18;
/// A line of mixed encodings is judged on no more than this.
const LINE: usize = 1 << 20;

/// How the bytes of a text are decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Charset {
    /// UTF-8; what is not gets a replacement character.
    Utf8,
    /// UTF-8 that was taken for windows-1252 and written as UTF-8 again (`Ã©`).
    TwiceUtf8,
    /// Some lines in UTF-8, others in one byte for each character.
    Mixed(Single),
    /// One byte for each character.
    Single(Single),
    /// UTF-16, or the encodings of Asia.
    Multiple(&'static Encoding),
}

/// One byte for each character, the first 128 being ASCII.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Single {
    /// One that browsers know.
    Web(&'static Encoding),
    /// A code page of DOS.
    Dos {
        name: &'static str,
        high: &'static str,
    },
}

/// The code pages of DOS: their upper halves.
pub(crate) const CP850: Single = Single::Dos {
    name: "cp850",
    high: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
};
pub(crate) const CP437: Single = Single::Dos {
    name: "cp437",
    high: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
};

impl Single {
    /// Its usual name.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Web(encoding) => encoding.name().to_lowercase(),
            Self::Dos { name, .. } => name.to_owned(),
        }
    }

    /// The characters of the upper 128 bytes.
    pub(crate) fn upper(self) -> [char; 128] {
        let mut upper = ['\u{fffd}'; 128];
        match self {
            Self::Web(encoding) => {
                for (byte, place) in (0x80..=0xff_u8).zip(&mut upper) {
                    let byte = [byte];
                    let (text, _) = encoding.decode_without_bom_handling(&byte);
                    *place = text.chars().next().unwrap_or('\u{fffd}');
                }
            }
            Self::Dos { high, .. } => {
                for (char, place) in high.chars().zip(&mut upper) {
                    *place = char;
                }
            }
        }
        upper
    }

    fn decode(self, bytes: &[u8], out: &mut String) {
        match self {
            Self::Web(encoding) => out.push_str(&encoding.decode_without_bom_handling(bytes).0),
            Self::Dos { .. } => {
                let upper = self.upper();
                out.extend(bytes.iter().map(|&byte| {
                    let high = usize::from(byte).checked_sub(0x80);
                    high.and_then(|high| upper.get(high).copied())
                        .unwrap_or(char::from(byte))
                }));
            }
        }
    }
}

/// Reads bytes as text: without byte order marks, wherever they stand, and without NULs.
pub(crate) struct TextReader<'a> {
    bytes: Box<dyn Read + Send + 'a>,
    state: State,
    /// Bytes that wait for what follows them.
    held: Vec<u8>,
    ended: bool,
}

enum State {
    Utf8,
    TwiceUtf8,
    Mixed(Single),
    Single(Single),
    Multiple(Decoder),
}

impl<'a> TextReader<'a> {
    /// Reads `bytes` in a charset.
    pub(crate) fn new(bytes: Box<dyn Read + Send + 'a>, charset: Charset) -> Self {
        let state = match charset {
            Charset::Utf8 => State::Utf8,
            Charset::TwiceUtf8 => State::TwiceUtf8,
            Charset::Mixed(single) => State::Mixed(single),
            Charset::Single(single) => State::Single(single),
            Charset::Multiple(encoding) => State::Multiple(encoding.new_decoder_with_bom_removal()),
        };
        Self {
            bytes,
            state,
            held: Vec::new(),
            ended: false,
        }
    }

    /// Adds the next block to `text`. False when there is none any more.
    pub(crate) fn more(&mut self, text: &mut String) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let read = append(&mut self.bytes, &mut self.held, BLOCK)?;
        self.ended = read == 0;
        let block = mem::take(&mut self.held);
        let start = text.len();
        let rest = self.decode(&block, text);
        self.held = block;
        self.held.drain(..self.held.len() - rest);
        if self.ended && text.ends_with('\u{1a}') {
            // The mark of DOS for the end of a file.
            text.pop();
        }
        drop_marks(text, start);
        Ok(true)
    }

    /// Decodes a block. What it gives back is how many bytes at its end wait for the next.
    fn decode(&mut self, block: &[u8], out: &mut String) -> usize {
        match &mut self.state {
            State::Utf8 => utf8(block, self.ended, out),
            State::Single(single) => {
                single.decode(block, out);
                0
            }
            State::Multiple(decoder) => {
                let mut from = block;
                loop {
                    let room = decoder.max_utf8_buffer_length(from.len()).unwrap_or(BLOCK);
                    out.reserve(room);
                    let (result, read, _) = decoder.decode_to_string(from, out, self.ended);
                    from = from.get(read..).unwrap_or_default();
                    if result == CoderResult::InputEmpty {
                        return 0;
                    }
                }
            }
            State::TwiceUtf8 | State::Mixed(_) => {
                let ended = self.ended;
                let whole = match memchr::memrchr2(b'\n', b'\r', block) {
                    _ if ended || block.len() > LINE => block.len(),
                    Some(end) => end + 1,
                    None => 0,
                };
                for line in lines(block.get(..whole).unwrap_or_default()) {
                    match &self.state {
                        State::Mixed(single) if is_foreign(line) => single.decode(line, out),
                        State::TwiceUtf8 => match undone(line) {
                            Some(text) => out.push_str(&text),
                            None => out.push_str(&String::from_utf8_lossy(line)),
                        },
                        _ => out.push_str(&String::from_utf8_lossy(line)),
                    }
                }
                block.len() - whole
            }
        }
    }
}

/// Decodes UTF-8, holding back a character that the next block may complete.
fn utf8(block: &[u8], ended: bool, out: &mut String) -> usize {
    let mut rest = block;
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return 0;
            }
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(valid).unwrap_or_default());
                match error.error_len() {
                    None if !ended => return after.len(),
                    length => {
                        out.push(char::REPLACEMENT_CHARACTER);
                        rest = after
                            .get(length.unwrap_or(after.len())..)
                            .unwrap_or_default();
                    }
                }
            }
        }
    }
}

/// Lines with the characters that end them.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n' || byte == b'\r')
}

/// Whether a line is in another encoding than UTF-8: nothing in it is UTF-8 beyond ASCII.
pub(crate) fn is_foreign(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_err() && line.utf8_chunks().all(|chunk| chunk.valid().is_ascii())
}

/// The text of a line that was taken for windows-1252 and written as UTF-8 again; `None` when it
/// was not.
pub(crate) fn undone(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
    if unmappable {
        return None;
    }
    String::from_utf8(bytes.into_owned()).ok()
}

/// Drops byte order marks and NULs from `text`, after `start`.
fn drop_marks(text: &mut String, start: usize) {
    let added = text.as_bytes().get(start..).unwrap_or_default();
    if memchr::memchr(0, added).is_none()
        && memchr::memmem::find(added, "\u{feff}".as_bytes()).is_none()
    {
        return;
    }
    let kept: String = text
        .get(start..)
        .unwrap_or_default()
        .chars()
        .filter(|&char| char != '\0' && char != '\u{feff}')
        .collect();
    text.truncate(start);
    text.push_str(&kept);
}
