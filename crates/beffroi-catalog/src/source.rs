//! A file of declarations as text, and the collection of what is wrong in all of them.

use crate::diagnostic::{Diagnostic, Diagnostics, Place, code};
use beffroi_model::nearest;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::PathBuf,
};

/// A file that was read.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Relative to the folder of declarations.
    pub path: PathBuf,
    pub text: String,
}

impl SourceFile {
    /// The byte of a line and column that both start at 1.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        let lines = self.text.split_inclusive('\n');
        let before: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
        before + column.saturating_sub(1)
    }
}

/// A value with the bytes of its file that say it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

impl<T> At<T> {
    pub(crate) fn new(value: T, span: Range<usize>) -> Self {
        Self { value, span }
    }
}

/// How many errors of one file are told; the others are counted.
const ERRORS_PER_FILE: usize = 100;

/// Collects the errors of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    diagnostics: RefCell<Diagnostics>,
    /// Errors by file.
    counts: RefCell<BTreeMap<PathBuf, usize>>,
    /// Lines with a syntax error, by file: what else is wrong there follows from it.
    broken: RefCell<BTreeMap<PathBuf, BTreeSet<usize>>>,
}

impl Report {
    /// An error at some bytes of a file.
    pub(crate) fn at(
        &self,
        file: &SourceFile,
        span: &Range<usize>,
        code: &'static str,
        message: impl AsRef<str>,
        hint: impl Into<Option<String>>,
    ) {
        if self.is_broken(file) && code == code::MISSING_KEY {
            return;
        }
        let Some(mut place) = self.place(file, span) else {
            return;
        };
        if code == code::SECRET_IN_CLEAR {
            place.mask();
        }
        let follows = self
            .broken
            .borrow()
            .get(&file.path)
            .is_some_and(|lines| lines.contains(&place.line));
        if !follows {
            self.push(code, Some(place), message.as_ref(), hint.into());
        }
    }

    /// An error of syntax: nothing else is said of its line, nor of keys missing in its file.
    pub(crate) fn syntax(
        &self,
        file: &SourceFile,
        span: &Range<usize>,
        code: &'static str,
        message: &str,
        hint: Option<String>,
    ) {
        self.quiet(file);
        let Some(place) = self.place(file, span) else {
            return;
        };
        let first_on_line = self
            .broken
            .borrow_mut()
            .entry(file.path.clone())
            .or_default()
            .insert(place.line);
        if first_on_line {
            self.push(code, Some(place), message, hint);
        }
    }

    /// Says nothing of the keys that a file lacks.
    pub(crate) fn quiet(&self, file: &SourceFile) {
        self.broken
            .borrow_mut()
            .entry(file.path.clone())
            .or_default();
    }

    /// Whether a file has errors of syntax: what it seems to lack may be there.
    pub(crate) fn is_broken(&self, file: &SourceFile) -> bool {
        self.broken.borrow().contains_key(&file.path)
    }

    /// An error of a whole file that could not be read, or of none.
    pub(crate) fn file(
        &self,
        path: Option<PathBuf>,
        code: &'static str,
        message: &str,
        hint: Option<String>,
    ) {
        let place = path.map(|path| Place::new(&path, "", 0..0));
        self.push(code, place, message, hint);
    }

    /// Where an error is, unless its file has too many already: finding out takes time with the
    /// size of the file, and is not done for each of a million errors.
    fn place(&self, file: &SourceFile, span: &Range<usize>) -> Option<Place> {
        let mut counts = self.counts.borrow_mut();
        let count = counts.entry(file.path.clone()).or_default();
        *count += 1;
        (*count <= ERRORS_PER_FILE).then(|| Place::new(&file.path, &file.text, span.clone()))
    }

    fn push(&self, code: &'static str, place: Option<Place>, message: &str, hint: Option<String>) {
        self.diagnostics.borrow_mut().push(Diagnostic {
            code,
            place,
            message: typeset(message),
            hint: hint.as_deref().map(typeset),
        });
    }

    /// How many errors were told so far.
    pub(crate) fn count(&self) -> usize {
        self.diagnostics.borrow().len()
    }

    /// All errors in the order of files and lines, each once.
    pub(crate) fn finish(self) -> Diagnostics {
        self.so_far()
    }

    /// The errors told so far, in the order of files and lines, each once.
    pub(crate) fn so_far(&self) -> Diagnostics {
        let mut all = self.diagnostics.borrow().clone();
        for (path, count) in self.counts.borrow().clone() {
            let more = count.saturating_sub(ERRORS_PER_FILE);
            let last = all
                .iter()
                .filter_map(|d| d.place.as_ref())
                .filter(|p| p.file == path);
            let last = last.max_by_key(|place| place.span.start).cloned();
            if let (1.., Some(place)) = (more, last) {
                all.push(Diagnostic {
                    code: code::TOO_MANY_ERRORS,
                    place: Some(place),
                    message: format!("il y a encore {more} erreurs dans ce fichier"),
                    hint: Some(typeset(
                        "Corrigez les premières : souvent, les autres en découlent.",
                    )),
                });
            }
        }
        let key = |d: &Diagnostic| d.place.as_ref().map(|p| (p.file.clone(), p.span.start));
        all.sort_by_cached_key(|d| (key(d), d.code == code::TOO_MANY_ERRORS, d.code));
        all.dedup();
        all
    }
}

/// No-break spaces where French wants them, so that no line starts with `:` or `?`.
fn typeset(text: &str) -> String {
    let mut out = text.to_owned();
    for (plain, typeset) in [
        (" :", "\u{a0}:"),
        (" ;", "\u{a0};"),
        (" ?", "\u{a0}?"),
        (" !", "\u{a0}!"),
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
    ] {
        out = out.replace(plain, typeset);
    }
    out
}

