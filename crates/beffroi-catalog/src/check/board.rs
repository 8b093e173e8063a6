//! Checks of boards.

mod view;

use super::Known;
use super::indicator::{CheckedIndicator, available};
use crate::diagnostic::code;
use crate::raw::{RawBoard, RawTile};
use crate::source::{At, SourceFile, list};
use crate::words::Named as _;
use crate::{Board, Figure, Map, Section, Tile};
use beffroi_model::{DimensionId, Grain, IndicatorId};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Columns of the page that a tile takes when it does not say.
const WIDTH: u8 = 6;
const KPI_WIDTH: u8 = 3;

pub(super) fn check(
    raw: &RawBoard<'_>,
    known: &Known<'_>,
    maps: &IndexMap<DimensionId, Map>,
) -> Option<Board> {
    let declared_ids = raw.sections.iter().flat_map(|section| &section.tiles);
    let declared_ids: BTreeSet<&str> = declared_ids
        .filter_map(|tile| tile.id.as_ref())
        .map(|id| id.value.as_str())
        .collect();
    let mut run = Run {
        file: raw.file,
        whole: "le tableau",
        grain: raw.grain,
        known,
        maps,
        ids: BTreeSet::new(),
        declared_ids,
        shown: Vec::new(),
        vague: false,
    };
    let sections = raw
        .sections
        .iter()
        .map(|section| Section {
            title: section.title.clone(),
            tiles: section
                .tiles
                .iter()
                .filter_map(|tile| run.tile(tile))
                .collect(),
        })
        .collect();
    let filters = raw.filters.iter().filter_map(|at| run.filter(at)).collect();
    let home = raw
        .home
        .iter()
        .filter_map(|at| Some(known.indicator(raw.file, at)?.id.clone()));
    Some(Board {
        id: raw.id.clone(),
        title: raw.title.clone(),
        summary: raw.summary.clone(),
        home: home.collect(),
        department: known.department(raw.file, raw.department.as_ref())?,
        order: raw.order,
        filters,
        grain: raw.grain,
        sections,
    })
}

/// The figures of a board, or of a chapter of a report.
pub(super) struct Run<'a> {
    file: &'a SourceFile,
    /// What they are in, in words.
    whole: &'static str,
    /// The grain of those that do not say theirs.
    grain: Grain,
    known: &'a Known<'a>,
    maps: &'a IndexMap<DimensionId, Map>,
    /// Ids of tiles so far.
    ids: BTreeSet<String>,
    declared_ids: BTreeSet<&'a str>,
    /// Indicators of tiles so far.
    shown: Vec<&'a CheckedIndicator>,
    /// Whether an indicator of a tile could not be told.
    vague: bool,
}

impl<'a> Run<'a> {
    /// The figures of a chapter, whose tiles are these.
    pub(super) fn of_chapter(
        file: &'a SourceFile,
        known: &'a Known<'a>,
        maps: &'a IndexMap<DimensionId, Map>,
        tiles: impl Iterator<Item = &'a RawTile>,
    ) -> Self {
        Self {
            file,
            whole: "le chapitre",
            grain: Grain::Year,
            known,
            maps,
            ids: BTreeSet::new(),
            declared_ids: tiles
                .filter_map(|tile| Some(tile.id.as_ref()?.value.as_str()))
                .collect(),
            shown: Vec::new(),
            vague: false,
        }
    }

    fn error(
        &self,
        span: &std::ops::Range<usize>,
        code: &'static str,
        message: String,
        hint: String,
    ) {
        self.known.report.at(self.file, span, code, message, hint);
    }

