//! Workbooks of every kind: one sheet, its cells as text with dates and numbers written out.
//!
//! Each kind has a module that reads cells into a [`Sheet`] one at a time: what a file claims of
//! itself (dimensions, counts, repeats) is never believed, so that it costs what it holds. Which
//! sheet is the table is decided here, for all kinds alike.

mod binary;
mod compound;
mod divide;
mod excel2003;
mod html;
mod number;
mod ods;
mod package;
mod sheet;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use super::{Decided, Grid, Opened, decoded::Charset};
use crate::{IntakeError, guard::guarded, source::Bytes};
use beffroi_model::{Confidence, Reading, normalize};
use package::Package;
use sheet::{Area, Texts, place};
pub(crate) use sheet::{Sheet, SheetRows};
use std::{io::BufRead, sync::Arc};
use xml::Markup;

/// How much a workbook may hold when it is unpacked.
const MAX_UNPACKED: u64 = 1 << 30;
/// From this size on, one that unpacks to more than [`MAX_RATIO`] times its size is refused: sheets
/// seldom shrink to less than a fiftieth, bombs do to a thousandth.
const SUSPECT: u64 = 256 << 20;
const MAX_RATIO: u64 = 100;
const TOO_LARGE: IntakeError = IntakeError::TooLarge {
    limit: MAX_UNPACKED,
};
const TOO_MANY_CELLS: IntakeError = IntakeError::TooManyCells {
    limit: sheet::MAX_CELLS,
};

/// Opens the declared sheet, or the fullest of those that are not hidden.
pub(super) fn open<'a>(bytes: &[u8], reading: &Reading) -> Result<Opened<'a>, IntakeError> {
    let mut chooser = Chooser::new(reading.sheet.as_deref());
    // The last guard: no damaged workbook may stop the program.
    let format = guarded(|| read(bytes, reading, &mut chooser))
        .unwrap_or_else(|| Err(unreadable("the reader gave up")))?;
    chooser.opened(format)
}

/// Whether bytes are a workbook of any kind, whatever the name of the file.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    Kind::of(bytes).is_some()
}

/// The kinds of files that hold sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// XLSX, XLSB, ODS.
    Zip,
    Xls,
    Excel2003,
    Fods,
    Html,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PK\x03\x04") {
            return Some(Self::Zip);
        }
        if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
            || xls::BARE.iter().any(|start| bytes.starts_with(start))
        {
            return Some(Self::Xls);
        }
        // Enough of a markup, whatever its encoding, as bytes of ASCII.
        let head: Vec<u8> = bytes
            .iter()
            .take(1 << 16)
            .filter(|byte| byte.is_ascii() && **byte != 0)
            .map(u8::to_ascii_lowercase)
            .collect();
        if head.trim_ascii_start().first() != Some(&b'<') {
            return None;
        }
        let has = |word: &[u8]| memchr::memmem::find(&head, word).is_some();
        let is_page = has(b"<html>") || has(b"<html ") || has(b"<!doctype html");
        if has(b"urn:schemas-microsoft-com:office:spreadsheet") && !is_page {
            Some(Self::Excel2003)
        } else if has(b"opendocument:xmlns:office:1.0") && has(b"opendocument.spreadsheet") {
            Some(Self::Fods)
        } else if has(b"<table") && has(b"<tr") && (is_page || !has(b"<?xml")) {
            Some(Self::Html)
        } else {
            None
        }
    }
}

fn read(
    bytes: &[u8],
    reading: &Reading,
    chooser: &mut Chooser<'_>,
) -> Result<&'static str, IntakeError> {
    match Kind::of(bytes) {
        Some(Kind::Zip) => zipped(bytes, chooser),
        Some(Kind::Excel2003) => {
            excel2003::document(&mut markup(bytes, reading)?, chooser)?;
            Ok("Excel 2003 XML")
        }
        Some(Kind::Fods) => {
            ods::document(&mut markup(bytes, reading)?, chooser)?;
            Ok("FODS")
        }
        Some(Kind::Html) => {
            html::read(bytes, reading.encoding.as_deref(), chooser)?;
            // A page of text laid out with tables holds no table.
            if chooser.has_table() {
                Ok("HTML")
            } else {
                Err(IntakeError::Unsupported { format: "HTML" })
            }
        }
        Some(Kind::Xls) | None => {
            xls::read(bytes, chooser)?;
            Ok("XLS")
        }
    }
}

/// A document that is XML as a whole, in whatever encoding.
fn markup<'b>(
    bytes: &'b [u8],
    reading: &Reading,
) -> Result<Markup<impl BufRead + 'b>, IntakeError> {
    let bytes = Bytes::Held(bytes);
    let charset = Charset::find(bytes, reading.encoding.as_deref())?;
    Ok(Markup::new(charset.open(bytes)?))
}

