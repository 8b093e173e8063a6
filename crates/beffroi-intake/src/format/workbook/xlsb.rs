//! XLSB: the parts of XLSX, each a stream of binary records.

use super::{
    Chooser,
    binary::{Fields, error, short_number},
    boolean,
    number::{self, Format},
    package::Package,
    sheet::{Area, Sheet, Texts, Value},
    unreadable,
    xlsx::Relations,
    xml::passed_on,
};
use crate::IntakeError;
use std::{
    collections::{HashMap, HashSet},
    io::Read,
    sync::Arc,
};

/// How long a record may be.
const MAX_RECORD: usize = 16 << 20;
const WORKBOOK: &str = "xl/workbook.bin";

/// The records that are read, by their numbers in the specification (MS-XLSB).
mod kind {
    pub(super) const ROW_HEADER: u32 = 0;
    pub(super) const CELL_RK: u32 = 2;
    pub(super) const CELL_ERROR: u32 = 3;
    pub(super) const CELL_BOOL: u32 = 4;
    pub(super) const CELL_REAL: u32 = 5;
    pub(super) const CELL_TEXT: u32 = 6;
    pub(super) const CELL_SHARED: u32 = 7;
    pub(super) const FORMULA_TEXT: u32 = 8;
    pub(super) const FORMULA_NUMBER: u32 = 9;
    pub(super) const FORMULA_BOOL: u32 = 10;
    pub(super) const FORMULA_ERROR: u32 = 11;
    pub(super) const SHARED_ITEM: u32 = 19;
    pub(super) const FORMAT: u32 = 44;
    pub(super) const XF: u32 = 47;
    pub(super) const COL_INFO: u32 = 60;
    pub(super) const CELL_RICH: u32 = 62;
    pub(super) const WORKBOOK_PROPERTIES: u32 = 153;
    pub(super) const SHEET: u32 = 156;
    pub(super) const MERGE_CELL: u32 = 176;
    pub(super) const CELL_STYLES: u32 = 617;
    pub(super) const CELL_STYLES_END: u32 = 618;
}

/// Reads the sheets that the chooser wants.
pub(super) fn read(
    package: &mut Package<'_>,
    chooser: &mut Chooser<'_>,
) -> Result<(), IntakeError> {
    let relations = Relations::of(package, WORKBOOK)?;
    let (mut listed, mut is_1904) = (Vec::new(), false);
    each_record(package, WORKBOOK, |kind, fields| {
        match kind {
            kind::WORKBOOK_PROPERTIES => is_1904 = fields.u32() & 1 != 0,
            kind::SHEET => {
                let is_hidden = fields.u32() & 3 != 0;
                fields.u32();
                listed.push((text(fields), text(fields), is_hidden));
            }
            _ => {}
        }
        Ok(())
    })?;
    let mut book = Book {
        formats: Vec::new(),
        is_1904,
        texts: Arc::default(),
    };
    if let Some(part) = relations.of_kind("styles") {
        book.formats = formats(package, part)?;
    }
    if let Some(part) = relations.of_kind("sharedStrings") {
        let mut texts = Texts::default();
        each_record(package, part, |kind, fields| {
            if kind == kind::SHARED_ITEM {
                fields.u8();
                let text = text(fields);
                fields.whole()?;
                texts.push(&text)?;
            }
            Ok(())
        })?;
        book.texts = Arc::new(texts);
    }
    let mut seen = HashSet::new();
    for (relation, name, is_hidden) in listed {
        let Some(("worksheet", part)) = relations.get(&relation) else {
            continue;
        };
        if seen.insert(part) && chooser.wants(&name) {
            let mut sheet = chooser.sheet(&name, is_hidden, book.texts.clone());
            let mut row = 0;
            each_record(package, part, |kind, fields| {
                book.record(kind, fields, &mut row, &mut sheet)
            })?;
            chooser.take(sheet)?;
        }
    }
    Ok(())
}

