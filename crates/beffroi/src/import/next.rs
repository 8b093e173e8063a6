//! The next version of a dataset, from its first row to its manifest: the one place where a
//! version is opened and closed, whatever brings its rows.

use crate::{
    aside::Aside,
    failure::{found, io_message, refused, warehouse_message},
    found::FoundFile,
    rejects::Rejects,
};
use beffroi_catalog::Dataset;
use beffroi_intake::{Context, Forgets, Input, Outcome, ReadError, Reject, Sink};
use beffroi_model::{
    Batch, Decision, Finding, Findings, Reading, Schema, Severity, SourceFile, Version,
};
use beffroi_warehouse::{Import, ImportMeta, Mode, WarehouseError, Writer};
use chrono::Utc;
use std::{io, path::PathBuf};

/// A version under way. Dropped, it leaves nothing.
pub struct NextVersion<'w> {
    import: Import<'w>,
    declaration: String,
    previous: Option<Version>,
    rejects: Rejects,
    all_findings: FoundFile,
    findings: Findings,
    decisions: Vec<Decision>,
}

impl<'w> NextVersion<'w> {
    /// Opens the next version. Its rows, and what is told of them, start from those of `base`;
    /// what it changes is told against `previous`.
    pub fn open(
        writer: &'w Writer,
        dataset: &Dataset,
        declaration: &str,
        mode: Mode,
        base: Option<&Version>,
        previous: Option<Version>,
    ) -> Result<Self, String> {
        let import = Import::begin(
            writer,
            &dataset.id,
            &dataset.schema,
            dataset.time.as_ref(),
            mode,
            base,
        )
        .map_err(|error| warehouse_message(&error))?;
        let aside = |folder, former| {
            let state = writer.warehouse().state();
            let file = Aside::new(state, folder, &dataset.id, import.number(), former);
            match mode {
                // A feed tells of its last readings.
                Mode::Feed => file,
                Mode::Replace | Mode::Append | Mode::ByPeriod => file.after_former(state),
            }
        };
        let rejects = aside("rejects", base.and_then(|base| base.rejects.clone()));
        let all = aside("findings", base.and_then(|base| base.all_findings.clone()));
        Ok(Self {
            rejects: Rejects::new(rejects),
            all_findings: FoundFile::new(all),
            findings: base.map(|base| base.findings.clone()).unwrap_or_default(),
            decisions: base.map(|base| base.decisions.clone()).unwrap_or_default(),
            import,
            declaration: declaration.to_owned(),
            previous,
        })
    }

    /// Reads a file into it. One of which no row fits is refused.
    pub fn read(
        &mut self,
        input: Input<'_>,
        reading: &Reading,
        schema: &Schema,
        context: &Context<'_>,
    ) -> Result<Outcome, String> {
        let name = input.name;
        let mut rows = Rows {
            import: &mut self.import,
            rejects: &mut self.rejects,
            all_findings: &mut self.all_findings,
            source: name,
            kept: 0,
        };
        let outcome = beffroi_intake::read_once(input, reading, schema, context, &mut rows);
        let kept = rows.kept;
        let outcome = outcome.map_err(|error| match error {
            ReadError::Intake(error) => refused(name, &error),
            ReadError::Sink(Fault::Warehouse(error)) => warehouse_message(&error),
            ReadError::Sink(Fault::Aside(path, error)) => io_message(&path, &error),
        })?;
        if outcome.rows_read > 0 && kept == 0 {
            return Err(nothing_kept(name, &outcome));
        }
        Ok(outcome)
    }

    /// Notes what was found and decided about a file.
    pub fn note(&mut self, outcome: Outcome) {
        self.findings.extend(outcome.findings);
        // What was decided about a file read again is decided anew.
        self.decisions.retain(|known| {
            let mut new = outcome.decisions.iter();
            !new.any(|new| new.source == known.source)
        });
        self.decisions.extend(outcome.decisions);
    }

    /// Ends a file: the rows read since the last one are its own.
    pub fn end_file(&mut self, source: SourceFile) -> Result<(), String> {
        let ended = self.import.end_file(source);
        ended.map_err(|error| warehouse_message(&error))
    }

    /// Closes the version, and makes it the current one when it is accepted.
    pub fn close(mut self, is_accepted: bool) -> Result<Version, String> {
        let given_up = self.previous.as_ref().map(|it| it.given_up.clone());
        let meta = ImportMeta {
            declaration: self.declaration,
            decisions: self.decisions,
            findings: self.findings,
            rejects: None,
            all_findings: None,
            previous: self.previous,
            now: Utc::now(),
        };
        let prepared = self.import.prepare(meta);
        let mut version = prepared.map_err(|error| warehouse_message(&error))?;
        version.given_up = given_up.unwrap_or_default();
        if is_accepted {
            version.rejects = put(self.rejects.into_file())?;
            version.all_findings = put(self.all_findings.into_file())?;
            let published = self.import.publish(&version);
            published.map_err(|error| warehouse_message(&error))?;
        }
        Ok(version)
    }
}

fn put(file: Aside) -> Result<Option<String>, String> {
    let path = file.path().to_owned();
    file.finish().map_err(|error| io_message(&path, &error))
}

/// Of a file with rows of which none fits: most often its shape has changed.
fn nothing_kept(name: &str, outcome: &Outcome) -> String {
    let reason = outcome
        .findings
        .groups()
        .filter_map(|(_, group)| group.first())
        .find(|finding| finding.severity == Severity::Error)
        .map(|finding| format!(" Première raison : {}", found(finding, 1)))
        .unwrap_or_default();
    format!(
        "« {name} » : aucune de ses {} ligne(s) ne convient, rien n’a été changé.{reason}",
        outcome.rows_read
    )
}

/// Where intake's rows go.
struct Rows<'a, 'w> {
    import: &'a mut Import<'w>,
    rejects: &'a mut Rejects,
    all_findings: &'a mut FoundFile,
    source: &'a str,
    kept: usize,
}

/// What can go wrong there.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    #[error("{}", .0.display())]
    Aside(PathBuf, #[source] io::Error),
}

impl Sink for Rows<'_, '_> {
    type Error = Fault;

    fn rows(&mut self, batch: Batch) -> Result<(), Fault> {
        self.kept += batch.len();
        Ok(self.import.rows(batch)?)
    }

    fn reject(&mut self, reject: Reject) -> Result<(), Fault> {
        let pushed = self.rejects.push(self.source, &reject);
        pushed.map_err(|error| Fault::Aside(self.rejects.path().to_owned(), error))
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), Fault> {
        let pushed = self.all_findings.push(finding);
        pushed.map_err(|error| Fault::Aside(self.all_findings.path().to_owned(), error))
    }
}

impl Forgets for Rows<'_, '_> {
    fn forget(&mut self) -> Result<(), Fault> {
        self.kept = 0;
        Ok(self.import.forget_rows()?)
    }
}
