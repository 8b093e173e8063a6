//! An attacker who sees every answer of the engine, whatever is asked of it, and knows the shape of
//! the data, cannot tell a hidden figure more closely than the rule allows.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_precision_loss)]

mod table;

use beffroi_model::{
    Cell, DimensionId, Filter, Grain, IndicatorId, Period, PeriodRange, Query, Row, Span,
};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use table::{Asked, Engines, Table};

const LEAST: u64 = 4;
const SECTORS: [&str; 2] = ["nord", "sud"];
const KINDS: [&str; 3] = ["x", "y", "z"];

/// One row: its month, its district (which belongs to a sector), its type, its kind, its amount.
type Line = (u32, usize, usize, usize, u32);

fn district(place: usize) -> String {
    format!("q{place}")
}

/// Four districts: the first three are the north. In the second month, the third went astray.
fn sector(district: usize, month: u32) -> &'static str {
    SECTORS[usize::from(district == 3 || (district, month) == (2, 1))]
}

fn month(place: u32) -> Period {
    Period::containing(Grain::Month, Period::year(2025).start()).step(i32::try_from(place).unwrap())
}

fn data(lines: &[Line], declared: &str) -> Table {
    let column = |name: &str, kind: &str| (name.to_owned(), kind.to_owned());
    let row = |line: &Line| {
        vec![
            month(line.0).start().to_string(),
            district(line.1),
            sector(line.1, line.0).to_owned(),
            format!("t{}", line.2),
            KINDS[line.3].to_owned(),
            line.4.to_string(),
        ]
    };
    Table {
        columns: vec![
            column("mois", "month"),
            column("quartier", "text"),
            column("secteur", "text"),
            column("type", "text"),
            column("genre", "text"),
            column("montant", "integer"),
        ],
        rows: lines.iter().map(row).collect(),
        declared: format!(
            "[secrecy]\nmin_units = {LEAST}\ngrains = [\"month\", \"quarter\"]\n{declared}"
        ),
        ..Table::default()
    }
}

/// What is asked, with what each figure says of counts and amounts: Σ (a × count + b × amount) over
/// the kinds named, being `figure × Σ (…)` of the divisor, or the figure itself.
struct Measure {
    id: &'static str,
    text: &'static str,
    over: &'static [usize],
    amounts: bool,
    by: Option<(&'static [usize], bool)>,
}

const ALL: &[usize] = &[0, 1, 2];

const MEASURES: [Measure; 8] = [
    measure("nombre", "count(*)", ALL, false, None),
    measure("total", "sum(montant)", ALL, true, None),
    measure(
        "x",
        "count(*) filter (where genre = 'x')",
        &[0],
        false,
        None,
    ),
    measure(
        "xy",
        "count(*) filter (where genre in ('x', 'y'))",
        &[0, 1],
        false,
        None,
    ),
    measure(
        "montant_x",
        "sum(montant) filter (where genre = 'x')",
        &[0],
        true,
        None,
    ),
    measure(
        "part_x",
        "count(*) filter (where genre = 'x') / count(*)",
        &[0],
        false,
        Some((ALL, false)),
    ),
    measure("moyenne", "avg(montant)", ALL, true, Some((ALL, false))),
    measure(
        "par_tete",
        "indicator('total') / indicator('x')",
        ALL,
        true,
        Some((&[0], false)),
    ),
];

const fn measure(
    id: &'static str,
    text: &'static str,
    over: &'static [usize],
    amounts: bool,
    by: Option<(&'static [usize], bool)>,
) -> Measure {
    Measure {
        id,
        text,
        over,
        amounts,
        by,
    }
}

fn asked() -> Vec<Asked> {
    let of = |it: &Measure| Asked {
        id: it.id.to_owned(),
        measure: it.text.to_owned(),
        // Beside what a board shows.
        declared: "main_grain = \"month\"".to_owned(),
    };
    MEASURES.iter().map(of).collect()
}

/// The smallest pieces: month, district, type, kind.
type Piece = (u32, usize, usize, usize);

/// Of pieces, by their places.
type Coefficients = BTreeMap<usize, f64>;

/// Members by dimension.
type Members = BTreeMap<&'static str, BTreeSet<String>>;

/// Rows by the version that they are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    First,
    Second,
    Change,
}

/// Everything that an attacker knows: linear equations over counts and amounts of pieces.
struct Attacker {
    pieces: Vec<Piece>,
    /// Coefficients of counts, of amounts, and what they add up to.
    equations: Vec<(Coefficients, Coefficients, f64)>,
    /// Which rows figures are about: those of the first version or of the second, which are told
    /// apart by their places, beyond those of all pieces; or what lies between.
    about: About,
    secret: usize,
    told: usize,
}

impl Attacker {
    fn new(months: u32) -> Self {
        let mut pieces = Vec::new();
        for month in 0..months {
            for district in 0..4 {
                for kind in 0..2 {
                    pieces.extend((0..3).map(|genre| (month, district, kind, genre)));
                }
            }
        }
        Self {
            pieces,
            equations: Vec::new(),
            about: About::First,
            secret: 0,
            told: 0,
        }
    }

