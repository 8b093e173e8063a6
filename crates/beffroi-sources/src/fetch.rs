//! What is fetched from elsewhere, as scheduled: into a file of the state folder when it is new,
//! with a record of how it went.

use crate::{
    Delivered, Fetched, Limits, Request, SourceError, Validators, Web, opendatasoft, postgres,
};
use beffroi_catalog::{Dataset, Network, Schedule, Source};
use beffroi_model::DatasetId;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};
use url::Url;

/// The wait after a first failure; it doubles, up to [`LONGEST_WAIT`], and never goes beyond the
/// next scheduled time.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);
/// Bytes of one reading of a live source.
const READING_BYTES: u64 = 64 << 20;

/// What is known of a fetched source between two times: `sources/<dataset>.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Checksum of the source as declared: another source is fetched at once.
    #[serde(default)]
    declared: String,
    #[serde(default)]
    validators: Validators,
    /// SHA-256 of the newest file.
    #[serde(default)]
    sha256: Option<String>,
    /// What the server said that the file is: a hint.
    #[serde(default)]
    content_type: Option<String>,
    /// The last attempt.
    pub tried: Option<DateTime<Utc>>,
    /// The last attempt that went well, with something new or not.
    pub succeeded: Option<DateTime<Utc>>,
    /// Failures since.
    #[serde(default)]
    pub failures: u32,
}

impl Record {
    /// That of a dataset; a new one when there is none, or none that can be read.
    #[must_use]
    pub fn load(state: &Path, dataset: &Dataset) -> Self {
        let record = fs::read(path(state, &dataset.id))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .unwrap_or_default();
        let declared = declared(&dataset.source);
        if record.declared == declared {
            record
        } else {
            Self {
                declared,
                ..Self::default()
            }
        }
    }

    /// When it is to be fetched next: at once when it never was, or was not while it should have.
    #[must_use]
    pub fn next(&self, schedule: &Schedule, now: DateTime<Utc>) -> DateTime<Utc> {
        let Some(tried) = self.tried else {
            return now;
        };
        // A clock that was ahead does not put it off for years.
        let tried = tried.min(now);
        let scheduled = schedule.after(tried).unwrap_or(now);
        match self.failures.checked_sub(1) {
            None => scheduled,
            Some(doublings) => {
                let wait = FIRST_WAIT * (1 << doublings.min(10));
                scheduled.min(tried + wait.min(LONGEST_WAIT))
            }
        }
    }

