//! Readings of a live source to versions.

use super::{KEEP_LIVE, next::NextVersion, referred, sweep};
use crate::failure::warehouse_message;
use beffroi_catalog::Dataset;
use beffroi_intake::{Context, Input};
use beffroi_model::{SourceFile, Version};
use beffroi_warehouse::{Mode, Writer};
use chrono::{DateTime, Utc};

/// Adds readings of a live source, each with the instant at which it was read, and leaves out those
/// that say what the one before said. Nothing when all did. The error is a message for users.
pub fn readings(
    writer: &Writer,
    dataset: &Dataset,
    file: &str,
    bodies: &[(DateTime<Utc>, Vec<u8>)],
) -> Result<Option<Version>, String> {
    let current = writer.warehouse().current(&dataset.id);
    let base = current.map_err(|error| warehouse_message(&error))?;
    // Another declaration cannot read what is no longer there: its history starts anew.
    let mut base = base.filter(|base| base.declaration == dataset.checksum);
    if let Some(base) = &mut base {
        // What is told is told of the last readings.
        base.findings = beffroi_model::Findings::default();
        base.decisions.clear();
        base.all_findings = None;
    }
    let mut next = NextVersion::open(
        writer,
        dataset,
        &dataset.checksum,
        Mode::Feed,
        base.as_ref(),
        None,
    )?;
    // One source stands for all readings of the feed; its counts go on.
    let former = base.as_ref().and_then(|base| base.sources.first());
    let mut source = SourceFile {
        name: file.to_owned(),
        sha256: former.map_or_else(String::new, |former| former.sha256.clone()),
        bytes: 0,
        modified: Utc::now(),
        extracted_on: chrono::Local::now().date_naive(),
        rows_read: former.map_or(0, |former| former.rows_read),
        rows_rejected: former.map_or(0, |former| former.rows_rejected),
        rows_incomplete: former.map_or(0, |former| former.rows_incomplete),
        original: None,
    };
    let referred = referred(writer.warehouse(), dataset);
    let mut failed = None;
    let (mut good, mut same) = (0_u32, 0_u32);
    for (at, body) in bodies {
        let sha256 = beffroi_sources::sha256_hex(body);
        if sha256 == source.sha256 {
            same += 1;
            continue;
        }
        let context = Context {
            delivered_on: Some(at.with_timezone(&chrono::Local).date_naive()),
            time: dataset.time.as_ref(),
            referred: &referred,
        };
        let input = Input::held(file, body);
        let read = next.read(input, &dataset.reading, &dataset.schema, &context);
        match read {
            Ok(outcome) => {
                good += 1;
                source.sha256 = sha256;
                source.bytes += body.len() as u64;
                source.modified = *at;
                source.rows_read += outcome.rows_read;
                source.rows_rejected += outcome.rows_rejected;
                source.rows_incomplete += outcome.rows_incomplete;
                next.note(outcome);
            }
            Err(message) => failed = Some(message),
        }
    }
    match (good, same, failed) {
        (0, _, Some(message)) => return Err(message),
        (0, 0, None) => return Err("La source n’a rien donné.".to_owned()),
        (0, ..) => return Ok(None),
        _ => {}
    }
    next.end_file(source)?;
    let version = next.close(true)?;
    sweep(writer, &dataset.id, KEEP_LIVE);
    Ok(Some(version))
}