    /// The pieces of a cell: within a period, of these members.
    fn within(&self, period: Period, members: &Members) -> Vec<usize> {
        let inside = |piece: &Piece| {
            let own = |dimension: &str| match dimension {
                "quartier" => district(piece.1),
                "secteur" => sector(piece.1, piece.0).to_owned(),
                _ => format!("t{}", piece.2),
            };
            let day = month(piece.0).start();
            Period::containing(period.grain(), day) == period
                && members.iter().all(|(id, any)| any.contains(&own(id)))
        };
        let places = self.pieces.iter().enumerate();
        let first = places
            .filter(|(_, piece)| inside(piece))
            .map(|(place, _)| place);
        let second = first.clone().map(|place| place + self.pieces.len());
        match self.about {
            About::First => first.collect(),
            About::Second => second.collect(),
            About::Change => first.chain(second).collect(),
        }
    }

    /// The kind of a piece, in any version.
    fn kind(&self, place: usize) -> usize {
        self.pieces[place % self.pieces.len()].3
    }

    /// Learns from one row of an answer.
    fn learn(&mut self, it: &Measure, row: &Row, members: &Members) {
        let within = self.within(row.period, members);
        let kinds_of: BTreeMap<usize, usize> = within
            .iter()
            .map(|place| (*place, self.kind(*place)))
            .collect();
        let of_kinds = |kinds: &[usize]| -> Vec<usize> {
            let mut places = within.clone();
            places.retain(|place| kinds.contains(&kinds_of[place]));
            places
        };
        match row.cell {
            Cell::Value(value) => {
                self.told += 1;
                let mut sides = [BTreeMap::new(), BTreeMap::new()];
                let mut add = |places: Vec<usize>, amounts: bool, by: f64| {
                    for place in places {
                        *sides[usize::from(amounts)].entry(place).or_default() += by;
                    }
                };
                add(of_kinds(it.over), it.amounts, 1.0);
                let mut sum = value;
                if let Some((kinds, amounts)) = it.by {
                    add(of_kinds(kinds), amounts, -value);
                    sum = 0.0;
                }
                let [counts, amounts] = sides;
                self.equations.push((counts, amounts, sum));
                // How many cells it rests on, and how many it should, are shown beside: here, a
                // row each; only of what has one leaf is it told which.
                if it.by.is_none() && row.coverage.cells_expected > 0 {
                    let counts = of_kinds(it.over).into_iter();
                    let counts = counts.map(|place| (place, 1.0)).collect();
                    let sum = row.coverage.cells as f64;
                    self.equations.push((counts, BTreeMap::new(), sum));
                }
            }
            Cell::Secret => {
                self.secret += 1;
                // Of a derived figure, what its other parts rest on may be told: they are shown.
                let told = (row.coverage.cells, row.coverage.cells_expected);
                assert!(
                    told == (0, 0) || it.text.contains("indicator"),
                    "what a hidden figure rests on is hidden too: {told:?}"
                );
            }
            Cell::Missing | Cell::NotApplicable => {}
        }
    }

    /// Each equation once.
    fn sort_out(&mut self) {
        let mut known = BTreeSet::new();
        self.equations
            .retain(|equation| known.insert(format!("{equation:.9?}")));
    }

