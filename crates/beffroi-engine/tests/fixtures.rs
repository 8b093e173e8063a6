//! The cases of `tests/fixtures`, on every engine.
//!
//! A file holds tables, each followed by cases. A table starts with `columns` (`name:type`, the
//! first being the time); then `row` lines, cells in the order of the columns: `-` is missing, `s`
//! secret, `/` not applicable, and what stands in quotes is any text. `rows 70000 a%7 | …` adds many
//! rows, the one of number k having `a` followed by the rest of k ÷ 7 (a number, or a day, plus
//! it). `file` begins another file, and `extracted day` says when the last one was made. `computed
//! name = value` adds a computed column, a dimension where its name begins with `par_`; `members
//! dimension = a | b` an order, `change dimension day a b` what became of a code, `indicator id = measure` one to derive others from.
//!
//! A case is `measure @ period options => cells`, the cells one for each period; the period
//! `latest` is the last readings of a live source. `by d` asks for the members of a dimension and
//! expects `member = cells ; member = cells`, in their order; `by d by e` for those of two, named
//! `member / member`; `where d = a, b and e = c` filters; `over_time=` and `missing=` are declared.
//! `~` stands before a number known to 1e-9, `[2/12]` after a cell for the periods of periods
//! expected, `[2/12;3/4]` for the input cells of those expected too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod table;

use beffroi_catalog::{Aggregate, Function, Measure};
use beffroi_model::{
    Cell, Coverage, DimensionId, Filter, IndicatorId, PeriodRange, Query, Row, Span,
};
use std::{fs, path::Path};
use table::{Asked, Engines, Table, unquoted};

struct Case {
    line: String,
    query: Query,
    expected: Vec<(Vec<String>, Vec<String>)>,
}

#[derive(Default)]
struct Section {
    table: Table,
    asked: Vec<Asked>,
    cases: Vec<Case>,
}

fn case(line: &str, section: &mut Section) {
    let (question, expected) = line.rsplit_once(" => ").expect(line);
    let (measure, options) = question.rsplit_once(" @ ").expect(line);
    let (options, filters) = match options.split_once(" where ") {
        Some((options, filters)) => (options, Some(filters)),
        None => (options, None),
    };
    let mut words = options.split_whitespace();
    let span = match words.next().unwrap() {
        "latest" => Span::Latest,
        period => {
            let (first, last) = period.split_once("..").unwrap_or((period, period));
            let first = first.parse().unwrap();
            Span::Periods(PeriodRange::new(first, last.parse().unwrap()))
        }
    };
    let id = format!("c{}", section.cases.len());
    let mut query = Query::new(IndicatorId::new(&id).unwrap(), span);
    let mut declared = String::new();
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((key, value)) => declared.push_str(&format!("{key} = \"{value}\"\n")),
            None => query
                .by
                .push(DimensionId::new(words.next().expect(word)).unwrap()),
        }
    }
    for filter in filters.into_iter().flat_map(|all| all.split(" and ")) {
        let (dimension, values) = filter.split_once(" = ").expect(line);
        query.filters.push(Filter {
            dimension: DimensionId::new(dimension).unwrap(),
            values: values
                .split(", ")
                .map(|value| unquoted(value).to_owned())
                .collect(),
        });
    }
    let cells = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let expected = match (query.by.is_empty(), expected) {
        (true, _) => vec![(Vec::new(), cells(expected))],
        (false, "nothing") => Vec::new(),
        (false, _) => expected
            .split(" ; ")
            .map(|row| {
                let (keys, values) = row.rsplit_once(" = ").expect(line);
                let keys = keys.split(" / ").map(|key| unquoted(key).to_owned());
                (keys.collect(), cells(values))
            })
            .collect(),
    };
    section.asked.push(Asked {
        id,
        measure: measure.to_owned(),
        declared,
    });
    section.cases.push(Case {
        line: line.to_owned(),
        query,
        expected,
    });
}

/// Row number `k` of many: each cell what stands before `%`, and the rest of `k` by what stands
/// after.
fn numbered(pattern: &str, k: usize) -> String {
    let Some((base, modulus)) = pattern.split_once('%') else {
        return pattern.to_owned();
    };
    let rest = k % modulus.parse::<usize>().expect(pattern);
    if let Ok(day) = base.parse::<chrono::NaiveDate>() {
        return (day + chrono::Days::new(rest as u64)).to_string();
    }
    match base.parse::<usize>() {
        Ok(number) => (number + rest).to_string(),
        Err(_) => format!("{base}{rest}"),
    }
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let listed = || rest.split(" | ").map(|cell| cell.trim().to_owned());
        if word == "columns" {
            let column = |column: String| {
                let (name, kind) = column.split_once(':').unwrap();
                (name.to_owned(), kind.to_owned())
            };
            let mut section = Section::default();
            section.table.columns = listed().map(column).collect();
            sections.push(section);
            continue;
        }
        let section = sections.last_mut().expect("columns first");
        let table = &mut section.table;
        let named = || rest.split_once(" = ").unwrap();
        match word {
            "row" => table.rows.push(listed().collect()),
            "rows" => {
                let (count, patterns) = rest.split_once(' ').unwrap();
                let row = |k| patterns.split(" | ").map(|it| numbered(it, k)).collect();
                table.rows.extend((0..count.parse().unwrap()).map(row));
            }
            "file" => table.files.push(table.rows.len()),
            "extracted" => table.extracted = Some(rest.parse().unwrap()),
            "computed" => table
                .computed
                .push((named().0.to_owned(), named().1.to_owned())),
            "members" => {
                let members = named().1.split(" | ").map(str::to_owned).collect();
                table.members.push((named().0.to_owned(), members));
            }
            "change" => {
                let words: Vec<String> = rest.split(' ').map(str::to_owned).collect();
                table.changes.push(words.try_into().unwrap());
            }
            "indicator" => section.asked.push(Asked {
                id: named().0.to_owned(),
                measure: named().1.to_owned(),
                ..Asked::default()
            }),
            _ => case(line, section),
        }
    }
    sections
}

