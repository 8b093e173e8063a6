//! National schemas by name, and the headers under which files in the wild hold their columns.
//! Where each comes from is told in `schemas/SOURCES.md`.

use crate::Published;

macro_rules! schemas {
    ($($name:literal => $file:literal),+ $(,)?) => {
        /// The schemas inside, by name.
        const SCHEMAS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../schemas/", $file, ".json")))),+
        ];
    };
}

schemas! {
    "scdl/budget" => "scdl-budget",
    "scdl/catalogue" => "scdl-catalogue",
    "scdl/deliberations" => "scdl-deliberations",
    "scdl/equipements" => "scdl-equipements",
    "scdl/menus-collectifs" => "scdl-menus-collectifs",
    "scdl/plats-menus-collectifs" => "scdl-plats-menus-collectifs",
    "scdl/prenoms" => "scdl-prenoms",
    "scdl/subventions" => "scdl-subventions",
    "bal" => "bal",
    "irve/statique" => "irve-statique",
    "irve/dynamique" => "irve-dynamique",
    "stationnement" => "stationnement",
    "stationnement-cyclable" => "stationnement-cyclable",
    "covoiturage" => "lieux-covoiturage",
}

/// Headers found in the wild, one a line: header, `;`, name in the schema.
const SUBVENTIONS: &str = include_str!("../schemas/subventions-headers.csv");

/// The names of the schemas inside.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name)
}

/// The schema of that name.
#[must_use]
pub fn named(name: &str) -> Option<Published> {
    let (_, json) = SCHEMAS.iter().find(|(known, _)| *known == name)?;
    crate::read(json.as_bytes()).ok()
}

/// The headers in the wild of a schema, with the names of its fields.
pub(crate) fn aliases(schema: &str) -> Vec<(&'static str, &'static str)> {
    match schema {
        "subventions" => SUBVENTIONS
            .lines()
            .filter_map(|line| line.rsplit_once(';'))
            .collect(),
        _ => Vec::new(),
    }
}
