//! Checks of reports.
//!
//! What the file says by itself is held to like that of any other. What it *names* is not: a report
//! outlives the figures of a year, and is read as a draft without those that are gone. So what its
//! figures and texts name wrongly is collected apart, with the report.

use super::{Known, board::Run};
use crate::diagnostic::code;
use crate::placeholder::{Piece, pieces};
use crate::raw::{RawChapter, RawReport, RawReportFigure};
use crate::source::{At, Report as Errors, inside_string};
use crate::{
    Board, DeclaredPhoto, Map, MoneyFlow, Report, ReportChapter, ReportFigure, ReportFigureKind,
    Shown, Tile,
};
use beffroi_model::{BoardId, DepartmentId, DimensionId, IndicatorId, ReportId, UnitKind};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// The chapters that are added to those declared.
const ANNEXES: [&str; 2] = ["methode", "donnees"];
/// What stands for the title of a chapter.
const TITLE: &str = "titre";
/// Columns of the page that a figure made for reports takes.
const WHOLE: u8 = 12;
/// Kinds of pictures that are set.
const PICTURES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// Checks reports. `gone` has a collection for each, of what names nothing.
pub(super) fn check_all<'a>(
    raws: &'a [RawReport<'a>],
    known: &mut Known<'a>,
    maps: &IndexMap<DimensionId, Map>,
    boards: &IndexMap<BoardId, Board>,
    gone: &'a [Errors],
) -> IndexMap<ReportId, Report> {
    let mut reports: Vec<(Report, &Errors)> = Vec::new();
    let strict = known.report;
    for (raw, gone) in raws.iter().zip(gone) {
        known.report = strict;
        let named = named_departments(raw, known);
        known.report = gone;
        if let Some((department, of_chapters)) = named {
            let chapters = Chapters {
                raw,
                known,
                maps,
                boards,
            };
            let checked = raw.chapters.iter().zip(of_chapters);
            let checked = checked.map(|(chapter, department)| ReportChapter {
                department,
                ..chapters.chapter(chapter)
            });
            let report = Report {
                id: raw.id.clone(),
                title: raw.title.clone(),
                summary: raw.summary.clone(),
                kind: raw.kind,
                department,
                visibility: raw.visibility,
                order: raw.order,
                chapters: checked.collect(),
                diagnostics: Vec::new(),
            };
            reports.push((report, gone));
        }
    }
    known.report = strict;
    reports.sort_by(|(a, _), (b, _)| (a.order, &a.id).cmp(&(b.order, &b.id)));
    let by_id = reports.into_iter().map(|(report, gone)| {
        let diagnostics = gone.so_far();
        (
            report.id.clone(),
            Report {
                diagnostics,
                ..report
            },
        )
    });
    by_id.collect()
}

/// The department of a report, and those of its chapters; ids that are there twice are told.
fn named_departments(
    raw: &RawReport<'_>,
    known: &Known<'_>,
) -> Option<(DepartmentId, Vec<Option<DepartmentId>>)> {
    let mut ids = BTreeSet::new();
    let mut departments = Vec::new();
    for chapter in &raw.chapters {
        let figures = chapter.figures.iter().filter_map(|it| it.tile.id.as_ref());
        let taken = figures.filter(|id| id.value == TITLE).chain(
            [&chapter.id]
                .into_iter()
                .filter(|id| ANNEXES.contains(&id.value.as_str())),
        );
        for id in taken {
            known.report.at(
                raw.file,
                &id.span,
                code::BAD_ID,
                format!("`{}` est pris", id.value),
                "Le rapport s'en sert pour lui-même : donnez un autre identifiant.".to_owned(),
            );
        }
        if !ids.insert(&chapter.id.value) {
            known.report.at(
                raw.file,
                &chapter.id.span,
                code::DUPLICATE_TILE,
                format!("deux chapitres ont l'identifiant `{}`", chapter.id.value),
                "Changez-en un : il sert d'adresse au chapitre.".to_owned(),
            );
        }
        departments.push(known.department(raw.file, chapter.department.as_ref()));
    }
    Some((
        known.department(raw.file, raw.department.as_ref())?,
        departments,
    ))
}

/// What checks of chapters know.
struct Chapters<'a, 'k> {
    raw: &'a RawReport<'a>,
    known: &'k Known<'a>,
    maps: &'k IndexMap<DimensionId, Map>,
    boards: &'k IndexMap<BoardId, Board>,
}