    fn save(&self, state: &Path, dataset: &DatasetId) -> Result<(), SourceError> {
        let path = path(state, dataset);
        let written = || {
            let folder = path.parent().unwrap_or(state);
            fs::create_dir_all(folder)?;
            let part = path.with_extension("json.part");
            let mut file = fs::File::create(&part)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        written().map_err(|cause| SourceError::Io {
            path: path.clone(),
            cause,
        })
    }
}

fn path(state: &Path, dataset: &DatasetId) -> PathBuf {
    state.join("sources").join(format!("{dataset}.json"))
}

fn declared(source: &Source) -> String {
    crate::sha256_hex(format!("{source:?}").as_bytes())
}

/// Fetches a dataset's source. Says whether there is something new, which is then the newest of
/// [`Delivered`]; how it went is in the [`Record`] in any case.
///
/// # Errors
/// It cannot be had; what was delivered before stays.
pub fn fetch(
    state: &Path,
    network: &Network,
    dataset: &Dataset,
    limits: Limits,
) -> Result<bool, SourceError> {
    let mut record = Record::load(state, dataset);
    let now = Utc::now();
    record.tried = Some(now);
    let fetched = fetch_new(state, network, dataset, limits, &mut record, now);
    record.failures = match fetched {
        Ok(_) => 0,
        Err(_) => record.failures.saturating_add(1),
    };
    if fetched.is_ok() {
        record.succeeded = Some(now);
    }
    record.save(state, &dataset.id)?;
    fetched
}

fn fetch_new(
    state: &Path,
    network: &Network,
    dataset: &Dataset,
    limits: Limits,
    record: &mut Record,
    now: DateTime<Utc>,
) -> Result<bool, SourceError> {
    let delivered = Delivered::new(state, &dataset.id);
    let part = delivered.part()?;
    let known = record.validators.clone();
    let fetched = match &dataset.source {
        Source::Url {
            url, header_env, ..
        } => {
            let request = request(dataset, url, header_env.as_deref(), known)?;
            Web::new(network, limits)?.fetch(&request, &part)?
        }
        Source::Opendatasoft {
            site,
            dataset: id,
            condition,
            header_env,
        } => {
            let request = request(dataset, site, header_env.as_deref(), known)?;
            let web = Web::new(network, limits)?;
            opendatasoft::fetch(&web, request, id, condition.as_deref(), &part)?
        }
        Source::Postgres { connection, rows } => {
            let name = dataset.id.as_str();
            let fetched = postgres::fetch(network, connection, rows, limits, &part, name)?;
            Some(fetched)
        }
        Source::File(_) | Source::Inbox(_) | Source::Replay { .. } => None,
    };
    let Some(fetched) = fetched else {
        return Ok(false);
    };
    let same = record.sha256.as_deref() == Some(&fetched.sha256);
    record.validators = fetched.validators;
    record.content_type = fetched.content_type;
    if same {
        let _ = fs::remove_file(&part);
        return Ok(false);
    }
    delivered.take(&part, &fetched.name, now)?;
    record.sha256 = Some(fetched.sha256);
    Ok(true)
}

/// One reading of a live source on the web.
///
/// # Errors
/// It cannot be had.
pub fn reading(
    state: &Path,
    network: &Network,
    dataset: &Dataset,
    limits: Limits,
) -> Result<Vec<u8>, SourceError> {
    let Source::Url {
        url, header_env, ..
    } = &dataset.source
    else {
        return Ok(Vec::new());
    };
    let limits = Limits {
        bytes: READING_BYTES.min(limits.bytes),
        ..limits
    };
    let part = Delivered::new(state, &dataset.id).part()?;
    let request = request(dataset, url, header_env.as_deref(), Validators::default())?;
    let fetched = Web::new(network, limits)?.fetch(&request, &part)?;
    let read = fetched
        .map(|Fetched { path, .. }| fs::read(path))
        .transpose();
    let _ = fs::remove_file(&part);
    let bytes = read.map_err(|cause| SourceError::Io { path: part, cause })?;
    Ok(bytes.unwrap_or_default())
}

fn request(
    dataset: &Dataset,
    url: &Url,
    header_env: Option<&str>,
    known: Validators,
) -> Result<Request, SourceError> {
    Ok(Request {
        url: url.clone(),
        header: header_env.map(header).transpose()?,
        known,
        name: None,
        fallback: dataset.id.to_string(),
    })
}

/// The header that an environment variable holds: `Name: value`.
fn header(variable: &str) -> Result<(HeaderName, HeaderValue), SourceError> {
    let bad = |reason| SourceError::NoSecret {
        name: variable.to_owned(),
        reason,
    };
    let text = std::env::var(variable).map_err(|_| bad("the variable is not set"))?;
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| bad("it is not a header, `Name: value`"))?;
    let name = name.trim().parse();
    let mut value: HeaderValue = value
        .trim()
        .parse()
        .map_err(|_| bad("the value cannot be sent"))?;
    value.set_sensitive(true);
    Ok((name.map_err(|_| bad("the name cannot be sent"))?, value))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_missed_is_due_and_what_fails_is_tried_again_ever_later() {
        let schedule = Schedule::parse("0 6 * * *").unwrap();
        let record = |tried: &str, failures| Record {
            tried: Some(at(tried)),
            failures,
            ..Record::default()
        };
        let now = at("2026-06-10T12:00:00Z");
        assert_eq!(Record::default().next(&schedule, now), now);
        // Six in Paris is four in summer.
        let next = |tried: &str, failures| record(tried, failures).next(&schedule, now);
        assert_eq!(next("2026-06-10T04:00:01Z", 0), at("2026-06-11T04:00:00Z"));
        assert!(next("2026-06-07T04:00:00Z", 0) < now, "three were missed");
        assert_eq!(next("2026-06-10T11:59:00Z", 1), at("2026-06-10T12:04:00Z"));
        assert_eq!(next("2026-06-10T11:59:00Z", 3), at("2026-06-10T12:19:00Z"));
        assert_eq!(next("2026-06-10T11:59:00Z", 99), at("2026-06-10T17:59:00Z"));
        // Not beyond the next scheduled time.
        assert_eq!(next("2026-06-10T03:58:00Z", 99), at("2026-06-10T04:00:00Z"));
        // A clock that was years ahead.
        assert_eq!(next("2036-06-10T03:58:00Z", 0), at("2026-06-11T04:00:00Z"));
    }
}
