//! One JSON value in memory, laid flat under names or written as the text of a cell.

use super::lexer::{Lexer, Token};
use crate::IntakeError;
use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
    io::Read,
};

/// A JSON value; objects keep the order of their members.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::format) enum Json {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A record under construction: names and values, flat.
pub(in crate::format) type Flat = Vec<(String, Json)>;

impl Json {
    /// Reads the value that starts with a token, unless it takes more than `limit` bytes.
    pub(super) fn read<R: Read>(
        lexer: &mut Lexer<R>,
        first: Token,
        limit: u64,
    ) -> Result<Self, IntakeError> {
        Self::within(lexer, first, &mut (limit, limit))
    }

    /// The room is what is left of the limit, and the limit.
    fn within<R: Read>(
        lexer: &mut Lexer<R>,
        first: Token,
        room: &mut (u64, u64),
    ) -> Result<Self, IntakeError> {
        let size = match first {
            Token::Text | Token::Number => lexer.text().len(),
            _ => 0,
        };
        room.0 = room
            .0
            .checked_sub((size_of::<Self>() + size) as u64)
            .ok_or(IntakeError::TooLarge { limit: room.1 })?;
        Ok(match first {
            Token::Object => {
                let (mut members, mut names) = (Vec::new(), Names::default());
                while lexer.next()? == Token::Name {
                    let name = names.unused(lexer.text());
                    let first = lexer.next()?;
                    members.push((name, Self::within(lexer, first, room)?));
                }
                Self::Object(members)
            }
            Token::List => {
                let mut items = Vec::new();
                loop {
                    match lexer.next()? {
                        Token::End => break,
                        first => items.push(Self::within(lexer, first, room)?),
                    }
                }
                Self::List(items)
            }
            Token::Text | Token::Name => Self::Text(lexer.text().to_owned()),
            Token::Number => Self::Number(lexer.text().to_owned()),
            Token::Bool(value) => Self::Bool(value),
            Token::Null | Token::End | Token::Done => Self::Null,
        })
    }

    /// A value out of its text.
    #[cfg(test)]
    pub(in crate::format) fn parse(text: &str) -> Result<Self, IntakeError> {
        let mut lexer = Lexer::new(text.as_bytes());
        let first = lexer.next()?;
        Self::read(&mut lexer, first, u64::MAX)
    }

    /// The member of an object.
    pub(in crate::format) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(in crate::format) fn list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self {
            Some(items)
        } else {
            None
        }
    }

    pub(in crate::format) fn number(&self) -> Option<f64> {
        if let Self::Number(text) = self {
            text.parse().ok()
        } else {
            None
        }
    }

    /// The text of a scalar that is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Whether it is a text with its language (GBFS 3: `{"text": …, "language": …}`).
    pub(super) fn is_translation(&self) -> bool {
        let says = |name| self.get(name).and_then(Self::text).is_some();
        matches!(self, Self::Object(members) if members.len() == 2)
            && says("text")
            && says("language")
    }

    fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    /// What a cell says: texts as they stand, lists of them joined, the rest as JSON.
    pub(in crate::format) fn cell(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(value) => value.to_string(),
            Self::Number(text) | Self::Text(text) => text.clone(),
            Self::List(items) if items.iter().all(Self::is_scalar) => {
                items.iter().map(Self::cell).collect::<Vec<_>>().join(", ")
            }
            Self::List(items) => translated(items)
                .map(str::to_owned)
                .unwrap_or_else(|| self.json()),
            Self::Object(_) => self.json(),
        }
    }

    fn json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// An object with its nested objects' members named `outer.inner`, and its lists as text.
pub(in crate::format) fn flat(value: &Json) -> Flat {
    let (mut out, mut has_points) = (Vec::new(), false);
    flatten("", value, &mut out, &mut has_points);
    if has_points {
        // `a.b` beside the `b` of an `a`.
        let mut names = Names::default();
        for (name, _) in &mut out {
            *name = names.unused(name);
        }
    }
    out
}

fn flatten(name: &str, value: &Json, out: &mut Flat, has_points: &mut bool) {
    match value {
        Json::Object(members) => {
            for (member, value) in members {
                *has_points |= member.contains('.');
                let name = if name.is_empty() {
                    member.clone()
                } else {
                    format!("{name}.{member}")
                };
                flatten(&name, value, out, has_points);
            }
        }
        list @ Json::List(_) => out.push((name.to_owned(), Json::Text(list.cell()))),
        scalar => out.push((name.to_owned(), scalar.clone())),
    }
}

/// The French of a text in several languages, else the first.
fn translated(items: &[Json]) -> Option<&str> {
    if !items.iter().all(Json::is_translation) {
        return None;
    }
    let is_french = |item: &&Json| {
        item.get("language")
            .and_then(Json::text)
            .is_some_and(|language| language == "fr" || language.starts_with("fr-"))
    };
    let chosen = items.iter().find(is_french).or(items.first())?;
    chosen.get("text")?.text()
}

/// Names given so far, each to one member.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The next number of each name that was asked for again.
    numbers: HashMap<String, usize>,
}

impl Names {
    /// A name that no other has: a second `a` is `a (2)`.
    pub(super) fn unused(&mut self, name: &str) -> String {
        // A NUL is no character of a name.
        let name = name.replace('\0', "");
        let mut unused = name.clone();
        while !self.taken.insert(unused.clone()) {
            let number = self.numbers.entry(name.clone()).or_insert(2);
            unused = format!("{name} ({number})");
            *number += 1;
        }
        unused
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
