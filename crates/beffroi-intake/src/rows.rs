//! The second pass: every row read by the schema, kept, set aside or left out.

use crate::{
    FirstPass, IntakeError, Outcome, ReadError, Reject, Sink,
    column::{ColumnReader, Style, Value},
    dates::DayOrder,
    layout::Layout,
    numbers::DecimalMark,
    record::Record,
    survey::{self, Interest, Survey},
};
use beffroi_model::{
    Batch, Column, ColumnType, Decision, Finding, FindingKind, Schema, Severity, nearest, normalize,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::RandomState},
    hash::{BuildHasher, Hash, Hasher},
    sync::Arc,
};

/// Rows in a batch.
const BATCH: usize = 16_384;
/// Among how many rows equal ones are looked for.
const COMPARED: usize = 1_000_000;
/// How much of a cell a finding quotes.
const QUOTED: usize = 200;

/// The place in the file of each column of the schema: by its headers, then its id; a name of the
/// lower row of a header counts when nothing else fits.
pub(crate) fn places(layout: &Layout, schema: &Schema) -> Vec<Option<usize>> {
    let (mut full, mut lower) = (HashMap::new(), HashMap::new());
    for (place, heading) in layout.headings.iter().enumerate() {
        full.entry(normalize(&heading.name)).or_insert(place);
        if let Some(name) = &heading.lower {
            lower.entry(normalize(name)).or_insert(place);
        }
    }
    let mut taken = HashSet::new();
    let mut find = |names: &HashMap<String, usize>, column: &beffroi_model::ColumnSpec| {
        let wanted = column.headers.iter().map(String::as_str).chain([column.id.as_str()]);
        let place = wanted.filter_map(|name| names.get(&normalize(name))).find(|place| !taken.contains(*place));
        place.copied().inspect(|place| {
            taken.insert(*place);
        })
    };
    let first: Vec<_> = schema.columns.iter().map(|column| find(&full, column)).collect();
    schema.columns.iter().zip(first).map(|(column, place)| place.or_else(|| find(&lower, column))).collect()
}

/// What was decided about a file, the marks of its columns included.
pub(crate) fn decisions(pass: FirstPass<'_>, schema: &Schema, places: &[Option<usize>]) -> Vec<Decision> {
    let mut decided = pass.opened.decisions.clone();
    if pass.opened.names.is_none() {
        decided.push(("header", match pass.layout.header_lines {
            None => "none".to_owned(),
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first}-{last}"),
        }));
    }
    let mut marks: BTreeMap<char, Vec<&str>> = BTreeMap::new();
    let mut orders = HashSet::new();
    for (column, place) in schema.columns.iter().zip(places) {
        let Some((place, survey)) = place.and_then(|place| Some((place, pass.survey.columns.get(place)?))) else {
            continue;
        };
        match Interest::of(column.kind) {
            Interest::Numbers if Survey::has_marks(survey) => {
                let name = pass.layout.headings.get(place).map_or("", |heading| heading.name.as_str());
                marks.entry(mark_of(pass, place, column.kind).as_char()).or_default().push(name);
            }
            Interest::Dates if survey.has_day_order() => {
                orders.insert(survey.day_order());
            }
            _ => {}
        }
    }
    let only = marks.len() == 1;
    for (mark, columns) in marks {
        let value = match mark {
            _ if !only => format!("{mark} ({})", columns.join(", ")),
            ',' => "comma".to_owned(),
            _ => "point".to_owned(),
        };
        decided.push(("decimal-mark", value));
    }
    for (order, value) in [(DayOrder::DayFirst, "day-month"), (DayOrder::MonthFirst, "month-day")] {
        if orders.contains(&order) {
            decided.push(("date-order", value.to_owned()));
        }
    }
    decided
        .into_iter()
        .map(|(subject, value)| Decision { source: pass.name.to_owned(), subject: subject.to_owned(), value })
        .collect()
}

fn mark_of(pass: FirstPass<'_>, place: usize, kind: ColumnType) -> DecimalMark {
    let whole = kind == ColumnType::Integer;
    match pass.survey.columns.get(place) {
        Some(column) => pass.survey.decimal_mark(column, whole, pass.opened.delimiter),
        None => DecimalMark::Comma,
    }
}

/// Reads every row.
pub(crate) fn read<S: Sink>(
    pass: FirstPass<'_>,
    schema: &Schema,
    places: &[Option<usize>],
    sink: &mut S,
) -> Result<Outcome, ReadError<S::Error>> {
    let mut reader = Reader::new(pass, schema, places)?;
    reader.outcome.decisions = decisions(pass, schema, places);
    let mut rows = pass.opened.grid.rows();
    while let Some(row) = rows.next() {
        if row.line() > pass.layout.data_after() && !row.is_blank() {
            reader.row(row, sink).map_err(ReadError::Sink)?;
        }
    }
    reader.flush(sink).map_err(ReadError::Sink)?;
    Ok(reader.outcome)
}

