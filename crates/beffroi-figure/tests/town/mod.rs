//! A small town written by hand, and an engine that answers from it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{
    Access, Aggregate, BinaryOp, Board, Catalog, ColumnInfo, Dataset, Dimension, Expr,
    Figure as Kind, Frequency, Home, Indicator, Load, Map, Measure, MemberInfo, Missing, OverTime,
    Source, Text, Tile, Town, Visibility,
};
use beffroi_figure::{Compare, Context};
use beffroi_model::{
    Answer, Cell, ColumnId, ColumnSpec, ColumnType, Coverage, DatasetId, DepartmentId, DimensionId,
    Direction, Filter, Grain, IndicatorId, Period, Provenance, Query, QueryError, Reading, Row,
    Schema, Scopes, Span, Target, Unit, View,
};
use beffroi_text::Lang;
use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc};
use indexmap::IndexMap;
use std::sync::{Arc, LazyLock};

pub fn text(fr: &str) -> Text {
    match fr.split_once('|') {
        Some((fr, en)) => Text {
            fr: fr.to_owned(),
            en: Some(en.to_owned()),
        },
        None => Text {
            fr: fr.to_owned(),
            en: None,
        },
    }
}

pub fn dim(id: &str) -> DimensionId {
    DimensionId::new(id).unwrap()
}

pub fn id(id: &str) -> IndicatorId {
    IndicatorId::new(id).unwrap()
}

/// District, trips per inhabitant in 2025, subscribers at the reduced rate.
pub const DISTRICTS: [(&str, &str, f64, Cell); 12] = [
    ("vieux_bourg", "Vieux-Bourg", 38.2, Cell::Value(81.0)),
    ("halle", "La Halle", 41.5, Cell::Value(58.0)),
    ("tanneries", "Les Tanneries", 28.4, Cell::Value(118.0)),
    ("saint_aubin", "Saint-Aubin", 27.1, Cell::Value(96.0)),
    ("gare", "Gare", 44.6, Cell::Value(142.0)),
    ("coteaux", "Les Coteaux", 11.3, Cell::Secret),
    ("pre", "Pré-aux-Moines", 18.9, Cell::Value(22.0)),
    ("garenne", "La Garenne", 14.2, Cell::Value(187.0)),
    ("bellevue", "Bellevue", 15.7, Cell::Value(214.0)),
    ("moulin", "Moulin-Neuf", 12.8, Cell::Value(64.0)),
    ("port", "Le Port", 29.7, Cell::Value(47.0)),
    ("aulnes", "Les Aulnes", 25.8, Cell::Secret),
];

const STATIONS: [(&str, f64, f64); 12] = [
    ("Gare – parvis", 125_880.0, 118_210.0),
    ("Place de la Halle", 98_640.0, 92_880.0),
    ("Hôtel de ville", 84_215.0, 80_140.0),
    ("Lycée Camille-Claudel", 66_410.0, 61_020.0),
    ("Pont Saint-Aubin", 61_930.0, 52_480.0),
    ("Médiathèque", 58_275.0, 56_910.0),
    ("Piscine du Port", 52_840.0, 49_330.0),
    ("Marché couvert", 47_360.0, 48_120.0),
    ("Hôpital", 44_125.0, 35_870.0),
    ("Campus des Aulnes", 39_780.0, 31_240.0),
    ("Stade", 12_000.0, 11_000.0),
    ("Cimetière", 4_000.0, 4_100.0),
];

const TOWNS: [(&str, Option<f64>); 11] = [
    ("Montreval", Some(38.9)),
    ("Castelnoir", Some(33.1)),
    ("Port-Lantier", Some(30.4)),
    ("Clairval-sur-Aure", Some(26.6)),
    ("Hautmont-le-Vieux", Some(24.8)),
    ("Valserre", Some(22.7)),
    ("Saint-Brice-le-Pont", Some(19.5)),
    ("Lormeuil", Some(17.2)),
    ("Aubrac-les-Eaux", Some(14.9)),
    ("Villedieu-en-Combe", Some(9.6)),
    ("Rochenoire", None),
];

