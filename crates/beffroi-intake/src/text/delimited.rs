//! Delimited text (CSV and its kin): rows read one by one through a window over the bytes, with
//! whatever line ends and quotes they have. A row that does not divide as most do is read again
//! in other ways, and kept as it was if none of them fits.

use super::{
    charset::{Charset, TextReader},
    dialect::{self, Dialect, Escape, Found, Usual, is_numeric, unwrapped},
    encoding::Coding,
    fixed::Fixed,
    split::{Cells, Row, Seam, Split, Splitter},
};
use crate::{Bytes, IntakeError, express::Plain, format::Decided, record::Record};
use beffroi_model::Confidence;
use std::sync::OnceLock;

/// A file with more cells than this in a row is refused.
pub(crate) const MAX_COLUMNS: usize = 4096;
/// A file with a longer row is refused.
const MAX_ROW: usize = 16 << 20;
/// No more places are tried for a delimiter that is missing.
const MAX_SEAMS: usize = 16;

/// A delimited text.
pub(crate) struct Delimited<'a> {
    bytes: Bytes<'a>,
    charset: Charset,
    dialect: Dialect,
    fixed: Option<Fixed>,
    usual: Usual,
    /// How long the `sep=` line is that the text starts with.
    preface: usize,
    /// What was mended, once all rows were read.
    mended: OnceLock<Mended>,
    /// Why the rows ended before the file did.
    failure: OnceLock<IntakeError>,
}

/// Rows that were read in another way than the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mended {
    /// With quotes as plain characters, or closed where a cell ends.
    quotes: u64,
    /// With a delimiter of their own.
    delimiters: u64,
    /// With a delimiter that was missing beside a quote.
    seams: u64,
    /// Without the quotes around the whole of them.
    wrapped: u64,
}

impl<'a> Delimited<'a> {
    /// Opens a text, finding its dialect; a declared delimiter stands.
    pub(crate) fn new(
        bytes: Bytes<'a>,
        coding: &Coding,
        declared: Option<&str>,
    ) -> (Self, Vec<Decided>) {
        let mut sample = coding.sample.clone();
        let (hint, preface) = sample
            .first()
            .map_or((None, 0), |text| separator_line(text));
        if let Some(first) = sample.first_mut() {
            first.drain(..preface);
        }
        let Found {
            dialect,
            fixed,
            decisions,
            usual,
        } = dialect::find(&sample, declared.or(hint.as_deref()));
        let delimited = Self {
            bytes,
            charset: coding.charset,
            dialect,
            fixed,
            usual,
            preface,
            mended: OnceLock::new(),
            failure: OnceLock::new(),
        };
        (delimited, decisions)
    }

    /// How its cells are separated and quoted.
    pub(crate) fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Why the rows ended before the file did, when they did.
    pub(crate) fn failure(&self) -> Option<&IntakeError> {
        self.failure.get()
    }

    /// What was decided about single rows, once all were read.
    pub(crate) fn decisions(&self) -> Vec<Decided> {
        let mended = self.mended.get().copied().unwrap_or_default();
        let rows = [
            ("quotes", mended.quotes),
            ("delimiters", mended.delimiters),
            ("seams", mended.seams),
            ("wrapped", mended.wrapped),
        ];
        let rows = rows.into_iter().filter(|(_, count)| *count > 0);
        rows.map(|(how, count)| {
            let code = format!("mended-{how}");
            Decided::of("mended-rows", count.to_string()).because(&code, &[], Confidence::Likely)
        })
        .collect()
    }

    /// The text as the express way takes it, if it may go there.
    pub(crate) fn plain(&self) -> Option<Plain<'_>> {
        let Dialect {
            delimiter,
            quote: b'"',
            escape: Escape::Doubled,
        } = &self.dialect
        else {
            return None;
        };
        match (self.charset, delimiter.as_bytes()) {
            _ if self.fixed.is_some() => None,
            (Charset::Utf8, [delimiter]) if *delimiter != b' ' => Some(Plain {
                bytes: self.bytes,
                skip: self.preface as u64,
                lines: u64::from(self.preface > 0),
                delimiter: *delimiter,
            }),
            _ => None,
        }
    }

    /// The rows, from the first.
    pub(crate) fn rows(&self) -> Records<'_> {
        let reader = match self.bytes.reader() {
            Ok(bytes) => Some(TextReader::new(bytes, self.charset)),
            Err(error) => {
                let _ = self.failure.set(error.into());
                None
            }
        };
        Records {
            of: self,
            reader,
            text: String::new(),
            at: 0,
            is_first: true,
            splitter: Splitter::new(&self.dialect),
            line: 1 + u64::from(self.preface > 0),
            record: Record::default(),
            trial: Record::default(),
            mended: Mended::default(),
        }
    }
}

