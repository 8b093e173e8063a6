//! Published schemas that datasets name: the national ones, and those of the folder `schemas/`.

use crate::diagnostic::code;
use crate::source::{At, Report, SourceFile, list};
use beffroi_model::{ColumnSpec, nearest, normalize};
use beffroi_table_schema::{About, Published, SchemaError, named, names, read};
use std::{cell::RefCell, collections::BTreeMap, ops::Range, rc::Rc};

/// The schemas that can be named.
pub(crate) struct Schemas<'a> {
    report: &'a Report,
    /// By name under `schemas/`.
    files: BTreeMap<String, &'a SourceFile>,
    /// Those that were read; `None` when something is wrong with them.
    known: RefCell<BTreeMap<String, Option<Rc<Known>>>>,
}

struct Known {
    published: Published,
    /// The headers of each column, as [`normalize`] leaves them.
    headers: Vec<Vec<String>>,
}

/// A schema with the place where a dataset names it.
pub(crate) struct Named {
    known: Rc<Known>,
    pub span: Range<usize>,
}

impl<'a> Schemas<'a> {
    pub(crate) fn new(report: &'a Report, files: BTreeMap<String, &'a SourceFile>) -> Self {
        Self {
            report,
            files,
            known: RefCell::default(),
        }
    }

    /// The schema of that name; what is wrong with it is told once.
    pub(crate) fn find(&self, file: &SourceFile, at: &At<String>) -> Option<Named> {
        let mut all = self.known.borrow_mut();
        let known = match all.get(&at.value) {
            Some(known) => known.clone(),
            None => {
                let known = self.read(file, at).map(Known::new).map(Rc::new);
                all.insert(at.value.clone(), known.clone());
                known
            }
        };
        known.map(|known| Named {
            known,
            span: at.span.clone(),
        })
    }

    fn read(&self, file: &SourceFile, at: &At<String>) -> Option<Published> {
        if let Some(published) = named(&at.value) {
            return Some(published);
        }
        let Some(source) = self.files.get(&at.value) else {
            let mut all: Vec<&str> = self.files.keys().map(String::as_str).collect();
            all.splice(0..0, names().map(|name| -> &str { name }));
            let hint = match nearest(&at.value, all.iter().copied()) {
                Some(near) => format!("Vouliez-vous dire `{near}` ?"),
                None => format!(
                    "Possibles : {} ; ou un fichier `.json` du dossier `schemas/`.",
                    list(&all)
                ),
            };
            let message = format!("schéma inconnu : `{}`", at.value);
            self.report
                .at(file, &at.span, code::UNKNOWN_SCHEMA, message, hint);
            return None;
        };
        match read(source.text.trim_start_matches('\u{feff}').as_bytes()) {
            Ok(published) => Some(published),
            Err(error) => {
                self.tell(source, &error);
                None
            }
        }
    }

    fn tell(&self, source: &SourceFile, error: &SchemaError) {
        let (span, message) = match error {
            SchemaError::NotJson { line, column } => {
                let at = source.offset(*line, *column);
                (at..at + 1, "ce fichier n'est pas du JSON".to_owned())
            }
            SchemaError::NotTableSchema => (
                0..1,
                "ce fichier n'est pas un Table Schema : `fields` manque".to_owned(),
            ),
            SchemaError::TooLarge => (0..1, "ce schéma est trop grand".to_owned()),
            SchemaError::SameName(name) => {
                let quoted = format!("\"{name}\"");
                let second = source.text.match_indices(&quoted).nth(1);
                let at = second.map_or(0..1, |(at, _)| at..at + quoted.len());
                (
                    at,
                    format!("deux colonnes de ce schéma se nomment `{name}`"),
                )
            }
        };
        let hint = "Reprenez le fichier `schema.json` publié sur schema.data.gouv.fr.".to_owned();
        self.report
            .at(source, &span, code::BAD_SCHEMA, message, hint);
    }
}

impl Known {
    fn new(published: Published) -> Self {
        let columns = published.schema.columns.iter();
        let headers = columns
            .map(|column| column.headers.iter().map(|header| normalize(header)))
            .map(Iterator::collect)
            .collect();
        Self { published, headers }
    }
}

impl Named {
    /// The schema.
    pub(crate) fn published(&self) -> &Published {
        &self.known.published
    }

    /// The place among its columns of the one that a declared column means: of the same id, else
    /// known by one of the headers.
    pub(crate) fn place(&self, id: &str, headers: &[At<String>]) -> Option<usize> {
        let columns = &self.published().schema.columns;
        let meant: Vec<String> = headers
            .iter()
            .map(|header| normalize(&header.value))
            .collect();
        let known = &self.known.headers;
        let same_id = columns.iter().position(|column| column.id.as_str() == id);
        // Its own header, else one under which it is found in the wild.
        same_id
            .or_else(|| {
                let own = |known: &Vec<String>| known.first().is_some_and(|it| meant.contains(it));
                known.iter().position(own)
            })
            .or_else(|| {
                let any = |known: &Vec<String>| known.iter().any(|it| meant.contains(it));
                known.iter().position(any)
            })
    }

    /// Its columns, each with what users read about it.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&ColumnSpec, &About)> {
        let published = self.published();
        published.schema.columns.iter().zip(&published.about)
    }
}
