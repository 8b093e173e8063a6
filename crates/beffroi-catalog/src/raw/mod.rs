//! Files as they are declared: shapes, types and words are checked, names of other things are not
//! resolved yet and keep their place. What is wrong is told and replaced by something harmless,
//! so that the rest of the file, and the other files, are checked too.

mod access;
mod board;
mod column;
mod computed;
mod dataset;
mod history;
mod indicator;
mod report;
mod rules;
mod secrecy;
mod source;
mod town;

pub(crate) use access::{RawAccess, RawDemoPerson, RawPerimeter};
pub(crate) use board::{RawBoard, RawTile};
pub(crate) use column::{Coordinate, RawColumn};
pub(crate) use computed::RawComputed;
pub(crate) use dataset::RawDataset;
pub(crate) use history::RawFormula;
pub(crate) use indicator::{RawExample, RawIndicator, RawTarget};
pub(crate) use report::{RawChapter, RawReport, RawReportFigure};
pub(crate) use rules::{RawReference, RawRule};
pub(crate) use secrecy::RawSecrecy;
pub(crate) use town::RawTown;

use crate::Secret;
use crate::diagnostic::code;
use crate::keys::Key;
use crate::source::{At, Report, SourceFile};
use crate::table::Table;
use toml::de::DeTable;

/// Opens a whole file as a table of that shape.
fn open<'a>(
    file: &'a SourceFile,
    report: &'a Report,
    shape: &'static crate::keys::Shape,
    entries: &'a DeTable<'a>,
) -> Table<'a> {
    Table::open(file, report, shape, entries, 0..0)
}

fn values(items: Vec<At<String>>) -> Vec<String> {
    items.into_iter().map(|item| item.value).collect()
}

/// Where a secret is that declarations may not hold; one in clear is told.
fn secret(table: &Table<'_>, key: &Key, what: &str) -> Option<Secret> {
    let at = table.line(key)?;
    let secret = Secret::parse(&at.value);
    if secret.is_none() {
        table.error(
            &at.span,
            code::SECRET_IN_CLEAR,
            format!("{what} ne s'écrit pas dans une déclaration"),
            "Dites où chercher : `env:VARIABLE`, ou `file:/chemin` d'un fichier.".to_owned(),
        );
    }
    secret
}
