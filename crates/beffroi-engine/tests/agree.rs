//! Random measures of random tables: rollups, rows and plain loops agree.
//!
//! Every cell is the same to the last bit where the measure adds up exact numbers only. Sums of
//! floating numbers depend on their order: they agree to 1e-9 of the sum of their sizes.
//!
//! A case is drawn from lists of small numbers, each of which chooses among what may come next
//! ([`Choices`]); zero, which is also what follows the end of a list, is the simplest. A shorter list
//! is hence a simpler case, and shrinking needs to know nothing of tables or measures. What fails is
//! told as fixtures write it: put the least of it in `tests/fixtures`. The same tables are drawn
//! each time; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` draw more and others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod table;

use beffroi_catalog::{Aggregate, Expr, Function, ValueType, parse_expr};
use beffroi_model::{
    Cell, ColumnId, DimensionId, Engine, Filter, Grain, IndicatorId, Period, PeriodRange, Query,
    Scope, Span,
};
use chrono::{Days, NaiveDate};
use proptest::{prelude::*, test_runner::RngSeed};
use std::fmt;
use table::{Asked, Engines, Table};

/// Small numbers, each taken once.
struct Choices<'a>(std::slice::Iter<'a, u16>);

impl Choices<'_> {
    fn of(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count
    }

    fn one<T: Clone>(&mut self, among: &[T]) -> T {
        among[self.of(among.len())].clone()
    }

    /// True once in so many.
    fn once_in(&mut self, count: usize) -> bool {
        self.of(count) == count - 1
    }
}

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap();
const DAYS: usize = 2_000;
const PLACES: [&str; 9] = [
    "nord",
    "Nord",
    "été",
    "Été",
    "e\u{301}te\u{301}",
    "",
    " sud\u{a0}",
    "l'Île",
    "ß",
];
const KINDS: [&str; 4] = ["a", "b", "A", "É"];
const TIMES: [&str; 6] = ["month", "day", "datetime", "year", "quarter", "school_year"];

fn day(number: usize) -> NaiveDate {
    FIRST + Days::new(number as u64)
}

fn instant(choices: &mut Choices<'_>) -> String {
    let day = day(choices.of(DAYS));
    let hour = choices.one(&["00:00:00", "08:00:00", "23:59:59", "12:00:00.25"]);
    format!("{day}T{hour}")
}

/// A cell of a column, as it is written.
fn cell(kind: &str, choices: &mut Choices<'_>) -> String {
    if let Some(why) = choices.of(12).checked_sub(9) {
        return ["-", "s", "/"][why].to_owned();
    }
    match kind {
        "boolean" => choices.one(&["true", "false"]).to_owned(),
        "day" => day(choices.of(DAYS)).to_string(),
        "datetime" => instant(choices),
        "integer" => match choices.of(12) {
            9 => i64::MAX.to_string(),
            10 => i64::MIN.to_string(),
            11 => (choices.of(60_000) * 1_000_000_007).to_string(),
            _ => (choices.of(40) as i64 - 10).to_string(),
        },
        "decimal2" => match choices.of(12) {
            10 => "92233720368547758.08".to_owned(),
            11 => "-92233720368547758.07".to_owned(),
            _ => {
                let cents = choices.of(60_000) as i64 - 20_000;
                let sign = if cents < 0 { "-" } else { "" };
                format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
            }
        },
        // Up to the longest there is, and one beyond.
        _ => match choices.of(12) {
            9 => "9999999999999999999.999999999".to_owned(),
            10 => "-9999999999999999999.999999999".to_owned(),
            11 => "10000000000000000000.000000000".to_owned(),
            _ => format!("{}.{:09}", choices.of(3), choices.of(60_000)),
        },
    }
}

fn time(kind: &str, choices: &mut Choices<'_>) -> String {
    match kind {
        "datetime" => {
            // Few, for readings to be given again.
            let day = day(choices.of(6) * 250);
            format!("{day}T{:02}:00:00", choices.of(3) * 11)
        }
        _ => {
            let grain = kind.parse().unwrap();
            Period::containing(grain, day(choices.of(DAYS)))
                .start()
                .to_string()
        }
    }
}

