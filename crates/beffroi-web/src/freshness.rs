//! Whether a dataset came when it was promised.

use crate::parts;
use crate::town::Snapshot;
use beffroi_catalog::{Dataset, Frequency};
use beffroi_model::Version;
use beffroi_text::{Lang, t, t_args};
use chrono::{TimeDelta, Utc};
use maud::Markup;

/// Readings of a live source that may be missed before it counts as silent.
const MISSED_READINGS: u64 = 5;

/// How fresh a dataset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It came in time.
    UpToDate,
    /// The next delivery is late by that many days.
    Late(i64),
    /// A live source no longer speaks.
    Silent,
    /// Nothing came yet.
    Never,
}

impl Freshness {
    /// How fresh a dataset is today.
    pub fn of(town: &Snapshot, dataset: &Dataset) -> Self {
        let version = town.versions.get(&dataset.id);
        if let (Some(every), Some(feed)) = (dataset.source.every(), town.feeds.get(&dataset.id)) {
            let patience = every.saturating_mul(MISSED_READINGS).clamp(60, 86_400);
            let patience = TimeDelta::seconds(i64::try_from(patience).unwrap_or(86_400));
            return match feed.last_success {
                Some(at) if Utc::now() - at <= patience => Self::UpToDate,
                Some(_) => Self::Silent,
                None => Self::Never,
            };
        }
        let Some(source) = version.and_then(|version| version.newest_source()) else {
            return Self::Never;
        };
        let age = (town.today() - source.extracted_on).num_days();
        match dataset.frequency.late_after_days() {
            Some(limit) if age > limit => Self::Late(age - limit),
            _ => Self::UpToDate,
        }
    }

    /// Whether something is to be asked for.
    pub fn is_late(self) -> bool {
        self != Self::UpToDate
    }

    /// Sign and words.
    pub fn badge(self, lang: Lang) -> Markup {
        match self {
            Self::UpToDate => parts::plain_badge("atteint", &t(lang, "fresh-up-to-date")),
            Self::Late(days) if days > 60 => parts::plain_badge(
                "retard",
                &t_args(lang, "fresh-late-months", &[("count", (days / 30).into())]),
            ),
            Self::Late(days) => parts::plain_badge(
                "surveiller",
                &t_args(lang, "fresh-late-days", &[("count", days.into())]),
            ),
            Self::Silent => parts::plain_badge("retard", &t(lang, "fresh-silent")),
            Self::Never => parts::plain_badge("sans", &t(lang, "fresh-never")),
        }
    }
}

/// When the newest delivery of a version was extracted.
pub(crate) fn extracted(version: &Version) -> Option<chrono::NaiveDate> {
    version.newest_source().map(|source| source.extracted_on)
}

/// The message of a promised frequency.
pub(crate) fn frequency(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Live => "frequency-live",
        Frequency::Daily => "frequency-daily",
        Frequency::Weekly => "frequency-weekly",
        Frequency::Monthly => "frequency-monthly",
        Frequency::Quarterly => "frequency-quarterly",
        Frequency::Yearly => "frequency-yearly",
        Frequency::Irregular => "frequency-irregular",
    }
}