const MONTHS: [[f64; 12]; 2] = [
    [
        64_310.0, 71_020.0, 86_140.0, 97_880.0, 113_450.0, 126_930.0, 121_245.0, 97_610.0,
        129_380.0, 117_260.0, 90_125.0, 71_814.0,
    ],
    [
        71_240.0, 68_915.0, 92_480.0, 108_330.0, 124_610.0, 138_245.0, 129_870.0, 104_360.0,
        141_920.0, 127_405.0, 98_742.0, 78_395.0,
    ],
];

const YEARS: [f64; 8] = [
    312_400.0,
    548_930.0,
    471_215.0,
    689_340.0,
    861_027.0,
    1_046_588.0,
    1_187_164.0,
    1_284_512.0,
];

const TYPES: [(&str, &str, [Option<f64>; 8]); 3] = [
    (
        "mecanique",
        "Mécanique",
        [
            Some(312_400.0),
            Some(548_930.0),
            Some(471_215.0),
            Some(628_140.0),
            Some(639_700.0),
            Some(601_200.0),
            Some(574_200.0),
            Some(548_300.0),
        ],
    ),
    (
        "electrique",
        "Électrique",
        [
            None,
            None,
            None,
            Some(61_200.0),
            Some(218_450.0),
            Some(432_900.0),
            Some(588_320.0),
            Some(701_872.0),
        ],
    ),
    (
        "cargo",
        "Cargo",
        [
            None,
            None,
            None,
            None,
            Some(2_877.0),
            Some(12_488.0),
            Some(24_644.0),
            Some(34_340.0),
        ],
    ),
];

const PARKS: [(&str, Option<f64>); 5] = [
    ("Gare", Some(188.0)),
    ("Le Port", Some(96.0)),
    ("Saint-Aubin", Some(87.0)),
    ("La Halle", Some(41.0)),
    ("Les Tanneries", None),
];

/// Yearly figures of other indicators, 2019 to 2025.
fn yearly(indicator: &str) -> [Option<f64>; 7] {
    let all = |values: [f64; 7]| values.map(Some);
    match indicator {
        "epargne" => all([9.1, 8.2, 9.9, 11.2, 10.4, 10.6, 11.4]),
        "dette" => all([8.4, 9.1, 8.0, 7.2, 6.9, 6.8, 6.2]),
        "social" => all([20.1, 20.3, 20.6, 20.9, 21.1, 21.4, 21.6]),
        "accidents" => all([58.0, 47.0, 46.0, 49.0, 51.0, 54.0, 61.0]),
        "equipement" => all([382.0, 340.0, 368.0, 397.0, 408.0, 431.0, 444.0]),
        "gaz" => [
            Some(6.1),
            Some(5.4),
            Some(5.6),
            Some(5.1),
            Some(4.9),
            None,
            None,
        ],
        "resultat" => all([-2.0e6, 1.5e6, 3.2e6, -4.0e5, 2.0e6, 2.6e6, 3.9e6]),
        _ => [None; 7],
    }
}

