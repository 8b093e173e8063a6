//! How a delimited text separates and quotes its cells, told by how evenly the rows divide.

use super::{
    fixed::Fixed,
    split::{Cells, Seam, Split, Splitter},
};
use crate::{format::Decided, record::Record};
use beffroi_model::Confidence;
use std::collections::{BTreeMap, HashMap};

/// How a text separates and quotes its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between two cells: one character or several.
    pub(crate) delimiter: String,
    /// Around cells that hold delimiters or line ends; ASCII.
    pub(crate) quote: u8,
    /// How a quote is written within quotes.
    pub(crate) escape: Escape,
}

/// How a quote is written within quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Twice.
    Doubled,
    /// After a backslash.
    Backslash,
}

/// A dialect found, and what the rows of the sample look like under it.
pub(crate) struct Found {
    pub(crate) dialect: Dialect,
    /// Where columns start, when nothing delimits them but their places.
    pub(crate) fixed: Option<Fixed>,
    pub(crate) decisions: Vec<Decided>,
    /// What most rows look like.
    pub(crate) usual: Usual,
}

/// What most rows look like, by which a broken row is mended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Usual {
    /// How many cells they have; none when rows differ too much.
    pub(crate) width: Option<usize>,
    /// Which columns hold nothing but numbers (or nothing).
    pub(crate) numeric: Vec<bool>,
}

/// Characters that delimit, with how much is thought of them: a comma also stands in decimals, a
/// blank or a colon anywhere.
const DELIMITERS: [(&str, f64); 12] = [
    (";", 1.0),
    ("\t", 1.0),
    ("|", 0.99),
    (",", 0.98),
    ("~", 0.95),
    ("^", 0.95),
    ("¤", 0.95),
    ("§", 0.95),
    ("\u{1f}", 1.0),
    ("#", 0.8),
    (":", 0.75),
    (" ", 0.7),
];
const QUOTES: [u8; 3] = [b'"', b'\'', b'`'];
/// No more rows of the sample are looked at.
const ROWS: usize = 4000;

/// Finds the dialect of a text from lines of it; a declared delimiter stands.
pub(crate) fn find(sample: &[String], declared: Option<&str>) -> Found {
    let delimiters: Vec<(String, f64)> = match declared {
        Some(delimiter) => vec![(delimiter.to_owned(), 1.0)],
        None => candidates(sample),
    };
    let mut trials: Vec<Trial> = Vec::new();
    for (delimiter, weight) in delimiters {
        for quote in QUOTES {
            if quote != b'"' && !opens_cells(sample, &delimiter, quote) {
                continue;
            }
            for (escape, liking) in escapes(sample, &delimiter, quote) {
                let dialect = Dialect {
                    delimiter: delimiter.clone(),
                    quote,
                    escape,
                };
                trials.push(Trial::of(dialect, weight * liking, sample));
            }
        }
    }
    trials.sort_by(|a, b| b.score.total_cmp(&a.score));
    let second = trials
        .iter()
        .find(|trial| {
            Some(&trial.dialect.delimiter) != trials.first().map(|t| &t.dialect.delimiter)
        })
        .map(|trial| (trial.dialect.delimiter.clone(), trial.score));
    let best = trials.into_iter().next();
    if declared.is_none() {
        let rival = best.as_ref().filter(|best| best.score > 0.0);
        let rival = rival.map(|best| (best.dialect.delimiter.as_str(), best.width));
        if let Some(fixed) = Fixed::find(sample, rival) {
            return Found::fixed(fixed);
        }
    }
    match best {
        Some(best) if best.score > 0.0 || declared.is_some() => {
            Found::of(best, declared.is_some(), second)
        }
        // Delimiters and nothing else.
        Some(best) if best.rows == 0 => Found {
            dialect: best.dialect,
            ..Found::single_column(&[])
        },
        _ => Found::single_column(sample),
    }
}

