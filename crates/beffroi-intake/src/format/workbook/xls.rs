//! XLS (BIFF5 to BIFF8, Excel 95 to 2003): a stream of records.

use super::{
    Chooser,
    binary::{Fields, error, short_number, u16_at, utf16},
    boolean, compound,
    number::{self, Format},
    sheet::{Area, Sheet, Texts, Value},
    unreadable,
};
use crate::IntakeError;
use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The records that are read, by their numbers in the specification (MS-XLS).
mod kind {
    pub(super) const FORMULA: u16 = 0x06;
    pub(super) const EOF: u16 = 0x0a;
    pub(super) const DATE_MODE: u16 = 0x22;
    pub(super) const FILE_PASS: u16 = 0x2f;
    pub(super) const CONTINUE: u16 = 0x3c;
    pub(super) const CODE_PAGE: u16 = 0x42;
    pub(super) const COL_INFO: u16 = 0x7d;
    pub(super) const BOUND_SHEET: u16 = 0x85;
    pub(super) const MUL_RK: u16 = 0xbd;
    pub(super) const R_STRING: u16 = 0xd6;
    pub(super) const XF: u16 = 0xe0;
    pub(super) const MERGE_CELLS: u16 = 0xe5;
    pub(super) const SST: u16 = 0xfc;
    pub(super) const LABEL_SST: u16 = 0xfd;
    pub(super) const NUMBER: u16 = 0x203;
    pub(super) const LABEL: u16 = 0x204;
    pub(super) const BOOL_ERR: u16 = 0x205;
    pub(super) const STRING: u16 = 0x207;
    pub(super) const ROW: u16 = 0x208;
    pub(super) const RK: u16 = 0x27e;
    pub(super) const FORMAT: u16 = 0x41e;
    pub(super) const BOF: u16 = 0x809;
}

/// The start of a stream that is not in a compound file.
pub(super) const BARE: [&[u8]; 2] = [b"\x09\x08\x08\x00\x00\x05", b"\x09\x08\x10\x00\x00\x06"];

/// Reads the sheets that the chooser wants.
pub(super) fn read(bytes: &[u8], chooser: &mut Chooser<'_>) -> Result<(), IntakeError> {
    let unpacked;
    let stream = if BARE.iter().any(|start| bytes.starts_with(start)) {
        bytes
    } else {
        unpacked = compound::workbook(bytes)?;
        &unpacked
    };
    let (book, listed) = Book::read(stream)?;
    let (mut seen, mut left) = (HashSet::new(), stream.len().saturating_mul(2));
    for sheet in listed {
        if !seen.insert(sheet.start) || !chooser.wants(&sheet.name) {
            continue;
        }
        let mut read = chooser.sheet(&sheet.name, sheet.is_hidden, book.texts.clone());
        let length = book.sheet(stream.get(sheet.start..).unwrap_or_default(), &mut read)?;
        // Each sheet has a part of the stream of its own.
        left = left
            .checked_sub(length)
            .ok_or_else(|| unreadable("sheets lie over one another"))?;
        chooser.take(read)?;
    }
    Ok(())
}

/// What the sheets of a workbook share.
struct Book {
    /// Strings have two bytes for a character where one does not do (BIFF8).
    is_unicode: bool,
    encoding: &'static Encoding,
    is_1904: bool,
    formats: Vec<Arc<Format>>,
    texts: Arc<Texts>,
}

/// A sheet that a workbook lists.
struct Listed {
    name: String,
    start: usize,
    is_hidden: bool,
}