/// The cell of an indicator, at a period, for the members of its detail.
pub fn cell(indicator: &str, period: Period, keys: &[String]) -> (Cell, Coverage) {
    let full = Coverage {
        cells: 12,
        cells_expected: 12,
        periods: 12,
        periods_expected: 12,
    };
    let year = period.start_year();
    let month = usize::try_from(chrono::Datelike::month0(&period.start())).unwrap();
    let key = keys.first().map(String::as_str);
    let known = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Value);
    let back = usize::try_from(2025 - year).unwrap_or(99);
    match indicator {
        "locations" => match (key, period.grain()) {
            (None, Grain::Month) => {
                let value = match year {
                    2024 => Some(MONTHS[0][month]),
                    2025 => Some(MONTHS[1][month]),
                    2026 if month < 5 => Some(MONTHS[1][month] * 1.07),
                    _ => None,
                };
                (known(value), full)
            }
            (None, _) if year == 2026 => {
                let part = Coverage {
                    cells: 60,
                    cells_expected: 60,
                    periods: 5,
                    periods_expected: 12,
                };
                (Cell::Value(498_200.0), part)
            }
            (None, _) => {
                let value = 7usize.checked_sub(back).map(|at| YEARS[at]);
                let mut coverage = full;
                if year == 2021 {
                    coverage.cells = 11;
                }
                (known(value), coverage)
            }
            (Some(key), _) => {
                if let Some((_, _, values)) = TYPES.iter().find(|(known, ..)| *known == key) {
                    let cell = match 7usize.checked_sub(back).map(|at| values[at]) {
                        Some(Some(value)) => Cell::Value(value),
                        _ => Cell::NotApplicable,
                    };
                    return (cell, full);
                }
                let station = STATIONS.iter().find(|(name, ..)| *name == key);
                let value =
                    station.map(|(_, now, before)| if year == 2025 { *now } else { *before });
                (known(value), full)
            }
        },
        "par_habitant" => {
            let last = DISTRICTS
                .iter()
                .find(|(id, ..)| Some(*id) == key)
                .map(|(_, _, v, _)| *v);
            let growth = [0.27, 0.45, 0.39, 0.55, 0.7, 0.84, 0.93, 1.0];
            let cell = match (key, 7usize.checked_sub(back)) {
                (Some("aulnes"), Some(0 | 1)) => Cell::NotApplicable,
                (Some("port"), Some(3)) => Cell::Missing,
                (Some("coteaux"), Some(0)) => Cell::Value(0.0),
                (Some(_), Some(at)) => {
                    known(last.map(|last| (last * growth[at] * 10.0).round() / 10.0))
                }
                (None, Some(at)) => Cell::Value((26.6 * growth[at] * 10.0).round() / 10.0),
                _ => Cell::Missing,
            };
            (cell, full)
        }
        "solidaire" => match key {
            Some(key) => (
                DISTRICTS
                    .iter()
                    .find(|(id, ..)| *id == key)
                    .map_or(Cell::Missing, |(.., s)| *s),
                full,
            ),
            None => (Cell::Value(1_037.0), full),
        },
        "compteur" => {
            let cell = match (year, month) {
                (2025, 2..=4) => Cell::Missing,
                (2024, at) => Cell::Value((MONTHS[0][at] / 1.6).round()),
                (2025, at) => Cell::Value((MONTHS[1][at] / 1.6).round()),
                _ => Cell::Missing,
            };
            (cell, full)
        }
        "ponctualite" => {
            const RATES: [f64; 12] = [
                86.1, 84.9, 85.8, 87.2, 88.0, 88.4, 89.1, 90.2, 86.3, 85.1, 84.7, 83.9,
            ];
            let cell = if year == 2024 {
                Cell::Value(RATES[month])
            } else {
                Cell::Missing
            };
            (cell, full)
        }
        "comparaison" => {
            let value = TOWNS
                .iter()
                .find(|(name, _)| Some(*name) == key)
                .and_then(|(_, v)| *v);
            (known(value), full)
        }
        "libres" => match key {
            Some(key) => (
                known(
                    PARKS
                        .iter()
                        .find(|(name, _)| *name == key)
                        .and_then(|(_, v)| *v),
                ),
                full,
            ),
            None => (Cell::Value(412.0), full),
        },
        other => {
            let value = 6usize.checked_sub(back).and_then(|at| yearly(other)[at]);
            (known(value), full)
        }
    }
}

