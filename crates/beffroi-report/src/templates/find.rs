//! Which indicator of a town is what a template wishes for.

use super::Wish;
use beffroi_catalog::{Catalog, Dimension, Indicator, lineage};
use beffroi_model::{DepartmentId, DimensionId, Grain, normalize};
use std::collections::BTreeSet;

/// Words that tell nothing of what an indicator is about.
const EMPTY: &[&str] = &[
    "a",
    "au",
    "aux",
    "commune",
    "communal",
    "communale",
    "d",
    "dan",
    "de",
    "du",
    "en",
    "et",
    "l",
    "la",
    "le",
    "municipal",
    "municipale",
    "par",
    "pour",
    "sur",
    "un",
    "une",
    "ville",
];

/// Words of indicators that are about other towns.
const OTHERS: &[&str] = &[
    "comparable",
    "departemental",
    "departementale",
    "national",
    "nationale",
    "regional",
    "regionale",
    "semblable",
    "strate",
    "voisin",
    "voisine",
];

/// The words of a text, compared without case, accents or plural.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let spelled = normalize(text);
    let words = spelled.split('_').map(singular);
    words
        .filter(|word| !word.is_empty() && !EMPTY.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Both sides of a comparison lose the same letter, so that it need not be grammar.
fn singular(word: &str) -> &str {
    match word.strip_suffix(['s', 'x']) {
        Some(short) if short.len() > 2 => short,
        _ => word,
    }
}

/// Indicators that a report can show: known by the year, and of this town alone.
pub(super) fn shown(catalog: &Catalog) -> impl Iterator<Item = &Indicator> {
    catalog.indicators.values().filter(|indicator| {
        grain(indicator).is_some_and(|grain| {
            let datasets = lineage::datasets_of(catalog, indicator);
            let secrecy = datasets.iter().filter_map(|it| it.secrecy.as_ref());
            // Under secrecy, only the periods that are declared are shown.
            secrecy.clone().all(|it| it.grains.contains(&grain))
        }) && !lineage::is_live(catalog, indicator)
            && OTHERS
                .iter()
                .all(|word| !all_words(indicator).contains(*word))
    })
}

/// The periods by which a report shows an indicator: years, else school years.
pub(super) fn grain(indicator: &Indicator) -> Option<Grain> {
    let mut grains = [Grain::Year, Grain::SchoolYear].into_iter();
    grains.find(|grain| grain.is_made_of(indicator.grain))
}

/// The indicators that fit a wish, the best first: by the way in which they say it, then by how
/// little else they say.
pub(super) fn fitting<'a>(catalog: &'a Catalog, wish: &Wish) -> Vec<&'a Indicator> {
    let mut found: Vec<((usize, usize), &Indicator)> = shown(catalog)
        .filter_map(|indicator| Some((rank(wish, indicator)?, indicator)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, indicator)| indicator).collect()
}

/// The words of its title and of its id.
fn all_words(indicator: &Indicator) -> BTreeSet<String> {
    let mut all = words(indicator.id.as_str());
    all.extend(words(&indicator.title.fr));
    all
}

fn rank(wish: &Wish, indicator: &Indicator) -> Option<(usize, usize)> {
    if !wish.units.contains(&indicator.unit) {
        return None;
    }
    let title = words(&indicator.title.fr);
    let all = all_words(indicator);
    let excluded = wish.not.iter().flat_map(|text| words(text));
    if excluded.into_iter().any(|word| all.contains(&word)) {
        return None;
    }
    let mut ways = wish.words.iter();
    let way = ways.position(|way| match way.strip_prefix('=') {
        Some(whole) => words(whole) == title,
        None => words(way).is_subset(&all),
    })?;
    Some((way, title.len()))
}

/// The dimension of an indicator that is named by one of some words, the first of them that one is.
pub(super) fn axis<'a>(
    catalog: &Catalog,
    indicator: &'a Indicator,
    named: &[String],
) -> Option<&'a DimensionId> {
    named.iter().find_map(|name| {
        let wanted = words(name);
        indicator.dimensions.iter().find(|id| {
            let mut own = words(id.as_str());
            let about: Option<&Dimension> = catalog.dimensions.get(*id);
            own.extend(about.map(|it| words(&it.title.fr)).unwrap_or_default());
            wanted.is_subset(&own)
        })
    })
}

/// The department of a town that is named by one of some words.
pub(super) fn department<'a>(catalog: &'a Catalog, named: &[String]) -> Option<&'a DepartmentId> {
    named.iter().find_map(|name| {
        let wanted = words(name);
        let mut departments = catalog.town.departments.iter();
        let found = departments.find(|(id, department)| {
            let mut own = words(id.as_str());
            own.extend(words(&department.title.fr));
            wanted.is_subset(&own)
        });
        found.map(|(id, _)| id)
    })
}
