//! What somebody corrected of the decisions about files of one source: kept by whoever stores it,
//! applied at the next reading, and shown as decided by hand.

use beffroi_model::{ColumnType, Confidence, Decision, Evidence, Reading, Schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Corrections of one kind of file. What is absent is left to intake.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Correction {
    /// How the file is read: encoding, delimiter, header line, sheet…
    pub reading: Reading,
    /// Of columns, by the id in the schema.
    pub columns: BTreeMap<String, ColumnCorrection>,
}

/// Corrections of one column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnCorrection {
    /// The header under which files have it.
    pub header: Option<String>,
    /// What its cells hold. Of a declared dataset the declaration tells.
    pub kind: Option<ColumnType>,
    /// Marks of a missing value, beside the usual ones.
    pub missing: Vec<String>,
    /// Marks of secrecy.
    pub secret: Vec<String>,
    /// Marks of a cell that makes no sense.
    pub not_applicable: Vec<String>,
}

impl Correction {
    /// Whether nothing is corrected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds another correction; where both speak, the other one counts.
    pub fn extend(&mut self, other: Self) {
        self.reading = over(&other.reading, &self.reading);
        self.columns.extend(other.columns);
    }

    /// A declared reading as corrected.
    #[must_use]
    pub fn reading(&self, declared: &Reading) -> Reading {
        over(&self.reading, declared)
    }

    /// A schema as corrected.
    #[must_use]
    pub fn schema(&self, schema: &Schema) -> Schema {
        let mut schema = schema.clone();
        for column in &mut schema.columns {
            let Some(corrected) = self.columns.get(column.id.as_str()) else {
                continue;
            };
            if let Some(header) = &corrected.header {
                // First, for it to be found before what else the column may be called.
                column.headers.insert(0, header.clone());
            }
            column.kind = corrected.kind.unwrap_or(column.kind);
            let marks = [
                (&mut column.missing_marks, &corrected.missing),
                (&mut column.secret_marks, &corrected.secret),
                (&mut column.not_applicable_marks, &corrected.not_applicable),
            ];
            for (known, added) in marks {
                known.extend(added.iter().cloned());
            }
        }
        schema
    }

    /// Marks the decisions about a file that were corrected as made by hand.
    pub fn mark(&self, source: &str, decisions: &mut Vec<Decision>) {
        for (subject, value) in self.subjects() {
            let place = decisions
                .iter()
                .position(|it| it.source == source && it.subject == subject && it.column.is_none());
            let mut decision = match place {
                Some(place) => decisions.remove(place),
                None => Decision::new(source, subject, value),
            };
            decision.evidence = by_hand();
            decision.confidence = Confidence::Sure;
            decisions.insert(place.unwrap_or(decisions.len()), decision);
        }
        for (id, column) in &self.columns {
            decisions.push(Decision {
                column: Some(id.clone()),
                evidence: by_hand(),
                ..Decision::new(source, "column-corrected", column.words())
            });
        }
    }

    /// The decisions that the reading takes out of intake's hands.
    fn subjects(&self) -> Vec<(&'static str, String)> {
        let reading = &self.reading;
        let mark = reading.decimal_mark.map(|mark| match mark {
            ',' => "comma".to_owned(),
            _ => "point".to_owned(),
        });
        let order = reading.month_first.map(|month_first| match month_first {
            true => "month-day".to_owned(),
            false => "day-month".to_owned(),
        });
        [
            ("sheet", reading.sheet.clone()),
            ("header", reading.header_line.map(|line| line.to_string())),
            ("records", reading.records.clone()),
            ("encoding", reading.encoding.clone()),
            ("delimiter", reading.delimiter.clone()),
            ("decimal-mark", mark),
            ("date-order", order),
        ]
        .into_iter()
        .filter_map(|(subject, value)| Some((subject, value?)))
        .collect()
    }
}

impl ColumnCorrection {
    /// What is corrected, in few words: the header, then the marks.
    fn words(&self) -> String {
        let marks = self.missing.iter().chain(&self.secret);
        let marks = marks.chain(&self.not_applicable).map(String::as_str);
        let words: Vec<&str> = self.header.as_deref().into_iter().chain(marks).collect();
        words.join(", ")
    }
}

fn by_hand() -> Option<Evidence> {
    Some(Evidence {
        code: "by-hand".to_owned(),
        args: Vec::new(),
    })
}

/// A reading where it speaks, another one elsewhere.
fn over(first: &Reading, second: &Reading) -> Reading {
    let text = |first: &Option<String>, second: &Option<String>| first.clone().or(second.clone());
    Reading {
        sheet: text(&first.sheet, &second.sheet),
        header_line: first.header_line.or(second.header_line),
        records: text(&first.records, &second.records),
        encoding: text(&first.encoding, &second.encoding),
        delimiter: text(&first.delimiter, &second.delimiter),
        decimal_mark: first.decimal_mark.or(second.decimal_mark),
        month_first: first.month_first.or(second.month_first),
    }
}
