//! A template made of a dataset.

use super::{Counted, Fit, Part, Shown, Template, fits};
use crate::naming::fresh;
use crate::propose::means_otherwise;
use crate::tables;
use beffroi_catalog::{Catalog, Dataset};
use beffroi_model::{DepartmentId, DimensionId, Grain, Unit, normalize};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// What a template makes: files by their ids, which nothing else has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Indicators, each with its text.
    pub indicators: Vec<(String, String)>,
    /// The board, with its text.
    pub board: (String, String),
}

/// The files of a template over a dataset, for a department; whoever knows the dataset answers for
/// its indicators. What needs a role or a value that the dataset does not have is left out.
///
/// # Errors
/// The roles that it cannot do without and that no column plays; where nothing at all can be shown,
/// those whose column says none of the values that are asked for.
pub fn instantiate(
    template: &Template,
    dataset: &Dataset,
    catalog: &Catalog,
    department: &DepartmentId,
) -> Result<Made, Vec<String>> {
    let fit = fits(template, dataset);
    if !fit.is_whole() {
        return Err(fit.missing);
    }
    let at = Maker {
        template,
        dataset,
        catalog,
        department,
        fit,
    };
    at.make().ok_or_else(|| {
        let roles = template.roles.iter();
        let asked = roles.filter(|role| !role.optional && !role.values.is_empty());
        asked.map(|role| role.id.clone()).collect()
    })
}

struct Maker<'a> {
    template: &'a Template,
    dataset: &'a Dataset,
    catalog: &'a Catalog,
    department: &'a DepartmentId,
    fit: Fit,
}

/// An indicator that was made: its new id, and the axes it has.
struct Known {
    id: String,
    dimensions: Vec<DimensionId>,
    unit: String,
}

