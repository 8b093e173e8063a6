//! `datasets/ID.toml` as a form.

use crate::document::{EditError, Order, Reader, TableMut, Writer, finish, parse, settle};
use toml_edit::{InlineTable, Item, Table, Value};

/// What a form says of a dataset; what is empty is not declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DatasetForm {
    /// Its name.
    pub title: String,
    /// Its name in English.
    pub title_en: String,
    /// What it holds.
    pub description: String,
    /// What it holds, in English.
    pub description_en: String,
    /// What a row is.
    pub row: String,
    /// What a row is, in English.
    pub row_en: String,
    /// The department that answers for it.
    pub department: String,
    /// Who knows it.
    pub steward: String,
    /// Under which licence it is published.
    pub licence: String,
    /// How often it is promised: the word of the declaration.
    pub frequency: String,
    /// Whom it is for: the word of the declaration.
    pub visibility: String,
    /// What a delivery does with those before: the word of the declaration.
    pub load: String,
    /// Where it comes from.
    pub source: SourceForm,
    /// The column that says when.
    pub time: String,
    /// The columns that name a row together.
    pub key: Vec<String>,
    /// Its columns, in their order.
    pub columns: Vec<ColumnForm>,
}

/// Where a dataset comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceForm {
    /// A path under the folder of data; empty when none is said.
    File(String),
    /// Files brought to the inbox, by the pattern of their names.
    Inbox(String),
    /// Something that no form changes.
    Other,
}

impl Default for SourceForm {
    fn default() -> Self {
        Self::File(String::new())
    }
}

/// What a form says of a column; what is empty is not declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnForm {
    /// Its id, by which it is found again.
    pub id: String,
    /// What its cells hold: the word of `type`.
    pub kind: String,
    /// Digits after the point.
    pub scale: Option<u8>,
    /// What files call it.
    pub headers: Vec<String>,
    /// Its name.
    pub title: String,
    /// Its name in English.
    pub title_en: String,
    /// What it means.
    pub description: String,
    /// What it means, in English.
    pub description_en: String,
    /// Its unit.
    pub unit: String,
    /// The dimension whose members its cells name.
    pub dimension: String,
    /// Whether a row without it is set aside.
    pub required: bool,
    /// Whether it is personal, and never kept.
    pub personal: bool,
    /// Whether an empty cell is told.
    pub filled: bool,
    /// Whether a value that comes twice is told.
    pub unique: bool,
    /// Marks of what is missing.
    pub missing: Vec<String>,
    /// Marks of what is secret.
    pub secret: Vec<String>,
    /// Marks of what does not apply.
    pub not_applicable: Vec<String>,
}

const KEYS: Order = &[
    "title",
    "title.en",
    "description",
    "description.en",
    "row",
    "row.en",
    "department",
    "steward",
    "licence",
    "frequency",
    "visibility",
    "source",
    "schedule",
    "load",
    "schema",
    "time",
    "key",
    "reading",
    "columns",
    "references",
    "rules",
    "secrecy",
];

const COLUMN: Order = &[
    "type",
    "value",
    "scale",
    "headers",
    "dimension",
    "title",
    "title.en",
    "description",
    "description.en",
    "unit",
    "required",
    "personal",
    "filled",
    "unique",
    "missing",
    "secret",
    "not_applicable",
];