/// The members by which an indicator is detailed.
fn keys(by: &DimensionId) -> Vec<String> {
    match by.as_str() {
        "quartier" => DISTRICTS.iter().map(|(id, ..)| (*id).to_owned()).collect(),
        "station" => STATIONS
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect(),
        "type_velo" => TYPES.iter().map(|(id, ..)| (*id).to_owned()).collect(),
        "ville" => TOWNS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        "parking" => PARKS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// What gives the cell of an indicator at a period for a member.
pub type Cells<'a> = dyn Fn(&str, Period, &[String]) -> (Cell, Coverage) + 'a;

/// Answers queries as the engine would, from the figures given by `cell`.
pub fn answer_from(catalog: &Catalog, query: &Query, cell: &Cells) -> Result<Answer, QueryError> {
    let indicator = catalog
        .indicators
        .get(&query.indicator)
        .ok_or_else(|| QueryError::UnknownIndicator(query.indicator.clone()))?;
    let dataset = match &indicator.measure {
        Measure::Direct { dataset, .. } => dataset.clone(),
        Measure::Derived { .. } => DatasetId::new("trajets").unwrap(),
    };
    if dataset.as_str() == "vide" {
        return Err(QueryError::NoVersion(dataset));
    }
    let members = query.by.first().map_or(vec![Vec::new()], |by| {
        let kept = query.filters.iter().find(|filter| filter.dimension == *by);
        keys(by)
            .into_iter()
            .filter(|key| kept.is_none_or(|kept| kept.values.contains(key)))
            .map(|key| vec![key])
            .collect()
    });
    let mut rows = Vec::new();
    for keys in members {
        match query.span {
            Span::Periods(range) => {
                for period in range.iter() {
                    let (cell, coverage) = cell(indicator.id.as_str(), period, &keys);
                    rows.push(Row {
                        period,
                        at: None,
                        keys: keys.clone(),
                        cell,
                        coverage,
                    });
                }
            }
            Span::Latest => {
                let period = Period::containing(Grain::Day, now().date());
                let (cell, coverage) = cell(indicator.id.as_str(), period, &keys);
                rows.push(Row {
                    period,
                    at: Some(now() - chrono::Duration::minutes(3)),
                    keys,
                    cell,
                    coverage,
                });
            }
        }
    }
    let extracted_on = match dataset.as_str() {
        "bus" => NaiveDate::from_ymd_opt(2025, 1, 12).unwrap(),
        _ => NaiveDate::from_ymd_opt(2026, 6, 2).unwrap(),
    };
    Ok(Answer {
        indicator: indicator.id.clone(),
        unit: indicator.unit,
        by: query.by.clone(),
        rows,
        provenance: vec![Provenance {
            source: format!("{dataset}_20260602.csv"),
            dataset,
            version: 14,
            extracted_on,
            imported_at: Utc.with_ymd_and_hms(2026, 6, 2, 4, 0, 0).unwrap(),
            rows_read: Some(3_456),
            rows_rejected: Some(12),
        }],
    })
}

/// Answers queries from the figures of this town.
pub fn answers(catalog: &Catalog, queries: &[Query]) -> Vec<Result<Answer, QueryError>> {
    queries
        .iter()
        .map(|query| answer_from(catalog, query, &cell))
        .collect()
}

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 10).unwrap()
}

pub fn now() -> NaiveDateTime {
    today().and_hms_opt(14, 32, 0).unwrap()
}

/// A page in French about 2025, on nothing chosen.
pub fn page(catalog: &Catalog) -> Context<'_> {
    static EVERYTHING: LazyLock<Scopes> = LazyLock::new(Scopes::default);
    Context {
        catalog,
        lang: Lang::Fr,
        today: today(),
        now: now(),
        period: Period::year(2025),
        filters: &[],
        compare: Compare::PreviousYear,
        scopes: &EVERYTHING,
    }
}

pub fn filter(dimension: &str, values: &[&str]) -> Filter {
    Filter {
        dimension: dim(dimension),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    }
}

/// A tile of the board.
pub fn tile(tile_id: &str, indicators: &[&str], figure: Kind, by: Option<&str>) -> Tile {
    Tile {
        id: tile_id.to_owned(),
        indicators: indicators.iter().map(|name| id(name)).collect(),
        figure,
        show: View::Value,
        by: by.map(dim),
        grain: None,
        periods: None,
        top: None,
        width: 6,
        title: Text::default(),
        note: Text::default(),
    }
}

