//! The declared things, checked and ready to use. Every reference between them holds: a tile
//! names an indicator that exists, a measure names columns that exist and can be added up.

use crate::words::Named as _;
use crate::{
    Access, Break, Diagnostics, Expr, Formula, Network, Schedule, Secrecy, Source, Threshold,
    ValueType,
};
use beffroi_model::{
    BoardId, Cell, ColumnId, DatasetId, DepartmentId, DimensionId, Direction, Grain, IndicatorId,
    Reading, ReportId, Schema, Target, Unit, View,
};
use chrono::{NaiveDate, TimeDelta};
use indexmap::IndexMap;
use std::sync::Arc;

/// Everything a town declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// The town.
    pub town: Town,
    /// Datasets, by id.
    pub datasets: IndexMap<DatasetId, Dataset>,
    /// Indicators, by id.
    pub indicators: IndexMap<IndicatorId, Indicator>,
    /// Boards, in the order in which they are shown.
    pub boards: IndexMap<BoardId, Board>,
    /// Reports, in the order in which they are shown.
    pub reports: IndexMap<ReportId, Report>,
    /// Shared dimensions, and those that a single dataset has, by id.
    pub dimensions: IndexMap<DimensionId, Dimension>,
    /// Maps, by the dimension they draw.
    pub maps: Arc<IndexMap<DimensionId, Map>>,
    /// Who reaches what.
    pub access: Access,
}

/// A text for users: French, and English where it was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English (`title.en`).
    pub en: Option<String>,
}

impl Text {
    /// The text to show, and whether it falls back to French on an English page (it is then to
    /// be marked `lang="fr"`).
    #[must_use]
    pub fn get(&self, english: bool) -> (&str, bool) {
        match (&self.en, english) {
            (Some(en), true) => (en, false),
            (None, true) => (&self.fr, true),
            (_, false) => (&self.fr, false),
        }
    }

    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fr.is_empty()
    }
}

/// `town.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Town {
    /// The town's name.
    pub name: String,
    /// Its INSEE code.
    pub insee: String,
    /// Whether this is the sample town, which pages say.
    pub sample: bool,
    /// The day at which the town is seen, for a town whose data do not move; `None`: today.
    pub as_of: Option<NaiveDate>,
    /// First and last year of the mandate.
    pub mandate: (i32, i32),
    /// Departments, by id.
    pub departments: IndexMap<DepartmentId, Department>,
    /// Which figures are the population.
    pub population: Option<Population>,
    /// By which prices euros of several years are compared.
    pub prices: Option<Prices>,
    /// What the program may reach beside the public internet.
    pub network: Network,
    /// What the first page shows.
    pub home: Home,
}

/// A department of the town hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its name.
    pub title: Text,
}

/// Which dataset and column give the population, and which population it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its column.
    pub column: ColumnId,
    /// *municipale* or *totale*: official ratios use the latter.
    pub kind: String,
    /// The official figure in force, by which the town belongs to a stratum.
    pub inhabitants: Option<u32>,
    /// The indicator that adds this column up, if there is one: what *per inhabitant* divides by.
    pub indicator: Option<IndicatorId>,
}

/// The index of prices behind constant euros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// The indicator that gives it.
    pub indicator: IndicatorId,
    /// The year whose euros are counted; `None` for the year shown.
    pub base: Option<i32>,
}

/// What the first page shows, beside the boards in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// The key figures at the top.
    pub highlights: Vec<IndicatorId>,
    /// The live indicator, if there is one.
    pub live: Option<IndicatorId>,
    /// The dimension by which the live indicator is shown (car parks).
    pub live_by: Option<DimensionId>,
    /// The indicator of full capacity beside the live one (places in all).
    pub live_capacity: Option<IndicatorId>,
}

/// An axis along which figures are detailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name.
    pub title: Text,
    /// The words for "all of them" in a filter (*Toute la ville*).
    pub all: Text,
    /// Members in their declared order; empty when they are whatever the data hold.
    pub members: IndexMap<String, MemberInfo>,
    /// Whether they have an order of their own (age groups), which drawings keep.
    pub ordered: bool,
    /// What became of members that are official codes, in order of time.
    pub changes: Vec<CodeChange>,
}

