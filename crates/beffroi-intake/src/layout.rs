//! Where the table lies in a file: which line is the header, what its columns are called, where
//! the data start.
//!
//! Decided on the first rows only: titles above, a header of one row or two, with titles that
//! span several columns.

use crate::{
    IntakeError, cell::dates, cell::numbers, format::Opened, record::Record,
    text::delimited::MAX_COLUMNS,
};
use beffroi_model::{Reading, Schema, normalize};
use std::collections::HashSet;

/// The table of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The columns, in the order of the file.
    pub(crate) headings: Vec<Heading>,
    /// How many columns the header and most rows have; some rows may have more.
    pub(crate) width: usize,
    /// The lines of the header; `None` when the file has none, or needs none (JSON).
    pub(crate) header_lines: Option<(u64, u64)>,
    /// The rows of the header, normalised, by which it is known when it comes again.
    header_rows: Vec<Vec<String>>,
}

/// The name of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// As the file has it, its rows joined, or `col_0` and so on; unique in the file.
    pub(crate) name: String,
    /// As the file has it, its rows joined; empty when it gives none.
    pub(crate) title: String,
    /// The lower row alone, of a header of two rows.
    pub(crate) lower: Option<String>,
    /// Whether the file gives no name.
    pub(crate) unnamed: bool,
}

/// How many rows are looked at.
const SAMPLE: usize = 200;
/// Among how many of them the header is looked for.
const HEADER_WITHIN: usize = 60;

impl Layout {
    /// Gives a name to the columns beyond the header, up to `width`.
    pub(crate) fn widen(&mut self, width: usize) {
        let names = self
            .headings
            .drain(..)
            .map(|heading| (heading.title, heading.lower));
        let mut names: Vec<_> = names.collect();
        names.resize(names.len().max(width), (String::new(), None));
        self.headings = unique(names);
    }

    /// The line after which data start.
    pub(crate) fn data_after(&self) -> u64 {
        self.header_lines.map_or(0, |(_, last)| last)
    }

    /// Whether a row repeats the header, or a row of it.
    pub(crate) fn is_header(&self, row: &Record) -> bool {
        self.header_rows.iter().any(|header| {
            let Some((first, name)) = header.iter().enumerate().find(|(_, name)| !name.is_empty())
            else {
                return false;
            };
            // First letters come first: this is asked of every row.
            let near = match (row.get(first).bytes().next(), name.bytes().next()) {
                (Some(cell), Some(name)) => {
                    !cell.is_ascii_alphanumeric() || cell.eq_ignore_ascii_case(&name)
                }
                _ => false,
            };
            near && row.filled() > 1
                && (0..row.len().max(header.len())).all(|index| {
                    normalize(row.get(index)) == header.get(index).map_or("", String::as_str)
                })
        })
    }
}

/// Finds the table: by the declared columns when there are any, else by the shape of the rows.
pub(crate) fn find(
    opened: &Opened<'_>,
    reading: &Reading,
    schema: Option<&Schema>,
) -> Result<Layout, IntakeError> {
    if let Some(names) = &opened.names {
        if names.len() > MAX_COLUMNS {
            return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
        }
        let headings: Vec<_> = names.iter().map(|name| (name.clone(), None)).collect();
        return Ok(Layout {
            width: headings.len(),
            headings: unique(headings),
            header_lines: None,
            header_rows: Vec::new(),
        });
    }
    let rows = sample(opened, reading)?;
    let (Some(first), known) = (rows.first(), schema.map(known_names)) else {
        return Err(IntakeError::NotATable);
    };
    if rows.iter().any(|row| row.len() > MAX_COLUMNS) {
        return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
    }
    let found = if reading.header_line.is_some() {
        let known = known.as_ref().filter(|known| !known.is_empty());
        let two = two_rows(&rows, 0, known);
        Some((0, two))
    } else {
        known
            .as_ref()
            .and_then(|known| by_names(&rows, known))
            .or_else(|| by_shape(&rows))
    };
    let Some((at, two)) = found else {
        // No row looks like a header: all are data.
        let headings = vec![(String::new(), None); usual_width(&rows)];
        if first.width() == 0 || headings.is_empty() {
            return Err(IntakeError::NotATable);
        }
        return Ok(Layout {
            width: headings.len(),
            headings: unique(headings),
            header_lines: None,
            header_rows: Vec::new(),
        });
    };
    let mut headings = if two {
        joined(&rows[at], &rows[at + 1])
    } else {
        single(&rows[at])
    };
    let last = if two { at + 1 } else { at };
    let width = usual_width(rows.get(last + 1..).unwrap_or_default());
    headings.resize(headings.len().max(width), (String::new(), None));
    Ok(Layout {
        width: headings.len(),
        headings: unique(headings),
        header_lines: Some((rows[at].line(), rows[last].line())),
        header_rows: rows[at..=last]
            .iter()
            .map(|row| row.cells().map(normalize).collect())
            .collect(),
    })
}