/// The `sep=;` line that Excel writes and heeds, and how long it is.
fn separator_line(text: &str) -> (Option<String>, usize) {
    let length = text.find(['\r', '\n']).unwrap_or(text.len());
    let (line, rest) = text.split_at(length);
    let end = length
        + if rest.starts_with("\r\n") {
            2
        } else {
            usize::from(!rest.is_empty())
        };
    let bare = line.trim_matches('"');
    match bare.get(..4).zip(bare.get(4..)) {
        Some((name, delimiter))
            if name.eq_ignore_ascii_case("sep=") && matches!(delimiter.chars().count(), 1 | 2) =>
        {
            (Some(delimiter.to_owned()), end)
        }
        _ => (None, 0),
    }
}

/// Reads the rows of a delimited text one after the other.
pub(crate) struct Records<'t> {
    of: &'t Delimited<'t>,
    /// What comes after the window; none at the end.
    reader: Option<TextReader<'t>>,
    /// The window, and where the next row starts in it.
    text: String,
    at: usize,
    is_first: bool,
    splitter: Splitter<'t>,
    line: u64,
    record: Record,
    /// The same row read in another way.
    trial: Record,
    mended: Mended,
}

impl Cells for Record {
    fn push(&mut self, cell: &str, _: bool) {
        if self.len() <= MAX_COLUMNS {
            self.append(cell);
            self.end_cell();
        }
    }
}

