//! `boards/ID.toml`.

use super::open;
use crate::diagnostic::code;
use crate::keys::{BOARD, Key, board, section, tile};
use crate::source::{At, Report, SourceFile, list};
use crate::table::{Table, declared_id};
use crate::{Figure, Text};
use beffroi_model::{BoardId, Grain, View, nearest};
use std::ops::Range;
use toml::de::DeTable;

/// A board, as declared.
pub(crate) struct RawBoard<'a> {
    pub file: &'a SourceFile,
    pub id: BoardId,
    pub title: Text,
    pub summary: Text,
    pub department: Option<At<String>>,
    pub order: u32,
    pub filters: Vec<At<String>>,
    pub grain: Grain,
    pub home: Vec<At<String>>,
    pub sections: Vec<RawSection>,
}

/// A section, as declared.
pub(crate) struct RawSection {
    pub title: Text,
    pub tiles: Vec<RawTile>,
}

/// A tile, as declared.
pub(crate) struct RawTile {
    pub id: Option<At<String>>,
    pub indicators: Vec<At<String>>,
    /// `None` when it is wrong.
    pub figure: Option<Figure>,
    /// Where the figure is said, else the tile.
    pub figure_span: Range<usize>,
    /// How it is read, where it is said.
    pub show: Option<At<View>>,
    pub by: Option<At<String>>,
    pub grain: Option<At<Grain>>,
    pub periods: Option<u32>,
    pub top: Option<u32>,
    pub width: Option<u8>,
    pub title: Text,
    pub note: Text,
}

/// A board without an order comes after those with one.
const LAST: u32 = 100;

impl<'a> RawBoard<'a> {
    pub(crate) fn read(
        file: &'a SourceFile,
        report: &'a Report,
        id: BoardId,
        entries: &'a DeTable<'a>,
    ) -> Self {
        let table = open(file, report, &BOARD, entries);
        Self {
            file,
            id,
            title: table.text(&board::TITLE),
            summary: table.text(&board::SUMMARY),
            department: table.line(&board::DEPARTMENT),
            order: table
                .integer(&board::ORDER)
                .and_then(|at| u32::try_from(at.value).ok())
                .unwrap_or(LAST),
            filters: table.lines(&board::FILTERS),
            grain: table.word(&board::GRAIN).map_or(Grain::Year, |at| at.value),
            home: table.lines(&board::HOME),
            sections: table
                .list(&board::SECTIONS)
                .iter()
                .map(|table| RawSection {
                    title: table.text(&section::TITLE),
                    tiles: table.list(&section::TILES).iter().map(read_tile).collect(),
                })
                .collect(),
        }
    }
}

fn read_tile(table: &Table<'_>) -> RawTile {
    let id = table.line(&tile::ID);
    let figure = table.word::<Figure>(&tile::FIGURE);
    let small = |key| {
        table
            .integer(key)
            .and_then(|at| u32::try_from(at.value).ok())
    };
    RawTile {
        id: id.filter(|id| declared_id(table, id, "une figure")),
        indicators: indicators(table),
        figure_span: figure
            .as_ref()
            .map_or_else(|| table.span.clone(), |at| at.span.clone()),
        figure: figure.map(|at| at.value),
        show: view(table, &tile::SHOW),
        by: table.line(&tile::BY),
        grain: table.word(&tile::GRAIN),
        periods: small(&tile::PERIODS),
        top: small(&tile::TOP),
        width: table
            .integer(&tile::WIDTH)
            .and_then(|at| u8::try_from(at.value).ok()),
        title: table.text(&tile::TITLE),
        note: table.text(&tile::NOTE),
    }
}

pub(super) fn view(table: &Table<'_>, show: &Key) -> Option<At<View>> {
    let at = table.line(show)?;
    match at.value.parse() {
        Ok(view) => Some(At::new(view, at.span)),
        Err(_) => {
            let hint = match nearest(&at.value, View::NOTATIONS) {
                Some(near) => format!("Vouliez-vous dire `{near}` ?"),
                None => format!("Possibles : {}.", list(&View::NOTATIONS)),
            };
            let message = format!("`show` ne connaît pas `{}`", at.value);
            table.error(&at.span, code::UNKNOWN_WORD, message, hint);
            None
        }
    }
}

/// `indicator` or `indicators`, one of the two.
fn indicators(table: &Table<'_>) -> Vec<At<String>> {
    let one = table.line(&tile::INDICATOR);
    let many = table.lines(&tile::INDICATORS);
    match (one, table.span_of(&tile::INDICATORS)) {
        (Some(_), Some(span)) => {
            table.error(
                &span,
                code::MISPLACED_KEY,
                "`indicator` et `indicators` ne vont pas ensemble",
                "Mettez-les tous dans `indicators`.".to_owned(),
            );
            Vec::new()
        }
        (Some(one), None) => vec![one],
        (None, Some(span)) => {
            if many.is_empty() {
                let message = "`indicators` est vide";
                table.error(
                    &span,
                    code::WRONG_COUNT,
                    message,
                    "Nommez-en un au moins.".to_owned(),
                );
            }
            many
        }
        (None, None) => {
            if table.span_of(&tile::INDICATOR).is_none() {
                table.missing(&tile::INDICATOR);
            }
            Vec::new()
        }
    }
}
