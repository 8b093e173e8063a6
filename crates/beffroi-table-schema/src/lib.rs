//! Table Schemas (frictionlessdata.io) as France publishes them → [`Schema`]s that intake checks.
//!
//! The national schemas that a town hall meets most are inside, by name; any other is read from
//! its JSON. What a schema asks for and we do not check is a remark of the schema, which each
//! reading tells: nothing is left out in silence.

mod checks;
mod field;
mod national;

pub use national::{named, names};

use beffroi_model::{ColumnId, FindingKind, ForeignKey, Key, Reading, Remark, Schema, normalize};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// An object of JSON.
type Object = Map<String, Value>;

/// The largest schema read.
pub const LARGEST: usize = 4 << 20;
/// The most columns.
const COLUMNS: usize = 2_000;

/// A published schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Its short name (`subventions`).
    pub name: String,
    /// Its name for users.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Where it is kept.
    pub homepage: String,
    /// What columns, keys and rows must be.
    pub schema: Schema,
    /// What users read about each column, in their order.
    pub about: Vec<About>,
    /// How files are written, when it says so.
    pub reading: Reading,
}

/// What users read about a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub title: String,
    /// What it means.
    pub description: String,
}

/// Why a schema cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It is no JSON.
    #[error("not JSON: line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON, but no Table Schema.
    #[error("no `fields`")]
    NotTableSchema,
    /// It is too large.
    #[error("too large")]
    TooLarge,
    /// Two fields have the same name.
    #[error("field `{0}` is there twice")]
    SameName(String),
}

impl SchemaError {
    /// The end of a message id (`schema-not-json`) and its arguments.
    #[must_use]
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::NotJson { line, column } => (
                "not-json",
                vec![("row", line.to_string()), ("column", column.to_string())],
            ),
            Self::NotTableSchema => ("not-table-schema", Vec::new()),
            Self::TooLarge => ("too-large", Vec::new()),
            Self::SameName(name) => ("same-name", vec![("value", name.clone())]),
        }
    }
}

/// Reads a Table Schema, or the first schema of a data package.
///
/// # Errors
/// The bytes are no Table Schema.
pub fn read(json: &[u8]) -> Result<Published, SchemaError> {
    if json.len() > LARGEST {
        return Err(SchemaError::TooLarge);
    }
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let value: Value = serde_json::from_slice(json).map_err(|error| SchemaError::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    let (schema, resource) = descriptor(&value).ok_or(SchemaError::NotTableSchema)?;
    let fields = schema.get("fields").and_then(Value::as_array);
    let fields = fields.ok_or(SchemaError::NotTableSchema)?;
    if fields.len() > COLUMNS {
        return Err(SchemaError::TooLarge);
    }
    let mut draft = Draft::default();
    let aliases = national::aliases(text(schema, "name"));
    let missing = missing_values(schema.get("missingValues"));
    let official: HashSet<String> = fields
        .iter()
        .filter_map(|field| Some(normalize(field.get("name")?.as_str()?)))
        .collect();
    let mut about = Vec::new();
    for field in fields.iter().filter_map(Value::as_object) {
        let name = text(field, "name");
        if draft.names.iter().any(|(known, _)| known == name) {
            return Err(SchemaError::SameName(name.to_owned()));
        }
        let mut column = field::read(field, &missing, &mut draft);
        let own = aliases.iter().filter(|(_, of)| *of == name);
        let own = own.filter(|(alias, _)| !official.contains(&normalize(alias)));
        column
            .headers
            .extend(own.map(|(alias, _)| (*alias).to_owned()));
        draft.names.push((name.to_owned(), column.id.clone()));
        draft.schema.columns.push(column);
        about.push(About {
            title: text(field, "title").to_owned(),
            description: plain(text(field, "description")),
        });
    }
    keys(schema, &mut draft);
    checks::read(schema, &mut draft);
    let known = [
        "fields",
        "missingValues",
        "primaryKey",
        "uniqueKeys",
        "foreignKeys",
        "custom_checks",
        "customChecks",
        "name",
        "title",
        "description",
        "version",
        "homepage",
        "path",
        "created",
        "lastModified",
        "updated",
        "contributors",
        "countryCode",
        "countrycode",
        "$schema",
        "resources",
        "sources",
        "licenses",
        "license",
        "keywords",
        "author",
        "contact",
        "image",
        "references",
        "uri",
        "example",
        "examples",
        "profile",
        "dialect",
        "encoding",
    ];
    for key in schema.keys().filter(|key| !known.contains(&key.as_str())) {
        draft.left_out(None, key.clone());
    }
    let version = text(schema, "version");
    Ok(Published {
        name: text(schema, "name").to_owned(),
        title: text(schema, "title").to_owned(),
        version: version.strip_prefix('v').unwrap_or(version).to_owned(),
        homepage: text(schema, "homepage").to_owned(),
        schema: draft.schema,
        about,
        reading: reading(schema, resource),
    })
}

/// A schema in the making.
#[derive(Default)]
struct Draft {
    schema: Schema,
    /// The id given to each field.
    names: Vec<(String, ColumnId)>,
    taken: HashSet<String>,
}

impl Draft {
    fn id(&self, name: &str) -> Option<ColumnId> {
        let named = self.names.iter().find(|(known, _)| known == name);
        named.map(|(_, id)| id.clone())
    }

    /// Every id of some fields; `None` when one is not there.
    fn ids(&self, names: &[&str]) -> Option<Vec<ColumnId>> {
        names.iter().map(|name| self.id(name)).collect()
    }

    fn left_out(&mut self, column: Option<&str>, value: String) {
        self.remark(FindingKind::CheckLeftOut, column, value);
    }

    fn remark(&mut self, kind: FindingKind, column: Option<&str>, value: String) {
        self.schema.remarks.push(Remark {
            kind,
            column: column.map(str::to_owned),
            value,
        });
    }
}

/// The schema in a document, and the resource that it describes.
fn descriptor(value: &Value) -> Option<(&Object, Option<&Object>)> {
    let object = value.as_object()?;
    if object.contains_key("fields") {
        return Some((object, None));
    }
    if let Some(schema) = object.get("schema").and_then(Value::as_object) {
        return Some((schema, Some(object)));
    }
    let resources = object.get("resources")?.as_array()?;
    resources.iter().find_map(|resource| {
        let resource = resource.as_object()?;
        Some((resource.get("schema")?.as_object()?, Some(resource)))
    })
}

/// How the files of a resource are written.
fn reading(schema: &Object, resource: Option<&Object>) -> Reading {
    let of = |key| {
        resource
            .and_then(|it| it.get(key))
            .or_else(|| schema.get(key))
    };
    let dialect = of("dialect").and_then(Value::as_object);
    let said = |key| Some(dialect?.get(key)?.as_str()?.to_owned());
    Reading {
        delimiter: said("delimiter").filter(|it| it.len() == 1),
        encoding: of("encoding").and_then(Value::as_str).map(str::to_owned),
        sheet: said("sheetName"),
        ..Reading::default()
    }
}

fn text<'j>(object: &'j Object, key: &str) -> &'j str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A text without the marks of Markdown: of a link only its words, of code only the code.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after.split_once("](").and_then(|(words, target)| {
            let is_whole = !words.contains(['[', ']']);
            let (_, after) = target.split_once(')')?;
            is_whole.then_some((words, after))
        });
        rest = match link {
            Some((words, after)) => {
                out.push_str(words);
                after
            }
            None => {
                out.push('[');
                after
            }
        };
    }
    out.push_str(rest);
    out.replace('`', "")
}

