//! From a file to a description, and from a dataset to its first figures.

mod figures;
mod shapes;

pub(crate) use figures::means_otherwise;
pub use figures::{ProposedFigure, ProposedIndicator, ProposedTile, board_text, first_figures};

use crate::measure::is_sayable;
use crate::naming::{fresh, id_of, title_of};
use crate::tables;
use crate::words::telling;
use beffroi_catalog::{Catalog, Dimension, Frequency, Load};
use beffroi_intake::{ColumnSummary, Preview, unit_of_header};
use beffroi_model::{ColumnId, ColumnType, DepartmentId, DimensionId, Grain, Unit, normalize};
use std::collections::BTreeSet;
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

/// A file described as a dataset, to be looked through by who knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedDataset {
    /// Its name, of that of the file.
    pub title: String,
    /// An id that no dataset has.
    pub id: String,
    /// What one row is, as far as columns tell (*un quartier et une année*).
    pub row: String,
    /// The column that says when.
    pub time: Option<ColumnId>,
    /// How often a delivery is to be expected.
    pub frequency: Frequency,
    /// What a delivery does to the former ones.
    pub load: Load,
    /// The name of the files to come, with `*` where it is to differ.
    pub source_pattern: String,
    /// The national schema that it follows: all columns it requires are there.
    pub schema: Option<String>,
    /// Its columns, in the order of the file.
    pub columns: Vec<ProposedColumn>,
}

/// A column, described.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedColumn {
    /// Its id: that of the column of the schema, when it is one.
    pub id: ColumnId,
    /// Its header in the file.
    pub header: String,
    /// Its name.
    pub title: String,
    /// What its cells hold.
    pub kind: ColumnType,
    /// Its unit, by its header.
    pub unit: Option<Unit>,
    /// Whether it names or reaches a person: by its header, or the shape of its values.
    pub personal: bool,
    /// Whether it sorts rows: it holds few different texts.
    pub dimension: bool,
    /// The dimension of the town of which most of its values are members.
    pub shared: Option<DimensionId>,
    /// Whether it is a column of the schema, which says the rest of it.
    pub published: bool,
}

/// Describes a file, by its name and what was read of it without a declaration.
#[must_use]
pub fn propose(file_name: &str, preview: &Preview, catalog: &Catalog) -> ProposedDataset {
    let name = shapes::FileName::of(file_name);
    let schema = schema(&preview.columns);
    let columns = columns(preview, schema.as_ref(), catalog);
    let time = time(&columns, preview);
    let grain = time.as_ref().and_then(|(_, grain)| *grain);
    let id = id_of(&name.subject, "donnees");
    let title = match title_of(&name.subject) {
        title if title.is_empty() => title_of(&name.file),
        title => title,
    };
    ProposedDataset {
        title,
        id: fresh(&id, |id| catalog.datasets.contains_key(id)),
        row: row(&columns, time.as_ref().map(|(place, _)| *place)),
        frequency: frequency(time.as_ref().map(|_| grain)),
        load: match &time {
            Some((place, Some(grain))) if is_one_period(preview, *place, *grain) => Load::ByPeriod,
            _ => Load::Replace,
        },
        time: time.map(|(place, _)| columns[place].id.clone()),
        source_pattern: name.pattern,
        schema: schema.map(|(name, _)| name.to_owned()),
        columns,
    }
}

impl ProposedDataset {
    /// The declaration, for a department and the person who knows the data.
    #[must_use]
    pub fn to_text(&self, department: &DepartmentId, steward: &str) -> String {
        let mut document = DocumentMut::new();
        let mut put = |key, item: Item| {
            document.insert(key, item);
        };
        put("title", value(&self.title));
        put("row", value(&self.row));
        put("department", value(department.as_str()));
        put("steward", value(steward));
        put("frequency", value(self.frequency.as_str()));
        let mut source = InlineTable::new();
        source.insert("inbox", self.source_pattern.as_str().into());
        put("source", value(source));
        put("load", value(tables::load(self.load)));
        if let Some(time) = &self.time {
            put("time", value(time.as_str()));
        }
        if let Some(schema) = &self.schema {
            put("schema", value(schema));
        }
        let mut all = Table::new();
        all.set_implicit(true);
        for column in &self.columns {
            let own = column.to_table();
            // What the schema says needs no table.
            if !(column.published && own.is_empty()) {
                all.insert(column.id.as_str(), Item::Table(own));
            }
        }
        if !all.is_empty() {
            document.insert("columns", Item::Table(all));
        }
        tables::text(document)
    }
}

impl ProposedColumn {
    fn to_table(&self) -> Table {
        let mut table = Table::new();
        if !self.published {
            let (word, scale) = tables::column_type(self.kind);
            table.insert("type", value(word));
            if let Some(scale) = scale {
                table.insert("scale", value(i64::from(scale)));
            }
            if normalize(&self.header) != self.id.as_str() {
                table.insert("headers", tables::list([&self.header]));
            }
            table.insert("title", value(&self.title));
        }
        if let Some(unit) = self.unit {
            table.insert("unit", value(unit.symbol()));
        }
        if self.personal {
            table.insert("personal", value(true));
        }
        if let Some(shared) = &self.shared {
            table.insert("dimension", value(shared.as_str()));
        }
        table
    }
}

