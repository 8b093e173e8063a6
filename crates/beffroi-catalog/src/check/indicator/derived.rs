//! Indicators made of others: their order, dimensions and grain.

use super::{CheckedIndicator, Run};
use crate::OverTime;
use crate::check::Known;
use crate::check::measure::{Measured, Measures};
use crate::checksum::Checksum;
use crate::diagnostic::code;
use crate::expr::Parsed;
use crate::keys;
use crate::raw::RawIndicator;
use crate::source::{list, suggest};
use beffroi_model::{DimensionId, Grain, IndicatorId};
use std::collections::{BTreeMap, BTreeSet};

/// An order in which parts come before what is made of them, and those that have none because
/// they lead back to themselves.
pub(super) fn parts_first(parts: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut order = Vec::new();
    let mut placed = vec![false; parts.len()];
    let mut waiting: Vec<usize> = (0..parts.len()).collect();
    loop {
        let before = waiting.len();
        waiting.retain(|index| {
            let ready = parts[*index].iter().all(|part| placed[*part]);
            if ready {
                placed[*index] = true;
                order.push(*index);
            }
            !ready
        });
        if waiting.len() == before {
            return (order, waiting);
        }
    }
}

/// Tells each cycle once, at the first of its indicators.
pub(super) fn cycles(
    raws: &[RawIndicator<'_>],
    parts: &[Vec<usize>],
    cyclic: &[usize],
    known: &Known<'_>,
) {
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for start in cyclic {
        if told.contains(start) {
            continue;
        }
        // The shortest way back to the start, breadth first.
        let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([*start]);
        while let Some(index) = queue.pop_front() {
            for part in &parts[index] {
                if !came_from.contains_key(part) {
                    came_from.insert(*part, index);
                    queue.push_back(*part);
                }
            }
        }
        if !came_from.contains_key(start) {
            continue;
        }
        let mut way = vec![*start];
        let mut at = *start;
        while let Some(before) = came_from.get(&at) {
            way.push(*before);
            at = *before;
            if at == *start {
                break;
            }
        }
        told.extend(&way);
        let names: Vec<_> = way
            .iter()
            .rev()
            .map(|index| raws[*index].id.as_str())
            .collect();
        let raw = &raws[*start];
        if let Some(measure) = &raw.measure {
            known.report.at(
                raw.file,
                &measure.span,
                code::DERIVED_CYCLE,
                format!("`{}` se déduit de lui-même : {}", raw.id, names.join(" → ")),
                "Faites partir l'un d'eux d'un jeu de données.".to_owned(),
            );
        }
    }
}

impl Run<'_> {
    pub(super) fn derived(
        &self,
        raw: &RawIndicator<'_>,
        parsed: Option<&Parsed>,
        ids: &BTreeMap<&IndicatorId, usize>,
        checked: &mut CheckedIndicator,
        sum: &mut Checksum,
    ) {
        let known = self.known;
        let (Some(parsed), Some(measure)) = (parsed, &raw.measure) else {
            return;
        };
        let part = |id: &IndicatorId| {
            let done = ids.get(id).and_then(|index| self.done.get(index));
            done.map_or(Measures::of_indicator(None), |part| part.measures)
        };
        let measured = Measured {
            known,
            file: raw.file,
            measure,
            dataset: None,
            indicator: &part,
        };
        if parsed.expr.indicators().is_empty() && !parsed.expr.columns().is_empty() {
            let whole = 0..measure.value.len();
            measured.error(
                &whole,
                code::MISSING_KEY,
                "`dataset` manque : de quel jeu de données viennent ces colonnes ?",
                format!("Ajoutez `{} = \"…\"`.", keys::indicator::DATASET.name),
            );
            return;
        }
        let found = measured.check(parsed, raw.unit);
        checked.measures = found.measures;
        let mut parts = Vec::new();
        let mut complete = found.sound;
        for reference in &found.indicators {
            let done = ids
                .get(&reference.value)
                .and_then(|index| self.done.get(index));
            match done {
                Some(part) => {
                    complete &= part.sound;
                    if !parts
                        .iter()
                        .any(|(_, known): &(_, &CheckedIndicator)| known.id == part.id)
                    {
                        parts.push((reference, part));
                    }
                }
                None => {
                    complete = false;
                    if !ids.contains_key(&reference.value) {
                        let message = format!("indicateur inconnu : `{}`", reference.value);
                        let known_ids = ids.keys().map(|id| id.as_str());
                        let hint = suggest(reference.value.as_str(), known_ids);
                        let place = &reference.span;
                        known
                            .report
                            .at(raw.file, place, code::UNKNOWN_INDICATOR, message, hint);
                    }
                }
            }
        }
        if !complete {
            return;
        }
        checked.sound = true;
        checked.is_live = parts.iter().any(|(_, part)| part.is_live);
        let parts: Vec<&CheckedIndicator> = parts.into_iter().map(|(_, part)| part).collect();
        self.shared_dimensions(raw, &parts, checked);
        checked.grain = self.common_grain(raw, &parts, checked);
        for part in parts {
            let part = part.indicator.as_ref();
            sum.text(part.map_or("", |indicator| indicator.checksum.as_str()));
        }
    }

    /// Dimensions of a derived indicator: those that all its parts have.
    fn shared_dimensions(
        &self,
        raw: &RawIndicator<'_>,
        parts: &[&CheckedIndicator],
        checked: &mut CheckedIndicator,
    ) {
        let Some((first, others)) = parts.split_first() else {
            return;
        };
        let shared: Vec<DimensionId> = first
            .dimensions
            .iter()
            .filter(|dimension| {
                others
                    .iter()
                    .all(|part| part.dimensions.contains(dimension))
            })
            .cloned()
            .collect();
        let Some(wanted) = &raw.dimensions else {
            checked.dimensions = shared;
            return;
        };
        for at in wanted {
            if let Some(dimension) = shared.iter().find(|shared| shared.as_str() == at.value) {
                checked.dimensions.push(dimension.clone());
                continue;
            }
            checked.sound = false;
            if !self.known.is_dimension(&at.value) {
                let message = format!("dimension inconnue : `{}`", at.value);
                let hint = suggest(&at.value, shared.iter().map(DimensionId::as_str));
                self.known
                    .report
                    .at(raw.file, &at.span, code::UNKNOWN_DIMENSION, message, hint);
                continue;
            }
            let lacking: Vec<&IndicatorId> = parts
                .iter()
                .filter(|part| part.dimensions.iter().all(|own| own.as_str() != at.value))
                .map(|part| &part.id)
                .collect();
            self.known.report.at(
                raw.file,
                &at.span,
                code::DIMENSION_NOT_SHARED,
                format!("toutes les parties ne se détaillent pas par `{}`", at.value),
                format!("Ne l'ont pas : {}.", list(&lacking)),
            );
        }
    }

    /// The finest grain at which every part is known: at least one by itself, and a stock or a
    /// level by that of the longer period around.
    fn common_grain(
        &self,
        raw: &RawIndicator<'_>,
        parts: &[&CheckedIndicator],
        checked: &mut CheckedIndicator,
    ) -> Option<Grain> {
        let grains: Option<Vec<(Grain, bool)>> = parts
            .iter()
            .map(|part| Some((part.grain?, part.over_time != OverTime::Sum)))
            .collect();
        let grains = grains?;
        let found = Grain::ALL.into_iter().find(|grain| {
            grains.iter().any(|(own, _)| grain.is_made_of(*own))
                && grains.iter().all(|(own, holds)| {
                    grain.is_made_of(*own) || (*holds && own.is_made_of(*grain))
                })
        });
        if found.is_none() {
            checked.sound = false;
            let known: Vec<String> = parts
                .iter()
                .zip(&grains)
                .map(|(part, (grain, _))| format!("`{}` par `{}`", part.id, grain.as_str()))
                .collect();
            if let Some(measure) = &raw.measure {
                self.known.report.at(
                    raw.file,
                    &measure.span,
                    code::GRAINS_DO_NOT_MEET,
                    "les parties ne sont pas connues sur les mêmes périodes",
                    format!("Connus : {}.", known.join(", ")),
                );
            }
        }
        found
    }
}