impl Chapters<'_, '_> {
    fn chapter(&self, raw: &RawChapter) -> ReportChapter {
        let tiles = raw.figures.iter().map(|figure| &figure.tile);
        let mut run = Run::of_chapter(self.raw.file, self.known, self.maps, tiles);
        let figures = raw.figures.iter();
        let figures: Vec<ReportFigure> = figures
            .map(|figure| self.figure(&mut run, figure))
            .collect();
        self.texts(raw, &figures);
        ReportChapter {
            id: raw.id.value.clone(),
            subject: raw.subject.clone(),
            title: raw.title.clone(),
            department: None,
            due: raw.due,
            ask: raw.ask.clone(),
            text: raw.text.clone(),
            figures,
            covers: raw.covers.iter().map(|at| at.value.clone()).collect(),
            most_pages: raw.most_pages,
        }
    }

    fn figure<'t>(&self, run: &mut Run<'t>, raw: &'t RawReportFigure) -> ReportFigure {
        // A tile of its own takes its id where it is checked.
        let before = self.known.report.count();
        let tile = match raw.kind {
            Some(ReportFigureKind::Tile(_)) => run.tile(&raw.tile),
            _ => None,
        };
        let id = tile
            .as_ref()
            .map_or_else(|| run.id(&raw.tile), |tile| tile.id.clone());
        let shown = match (&raw.of_board, raw.kind, tile) {
            (Some(at), ..) => self.of_board(at),
            (None, Some(ReportFigureKind::Tile(_)), Some(tile)) => {
                let is_sound = before == self.known.report.count();
                match is_sound && !tile.indicators.is_empty() {
                    true => Ok(Shown::Tile(tile)),
                    false => Err(self.names_of(raw)),
                }
            }
            (None, Some(kind), _) => self.own(raw, kind),
            (None, None, _) => Err(self.names_of(raw)),
        };
        let shown = shown.unwrap_or_else(Shown::Broken);
        let of_itself = match &shown {
            Shown::Tile(tile) => tile.width,
            _ => WHOLE,
        };
        ReportFigure {
            id,
            width: raw.tile.width.unwrap_or(of_itself),
            title: raw.tile.title.clone(),
            note: raw.tile.note.clone(),
            older: raw.older,
            shown,
        }
    }

    fn error(&self, at: &At<String>, code: &'static str, message: String, hint: String) {
        self.known
            .report
            .at(self.raw.file, &at.span, code, message, hint);
    }

    /// What a figure names, for those who read that it is not there.
    fn names_of(&self, raw: &RawReportFigure) -> String {
        let tile = raw.tile.indicators.iter();
        let flow = [&raw.from, &raw.to].into_iter().flatten();
        let names = tile.chain(flow).chain(&raw.of_board);
        let names: Vec<&str> = names.map(|at| at.value.as_str()).collect();
        names.join(", ")
    }

    /// `mobilites.t3`.
    fn of_board(&self, at: &At<String>) -> Result<Shown, String> {
        let (board, tile) = at.value.split_once('.').unwrap_or((&at.value, ""));
        let Some(board) = self.boards.get(board) else {
            let hint = crate::source::suggest(board, self.boards.keys().map(BoardId::as_str));
            let message = format!("tableau inconnu : `{board}`");
            self.error(at, code::UNKNOWN_BOARD, message, hint.unwrap_or_default());
            return Err(at.value.clone());
        };
        let tiles = board.sections.iter().flat_map(|section| &section.tiles);
        let found: Option<&Tile> = tiles.clone().find(|it| it.id == tile);
        found.cloned().map(Shown::Tile).ok_or_else(|| {
            let hint = crate::source::suggest(tile, tiles.map(|it| it.id.as_str()));
            let message = format!("le tableau `{}` n'a pas de figure `{tile}`", board.id);
            self.error(at, code::UNKNOWN_TILE, message, hint.unwrap_or_default());
            at.value.clone()
        })
    }

    /// A figure made for reports.
    fn own(&self, raw: &RawReportFigure, kind: ReportFigureKind) -> Result<Shown, String> {
        let indicators = || -> Option<Vec<IndicatorId>> {
            let named = raw.tile.indicators.iter();
            let found = named.map(|at| Some(self.known.indicator(self.raw.file, at)?.id.clone()));
            // Each of them is looked up, so that all that are not there are told.
            let found: Vec<Option<IndicatorId>> = found.collect();
            found.into_iter().collect()
        };
        let broken = || self.names_of(raw);
        match kind {
            ReportFigureKind::Numbers => match indicators().ok_or_else(broken)? {
                none if none.is_empty() => {
                    self.lacks(raw, "indicators");
                    Err(broken())
                }
                some => Ok(Shown::Numbers(some)),
            },
            ReportFigureKind::Targets => Ok(Shown::Targets(indicators().ok_or_else(broken)?)),
            ReportFigureKind::Indicators => Ok(Shown::Indicators(indicators().ok_or_else(broken)?)),
            ReportFigureKind::Hundred => self.flow(raw, true),
            ReportFigureKind::Flow => self.flow(raw, false),
            ReportFigureKind::Photo => self.photo(raw),
            ReportFigureKind::Tile(_) => Err(broken()),
        }
    }

    /// Tells that a figure does not say what it needs.
    fn lacks(&self, raw: &RawReportFigure, key: &str) {
        self.known.report.at(
            self.raw.file,
            &raw.tile.figure_span,
            code::MISSING_KEY,
            format!("`{key}` manque"),
            format!("Cette figure ne va pas sans `{key}`."),
        );
    }

    fn flow(&self, raw: &RawReportFigure, hundred: bool) -> Result<Shown, String> {
        let broken = || self.names_of(raw);
        let side = |of: &Option<At<String>>, by: &Option<At<String>>, keys: [&str; 2]| {
            if of.is_none() {
                self.lacks(raw, keys[0]);
            }
            if by.is_none() {
                self.lacks(raw, keys[1]);
            }
            let (of, by) = (of.as_ref()?, by.as_ref()?);
            let found = self.known.indicator(self.raw.file, of)?;
            if !found.has_dimension(self.known, self.raw.file, by) {
                return None;
            }
            let adds_up = found
                .indicator
                .as_ref()
                .is_none_or(|it| it.is_additive() && it.unit.kind() == UnitKind::Money);
            if !adds_up {
                let message = format!("`{}` n'est pas une somme d'argent", of.value);
                let hint = "Un schéma d'argent montre des sommes en euros.".to_owned();
                self.error(of, code::VIEW_UNAVAILABLE, message, hint);
                return None;
            }
            Some((found.id.clone(), DimensionId::new(&by.value).ok()?))
        };
        let from = side(&raw.from, &raw.from_by, ["from", "from_by"]);
        let to = side(&raw.to, &raw.to_by, ["to", "to_by"]);
        let ((from, from_by), (to, to_by)) = from.zip(to).ok_or_else(broken)?;
        Ok(Shown::Flow(MoneyFlow {
            from,
            from_by,
            to,
            to_by,
            hundred,
            top: raw.tile.top,
        }))
    }

    fn photo(&self, raw: &RawReportFigure) -> Result<Shown, String> {
        let Some(at) = &raw.photo else {
            self.lacks(raw, "photo");
            return Err("photo".to_owned());
        };
        let (name, kind) = at.value.rsplit_once('.').unwrap_or((&at.value, ""));
        let is_plain = |c: char| c.is_alphanumeric() || "-_ .".contains(c);
        let is_file = !name.is_empty()
            && !name.starts_with('.')
            && at.value.len() <= 120
            && name.chars().all(is_plain)
            && PICTURES.contains(&kind.to_lowercase().as_str());
        if !is_file {
            self.error(
                at,
                code::BAD_PATH,
                format!("`{}` n'est pas une photographie", at.value),
                "Donnez le nom d'un fichier JPEG, PNG ou WebP du dossier `pictures/`.".to_owned(),
            );
            return Err(at.value.clone());
        }
        Ok(Shown::Photo(DeclaredPhoto {
            file: at.value.clone(),
            alt: raw.alt.clone(),
            credit: raw.credit.clone(),
        }))
    }

    /// What the title and the text name.
    fn texts(&self, raw: &RawChapter, figures: &[ReportFigure]) {
        let texts = [&raw.title.fr, &raw.text.fr].into_iter().zip(&raw.spans);
        for (text, span) in texts {
            let Some(span) = span else { continue };
            for piece in pieces(text) {
                let (at, why) = match piece {
                    Piece::Words(_) => continue,
                    Piece::Broken { at, why } => (at, why),
                    Piece::Placed { at, name, .. } => {
                        let own = figures.iter().any(|figure| figure.id == name);
                        if own || self.is_named(name) {
                            continue;
                        }
                        let known = self.known.indicators.keys().map(IndicatorId::as_str);
                        let near = beffroi_model::nearest(name, known);
                        let near = near
                            .map(|near| format!(" : vouliez-vous dire `{near}` ?"))
                            .unwrap_or_default();
                        (
                            at,
                            format!("`{name}` ne nomme aucun indicateur ni aucune figure{near}"),
                        )
                    }
                };
                let place = inside_string(&self.raw.file.text, span, text, &at);
                self.known.report.at(
                    self.raw.file,
                    &place,
                    code::BAD_PLACEHOLDER,
                    why,
                    None::<String>,
                );
            }
        }
    }

    /// Whether a name in a text stands for something.
    fn is_named(&self, name: &str) -> bool {
        let last = name.rsplit('.').next().unwrap_or_default();
        let known = |id: &str| self.known.indicators.contains_key(id);
        let of_board = name.split_once('.').is_some_and(|(board, tile)| {
            let board = self.boards.get(board);
            let tiles = board.into_iter().flat_map(|board| &board.sections);
            tiles
                .flat_map(|section| &section.tiles)
                .any(|it| it.id == tile)
        });
        of_board || known(name) || known(&name.replace('.', "_")) || known(last)
    }
}
