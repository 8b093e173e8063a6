//! Tables that stand side by side in one sheet, parted by blank columns.
//!
//! Blank columns also part the groups of one table. Another table has names of its own: its header
//! is that of the first once more, or its rows start with names and end on another line.

use crate::{
    format::{Grid, Opened},
    record::Record,
    shape::Look,
    tables::OtherTable,
};
use beffroi_model::normalize;
use std::ops::Range;

/// How many rows are looked at.
const SAMPLE: usize = 400;
/// Among how many of them headers are looked for.
const HEADER_WITHIN: usize = 12;

/// What stands beside the first table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beside {
    /// How many columns belong to the first table, those before it included.
    pub(crate) width: usize,
    /// The others.
    pub(crate) others: Vec<OtherTable>,
}

/// The tables beside the first of a file, if there are any.
pub(crate) fn find(opened: &Opened<'_>) -> Option<Beside> {
    if opened.names.is_some() || matches!(opened.grid, Grid::Spooled(_)) && !opened.ragged {
        return None;
    }
    let (mut rows, mut sample) = (opened.grid.rows(), Vec::new());
    while let Some(row) = rows.next() {
        if !row.is_blank() {
            sample.push(row.clone());
        }
        if sample.len() == SAMPLE {
            break;
        }
    }
    let blocks = blocks(&sample);
    let (first, others) = blocks.split_first()?;
    let is_table = |block: &Range<usize>| block.len() > 1;
    if !is_table(first) || others.is_empty() || !others.iter().all(is_table) {
        return None;
    }
    let table = Block::of(&sample, first)?;
    let others: Option<Vec<OtherTable>> = others
        .iter()
        .map(|columns| {
            let other = Block::of(&sample, columns)?;
            other.is_apart_from(&table).then(|| {
                let header = &sample[other.top];
                let cells = columns.clone().map(|place| header.get(place));
                OtherTable::under(header.line(), cells)
            })
        })
        .collect();
    Some(Beside {
        width: first.end,
        others: others?,
    })
}

/// The columns between blank ones.
fn blocks(sample: &[Record]) -> Vec<Range<usize>> {
    let width = sample.iter().map(Record::width).max().unwrap_or(0);
    let mut filled = vec![false; width];
    for row in sample {
        for (filled, cell) in filled.iter_mut().zip(row.cells()) {
            *filled |= !cell.is_empty();
        }
    }
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for place in (0..width).filter(|&place| filled[place]) {
        match blocks.last_mut() {
            Some(block) if block.end == place => block.end += 1,
            _ => blocks.push(place..place + 1),
        }
    }
    blocks
}

/// Some columns of the sample.
struct Block<'s> {
    sample: &'s [Record],
    columns: Range<usize>,
    /// The rows of the sample in which several of its cells are filled: the first, and the last.
    top: usize,
    bottom: usize,
}

impl<'s> Block<'s> {
    fn of(sample: &'s [Record], columns: &Range<usize>) -> Option<Self> {
        let is_row = |row: &Record| {
            let cells = columns.clone().map(|place| row.get(place));
            cells.filter(|cell| !cell.is_empty()).count() > 1
        };
        Some(Self {
            sample,
            columns: columns.clone(),
            top: sample.iter().position(is_row)?,
            bottom: sample.iter().rposition(is_row)?,
        })
    }

    fn cells(&self, row: &'s Record) -> impl Iterator<Item = &'s str> {
        self.columns.clone().map(|place| row.get(place))
    }

    fn is_apart_from(&self, first: &Self) -> bool {
        self.has_names() && (self.bottom != first.bottom || self.top != first.top)
            || self.repeats(first)
    }

    /// Whether its first column holds words in nearly each of its rows.
    fn has_names(&self) -> bool {
        let rows = self.sample.get(self.top + 1..=self.bottom);
        let keys = rows.unwrap_or_default().iter();
        let keys = keys.map(|row| row.get(self.columns.start));
        let count = keys.len();
        let words = keys.filter(|cell| matches!(Look::of(cell), Look::Text | Look::Code));
        let words = words.count();
        words > 1 && words * 10 >= count * 8
    }

    /// Whether some row has the same names in both, from the first column on.
    fn repeats(&self, first: &Self) -> bool {
        self.sample.iter().take(HEADER_WITHIN).any(|row| {
            let own: Vec<String> = self.cells(row).map(normalize).collect();
            let is_name = |cell: &str| matches!(Look::of(cell), Look::Text);
            first.columns.len() == own.len()
                && self.cells(row).all(is_name)
                && first.cells(row).map(normalize).eq(own)
        })
    }
}
