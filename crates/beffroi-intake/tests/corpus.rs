//! Messy files, each with what must come of it.
//!
//! `corpus/NAME.EXT` is read by the columns of `corpus/NAME.columns`, or recognised when there
//! are none; the whole outcome must be `corpus/NAME.expected.txt`. `UPDATE=1 cargo test` writes
//! the expected files anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_intake::{Input, Outcome, ReadError, Reject, Sink, read, recognise};
use beffroi_model::{
    Batch, CellState, ColumnData, ColumnId, ColumnSpec, ColumnType, Confidence, Grain, Member,
    Period, Reading, Schema, Unit,
};
use chrono::{DateTime, Days, NaiveDate};
use std::{convert::Infallible, fmt::Write as _, fs, path::Path};

#[test]
fn every_file_of_the_corpus_comes_to_what_is_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let (mut read, mut wrong) = (0, Vec::new());
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".expected.txt") || name.ends_with(".columns") {
            continue;
        }
        read += 1;
        let stem = path.with_extension("");
        let (reading, schema) = match fs::read_to_string(stem.with_extension("columns")) {
            Ok(columns) => declared(&columns),
            Err(_) => (Reading::default(), None),
        };
        let actual = outcome(&name, &fs::read(&path).unwrap(), &reading, schema.as_ref());
        let file = stem.with_extension("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &actual).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if expected != actual {
            wrong.push(format!(
                "== {name}: expected\n{expected}\n-- found\n{actual}"
            ));
        }
    }
    assert!(read >= 40, "only {read} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file of columns: `id type [required] [personal] [header=…] [member=key:spelling,…]
/// [secret=…] [missing=…] [na=…] [unit=…]`, separated by ` | `; `@sheet …` and the like for the reading.
fn declared(text: &str) -> (Reading, Option<Schema>) {
    let (mut reading, mut schema) = (Reading::default(), Schema::default());
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(option) = line.strip_prefix('@') {
            let (name, value) = option.split_once(' ').unwrap();
            let value = value.to_owned();
            match name {
                "sheet" => reading.sheet = Some(value),
                "header_line" => reading.header_line = Some(value.parse().unwrap()),
                "records" => reading.records = Some(value),
                "encoding" => reading.encoding = Some(value),
                "delimiter" => reading.delimiter = Some(value),
                other => panic!("@{other}"),
            }
            continue;
        }
        let mut parts = line.split(" | ");
        let mut column = ColumnSpec::new(
            ColumnId::new(parts.next().unwrap()).unwrap(),
            kind(parts.next().unwrap()),
        );
        for part in parts {
            match part.split_once('=').unwrap_or((part, "")) {
                ("required", _) => column.required = true,
                ("personal", _) => column.personal = true,
                ("header", header) => column.headers.push(header.to_owned()),
                ("secret", mark) => column.secret_marks.push(mark.to_owned()),
                ("missing", mark) => column.missing_marks.push(mark.to_owned()),
                ("unit", symbol) => column.unit = Unit::from_symbol(symbol),
                ("na", mark) => column.not_applicable_marks.push(mark.to_owned()),
                ("member", member) => {
                    let (key, spellings) = member.split_once(':').unwrap();
                    column.members.push(Member {
                        key: key.to_owned(),
                        spellings: spellings.split(',').map(str::to_owned).collect(),
                    });
                }
                (other, _) => panic!("{other}"),
            }
        }
        schema.columns.push(column);
    }
    let schema = (!schema.columns.is_empty()).then_some(schema);
    (reading, schema)
}

fn kind(text: &str) -> ColumnType {
    match text {
        "text" => ColumnType::Text,
        "code" => ColumnType::Code,
        "integer" => ColumnType::Integer,
        "boolean" => ColumnType::Boolean,
        "datetime" => ColumnType::DateTime,
        text => match text.strip_prefix("decimal ") {
            Some(scale) => ColumnType::Decimal {
                scale: scale.parse().unwrap(),
            },
            None => ColumnType::Date {
                grain: text.parse().unwrap(),
            },
        },
    }
}

fn kind_name(kind: ColumnType) -> String {
    match kind {
        ColumnType::Text => "text".into(),
        ColumnType::Code => "code".into(),
        ColumnType::Integer => "integer".into(),
        ColumnType::Boolean => "boolean".into(),
        ColumnType::DateTime => "datetime".into(),
        ColumnType::Decimal { scale } => format!("decimal {scale}"),
        ColumnType::Date { grain } => grain.as_str().into(),
    }
}

