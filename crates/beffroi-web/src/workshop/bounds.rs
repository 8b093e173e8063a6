//! What a draft may rest on. Drafting is a way to look at figures: whoever drafts, and whoever
//! looks a draft over, sees there no more than they reach already.

use super::work::Work;
use crate::guard::{Allowed, Needs};
use beffroi_catalog::lineage::{board_indicators, datasets_of};
use beffroi_catalog::{Catalog, Dataset, Indicator, Measure, Source};
use beffroi_intake::Correction;
use beffroi_model::{DatasetId, DepartmentId, IndicatorId, normalize};
use beffroi_store::workshop::Delivery;
use std::collections::BTreeSet;

/// Something of a draft that its reader has no right to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    /// The drafted file.
    pub path: String,
    pub kind: BoundKind,
    /// What it is about.
    pub what: String,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BoundKind {
    /// It is of a department for which this person makes no declarations.
    Department,
    /// The dataset reads files from elsewhere than it did: only by hand, in the folder.
    Source,
    /// A column that names persons would be kept.
    Personal,
    /// Versions are kept of a dataset of that name, which was withdrawn.
    Withdrawn,
    /// It rests on rows of a dataset of which this person does not reach all.
    Dataset,
    /// It rests on an indicator that this person does not reach in full.
    Indicator,
    /// It rests on a dataset under statistical secrecy, of which this person does not reach the
    /// rows: drafts of it would tell what is hidden.
    Secrecy,
}

impl BoundKind {
    /// The end of the message that tells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Source => "source",
            Self::Personal => "personal",
            Self::Withdrawn => "withdrawn",
            Self::Dataset => "dataset",
            Self::Indicator => "indicator",
            Self::Secrecy => "secrecy",
        }
    }
}

/// What a draft rests on that whoever asks may not see, or may not declare.
pub(super) fn crossed<P: Needs>(allowed: &Allowed<P>, work: &Work, with: &Catalog) -> Vec<Bound> {
    let judge = Judge {
        allowed,
        with,
        departments: allowed.departments(),
        drafted: work.files.iter().map(|file| file.path.as_str()).collect(),
    };
    let mut found = Vec::new();
    for file in &work.files {
        let Some((folder, id)) = name(&file.path) else {
            continue;
        };
        let mut add = |kind, what: &str| {
            found.push(Bound {
                path: file.path.clone(),
                kind,
                what: what.to_owned(),
            });
        };
        if let Some(department) = judge.foreign(folder, id) {
            add(BoundKind::Department, department.as_str());
        }
        match folder {
            "datasets" => {
                if let Some(dataset) = with.datasets.get(id)
                    && let Some(kind) = judge.dataset(dataset)
                {
                    add(kind, id);
                }
            }
            "indicators" => {
                if let Some(indicator) = with.indicators.get(id) {
                    for (kind, what) in judge.indicator(indicator) {
                        add(kind, &what);
                    }
                }
            }
            "boards" => {
                if let Some(board) = with.boards.get(id) {
                    let shown = board_indicators(with, board).map(|it| &it.id);
                    for shown in shown.chain(&board.home) {
                        let is_whole = || {
                            allowed.catalog().indicators.contains_key(shown)
                                && allowed.scopes().of(shown).0.is_empty()
                        };
                        if !judge.is_drafted("indicators", shown.as_str()) && !is_whole() {
                            add(BoundKind::Indicator, shown.as_str());
                        }
                    }
                }
            }
            // A report opens no figure to anybody: whoever reads it sees what they reach.
            _ => {}
        }
    }
    // A dataset that a file was brought for is its department's too.
    for delivery in &work.deliveries {
        let Some(id) = &delivery.dataset else {
            continue;
        };
        let Some(dataset) = with.datasets.get(id) else {
            continue;
        };
        if !judge.departments.contains(&dataset.department) {
            found.push(Bound {
                path: format!("datasets/{id}.toml"),
                kind: BoundKind::Department,
                what: dataset.department.to_string(),
            });
        } else if let Some(kind) = judge
            .dataset(dataset)
            .or_else(|| judge.correction(delivery))
        {
            found.push(Bound {
                path: format!("datasets/{id}.toml"),
                kind,
                what: id.to_string(),
            });
        }
    }
    found.dedup();
    found
}

/// The folder and the id of a drafted path.
pub(super) fn name(path: &str) -> Option<(&str, &str)> {
    let (folder, rest) = path.split_once('/')?;
    let stem = rest.rsplit('/').next()?.strip_suffix(".toml")?;
    Some((folder, stem))
}

/// The names under which files have the personal columns of a dataset.
fn personal_names(dataset: &Dataset) -> BTreeSet<String> {
    let columns = dataset.schema.columns.iter().filter(|it| it.personal);
    columns
        .flat_map(|it| {
            it.headers
                .iter()
                .map(String::as_str)
                .chain([it.id.as_str()])
        })
        .map(normalize)
        .collect()
}

/// Whether a published declaration, by its folder and id, is of a department for which this person
/// makes them, and is reached.
pub(super) fn declares<P: Needs>(allowed: &Allowed<P>, folder: &str, id: &str) -> bool {
    let catalog = allowed.catalog();
    let department = match folder {
        "datasets" => catalog.datasets.get(id).map(|it| &it.department),
        "indicators" => catalog.indicators.get(id).map(|it| &it.department),
        "boards" => catalog.boards.get(id).map(|it| &it.department),
        "reports" => catalog.reports.get(id).map(|it| &it.department),
        _ => None,
    };
    department.is_some_and(|it| allowed.departments().contains(it))
}

