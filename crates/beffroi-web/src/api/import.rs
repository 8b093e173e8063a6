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
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .json(json!({ "import": file.as_deref().map(told) })))
}

fn told(file: &FileUnderWay) -> Value {
    json!({
        "dataset": file.dataset,
        "file": file.file,
        "pass": file.progress.pass.as_str(),
        "bytes": file.progress.bytes,
        "of": file.progress.of,
        "rows": file.progress.rows,
        "findings": file.progress.findings,
    })
}