/// Columns of a file that a schema must have, beside those it requires, to be recognised.
const LEAST_OF_SCHEMA: usize = 3;

/// The national schema of which the file has the most columns, among those whose required ones
/// are all there, with the place of each column in it.
fn schema(columns: &[ColumnSummary]) -> Option<(&'static str, Vec<Option<ColumnId>>)> {
    let headers: Vec<String> = columns.iter().map(|it| normalize(&it.name)).collect();
    let found = beffroi_table_schema::names().filter_map(|name| {
        let published = beffroi_table_schema::named(name)?.schema;
        let place = |headers_of: &[String], id: &str| {
            headers.iter().position(|header| {
                header == id || headers_of.iter().any(|known| normalize(known) == *header)
            })
        };
        let mut own: Vec<Option<ColumnId>> = vec![None; headers.len()];
        let mut required = 0;
        for spec in &published.columns {
            let asked = spec.required || spec.constraints.filled;
            required += usize::from(asked);
            match place(&spec.headers, spec.id.as_str()) {
                Some(place) => own[place] = Some(spec.id.clone()),
                None if asked => return None,
                None => {}
            }
        }
        let shared = own.iter().flatten().count();
        let is_it = required > 0 && shared >= LEAST_OF_SCHEMA;
        is_it.then_some((shared, name, own))
    });
    // Of two, the first named.
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(shared, ..)| std::cmp::Reverse(*shared));
    found.into_iter().next().map(|(_, name, own)| (name, own))
}

fn columns(
    preview: &Preview,
    schema: Option<&(&'static str, Vec<Option<ColumnId>>)>,
    catalog: &Catalog,
) -> Vec<ProposedColumn> {
    // An id is not the header of another column, which would be found under both.
    let headers = preview.columns.iter().map(|it| normalize(&it.name));
    let headers: Vec<String> = headers.collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut given: BTreeSet<DimensionId> = BTreeSet::new();
    let mut columns: Vec<ProposedColumn> = Vec::new();
    for (place, summary) in preview.columns.iter().enumerate() {
        let values: Vec<&str> = preview
            .rows
            .iter()
            .filter_map(|row| row.get(place)?.as_deref())
            .collect();
        let header = summary.name.clone();
        let personal =
            summary.personal || shapes::is_personal(&header) || shapes::are_personal(&values);
        let holds_text = summary.kind.is_text() && !personal;
        let shared = shared(&values, catalog)
            .filter(|dimension| holds_text && given.insert((*dimension).clone()));
        let published = schema.and_then(|(_, own)| own.get(place)?.clone());
        let id = match &published {
            Some(id) => id.clone(),
            None => id(summary, shared, catalog, &|id| {
                let mut others = headers.iter().enumerate();
                taken.contains(id) || others.any(|(other, header)| other != place && header == id)
            }),
        };
        taken.insert(id.as_str().to_owned());
        columns.push(ProposedColumn {
            title: match shapes::without_unit(&header) {
                title if title.is_empty() => id.to_string(),
                title => title,
            },
            unit: unit(&header, summary.kind, &values).filter(|_| !personal),
            dimension: holds_text && (shared.is_some() || is_dimension(&header, &values)),
            shared: shared.cloned(),
            published: published.is_some(),
            kind: kind(summary.kind, &values),
            header,
            personal,
            id,
        });
    }
    // A street tells where somebody lives once something else tells who.
    if columns.iter().any(|column| column.personal) {
        for column in &mut columns {
            let is_address = telling(&column.header).first().map(String::as_str) == Some("adresse");
            if is_address && column.kind.is_text() && column.shared.is_none() {
                column.personal = true;
                column.dimension = false;
            }
        }
    }
    columns
}

/// What cells hold: days that are all the first of a month tell months.
fn kind(guessed: ColumnType, values: &[&str]) -> ColumnType {
    const ENOUGH: usize = 3;
    let is_day = guessed == ColumnType::Date { grain: Grain::Day };
    let firsts = values.iter().all(|it| it.ends_with("-01"));
    let different: BTreeSet<&&str> = values.iter().collect();
    match is_day && firsts && different.len() >= ENOUGH {
        true => ColumnType::Date {
            grain: Grain::Month,
        },
        false => guessed,
    }
}

/// An id that measures can name, and that is not by chance that of a dimension of the town.
fn id(
    summary: &ColumnSummary,
    shared: Option<&DimensionId>,
    catalog: &Catalog,
    is_taken: &dyn Fn(&str) -> bool,
) -> ColumnId {
    let is_other = |id: &str| {
        let known = catalog.dimensions.get(id);
        known.is_some_and(|known| !known.members.is_empty())
            && shared.is_none_or(|shared| shared.as_str() != id)
    };
    let own = summary.id.as_str();
    let is_text = summary.kind.is_text();
    let found = fresh(own, |id| {
        let sayable = ColumnId::new(id).is_ok_and(|id| is_sayable(&id));
        is_taken(id) || !sayable || (is_text && is_other(id))
    });
    ColumnId::new(&found).unwrap_or_else(|_| summary.id.clone())
}

/// How many of the different values of a column must be members of a dimension.
const MOST: f64 = 0.6;

/// The dimension of which most different values are members.
fn shared<'c>(values: &[&str], catalog: &'c Catalog) -> Option<&'c DimensionId> {
    let different: BTreeSet<String> = values.iter().map(|value| normalize(value)).collect();
    let all = u32::try_from(different.len()).ok().filter(|all| *all > 0)?;
    let found = catalog.dimensions.iter().filter_map(|(id, dimension)| {
        let spellings = spellings(dimension);
        let members = different.iter().filter(|value| spellings.contains(*value));
        let members = u32::try_from(members.count()).ok()?;
        let is_most = f64::from(members) >= MOST * f64::from(all);
        is_most.then_some((members, id))
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(members, _)| std::cmp::Reverse(*members));
    found.into_iter().next().map(|(_, id)| id)
}

