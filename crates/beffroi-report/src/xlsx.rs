//! A document as a workbook: a sheet per table, with numbers that are numbers and read as the
//! report does, and a sheet of what they rest on.

use crate::document::{Document, Edition, TableCell};
use crate::number::shown;
use crate::tables::{Listed, tables};
use crate::words::{edition_line, full_title, lang};
use beffroi_model::CellState;
use beffroi_text::{Lang, t};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet,
    XlsxError,
};

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
pub enum XlsxFailure {
    /// What the format refuses.
    #[error("the workbook could not be written: {0}")]
    Workbook(#[from] XlsxError),
    /// More columns or rows than a sheet has.
    #[error("the table `{0}` is larger than a sheet")]
    TooLarge(String),
}

/// What a sheet holds in one cell.
const MOST_CHARACTERS: usize = 32_000;
/// Titles are lines of their own above the head of a table.
const HEAD_ROW: u32 = 2;
const NARROWEST: usize = 8;
const WIDEST: usize = 60;

/// The report as an Excel workbook. The same bytes for the same document.
///
/// # Errors
///
/// When a table is larger than a sheet.
pub fn xlsx(document: &Document) -> Result<Vec<u8>, XlsxFailure> {
    let lang = lang(document);
    let listed = tables(document);
    let contents = t(lang, "output-contents");
    let sources = t(lang, "output-sources");
    let mut taken = vec![contents.to_lowercase(), sources.to_lowercase()];
    let names: Vec<String> = listed
        .iter()
        .enumerate()
        .map(|(place, listed)| sheet_name(place + 1, &listed.title, &mut taken))
        .collect();

    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(clipped(&full_title(document)))
            .set_author(clipped(&document.town))
            .set_comment(edition_line(document))
            .set_creation_datetime(&date(edition_day(document))?),
    );
    let styles = Styles::new();
    let links: Vec<(&str, &Listed)> = names.iter().map(String::as_str).zip(&listed).collect();
    write_contents(
        workbook.add_worksheet().set_name(contents.as_ref())?,
        document,
        &links,
        &sources,
        &styles,
    )?;
    for (name, listed) in &links {
        let sheet = workbook.add_worksheet().set_name(*name)?;
        write_table(sheet, lang, listed, &styles)?;
    }
    write_sources(
        workbook.add_worksheet().set_name(sources.as_ref())?,
        document,
        &styles,
    )?;
    Ok(workbook.save_to_buffer()?)
}

/// The day that says when a document was made.
pub(crate) fn edition_day(document: &Document) -> NaiveDate {
    match document.edition {
        Edition::Draft { seen_on } => seen_on,
        Edition::Frozen { at, .. } => at.date(),
    }
}

fn date(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(1900);
    #[allow(clippy::cast_possible_truncation)]
    ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)
}

struct Styles {
    title: Format,
    aside: Format,
    head: Format,
    head_numeric: Format,
    link: Format,
    text: Format,
    absent: Format,
    date: Format,
}

impl Styles {
    fn new() -> Self {
        let head = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_border_bottom(FormatBorder::Thin);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            aside: Format::new().set_font_color("#45505A"),
            head_numeric: head.clone().set_align(FormatAlign::Right),
            head,
            link: Format::new()
                .set_font_color("#0A5C56")
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            absent: Format::new()
                .set_align(FormatAlign::Right)
                .set_font_color("#45505A"),
            date: Format::new()
                .set_num_format("dd/mm/yyyy")
                .set_align(FormatAlign::Left)
                .set_align(FormatAlign::Top),
        }
    }
}

/// A total is bold, under a line.
fn totalled(format: Format, total: bool) -> Format {
    if total {
        format.set_bold().set_border_top(FormatBorder::Thin)
    } else {
        format
    }
}

