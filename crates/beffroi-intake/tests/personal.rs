//! What is declared personal leaves no trace, wherever it stands in the file.
#![allow(clippy::unwrap_used)]

use beffroi_intake::{Input, Reject, Sink, read};
use beffroi_model::{Batch, ColumnId, ColumnSpec, ColumnType, Grain, Reading, Schema};
use std::convert::Infallible;

#[derive(Debug, Default)]
struct Everything {
    batches: Vec<Batch>,
    rejects: Vec<Reject>,
}

impl Sink for Everything {
    type Error = Infallible;
    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        self.batches.push(batch);
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        self.rejects.push(reject);
        Ok(())
    }
}

fn column(id: &str, kind: ColumnType, personal: bool) -> ColumnSpec {
    ColumnSpec {
        required: id == "date",
        personal,
        ..ColumnSpec::new(ColumnId::new(id).unwrap(), kind)
    }
}

#[test]
fn no_personal_value_is_kept_or_shown() {
    let schema = Schema::of(vec![
        column("nom", ColumnType::Text, true),
        column("date", ColumnType::Date { grain: Grain::Day }, false),
        column("motif", ColumnType::Text, false),
        column("jours", ColumnType::Integer, false),
    ]);
    let file = "nom;date;motif;jours;prénom\n\
        PERSO;01/02/2024;maladie;3;PERSO\n\
        PERSO;hier;maladie;3;PERSO\n\
        PERSO;01/02/2024;maladie;trois;PERSO\n\
        PERSO;PERSO;01/02/2024;maladie;3;PERSO\n\
        01/02/2024;PERSO;3\n\
        PERSO;01/02/2024;maladie;3\n\
        PERSO\n\
        Total PERSO;;;9;\n\
        ;;;;PERSO\n\
        PERSO;01/02/2024;mal\u{fffd}adie;3;PERSO\n\
        PERSO;01/02/2024;maladie;3;PERSO\n\
        Note : PERSO;;;;\n";
    let mut all = Everything::default();
    let outcome = read(
        Input::held("absences.csv", file.as_bytes()),
        &Reading::default(),
        &schema,
        &mut all,
    )
    .unwrap();
    let written = format!("{all:?} {outcome:?}");
    assert!(!written.contains("PERSO"), "{written}");
    assert_eq!(all.batches.iter().map(Batch::len).sum::<usize>(), 3);
    assert!(
        all.batches
            .iter()
            .all(|batch| batch.column("nom").is_none() && batch.columns.len() == 3)
    );
    assert_eq!(outcome.rows_rejected, all.rejects.len() as u64);
}

#[test]
fn a_row_taken_for_a_header_is_not_shown() {
    let schema = Schema::of(vec![column("nom", ColumnType::Text, true)]);
    let input = Input::held("absences.csv", b"PERSO;maladie\nPERSO;maladie\n");
    let error = read(
        input,
        &Reading::default(),
        &schema,
        &mut Everything::default(),
    )
    .unwrap_err();
    assert!(!format!("{error:?} {error}").contains("PERSO"), "{error:?}");
}