/// The state of the second pass.
struct Reader<'p> {
    pass: FirstPass<'p>,
    header: Arc<[String]>,
    /// The header as it is compared with rows that may repeat it.
    header_names: Vec<String>,
    columns: Vec<ColumnReader<'p>>,
    /// What the row at hand holds, one value for each column.
    values: Vec<Value>,
    /// Which columns of the file may be shown in findings and rejects.
    shown: Vec<bool>,
    /// Whether the schema has personal columns: a row out of line may then hold them anywhere.
    personal: bool,
    gathered: usize,
    hasher: RandomState,
    met: HashSet<u64>,
    outcome: Outcome,
}

/// What a row is, with the place of the cell that says so.
enum Nature {
    Data,
    Total(usize),
    /// A note, or the header once more.
    Aside(usize),
}

impl<'p> Reader<'p> {
    fn new(pass: FirstPass<'p>, schema: &'p Schema, places: &[Option<usize>]) -> Result<Self, IntakeError> {
        let headings = &pass.layout.headings;
        let header: Arc<[String]> = headings.iter().map(|heading| heading.name.clone()).collect();
        let mut columns = Vec::new();
        for (spec, place) in schema.columns.iter().zip(places) {
            if spec.personal {
                continue;
            }
            let survey = place.and_then(|place| pass.survey.columns.get(place));
            let style = Style {
                mark: place.map_or(DecimalMark::Comma, |place| mark_of(pass, place, spec.kind)),
                order: survey.map(survey::ColumnSurvey::day_order).unwrap_or_default(),
                serial_days: pass.opened.serial_days,
            };
            let name = place.and_then(|place| headings.get(place)).map(|heading| heading.name.clone());
            let name = name.unwrap_or_else(|| spec.headers.first().cloned().unwrap_or_else(|| spec.id.to_string()));
            let mut column = ColumnReader::new(spec, *place, name, style);
            column.has_totals = survey.is_some_and(|column| column.totals * 2 <= pass.survey.rows);
            columns.push(column);
        }
        let personal = schema.columns.iter().any(|column| column.personal);
        let mut shown = vec![!personal; headings.len()];
        for (spec, place) in schema.columns.iter().zip(places) {
            if let Some(shown) = place.and_then(|place| shown.get_mut(place)) {
                *shown = !spec.personal;
            }
        }
        let mut reader = Self {
            pass,
            header_names: header.iter().map(|name| normalize(name)).collect(),
            header,
            values: Vec::with_capacity(columns.len()),
            columns,
            shown,
            personal,
            gathered: 0,
            hasher: RandomState::new(),
            met: HashSet::new(),
            outcome: Outcome::default(),
        };
        reader.compare_columns(places, schema)?;
        Ok(reader)
    }

    /// Notes the columns that the file lacks, and those that nobody declared.
    fn compare_columns(&mut self, places: &[Option<usize>], schema: &Schema) -> Result<(), IntakeError> {
        let unused: Vec<&str> = (self.header.iter().enumerate())
            .filter(|(place, _)| !places.contains(&Some(*place)))
            .map(|(_, name)| name.as_str())
            .collect();
        if !schema.columns.is_empty() && places.iter().all(Option::is_none) {
            return Err(IntakeError::NoKnownColumn { headers: self.header.to_vec() });
        }
        let name = |spec: &beffroi_model::ColumnSpec| spec.headers.first().cloned().unwrap_or_else(|| spec.id.to_string());
        let absent: Vec<_> = schema.columns.iter().zip(places).filter(|(_, place)| place.is_none()).collect();
        let required: Vec<String> = absent.iter().filter(|(spec, _)| spec.required && !spec.personal).map(|(spec, _)| name(spec)).collect();
        if !required.is_empty() {
            return Err(IntakeError::ColumnsMissing { columns: required, headers: self.header.to_vec() });
        }
        for (spec, _) in absent {
            let near = spec.headers.iter().map(String::as_str).chain([spec.id.as_str()]);
            let hint = near.filter_map(|name| nearest(name, unused.iter().copied())).next();
            let mut finding = self.finding(Severity::Error, FindingKind::ColumnMissing, None, Some(name(spec)));
            finding.hint = hint.map(str::to_owned);
            self.outcome.findings.push(finding);
        }
        for (place, heading) in self.pass.layout.headings.iter().enumerate() {
            let holds = self.pass.survey.columns.get(place).is_some_and(|column| column.filled > 0);
            if !places.contains(&Some(place)) && (!heading.unnamed || holds) {
                let finding = self.finding(Severity::Note, FindingKind::ColumnUnknown, None, Some(heading.name.clone()));
                self.outcome.findings.push(finding);
            }
        }
        Ok(())
    }

