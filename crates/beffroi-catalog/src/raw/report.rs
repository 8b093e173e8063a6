//! `reports/ID.toml`.

use super::board::view;
use super::{RawTile, open};
use crate::diagnostic::code;
use crate::keys::{REPORT, chapter, report, report_figure};
use crate::source::{At, Report, SourceFile};
use crate::table::{Table, declared_id};
use crate::{ReportFigureKind, ReportKind, Text, Visibility};
use beffroi_model::ReportId;
use std::ops::Range;
use toml::de::DeTable;

/// A report, as declared.
pub(crate) struct RawReport<'a> {
    pub file: &'a SourceFile,
    pub id: ReportId,
    pub title: Text,
    pub summary: Text,
    pub kind: Option<ReportKind>,
    pub department: Option<At<String>>,
    pub visibility: Visibility,
    pub order: u32,
    pub chapters: Vec<RawChapter>,
}

/// A chapter, as declared.
pub(crate) struct RawChapter {
    pub id: At<String>,
    pub subject: Text,
    pub title: Text,
    pub department: Option<At<String>>,
    /// Month and day.
    pub due: Option<(u32, u32)>,
    pub ask: Text,
    pub text: Text,
    /// Where the title and the text stand.
    pub spans: [Option<Range<usize>>; 2],
    pub figures: Vec<RawReportFigure>,
    pub covers: Vec<At<String>>,
    pub most_pages: Option<u32>,
}

/// A figure of a chapter, as declared.
pub(crate) struct RawReportFigure {
    /// What a tile says, too; its figure is set where it is one of a board's.
    pub tile: RawTile,
    /// `None` when it is wrong, or is that of a board.
    pub kind: Option<ReportFigureKind>,
    /// Board and tile.
    pub of_board: Option<At<String>>,
    pub from: Option<At<String>>,
    pub from_by: Option<At<String>>,
    pub to: Option<At<String>>,
    pub to_by: Option<At<String>>,
    pub photo: Option<At<String>>,
    pub alt: Text,
    pub credit: String,
    pub older: bool,
}

/// A report without an order comes after those with one.
const LAST: u32 = 100;

impl<'a> RawReport<'a> {
    pub(crate) fn read(
        file: &'a SourceFile,
        report: &'a Report,
        id: ReportId,
        entries: &'a DeTable<'a>,
    ) -> Self {
        let table = open(file, report, &REPORT, entries);
        Self {
            file,
            id,
            title: table.text(&report::TITLE),
            summary: table.text(&report::SUMMARY),
            kind: table.word(&report::KIND).map(|at| at.value),
            department: table.line(&report::DEPARTMENT),
            visibility: table
                .word(&report::VISIBILITY)
                .map_or(Visibility::Internal, |at| at.value),
            order: table
                .integer(&report::ORDER)
                .and_then(|at| u32::try_from(at.value).ok())
                .unwrap_or(LAST),
            chapters: table
                .list(&report::CHAPTERS)
                .iter()
                .filter_map(read_chapter)
                .collect(),
        }
    }
}

fn read_chapter(table: &Table<'_>) -> Option<RawChapter> {
    let id = table.line(&chapter::ID);
    let raw = RawChapter {
        id: id.filter(|id| declared_id(table, id, "un chapitre"))?,
        subject: table.text(&chapter::SUBJECT),
        title: table.text(&chapter::TITLE),
        department: table.line(&chapter::DEPARTMENT),
        due: due(table),
        ask: table.text(&chapter::ASK),
        text: table.text(&chapter::TEXT),
        spans: [
            table.span_of(&chapter::TITLE),
            table.span_of(&chapter::TEXT),
        ],
        figures: table
            .list(&chapter::FIGURES)
            .iter()
            .map(read_figure)
            .collect(),
        covers: table.lines(&chapter::COVERS),
        most_pages: table
            .integer(&chapter::MOST_PAGES)
            .and_then(|at| u32::try_from(at.value).ok()),
    };
    Some(raw)
}

/// `03-31`.
fn due(table: &Table<'_>) -> Option<(u32, u32)> {
    let at = table.line(&chapter::DUE)?;
    let read = || {
        let (month, day) = at.value.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // Every year has that day: not the 29th of February.
        chrono::NaiveDate::from_ymd_opt(2001, month, day)?;
        Some((month, day))
    };
    let due = read();
    if due.is_none() {
        table.error(
            &at.span,
            code::OUT_OF_RANGE,
            format!("`{}` n'est pas un jour de l'année", at.value),
            "Écrivez le mois, puis le jour : `03-31`.".to_owned(),
        );
    }
    due
}

fn read_figure(table: &Table<'_>) -> RawReportFigure {
    let id = table.line(&report_figure::ID);
    let kind = table.word::<ReportFigureKind>(&report_figure::FIGURE);
    let small = |key| {
        table
            .integer(key)
            .and_then(|at| u32::try_from(at.value).ok())
    };
    let of_board = table.line(&report_figure::TILE);
    if kind.is_none()
        && of_board.is_none()
        && table.span_of(&report_figure::FIGURE).is_none()
        && table.span_of(&report_figure::TILE).is_none()
    {
        table.missing(&report_figure::FIGURE);
    }
    let one = table.line(&report_figure::INDICATOR);
    let many = table.lines(&report_figure::INDICATORS);
    RawReportFigure {
        tile: RawTile {
            id: id.filter(|id| declared_id(table, id, "une figure")),
            indicators: one.into_iter().chain(many).collect(),
            figure_span: kind
                .as_ref()
                .map_or_else(|| table.span.clone(), |at| at.span.clone()),
            figure: match kind.as_ref().map(|at| at.value) {
                Some(ReportFigureKind::Tile(figure)) => Some(figure),
                _ => None,
            },
            show: view(table, &report_figure::SHOW),
            by: table.line(&report_figure::BY),
            grain: table.word(&report_figure::GRAIN),
            periods: small(&report_figure::PERIODS),
            top: small(&report_figure::TOP),
            width: table
                .integer(&report_figure::WIDTH)
                .and_then(|at| u8::try_from(at.value).ok()),
            title: table.text(&report_figure::TITLE),
            note: table.text(&report_figure::NOTE),
        },
        kind: kind.map(|at| at.value),
        of_board,
        from: table.line(&report_figure::FROM),
        from_by: table.line(&report_figure::FROM_BY),
        to: table.line(&report_figure::TO),
        to_by: table.line(&report_figure::TO_BY),
        photo: table.line(&report_figure::PHOTO),
        alt: table.text(&report_figure::ALT),
        credit: table
            .line(&report_figure::CREDIT)
            .map_or_else(String::new, |at| at.value),
        older: table.boolean(&report_figure::OLDER).unwrap_or_default(),
    }
}
