//! Tables of TOML read and changed key by key.

use crate::written::{rearranged, same};
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Key, KeyMut, Table, TableLike, Value,
};
use toml_edit::{Datetime, TomlError};

/// Why a form cannot be read from a text, or written into it.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is no TOML.
    #[error("the declaration is not TOML")]
    Syntax(#[from] TomlError),
    /// A key is not what it should be.
    #[error("`{key}` is not of the type that it should be")]
    Shape {
        /// The key, with those that lead to it: `sections.tiles.width`.
        key: String,
    },
}

/// Keys in the order in which they are written into a new table.
pub(crate) type Order = &'static [&'static str];

/// The text as a document.
pub(crate) fn parse(text: &str) -> Result<DocumentMut, EditError> {
    Ok(text.parse()?)
}

/// The text of a document that was changed: the very text when nothing was, with the ends of lines
/// that it had.
pub(crate) fn finish(text: &str, before: &DocumentMut, after: &DocumentMut) -> String {
    let after = after.to_string();
    if before.to_string() == after {
        return text.to_owned();
    }
    let had_returns = text
        .split_once('\n')
        .is_some_and(|(line, _)| line.ends_with('\r'));
    if had_returns {
        after.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        after
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// A table that is read.
pub(crate) struct Reader<'a> {
    table: &'a dyn TableLike,
    path: String,
}

impl<'a> Reader<'a> {
    /// The table at a path.
    pub(crate) fn new(table: &'a dyn TableLike, path: &str) -> Self {
        Self {
            table,
            path: path.to_owned(),
        }
    }

    fn shape(&self, key: &str) -> EditError {
        EditError::Shape {
            key: joined(&self.path, key),
        }
    }

    /// What is there, as it is.
    pub(crate) fn item(&self, key: &str) -> Option<&'a Item> {
        self.table.get(key)
    }

    fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'a Item) -> Option<T>,
    ) -> Result<Option<T>, EditError> {
        match self.table.get(key) {
            None => Ok(None),
            Some(item) => read(item).map(Some).ok_or_else(|| self.shape(key)),
        }
    }

    /// A text; empty when it is not there.
    pub(crate) fn text(&self, key: &str) -> Result<String, EditError> {
        let text = self.read(key, |item| item.as_str().map(str::to_owned))?;
        Ok(text.unwrap_or_default())
    }

    /// A list of texts; empty when it is not there.
    pub(crate) fn lines(&self, key: &str) -> Result<Vec<String>, EditError> {
        let lines = self.read(key, |item| lines_of(item.as_array()?))?;
        Ok(lines.unwrap_or_default())
    }

    /// One and many of a noun.
    pub(crate) fn pair(&self, key: &str) -> Result<Option<[String; 2]>, EditError> {
        self.read(key, |item| lines_of(item.as_array()?)?.try_into().ok())
    }

    /// `true` or `false`; false when it is not there.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, EditError> {
        Ok(self.read(key, Item::as_bool)?.unwrap_or_default())
    }

    /// A whole number that fits.
    pub(crate) fn integer<T: TryFrom<i64>>(&self, key: &str) -> Result<Option<T>, EditError> {
        self.read(key, |item| T::try_from(item.as_integer()?).ok())
    }

    /// A number.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, EditError> {
        self.read(key, |item| number_of(item.as_value()?))
    }

    /// A day, as it is written.
    pub(crate) fn day(&self, key: &str) -> Result<Option<String>, EditError> {
        self.read(key, |item| item.as_datetime().map(ToString::to_string))
    }

    /// A list of tables, headed (`[[key]]`) or inline (`key = [{ … }]`).
    pub(crate) fn list(&self, key: &str) -> Result<Vec<Reader<'a>>, EditError> {
        let path = joined(&self.path, key);
        let tables = self.read(key, |item| match item {
            Item::ArrayOfTables(tables) => {
                Some(tables.iter().map(|table| table as &dyn TableLike).collect())
            }
            Item::Value(Value::Array(array)) => array
                .iter()
                .map(|value| value.as_inline_table().map(|table| table as &dyn TableLike))
                .collect::<Option<Vec<_>>>(),
            _ => None,
        })?;
        let tables = tables.unwrap_or_default();
        Ok(tables
            .into_iter()
            .map(|table| Reader::new(table, &path))
            .collect())
    }

    /// Tables by key.
    pub(crate) fn tables(&self, key: &str) -> Result<Vec<(String, Reader<'a>)>, EditError> {
        let path = joined(&self.path, key);
        let Some(all) = self.read(key, Item::as_table_like)? else {
            return Ok(Vec::new());
        };
        let named = all.iter().map(|(name, item)| {
            let path = joined(&path, name);
            match item.as_table_like() {
                Some(table) => Ok((name.to_owned(), Reader::new(table, &path))),
                None => Err(EditError::Shape { key: path }),
            }
        });
        named.collect()
    }
}

