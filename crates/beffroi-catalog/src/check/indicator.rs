//! Checks of indicators: first those of a dataset, then those made of others, parts first.

mod derived;
mod versions;

use super::example::Examples;
use super::measure::{Measured, Measures};
use super::{CheckedDataset, Known};
use crate::checksum::Checksum;
use crate::diagnostic::code;
use crate::expr::{Aggregate, BinaryOp, Expr, Parsed, parse_spanned};
use crate::raw::RawIndicator;
use crate::source::{At, SourceFile, list, suggest};
use crate::words::Named as _;
use crate::{Indicator, Measure, OverTime};
use beffroi_model::{ColumnType, DimensionId, Grain, IndicatorId, Unit};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// An indicator with what checks of others need, even when something is wrong with it.
pub(crate) struct CheckedIndicator {
    pub id: IndicatorId,
    pub dimensions: Vec<DimensionId>,
    /// The finest grain; `None` when it cannot be told.
    pub grain: Option<Grain>,
    pub over_time: OverTime,
    pub unit: Option<Unit>,
    /// What its figures measure: more than the unit says, when its columns say more.
    pub measures: Measures,
    pub has_targets: bool,
    pub is_live: bool,
    /// Whether its measure and dimensions are what they were meant to be.
    pub sound: bool,
    /// `None` when it cannot be made.
    pub indicator: Option<Indicator>,
}

impl CheckedIndicator {
    /// Whether it has a dimension that another declaration names; tells when it has not.
    pub(super) fn has_dimension(
        &self,
        known: &Known<'_>,
        file: &SourceFile,
        at: &At<String>,
    ) -> bool {
        let has = self
            .dimensions
            .iter()
            .any(|dimension| dimension.as_str() == at.value);
        if has || !self.sound {
            return has;
        }
        let names = self.dimensions.iter().map(DimensionId::as_str);
        if known.is_dimension(&at.value) {
            let hint = if self.dimensions.is_empty() {
                format!(
                    "Ajoutez-la à ses `dimensions`, dans `indicators/{}.toml`.",
                    self.id
                )
            } else {
                format!("Les siennes : {}.", list(&self.dimensions))
            };
            let message = format!("`{}` ne se détaille pas par `{}`", self.id, at.value);
            known
                .report
                .at(file, &at.span, code::TILE_DIMENSION, message, hint);
        } else {
            let message = format!("dimension inconnue : `{}`", at.value);
            let hint = suggest(&at.value, names);
            known
                .report
                .at(file, &at.span, code::UNKNOWN_DIMENSION, message, hint);
        }
        false
    }
}

/// Checks all indicators, in the order given.
pub(super) fn check_all(
    raws: &[RawIndicator<'_>],
    known: &Known<'_>,
) -> IndexMap<IndicatorId, CheckedIndicator> {
    let parsed: Vec<Versions> = raws.iter().map(|raw| parse(raw, known)).collect();
    let ids: BTreeMap<&IndicatorId, usize> = raws
        .iter()
        .enumerate()
        .map(|(index, raw)| (&raw.id, index))
        .collect();
    let parts: Vec<Vec<usize>> = parsed
        .iter()
        .map(|parsed| {
            let versions = parsed.first.iter().chain(parsed.later.iter().flatten());
            versions
                .flat_map(|parsed| parsed.expr.indicators())
                .filter_map(|id| ids.get(id).copied())
                .collect()
        })
        .collect();
    let (order, cyclic) = derived::parts_first(&parts);
    let mut run = Run {
        known,
        raws,
        titles: BTreeMap::new(),
        done: BTreeMap::new(),
    };
    for index in order {
        let checked = run.check(&raws[index], &parsed[index], &ids);
        run.done.insert(index, checked);
    }
    derived::cycles(raws, &parts, &cyclic, known);
    for index in cyclic {
        let checked = run.check(&raws[index], &Versions::default(), &ids);
        run.done.insert(index, checked);
    }
    run.done
        .into_values()
        .map(|checked| (checked.id.clone(), checked))
        .collect()
}

/// The versions of a formula; `None` for one that could not be read.
#[derive(Default)]
struct Versions {
    first: Option<Parsed>,
    later: Vec<Option<Parsed>>,
}

fn parse(raw: &RawIndicator<'_>, known: &Known<'_>) -> Versions {
    let read = |measure| parse_measure(raw, measure, known);
    Versions {
        first: raw.measure.as_ref().and_then(read),
        later: raw.formulas.iter().map(|it| read(&it.measure)).collect(),
    }
}

fn parse_measure(
    raw: &RawIndicator<'_>,
    measure: &At<String>,
    known: &Known<'_>,
) -> Option<Parsed> {
    match parse_spanned(&measure.value) {
        Ok(parsed) => Some(parsed),
        Err(errors) => {
            let at = Measured {
                known,
                file: raw.file,
                measure,
                dataset: None,
                indicator: &|_| Measures::of_indicator(None),
            };
            at.syntax(errors);
            None
        }
    }
}

struct Run<'a> {
    known: &'a Known<'a>,
    raws: &'a [RawIndicator<'a>],
    /// Dimensions that only columns make, with the title and the dataset that used them first.
    titles: BTreeMap<DimensionId, (String, String)>,
    done: BTreeMap<usize, CheckedIndicator>,
}

