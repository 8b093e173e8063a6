//! XML read as a stream and with limits: no entity but those of XML itself, no text beyond what a
//! cell can hold, no endless nesting.

use super::unreadable;
use crate::IntakeError;
use quick_xml::{
    events::{BytesEnd, BytesRef, BytesStart, Event},
    reader::Reader,
};
use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
};

/// How long a text or a tag may be.
const MAX_PIECE: usize = 4 << 20;
const LONG_TEXT: IntakeError = IntakeError::TextTooLong {
    limit: MAX_PIECE as u64,
};
/// How deep elements may lie in one another.
const MAX_DEPTH: usize = 200;

/// A document read piece by piece.
pub(super) struct Markup<R: BufRead> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

/// A piece of a document.
pub(super) enum Piece<'p> {
    /// An element starts.
    Open(Tag<'p>),
    /// An element ends.
    Close(End<'p>),
    /// A text or a part of one.
    Text(Cow<'p, str>),
    /// What holds nothing: a comment, a declaration.
    Other,
}

/// The end of an element.
pub(super) struct End<'p>(BytesEnd<'p>);

impl End<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// The start of an element.
pub(super) struct Tag<'p>(BytesStart<'p>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its name without prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.attributes()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A number from 0 in an attribute.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.trim().parse().ok()
    }

    /// Whether an attribute says yes.
    pub(super) fn is_set(&self, name: &str) -> bool {
        matches!(self.get(name).as_deref(), Some("1" | "true" | "on"))
    }

    /// The attributes, by their names without prefix.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let value = match attribute.value {
                Cow::Borrowed(value) => unescaped(value),
                Cow::Owned(value) => Cow::Owned(unescaped(&value).into_owned()),
            };
            (attribute.key.local_name().into_inner(), value)
        })
    }
}

fn unescaped(value: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(value).unwrap_or(Cow::Borrowed(value))
}

/// Adds to the text of a cell, which is not to be longer than any.
pub(super) fn extend(text: &mut String, part: &str) -> Result<(), IntakeError> {
    text.push_str(part);
    if text.len() > MAX_PIECE {
        Err(LONG_TEXT)
    } else {
        Ok(())
    }
}

/// A text whose lines end in line feeds.
fn lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    }
}

/// The character that an entity stands for; an unknown one stands for itself.
fn resolve(entity: &BytesRef<'_>) -> String {
    match &**entity {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => match entity.resolve_char_ref() {
            Ok(Some(char)) => char.to_string(),
            _ => format!("&{other};"),
        },
    }
}

impl<R: BufRead> Markup<R> {
    pub(super) fn new(reader: R) -> Self {
        let mut reader = Reader::from_reader(Metered {
            reader,
            left: MAX_PIECE,
        });
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next piece; `None` at the end of a document that is whole.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'_>>, IntakeError> {
        self.buffer.clear();
        self.reader.get_mut().left = MAX_PIECE;
        let event = self
            .reader
            .read_event_into(&mut self.buffer)
            .map_err(broken)?;
        Ok(Some(match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(IntakeError::TooDeep { limit: MAX_DEPTH });
                }
                Piece::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::Close(End(tag))
            }
            Event::Text(text) => Piece::Text(lines(text.into_inner())),
            Event::CData(text) => Piece::Text(lines(text.into_inner())),
            Event::GeneralRef(entity) => Piece::Text(resolve(&entity).into()),
            Event::DocType(text) if text.contains('[') => {
                return Err(IntakeError::DeclaredEntities);
            }
            Event::Eof if self.depth > 0 => return Err(unreadable("the document is cut short")),
            Event::Eof => return Ok(None),
            _ => Piece::Other,
        }))
    }

    /// Passes over the element that has just been opened.
    pub(super) fn skip(&mut self) -> Result<(), IntakeError> {
        let outer = self.depth.saturating_sub(1);
        while self.depth > outer {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

fn broken(error: quick_xml::Error) -> IntakeError {
    match &error {
        quick_xml::Error::Io(io) => passed_on(io),
        _ => unreadable(error),
    }
}

/// What a reader of a part failed for: an error of ours, or damage.
pub(super) fn passed_on(error: &io::Error) -> IntakeError {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<IntakeError>()) {
        Some(ours) => ours.clone(),
        None => unreadable(error),
    }
}

/// Counts what is read between two pieces.
struct Metered<R> {
    reader: R,
    left: usize,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self.left.saturating_sub(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(LONG_TEXT));
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.reader.consume(amount);
    }
}