impl Book {
    /// Reads the records before the first sheet.
    fn read(stream: &[u8]) -> Result<(Self, Vec<Listed>), IntakeError> {
        let mut book = Self {
            is_unicode: true,
            encoding: WINDOWS_1252,
            is_1904: false,
            formats: Vec::new(),
            texts: Arc::default(),
        };
        let (mut codes, mut styles, mut listed) = (HashMap::new(), Vec::new(), Vec::new());
        let (mut first, mut whole) = (true, false);
        for record in Records(stream) {
            let mut fields = Fields::of(record.first());
            if first && record.kind != kind::BOF {
                return Err(unreadable("no records of a workbook"));
            }
            match record.kind {
                kind::BOF if first => book.is_unicode = fields.u16() >= 0x600,
                kind::EOF => {
                    whole = true;
                    break;
                }
                kind::FILE_PASS => return Err(IntakeError::Encrypted),
                kind::CODE_PAGE => book.encoding = code_page(fields.u16()),
                kind::DATE_MODE => book.is_1904 = fields.u16() == 1,
                kind::FORMAT => {
                    let id = u32::from(fields.u16());
                    let code = if book.is_unicode {
                        Parts::new(fields.rest).string(Length::Word)
                    } else {
                        let length = usize::from(fields.u8());
                        book.decode(fields.take(length))
                    };
                    codes.insert(id, Arc::new(Format::of(&code.unwrap_or_default())));
                }
                kind::XF => {
                    fields.u16();
                    styles.push(u32::from(fields.u16()));
                }
                kind::BOUND_SHEET => {
                    let start = usize::try_from(fields.u32()).unwrap_or(usize::MAX);
                    let (state, what) = (fields.u8(), fields.u8());
                    let name = if book.is_unicode {
                        Parts::new(fields.rest).string(Length::Byte)
                    } else {
                        let length = usize::from(fields.u8());
                        book.decode(fields.take(length))
                    };
                    // Charts and macros are no tables.
                    if what == 0 {
                        listed.push(Listed {
                            name: name.unwrap_or_default(),
                            start,
                            is_hidden: state & 3 != 0,
                        });
                    }
                }
                kind::SST => book.texts = Arc::new(shared_strings(&record)?),
                _ => {}
            }
            first = false;
        }
        if !whole {
            return Err(unreadable("the workbook is cut short"));
        }
        let format = |id: u32| {
            let format = codes.entry(id);
            format
                .or_insert_with(|| Arc::new(number::builtin(id)))
                .clone()
        };
        book.formats = styles.into_iter().map(format).collect();
        Ok((book, listed))
    }

    fn decode(&self, bytes: &[u8]) -> Option<String> {
        Some(
            self.encoding
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        )
    }

    /// A text with its length before it; `None` when it is cut.
    fn text(&self, record: &Record<'_>, from: usize) -> Option<String> {
        if self.is_unicode {
            let mut parts = Parts {
                rest: record.parts.clone(),
            };
            let first = parts.rest.first_mut()?;
            *first = first.get(from..)?;
            return parts.string(Length::Word);
        }
        let mut fields = Fields::of(record.first().get(from..)?);
        let length = usize::from(fields.u16());
        let text = self.decode(fields.take(length));
        fields.whole().ok().and(text)
    }

