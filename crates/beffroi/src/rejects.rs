//! The file of rows set aside: tells for each row where it stood and why.

use crate::{aside::Aside, failure::found};
use beffroi_intake::Reject;
use beffroi_model::{Finding, Severity};
use std::{io, path::Path, sync::Arc};

/// The reject file of a version.
pub struct Rejects {
    file: Aside,
    header: Option<Arc<[String]>>,
}

impl Rejects {
    /// Rows will go to this file.
    pub fn new(file: Aside) -> Self {
        Self { file, header: None }
    }

    /// Adds a row.
    pub fn push(&mut self, source: &str, reject: &Reject) -> io::Result<()> {
        // Files of another shape bring their own header.
        if self.header.as_ref() != Some(&reject.header) {
            let ours = ["Fichier", "Ligne", "Motif", "Colonne"].into_iter();
            let theirs = reject.header.iter().map(String::as_str);
            self.file.record(ours.chain(theirs))?;
            self.header = Some(Arc::clone(&reject.header));
        }
        let column = reject.column.clone().unwrap_or_default();
        let place = reject.header.iter().position(|header| *header == column);
        let value = place
            .and_then(|place| reject.cells.get(place))
            .cloned()
            .unwrap_or_default();
        let finding = Finding {
            severity: Severity::Error,
            kind: reject.kind,
            source: source.to_owned(),
            row: Some(reject.row),
            column: reject.column.clone(),
            value: Some(value),
            hint: None,
            expected: None,
        };
        let reason = found(&finding, 1);
        let ours = [source.to_owned(), reject.row.to_string(), reason, column];
        self.file.record(ours.iter().chain(&reject.cells))
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file itself.
    pub fn into_file(self) -> Aside {
        self.file
    }
}
