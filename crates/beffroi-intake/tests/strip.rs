//! The copy that may be kept of a file with personal data.
#![allow(clippy::unwrap_used)]

use beffroi_intake::{Input, Reject, Sink, read, strip, stripped_reading};
use beffroi_model::{Batch, ColumnId, ColumnSpec, ColumnType, Finding, Reading, Schema};
use std::convert::Infallible;

#[derive(Default)]
struct Seen {
    rows: usize,
    rejected: Vec<u64>,
    found: Vec<(Option<u64>, Option<String>)>,
}

impl Sink for Seen {
    type Error = Infallible;
    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        self.rows += batch.len();
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        self.rejected.push(reject.row);
        Ok(())
    }
    fn finding(&mut self, finding: &Finding) -> Result<(), Infallible> {
        self.found.push((finding.row, finding.value.clone()));
        Ok(())
    }
}

fn schema() -> Schema {
    let column = |id: &str, kind, personal| ColumnSpec {
        personal,
        ..ColumnSpec::new(ColumnId::new(id).unwrap(), kind)
    };
    Schema::of(vec![
        column("agent", ColumnType::Text, true),
        column("motif", ColumnType::Text, false),
        column("jours", ColumnType::Integer, false),
    ])
}

const FILE: &str = "Extraction faite par PERSO\n\nAgent;Motif;Jours;Prénom\n\
    PERSO;\"deux\nlignes \"\"et\"\" des guillemets\";3;PERSO\n\nPERSO;congé;trois;PERSO\n\
    PERSO;PERSO;formation;3;PERSO\nPERSO;formation;1 200;PERSO\n";

#[test]
fn a_stripped_copy_names_nobody_and_reads_like_the_file() {
    let input = Input::held("absences.csv", FILE.as_bytes());
    let mut copy = Vec::new();
    strip(input, &Reading::default(), &schema(), &mut copy).unwrap();
    assert!(!String::from_utf8(copy.clone()).unwrap().contains("PERSO"));

    let mut whole = Seen::default();
    read(input, &Reading::default(), &schema(), &mut whole).unwrap();
    let mut stripped = Seen::default();
    let input = Input::held("absences.csv", &copy);
    read(
        input,
        &stripped_reading(&Reading::default()),
        &schema(),
        &mut stripped,
    )
    .unwrap();
    assert_eq!((whole.rows, stripped.rows), (2, 2));
    // The row out of line is in no copy; the other one stands on its line.
    assert_eq!(
        (&whole.rejected[..], &stripped.rejected[..]),
        (&[7, 8][..], &[7][..])
    );
    assert!(
        stripped
            .found
            .contains(&(Some(7), Some("trois".to_owned())))
    );

    // A copy of the copy, as when another column has become personal since.
    let mut again = Vec::new();
    strip(
        input,
        &stripped_reading(&Reading::default()),
        &schema(),
        &mut again,
    )
    .unwrap();
    assert_eq!(again, copy);
}
