//! How fresh and how good datasets are, as pages show it.

use crate::parts;
use crate::town::Snapshot;
use beffroi_catalog::{Dataset, Frequency};
use beffroi_model::Version;
use beffroi_quality::{Freshness, Moment, Quality};
use beffroi_text::{Lang, t, t_args};
use chrono::Utc;
use maud::Markup;

/// How fresh a dataset is today.
pub(crate) fn freshness(town: &Snapshot, dataset: &Dataset) -> Freshness {
    Freshness::of(dataset, version(town, dataset), moment(town, dataset))
}

/// What a dataset is worth today.
pub(crate) fn quality(town: &Snapshot, dataset: &Dataset) -> Quality {
    beffroi_quality::quality(dataset, version(town, dataset), moment(town, dataset))
}

fn version<'t>(town: &'t Snapshot, dataset: &Dataset) -> Option<&'t Version> {
    town.versions.get(&dataset.id).map(AsRef::as_ref)
}

fn moment(town: &Snapshot, dataset: &Dataset) -> Moment {
    let feed = town.feeds.get(&dataset.id);
    Moment {
        today: town.today(),
        now: Utc::now(),
        last_reading: feed.and_then(|feed| feed.last_success),
    }
}

/// Sign and words.
pub(crate) fn badge(lang: Lang, freshness: Freshness) -> Markup {
    match freshness {
        Freshness::UpToDate => parts::plain_badge("atteint", &t(lang, "fresh-up-to-date")),
        Freshness::Late(days) if days > 60 => parts::plain_badge(
            "retard",
            &t_args(lang, "fresh-late-months", &[("count", (days / 30).into())]),
        ),
        Freshness::Late(days) => parts::plain_badge(
            "surveiller",
            &t_args(lang, "fresh-late-days", &[("count", days.into())]),
        ),
        Freshness::Silent => parts::plain_badge("retard", &t(lang, "fresh-silent")),
        Freshness::Never => parts::plain_badge("sans", &t(lang, "fresh-never")),
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
