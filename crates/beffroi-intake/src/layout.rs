//! Where the table lies in a file: which lines are the header, what its columns are called, where
//! the data start.
//!
//! Decided on the first rows only: titles above, a header of several rows, with titles that span
//! columns and units below. A header is known by the declared names; else by words that stand
//! where the columns under them hold numbers, dates or codes; else it is the first full row. Where
//! the table ends is the survey's to find ([`survey`](crate::survey)).

use crate::{
    IntakeError,
    asides::is_ruler,
    format::Opened,
    headings::{Heading, Name, joined, same, unique},
    record::Record,
    shape::{Body, Look},
    text::delimited::MAX_COLUMNS,
    unit::HeaderUnit,
};
use beffroi_model::{Confidence, Evidence, Reading, Schema, normalize};
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
    /// The line after which data start.
    pub(crate) data_after: u64,
    /// What stands above the table.
    pub(crate) preamble: Option<Preamble>,
    /// What the columns mostly hold.
    pub(crate) body: Body,
    /// A few columns of numbers or dates, in which words are seen at a glance.
    pub(crate) probes: Vec<usize>,
    /// Why this is the header, and how sure that is.
    pub(crate) evidence: Option<Evidence>,
    pub(crate) confidence: Confidence,
    /// The rows of the header, normalised, by which it is known when it comes again.
    header_rows: Vec<Vec<String>>,
}

/// What stands above a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preamble {
    /// How many rows.
    pub(crate) rows: usize,
    /// The first of them.
    pub(crate) words: String,
    /// The unit that one of them gives to the whole table: `en milliers d'euros`.
    pub(crate) unit: Option<HeaderUnit>,
    /// All of them: a listing has them again on each page.
    titles: Vec<Record>,
}

impl Preamble {
    fn of(above: &[Sampled]) -> Option<Self> {
        let first = above.first()?;
        let words: Vec<&str> = first.row.cells().filter(|cell| !cell.is_empty()).collect();
        let units = above
            .iter()
            .flat_map(|sampled| sampled.row.cells())
            .filter_map(HeaderUnit::of);
        Some(Self {
            rows: above.len(),
            words: words.join(" "),
            unit: units.into_iter().find(HeaderUnit::is_multiple),
            titles: above.iter().map(|sampled| sampled.row.clone()).collect(),
        })
    }
}

/// How many rows are looked at.
const SAMPLE: usize = 200;
/// Among how many of them the header is looked for.
const HEADER_WITHIN: usize = 100;
/// How many rows a header has at most.
const HEADER_ROWS: usize = 4;
/// A lone title longer than this stands over the page, not over columns.
const TITLE: usize = 40;

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

    /// Whether a row stands above the table too, as the titles of each page of a listing do.
    pub(crate) fn is_title_again(&self, row: &Record) -> bool {
        let titles = self.preamble.iter().flat_map(|preamble| &preamble.titles);
        titles.into_iter().any(|title| same(title, row))
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

/// A row that holds something.
struct Sampled {
    row: Record,
    /// Whether blank rows stand before it.
    gap: bool,
}

/// Which rows of the sample are the header: the first and how many, none when the data start at
/// once; and why.
struct Found {
    at: usize,
    rows: usize,
    code: &'static str,
    count: usize,
    confidence: Confidence,
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
            data_after: 0,
            preamble: None,
            body: Body::default(),
            probes: Vec::new(),
            evidence: None,
            confidence: Confidence::Sure,
            header_rows: Vec::new(),
        });
    }
    let rows = sample(opened, reading)?;
    if rows.iter().any(|sampled| sampled.row.len() > MAX_COLUMNS) {
        return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
    }
    let body = body(&rows);
    let known = schema.map(known_names).filter(|known| !known.is_empty());
    let by_name = known.as_ref().and_then(|known| by_names(&rows, known));
    let found = if reading.header_line.is_some() {
        declared(&rows, &body, known.as_ref())
    } else {
        by_name
            .or_else(|| by_workbook(&rows, &body, opened.header?))
            .unwrap_or_else(|| by_shape(&rows, &body, opened.ragged))
    };
    lay_out(&rows, &body, &found, opened.ragged)
}

