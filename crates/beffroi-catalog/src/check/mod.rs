//! Files as declared → [`Catalog`]: names are resolved, measures are typed, grains and dimensions
//! are worked out. Every error is told; the catalog is only fit for use when there is none.

mod access;
mod board;
mod computed;
mod dataset;
mod example;
mod indicator;
mod measure;
mod report;
mod rules;
mod secrecy;
mod town;

use crate::diagnostic::code;
use crate::raw::{RawAccess, RawBoard, RawDataset, RawIndicator, RawReport, RawTown};
use crate::source::{At, Report, SourceFile, suggest};
use crate::{Board, Catalog};
use beffroi_model::{Area, BoardId, DatasetId, DepartmentId, IndicatorId};
use indexmap::IndexMap;
use std::{borrow::Borrow, collections::BTreeMap, hash::Hash, sync::Arc};

pub(crate) use dataset::CheckedDataset;
pub(crate) use indicator::CheckedIndicator;

/// Everything that was read.
pub(crate) struct Files<'a> {
    pub town: RawTown<'a>,
    pub datasets: Vec<RawDataset<'a>>,
    pub indicators: Vec<RawIndicator<'a>>,
    pub boards: Vec<RawBoard<'a>>,
    pub reports: Vec<RawReport<'a>>,
    /// By name under `maps/`.
    pub maps: BTreeMap<String, &'a SourceFile>,
    pub access: Option<RawAccess<'a>>,
}

/// What checks of one file know of the others.
pub(crate) struct Known<'a> {
    pub report: &'a Report,
    pub town: &'a RawTown<'a>,
    /// Where the town is, if anything says so.
    pub area: Option<Area>,
    /// Every dataset as declared, those that are not checked yet among them.
    pub declared: &'a [RawDataset<'a>],
    pub datasets: IndexMap<DatasetId, CheckedDataset<'a>>,
    pub indicators: IndexMap<IndicatorId, CheckedIndicator>,
}

/// Checks everything.
pub(crate) fn check(files: &Files<'_>, report: &Report) -> Catalog {
    let maps = town::maps(files, report);
    let gone: Vec<Report> = files.reports.iter().map(|_| Report::default()).collect();
    let mut known = Known {
        report,
        town: &files.town,
        area: town::area(&files.town, &maps),
        declared: &files.datasets,
        datasets: IndexMap::new(),
        indicators: IndexMap::new(),
    };
    town::members(&files.town, report);
    for raw in &files.datasets {
        let checked = dataset::check(raw, &known);
        known.datasets.insert(raw.id.clone(), checked);
    }
    secrecy::apart(&known);
    known.indicators = indicator::check_all(&files.indicators, &known);
    let boards = files
        .boards
        .iter()
        .filter_map(|raw| board::check(raw, &known, &maps));
    let mut boards: Vec<_> = boards.collect();
    boards.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    let town = town::check(&files.town, &known);
    for checked in known.datasets.values_mut() {
        if let Some(dataset) = &mut checked.dataset {
            secrecy::complete(dataset, &known.indicators);
        }
    }
    let boards: IndexMap<BoardId, Board> = boards
        .into_iter()
        .map(|board| (board.id.clone(), board))
        .collect();
    let dimensions = town::dimensions(&files.town, &known);
    let access = files.access.as_ref();
    let access =
        access.map(|raw| access::check(raw, &known, &files.boards, &files.reports, &dimensions));
    let reports = report::check_all(&files.reports, &mut known, &maps, &boards, &gone);
    Catalog {
        access: access.unwrap_or_default(),
        reports,
        dimensions,
        town,
        maps: Arc::new(maps),
        boards,
        indicators: known
            .indicators
            .into_iter()
            .filter_map(|(id, checked)| Some((id, checked.indicator?)))
            .collect(),
        datasets: known
            .datasets
            .into_iter()
            .filter_map(|(id, checked)| Some((id, checked.dataset?)))
            .collect(),
    }
}

impl Known<'_> {
    /// The department of that name.
    fn department(&self, file: &SourceFile, at: Option<&At<String>>) -> Option<DepartmentId> {
        let departments = &self.town.departments;
        if self.report.is_broken(self.town.file) {
            return at.and_then(|at| DepartmentId::new(&at.value).ok());
        }
        self.resolve(
            file,
            at?,
            departments,
            code::UNKNOWN_DEPARTMENT,
            "direction inconnue",
        )
    }

    /// The indicator of that name.
    fn indicator(&self, file: &SourceFile, at: &At<String>) -> Option<&CheckedIndicator> {
        let id = self.resolve(
            file,
            at,
            &self.indicators,
            code::UNKNOWN_INDICATOR,
            "indicateur inconnu",
        )?;
        self.indicators.get(&id)
    }

    /// The dataset of that name.
    fn dataset(&self, file: &SourceFile, at: &At<String>) -> Option<&CheckedDataset<'_>> {
        let what = "jeu de données inconnu";
        let id = self.resolve(file, at, &self.datasets, code::UNKNOWN_DATASET, what)?;
        self.datasets.get(&id)
    }

    /// What a name stands for among those known; an unknown one is told.
    fn resolve<K: Borrow<str> + Hash + Eq + Clone, V>(
        &self,
        file: &SourceFile,
        at: &At<String>,
        known: &IndexMap<K, V>,
        code: &'static str,
        what: &str,
    ) -> Option<K> {
        if let Some((id, _)) = known.get_key_value(at.value.as_str()) {
            return Some(id.clone());
        }
        let hint = suggest(&at.value, known.keys().map(Borrow::borrow));
        self.report.at(
            file,
            &at.span,
            code,
            format!("{what} : `{}`", at.value),
            hint,
        );
        None
    }

    /// Whether any dataset or the town has a dimension of that name.
    fn is_dimension(&self, name: &str) -> bool {
        self.report.is_broken(self.town.file)
            || self.town.dimensions.contains_key(name)
            || self
                .datasets
                .values()
                .any(|checked| checked.has_dimension(name))
    }
}