fn is(cell: Cell, expected: &str) -> bool {
    match (cell, expected) {
        (Cell::Missing, "missing") | (Cell::Secret, "secret") | (Cell::NotApplicable, "na") => true,
        (Cell::Value(value), _) => match expected.strip_prefix('~') {
            Some(near) => near
                .parse::<f64>()
                .is_ok_and(|near| (value - near).abs() <= 1e-9 * near.abs()),
            None => expected.parse() == Ok(value),
        },
        _ => false,
    }
}

/// A cell as it is written, without what it rests on; and that.
fn parts(expected: &str) -> (&str, Option<&str>) {
    match expected.split_once('[') {
        Some((cell, rests)) => (cell, rests.strip_suffix(']')),
        None => (expected, None),
    }
}

fn rests_on(coverage: Coverage, expected: &str) -> bool {
    let Coverage {
        periods,
        periods_expected,
        cells,
        cells_expected,
    } = coverage;
    let told = format!("{periods}/{periods_expected}");
    match expected.contains(';') {
        true => expected == format!("{told};{cells}/{cells_expected}"),
        false => expected == told,
    }
}

fn fits(row: &Row, keys: &[String], expected: &str) -> bool {
    let (cell, rests) = parts(expected);
    let covered = rests.is_none_or(|rests| rests_on(row.coverage, rests));
    row.keys == keys && is(row.cell, cell) && covered
}

/// Rows beyond which the plain walk takes too long.
const MANY: usize = 10_000;

/// What is wrong with a case.
fn failures(case: &Case, engines: &Engines) -> Vec<String> {
    let mut wrong = Vec::new();
    let wanted = case.expected.iter();
    let wanted: Vec<_> = wanted
        .flat_map(|(keys, cells)| cells.iter().map(move |cell| (keys, cell)))
        .collect();
    for (engine, answer) in ["rollups", "rows"].iter().zip(engines.ask(&case.query)) {
        // Only rollups know the latest readings.
        if *engine == "rows" && case.query.span == Span::Latest {
            continue;
        }
        let told = match answer {
            Err(error) => format!("{error:?}"),
            Ok(answer) => {
                let rows = answer.rows.iter();
                let mut pairs = rows.clone().zip(&wanted);
                if answer.rows.len() == wanted.len()
                    && pairs.all(|(row, (keys, cell))| fits(row, keys, cell))
                {
                    continue;
                }
                let got =
                    rows.map(|row| format!("{:?} {:?} {:?}", row.keys, row.cell, row.coverage));
                got.collect::<Vec<_>>().join("\n        ")
            }
        };
        wrong.push(format!("{engine}: {}\n    got {told}", case.line));
    }
    let measure = &engines.indicator(&case.query).measure;
    if !matches!(measure, Measure::Direct { .. }) || engines.rows.len() > MANY {
        return wrong;
    }
    for cell in engines.reference(&case.query) {
        let place = match case.query.span {
            Span::Periods(range) => range.iter().position(|period| period == cell.period),
            Span::Latest => Some(0),
        };
        let line = case.expected.iter().find(|(keys, _)| *keys == cell.keys);
        let expected = line.and_then(|(_, cells)| cells.get(place?));
        // What has no row depends on whether the source covers the period.
        if cell.rows.is_empty() && expected.is_some() {
            continue;
        }
        let told = engines.worked(&case.query, measure.expr(), &cell.rows);
        if !expected.is_some_and(|expected| is(told, parts(expected).0)) {
            wrong.push(format!(
                "reference: {}\n    got {:?} {told:?}",
                case.line, cell.keys
            ));
        }
    }
    wrong
}

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = fs::read_dir(folder).unwrap().map(|file| {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).unwrap())
    });
    files.collect()
}

#[test]
fn every_case_holds_on_every_engine() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, text) in files() {
        for section in sections(&text) {
            let engines = section.table.engines(&section.asked);
            engines.prepared.prepare();
            for case in &section.cases {
                count += 1;
                let told = failures(case, &engines).into_iter();
                wrong.extend(told.map(|told| format!("{name}: {told}")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_function_of_the_language_is_in_a_case() {
    let files = files();
    let lines = files.iter().flat_map(|(_, text)| text.lines());
    let cases: Vec<&str> = lines.filter(|line| line.contains(" => ")).collect();
    let cases = cases.join("\n");
    let names = Aggregate::NAMES.into_iter().chain(Function::NAMES);
    let part_of_another =
        |before: &str| before.ends_with(|it: char| it.is_alphanumeric() || it == '_');
    let is_there = |name: &&str| {
        let call = format!("{name}(");
        let mut places = cases.match_indices(&call);
        places.any(|(at, _)| !part_of_another(&cases[..at]))
    };
    let absent: Vec<&str> = names.filter(|name| !is_there(name)).collect();
    assert!(absent.is_empty(), "no fixture has {absent:?}");
}
