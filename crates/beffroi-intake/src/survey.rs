//! The first pass: what whole columns say that single cells cannot.
//!
//! Decides the decimal mark and the order of day and month of each column; counts what the guess
//! of types and the recognition of notes at the end rest on.

use crate::{
    IntakeError,
    asides::{is_ruler, is_total_word, starts_like_note, starts_like_total},
    cell::dates::{self, DayOrder, Shape, Stamp},
    cell::marks,
    cell::numbers::{self, Decimal, DecimalMark, Evidence},
    express::{ChunkRows, Express, Irregular, Journey},
    format::Opened,
    layout::Layout,
    progress::{self, Watch},
    record::Record,
    shape::is_code,
    tables::{Ahead, Ends, OtherTable, opens_table},
    text::delimited::MAX_COLUMNS,
};
use beffroi_model::{ColumnType, Grain, Pass, Reading};
use std::convert::Infallible;

/// Rows of up to so many cells widen any table; longer ones up to so many times its width.
const WIDEST: usize = 128;
const MUCH_WIDER: usize = 8;
/// How many rows let suppose what the others hold.
const SUPPOSED: usize = if cfg!(any(test, fuzzing)) { 8 } else { 1000 };
/// No more rows under a table are taken for something else.
const TAIL: usize = 64;

/// What was counted in a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Survey {
    /// Whether only the first rows were counted.
    pub(crate) is_supposed: bool,
    /// Rows that hold something, repeated headers left out.
    pub(crate) rows: u64,
    /// The last line that is filled like the others: notes come after it.
    pub(crate) last_full_line: u64,
    /// Whether rows with one cell alone stand among the others.
    pub(crate) has_lone_cells: bool,
    /// The last line of the table, when another follows.
    pub(crate) end: Option<u64>,
    /// The line from which on there is no data, for words stand where the table has values.
    pub(crate) tail: Option<u64>,
    /// The other tables of the file.
    pub(crate) others: Vec<OtherTable>,
    /// The last line of each number of filled cells.
    last_lines: Vec<u64>,
    /// The first line with one cell alone, notes apart.
    first_lone: Option<u64>,
    /// Whether all rows went the express way.
    pub(crate) is_regular: bool,
    /// Whether some cell starts as a total does.
    pub(crate) names_totals: bool,
    /// One for each column of the file.
    pub(crate) columns: Vec<ColumnSurvey>,
    /// Cells that surely have a comma, or a point, as decimal mark.
    commas: u64,
    points: u64,
    /// The decimal mark that somebody decided.
    decided_mark: Option<DecimalMark>,
}

/// What was counted in one column.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnSurvey {
    /// Cells that hold something.
    pub(crate) filled: u64,
    /// Of these, those that tell its type.
    pub(crate) typed: u64,
    /// Of these, the usual marks of absence.
    pub(crate) marks: u64,
    /// Words such as `Total`.
    pub(crate) totals: u64,
    commas: u64,
    points: u64,
    doubtful_commas: u64,
    doubtful_points: u64,
    /// Numbers without any mark: up to three digits, and more.
    short: u64,
    long: u64,
    day_first: u64,
    month_first: u64,
    /// Dates in which either may come first.
    either_first: u64,
    /// What the guess of a type rests on.
    pub(crate) shapes: Shapes,
}

/// Digits of more would not fit 64 bits.
const MAX_PLAIN: usize = 18;

/// How many cells have which shape.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shapes {
    pub(crate) numbers: u64,
    /// Nothing but digits.
    pub(crate) plain: u64,
    pub(crate) leading_zeros: u64,
    /// Digits and capitals, such as `2A004`.
    pub(crate) codes: u64,
    pub(crate) booleans: u64,
    pub(crate) instants: u64,
    /// By grain, in the order of [`Grain::ALL`].
    pub(crate) periods: [u64; 5],
    /// Most digits after the decimal mark, under each reading of a doubtful mark.
    pub(crate) scale: [u32; 2],
    pub(crate) shortest: usize,
    pub(crate) longest: usize,
}

