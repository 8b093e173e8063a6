//! The first figures of a dataset: its total over time, by its best axis, and a rate.

use super::shapes;
use crate::measure::{
    Calc, Choice, Choices, Condition, Literal, Simple, Test, choices, decimals_of, is_level,
    is_rate_column, is_stock, over_time_of, unit_of,
};
use crate::naming::{fresh, id_of};
use crate::tables;
use crate::words::{telling, tells_flow};
use beffroi_catalog::{Catalog, Dataset, Figure, OverTime, ValueType};
use beffroi_model::{ColumnId, DatasetId, DepartmentId, DimensionId, Grain, Unit, UnitKind, View};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// A figure to begin with: an indicator, and the tile that shows it. Two figures may show the same
/// indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedFigure {
    /// The indicator.
    pub indicator: ProposedIndicator,
    /// How it is shown.
    pub tile: ProposedTile,
}

/// An indicator to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedIndicator {
    /// An id that no indicator has.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it says, as far as the dataset tells.
    pub description: String,
    /// The dataset.
    pub dataset: DatasetId,
    /// What it measures.
    pub simple: Simple,
    /// The same, as it is written.
    pub measure: String,
    /// Its unit.
    pub unit: Unit,
    /// How it adds up over time.
    pub over_time: OverTime,
    /// The axes by which it can be detailed.
    pub dimensions: Vec<DimensionId>,
    /// Digits after the point.
    pub decimals: u8,
}

/// A tile to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedTile {
    /// The kind of figure.
    pub figure: Figure,
    /// How its values are read.
    pub show: View,
    /// The axis by which it is detailed.
    pub by: Option<DimensionId>,
    /// The length of its periods.
    pub grain: Grain,
    /// How many of them it shows; `None` for one.
    pub periods: Option<u32>,
    /// Columns of twelve.
    pub width: u8,
}

/// Three figures to begin with, always the same for the same dataset: the total over time, the
/// total by its best axis (as a key figure where there is none), and a share, a ratio, a middle
/// value or the amount per inhabitant where columns lend themselves to it. None for a dataset
/// without a time column.
#[must_use]
pub fn first_figures(dataset: &Dataset, catalog: &Catalog) -> Vec<ProposedFigure> {
    let Some(finest) = dataset.grain() else {
        return Vec::new();
    };
    let at = Maker {
        dataset,
        catalog,
        finest,
        choices: choices(dataset),
    };
    let main = at.main();
    let total = at.total(main);
    let (grain, periods) = at.followed();
    let mut figures = vec![at.figure(total.clone(), Figure::Line, None, grain, Some(periods), 8)];
    let long = at.long();
    figures.push(match total.dimensions.first().cloned() {
        Some(by) => at.figure(total.clone(), Figure::Bar, Some(by), long, None, 6),
        None => at.figure(total.clone(), Figure::Kpi, None, long, None, 4),
    });
    let taken = total.id.clone();
    figures.extend(match at.rate(main, &taken) {
        Some(rate) => Some(at.figure(rate, Figure::Kpi, None, long, None, 4)),
        None => at.per_inhabitant(&total, long),
    });
    figures
}

struct Maker<'a> {
    dataset: &'a Dataset,
    catalog: &'a Catalog,
    /// The grain of its rows.
    finest: Grain,
    choices: Choices,
}

