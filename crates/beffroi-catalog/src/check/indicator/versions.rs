//! What is voted, alarming, or counted otherwise from a day on: targets, thresholds, versions of
//! the formula, what the source declares.

use super::{CheckedIndicator, Run};
use crate::check::Known;
use crate::check::measure::{Measured, Measures};
use crate::checksum::Checksum;
use crate::diagnostic::code;
use crate::expr::{BinaryOp, Expr, Parsed, parse_spanned};
use crate::raw::{RawFormula, RawIndicator, RawTarget};
use crate::source::{At, list, suggest};
use crate::{Formula, Measure, OverTime, Threshold, ThresholdSide};
use beffroi_model::{Direction, IndicatorId, Target};
use std::collections::{BTreeMap, BTreeSet};

/// The targets that hold for a town of this size: of each year the one whose condition the town
/// meets, else the one without a condition.
pub(super) fn targets(raw: &RawIndicator<'_>, known: &Known<'_>) -> Vec<Target> {
    if let (Some(first), Direction::None) = (raw.targets.first(), raw.direction) {
        known.report.at(
            raw.file,
            &first.span,
            code::TARGET_WITHOUT_DIRECTION,
            "une valeur est votée, mais rien ne dit s'il faut monter ou descendre",
            "Ajoutez `direction = \"up\"` (objectif) ou `direction = \"down\"` (plafond)."
                .to_owned(),
        );
    }
    let holding = |target: &&RawTarget| match &target.when {
        Some(when) => holds(raw, when, known),
        None => false,
    };
    let conditional: Vec<&RawTarget> = raw.targets.iter().filter(holding).collect();
    let years: BTreeSet<i32> = conditional.iter().map(|it| it.target.year).collect();
    let general = raw.targets.iter().filter(|it| it.when.is_none());
    let duplicates = [
        conditional.clone(),
        general.clone().collect::<Vec<&RawTarget>>(),
    ];
    for alike in duplicates {
        let mut years = BTreeSet::new();
        for target in alike {
            if !years.insert(target.target.year) {
                known.report.at(
                    raw.file,
                    &target.year_span,
                    code::DUPLICATE_TARGET,
                    format!("deux valeurs sont votées pour {}", target.target.year),
                    "Gardez la dernière votée.".to_owned(),
                );
            }
        }
    }
    conditional
        .into_iter()
        .chain(general.filter(|it| !years.contains(&it.target.year)))
        .map(|it| it.target.clone())
        .collect()
}

/// Whether the town meets the condition of a target.
fn holds(raw: &RawIndicator<'_>, when: &At<String>, known: &Known<'_>) -> bool {
    let wrong = || {
        known.report.at(
            raw.file,
            &when.span,
            code::BAD_CONDITION,
            format!("`when` ne comprend pas `{}`", when.value),
            "Une condition compare la population : `population > 100000`, `population between \
             20000 and 50000`."
                .to_owned(),
        );
        false
    };
    let Ok(Parsed { expr, .. }) = parse_spanned(&when.value) else {
        return wrong();
    };
    let population = known.town.population.as_ref();
    let inhabitants = population.and_then(|population| population.inhabitants);
    // Understood for any number, whether or not this town says its own.
    let Some(holds) = meets(&expr, f64::from(inhabitants.unwrap_or(0))) else {
        return wrong();
    };
    if inhabitants.is_none() && !known.report.is_broken(known.town.file) {
        known.report.at(
            raw.file,
            &when.span,
            code::STRATUM_UNKNOWN,
            "rien ne dit à quelle strate la ville appartient",
            "Ajoutez `inhabitants = …` à `[population]`, dans `town.toml`.".to_owned(),
        );
    }
    holds && inhabitants.is_some()
}

/// What a condition on `population` says of a number of inhabitants; `None` of what is not one.
fn meets(condition: &Expr, inhabitants: f64) -> Option<bool> {
    let number = |expr: &Expr| match expr {
        Expr::Number(number) => Some(*number),
        Expr::Column(column) if column.as_str() == "population" => Some(inhabitants),
        _ => None,
    };
    let inner = |expr| meets(expr, inhabitants);
    Some(match condition {
        Expr::Binary { op, left, right } => match op {
            BinaryOp::And => inner(left)? & inner(right)?,
            BinaryOp::Or => inner(left)? | inner(right)?,
            BinaryOp::Less => number(left)? < number(right)?,
            BinaryOp::LessOrEqual => number(left)? <= number(right)?,
            BinaryOp::Greater => number(left)? > number(right)?,
            BinaryOp::GreaterOrEqual => number(left)? >= number(right)?,
            _ => return None,
        },
        Expr::Not(of) => !inner(of)?,
        Expr::Between { of, low, high } => (number(low)?..=number(high)?).contains(&number(of)?),
        _ => return None,
    })
}

/// The thresholds, each with its side.
pub(super) fn thresholds(raw: &RawIndicator<'_>, known: &Known<'_>) -> Vec<Threshold> {
    let mut thresholds = Vec::new();
    for declared in &raw.thresholds {
        let side = declared.side.or(match raw.direction {
            Direction::Up => Some(ThresholdSide::Below),
            Direction::Down => Some(ThresholdSide::Above),
            Direction::None => None,
        });
        let Some(side) = side else {
            known.report.at(
                raw.file,
                &declared.span,
                code::THRESHOLD_SIDE,
                "rien ne dit de quel côté de ce seuil s'alarmer",
                "Ajoutez `side = \"below\"` (au-dessous) ou `side = \"above\"` (au-dessus)."
                    .to_owned(),
            );
            continue;
        };
        thresholds.push(Threshold {
            level: declared.level,
            value: declared.value,
            side,
            words: declared.words.clone(),
            origin: declared.origin.clone(),
        });
    }
    thresholds
}