    fn row<S: Sink>(&mut self, row: &Record, sink: &mut S) -> Result<(), S::Error> {
        let line = row.line();
        match self.nature(row) {
            Nature::Data => {}
            Nature::Total(place) => return Ok(self.leave_out(row, FindingKind::TotalRow, place)),
            Nature::Aside(place) => return Ok(self.leave_out(row, FindingKind::RowLeftOut, place)),
        }
        self.outcome.rows_read += 1;
        let width = self.header.len();
        let too_long = row.width() > width;
        let too_short = self.pass.opened.ragged && row.len() < width;
        // A row out of line may hold a personal value in any of its cells.
        let hidden = self.personal && (too_long || too_short);
        let mut fault = too_long.then_some((FindingKind::RowTooLong, None));
        if too_long {
            let finding = self.finding(Severity::Error, FindingKind::RowTooLong, Some(line), None);
            self.outcome.findings.push(finding);
        }
        self.values.clear();
        let mut columns = std::mem::take(&mut self.columns);
        for column in &mut columns {
            let Some(place) = column.place else {
                self.values.push(Value::Absent(beffroi_model::CellState::Missing));
                continue;
            };
            let cell = row.get(place);
            let read = column.read(cell, row.is_number(place));
            let (severity, kind) = match read {
                Ok((value, rounded)) => {
                    self.values.push(value);
                    if !rounded {
                        continue;
                    }
                    (Severity::Note, FindingKind::NumberTooPrecise)
                }
                // The cells of a row that is too long are not where they belong.
                Err(_) if too_long => continue,
                Err(kind) => {
                    fault = fault.or_else(|| Some((kind, Some(column.name.clone()))));
                    (Severity::Error, kind)
                }
            };
            let mut finding = self.finding(severity, kind, Some(line), Some(column.name.clone()));
            if !hidden && !cell.is_empty() {
                finding.value = Some(quoted(cell));
                if kind == FindingKind::UnknownMember {
                    let near = column.members.as_ref().and_then(|members| members.nearest(cell));
                    finding.hint = near.map(str::to_owned);
                }
            }
            self.outcome.findings.push(finding);
        }
        let kept = match &fault {
            Some((kind, name)) => {
                self.outcome.rows_rejected += 1;
                sink.reject(self.rejected(row, *kind, name.clone(), hidden))
            }
            None => {
                for (column, value) in columns.iter_mut().zip(&self.values) {
                    column.push(*value, column.place.map_or("", |place| row.get(place)));
                }
                self.gathered += 1;
                Ok(())
            }
        };
        self.columns = columns;
        kept?;
        if fault.is_none() {
            self.remark(row, too_short, hidden);
        }
        if self.gathered == BATCH { self.flush(sink) } else { Ok(()) }
    }

    /// Notes what is odd about a row that is kept.
    fn remark(&mut self, row: &Record, too_short: bool, hidden: bool) {
        let line = Some(row.line());
        if too_short {
            let finding = self.finding(Severity::Warning, FindingKind::RowTooShort, line, None);
            self.outcome.findings.push(finding);
        }
        if self.pass.opened.damaged {
            let mut found = Vec::new();
            for column in &self.columns {
                let cell = column.place.map_or("", |place| row.get(place));
                if cell.contains('\u{fffd}') {
                    found.push((column.name.clone(), (!hidden).then(|| quoted(cell))));
                }
            }
            for (name, value) in found {
                let mut finding = self.finding(Severity::Warning, FindingKind::DamagedText, line, Some(name));
                finding.value = value;
                self.outcome.findings.push(finding);
            }
        }
        if self.met.len() < COMPARED {
            let mut hasher = self.hasher.build_hasher();
            row.cells().for_each(|cell| cell.hash(&mut hasher));
            if !self.met.insert(hasher.finish()) {
                let finding = self.finding(Severity::Note, FindingKind::DuplicateRow, line, None);
                self.outcome.findings.push(finding);
            }
        }
    }

