//! `datasets/ID.toml`.

use super::{open, source, values};
use crate::diagnostic::code;
use crate::keys::{DATASET, column, dataset, reading};
use crate::source::{At, Report, SourceFile};
use crate::table::{Table, declared_id};
use crate::{Frequency, Load, Schedule, Source, Text, Visibility};
use beffroi_model::{ColumnId, ColumnType, DatasetId, Reading, Unit};
use indexmap::IndexMap;
use std::ops::Range;
use toml::de::DeTable;

/// A dataset, as declared.
pub(crate) struct RawDataset<'a> {
    pub file: &'a SourceFile,
    pub id: DatasetId,
    pub title: Text,
    pub description: Text,
    pub row: Text,
    pub department: Option<At<String>>,
    pub steward: String,
    pub licence: String,
    pub frequency: Frequency,
    pub visibility: Visibility,
    pub source: Source,
    pub schedule: Option<Schedule>,
    pub load: Load,
    /// Where `load` is said.
    pub load_span: Range<usize>,
    pub reading: Reading,
    pub time: Option<At<String>>,
    pub columns: IndexMap<ColumnId, RawColumn>,
}

/// A column, as declared.
pub(crate) struct RawColumn {
    /// `None` when it is wrong: nothing is said of how the column is used.
    pub kind: Option<ColumnType>,
    pub headers: Vec<At<String>>,
    pub title: Text,
    pub description: Text,
    pub unit: Option<Unit>,
    pub required: bool,
    pub dimension: Option<At<String>>,
    pub secret_marks: Vec<String>,
    pub missing_marks: Vec<String>,
    pub not_applicable_marks: Vec<String>,
    pub personal: bool,
    /// Where it is declared.
    pub span: Range<usize>,
}

impl<'a> RawDataset<'a> {
    pub(crate) fn read(
        file: &'a SourceFile,
        report: &'a Report,
        id: DatasetId,
        entries: &'a DeTable<'a>,
    ) -> Self {
        let table = open(file, report, &DATASET, entries);
        let line = |key| {
            table
                .line(key)
                .map_or_else(String::new, |at: At<String>| at.value)
        };
        let load = table.word::<Load>(&dataset::LOAD);
        let source = source::read(&table);
        Self {
            file,
            id,
            title: table.text(&dataset::TITLE),
            description: table.text(&dataset::DESCRIPTION),
            row: table.text(&dataset::ROW),
            department: table.line(&dataset::DEPARTMENT),
            steward: line(&dataset::STEWARD),
            licence: line(&dataset::LICENCE),
            frequency: table
                .word(&dataset::FREQUENCY)
                .map_or(Frequency::Irregular, |at| at.value),
            visibility: table
                .word(&dataset::VISIBILITY)
                .map_or(Visibility::Internal, |at| at.value),
            schedule: source::schedule(&table, &source),
            source,
            load_span: load.as_ref().map_or(0..0, |load| load.span.clone()),
            load: load.map_or(Load::Replace, |load| load.value),
            reading: table
                .table(&dataset::READING)
                .map(|t| read_reading(&t))
                .unwrap_or_default(),
            time: table.line(&dataset::TIME),
            columns: columns(&table),
        }
    }
}

fn read_reading(table: &Table<'_>) -> Reading {
    let encoding = table.line(&reading::ENCODING);
    if let Some(encoding) = &encoding
        && encoding_rs::Encoding::for_label(encoding.value.as_bytes()).is_none()
    {
        table.error(
            &encoding.span,
            code::BAD_ENCODING,
            format!("encodage inconnu : `{}`", encoding.value),
            "Les plus courants : `utf-8`, `windows-1252`, `utf-16le`. Sans cette ligne, il est \
             trouvé."
                .to_owned(),
        );
    }
    let delimiter = table.line_or_blank(&reading::DELIMITER);
    if let Some(delimiter) = &delimiter
        && (delimiter.value.len() != 1 || matches!(delimiter.value.as_str(), "\"" | "\n" | "\r"))
    {
        table.error(
            &delimiter.span,
            code::BAD_DELIMITER,
            format!(
                "`{}` ne peut pas séparer des cellules",
                delimiter.value.escape_debug()
            ),
            "Un caractère : `;`, `,`, `|`, ou `\\t` pour une tabulation.".to_owned(),
        );
    }
    Reading {
        sheet: table.line(&reading::SHEET).map(|at| at.value),
        header_line: table
            .integer(&reading::HEADER_LINE)
            .and_then(|line| u32::try_from(line.value).ok()),
        records: table.line(&reading::RECORDS).map(|at| at.value),
        encoding: encoding.map(|at| at.value),
        delimiter: delimiter.map(|at| at.value),
        ..Reading::default()
    }
}

fn columns(table: &Table<'_>) -> IndexMap<ColumnId, RawColumn> {
    let mut found = IndexMap::new();
    for (name, table) in table.tables(&dataset::COLUMNS) {
        let raw = read_column(&table, &name);
        if declared_id(&table, &name, "une colonne")
            && let Ok(id) = ColumnId::new(&name.value)
        {
            found.insert(id, raw);
        }
    }
    found
}

fn read_column(table: &Table<'_>, name: &At<String>) -> RawColumn {
    let mut kind = table.word::<ColumnType>(&column::TYPE).map(|at| at.value);
    if let Some(scale) = table.integer(&column::SCALE) {
        match &mut kind {
            Some(ColumnType::Decimal { scale: digits }) => {
                *digits = u8::try_from(scale.value).unwrap_or(*digits);
            }
            Some(_) => table.error(
                &scale.span,
                code::MISPLACED_KEY,
                "`scale` ne va qu'avec `type = \"decimal\"`",
                "Changez le type, ou ôtez cette ligne.".to_owned(),
            ),
            None => {}
        }
    }
    let headers = table.lines(&column::HEADERS);
    let mut title = table.text(&column::TITLE);
    if title.is_empty() {
        title.fr = headers
            .first()
            .map_or_else(|| name.value.clone(), |first| first.value.clone());
    }
    RawColumn {
        kind,
        title,
        headers,
        description: table.text(&column::DESCRIPTION),
        unit: table.word(&column::UNIT).map(|at| at.value),
        required: table.boolean(&column::REQUIRED).unwrap_or_default(),
        dimension: table.line(&column::DIMENSION),
        secret_marks: values(table.lines(&column::SECRET)),
        missing_marks: values(table.lines(&column::MISSING)),
        not_applicable_marks: values(table.lines(&column::NOT_APPLICABLE)),
        personal: table.boolean(&column::PERSONAL).unwrap_or_default(),
        span: name.span.clone(),
    }
}