fn write_contents(
    sheet: &mut Worksheet,
    document: &Document,
    links: &[(&str, &Listed)],
    sources: &str,
    styles: &Styles,
) -> Result<(), XlsxFailure> {
    let lang = lang(document);
    sheet.write_string_with_format(0, 0, clipped(&full_title(document)), &styles.title)?;
    sheet.write_string_with_format(1, 0, clipped(&document.town), &styles.aside)?;
    sheet.write_string_with_format(2, 0, edition_line(document), &styles.aside)?;
    let head = [
        t(lang, "output-sheet"),
        t(lang, "output-chapter"),
        t(lang, "output-holds"),
    ];
    for (column, label) in (0..).zip(head) {
        sheet.write_string_with_format(4, column, label, &styles.head)?;
    }
    sheet.set_freeze_panes(5, 0)?;
    let mut widths = Widths::new(3);
    for (row, (name, listed)) in (5..).zip(links) {
        write_link(sheet, row, name, styles)?;
        sheet.write_string_with_format(row, 1, clipped(&listed.chapter.title), &styles.text)?;
        sheet.write_string_with_format(row, 2, clipped(&listed.title), &styles.text)?;
        widths.fit(0, name);
        widths.fit(1, &listed.chapter.title);
        widths.fit(2, &listed.title);
    }
    let last = u32::try_from(links.len()).unwrap_or(u32::MAX - 5) + 5;
    write_link(sheet, last, sources, styles)?;
    widths.set(sheet)
}

fn write_link(
    sheet: &mut Worksheet,
    row: u32,
    name: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let to = format!("internal:'{}'!A1", name.replace('\'', "''"));
    sheet.write_url_with_format(row, 0, Url::new(to).set_text(name), &styles.link)?;
    Ok(())
}

fn write_table(
    sheet: &mut Worksheet,
    lang: Lang,
    listed: &Listed,
    styles: &Styles,
) -> Result<(), XlsxFailure> {
    let table = listed.table.as_ref();
    let too_large = || XlsxFailure::TooLarge(listed.key.clone());
    if table.head.len() > 16_384 || table.rows.len() + table.notes.len() > 1_000_000 {
        return Err(too_large());
    }
    sheet.write_string_with_format(0, 0, clipped(&listed.title), &styles.title)?;
    if table.caption != listed.title {
        sheet.write_string_with_format(1, 0, clipped(&table.caption), &styles.aside)?;
    }
    let mut widths = Widths::new(table.head.len());
    for (column, head) in (0u16..).zip(&table.head) {
        let format = if head.numeric {
            &styles.head_numeric
        } else {
            &styles.head
        };
        sheet.write_string_with_format(HEAD_ROW, column, clipped(&head.label), format)?;
        widths.fit(column, &head.label);
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 0)?;
    let mut row = HEAD_ROW + 1;
    for line in &table.rows {
        for (column, cell) in (0u16..).zip(&line.cells) {
            let numeric = table
                .head
                .get(usize::from(column))
                .is_some_and(|head| head.numeric);
            write_cell(
                sheet,
                lang,
                (row, column),
                cell,
                numeric,
                line.total,
                styles,
            )?;
            widths.fit(column, &cell.text);
        }
        row += 1;
    }
    row += 1;
    for note in &table.notes {
        sheet.write_string_with_format(row, 0, clipped(note), &styles.aside)?;
        row += 1;
    }
    widths.set(sheet)
}

fn write_cell(
    sheet: &mut Worksheet,
    lang: Lang,
    (row, column): (u32, u16),
    cell: &TableCell,
    numeric: bool,
    total: bool,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let number = (cell.state == CellState::Value)
        .then_some(cell.value)
        .flatten()
        .and_then(|value| shown(lang, &cell.text, value));
    if let Some(number) = number {
        let format = Format::new()
            .set_num_format(number.format)
            .set_align(FormatAlign::Right);
        sheet.write_number_with_format(row, column, number.value, &totalled(format, total))?;
    } else if cell.state != CellState::Value {
        let format = totalled(styles.absent.clone(), total);
        sheet.write_string_with_format(row, column, clipped(&cell.text), &format)?;
    } else {
        let mut format = totalled(styles.text.clone(), total);
        if numeric {
            format = format.set_align(FormatAlign::Right);
        }
        // As a string, whatever it starts with: no text becomes a formula.
        sheet.write_string_with_format(row, column, clipped(&cell.text), &format)?;
    }
    Ok(())
}

fn write_sources(
    sheet: &mut Worksheet,
    document: &Document,
    styles: &Styles,
) -> Result<(), XlsxFailure> {
    let lang = lang(document);
    let head = source_head(lang);
    let mut widths = Widths::new(head.len());
    for (column, label) in (0u16..).zip(&head) {
        sheet.write_string_with_format(0, column, label, &styles.head)?;
        widths.fit(column, label);
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, line) in (1..).zip(source_lines(document)) {
        for (column, text) in (0u16..).zip(&line.texts) {
            sheet.write_string_with_format(row, column, clipped(text), &styles.text)?;
            widths.fit(column, text);
        }
        if let Some((version, file, day)) = &line.version {
            sheet.write_number_with_format(row, 6, *version, &styles.text)?;
            sheet.write_string_with_format(row, 7, clipped(file), &styles.text)?;
            sheet.write_datetime_with_format(row, 8, &date(*day)?, &styles.date)?;
            widths.fit(7, file);
            widths.fit(8, "00/00/0000");
        }
    }
    widths.set(sheet)
}

