//! Checks of `[secrecy]`.

use super::dataset::CheckedDataset;
use super::indicator::available;
use super::{CheckedIndicator, Known};
use crate::diagnostic::code;
use crate::expr::ValueType;
use crate::raw::RawSecrecy;
use crate::source::{At, list, suggest};
use crate::{Dataset, Measure, Secrecy, Units};
use beffroi_model::{ColumnId, DimensionId, Grain};
use indexmap::IndexMap;

/// The secrecy of a dataset, as far as it is declared.
pub(super) fn check(checked: &CheckedDataset<'_>, known: &Known<'_>) -> Option<Secrecy> {
    let raw = checked.raw.secrecy.as_ref()?;
    let at = Checked {
        checked,
        known,
        raw,
    };
    at.rule();
    if checked.is_live() {
        at.error(
            &At::new((), raw.span.clone()),
            code::SECRECY_LIVE,
            "un flux en direct ne peut pas être sous secret statistique",
            "Ses relevés sont montrés aussitôt : ôtez `[secrecy]`, ou déclarez un jeu de données \
             par jour ou par mois."
                .to_owned(),
        );
    }
    let contributor = at.contributor();
    let units = match (at.units(), &contributor) {
        (Some(column), _) => Units::Column(column),
        (None, Some(_)) => Units::Contributors,
        (None, None) => Units::Rows,
    };
    Some(Secrecy {
        named: raw.named,
        rule: raw.rule,
        units,
        contributor,
        tables: at.tables(),
        grains: at.grains(),
    })
}

/// Tells datasets under secrecy whose rows others can have too: each would be decided by itself,
/// and what one shows would tell what the other hides.
pub(super) fn apart(known: &Known<'_>) {
    for raw in known.declared {
        let Some(secrecy) = &raw.secrecy else {
            continue;
        };
        let mut others = known.declared.iter();
        if let Some(other) =
            others.find(|other| other.id != raw.id && other.source.meets(&raw.source))
        {
            known.report.at(
                raw.file,
                &secrecy.span,
                code::SECRECY_SOURCE,
                format!("`{}` peut lire les mêmes données : il dirait ce qui est caché ici", other.id),
                "Faites des deux un seul jeu de données, dont `tables` nomme tous les tableaux, ou \
                 séparez leurs fichiers."
                    .to_owned(),
            );
        }
    }
}

/// What a declaration leaves out follows from the indicators of the dataset.
pub(super) fn complete<K>(dataset: &mut Dataset, indicators: &IndexMap<K, CheckedIndicator>) {
    let Some(secrecy) = &mut dataset.secrecy else {
        return;
    };
    let own = indicators.values().filter_map(|checked| {
        let indicator = checked.indicator.as_ref()?;
        let direct =
            matches!(&indicator.measure, Measure::Direct { dataset: of, .. } if *of == dataset.id);
        direct.then_some(indicator)
    });
    let own: Vec<_> = own.collect();
    if secrecy.tables.is_empty() {
        let by = own.iter().flat_map(|indicator| &indicator.dimensions);
        let mut by: Vec<DimensionId> = by.cloned().collect();
        by.sort();
        by.dedup();
        secrecy.tables = by.into_iter().map(|id| vec![id]).collect();
    }
    if secrecy.grains.is_empty() {
        let mut grains: Vec<Grain> = own.iter().map(|indicator| indicator.main_grain).collect();
        grains.sort();
        grains.dedup();
        secrecy.grains = grains;
    }
}

struct Checked<'a> {
    checked: &'a CheckedDataset<'a>,
    known: &'a Known<'a>,
    raw: &'a RawSecrecy,
}

impl Checked<'_> {
    fn error<T>(
        &self,
        at: &At<T>,
        code: &'static str,
        message: impl AsRef<str>,
        hint: impl Into<Option<String>>,
    ) {
        let file = self.checked.raw.file;
        self.known.report.at(file, &at.span, code, message, hint);
    }

    fn rule(&self) {
        let rule = &self.raw.rule;
        let concentrated = rule.dominance.is_some() || rule.p_percent.is_some();
        if !self.raw.asks {
            self.error(
                &At::new((), self.raw.span.clone()),
                code::SECRECY_RULE,
                "ce secret ne demande rien",
                "Nommez une règle (`rule = \"persons_5\"`) ou un seuil (`min_units = 5`)."
                    .to_owned(),
            );
        }
        if concentrated && self.raw.contributor.is_none() {
            self.error(
                &At::new((), self.raw.span.clone()),
                code::SECRECY_CONTRIBUTOR,
                "rien ne dit qui contribue à un chiffre, et cette règle en limite la part",
                "Nommez la colonne qui distingue les contributeurs (`contributor = \"siren\"`), \
                 ou écrivez `dominance = 100` si aucun ne peut dominer."
                    .to_owned(),
            );
        }
    }

    fn contributor(&self) -> Option<ColumnId> {
        let at = self.raw.contributor.as_ref()?;
        let file = self.checked.raw.file;
        let given = self.checked.given(self.known, file, &at.value, &at.span)?;
        if given.kind.is_some_and(ValueType::is_time) {
            self.error(
                at,
                code::SECRECY_CONTRIBUTOR,
                format!("`{}` dit quand, pas qui", at.value),
                "Nommez la colonne qui distingue les contributeurs.".to_owned(),
            );
            return None;
        }
        ColumnId::new(&at.value).ok()
    }

    fn units(&self) -> Option<ColumnId> {
        let at = self.raw.units.as_ref()?;
        let file = self.checked.raw.file;
        let given = self.checked.given(self.known, file, &at.value, &at.span)?;
        if given
            .kind
            .is_some_and(|kind| kind != ValueType::Exact { scale: 0 })
        {
            self.error(
                at,
                code::SECRECY_UNITS,
                format!(
                    "`{}` ne compte pas des unités : ce n'est pas un nombre entier",
                    at.value
                ),
                "Nommez une colonne de type `integer`, ou ôtez `units` si chaque ligne en est une."
                    .to_owned(),
            );
            return None;
        }
        ColumnId::new(&at.value).ok()
    }

    fn tables(&self) -> Vec<Vec<DimensionId>> {
        let mut tables: Vec<Vec<DimensionId>> = Vec::new();
        for raw in &self.raw.tables {
            let mut by: Vec<DimensionId> = raw.iter().filter_map(|at| self.dimension(at)).collect();
            by.sort();
            if !by.is_empty() && !tables.contains(&by) {
                tables.push(by);
            }
        }
        tables
    }

    fn dimension(&self, at: &At<String>) -> Option<DimensionId> {
        let own: Vec<&DimensionId> = self.checked.dimensions().collect();
        if let Some(id) = own.iter().find(|id| id.as_str() == at.value) {
            return Some((*id).clone());
        }
        let message = format!("aucune colonne ne porte `{}`", at.value);
        let hint = suggest(&at.value, own.iter().map(|id| id.as_str()));
        let hint = hint.unwrap_or_else(|| format!("Ses dimensions : {}.", list(&own)));
        self.error(at, code::UNKNOWN_DIMENSION, message, hint);
        None
    }

    fn grains(&self) -> Vec<Grain> {
        let mut grains = Vec::new();
        for at in &self.raw.grains {
            match self.checked.grain() {
                Some(own) if !at.value.is_made_of(own) => self.error(
                    at,
                    code::GRAIN_UNAVAILABLE,
                    format!(
                        "ses lignes sont connues par `{}`, pas par `{}`",
                        own.as_str(),
                        at.value.as_str()
                    ),
                    available(own),
                ),
                _ => grains.push(at.value),
            }
        }
        grains.sort();
        grains
    }
}