/// The first rows that hold something, from the declared header on.
fn sample(opened: &Opened<'_>, reading: &Reading) -> Result<Vec<Record>, IntakeError> {
    let from = u64::from(reading.header_line.unwrap_or(0));
    let (mut rows, mut sample) = (opened.grid.rows(), Vec::new());
    while let Some(row) = rows.next() {
        if row.line() >= from && !row.is_blank() {
            sample.push(row.clone());
            if sample.len() == SAMPLE {
                break;
            }
        }
    }
    match (sample.is_empty(), reading.header_line) {
        (true, Some(line)) => Err(IntakeError::HeaderNotFound { line }),
        (true, None) => Err(IntakeError::Empty),
        _ => Ok(sample),
    }
}

/// Every name under which the declared columns may stand in a file.
fn known_names(schema: &Schema) -> HashSet<String> {
    let names = schema.columns.iter().flat_map(|column| {
        column
            .headers
            .iter()
            .map(String::as_str)
            .chain([column.id.as_str()])
    });
    names.map(normalize).collect()
}

fn matches(names: &[(String, Option<String>)], known: &HashSet<String>) -> usize {
    let found: HashSet<String> = names
        .iter()
        .flat_map(|(name, lower)| [Some(name), lower.as_ref()])
        .flatten()
        .map(|name| normalize(name))
        .filter(|name| known.contains(name))
        .collect();
    found.len()
}

/// The row (or two) that names the most declared columns.
fn by_names(rows: &[Record], known: &HashSet<String>) -> Option<(usize, bool)> {
    let mut best = (0, None);
    for at in 0..rows.len().min(HEADER_WITHIN) {
        let one = matches(&single(&rows[at]), known);
        if one > best.0 {
            best = (one, Some((at, false)));
        }
        if let Some(below) = rows.get(at + 1)
            && is_next(&rows[at], below)
        {
            let two = matches(&joined(&rows[at], below), known);
            // The row above may be a title that joins nothing: it must bring names in.
            if two > best.0.max(one).max(matches(&single(below), known)) {
                best = (two, Some((at, true)));
            }
        }
    }
    // One name among several may stand in a title by chance.
    if best.0 >= 2 || (best.0 == 1 && known.len() <= 2) {
        best.1
    } else {
        None
    }
}

/// The first row that is filled like the rows of data but reads like names.
fn by_shape(rows: &[Record]) -> Option<(usize, bool)> {
    let full = usual_filled(rows);
    let is_title = |row: &Record| {
        let filled = row.filled();
        (filled == 1 && full >= 2) || (filled == 2 && full >= 4)
    };
    (0..rows.len().min(HEADER_WITHIN)).find_map(|at| {
        let row = &rows[at];
        let two = two_rows(rows, at, None);
        let fits = two || (!is_title(row) && row.filled() * 2 >= full);
        (fits && reads_like_names(row)).then_some((at, two))
    })
}

/// Whether most cells of a row are neither numbers nor dates (years may be names of columns).
fn reads_like_names(row: &Record) -> bool {
    let values = row
        .cells()
        .filter(|cell| !cell.is_empty() && is_value(cell))
        .count();
    values * 5 <= row.filled() * 2
}

fn is_value(cell: &str) -> bool {
    let is_year = cell.len() == 4
        && cell.bytes().all(|b| b.is_ascii_digit())
        && (cell.starts_with("19") || cell.starts_with("20"));
    !is_year && (numbers::lex(cell).is_some() || dates::read(cell).is_some())
}

/// Whether a row and the one below it make one header: the row above has gaps that the row below
/// fills, the row below reads like names, and what follows is data.
fn two_rows(rows: &[Record], at: usize, known: Option<&HashSet<String>>) -> bool {
    let (Some(top), Some(below)) = (rows.get(at), rows.get(at + 1)) else {
        return false;
    };
    if !is_next(top, below) {
        return false;
    }
    if let Some(known) = known {
        let one = matches(&single(top), known);
        let two = matches(&joined(top, below), known);
        if one != two {
            return two > one;
        }
    }
    let spans = (1..below.width()).any(|index| {
        top.get(index).is_empty() && !below.get(index).is_empty() && left_of(top, index).is_some()
    });
    // A lone title over the first column is the title of the page.
    let over_columns = top.filled() >= 2 || top.get(0).is_empty();
    // A cell merged over both rows stands in both.
    let merged = (0..below.width())
        .any(|index| !top.get(index).is_empty() && top.get(index) == below.get(index));
    let follows = merged
        || rows
            .get(at + 2)
            .is_some_and(|row| !reads_like_names(row) || row.filled() > below.filled());
    let names = below
        .cells()
        .filter(|cell| !cell.is_empty())
        .all(|cell| !is_value(cell));
    let usual = usual_filled(rows.get(at + 2..).unwrap_or_default());
    let complete = joined(top, below)
        .iter()
        .filter(|(name, _)| !name.is_empty())
        .count();
    spans && over_columns && names && follows && complete * 10 >= usual * 8
}

/// Whether no row lies between two.
fn is_next(row: &Record, below: &Record) -> bool {
    row.line() < below.line() && below.line() - row.line() <= 1
}