impl Records<'_> {
    /// The next row; `None` after the last, or where the file cannot be read on.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        loop {
            if self.at < self.text.len() {
                self.record.restart(self.line);
                let last = self.reader.is_none();
                if let Some(fixed) = &self.of.fixed
                    && let Some(end) = fixed.split(&self.text, self.at, last, &mut self.record)
                {
                    self.at = end;
                    self.line += 1;
                    return Some(&self.record);
                }
                let split =
                    self.splitter
                        .split(&self.text, self.at, last, Seam::None, &mut self.record);
                let row = match split {
                    Split::Row(row) if self.of.fixed.is_none() => Some(self.mend(row)),
                    _ => None,
                };
                if self.record.len() > MAX_COLUMNS {
                    self.give_up(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
                } else if let Some(row) = row {
                    self.at = row.end;
                    self.line += 1 + row.inner_lines;
                    return Some(&self.record);
                } else if self.text.len() - self.at > MAX_ROW {
                    self.give_up(IntakeError::RowTooLong {
                        line: self.line,
                        limit: MAX_ROW as u64,
                    });
                }
            }
            if !self.more() {
                let _ = self.of.mended.set(self.mended);
                return None;
            }
        }
    }

    /// Ends the rows here.
    fn give_up(&mut self, failure: IntakeError) {
        let _ = self.of.failure.set(failure);
        self.reader = None;
        self.at = self.text.len();
    }

    /// Moves the window on. False at the end of the text.
    fn more(&mut self) -> bool {
        let Some(reader) = &mut self.reader else {
            return false;
        };
        self.text.drain(..self.at);
        self.splitter.shift(self.at);
        self.at = 0;
        match reader.more(&mut self.text) {
            Ok(true) => {}
            Ok(false) => self.reader = None,
            Err(error) => {
                let _ = self.of.failure.set(error.into());
                self.reader = None;
                self.text.clear();
            }
        }
        if self.is_first && !self.text.is_empty() {
            self.is_first = false;
            self.at = self.of.preface.min(self.text.len());
        }
        true
    }

    /// Reads a row again that does not divide as most do, unless nothing speaks for another way.
    fn mend(&mut self, row: Row) -> Row {
        let Some(width) = self.of.usual.width else {
            return row;
        };
        let cells = self.record.len();
        if cells == width && !row.is_stray || self.record.is_blank() {
            return row;
        }
        if cells == 1 && row.has_quotes && row.inner_lines == 0 {
            self.trial.restart(self.line);
            unwrapped(self.record.raw(0), &self.of.dialect, &mut self.trial);
            if self.trial.len() == width {
                self.mended.wrapped += 1;
                return self.take(row);
            }
        }
        if row.has_quotes {
            let bare = self.again(Seam::Bare).filter(|row| !row.is_stray);
            if let Some(other) = bare.filter(|_| self.trial.len() == width) {
                self.mended.quotes += 1;
                return self.take(other);
            }
            if cells == width {
                return row;
            }
            if let Some(other) = self.with_seam(row, width) {
                self.mended.seams += 1;
                return self.take(other);
            }
            let literal = self.again(Seam::Literal);
            if let Some(other) = literal.filter(|_| self.trial.len() == width) {
                self.mended.quotes += 1;
                return self.take(other);
            }
        }
        if cells == 1
            && width > 2
            && let Some(other) = self.with_delimiter(width)
        {
            self.mended.delimiters += 1;
            return self.take(other);
        }
        row
    }

    fn take(&mut self, row: Row) -> Row {
        std::mem::swap(&mut self.record, &mut self.trial);
        row
    }

    /// Reads the row in another way into the trial.
    fn again(&mut self, seam: Seam) -> Option<Row> {
        self.trial.restart(self.line);
        let last = self.reader.is_none();
        match self
            .splitter
            .split(&self.text, self.at, last, seam, &mut self.trial)
        {
            Split::Row(row) => Some(row),
            Split::More => None,
        }
    }

    /// Reads the row as if a delimiter were missing beside one of its quotes.
    fn with_seam(&mut self, row: Row, width: usize) -> Option<Row> {
        let quote = self.of.dialect.quote;
        let delimiter = self.of.dialect.delimiter.as_bytes();
        let raw = self.text.as_bytes().get(self.at..row.end)?;
        // Neither at an end of a cell nor beside a blank, which no delimiter would be.
        let is_place = |at: &usize| {
            let (before, after) = raw.split_at(*at);
            let beside = [before.last(), after.first()];
            !beside
                .iter()
                .any(|byte| matches!(byte, None | Some(b' ' | b'\n' | b'\r')))
                && !before.ends_with(delimiter)
                && !after.starts_with(delimiter)
        };
        let quotes = memchr::memchr_iter(quote, raw).take(MAX_SEAMS);
        let mut places: Vec<usize> = quotes
            .flat_map(|at| [at, at + 1])
            .filter(is_place)
            .collect();
        places.dedup();
        let mut fitting = None;
        for place in places {
            let place = self.at + place;
            let found = self.again(Seam::At(place));
            let fits = found
                .filter(|row| self.trial.len() == width && !row.is_stray)
                .is_some();
            if fits && self.fits() {
                if fitting.is_some() {
                    return None;
                }
                fitting = Some(place);
            }
        }
        self.again(Seam::At(fitting?))
    }

    /// Reads the row with each of the other usual delimiters: it must divide as most rows do, and
    /// have numbers where they have numbers (or names throughout, as a header has).
    fn with_delimiter(&mut self, width: usize) -> Option<Row> {
        for delimiter in [";", "\t", "|", ","] {
            if delimiter == self.of.dialect.delimiter {
                continue;
            }
            let dialect = Dialect {
                delimiter: delimiter.to_owned(),
                ..self.of.dialect.clone()
            };
            self.trial.restart(self.line);
            let last = self.reader.is_none();
            let mut splitter = Splitter::new(&dialect);
            let split = splitter.split(&self.text, self.at, last, Seam::None, &mut self.trial);
            let Split::Row(row) = split else {
                continue;
            };
            let has_numbers = self.of.usual.numeric.contains(&true);
            let is_header = || {
                (0..width).all(|index| {
                    let cell = self.trial.raw(index);
                    !cell.is_empty() && !cell.starts_with(' ') && !is_numeric(cell)
                })
            };
            if self.trial.len() == width && ((has_numbers && self.fits()) || is_header()) {
                return Some(row);
            }
        }
        None
    }

    /// Whether the trial has numbers, or nothing, where most rows have.
    fn fits(&self) -> bool {
        let mut columns = self.of.usual.numeric.iter().enumerate();
        columns.all(|(index, &numeric)| {
            let cell = self.trial.get(index);
            !numeric || cell.is_empty() || is_numeric(cell)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::text::encoding;
    use proptest::prelude::*;

    type Row = (u64, Vec<String>);

    fn read(bytes: &[u8]) -> (String, Vec<Row>) {
        let bytes = Bytes::Held(bytes);
        let Ok(coding) = encoding::look(bytes, None) else {
            return (String::new(), Vec::new());
        };
        let (delimited, _) = Delimited::new(bytes, &coding, None);
        let mut rows = Vec::new();
        let mut records = delimited.rows();
        while let Some(record) = records.next() {
            rows.push((
                record.line(),
                record.cells().map(str::to_owned).collect::<Vec<_>>(),
            ));
        }
        assert_eq!(delimited.failure(), None);
        (delimited.dialect().delimiter.clone(), rows)
    }

    fn row(line: u64, cells: &[&str]) -> Row {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn all_line_ends_end_a_row() {
        let expected = vec![row(1, &["a", "b"]), row(2, &["1", ""]), row(3, &["2", "3"])];
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a;b{end}1;{end}2;3{end}");
            assert_eq!(
                read(text.as_bytes()),
                (";".to_owned(), expected.clone()),
                "{end:?}"
            );
            assert_eq!(read(text.trim_end().as_bytes()).1, expected, "{end:?}");
        }
    }

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        let (_, rows) = read(b"a;b\n\"x;y\";\"l1\r\nl2\"\n\"say \"\"oui\"\"\";\"\"\n \"q\" ;z\n");
        assert_eq!(
            rows,
            [
                row(1, &["a", "b"]),
                row(2, &["x;y", "l1\r\nl2"]),
                row(4, &["say \"oui\"", ""]),
                row(5, &["q", "z"]),
            ]
        );
    }

    #[test]
    fn a_stray_quote_swallows_nothing() {
        let (_, rows) = read(b"a;b\n\"Gare;12\nLe \"petit\" pont;3\n\"Le \"Port\" vieux\";4\n");
        assert_eq!(rows[1], row(2, &["\"Gare", "12"]), "{rows:?}");
        assert_eq!(rows[2], row(3, &["Le \"petit\" pont", "3"]));
        assert_eq!(rows[3], row(4, &["Le \"Port\" vieux", "4"]));
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_rows_alike() {
        for (text, delimiter) in [
            ("nom;valeur\na;1,5\nb;2,5\nc;3,5\n", ";"),
            ("nom,valeur\n\"a;b\",1\n\"c;d\",2\n", ","),
            ("nom\tvaleur\na, b\t1,5\nc, d\t2\n", "\t"),
            ("nom|valeur\na|1,5\nb|2\n", "|"),
            ("nom::heure::prix\na::12:30::1,5\nb::14:00::2\n", "::"),
            ("nom||heure\na||12:30\n||14:00\n", "||"),
            ("nom, lieu, prix\na, \"b, c\", 1\nd, e, 2\n", ", "),
            (
                "jour heure valeur\n2024-01-02 12:30 4\n2024-01-03 13:30 5\n",
                " ",
            ),
            ("nom~heure\na~12:30\nb~14:00\n", "~"),
        ] {
            assert_eq!(read(text.as_bytes()).0, delimiter, "{text}");
        }
        assert_eq!(
            read(b"sep=,\na,b;c\n1,2;3\n"),
            (
                ",".to_owned(),
                vec![row(2, &["a", "b;c"]), row(3, &["1", "2;3"])]
            )
        );
    }

    #[test]
    fn rows_that_do_not_divide_as_most_do_are_read_in_other_ways() {
        let around =
            "nom;lieu;année;prix\n\"Gare\";\"Nord; Sud\";2020;1\n\"Port\";\"Est\";2021;2\n";
        for (line, cells) in [
            // Quotes that are neither doubled nor escaped.
            (
                "\"Écran 48\"\";\"Le \"Bar\"\";2022;3",
                ["Écran 48\"", "Le \"Bar\"", "2022", "3"],
            ),
            // A quote that nothing closes.
            ("\"Quai;\"Ouest\";2022;3", ["\"Quai", "Ouest", "2022", "3"]),
            // A delimiter forgotten between two quotes.
            (
                "\"Quai\"\"Ouest; Centre\";2022;3",
                ["Quai", "Ouest; Centre", "2022", "3"],
            ),
            (
                "Quai\"Ouest; Centre; Sud\";2022;3",
                ["Quai", "Ouest; Centre; Sud", "2022", "3"],
            ),
            // Another delimiter.
            ("Quai,Ouest,2022,3", ["Quai", "Ouest", "2022", "3"]),
        ] {
            let text = format!("{around}{line}\n{}", around.lines().nth(1).unwrap());
            let (_, rows) = read(text.as_bytes());
            assert_eq!(rows[3], row(4, &cells), "{line}");
            assert_eq!(rows.len(), 5, "{line}");
        }
        // A note with as many commas as the table has delimiters stays a note.
        let note = format!("{around}Source : mairie, service, des sports, 2024\n");
        assert_eq!(read(note.as_bytes()).1[3].1.len(), 1);
    }

    #[test]
    fn a_row_without_end_is_refused() {
        let text = format!("a;b\n1;2\n{}", "x".repeat(MAX_ROW + (1 << 20)));
        let bytes = Bytes::Held(text.as_bytes());
        let coding = encoding::look(bytes, None).unwrap();
        let (delimited, _) = Delimited::new(bytes, &coding, None);
        let mut rows = delimited.rows();
        let mut count = 0;
        while rows.next().is_some() {
            count += 1;
        }
        assert_eq!(count, 2);
        assert!(matches!(
            delimited.failure(),
            Some(IntakeError::RowTooLong { line: 3, .. })
        ));
    }

    /// Writes a table in a dialect.
    fn written(rows: &[Vec<String>], dialect: &Dialect, end: &str, always: bool) -> String {
        let quote = char::from(dialect.quote).to_string();
        let escaped = match dialect.escape {
            Escape::Doubled => quote.repeat(2),
            Escape::Backslash => format!("\\{quote}"),
        };
        let cell = |cell: &String| {
            let must = [&quote, &dialect.delimiter, "\n", "\r"]
                .iter()
                .any(|part| cell.contains(*part));
            if must || always {
                format!("{quote}{}{quote}", cell.replace(&quote, &escaped))
            } else {
                cell.clone()
            }
        };
        rows.iter()
            .map(|row| {
                row.iter()
                    .map(cell)
                    .collect::<Vec<_>>()
                    .join(&dialect.delimiter)
                    + end
            })
            .collect()
    }

    use crate::text::dialect::Escape;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(prop::sample::select(b"a1;,\"\"\r\n \xe9".to_vec()), 0..80)) {
            let (_, rows) = read(&bytes);
            prop_assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }

        #[test]
        fn any_table_written_in_any_dialect_is_read_back(
            names in prop::collection::vec("[a-zé]{1,8}", 3..6),
            words in prop::collection::vec("([a-zA-Zéà',;\"-]{1,6}( [a-z',;\"]{1,5}){0,2}|l1\nl2)", 8..20),
            numbers in prop::collection::vec("-?[0-9]{1,4}(\\.[0-9]{2})?", 40..60),
            delimiter in prop::sample::select(vec![";", ",", "\t", "|", "::", "~", ", "]),
            quote in prop::sample::select(vec![b'"', b'\'']),
            backslash in any::<bool>(),
            end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            always in any::<bool>(),
        ) {
            let mut numbers = numbers.iter().cycle();
            let mut rows = vec![names.clone()];
            for word in &words {
                let mut row = vec![word.clone()];
                row.extend(numbers.by_ref().take(names.len() - 1).cloned());
                rows.push(row);
            }
            let dialect = Dialect {
                delimiter: delimiter.to_owned(),
                quote,
                escape: if backslash { Escape::Backslash } else { Escape::Doubled },
            };
            // Apostrophes around a cell here and there may be the cell's own.
            let text = written(&rows, &dialect, end, always || quote == b'\'');
            let (found, read) = read(text.as_bytes());
            let read: Vec<Vec<String>> = read.into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(&read, &rows, "{} {}", found, text);
        }
    }
}
