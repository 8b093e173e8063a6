//! Listings whose columns are told by their places in each line: fixed width, as printed by old
//! programs and by tools of databases.

use super::split::Cells;

/// Where the columns of a listing start, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fixed {
    starts: Vec<usize>,
    /// How many lines of the sample have blanks between all columns.
    pub(super) lines: usize,
}

/// No more lines of the sample are looked at, nor wider ones.
const LINES: usize = 4000;
const WIDEST: usize = 4096;
/// A table has at least as many lines.
const FEWEST: usize = 3;

impl Fixed {
    /// Finds columns that blanks part in every line of a sample, unless a delimiter that divides
    /// the lines in as many cells (`rival`, with its width) stands between them.
    pub(super) fn find(sample: &[String], rival: Option<(&str, usize)>) -> Option<Self> {
        if rival.is_some_and(|(delimiter, _)| !matches!(delimiter, "," | ", " | " " | ":" | "#")) {
            return None;
        }
        let lines: Vec<Vec<char>> = sample
            .iter()
            .flat_map(|text| text.split(['\n', '\r']))
            .filter(|line| !line.trim().is_empty())
            .take(LINES)
            .map(|line| line.trim_end().chars().collect())
            .collect();
        if lines.iter().any(|line| line.contains(&'\t')) {
            return None;
        }
        let body: Vec<&Vec<char>> = lines.iter().filter(|line| is_spaced(line)).collect();
        let width = body.iter().map(|line| line.len()).max()?;
        let ruler = lines.iter().find_map(|line| ruled(line));
        let few = body.len() < FEWEST || body.len() * 10 < lines.len() * 6;
        if few && ruler.is_none() || width > WIDEST {
            return None;
        }
        let fixed = Self {
            starts: ruler.unwrap_or_else(|| starts(&body, width)),
            lines: body.len(),
        };
        let rivals = |(delimiter, width): (&str, usize)| {
            let delimiter = delimiter.trim();
            let cells = body.iter().flat_map(|line| fixed.cells(line));
            let ends = |cell: &String| !delimiter.is_empty() && cell.trim().ends_with(delimiter);
            width > fixed.width() || cells.filter(ends).count() >= body.len()
        };
        (fixed.width() > 1 && !rival.is_some_and(rivals)).then_some(fixed)
    }

    /// How many columns.
    pub(super) fn width(&self) -> usize {
        self.starts.len()
    }

    /// Divides the line that starts at `from`, and tells where the next one starts. `last`:
    /// nothing comes after `text`.
    pub(super) fn split(
        &self,
        text: &str,
        from: usize,
        last: bool,
        cells: &mut impl Cells,
    ) -> Option<usize> {
        let rest = text.get(from..)?;
        let (line, end) = match rest.find(['\n', '\r']) {
            None if last => (rest, rest.len()),
            None => return None,
            Some(at) => {
                let (line, after) = rest.split_at(at);
                match after.as_bytes() {
                    [b'\r'] if !last => return None,
                    [b'\r', b'\n', ..] => (line, at + 2),
                    _ => (line, at + 1),
                }
            }
        };
        let line: Vec<char> = line.chars().collect();
        // A title runs over the columns.
        let blank = |at: usize| line.get(at).is_none_or(|char| *char == ' ');
        let mut inner = self.starts.iter().filter(|&&start| start > 0);
        if is_spaced(&line) || inner.all(|&start| blank(start) || blank(start - 1)) {
            self.cells(&line).for_each(|cell| cells.push(&cell, false));
        } else {
            cells.push(&line.iter().collect::<String>(), false);
        }
        Some(from + end)
    }