impl Run<'_> {
    fn check(
        &mut self,
        raw: &RawIndicator<'_>,
        versions: &Versions,
        ids: &BTreeMap<&IndicatorId, usize>,
    ) -> CheckedIndicator {
        let known = self.known;
        let parsed = versions.first.as_ref();
        let mut checked = CheckedIndicator {
            id: raw.id.clone(),
            dimensions: Vec::new(),
            grain: None,
            over_time: raw.over_time,
            unit: raw.unit,
            measures: Measures::of_indicator(raw.unit),
            has_targets: !raw.targets.is_empty(),
            is_live: false,
            sound: false,
            indicator: None,
        };
        let mut sum = Checksum::new();
        match &raw.dataset {
            Some(at) => {
                let dataset = known.dataset(raw.file, at);
                if let Some(dataset) = dataset {
                    sum.text(at.value.as_str());
                    self.direct(raw, at, dataset, parsed, &mut checked);
                }
            }
            None => self.derived(raw, parsed, ids, &mut checked, &mut sum),
        }
        let targets = versions::targets(raw, known);
        let thresholds = versions::thresholds(raw, known);
        let declared = self.declared(raw, ids);
        let formulas = self.formulas(raw, &versions.later, ids, &mut checked, &mut sum);
        let main_grain = main_grain(raw, checked.grain, known);
        let department = known.department(raw.file, raw.department.as_ref());
        let (Some(parsed), Some(department), Some(unit), Some(grain)) = (
            parsed.filter(|_| checked.sound),
            department,
            raw.unit,
            checked.grain,
        ) else {
            return checked;
        };
        let dataset = raw
            .dataset
            .as_ref()
            .and_then(|at| known.datasets.get(at.value.as_str()));
        let expr = parsed.expr.clone();
        sum.text(&expr.to_string()).text(unit.symbol());
        sum.text(raw.over_time.name())
            .text(raw.missing.name())
            .text(grain.as_str());
        for dimension in &checked.dimensions {
            sum.text(dimension.as_str());
        }
        if let Some(dataset) = dataset.and_then(|checked| checked.dataset.as_ref()) {
            let later = formulas.iter().map(|formula| formula.measure.expr());
            let named = std::iter::once(&expr).chain(later).flat_map(Expr::columns);
            let by = checked.dimensions.iter();
            let by = by.filter_map(|dimension| dataset.dimension_column(dimension));
            for (id, computed) in named
                .chain(by)
                .filter_map(|id| dataset.computed.get_key_value(id))
            {
                sum.text(id.as_str()).text(&computed.expr.to_string());
            }
        }
        let text = raw
            .measure
            .as_ref()
            .map_or_else(String::new, |at| at.value.clone());
        let dataset = raw
            .dataset
            .as_ref()
            .and_then(|at| known.datasets.get(at.value.as_str()));
        let unit_of = |id: &IndicatorId| {
            let part = ids.get(id).and_then(|index| self.done.get(index));
            part.and_then(|part| part.unit)
        };
        let examples = Examples {
            known,
            raw,
            measure: &expr,
            unit,
            dataset,
            unit_of: &unit_of,
        }
        .check();
        checked.indicator = Some(Indicator {
            id: raw.id.clone(),
            title: raw.title.clone(),
            description: raw.description.clone(),
            method: raw.method.clone(),
            limits: raw.limits.clone(),
            department,
            owner: raw.owner.clone(),
            measure: match dataset {
                Some(checked) => Measure::Direct {
                    dataset: checked.raw.id.clone(),
                    expr,
                    text,
                },
                None => Measure::Derived { expr, text },
            },
            unit,
            noun: raw.noun.clone(),
            decimals: raw.decimals,
            dimensions: checked.dimensions.clone(),
            grain,
            main_grain,
            over_time: raw.over_time,
            direction: raw.direction,
            targets,
            thresholds,
            formulas,
            breaks: raw.breaks.clone(),
            declared,
            missing: raw.missing,
            examples,
            checksum: sum.finish(),
        });
        checked
    }

    fn direct(
        &mut self,
        raw: &RawIndicator<'_>,
        at: &At<String>,
        dataset: &CheckedDataset<'_>,
        parsed: Option<&Parsed>,
        checked: &mut CheckedIndicator,
    ) {
        let known = self.known;
        checked.grain = dataset.grain();
        checked.is_live = dataset.is_live();
        checked.sound = true;
        if dataset.raw.time.is_none() && !known.report.is_broken(dataset.raw.file) {
            known.report.at(
                raw.file,
                &at.span,
                code::DATASET_WITHOUT_TIME,
                format!("`{}` ne dit pas de quand datent ses lignes", at.value),
                "Un indicateur suit une période : ajoutez `time = \"…\"` au jeu de données."
                    .to_owned(),
            );
        }
        for wanted in raw.dimensions.iter().flatten() {
            if dataset.has_dimension(&wanted.value) {
                self.same_title(raw, wanted, dataset);
                checked.dimensions.extend(DimensionId::new(&wanted.value));
                continue;
            }
            if known.report.is_broken(dataset.raw.file) {
                continue;
            }
            let own: Vec<&DimensionId> = dataset.dimensions().collect();
            checked.sound = false;
            if known.is_dimension(&wanted.value) {
                known.report.at(
                    raw.file,
                    &wanted.span,
                    code::DIMENSION_NOT_IN_DATASET,
                    format!(
                        "aucune colonne de `{}` ne porte `{}`",
                        at.value, wanted.value
                    ),
                    format!("Les siennes : {}.", list(&own)),
                );
            } else {
                let message = format!("dimension inconnue : `{}`", wanted.value);
                let hint = suggest(
                    &wanted.value,
                    own.iter().map(|dimension| dimension.as_str()),
                );
                known.report.at(
                    raw.file,
                    &wanted.span,
                    code::UNKNOWN_DIMENSION,
                    message,
                    hint,
                );
            }
        }
        let (Some(parsed), Some(measure)) = (parsed, &raw.measure) else {
            checked.sound = false;
            return;
        };
        let measured = Measured {
            known,
            file: raw.file,
            measure,
            dataset: Some(dataset),
            indicator: &|_| Measures::of_indicator(None),
        };
        let found = measured.check(parsed, raw.unit);
        checked.sound &= found.sound;
        if dataset.raw.secrecy.is_some() {
            measured.no_single_value(&parsed.expr);
        }
        checked.measures = found.measures;
        let time = dataset
            .time
            .as_ref()
            .and_then(|time| dataset.schema.column(time.as_str()));
        let readings = time.is_some_and(|time| time.kind == ColumnType::DateTime);
        if raw.over_time == OverTime::Sum && readings && dataset.is_live() && adds_up(&parsed.expr)
        {
            known.report.at(
                raw.file,
                &raw.over_time_span,
                code::READINGS_SUMMED,
                "les relevés d'un flux disent un état : les additionner ne veut rien dire",
                "Écrivez `over_time = \"last\"` (dernier relevé) ou `\"mean\"` (moyenne)."
                    .to_owned(),
            );
        }
    }

    /// A dimension that only columns make is one when its columns mean the same.
    fn same_title(
        &mut self,
        raw: &RawIndicator<'_>,
        wanted: &At<String>,
        dataset: &CheckedDataset<'_>,
    ) {
        let shared = self
            .known
            .town
            .dimensions
            .contains_key(wanted.value.as_str());
        let (false, Ok(id)) = (shared, DimensionId::new(&wanted.value)) else {
            return;
        };
        let Some((_, own)) = dataset.titles().find(|(known, _)| **known == id) else {
            return;
        };
        let (title, first) = self
            .titles
            .entry(id)
            .or_insert_with(|| (own.fr.clone(), dataset.raw.id.as_str().to_owned()));
        if *title != own.fr {
            self.known.report.at(
                raw.file,
                &wanted.span,
                code::AMBIGUOUS_DIMENSION,
                format!(
                    "`{}` veut dire « {title} » dans `{first}` et « {} » dans `{}`",
                    wanted.value, own.fr, dataset.raw.id
                ),
                format!(
                    "Déclarez-la dans `town.toml` si c'est la même (`[dimensions.{}]`), sinon \
                     renommez l'une des colonnes.",
                    wanted.value
                ),
            );
        }
    }
}