fn lay_out(
    rows: &[Sampled],
    body: &Body,
    found: &Found,
    ragged: bool,
) -> Result<Layout, IntakeError> {
    let after = found.at + found.rows;
    let header = rows.get(found.at..after).unwrap_or_default();
    let header: Vec<&Record> = header.iter().map(|sampled| &sampled.row).collect();
    let data = rows.get(after..).unwrap_or_default();
    let mut names = joined(&header, ragged);
    let width = if header.is_empty() {
        usual(data, Record::len)
    } else {
        names.len().max(usual(data, Record::width))
    };
    names.resize(width, Name::default());
    if names.is_empty() {
        return Err(IntakeError::NotATable);
    }
    let lines = header.first().zip(header.last());
    let header_lines = lines.map(|(first, last)| (first.line(), last.line()));
    let above = match found.at.checked_sub(1).and_then(|last| rows.get(last)) {
        Some(last) => last.row.line(),
        None => 0,
    };
    let mut headings = unique(names);
    if header.is_empty() {
        // Names made up are names.
        for heading in &mut headings {
            heading.title.clone_from(&heading.name);
            heading.unnamed = false;
        }
    }
    Ok(Layout {
        width,
        headings,
        header_lines,
        data_after: header_lines.map_or(above, |(_, last)| last),
        preamble: Preamble::of(rows.get(..found.at).unwrap_or_default()),
        body: body.clone(),
        probes: body.probes(),
        evidence: Some(Evidence::new(
            found.code,
            [("count", found.count.to_string())],
        )),
        confidence: found.confidence,
        header_rows: header
            .iter()
            .map(|row| row.cells().map(normalize).collect())
            .collect(),
    })
}