/// The hint for an unknown name: the nearest one, else those there are when they are few.
pub(crate) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return Some(format!("Vouliez-vous dire `{near}` ?"));
    }
    match known.len() {
        0 => None,
        1..=24 => Some(format!("Possibles : {}.", list(&known))),
        count => Some(format!(
            "{count} sont déclarés ; aucun ne ressemble à `{name}`."
        )),
    }
}

/// Names between backticks, with commas.
pub(crate) fn list<T: std::fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The bytes of a file that spell some bytes of a string's value. `span` covers the string in the
/// file, quotes included; `part` is a range of `value`. A string that reads otherwise than
/// expected gives the whole span.
pub(crate) fn inside_string(
    text: &str,
    span: &Range<usize>,
    value: &str,
    part: &Range<usize>,
) -> Range<usize> {
    let Some(raw) = text.get(span.clone()) else {
        return span.clone();
    };
    let Some(offsets) = string_offsets(raw, value) else {
        return span.clone();
    };
    let at = |offset: usize| offsets.get(offset).map_or(span.end, |raw| span.start + raw);
    let (start, end) = (at(part.start), at(part.end));
    if start < end {
        start..end
    } else {
        start..(start + 1).min(span.end)
    }
}

/// For each byte of a string's value (and its end), the byte of its TOML notation that gave it.
fn string_offsets(raw: &str, value: &str) -> Option<Vec<usize>> {
    let quote = raw
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let triple = raw.len() >= 6 && raw.starts_with(&quote.to_string().repeat(3));
    let width = if triple { 3 } else { 1 };
    let mut at = width;
    let end = raw.len().checked_sub(width)?;
    if triple {
        // The newline right after the opening quotes is not part of the value.
        at += ["\r\n", "\n"]
            .iter()
            .find(|nl| raw[at..].starts_with(**nl))
            .map_or(0, |nl| nl.len());
    }
    let mut offsets = Vec::with_capacity(value.len() + 1);
    let mut decoded = String::with_capacity(value.len());
    while at < end {
        let rest = raw.get(at..end)?;
        let c = rest.chars().next()?;
        let (unescaped, length) = if c == '\\' && quote == '"' {
            escape(rest)?
        } else {
            (Some(c), c.len_utf8())
        };
        if let Some(c) = unescaped {
            offsets.extend(std::iter::repeat_n(at, c.len_utf8()));
            decoded.push(c);
        }
        at += length;
    }
    offsets.push(end);
    (decoded == value).then_some(offsets)
}

/// What an escape at the start of `rest` stands for, and its length; a backslash at the end of a
/// line stands for nothing, up to the next character that is not white.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let kind = rest[1..].chars().next()?;
    let hex = |digits: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((Some(char::from_u32(code)?), 2 + digits))
    };
    match kind {
        'b' => Some((Some('\u{8}'), 2)),
        't' => Some((Some('\t'), 2)),
        'n' => Some((Some('\n'), 2)),
        'f' => Some((Some('\u{c}'), 2)),
        'r' => Some((Some('\r'), 2)),
        'e' => Some((Some('\u{1b}'), 2)),
        '"' | '\\' => Some((Some(kind), 2)),
        'x' => hex(2),
        'u' => hex(4),
        'U' => hex(8),
        ' ' | '\t' | '\r' | '\n' => {
            let white = rest[1..].find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n'));
            Some((None, white.map_or(rest.len(), |white| 1 + white)))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// Where `needle` of the value stands in the notation.
    fn found(toml: &str, needle: &str) -> String {
        let document = format!("k = {toml}");
        let table = toml::de::DeTable::parse(&document).expect(toml);
        let item = table.get_ref().get("k").expect("k");
        let value = item.get_ref().as_str().expect("a string");
        let start = value.find(needle).expect("the needle");
        let span = inside_string(
            &document,
            &item.span(),
            value,
            &(start..start + needle.len()),
        );
        document[span].to_owned()
    }

    #[test]
    fn offsets_are_mapped_through_escapes() {
        assert_eq!(found("'sum(a)'", "a"), "a");
        assert_eq!(found(r#""sum(été) + b""#, "b"), "b");
        assert_eq!(found(r#""\"x\" \u00e9\x41 b""#, "b"), "b");
        assert_eq!(found(r#""a \u00e9 c""#, "é"), "\\u00e9");
        assert_eq!(found("\"\"\"\nsum(a)\n / \\\n   sum(b)\"\"\"", "b"), "b");
        assert_eq!(found("'''\r\nsum(a)\r\n+ b'''", "b"), "b");
        assert_eq!(found("\"\"\"a \"\" b\"\"\"", "b"), "b");
    }

    #[test]
    fn what_cannot_be_mapped_gives_the_whole_string() {
        assert_eq!(inside_string("k = 12", &(4..6), "x", &(0..1)), 4..6);
        assert_eq!(inside_string("k", &(4..60), "x", &(0..1)), 4..60);
    }

    #[test]
    fn few_names_are_listed_and_a_near_one_is_proposed() {
        assert_eq!(
            suggest("annes", ["annee", "mois"]).as_deref(),
            Some("Vouliez-vous dire `annee` ?")
        );
        assert_eq!(
            suggest("zzz", ["a", "b"]).as_deref(),
            Some("Possibles : `a`, `b`.")
        );
        assert_eq!(suggest("zzz", []), None);
    }
}