/// The delimiters that stand in enough lines to be one, single characters and longer ones.
fn candidates(sample: &[String]) -> Vec<(String, f64)> {
    let lines = || {
        let lines = sample.iter().flat_map(|text| text.split(['\n', '\r']));
        lines.filter(|line| !line.trim().is_empty()).take(ROWS)
    };
    let count = lines().count();
    let mut found = Vec::new();
    for (delimiter, weight) in DELIMITERS {
        let with = lines().filter(|line| line.contains(delimiter)).count();
        if with * 10 < count.min(50) {
            continue;
        }
        let twice = delimiter.repeat(2);
        let doubled = lines().filter(|line| line.contains(&twice)).count();
        let stands_alone = |line: &str| line.replace(&twice, "").contains(delimiter);
        if delimiter != " " && doubled * 2 > with {
            found.push((twice.clone(), weight));
            if !lines().any(stands_alone) {
                continue;
            }
        }
        found.push((delimiter.to_owned(), weight));
        let blank = format!("{delimiter} ");
        let padded = lines().filter(|line| line.contains(&blank)).count();
        if matches!(delimiter, "," | ";" | "|" | ":") && padded * 2 > with {
            // Where both divide alike, the blanks belong to the delimiter.
            found.push((blank, weight * 1.001));
        }
    }
    found
}

/// Whether cells open with a quote in more than a few places.
fn opens_cells(sample: &[String], delimiter: &str, quote: u8) -> bool {
    let quote = char::from(quote);
    let opening = format!("{delimiter}{quote}");
    let closing = format!("{quote}{delimiter}");
    let has = |sides: &str| sample.iter().any(|text| text.contains(sides));
    has(&opening) && has(&closing)
        || sample.iter().all(|text| {
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.all(|line| line.len() > 1 && line.starts_with(quote) && line.ends_with(quote))
        })
}

/// The ways in which quotes may be written within quotes, with how much is thought of each: where
/// rows divide alike in both, the one that is met within cells.
fn escapes(sample: &[String], delimiter: &str, quote: u8) -> Vec<(Escape, f64)> {
    let delimiter = delimiter.as_bytes();
    let ends = |bytes: &[u8]| {
        bytes.starts_with(delimiter) || matches!(bytes.first(), None | Some(b'\n' | b'\r'))
    };
    let starts = |bytes: &[u8]| {
        bytes.ends_with(delimiter) || matches!(bytes.last(), None | Some(b'\n' | b'\r'))
    };
    let within = |first: u8| {
        sample.iter().any(|text| {
            memchr::memmem::find_iter(text.as_bytes(), &[first, quote]).any(|at| {
                let (before, rest) = text.as_bytes().split_at(at);
                let after = rest.get(2..).unwrap_or_default();
                let is_lone = first == b'\\' || !starts(before) && before.last() != Some(&quote);
                is_lone && !ends(after) && after.first() != Some(&quote)
            })
        })
    };
    let has_backslash =
        |text: &String| memchr::memmem::find(text.as_bytes(), &[b'\\', quote]).is_some();
    let mut ways = vec![(Escape::Doubled, 1.0)];
    if sample.iter().any(has_backslash) {
        let liking = if within(b'\\') && !within(quote) {
            1.001
        } else {
            0.999
        };
        ways.push((Escape::Backslash, liking));
    }
    ways
}

/// A dialect tried on the sample.
struct Trial {
    dialect: Dialect,
    score: f64,
    rows: usize,
    /// The width of most rows, and how many have it.
    width: usize,
    alike: usize,
    quoted: usize,
    /// Rows that are quoted as a whole.
    wrapped: usize,
    numeric: Vec<bool>,
}

/// Cells of a row counted rather than kept.
#[derive(Default)]
struct Count {
    cells: usize,
    filled: usize,
    /// Cells that keep a quote at an end: signs of a wrong quote or delimiter.
    dirty: usize,
    quoted: usize,
    /// Which cells are numbers, empty, or text.
    kinds: Vec<Kind>,
    /// The first cell, when it stood in quotes.
    first: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Number,
    Text,
}

impl Cells for Count {
    fn push(&mut self, cell: &str, quoted: bool) {
        let text = cell.trim();
        if self.cells == 0 && quoted {
            self.first = Some(cell.to_owned());
        }
        self.cells += 1;
        self.filled += usize::from(!text.is_empty());
        self.quoted += usize::from(quoted);
        let starts = |quote| text.starts_with(char::from(quote));
        let ends = |quote| text.len() > 1 && text.ends_with(char::from(quote));
        let is_dirty = starts(b'"') || ends(b'"') || QUOTES.iter().any(|&q| starts(q) && ends(q));
        self.dirty += usize::from(!quoted && is_dirty);
        self.kinds.push(kind(text));
    }
}