fn text(choices: &mut Choices<'_>, among: &[&str]) -> String {
    match choices.once_in(12) {
        true => choices.one(&["-", "s", "/"]).to_owned(),
        false => format!("\"{}\"", choices.one(among)),
    }
}

/// A table of one kind of time; its rows drawn from lists, in some files.
fn table(kind: &str, rows: &[Vec<u16>], files: &[usize]) -> Table {
    const COLUMNS: [(&str, &str); 10] = [
        ("lieu", "text"),
        ("genre", "text"),
        ("n", "integer"),
        ("m", "decimal2"),
        ("p", "decimal9"),
        ("q", "integer"),
        ("clos", "boolean"),
        ("debut", "datetime"),
        ("fin", "day"),
        ("ouvert", "datetime"),
    ];
    let named = |(name, kind): (&str, &str)| (name.to_owned(), kind.to_owned());
    let rows = rows.iter().map(|row| {
        let mut choices = Choices(row.iter());
        let mut cells = vec![time(kind, &mut choices)];
        cells.extend(COLUMNS.map(|(name, kind)| match name {
            "lieu" => text(&mut choices, &PLACES),
            "genre" => text(&mut choices, &KINDS),
            // Small numbers only: what floats are made of.
            "q" => (choices.of(200) as i64 - 100).to_string(),
            _ => cell(kind, &mut choices),
        }));
        cells
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let mut files: Vec<usize> = files.iter().map(|it| it % (rows.len() + 1)).collect();
    files.retain(|start| (1..rows.len()).contains(start));
    files.sort_unstable();
    files.dedup();
    Table {
        columns: std::iter::once(("t", kind))
            .chain(COLUMNS)
            .map(named)
            .collect(),
        computed: [
            (
                "par_tranche",
                "case when n > 10 then 'haut' when n > 0 then lower(genre) end",
            ),
            ("par_rang", "floor(q / 50)"),
            // Columns have no unit that could not be mixed with others, unlike the days of a
            // difference that a measure writes itself.
            ("duree", "fin - debut"),
            ("retard", "fin - date '2024-02-29'"),
            ("attente", "ouvert - debut"),
        ]
        .map(named)
        .into(),
        rows,
        files,
        extracted: Some(day(DAYS)),
        ..Table::default()
    }
}

/// A number that sums of are exact.
fn exact(number: String) -> String {
    let kind = |column: &ColumnId| {
        Some(match column.as_str() {
            "n" | "q" | "par_rang" | "duree" | "retard" => ValueType::Exact { scale: 0 },
            "m" => ValueType::Exact { scale: 2 },
            "p" => ValueType::Exact { scale: 9 },
            "attente" => ValueType::Float,
            "lieu" | "genre" | "par_tranche" => ValueType::Text,
            "clos" => ValueType::Boolean,
            "debut" | "ouvert" => ValueType::Instant,
            _ => ValueType::Date { grain: Grain::Day },
        })
    };
    match parse_expr(&number).unwrap().value_type(&kind) {
        Some(ValueType::Float) => format!("round({number}, 4)"),
        _ => number,
    }
}

/// Expressions of one row. Those of a depth are made of those below.
impl Choices<'_> {
    fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.once_in(3) {
            return match self.of(12) {
                0..2 => "n".to_owned(),
                2..4 => "m".to_owned(),
                4 => "p".to_owned(),
                5 => "q".to_owned(),
                6 => "duree".to_owned(),
                7 => format!("length({})", self.words(0)),
                8 => {
                    let function = self.one(&["year", "quarter", "month", "day", "weekday"]);
                    match function {
                        // The longer periods of the time column have no days.
                        "year" => format!("year({})", self.date(0)),
                        _ => format!("{function}({})", self.one(&["debut", "fin"])),
                    }
                }
                _ => self
                    .one(&[
                        "0",
                        "1",
                        "-1",
                        "2",
                        "10",
                        "0.5",
                        "2.25",
                        "0.000000001",
                        "1000000",
                    ])
                    .to_owned(),
            };
        }
        let below = depth - 1;
        match self.of(14) {
            0 => format!("({} + {})", self.number(below), self.number(below)),
            1 => format!("({} - {})", self.number(below), self.number(below)),
            2 => format!("({} * {})", self.number(below), self.number(below)),
            3 => format!("(-({}))", self.number(below)),
            4 => format!("abs({})", self.number(below)),
            5 => {
                let places = self.one(&["", ", 1", ", 2", ", 5", ", 9", ", -1", ", -3", ", -9"]);
                format!("round({}{places})", self.number(below))
            }
            6 => format!("{}({})", self.one(&["floor", "ceil"]), self.number(below)),
            7 => self.extreme(Self::number, below),
            8 => format!("coalesce({}, {})", self.number(below), self.number(below)),
            9 => format!("nullif({}, {})", self.number(below), self.number(below)),
            10 => self.case(Self::number, below),
            11 => format!("round({} / {}, 2)", self.number(below), self.number(below)),
            12 => self.one(&["duree", "retard", "attente"]).to_owned(),
            _ => format!("(({} / {}) + 0)", self.number(below), self.number(below)),
        }
    }

    /// A number in floating point, not too large for sums of them to be compared.
    fn float(&mut self) -> String {
        match self.of(5) {
            0 => "(q / 3 + 0)".to_owned(),
            1 => format!(
                "(q / {} + 0.1)",
                self.one(&["7", "(q - 5)", "length(lieu)"])
            ),
            2 => "attente".to_owned(),
            3 => format!("coalesce(q / nullif(q, 5), {})", self.one(&["0", "0.25"])),
            _ => format!("case when {} then q / 3 else 1 end", self.condition(1)),
        }
    }

    fn words(&mut self, depth: usize) -> String {
        if depth == 0 || self.once_in(3) {
            return match self.of(5) {
                0 => "lieu".to_owned(),
                1 => "genre".to_owned(),
                2 => "par_tranche".to_owned(),
                _ => format!(
                    "'{}'",
                    self.one(&["a", "", "É", "nord", "l''Île", "\u{a0}"])
                ),
            };
        }
        let below = depth - 1;
        match self.of(7) {
            0 => format!(
                "{}({})",
                self.one(&["lower", "upper", "trim"]),
                self.words(below)
            ),
            1 => {
                let count = self.of(4);
                format!(
                    "{}({}, {count})",
                    self.one(&["left", "right"]),
                    self.words(below)
                )
            }
            2 => format!("({} || {})", self.words(below), self.words(below)),
            3 => format!("coalesce({}, {})", self.words(below), self.words(below)),
            4 => format!("nullif({}, {})", self.words(below), self.words(below)),
            5 => self.extreme(Self::words, below),
            _ => self.case(Self::words, below),
        }
    }

    fn date(&mut self, depth: usize) -> String {
        if depth == 0 || self.once_in(3) {
            return match self.of(3) {
                0 => "fin".to_owned(),
                1 => format!("date '{}'", day(self.of(DAYS))),
                _ => "date '2024-02-29'".to_owned(),
            };
        }
        let below = depth - 1;
        match self.of(5) {
            0 => {
                let grain = self.one(&Grain::ALL);
                let of = self.one(&["debut", "fin"]);
                format!("date_trunc('{}', {of})", grain.as_str())
            }
            1 => format!("coalesce({}, {})", self.date(below), self.date(below)),
            2 => format!("nullif({}, {})", self.date(below), self.date(below)),
            3 => self.extreme(Self::date, below),
            _ => self.case(Self::date, below),
        }
    }

    fn extreme(&mut self, of: fn(&mut Self, usize) -> String, depth: usize) -> String {
        let name = self.one(&["greatest", "least"]);
        let third = match self.once_in(2) {
            true => format!(", {}", of(self, depth)),
            false => String::new(),
        };
        format!("{name}({}, {}{third})", of(self, depth), of(self, depth))
    }

    fn case(&mut self, of: fn(&mut Self, usize) -> String, depth: usize) -> String {
        let mut text = format!(
            "case when {} then {}",
            self.condition(depth),
            of(self, depth)
        );
        if self.once_in(2) {
            let condition = self.condition(depth);
            text.push_str(&format!(" when {condition} then {}", of(self, depth)));
        }
        if self.once_in(2) {
            text.push_str(&format!(" else {}", of(self, depth)));
        }
        format!("({text} end)")
    }

    fn condition(&mut self, depth: usize) -> String {
        let sign = self.one(&["=", "<>", "<", "<=", ">", ">="]);
        let not = self.one(&["", "not "]);
        if depth == 0 || self.once_in(2) {
            let below = depth.saturating_sub(1);
            return match self.of(9) {
                0 => format!("{} {sign} {}", self.number(below), self.number(below)),
                1 => format!("{} {sign} {}", self.words(below), self.words(below)),
                2 => format!("{} {sign} {}", self.date(below), self.date(below)),
                3 => format!("debut {sign} {}", self.date(below)),
                4 => "clos".to_owned(),
                5 => format!("{} {not}in ('a', 'É', '')", self.words(below)),
                6 => format!("{} {not}in (0, 1, -2, 2.5)", self.number(below)),
                7 => format!(
                    "{} is {not}null",
                    self.one(&["n", "lieu", "clos", "fin", "(n + m)"])
                ),
                _ => {
                    let pattern = self.one(&["n%", "%é", "%or%", "a", "%", ""]);
                    format!("{} like '{pattern}'", self.words(below))
                }
            };
        }
        let below = depth - 1;
        match self.of(5) {
            0 => format!("({} and {})", self.condition(below), self.condition(below)),
            1 => format!("({} or {})", self.condition(below), self.condition(below)),
            2 => format!("(not ({}))", self.condition(below)),
            3 => {
                let (low, high) = (self.number(below), self.number(below));
                format!("({} between {low} and {high})", self.number(below))
            }
            _ => {
                let (low, high) = (self.date(below), self.one(&["debut", "fin"]));
                format!("({} between {low} and {high})", self.date(below))
            }
        }
    }

    /// An aggregate of rows.
    fn aggregate(&mut self, depth: usize) -> String {
        let of = match self.of(11) {
            0 | 1 => format!("sum({})", exact(self.number(depth))),
            2 => "count(*)".to_owned(),
            3 => format!("count({})", self.number(depth)),
            4 => match self.of(4) {
                0 => format!("count(distinct {})", self.words(depth)),
                1 => format!("count(distinct {})", self.number(depth)),
                2 => format!("count(distinct {})", self.date(depth)),
                _ => format!("count(distinct {})", self.one(&["clos", "debut"])),
            },
            5 => format!("min({})", self.number(depth)),
            6 => format!("max({})", self.number(depth)),
            7 => format!("avg({})", exact(self.number(depth))),
            8 => format!("median({})", self.number(depth)),
            9 => {
                let level = self.one(&["0", "0.25", "0.9", "1", "0.333333"]);
                format!("quantile({}, {level})", self.number(depth))
            }
            _ => format!("{}({})", self.one(&["first", "last"]), self.number(depth)),
        };
        match self.once_in(3) {
            true => format!("{of} filter (where {})", self.condition(depth)),
            false => of,
        }
    }

    /// What stands above aggregates.
    fn above(&mut self, depth: usize) -> String {
        if depth == 0 || self.of(2) == 0 {
            return self.aggregate(2);
        }
        let below = depth - 1;
        match self.of(10) {
            0 => {
                let sign = self.one(&["+", "-", "*", "/"]);
                format!("({} {sign} {})", self.above(below), self.above(below))
            }
            1 => format!("(-({}))", self.above(below)),
            2 => format!(
                "{}({})",
                self.one(&["abs", "floor", "ceil"]),
                self.above(below)
            ),
            3 => format!(
                "round({}{})",
                self.above(below),
                self.one(&["", ", 2", ", -2"])
            ),
            4 => format!("greatest({}, {})", self.above(below), self.above(below)),
            5 => format!("least({}, {})", self.above(below), self.above(below)),
            6 => format!(
                "coalesce({}, {})",
                self.above(below),
                self.one(&["0", "-1.5"])
            ),
            7 => format!(
                "nullif({}, {})",
                self.above(below),
                self.one(&["0", "1", "3"])
            ),
            _ => {
                let condition = match self.of(4) {
                    0 => format!("{} > {}", self.above(below), self.above(below)),
                    1 => format!("{} in (0, 1, 2)", self.above(below)),
                    2 => format!("not ({} between -1 and 5)", self.above(below)),
                    _ => format!("{} is null", self.above(below)),
                };
                let otherwise = match self.once_in(2) {
                    true => format!(" else {}", self.above(below)),
                    false => String::new(),
                };
                format!(
                    "(case when {condition} then {}{otherwise} end)",
                    self.above(below)
                )
            }
        }
    }

    /// Sums of floating numbers, of which nothing is made that would tell a last bit.
    fn floats(&mut self) -> String {
        let aggregate = |choices: &mut Self| {
            let function = choices.one(&["sum", "avg"]);
            let of = format!("{function}({})", choices.float());
            match choices.once_in(3) {
                true => format!("{of} filter (where {})", choices.condition(1)),
                false => of,
            }
        };
        match self.of(3) {
            0 => aggregate(self),
            1 => format!("({} + {})", aggregate(self), aggregate(self)),
            _ => format!("coalesce({}, 0)", aggregate(self)),
        }
    }

    /// A measure with what is declared of it.
    fn asked(&mut self, id: String) -> Asked {
        let over_time = self.one(&["sum", "sum", "last", "mean"]);
        let missing = self.one(&["partial", "refuse", "ignore"]);
        let measure = match self.once_in(6) {
            true => self.floats(),
            false => self.above(3),
        };
        Asked {
            id,
            measure,
            declared: format!("over_time = \"{over_time}\"\nmissing = \"{missing}\"\n"),
        }
    }

    fn filter(&mut self) -> Filter {
        let (dimension, members): (_, &[&str]) = match self.of(4) {
            0 => ("genre", &KINDS),
            1 => ("lieu", &PLACES),
            2 => ("par_tranche", &["haut", "a", "", "é"]),
            _ => ("par_rang", &["0", "-1", "1", "-2", "9"]),
        };
        let values = (0..=self.of(3)).map(|_| self.one(members).to_owned());
        Filter {
            dimension: DimensionId::new(dimension).unwrap(),
            values: values.collect(),
        }
    }

    fn query(&mut self, id: &str, time: &str) -> Query {
        let own = time.parse().unwrap_or(Grain::Day);
        let grains: Vec<Grain> = [
            Grain::Year,
            Grain::SchoolYear,
            Grain::Quarter,
            Grain::Month,
            Grain::Day,
        ]
        .into_iter()
        .filter(|grain| grain.is_made_of(own))
        .collect();
        let grain = self.one(&grains);
        let (mut from, mut to) = (day(0), day(DAYS));
        if grain == Grain::Day || self.once_in(4) {
            from = day(self.of(DAYS));
            to = from + Days::new(self.of(60) as u64);
        }
        let range = PeriodRange::new(
            Period::containing(grain, from),
            Period::containing(grain, to),
        );
        let mut query = Query::new(IndicatorId::new(id).unwrap(), Span::Periods(range));
        if time == "datetime" && self.once_in(4) {
            query.span = Span::Latest;
        }
        let by: &[&str] = match self.of(7) {
            0 | 1 => &[],
            2 => &["lieu"],
            3 => &["par_tranche"],
            4 => &["genre", "par_rang"],
            5 => &["par_rang"],
            _ => &["lieu", "genre"],
        };
        query.by = by.iter().map(|by| DimensionId::new(by).unwrap()).collect();
        let filters = [0, 0, 1, 2][self.of(4)];
        query.filters = (0..filters).map(|_| self.filter()).collect();
        if self.once_in(4) {
            query.scope = Scope(vec![self.filter()]);
        }
        query
    }
}