fn zipped(bytes: &[u8], chooser: &mut Chooser<'_>) -> Result<&'static str, IntakeError> {
    let mut package = Package::open(bytes)?;
    if package.has("encrypted-package") {
        return Err(IntakeError::Encrypted);
    }
    if package.has("xl/workbook.bin") {
        xlsb::read(&mut package, chooser)?;
        Ok("XLSB")
    } else if package.has("word/document.xml") {
        Err(IntakeError::Unsupported { format: "Word" })
    } else if package.has("ppt/presentation.xml") {
        Err(IntakeError::Unsupported {
            format: "PowerPoint",
        })
    } else if package.names().any(|name| name.starts_with("xl/")) {
        xlsx::read(&mut package, chooser)?;
        Ok("XLSX")
    } else if package.has("content.xml") {
        ods::read(&mut package, chooser)?;
        Ok("ODS")
    } else {
        Err(IntakeError::Unsupported { format: "ZIP" })
    }
}

fn unreadable(error: impl ToString) -> IntakeError {
    IntakeError::UnreadableWorkbook {
        reason: error.to_string(),
    }
}

/// Picks the sheet that is the table out of those of a workbook, as they are read.
struct Chooser<'r> {
    wanted: Option<&'r str>,
    seen: Vec<Seen>,
    /// Place in `seen`, and the sheet.
    best: Option<(usize, Sheet)>,
}

/// What is remembered of a sheet.
struct Seen {
    name: String,
    is_hidden: bool,
    rank: Rank,
    rows: usize,
    /// The cells of its first full row.
    names: Vec<String>,
}

/// How well a sheet fits: a table before none, shown before hidden, data before notes about them,
/// then the fullest.
type Rank = (bool, bool, bool, usize);

impl<'r> Chooser<'r> {
    fn new(wanted: Option<&'r str>) -> Self {
        Self {
            wanted,
            seen: Vec::new(),
            best: None,
        }
    }

    /// Whether a sheet of that name is worth reading.
    fn wants(&mut self, name: &str) -> bool {
        let wants = self
            .wanted
            .is_none_or(|wanted| normalize(wanted) == normalize(name));
        if !wants {
            self.seen.push(Seen {
                name: name.to_owned(),
                is_hidden: false,
                rank: Rank::default(),
                rows: 0,
                names: Vec::new(),
            });
        }
        wants
    }

    /// A sheet to be filled.
    fn sheet(&self, name: &str, is_hidden: bool, shared: Arc<Texts>) -> Sheet {
        let beside = self.best.as_ref().map(|(_, sheet)| sheet);
        Sheet::new(name, is_hidden, shared, beside)
    }

    /// Takes a sheet whose cells are all set.
    fn take(&mut self, mut sheet: Sheet) -> Result<(), IntakeError> {
        sheet.finish()?;
        let (cells, rows) = sheet.tabular();
        let rank = (
            rows > 1,
            !sheet.is_hidden,
            !is_about_data(&sheet.name),
            if cells > 0 { cells } else { sheet.filled() },
        );
        let place = self.seen.len();
        self.seen.push(Seen {
            name: sheet.name.clone(),
            is_hidden: sheet.is_hidden,
            rank,
            rows: sheet.height(),
            names: sheet.names(),
        });
        let best = self
            .best
            .as_ref()
            .and_then(|(place, _)| self.seen.get(*place));
        // A hidden sheet is read when no other has anything.
        let better = best.is_none_or(|best| match (best.is_hidden, sheet.is_hidden) {
            (true, false) => sheet.filled() > 0,
            (false, true) => best.rows == 0,
            // Of sheets of one kind, such as one for each year, the first stands.
            _ if self.seen[place].names == best.names && best.rank.0 && !best.names.is_empty() => {
                rank.3 > best.rank.3.saturating_mul(2)
            }
            _ => rank > best.rank,
        });
        if better {
            self.best = Some((place, sheet));
        }
        Ok(())
    }

    /// Whether any sheet has rows of several cells.
    fn has_table(&self) -> bool {
        self.seen.iter().any(|sheet| sheet.rank.0)
    }

    fn opened<'a>(self, format: &'static str) -> Result<Opened<'a>, IntakeError> {
        let Some((place, mut sheet)) = self.best else {
            return Err(match self.wanted {
                Some(wanted) => IntakeError::UnknownSheet {
                    sheet: wanted.to_owned(),
                    sheets: self.seen.into_iter().map(|sheet| sheet.name).collect(),
                },
                None => IntakeError::Empty,
            });
        };
        if sheet.filled() == 0 {
            return Err(IntakeError::Empty);
        }
        let mut decisions = vec![Decided::of("format", format)];
        decisions.push(chosen(&self.seen, place, self.wanted.is_some()));
        decisions.extend(divide::divide(&mut sheet)?);
        decisions.extend(said_of(&sheet));
        let (units, line) = (sheet.units(), |row: u32| u64::from(row) + 1);
        let header = sheet.header.map(|(first, last)| (line(first), line(last)));
        Ok(Opened {
            grid: Grid::Sheet(Box::new(sheet)),
            names: None,
            ragged: false,
            delimiter: None,
            damaged: false,
            serial_days: true,
            header,
            beside: None,
            units,
            decisions,
        })
    }
}