    /// Tells data from what stands around them.
    fn nature(&mut self, row: &Record) -> Nature {
        if survey::is_header(row, &self.header_names) {
            return Nature::Aside(0);
        }
        let filled = row.filled();
        if let Some(place) = self.total(row, filled) {
            return Nature::Total(place);
        }
        let alone = filled <= 2 && self.header.len() > filled;
        if !alone {
            return Nature::Data;
        }
        let first = row.cells().position(|cell| !cell.is_empty()).unwrap_or(0);
        let cell = row.get(first);
        // Where members or dates belong, what is one is data.
        let column = self.columns.iter_mut().find(|column| column.place == Some(first));
        let (fits, strict) = column.map_or((false, false), |column| {
            let strict = column.members.is_some() || column.spec.kind.grain().is_some();
            (column.read(cell, row.is_number(first)).is_ok(), strict)
        });
        let after = row.line() > self.pass.survey.last_full_line;
        let note = (starts_like_note(cell) && (filled == 1 || after))
            || (filled == 1 && cell.chars().count() > 60);
        let without_required = self.columns.iter().any(|column| {
            column.spec.required && column.place.is_some_and(|place| row.get(place).is_empty())
        });
        if fits && strict {
            Nature::Data
        } else if note || (after && filled == 1 && (without_required || !fits)) {
            Nature::Aside(first)
        } else {
            Nature::Data
        }
    }

    /// Where a row says that it adds others up: the word stands where a member, a date or a name
    /// belongs.
    fn total(&mut self, row: &Record, filled: usize) -> Option<usize> {
        let first = row.cells().position(|cell| !cell.is_empty());
        let says = |column: &ColumnReader<'_>| {
            column.has_totals
                && !column.spec.kind.is_number()
                && column.place.is_some_and(|place| survey::starts_like_total(row.get(place)))
        };
        if !self.columns.iter().any(says) {
            return None;
        }
        let is_key = |column: &&ColumnReader<'_>| column.spec.kind.is_text() || column.spec.kind.grain().is_some();
        let other_keys = self.columns.iter().filter(is_key).any(|column| {
            column.place != first && column.place.is_some_and(|place| !row.get(place).is_empty())
        });
        let column = self.columns.iter_mut().filter(|column| says(column)).find_map(|column| {
            let place = column.place?;
            let cell = row.get(place);
            let is_total = if column.members.is_some() || !column.spec.kind.is_text() {
                column.read(cell, false).is_err()
            } else {
                // In a column of free text, `Total Énergies` may well be a name.
                survey::is_total_word(cell) || (first == Some(place) && !other_keys && filled > 1)
            };
            is_total.then_some(place)
        });
        column
    }

    fn leave_out(&mut self, row: &Record, kind: FindingKind, place: usize) {
        let mut finding = self.finding(Severity::Note, kind, Some(row.line()), None);
        if self.shown.get(place).copied().unwrap_or(false) {
            finding.value = Some(quoted(row.get(place)));
        }
        self.outcome.findings.push(finding);
    }

    fn rejected(&self, row: &Record, kind: FindingKind, column: Option<String>, hidden: bool) -> Reject {
        let cells = (0..row.len().max(self.header.len())).map(|place| {
            let shown = self.shown.get(place).copied().unwrap_or(true) && !hidden;
            if shown { row.get(place).to_owned() } else { String::new() }
        });
        Reject { row: row.line(), kind, column, header: self.header.clone(), cells: cells.collect() }
    }

    fn flush<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        if std::mem::take(&mut self.gathered) == 0 {
            return Ok(());
        }
        let columns: Vec<Column> = self.columns.iter_mut().map(ColumnReader::take).collect();
        sink.rows(Batch { columns })
    }

    fn finding(&self, severity: Severity, kind: FindingKind, row: Option<u64>, column: Option<String>) -> Finding {
        Finding { severity, kind, source: self.pass.name.to_owned(), row, column, value: None, hint: None }
    }
}

fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED) {
        None => cell.to_owned(),
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
    }
}

/// Whether a cell opens a note under a table.
fn starts_like_note(cell: &str) -> bool {
    const WORDS: [&str; 16] = [
        "source", "sources", "note", "notes", "champ", "lecture", "nota", "avertissement", "remarque",
        "remarques", "legende", "donnees", "extraction", "edite", "export", "mise_a_jour",
    ];
    if cell.starts_with(['*', '(', '©', '\u{b9}', '\u{b2}', '\u{b3}']) {
        return true;
    }
    let start: String = cell.chars().take(16).collect();
    let start = normalize(&start);
    let says_more = cell.contains(':') || cell.chars().count() > 24;
    let opens = |word: &&str| {
        start.strip_prefix(*word).is_some_and(|rest| rest.is_empty() || (rest.starts_with('_') && says_more))
    };
    WORDS.iter().any(|word| opens(word))
        || ["s :", "nd :", "n.d. :", "s:", "nd:"].iter().any(|mark| cell.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark)))
}
