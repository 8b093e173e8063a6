//! What `beffroi convert` says on standard error: what was decided and what was found, as sentences
//! or as one JSON document.
//!
//! The document: `source`; `decisions` (`subject`, `column`, `value`, `confidence`, `evidence`,
//! `text`); `findings`, grouped (`kind`, `severity`, `column`, `count`, `first`, `text`);
//! `columns` (`name`, `type`); `rows` written; `error`, when the file was refused.

use crate::failure::{found, progress, say};
use beffroi_intake::{Outcome, Recognised};
use beffroi_model::{Decision, Findings};
use beffroi_text::{Lang, decision};
use clap::ValueEnum;
use serde_json::{Value, json};

/// How to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Explain {
    /// Des phrases
    Texte,
    /// Un document JSON
    Json,
}

/// All there is to say of one file.
#[derive(Debug, Default)]
pub struct Told {
    source: String,
    decisions: Vec<Decision>,
    findings: Findings,
    columns: Vec<Value>,
    rows: u64,
    /// Whether the file holds nothing.
    empty: bool,
    /// Why it was not converted.
    pub failure: Option<String>,
}

impl Told {
    /// Nothing yet.
    pub fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            ..Self::default()
        }
    }

    /// Notes what came of a file; there is no table in an empty one.
    pub fn read(
        &mut self,
        table: Option<&Recognised<'_>>,
        outcome: Option<Outcome>,
        rows: u64,
        typed: bool,
    ) {
        self.rows = rows;
        self.empty = table.is_none();
        if let Some(table) = table {
            self.decisions.clone_from(&table.decisions);
            self.columns = table
                .titles()
                .zip(&table.schema.columns)
                .map(|(title, column)| {
                    let mut described = json!({ "name": title, "id": column.id });
                    if typed {
                        described["type"] = json!(column.kind);
                    }
                    described
                })
                .collect();
        }
        self.findings = outcome.map(|outcome| outcome.findings).unwrap_or_default();
    }

    /// Says it.
    pub fn tell(&self, explain: Explain) {
        match explain {
            Explain::Json => progress(self.document()),
            // A failure is told by whoever stops the program.
            Explain::Texte if self.failure.is_some() => {}
            Explain::Texte => self
                .sentences()
                .for_each(|line| progress(format!("  {line}"))),
        }
    }

    fn sentences(&self) -> impl Iterator<Item = String> {
        let decisions = self.decisions.iter().map(|it| decision(Lang::Fr, it));
        let findings = self
            .findings
            .groups()
            .filter_map(|(count, group)| Some(found(group.first()?, count)));
        let empty = self.empty.then(|| say("convert-empty", &[]));
        let rows = say("convert-rows", &[("count", self.rows.to_string())]);
        decisions.chain(findings).chain(empty).chain([rows])
    }

    fn document(&self) -> Value {
        let decisions = self.decisions.iter().map(|it| {
            let mut described = json!(it);
            described["text"] = json!(decision(Lang::Fr, it));
            described
        });
        let mut document = json!({
            "source": self.source,
            "decisions": decisions.collect::<Vec<_>>(),
            "findings": described(&self.findings),
            "columns": self.columns,
            "rows": self.rows,
        });
        if self.empty {
            document["warning"] = json!(say("convert-empty", &[]));
        }
        if let Some(failure) = &self.failure {
            document["error"] = json!(failure);
        }
        document
    }
}

/// Findings by groups, the first of each.
pub fn described(findings: &Findings) -> Vec<Value> {
    let groups = findings.groups().filter_map(|(count, group)| {
        let first = group.first()?;
        Some(json!({
            "kind": first.kind,
            "severity": first.severity,
            "column": first.column,
            "count": count,
            "first": group.iter().map(|finding| json!({
                "row": finding.row,
                "value": finding.value,
                "hint": finding.hint,
                "expected": finding.expected,
            })).collect::<Vec<_>>(),
            "text": found(first, count),
        }))
    });
    groups.collect()
}