/// What to count in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Nothing in particular.
    None,
    /// The decimal mark.
    Numbers,
    /// The order of day and month.
    Dates,
    /// Everything: its type is to be guessed.
    Guess,
}

impl Interest {
    /// What to count in a column of a declared type.
    pub(crate) fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Integer | ColumnType::Decimal { .. } => Self::Numbers,
            ColumnType::Date { .. } | ColumnType::DateTime => Self::Dates,
            ColumnType::Text | ColumnType::Code | ColumnType::Boolean => Self::None,
        }
    }
}

/// Reads the whole file once. There is an interest for each column of the header; when everything
/// is to be guessed (`widen`), columns beyond the header are counted too.
pub(crate) fn survey(
    opened: &Opened<'_>,
    layout: &Layout,
    interests: &[Interest],
    widen: bool,
    watch: Option<&Watch<'_>>,
) -> Survey {
    watched(watch, || counted(opened, layout, interests, widen, watch))
}

/// The same, the ordinary way only.
pub(crate) fn at_length(
    opened: &Opened<'_>,
    layout: &Layout,
    interests: &[Interest],
    widen: bool,
    watch: Option<&Watch<'_>>,
) -> Survey {
    watched(watch, || ordinary(opened, layout, interests, widen, watch))
}

/// A survey whose beginning and end are told.
fn watched(watch: Option<&Watch<'_>>, survey: impl FnOnce() -> Survey) -> Survey {
    watch.inspect(|watch| watch.start(Pass::Survey));
    let survey = survey();
    watch.inspect(|watch| watch.end());
    survey
}

fn counted(
    opened: &Opened<'_>,
    layout: &Layout,
    interests: &[Interest],
    widen: bool,
    watch: Option<&Watch<'_>>,
) -> Survey {
    if let Some(express) = opened.express().filter(Express::is_worthwhile) {
        let mut survey = Survey::of(layout);
        let part = |rows: &mut ChunkRows<'_>| {
            let mut part = Survey::of(layout);
            while let Some(row) = rows.next()? {
                if may_end_table(opened, layout, row) {
                    return Err(Irregular);
                }
                part.add(row, layout, interests, widen);
            }
            Ok(part)
        };
        let add = |part| {
            survey.merge(part, interests);
            watch.inspect(|watch| watch.count(survey.rows, 0));
            Ok::<_, Infallible>(())
        };
        if let Journey::Whole = express.travel(layout.headings.len(), watch, part, add) {
            survey.is_regular = true;
            survey.settle();
            return survey;
        }
    }
    ordinary(opened, layout, interests, widen, watch)
}

/// Whether the table may end above a row. What names its columns (JSON) holds one table.
pub(crate) fn may_end_table(opened: &Opened<'_>, layout: &Layout, row: &Record) -> bool {
    opened.names.is_none() && row.line() > layout.data_after && opens_table(layout, row)
}

/// What the first rows let suppose.
pub(crate) fn supposed(opened: &Opened<'_>, layout: &Layout, interests: &[Interest]) -> Survey {
    let (mut survey, mut rows) = (Survey::of(layout), opened.rows());
    for _ in 0..SUPPOSED {
        let Some(row) = rows.next() else { break };
        survey.add(row, layout, interests, false);
    }
    (survey.is_supposed, survey.is_regular) = (true, true);
    survey.settle();
    survey
}