/// A code that became another: two towns that merge have one line each, one that splits several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChange {
    /// The first day on which it holds.
    pub on: NaiveDate,
    /// The code until then.
    pub from: String,
    /// The code from then on.
    pub to: String,
}

/// A declared member of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberInfo {
    /// Its name.
    pub title: Text,
    /// Other spellings found in files.
    pub aliases: Vec<String>,
}

/// Contours of the members of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Polygons by member key: each a list of rings of (longitude, latitude) in degrees, outer
    /// ring first.
    pub shapes: IndexMap<String, Vec<Polygon>>,
    /// Lines drawn over the map for orientation (a river), each a list of points.
    pub lines: Vec<Line>,
}

/// Points as (longitude, latitude) in degrees.
pub type Line = Vec<(f64, f64)>;

/// A closed line, then those of its holes.
pub type Polygon = Vec<Line>;

/// `datasets/<id>.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The id.
    pub id: DatasetId,
    /// Its name.
    pub title: Text,
    /// What it holds, in a sentence or more.
    pub description: Text,
    /// What one row is (*un mois d'une station*).
    pub row: Text,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// The person who knows it.
    pub steward: String,
    /// Under which licence it may be reused.
    pub licence: String,
    /// How often a new delivery is promised.
    pub frequency: Frequency,
    /// Who may read it.
    pub visibility: Visibility,
    /// Where its bytes come from.
    pub source: Source,
    /// When it is fetched; `None` for what comes by itself.
    pub schedule: Option<Schedule>,
    /// What a new delivery does to the former ones.
    pub load: Load,
    /// What to know about a file that cannot be found out from it.
    pub reading: Reading,
    /// The published schema that its files follow.
    pub follows: Option<Followed>,
    /// Its columns, with what they are held to.
    pub schema: Schema,
    /// Their names and meanings: one for each column of the schema, then for each computed one.
    pub columns: IndexMap<ColumnId, ColumnInfo>,
    /// Columns that its files do not have, worked out from those of the schema.
    pub computed: IndexMap<ColumnId, Computed>,
    /// The column that says when.
    pub time: Option<ColumnId>,
    /// The statistical secrecy that it is under.
    pub secrecy: Option<Secrecy>,
    /// Checksum of what decides how its files are read (source, load, reading, columns): another
    /// checksum, another reading.
    pub checksum: String,
}

/// What users read about the published schema of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Its name (*Subventions*).
    pub title: String,
    /// Its version.
    pub version: String,
}

/// What users read about a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub title: Text,
    /// What it means.
    pub description: Text,
    /// Its unit.
    pub unit: Option<Unit>,
}

/// A column worked out on each row, from columns of the schema only.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The expression.
    pub expr: Expr,
    /// The expression as written.
    pub text: String,
    /// What it gives.
    pub kind: ValueType,
    /// The dimension whose members it names: by their keys where it gives texts, by whole numbers
    /// written in digits where it gives those.
    pub dimension: Option<DimensionId>,
}

impl Dataset {
    /// The grain of its time column.
    #[must_use]
    pub fn grain(&self) -> Option<Grain> {
        self.schema
            .column(self.time.as_ref()?.as_str())?
            .kind
            .grain()
    }

    /// The column that holds a dimension; it may be a computed one.
    #[must_use]
    pub fn dimension_column(&self, dimension: &DimensionId) -> Option<&ColumnId> {
        let columns = self.schema.columns.iter();
        let computed = self.computed.iter();
        columns
            .map(|column| (&column.id, &column.dimension))
            .chain(computed.map(|(id, computed)| (id, &computed.dimension)))
            .find(|(_, own)| own.as_ref() == Some(dimension))
            .map(|(id, _)| id)
    }

    /// After how long a reading of a live source tells nothing any more: it was to be read again
    /// three times; an hour where no rhythm is declared.
    #[must_use]
    pub fn stale_after(&self) -> TimeDelta {
        let seconds = self
            .source
            .every()
            .map_or(3_600, |every| every.saturating_mul(3));
        TimeDelta::seconds(i64::try_from(seconds).unwrap_or(3_600))
    }