fn spellings(dimension: &Dimension) -> BTreeSet<String> {
    let members = dimension.members.iter().flat_map(|(key, member)| {
        let aliases = member.aliases.iter().map(String::as_str);
        aliases.chain([key.as_str(), member.title.fr.as_str()])
    });
    members.map(normalize).collect()
}

/// The most different texts of a column that sorts rows.
const MOST_MEMBERS: usize = 30;
/// How many times each must stand there on average.
const TIMES: usize = 3;

fn is_dimension(header: &str, values: &[&str]) -> bool {
    let different: BTreeSet<&&str> = values.iter().collect();
    let number = different.len();
    !shapes::names_one(header)
        && (2..=MOST_MEMBERS).contains(&number)
        && (number * TIMES <= values.len())
}

/// The unit that a header tells, or that its words let suppose.
fn unit(header: &str, kind: ColumnType, values: &[&str]) -> Option<Unit> {
    if !kind.is_number() {
        return None;
    }
    let largest = values.iter().filter_map(|value| value.parse::<f64>().ok());
    let largest = largest.fold(f64::NEG_INFINITY, f64::max);
    unit_of_header(header).or_else(|| {
        let symbol = shapes::unit_of_words(header, kind, largest)?;
        Unit::from_symbol(symbol)
    })
}

/// The column that says when, by its place, and its grain: dates of what happens before those of
/// what is around it, full columns before others, then the order of the file.
fn time(columns: &[ProposedColumn], preview: &Preview) -> Option<(usize, Option<Grain>)> {
    let dated = columns.iter().enumerate().filter_map(|(place, column)| {
        let grain = column.kind.grain().filter(|_| !column.personal)?;
        let holes = preview.columns.get(place).map_or(0, |it| it.missing);
        let rank = (shapes::is_aside(&column.header), holes > 0);
        Some((rank, place, Some(grain)))
    });
    dated
        .min_by_key(|(rank, place, _)| (*rank, *place))
        .map(|(_, place, grain)| (place, grain))
}

fn frequency(grain: Option<Option<Grain>>) -> Frequency {
    match grain.flatten() {
        Some(Grain::Year | Grain::SchoolYear) => Frequency::Yearly,
        Some(Grain::Quarter) => Frequency::Quarterly,
        Some(Grain::Month | Grain::Day) => Frequency::Monthly,
        None => Frequency::Irregular,
    }
}

/// Whether all rows of a file are of one period: the next file is then of another. Days and
/// instants are of one month.
fn is_one_period(preview: &Preview, place: usize, grain: Grain) -> bool {
    let length = match grain {
        Grain::Day => "2026-06".len(),
        _ => usize::MAX,
    };
    let cells = preview
        .rows
        .iter()
        .filter_map(|row| row.get(place)?.as_ref());
    let periods: BTreeSet<&str> = cells
        .map(|cell| cell.get(..length.min(cell.len())).unwrap_or(cell))
        .collect();
    let shown = u64::try_from(preview.rows.len()).unwrap_or(u64::MAX);
    let is_all = shown + preview.rows_rejected >= preview.rows_read;
    periods.len() == 1 && is_all
}

/// What a row is, by the columns that sort rows and the one that says when.
fn row(columns: &[ProposedColumn], time: Option<usize>) -> String {
    let sorting = columns.iter().filter(|column| column.dimension);
    let mut words: Vec<&str> = sorting
        .filter_map(|column| shapes::with_article(&column.header))
        .collect();
    words.dedup();
    let when = time.and_then(|place| columns.get(place));
    words.truncate(2);
    words.extend(when.and_then(|column| match column.kind {
        ColumnType::Date { grain: Grain::Day } | ColumnType::DateTime => None,
        ColumnType::Date { grain } => Some(shapes::period_with_article(grain)),
        _ => None,
    }));
    match words.as_slice() {
        [] => "une ligne du fichier".to_owned(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} et {last}", others.join(", ")),
    }
}