    pub(super) fn tile(&mut self, tile: &'a RawTile) -> Option<Tile> {
        let id = self.id(tile);
        let mut indicators = Vec::new();
        for at in &tile.indicators {
            let found = self.known.indicator(self.file, at);
            self.vague |= found.is_none_or(|found| !found.sound);
            if let Some(found) = found {
                indicators.push(found);
                self.grain(tile, at, found);
                if let Some(by) = &tile.by {
                    found.has_dimension(self.known, self.file, by);
                }
            }
        }
        self.vague |= tile.indicators.is_empty();
        self.shown.extend(&indicators);
        let figure = tile.figure?;
        self.figure(tile, figure, &indicators);
        let show = self.view(tile, figure, &indicators);
        Some(Tile {
            id,
            indicators: indicators
                .iter()
                .map(|checked| checked.id.clone())
                .collect(),
            figure,
            show,
            by: tile
                .by
                .as_ref()
                .and_then(|by| DimensionId::new(&by.value).ok()),
            grain: tile.grain.as_ref().map(|at| at.value),
            periods: tile.periods,
            top: tile.top,
            width: tile.width.unwrap_or(if figure == Figure::Kpi {
                KPI_WIDTH
            } else {
                WIDTH
            }),
            title: tile.title.clone(),
            note: tile.note.clone(),
        })
    }

    /// The declared id, else one from the tile's place that no other tile declares.
    pub(super) fn id(&mut self, tile: &RawTile) -> String {
        let Some(at) = &tile.id else {
            let mut id = format!("t{}", self.ids.len() + 1);
            while self.declared_ids.contains(id.as_str()) || self.ids.contains(&id) {
                id.push('_');
            }
            self.ids.insert(id.clone());
            return id;
        };
        if !self.ids.insert(at.value.clone()) {
            self.error(
                &at.span,
                code::DUPLICATE_TILE,
                format!("deux figures ont l'identifiant `{}`", at.value),
                "Changez-en un : il sert d'adresse à la figure.".to_owned(),
            );
        }
        at.value.clone()
    }

    /// The periods of the tile must be made of those of its indicator.
    fn grain(&self, tile: &RawTile, at: &At<String>, indicator: &CheckedIndicator) {
        let Some(finest) = indicator.grain else {
            return;
        };
        let (wanted, span) = match &tile.grain {
            Some(grain) => (grain.value, &grain.span),
            None => (self.grain, &at.span),
        };
        if !wanted.is_made_of(finest) {
            let who = if tile.grain.is_some() {
                "la figure"
            } else {
                self.whole
            };
            self.error(
                span,
                code::GRAIN_UNAVAILABLE,
                format!(
                    "`{}` est connu par `{}`, et {who} le demande par `{}`",
                    indicator.id,
                    finest.as_str(),
                    wanted.as_str()
                ),
                format!("Donnez à la figure un autre `grain`. {}", available(finest)),
            );
        }
    }

    fn figure(&self, tile: &RawTile, figure: Figure, indicators: &[&CheckedIndicator]) {
        let several = tile.indicators.len() > 1;
        let name = figure.name();
        let needs_by = match figure {
            Figure::Heat | Figure::Map | Figure::Dots => true,
            Figure::Stacked => !several,
            _ => false,
        };
        if needs_by && tile.by.is_none() {
            self.error(
                &tile.figure_span,
                code::TILE_NEEDS_BY,
                format!("`{name}` compare des membres : il faut dire lesquels"),
                by_hint(indicators),
            );
        }
        if several
            && (matches!(figure, Figure::Heat | Figure::Map | Figure::Dots)
                || (tile.by.is_some() && figure != Figure::Table))
        {
            let message = match tile.by {
                Some(_) => format!("`{name}` détaille un seul indicateur à la fois"),
                None => format!("`{name}` montre un seul indicateur"),
            };
            let hint = "Faites-en une figure par indicateur, ou une `table`.".to_owned();
            self.error(&tile.figure_span, code::TOO_MANY_INDICATORS, message, hint);
        }
        if matches!(figure, Figure::Line | Figure::Stacked | Figure::Bar) {
            self.one_unit(tile, indicators);
        }
        match (figure, &tile.by) {
            (Figure::Kpi, Some(by)) => self.error(
                &by.span,
                code::MISPLACED_KEY,
                "un chiffre clé ne se détaille pas".to_owned(),
                "Ôtez `by`, ou choisissez `bar`.".to_owned(),
            ),
            (Figure::Map, Some(by)) => self.contours(by),
            (Figure::Target, _) => {
                for (at, _) in tile
                    .indicators
                    .iter()
                    .zip(indicators)
                    .filter(|(_, i)| !i.has_targets)
                {
                    self.error(
                        &at.span,
                        code::TARGET_WITHOUT_VALUE,
                        format!("`{}` n'a pas d'objectif à montrer", at.value),
                        "Ajoutez-lui `[[targets]]`, ou choisissez une autre figure.".to_owned(),
                    );
                }
            }
            _ => {}
        }
    }