    /// Asks everything.
    fn ask(&mut self, engines: &Engines, months: u32) {
        let grains = [
            (Grain::Month, month(0), month(months - 1)),
            (
                Grain::Quarter,
                Period::containing(Grain::Quarter, month(0).start()),
                Period::containing(Grain::Quarter, month(months - 1).start()),
            ),
        ];
        let none: Vec<Vec<(&'static str, Vec<String>)>> = vec![Vec::new()];
        let districts: Vec<String> = (0..4).map(district).collect();
        let mut filters = none.clone();
        for one in &districts {
            filters.push(vec![("quartier", vec![one.clone()])]);
        }
        filters.push(vec![("quartier", districts[..2].to_vec())]);
        filters.push(vec![("quartier", districts[1..].to_vec())]);
        for one in ["t0", "t1"] {
            filters.push(vec![("type", vec![one.to_owned()])]);
            filters.push(vec![
                ("quartier", districts[..3].to_vec()),
                ("type", vec![one.to_owned()]),
            ]);
        }
        filters.push(vec![("secteur", vec!["nord".to_owned()])]);
        let bys: [&[&'static str]; 6] = [
            &[],
            &["quartier"],
            &["secteur"],
            &["type"],
            &["quartier", "type"],
            &["secteur", "type"],
        ];
        for it in &MEASURES {
            for (_, first, last) in &grains {
                for by in bys {
                    for filter in &filters {
                        let span = Span::Periods(PeriodRange::new(*first, *last));
                        let mut query = Query::new(IndicatorId::new(it.id).unwrap(), span);
                        for id in by {
                            query = query.by(DimensionId::new(id).unwrap());
                        }
                        query.filters = filter
                            .iter()
                            .map(|(id, values)| Filter {
                                dimension: DimensionId::new(id).unwrap(),
                                values: values.clone(),
                            })
                            .collect();
                        let [prepared, rows] = engines.ask(&query);
                        let prepared = prepared.unwrap();
                        assert_eq!(prepared.rows, rows.unwrap().rows, "{query:?}");
                        for row in &prepared.rows {
                            let mut members: Members = BTreeMap::new();
                            for (id, values) in filter {
                                members.insert(id, values.iter().cloned().collect());
                            }
                            for (id, key) in by.iter().zip(&row.keys) {
                                members.insert(id, BTreeSet::from([key.clone()]));
                            }
                            self.learn(it, row, &members);
                        }
                    }
                }
            }
        }
    }

    /// The least and the most that counts or amounts of some pieces can add up to.
    fn bounds(&self, of: &[usize], amounts: bool) -> (f64, f64) {
        let bound = |direction: OptimizationDirection| {
            let mut problem = Problem::new(direction);
            let mut variables = |wanted: bool| -> Vec<Variable> {
                (0..2 * self.pieces.len())
                    .map(|place| {
                        let before = self.about == About::Change && place < self.pieces.len();
                        let sign = if before { -1.0 } else { 1.0 };
                        let cost = if wanted && of.contains(&place) {
                            sign
                        } else {
                            0.0
                        };
                        problem.add_var(cost, (0.0, 1e6))
                    })
                    .collect()
            };
            let (n, m) = (variables(!amounts), variables(amounts));
            for (counts, sums, value) in &self.equations {
                let terms: Vec<(Variable, f64)> = counts
                    .iter()
                    .map(|(place, by)| (n[*place], *by))
                    .chain(sums.iter().map(|(place, by)| (m[*place], *by)))
                    .filter(|(_, by)| *by != 0.0)
                    .collect();
                // To within what floats can tell.
                let slack = 1e-6 * (1.0 + value.abs());
                problem.add_constraint(terms.as_slice(), ComparisonOp::Le, value + slack);
                problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, value - slack);
            }
            match problem.solve() {
                Ok(outcome) => outcome.into_solution().unwrap().objective(),
                Err(error) => panic!("{error}"),
            }
        };
        (
            bound(OptimizationDirection::Minimize),
            bound(OptimizationDirection::Maximize),
        )
    }
}

fn lines(months: u32, most: usize) -> impl Strategy<Value = Vec<Line>> {
    let line = (0..months, 0..4_usize, 0..2_usize, 0..3_usize, 1..50_u32);
    proptest::collection::vec(line, 20..most)
}

/// Every cell of the declared tables that the rule calls too small stays open.
fn check(attacker: &Attacker, lines: &[Line], tables: &[&[&'static str]], months: u32) {
    type Cell = (Period, Members, Vec<usize>);
    let mut cells: BTreeMap<Cell, (u64, u64)> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.0 < months) {
        let mut margins: BTreeSet<Vec<&'static str>> = BTreeSet::from([Vec::new()]);
        for table in tables {
            for subset in 0..1_u32 << table.len() {
                let kept = table.iter().enumerate();
                let kept = kept.filter(|(place, _)| subset >> place & 1 == 1);
                margins.insert(kept.map(|(_, id)| *id).collect());
            }
        }
        for margin in margins {
            let own = |id: &str| match id {
                "quartier" => district(line.1),
                "secteur" => sector(line.1, line.0).to_owned(),
                _ => format!("t{}", line.2),
            };
            let members: Members = margin
                .iter()
                .map(|id| (*id, BTreeSet::from([own(id)])))
                .collect();
            // The whole, what each condition keeps, what it leaves, and what lies between.
            for kinds in [&[0, 1, 2][..], &[0], &[1, 2], &[0, 1], &[2], &[1]] {
                if !kinds.contains(&line.3) {
                    continue;
                }
                for grain in [Grain::Month, Grain::Quarter] {
                    let period = Period::containing(grain, month(line.0).start());
                    if period.end() > month(months - 1).end() {
                        continue;
                    }
                    let key = (period, members.clone(), kinds.to_vec());
                    let cell = cells.entry(key).or_default();
                    cell.0 += 1;
                    cell.1 += u64::from(line.4);
                }
            }
        }
    }
    for ((period, members, kinds), (count, amount)) in cells {
        if count >= LEAST {
            continue;
        }
        let mut of = attacker.within(period, &members);
        of.retain(|place| kinds.contains(&attacker.kind(*place)));
        let what = format!("{period} {members:?} {kinds:?}: {count} rows, {amount}");
        let (least, most) = attacker.bounds(&of, false);
        assert!(
            most >= LEAST as f64 - 0.01 && least <= count as f64 * 0.9 + 0.01,
            "{what}: between {least} and {most} rows"
        );
        let (least, most) = attacker.bounds(&of, true);
        let amount = amount as f64;
        assert!(
            most >= amount * 1.1 - 0.01 && least <= amount * 0.9 + 0.01,
            "{what}: between {least} and {most}"
        );
    }
}

fn attack(declared: &str, tables: &[&[&'static str]], lines: &[Line]) -> Attacker {
    let engines = data(lines, declared).engines(&asked());
    let mut attacker = Attacker::new(3);
    attacker.ask(&engines, 3);
    attacker.sort_out();
    check(&attacker, lines, tables, 3);
    attacker
}

/// Rows come late: neither are they told, nor what was hidden before.
fn attack_twice(first: &[Line], late: &[Line]) -> Attacker {
    let declared = "[[secrecy.tables]]\nby = [\"quartier\", \"type\"]\n";
    let tables: &[&[&'static str]] = &[&["quartier", "type"]];
    let engines = data(first, declared).engines(&asked());
    let mut attacker = Attacker::new(3);
    attacker.ask(&engines, 3);
    let all = [first, late].concat();
    let engines = engines.next(&data(&all, declared), &asked());
    attacker.about = About::Second;
    attacker.ask(&engines, 3);
    attacker.sort_out();
    check(&attacker, &all, tables, 3);
    attacker.about = About::First;
    check(&attacker, first, tables, 3);
    attacker.about = About::Change;
    check(&attacker, late, tables, 3);
    attacker
}

/// In January, two districts were hidden. Both have grown, and are large enough now: shown, they
/// would tell by how few rows the town has, which was shown before.
#[test]
fn what_is_shown_at_last_does_not_tell_what_its_total_changed_by() {
    let mut first: Vec<Line> = Vec::new();
    for month in 0..3 {
        let sizes = if month == 0 { [2, 5, 20, 20] } else { [20; 4] };
        for (district, size) in sizes.into_iter().enumerate() {
            first.extend((0..size).map(|row| (month, district, 0, 0, 1 + row % 7)));
        }
    }
    let late = [(0, 0, 0, 0, 3), (0, 0, 0, 0, 5), (0, 1, 0, 0, 4)];
    let attacker = attack_twice(&first, &late);
    assert!(attacker.told > 0);
}

/// The south is the fourth district: hiding that one does not hide the first.
#[test]
fn a_district_that_is_a_sector_of_its_own_protects_no_other() {
    let sizes = [2, 20, 20, 6];
    let mut lines = Vec::new();
    for month in 0..3 {
        for (district, size) in sizes.iter().enumerate() {
            lines.extend((0..*size).map(|row| (month, district, row as usize % 2, 0, 1 + row % 7)));
        }
    }
    let declared =
        "[[secrecy.tables]]\nby = [\"quartier\"]\n[[secrecy.tables]]\nby = [\"secteur\"]\n";
    let attacker = attack(declared, &[&["quartier"], &["secteur"]], &lines);
    assert!(attacker.told > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn crossed_tables_stay_closed(lines in lines(3, 160)) {
        let declared = "[[secrecy.tables]]\nby = [\"quartier\", \"type\"]\n";
        attack(declared, &[&["quartier", "type"]], &lines);
    }

    #[test]
    fn districts_and_their_sectors_stay_closed(lines in lines(3, 120)) {
        let declared = "[[secrecy.tables]]\nby = [\"quartier\"]\n[[secrecy.tables]]\nby = [\"secteur\", \"type\"]\n";
        attack(declared, &[&["quartier"], &["secteur", "type"]], &lines);
    }

    #[test]
    fn what_was_shown_before_tells_nothing_later(lines in lines(3, 160)) {
        let declared = "[[secrecy.tables]]\nby = [\"quartier\", \"type\"]\n";
        let first: Vec<Line> = lines.iter().copied().filter(|line| line.0 < 2).collect();
        prop_assume!(first.iter().any(|line| line.0 == 0) && first.iter().any(|line| line.0 == 1));
        let engines = data(&first, declared).engines(&asked());
        let mut attacker = Attacker::new(3);
        attacker.ask(&engines, 2);
        let engines = engines.next(&data(&lines, declared), &asked());
        attacker.ask(&engines, 3);
        attacker.sort_out();
        check(&attacker, &lines, &[&["quartier", "type"]], 3);
    }

    #[test]
    fn late_rows_tell_nothing(first in lines(3, 70), late in proptest::collection::vec((0..3_u32, 0..4_usize, 0..2_usize, 0..3_usize, 1..50_u32), 1..6)) {
        attack_twice(&first, &late);
    }
}

/// The figures of one period by one dimension, `None` where hidden.
fn by(
    engines: &Engines,
    indicator: &str,
    period: Period,
    dimension: &str,
) -> Vec<(String, Option<f64>)> {
    let span = Span::Periods(PeriodRange::new(period, period));
    let query = Query::new(IndicatorId::new(indicator).unwrap(), span)
        .by(DimensionId::new(dimension).unwrap());
    let [prepared, rows] = engines.ask(&query);
    let prepared = prepared.unwrap();
    assert_eq!(prepared.rows, rows.unwrap().rows);
    let figure = |row: &Row| match row.cell {
        Cell::Value(value) => Some(value),
        Cell::Secret => None,
        Cell::Missing | Cell::NotApplicable => panic!("{row:?}"),
    };
    let rows = prepared.rows.iter();
    rows.map(|row| (row.keys[0].clone(), figure(row))).collect()
}

fn hidden(figures: &[(String, Option<f64>)]) -> Vec<&str> {
    let hidden = figures.iter().filter(|(_, value)| value.is_none());
    hidden.map(|(name, _)| name.as_str()).collect()
}

/// Rows of years: lines of `year sector firm amount staff`.
fn grants(text: &str, declared: &str, asked: &[(&str, &str, &str)]) -> Engines {
    let names = [
        ("annee", "year"),
        ("secteur", "text"),
        ("siren", "text"),
        ("montant", "integer"),
        ("emplois", "integer"),
    ];
    let rows = text.lines().map(|line| {
        let mut cells: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        cells[0] = format!("{}-01-01", cells[0]);
        cells
    });
    let table = Table {
        columns: names
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .to_vec(),
        rows: rows.collect(),
        declared: format!("[secrecy]\n{declared}\n"),
        ..Table::default()
    };
    let asked: Vec<Asked> = asked
        .iter()
        .map(|(id, measure, declared)| Asked {
            id: (*id).to_owned(),
            measure: (*measure).to_owned(),
            declared: (*declared).to_owned(),
        })
        .collect();
    table.engines(&asked)
}

/// Three sectors of four firms; in `bois` one has nearly all, over two rows.
const GRANTS: &str = "\
2025 bois a 500 1
2025 bois a 500 1
2025 bois b 10 1
2025 bois c 10 1
2025 bois d 10 1
2025 eau e 100 1
2025 eau f 110 1
2025 eau g 90 1
2025 eau h 120 1
2025 fer i 300 1
2025 fer j 310 1
2025 fer k 290 1
2025 fer l 320 1
";

#[test]
fn one_firm_that_has_nearly_all_is_hidden_in_amounts_and_in_counts() {
    let engines = grants(
        GRANTS,
        "rule = \"enterprises\"\ncontributor = \"siren\"\n[[secrecy.tables]]\nby = [\"secteur\"]",
        &[
            ("total", "sum(montant)", ""),
            ("firmes", "count(distinct siren)", ""),
            ("mediane", "median(montant)", ""),
        ],
    );
    for id in ["total", "firmes", "mediane"] {
        let figures = by(&engines, id, Period::year(2025), "secteur");
        assert_eq!(hidden(&figures), ["bois", "eau"], "{id}");
    }
    let query = |id: &str, values: &[&str]| {
        let span = Span::Periods(PeriodRange::new(Period::year(2025), Period::year(2025)));
        let mut query = Query::new(IndicatorId::new(id).unwrap(), span);
        query.filters = vec![Filter {
            dimension: DimensionId::new("secteur").unwrap(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }];
        engines.ask(&query)[0].as_ref().unwrap().rows[0].cell
    };
    assert_eq!(query("firmes", &["fer"]), Cell::Value(4.0));
    assert_eq!(query("mediane", &["fer"]), Cell::Value(305.0));
    // What does not add up is shown at declared cells only.
    for id in ["firmes", "mediane"] {
        assert_eq!(query(id, &["eau", "fer"]), Cell::Secret, "{id}");
    }
    assert_eq!(query("total", &["fer", "nulle part"]), Cell::Value(1220.0));
    assert_eq!(query("total", &["bois", "fer"]), Cell::Secret);
}

#[test]
fn one_firm_on_many_rows_is_one_unit() {
    let rows: String = (0..9)
        .map(|place| format!("2025 bois a {} 1\n", place + 1))
        .collect();
    let others = "2025 eau e 100 1\n2025 eau f 110 1\n2025 eau g 90 1\n2025 fer i 1 1\n2025 fer j 1 1\n2025 fer k 1 1\n";
    let engines = grants(
        &(rows + others),
        "min_units = 3\ncontributor = \"siren\"\n[[secrecy.tables]]\nby = [\"secteur\"]",
        &[("total", "sum(montant)", "")],
    );
    let figures = by(&engines, "total", Period::year(2025), "secteur");
    assert!(hidden(&figures).contains(&"bois"), "{figures:?}");
    assert_eq!(hidden(&figures).len(), 2, "{figures:?}");
}

#[test]
fn a_rate_over_too_small_a_number_is_hidden() {
    let engines = grants(
        "2025 bois a 5 30\n2025 eau e 5 400\n2025 fer i 5 500\n2025 lin m 5 90\n",
        "min_denominator = 50\n[[secrecy.tables]]\nby = [\"secteur\"]",
        &[("par_emploi", "sum(montant) / sum(emplois)", "")],
    );
    let figures = by(&engines, "par_emploi", Period::year(2025), "secteur");
    // Who is alone in a sector knows its figure: one beside the small one is not enough.
    assert_eq!(hidden(&figures), ["bois", "eau", "lin"]);
}

#[test]
fn where_zeros_are_hidden_nobody_is_hidden_like_few() {
    let text = "2024 bois a 5 1\n2024 bois b 5 1\n2024 bois c 5 1\n2024 eau e 5 1\n2024 eau f 5 1\n2024 eau g 5 1\n2024 fer e 5 1\n2024 fer f 5 1\n2024 fer g 5 1\n2025 eau e 5 1\n2025 eau f 5 1\n2025 eau g 5 1\n2025 fer e 5 1\n2025 fer f 5 1\n2025 fer g 5 1\n";
    for (empty, expected) in [("shown", 0), ("hidden", 2)] {
        let engines = grants(
            text,
            &format!("min_units = 3\nempty = \"{empty}\"\n[[secrecy.tables]]\nby = [\"secteur\"]"),
            &[("nombre", "count(*)", "")],
        );
        let figures = by(&engines, "nombre", Period::year(2025), "secteur");
        assert_eq!(hidden(&figures).len(), expected, "{empty}: {figures:?}");
    }
}

#[test]
fn stocks_and_levels_of_the_same_people_each_month_are_counted_once() {
    let rows = (0..24).flat_map(|place| {
        ["petit 3", "moyen 20", "grand 90"].map(|service| {
            let service: Vec<&str> = service.split(' ').collect();
            vec![
                month(place).start().to_string(),
                service[0].to_owned(),
                service[1].to_owned(),
            ]
        })
    });
    let table = Table {
        columns: [("mois", "month"), ("service", "text"), ("agents", "integer")]
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .to_vec(),
        rows: rows.collect(),
        declared: "[secrecy]\nmin_units = 5\nunits = \"agents\"\ngrains = [\"year\", \"school_year\", \"month\"]\n".to_owned(),
        ..Table::default()
    };
    for over_time in ["last", "mean"] {
        let asked = [Asked {
            id: "agents".to_owned(),
            measure: "sum(agents)".to_owned(),
            declared: format!("over_time = \"{over_time}\""),
        }];
        let engines = table.engines(&asked);
        let school_year = Period::containing(Grain::SchoolYear, month(10).start());
        for period in [Period::year(2025), month(3), school_year] {
            let figures = by(&engines, "agents", period, "service");
            assert_eq!(hidden(&figures), ["moyen", "petit"], "{over_time} {period}");
        }
        // A period that is not over would tell its last month once it is: only that is told.
        let begun = Period::containing(Grain::SchoolYear, month(23).start());
        let span = Span::Periods(PeriodRange::new(begun, begun));
        let query = Query::new(IndicatorId::new("agents").unwrap(), span)
            .by(DimensionId::new("service").unwrap());
        for answer in engines.ask(&query) {
            let rows = answer.unwrap().rows;
            assert_eq!(rows.len(), 3, "{over_time}");
            let told = |row: &Row| (row.cell, row.coverage.periods, row.coverage.cells);
            assert!(rows.iter().all(|row| told(row) == (Cell::Missing, 4, 0)));
        }
        let protection = beffroi_model::Engine::protection(
            &engines.prepared,
            &beffroi_model::DatasetId::new("t").unwrap(),
        );
        let protection = protection.unwrap();
        assert_eq!((protection.exposed, protection.closed), (0, false));
    }
}

#[test]
fn a_ledger_that_cannot_be_read_hides_everything() {
    let declared = "min_units = 3\n[[secrecy.tables]]\nby = [\"secteur\"]";
    let asked = [("total", "sum(montant)", "")];
    let engines = grants(GRANTS, declared, &asked);
    let shown = engines.state().join("shown/t.json");
    let first = by(&engines, "total", Period::year(2025), "secteur");
    assert_eq!(hidden(&first).len(), 0);
    assert!(shown.exists());
    std::fs::write(&shown, "[").unwrap();
    let engines = engines.again();
    let span = Span::Periods(PeriodRange::new(Period::year(2025), Period::year(2025)));
    let query = Query::new(IndicatorId::new("total").unwrap(), span);
    let [later, _] = engines.ask(&query);
    assert_eq!(later.unwrap().rows[0].cell, Cell::Secret);
}

/// Each firm comes once: what a quarter counts is the sum of its months, and would tell the one of
/// two firms.
#[test]
fn firms_that_come_once_are_counted_month_by_month() {
    let rows = [(0, 8), (1, 2), (2, 9)]
        .into_iter()
        .flat_map(|(place, firms)| {
            (0..firms).map(move |firm| {
                vec![
                    month(place).start().to_string(),
                    format!("f{place}-{firm}"),
                    "100".to_owned(),
                ]
            })
        });
    let table = Table {
        columns: [("mois", "month"), ("siren", "text"), ("montant", "integer")]
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .to_vec(),
        rows: rows.collect(),
        declared: "[secrecy]\nmin_units = 3\ncontributor = \"siren\"\ngrains = [\"quarter\", \"month\"]\n[[secrecy.tables]]\nby = [\"siren\"]\n".to_owned(),
        ..Table::default()
    };
    let asked = [Asked {
        id: "nombre".to_owned(),
        measure: "count(*)".to_owned(),
        declared: "main_grain = \"month\"".to_owned(),
    }];
    let engines = table.engines(&asked);
    let cells = |first: Period, last: Period| {
        let span = Span::Periods(PeriodRange::new(first, last));
        let query = Query::new(IndicatorId::new("nombre").unwrap(), span);
        let [answer, _] = engines.ask(&query);
        let cells = answer.unwrap().rows.into_iter().map(|row| row.cell);
        cells.collect::<Vec<Cell>>()
    };
    let quarter = Period::containing(Grain::Quarter, month(0).start());
    let hidden = |cells: Vec<Cell>| cells.iter().filter(|cell| **cell == Cell::Secret).count();
    let months = cells(month(0), month(2));
    assert_eq!(months[1], Cell::Secret);
    assert!(hidden(months) + hidden(cells(quarter, quarter)) >= 2);
}

/// People of services in 2024, one on each row, with their days.
fn staff(services: &[(&str, u32, u32)], spelled: &str) -> Table {
    let columns = [
        ("annee", "year"),
        ("service", "text"),
        ("categorie", "text"),
        ("jours", "integer"),
    ];
    let rows = services.iter().flat_map(|(service, people, days)| {
        (0..*people).map(move |person| {
            let name = if *service == "autre" {
                spelled
            } else {
                service
            };
            let category = ["x", "y"][person as usize % 2];
            // The first has what is left.
            let own = days / people + if person == 0 { days % people } else { 0 };
            let cells = ["2024-01-01", name, category].map(str::to_owned);
            [cells.as_slice(), &[own.to_string()]].concat()
        })
    });
    Table {
        columns: columns
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .to_vec(),
        rows: rows.collect(),
        declared: "[secrecy]\nrule = \"persons_5\"\n[[secrecy.tables]]\nby = [\"service\"]\n"
            .to_owned(),
        ..Table::default()
    }
}

fn measured(id: &str, measure: &str) -> Asked {
    Asked {
        id: id.to_owned(),
        measure: measure.to_owned(),
        declared: String::new(),
    }
}

fn total(engines: &Engines, indicator: &str) -> Cell {
    let span = Span::Periods(PeriodRange::new(Period::year(2024), Period::year(2024)));
    let query = Query::new(IndicatorId::new(indicator).unwrap(), span);
    engines.ask(&query)[0].as_ref().unwrap().rows[0].cell
}

const FIRST: [(&str, u32, u32); 4] = [
    ("petit", 3, 21),
    ("moyen", 20, 140),
    ("grand", 90, 630),
    ("autre", 60, 420),
];

/// Whether the small service follows from what is shown now and what was shown at first: the town
/// less three others that are known, now or from before when they are the same.
fn told(engines: &Engines, indicator: &str) -> bool {
    let now = by(engines, indicator, Period::year(2024), "service");
    let shown = |name: &str| now.iter().any(|(it, value)| it == name && value.is_some());
    matches!(total(engines, indicator), Cell::Value(_)) && shown("moyen")
}

#[test]
fn a_corrected_service_does_not_tell_the_small_one() {
    let second = [FIRST[0], ("moyen", 70, 490), FIRST[2], FIRST[3]];
    type Edit = fn(&mut Table, &mut Vec<Asked>);
    let edits: [(&str, Edit); 4] = [
        ("nothing", |_, _| {}),
        ("another table", |data, _| {
            data.declared
                .push_str("[[secrecy.tables]]\nby = [\"categorie\"]\n");
        }),
        ("another way to write it", |_, asked| {
            for it in asked.iter_mut().filter(|it| it.id == "jours") {
                it.measure = "sum(jours + 0)".to_owned();
            }
        }),
        ("another spelling", |data, _| {
            for row in &mut data.rows {
                if row[1] == "autre" {
                    row[1] = "Autre".to_owned();
                }
            }
        }),
    ];
    for measures in [
        vec![measured("nombre", "count(*)")],
        vec![
            measured("nombre", "count(*)"),
            measured("jours", "sum(jours)"),
        ],
    ] {
        for (what, edit) in &edits {
            let engines = staff(&FIRST, "autre").engines(&measures);
            for it in &measures {
                let first = by(&engines, &it.id, Period::year(2024), "service");
                assert_eq!(hidden(&first), ["moyen", "petit"], "{what} {}", it.id);
            }
            let (mut data, mut asked) = (staff(&second, "autre"), measures.clone());
            edit(&mut data, &mut asked);
            let engines = engines.next(&data, &asked);
            for it in &asked {
                assert!(!told(&engines, &it.id), "{what} {}", it.id);
            }
        }
    }
}

#[test]
fn what_hid_a_figure_stays_hidden_when_that_one_is_large_enough() {
    let asked = [
        measured("nombre", "count(*)"),
        measured("jours", "sum(jours)"),
    ];
    let engines = staff(&FIRST, "autre").engines(&asked);
    by(&engines, "jours", Period::year(2024), "service");
    let second = [("petit", 9, 80), FIRST[1], FIRST[2], FIRST[3]];
    let engines = engines.next(&staff(&second, "autre"), &asked);
    for it in &asked {
        assert!(!told(&engines, &it.id), "{}", it.id);
        let now = by(&engines, &it.id, Period::year(2024), "service");
        assert!(hidden(&now).contains(&"moyen"), "{now:?}");
    }
}

#[test]
fn one_more_person_is_not_told_by_what_changed() {
    let asked = [
        measured("nombre", "count(*)"),
        measured("jours", "sum(jours)"),
    ];
    let first = [("moyen", 20, 140), ("grand", 90, 630), ("autre", 60, 420)];
    let engines = staff(&first, "autre").engines(&asked);
    let shown = by(&engines, "jours", Period::year(2024), "service");
    assert_eq!(hidden(&shown).len(), 0);
    let second = [("moyen", 20, 140), ("grand", 91, 777), ("autre", 60, 420)];
    let engines = engines.next(&staff(&second, "autre"), &asked);
    for it in &asked {
        let now = by(&engines, &it.id, Period::year(2024), "service");
        assert!(hidden(&now).contains(&"grand"), "{now:?}");
        assert_eq!(total(&engines, &it.id), Cell::Secret, "{}", it.id);
    }
    // Ten more are as many as the rule asks.
    let third = [("moyen", 20, 140), ("grand", 101, 800), ("autre", 60, 420)];
    let engines = engines.next(&staff(&third, "autre"), &asked);
    let now = by(&engines, "nombre", Period::year(2024), "service");
    assert_eq!(hidden(&now).len(), 0, "{now:?}");
}

#[test]
fn the_same_version_is_hidden_in_the_same_way_at_each_start() {
    let asked = [
        measured("nombre", "count(*)"),
        measured("jours", "sum(jours)"),
    ];
    let mut engines = staff(&FIRST, "autre").engines(&asked);
    let first = by(&engines, "jours", Period::year(2024), "service");
    let kept = std::fs::read(engines.state().join("shown/t.json")).unwrap();
    for _ in 0..3 {
        engines = engines.again();
        assert_eq!(by(&engines, "jours", Period::year(2024), "service"), first);
    }
    assert_eq!(
        std::fs::read(engines.state().join("shown/t.json")).unwrap(),
        kept
    );
    // Gone, it is not forgotten that it was there.
    std::fs::remove_file(engines.state().join("shown/t.json")).unwrap();
    let engines = engines.again();
    assert_eq!(total(&engines, "jours"), Cell::Secret);
}

/// Ten people in each service; of `a`, one is a woman, who earns 7 777.
#[test]
fn a_figure_of_few_in_a_large_cell_is_hidden() {
    let mut rows = Vec::new();
    for service in ["a", "b", "c"] {
        for person in 0..10 {
            let woman = person == 0 || service != "a" && person < 6;
            let salary = if person == 0 { 7777 } else { 2000 + person };
            rows.push(format!(
                "2025 {service} {} {salary} 1",
                if woman { "F" } else { "H" }
            ));
        }
    }
    let engines = grants(
        &rows.join("\n"),
        "rule = \"persons_5\"\n[[secrecy.tables]]\nby = [\"secteur\"]",
        &[("femmes", "sum(case when siren = 'F' then 1 else 0 end)", "")],
    );
    let figures = by(&engines, "femmes", Period::year(2025), "secteur");
    assert!(
        hidden(&figures).contains(&"a") && hidden(&figures).len() == 2,
        "{figures:?}"
    );
    let measures = [
        (
            "salaires",
            "sum(case when siren = 'F' then montant else 0 end)",
            "",
        ),
        ("hauts", "sum(greatest(montant - 5000, 0))", ""),
        ("dixieme", "quantile(montant, 0.999)", ""),
    ];
    for measure in measures {
        let engines = grants(
            &rows.join("\n"),
            "rule = \"persons_5\"\n[[secrecy.tables]]\nby = [\"secteur\"]",
            &[measure],
        );
        let figures = by(&engines, measure.0, Period::year(2025), "secteur");
        assert!(hidden(&figures).contains(&"a"), "{} {figures:?}", measure.0);
    }
}

#[test]
fn few_people_counted_by_a_column_are_few() {
    let text = "2025 a x 1 12\n2025 b x 6 12\n2025 c x 7 12\n2025 d x 8 12";
    let engines = grants(
        text,
        "rule = \"persons_5\"\nunits = \"emplois\"\n[[secrecy.tables]]\nby = [\"secteur\"]",
        &[("femmes", "sum(montant)", "")],
    );
    let figures = by(&engines, "femmes", Period::year(2025), "secteur");
    assert!(
        hidden(&figures).contains(&"a") && hidden(&figures).len() >= 2,
        "{figures:?}"
    );
}

/// Of 52 rows 50 are those of one firm.
#[test]
fn one_firm_that_has_nearly_all_rows_is_hidden_in_counts_and_medians() {
    let mut rows = vec!["2025 a x 1000 1"; 50];
    rows.extend(["2025 a y 10 1", "2025 a z 10 1"]);
    for sector in ["b", "c"] {
        for firm in ["p", "q", "r", "s"] {
            rows.extend(vec![
                match (sector, firm) {
                    ("b", "p") => "2025 b p 10 1",
                    ("b", "q") => "2025 b q 20 1",
                    ("b", "r") => "2025 b r 30 1",
                    ("b", _) => "2025 b s 40 1",
                    (_, "p") => "2025 c p 10 1",
                    (_, "q") => "2025 c q 20 1",
                    (_, "r") => "2025 c r 30 1",
                    _ => "2025 c s 40 1",
                };
                20
            ]);
        }
    }
    for measure in ["count(*)", "median(montant)"] {
        let engines = grants(
            &rows.join("\n"),
            "rule = \"enterprises\"\ncontributor = \"siren\"\n[[secrecy.tables]]\nby = [\"secteur\"]",
            &[("x", measure, "")],
        );
        let figures = by(&engines, "x", Period::year(2025), "secteur");
        assert!(hidden(&figures).contains(&"a"), "{measure} {figures:?}");
    }
}

#[test]
fn hidden_zeros_and_conditions_on_an_axis_do_not_go_together() {
    for (empty, closed) in [("shown", false), ("hidden", true)] {
        let engines = grants(
            GRANTS,
            &format!("min_units = 3\nempty = \"{empty}\"\n[[secrecy.tables]]\nby = [\"secteur\"]"),
            &[("bois", "count(*) filter (where secteur = 'bois')", "")],
        );
        let span = Span::Periods(PeriodRange::new(Period::year(2025), Period::year(2025)));
        let query = Query::new(IndicatorId::new("bois").unwrap(), span);
        let cell = engines.ask(&query)[0].as_ref().unwrap().rows[0].cell;
        assert_eq!(cell == Cell::Secret, closed, "{empty}: {cell:?}");
    }
}

/// What is not worked out names the members that were asked for, and no others.
#[test]
fn a_secret_answer_has_the_lines_that_were_asked_for() {
    let asked = [measured("nombre", "count(*)")];
    let engines = staff(&FIRST, "autre").engines(&asked);
    let span = Span::Periods(PeriodRange::new(Period::year(2024), Period::year(2024)));
    let mut query = Query::new(IndicatorId::new("nombre").unwrap(), span)
        .by(DimensionId::new("service").unwrap())
        .by(DimensionId::new("categorie").unwrap());
    query.filters = vec![Filter {
        dimension: DimensionId::new("service").unwrap(),
        values: vec!["grand".to_owned(), "petit".to_owned()],
    }];
    let rows = engines.ask(&query)[0].as_ref().unwrap().rows.clone();
    assert!(rows.iter().all(|row| row.cell == Cell::Secret));
    query.by.pop();
    query.filters.push(Filter {
        dimension: DimensionId::new("categorie").unwrap(),
        values: vec!["x".to_owned()],
    });
    let rows = engines.ask(&query)[0].as_ref().unwrap().rows.clone();
    let names: Vec<&str> = rows.iter().map(|row| row.keys[0].as_str()).collect();
    assert_eq!(names, ["grand", "petit"]);
    assert!(rows.iter().all(|row| row.cell == Cell::Secret));
}

/// A service is spelled otherwise on the day on which one more person comes.
#[test]
fn one_more_person_is_not_told_beside_a_service_that_is_gone() {
    let asked = [
        measured("nombre", "count(*)"),
        measured("jours", "sum(jours)"),
    ];
    let first = [("moyen", 20, 140), ("grand", 90, 630), ("autre", 60, 420)];
    let engines = staff(&first, "autre").engines(&asked);
    by(&engines, "jours", Period::year(2024), "service");
    let second = [("moyen", 20, 140), ("grand", 91, 777), ("autre", 60, 420)];
    let engines = engines.next(&staff(&second, "Autre"), &asked);
    let now = by(&engines, "jours", Period::year(2024), "service");
    assert!(hidden(&now).contains(&"grand"), "{now:?}");
    assert_eq!(total(&engines, "jours"), Cell::Secret);
}