/// How far a cell may be from the reference: not at all, but for sums of floating numbers.
fn tolerance(engines: &Engines, query: &Query, rows: &[&beffroi_catalog::Row]) -> f64 {
    let dataset = &engines.catalog.datasets["t"];
    let aggregates = engines.indicator(query).measure.expr().aggregates();
    let sizes = aggregates.into_iter().filter_map(|aggregate| {
        let Expr::Aggregate {
            function: Aggregate::Sum | Aggregate::Avg,
            of: Some(of),
            filter,
        } = aggregate
        else {
            return None;
        };
        if of.value_type(&|column| dataset.value_type(column.as_str())) != Some(ValueType::Float) {
            return None;
        }
        let size = Expr::Call {
            function: Function::Abs,
            args: vec![(**of).clone()],
        };
        let sum = Expr::Aggregate {
            function: Aggregate::Sum,
            of: Some(Box::new(size)),
            filter: filter.clone(),
        };
        engines.worked(query, &sum, rows).value().or(Some(0.0))
    });
    sizes
        .reduce(|a, b| a + b)
        .map_or(0.0, |sizes| 1e-9 * sizes.max(1.0))
}

/// What is wrong with the answers to a query.
fn disagreement(engines: &Engines, query: &Query) -> Option<String> {
    let [rollups, rows] = engines.ask(query);
    let rollups = match rollups {
        Ok(answer) => answer,
        Err(error) => return Some(format!("rollups: {error:?}")),
    };
    let mut expected = engines.reference(query);
    let near = |a: Cell, b: Cell, tolerance: f64| match (a, b) {
        (Cell::Value(a), Cell::Value(b)) => a == b || (a - b).abs() <= tolerance,
        (a, b) => a == b,
    };
    let tolerances: Vec<f64> = expected
        .iter()
        .map(|cell| tolerance(engines, query, &cell.rows))
        .collect();
    let most = tolerances.iter().copied().fold(0.0, f64::max);
    match rows {
        // Only rollups know the latest readings.
        Err(_) if query.span == Span::Latest => {}
        Err(error) => return Some(format!("rows: {error:?}")),
        Ok(rows) => {
            if rows.rows.len() != rollups.rows.len() {
                return Some(format!(
                    "rollups: {:?}\nrows: {:?}",
                    rollups.rows, rows.rows
                ));
            }
            for (a, b) in rollups.rows.iter().zip(&rows.rows) {
                let same = (&a.keys, a.period, a.coverage) == (&b.keys, b.period, b.coverage);
                if !same || !near(a.cell, b.cell, most) {
                    return Some(format!("rollups: {a:?}\nrows: {b:?}"));
                }
            }
        }
    }
    let measure = engines.indicator(query).measure.expr();
    for row in &rollups.rows {
        let place = expected
            .iter()
            .position(|cell| cell.keys == row.keys && cell.period == row.period);
        let Some(place) = place else {
            return Some(format!("not expected: {row:?}"));
        };
        let cell = expected.remove(place);
        // What has no row depends on whether the source covers the period.
        if cell.rows.is_empty() && row.coverage.periods == 0 {
            continue;
        }
        let told = engines.worked(query, measure, &cell.rows);
        if !near(row.cell, told, tolerance(engines, query, &cell.rows)) {
            return Some(format!("engines: {row:?}\nreference: {told:?}"));
        }
    }
    let cell = expected.first()?;
    Some(format!("not answered: {:?} {}", cell.keys, cell.period))
}