fn dataset(name: &str, title: &str, frequency: Frequency, grain: Grain) -> Dataset {
    let column = |id: &str, kind| ColumnSpec::new(ColumnId::new(id).unwrap(), kind);
    let mut columns = IndexMap::new();
    for (id, name) in [
        ("trajets", "Trajets|Trips"),
        ("habitants", "Habitants|Inhabitants"),
        ("type", "Type de vélo"),
    ] {
        columns.insert(
            ColumnId::new(id).unwrap(),
            ColumnInfo {
                title: text(name),
                description: Text::default(),
                unit: None,
            },
        );
    }
    Dataset {
        id: DatasetId::new(name).unwrap(),
        title: text(title),
        description: Text::default(),
        row: text("un mois d’une station|a month of a station"),
        department: DepartmentId::new("mobilites").unwrap(),
        steward: "Claire Audouin".to_owned(),
        licence: "Licence Ouverte 2.0".to_owned(),
        frequency,
        visibility: Visibility::Public,
        source: Source::File(format!("{name}.csv")),
        schedule: None,
        load: Load::Replace,
        reading: Reading::default(),
        schema: Schema::of(vec![column("mois", ColumnType::Date { grain })]),
        follows: None,
        columns,
        computed: IndexMap::new(),
        time: Some(ColumnId::new("mois").unwrap()),
        secrecy: None,
        checksum: String::new(),
    }
}

pub fn column(id: &str) -> Expr {
    Expr::Column(ColumnId::new(id).unwrap())
}

pub fn sum(id: &str) -> Expr {
    Expr::Aggregate {
        function: Aggregate::Sum,
        of: Some(Box::new(column(id))),
        filter: None,
    }
}

pub fn ratio() -> Expr {
    Expr::Binary {
        op: BinaryOp::Divide,
        left: Box::new(sum("trajets")),
        right: Box::new(sum("habitants")),
    }
}

struct Declared {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    decimals: u8,
    dataset: &'static str,
    expr: Expr,
    dimensions: &'static [&'static str],
    grain: Grain,
    direction: Direction,
    targets: &'static [(i32, f64)],
}

fn indicator(declared: Declared) -> Indicator {
    Indicator {
        id: id(declared.id),
        title: text(declared.title),
        description: Text::default(),
        method: Text::default(),
        limits: Text::default(),
        department: DepartmentId::new("mobilites").unwrap(),
        owner: "Claire Audouin".to_owned(),
        measure: Measure::Direct {
            dataset: DatasetId::new(declared.dataset).unwrap(),
            expr: declared.expr,
            text: String::new(),
        },
        unit: Unit::from_symbol(declared.unit).unwrap(),
        noun: match declared.id {
            "locations" => Some((text("location|rental"), text("locations|rentals"))),
            "solidaire" => Some((text("abonné"), text("abonnés"))),
            "libres" => Some((text("place libre"), text("places libres"))),
            _ => None,
        },
        decimals: declared.decimals,
        dimensions: declared.dimensions.iter().map(|name| dim(name)).collect(),
        grain: declared.grain,
        main_grain: Grain::Year,
        over_time: OverTime::Sum,
        direction: declared.direction,
        targets: declared
            .targets
            .iter()
            .map(|(year, value)| Target {
                year: *year,
                value: *value,
                tolerance: 10.0,
                origin: "Délib. 2023-047".to_owned(),
                voted_on: NaiveDate::from_ymd_opt(2023, 4, 6),
            })
            .collect(),
        thresholds: Vec::new(),
        formulas: Vec::new(),
        breaks: Vec::new(),
        declared: None,
        missing: Missing::Partial,
        examples: Vec::new(),
        checksum: String::new(),
    }
}

fn dimension(title: &str, all: &str, members: &[(&str, &str)]) -> Dimension {
    Dimension {
        ordered: false,
        changes: Vec::new(),
        title: text(title),
        all: text(all),
        members: members
            .iter()
            .map(|(key, name)| {
                (
                    (*key).to_owned(),
                    MemberInfo {
                        title: text(name),
                        aliases: Vec::new(),
                    },
                )
            })
            .collect(),
    }
}

