//! XLSX and XLSM (Office Open XML), read part by part as streams.

use super::{
    Chooser,
    number::{self, Format},
    package::Package,
    sheet::{self, Area, Sheet, Texts, Value},
    unreadable,
    xml::{Markup, Piece, Tag, extend},
};
use crate::IntakeError;
use std::{
    collections::{HashMap, HashSet},
    io::BufRead,
    sync::Arc,
};

/// How many styles a workbook may have: its programs stop at 65 490.
const MAX_STYLES: usize = 1 << 17;

/// Reads the sheets that the chooser wants.
pub(super) fn read(
    package: &mut Package<'_>,
    chooser: &mut Chooser<'_>,
) -> Result<(), IntakeError> {
    let workbook = workbook_part(package)?;
    let relations = Relations::of(package, &workbook)?;
    let (sheets, is_1904) = sheets(&mut package.needed(&workbook)?)?;
    let mut book = Book {
        formats: Vec::new(),
        is_1904,
        texts: Arc::default(),
    };
    if let Some(part) = relations.of_kind("styles")
        && let Some(mut xml) = package.xml(part)?
    {
        book.formats = formats(&mut xml)?;
    }
    if let Some(part) = relations.of_kind("sharedStrings")
        && let Some(mut xml) = package.xml(part)?
    {
        book.texts = Arc::new(shared_strings(&mut xml)?);
    }
    let mut seen = HashSet::new();
    for (index, listed) in sheets.iter().enumerate() {
        let (kind, part) = match relations.get(&listed.relation) {
            Some((kind, part)) => (kind, part.to_owned()),
            // A workbook that does not say where its sheets are keeps them where all do.
            None => ("worksheet", format!("xl/worksheets/sheet{}.xml", index + 1)),
        };
        // A part that is listed again is the same sheet.
        if kind != "worksheet" || !seen.insert(part.clone()) || !chooser.wants(&listed.name) {
            continue;
        }
        let mut sheet = chooser.sheet(&listed.name, listed.is_hidden, book.texts.clone());
        let tables = book.read(&mut package.needed(&part)?, &mut sheet)?;
        if !tables.is_empty() {
            let relations = Relations::of(package, &part)?;
            sheet.table = largest_table(package, &relations, &tables)?.or(sheet.table);
        }
        chooser.take(sheet)?;
    }
    Ok(())
}

/// Where the parts are that a part speaks of.
#[derive(Default)]
pub(super) struct Relations {
    /// Kind and name of the part, by the id of the relation.
    by_id: HashMap<String, (String, String)>,
}

impl Relations {
    pub(super) fn of(package: &mut Package<'_>, part: &str) -> Result<Self, IntakeError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let mut relations = Self::default();
        let Some(mut xml) = package.xml(&format!("{folder}/_rels/{name}.rels"))? else {
            return Ok(relations);
        };
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            if let (Some(id), Some(kind), Some(target)) =
                (tag.get("Id"), tag.get("Type"), tag.get("Target"))
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.by_id.insert(id, (kind, resolve(folder, &target)));
            }
        }
        Ok(relations)
    }

    /// Kind and name of the part that a relation points to.
    pub(super) fn get(&self, id: &str) -> Option<(&str, &str)> {
        let (kind, part) = self.by_id.get(id)?;
        Some((kind, part))
    }

    /// The part of that kind.
    pub(super) fn of_kind(&self, kind: &str) -> Option<&str> {
        let mut parts = self.by_id.values();
        parts
            .find(|(of, _)| of == kind)
            .map(|(_, part)| part.as_str())
    }
}

/// The part that a relation of a part in `folder` points to.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => {
                path.pop();
            }
            "" | "." => {}
            step => path.push(step),
        }
    }
    path.join("/")
}

fn workbook_part(package: &mut Package<'_>) -> Result<String, IntakeError> {
    let relations = Relations::of(package, "")?;
    let usual = "xl/workbook.xml";
    Ok(relations
        .of_kind("officeDocument")
        .unwrap_or(usual)
        .to_owned())
}

struct Listed {
    name: String,
    relation: String,
    is_hidden: bool,
}

/// The sheets of a workbook, and whether it counts days from 1904.
fn sheets(xml: &mut Markup<impl BufRead>) -> Result<(Vec<Listed>, bool), IntakeError> {
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    while let Some(piece) = xml.next()? {
        let Piece::Open(tag) = piece else { continue };
        match tag.name() {
            "workbookPr" => is_1904 = tag.is_set("date1904"),
            "sheet" => sheets.push(Listed {
                name: tag.get("name").unwrap_or_default(),
                relation: tag.get("id").unwrap_or_default(),
                is_hidden: tag.get("state").is_some_and(|state| state != "visible"),
            }),
            _ => {}
        }
    }
    Ok((sheets, is_1904))
}

