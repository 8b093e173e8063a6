//! Rows of totals, held to the rows that they add up.
//!
//! Which rows a total adds up is not written anywhere. It is right when it is the sum of all rows
//! since the start, or since any total before it; at the head of a table, of the rows that follow.
//! Nothing is said where the sum cannot be known (a cell without value, a row that could not be
//! read, `dont` rows that count twice), nor of a figure among those of its column: it is a mean or
//! a rate.

use super::{
    Fault,
    amount::{Amount, SCALE, written},
};
use crate::{asides::starts_like_total, cell::column::Value, cell::numbers, record::Record};
use beffroi_model::{ColumnType, FindingKind};

/// Up to how many rows a table with totals is added up: larger ones no person made.
pub(crate) const ROWS: u64 = 200_000;
/// How many totals are remembered.
const TOTALS: usize = 200;
/// Figures with as many decimals are accounts: their sums are exact.
const EXACT_DECIMALS: u32 = 2;

/// The sums of a table under way.
pub(crate) struct Totals {
    columns: Vec<Summed>,
    /// What stands in each column of the file since the last total; `None` where it varies.
    common: Vec<Option<String>>,
    /// Columns declared to hold something else than numbers.
    keys: Vec<usize>,
    rows: u64,
    /// Where totals stood, the start of the table being the first.
    marks: Vec<Mark>,
    /// Whether totals stand before their rows.
    leads: bool,
    /// Totals that the rows after them may still prove right.
    claims: Vec<Claim>,
    /// Whether sums can no longer be known.
    given_up: bool,
}

/// A column of numbers.
struct Summed {
    place: usize,
    name: String,
    kind: ColumnType,
    sum: i128,
    least: i128,
    most: i128,
    /// The most decimals of a cell.
    finest: u32,
    /// Whether some cell has no value.
    has_gaps: bool,
}

/// What had been added up at some line.
struct Mark {
    rows: u64,
    sums: Vec<i128>,
}

impl Mark {
    fn sum(&self, column: usize) -> i128 {
        self.sums.get(column).copied().unwrap_or_default()
    }
}

/// A total that no sum before it comes to.
struct Claim {
    line: u64,
    /// The column, among those summed.
    index: usize,
    value: i128,
    decimals: u32,
    /// The nearest of the sums before it.
    nearest: Option<i128>,
    /// The mark that it left.
    mark: usize,
}

impl Totals {
    /// For the declared columns of a file, each with its place and its name; `width` is how many
    /// columns the file has.
    pub(crate) fn new(
        declared: impl Iterator<Item = (usize, String, ColumnType)>,
        width: usize,
    ) -> Self {
        let (numbers, others): (Vec<_>, Vec<_>) = declared.partition(|(.., kind)| kind.is_number());
        let columns: Vec<Summed> = numbers
            .into_iter()
            .map(|(place, name, kind)| Summed {
                place,
                name,
                kind,
                sum: 0,
                least: i128::MAX,
                most: i128::MIN,
                finest: 0,
                has_gaps: false,
            })
            .collect();
        let sums = vec![0; columns.len()];
        Self {
            columns,
            common: vec![None; width],
            keys: others.into_iter().map(|(place, ..)| place).collect(),
            rows: 0,
            marks: vec![Mark { rows: 0, sums }],
            leads: false,
            claims: Vec::new(),
            given_up: false,
        }
    }

    /// Says that a row could not be read.
    pub(crate) fn give_up(&mut self) {
        self.given_up = true;
    }

    /// Adds a row of data; `value` gives what was read at a place of the file.
    pub(crate) fn row(&mut self, row: &Record, value: impl Fn(usize) -> Option<Value>) {
        let first = row.cells().find(|cell| !cell.is_empty());
        let counts_twice = first.is_some_and(|cell| {
            let word = cell.trim_start().get(..5);
            word.is_some_and(|word| word.eq_ignore_ascii_case("dont "))
        });
        if self.given_up || counts_twice {
            self.given_up = true;
            return;
        }
        let is_first = self.marks.last().is_some_and(|mark| mark.rows == self.rows);
        for (place, common) in self.common.iter_mut().enumerate() {
            let cell = row.get(place);
            if is_first {
                *common = Some(cell.to_owned());
            } else if common.as_deref() != Some(cell) {
                *common = None;
            }
        }
        self.rows += 1;
        for column in &mut self.columns {
            match value(column.place).and_then(|value| number(value, column.kind)) {
                Some((value, decimals)) => {
                    column.least = column.least.min(value);
                    column.most = column.most.max(value);
                    column.finest = column.finest.max(decimals);
                    match column.sum.checked_add(value) {
                        Some(sum) => column.sum = sum,
                        None => self.given_up = true,
                    }
                }
                None => column.has_gaps = true,
            }
        }
    }