impl Maker<'_> {
    fn figure(
        &self,
        indicator: ProposedIndicator,
        figure: Figure,
        by: Option<DimensionId>,
        grain: Grain,
        periods: Option<u32>,
        width: u8,
    ) -> ProposedFigure {
        ProposedFigure {
            indicator,
            tile: ProposedTile {
                figure,
                show: View::Value,
                by,
                grain,
                periods,
                width,
            },
        }
    }

    /// The periods over which a line goes, and how many of them.
    fn followed(&self) -> (Grain, u32) {
        let shown = |grain: &Grain| self.is_shown(&[], *grain);
        let wanted = [Grain::Month, Grain::Quarter, Grain::SchoolYear, Grain::Year];
        let made = wanted
            .into_iter()
            .filter(|grain| grain.is_made_of(self.finest));
        let grain = made.clone().find(shown).unwrap_or_else(|| self.long());
        match grain {
            Grain::Month => (Grain::Month, 24),
            Grain::Quarter => (Grain::Quarter, 12),
            grain => (grain, 7),
        }
    }

    /// The longest periods.
    fn long(&self) -> Grain {
        match Grain::Year.is_made_of(self.finest) {
            true => Grain::Year,
            false => Grain::SchoolYear,
        }
    }

    /// Whether statistical secrecy lets figures be shown by these axes and periods.
    fn is_shown(&self, by: &[&DimensionId], grain: Grain) -> bool {
        let secrecy = self.dataset.secrecy.as_ref();
        secrecy.is_none_or(|secrecy| secrecy.grains.is_empty() || secrecy.shows(by, grain))
    }

    /// What is counted first: the main amount, else the mean of a level, else rows.
    fn total(&self, main: Option<&Choice>) -> ProposedIndicator {
        let mut averaged = self.choices.averaged.iter();
        let level = averaged.find(|choice| choice.unit.is_some_and(is_level));
        let (calc, choice) = match (main, level) {
            (Some(main), _) => {
                let column = main.column.clone();
                (Calc::Sum { column }, Some(main))
            }
            (None, Some(level)) => {
                let column = level.column.clone();
                (Calc::Mean { column }, Some(level))
            }
            (None, None) => (Calc::Count, None),
        };
        let about = choice.map_or(&self.dataset.title.fr, |choice| &choice.title.fr);
        let name = choice.map_or("nombre", |choice| choice.column.as_str());
        let side = self.spending().filter(|_| main.is_some());
        let title = match &side {
            Some((_, side)) => format!("{about} : {}", side.to_lowercase()),
            None => about.clone(),
        };
        let simple = Simple {
            calc,
            filters: side.into_iter().map(|(condition, _)| condition).collect(),
        };
        self.indicator(simple, title, name, "")
    }

    /// Of rows that are spent or received, those that are spent: both do not add up. With the name
    /// of the member.
    fn spending(&self) -> Option<(Condition, String)> {
        self.choices.filtered.iter().find_map(|choice| {
            let members = &self
                .catalog
                .dimensions
                .get(choice.dimension.as_ref()?)?
                .members;
            members.get("recette")?;
            let title = members.get("depense")?.title.fr.clone();
            let condition = Condition {
                column: choice.column.clone(),
                test: Test::Is(Literal::Text("depense".to_owned())),
            };
            Some((condition, title))
        })
    }

    /// The column whose total says most: an amount rather than a stock or a duration, with a unit
    /// rather than without, the first of those. Of a dataset of events that have a name each, only
    /// an amount of money: else they are counted.
    fn main(&self) -> Option<&Choice> {
        let is_amount = |choice: &&Choice| {
            let is_rate = is_rate_column(self.dataset, &choice.column);
            !is_duration(choice) && !is_rate && !shapes::names_one(&choice.title.fr)
        };
        let score = |choice: &Choice| {
            let flows = tells_flow(choice.column.as_str()) || tells_flow(&choice.title.fr);
            u8::from(flows) * 2 + u8::from(choice.unit.is_some())
        };
        let amounts = self.choices.summed.iter().filter(is_amount);
        let is_money = |choice: &&Choice| {
            choice
                .unit
                .is_some_and(|unit| unit.kind() == UnitKind::Money)
        };
        // Of those as good, the first: the last one is taken of the reverse.
        let main = amounts.rev().max_by_key(|choice| score(choice));
        main.filter(|main| !self.are_named_events() || is_money(main))
    }

    fn are_events(&self) -> bool {
        self.finest == Grain::Day && self.dataset.source.every().is_none()
    }

    fn are_named_events(&self) -> bool {
        let named = |choice: &Choice| {
            let title = &choice.title.fr;
            choice.kind == ValueType::Text
                && (shapes::names_one(title) || shapes::names_one(choice.column.as_str()))
        };
        self.are_events() && self.choices.filtered.iter().any(named)
    }

    fn indicator(
        &self,
        simple: Simple,
        title: String,
        name: &str,
        taken: &str,
    ) -> ProposedIndicator {
        let unit = unit_of(&simple, self.dataset).unwrap_or_else(Unit::count);
        let base = id_of(&format!("{}_{name}", self.dataset.id), "indicateur");
        let is_taken = |id: &str| id == taken || self.catalog.indicators.contains_key(id);
        ProposedIndicator {
            id: fresh(&base, is_taken),
            description: match self.dataset.description.is_empty() {
                true => title.clone(),
                false => self.dataset.description.fr.clone(),
            },
            title,
            dataset: self.dataset.id.clone(),
            measure: simple.to_text(),
            unit,
            over_time: over_time_of(&simple, self.dataset),
            dimensions: self.axes(),
            decimals: decimals_of(&simple, unit),
            simple,
        }
    }

    /// The axes by which figures can be detailed, the best first: those shared by the town, then
    /// texts, then codes, in the order of columns. An axis that another dataset means otherwise is
    /// none.
    fn axes(&self) -> Vec<DimensionId> {
        let filtered = self.choices.filtered.iter();
        let axes = filtered.filter_map(|choice| {
            let dimension = choice.dimension.clone()?;
            let known = self.catalog.dimensions.get(&dimension);
            let is_shared = known.is_some_and(|known| !known.members.is_empty());
            let spec = self.dataset.schema.column(choice.column.as_str());
            let is_code = spec.is_some_and(|spec| spec.kind == beffroi_model::ColumnType::Code);
            let is_one = shapes::names_one(&choice.title.fr)
                || shapes::names_one(choice.column.as_str())
                || spec.is_some_and(|spec| {
                    spec.constraints.unique || is_key(self.dataset, &choice.column)
                });
            let fits = choice.kind == ValueType::Text
                && (is_shared || !(is_one || is_code))
                && (is_shared || !means_otherwise(self.catalog, self.dataset, &dimension))
                && self.is_shown(&[&dimension], self.long());
            fits.then_some((!is_shared, dimension))
        });
        let mut axes: Vec<(bool, DimensionId)> = axes.collect();
        axes.sort_by_key(|(is_own, _)| *is_own);
        axes.truncate(MOST_AXES);
        axes.into_iter().map(|(_, dimension)| dimension).collect()
    }

    /// A share, a ratio or a middle value, the first that columns lend themselves to.
    fn rate(&self, main: Option<&Choice>, taken: &str) -> Option<ProposedIndicator> {
        self.part(taken)
            .or_else(|| self.truth(taken))
            .or_else(|| self.wait(main, taken))
            .or_else(|| self.ratio(main, taken))
            .or_else(|| self.middle(taken))
    }

    /// A column of which another holds a part, by its name: `achats_bio` of `achats`, `vacants` of
    /// `logements`.
    fn part(&self, taken: &str) -> Option<ProposedIndicator> {
        let summed = &self.choices.summed;
        let pairs = summed.iter().flat_map(|above| {
            let others = summed.iter().filter(|below| below.column != above.column);
            others.map(move |below| (above, below))
        });
        let mut pairs = pairs.filter(|(above, below)| {
            above.unit == below.unit && above.unit.is_some() && is_part(above, below)
        });
        let (above, below) = pairs.next()?;
        Some(self.divided(above, below, taken))
    }

    fn divided(&self, above: &Choice, below: &Choice, taken: &str) -> ProposedIndicator {
        let simple = Simple::of(Calc::Ratio {
            above: above.column.clone(),
            below: below.column.clone(),
        });
        let title = format!("{} / {}", above.title.fr, below.title.fr);
        let name = format!("{}_{}", above.column, below.column);
        self.indicator(simple, title, &name, taken)
    }

    /// The part of the rows of which a column says yes.
    fn truth(&self, taken: &str) -> Option<ProposedIndicator> {
        let mut filtered = self.choices.filtered.iter();
        let choice = filtered.find(|choice| choice.kind == ValueType::Boolean)?;
        let condition = Condition {
            column: choice.column.clone(),
            test: Test::Holds(true),
        };
        let simple = Simple::of(Calc::Share {
            of: None,
            condition,
        });
        let name = format!("{}_part", choice.column);
        Some(self.indicator(simple, choice.title.fr.clone(), &name, taken))
    }

    /// The main amount by another of another unit, where the list has a unit for it.
    fn ratio(&self, main: Option<&Choice>, taken: &str) -> Option<ProposedIndicator> {
        let main = main?;
        let below = self.choices.summed.iter().find(|below| {
            let simple = Simple::of(Calc::Ratio {
                above: main.column.clone(),
                below: below.column.clone(),
            });
            let unit = unit_of(&simple, self.dataset).map_or("", Unit::symbol);
            let by_day = unit == Unit::count().symbol() && is_duration(below);
            below.column != main.column
                && below.unit != main.unit
                && (by_day || unit.contains('/') || unit.starts_with("par "))
                && !is_wait(below)
                && !is_stock(self.dataset, &main.column)
        })?;
        Some(self.divided(main, below, taken))
    }

    /// How long one of what is counted took, on average.
    fn wait(&self, main: Option<&Choice>, taken: &str) -> Option<ProposedIndicator> {
        let main = main.filter(|main| main.unit == Some(Unit::count()))?;
        let mut summed = self.choices.summed.iter();
        let wait = summed.find(|choice| is_duration(choice) && is_wait(choice))?;
        Some(self.divided(wait, main, taken))
    }

    /// The middle value of a duration, or of what is said of each event.
    fn middle(&self, taken: &str) -> Option<ProposedIndicator> {
        let choice = self.choices.measured.iter().find(|choice| {
            let unit = choice.unit.map_or("", Unit::symbol);
            self.are_events() && !unit.is_empty() && unit != "nombre"
        })?;
        let simple = Simple::of(Calc::Median {
            column: choice.column.clone(),
        });
        let title = format!("{} (médiane)", choice.title.fr);
        let name = format!("{}_mediane", choice.column);
        Some(self.indicator(simple, title, &name, taken))
    }

    /// The total per inhabitant, where the town says how many it has.
    fn per_inhabitant(&self, total: &ProposedIndicator, grain: Grain) -> Option<ProposedFigure> {
        let population = self.catalog.town.population.as_ref()?;
        population.indicator.as_ref()?;
        let is_itself = population.dataset == self.dataset.id;
        let is_live = self.dataset.source.every().is_some();
        let adds_up = matches!(total.simple.calc, Calc::Sum { .. } | Calc::Count);
        if is_itself || is_live || !adds_up || grain != Grain::Year {
            return None;
        }
        let mut figure = self.figure(total.clone(), Figure::Line, None, grain, Some(7), 6);
        figure.tile.show = View::PerInhabitant;
        Some(figure)
    }
}