    fn cells(&self, line: &[char]) -> impl Iterator<Item = String> {
        let mut from = 0;
        let ends = self.starts.iter().skip(1).copied().chain([usize::MAX]);
        ends.map(move |end| {
            let column = line.get(from..end.min(line.len())).unwrap_or_default();
            let column = match line.get(end) {
                // A number that is longer than those of the sample reaches to the left.
                Some(next) if *next != ' ' => {
                    let reach = column.iter().rev().take_while(|char| **char != ' ').count();
                    let is_whole = reach == column.len();
                    let kept = column.len() - if is_whole { 0 } else { reach };
                    column.get(..kept).unwrap_or_default()
                }
                _ => column,
            };
            from += column.len();
            column.iter().collect()
        })
    }
}

/// Whether two blanks follow each other within a line.
fn is_spaced(line: &[char]) -> bool {
    let start = line.iter().position(|char| *char != ' ').unwrap_or(0);
    let inner = line.get(start..).unwrap_or_default();
    inner.windows(2).any(|pair| pair == [' ', ' '])
}

/// Where columns start by a line that is drawn under their names: `----- --------`.
fn ruled(line: &[char]) -> Option<Vec<usize>> {
    let is_ruler = line.iter().all(|char| matches!(char, '-' | '=' | ' '));
    let starts = (0..line.len()).filter(|&at| {
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        line.get(at) != Some(&' ') && before.is_none_or(|char| *char == ' ')
    });
    let starts: Vec<usize> = starts.collect();
    (is_ruler && starts.len() > 1).then_some(starts)
}

/// Where columns start: the first place, and each after places that are blank in every line and
/// beside another blank in most.
fn starts(body: &[&Vec<char>], width: usize) -> Vec<usize> {
    let is_blank = |line: &[char], at: usize| line.get(at).is_none_or(|char| *char == ' ');
    let parts = |at: usize| {
        let is_wide = |line: &&&Vec<char>| {
            is_blank(line, at + 1)
                || at
                    .checked_sub(1)
                    .is_some_and(|before| is_blank(line, before))
        };
        body.iter().all(|line| is_blank(line, at))
            && body.iter().filter(is_wide).count() * 10 >= body.len() * 6
    };
    let mut starts = vec![0];
    let (mut seen, mut parted) = (false, false);
    for at in 0..width {
        if parts(at) {
            parted = seen;
        } else if body.iter().any(|line| !is_blank(line, at)) {
            if parted {
                starts.push(at);
            }
            (seen, parted) = (true, false);
        }
    }
    starts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(text: &str, rival: Option<(&str, usize)>) -> Option<Vec<usize>> {
        Fixed::find(&[text.to_owned()], rival).map(|fixed| fixed.starts)
    }

    #[test]
    fn columns_are_told_by_blanks_or_by_a_ruler() {
        let aligned = "A  bb cc    1,50\nB  dd       2,50\nC  e f g  113,50\n";
        assert_eq!(found(aligned, Some((",", 2))), Some(vec![0, 3, 10]));
        let ruled = "CODE NOM\n---- ---------\n0101 École\n0102 École  a\n0103 Stade  b\n0104  c\n";
        assert_eq!(found(ruled, None), Some(vec![0, 5]));
        for prose in [
            "Une phrase.\nDeux  mots.\nTrois mots ici.\n",
            "a  b\nc  d\n",
        ] {
            assert_eq!(found(prose, None), None, "{prose}");
        }
        let padded = "a,   b,   c\nd,   e,   f\ng,   h,   i\n";
        assert_eq!(found(padded, Some((",", 3))), None);
        assert_eq!(found(aligned, Some((";", 2))), None);
    }

    #[test]
    fn a_longer_number_is_not_cut() {
        let fixed = Fixed {
            starts: vec![0, 6, 12],
            lines: 3,
        };
        let cells = |line: &str| {
            let line: Vec<char> = line.chars().collect();
            let cells = fixed.cells(&line).map(|cell| cell.trim().to_owned());
            cells.collect::<Vec<_>>()
        };
        assert_eq!(cells("a     b        12"), ["a", "b", "12"]);
        assert_eq!(cells("a     b 1234567"), ["a", "b", "1234567"]);
        assert_eq!(cells("é"), ["é", "", ""]);
    }
}