struct Judge<'a, P> {
    allowed: &'a Allowed<P>,
    with: &'a Catalog,
    departments: BTreeSet<DepartmentId>,
    drafted: BTreeSet<&'a str>,
}

impl<P: Needs> Judge<'_, P> {
    fn is_drafted(&self, folder: &str, id: &str) -> bool {
        let mut drafted = self.drafted.iter().filter_map(|path| name(path));
        drafted.any(|known| known == (folder, id))
    }

    /// The department of a thing, as it is published or as it is drafted, for which this person
    /// declares nothing.
    fn foreign(&self, folder: &str, id: &str) -> Option<DepartmentId> {
        let of = |catalog: &Catalog| match folder {
            "datasets" => catalog.datasets.get(id).map(|it| it.department.clone()),
            "indicators" => catalog.indicators.get(id).map(|it| it.department.clone()),
            "boards" => catalog.boards.get(id).map(|it| it.department.clone()),
            "reports" => catalog.reports.get(id).map(|it| it.department.clone()),
            _ => None,
        };
        let known = [of(self.allowed.whole_catalog()), of(self.with)];
        let mut foreign = known
            .into_iter()
            .flatten()
            .filter(|it| !self.departments.contains(it));
        foreign.next()
    }

    fn dataset(&self, dataset: &Dataset) -> Option<BoundKind> {
        if self.allowed.is_withdrawn(&dataset.id) {
            return Some(BoundKind::Withdrawn);
        }
        let published = self.allowed.whole_catalog().datasets.get(&dataset.id);
        let reads_as_before = published.is_some_and(|it| it.source == dataset.source);
        if !reads_as_before && !matches!(dataset.source, Source::Inbox(_)) {
            return Some(BoundKind::Source);
        }
        // What fed a personal column feeds no other.
        let opens = published.is_some_and(|published| {
            let names = personal_names(published);
            let mut kept = dataset.schema.columns.iter().filter(|it| !it.personal);
            kept.any(|it| {
                let mut own = it
                    .headers
                    .iter()
                    .map(String::as_str)
                    .chain([it.id.as_str()]);
                own.any(|name| names.contains(&normalize(name)))
            })
        });
        if opens {
            return Some(BoundKind::Personal);
        }
        // What is looked up in another dataset tells what is in it.
        let looks = dataset.schema.foreign_keys.iter().any(|key| {
            let is_new = published.is_none_or(|it| !it.schema.foreign_keys.contains(key));
            let other = key.dataset.as_ref().filter(|it| **it != dataset.id);
            is_new
                && other.is_some_and(|it| {
                    let is_published = self.allowed.whole_catalog().datasets.contains_key(it);
                    is_published && !self.allowed.reaches_rows(it)
                })
        });
        if looks {
            return Some(BoundKind::Dataset);
        }
        // What was secret is not opened by a draft to whoever does not reach its rows.
        let published = published?;
        (published.secrecy.is_some() && !self.allowed.reaches_rows(&dataset.id))
            .then_some(BoundKind::Secrecy)
    }

    /// Whether a correction reads a personal column of the file as another one.
    fn correction(&self, delivery: &Delivery) -> Option<BoundKind> {
        let published = delivery.dataset.as_ref();
        let published = published.and_then(|id| self.allowed.whole_catalog().datasets.get(id))?;
        let correction: Correction = serde_json::from_str(&delivery.correction).unwrap_or_default();
        let names = personal_names(published);
        let opens = correction.columns.iter().any(|(id, column)| {
            let is_personal = published.schema.column(id).is_some_and(|it| it.personal);
            let header = column.header.as_deref().map(normalize);
            !is_personal && header.is_some_and(|it| names.contains(&it))
        });
        opens.then_some(BoundKind::Personal)
    }

    fn indicator(&self, indicator: &Indicator) -> Vec<(BoundKind, String)> {
        let mut found = Vec::new();
        for id in self.others(indicator) {
            if self.is_drafted("indicators", id.as_str()) {
                continue;
            }
            let reached = self.allowed.catalog().indicators.contains_key(&id);
            if !reached || !self.allowed.scopes().of(&id).0.is_empty() {
                found.push((BoundKind::Indicator, id.to_string()));
            }
        }
        let datasets = match &indicator.measure {
            Measure::Direct { .. } => datasets_of(self.with, indicator),
            Measure::Derived { .. } => Vec::new(),
        };
        for dataset in datasets {
            if let Some(kind) = self.rows(&dataset.id) {
                found.push((kind, dataset.id.to_string()));
            }
        }
        found
    }

    /// The indicators that one names: in all versions of its formula, and beside its figure.
    fn others(&self, indicator: &Indicator) -> BTreeSet<IndicatorId> {
        let measures = indicator.measures();
        let named = measures.flat_map(|measure| measure.expr().indicators().into_iter().cloned());
        named.chain(indicator.declared.clone()).collect()
    }

    /// Whether this person may count over all rows of a dataset.
    fn rows(&self, id: &DatasetId) -> Option<BoundKind> {
        let published = self.allowed.whole_catalog().datasets.get(id);
        let Some(published) = published else {
            // A dataset of the draft: its rows came with it.
            return None;
        };
        let with = self.with.datasets.get(id);
        let is_secret = published.secrecy.is_some() || with.is_some_and(|it| it.secrecy.is_some());
        if is_secret && !self.allowed.reaches_rows(id) {
            return Some(BoundKind::Secrecy);
        }
        (!self.allowed.reach().counted.contains(id)).then_some(BoundKind::Dataset)
    }
}