/// The number format of each style of cells.
fn formats(xml: &mut Markup<impl BufRead>) -> Result<Vec<Arc<Format>>, IntakeError> {
    let (mut codes, mut formats) = (HashMap::new(), Vec::new());
    let mut in_cells = false;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => match tag.name() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (tag.number("numFmtId"), tag.get("formatCode"))
                        && codes.len() < MAX_STYLES
                    {
                        codes.insert(id, Arc::new(Format::of(&code)));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = tag.number("numFmtId").unwrap_or(0);
                    let format = codes.entry(id);
                    formats.push(
                        format
                            .or_insert_with(|| Arc::new(number::builtin(id)))
                            .clone(),
                    );
                    if formats.len() > MAX_STYLES {
                        return Err(unreadable("too many styles"));
                    }
                }
                _ => {}
            },
            Piece::Close(end) if end.name() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
    Ok(formats)
}

fn shared_strings(xml: &mut Markup<impl BufRead>) -> Result<Texts, IntakeError> {
    let mut texts = Texts::default();
    while let Some(piece) = xml.next()? {
        if let Piece::Open(tag) = piece
            && tag.name() == "si"
        {
            texts.push(&string(xml)?)?;
        }
    }
    Ok(texts)
}

/// The text of the string item that has just been opened: its runs without their phonetic guides.
fn string(xml: &mut Markup<impl BufRead>) -> Result<String, IntakeError> {
    let (mut text, mut in_text) = (String::new(), false);
    let mut depth = 1;
    while depth > 0 {
        let mut is_guide = false;
        match xml.next()? {
            None => break,
            Some(Piece::Open(tag)) => {
                depth += 1;
                in_text = tag.name() == "t";
                is_guide = tag.name() == "rPh";
            }
            Some(Piece::Close(_)) => {
                depth -= 1;
                in_text = false;
            }
            Some(Piece::Text(part)) if in_text => extend(&mut text, &part)?,
            Some(_) => {}
        }
        if is_guide {
            xml.skip()?;
            depth -= 1;
        }
    }
    Ok(unescaped(text))
}