/// Whether another dataset has an axis of that id that is not shared by the town, under another
/// title: indicators of both cannot be detailed by it.
pub(crate) fn means_otherwise(
    catalog: &Catalog,
    dataset: &Dataset,
    dimension: &DimensionId,
) -> bool {
    let title = |of: &Dataset| {
        let column = of.dimension_column(dimension)?;
        Some(of.columns.get(column)?.title.fr.clone())
    };
    let known = catalog.dimensions.get(dimension);
    let is_shared = known.is_some_and(|known| !known.members.is_empty());
    let own = title(dataset);
    let others = catalog.datasets.values().filter(|it| it.id != dataset.id);
    !is_shared && others.filter_map(title).any(|other| Some(other) != own)
}

fn is_duration(choice: &Choice) -> bool {
    let unit = choice.unit.map_or("", Unit::symbol);
    matches!(unit, "jours" | "h" | "min" | "mois" | "ans")
}

/// Whether a duration is that of something that was waited for.
fn is_wait(choice: &Choice) -> bool {
    let words = telling(choice.column.as_str());
    words
        .iter()
        .any(|word| matches!(word.as_str(), "delai" | "duree" | "attente"))
}

/// The most axes of an indicator to begin with.
const MOST_AXES: usize = 4;

fn is_key(dataset: &Dataset, column: &ColumnId) -> bool {
    let mut keys = dataset.schema.keys.iter();
    keys.any(|key| key.columns.as_slice() == std::slice::from_ref(column))
}