fn single(row: &Record) -> Vec<(String, Option<String>)> {
    (0..row.width())
        .map(|index| (one_line(row.get(index)), None))
        .collect()
}

/// Two rows as one: a title that spans columns stands before the name of each.
fn joined(top: &Record, below: &Record) -> Vec<(String, Option<String>)> {
    let heading = |index: usize| {
        let lower = one_line(below.get(index));
        let own = one_line(top.get(index));
        let upper = if own.is_empty() && !lower.is_empty() {
            left_of(top, index).map(one_line).unwrap_or_default()
        } else {
            own
        };
        if lower.is_empty() || normalize(&upper) == normalize(&lower) {
            (upper, None)
        } else if upper.is_empty() {
            (lower, None)
        } else {
            (format!("{upper} {lower}"), Some(lower))
        }
    };
    (0..top.width().max(below.width())).map(heading).collect()
}

/// The nearest cell to the left that holds something.
fn left_of(row: &Record, index: usize) -> Option<&str> {
    (0..index)
        .rev()
        .map(|left| row.get(left))
        .find(|cell| !cell.is_empty())
}

/// A header broken over lines, on one.
fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many cells are filled in three quarters of the rows, at least.
fn usual_filled(rows: &[Record]) -> usize {
    quartile(rows.iter().map(Record::filled).collect())
}

/// Up to which cell rows usually go.
fn usual_width(rows: &[Record]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(Record::width).collect();
    widths.sort_unstable();
    widths
        .get(widths.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(0)
}

fn quartile(mut counts: Vec<usize>) -> usize {
    counts.sort_unstable();
    counts.get(counts.len() * 3 / 4).copied().unwrap_or(0)
}

/// Headings with a name for those that have none, and a number for those that have another's.
fn unique(names: Vec<(String, Option<String>)>) -> Vec<Heading> {
    let mut seen = HashSet::new();
    let lowers: Vec<String> = names
        .iter()
        .filter_map(|(_, lower)| lower.as_deref().map(normalize))
        .collect();
    let heading = |(index, (name, lower)): (usize, (String, Option<String>))| {
        let unnamed = name.is_empty();
        let base = if unnamed {
            format!("col_{index}")
        } else {
            name.clone()
        };
        let title = name;
        let mut name = base.clone();
        let mut number = 2;
        while !seen.insert(normalize(&name)) {
            name = format!("{base} ({number})");
            number += 1;
        }
        // Only a name that no other column shares can stand for the column.
        let lower = lower.filter(|lower| {
            let wanted = normalize(lower);
            lowers.iter().filter(|other| **other == wanted).count() == 1
        });
        Heading {
            name,
            title,
            lower,
            unnamed,
        }
    };
    names.into_iter().enumerate().map(heading).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Input, format};

    fn find_in(text: &str, schema: Option<&Schema>) -> (Vec<String>, Option<(u64, u64)>) {
        let reading = Reading::default();
        let input = Input::held("f.csv", text.as_bytes());
        let opened = format::open(input, &reading, &|_| false).unwrap();
        let layout = find(&opened, &reading, schema).unwrap();
        (
            layout
                .headings
                .into_iter()
                .map(|heading| heading.name)
                .collect(),
            layout.header_lines,
        )
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let (names, lines) = find_in(
            "Locations de vélos;;\nExtrait le 02/06/2026;;\n\nMois;Station;Trajets\n2024-01;Gare;12\n2024-02;Gare;15\n",
            None,
        );
        assert_eq!(names, ["Mois", "Station", "Trajets"]);
        assert_eq!(lines, Some((4, 4)));
    }

    #[test]
    fn a_title_that_spans_columns_is_joined_to_their_names() {
        let (names, lines) = find_in(
            "Population;;;;\nÉcole;Effectifs;;Classes;\n;maternelle;élémentaire;maternelle;élémentaire\nLes Aulnes;80;120;3;5\nLa Gare;60;90;2;4\n",
            None,
        );
        assert_eq!(
            names,
            [
                "École",
                "Effectifs maternelle",
                "Effectifs élémentaire",
                "Classes maternelle",
                "Classes élémentaire"
            ]
        );
        assert_eq!(lines, Some((2, 3)));
    }

    #[test]
    fn years_may_be_names_and_columns_may_have_none() {
        assert_eq!(
            find_in("Quartier;2019;2020\nGare;1;2\nPort;3;4\n", None).0,
            ["Quartier", "2019", "2020"]
        );
        assert_eq!(
            find_in("id,,age\n1101,John,30\n1102,Julie,26\n", None).0,
            ["id", "col_1", "age"]
        );
        assert_eq!(find_in("a;a;b;\n1;2;3;\n", None).0, ["a", "a (2)", "b"]);
    }

    #[test]
    fn a_file_without_header_loses_no_row() {
        assert_eq!(
            find_in("12;13\n14;15\n16;17\n", None),
            (vec!["col_0".into(), "col_1".into()], None)
        );
    }
}
