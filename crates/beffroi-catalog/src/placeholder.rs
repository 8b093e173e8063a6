//! Values and figures placed in texts by name: `{{ locations | evolution }}`.
//!
//! A name is that of an indicator, or `board.tile`; the file's dots and underscores do not matter
//! (`velos.locations` is the indicator `velos_locations`). What follows the bar says what of it is
//! read. A text is cut into [`Piece`]s; what cannot be read stands where it was, with why.

use crate::{Board, Catalog, Indicator, Tile};
use beffroi_model::nearest;
use std::ops::Range;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words as they are.
    Words(&'a str),
    /// A placeholder.
    Placed {
        /// The bytes of the text, braces included.
        at: Range<usize>,
        /// What is named.
        name: &'a str,
        /// What of it is read.
        part: Part,
    },
    /// A placeholder that cannot be read.
    Broken {
        /// The bytes of the text.
        at: Range<usize>,
        /// Why, in French.
        why: String,
    },
}

/// What of an indicator is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value with its unit.
    #[default]
    Value,
    /// The number alone.
    Number,
    /// Its change in a year.
    Change,
    /// The value of the year before.
    Before,
    /// The target.
    Target,
    /// Where it stands.
    Status,
    /// The sentence about it.
    Phrase,
    /// The period.
    Period,
    /// Where it comes from.
    Source,
    /// The value, of the last year known if that of the report is not.
    Latest,
}

impl Part {
    /// All parts with their words.
    pub const ALL: [(&'static str, Self); 10] = [
        ("valeur", Self::Value),
        ("nombre", Self::Number),
        ("evolution", Self::Change),
        ("precedent", Self::Before),
        ("objectif", Self::Target),
        ("etat", Self::Status),
        ("phrase", Self::Phrase),
        ("periode", Self::Period),
        ("source", Self::Source),
        ("dernier", Self::Latest),
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, part)| *part == self);
        found.map_or("valeur", |(word, _)| word)
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Named<'a> {
    /// An indicator.
    Indicator(&'a Indicator),
    /// A figure of a board.
    Tile(&'a Board, &'a Tile),
}

/// A text in pieces.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        if open > from {
            pieces.push(Piece::Words(&text[from..open]));
        }
        let inside = open + 2;
        // A placeholder stands on one line: a brace that is never closed breaks no other.
        let line = text[inside..].split('\n').next().unwrap_or_default();
        let Some(length) = line.find("}}") else {
            let at = open..inside + line.len();
            let why = "`{{` n'est pas fermé par `}}` sur sa ligne".to_owned();
            from = at.end;
            pieces.push(Piece::Broken { at, why });
            continue;
        };
        let at = open..inside + length + 2;
        from = at.end;
        pieces.push(match read(&line[..length]) {
            Ok((name, part)) => Piece::Placed { at, name, part },
            Err(why) => Piece::Broken { at, why },
        });
    }
    if from < text.len() {
        pieces.push(Piece::Words(&text[from..]));
    }
    pieces
}

/// `locations | evolution`.
fn read(inside: &str) -> Result<(&str, Part), String> {
    let (name, part) = match inside.split_once('|') {
        Some((name, part)) => (name.trim(), Some(part.trim())),
        None => (inside.trim(), None),
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    if name.is_empty() {
        return Err("`{{ }}` ne nomme rien".to_owned());
    }
    if !name.chars().all(is_name) {
        return Err(format!(
            "`{name}` n'est pas un nom : des minuscules sans accent, des chiffres, `_` et `.`"
        ));
    }
    let Some(word) = part else {
        return Ok((name, Part::default()));
    };
    let plain = beffroi_model::normalize(word);
    let known = Part::ALL.iter().find(|(known, _)| *known == plain);
    known.map(|(_, part)| (name, *part)).ok_or_else(|| {
        let words = Part::ALL.map(|(word, _)| word);
        match nearest(&plain, words) {
            Some(near) => {
                format!("`{word}` n'est pas lu après la barre : vouliez-vous dire `{near}` ?")
            }
            None => format!(
                "`{word}` n'est pas lu après la barre ; le sont : {}",
                words.join(", ")
            ),
        }
    })
}

impl Catalog {
    /// What a name in a text stands for.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Named<'_>> {
        if let Some((board, tile)) = name.split_once('.')
            && let Some(board) = self.boards.get(board)
            && let Some(tile) = board
                .sections
                .iter()
                .flat_map(|section| &section.tiles)
                .find(|it| it.id == tile)
        {
            return Some(Named::Tile(board, tile));
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        [name, name.replace('.', "_").as_str(), last]
            .into_iter()
            .find_map(|id| self.indicators.get(id))
            .map(Named::Indicator)
    }

    /// Why a name stands for nothing, in French, with the nearest one.
    #[must_use]
    pub fn unnamed(&self, name: &str) -> String {
        let known = self.indicators.keys().map(|id| id.as_str());
        match nearest(name, known) {
            Some(near) => {
                format!("`{name}` ne nomme aucun indicateur : vouliez-vous dire `{near}` ?")
            }
            None => format!("`{name}` ne nomme aucun indicateur ni aucune figure"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_placeholders_and_loses_nothing() {
        let text = "En {{ an }}, {{locations|évolution}} : {{ velos.locations | objectif }}\n{{ } {{ a b }} {{}} fin {{ x";
        let pieces = pieces(text);
        let spelled: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => *words,
                Piece::Placed { at, .. } | Piece::Broken { at, .. } => &text[at.clone()],
            })
            .collect();
        assert_eq!(spelled, text);
        let placed: Vec<_> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Placed { name, part, .. } => Some((*name, part.as_str())),
                _ => None,
            })
            .collect();
        assert_eq!(
            placed,
            [
                ("an", "valeur"),
                ("locations", "evolution"),
                ("velos.locations", "objectif")
            ]
        );
        let broken = pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Broken { .. }));
        assert_eq!(broken.count(), 3);
    }

    #[test]
    fn an_unknown_part_is_told_with_the_nearest() {
        let why = |text| match pieces(text).pop() {
            Some(Piece::Broken { why, .. }) => why,
            other => format!("{other:?}"),
        };
        assert!(why("{{ a | evolutoin }}").contains("`evolution`"));
        assert!(why("{{ a | zzzzz }}").contains("valeur, nombre"));
        assert!(why("{{ A }}").contains("minuscules"));
    }
}
