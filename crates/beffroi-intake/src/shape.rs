//! What single cells look like, and what the columns of a table mostly hold: by this a header is
//! told from the rows under it.

use crate::{cell::dates, cell::marks, cell::numbers, record::Record};

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing, or a mark of absence: says nothing of its row.
    Blank,
    Number,
    /// Four digits from 1900 on: a number, or the name of a column.
    Year,
    /// A date, a period or a time of day.
    Date,
    /// Digits with capitals or dashes.
    Code,
    /// An address of the web or of a mailbox.
    Link,
    /// Yes or no.
    Flag,
    Text,
}

impl Look {
    /// What a cell looks like.
    pub(crate) fn of(cell: &str) -> Self {
        let digits = cell.bytes().all(|b| b.is_ascii_digit());
        if marks::usual(cell).is_some() {
            Self::Blank
        } else if digits && cell.len() == 4 && (cell.starts_with("19") || cell.starts_with("20")) {
            Self::Year
        } else if digits || numbers::lex(cell).is_some() {
            Self::Number
        } else if dates::read(cell).is_some() || is_clock(cell) {
            Self::Date
        } else if is_link(cell) {
            Self::Link
        } else if marks::is_boolean_word(cell) {
            Self::Flag
        } else if is_code(cell) {
            Self::Code
        } else {
            Self::Text
        }
    }

    /// Whether such a cell may stand in a column that mostly holds others.
    fn fits(self, column: Self) -> bool {
        self == column
            || matches!(
                (self, column),
                (Self::Year, Self::Number) | (Self::Year | Self::Number, Self::Code)
            )
    }
}

/// Digits with capitals, dots or dashes among them.
pub(crate) fn is_code(cell: &str) -> bool {
    cell.len() <= 24
        && cell.bytes().any(|b| b.is_ascii_digit())
        && cell.bytes().all(|b| {
            b.is_ascii_digit() || b.is_ascii_uppercase() || matches!(b, b'-' | b'_' | b'.' | b'/')
        })
}

fn is_clock(cell: &str) -> bool {
    let mut parts = cell.split([':', 'h']);
    let short = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    cell.len() <= 8
        && cell.contains([':', 'h'])
        && parts
            .next()
            .is_some_and(|hours| !hours.is_empty() && short(hours))
        && parts.all(short)
}

fn is_link(cell: &str) -> bool {
    ["http://", "https://", "www."]
        .iter()
        .any(|start| cell.starts_with(start))
        || (cell.contains('@') && !cell.contains(' '))
}

/// What each column of a table mostly holds; `Text` where that tells nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Body(Vec<Look>);

/// How a row agrees with what is under it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Agreement {
    /// Cells that look like their column.
    pub(crate) alike: usize,
    /// Cells that do not, in columns that hold no text.
    pub(crate) unlike: usize,
    /// Years in columns of numbers: values or names.
    pub(crate) years: usize,
}