fn ordinary(
    opened: &Opened<'_>,
    layout: &Layout,
    interests: &[Interest],
    widen: bool,
    watch: Option<&Watch<'_>>,
) -> Survey {
    let mut survey = Survey::of(layout);
    let mut rows = Ahead::new(opened.rows());
    let mut ends = Ends::of(layout, opened.ragged);
    let mut held: Vec<Record> = Vec::new();
    // What names its columns (JSON) holds one table.
    let single = opened.names.is_some();
    for passed in 0_u64.. {
        if let Some(watch) = watch.filter(|_| passed.is_multiple_of(progress::EACH)) {
            watch.count(survey.rows, 0);
            rows.rows().place().inspect(|place| watch.place(*place));
        }
        let Some(row) = rows.next() else { break };
        if row.line() <= layout.data_after {
            continue;
        }
        if row.filled() == 0 {
            ends.blank();
            continue;
        }
        let suspect = (!single && ends.is_suspect(row)).then(|| row.clone());
        let row = match &suspect {
            Some(row) => {
                ends.ends(row, &mut rows);
                row
            }
            None => row,
        };
        ends.row(row);
        if ends.end.is_some() {
            continue;
        }
        if ends.tail.is_some() && held.len() < TAIL {
            held.push(row.clone());
            continue;
        }
        // What goes on for long, or is followed by data, is no tail.
        ends.tail = None;
        for row in held.drain(..) {
            survey.add(&row, layout, interests, widen);
        }
        survey.add(row, layout, interests, widen);
    }
    survey.settle();
    (survey.end, survey.tail, survey.others) = (ends.end, ends.tail, ends.others);
    survey
}

impl Survey {
    /// Nothing counted yet.
    pub(crate) fn of(layout: &Layout) -> Self {
        Self {
            columns: vec![ColumnSurvey::default(); layout.headings.len()],
            ..Self::default()
        }
    }

    /// Counts a row.
    pub(crate) fn add(
        &mut self,
        row: &Record,
        layout: &Layout,
        interests: &[Interest],
        widen: bool,
    ) {
        if row.line() <= layout.data_after {
            return;
        }
        let filled = row.filled();
        let is_aside = layout.is_header(row) || layout.is_title_again(row) || is_ruler(row);
        if filled == 0 || is_aside {
            return;
        }
        self.rows += 1;
        if filled == 1 && self.first_lone.is_none() && !starts_like_note(row.get(0)) {
            self.first_lone = Some(row.line());
        }
        if self.last_lines.len() <= filled {
            self.last_lines.resize(filled + 1, 0);
        }
        if let Some(last) = self.last_lines.get_mut(filled) {
            *last = row.line();
        }
        let alone = filled == 1 && layout.headings.len() > 2;
        if widen && self.columns.len() < row.len().min(MAX_COLUMNS) {
            let width = row.width().max(self.columns.len());
            self.columns.resize(width, ColumnSurvey::default());
        }
        for (index, column) in self.columns.iter_mut().enumerate() {
            let cell = row.get(index);
            if cell.is_empty() {
                continue;
            }
            let interest = interests.get(index).unwrap_or(&Interest::Guess);
            let total = starts_like_total(cell);
            self.names_totals |= total;
            if total && is_total_word(cell) {
                column.totals += 1;
            }
            column.filled += 1;
            // Notes and words such as `Total` say nothing of the type of their column.
            if *interest == Interest::Guess && (alone || total) {
                continue;
            }
            column.typed += 1;
            column.count(cell, row.is_number(index), *interest);
        }
    }

    /// Adds what was counted in the rows that follow.
    pub(crate) fn merge(&mut self, after: Self, interests: &[Interest]) {
        self.rows += after.rows;
        self.names_totals |= after.names_totals;
        self.first_lone = self.first_lone.or(after.first_lone);
        let lines = self.last_lines.len().max(after.last_lines.len());
        self.last_lines.resize(lines, 0);
        for (last, later) in self.last_lines.iter_mut().zip(after.last_lines) {
            *last = later.max(*last);
        }
        for (index, column) in after.columns.into_iter().enumerate() {
            let interest = interests.get(index).unwrap_or(&Interest::Guess);
            match self.columns.get_mut(index) {
                Some(known) => known.merge(&column, *interest),
                None => self.columns.push(column),
            }
        }
    }