fn kind(text: &str) -> Kind {
    if text.is_empty() {
        return Kind::Empty;
    }
    if is_numeric(text) {
        Kind::Number
    } else {
        Kind::Text
    }
}

/// Whether a cell is made of digits and what stands around them in numbers and dates.
pub(crate) fn is_numeric(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.chars().all(|char| {
            char.is_ascii_digit()
                || matches!(
                    char,
                    '.' | ',' | '-' | '+' | '/' | ':' | '%' | '€' | '$' | '£' | ' '
                )
                || matches!(char, '\u{a0}' | '\u{202f}')
        })
}

impl Trial {
    #[expect(clippy::cast_precision_loss, reason = "counts of a sample")]
    fn of(dialect: Dialect, weight: f64, sample: &[String]) -> Self {
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        let mut columns: HashMap<usize, Vec<[usize; 3]>> = HashMap::new();
        let (mut rows, mut cells, mut dirty, mut quoted) = (0, 0, 0, 0);
        let (mut in_order, mut wrapped) = (Vec::new(), 0);
        for text in sample {
            let mut splitter = Splitter::new(&dialect);
            let mut at = 0;
            while at < text.len() && rows < ROWS {
                let mut count = Count::default();
                let Split::Row(row) = splitter.split(text, at, true, Seam::None, &mut count) else {
                    break;
                };
                at = row.end;
                if count.filled == 0 {
                    continue;
                }
                if let Some(inner) = count.unwrapped(&dialect) {
                    count = inner;
                    wrapped += 1;
                }
                rows += 1;
                in_order.push(count.cells);
                cells += count.cells;
                dirty += count.dirty;
                quoted += count.quoted;
                *widths.entry(count.cells).or_default() += 1;
                let kinds = columns.entry(count.cells).or_default();
                kinds.resize(count.cells, [0; 3]);
                for (kind, counts) in count.kinds.iter().zip(kinds) {
                    counts[*kind as usize] += 1;
                }
            }
        }
        let (width, alike) = widths
            .iter()
            .max_by_key(|(width, rows)| (**rows * usize::from(**width > 1), **width))
            .map_or((1, 0), |(width, rows)| (*width, *rows));
        let numeric: Vec<bool> = columns.remove(&width).map_or_else(Vec::new, |columns| {
            // The header is text above numbers.
            let is_numeric =
                |[_, numbers, texts]: &[usize; 3]| *numbers > 1 && *texts <= 1 + *numbers / 20;
            columns.iter().map(is_numeric).collect()
        });
        // Rows that lack cells at their end, or the title above, count for little against it.
        let even = alike as f64 / f64::max(rows as f64, 1.0);
        let clean = 1.0 - dirty as f64 / f64::max(cells as f64, 1.0);
        let wide = 1.0 - 1.0 / (width as f64 + 1.0);
        // What also stands in sentences must divide nearly every line.
        let is_enough = width > 1
            && divides(&in_order, width, &dialect.delimiter)
            && (weight > 0.9 || even >= 0.8 && rows > 2);
        let score = if is_enough {
            weight * even * clean * clean * wide
        } else {
            0.0
        };
        Self {
            dialect,
            score,
            rows,
            width,
            alike,
            quoted,
            wrapped,
            numeric,
        }
    }
}

/// Whether the lines that a delimiter divides as most follow each other, as those of a table do:
/// what stands in sentences here and there is no delimiter.
fn divides(widths: &[usize], usual: usize, delimiter: &str) -> bool {
    let is_usual = |cells: &usize| *cells == usual;
    let first = widths.iter().position(is_usual).unwrap_or(0);
    let last = widths.iter().rposition(is_usual).unwrap_or(0);
    let within = widths.get(first..=last).unwrap_or_default();
    let count = |wanted: usize| within.iter().filter(|&&cells| cells == wanted).count();
    if count(1) * 2 > within.len() {
        return false;
    }
    let in_sentences = delimiter.starts_with(',');
    let few = widths.len() <= 2;
    // Addresses under the one name of their column have a comma each.
    let is_list = delimiter == ", " && usual == 2 && widths.first() == Some(&1) && !few;
    !in_sentences || !is_list && count(usual) * 2 >= within.len() && (count(usual) > 1 || few)
}

/// The cells of a line that a program wrapped in quotes as a whole, for it holds quotes.
pub(super) fn unwrapped(cell: &str, dialect: &Dialect, cells: &mut impl Cells) {
    let mut splitter = Splitter::new(dialect);
    splitter.split(cell, 0, true, Seam::None, cells);
}