    /// Reads the records of a sheet; gives how many bytes they take.
    fn sheet(&self, stream: &[u8], sheet: &mut Sheet) -> Result<usize, IntakeError> {
        let mut records = Records(stream);
        // Charts inside a sheet have records of their own.
        let mut depth = 0_u32;
        // The cell of a formula whose text comes in a later record.
        let mut pending = None;
        while let Some(record) = records.next() {
            match record.kind {
                kind::BOF => {
                    depth += 1;
                    continue;
                }
                kind::EOF => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(stream.len() - records.0.len());
                    }
                    continue;
                }
                _ if depth != 1 => continue,
                _ => {}
            }
            self.record(&record, sheet, &mut pending)?;
        }
        Err(unreadable("a sheet is cut short"))
    }

    fn record(
        &self,
        record: &Record<'_>,
        sheet: &mut Sheet,
        pending: &mut Option<(u32, u32)>,
    ) -> Result<(), IntakeError> {
        let mut fields = Fields::of(record.first());
        let (row, column) = (u32::from(fields.u16()), u32::from(fields.u16()));
        match record.kind {
            kind::NUMBER => {
                let (style, value) = (fields.u16(), fields.f64());
                fields.whole()?;
                self.number(sheet, (row, column), style, value)?;
            }
            kind::RK => {
                let (style, value) = (fields.u16(), short_number(fields.u32()));
                fields.whole()?;
                self.number(sheet, (row, column), style, value)?;
            }
            kind::MUL_RK => {
                for column in column.. {
                    // What is left at the end is the number of the last column.
                    if fields.rest.len() < 6 {
                        break;
                    }
                    let style = fields.u16();
                    self.number(sheet, (row, column), style, short_number(fields.u32()))?;
                }
            }
            kind::LABEL_SST => {
                fields.u16();
                let text = fields.u32();
                fields.whole()?;
                if !sheet.set_shared(row, column, text)? {
                    return Err(unreadable("a cell names a text that is not there"));
                }
            }
            kind::LABEL | kind::R_STRING => {
                let text = self.text(record, 6).ok_or_else(cut_text)?;
                sheet.set(row, column, &Value::Text(text))?;
            }
            kind::BOOL_ERR => {
                fields.u16();
                let (value, is_error) = (fields.u8(), fields.u8() != 0);
                fields.whole()?;
                let text = if is_error {
                    error(value)
                } else {
                    boolean(value != 0)
                };
                sheet.set(row, column, &Value::Text(text.to_owned()))?;
            }
            kind::FORMULA => {
                let style = fields.u16();
                let value = fields.take(8);
                fields.whole()?;
                let byte = |at: usize| value.get(at).copied().unwrap_or(0);
                let text = match (u16_at(value, 6), byte(0)) {
                    (Some(0xffff), 0) => {
                        *pending = Some((row, column));
                        return Ok(());
                    }
                    (Some(0xffff), 1) => boolean(byte(2) != 0),
                    (Some(0xffff), 2) => error(byte(2)),
                    (Some(0xffff), _) => "",
                    _ => return self.number(sheet, (row, column), style, Fields::of(value).f64()),
                };
                sheet.set(row, column, &Value::Text(text.to_owned()))?;
            }
            kind::STRING => {
                if let Some((row, column)) = pending.take() {
                    let text = self.text(record, 0).ok_or_else(cut_text)?;
                    sheet.set(row, column, &Value::Text(text))?;
                }
            }
            kind::ROW => {
                let options = record.first().get(12).copied().unwrap_or(0);
                sheet.hidden_rows += usize::from(options & 0x20 != 0);
            }
            kind::COL_INFO => {
                // First and last column stand where cells have row and column.
                let options = record.first().get(8).copied().unwrap_or(0);
                if options & 1 != 0 && column < 255 {
                    sheet.hidden_columns += (column.saturating_sub(row) + 1) as usize;
                }
            }
            kind::MERGE_CELLS => {
                for range in record.first().get(2..).unwrap_or_default().chunks_exact(8) {
                    let mut fields = Fields::of(range);
                    let mut next = || u32::from(fields.u16());
                    let (top, bottom, left, right) = (next(), next(), next(), next());
                    sheet.merge(Area {
                        top,
                        left,
                        bottom,
                        right,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn number(
        &self,
        sheet: &mut Sheet,
        (row, column): (u32, u32),
        style: u16,
        value: f64,
    ) -> Result<(), IntakeError> {
        let plain = Format::default();
        let format = self
            .formats
            .get(usize::from(style))
            .map_or(&plain, |format| format);
        sheet.number((row, column), format, value, self.is_1904)
    }
}

fn cut_text() -> IntakeError {
    unreadable("a text is longer than its record")
}

/// The encoding that a workbook of one byte for each character is in.
fn code_page(page: u16) -> &'static Encoding {
    let label = match page {
        874 | 1250..=1258 => format!("windows-{page}"),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10_000 | 0x8000 => return MACINTOSH,
        _ => return WINDOWS_1252,
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

fn shared_strings(record: &Record<'_>) -> Result<Texts, IntakeError> {
    let mut texts = Texts::default();
    let mut parts = Parts {
        rest: record.parts.clone(),
    };
    // How many there are is not believed.
    parts.skip(8);
    while let Some(text) = parts.string(Length::Word) {
        texts.push(&text)?;
    }
    Ok(texts)
}

/// A record, with those that go on with it.
struct Record<'a> {
    kind: u16,
    parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    fn first(&self) -> &'a [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

/// The records of a stream, to the first that is cut.
struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.0, 0)?;
        let end = 4 + usize::from(u16_at(self.0, 2)?);
        let body = self.0.get(4..end)?;
        self.0 = self.0.get(end..)?;
        Some((kind, body))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, body) = self.one()?;
        let mut parts = vec![body];
        if matches!(
            kind,
            kind::SST | kind::STRING | kind::LABEL | kind::R_STRING
        ) {
            while u16_at(self.0, 0) == Some(kind::CONTINUE) {
                parts.push(self.one()?.1);
            }
        }
        Some(Record { kind, parts })
    }
}

/// How long the length of a string is.
#[derive(Clone, Copy)]
enum Length {
    Byte,
    Word,
}

/// The parts of a record that are still to be read.
struct Parts<'a> {
    rest: Vec<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: vec![bytes] }
    }

    /// The first part that is not read to its end.
    fn current(&mut self) -> Option<&mut &'a [u8]> {
        let done = self.rest.iter().take_while(|part| part.is_empty()).count();
        self.rest.drain(..done);
        self.rest.first_mut()
    }

    /// Up to so many bytes of the current part.
    fn take(&mut self, most: usize) -> Option<&'a [u8]> {
        let part = self.current()?;
        let (taken, rest) = part.split_at(most.min(part.len()));
        *part = rest;
        Some(taken)
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 {
            match self.take(count) {
                Some(taken) => count -= taken.len(),
                None => break,
            }
        }
    }

    /// A string of BIFF8; `None` when there is no more, or not all of it.
    fn string(&mut self, length: Length) -> Option<String> {
        let mut left = match length {
            Length::Byte => usize::from(*self.take(1)?.first()?),
            Length::Word => usize::from(u16_at(self.take(2)?, 0)?),
        };
        let mut flags = *self.take(1)?.first()?;
        let runs = match flags & 8 {
            0 => 0,
            _ => usize::from(u16_at(self.take(2)?, 0)?),
        };
        let guide = match flags & 4 {
            0 => 0,
            _ => Fields::of(self.take(4)?).u32() as usize,
        };
        let mut text = String::new();
        while left > 0 {
            let wide = flags & 1 != 0;
            let part = self.take(if wide { left * 2 } else { left })?;
            if wide {
                text.push_str(&utf16(part));
                left -= (part.len() / 2).max(1);
            } else {
                text.extend(part.iter().map(|&byte| char::from(byte)));
                left -= part.len();
            }
            if left > 0 {
                // Each part says anew how wide its characters are.
                flags = *self.take(1)?.first()?;
            }
        }
        self.skip(runs * 4);
        self.skip(guide);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_go_on_in_other_records() {
        let first: &[u8] = b"\x05\x00\x00ab";
        let second: &[u8] = b"\x01c\x00\xe9\x00\x09\x09";
        let mut parts = Parts {
            rest: vec![first, second],
        };
        assert_eq!(parts.string(Length::Word).as_deref(), Some("abcé\u{909}"));
        assert_eq!(parts.string(Length::Word), None);
        // Two runs of formats and a guide of three bytes come after the text.
        let rich: &[u8] = b"\x01\x00\x0c\x02\x00\x03\x00\x00\x00x12345678abc\x01\x00\x00y";
        let mut parts = Parts::new(rich);
        assert_eq!(parts.string(Length::Word).as_deref(), Some("x"));
        assert_eq!(parts.string(Length::Word).as_deref(), Some("y"));
    }

    #[test]
    fn code_pages_have_their_encodings() {
        for (page, name) in [
            (1252, "windows-1252"),
            (10_000, "macintosh"),
            (1250, "windows-1250"),
            (1200, "windows-1252"),
        ] {
            assert_eq!(code_page(page).name(), name);
        }
    }
}
