//! Checks of `town.toml`: members, maps, population, first page.

use super::{CheckedIndicator, Files, Known};
use crate::diagnostic::code;
use crate::raw::RawTown;
use crate::source::{At, Report, suggest};
use crate::{Aggregate, Dimension, Expr, Home, Map, Measure, Population, Prices, Text, Town, map};
use beffroi_model::{Area, ColumnId, DimensionId, normalize};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Contours of the dimensions that have some.
pub(super) fn maps(files: &Files<'_>, report: &Report) -> IndexMap<DimensionId, Map> {
    let mut maps = IndexMap::new();
    for (id, dimension) in &files.town.dimensions {
        let Some(name) = &dimension.map else { continue };
        match files.maps.get(&name.value) {
            Some(file) => {
                let members = dimension.members.keys().map(String::as_str);
                maps.insert(id.clone(), map::read(file, report, members));
            }
            None => report.at(
                files.town.file,
                &name.span,
                code::UNKNOWN_MAP,
                format!("`{}` n'est pas dans le dossier `maps/`", name.value),
                suggest(&name.value, files.maps.keys().map(String::as_str))
                    .unwrap_or_else(|| "Déposez-y un fichier `.geojson`.".to_owned()),
            ),
        }
    }
    maps
}

/// How far beyond its contours the town goes, in millionths of a degree: what stands at its gates
/// is not outside.
const MARGIN: i32 = 10_000;

/// Where the town is: as declared, else around its contours.
pub(super) fn area(town: &RawTown<'_>, maps: &IndexMap<DimensionId, Map>) -> Option<Area> {
    if town.area.is_some() {
        return town.area.clone();
    }
    let shapes = maps.values().flat_map(|map| map.shapes.values());
    let points = shapes.flatten().flatten().flatten();
    #[expect(clippy::cast_possible_truncation, reason = "180 degrees at most")]
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    points.fold(None, |area: Option<Area>, (longitude, latitude)| {
        let (x, y) = (millionths(*longitude), millionths(*latitude));
        let known = area.as_ref();
        let least = |known: Option<i32>, it: i32| known.unwrap_or(i32::MAX).min(it - MARGIN);
        let most = |known: Option<i32>, it: i32| known.unwrap_or(i32::MIN).max(it + MARGIN);
        Some(Area {
            west: least(known.map(|it| it.west), x),
            east: most(known.map(|it| it.east), x),
            south: least(known.map(|it| it.south), y),
            north: most(known.map(|it| it.north), y),
            name: town.name.clone(),
        })
    })
}

/// Tells members of a dimension that files could not tell apart.
pub(super) fn members(town: &RawTown<'_>, report: &Report) {
    for dimension in town.dimensions.values() {
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        for ((key, info), place) in dimension.members.iter().zip(&dimension.places) {
            for spelling in [key, &info.title.fr].into_iter().chain(&info.aliases) {
                let owner = *owners.entry(normalize(spelling)).or_insert(key);
                if owner != key {
                    report.at(
                        town.file,
                        place,
                        code::AMBIGUOUS_SPELLING,
                        format!("`{spelling}` désigne à la fois `{owner}` et `{key}`"),
                        "Sans casse, accents ni ponctuation, les deux s'écrivent pareil : ôtez \
                         cette graphie de l'un des deux."
                            .to_owned(),
                    );
                }
            }
        }
    }
}

/// The town, with its population and first page resolved.
pub(super) fn check(raw: &RawTown<'_>, known: &Known<'_>) -> Town {
    Town {
        name: raw.name.clone(),
        insee: raw.insee.clone(),
        sample: raw.sample,
        as_of: raw.as_of,
        mandate: raw.mandate,
        departments: raw.departments.clone(),
        population: population(raw, known),
        prices: prices(raw, known),
        network: raw.network.clone(),
        home: home(raw, known),
    }
}

