//! Whatever the bytes, reading ends in rows or in words.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use beffroi_intake::{Input, Reject, Sink, recognise};
use beffroi_model::{Batch, FindingKind, Reading};
use proptest::prelude::*;
use std::{convert::Infallible, fs, path::Path};

/// Counts what comes.
#[derive(Default)]
struct Counted {
    kept: u64,
    rejected: u64,
    incomplete: u64,
}

impl Sink for Counted {
    type Error = Infallible;
    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        self.kept += batch.len() as u64;
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        self.rejected += 1;
        self.incomplete += u64::from(reject.kind == FindingKind::RequiredEmpty);
        Ok(())
    }
}

fn all_rows_are_accounted_for(name: &str, bytes: &[u8]) {
    if let Ok(recognised) = recognise(Input::held(name, bytes), &Reading::default()) {
        let mut counted = Counted::default();
        let outcome = recognised
            .read(&mut counted)
            .expect("this sink has no errors");
        assert_eq!(outcome.rows_read, counted.kept + counted.rejected);
        assert_eq!(outcome.rows_rejected, counted.rejected);
        assert_eq!(outcome.rows_incomplete, counted.incomplete);
        assert!(recognised.rows().count() as u64 >= outcome.rows_read);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        all_rows_are_accounted_for("x", &bytes);
    }

    #[test]
    fn any_table(text in "([a-z0-9éÀ ,.\"/-]{0,8}[;,\t\n\r|]){0,60}") {
        all_rows_are_accounted_for("x.csv", text.as_bytes());
    }

    #[test]
    fn any_json(text in "[\\[\\]{}\":,a-c0-9.e \n-]{0,60}") {
        all_rows_are_accounted_for("x.json", text.as_bytes());
    }
}

#[test]
fn files_of_the_corpus_cut_short_or_with_bytes_changed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below.max(1) as u64).unwrap()
    };
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        for _ in 0..12 {
            let mut changed = bytes.clone();
            if !changed.is_empty() {
                for _ in 0..random(4) {
                    let at = random(changed.len());
                    changed[at] = u8::try_from(random(256)).unwrap();
                }
                changed.truncate(random(changed.len()).max(changed.len() / 4));
            }
            all_rows_are_accounted_for(name, &changed);
        }
    }
}