/// Whether a measure grows with the number of readings: it adds them up and divides by nothing.
fn adds_up(expr: &Expr) -> bool {
    match expr {
        Expr::Aggregate { function, .. } => *function == Aggregate::Sum,
        Expr::Binary {
            op: BinaryOp::Divide,
            ..
        } => false,
        _ => expr.children().into_iter().any(adds_up),
    }
}

/// The grain it is first shown at: declared, else years, else school years.
fn main_grain(raw: &RawIndicator<'_>, grain: Option<Grain>, known: &Known<'_>) -> Grain {
    let Some(at) = &raw.main_grain else {
        let school = grain.is_some_and(|grain| !Grain::Year.is_made_of(grain));
        return if school {
            Grain::SchoolYear
        } else {
            Grain::Year
        };
    };
    if let Some(grain) = grain.filter(|grain| !at.value.is_made_of(*grain)) {
        known.report.at(
            raw.file,
            &at.span,
            code::GRAIN_UNAVAILABLE,
            format!(
                "l'indicateur est connu par `{}`, pas par `{}`",
                grain.as_str(),
                at.value.as_str()
            ),
            available(grain),
        );
    }
    at.value
}

/// Which grains are made of one.
pub(super) fn available(grain: Grain) -> String {
    let made: Vec<&str> = Grain::ALL
        .into_iter()
        .filter(|g| g.is_made_of(grain))
        .map(Grain::as_str)
        .collect();
    format!("Possibles : {}.", list(&made))
}
