//! `datasets/ID.toml`.

use super::{
    RawColumn, RawComputed, RawReference, RawRule, RawSecrecy, column, open, rules, source,
};
use crate::diagnostic::code;
use crate::keys::{DATASET, dataset, reading};
use crate::schema::{Named, Schemas};
use crate::source::{At, Report, SourceFile};
use crate::table::Table;
use crate::{Frequency, Load, Schedule, Source, Text, Visibility};
use beffroi_model::{ColumnId, DatasetId, Reading};
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
    /// The published schema that it follows.
    pub schema: Option<Named>,
    /// Those of the schema among them.
    pub columns: IndexMap<ColumnId, RawColumn>,
    /// The ids that columns of the schema have here.
    pub renamed: IndexMap<ColumnId, ColumnId>,
    /// Columns worked out from them.
    pub computed: IndexMap<ColumnId, RawComputed>,
    pub key: Vec<At<String>>,
    pub references: Vec<RawReference>,
    pub rules: Vec<RawRule>,
    pub secrecy: Option<RawSecrecy>,
}

impl<'a> RawDataset<'a> {
    pub(crate) fn read(
        file: &'a SourceFile,
        report: &'a Report,
        id: DatasetId,
        entries: &'a DeTable<'a>,
        schemas: &Schemas<'_>,
    ) -> Self {
        let table = open(file, report, &DATASET, entries);
        let line = |key| {
            table
                .line(key)
                .map_or_else(String::new, |at: At<String>| at.value)
        };
        let load = table.word::<Load>(&dataset::LOAD);
        let source = source::read(&table);
        let named = table.line(&dataset::SCHEMA);
        let schema = named.as_ref().and_then(|at| schemas.find(file, at));
        if table.span_of(&dataset::SCHEMA).is_none() {
            if table.span_of(&dataset::COLUMNS).is_none() {
                table.missing(&dataset::COLUMNS);
            }
        } else if schema.is_none() {
            // What the file seems to lack may be in the schema.
            report.quiet(file);
        }
        let columns = column::columns(&table, schema.as_ref());
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
            schema,
            columns: columns.found,
            renamed: columns.renamed,
            computed: columns.computed,
            key: rules::key(&table),
            references: rules::references(&table),
            rules: rules::rules(&table),
            secrecy: table.table(&dataset::SECRECY).map(|t| RawSecrecy::read(&t)),
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