    /// What a column gives on each row, a computed one too.
    #[must_use]
    pub fn value_type(&self, column: &str) -> Option<ValueType> {
        let computed = self.computed.get(column).map(|computed| computed.kind);
        computed.or_else(|| Some(self.schema.column(column)?.kind.into()))
    }
}

/// How often a new delivery is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Every few minutes.
    Live,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every year.
    Yearly,
    /// When there is something new.
    Irregular,
}

impl Frequency {
    /// The word used in declarations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.name()
    }

    /// Days between two deliveries at the most, as promised; `None` when nothing is promised by
    /// the day.
    #[must_use]
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Live | Self::Irregular => None,
            Self::Daily => Some(1),
            Self::Weekly => Some(7),
            Self::Monthly => Some(31),
            Self::Quarterly => Some(92),
            Self::Yearly => Some(366),
        }
    }

    /// Days after an extraction from which the next one is late: the promise, and half as much
    /// again; `None` when nothing is promised by the day.
    #[must_use]
    pub fn late_after_days(self) -> Option<i64> {
        match self {
            Self::Live | Self::Irregular => None,
            Self::Daily => Some(2),
            Self::Weekly => Some(11),
            Self::Monthly => Some(46),
            Self::Quarterly => Some(138),
            Self::Yearly => Some(548),
        }
    }
}

/// Who may read a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Fit for publication.
    Public,
    /// For the town hall only.
    Internal,
}

impl Visibility {
    /// The word used in declarations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.name()
    }
}

/// What a new delivery does to the former ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// It replaces everything.
    Replace,
    /// Its rows are added.
    Append,
    /// Its periods replace the same periods.
    ByPeriod,
}

/// `indicators/<id>.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// The id.
    pub id: IndicatorId,
    /// Its name.
    pub title: Text,
    /// What it says, for an élu.
    pub description: Text,
    /// How it is counted.
    pub method: Text,
    /// What it does not say.
    pub limits: Text,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// The person who knows it.
    pub owner: String,
    /// How it is computed.
    pub measure: Measure,
    /// Its unit.
    pub unit: Unit,
    /// One and many of what is counted (*location*, *locations*), for sentences.
    pub noun: Option<(Text, Text)>,
    /// Digits after the point when shown.
    pub decimals: u8,
    /// Dimensions it can be detailed and filtered by.
    pub dimensions: Vec<DimensionId>,
    /// The finest grain at which it is known.
    pub grain: Grain,
    /// The grain at which it is shown first (a year for most, a school year for schools).
    pub main_grain: Grain,
    /// How it adds up over time.
    pub over_time: OverTime,
    /// Which way is better.
    pub direction: Direction,
    /// What the council voted, by year: what holds for towns of this size.
    pub targets: Vec<Target>,
    /// From where on it is alarming, by rule or by usage.
    pub thresholds: Vec<Threshold>,
    /// Later versions of the formula, in order of the day from which each holds; before the first
    /// of them, `measure` does.
    pub formulas: Vec<Formula>,
    /// Series breaks, in order of time. See also [`Indicator::changes`].
    pub breaks: Vec<Break>,
    /// The indicator that gives what the source itself declares.
    pub declared: Option<IndicatorId>,
    /// What to do when inputs are missing or masked.
    pub missing: Missing,
    /// Worked examples; each follows from the measure.
    pub examples: Vec<Example>,
    /// Checksum of its definition: what cached answers depend on.
    pub checksum: String,
}

impl Indicator {
    /// Its dimension of that id.
    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&DimensionId> {
        self.dimensions.iter().find(|known| known.as_str() == id)
    }
}

/// How an indicator is computed.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// From one dataset.
    Direct {
        /// The dataset.
        dataset: DatasetId,
        /// Aggregates of its columns.
        expr: Expr,
        /// The expression as written.
        text: String,
    },
    /// From other indicators.
    Derived {
        /// References to indicators.
        expr: Expr,
        /// The expression as written.
        text: String,
    },
}