impl DatasetForm {
    /// Reads what a text declares; a key that is not there is empty.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn read(text: &str) -> Result<Self, EditError> {
        let document = parse(text)?;
        let table = Reader::new(document.as_table(), "");
        let columns = table.tables("columns")?;
        Ok(Self {
            title: table.text("title")?,
            title_en: table.text("title.en")?,
            description: table.text("description")?,
            description_en: table.text("description.en")?,
            row: table.text("row")?,
            row_en: table.text("row.en")?,
            department: table.text("department")?,
            steward: table.text("steward")?,
            licence: table.text("licence")?,
            frequency: table.text("frequency")?,
            visibility: table.text("visibility")?,
            load: table.text("load")?,
            source: read_source(table.item("source")),
            time: table.text("time")?,
            key: table.lines("key")?,
            columns: columns
                .into_iter()
                .map(|(id, table)| ColumnForm::read(id, &table))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The text with what the form says.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn write(&self, text: &str) -> Result<String, EditError> {
        let before = parse(text)?;
        let mut document = before.clone();
        let mut table = Writer::root(&mut document, KEYS);
        table.text("title", &self.title)?;
        table.text("title.en", &self.title_en)?;
        table.text("description", &self.description)?;
        table.text("description.en", &self.description_en)?;
        table.text("row", &self.row)?;
        table.text("row.en", &self.row_en)?;
        table.text("department", &self.department)?;
        table.text("steward", &self.steward)?;
        table.text("licence", &self.licence)?;
        table.text("frequency", &self.frequency)?;
        table.text("visibility", &self.visibility)?;
        self.write_source(&mut table)?;
        table.text("load", &self.load)?;
        table.text("time", &self.time)?;
        table.lines("key", &self.key)?;
        self.write_columns(&mut table)?;
        Ok(finish(text, &before, &document))
    }

    fn write_source(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        let now = read_source(table.table.like().get("source"));
        if now == self.source || self.source == SourceForm::Other {
            return Ok(());
        }
        match (now, &self.source) {
            (SourceForm::Inbox(_), SourceForm::Inbox(name)) if !name.is_empty() => table
                .inner("source", &["inbox"], false)?
                .text("inbox", name),
            (SourceForm::File(_), SourceForm::File(path)) => table.text("source", path),
            (_, SourceForm::File(said) | SourceForm::Inbox(said)) if said.is_empty() => {
                table.table.remove("source");
                Ok(())
            }
            (_, SourceForm::Inbox(name)) => {
                let mut inbox = InlineTable::new();
                inbox.insert("inbox", Value::from(name));
                replace_source(table, Value::InlineTable(inbox));
                Ok(())
            }
            (_, SourceForm::File(path)) => {
                replace_source(table, Value::from(path));
                Ok(())
            }
            (_, SourceForm::Other) => Ok(()),
        }
    }

    fn write_columns(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        if self.columns.is_empty() && !table.has("columns") {
            return Ok(());
        }
        let mut columns = table.inner("columns", &[], true)?;
        for id in columns.table.keys() {
            if !self.columns.iter().any(|column| column.id == id) {
                columns.table.like_mut().remove(&id);
            }
        }
        for column in &self.columns {
            if !columns.has(&column.id) {
                let last = columns.table.keys().pop();
                let item = if columns.table.is_headed() {
                    Item::Table(Table::new())
                } else {
                    Item::Value(Value::InlineTable(InlineTable::new()))
                };
                let key = toml_edit::Key::new(&column.id);
                columns.table.insert_behind(&key, item, last.as_deref());
            }
            column.write(&mut columns.inner(&column.id, COLUMN, false)?)?;
        }
        self.order_columns(&mut columns.table);
        Ok(())
    }

    /// Puts the columns in the order of the form.
    fn order_columns(&self, columns: &mut TableMut<'_>) {
        let wanted: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.id.as_str())
            .collect();
        if columns.keys() == wanted {
            return;
        }
        let mut behind: Option<&str> = None;
        for id in wanted {
            if let Some((key, item)) = columns.take(id) {
                columns.insert_behind(&key, item, behind);
                behind = Some(id);
            }
        }
        if let TableMut::Headed(table) = columns {
            let tables = table.iter_mut().filter_map(|(_, item)| item.as_table_mut());
            settle(&mut tables.collect::<Vec<_>>());
        }
    }
}

fn read_source(item: Option<&Item>) -> SourceForm {
    let Some(item) = item else {
        return SourceForm::default();
    };
    if let Some(path) = item.as_str() {
        return SourceForm::File(path.to_owned());
    }
    let table = item.as_table_like().filter(|table| table.len() == 1);
    match table
        .and_then(|table| table.get("inbox"))
        .and_then(Item::as_str)
    {
        Some(name) => SourceForm::Inbox(name.to_owned()),
        None => SourceForm::Other,
    }
}

/// Says another source in the place of one of another shape.
fn replace_source(table: &mut Writer<'_>, mut value: Value) {
    match table.table.like_mut().get_mut("source") {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        _ => {
            table.table.remove("source");
            table.insert("source", Item::Value(value));
        }
    }
}

impl ColumnForm {
    fn read(id: String, table: &Reader<'_>) -> Result<Self, EditError> {
        Ok(Self {
            id,
            kind: table.text("type")?,
            scale: table.integer("scale")?,
            headers: table.lines("headers")?,
            title: table.text("title")?,
            title_en: table.text("title.en")?,
            description: table.text("description")?,
            description_en: table.text("description.en")?,
            unit: table.text("unit")?,
            dimension: table.text("dimension")?,
            required: table.flag("required")?,
            personal: table.flag("personal")?,
            filled: table.flag("filled")?,
            unique: table.flag("unique")?,
            missing: table.lines("missing")?,
            secret: table.lines("secret")?,
            not_applicable: table.lines("not_applicable")?,
        })
    }

    fn write(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        table.text("type", &self.kind)?;
        table.integer("scale", self.scale)?;
        table.lines("headers", &self.headers)?;
        table.text("title", &self.title)?;
        table.text("title.en", &self.title_en)?;
        table.text("description", &self.description)?;
        table.text("description.en", &self.description_en)?;
        table.text("unit", &self.unit)?;
        table.text("dimension", &self.dimension)?;
        table.flag("required", self.required)?;
        table.flag("personal", self.personal)?;
        table.flag("filled", self.filled)?;
        table.flag("unique", self.unique)?;
        table.lines("missing", &self.missing)?;
        table.lines("secret", &self.secret)?;
        table.lines("not_applicable", &self.not_applicable)
    }
}