/// Texts of a list; a text alone is a list of one.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The marks of a missing value, by default the empty text. Later editions put each in an object.
fn missing_values(value: Option<&Value>) -> Vec<String> {
    let Some(Value::Array(marks)) = value else {
        return vec![String::new()];
    };
    let mark = |mark: &Value| {
        let text = mark.get("value").unwrap_or(mark).as_str()?;
        Some(text.to_owned())
    };
    marks.iter().filter_map(mark).collect()
}

fn keys(schema: &Object, draft: &mut Draft) {
    let primary = texts(schema.get("primaryKey"));
    if !primary.is_empty() {
        match draft.ids(&primary) {
            Some(columns) => draft.schema.keys.push(Key {
                columns,
                primary: true,
            }),
            None => draft.left_out(None, format!("primaryKey {}", primary.join(", "))),
        }
    }
    for key in list(schema, "uniqueKeys") {
        let names = texts(Some(key));
        match draft.ids(&names) {
            Some(columns) => draft.schema.keys.push(Key {
                columns,
                primary: false,
            }),
            None => draft.left_out(None, format!("uniqueKeys {}", names.join(", "))),
        }
    }
    for key in list(schema, "foreignKeys") {
        let own = texts(key.get("fields"));
        let reference = key.get("reference");
        let to = texts(reference.and_then(|it| it.get("fields")));
        let other = reference
            .and_then(|it| it.get("resource"))
            .and_then(Value::as_str);
        let both = draft.ids(&own).zip(draft.ids(&to));
        match both {
            Some((columns, to)) if other.unwrap_or_default().is_empty() => {
                draft.schema.foreign_keys.push(ForeignKey {
                    columns,
                    to,
                    dataset: None,
                });
            }
            _ => draft.left_out(
                Some(&own.join(", ")),
                format!("foreignKeys → {}", other.unwrap_or_default()),
            ),
        }
    }
}

fn list<'j>(object: &'j Object, key: &str) -> &'j [Value] {
    object
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn texts_lose_their_marks_and_nothing_else() {
        for (text, expected) in [
            ("Le [SIRET](https://sirene.fr) de `A`.", "Le SIRET de A."),
            ("[a](b) et [c](d)", "a et c"),
            ("un tableau [1, 2]", "un tableau [1, 2]"),
            ("[ouvert](", "[ouvert]("),
            ("[[a](b)", "[a"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
