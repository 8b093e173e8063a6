//! From bytes to a version, step by step, for whoever lets people look and decide in between: the
//! command line today, a page tomorrow.
//!
//! 1. [`preview`] reads the whole file and tells everything: what was decided and why, the first
//!    rows as they would be kept, what each column holds, what was found, and which corrections
//!    would mend some of it.
//! 2. A person corrects: a [`Correction`](crate::Correction), their own or one proposed. Back to 1.
//! 3. [`read`](crate::read), with the correction applied to the declared reading and schema, hands
//!    the rows to whoever keeps them.
//!
//! Nothing is kept here, and no personal value is ever in a preview.

use crate::{
    ColumnCorrection, Context, Correction, Input, IntakeError, Outcome, ReadError, Reject, Sink,
};
use beffroi_model::{
    Batch, CellState, Column, ColumnId, ColumnSpec, ColumnType, Decision, Finding, FindingKind,
    Findings, Reading, Schema,
};
use serde::Serialize;
use std::convert::Infallible;

/// What is known of a file before anything is kept of it.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// What was decided, with its evidence.
    pub decisions: Vec<Decision>,
    /// What each column holds, in the order of the schema.
    pub columns: Vec<ColumnSummary>,
    /// The first rows that fit, in the notation of exports, a cell for each column; `None` has no
    /// value, as have all cells of a personal column.
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows read.
    pub rows_read: u64,
    /// Rows that would be set aside.
    pub rows_rejected: u64,
    /// What was found.
    pub findings: Findings,
    /// Corrections that would mend some of it.
    pub proposals: Vec<Proposal>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnSummary {
    /// Its id.
    pub id: ColumnId,
    /// The name under which people know it.
    pub name: String,
    /// What its cells hold.
    pub kind: ColumnType,
    /// Whether it is read past.
    pub personal: bool,
    /// Cells with a value.
    pub values: u64,
    /// Cells not known.
    pub missing: u64,
    /// Cells that make no sense.
    pub not_applicable: u64,
    /// Cells masked.
    pub secret: u64,
}

/// A correction, and what it would mend.
#[derive(Debug, Clone, Serialize)]
pub struct Proposal {
    /// What was found.
    pub finding: Finding,
    /// What would mend it.
    pub correction: Correction,
}

/// What a dataset declares of its files.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'d> {
    /// How they are read.
    pub reading: &'d Reading,
    /// Their columns.
    pub schema: &'d Schema,
    /// What they are held to beside.
    pub context: &'d Context<'d>,
}

/// Looks through a file: by a declared reading and schema, or by what it shows of itself. At most
/// `limit` rows are shown; all are read.
///
/// # Errors
/// The file is refused.
pub fn preview(
    input: Input<'_>,
    declared: Option<Declared<'_>>,
    correction: &Correction,
    limit: usize,
) -> Result<Preview, IntakeError> {
    let (schema, gathered, mut outcome) = match declared {
        Some(declared) => {
            let schema = correction.schema(declared.schema);
            let mut gathered = Gathered::new(&schema, limit);
            let reading = correction.reading(declared.reading);
            let context = declared.context;
            let outcome = crate::read_in(input, &reading, &schema, context, &mut gathered);
            (schema, gathered, infallible(outcome)?)
        }
        None => {
            let mut table = crate::recognise(input, &correction.reading)?;
            table.schema = correction.schema(&table.schema);
            let mut gathered = Gathered::new(&table.schema, limit);
            let outcome = infallible(table.read(&mut gathered))?;
            (table.schema, gathered, outcome)
        }
    };
    correction.mark(input.name, &mut outcome.decisions);
    Ok(Preview {
        proposals: proposals(&schema, &outcome.findings),
        decisions: outcome.decisions,
        columns: gathered.columns,
        rows: gathered.rows,
        rows_read: outcome.rows_read,
        rows_rejected: outcome.rows_rejected,
        findings: outcome.findings,
    })
}

fn infallible(outcome: Result<Outcome, ReadError<Infallible>>) -> Result<Outcome, IntakeError> {
    outcome.map_err(|error| match error {
        ReadError::Intake(error) => error,
        ReadError::Sink(never) => match never {},
    })
}

/// Of a column that is not in the file while a header comes near: that it is that one.
fn proposals(schema: &Schema, findings: &Findings) -> Vec<Proposal> {
    let first = findings.groups().flat_map(|(_, group)| group);
    let missing = first.filter(|finding| finding.kind == FindingKind::ColumnMissing);
    let proposals = missing.filter_map(|finding| {
        let named = |column: &&ColumnSpec| Some(name_of(column)) == finding.column;
        let column = schema.columns.iter().find(named)?;
        let header = ColumnCorrection {
            header: Some(finding.hint.clone()?),
            ..ColumnCorrection::default()
        };
        Some(Proposal {
            finding: finding.clone(),
            correction: Correction {
                columns: [(column.id.to_string(), header)].into(),
                ..Correction::default()
            },
        })
    });
    proposals.collect()
}

fn name_of(column: &ColumnSpec) -> String {
    let header = column.headers.first().cloned();
    header.unwrap_or_else(|| column.id.to_string())
}

/// Takes the first rows, and counts all.
struct Gathered {
    columns: Vec<ColumnSummary>,
    rows: Vec<Vec<Option<String>>>,
    limit: usize,
}

impl Gathered {
    fn new(schema: &Schema, limit: usize) -> Self {
        let columns = schema.columns.iter().map(|column| ColumnSummary {
            id: column.id.clone(),
            name: name_of(column),
            kind: column.kind,
            personal: column.personal,
            values: 0,
            missing: 0,
            not_applicable: 0,
            secret: 0,
        });
        Self {
            columns: columns.collect(),
            rows: Vec::new(),
            limit,
        }
    }
}

impl Sink for Gathered {
    type Error = Infallible;

    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        let height = batch.len();
        let shown = self.limit.saturating_sub(self.rows.len()).min(height);
        let columns: Vec<Option<&Column>> = self
            .columns
            .iter()
            .map(|summary| batch.column(summary.id.as_str()))
            .collect();
        for row in 0..shown {
            let cells = columns
                .iter()
                .map(|column| column.as_ref()?.data.exported(row));
            self.rows.push(cells.collect());
        }
        for (summary, column) in self.columns.iter_mut().zip(columns) {
            let Some(column) = column.filter(|_| !summary.personal) else {
                continue;
            };
            for row in 0..height {
                let state = column.states.as_ref().and_then(|states| states.get(row));
                match state.copied() {
                    Some(CellState::NotApplicable) => summary.not_applicable += 1,
                    Some(CellState::Secret) => summary.secret += 1,
                    _ if column.data.has_value(row) => summary.values += 1,
                    _ => summary.missing += 1,
                }
            }
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), Infallible> {
        Ok(())
    }
}