    fn contours(&self, by: &At<String>) {
        let declared = self.known.town.dimensions.get(by.value.as_str());
        // A map that is declared and cannot be read is told where it is declared.
        let mapped = declared.is_some_and(|dimension| dimension.map.is_some());
        if mapped || !self.known.is_dimension(&by.value) {
            return;
        }
        let drawn: Vec<&DimensionId> = self.maps.keys().collect();
        let hint = if drawn.is_empty() {
            format!(
                "Ajoutez `map = \"….geojson\"` à `[dimensions.{}]`, dans `town.toml`.",
                by.value
            )
        } else {
            format!("Ont des contours : {}.", list(&drawn))
        };
        let message = format!("`{}` n'a pas de contours", by.value);
        self.error(&by.span, code::MAP_WITHOUT_CONTOURS, message, hint);
    }

    /// Figures that share a scale share a unit.
    fn one_unit(&self, tile: &RawTile, indicators: &[&CheckedIndicator]) {
        let Some((first, others)) = indicators.split_first() else {
            return;
        };
        let other = others.iter().find(|other| {
            first
                .unit
                .zip(other.unit)
                .is_some_and(|(one, another)| one != another)
        });
        if let (Some(other), Some(one)) = (other, first.unit)
            && let Some(another) = other.unit
        {
            self.error(
                &tile.figure_span,
                code::UNITS_DIFFER,
                format!(
                    "`{}` ({one}) et `{}` ({another}) n'ont pas la même échelle",
                    first.id, other.id
                ),
                "Faites-en deux figures, ou une `table`.".to_owned(),
            );
        }
    }

    /// A filter must change something on the board.
    fn filter(&self, at: &At<String>) -> Option<DimensionId> {
        let used = self.shown.iter().any(|indicator| {
            indicator
                .dimensions
                .iter()
                .any(|dimension| dimension.as_str() == at.value)
        });
        if used || self.vague {
            return DimensionId::new(&at.value).ok();
        }
        if self.known.is_dimension(&at.value) {
            self.error(
                &at.span,
                code::FILTER_WITHOUT_USE,
                format!(
                    "aucun indicateur de ce tableau ne se filtre par `{}`",
                    at.value
                ),
                by_hint(&self.shown),
            );
        } else {
            let known: BTreeSet<&str> = self
                .shown
                .iter()
                .flat_map(|indicator| indicator.dimensions.iter().map(DimensionId::as_str))
                .collect();
            self.known.report.at(
                self.file,
                &at.span,
                code::UNKNOWN_DIMENSION,
                format!("dimension inconnue : `{}`", at.value),
                crate::source::suggest(&at.value, known),
            );
        }
        None
    }
}

/// By what indicators can be detailed.
fn by_hint(indicators: &[&CheckedIndicator]) -> String {
    let dimensions: BTreeSet<&DimensionId> = indicators
        .iter()
        .flat_map(|indicator| &indicator.dimensions)
        .collect();
    let dimensions: Vec<&DimensionId> = dimensions.into_iter().collect();
    let ids: Vec<&IndicatorId> = indicators.iter().map(|indicator| &indicator.id).collect();
    match dimensions.as_slice() {
        [] => format!("Déclarez d'abord des `dimensions` à {}.", list(&ids)),
        dimensions => format!("Possibles : {}.", list(dimensions)),
    }
}
