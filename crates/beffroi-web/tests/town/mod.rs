//! A small town made by hand, and an engine that makes up its answers.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use arc_swap::ArcSwap;
use beffroi_catalog::{
    Access, Board, Catalog, ColumnInfo, Dataset, DemoPerson, Department, Diagnostic, Dimension,
    Example, Expr, Figure, Frequency, Given, Home, Indicator, Load, Measure, MemberInfo, Missing,
    Names, OverTime, Perimeter, Section, Source, Text, Tile, Town, Value, Visibility,
};
use beffroi_model::{
    Answer, BoardId, Cell, ColumnId, ColumnSpec, ColumnType, Coverage, DatasetId, Decision,
    DepartmentId, DimensionId, Direction, Engine, Finding, FindingKind, Findings, Grain,
    IndicatorId, Membership, PerimeterId, Period, Preview, Provenance, Query, QueryError, Reading,
    Role, Row, Schema, Severity, SourceFile, Span, Target, Unit, Version, VersionColumn, View,
};
use beffroi_store::Store;
use beffroi_web::{Doorway, Entrance, Feed, Snapshot};
use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A title that must never reach a page as it is.
pub const HOSTILE: &str = "<script>alert(\"1\")</script> & Co";

pub fn text(fr: &str) -> Text {
    Text {
        fr: fr.to_owned(),
        en: None,
    }
}

