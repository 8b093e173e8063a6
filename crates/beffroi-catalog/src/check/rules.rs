//! What must hold between columns, rows and datasets: keys, references, rules, points; those of the
//! published schema, then those declared.

use super::Known;
use crate::diagnostic::code;
use crate::raw::{Coordinate, RawColumn, RawDataset, RawReference, RawRule};
use crate::source::{At, suggest};
use beffroi_model::{
    ColumnId, ColumnSpec, ColumnType, DatasetId, FindingKind, ForeignKey, Key, Point, Remark, Rule,
    Schema,
};

/// The columns of a dataset with all that they are held to.
pub(super) fn schema(raw: &RawDataset<'_>, known: &Known<'_>, columns: Vec<ColumnSpec>) -> Schema {
    let mut schema = Schema::of(columns);
    published(raw, &mut schema);
    if !raw.key.is_empty() {
        schema.keys.retain(|key| !key.primary);
        if let Some(columns) = own(raw, known, &raw.key) {
            let key = Key {
                columns,
                primary: true,
            };
            schema.keys.insert(0, key);
        }
    }
    let references = raw.references.iter();
    schema
        .foreign_keys
        .extend(references.filter_map(|it| reference(raw, known, it)));
    let rules = raw.rules.iter();
    schema
        .rules
        .extend(rules.filter_map(|it| rule(raw, known, it)));
    schema.rules.extend(points(raw, known));
    schema
}

/// Takes over what the published schema asks. What it asks of personal columns cannot be checked,
/// which each import tells.
fn published(raw: &RawDataset<'_>, schema: &mut Schema) {
    let Some(named) = &raw.schema else { return };
    let asked = &named.published().schema;
    schema.remarks.extend(asked.remarks.iter().cloned());
    let mut left_out: Vec<String> = Vec::new();
    let mut renamed = |ids: &[&ColumnId]| -> Option<Vec<ColumnId>> {
        let ids = ids.iter().map(|id| raw.renamed.get(*id).unwrap_or(id));
        let ids: Vec<ColumnId> = ids.cloned().collect();
        let is_personal = |id: &ColumnId| raw.columns.get(id).is_some_and(|it| it.personal);
        if ids.iter().any(is_personal) {
            let names: Vec<&str> = ids.iter().map(ColumnId::as_str).collect();
            left_out.push(names.join(", "));
            return None;
        }
        Some(ids)
    };
    for key in &asked.keys {
        if let Some(columns) = renamed(&key.columns.iter().collect::<Vec<_>>()) {
            schema.keys.push(Key {
                columns,
                primary: key.primary,
            });
        }
    }
    for key in &asked.foreign_keys {
        let both: Vec<&ColumnId> = key.columns.iter().chain(&key.to).collect();
        if let Some(mut columns) = renamed(&both) {
            let to = columns.split_off(key.columns.len());
            schema.foreign_keys.push(ForeignKey {
                columns,
                to,
                dataset: None,
            });
        }
    }
    for rule in &asked.rules {
        if let Some(ids) = renamed(&rule.columns().collect::<Vec<_>>()) {
            let mut ids = ids.into_iter();
            let mut rule = rule.clone();
            rule.each_column(|id| {
                if let Some(new) = ids.next() {
                    *id = new;
                }
            });
            schema.rules.push(rule);
        }
    }
    let remarks = left_out.into_iter().map(|value| Remark {
        kind: FindingKind::CheckLeftOut,
        column: None,
        value,
    });
    schema.remarks.extend(remarks);
}

/// What to do about a check that names a personal column.
const NOT_CHECKED: &str = "Elle ne peut pas être contrôlée : ôtez-la d'ici.";

/// A column of the dataset itself.
fn one<'r>(
    raw: &'r RawDataset<'_>,
    known: &Known<'_>,
    at: &At<String>,
) -> Option<(ColumnId, &'r RawColumn)> {
    let column = raw.column(known, raw.file, &at.value, &at.span, NOT_CHECKED)?;
    Some((ColumnId::new(&at.value).ok()?, column))
}

/// Columns of the dataset itself; `None` when one is wrong, all being told.
fn own(raw: &RawDataset<'_>, known: &Known<'_>, names: &[At<String>]) -> Option<Vec<ColumnId>> {
    let found: Vec<_> = names.iter().map(|at| one(raw, known, at)).collect();
    found
        .into_iter()
        .map(|column| column.map(|(id, _)| id))
        .collect()
}

/// What a value is compared as.
#[derive(PartialEq, Eq)]
enum Family {
    Number,
    Time,
    Text,
}

fn family(kind: ColumnType) -> Family {
    match kind {
        ColumnType::Integer | ColumnType::Decimal { .. } => Family::Number,
        ColumnType::Date { .. } | ColumnType::DateTime => Family::Time,
        ColumnType::Text | ColumnType::Code | ColumnType::Boolean => Family::Text,
    }
}

/// Whether two columns can be compared, as far as their types are known.
fn compare(first: &RawColumn, second: &RawColumn) -> bool {
    let both = first.kind.zip(second.kind);
    both.is_none_or(|(first, second)| family(first) == family(second))
}

