//! `/api/v1/import`: the file being read, for whoever waits for it.

use crate::failure::Failure;
use crate::guard::{Allowed, ReadAdmin};
use crate::town::FileUnderWay;
use actix_web::HttpResponse;
use actix_web::http::header;
use serde_json::{Value, json};

/// The file being read; `null` between two files.
pub(crate) async fn show(allowed: Allowed<ReadAdmin>) -> Result<HttpResponse, Failure> {
    let file = allowed.town().under_way.load();
    let told = file.as_deref().and_then(|file| {
        let dataset = allowed.catalog().datasets.get(&file.dataset)?;
        Some(told(file, allowed.counts_rows(&dataset.id)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .json(json!({ "import": told })))
}

/// How many rows a file has is told to who may know it; and how large it is, which tells nearly
/// the same.
fn told(file: &FileUnderWay, counts: bool) -> Value {
    let counted = |count: u64| counts.then_some(count);
    json!({
        "dataset": file.dataset,
        "file": file.file,
        "pass": file.progress.pass.as_str(),
        "bytes": counted(file.progress.bytes),
        "of": counted(file.progress.of),
        "rows": counted(file.progress.rows),
        "findings": counted(file.progress.findings),
    })
}
