//! Boards ready to be taken: what the usual subjects of a town hall show, whatever the names of
//! its columns are, and copies of boards that are there.
//!
//! A [`Template`] is a TOML file of `templates/`. It names the roles that columns play, with the
//! headers by which they are found, and writes its measures over those: `{montant}` is the column
//! that plays `montant`, `{sens = depense}` the condition that it says `depense` of it.

mod copy;
mod made;
mod read;

pub use copy::{Copied, board_as_template};
pub use made::{Made, instantiate};

use crate::measure::{Choice, choices};
use crate::words::telling;
use beffroi_catalog::{Dataset, ValueType};
use beffroi_model::{ColumnId, Unit, normalize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A board for a subject, over columns not known yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// What it is about: the title of its board.
    pub title: String,
    /// What its board shows.
    pub summary: String,
    /// The roles that columns play.
    pub roles: Vec<Role>,
    /// What it counts.
    indicators: Vec<Counted>,
    /// What it shows.
    sections: Vec<Part>,
}

/// A role that a column plays.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Its id in the template.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What the column holds.
    pub kind: RoleKind,
    /// Whether the template does without.
    pub optional: bool,
    /// The units that its numbers may have; a column that does not say its own may be it.
    pub units: Vec<Unit>,
    /// Headers by which the column is found, the likeliest first.
    pub headers: Vec<String>,
    /// The values that measures ask for, with the spellings under which files say them.
    values: BTreeMap<String, Vec<String>>,
}

/// What the column of a role holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleKind {
    /// Numbers that add up.
    Number,
    /// Texts that sort rows.
    Text,
    /// When: the time column of the dataset, whatever its name.
    Time,
}

/// An indicator of a template.
#[derive(Debug, Clone, PartialEq)]
struct Counted {
    id: String,
    title: String,
    description: String,
    method: String,
    measure: String,
    /// A unit, or the role in braces whose unit it is.
    unit: String,
    decimals: u8,
    /// Roles.
    dimensions: Vec<String>,
    over_time: Option<String>,
    direction: Option<String>,
}

/// A section of a template's board.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    title: String,
    tiles: Vec<Shown>,
}

/// A tile of a template's board.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    indicators: Vec<String>,
    figure: String,
    show: Option<String>,
    /// A role.
    by: Option<String>,
    /// Whether it says nothing without the role it is detailed by.
    needs_by: bool,
    grain: Option<String>,
    periods: Option<i64>,
    top: Option<i64>,
    width: Option<i64>,
}

/// How a dataset fits a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fit {
    /// The columns found, by role.
    pub matched: BTreeMap<String, ColumnId>,
    /// The roles that it cannot do without and that no column plays, in their order.
    pub missing: Vec<String>,
}

impl Fit {
    /// Whether the template can be made of the dataset.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }
}

const TEXTS: &[&str] = &[
    include_str!("../templates/finances.toml"),
    include_str!("../templates/dechets.toml"),
    include_str!("../templates/scolaire.toml"),
    include_str!("../templates/scolaire_niveaux.toml"),
    include_str!("../templates/mobilites.toml"),
    include_str!("../templates/logement.toml"),
    include_str!("../templates/ressources_humaines.toml"),
];

/// The templates inside.
#[must_use]
pub fn templates() -> &'static [Template] {
    static READ: LazyLock<Vec<Template>> = LazyLock::new(|| {
        // A test holds that all of them can be read.
        TEXTS
            .iter()
            .filter_map(|text| read::template(text))
            .collect()
    });
    &READ
}

/// Which columns of a dataset play the roles of a template: first those whose id, header or title
/// is one of the role's headers, then texts whose name has all words of one. A column plays one
/// role.
#[must_use]
pub fn fits(template: &Template, dataset: &Dataset) -> Fit {
    let offered = choices(dataset);
    let mut fit = Fit::default();
    for exact in [true, false] {
        for role in &template.roles {
            if fit.matched.contains_key(&role.id) {
                continue;
            }
            let from = match role.kind {
                RoleKind::Number => &offered.summed,
                RoleKind::Text | RoleKind::Time => &offered.filtered,
            };
            let free = from.iter().filter(|choice| {
                let is_free = fit.matched.values().all(|column| *column != choice.column);
                is_free && role.may_be(choice, dataset)
            });
            let found =
                free.filter_map(|choice| Some((role.rank(choice, dataset, exact)?, choice)));
            if let Some((_, choice)) = found.min_by_key(|(rank, _)| *rank) {
                fit.matched.insert(role.id.clone(), choice.column.clone());
            }
        }
    }
    let asked = template.roles.iter().filter(|role| !role.optional);
    let missing = asked.filter(|role| !fit.matched.contains_key(&role.id));
    fit.missing = missing.map(|role| role.id.clone()).collect();
    fit
}

impl Role {
    fn may_be(&self, choice: &Choice, dataset: &Dataset) -> bool {
        match self.kind {
            RoleKind::Number => choice.unit.is_none_or(|unit| self.units.contains(&unit)),
            RoleKind::Text => choice.kind == ValueType::Text && choice.dimension.is_some(),
            RoleKind::Time => dataset.time.as_ref() == Some(&choice.column),
        }
    }

    /// The place of the header by which a column is found.
    fn rank(&self, choice: &Choice, dataset: &Dataset, exact: bool) -> Option<usize> {
        if self.kind == RoleKind::Time {
            return Some(0);
        }
        let spec = dataset.schema.column(choice.column.as_str());
        let headers = spec.into_iter().flat_map(|spec| &spec.headers);
        let names = headers.map(String::as_str);
        let names = names.chain([choice.column.as_str(), choice.title.fr.as_str()]);
        let names: Vec<&str> = names.collect();
        self.headers.iter().position(|header| {
            names.iter().any(|name| match exact {
                true => normalize(name) == normalize(header),
                // A number may be a part of what the words say.
                false => self.kind == RoleKind::Text && says(name, header),
            })
        })
    }
}

/// Whether a name has all words of a header.
fn says(name: &str, header: &str) -> bool {
    let (own, asked) = (telling(name), telling(header));
    !asked.is_empty() && asked.iter().all(|word| own.contains(word))
}