fn lines_of(array: &Array) -> Option<Vec<String>> {
    array
        .iter()
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn number_of(value: &Value) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "declared numbers are far below 2^53"
    )]
    let whole = |whole: i64| whole as f64;
    value.as_float().or_else(|| value.as_integer().map(whole))
}

/// A number as it is written: a whole one without a point.
fn number_value(number: f64) -> Value {
    /// Above, not every whole number can be told from its neighbours.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
        return Value::from(number as i64);
    }
    Value::from(number)
}

/// A table, however it is written.
pub(crate) enum TableMut<'a> {
    /// Under a header of its own, or the whole file.
    Headed(&'a mut Table),
    /// `{ … }`.
    Inline(&'a mut InlineTable),
}

impl<'a> TableMut<'a> {
    /// The table of an item.
    pub(crate) fn of(item: &'a mut Item) -> Option<Self> {
        match item {
            Item::Table(table) => Some(Self::Headed(table)),
            Item::Value(Value::InlineTable(table)) => Some(Self::Inline(table)),
            _ => None,
        }
    }

    /// The same, for a shorter time.
    pub(crate) fn again(&mut self) -> TableMut<'_> {
        match self {
            Self::Headed(table) => TableMut::Headed(table),
            Self::Inline(table) => TableMut::Inline(table),
        }
    }

    /// As what both are.
    pub(crate) fn like(&self) -> &dyn TableLike {
        match self {
            Self::Headed(table) => *table,
            Self::Inline(table) => *table,
        }
    }

    /// As what both are, to change it.
    pub(crate) fn like_mut(&mut self) -> &mut dyn TableLike {
        match self {
            Self::Headed(table) => *table,
            Self::Inline(table) => *table,
        }
    }

    /// Whether a table inside may have a header.
    pub(crate) fn is_headed(&self) -> bool {
        matches!(self, Self::Headed(_))
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.like().iter().map(|(key, _)| key.to_owned()).collect()
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<(Key, Item)> {
        match self {
            Self::Headed(table) => table.remove_entry(key),
            Self::Inline(table) => {
                let end = take_end(table);
                let taken = table.remove_entry(key);
                give_end(table, end);
                taken.map(|(key, value)| (key, Item::Value(value)))
            }
        }
    }

    fn put_last(&mut self, key: &Key, item: Item) {
        match self {
            Self::Headed(table) => {
                table.insert_formatted(key, item);
            }
            Self::Inline(table) => {
                if let Ok(value) = item.into_value() {
                    let end = take_end(table);
                    table.insert_formatted(key, value);
                    give_end(table, end);
                }
            }
        }
    }

    /// Inserts a key that is not there behind another; in front of all without one.
    pub(crate) fn insert_behind(&mut self, key: &Key, item: Item, behind: Option<&str>) {
        let end = match self {
            Self::Inline(table) => take_end(table),
            Self::Headed(_) => None,
        };
        let keys = self.keys();
        let place = behind.and_then(|behind| keys.iter().position(|key| key == behind));
        let after = keys.into_iter().skip(place.map_or(0, |place| place + 1));
        let moved: Vec<(Key, Item)> = after.filter_map(|key| self.take(&key)).collect();
        self.put_last(key, item);
        for (key, item) in moved {
            self.put_last(&key, item);
        }
        if let Self::Inline(table) = self {
            give_end(table, end);
        }
    }

    /// Inserts a key that is not there, where the order has it. In front of all, the comment at
    /// the head of the file stays at the head.
    pub(crate) fn insert_ordered(&mut self, key: &str, item: Item, order: Order) {
        let before = order.iter().take_while(|known| **known != key);
        let present: Vec<&&str> = before
            .filter(|known| self.like().contains_key(known))
            .collect();
        let behind = present.last().map(|known| (**known).to_owned());
        let head = match (&behind, &item) {
            (None, Item::Value(_)) => self.take_head(),
            _ => String::new(),
        };
        self.insert_behind(&Key::new(key), item, behind.as_deref());
        self.give_head(&head);
    }

    /// Takes a key away. The comment at the head of the file stays.
    pub(crate) fn remove(&mut self, key: &str) {
        let is_first = self.keys().first().is_some_and(|first| first == key);
        let head = if is_first {
            self.take_head()
        } else {
            String::new()
        };
        self.take(key);
        self.give_head(&head);
    }

    /// Takes the comment at the head of the file, which a blank line sets apart from the first key.
    fn take_head(&mut self) -> String {
        let Some((mut first, Item::Value(_))) = self.first() else {
            return String::new();
        };
        let prefix = first
            .leaf_decor()
            .prefix()
            .and_then(|prefix| prefix.as_str());
        let prefix = prefix.unwrap_or_default();
        let Some(end) = prefix.rfind("\n\n") else {
            return String::new();
        };
        let (head, own) = prefix.split_at(end + 2);
        let (head, own) = (head.to_owned(), own.to_owned());
        first.leaf_decor_mut().set_prefix(own);
        head
    }

    fn give_head(&mut self, head: &str) {
        if head.is_empty() {
            return;
        }
        if let Some((mut first, Item::Value(_))) = self.first() {
            let own = first
                .leaf_decor()
                .prefix()
                .and_then(|prefix| prefix.as_str());
            let prefix = format!("{head}{}", own.unwrap_or_default());
            first.leaf_decor_mut().set_prefix(prefix);
        }
    }

    /// The first key of a table that is not inline.
    fn first(&mut self) -> Option<(KeyMut<'_>, &mut Item)> {
        match self {
            Self::Headed(table) => table.iter_mut().next(),
            Self::Inline(_) => None,
        }
    }
}

/// The blank in front of the closing brace, which belongs to no value.
fn take_end(table: &mut InlineTable) -> Option<String> {
    let (_, last) = table.iter_mut().last()?;
    let suffix = last.decor().suffix().and_then(|suffix| suffix.as_str());
    let end = suffix.filter(|suffix| suffix.trim().is_empty())?.to_owned();
    last.decor_mut().set_suffix("");
    Some(end)
}

fn give_end(table: &mut InlineTable, end: Option<String>) {
    if let (Some(end), Some((_, last))) = (end, table.iter_mut().last()) {
        last.decor_mut().set_suffix(end);
    }
}

/// A table that is changed.
pub(crate) struct Writer<'a> {
    /// The table.
    pub table: TableMut<'a>,
    path: String,
    order: Order,
}

