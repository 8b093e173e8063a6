//! What must hold of any file, whatever its format: fuzz targets feed [`holds`].

use beffroi_intake::{Input, Recognised, Reject, Sink, is_guarded, preview, recognise};
use beffroi_model::{Batch, Finding, Reading};
use std::{
    convert::Infallible,
    io::{Cursor, Write},
    panic,
    sync::Once,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// All that reading a file comes to.
#[derive(Debug, Default, PartialEq)]
pub struct Kept {
    /// The schema and the decisions.
    pub told: String,
    /// The cells, in the notation of exports.
    pub rows: Vec<Vec<Option<String>>>,
    /// The rows set aside.
    pub rejects: Vec<Reject>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Sink for Kept {
    type Error = Infallible;

    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        for row in 0..batch.len() {
            let cells = batch.columns.iter().map(|column| column.data.exported(row));
            self.rows.push(cells.collect());
        }
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        self.rejects.push(reject);
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), Infallible> {
        self.findings.push(finding.clone());
        Ok(())
    }
}

/// Has panics of libraries, which intake meets, not end the fuzzing.
fn let_libraries_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_library = |file: &str| file.contains("/parquet-");
            let place = info.location().map(|place| place.file());
            if !(is_guarded() && place.is_some_and(is_library)) {
                usual(info);
            }
        }));
    });
}

/// Reads a file in every way and checks that
/// - it is refused in words or read, without a fault, the same each time;
/// - rows read are rows kept and rows set aside, and none is made up;
/// - what is kept is bounded by what was given.
///
/// Gives what was kept of it as it stands, when it was read.
pub fn holds(name: &str, bytes: &[u8]) -> Option<Kept> {
    let_libraries_panic();
    let input = Input::held(name, bytes);
    let read = recognise(input, &Reading::default());
    let previewed = preview(input, None, &beffroi_intake::Correction::default(), 5);
    let table = match read {
        Ok(table) => table,
        Err(error) => {
            assert_eq!(previewed.err(), Some(error));
            return None;
        }
    };
    let (standing, typed) = (kept(&table, false), kept(&table, true));
    let again = recognise(input, &Reading::default()).expect("it was read before");
    assert_eq!(standing, kept(&again, false), "as it stands");
    let previewed = previewed.expect("it was read");
    assert_eq!(previewed.rows_rejected as usize, typed.rejects.len());
    assert_eq!(standing.rejects, []);
    let rows = typed.rows.len() + typed.rejects.len();
    assert_eq!((previewed.rows_read as usize, standing.rows.len()), (rows, rows));
    // Cells of merged ranges and repeated ones come more than once.
    let size: usize = standing.rows.iter().flatten().flatten().map(String::len).sum();
    assert!(size <= 4096 * (bytes.len() + 4096), "{size} bytes kept");
    Some(standing)
}

/// What is kept of a table, each cell as it stands or in the type of its column.
fn kept(table: &Recognised<'_>, typed: bool) -> Kept {
    let mut kept = Kept::default();
    let outcome = if typed {
        table.read(&mut kept)
    } else {
        table.read_text(&mut kept)
    };
    let outcome = outcome.expect("a table that was surveyed is read");
    assert_eq!(
        outcome.rows_read as usize,
        kept.rows.len() + kept.rejects.len()
    );
    assert_eq!(outcome.rows_rejected as usize, kept.rejects.len());
    let is_told = |reject: &Reject| {
        let mut findings = kept.findings.iter();
        findings.any(|finding| finding.row == Some(reject.row) && finding.kind == reject.kind)
    };
    assert!(kept.rejects.iter().all(is_told));
    assert!(table.rows().count() as u64 >= outcome.rows_read);
    let width = table.schema.columns.len();
    assert!(kept.rows.iter().all(|row| row.len() == width));
    kept.told = format!("{:?} {:?}", table.schema, outcome.decisions);
    kept
}

/// A ZIP archive of these parts, packed or as they are.
pub fn zipped(parts: &[(&str, &[u8])], packed: bool) -> Vec<u8> {
    let method = if packed {
        CompressionMethod::Deflated
    } else {
        CompressionMethod::Stored
    };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, options).expect("a new part");
        writer.write_all(bytes).expect("into memory");
    }
    writer.finish().expect("into memory").into_inner()
}

/// The parts of an input, each after a line `-- name`; what stands before the first is that of
/// the first of `names`. Parts that are not given are those of `usual`.
pub fn parts<'a>(input: &'a [u8], usual: &[(&'static str, &'a [u8])]) -> Vec<(&'static str, &'a [u8])> {
    let mut parts = usual.to_vec();
    let mark = b"\n-- ";
    let (mut at, mut rest) = (0, input);
    loop {
        let end = rest.windows(mark.len()).position(|window| window == mark);
        let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if let Some(place) = parts.get_mut(at) {
            place.1 = part;
        }
        let Some(end) = end else { return parts };
        rest = rest.get(end + mark.len()..).unwrap_or_default();
        let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let (name, after) = rest.split_at(line);
        at = usual
            .iter()
            .position(|(known, _)| known.as_bytes() == name)
            .unwrap_or(usize::MAX);
        rest = after.get(1..).unwrap_or_default();
    }
}