/// The cells of one line, which may be wrapped in quotes.
pub(crate) fn divided(line: &str, dialect: &Dialect, width: usize, row: &mut Record) {
    unwrapped(line, dialect, row);
    if row.len() == 1 && width > 1 {
        let whole = row.raw(0).to_owned();
        row.restart(0);
        unwrapped(&whole, dialect, row);
    }
}

impl Count {
    /// The cells of a line that is quoted as a whole: three at least, or one in quotes of its own.
    fn unwrapped(&self, dialect: &Dialect) -> Option<Self> {
        let first = self.first.as_ref().filter(|_| self.cells == 1)?;
        if dialect.quote != b'"' || first.contains(['\n', '\r']) {
            return None;
        }
        let mut inner = Self::default();
        unwrapped(first, dialect, &mut inner);
        (inner.cells > 2 || inner.cells == 2 && inner.quoted > 0).then_some(inner)
    }
}

impl Found {
    /// A text whose columns have their places in each line.
    fn fixed(fixed: Fixed) -> Self {
        let width = fixed.width();
        let args = [("count", fixed.lines.to_string())];
        let columns = Decided::of("fixed-width", width.to_string()).because(
            "blank-places",
            &args,
            Confidence::Doubtful,
        );
        Self {
            fixed: Some(fixed),
            decisions: vec![columns],
            ..Self::single_column(&[])
        }
    }

    /// A text without any delimiter: one column, whatever stands in its sentences.
    fn single_column(sample: &[String]) -> Self {
        let is_absent = |delimiter: &&str| sample.iter().all(|text| !text.contains(*delimiter));
        let absent = [";", "\t", "|"].into_iter().find(is_absent);
        Self {
            dialect: Dialect {
                delimiter: absent.unwrap_or("\u{1f}").to_owned(),
                quote: b'"',
                escape: Escape::Doubled,
            },
            fixed: None,
            decisions: vec![Decided::of("delimiter", ";").because(
                "no-delimiter",
                &[],
                Confidence::Doubtful,
            )],
            usual: Usual::default(),
        }
    }

    fn of(trial: Trial, is_declared: bool, second: Option<(String, f64)>) -> Self {
        let Trial {
            dialect,
            score,
            rows,
            width,
            alike,
            quoted,
            wrapped,
            numeric,
        } = trial;
        let mut delimiter = Decided::of("delimiter", shown(&dialect.delimiter));
        if !is_declared {
            let close = second.filter(|(_, other)| *other > score * 0.9);
            let args = [
                ("count", alike.to_string()),
                ("rows", rows.to_string()),
                ("width", width.to_string()),
                (
                    "other",
                    close
                        .as_ref()
                        .map_or_else(|| "none".to_owned(), |(other, _)| shown(other)),
                ),
            ];
            let confidence = match close {
                Some(_) => Confidence::Doubtful,
                None if alike * 10 >= rows * 9 => Confidence::Sure,
                None => Confidence::Likely,
            };
            delimiter = delimiter.because("even-rows", &args, confidence);
        }
        let mut decisions = vec![delimiter];
        if wrapped * 2 > rows {
            let args = [("count", wrapped.to_string())];
            let value = wrapped.to_string();
            decisions.push(Decided::of("wrapped-lines", value).because(
                "even-rows-only",
                &args,
                Confidence::Doubtful,
            ));
        }
        if dialect.quote != b'"' {
            let value = char::from(dialect.quote).to_string();
            let args = [("count", quoted.to_string())];
            decisions.push(Decided::of("quote", value).because(
                "quoted-cells",
                &args,
                Confidence::Likely,
            ));
        }
        if dialect.escape == Escape::Backslash {
            decisions.push(Decided::of("escape", "\\").because(
                "even-rows-only",
                &[],
                Confidence::Likely,
            ));
        }
        Self {
            dialect,
            fixed: None,
            decisions,
            usual: Usual {
                width: (width > 1 && alike * 2 > rows).then_some(width),
                numeric,
            },
        }
    }
}

/// A delimiter as decisions name it.
pub(crate) fn shown(delimiter: &str) -> String {
    match delimiter {
        "\t" => "tab".to_owned(),
        " " => "blank".to_owned(),
        other => other.replace('\t', "\\t").replace('\u{1f}', "\\x1f"),
    }
}