impl<'a> Writer<'a> {
    /// The table at a path, whose keys have an order.
    pub(crate) fn new(table: TableMut<'a>, path: &str, order: Order) -> Self {
        Self {
            table,
            path: path.to_owned(),
            order,
        }
    }

    /// A whole file.
    pub(crate) fn root(document: &'a mut DocumentMut, order: Order) -> Self {
        Self::new(TableMut::Headed(document.as_table_mut()), "", order)
    }

    /// The error for a key of this table.
    pub(crate) fn shape(&self, key: &str) -> EditError {
        EditError::Shape {
            key: joined(&self.path, key),
        }
    }

    /// Whether a key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.like().contains_key(key)
    }

    /// Inserts a key that is not there.
    pub(crate) fn insert(&mut self, key: &str, item: Item) {
        self.table.insert_ordered(key, item, self.order);
    }

    /// Puts a value, or takes the key away; one that says the same is left as it is written.
    pub(crate) fn put(
        &mut self,
        key: &str,
        fits: fn(&Value) -> bool,
        new: Option<Value>,
    ) -> Result<(), EditError> {
        let shape = self.shape(key);
        let Some(old) = self.table.like_mut().get_mut(key) else {
            if let Some(new) = new {
                self.insert(key, Item::Value(new));
            }
            return Ok(());
        };
        let old = old.as_value_mut().filter(|old| fits(old)).ok_or(shape)?;
        match new {
            None if says_nothing(old) => {}
            None => self.table.remove(key),
            Some(new) if same(old, &new) => {}
            Some(mut new) => {
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
        }
        Ok(())
    }

    /// A text, with the ends of lines of TOML where a browser wrote others; none for an empty one.
    pub(crate) fn text(&mut self, key: &str, new: &str) -> Result<(), EditError> {
        let new = new.replace("\r\n", "\n");
        let new = (!new.is_empty()).then(|| Value::from(new));
        self.put(key, Value::is_str, new)
    }

    /// A list of texts in their order; none for an empty one.
    pub(crate) fn lines(&mut self, key: &str, new: &[String]) -> Result<(), EditError> {
        let fits = |old: &Value| {
            old.as_array()
                .is_some_and(|array| lines_of(array).is_some())
        };
        let old = self.table.like().get(key).and_then(Item::as_array);
        let array = match old {
            Some(old) => with_lines(old, new),
            None => new.iter().collect(),
        };
        self.put(key, fits, (!new.is_empty()).then_some(Value::Array(array)))
    }

    /// `true`; none for `false`.
    pub(crate) fn flag(&mut self, key: &str, new: bool) -> Result<(), EditError> {
        self.put(key, Value::is_bool, new.then(|| Value::from(true)))
    }

    /// A whole number.
    pub(crate) fn integer<T: Into<i64>>(
        &mut self,
        key: &str,
        new: Option<T>,
    ) -> Result<(), EditError> {
        self.put(
            key,
            Value::is_integer,
            new.map(|new| Value::from(new.into())),
        )
    }

    /// A number.
    pub(crate) fn number(&mut self, key: &str, new: Option<f64>) -> Result<(), EditError> {
        let fits = |old: &Value| number_of(old).is_some();
        self.put(key, fits, new.map(number_value))
    }

    /// A day in ISO notation.
    pub(crate) fn day(&mut self, key: &str, new: Option<&str>) -> Result<(), EditError> {
        let new = match new.filter(|new| !new.is_empty()) {
            None => None,
            Some(new) => {
                let day: Option<Datetime> = new.parse().ok();
                let day = day.filter(|day| day.date.is_some() && day.time.is_none());
                Some(Value::from(day.ok_or_else(|| self.shape(key))?))
            }
        };
        self.put(key, Value::is_datetime, new)
    }

    /// One and many of a noun.
    pub(crate) fn pair(&mut self, key: &str, new: Option<&[String; 2]>) -> Result<(), EditError> {
        self.lines(key, new.map_or(&[], |new| new.as_slice()))
    }

    /// The table inside under a key, made when it is not there.
    pub(crate) fn inner(
        &mut self,
        key: &str,
        order: Order,
        is_implicit: bool,
    ) -> Result<Writer<'_>, EditError> {
        let shape = self.shape(key);
        let path = joined(&self.path, key);
        if !self.has(key) {
            let item = if self.table.is_headed() {
                let mut table = Table::new();
                table.set_implicit(is_implicit);
                Item::Table(table)
            } else {
                Item::Value(Value::InlineTable(InlineTable::new()))
            };
            self.insert(key, item);
        }
        let item = self.table.like_mut().get_mut(key);
        let table = item.and_then(TableMut::of).ok_or(shape)?;
        Ok(Writer::new(table, &path, order))
    }

    /// A list of tables, each taken out to be changed; nothing when the key is not there.
    pub(crate) fn rows(&self, key: &str) -> Result<Vec<Row>, EditError> {
        match self.table.like().get(key) {
            None => Ok(Vec::new()),
            Some(item) => rows_of(item).ok_or_else(|| self.shape(key)),
        }
    }

    /// Puts a list of tables back, each with its place in the list before. An empty one is
    /// written as such where it was there or is asked for, and taken away elsewhere.
    pub(crate) fn set_rows(&mut self, key: &str, rows: Vec<(Option<usize>, Row)>, empty: Empty) {
        if rows.is_empty() {
            match (self.has(key), empty) {
                (true, Empty::Remove) => self.table.remove(key),
                (false, Empty::Remove | Empty::Keep) => {}
                (is_there, _) => {
                    let old = self.table.like().get(key).and_then(Item::as_array);
                    if old.is_none_or(|array| !array.is_empty()) {
                        if is_there {
                            self.table.like_mut().remove(key);
                        }
                        self.insert(key, Item::Value(Value::Array(Array::new())));
                    }
                }
            }
            return;
        }
        let is_headed = self.table.is_headed();
        match self.table.like_mut().get_mut(key) {
            Some(Item::ArrayOfTables(tables)) => *tables = headed(rows),
            Some(Item::Value(Value::Array(array))) if !(array.is_empty() && is_headed) => {
                let values = rows
                    .into_iter()
                    .map(|(place, row)| (place, row.into_value()));
                *array = rearranged(array, values.collect());
            }
            old => {
                if old.is_some() {
                    self.table.like_mut().remove(key);
                }
                let item = if is_headed {
                    Item::ArrayOfTables(headed(rows))
                } else {
                    let values = rows.into_iter().map(|(_, row)| row.into_value());
                    Item::Value(Value::Array(values.collect()))
                };
                self.insert(key, item);
            }
        }
    }
}

