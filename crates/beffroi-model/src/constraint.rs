//! What cells must be beyond their type: constraints of a column, keys, and rules over a row.
//! Declared in a dataset or read from a published Table Schema; checked by intake. A row that
//! breaks one is kept, and told.

use crate::{ColumnId, DatasetId, FindingKind};
use serde::{Deserialize, Serialize};

/// What the cells of one column must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Constraints {
    /// An empty cell is told, and its row kept (unlike [`ColumnSpec::required`](crate::ColumnSpec)).
    #[serde(skip_serializing_if = "is_false")]
    pub filled: bool,
    /// No value stands twice.
    #[serde(skip_serializing_if = "is_false")]
    pub unique: bool,
    /// The smallest value, written as in exports (`0.5`, `2020-01-01`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Bound>,
    /// The largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Bound>,
    /// A regular expression that the whole text matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The only values, as written; empty: any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// The fewest characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// The most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// What the text names: a SIRET, an address of the web…
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<Format>,
    /// How a published schema wants the cell written, to the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// Whether a date later than the delivery is told; `None`: as it is usual for the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<bool>,
}

impl Constraints {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// The end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The value, as written.
    pub value: String,
    /// Whether the value itself is outside.
    #[serde(default, skip_serializing_if = "is_false")]
    pub excluded: bool,
}

/// Texts whose form says what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// An establishment: 14 digits with their check digit, those of La Poste included.
    Siret,
    /// An enterprise: 9 digits with their check digit.
    Siren,
    /// A French telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An address of the web.
    Uri,
    /// A UUID.
    Uuid,
    /// `2019` or `2019/2020`.
    YearOrInterval,
    /// `2019/2020`.
    YearInterval,
    /// A matter of the nomenclature of acts handed to the prefecture.
    ActMatter,
    /// Opening hours as OpenStreetMap writes them (`Mo-Fr 08:00-18:00`).
    OpeningHours,
    /// Longitude and latitude, or the other way round, somewhere in France.
    FrenchPoint,
}

impl Format {
    /// Every format with its name, in declarations and messages.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Siret, "siret"),
        (Self::Siren, "siren"),
        (Self::Phone, "phone"),
        (Self::Email, "email"),
        (Self::Uri, "uri"),
        (Self::Uuid, "uuid"),
        (Self::YearOrInterval, "year-or-interval"),
        (Self::YearInterval, "year-interval"),
        (Self::ActMatter, "act-matter"),
        (Self::OpeningHours, "opening-hours"),
        (Self::FrenchPoint, "french-point"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(format, _)| *format == self)
            .map_or("", |(_, name)| name)
    }
}

/// How a published schema wants cells written, to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The form of a value.
    pub form: Form,
    /// The texts that stand for no value.
    pub missing: Vec<String>,
}

/// The written forms of Table Schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum Form {
    /// Anything.
    Text,
    /// Base64.
    Binary,
    /// A whole number; when it is not bare, what stands around it does not count.
    Integer {
        /// Whether nothing may stand around it.
        bare: bool,
        /// What groups thousands.
        group: Option<String>,
    },
    /// A number.
    Number {
        /// Whether nothing may stand around it.
        bare: bool,
        /// What stands before the decimals.
        decimal: String,
        /// What groups thousands.
        group: Option<String>,
    },
    /// Yes or no, in these words.
    Boolean {
        /// The words for yes.
        yes: Vec<String>,
        /// The words for no.
        no: Vec<String>,
    },
    /// A day: `2024-03-31`, or by a pattern of `strptime`, or `any`.
    Date(Shape),
    /// An instant.
    DateTime(Shape),
    /// A time of day.
    Time(Shape),
    /// `2024`.
    Year,
    /// `2024-03`.
    YearMonth,
    /// `P1Y2M`.
    Duration,
    /// `90.50, 45.50`.
    GeoPoint,
    /// `[90.50, 45.50]`.
    GeoPointArray,
    /// `{"lon": 90.50, "lat": 45.50}`.
    GeoPointObject,
    /// A GeoJSON object.
    GeoJson,
    /// A JSON array; when items are listed, each is one of them.
    Array {
        /// The only items; empty: any.
        items: Vec<String>,
    },
    /// A JSON object.
    Object,
    /// Values in a row.
    List {
        /// What stands between them.
        delimiter: String,
    },
}

/// How a day or time is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// ISO 8601.
    Iso,
    /// In any usual way.
    Any,
    /// By a pattern of `strptime`.
    Pattern(String),
}

impl Form {
    /// Its name in messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Integer { .. } => "integer",
            Self::Number { .. } => "number",
            Self::Boolean { .. } => "boolean",
            Self::Date(_) => "date",
            Self::DateTime(_) => "datetime",
            Self::Time(_) => "time",
            Self::Year => "year",
            Self::YearMonth => "year-month",
            Self::Duration => "duration",
            Self::GeoPoint => "geopoint",
            Self::GeoPointArray => "geopoint-array",
            Self::GeoPointObject => "geopoint-object",
            Self::GeoJson => "geojson",
            Self::Array { .. } => "array",
            Self::Object => "object",
            Self::List { .. } => "list",
        }
    }
}