fn rule(raw: &RawDataset<'_>, known: &Known<'_>, rule: &RawRule) -> Option<Rule> {
    match rule {
        RawRule::Compare { column, op, other } => {
            let (left, right) = (one(raw, known, column), one(raw, known, other));
            let ((id, left), (other_id, right)) = left.zip(right)?;
            if !compare(left, right) {
                let message = format!("`{id}` et `{other_id}` ne se comparent pas");
                let hint = "Deux nombres, deux dates ou deux textes se comparent.".to_owned();
                known
                    .report
                    .at(raw.file, &other.span, code::CHECK_TYPE, message, hint);
            }
            Some(Rule::Compare {
                column: id,
                op: *op,
                other: other_id,
            })
        }
        RawRule::Sum { total, parts } => {
            let all: Vec<_> = std::iter::once(total).chain(parts).collect();
            let found: Vec<_> = all.iter().map(|at| one(raw, known, at)).collect();
            for (at, found) in all.iter().zip(&found) {
                let kind = found.as_ref().and_then(|(_, column)| column.kind);
                if kind.is_some_and(|kind| !kind.is_number()) {
                    let message =
                        format!("`{}` n'est pas un nombre : rien à additionner", at.value);
                    let hint = "Il y faut `integer` ou `decimal`.".to_owned();
                    known
                        .report
                        .at(raw.file, &at.span, code::CHECK_TYPE, message, hint);
                }
            }
            let mut ids = found
                .into_iter()
                .map(|column| column.map(|(id, _)| id))
                .collect::<Option<Vec<_>>>()?
                .into_iter();
            Some(Rule::Sum {
                column: ids.next()?,
                parts: ids.collect(),
            })
        }
        RawRule::Together(columns) => {
            own(raw, known, columns).map(|columns| Rule::Together { columns })
        }
        RawRule::OneOf(columns) => own(raw, known, columns).map(|columns| Rule::OneOf { columns }),
    }
}

fn reference(
    raw: &RawDataset<'_>,
    known: &Known<'_>,
    declared: &RawReference,
) -> Option<ForeignKey> {
    let columns = own(raw, known, &declared.columns);
    let at = &declared.dataset;
    let Some(other) = known.declared.iter().find(|it| it.id.as_str() == at.value) else {
        let names = known.declared.iter().map(|it| it.id.as_str());
        let hint = suggest(&at.value, names);
        let message = format!("jeu de données inconnu : `{}`", at.value);
        known
            .report
            .at(raw.file, &at.span, code::UNKNOWN_DATASET, message, hint);
        return None;
    };
    let mut to = Vec::new();
    for (from, at) in declared.columns.iter().zip(&declared.to) {
        let target = other.column(known, raw.file, &at.value, &at.span, NOT_CHECKED)?;
        if let Some(own) = raw.columns.get(from.value.as_str())
            && !compare(own, target)
        {
            let message = format!(
                "`{}` et `{}.{}` ne se comparent pas",
                from.value, other.id, at.value
            );
            let hint = "Il leur faut le même type : deux textes, deux nombres ou deux dates.";
            known.report.at(
                raw.file,
                &at.span,
                code::CHECK_TYPE,
                message,
                hint.to_owned(),
            );
        }
        to.push(ColumnId::new(&at.value).ok()?);
    }
    let dataset: Option<DatasetId> = (other.id != raw.id).then(|| other.id.clone());
    Some(ForeignKey {
        columns: columns?,
        to,
        dataset,
    })
}

/// Rules for the points that columns hold.
fn points(raw: &RawDataset<'_>, known: &Known<'_>) -> Vec<Rule> {
    let told: Vec<(&ColumnId, &At<Coordinate>)> = raw
        .columns
        .iter()
        .filter_map(|(id, column)| Some((id, column.coordinate.as_ref()?)))
        .collect();
    let Some((_, first)) = told.first() else {
        return Vec::new();
    };
    let mut points = Vec::new();
    let (mut longitudes, mut latitudes) = (Vec::new(), Vec::new());
    for (id, at) in &told {
        let personal = raw.column(known, raw.file, id.as_str(), &at.span, NOT_CHECKED);
        if personal.is_none() {
            continue;
        }
        match at.value {
            Coordinate::Longitude => longitudes.push((*id, *at)),
            Coordinate::Latitude => latitudes.push((*id, *at)),
            Coordinate::LongitudeLatitude => points.push(Point::LongitudeFirst((*id).clone())),
            Coordinate::LatitudeLongitude => points.push(Point::LatitudeFirst((*id).clone())),
        }
    }
    match (longitudes.as_slice(), latitudes.as_slice()) {
        ([], []) => {}
        ([(longitude, _)], [(latitude, _)]) => points.push(Point::Pair {
            longitude: (*longitude).clone(),
            latitude: (*latitude).clone(),
        }),
        ([(_, at)], []) | ([], [(_, at)]) => known.report.at(
            raw.file,
            &at.span,
            code::COORDINATE_PAIR,
            "une longitude ne va pas sans latitude, ni l'inverse",
            "Dites aussi laquelle des colonnes est l'autre.".to_owned(),
        ),
        _ => {
            let second = longitudes.get(1).or(latitudes.get(1));
            known.report.at(
                raw.file,
                second.map_or(&first.span, |(_, at)| &at.span),
                code::COORDINATE_PAIR,
                "deux colonnes disent la même coordonnée",
                "Un jeu de données n'a qu'une longitude et qu'une latitude.".to_owned(),
            );
        }
    }
    let Some(area) = &known.area else {
        let has_map = known.town.dimensions.values().any(|it| it.map.is_some());
        if !has_map && !known.report.is_broken(known.town.file) {
            known.report.at(
                raw.file,
                &first.span,
                code::AREA_UNKNOWN,
                "rien ne dit où est la ville : un point ne peut pas en être hors",
                "Ajoutez `[area]` à `town.toml`, ou les contours d'une dimension (`map`)."
                    .to_owned(),
            );
        }
        return Vec::new();
    };
    let inside = |point| Rule::Inside {
        point,
        area: area.clone(),
    };
    points.into_iter().map(inside).collect()
}