/// What becomes of a list of tables that is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// The key is taken away.
    Remove,
    /// The list is written empty where there was one.
    Keep,
    /// The list is written empty.
    Write,
}

/// A table of a list, taken out of it.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    /// `[[key]]`.
    Headed(Table),
    /// `{ … }`.
    Inline(InlineTable),
}

impl Row {
    /// To change it.
    pub(crate) fn table(&mut self) -> TableMut<'_> {
        match self {
            Self::Headed(table) => TableMut::Headed(table),
            Self::Inline(table) => TableMut::Inline(table),
        }
    }

    /// As what both are.
    pub(crate) fn like(&self) -> &dyn TableLike {
        match self {
            Self::Headed(table) => table,
            Self::Inline(table) => table,
        }
    }

    pub(crate) fn into_value(self) -> Value {
        Value::InlineTable(match self {
            Self::Headed(table) => table.into_inline_table(),
            Self::Inline(table) => table,
        })
    }

    fn into_headed(self) -> Table {
        match self {
            Self::Headed(table) => table,
            Self::Inline(table) => table.into_table(),
        }
    }
}

/// The tables of a list; nothing for what is not one.
pub(crate) fn rows_of(item: &Item) -> Option<Vec<Row>> {
    match item {
        Item::ArrayOfTables(tables) => Some(tables.iter().cloned().map(Row::Headed).collect()),
        Item::Value(Value::Array(array)) => {
            let rows = array
                .iter()
                .map(|value| value.as_inline_table().cloned().map(Row::Inline));
            rows.collect()
        }
        _ => None,
    }
}