/// Twelve districts on a grid of 4 × 3, the middle ones smaller.
fn districts_map() -> Map {
    let (columns, rows) = ([0.0, 1.4, 2.2, 3.0, 4.2], [0.0, 1.1, 1.9, 3.0]);
    let point = |x: f64, y: f64| (2.93 + x * 0.01, 47.01 + y * 0.007);
    let shapes = DISTRICTS
        .iter()
        .enumerate()
        .map(|(place, (key, ..))| {
            let (c, r) = (place % 4, place / 4);
            let ring = vec![
                point(columns[c], rows[r]),
                point(columns[c + 1], rows[r] + 0.1),
                point(columns[c + 1] - 0.1, rows[r + 1]),
                point(columns[c], rows[r + 1]),
                point(columns[c], rows[r]),
            ];
            ((*key).to_owned(), vec![vec![ring]])
        })
        .collect();
    Map {
        shapes,
        lines: vec![vec![point(-1.0, 1.5), point(2.0, 1.0), point(6.0, 2.2)]],
    }
}

/// Everything this town declares.
pub fn catalog() -> Catalog {
    use Direction::{Down, None as Context, Up};
    let year = Grain::Year;
    let month = Grain::Month;
    let declared = [
        Declared {
            id: "locations",
            title: "Locations de vélos|Bike rentals",
            unit: "nombre",
            decimals: 0,
            dataset: "trajets",
            expr: sum("trajets"),
            dimensions: &["quartier", "station", "type_velo"],
            grain: month,
            direction: Up,
            targets: &[
                (2023, 900_000.0),
                (2024, 1_100_000.0),
                (2025, 1_250_000.0),
                (2026, 1_400_000.0),
            ],
        },
        Declared {
            id: "par_habitant",
            title: "Locations par habitant|Rentals per inhabitant",
            unit: "par hab",
            decimals: 1,
            dataset: "trajets",
            expr: ratio(),
            dimensions: &["quartier"],
            grain: year,
            direction: Up,
            targets: &[],
        },
        Declared {
            id: "solidaire",
            title: "Abonnés au tarif solidaire",
            unit: "nombre",
            decimals: 0,
            dataset: "ccas",
            expr: sum("trajets"),
            dimensions: &["quartier"],
            grain: year,
            direction: Context,
            targets: &[],
        },
        Declared {
            id: "compteur",
            title: "Passages de vélos au pont",
            unit: "nombre",
            decimals: 0,
            dataset: "trajets",
            expr: sum("trajets"),
            dimensions: &[],
            grain: month,
            direction: Up,
            targets: &[],
        },
        Declared {
            id: "ponctualite",
            title: "Part des bus à l’heure",
            unit: "%",
            decimals: 1,
            dataset: "bus",
            expr: ratio(),
            dimensions: &[],
            grain: month,
            direction: Up,
            targets: &[(2024, 90.0)],
        },
        Declared {
            id: "comparaison",
            title: "Locations par habitant",
            unit: "par hab",
            decimals: 1,
            dataset: "villes",
            expr: ratio(),
            dimensions: &["ville"],
            grain: year,
            direction: Up,
            targets: &[],
        },
        Declared {
            id: "libres",
            title: "Places libres",
            unit: "nombre",
            decimals: 0,
            dataset: "parkings",
            expr: sum("trajets"),
            dimensions: &["parking"],
            grain: Grain::Day,
            direction: Context,
            targets: &[],
        },
        Declared {
            id: "epargne",
            title: "Taux d’épargne brute",
            unit: "%",
            decimals: 1,
            dataset: "budget",
            expr: ratio(),
            dimensions: &[],
            grain: year,
            direction: Up,
            targets: &[(2025, 11.0)],
        },
        Declared {
            id: "dette",
            title: "Années pour rembourser la dette",
            unit: "ans",
            decimals: 1,
            dataset: "budget",
            expr: ratio(),
            dimensions: &[],
            grain: year,
            direction: Down,
            targets: &[(2026, 8.0)],
        },
        Declared {
            id: "social",
            title: "Part de logements sociaux",
            unit: "%",
            decimals: 1,
            dataset: "budget",
            expr: ratio(),
            dimensions: &[],
            grain: year,
            direction: Up,
            targets: &[(2025, 25.0)],
        },
        Declared {
            id: "accidents",
            title: "Accidents corporels",
            unit: "nombre",
            decimals: 0,
            dataset: "budget",
            expr: sum("trajets"),
            dimensions: &[],
            grain: year,
            direction: Down,
            targets: &[(2025, 45.0)],
        },
        Declared {
            id: "equipement",
            title: "Dépenses d’équipement par habitant",
            unit: "€/hab",
            decimals: 0,
            dataset: "budget",
            expr: ratio(),
            dimensions: &[],
            grain: year,
            direction: Up,
            targets: &[(2028, 450.0)],
        },
        Declared {
            id: "gaz",
            title: "Gaz à effet de serre",
            unit: "t CO₂e/hab",
            decimals: 1,
            dataset: "budget",
            expr: ratio(),
            dimensions: &[],
            grain: year,
            direction: Down,
            targets: &[(2030, 3.6)],
        },
        Declared {
            id: "resultat",
            title: "Résultat de l’exercice",
            unit: "€",
            decimals: 0,
            dataset: "budget",
            expr: sum("trajets"),
            dimensions: &[],
            grain: year,
            direction: Up,
            targets: &[],
        },
        Declared {
            id: "nouveau",
            title: "Indicateur sans données",
            unit: "nombre",
            decimals: 0,
            dataset: "vide",
            expr: sum("trajets"),
            dimensions: &[],
            grain: year,
            direction: Up,
            targets: &[],
        },
    ];
    let quartiers: Vec<(&str, &str)> = DISTRICTS
        .iter()
        .map(|(key, name, ..)| (*key, *name))
        .collect();
    let types: Vec<(&str, &str)> = TYPES.iter().map(|(key, name, _)| (*key, *name)).collect();
    Catalog {
        reports: IndexMap::new(),
        town: Town {
            name: "Clairval-sur-Aure".to_owned(),
            insee: "99148".to_owned(),
            sample: true,
            as_of: Some(today()),
            mandate: (2026, 2032),
            departments: IndexMap::new(),
            population: None,
            prices: None,
            network: beffroi_catalog::Network::default(),
            home: Home::default(),
        },
        datasets: [
            dataset(
                "trajets",
                "Trajets en vélo|Bike trips",
                Frequency::Monthly,
                month,
            ),
            dataset("ccas", "Tarif solidaire", Frequency::Yearly, year),
            dataset("bus", "Ponctualité des bus", Frequency::Monthly, month),
            dataset("villes", "Villes semblables", Frequency::Yearly, year),
            dataset(
                "parkings",
                "Barrières des parkings",
                Frequency::Live,
                Grain::Day,
            ),
            dataset("budget", "Budget de la ville", Frequency::Yearly, year),
            dataset("vide", "Jeu jamais importé", Frequency::Yearly, year),
        ]
        .into_iter()
        .map(|dataset| (dataset.id.clone(), dataset))
        .collect(),
        indicators: declared
            .into_iter()
            .map(indicator)
            .map(|indicator| (indicator.id.clone(), indicator))
            .collect(),
        boards: IndexMap::<_, Board>::new(),
        dimensions: [
            (
                dim("quartier"),
                dimension("Quartier|District", "Toute la ville|Whole town", &quartiers),
            ),
            (
                dim("type_velo"),
                dimension("Type de vélo|Type of bike", "Tous les types", &types),
            ),
            (
                dim("station"),
                dimension("Station", "Toutes les stations", &[]),
            ),
            (dim("ville"), dimension("Ville", "Toutes", &[])),
            (dim("parking"), dimension("Parking", "Tous", &[])),
        ]
        .into_iter()
        .collect(),
        maps: Arc::new([(dim("quartier"), districts_map())].into_iter().collect()),
        access: Access::default(),
    }
}
