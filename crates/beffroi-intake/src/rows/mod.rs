//! The second pass: every row read by the schema, kept, set aside or left out.

pub(crate) mod once;
mod travel;

use crate::{
    FirstPass, IntakeError, Outcome, ReadError, Reject, Sink, asides,
    cell::column::{ColumnReader, Style, Value},
    cell::numbers::DecimalMark,
    check::{CellAt, Checker, Context, Fault, TOTALLED, Totals},
    decisions::{decisions, mark_of},
    format::Rows,
    layout::Layout,
    progress,
    record::Record,
    survey::ColumnSurvey,
    unit::{Conversion, HeaderUnit},
};
use beffroi_model::{
    Batch, CellState, Column, ColumnSpec, ColumnType, Finding, FindingKind, Pass, Schema, Severity,
    nearest, normalize,
};
use foldhash::quality::RandomState;
use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
    sync::Arc,
};

/// Rows in a batch, and how much their texts may take.
const BATCH: usize = 16_384;
const BATCH_BYTES: usize = 32 << 20;
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
    let mut find = |names: &HashMap<String, usize>, column: &ColumnSpec| {
        let wanted = column
            .headers
            .iter()
            .map(String::as_str)
            .chain([column.id.as_str()]);
        let place = wanted
            .filter_map(|name| names.get(&normalize(name)))
            .find(|place| !taken.contains(*place));
        place.copied().inspect(|place| {
            taken.insert(*place);
        })
    };
    let first: Vec<_> = schema
        .columns
        .iter()
        .map(|column| find(&full, column))
        .collect();
    schema
        .columns
        .iter()
        .zip(first)
        .map(|(column, place)| place.or_else(|| find(&lower, column)))
        .collect()
}

/// What rows are read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Columns that somebody declared: what does not fit is set aside.
    Declared,
    /// Columns guessed from the file: everything fits.
    Guessed,
    /// The same, each cell as the text that stands there.
    Verbatim,
}

/// What rows are read by: a schema, the place in the file of each of its columns, and what they
/// are held to beside.
#[derive(Clone, Copy)]
pub(crate) struct By<'p> {
    pub(crate) schema: &'p Schema,
    pub(crate) places: &'p [Option<usize>],
    pub(crate) mode: Mode,
    pub(crate) context: &'p Context<'p>,
}

/// Reads every row.
pub(crate) fn read<S: Sink>(
    pass: FirstPass<'_>,
    by: By<'_>,
    sink: &mut S,
) -> Result<Outcome, ReadError<S::Error>> {
    pass.watch.inspect(|watch| watch.start(Pass::Reading));
    let mut reader = Reader::new(pass, by)?;
    reader.outcome.decisions = decisions(pass, by.schema, by.places);
    reader.tell(sink).map_err(ReadError::Sink)?;
    let express = pass.opened.express().filter(|_| pass.survey.is_regular);
    match express.filter(|_| !reader.compares_rows()) {
        Some(express) => reader.travel(express, by, sink)?,
        None => {
            let mut rows = pass.opened.rows();
            let end = pass.survey.end.unwrap_or(u64::MAX);
            for passed in 0_u64.. {
                if passed.is_multiple_of(progress::EACH) {
                    reader.watched(Some(&rows));
                }
                let Some(row) = rows.next().filter(|row| row.line() <= end) else {
                    break;
                };
                reader.pass_by(row, sink).map_err(ReadError::Sink)?;
            }
        }
    }
    pass.opened.grid.intact()?;
    reader.end(sink)
}