fn headed(rows: Vec<(Option<usize>, Row)>) -> ArrayOfTables {
    let mut tables: Vec<Table> = rows.into_iter().map(|(_, row)| row.into_headed()).collect();
    settle(&mut tables.iter_mut().collect::<Vec<_>>());
    tables.into_iter().collect()
}

/// Lets tables that were moved stand in their new order: a document writes its tables by the place
/// that they had.
pub(crate) fn settle(tables: &mut [&mut Table]) {
    let mut places = Vec::new();
    for table in &mut *tables {
        each_table(table, &mut |table| places.extend(table.position()));
    }
    let first = places.iter().min().copied();
    if !places.is_sorted() {
        for table in tables {
            each_table(table, &mut |table| {
                if table.position().is_some() {
                    table.set_position(first);
                }
            });
        }
    }
}

/// Forgets the places of a table that comes from another document.
pub(crate) fn unsettle(table: &mut Table) {
    each_table(table, &mut |table| table.set_position(None));
}

fn each_table(table: &mut Table, visit: &mut impl FnMut(&mut Table)) {
    visit(table);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => each_table(inner, visit),
            Item::ArrayOfTables(tables) => {
                tables.iter_mut().for_each(|inner| each_table(inner, visit));
            }
            _ => {}
        }
    }
}

/// Whether a value is as good as none.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::String(text) => text.value().is_empty(),
        Value::Boolean(flag) => !flag.value(),
        Value::Array(array) => array.is_empty(),
        _ => false,
    }
}

/// A list with other texts: those that it had keep their comments.
fn with_lines(old: &Array, new: &[String]) -> Array {
    let mut left: Vec<Option<&str>> = old.iter().map(Value::as_str).collect();
    let values = new.iter().map(|text| {
        let place = left.iter().position(|old| *old == Some(text));
        if let Some(place) = place {
            left[place] = None;
        }
        let value = place.and_then(|place| old.get(place)).cloned();
        (place, value.unwrap_or_else(|| Value::from(text)))
    });
    let values: Vec<_> = values.collect();
    rearranged(old, values)
}