/// Parts by their names, with what they are parts of.
const PARTS: &[(&str, &str)] = &[
    ("absence", "calendaire"),
    ("close", "recue"),
    ("heure", "passage"),
    ("occupee", "totale"),
    ("refus", "entrant"),
    ("social", "residence"),
    ("traite", "recu"),
    ("vacant", "logement"),
];

fn is_part(above: &Choice, below: &Choice) -> bool {
    let [part, whole] = [above, below].map(|choice| telling(choice.column.as_str()));
    let known = PARTS.iter().any(|(a, b)| {
        part.iter().any(|word| word == a) && whole.iter().any(|word| word == b) && part != whole
    });
    let narrows = !whole.is_empty()
        && part.len() > whole.len()
        && whole.iter().all(|word| part.contains(word));
    (narrows || known) && !is_apart(above)
}

/// Whether a column counts something beside what it names: *population comptée à part*, or what was
/// to be expected of it.
fn is_apart(choice: &Choice) -> bool {
    const EXPECTED: [&str; 5] = ["normal", "normau", "prevu", "theorique", "cumule"];
    let words = telling(choice.column.as_str());
    choice.column.as_str().ends_with("_a_part")
        || words.iter().any(|word| EXPECTED.contains(&word.as_str()))
}

impl ProposedIndicator {
    /// The declaration, for a department and the person who answers for it.
    #[must_use]
    pub fn to_text(&self, department: &DepartmentId, owner: &str) -> String {
        let mut document = DocumentMut::new();
        let mut put = |key, item: Item| {
            document.insert(key, item);
        };
        put("title", value(&self.title));
        put("description", value(&self.description));
        put("department", value(department.as_str()));
        put("owner", value(owner));
        put("dataset", value(self.dataset.as_str()));
        put("measure", value(&self.measure));
        put("unit", value(self.unit.symbol()));
        if self.decimals > 0 {
            put("decimals", value(i64::from(self.decimals)));
        }
        tables::dimensions(&mut document, &self.dimensions);
        if self.over_time != OverTime::Sum {
            document.insert("over_time", value(tables::over_time(self.over_time)));
        }
        tables::text(document)
    }
}