/// A case as fixtures write it.
fn told(table: &Table, asked: &Asked, query: &Query, wrong: &str) -> String {
    format!(
        "{table}{} @ {:?}\nby {:?} where {:?} within {:?}\n{}{wrong}",
        asked.measure, query.span, query.by, query.filters, query.scope, asked.declared
    )
}

fn agree(table: &Table, time: &str, measures: &[Vec<u16>]) -> Result<(), TestCaseError> {
    let mut asked = Vec::new();
    let mut queries = Vec::new();
    for (number, measure) in measures.iter().enumerate() {
        let mut choices = Choices(measure.iter());
        let id = format!("c{number}");
        queries.extend((0..3).map(|_| (number, choices.query(&id, time))));
        asked.push(choices.asked(id));
    }
    let engines = table.engines(&asked);
    engines.prepared.prepare();
    for (number, query) in queries {
        if let Some(wrong) = disagreement(&engines, &query) {
            return Err(TestCaseError::fail(told(
                table,
                &asked[number],
                &query,
                &wrong,
            )));
        }
    }
    Ok(())
}

fn lists(
    length: std::ops::Range<usize>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Drawn<Vec<Vec<u16>>>> {
    prop::collection::vec(prop::collection::vec(any::<u16>(), length), count).prop_map(Drawn)
}

/// What is drawn; where it fails, [`told`] says what it stands for.
#[derive(Clone)]
struct Drawn<T>(T);

impl<T> fmt::Debug for Drawn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        max_shrink_iters: 400,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_measures_agree(
        time in 0..TIMES.len(),
        rows in lists(20..40, 0..40),
        files in prop::collection::vec(any::<usize>(), 0..3),
        measures in lists(0..80, 1..10),
    ) {
        let time = TIMES[time];
        agree(&table(time, &rows.0, &files), time, &measures.0)?;
    }
}