/// Why a sheet was taken, and which others there are.
fn chosen(seen: &[Seen], place: usize, is_declared: bool) -> Decided {
    let (mut others, mut hidden, mut nearest) = (Vec::new(), Vec::new(), 0);
    let mut chosen = None;
    for (index, sheet) in seen.iter().enumerate() {
        if index == place {
            chosen = Some(sheet);
        } else if sheet.is_hidden {
            hidden.push(sheet.name.as_str());
        } else {
            others.push(sheet.name.as_str());
            nearest = nearest.max(sheet.rank.3);
        }
    }
    let Some(chosen) = chosen else {
        return Decided::of("sheet", "");
    };
    let decided = Decided::of("sheet", chosen.name.clone());
    if is_declared || (others.is_empty() && hidden.is_empty()) {
        return decided;
    }
    let code = match (chosen.is_hidden, others.is_empty()) {
        (true, _) => "only-hidden-sheet",
        (false, true) => "only-visible-sheet",
        (false, false) => "fullest-sheet",
    };
    let args = [("others", listed(&others)), ("hidden", listed(&hidden))];
    decided.because(
        code,
        &args,
        match (others.is_empty(), nearest * 2 > chosen.rank.3) {
            (true, _) => Confidence::Sure,
            (false, false) => Confidence::Likely,
            (false, true) => Confidence::Doubtful,
        },
    )
}

fn listed(names: &[&str]) -> String {
    let mut list = names
        .iter()
        .take(12)
        .map(|name| format!("« {name} »"))
        .collect::<Vec<_>>();
    if names.len() > list.len() {
        list.push("…".to_owned());
    }
    if list.is_empty() {
        return "—".to_owned();
    }
    list.join(", ")
}

/// What is odd about a sheet.
fn said_of(sheet: &Sheet) -> Vec<Decided> {
    let mut said = Vec::new();
    if let Some(Area {
        top,
        left,
        bottom,
        right,
    }) = sheet.table
    {
        let area = format!("{}:{}", place((top, left)), place((bottom, right)));
        said.push(Decided::of("declared-table", area));
    }
    if sheet.is_cut {
        let confidence = Confidence::Doubtful;
        let cut = Decided::of("cut-short", sheet.name.clone());
        said.push(Decided { confidence, ..cut });
    }
    if sheet.hidden_rows > 0 {
        said.push(Decided::of("hidden-rows", sheet.hidden_rows.to_string()));
    }
    if sheet.hidden_columns > 0 {
        said.push(Decided::of(
            "hidden-columns",
            sheet.hidden_columns.to_string(),
        ));
    }
    if sheet.spread > 0 {
        said.push(Decided::of("merged-cells", sheet.spread.to_string()));
    }
    if let Some(first) = sheet.first_uncomputed {
        said.push(
            Decided::of("uncomputed", sheet.uncomputed.to_string()).because(
                "first-cell",
                &[("place", place(first))],
                Confidence::Doubtful,
            ),
        );
    }
    if let Some(first) = sheet.first_stray {
        said.push(
            Decided::of("stray-cells", sheet.strays.to_string()).because(
                "first-cell",
                &[("place", place(first))],
                Confidence::Doubtful,
            ),
        );
    }
    said
}

/// Whether a sheet's name says that it explains the data of others.
fn is_about_data(name: &str) -> bool {
    const WORDS: [&str; 29] = [
        "lisez",
        "lire",
        "readme",
        "notice",
        "metadonnee",
        "metadonnees",
        "metadata",
        "sommaire",
        "documentation",
        "doc",
        "dictionnaire",
        "legende",
        "aide",
        "info",
        "infos",
        "information",
        "informations",
        "couverture",
        "definitions",
        "glossaire",
        "parametres",
        "listes",
        "notes",
        "consignes",
        "instructions",
        "avertissement",
        "champs",
        "presentation",
        "garde",
    ];
    normalize(name)
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| WORDS.contains(&word))
}

/// Whether a cell says yes, as French workbooks show it.
fn boolean(value: bool) -> &'static str {
    if value { "VRAI" } else { "FAUX" }
}

/// An instant in ISO notation, a bare day without its midnight.
fn iso_moment(text: &str) -> String {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let text = text.strip_suffix(".000").unwrap_or(text);
    text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_like_a_workbook_is_refused_in_words() {
        let reading = Reading::default();
        let code = |bytes: &[u8]| open(bytes, &reading).err().map(|error| error.code());
        assert_eq!(
            code(b"PK\x03\x04 not a zip at all"),
            Some("unreadable-workbook")
        );
        assert_eq!(
            code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 short"),
            Some("unreadable-workbook")
        );
        let mut locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(code(&locked), Some("encrypted"));
    }

    #[test]
    fn sheets_about_data_are_known_by_their_names() {
        for name in [
            "Lisez-moi",
            "LISEZ MOI",
            "Notice d'utilisation",
            "Métadonnées",
            "À lire",
        ] {
            assert!(is_about_data(name), "{name}");
        }
        for name in ["Données", "Feuil1", "2024", "Déclarations"] {
            assert!(!is_about_data(name), "{name}");
        }
    }
}
