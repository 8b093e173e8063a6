//! A board of twelve tiles over trips: how long preparing takes, then each board under filters
//! never asked before, then what no rollup holds.
//!
//! `tests/benches/board.py` makes the data, runs this and DuckDB on the same Parquet files, and
//! compares both figures and times. Alone: `cargo bench -p beffroi-engine --bench board -- CONTENT
//! STATE BOARDS`, which prints one JSON object.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use beffroi_engine::RollupEngine;
use beffroi_model::{
    Answer, Cell, DatasetId, DimensionId, Engine, Filter, IndicatorId, Period, PeriodRange, Query,
    Span,
};
use beffroi_warehouse::Warehouse;
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Instant};

/// A tile: indicator, grain, detail.
const TILES: [(&str, &str, Option<&str>); 12] = [
    ("trajets", "year", None),
    ("usagers", "year", None),
    ("distance", "year", None),
    ("duree", "year", None),
    ("trajets", "all", None),
    ("trajets", "month", None),
    ("trajets", "month", Some("type")),
    ("trajets", "year", Some("station")),
    ("trajets", "year", Some("quartier")),
    ("trajets", "all", Some("quartier")),
    ("trajets", "year", Some("abonnement")),
    ("trajets", "year", Some("jour_semaine")),
];

/// What is read from the rows: a median, a condition that no tile has.
const UNPREPARED: [(&str, &str, Option<&str>); 2] = [
    ("duree_mediane", "all", Some("quartier")),
    ("longs", "month", Some("station")),
];

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

/// The question of a tile: in the last year, its months, or all years.
fn query(
    (indicator, grain, by): (&str, &str, Option<&str>),
    years: (i32, i32),
    districts: &[String],
) -> Query {
    let (first, last) = match grain {
        "all" => (years.0.to_string(), years.1.to_string()),
        "month" => (format!("{}-01", years.1), format!("{}-12", years.1)),
        _ => (years.1.to_string(), years.1.to_string()),
    };
    Query {
        indicator: IndicatorId::new(indicator).unwrap(),
        span: Span::Periods(PeriodRange::new(period(&first), period(&last))),
        by: by
            .map(|id| DimensionId::new(id).unwrap())
            .into_iter()
            .collect(),
        filters: match districts.is_empty() {
            true => Vec::new(),
            false => vec![Filter {
                dimension: DimensionId::new("quartier").unwrap(),
                values: districts.to_vec(),
            }],
        },
        scope: Default::default(),
    }
}

/// Different districts for each board: the bits of its number choose.
fn districts(board: usize) -> Vec<String> {
    let bits = board % ((1 << 14) - 1) + 1;
    let chosen = (0..14).filter(|bit| bits >> bit & 1 == 1);
    let mut names: Vec<String> = chosen.map(|bit| format!("Q{bit:02}")).collect();
    names.sort();
    names
}

/// Bytes of memory that the process takes, or took at most.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status
        .lines()
        .find_map(|it| it.strip_prefix(line)?.strip_prefix(':'));
    let kibibytes = found.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

fn values(answer: &Answer) -> BTreeMap<String, f64> {
    let rows = answer.rows.iter().filter_map(|row| match row.cell {
        Cell::Value(value) => Some((format!("{} {}", row.period, row.keys.join("/")), value)),
        _ => None,
    });
    rows.collect()
}

fn main() {
    let args: Vec<String> = std::env::args().filter(|arg| arg != "--bench").collect();
    let [_, content, state, boards] = args.as_slice() else {
        println!("board CONTENT STATE BOARDS: see tests/benches/board.py");
        return;
    };
    let boards: usize = boards.parse().unwrap();
    let loaded = beffroi_catalog::load(Path::new(content));
    let Some(catalog) = loaded.catalog else {
        println!("{:#?}", loaded.diagnostics);
        return;
    };
    let warehouse = Warehouse::open(Path::new(state)).unwrap();
    let dataset = DatasetId::new("trajets").unwrap();
    let version = Arc::new(warehouse.current(&dataset).unwrap().unwrap());
    let versions = Arc::new(BTreeMap::from([(dataset, version)]));
    let engine = RollupEngine::new(warehouse, Arc::new(catalog), versions, None);
    let rest = memory("VmRSS");
    let start = Instant::now();
    engine.prepare();
    let prepared = start.elapsed();
    let (held, peak) = (memory("VmRSS"), memory("VmHWM"));
    let mut times = Vec::new();
    let years = |board: usize| {
        (
            2020 + i32::try_from(board % 3).unwrap(),
            2023 + i32::try_from(board % 3).unwrap(),
        )
    };
    for board in 0..boards {
        let districts = districts(board * 37);
        let queries: Vec<Query> = TILES
            .map(|tile| query(tile, years(board), &districts))
            .into();
        let start = Instant::now();
        let answers = engine.ready(&queries);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(
            answers.iter().all(|answer| matches!(answer, Some(Ok(_)))),
            "a tile is not prepared"
        );
    }
    times.sort_by(f64::total_cmp);
    let chosen = districts(1234);
    let mut figures = BTreeMap::new();
    for (place, tile) in TILES.into_iter().chain(UNPREPARED).enumerate() {
        let asked = query(tile, (2020, 2025), &chosen);
        let answer = engine.answer(&[asked], None).pop().unwrap().unwrap();
        figures.insert(place, values(&answer));
    }
    let unprepared = UNPREPARED.map(|tile| {
        let mut times: Vec<f64> = (0..3)
            .map(|turn| {
                let asked = query(tile, (2020, 2025), &districts(99 + turn * 37));
                let start = Instant::now();
                engine.answer(&[asked], None).pop().unwrap().unwrap();
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times[1]
    });
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let told = serde_json::json!({
        "prepare_ms": prepared.as_secs_f64() * 1e3,
        "board_ms": {"median": at(0.5), "p99": at(0.99), "worst": at(1.0)},
        "unprepared_ms": unprepared,
        "memory": {"rest": rest, "prepared": held, "peak": peak, "end": memory("VmHWM")},
        "districts": chosen,
        "figures": figures,
    });
    println!("{told}");
}
