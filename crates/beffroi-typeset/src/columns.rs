//! How wide the columns of a table are.

use crate::typeface::{self, Face};
use beffroi_report::Table;

/// The inset of a cell, left and right together: less where columns are many.
pub(crate) fn inset(table: &Table) -> f64 {
    if table.head.len() > 9 { 6.0 } else { 12.0 }
}

/// How much wider than its cells a table may be.
const MOST_AIR: f64 = 2.0;

/// The size of a table's text and the widths of its columns, so that numbers are never broken
/// where that can be helped.
pub(crate) fn widths(table: &Table, measure: f64) -> (f64, Vec<f64>) {
    let mut best = (7.0, Vec::new());
    for size in [8.8, 8.2, 7.6, 7.0] {
        let columns = columns(table, size);
        let least: f64 = columns.iter().map(|column| column.least).sum();
        best = (size, share(&columns, measure));
        if least <= measure {
            break;
        }
    }
    best
}

/// Whether a table stands well in a column so wide, and on one page.
pub(crate) fn is_narrow(table: &Table, measure: f64) -> bool {
    let most: f64 = columns(table, 8.8).iter().map(|column| column.most).sum();
    most <= measure && table.rows.len() <= 30
}

/// What a column asks for.
struct Column {
    /// Its longest word, or its longest number: never broken.
    least: f64,
    /// Its longest cell.
    most: f64,
}

fn columns(table: &Table, size: f64) -> Vec<Column> {
    let head = |text: &str| typeface::width(Face::SansBold, text, size - 0.4);
    let mut columns: Vec<Column> = table
        .head
        .iter()
        .map(|column| {
            let words = column.label.split(' ').map(head).fold(0.0, f64::max);
            // A head may take several lines: it asks for no more than half of itself.
            let most = (head(&column.label) / 2.0).max(words).min(130.0);
            Column { least: words, most }
        })
        .collect();
    for row in &table.rows {
        let face = if row.total {
            Face::SansBold
        } else {
            Face::Sans
        };
        for ((column, head), cell) in columns.iter_mut().zip(&table.head).zip(&row.cells) {
            let sign = if cell.status.is_some() {
                size * 1.3
            } else {
                0.0
            };
            let face = if cell.status.is_some() {
                Face::SansBold
            } else {
                face
            };
            let whole = typeface::width(face, &cell.text, size) + sign;
            let least = if head.numeric || cell.status.is_some() {
                whole.min(120.0)
            } else {
                cell.text
                    .split([' ', '-', '\u{2013}', '/'])
                    .map(|word| typeface::width(face, word, size))
                    .fold(0.0, f64::max)
                    .min(160.0)
            };
            column.least = column.least.max(least);
            column.most = column.most.max(whole);
        }
    }
    for column in &mut columns {
        column.least += inset(table);
        column.most = (column.most + inset(table)).max(column.least);
    }
    columns
}

/// Shares a width among columns: what each needs at least, then what each would like, then evenly.
fn share(columns: &[Column], measure: f64) -> Vec<f64> {
    let least: f64 = columns.iter().map(|column| column.least).sum();
    let most: f64 = columns.iter().map(|column| column.most).sum();
    if least >= measure {
        return columns
            .iter()
            .map(|column| column.least * measure / least.max(1.0))
            .collect();
    }
    if most <= measure {
        // Numbers far apart are hard to follow along a row.
        let more = (measure / most.max(1.0)).min(MOST_AIR.max(0.6 * measure / most.max(1.0)));
        return columns.iter().map(|column| column.most * more).collect();
    }
    let wanted = most - least;
    let free = measure - least;
    columns
        .iter()
        .map(|column| column.least + (column.most - column.least) * free / wanted.max(1.0))
        .collect()
}