/// Undoes `_x000D_`: how the format writes what XML cannot hold.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text.as_str());
    while let Some(at) = rest.find("_x") {
        out.push_str(rest.get(..at).unwrap_or_default());
        let code = rest.get(at + 2..at + 6);
        let char = code
            .filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        let taken = match char {
            // A line break is one character, a NUL none.
            Some('\r' | '\0') => 7,
            Some(char) => {
                out.push(char);
                7
            }
            None => {
                out.push_str("_x");
                2
            }
        };
        rest = rest.get(at + taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What the sheets of a workbook share.
struct Book {
    formats: Vec<Arc<Format>>,
    is_1904: bool,
    texts: Arc<Texts>,
}

/// The start of a cell.
#[derive(Default)]
struct Start {
    kind: Kind,
    style: usize,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Boolean,
    Date,
}

impl Book {
    /// Reads the cells of a sheet; gives the ids of the tables that it declares.
    fn read(
        &self,
        xml: &mut Markup<impl BufRead>,
        sheet: &mut Sheet,
    ) -> Result<Vec<String>, IntakeError> {
        let (mut row, mut column) = (0_u32, 0_u32);
        let mut tables = Vec::new();
        let mut first_row = true;
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            match tag.name() {
                "row" => {
                    let next = if first_row { 0 } else { row.saturating_add(1) };
                    row = tag
                        .number("r")
                        .and_then(|r| r.checked_sub(1))
                        .unwrap_or(next);
                    first_row = false;
                    column = 0;
                    sheet.hidden_rows += usize::from(tag.is_set("hidden"));
                }
                "c" => {
                    let mut start = Start::default();
                    let mut at = (row, column);
                    for (name, value) in tag.attributes() {
                        match name {
                            "r" => at = sheet::cell_at(&value).unwrap_or(at),
                            "s" => start.style = value.parse().unwrap_or(0),
                            "t" => {
                                start.kind = match value.as_ref() {
                                    "s" => Kind::Shared,
                                    "inlineStr" => Kind::Inline,
                                    "str" | "e" => Kind::Text,
                                    "b" => Kind::Boolean,
                                    "d" => Kind::Date,
                                    _ => Kind::Number,
                                };
                            }
                            _ => {}
                        }
                    }
                    column = at.1.saturating_add(1);
                    self.cell(xml, sheet, at, &start)?;
                }
                "col" if tag.is_set("hidden") => sheet.hidden_columns += columns_of(&tag),
                "mergeCell" => {
                    if let Some(area) = tag.get("ref").as_deref().and_then(sheet::area) {
                        sheet.merge(area);
                    }
                }
                "autoFilter" => {
                    sheet.table = tag.get("ref").as_deref().and_then(sheet::area);
                }
                "tablePart" => tables.extend(tag.get("id")),
                _ => {}
            }
        }
        Ok(tables)
    }

    fn cell(
        &self,
        xml: &mut Markup<impl BufRead>,
        sheet: &mut Sheet,
        (row, column): (u32, u32),
        start: &Start,
    ) -> Result<(), IntakeError> {
        let (mut value, mut in_value) = (String::new(), false);
        let (mut has_formula, mut has_value) = (false, false);
        loop {
            let mut inline = false;
            match xml.next()? {
                None => break,
                Some(Piece::Open(tag)) => match tag.name() {
                    "v" => (in_value, has_value) = (true, true),
                    "f" => has_formula = true,
                    "is" => inline = true,
                    _ => {}
                },
                Some(Piece::Close(end)) => {
                    in_value = false;
                    if end.name() == "c" {
                        break;
                    }
                }
                Some(Piece::Text(text)) if in_value => extend(&mut value, &text)?,
                Some(_) => {}
            }
            if inline {
                value = string(xml)?;
                has_value = true;
            }
        }
        if has_formula && (!has_value || value.is_empty() && start.kind == Kind::Number) {
            sheet.uncomputed(row, column);
        }
        let value = match start.kind {
            Kind::Shared => {
                let known = match value.trim().parse() {
                    Ok(id) => sheet.set_shared(row, column, id)?,
                    Err(_) => value.trim().is_empty(),
                };
                return if known {
                    Ok(())
                } else {
                    Err(unreadable("a cell names a text that is not there"))
                };
            }
            Kind::Text => Value::Text(unescaped(value)),
            Kind::Inline => Value::Text(value),
            Kind::Boolean => Value::Text(super::boolean(value.trim() == "1").to_owned()),
            Kind::Date => Value::Text(super::iso_moment(value.trim())),
            Kind::Number => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let plain = Format::default();
                    let format = self
                        .formats
                        .get(start.style)
                        .map_or(&plain, |format| format);
                    return sheet.number((row, column), format, number, self.is_1904);
                }
                _ => Value::Text(value),
            },
        };
        sheet.set(row, column, &value)
    }
}

fn columns_of(tag: &Tag<'_>) -> usize {
    let (Some(first), Some(last)) = (tag.number("min"), tag.number("max")) else {
        return 1;
    };
    // Columns hidden to the end of the sheet are those beyond the table.
    if last >= 16_384 {
        0
    } else {
        (last.saturating_sub(first) + 1) as usize
    }
}

/// The area of the largest of the tables that a sheet declares, when they name their header.
fn largest_table(
    package: &mut Package<'_>,
    relations: &Relations,
    ids: &[String],
) -> Result<Option<Area>, IntakeError> {
    let mut largest: Option<Area> = None;
    for id in ids.iter().take(64) {
        let Some((_, part)) = relations.get(id) else {
            continue;
        };
        let Some(mut xml) = package.xml(part)? else {
            continue;
        };
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            if tag.name() != "table" {
                continue;
            }
            let area = tag.get("ref").as_deref().and_then(sheet::area);
            let named = tag.number("headerRowCount") != Some(0);
            if let Some(area) = area.filter(|_| named)
                && largest.is_none_or(|best| size(best) < size(area))
            {
                largest = Some(area);
            }
            break;
        }
    }
    Ok(largest)
}

fn size(area: Area) -> u64 {
    u64::from(area.bottom - area.top + 1) * u64::from(area.right - area.left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_undone() {
        for (written, text) in [
            ("a_x000D_\nb", "a\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00e9_", "é"),
            ("_x12", "_x12"),
            ("_xzzzz_", "_xzzzz_"),
            ("_xé00_", "_xé00_"),
        ] {
            assert_eq!(unescaped(written.to_owned()), text);
        }
    }

    #[test]
    fn parts_are_found_from_the_part_that_names_them() {
        assert_eq!(
            resolve("xl", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolve("xl", "/xl/worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolve("xl/worksheets", "..\\tables\\table1.xml"),
            "xl/tables/table1.xml"
        );
        assert_eq!(resolve("xl", "../../../x"), "x");
    }
}