/// Columns that together name a row: no two rows have the same values there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The columns.
    pub columns: Vec<ColumnId>,
    /// Whether none of them may be empty.
    #[serde(default)]
    pub primary: bool,
}

/// Columns whose values stand in other columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The columns that refer.
    pub columns: Vec<ColumnId>,
    /// Those referred to, in the same order.
    pub to: Vec<ColumnId>,
    /// The dataset that has those; `None`: the same table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DatasetId>,
}

/// Something to know about a schema, told with each file that is read by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// What: a check left out, or a mended fault.
    pub kind: FindingKind,
    /// The column, as the schema names it.
    pub column: Option<String>,
    /// The words of the schema.
    pub value: String,
}

/// A rule over the cells of one row. Except where said, a row with an empty cell there passes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Rule {
    /// One value compared with another.
    Compare {
        /// The first.
        column: ColumnId,
        /// How it stands to the second.
        op: Comparison,
        /// The second.
        other: ColumnId,
    },
    /// A value is the sum of others.
    Sum {
        /// The sum.
        column: ColumnId,
        /// What is added up.
        parts: Vec<ColumnId>,
    },
    /// All filled or all empty.
    Together {
        /// The columns.
        columns: Vec<ColumnId>,
    },
    /// At least one filled.
    OneOf {
        /// The columns.
        columns: Vec<ColumnId>,
    },
    /// A point lies in an area.
    Inside {
        /// The point.
        point: Point,
        /// The area.
        area: Area,
    },
}

/// Where a row has a point, in degrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// In two columns.
    Pair {
        /// That of longitudes.
        longitude: ColumnId,
        /// That of latitudes.
        latitude: ColumnId,
    },
    /// In one text: `2.35, 48.85`.
    LongitudeFirst(ColumnId),
    /// In one text: `48.85, 2.35`.
    LatitudeFirst(ColumnId),
}

/// A box of longitudes and latitudes, its edges included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// What users know it by: the town's name.
    pub name: String,
    /// The smallest longitude, in millionths of a degree.
    pub west: i32,
    /// The largest longitude.
    pub east: i32,
    /// The smallest latitude.
    pub south: i32,
    /// The largest latitude.
    pub north: i32,
}

impl Area {
    /// Whether a point in degrees is in it.
    #[must_use]
    pub fn holds(&self, longitude: f64, latitude: f64) -> bool {
        let within = |value: f64, from: i32, to: i32| {
            let value = value * 1e6;
            value >= f64::from(from) && value <= f64::from(to)
        };
        within(longitude, self.west, self.east) && within(latitude, self.south, self.north)
    }
}

/// How one value stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparison {
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    LessOrEqual,
    /// `==`
    #[serde(rename = "==")]
    Equal,
    /// `!=`
    #[serde(rename = "!=")]
    Different,
    /// `>=`
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// `>`
    #[serde(rename = ">")]
    Greater,
}

impl Comparison {
    /// Every comparison, with its sign in schemas and the one shown.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Less, "<", "<"),
        (Self::LessOrEqual, "<=", "≤"),
        (Self::Equal, "==", "="),
        (Self::Different, "!=", "≠"),
        (Self::GreaterOrEqual, ">=", "≥"),
        (Self::Greater, ">", ">"),
    ];

    /// The sign shown to users.
    #[must_use]
    pub fn sign(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(comparison, ..)| *comparison == self)
            .map_or("", |(.., sign)| sign)
    }

    /// Whether two values that compare so satisfy it.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Equal => order.is_eq(),
            Self::Different => order.is_ne(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Greater => order.is_gt(),
        }
    }
}

impl Rule {
    /// Changes the columns that it speaks of, in the order in which [`Rule::columns`] gives them.
    pub fn each_column(&mut self, mut change: impl FnMut(&mut ColumnId)) {
        match self {
            Self::Compare { column, other, .. } => {
                change(column);
                change(other);
            }
            Self::Sum { column, parts } => {
                change(column);
                parts.iter_mut().for_each(change);
            }
            Self::Together { columns } | Self::OneOf { columns } => {
                columns.iter_mut().for_each(change);
            }
            Self::Inside { point, .. } => match point {
                Point::Pair {
                    longitude,
                    latitude,
                } => {
                    change(longitude);
                    change(latitude);
                }
                Point::LongitudeFirst(column) | Point::LatitudeFirst(column) => change(column),
            },
        }
    }

    /// The columns that it speaks of.
    pub fn columns(&self) -> impl Iterator<Item = &ColumnId> {
        let (first, others): (Option<&ColumnId>, &[ColumnId]) = match self {
            Self::Compare { column, other, .. } => (Some(column), std::slice::from_ref(other)),
            Self::Sum { column, parts } => (Some(column), parts),
            Self::Together { columns } | Self::OneOf { columns } => (None, columns),
            Self::Inside { point, .. } => match point {
                Point::Pair {
                    longitude,
                    latitude,
                } => (Some(longitude), std::slice::from_ref(latitude)),
                Point::LongitudeFirst(column) | Point::LatitudeFirst(column) => (Some(column), &[]),
            },
        };
        first.into_iter().chain(others)
    }
}