impl Run<'_> {
    /// The indicator that gives what the source declares.
    pub(super) fn declared(
        &self,
        raw: &RawIndicator<'_>,
        ids: &BTreeMap<&IndicatorId, usize>,
    ) -> Option<IndicatorId> {
        let at = raw.declared.as_ref()?;
        let error = |code, message: String, hint: Option<String>| {
            self.known
                .report
                .at(raw.file, &at.span, code, message, hint);
        };
        let found = ids.iter().find(|(id, _)| id.as_str() == at.value);
        let Some((id, index)) = found else {
            let message = format!("indicateur inconnu : `{}`", at.value);
            let hint = suggest(&at.value, ids.keys().map(|id| id.as_str()));
            error(code::UNKNOWN_INDICATOR, message, hint);
            return None;
        };
        if **id == raw.id {
            error(
                code::DECLARED_ITSELF,
                "un indicateur ne se compare pas à lui-même".to_owned(),
                Some("Nommez celui qui lit ce que la source déclare.".to_owned()),
            );
            return None;
        }
        let other = self.raws.get(*index).and_then(|raw| raw.unit);
        if let Some((own, other)) = raw.unit.zip(other).filter(|(own, other)| own != other) {
            error(
                code::UNITS_DIFFER,
                format!("`{id}` est en `{other}`, et `{}` en `{own}`", raw.id),
                Some("Donnez-leur la même unité.".to_owned()),
            );
        }
        Some((*id).clone())
    }

    /// The later versions of the formula: each of the same kind as the first, known for the same
    /// periods and by the same dimensions.
    pub(super) fn formulas(
        &self,
        raw: &RawIndicator<'_>,
        parsed: &[Option<Parsed>],
        ids: &BTreeMap<&IndicatorId, usize>,
        checked: &mut CheckedIndicator,
        sum: &mut Checksum,
    ) -> Vec<Formula> {
        let known = self.known;
        let dataset = raw.dataset.as_ref();
        let dataset = dataset.and_then(|at| known.datasets.get(at.value.as_str()));
        let part = |id: &IndicatorId| {
            let done = ids.get(id).and_then(|index| self.done.get(index));
            done.map_or(Measures::of_indicator(None), |part| part.measures)
        };
        let mut formulas = Vec::new();
        for (declared, parsed) in raw.formulas.iter().zip(parsed) {
            let Some(parsed) = parsed else {
                checked.sound = false;
                continue;
            };
            if raw.dataset.is_some() && dataset.is_none() {
                continue;
            }
            let measured = Measured {
                known,
                file: raw.file,
                measure: &declared.measure,
                dataset,
                indicator: &part,
            };
            let found = measured.check(parsed, raw.unit);
            checked.sound &= found.sound;
            if dataset.is_some_and(|dataset| dataset.raw.secrecy.is_some()) {
                measured.no_single_value(&parsed.expr);
            }
            for reference in &found.indicators {
                self.part(raw, declared, reference, ids, checked, sum);
            }
            let text = declared.measure.value.clone();
            let expr = parsed.expr.clone();
            sum.text(&declared.from.value.to_string())
                .text(&expr.to_string());
            formulas.push(Formula {
                from: declared.from.value,
                measure: match dataset {
                    Some(dataset) => Measure::Direct {
                        dataset: dataset.raw.id.clone(),
                        expr,
                        text,
                    },
                    None => Measure::Derived { expr, text },
                },
                note: declared.note.clone(),
            });
        }
        formulas
    }

    /// An indicator that a later version is made of: known as finely as the first version.
    fn part(
        &self,
        raw: &RawIndicator<'_>,
        declared: &RawFormula,
        reference: &At<IndicatorId>,
        ids: &BTreeMap<&IndicatorId, usize>,
        checked: &mut CheckedIndicator,
        sum: &mut Checksum,
    ) {
        let index = ids.get(&reference.value);
        let Some(part) = index.and_then(|index| self.done.get(index)) else {
            checked.sound = false;
            if index.is_none() {
                let message = format!("indicateur inconnu : `{}`", reference.value);
                let hint = suggest(reference.value.as_str(), ids.keys().map(|id| id.as_str()));
                self.known.report.at(
                    raw.file,
                    &reference.span,
                    code::UNKNOWN_INDICATOR,
                    message,
                    hint,
                );
            }
            return;
        };
        checked.sound &= part.sound;
        let part_sum = part.indicator.as_ref();
        sum.text(part_sum.map_or("", |indicator| indicator.checksum.as_str()));
        let lacking: Vec<_> = checked
            .dimensions
            .iter()
            .filter(|dimension| !part.dimensions.contains(dimension))
            .collect();
        let holds = part.over_time != OverTime::Sum;
        let known_then = match (checked.grain, part.grain) {
            (Some(grain), Some(own)) => grain.is_made_of(own) || (holds && own.is_made_of(grain)),
            _ => true,
        };
        let hint = if !lacking.is_empty() {
            format!("Il ne se détaille pas par {}.", list(&lacking))
        } else if !known_then {
            "Il n'est pas connu sur les mêmes périodes.".to_owned()
        } else {
            return;
        };
        if !checked.sound {
            return;
        }
        checked.sound = false;
        self.known.report.at(
            raw.file,
            &declared.measure.span,
            code::FORMULAS_DIFFER,
            format!(
                "avec `{}`, cette version ne donne pas autant de détail que la première",
                part.id
            ),
            hint,
        );
    }
}
