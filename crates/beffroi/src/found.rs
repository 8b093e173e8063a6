//! The file of all that was found: where pages show the first of each kind, here is every one.

use crate::{aside::Aside, failure::found, failure::say};
use beffroi_model::{Finding, Severity};
use beffroi_text::Lang;
use std::{io, path::Path};

/// The findings file of a version.
pub struct FoundFile {
    file: Aside,
}

const HEADER: [&str; 7] = [
    "Fichier",
    "Ligne",
    "Colonne",
    "Valeur",
    "Gravité",
    "Constat",
    "Comment corriger",
];

impl FoundFile {
    /// Findings will go to this file.
    pub fn new(file: Aside) -> Self {
        Self { file }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: &Finding) -> io::Result<()> {
        if !self.file.has_begun() {
            self.file.record(HEADER)?;
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let severity = match finding.severity {
            Severity::Error => "severity-error",
            Severity::Warning => "severity-warning",
            Severity::Note => "severity-note",
        };
        let near = finding.hint.iter();
        let near = near.map(|hint| say("finding-hint", &[("hint", hint.clone())]));
        let mend: Vec<String> = near
            .chain([beffroi_text::mend(Lang::Fr, finding.kind)])
            .collect();
        self.file.record([
            finding.source.clone(),
            finding.row.map(|row| row.to_string()).unwrap_or_default(),
            text(&finding.column),
            text(&finding.value),
            say(severity, &[]),
            found(finding, 1),
            mend.join(". "),
        ])
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