/// The first rows that hold something, from the declared header on.
fn sample(opened: &Opened<'_>, reading: &Reading) -> Result<Vec<Sampled>, IntakeError> {
    let from = u64::from(reading.header_line.unwrap_or(0));
    let (mut rows, mut sample, mut before) = (opened.rows(), Vec::new(), None);
    let mut blank = false;
    while let Some(row) = rows.next() {
        if row.is_blank() {
            blank = true;
        } else if row.line() >= from && !is_ruler(row) {
            // What is held leaves blank rows out; a cell of several lines takes several of a text.
            let jump = before.is_some_and(|before| row.line() > before + 1);
            sample.push(Sampled {
                row: row.clone(),
                gap: blank || (jump && !opened.ragged),
            });
            (before, blank) = (Some(row.line()), false);
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

fn matches(names: &[Name], known: &HashSet<String>) -> usize {
    let found: HashSet<String> = names
        .iter()
        .flat_map(|(name, lower)| [Some(name), lower.as_ref()])
        .flatten()
        .map(|name| normalize(name))
        .filter(|name| known.contains(name))
        .collect();
    found.len()
}

/// Rows that follow each other without a gap, `None` when there are not so many.
fn block(rows: &[Sampled], at: usize, count: usize) -> Option<Vec<&Record>> {
    let block = rows.get(at..at + count)?;
    let closed = block.iter().skip(1).all(|sampled| !sampled.gap);
    closed.then(|| block.iter().map(|sampled| &sampled.row).collect())
}

/// The rows that name the most declared columns.
fn by_names(rows: &[Sampled], known: &HashSet<String>) -> Option<Found> {
    let named = |at: usize, count: usize| {
        block(rows, at, count).map_or(0, |block| matches(&joined(&block, false), known))
    };
    let mut best = (0, 0, 0);
    for at in 0..rows.len().min(HEADER_WITHIN) {
        let one = named(at, 1);
        if one > best.0 {
            best = (one, at, 1);
        }
        for count in 2..=HEADER_ROWS {
            let several = named(at, count);
            // The row above may be a title that joins nothing: it must bring names in.
            if several > best.0.max(named(at + 1, count - 1)) {
                best = (several, at, count);
            }
        }
    }
    // One name among several may stand in a title by chance.
    let (found, at, rows) = best;
    (found >= 2 || (found == 1 && known.len() <= 2)).then_some(Found {
        at,
        rows,
        code: "header-names",
        count: found,
        confidence: Confidence::Sure,
    })
}

/// The header that a workbook tells by a table it declares or by merged cells.
fn by_workbook(rows: &[Sampled], body: &Body, (first, last): (u64, u64)) -> Option<Found> {
    let at = rows
        .iter()
        .position(|sampled| sampled.row.line() == first)?;
    let below = rows.iter().skip(at);
    let count = below
        .take_while(|sampled| sampled.row.line() <= last)
        .count();
    // Units or numbers of columns may stand under the names.
    let below = rows.get(at + count).filter(|below| !below.gap);
    let goes_on = below.is_some_and(|below| {
        let agreement = body.agreement(&below.row);
        body.is_numbering(&below.row) || agreement.is_names() && agreement.unlike > 1
    });
    let count = count + usize::from(goes_on);
    Some(Found {
        at,
        rows: count,
        code: "header-workbook",
        count,
        confidence: Confidence::Sure,
    })
}

/// The header on the line that was declared, and the rows below that belong to it.
fn declared(rows: &[Sampled], body: &Body, known: Option<&HashSet<String>>) -> Found {
    let named = |count: usize| {
        let block = block(rows, 0, count)?;
        Some(matches(&joined(&block, false), known?))
    };
    let count = match known {
        Some(_) => (2..=HEADER_ROWS)
            .filter(|&count| named(count) > named(1))
            .max_by_key(|&count| (named(count), HEADER_ROWS - count))
            .unwrap_or(1),
        None => 1 + usize::from(spans(rows, 0) && names_below(rows, body, 0)),
    };
    Found {
        at: 0,
        rows: count,
        code: "header-declared",
        count,
        confidence: Confidence::Sure,
    }
}

/// What the columns of the table hold, by the later part of the sample: the header and what
/// stands above it count little there.
fn body(rows: &[Sampled]) -> Body {
    let full = usual_filled(rows);
    let later = rows.get(rows.len() * 2 / 5..).unwrap_or_default();
    let rows = later.iter().map(|sampled| &sampled.row);
    Body::of(rows.filter(move |row| row.filled() >= full.min(2)))
}

/// The rows with words above columns of values; else the first full row.
fn by_shape(rows: &[Sampled], body: &Body, ragged: bool) -> Found {
    let full = usual_filled(rows);
    let first = first_full(rows, full);
    let within = rows.len().min(HEADER_WITHIN);
    let is_names = |at: usize| {
        let row = &rows[at].row;
        let agreement = body.agreement(row);
        agreement.is_names()
            || body.is_numbering(row)
            || (at == first || agreement.alike == 0) && body.is_sequence(row)
    };
    let data = (first..within).find(|&at| body.agreement(&rows[at].row).is_data() && !is_names(at));
    let Some(data) = data else {
        return by_words(rows, first, ragged);
    };
    // A lone word under names opens a part of the table: `Chapitre 011`.
    let is_part = |at: usize| at > first && rows[at].row.width() == 1 && full >= 2;
    let mut above = (first..data).rev();
    let Some(bottom) = above.find(|&at| is_names(at) && !is_part(at)) else {
        // A row of words that stand over no value may still be a header.
        if data > first && rows[data - 1].row.filled() * 2 >= full {
            let rows = 1;
            return Found {
                at: data - 1,
                rows,
                code: "header-words",
                count: 0,
                confidence: Confidence::Doubtful,
            };
        }
        return Found {
            at: data,
            rows: 0,
            code: "header-none-values",
            count: body.told(),
            confidence: Confidence::Likely,
        };
    };
    let mut top = bottom;
    while top > 0 && bottom - top + 1 < HEADER_ROWS && !rows[top].gap && {
        let above = &rows[top - 1].row;
        same(above, &rows[top].row)
            || (is_names(top - 1) && !is_title(above, full) && above.filled() * 2 >= full)
            || spans(rows, top - 1)
    } {
        top -= 1;
    }
    Found {
        at: top,
        rows: bottom - top + 1,
        code: "header-values",
        count: names_over_values(&rows[top..=bottom], body),
        // Titles that span nothing may be something else than names.
        confidence: if bottom - top > 1 && !(top..bottom).any(|at| spans(rows, at)) {
            Confidence::Doubtful
        } else {
            Confidence::Sure
        },
    }
}

/// How many names stand over values, in the row of a header that has the most.
fn names_over_values(header: &[Sampled], body: &Body) -> usize {
    let names = header.iter().map(|sampled| {
        let agreement = body.agreement(&sampled.row);
        agreement.unlike + agreement.years
    });
    names.max().unwrap_or(0)
}

/// The header of a table of words only: its first full row, unless its words come again below.
fn by_words(rows: &[Sampled], first: usize, ragged: bool) -> Found {
    let row = &rows[first].row;
    let mut below = rows.iter().skip(first + 1).map(|sampled| &sampled.row);
    let again = (0..row.width()).filter(|&index| {
        let cell = row.get(index);
        let alike = |other: &Record| other.get(index) == cell && !same(row, other);
        !cell.is_empty() && below.clone().any(alike)
    });
    let again = again.count();
    if again > 0 && again * 3 >= row.filled() {
        return Found {
            at: first,
            rows: 0,
            code: "header-none-again",
            count: again,
            confidence: Confidence::Doubtful,
        };
    }
    let mut count = 1;
    while ragged && count < HEADER_ROWS && below.next().is_some_and(|other| same(row, other)) {
        count += 1;
    }
    if count == 1 && spans(rows, first) {
        let complete = block(rows, first, 2).map_or(0, |block| {
            joined(&block, false)
                .iter()
                .filter(|(name, _)| !name.is_empty())
                .count()
        });
        let next = rows.get(first + 2);
        let follows = next.is_none_or(|next| next.row.filled() >= rows[first + 1].row.filled());
        count += usize::from(follows && complete * 10 >= usual_filled(rows) * 8);
    }
    let confidence = if rows.len() > first + 1 {
        Confidence::Likely
    } else {
        Confidence::Doubtful
    };
    Found {
        at: first,
        rows: count,
        code: "header-words",
        count: 0,
        confidence,
    }
}

/// The first row that is no title: titles, and leading blocks of names with one value each
/// (`Commune;Clairval`), stand above wider tables.
fn first_full(rows: &[Sampled], full: usize) -> usize {
    let mut from = 0;
    while let Some(gap) = (from + 1..rows.len()).find(|&at| rows[at].gap) {
        let narrow = rows[from..gap]
            .iter()
            .all(|sampled| sampled.row.filled() <= 2);
        if full < 3 || !narrow {
            break;
        }
        from = gap;
    }
    let is_full = |at: &usize| {
        let row = &rows[*at].row;
        !is_title(row, full) && (row.filled() * 2 >= full)
    };
    (from..rows.len()).find(is_full).unwrap_or(from)
}

fn is_title(row: &Record, full: usize) -> bool {
    let filled = row.filled();
    (filled == 1 && full >= 2) || (filled == 2 && full >= 4)
}

/// Whether a row has titles that span columns named in the row below.
fn spans(rows: &[Sampled], at: usize) -> bool {
    let Some(block) = block(rows, at, 2) else {
        return false;
    };
    let (top, below) = (block[0], block[1]);
    let first = (0..top.width())
        .find(|&index| !top.get(index).is_empty())
        .unwrap_or(0);
    let over = (first + 1..below.width())
        .any(|index| top.get(index).is_empty() && !below.get(index).is_empty());
    // A lone title over the first column, or a long one, is the title of the page.
    let lone = top.filled() == 1 && (first == 0 || top.get(first).chars().count() > TITLE);
    let words = below
        .cells()
        .all(|cell| matches!(Look::of(cell), Look::Text | Look::Blank | Look::Year));
    // A name and its value, with names under both: `Année;2023`.
    let pair = top.filled() == 2
        && !top.get(first + 1).is_empty()
        && !below.get(first).is_empty()
        && !below.get(first + 1).is_empty();
    over && !lone && !pair && words && top.cells().all(|cell| Look::of(cell) != Look::Number)
}

/// Whether the row below holds names: no value that its column holds.
fn names_below(rows: &[Sampled], body: &Body, at: usize) -> bool {
    rows.get(at + 1)
        .is_some_and(|below| body.agreement(&below.row).alike == 0)
}

/// How many cells are filled in three quarters of the rows, at least.
fn usual_filled(rows: &[Sampled]) -> usize {
    let mut counts: Vec<usize> = rows.iter().map(|sampled| sampled.row.filled()).collect();
    counts.sort_unstable();
    counts.get(counts.len() * 3 / 4).copied().unwrap_or(0)
}

/// How wide rows usually are.
fn usual(rows: &[Sampled], width: impl Fn(&Record) -> usize) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(|sampled| width(&sampled.row)).collect();
    widths.sort_unstable();
    widths
        .get(widths.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(0)
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
