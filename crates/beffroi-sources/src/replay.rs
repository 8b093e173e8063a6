//! A recorded feed, replayed by the time of day: a live source for a sample town, or for a day
//! without network.
//!
//! ```json
//! { "every": 600, "readings": [
//!   { "at": "00:00", "body": { "results": [ { "libres": 12, "horodatage": "{horodatage}" } ] } },
//!   { "at": "00:10", "error": "HTTP 503" }
//! ] }
//! ```

use crate::SourceError;
use chrono::{Days, NaiveDateTime, NaiveTime};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A text of a body that stands for the instant of the reading, in local time.
const INSTANT: &str = "\"{horodatage}\"";

/// One day of a feed.
#[derive(Debug)]
pub struct Replay {
    every: Option<u64>,
    /// By time of day.
    readings: Vec<Recorded>,
}

/// Why a live source gives nothing just now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It answers, but with an error.
    #[error("the feed answers {0}")]
    Status(u16),
    /// It fails in its own words.
    #[error("the feed fails: {0}")]
    Failed(String),
}

#[derive(Debug)]
struct Recorded {
    at: NaiveTime,
    answer: Result<Box<RawValue>, FeedError>,
}

#[derive(Deserialize)]
struct Recording {
    every: Option<u64>,
    readings: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    at: String,
    status: Option<u16>,
    body: Option<Box<RawValue>>,
    error: Option<String>,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    /// The bytes are no recording, or one without readings.
    pub fn load(bytes: &[u8]) -> Result<Self, SourceError> {
        let bad = |reason: String| SourceError::BadRecording { reason };
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let recording: Recording =
            serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
        let mut readings = Vec::with_capacity(recording.readings.len());
        for entry in recording.readings {
            let at = ["%H:%M:%S", "%H:%M"]
                .iter()
                .find_map(|form| NaiveTime::parse_from_str(&entry.at, form).ok());
            let at = at.ok_or_else(|| bad(format!("`{}` is not a time of day", entry.at)))?;
            let answer = match (entry.error, entry.status, entry.body) {
                (Some(error), ..) => Err(FeedError::Failed(error)),
                (None, Some(status), _) if status >= 400 => Err(FeedError::Status(status)),
                (None, _, Some(body)) => Ok(body),
                (None, ..) => return Err(bad(format!("the reading at {} has no body", entry.at))),
            };
            readings.push(Recorded { at, answer });
        }
        if readings.is_empty() {
            return Err(bad("there are no readings".to_owned()));
        }
        readings.sort_by_key(|reading| reading.at);
        Ok(Self {
            every: recording.every,
            readings,
        })
    }

    /// Seconds between two readings, when the recording says.
    #[must_use]
    pub fn every(&self) -> Option<u64> {
        self.every
    }

    /// What the source answers at an instant in local time: its last reading by the time of day,
    /// yesterday's last one before the first of the day.
    ///
    /// # Errors
    /// The source failed at that time, as a live one would.
    pub fn at(&self, now: NaiveDateTime) -> Result<Vec<u8>, FeedError> {
        let past = self
            .readings
            .iter()
            .rfind(|reading| reading.at <= now.time());
        let yesterday = now
            .date()
            .checked_sub_days(Days::new(1))
            .unwrap_or(now.date());
        let (reading, day) = match past {
            Some(reading) => (Some(reading), now.date()),
            None => (self.readings.last(), yesterday),
        };
        let Some(reading) = reading else {
            return Ok(Vec::new());
        };
        let body = reading.answer.as_ref().map_err(Clone::clone)?;
        let instant = day
            .and_time(reading.at)
            .format("\"%Y-%m-%dT%H:%M:%S\"")
            .to_string();
        Ok(body.get().replace(INSTANT, &instant).into_bytes())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const DAY: &str = r#"{ "every": 600, "readings": [
        { "at": "08:10", "status": 200, "body": { "libres": 7, "quand": "{horodatage}", "mot": "le {horodatage}" } },
        { "at": "08:00", "body": { "libres": 9, "quand": "{horodatage}" } },
        { "at": "08:20", "error": "coupure" },
        { "at": "08:30", "status": 503, "body": {} },
        { "at": "23:50", "body": "pas du tout" }
    ] }"#;

    fn at(time: &str) -> Result<String, FeedError> {
        let now = format!("2026-06-10T{time}").parse().unwrap();
        Replay::load(DAY.as_bytes())
            .unwrap()
            .at(now)
            .map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_day_is_replayed_by_the_clock() {
        assert_eq!(
            at("08:09:59").unwrap(),
            r#"{ "libres": 9, "quand": "2026-06-10T08:00:00" }"#
        );
        assert_eq!(
            at("08:10:00").unwrap(),
            r#"{ "libres": 7, "quand": "2026-06-10T08:10:00", "mot": "le {horodatage}" }"#
        );
        assert_eq!(at("08:25:00"), Err(FeedError::Failed("coupure".to_owned())));
        assert_eq!(at("09:00:00"), Err(FeedError::Status(503)));
        assert_eq!(at("23:59:00").unwrap(), "\"pas du tout\"");
    }

    #[test]
    fn before_the_first_reading_yesterday_s_last_one_holds() {
        let text = r#"{"readings":[{"at":"06:00","body":["{horodatage}"]}]}"#;
        let replay = Replay::load(text.as_bytes()).unwrap();
        let now = "2026-06-10T05:00:00".parse().unwrap();
        assert_eq!(replay.at(now).unwrap(), br#"["2026-06-09T06:00:00"]"#);
        assert_eq!(replay.every(), None);
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        for text in [
            "",
            "{}",
            r#"{"readings":[]}"#,
            r#"{"readings":[{"at":"25:00","body":1}]}"#,
            r#"{"readings":[{"at":"08:00"}]}"#,
        ] {
            assert_eq!(
                Replay::load(text.as_bytes()).unwrap_err().code(),
                "bad-recording",
                "{text}"
            );
        }
    }
}