fn formats(package: &mut Package<'_>, part: &str) -> Result<Vec<Arc<Format>>, IntakeError> {
    let (mut codes, mut formats, mut in_cells) = (HashMap::new(), Vec::new(), false);
    each_record(package, part, |kind, fields| {
        match kind {
            kind::FORMAT => {
                let id = u32::from(fields.u16());
                codes.insert(id, Arc::new(Format::of(&text(fields))));
            }
            kind::CELL_STYLES => in_cells = true,
            kind::CELL_STYLES_END => in_cells = false,
            kind::XF if in_cells => {
                fields.u16();
                let id = u32::from(fields.u16());
                let format = codes.entry(id);
                formats.push(
                    format
                        .or_insert_with(|| Arc::new(number::builtin(id)))
                        .clone(),
                );
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(formats)
}

/// What the sheets of a workbook share.
struct Book {
    formats: Vec<Arc<Format>>,
    is_1904: bool,
    texts: Arc<Texts>,
}

impl Book {
    fn record(
        &self,
        kind: u32,
        fields: &mut Fields<'_>,
        row: &mut u32,
        sheet: &mut Sheet,
    ) -> Result<(), IntakeError> {
        match kind {
            kind::ROW_HEADER => {
                *row = fields.u32();
                let flags = fields.take(8).get(7).copied().unwrap_or(0);
                sheet.hidden_rows += usize::from(flags & 0x10 != 0);
                return Ok(());
            }
            kind::COL_INFO => {
                let (first, last) = (fields.u32(), fields.u32());
                fields.take(8);
                if fields.u16() & 1 != 0 && last < 16_383 {
                    sheet.hidden_columns += (last.saturating_sub(first) + 1) as usize;
                }
                return Ok(());
            }
            kind::MERGE_CELL => {
                let (top, bottom) = (fields.u32(), fields.u32());
                let (left, right) = (fields.u32(), fields.u32());
                sheet.merge(Area {
                    top,
                    left,
                    bottom,
                    right,
                });
                return Ok(());
            }
            _ => {}
        }
        let at = (*row, fields.u32());
        let style = fields.u32() & 0x00ff_ffff;
        let value = match kind {
            kind::CELL_RK => {
                let value = short_number(fields.u32());
                fields.whole()?;
                return self.number(sheet, at, style, value);
            }
            kind::CELL_REAL | kind::FORMULA_NUMBER => {
                let value = fields.f64();
                fields.whole()?;
                return self.number(sheet, at, style, value);
            }
            kind::CELL_SHARED => {
                let text = fields.u32();
                fields.whole()?;
                return if sheet.set_shared(at.0, at.1, text)? {
                    Ok(())
                } else {
                    Err(unreadable("a cell names a text that is not there"))
                };
            }
            kind::CELL_TEXT | kind::FORMULA_TEXT => text(fields),
            kind::CELL_RICH => {
                fields.u8();
                text(fields)
            }
            kind::CELL_BOOL | kind::FORMULA_BOOL => boolean(fields.u8() != 0).to_owned(),
            kind::CELL_ERROR | kind::FORMULA_ERROR => error(fields.u8()).to_owned(),
            _ => return Ok(()),
        };
        fields.whole()?;
        sheet.set(at.0, at.1, &Value::Text(value))
    }

    fn number(
        &self,
        sheet: &mut Sheet,
        at: (u32, u32),
        style: u32,
        value: f64,
    ) -> Result<(), IntakeError> {
        let plain = Format::default();
        let format = self
            .formats
            .get(style as usize)
            .map_or(&plain, |format| format);
        sheet.number(at, format, value, self.is_1904)
    }
}

/// A text with its length before it.
fn text(fields: &mut Fields<'_>) -> String {
    match fields.u32() {
        // No text at all.
        u32::MAX => String::new(),
        length => fields.utf16(length as usize),
    }
}

/// Hands on each record of a part.
fn each_record(
    package: &mut Package<'_>,
    part: &str,
    mut each: impl FnMut(u32, &mut Fields<'_>) -> Result<(), IntakeError>,
) -> Result<(), IntakeError> {
    let mut reader = package
        .part(part)?
        .ok_or_else(|| unreadable(format!("no part {part}")))?;
    let mut buffer = Vec::new();
    let failed = |error| passed_on(&error);
    while let Some(kind) = packed(&mut reader, 2).map_err(failed)? {
        let length = packed(&mut reader, 4).map_err(failed)?;
        let length = length.ok_or_else(|| unreadable("a part is cut short"))? as usize;
        if length > MAX_RECORD {
            return Err(unreadable("a record is too long"));
        }
        buffer.clear();
        let read = reader.by_ref().take(length as u64).read_to_end(&mut buffer);
        if read.map_err(failed)? < length {
            return Err(unreadable("a part is cut short"));
        }
        each(kind, &mut Fields::of(&buffer))?;
    }
    Ok(())
}

/// A number in bytes of seven bits each, the first lowest; `None` at the end.
fn packed(reader: &mut impl Read, most: u32) -> std::io::Result<Option<u32>> {
    let mut number = 0;
    for place in 0..most {
        let mut byte = [0];
        if reader.read(&mut byte)? == 0 {
            return Ok(None);
        }
        let [byte] = byte;
        number |= u32::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Ok(Some(number))
}