    /// Fails when a row has many more cells than the table has columns: as many more columns would
    /// be made of it for all the others.
    pub(crate) fn is_even(&self, width: usize) -> Result<(), IntakeError> {
        let cells = self.last_lines.len().saturating_sub(1);
        if cells > WIDEST && cells > width * MUCH_WIDER {
            let line = self.last_lines.last().copied().unwrap_or_default();
            return Err(IntakeError::RowTooWide { line, cells, width });
        }
        Ok(())
    }

    /// Draws the sums, once all rows are counted.
    pub(crate) fn settle(&mut self) {
        let usual = self.last_lines.len().saturating_sub(1);
        let lines = self.last_lines.iter().enumerate();
        let full = lines.filter(|(filled, _)| filled * 2 > usual || usual == 1);
        self.last_full_line = full.map(|(_, line)| *line).max().unwrap_or(0);
        let lone = self.first_lone;
        self.has_lone_cells = lone.is_some_and(|line| line < self.last_full_line);
        self.commas = self.columns.iter().map(|column| column.commas).sum();
        self.points = self.columns.iter().map(|column| column.points).sum();
    }
}

impl ColumnSurvey {
    /// Adds what was counted in the rows that follow. As for single cells, shapes that were
    /// missed once count no more.
    fn merge(&mut self, after: &Self, interest: Interest) {
        let before = self.typed - self.marks;
        let (known, later) = (&mut self.shapes, &after.shapes);
        let guesses = interest == Interest::Guess;
        if known.booleans == before {
            known.booleans += later.booleans;
        }
        if known.codes == before {
            known.codes += later.codes;
        }
        if !guesses || known.numbers == before {
            known.numbers += later.numbers;
            known.plain += later.plain;
            known.leading_zeros += later.leading_zeros;
            for (scale, later) in known.scale.iter_mut().zip(later.scale) {
                *scale = later.max(*scale);
            }
            self.commas += after.commas;
            self.points += after.points;
            self.doubtful_commas += after.doubtful_commas;
            self.doubtful_points += after.doubtful_points;
            self.short += after.short;
            self.long += after.long;
        }
        let days = known.periods.first().copied().unwrap_or(0);
        if !guesses || known.instants + days == before || known.periods.contains(&before) {
            known.instants += later.instants;
            for (count, later) in known.periods.iter_mut().zip(later.periods) {
                *count += later;
            }
            self.day_first += after.day_first;
            self.month_first += after.month_first;
            self.either_first += after.either_first;
        }
        if later.longest > 0 {
            known.shortest = if known.longest == 0 {
                later.shortest
            } else {
                later.shortest.min(known.shortest)
            };
            known.longest = later.longest.max(known.longest);
        }
        self.filled += after.filled;
        self.typed += after.typed;
        self.marks += after.marks;
        self.totals += after.totals;
    }

    fn count(&mut self, cell: &str, is_number: bool, interest: Interest) {
        match interest {
            Interest::None => {}
            Interest::Numbers if is_number => {}
            Interest::Numbers => self.count_number(cell),
            Interest::Dates if dates::starts_with_year(cell) => {}
            Interest::Dates => self.count_order(dates::read(cell)),
            Interest::Guess => self.count_shapes(cell, is_number),
        }
    }

    fn count_number(&mut self, cell: &str) {
        if let Some(number) = numbers::lex(cell) {
            self.count_evidence(number.evidence, cell);
        }
    }

    fn count_evidence(&mut self, evidence: Evidence, cell: &str) {
        match evidence {
            Evidence::Sure(DecimalMark::Comma) => self.commas += 1,
            Evidence::Sure(DecimalMark::Point) => self.points += 1,
            Evidence::Either(DecimalMark::Comma) => self.doubtful_commas += 1,
            Evidence::Either(DecimalMark::Point) => self.doubtful_points += 1,
            Evidence::None if cell.len() <= 3 => self.short += 1,
            Evidence::None => self.long += 1,
        }
    }

