//! Datasets of Opendatasoft portals, by the Explore API v2.1: the export in one piece, else, where
//! exports are closed, the records page after page.

use crate::{Fetched, Request, SourceError, Validators, Web, sink::Sink};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{fs, path::Path};
use url::Url;

/// Records of a page: the most that the API gives.
const PAGE: u64 = 100;
/// Records that the API gives page after page: `offset + limit` may not go beyond.
const REACH: u64 = 10_000;

/// Fetches a dataset into `path`. The request holds the site, and what goes with every request.
pub(crate) fn fetch(
    web: &Web,
    mut request: Request,
    dataset: &str,
    condition: Option<&str>,
    path: &Path,
) -> Result<Option<Fetched>, SourceError> {
    let site = request.url.clone();
    request.name = Some(format!("{dataset}.csv"));
    request.url = address(&site, dataset, "exports/csv");
    {
        let mut query = request.url.query_pairs_mut();
        query.append_pair("delimiter", ";");
        query.append_pair("with_bom", "false");
        query.append_pair("lang", "fr");
        query.append_pair("timezone", "Europe/Paris");
        if let Some(condition) = condition {
            query.append_pair("where", condition);
        }
    }
    let exported = web.fetch(&request, path);
    match exported {
        // What a portal answers that has no such export, or does not give it.
        Err(SourceError::Status { status, .. }) if !matches!(status, 401 | 404 | 429) => {
            request.known = Validators::default();
            pages(web, request, &site, dataset, condition, path).map(Some)
        }
        other => other,
    }
}

fn address(site: &Url, dataset: &str, what: &str) -> Url {
    let mut url = site.clone();
    let base = site.path().trim_end_matches('/');
    url.set_path(&format!(
        "{base}/api/explore/v2.1/catalog/datasets/{dataset}/{what}"
    ));
    url.set_query(None);
    url
}

/// One page of records.
#[derive(Deserialize)]
struct Page<'a> {
    total_count: u64,
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

impl<'a> Page<'a> {
    fn read(answer: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(answer)
    }

    /// Its records, each in one line, whatever their notation.
    fn lines(&self) -> impl Iterator<Item = String> {
        let records = self.results.iter();
        records.map(|record| record.get().replace(['\n', '\r'], " "))
    }
}

/// How many records there are in all and those of one page, each in one line.
#[cfg(fuzzing)]
pub(crate) fn page(answer: &[u8]) -> Option<(u64, Vec<String>)> {
    let page = Page::read(answer).ok()?;
    Some((page.total_count, page.lines().collect()))
}

/// All records, one JSON document in a line.
fn pages(
    web: &Web,
    mut request: Request,
    site: &Url,
    dataset: &str,
    condition: Option<&str>,
    path: &Path,
) -> Result<Fetched, SourceError> {
    let host = site.host_str().unwrap_or_default().to_owned();
    let incomplete = |reason: String| SourceError::Incomplete {
        host: host.clone(),
        reason,
    };
    let io_error = |cause| SourceError::Io {
        path: path.to_owned(),
        cause,
    };
    let one = path.with_extension("page");
    let mut sink = Sink::create(path, web.limits().bytes, false).map_err(io_error)?;
    let mut read = 0;
    loop {
        request.url = address(site, dataset, "records");
        {
            let mut query = request.url.query_pairs_mut();
            query.append_pair("limit", &PAGE.to_string());
            query.append_pair("offset", &read.to_string());
            query.append_pair("timezone", "Europe/Paris");
            if let Some(condition) = condition {
                query.append_pair("where", condition);
            }
        }
        let bytes = web.fetch(&request, &one).and_then(|fetched| match fetched {
            Some(_) => fs::read(&one).map_err(io_error),
            None => Err(incomplete("a page has not changed".to_owned())),
        });
        let _ = fs::remove_file(&one);
        let bytes = bytes?;
        let page = Page::read(&bytes).map_err(|error| incomplete(error.to_string()))?;
        if page.total_count > REACH {
            return Err(SourceError::TooManyRecords {
                host,
                count: page.total_count,
                limit: REACH,
            });
        }
        for line in page.lines() {
            sink.write(line.as_bytes())
                .and_then(|()| sink.write(b"\n"))
                .map_err(io_error)?;
        }
        read += page.results.len() as u64;
        if read >= page.total_count {
            break;
        }
        if page.results.is_empty() {
            let count = page.total_count;
            return Err(incomplete(format!("{read} records of {count} came")));
        }
    }
    let (bytes, sha256) = sink.finish().map_err(io_error)?;
    if bytes == 0 {
        return Err(SourceError::Empty { host });
    }
    Ok(Fetched {
        name: format!("{dataset}.jsonl"),
        path: path.to_owned(),
        bytes,
        sha256,
        content_type: None,
        validators: Validators::default(),
    })
}