fn population(raw: &RawTown<'_>, known: &Known<'_>) -> Option<Population> {
    let declared = raw.population.as_ref()?;
    let dataset = known.dataset(raw.file, declared.dataset.as_ref()?)?;
    let at = declared.column.as_ref()?;
    let column = dataset.column(known, raw.file, &at.value, &at.span)?;
    if column.kind.is_some_and(|kind| !kind.is_number()) {
        known.report.at(
            raw.file,
            &at.span,
            code::NOT_A_NUMBER,
            format!(
                "la population ne peut pas venir de `{}` : ce n'est pas un nombre",
                at.value
            ),
            "Nommez une colonne `integer` ou `decimal`.".to_owned(),
        );
    }
    Some(Population {
        dataset: dataset.raw.id.clone(),
        column: ColumnId::new(&at.value).ok()?,
        kind: declared.kind.clone(),
        inhabitants: declared.inhabitants,
        indicator: counted_by(raw, known).map(|checked| checked.id.clone()),
    })
}

/// The indicator that adds up the declared population: what *per inhabitant* divides by.
pub(super) fn counted_by<'a>(
    raw: &RawTown<'_>,
    known: &'a Known<'_>,
) -> Option<&'a CheckedIndicator> {
    let declared = raw.population.as_ref()?;
    let (dataset, column) = (declared.dataset.as_ref()?, declared.column.as_ref()?);
    known.indicators.values().find(|checked| {
        let measure = checked.indicator.as_ref().map(|it| &it.measure);
        let Some(Measure::Direct {
            dataset: own, expr, ..
        }) = measure
        else {
            return false;
        };
        let of = match expr {
            Expr::Aggregate {
                function: Aggregate::Sum,
                of: Some(of),
                filter: None,
            } => of.as_ref(),
            _ => return false,
        };
        own.as_str() == dataset.value
            && matches!(of, Expr::Column(own) if own.as_str() == column.value)
    })
}

fn prices(raw: &RawTown<'_>, known: &Known<'_>) -> Option<Prices> {
    let declared = raw.prices.as_ref()?;
    let indicator = known.indicator(raw.file, declared.indicator.as_ref()?)?;
    Some(Prices {
        indicator: indicator.id.clone(),
        base: declared.base,
    })
}

fn home(raw: &RawTown<'_>, known: &Known<'_>) -> Home {
    let id = |checked: &CheckedIndicator| checked.id.clone();
    let find = |at: &Option<At<String>>| known.indicator(raw.file, at.as_ref()?);
    let declared = &raw.home;
    let live = find(&declared.live);
    if let (Some(live), Some(at)) = (live, &declared.live)
        && live.sound
        && !live.is_live
    {
        known.report.at(
            raw.file,
            &at.span,
            code::NOT_LIVE,
            format!("`{}` ne vient pas d'un flux en direct", at.value),
            "Son jeu de données doit avoir `frequency = \"live\"` ou rejouer un flux.".to_owned(),
        );
    }
    let capacity = find(&declared.live_capacity);
    if let Some(by) = &declared.live_by {
        for part in [live, capacity].into_iter().flatten() {
            part.has_dimension(known, raw.file, by);
        }
    }
    Home {
        highlights: declared
            .highlights
            .iter()
            .filter_map(|at| known.indicator(raw.file, at).map(id))
            .collect(),
        live: live.map(id),
        live_by: declared
            .live_by
            .as_ref()
            .and_then(|by| DimensionId::new(&by.value).ok()),
        live_capacity: capacity.map(id),
    }
}

/// Shared dimensions as declared, then those that only columns make.
pub(super) fn dimensions(raw: &RawTown<'_>, known: &Known<'_>) -> IndexMap<DimensionId, Dimension> {
    let all = || Text {
        fr: "Tous".to_owned(),
        en: Some("All".to_owned()),
    };
    let mut dimensions = IndexMap::new();
    for (id, declared) in &raw.dimensions {
        let dimension = Dimension {
            title: declared.title.clone(),
            all: if declared.all.is_empty() {
                all()
            } else {
                declared.all.clone()
            },
            members: declared.members.clone(),
            ordered: declared.ordered,
            changes: declared.changes.clone(),
        };
        dimensions.insert(id.clone(), dimension);
    }
    for checked in known.datasets.values() {
        for (id, title) in checked.titles() {
            dimensions.entry(id.clone()).or_insert_with(|| Dimension {
                title: title.clone(),
                all: all(),
                members: IndexMap::new(),
                ordered: false,
                changes: Vec::new(),
            });
        }
    }
    dimensions
}