pub fn both(fr: &str, en: &str) -> Text {
    Text {
        fr: fr.to_owned(),
        en: Some(en.to_owned()),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn imported() -> DateTime<Utc> {
    day(2026, 6, 2).and_hms_opt(6, 0, 0).unwrap().and_utc()
}

fn department() -> DepartmentId {
    DepartmentId::new("mobilites").unwrap()
}

fn column(id: &str, kind: ColumnType, dimension: Option<&str>) -> ColumnSpec {
    ColumnSpec {
        dimension: dimension.map(|id| DimensionId::new(id).unwrap()),
        ..ColumnSpec::new(ColumnId::new(id).unwrap(), kind)
    }
}

fn dataset(id: &str, title: Text, frequency: Frequency, columns: Vec<ColumnSpec>) -> Dataset {
    let source = match frequency {
        Frequency::Live => Source::Replay {
            file: format!("{id}.json"),
            every: 60,
        },
        _ => Source::File(format!("mobilites/{id}_*.csv")),
    };
    Dataset {
        id: DatasetId::new(id).unwrap(),
        title,
        description: text("Ce que le jeu contient."),
        row: text("une station et un mois"),
        department: department(),
        steward: "Claire Audouin".to_owned(),
        licence: "Licence Ouverte 2.0".to_owned(),
        frequency,
        visibility: Visibility::Public,
        source,
        schedule: None,
        load: Load::ByPeriod,
        reading: Reading::default(),
        follows: None,
        columns: columns
            .iter()
            .map(|column| {
                let info = ColumnInfo {
                    title: text(column.id.as_str()),
                    description: text("Sens de la colonne."),
                    unit: None,
                };
                (column.id.clone(), info)
            })
            .collect(),
        time: columns.first().map(|column| column.id.clone()),
        secrecy: None,
        schema: Schema::of(columns),
        computed: IndexMap::new(),
        checksum: "0".to_owned(),
    }
}

fn indicator(id: &str, title: Text, dataset: &str, dimensions: &[&str]) -> Indicator {
    Indicator {
        id: IndicatorId::new(id).unwrap(),
        title,
        description: text("Ce que l’indicateur dit."),
        method: text("Comment on compte."),
        limits: text("Ce qu’il ne dit pas."),
        department: department(),
        owner: "Claire Audouin".to_owned(),
        measure: Measure::Direct {
            dataset: DatasetId::new(dataset).unwrap(),
            expr: Expr::Number(1.0),
            text: "sum(trajets)".to_owned(),
        },
        unit: Unit::count(),
        noun: Some((both("location", "rental"), both("locations", "rentals"))),
        decimals: 0,
        dimensions: dimensions
            .iter()
            .map(|id| DimensionId::new(id).unwrap())
            .collect(),
        grain: Grain::Month,
        main_grain: Grain::Year,
        over_time: OverTime::Sum,
        direction: Direction::Up,
        targets: vec![Target {
            year: 2026,
            value: 1_400.0,
            tolerance: 10.0,
            origin: "Délibération 2023-047".to_owned(),
            voted_on: Some(day(2023, 4, 6)),
        }],
        thresholds: Vec::new(),
        formulas: Vec::new(),
        breaks: Vec::new(),
        declared: None,
        missing: Missing::Partial,
        examples: vec![Example {
            title: text("Un mois <creux>"),
            given: Given::Rows(vec![
                [(ColumnId::new("trajets").unwrap(), Value::Number(1_200.0))].into(),
            ]),
            result: Cell::Value(1_200.0),
            decimals: 0,
        }],
        checksum: id.to_owned(),
    }
}

fn tile(id: &str, indicator: &str, figure: Figure, by: Option<&str>) -> Tile {
    Tile {
        id: id.to_owned(),
        indicators: vec![IndicatorId::new(indicator).unwrap()],
        figure,
        show: View::Value,
        by: by.map(|id| DimensionId::new(id).unwrap()),
        grain: None,
        periods: None,
        top: None,
        width: if figure == Figure::Kpi { 3 } else { 6 },
        title: Text::default(),
        note: Text::default(),
    }
}

/// What the town declares.
pub fn catalog() -> Catalog {
    let month = ColumnType::Date {
        grain: Grain::Month,
    };
    let datasets = [
        dataset(
            "velos",
            both("Trajets en vélo", "Bike trips"),
            Frequency::Monthly,
            vec![
                column("mois", month, None),
                column("quartier", ColumnType::Text, Some("quartier")),
                column("station", ColumnType::Text, Some("station")),
                column("trajets", ColumnType::Integer, None),
            ],
        ),
        dataset(
            "hostile",
            text(HOSTILE),
            Frequency::Yearly,
            vec![column("mois", month, None)],
        ),
        dataset(
            "parkings",
            text("Places libres"),
            Frequency::Live,
            vec![
                column("instant", ColumnType::DateTime, None),
                column("parking", ColumnType::Text, Some("parking")),
            ],
        ),
    ];
    let mut rate = indicator("vacance", text(HOSTILE), "hostile", &["quartier"]);
    rate.unit = Unit::from_symbol("%").unwrap();
    rate.noun = None;
    rate.direction = Direction::Down;
    rate.targets[0].value = 6.0;
    let mut live = indicator("libres", text("Places libres"), "parkings", &["parking"]);
    live.noun = Some((text("place libre"), text("places libres")));
    live.targets.clear();
    let mut capacity = live.clone();
    capacity.id = IndicatorId::new("capacite").unwrap();
    let indicators = [
        indicator(
            "locations",
            both("Locations de vélos", "Bike rentals"),
            "velos",
            &["quartier", "station"],
        ),
        rate,
        live,
        capacity,
    ];
    let board = Board {
        id: BoardId::new("mobilites").unwrap(),
        title: both("Mobilités", "Mobility"),
        summary: text(HOSTILE),
        department: department(),
        order: 1,
        filters: vec![
            DimensionId::new("quartier").unwrap(),
            DimensionId::new("station").unwrap(),
        ],
        grain: Grain::Year,
        home: vec![
            IndicatorId::new("locations").unwrap(),
            IndicatorId::new("vacance").unwrap(),
        ],
        sections: vec![
            Section {
                title: Text::default(),
                tiles: vec![
                    tile("t1", "locations", Figure::Kpi, None),
                    tile("t2", "vacance", Figure::Kpi, None),
                ],
            },
            Section {
                title: text("Le vélo"),
                tiles: vec![
                    tile("t3", "locations", Figure::Line, None),
                    tile("t4", "locations", Figure::Bar, Some("quartier")),
                    tile("t5", "locations", Figure::Table, Some("quartier")),
                    tile("t6", "vacance", Figure::Heat, Some("quartier")),
                ],
            },
        ],
    };
    let members = |names: &[(&str, Text)]| -> IndexMap<String, MemberInfo> {
        names
            .iter()
            .map(|(key, title)| {
                (
                    (*key).to_owned(),
                    MemberInfo {
                        title: title.clone(),
                        aliases: Vec::new(),
                    },
                )
            })
            .collect()
    };
    let dimensions = [
        (
            "quartier",
            Dimension {
                ordered: false,
                changes: Vec::new(),
                title: both("Quartier", "District"),
                all: both("Toute la ville", "Whole town"),
                members: members(&[("gare", text("Gare")), ("halle", text("La Halle"))]),
            },
        ),
        (
            "station",
            Dimension {
                ordered: false,
                changes: Vec::new(),
                title: text("Station"),
                all: Text::default(),
                members: members(&[]),
            },
        ),
        (
            "parking",
            Dimension {
                ordered: false,
                changes: Vec::new(),
                title: text("Parking"),
                all: Text::default(),
                members: members(&[]),
            },
        ),
    ];
    Catalog {
        reports: IndexMap::new(),
        town: Town {
            name: "Clairval-sur-Aure".to_owned(),
            insee: "99148".to_owned(),
            sample: true,
            as_of: Some(day(2026, 6, 10)),
            mandate: (2026, 2032),
            departments: [(
                department(),
                Department {
                    title: both("Direction des mobilités", "Mobility department"),
                },
            )]
            .into_iter()
            .collect(),
            population: None,
            prices: None,
            network: beffroi_catalog::Network::default(),
            home: Home {
                highlights: vec![IndicatorId::new("locations").unwrap()],
                live: Some(IndicatorId::new("libres").unwrap()),
                live_by: Some(DimensionId::new("parking").unwrap()),
                live_capacity: Some(IndicatorId::new("capacite").unwrap()),
            },
        },
        datasets: datasets.into_iter().map(|it| (it.id.clone(), it)).collect(),
        indicators: indicators
            .into_iter()
            .map(|it| (it.id.clone(), it))
            .collect(),
        boards: std::iter::once((board.id.clone(), board)).collect(),
        dimensions: dimensions
            .into_iter()
            .map(|(id, it)| (DimensionId::new(id).unwrap(), it))
            .collect(),
        maps: Arc::default(),
        access: access(),
    }
}

/// Somebody who may do everything, and reaches everything.
fn access() -> Access {
    let everything = Perimeter {
        title: both("Toute la ville", "The whole town"),
        departments: Names::All,
        datasets: Names::These(BTreeSet::new()),
        boards: Names::These(BTreeSet::new()),
        reports: Names::These(BTreeSet::new()),
        rows: Vec::new(),
        whole_town: false,
        raw: true,
    };
    let id = PerimeterId::new("ville").unwrap();
    Access {
        perimeters: std::iter::once((id.clone(), everything)).collect(),
        demo: vec![DemoPerson {
            name: "Nadia Ferrand".to_owned(),
            membership: Membership {
                roles: Role::ALL.into_iter().collect(),
                departments: BTreeSet::new(),
                perimeters: [id].into(),
            },
        }],
        ..Access::default()
    }
}

/// A store of people of its own.
#[allow(dead_code)]
pub fn store() -> Store {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let folder = format!(
        "store-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    );
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = std::fs::remove_dir_all(&folder);
    Store::open(&folder).unwrap()
}

/// A demonstration: whoever comes is somebody who may do everything.
#[allow(dead_code)]
pub fn entrance() -> Entrance {
    let doorway = Doorway {
        demo: true,
        ..Doorway::default()
    };
    Entrance::new(store(), doorway).unwrap()
}

fn version(dataset: &str, rejects: Option<&str>) -> Version {
    let mut findings = Findings::default();
    for row in [845, 846] {
        findings.push(Finding {
            severity: Severity::Error,
            kind: FindingKind::NotADate,
            source: "velos_2025.csv".to_owned(),
            row: Some(row),
            column: Some("mois".to_owned()),
            value: Some(HOSTILE.to_owned()),
            hint: None,
            expected: None,
        });
    }
    Version {
        dataset: DatasetId::new(dataset).unwrap(),
        number: 14,
        imported_at: imported(),
        declaration: "0".to_owned(),
        sources: vec![SourceFile {
            name: "mobilites/velos_2025.csv".to_owned(),
            sha256: "00".to_owned(),
            bytes: 12_000,
            modified: imported(),
            extracted_on: day(2026, 6, 2),
            rows_read: 1_000,
            rows_rejected: 2,
            rows_incomplete: 0,
            original: None,
        }],
        parts: Vec::new(),
        rows: 998,
        columns: vec![VersionColumn {
            id: ColumnId::new("mois").unwrap(),
            values: 990,
            missing: 8,
            not_applicable: 0,
            secret: 0,
            min: Some("2019-01".to_owned()),
            max: Some("2025-12".to_owned()),
            sum: None,
            categories: Vec::new(),
        }],
        decisions: vec![Decision::new(
            "mobilites/velos_2025.csv",
            "encoding",
            "windows-1252",
        )],
        findings,
        preview: Preview {
            header: vec!["mois".to_owned(), "trajets".to_owned()],
            rows: vec![vec!["2025-01".to_owned(), HOSTILE.to_owned()]],
        },
        rejects: rejects.map(str::to_owned),
        all_findings: None,
        changes: None,
        restores: None,
        given_up: Vec::new(),
    }
}

/// Makes up answers; counts how many queries it really computed.
#[derive(Default)]
pub struct MadeUp {
    pub computed: AtomicUsize,
    /// How long a batch takes.
    pub delay: Duration,
    /// Whether every query fails.
    pub broken: bool,
}

impl Engine for MadeUp {
    fn answer(
        &self,
        queries: &[Query],
        _: Option<std::time::Instant>,
    ) -> Vec<Result<Answer, QueryError>> {
        std::thread::sleep(self.delay);
        self.computed.fetch_add(queries.len(), Ordering::SeqCst);
        queries
            .iter()
            .map(|query| {
                if self.broken {
                    Err(QueryError::Internal("secret path /srv".to_owned()))
                } else {
                    Ok(made_up(query))
                }
            })
            .collect()
    }

    fn ready(&self, queries: &[Query]) -> Vec<Option<Result<Answer, QueryError>>> {
        vec![None; queries.len()]
    }
}

fn made_up(query: &Query) -> Answer {
    let periods: Vec<Period> = match query.span {
        Span::Periods(range) => range.iter().collect(),
        Span::Latest => vec![Period::containing(Grain::Day, day(2026, 6, 10))],
    };
    let keys: Vec<Vec<String>> = match query.by.first().map(DimensionId::as_str) {
        None => vec![Vec::new()],
        Some("quartier") => vec![vec!["gare".to_owned()], vec!["halle".to_owned()]],
        Some(other) => vec![vec![format!("{other} 1")], vec![HOSTILE.to_owned()]],
    };
    let live = query.span == Span::Latest;
    let factor = if query.indicator.as_str() == "vacance" {
        0.005
    } else {
        1.0
    };
    let rows = keys
        .iter()
        .enumerate()
        .flat_map(|(index, keys)| {
            periods.iter().map(move |period| {
                let known = (2019..=2025).contains(&period.start_year()) || live;
                let value = f64::from(period.start_year() - 1000) * factor;
                let cell = match (known, index) {
                    (false, _) => Cell::Missing,
                    (true, 1) if query.by.len() == 1 && period.start_year() == 2020 => Cell::Secret,
                    (true, _) => Cell::Value(value + f64::from(u32::try_from(index).unwrap())),
                };
                Row {
                    period: *period,
                    at: live.then(|| day(2026, 6, 10).and_hms_opt(14, 32, 0).unwrap()),
                    keys: keys.clone(),
                    cell,
                    coverage: Coverage {
                        cells: 12,
                        cells_expected: 12,
                        periods: 12,
                        periods_expected: 12,
                    },
                }
            })
        })
        .collect();
    Answer {
        indicator: query.indicator.clone(),
        unit: Unit::count(),
        by: query.by.clone(),
        rows,
        provenance: vec![Provenance {
            dataset: DatasetId::new("velos").unwrap(),
            version: 14,
            source: "mobilites/velos_2025.csv".to_owned(),
            extracted_on: day(2026, 6, 2),
            imported_at: imported(),
            rows_read: Some(1_000),
            rows_rejected: Some(2),
        }],
    }
}

/// The state of the town.
pub fn snapshot(engine: Arc<dyn Engine>) -> Snapshot {
    let versions: BTreeMap<DatasetId, Arc<Version>> = [
        version("velos", Some("rejects/velos.csv")),
        version("hostile", Some("../../etc/passwd")),
    ]
    .into_iter()
    .map(|it| (it.dataset.clone(), Arc::new(it)))
    .collect();
    let problem = Diagnostic {
        code: "unknown-column",
        place: None,
        message: format!("la colonne {HOSTILE} n’existe pas"),
        hint: Some("colonnes connues : trajets".to_owned()),
    };
    let feed = Feed {
        last_success: Some(imported()),
        last_error: Some((imported(), "la source ne répond pas".to_owned())),
        next: None,
    };
    Snapshot {
        serial: 1,
        catalog: Arc::new(catalog()),
        versions: Arc::new(versions),
        engine,
        problems: Arc::new(vec![problem]),
        import_problems: Arc::new(vec![format!("{HOSTILE} : fichier vide")]),
        feeds: Arc::new(
            [(DatasetId::new("parkings").unwrap(), feed)]
                .into_iter()
                .collect(),
        ),
        under_way: beffroi_web::UnderWay::default(),
    }
}

/// A town that does not change by itself.
pub fn town(engine: Arc<dyn Engine>) -> beffroi_web::Town {
    Arc::new(ArcSwap::from_pointee(snapshot(engine)))
}