impl ProposedTile {
    /// The table of `[[sections.tiles]]` that shows an indicator.
    pub(crate) fn to_table(&self, indicator: &str) -> Table {
        let mut table = Table::new();
        table.insert("indicator", value(indicator));
        table.insert("figure", value(tables::figure(self.figure)));
        if self.show != View::Value {
            table.insert("show", value(self.show.to_string()));
        }
        if let Some(by) = &self.by {
            table.insert("by", value(by.as_str()));
        }
        table.insert("grain", value(self.grain.as_str()));
        if let Some(periods) = self.periods {
            table.insert("periods", value(i64::from(periods)));
        }
        table.insert("width", value(i64::from(self.width)));
        table
    }
}

/// A board of these figures in one section.
#[must_use]
pub fn board_text(title: &str, department: &DepartmentId, figures: &[ProposedFigure]) -> String {
    let mut document = DocumentMut::new();
    document.insert("title", value(title));
    document.insert("department", value(department.as_str()));
    if figures
        .iter()
        .any(|figure| figure.tile.grain == Grain::SchoolYear)
    {
        document.insert("grain", value(Grain::SchoolYear.as_str()));
    }
    let tiles = figures.iter();
    let tiles = tiles.map(|figure| figure.tile.to_table(&figure.indicator.id));
    let mut section = Table::new();
    section.insert("tiles", Item::ArrayOfTables(tiles.collect()));
    let sections: ArrayOfTables = std::iter::once(section).collect();
    document.insert("sections", Item::ArrayOfTables(sections));
    tables::text(document)
}