impl Body {
    /// What the columns of these rows mostly hold.
    pub(crate) fn of<'r>(rows: impl Iterator<Item = &'r Record> + Clone) -> Self {
        const LOOKS: [Look; 5] = [Look::Number, Look::Date, Look::Code, Look::Link, Look::Flag];
        let width = rows.clone().map(Record::width).max().unwrap_or(0);
        let column = |index: usize| {
            let looks = rows.clone().map(|row| Look::of(row.get(index)));
            let looks: Vec<Look> = looks.filter(|look| *look != Look::Blank).collect();
            let most = |wanted: Look| {
                let alike = looks.iter().filter(|&&look| match wanted {
                    Look::Number => matches!(look, Look::Number | Look::Year),
                    _ => look == wanted,
                });
                alike.count() * 2 >= looks.len()
            };
            match LOOKS
                .into_iter()
                .find(|&wanted| !looks.is_empty() && most(wanted))
            {
                Some(Look::Number) if most(Look::Year) => Look::Year,
                Some(look) => look,
                None => Look::Text,
            }
        };
        Self((0..width).map(column).collect())
    }

    /// How many columns hold no text.
    pub(crate) fn told(&self) -> usize {
        self.0.iter().filter(|look| **look != Look::Text).count()
    }

    /// A few columns whose cells start with a digit or a sign; those of codes if there are none.
    pub(crate) fn probes(&self) -> Vec<usize> {
        let numbers = [Look::Number, Look::Year, Look::Date];
        let of = |looks: &[Look]| {
            let columns = self.0.iter().enumerate();
            let columns = columns.filter(|(_, look)| looks.contains(look));
            columns.map(|(index, _)| index).take(3).collect::<Vec<_>>()
        };
        let probes = of(&numbers);
        if probes.is_empty() {
            of(&[Look::Code, Look::Link, Look::Flag])
        } else {
            probes
        }
    }

    /// How a row agrees with these columns.
    pub(crate) fn agreement(&self, row: &Record) -> Agreement {
        let mut agreement = Agreement::default();
        for (index, column) in self.0.iter().enumerate() {
            let look = Look::of(row.get(index));
            match (look, *column) {
                (Look::Blank, _) | (_, Look::Text) => {}
                (Look::Year, Look::Number) => agreement.years += 1,
                (look, column) if look.fits(column) => agreement.alike += 1,
                _ => agreement.unlike += 1,
            }
        }
        agreement
    }

    /// Whether the values of a row follow each other as names of columns do: 2019, 2020, 2021.
    pub(crate) fn is_sequence(&self, row: &Record) -> bool {
        let values: Vec<i64> = row.cells().filter_map(|cell| cell.parse().ok()).collect();
        let agreement = self.agreement(row);
        let steps = values.windows(2).all(|pair| pair[0].abs_diff(pair[1]) == 1);
        let years = agreement.years > 0 && agreement.alike == 0;
        // Years may lie further apart, and come again under each title above them; a lone one is a
        // name when words stand beside it.
        let again = values
            .iter()
            .skip(1)
            .position(|year| Some(year) == values.first());
        let (once, rest) = values.split_at(again.map_or(values.len(), |at| at + 1));
        let again = rest.chunks(once.len().max(1)).all(|part| part == once);
        let rising = once.windows(2).all(|pair| pair[0] < pair[1])
            || once.windows(2).all(|pair| pair[0] > pair[1]);
        (years && rising && again) || (values.len() >= 3 && steps && agreement.unlike == 0)
    }

    /// Whether a row numbers the columns: `(1)`, `(2)`, `(3)`, or 1, 2, 3 where columns hold words.
    pub(crate) fn is_numbering(&self, row: &Record) -> bool {
        let (mut count, mut marked) = (0, 0);
        for cell in row.cells().filter(|cell| !cell.is_empty()) {
            let inner = cell
                .strip_prefix('(')
                .and_then(|cell| cell.strip_suffix(')'));
            count += 1;
            marked += usize::from(inner.is_some());
            if inner.unwrap_or(cell).parse() != Ok(count) {
                return false;
            }
        }
        (count >= 2 && marked == count) || (count >= 3 && self.has_numbers_as_words(row))
    }

    /// Whether a row has a number where a column holds words.
    fn has_numbers_as_words(&self, row: &Record) -> bool {
        let mut columns = self.0.iter().enumerate();
        columns.any(|(index, look)| *look == Look::Text && Look::of(row.get(index)) == Look::Number)
    }
}

impl Agreement {
    /// Whether the row is one of the table.
    pub(crate) fn is_data(self) -> bool {
        self.alike + self.years > self.unlike
    }

    /// Whether the row has words where the table has values.
    pub(crate) fn is_names(self) -> bool {
        self.unlike > 0 && self.alike == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_look_like_what_they_hold() {
        for (cell, look) in [
            ("", Look::Blank),
            ("nd", Look::Blank),
            ("12,5 %", Look::Number),
            ("2024", Look::Year),
            ("mars-24", Look::Date),
            ("14:30", Look::Date),
            ("2A004", Look::Code),
            ("https://a.fr", Look::Link),
            ("mairie@a.fr", Look::Link),
            ("OUI", Look::Flag),
            ("Gare", Look::Text),
            ("Date d'effet", Look::Text),
            ("PMR:", Look::Text),
        ] {
            assert_eq!(Look::of(cell), look, "{cell}");
        }
    }
}