/// The columns of sources.
pub(crate) fn source_head(lang: Lang) -> Vec<String> {
    [
        t(lang, "output-sources-key"),
        t(lang, "output-sources-title"),
        t(lang, "output-sources-reading"),
        t(lang, "output-sources-formulas"),
        t(lang, "output-sources-dataset"),
        t(lang, "output-sources-dataset-title"),
        t(lang, "output-sources-version"),
        t(lang, "output-sources-file"),
        t(lang, "output-sources-extracted"),
    ]
    .map(std::borrow::Cow::into_owned)
    .to_vec()
}

/// What one value or figure takes from one dataset.
pub(crate) struct SourceRow<'a> {
    /// Key, title, reading, formulas, dataset, its name.
    pub texts: [String; 6],
    /// Version, file, day of extraction.
    pub version: Option<(u32, &'a str, NaiveDate)>,
}

/// A line per thing shown and dataset it rests on; one without any where it rests on none.
pub(crate) fn source_lines(document: &Document) -> Vec<SourceRow<'_>> {
    let mut lines = Vec::new();
    for evidence in &document.evidence {
        let formulas: Vec<String> = evidence
            .formulas
            .iter()
            .map(|(name, formula)| format!("{name} = {formula}"))
            .collect();
        let texts = |dataset: &str, title: &str| {
            [
                evidence.key.clone(),
                evidence.title.clone(),
                evidence.reading.clone(),
                formulas.join("\n"),
                dataset.to_owned(),
                title.to_owned(),
            ]
        };
        if evidence.sources.is_empty() {
            lines.push(SourceRow {
                texts: texts("", ""),
                version: None,
            });
        }
        lines.extend(evidence.sources.iter().map(|source| SourceRow {
            texts: texts(&source.dataset, &source.title),
            version: Some((source.version, &source.file, source.extracted_on)),
        }));
    }
    lines
}

/// A legal name that no other sheet has: at most 31 UTF-16 units, without the signs that are kept
/// for references.
fn sheet_name(place: usize, title: &str, taken: &mut Vec<String>) -> String {
    let mut name = format!("{place} ");
    let mut units = name.len();
    let mut space = true;
    for c in title.chars() {
        let c = if c.is_whitespace() || c.is_control() || "[]:*?/\\'".contains(c) {
            ' '
        } else {
            c
        };
        if c == ' ' && space {
            continue;
        }
        space = c == ' ';
        units += c.len_utf16();
        if units > 31 {
            break;
        }
        name.push(c);
    }
    let name = name.trim_end().to_owned();
    // The number in front makes it unique but for names that a title imitates.
    let name = if taken.contains(&name.to_lowercase()) {
        place.to_string()
    } else {
        name
    };
    taken.push(name.to_lowercase());
    name
}

/// What a cell may hold.
fn clipped(text: &str) -> &str {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// Widths of columns, in characters.
struct Widths(Vec<usize>);

impl Widths {
    fn new(columns: usize) -> Self {
        Self(vec![NARROWEST; columns])
    }

    fn fit(&mut self, column: u16, text: &str) {
        let longest = text.lines().map(|line| line.chars().count()).max();
        if let Some(width) = self.0.get_mut(usize::from(column)) {
            *width = (*width).max(longest.unwrap_or(0).min(WIDEST));
        }
    }

    fn set(&self, sheet: &mut Worksheet) -> Result<(), XlsxFailure> {
        for (column, width) in (0u16..).zip(&self.0) {
            #[allow(clippy::cast_precision_loss)]
            sheet.set_column_width(column, *width as f64 + 2.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_legal_and_unique() {
        let mut taken = vec!["sommaire".to_owned()];
        let name = sheet_name(
            1,
            "Dépenses [2025] : voirie/eau ? Un très long titre",
            &mut taken,
        );
        assert_eq!(name, "1 Dépenses 2025 voirie eau Un t");
        assert_eq!(name.encode_utf16().count(), 31);
        assert_eq!(
            sheet_name(1, "dépenses 2025 voirie eau un t", &mut taken),
            "1"
        );
        assert_eq!(sheet_name(2, "'", &mut taken), "2");
    }
}
