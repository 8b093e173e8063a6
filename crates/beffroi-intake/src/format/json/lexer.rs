//! The tokens of JSON, one after the other, without holding more than one of them.
//!
//! Numbers keep their digits. What programs write that is nearly JSON is read, and counted as a
//! repair: single quotes, names without quotes, comments, a comma too many, `NaN`, `None`.

use crate::IntakeError;
use std::io::Read;

/// How deep values may be inside one another.
pub(super) const MAX_DEPTH: usize = 128;
/// How long one text may be.
const MAX_TEXT: usize = 64 << 20;
/// How much is read at once.
const BLOCK: usize = 1 << 16;

/// One token; a name, a text or a number is in [`Lexer::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Object,
    List,
    /// The end of an object or of a list.
    End,
    /// The name of a member; its value follows.
    Name,
    Text,
    Number,
    Bool(bool),
    Null,
    /// Nothing is left.
    Done,
}

/// Reads tokens.
pub(super) struct Lexer<R> {
    inner: R,
    block: Box<[u8]>,
    at: usize,
    end: usize,
    line: u64,
    /// Characters of the line that were read.
    column: u64,
    /// The objects (`true`) and lists that are open.
    open: Vec<bool>,
    before: Before,
    text: Vec<u8>,
    repairs: u64,
}

/// What was read before the next token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing of the object, list or document.
    Start,
    /// The name of a member and its colon.
    Name,
    /// A value.
    Value,
}