    fn count_order(&mut self, stamp: Option<Stamp>) {
        if let Some(Stamp {
            date: Shape::Either { first, second, .. },
            ..
        }) = stamp
        {
            self.day_first += u64::from(first > 12);
            self.month_first += u64::from(second > 12);
            self.either_first += u64::from(first <= 12 && second <= 12 && first != second);
        }
    }

    /// Counts a cell of digits in a column that holds nothing else so far, and no dates: the same
    /// as [`count_shapes`](Self::count_shapes), at once. False when it is for the long way.
    fn count_digits(&mut self, cell: &str, is_number: bool) -> bool {
        let (bytes, shapes) = (cell.as_bytes(), &mut self.shapes);
        let before = self.typed - self.marks - 1;
        let is_usual = before > 0
            && !is_number
            && (shapes.plain, shapes.numbers) == (before, before)
            && shapes.leading_zeros + shapes.booleans + shapes.instants == 0
            && !shapes.periods.contains(&before)
            && bytes.len() <= MAX_PLAIN
            && (bytes.first() != Some(&b'0') || bytes.len() == 1)
            && bytes.iter().all(u8::is_ascii_digit);
        if is_usual {
            shapes.numbers += 1;
            shapes.plain += 1;
            shapes.codes += u64::from(shapes.codes == before);
            shapes.shortest = shapes.shortest.min(bytes.len());
            shapes.longest = shapes.longest.max(bytes.len());
            self.count_evidence(Evidence::None, cell);
        }
        is_usual
    }

    /// Counts an instant in a column that holds nothing else so far: the same as
    /// [`count_shapes`](Self::count_shapes), at once. False when it is for the long way.
    fn count_instant(&mut self, cell: &str) -> bool {
        let shapes = &mut self.shapes;
        let before = self.typed - self.marks - 1;
        let is_usual = before > 0
            && shapes.instants == before
            && ![shapes.numbers, shapes.codes, shapes.booleans].contains(&before)
            && dates::iso_instant(cell).is_some();
        if is_usual {
            shapes.instants += 1;
            shapes.shortest = shapes.shortest.min(cell.len());
            shapes.longest = shapes.longest.max(cell.len());
        }
        is_usual
    }

    /// Looks only for the shapes that all cells before this one had.
    fn count_shapes(&mut self, cell: &str, is_number: bool) {
        if self.count_digits(cell, is_number) || self.count_instant(cell) {
            return;
        }
        let shapes = &mut self.shapes;
        let length = if cell.is_ascii() {
            cell.len()
        } else {
            cell.chars().count()
        };
        shapes.shortest = if shapes.longest == 0 {
            length
        } else {
            shapes.shortest.min(length)
        };
        shapes.longest = shapes.longest.max(length);
        if marks::usual(cell).is_some() {
            self.marks += 1;
            return;
        }
        let before = self.typed - self.marks - 1;
        if shapes.booleans == before {
            shapes.booleans += u64::from(marks::is_boolean_word(cell));
        }
        if shapes.codes == before {
            shapes.codes += u64::from(is_code(cell));
        }
        if shapes.numbers == before
            && let Some(number) = numbers::lex(cell)
        {
            shapes.numbers += 1;
            shapes.plain += u64::from(number.is_plain());
            shapes.leading_zeros += u64::from(number.has_leading_zero());
            let [by_comma, by_point] = &mut shapes.scale;
            let known = (*by_comma).min(*by_point);
            // No more decimals than others had need no counting.
            if number.most_decimals().is_none_or(|most| most > known) {
                let scale_by = |mark| number.value(mark).map_or(u32::MAX, Decimal::useful_scale);
                let point = scale_by(DecimalMark::Point);
                // Only a doubtful mark may be read in two ways.
                let comma = match number.evidence {
                    Evidence::Either(_) if !is_number => scale_by(DecimalMark::Comma),
                    _ => point,
                };
                (*by_comma, *by_point) = (comma.max(*by_comma), point.max(*by_point));
            }
            if !is_number {
                self.count_evidence(number.evidence, cell);
            }
        }
        let shapes = &mut self.shapes;
        let days = shapes.periods.first().copied().unwrap_or(0);
        if shapes.instants + days == before || shapes.periods.contains(&before) {
            let stamp = dates::read(cell);
            if let Some(stamp) = &stamp {
                shapes.instants += u64::from(stamp.has_time());
                for (count, grain) in shapes.periods.iter_mut().zip(Grain::ALL) {
                    *count += u64::from(!stamp.has_time() && stamp.is_of(grain));
                }
            }
            self.count_order(stamp);
        }
    }