impl Measure {
    /// The expression as written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Direct { text, .. } | Self::Derived { text, .. } => text,
        }
    }

    /// The expression.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        match self {
            Self::Direct { expr, .. } | Self::Derived { expr, .. } => expr,
        }
    }
}

/// A worked example: what one starts from, and what the measure makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What it is about (*Cazères, en 2023*); may be empty.
    pub title: Text,
    /// What one starts from.
    pub given: Given,
    /// The result in the unit of the indicator, rounded.
    pub result: Cell,
    /// To how many digits after the point it is rounded.
    pub decimals: u8,
}

/// What a worked example starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// Rows of the dataset, all of one period; a column that is not there has no value.
    Rows(Vec<IndexMap<ColumnId, Value>>),
    /// Other indicators, each in its unit; one that is not there has no value.
    Indicators(IndexMap<IndicatorId, f64>),
}

/// The value of a cell in a worked example.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A text, a code or the key of a member.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A day, or the first one of a longer period.
    Day(NaiveDate),
}

/// How an indicator adds up over time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OverTime {
    /// A flow: months add up to a year.
    #[default]
    Sum,
    /// A stock: a year is worth its last reading: the last that the source has of anyone, so that a
    /// total is the sum of its parts.
    Last,
    /// A level: a year is worth the mean of its readings, of those that have a value (or, to count,
    /// a row). Each aggregate has its own: sums, counts, counts of different values, medians and
    /// quantiles are those of one reading, then their mean is taken; the others (`min`, `max`,
    /// `avg`, `first`, `last`) are of all rows.
    ///
    /// Of a live source, each reading of a sum or a count counts for as long as it holds: until the
    /// next one, or until nothing is known any more ([`Dataset::stale_after`]).
    Mean,
}

/// What to do when inputs are missing or masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Missing {
    /// No figure at all.
    Refuse,
    /// The figure of what is there, saying how much that is.
    #[default]
    Partial,
    /// The figure of what is there.
    Ignore,
}

/// `boards/<id>.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// The id.
    pub id: BoardId,
    /// Its name.
    pub title: Text,
    /// What it says in a sentence or two.
    pub summary: Text,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// Its place among boards.
    pub order: u32,
    /// Filters beside the period.
    pub filters: Vec<DimensionId>,
    /// The grain of its period filter.
    pub grain: Grain,
    /// Its indicators on the first page.
    pub home: Vec<IndicatorId>,
    /// Sections of tiles.
    pub sections: Vec<Section>,
}

/// A group of tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its name; may be empty.
    pub title: Text,
    /// Tiles in reading order.
    pub tiles: Vec<Tile>,
}

/// One figure of a board.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Stable within the board: its place, from 1 (`t3`), or declared.
    pub id: String,
    /// What it shows; more than one for a figure that compares indicators (stacked, line).
    pub indicators: Vec<IndicatorId>,
    /// How it shows it.
    pub figure: Figure,
    /// How its values are read.
    pub show: View,
    /// The dimension it is detailed by.
    pub by: Option<DimensionId>,
    /// The grain of its periods; the board's when absent.
    pub grain: Option<Grain>,
    /// How many periods of the past it shows, the chosen one included; by default those of the
    /// figure kind.
    pub periods: Option<u32>,
    /// How many members at most (the ten largest).
    pub top: Option<u32>,
    /// Columns of twelve, 3 to 12.
    pub width: u8,
    /// Its own title, instead of the sentence written from the data.
    pub title: Text,
    /// A note under the title.
    pub note: Text,
}

/// `reports/<id>.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The id.
    pub id: ReportId,
    /// Its name.
    pub title: Text,
    /// What it gives an account of, in a sentence or two.
    pub summary: Text,
    /// The document it is before the council.
    pub kind: Option<ReportKind>,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// For whom it is.
    pub visibility: Visibility,
    /// Its place among reports.
    pub order: u32,
    /// Its chapters.
    pub chapters: Vec<ReportChapter>,
    /// What its figures and texts name that does not hold: it is read as a draft all the same.
    pub diagnostics: Diagnostics,
}