/// Writes down all that comes of a file.
fn outcome(name: &str, bytes: &[u8], reading: &Reading, schema: Option<&Schema>) -> String {
    let mut out = String::new();
    let input = Input::held(name, bytes);
    let mut lines = Lines {
        kinds: Vec::new(),
        text: String::new(),
    };
    let result = match schema {
        Some(schema) => {
            lines.kinds = schema
                .columns
                .iter()
                .filter(|column| !column.personal)
                .map(|column| column.kind)
                .collect();
            read(input, reading, schema, &mut lines)
        }
        None => recognise(input, reading)
            .map_err(ReadError::from)
            .and_then(|recognised| {
                writeln!(out, "header: {}", recognised.header.join(" | ")).unwrap();
                lines.kinds = recognised
                    .schema
                    .columns
                    .iter()
                    .map(|column| column.kind)
                    .collect();
                let kinds: Vec<_> = lines.kinds.iter().map(|kind| kind_name(*kind)).collect();
                writeln!(out, "types: {}", kinds.join(" | ")).unwrap();
                recognised.read(&mut lines)
            }),
    };
    match result {
        Ok(outcome) => describe(&outcome, &lines.text, &mut out),
        Err(ReadError::Intake(error)) => {
            let args = error.args();
            let args: Vec<_> = args
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            // What a library says of a damaged workbook is its own affair.
            writeln!(out, "refused: {} {}", error.code(), args.join(" ")).unwrap();
        }
        Err(ReadError::Sink(error)) => match error {},
    }
    out
}

fn describe(outcome: &Outcome, rows: &str, out: &mut String) {
    for decision in &outcome.decisions {
        write!(out, "decided: {} {}", decision.subject, decision.value).unwrap();
        if let Some(column) = &decision.column {
            write!(out, " of {column}").unwrap();
        }
        if let Some(evidence) = &decision.evidence {
            let args: Vec<&str> = evidence.args.iter().map(|(_, arg)| arg.as_str()).collect();
            write!(out, " ({} {})", evidence.code, args.join("; ")).unwrap();
        }
        if decision.confidence == Confidence::Doubtful {
            out.push_str(" in doubt");
        }
        out.push('\n');
    }
    out.push_str(rows);
    for (count, findings) in outcome.findings.groups() {
        let first = &findings[0];
        let optional = |name: &str, value: &Option<String>| {
            value
                .as_ref()
                .map(|value| format!(" {name}={value}"))
                .unwrap_or_default()
        };
        writeln!(
            out,
            "found: {count} × {:?} {}{}{}{}{}",
            first.severity,
            first.kind.as_str(),
            first
                .row
                .map(|row| format!(" row={row}"))
                .unwrap_or_default(),
            optional("column", &first.column),
            optional("value", &first.value),
            optional("hint", &first.hint),
        )
        .unwrap();
    }
    writeln!(
        out,
        "rows: {} read, {} set aside",
        outcome.rows_read, outcome.rows_rejected
    )
    .unwrap();
}

/// Writes rows and rejects down as they come.
struct Lines {
    kinds: Vec<ColumnType>,
    text: String,
}

impl Sink for Lines {
    type Error = Infallible;

    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        for row in 0..batch.len() {
            let cells: Vec<_> = batch
                .columns
                .iter()
                .zip(&self.kinds)
                .map(|(column, kind)| {
                    let value = value(&column.data, *kind, row);
                    let state = column.states.as_ref().map(|states| states[row]);
                    assert_eq!(
                        state.is_none_or(|state| state == CellState::Value),
                        state.is_none() || value.is_some()
                    );
                    match (value, state) {
                        (Some(value), _) => value,
                        (None, Some(CellState::Secret)) => "<s>".into(),
                        (None, Some(CellState::NotApplicable)) => "<so>".into(),
                        (None, _) => "<nd>".into(),
                    }
                })
                .collect();
            writeln!(self.text, "  {}", cells.join(" | ").escape_debug()).unwrap();
        }
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        assert!(reject.cells.len() >= reject.header.len());
        let column = reject.column.unwrap_or_default();
        let cells = reject.cells.join(" | ");
        writeln!(
            self.text,
            "! {} {} {column}: {}",
            reject.row,
            reject.kind.as_str(),
            cells.escape_debug()
        )
        .unwrap();
        Ok(())
    }
}

fn value(data: &ColumnData, kind: ColumnType, row: usize) -> Option<String> {
    match data {
        ColumnData::Text(texts) => texts.get(row).map(str::to_owned),
        ColumnData::Integer(values) => values[row].map(|value| value.to_string()),
        ColumnData::Decimal { scale, values } => values[row].map(|value| {
            let by = 10_i128.pow(u32::from(*scale));
            let sign = if value < 0 { "-" } else { "" };
            let (whole, rest) = (value.abs() / by, value.abs() % by);
            if *scale == 0 {
                format!("{sign}{whole}")
            } else {
                format!("{sign}{whole}.{rest:0width$}", width = usize::from(*scale))
            }
        }),
        ColumnData::Boolean(values) => values[row].map(|value| value.to_string()),
        ColumnData::Date(values) => values[row].map(|days| {
            let epoch = NaiveDate::default();
            let size = Days::new(days.unsigned_abs().into());
            let day = if days < 0 { epoch - size } else { epoch + size };
            let grain = kind.grain().unwrap_or(Grain::Day);
            let period = Period::containing(grain, day);
            assert_eq!(
                period.start(),
                day,
                "dates are the first day of their period"
            );
            period.to_string()
        }),
        ColumnData::DateTime(values) => values[row].map(|micros| {
            DateTime::from_timestamp_micros(micros)
                .unwrap()
                .naive_utc()
                .to_string()
        }),
    }
}