    /// What is wrong with a row of totals; `value` gives what can be read at a place of the file.
    pub(crate) fn total(
        &mut self,
        row: &Record,
        mut value: impl FnMut(usize) -> Option<Value>,
    ) -> Vec<Fault> {
        if self.given_up || self.marks.len() >= TOTALS {
            self.given_up = true;
            return Vec::new();
        }
        self.leads |= self.rows == 0;
        // A total of one year, one school: of the rows of that one.
        let (is_partial, is_of_last) = self.scope(row);
        let mut faults = Vec::new();
        if !is_partial || (is_of_last && !self.leads) {
            for (index, column) in self.columns.iter().enumerate() {
                let read = value(column.place).and_then(|value| number(value, column.kind));
                let Some((value, decimals)) = read else {
                    continue;
                };
                let passed = if is_partial { self.marks.len() - 1 } else { 0 };
                let marks = self.marks.iter().skip(passed);
                let mut sums = marks
                    .filter(|mark| mark.rows < self.rows)
                    .map(|mark| (column.sum - mark.sum(index), self.rows - mark.rows))
                    .peekable();
                let is_open = sums.peek().is_none();
                let (is_right, nearest) = column.compare(value, decimals, sums);
                if is_right || (is_open && !self.leads) {
                    continue;
                }
                let claim = Claim {
                    line: row.line(),
                    index,
                    value,
                    decimals,
                    nearest,
                    mark: self.marks.len(),
                };
                match self.leads {
                    true => self.claims.push(claim),
                    false => faults.extend(column.fault(&claim, nearest)),
                }
            }
        }
        let sums = self.columns.iter().map(|column| column.sum).collect();
        self.marks.push(Mark {
            rows: self.rows,
            sums,
        });
        faults
    }

    /// What is wrong with totals that stand before their rows.
    pub(crate) fn finish(&mut self) -> Vec<Fault> {
        let claims = std::mem::take(&mut self.claims);
        if self.given_up {
            return Vec::new();
        }
        let told = claims.iter().filter_map(|claim| {
            let column = self.columns.get(claim.index)?;
            let from = self.marks.get(claim.mark)?;
            let later = self.marks.iter().skip(claim.mark + 1);
            let sums = later
                .map(|mark| (mark.rows, mark.sum(claim.index)))
                .chain([(self.rows, column.sum)])
                .filter(|(rows, _)| *rows > from.rows)
                .map(|(rows, sum)| (sum - from.sum(claim.index), rows - from.rows));
            let (is_right, nearest) = column.compare(claim.value, claim.decimals, sums);
            if is_right {
                return None;
            }
            column.fault(claim, nearest.or(claim.nearest))
        });
        told.collect()
    }

    /// Whether a total says of which rows it is, and whether those are the ones since the last
    /// total.
    fn scope(&self, row: &Record) -> (bool, bool) {
        let is_summed = |place: usize| self.columns.iter().any(|it| it.place == place);
        let (mut is_partial, mut is_of_last) = (false, true);
        for (place, common) in self.common.iter().enumerate() {
            let cell = row.get(place);
            let says = !cell.is_empty() && !starts_like_total(cell) && !is_summed(place);
            // A number in a column that nobody declared is one more total.
            if says && (self.keys.contains(&place) || numbers::lex(cell).is_none()) {
                is_partial = true;
                is_of_last &= common.as_deref() == Some(cell);
            }
        }
        (is_partial, is_of_last)
    }
}

impl Summed {
    /// Whether a total is one of some sums, each of so many rows; else the nearest.
    fn compare(
        &self,
        total: i128,
        decimals: u32,
        sums: impl Iterator<Item = (i128, u64)>,
    ) -> (bool, Option<i128>) {
        let mut nearest: Option<i128> = None;
        for (sum, rows) in sums {
            let gap = (total - sum).unsigned_abs();
            if gap <= self.tolerance(rows, decimals) {
                return (true, Some(sum));
            }
            if nearest.is_none_or(|known| gap < (total - known).unsigned_abs()) {
                nearest = Some(sum);
            }
        }
        (false, nearest)
    }

    /// How far a total may be from the sum of so many rows, by the rounding of figures.
    fn tolerance(&self, rows: u64, decimals: u32) -> u128 {
        if self.kind == ColumnType::Integer {
            return 0;
        }
        let half = |decimals: u32| 10_u128.pow(SCALE.saturating_sub(decimals)) / 2;
        let of_rows = match self.finest >= EXACT_DECIMALS {
            true => 0,
            false => half(self.finest).saturating_mul(rows.into()),
        };
        let of_total = if decimals < self.finest {
            half(decimals)
        } else {
            0
        };
        of_rows.saturating_add(of_total)
    }

    /// Of a total that is no sum, unless nothing can be said of it.
    fn fault(&self, claim: &Claim, nearest: Option<i128>) -> Option<Fault> {
        let is_mean = (self.least..=self.most).contains(&claim.value) && self.least < self.most;
        if self.has_gaps || is_mean {
            return None;
        }
        let fault = Fault::new(FindingKind::TotalFails, &self.name, &written(claim.value));
        Some(Fault {
            row: Some(claim.line),
            ..fault.expecting(written(nearest?))
        })
    }
}

/// A number × 10^12, with how many decimals it has.
fn number(value: Value, kind: ColumnType) -> Option<(i128, u32)> {
    let Some(Amount::Number(scaled)) = Amount::of(value, kind, "") else {
        return None;
    };
    let mut decimals = SCALE;
    let mut rest = scaled;
    while decimals > 0 && rest % 10 == 0 {
        rest /= 10;
        decimals -= 1;
    }
    Some((scaled, decimals))
}