    /// Which of day and month comes first.
    pub(crate) fn day_order(&self) -> DayOrder {
        if self.month_first > 0 && self.day_first == 0 {
            DayOrder::MonthFirst
        } else {
            DayOrder::DayFirst
        }
    }

    /// Whether it matters which of day and month comes first.
    pub(crate) fn asks_for_order(&self) -> bool {
        self.month_first + self.day_first + self.either_first > 0
    }

    /// How many dates can only be read in an order, and how many only in the other.
    pub(crate) fn sure_orders(&self, order: DayOrder) -> (u64, u64) {
        match order {
            DayOrder::DayFirst => (self.day_first, self.month_first),
            DayOrder::MonthFirst => (self.month_first, self.day_first),
        }
    }

    /// How many numbers can only be read with a decimal mark, and how many only with the other.
    pub(crate) fn sure_marks(&self, mark: DecimalMark) -> (u64, u64) {
        match mark {
            DecimalMark::Comma => (self.commas, self.points),
            DecimalMark::Point => (self.points, self.commas),
        }
    }
}

impl Survey {
    /// Puts what somebody decided in the place of what was counted.
    pub(crate) fn correct(&mut self, reading: &Reading) {
        self.decided_mark = reading.decimal_mark.map(|mark| match mark {
            '.' => DecimalMark::Point,
            _ => DecimalMark::Comma,
        });
        if let Some(month_first) = reading.month_first {
            for column in &mut self.columns {
                (column.month_first, column.day_first) =
                    (month_first.into(), (!month_first).into());
            }
        }
    }

    /// The decimal mark of a column: what its own cells say, else what the file says, else what
    /// is likely; in a column of whole numbers a doubtful mark stands for thousands.
    pub(crate) fn decimal_mark(
        &self,
        column: &ColumnSurvey,
        whole: bool,
        delimiter: Option<u8>,
    ) -> DecimalMark {
        let majority = |commas: u64, points: u64| match commas.cmp(&points) {
            std::cmp::Ordering::Greater => Some(DecimalMark::Comma),
            std::cmp::Ordering::Less => Some(DecimalMark::Point),
            std::cmp::Ordering::Equal => None,
        };
        let likely = || match (column.doubtful_commas > 0, column.doubtful_points > 0) {
            (true, _) if whole => DecimalMark::Point,
            (_, true) if whole => DecimalMark::Comma,
            // 379, 575, 1.234: every thousand has its point, so points stand for thousands.
            (false, true) if column.short > 0 && column.long == 0 => DecimalMark::Comma,
            (false, true) => DecimalMark::Point,
            _ if delimiter == Some(b',') => DecimalMark::Point,
            _ => DecimalMark::Comma,
        };
        self.decided_mark
            .or_else(|| majority(column.commas, column.points))
            .or_else(|| majority(self.commas, self.points))
            .unwrap_or_else(likely)
    }

    /// Whether the cells of a column have decimal marks, sure or doubtful.
    pub(crate) fn has_marks(column: &ColumnSurvey) -> bool {
        column.commas + column.points + column.doubtful_commas + column.doubtful_points > 0
    }
}