/// A document that the council is given every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportKind {
    /// What departments did.
    Activity,
    /// The accounts, for everybody.
    Financial,
    /// Before the budget: *rapport d’orientation budgétaire*.
    Orientation,
    /// *Rapport sur la situation en matière de développement durable*.
    Sustainable,
    /// *Présentation brève et synthétique* of budget or accounts.
    Accounts,
    /// Price and quality of the waste service.
    Waste,
}

/// A chapter of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportChapter {
    /// Its id, unique in the report.
    pub id: String,
    /// The subject, above the title.
    pub subject: Text,
    /// Its title; values are placed in it by name.
    pub title: Text,
    /// The department whose words and figures they are.
    pub department: Option<DepartmentId>,
    /// Month and day by which they are due, in the year after.
    pub due: Option<(u32, u32)>,
    /// What is asked of the department.
    pub ask: Text,
    /// The text of every year, in Markdown with [placeholders](crate::placeholder).
    pub text: Text,
    /// Its figures, in order.
    pub figures: Vec<ReportFigure>,
    /// What it covers of what the kind of report has to hold.
    pub covers: Vec<String>,
    /// How many pages it takes at most.
    pub most_pages: Option<u32>,
}

/// A figure of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportFigure {
    /// Its id, unique in the chapter.
    pub id: String,
    /// Columns of twelve, 3 to 12.
    pub width: u8,
    /// Its own title.
    pub title: Text,
    /// A note under the title.
    pub note: Text,
    /// Whether the last year known will do.
    pub older: bool,
    /// What it shows.
    pub shown: Shown,
}

/// What a figure of a report shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// A tile, its own or that of a board.
    Tile(Tile),
    /// Big numbers.
    Numbers(Vec<IndicatorId>),
    /// How far targets are: of these indicators, or of all that have one.
    Targets(Vec<IndicatorId>),
    /// A table of these indicators, or of all.
    Indicators(Vec<IndicatorId>),
    /// Where money comes from and where it goes.
    Flow(MoneyFlow),
    /// A photograph.
    Photo(DeclaredPhoto),
    /// What it names is not there, as said among the diagnostics of the report.
    Broken(String),
}

/// Where money comes from and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyFlow {
    /// What comes in.
    pub from: IndicatorId,
    /// By what it is detailed.
    pub from_by: DimensionId,
    /// What goes out.
    pub to: IndicatorId,
    /// By what it is detailed.
    pub to_by: DimensionId,
    /// Whether each side is told out of 100 €.
    pub hundred: bool,
    /// How many of each side, the others together.
    pub top: Option<u32>,
}

/// A photograph, as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredPhoto {
    /// Its file in `pictures/`.
    pub file: String,
    /// What it shows, for those who do not see it.
    pub alt: Text,
    /// Who took it.
    pub credit: String,
}

/// How a figure of a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportFigureKind {
    /// As on a board.
    Tile(Figure),
    /// Big numbers.
    Numbers,
    /// How far targets are.
    Targets,
    /// All indicators as a table.
    Indicators,
    /// Where 100 € come from and go to.
    Hundred,
    /// Where money comes from and goes to.
    Flow,
    /// A photograph.
    Photo,
}

/// How a tile is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// A big number with its change, status and sparkline.
    Kpi,
    /// A line over time, one per member when detailed.
    Line,
    /// Bars, one per member, sorted, with last year's mark; over time when not detailed.
    Bar,
    /// Bars over time, stacked by member.
    Stacked,
    /// One dot per member on one scale, with the median (towns compared).
    Dots,
    /// Members × periods, shaded.
    Heat,
    /// Districts shaded.
    Map,
    /// A bar and the target's mark.
    Target,
    /// The figures as a table.
    Table,
}

impl Figure {
    /// All kinds with their names in declarations.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Kpi, "kpi"),
        (Self::Line, "line"),
        (Self::Bar, "bar"),
        (Self::Stacked, "stacked"),
        (Self::Dots, "dots"),
        (Self::Heat, "heat"),
        (Self::Map, "map"),
        (Self::Target, "target"),
        (Self::Table, "table"),
    ];
}
