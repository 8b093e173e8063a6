//! The cases of `tests/fixtures`, on every engine.
//!
//! A file holds tables, each followed by cases. A table starts with `columns` (`name:type`, the
//! first being the time); then `row` lines, cells in the order of the columns: `-` is missing, `s`
//! secret, `/` not applicable. `computed name = value` adds a computed column, `members dimension =
//! a | b` an order, `indicator id = measure` one to derive others from. A case is
//! `measure @ period options => cells`, the cells one for each period; `by d` asks for the members
//! of a dimension and expects `member = cells ; member = cells`, in their order; `where d = a, b`
//! filters; `over_time=` and `missing=` are declared. `~` stands before a number known to 1e-9.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod table;

use beffroi_catalog::{Measure, OverTime};
use beffroi_model::{Cell, DimensionId, Filter, IndicatorId, PeriodRange, Query, Span};
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
    let (options, filter) = match options.split_once(" where ") {
        Some((options, filter)) => (options, Some(filter)),
        None => (options, None),
    };
    let mut words = options.split_whitespace();
    let period = words.next().unwrap();
    let (first, last) = period.split_once("..").unwrap_or((period, period));
    let range = PeriodRange::new(first.parse().unwrap(), last.parse().unwrap());
    let id = format!("c{}", section.cases.len());
    let mut query = Query::new(IndicatorId::new(&id).unwrap(), Span::Periods(range));
    let mut declared = String::new();
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((key, value)) => declared.push_str(&format!("{key} = \"{value}\"\n")),
            None => query
                .by
                .push(DimensionId::new(words.next().expect(word)).unwrap()),
        }
    }
    if let Some((dimension, values)) = filter.and_then(|filter| filter.split_once(" = ")) {
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
                let (key, values) = row.rsplit_once(" = ").expect(line);
                (vec![unquoted(key).to_owned()], cells(values))
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

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap();
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
        let named = || rest.split_once(" = ").unwrap();
        match word {
            "row" => section.table.rows.push(listed().collect()),
            "computed" => section
                .table
                .computed
                .push((named().0.to_owned(), named().1.to_owned())),
            "members" => {
                let members = named().1.split(" | ").map(str::to_owned).collect();
                section.table.members.push((named().0.to_owned(), members));
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

/// What is wrong with a case.
fn failures(case: &Case, engines: &Engines) -> Vec<String> {
    let mut wrong = Vec::new();
    let Span::Periods(range) = case.query.span else {
        return wrong;
    };
    let periods: Vec<_> = range.iter().collect();
    for (engine, answer) in ["rollups", "rows"].iter().zip(engines.ask(&case.query)) {
        let told = match answer {
            Err(error) => format!("{error:?}"),
            Ok(answer) => {
                let wanted: Vec<_> = case
                    .expected
                    .iter()
                    .flat_map(|(keys, cells)| cells.iter().map(move |cell| (keys, cell)))
                    .collect();
                let fits = answer.rows.len() == wanted.len()
                    && answer
                        .rows
                        .iter()
                        .zip(&wanted)
                        .all(|(row, (keys, cell))| row.keys == **keys && is(row.cell, cell));
                if fits {
                    continue;
                }
                let got = answer
                    .rows
                    .iter()
                    .map(|row| format!("{:?} {:?}", row.keys, row.cell));
                got.collect::<Vec<_>>().join(", ")
            }
        };
        wrong.push(format!("{engine}: {}\n    got {told}", case.line));
    }
    let indicator = &engines.catalog.indicators[&case.query.indicator];
    if !matches!(indicator.measure, Measure::Direct { .. }) || indicator.over_time != OverTime::Sum
    {
        return wrong;
    }
    for (keys, cells) in &case.expected {
        for (period, cell) in periods.iter().zip(cells) {
            if let Some(told) = engines.reference(&case.query, *period, keys, indicator.missing)
                && !is(told, cell)
            {
                wrong.push(format!("reference: {}\n    got {told:?}", case.line));
            }
        }
    }
    wrong
}

#[test]
fn every_case_holds_on_every_engine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for section in sections(&fs::read_to_string(&path).unwrap()) {
            let engines = section.table.engines(&section.asked);
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