/// The state of the second pass.
struct Reader<'p> {
    pass: FirstPass<'p>,
    mode: Mode,
    header: Arc<[String]>,
    columns: Vec<ColumnReader<'p>>,
    checker: Option<Checker<'p>>,
    /// The sums of the table, when it has rows of totals.
    totals: Option<Totals>,
    /// What the row at hand holds, one value for each column.
    values: Vec<Value>,
    /// Which columns of the file are declared, personal ones included.
    declared: Vec<usize>,
    /// Which columns of the file may be shown in findings and rejects.
    shown: Vec<bool>,
    /// Whether the schema has personal columns: a row out of line may hold them anywhere, so it is
    /// neither kept nor shown.
    personal: bool,
    gathered: usize,
    /// The last line that held something, and whether the row at hand stands apart from the rows
    /// kept: below a blank one, or below one left out.
    last: u64,
    is_apart: bool,
    /// Whether some row can only be read once the survey is over.
    doubts: bool,
    /// Bytes of the rows gathered, and of those that are known to come.
    bytes: usize,
    coming: usize,
    hasher: RandomState,
    met: HashSet<u64, RandomState>,
    /// The lines of rows and their digests, when others compare them.
    digests: Option<Vec<(u64, u64)>>,
    /// What was found since the sink was last told.
    found: Vec<Finding>,
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
    fn new(pass: FirstPass<'p>, by: By<'p>) -> Result<Self, IntakeError> {
        let By {
            schema,
            places,
            mode,
            context,
        } = by;
        let headings = &pass.layout.headings;
        let header: Arc<[String]> = headings
            .iter()
            .map(|heading| heading.name.clone())
            .collect();
        let mut columns = Vec::new();
        for (spec, place) in schema.columns.iter().zip(places) {
            if spec.personal {
                continue;
            }
            let survey = place.and_then(|place| pass.survey.columns.get(place));
            let style = Style {
                mark: place.map_or(DecimalMark::Comma, |place| mark_of(pass, place, spec.kind)),
                order: survey.map(ColumnSurvey::day_order).unwrap_or_default(),
                power: place
                    .and_then(|place| headings.get(place))
                    .map_or(0, |heading| conversion(spec, &heading.name)),
                serial_days: pass.opened.serial_days,
                verbatim: mode == Mode::Verbatim,
            };
            let name = place
                .and_then(|place| headings.get(place))
                .map(|heading| heading.name.clone());
            let name = name.unwrap_or_else(|| known_as(spec));
            columns.push(ColumnReader::new(spec, *place, name, style));
        }
        let personal = schema.columns.iter().any(|column| column.personal);
        let mut shown = vec![!personal; headings.len()];
        for (spec, place) in schema.columns.iter().zip(places) {
            if let Some(shown) = place.and_then(|place| shown.get_mut(place)) {
                *shown = !spec.personal;
            }
        }
        let checked = (columns.iter())
            .map(|column: &ColumnReader<'p>| (column.spec, column.place, column.name.clone()));
        let mut checker = Checker::new(schema, checked, context);
        let left_out = checker.as_mut().map(Checker::left_out);
        let has_totals =
            mode == Mode::Declared && pass.survey.names_totals && pass.survey.rows <= TOTALLED;
        let totals = has_totals.then(|| {
            let declared = (columns.iter())
                .filter_map(|column| Some((column.place?, column.name.clone(), column.spec.kind)));
            Totals::new(declared, headings.len())
        });
        let mut reader = Self {
            checker,
            totals,
            pass,
            mode,
            header,
            values: Vec::with_capacity(columns.len()),
            columns,
            declared: places.iter().copied().flatten().collect(),
            shown,
            personal,
            gathered: 0,
            last: 0,
            is_apart: false,
            doubts: false,
            bytes: 0,
            coming: 0,
            hasher: RandomState::default(),
            met: HashSet::default(),
            digests: None,
            found: Vec::new(),
            outcome: Outcome::default(),
        };
        reader.compare_columns(places, schema)?;
        reader.tell_faults(None, left_out.unwrap_or_default());
        let beside = pass.opened.beside.iter().flat_map(|beside| &beside.others);
        for other in beside.chain(&pass.survey.others) {
            let row = Some(other.line);
            let mut finding = reader.finding(Severity::Warning, FindingKind::OtherTable, row, None);
            // In a file of personal data, what passes for a header may be somebody's row.
            finding.value = (!personal).then(|| quoted(&other.names.join(", ")));
            reader.found.push(finding);
        }
        Ok(reader)
    }

    /// Says what is known once all rows were read, and hands on the last.
    fn end<S: Sink>(mut self, sink: &mut S) -> Result<Outcome, ReadError<S::Error>> {
        let totals = self.totals.as_mut().map(Totals::finish);
        let checked = self.checker.take().map(Checker::finish);
        let faults = totals.into_iter().flatten();
        for fault in faults.chain(checked.into_iter().flatten()) {
            self.tell_faults(None, [fault]);
            self.tell(sink).map_err(ReadError::Sink)?;
        }
        self.flush(sink).map_err(ReadError::Sink)?;
        self.watched(None);
        self.pass.watch.inspect(|watch| watch.end());
        Ok(self.outcome)
    }

    /// Whether rows are compared with each other: they must come one after the other.
    fn compares_rows(&self) -> bool {
        self.totals.is_some() || self.checker.as_ref().is_some_and(Checker::compares_rows)
    }

    /// Notes how far the pass has come.
    fn watched(&self, rows: Option<&Rows<'_>>) {
        if let Some(watch) = self.pass.watch {
            watch.count(self.outcome.rows_read, self.outcome.findings.total());
            rows.and_then(Rows::place)
                .inspect(|place| watch.place(*place));
        }
    }

    /// Reads a row under the header.
    fn pass_by<S: Sink>(&mut self, row: &Record, sink: &mut S) -> Result<(), S::Error> {
        if row.line() <= self.pass.layout.data_after {
            return Ok(());
        }
        if row.is_blank() {
            self.is_apart = true;
            return Ok(());
        }
        // What is held leaves blank rows out.
        self.is_apart |= !self.pass.opened.ragged && self.last > 0 && row.line() > self.last + 1;
        let kept = self.outcome.rows_read;
        self.row(row, sink)?;
        (self.last, self.is_apart) = (row.line(), self.outcome.rows_read == kept);
        self.tell(sink)
    }

    /// Notes the columns that the file lacks, and those that nobody declared.
    fn compare_columns(
        &mut self,
        places: &[Option<usize>],
        schema: &Schema,
    ) -> Result<(), IntakeError> {
        let unused: Vec<&str> = (self.header.iter().enumerate())
            .filter(|(place, _)| !places.contains(&Some(*place)))
            .map(|(_, name)| name.as_str())
            .collect();
        if !schema.columns.is_empty() && places.iter().all(Option::is_none) {
            // In a file without header, what passes for one may be somebody's row.
            let headers = if self.personal {
                Vec::new()
            } else {
                self.header.to_vec()
            };
            return Err(IntakeError::NoKnownColumn { headers });
        }
        let absent: Vec<_> = schema
            .columns
            .iter()
            .zip(places)
            .filter(|(_, place)| place.is_none())
            .collect();
        let required: Vec<String> = absent
            .iter()
            .filter(|(spec, _)| spec.required && !spec.personal)
            .map(|(spec, _)| known_as(spec))
            .collect();
        if !required.is_empty() {
            return Err(IntakeError::ColumnsMissing {
                columns: required,
                headers: self.header.to_vec(),
            });
        }
        for (spec, _) in absent {
            // What is not kept is not missed.
            if spec.personal {
                continue;
            }
            let near = spec
                .headers
                .iter()
                .map(String::as_str)
                .chain([spec.id.as_str()]);
            let hint = near
                .filter_map(|name| nearest(name, unused.iter().copied()))
                .next();
            // A published schema has columns that nobody must deliver.
            let severity = match &spec.constraints {
                asked if asked.written.is_some() && !asked.filled => Severity::Note,
                _ => Severity::Error,
            };
            let mut finding = self.finding(
                severity,
                FindingKind::ColumnMissing,
                None,
                Some(known_as(spec)),
            );
            finding.hint = hint.map(str::to_owned);
            self.found.push(finding);
        }
        self.tell_headers(places, schema);
        for (place, heading) in self.pass.layout.headings.iter().enumerate() {
            let holds = self
                .pass
                .survey
                .columns
                .get(place)
                .is_some_and(|column| column.filled > 0);
            if !places.contains(&Some(place)) && (!heading.unnamed || holds) {
                let finding = self.finding(
                    Severity::Note,
                    FindingKind::ColumnUnknown,
                    None,
                    Some(heading.name.clone()),
                );
                self.found.push(finding);
            }
        }
        Ok(())
    }

    /// Notes the columns of a published schema that stand under another header than their own.
    fn tell_headers(&mut self, places: &[Option<usize>], schema: &Schema) {
        for (spec, place) in schema.columns.iter().zip(places) {
            let header = place.and_then(|place| self.header.get(place));
            let (Some(header), Some(own)) = (header, spec.headers.first()) else {
                continue;
            };
            if spec.constraints.written.is_some() && header != own {
                let mut finding = self.finding(
                    Severity::Note,
                    FindingKind::HeaderMapped,
                    None,
                    Some(own.clone()),
                );
                finding.value = Some(header.clone());
                self.found.push(finding);
            }
        }
    }

    fn row<S: Sink>(&mut self, row: &Record, sink: &mut S) -> Result<(), S::Error> {
        let line = row.line();
        match self.nature(row) {
            Nature::Data => {}
            Nature::Total(place) => {
                self.leave_out(row, FindingKind::TotalRow, place);
                self.check_total(row);
                return Ok(());
            }
            Nature::Aside(place) => {
                self.leave_out(row, FindingKind::RowLeftOut, place);
                return Ok(());
            }
        }
        self.outcome.rows_read += 1;
        let width = self.pass.layout.width;
        let too_long = row.width() > width;
        let too_short = self.pass.opened.ragged && row.len() < width;
        let hidden = self.personal && (too_long || too_short);
        if too_long && self.mode != Mode::Declared {
            // There is a column for every cell.
            let finding = self.finding(Severity::Note, FindingKind::RowTooLong, Some(line), None);
            self.found.push(finding);
        } else if too_long || hidden {
            // The cells of a row that is out of line are not where they belong.
            let kind = if too_long {
                FindingKind::RowTooLong
            } else {
                FindingKind::RowTooShort
            };
            let finding = self.finding(Severity::Error, kind, Some(line), None);
            self.found.push(finding);
            self.outcome.rows_rejected += 1;
            if let Some(totals) = &mut self.totals {
                totals.give_up();
            }
            return sink.reject(self.rejected(row, kind, None, hidden));
        }
        if self.mode == Mode::Verbatim {
            for column in &mut self.columns {
                column.push(Value::Text, column.place.map_or("", |place| row.get(place)));
            }
            return self.keep(row, too_short, sink);
        }
        let mut fault = None;
        self.values.clear();
        let mut columns = std::mem::take(&mut self.columns);
        for column in &mut columns {
            let Some(place) = column.place else {
                self.values.push(Value::Absent(CellState::Missing));
                continue;
            };
            let cell = row.get(place);
            if let Some(value) = column.usual(cell) {
                self.values.push(value);
                continue;
            }
            let read = column.read(cell, row.is_number(place));
            let (severity, kind) = match read {
                Ok((value, rounded)) => {
                    self.values.push(value);
                    if !rounded {
                        continue;
                    }
                    (Severity::Note, FindingKind::NumberTooPrecise)
                }
                Err(kind) => {
                    self.values.push(Value::Absent(CellState::Value));
                    fault = fault.or_else(|| Some((kind, Some(column.name.clone()))));
                    (Severity::Error, kind)
                }
            };
            let mut finding = self.finding(severity, kind, Some(line), Some(column.name.clone()));
            if !cell.is_empty() {
                finding.value = Some(quoted(cell));
                if kind == FindingKind::UnknownMember {
                    let near = column
                        .members
                        .as_ref()
                        .and_then(|members| members.nearest(cell));
                    finding.hint = near.map(str::to_owned);
                }
            }
            self.found.push(finding);
        }
        if fault.is_none() {
            for (column, value) in columns.iter_mut().zip(&self.values) {
                let text = match (value, column.place) {
                    (Value::Text, Some(place)) => row.get(place),
                    _ => "",
                };
                column.push(*value, text);
            }
        }
        self.columns = columns;
        if let Some(totals) = &mut self.totals {
            let read = self.columns.iter().zip(&self.values);
            totals.row(row, |place| {
                let mut read = read.clone();
                let at_place = read.find(|(column, _)| column.place == Some(place));
                at_place.map(|(_, value)| *value)
            });
        }
        self.check(row);
        match fault {
            Some((kind, name)) => {
                self.outcome.rows_rejected += 1;
                self.outcome.rows_incomplete += u64::from(kind == FindingKind::RequiredEmpty);
                sink.reject(self.rejected(row, kind, name, false))
            }
            None => self.keep(row, too_short, sink),
        }
    }

    /// Counts a row that was gathered, and hands on those that fill a batch.
    fn keep<S: Sink>(
        &mut self,
        row: &Record,
        too_short: bool,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        if self.gathered == 0 && self.coming > 0 {
            let rows = self.coming / row.size().max(1) + 1;
            for column in &mut self.columns {
                column.reserve(rows.min(BATCH));
            }
        }
        self.gathered += 1;
        self.bytes += row.size();
        self.remark(row, too_short);
        if self.gathered == BATCH || self.bytes > BATCH_BYTES {
            self.flush(sink)
        } else {
            Ok(())
        }
    }

    /// Notes what the schema has against a row.
    fn check(&mut self, row: &Record) {
        let Some(checker) = &mut self.checker else {
            return;
        };
        let (columns, values) = (&self.columns, &self.values);
        let cell = |at: usize| {
            let (column, value) = (columns.get(at)?, *values.get(at)?);
            let text = column.place.map_or("", |place| row.get(place));
            let kept = column.kept(value, text);
            Some(CellAt { text, value, kept })
        };
        let faults = checker.row(row.line(), cell);
        self.tell_faults(Some(row.line()), faults);
    }

    /// Notes what is wrong with a row of totals.
    fn check_total(&mut self, row: &Record) {
        let Some(mut totals) = self.totals.take() else {
            return;
        };
        let columns = &mut self.columns;
        let faults = totals.total(row, |place| {
            let column = columns.iter_mut().find(|it| it.place == Some(place))?;
            let read = column.read(row.get(place), row.is_number(place));
            read.ok().map(|(value, _)| value)
        });
        self.totals = Some(totals);
        self.tell_faults(None, faults);
    }

    fn tell_faults(&mut self, row: Option<u64>, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            let row = fault.row.or(row);
            // What a schema lacks is no fault of the file.
            let severity = match fault.kind {
                FindingKind::CheckLeftOut
                | FindingKind::SchemaMended
                | FindingKind::ReferenceUnchecked => Severity::Note,
                _ => Severity::Warning,
            };
            let mut finding = self.finding(severity, fault.kind, row, Some(fault.column));
            finding.value = fault.value.as_deref().map(quoted);
            finding.expected = fault.expected.as_deref().map(quoted);
            finding.hint = fault.hint;
            self.found.push(finding);
        }
    }

    /// Notes texts that a program of workbooks would run.
    fn tell_formulas(&mut self, row: &Record) {
        let cells = (self.columns.iter())
            .filter_map(|column| Some((column, row.get(column.place?))))
            .filter(|(_, cell)| is_formula(cell));
        let found: Vec<_> = cells
            .map(|(column, cell)| (column.name.clone(), quoted(cell)))
            .collect();
        for (name, value) in found {
            let line = Some(row.line());
            let kind = FindingKind::FormulaLike;
            let mut finding = self.finding(Severity::Note, kind, line, Some(name));
            finding.value = Some(value);
            self.found.push(finding);
        }
    }

    /// Notes what is odd about a row that is kept.
    fn remark(&mut self, row: &Record, too_short: bool) {
        let line = Some(row.line());
        if self.mode != Mode::Declared && self.header.len() > 2 && row.filled() == 1 {
            let mut finding = self.finding(Severity::Note, FindingKind::LoneCell, line, None);
            finding.value = row.cells().find(|cell| !cell.is_empty()).map(quoted);
            self.found.push(finding);
        }
        if too_short {
            let finding = self.finding(Severity::Warning, FindingKind::RowTooShort, line, None);
            self.found.push(finding);
        }
        if row.may_hold_formulas() {
            self.tell_formulas(row);
        }
        if self.pass.opened.damaged {
            let mut found = Vec::new();
            for column in &self.columns {
                let cell = column.place.map_or("", |place| row.get(place));
                if cell.contains('\u{fffd}') {
                    found.push((column.name.clone(), quoted(cell)));
                }
            }
            for (name, value) in found {
                let mut finding = self.finding(
                    Severity::Warning,
                    FindingKind::DamagedText,
                    line,
                    Some(name),
                );
                finding.value = Some(value);
                self.found.push(finding);
            }
        }
        if self.met.len() < COMPARED {
            let digest = self.hasher.hash_one(row.content());
            match &mut self.digests {
                Some(digests) => digests.push((row.line(), digest)),
                None => self.compare(row.line(), digest),
            }
        }
    }

    /// Notes a row that was met before.
    fn compare(&mut self, line: u64, digest: u64) {
        if self.met.len() < COMPARED && !self.met.insert(digest) {
            let finding = self.finding(Severity::Note, FindingKind::DuplicateRow, Some(line), None);
            self.found.push(finding);
        }
    }

    /// Tells data from what stands around them.
    fn nature(&mut self, row: &Record) -> Nature {
        let layout = self.pass.layout;
        if layout.is_header(row) || layout.is_title_again(row) || asides::is_ruler(row) {
            return Nature::Aside(0);
        }
        let filled = row.filled();
        if let Some(place) = self.total(row, filled) {
            return Nature::Total(place);
        }
        let first = row.cells().position(|cell| !cell.is_empty()).unwrap_or(0);
        let tail = self
            .pass
            .survey
            .tail
            .filter(|_| self.mode != Mode::Declared);
        if tail.is_some_and(|tail| row.line() >= tail) {
            return Nature::Aside(first);
        }
        if self.declared.iter().all(|&place| row.get(place).is_empty())
            && row.width() <= self.header.len()
        {
            return Nature::Aside(first);
        }
        let alone = filled <= 2 && self.header.len() > filled;
        if !alone {
            return Nature::Data;
        }
        let cell = row.get(first);
        // Where members or dates belong, what is one is data.
        let column = self
            .columns
            .iter_mut()
            .find(|column| column.place == Some(first));
        let (fits, strict, is_text) = column.map_or((false, false, false), |column| {
            let kind = column.spec.kind;
            let strict = column.members.is_some() || kind.grain().is_some();
            let fits = column.read(cell, row.is_number(first)).is_ok();
            (fits, strict, kind == ColumnType::Text)
        });
        let without_required = self.columns.iter().any(|column| {
            column.spec.required && column.place.is_some_and(|place| row.get(place).is_empty())
        });
        let below = is_text && self.is_note_below(row, first);
        let is_outside = without_required || !fits || below;
        let opens_note = asides::starts_like_note(cell);
        let is_long = filled == 1 && cell.chars().count() > 60;
        let is_note = |after: bool| {
            opens_note && (filled == 1 || after) || is_long || after && filled == 1 && is_outside
        };
        let survey = self.pass.survey;
        let is_doubtful = self.mode != Mode::Declared || is_note(true) != is_note(false);
        self.doubts |= survey.is_supposed && is_doubtful;
        if fits && strict {
            Nature::Data
        } else if !fits && filled == 1 && self.mode == Mode::Guessed {
            // A title within a table has no place in a column of values.
            Nature::Aside(first)
        } else if is_note(row.line() > survey.last_full_line) {
            Nature::Aside(first)
        } else {
            Nature::Data
        }
    }

    /// Whether a lone word under a table whose rows all hold more is a note: it stands in the first
    /// column, and apart, below another note, or in the form of a sentence.
    fn is_note_below(&self, row: &Record, place: usize) -> bool {
        let survey = self.pass.survey;
        let columns = &survey.columns;
        let is_first = columns.iter().take(place).all(|column| column.filled == 0);
        if self.mode == Mode::Declared
            || self.pass.opened.names.is_some()
            || survey.has_lone_cells
            || !is_first
        {
            return false;
        }
        let cell = row.get(place);
        let longest = columns.get(place).map_or(0, |column| column.shapes.longest);
        let is_long = self.header.len() > 2 && cell.chars().count() > (longest * 3 / 2).max(20);
        self.is_apart || is_long || asides::is_sentence(cell)
    }

    /// Where a row says that it adds others up: the word stands where a member, a date or a name
    /// belongs.
    fn total(&mut self, row: &Record, filled: usize) -> Option<usize> {
        let survey = self.pass.survey;
        if survey.is_regular && !survey.names_totals {
            return None;
        }
        let first = row.cells().position(|cell| !cell.is_empty())?;
        let common = |place: usize| {
            self.pass
                .survey
                .columns
                .get(place)
                .is_some_and(|column| column.totals * 2 > self.pass.survey.rows)
        };
        let says = |place: usize| asides::starts_like_total(row.get(place)) && !common(place);
        let said: Vec<usize> = (0..self.header.len())
            .filter(|&place| says(place))
            .collect();
        if said.is_empty() {
            return None;
        }
        let guessed = self.mode != Mode::Declared;
        let is_key = |column: &&ColumnReader<'_>| {
            column.spec.kind.is_text() || column.spec.kind.grain().is_some()
        };
        let other_keys = self.columns.iter().filter(is_key).any(|column| {
            column.place != Some(first)
                && column.place.is_some_and(|place| !row.get(place).is_empty())
        });
        said.into_iter().find(|&place| {
            let cell = row.get(place);
            // In a column of free text, `Total Énergies` may well be a name.
            // Where nobody declared what the columns are, nothing but numbers may stand beside it.
            let is_word = asides::is_total_word(cell);
            let is_last = row.line() > self.pass.survey.last_full_line;
            let free = (is_word && !guessed)
                || (first == place && !other_keys && (filled > 1 || is_word && is_last));
            match self
                .columns
                .iter_mut()
                .find(|column| column.place == Some(place))
            {
                Some(column) if column.spec.kind.is_number() => guessed && free,
                Some(column) if column.members.is_some() || !column.spec.kind.is_text() => {
                    column.read(cell, false).is_err()
                }
                Some(_) => free,
                None => free && first == place,
            }
        })
    }

    fn leave_out(&mut self, row: &Record, kind: FindingKind, place: usize) {
        let mut finding = self.finding(Severity::Note, kind, Some(row.line()), None);
        // Notes are free to name people.
        let is_free = self.personal && kind == FindingKind::RowLeftOut;
        if self.shown.get(place).copied().unwrap_or(false) && !is_free {
            finding.value = Some(quoted(row.get(place)));
        }
        self.found.push(finding);
    }

    fn rejected(
        &self,
        row: &Record,
        kind: FindingKind,
        column: Option<String>,
        hidden: bool,
    ) -> Reject {
        let cells = (0..row.len().max(self.header.len())).map(|place| {
            let shown = self.shown.get(place).copied().unwrap_or(true) && !hidden;
            if shown {
                row.get(place).to_owned()
            } else {
                String::new()
            }
        });
        Reject {
            row: row.line(),
            kind,
            column,
            header: self.header.clone(),
            cells: cells.collect(),
        }
    }

    /// Hands on what was found: one by one to the sink, grouped to the outcome.
    fn tell<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        for finding in self.found.drain(..) {
            sink.finding(&finding)?;
            self.outcome.findings.push(finding);
        }
        Ok(())
    }

    fn flush<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        self.coming = self.coming.saturating_sub(std::mem::take(&mut self.bytes));
        if std::mem::take(&mut self.gathered) == 0 {
            return Ok(());
        }
        let columns: Vec<Column> = self.columns.iter_mut().map(ColumnReader::take).collect();
        sink.rows(Batch { columns })
    }

    fn finding(
        &self,
        severity: Severity,
        kind: FindingKind,
        row: Option<u64>,
        column: Option<String>,
    ) -> Finding {
        Finding {
            severity,
            kind,
            source: self.pass.name.to_owned(),
            row,
            column,
            value: None,
            hint: None,
            expected: None,
        }
    }
}

/// The power of ten by which the numbers of a column are multiplied, by the unit in its header.
fn conversion(spec: &ColumnSpec, header: &str) -> i32 {
    let declared = spec.unit.filter(|_| spec.kind.is_number());
    let conversion = declared.and_then(|unit| Some(HeaderUnit::of(header)?.to(unit)));
    match conversion {
        Some(Conversion::Power(power)) => power,
        _ => 0,
    }
}

/// Whether a program of workbooks takes a text for a formula. A sign alone makes none: numbers
/// and telephones start with one.
fn is_formula(cell: &str) -> bool {
    match cell.as_bytes() {
        [b'=' | b'@', _, ..] => true,
        [b'+' | b'-', ..] => cell.contains(['(', '|', '=']),
        _ => false,
    }
}

/// The name under which users know a column that the file lacks.
fn known_as(spec: &ColumnSpec) -> String {
    spec.headers
        .first()
        .cloned()
        .unwrap_or_else(|| spec.id.to_string())
}

fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED) {
        None => cell.to_owned(),
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
    }
}