/// More rows than are prepared whole: narrow rollups, over several parts.
#[test]
fn measures_of_many_rows_agree() {
    // Numbers that look drawn, the same every time.
    let mut state = 1_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 48) as u16
    };
    let mut list = |length: usize| -> Vec<u16> { (0..length).map(|_| next()).collect() };
    let rows: Vec<Vec<u16>> = (0..66_000).map(|_| list(40)).collect();
    let table = table("day", &rows, &[20_000, 45_000]);
    let asked = [
        "sum(m)",
        "count(distinct n)",
        "sum(n) / count(*) filter (where clos)",
        "last(q)",
    ];
    let asked = asked.iter().enumerate().map(|(number, measure)| Asked {
        id: format!("c{number}"),
        measure: (*measure).to_owned(),
        ..Asked::default()
    });
    let asked: Vec<Asked> = asked.collect();
    let engines = table.engines(&asked);
    engines.prepared.prepare();
    for asked in &asked {
        let id = IndicatorId::new(&asked.id).unwrap();
        let years = PeriodRange::new(Period::year(2023), Period::year(2025));
        let by_genre =
            Query::new(id.clone(), Span::Periods(years)).by(DimensionId::new("genre").unwrap());
        let ready = engines.prepared.ready(std::slice::from_ref(&by_genre));
        assert!(ready[0].is_some(), "{} is prepared", asked.measure);
        let mut filtered = by_genre.clone();
        filtered.filters.push(Filter {
            dimension: DimensionId::new("lieu").unwrap(),
            values: vec!["été".to_owned()],
        });
        let ready = engines.prepared.ready(std::slice::from_ref(&filtered));
        assert!(
            ready[0].is_none(),
            "{} is not prepared so narrow",
            asked.measure
        );
        for query in [by_genre, filtered] {
            if let Some(wrong) = disagreement(&engines, &query) {
                panic!("{}\n{wrong}", asked.measure);
            }
        }
    }
}