impl Maker<'_> {
    fn make(&self) -> Option<Made> {
        let mut known: BTreeMap<&str, Known> = BTreeMap::new();
        let mut indicators = Vec::new();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for counted in &self.template.indicators {
            let Some(measure) = self.measure(&counted.measure) else {
                continue;
            };
            let base = format!("{}_{}", self.dataset.id, counted.id);
            let id = fresh(&base, |id| {
                taken.contains(id) || self.catalog.indicators.contains_key(id)
            });
            taken.insert(id.clone());
            let dimensions = self.dimensions(&counted.dimensions);
            let unit = self.unit(&counted.unit);
            indicators.push((
                id.clone(),
                self.indicator_text(counted, &measure, &unit, &dimensions),
            ));
            known.insert(
                &counted.id,
                Known {
                    id,
                    dimensions,
                    unit,
                },
            );
        }
        let board = fresh(&self.template.id, |id| self.catalog.boards.contains_key(id));
        Some(Made {
            board: (board, self.board_text(&known)?),
            indicators,
        })
    }

    /// A measure in which roles are columns; nothing where one is not played.
    fn measure(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(&match inside.split_once(" = ") {
                Some((role, asked)) => self.condition(role, asked)?,
                None => self.fit.matched.get(inside)?.to_string(),
            });
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }

    /// That the column of a role says a value: one of its members, else any spelling of it.
    fn condition(&self, role: &str, asked: &str) -> Option<String> {
        let column = self.fit.matched.get(role)?;
        let role = self.template.roles.iter().find(|known| known.id == role)?;
        let spellings = role.values.get(asked)?;
        let dimension = self.dimension(&role.id)?;
        let members = self.catalog.dimensions.get(&dimension);
        let members = members.map(|dimension| &dimension.members);
        let Some(members) = members.filter(|members| !members.is_empty()) else {
            let quoted: Vec<String> = spellings.iter().map(|spelling| quoted(spelling)).collect();
            return Some(format!("{column} in ({})", quoted.join(", ")));
        };
        let wanted: Vec<String> = spellings
            .iter()
            .map(String::as_str)
            .chain([asked])
            .map(normalize)
            .collect();
        let (key, _) = members.iter().find(|(key, member)| {
            let aliases = member.aliases.iter().map(String::as_str);
            let mut own = aliases.chain([key.as_str(), member.title.fr.as_str()]);
            own.any(|own| wanted.contains(&normalize(own)))
        })?;
        Some(format!("{column} = {}", quoted(key)))
    }

    fn dimension(&self, role: &str) -> Option<DimensionId> {
        let column = self.fit.matched.get(role)?.as_str();
        let spec = self.dataset.schema.column(column);
        let own = spec.and_then(|spec| spec.dimension.clone());
        own.or_else(|| self.dataset.computed.get(column)?.dimension.clone())
    }

    /// The axes that roles are, but for those that another dataset means otherwise.
    fn dimensions(&self, roles: &[String]) -> Vec<DimensionId> {
        let mut found = Vec::new();
        for dimension in roles.iter().filter_map(|role| self.dimension(role)) {
            if !means_otherwise(self.catalog, self.dataset, &dimension)
                && !found.contains(&dimension)
            {
                found.push(dimension);
            }
        }
        found
    }

    /// A unit, or that of the column of a role: its own, else the first that the role may have.
    fn unit(&self, text: &str) -> String {
        let role = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        let Some(role) = role else {
            return text.to_owned();
        };
        let column = self.fit.matched.get(role);
        let about = column.and_then(|column| self.dataset.columns.get(column.as_str()));
        let usual = || {
            let mut roles = self.template.roles.iter();
            roles.find(|known| known.id == role)?.units.first().copied()
        };
        let unit = about.and_then(|about| about.unit).or_else(usual);
        unit.unwrap_or_else(Unit::count).symbol().to_owned()
    }

    fn indicator_text(
        &self,
        counted: &Counted,
        measure: &str,
        unit: &str,
        dimensions: &[DimensionId],
    ) -> String {
        let mut document = DocumentMut::new();
        let mut put = |key, item: Item| {
            document.insert(key, item);
        };
        put("title", value(&counted.title));
        put("description", value(&counted.description));
        put("method", value(&counted.method));
        put("department", value(self.department.as_str()));
        put("owner", value(&self.dataset.steward));
        put("dataset", value(self.dataset.id.as_str()));
        put("measure", value(measure));
        put("unit", value(unit));
        if counted.decimals > 0 {
            put("decimals", value(i64::from(counted.decimals)));
        }
        tables::dimensions(&mut document, dimensions);
        if let Some(over_time) = &counted.over_time {
            document.insert("over_time", value(over_time));
        }
        if let Some(direction) = &counted.direction {
            document.insert("direction", value(direction));
        }
        tables::text(document)
    }

    /// The periods that the board is read by: years, where rows make years.
    fn grain(&self) -> Grain {
        let finest = self.dataset.grain().unwrap_or(Grain::Day);
        match Grain::Year.is_made_of(finest) {
            true => Grain::Year,
            false => Grain::SchoolYear,
        }
    }

    fn board_text(&self, known: &BTreeMap<&str, Known>) -> Option<String> {
        let mut document = DocumentMut::new();
        document.insert("title", value(&self.template.title));
        document.insert("summary", value(&self.template.summary));
        document.insert("department", value(self.department.as_str()));
        if self.grain() == Grain::SchoolYear {
            document.insert("grain", value(Grain::SchoolYear.as_str()));
        }
        let sections = self.template.sections.iter();
        let sections = sections.filter_map(|part| self.section(part, known));
        let sections: ArrayOfTables = sections.collect();
        if sections.is_empty() {
            return None;
        }
        document.insert("sections", Item::ArrayOfTables(sections));
        Some(tables::text(document))
    }

    fn section(&self, part: &Part, known: &BTreeMap<&str, Known>) -> Option<Table> {
        let tiles = part.tiles.iter();
        let tiles = tiles.filter_map(|shown| self.tile(shown, known));
        let tiles: ArrayOfTables = tiles.collect();
        if tiles.is_empty() {
            return None;
        }
        let mut section = Table::new();
        section.insert("title", value(&part.title));
        section.insert("tiles", Item::ArrayOfTables(tiles));
        Some(section)
    }

    fn tile(&self, shown: &Shown, known: &BTreeMap<&str, Known>) -> Option<Table> {
        let asked = shown.indicators.iter();
        let made: Vec<&Known> = asked.filter_map(|id| known.get(id.as_str())).collect();
        let first = made.first()?;
        let alike: Vec<&str> = made
            .iter()
            .filter(|other| other.unit == first.unit)
            .map(|made| made.id.as_str())
            .collect();
        let by = shown.by.as_ref().and_then(|role| self.dimension(role));
        let by = by.filter(|by| made.iter().all(|made| made.dimensions.contains(by)));
        let is_drawn = by
            .as_ref()
            .is_some_and(|by| self.catalog.maps.contains_key(by));
        let compares = matches!(shown.figure.as_str(), "heat" | "map" | "dots" | "stacked");
        let lacks = (by.is_none() && (compares || shown.needs_by))
            || (shown.figure == "map" && !is_drawn)
            || (shown.show.as_deref() == Some("per_inhabitant") && !self.counts_inhabitants());
        if lacks {
            return None;
        }
        let mut table = Table::new();
        match alike.as_slice() {
            [one] => table.insert("indicator", value(*one)),
            several => table.insert("indicators", tables::list(several)),
        };
        let mut put = |key, item: Option<Item>| {
            if let Some(item) = item {
                table.insert(key, item);
            }
        };
        put("figure", Some(value(&shown.figure)));
        put("show", shown.show.as_ref().map(value));
        put("by", by.map(|by| value(by.as_str())));
        let grain = shown.grain.as_deref();
        let grain = grain.filter(|grain| self.is_known_by(grain));
        put("grain", grain.map(value));
        // As many years as it would show months are too many.
        let is_coarser = shown.grain.is_some() && grain.is_none();
        let periods = shown.periods.map(|periods| match is_coarser {
            true => periods.min(YEARS),
            false => periods,
        });
        put("periods", periods.map(value));
        put("top", shown.top.map(value));
        put("width", shown.width.map(value));
        Some(table)
    }

    fn is_known_by(&self, grain: &str) -> bool {
        let grain: Option<Grain> = grain.parse().ok();
        let finest = self.dataset.grain();
        let made = grain.zip(finest);
        made.is_some_and(|(grain, finest)| grain.is_made_of(finest)) && self.shows(grain)
    }

    /// Whether statistical secrecy lets periods of that length be shown.
    fn shows(&self, grain: Option<Grain>) -> bool {
        let secrecy = self.dataset.secrecy.as_ref();
        secrecy.is_none_or(|secrecy| grain.is_some_and(|grain| secrecy.grains.contains(&grain)))
    }

    fn counts_inhabitants(&self) -> bool {
        let population = self.catalog.town.population.as_ref();
        population.is_some_and(|population| population.indicator.is_some())
            && self.grain() == Grain::Year
    }
}

/// How many years are followed.
const YEARS: i64 = 7;

/// A text of the measure language.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