impl<R: Read> Lexer<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            block: vec![0; BLOCK].into(),
            at: 0,
            end: 0,
            line: 1,
            column: 0,
            open: Vec::new(),
            before: Before::Start,
            text: Vec::new(),
            repairs: 0,
        }
    }

    /// The name, text or number of the last token.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The line where the last token ended.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many things had to be mended.
    pub(super) fn repairs(&self) -> u64 {
        self.repairs
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token, IntakeError> {
        let is_object = self.open.last().copied();
        let byte = self.separated(is_object)?;
        let Some(byte) = byte else {
            return if self.open.is_empty() {
                Ok(Token::Done)
            } else {
                Err(self.broken("cut"))
            };
        };
        if matches!(byte, b'}' | b']') {
            if self.open.pop() != Some(byte == b'}') || self.before == Before::Name {
                return Err(self.broken("syntax"));
            }
            self.bump();
            self.before = Before::Value;
            return Ok(Token::End);
        }
        if is_object == Some(true) && self.before != Before::Name {
            self.name(byte)?;
            self.before = Before::Name;
            return Ok(Token::Name);
        }
        self.before = Before::Value;
        match byte {
            b'{' | b'[' => {
                if self.open.len() == MAX_DEPTH {
                    return Err(IntakeError::TooDeep { limit: MAX_DEPTH });
                }
                self.bump();
                self.open.push(byte == b'{');
                self.before = Before::Start;
                Ok(if byte == b'{' {
                    Token::Object
                } else {
                    Token::List
                })
            }
            b'"' | b'\'' => {
                self.quoted(byte)?;
                Ok(Token::Text)
            }
            _ => {
                self.word(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte))?;
                self.literal()
            }
        }
    }

    /// The first byte of the next token, after a comma where one belongs.
    fn separated(&mut self, is_object: Option<bool>) -> Result<Option<u8>, IntakeError> {
        let mut byte = self.visible()?;
        if self.before == Before::Value && byte == Some(b',') && is_object.is_some() {
            self.bump();
            byte = self.visible()?;
            if matches!(byte, Some(b'}' | b']')) {
                self.repairs += 1;
            }
        } else if self.before == Before::Value
            && is_object.is_some()
            && byte.is_some_and(|byte| !matches!(byte, b'}' | b']'))
        {
            return Err(self.broken("syntax"));
        }
        Ok(byte)
    }

    fn name(&mut self, byte: u8) -> Result<(), IntakeError> {
        if matches!(byte, b'"' | b'\'') {
            self.quoted(byte)?;
        } else {
            self.repairs += 1;
            self.word(|byte| byte.is_ascii_alphanumeric() || b"_$-".contains(&byte) || byte > 127)?;
        }
        if self.visible()? != Some(b':') {
            return Err(self.unexpected());
        }
        self.bump();
        Ok(())
    }

    /// Reads a word into the text.
    fn word(&mut self, belongs: fn(u8) -> bool) -> Result<(), IntakeError> {
        self.text.clear();
        while let Some(byte) = self.peek()?.filter(|byte| belongs(*byte)) {
            self.text.push(byte);
            self.bump();
            if self.text.len() > MAX_TEXT {
                return Err(self.broken("syntax"));
            }
        }
        if self.text.is_empty() {
            return Err(self.unexpected());
        }
        Ok(())
    }

    fn literal(&mut self) -> Result<Token, IntakeError> {
        let token = match self.text.as_slice() {
            b"true" => Token::Bool(true),
            b"false" => Token::Bool(false),
            b"null" => Token::Null,
            b"NaN" | b"Infinity" | b"-Infinity" | b"+Infinity" | b"-NaN" => {
                self.repairs += 1;
                Token::Text
            }
            b"True" | b"False" => {
                self.repairs += 1;
                Token::Bool(self.text.starts_with(b"T"))
            }
            b"None" | b"undefined" => {
                self.repairs += 1;
                Token::Null
            }
            text if is_number(text) => Token::Number,
            _ => {
                let is_cut = !self.open.is_empty() && self.peek()?.is_none();
                return Err(self.broken(if is_cut { "cut" } else { "syntax" }));
            }
        };
        Ok(token)
    }

    /// Reads a quoted text into the text.
    fn quoted(&mut self, quote: u8) -> Result<(), IntakeError> {
        self.repairs += u64::from(quote == b'\'');
        self.bump();
        self.text.clear();
        // Half of a character that is escaped in two.
        let mut high = None;
        loop {
            if self.peek()?.is_none() {
                return Err(self.broken("cut"));
            }
            let rest = self.block.get(self.at..self.end).unwrap_or_default();
            let plain = memchr::memchr3(quote, b'\\', b'\n', rest).unwrap_or(rest.len());
            if plain > 0 {
                self.lone(&mut high);
                let part = self.block.get(self.at..self.at + plain).unwrap_or_default();
                self.text.extend_from_slice(part);
                self.column += part.iter().filter(|byte| (**byte as i8) >= -0x40).count() as u64;
                self.at += plain;
                if self.text.len() > MAX_TEXT {
                    return Err(IntakeError::TooLarge {
                        limit: MAX_TEXT as u64,
                    });
                }
                continue;
            }
            match self.peek()? {
                Some(b'\\') => {
                    self.bump();
                    self.escaped(&mut high)?;
                }
                // A line end within a text is against the grammar, but plain.
                Some(b'\n') => {
                    self.lone(&mut high);
                    self.repairs += 1;
                    self.text.push(b'\n');
                    self.bump();
                }
                _ => break,
            }
        }
        self.lone(&mut high);
        self.bump();
        Ok(())
    }

    fn escaped(&mut self, high: &mut Option<u32>) -> Result<(), IntakeError> {
        let Some(byte) = self.peek()? else {
            return Err(self.broken("cut"));
        };
        self.bump();
        let plain = match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' | b'\'' => char::from(byte),
            b'u' => {
                let mut unit = 0;
                for _ in 0..4 {
                    let digit = self.peek()?.and_then(|byte| char::from(byte).to_digit(16));
                    let Some(digit) = digit else {
                        return Err(self.unexpected());
                    };
                    unit = unit * 16 + digit;
                    self.bump();
                }
                match (high.take(), unit) {
                    (Some(first), 0xdc00..0xe000) => {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (unit - 0xdc00);
                        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    (before, unit) => {
                        *high = before;
                        self.lone(high);
                        if (0xd800..0xdc00).contains(&unit) {
                            *high = Some(unit);
                            return Ok(());
                        }
                        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                }
            }
            _ => return Err(self.broken("syntax")),
        };
        self.lone(high);
        let mut bytes = [0; 4];
        self.text
            .extend_from_slice(plain.encode_utf8(&mut bytes).as_bytes());
        Ok(())
    }

    /// Half of a character without the other is lost.
    fn lone(&mut self, high: &mut Option<u32>) {
        if high.take().is_some() {
            self.text.extend_from_slice("\u{fffd}".as_bytes());
        }
    }

    /// The next byte that is neither blank nor comment.
    fn visible(&mut self) -> Result<Option<u8>, IntakeError> {
        loop {
            match self.peek()? {
                // 0x1e stands before each text of a JSON sequence.
                Some(b' ' | b'\t' | b'\n' | b'\r' | 0x1e) => self.bump(),
                Some(b'/') => self.comment()?,
                byte => return Ok(byte),
            }
        }
    }

    fn comment(&mut self) -> Result<(), IntakeError> {
        self.repairs += 1;
        self.bump();
        let is_line = match self.peek()? {
            Some(b'/') => true,
            Some(b'*') => false,
            _ => return Err(self.unexpected()),
        };
        self.bump();
        let mut before = 0;
        while let Some(byte) = self.peek()? {
            self.bump();
            if (is_line && byte == b'\n') || (!is_line && before == b'*' && byte == b'/') {
                return Ok(());
            }
            before = byte;
        }
        if is_line {
            Ok(())
        } else {
            Err(self.broken("cut"))
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, IntakeError> {
        if self.at == self.end {
            self.at = 0;
            self.end = self.inner.read(&mut self.block)?;
        }
        Ok(self
            .block
            .get(self.at..self.end)
            .unwrap_or_default()
            .first()
            .copied())
    }

    /// Goes past the byte that was peeked at.
    fn bump(&mut self) {
        let byte = self.block.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 0;
        } else {
            self.column += u64::from((byte as i8) >= -0x40);
        }
    }

    fn unexpected(&mut self) -> IntakeError {
        let reason = match self.peek() {
            Ok(None) => "cut",
            _ => "syntax",
        };
        self.broken(reason)
    }

    fn broken(&self, reason: &'static str) -> IntakeError {
        IntakeError::BrokenJson {
            line: self.line,
            column: self.column + 1,
            reason,
        }
    }
}

/// Whether a word is a number by the grammar; a plus sign or a bare point are let pass.
fn is_number(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_digit)
        && std::str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// All tokens, shortly.
    fn read(text: &str) -> Result<String, IntakeError> {
        let mut lexer = Lexer::new(text.as_bytes());
        let mut out = String::new();
        loop {
            match lexer.next()? {
                Token::Done => break,
                Token::Object => out.push('{'),
                Token::List => out.push('['),
                Token::End => out.push('.'),
                Token::Name => out.push_str(&format!("{}:", lexer.text())),
                Token::Text => out.push_str(&format!("“{}”", lexer.text())),
                Token::Number => out.push_str(&format!("#{}", lexer.text())),
                Token::Bool(value) => out.push_str(&value.to_string()),
                Token::Null => out.push('0'),
            }
        }
        if lexer.repairs() > 0 {
            out.push_str(&format!(" {} repairs", lexer.repairs()));
        }
        Ok(out)
    }

    #[test]
    fn numbers_and_texts_keep_all_they_have() {
        assert_eq!(
            read(r#"{"a": [1.10, -12345678901234567890123, 1e-7, true, null, "\u00e9\ud83d\ude00\n\"é"]}"#).unwrap(),
            "{a:[#1.10#-12345678901234567890123#1e-7true0“é😀\n\"é”.."
        );
        assert_eq!(
            read(r#""\ud83d" "\ude00x""#).unwrap(),
            "“\u{fffd}”“\u{fffd}x”"
        );
    }

    #[test]
    fn what_is_nearly_json_is_read_and_said() {
        assert_eq!(
            read("{'a': NaN, b: None, // c\n \"d\": [1,],}").unwrap(),
            "{a:“NaN”b:0d:[#1.. 7 repairs"
        );
        assert_eq!(read("{} [] 1").unwrap(), "{.[.#1");
    }

    #[test]
    fn what_is_not_says_where() {
        let at = |text: &str| match read(text) {
            Err(IntakeError::BrokenJson {
                line,
                column,
                reason,
            }) => format!("{line}:{column} {reason}"),
            other => format!("{other:?}"),
        };
        assert_eq!(at("{\"a\":\n 1 2}"), "2:4 syntax");
        assert_eq!(at("{\"a\":\n [1, \"é"), "2:8 cut");
        assert_eq!(at("[1, tru"), "1:8 cut");
        assert_eq!(at("[1}"), "1:3 syntax");
        assert_eq!(at("{\"a\" 1}"), "1:6 syntax");
        assert_eq!(at("{\"a\":}"), "1:6 syntax");
        assert_eq!(at("[1] x"), "1:6 syntax");
        assert_eq!(at("[\"\\x\"]"), "1:5 syntax");
        assert_eq!(
            read(&"[".repeat(129)),
            Err(IntakeError::TooDeep { limit: 128 })
        );
    }
}
