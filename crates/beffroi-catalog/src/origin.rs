//! Where bytes come from, when it is declared: places, addresses that may be reached, times.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use ipnet::IpNet;
use std::{fmt, net::IpAddr};
use url::Url;

/// Where bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Files of the data folder: a path, with `*` for any characters in the last part.
    File(String),
    /// Files that people put into the inbox: a name, with `*` for any characters.
    Inbox(String),
    /// A recorded feed of the data folder, replayed by the time of day.
    Replay {
        /// The recording.
        file: String,
        /// Seconds between two readings.
        every: u64,
    },
    /// A file on the web, or a live feed.
    Url {
        /// Its address.
        url: Url,
        /// The environment variable that holds a header to send (`Authorization: Bearer …`).
        header_env: Option<String>,
        /// Seconds between two readings of a live feed; `None`: a file, fetched as scheduled.
        every: Option<u64>,
    },
    /// A dataset of an Opendatasoft site, by its Explore API v2.1.
    Opendatasoft {
        /// The site (`https://data.ville.fr`).
        site: Url,
        /// The id of the dataset there.
        dataset: String,
        /// A condition of its query language.
        condition: Option<String>,
        /// The environment variable that holds a header to send (`Authorization: Apikey …`).
        header_env: Option<String>,
    },
    /// A table or the answer to a query of a PostgreSQL database.
    Postgres {
        /// What holds the connection (`postgresql://reader:…@host/base`).
        connection: Secret,
        /// What is read there.
        rows: Rows,
    },
}

impl Source {
    /// Seconds between two readings of a live source.
    #[must_use]
    pub fn every(&self) -> Option<u64> {
        match self {
            Self::Replay { every, .. } => Some(*every),
            Self::Url { every, .. } => *every,
            _ => None,
        }
    }

    /// Whether it is fetched from another machine, as scheduled.
    #[must_use]
    pub fn is_fetched(&self) -> bool {
        match self {
            Self::File(_) | Self::Inbox(_) | Self::Replay { .. } => false,
            Self::Url { every, .. } => every.is_none(),
            Self::Opendatasoft { .. } | Self::Postgres { .. } => true,
        }
    }

    /// Whether it can bring what another one brings. Of two queries of one database this is known
    /// only when they are the same.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            // What stands for a source that is wrong.
            (Self::File(path), _) | (_, Self::File(path)) if path.is_empty() => false,
            (
                Self::File(one) | Self::Replay { file: one, .. },
                Self::File(other) | Self::Replay { file: other, .. },
            )
            | (Self::Inbox(one), Self::Inbox(other)) => fit_one_name(one, other),
            (Self::Url { url: one, .. }, Self::Url { url: other, .. }) => {
                let whole = |url: &Url| {
                    let mut url = url.clone();
                    url.set_fragment(None);
                    url
                };
                whole(one) == whole(other)
            }
            (
                Self::Opendatasoft { site, dataset, .. },
                Self::Opendatasoft {
                    site: other_site,
                    dataset: other_dataset,
                    ..
                },
            ) => (site, dataset) == (other_site, other_dataset),
            (Self::Postgres { .. }, Self::Postgres { .. }) => self == other,
            _ => false,
        }
    }

    /// What readers are told of it: an address without its query, which may hold a key.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::File(path) | Self::Inbox(path) => path.clone(),
            Self::Replay { file, .. } => file.clone(),
            Self::Url { url, .. } => bare(url),
            Self::Opendatasoft { site, dataset, .. } => {
                format!("{} · {dataset}", bare(site).trim_end_matches('/'))
            }
            Self::Postgres { rows, .. } => match rows {
                Rows::Table(table) => format!("PostgreSQL · {table}"),
                Rows::Query(_) => "PostgreSQL".to_owned(),
            },
        }
    }
}

/// Whether some path fits both of two patterns, in which `*` stands for any characters but `/`.
/// Upper and lower case are one: they are to many file systems.
fn fit_one_name(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|it| it.to_lowercase().chars().collect::<Vec<char>>());
    // Whether what is left of `one` and what is left of `other` fit one text, from the ends.
    let mut below = vec![false; other.len() + 1];
    for left in (0..=one.len()).rev() {
        let mut fits = vec![false; other.len() + 1];
        for right in (0..=other.len()).rev() {
            let skips = |c: Option<&char>| c.is_some_and(|c| *c != '/');
            fits[right] = match (one.get(left), other.get(right)) {
                (None, None) => true,
                (Some('*'), next) => below[right] || skips(next) && fits[right + 1],
                (next, Some('*')) => fits[right + 1] || skips(next) && below[right],
                (Some(a), Some(b)) => a == b && below[right + 1],
                _ => false,
            };
        }
        below = fits;
    }
    below.first() == Some(&true)
}

/// An address without what follows `?`.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

/// Where something is that declarations may not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file, outside of the declarations.
    File(String),
}

impl Secret {
    /// The secret itself, without the line end of its file.
    ///
    /// # Errors
    /// When the variable is not set, or the file cannot be read; names it.
    pub fn read(&self) -> std::io::Result<String> {
        use std::io::Error;
        let text = match self {
            Self::Env(name) => {
                std::env::var(name).map_err(|error| Error::other(format!("{name}: {error}")))?
            }
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|error| Error::new(error.kind(), format!("{path}: {error}")))?,
        };
        Ok(text.trim().to_owned())
    }

    /// `env:NAME` or `file:/path`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix("env:") {
            return is_variable(name).then(|| Self::Env(name.to_owned()));
        }
        let path = text.strip_prefix("file:")?;
        path.starts_with('/').then(|| Self::File(path.to_owned()))
    }
}

/// Whether a text can name an environment variable.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What is read of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// A table or a view: `schema.table`.
    Table(String),
    /// A query that only reads.
    Query(String),
}

/// `[network]`: what the program may reach beside the public internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Private addresses and hosts that may be reached.
    pub allow: Vec<Allowed>,
    /// A file of certificates (PEM) trusted beside those of the system.
    pub certificates: Option<String>,
}

/// Something private that may be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A range of addresses.
    Range(IpNet),
    /// A host, whatever its address.
    Host(String),
}

impl Network {
    /// Whether it names the machine of an address, by its name or by the number written there. What
    /// a declaration itself says to be this machine is named.
    #[must_use]
    pub fn names(&self, url: &Url) -> bool {
        let address = match url.host() {
            None => return false,
            Some(url::Host::Domain("localhost")) => return true,
            Some(url::Host::Domain(name)) => {
                return self.allow.iter().any(|it| match it {
                    Allowed::Host(host) => host.eq_ignore_ascii_case(name),
                    Allowed::Range(_) => false,
                });
            }
            Some(url::Host::Ipv4(address)) => IpAddr::V4(address),
            Some(url::Host::Ipv6(address)) => IpAddr::V6(address),
        };
        address.is_loopback()
            || self.allow.iter().any(|it| match it {
                Allowed::Range(range) => range.contains(&address),
                Allowed::Host(_) => false,
            })
    }
}

impl Allowed {
    /// `10.0.0.0/8`, `10.1.2.3` or `intranet.ville.fr`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(range) = text.parse::<IpNet>() {
            return Some(Self::Range(range));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::Range(address.into()));
        }
        // `10.0.0` and `10.0.0.0/33` are addresses badly written, not hosts.
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let named = text.split('.').all(is_label)
            && text
                .split('.')
                .next_back()
                .is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
        named.then(|| Self::Host(text.to_ascii_lowercase()))
    }
}

/// When a source is fetched: five fields of cron, at the time of Paris.
///
/// On the night when clocks go forward a time that does not exist falls just after the gap; on the
/// night when they go back a time that exists twice counts once.
#[derive(Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    cron: Cron,
}

impl Schedule {
    /// What is fetched without a schedule is fetched every day at six.
    pub(crate) const DAILY: &str = "0 6 * * *";

    /// Reads five fields: minute, hour, day of month, month, day of week.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let schedule = Self {
            cron: parser.parse(text).ok()?,
            text: text.trim().to_owned(),
        };
        // The thirtieth of February never comes.
        schedule.after(DateTime::UNIX_EPOCH).map(|_| schedule)
    }

    /// The first time after an instant.
    #[must_use]
    pub fn after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = instant.with_timezone(&Paris);
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        Some(next.with_timezone(&Utc))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({:?})", self.text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The times after one in Paris, as they are read on a wall in Paris.
    fn times(schedule: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(schedule).unwrap();
        let mut at: DateTime<Utc> = from.parse().unwrap();
        (0..count)
            .map(|_| {
                at = schedule.after(at).unwrap();
                at.with_timezone(&Paris)
                    .format("%a %d/%m %H:%M %z")
                    .to_string()
            })
            .collect()
    }

    #[test]
    fn working_days_at_six_are_those_of_paris() {
        assert_eq!(
            times("0 6 * * 1-5", "2026-06-12T03:59:00Z", 3),
            [
                "Fri 12/06 06:00 +0200",
                "Mon 15/06 06:00 +0200",
                "Tue 16/06 06:00 +0200"
            ]
        );
        assert_eq!(
            times("*/20 8-9 1,15 * *", "2026-01-01T07:30:00Z", 5),
            [
                "Thu 01/01 08:40 +0100",
                "Thu 01/01 09:00 +0100",
                "Thu 01/01 09:20 +0100",
                "Thu 01/01 09:40 +0100",
                "Thu 15/01 08:00 +0100"
            ]
        );
        // Day of month or day of week, as cron has it.
        assert_eq!(
            times("0 0 13 * 5", "2026-02-10T00:00:00Z", 3),
            [
                "Fri 13/02 00:00 +0100",
                "Fri 20/02 00:00 +0100",
                "Fri 27/02 00:00 +0100"
            ]
        );
    }

    #[test]
    fn the_two_odd_nights_run_each_job_once() {
        // 29 March 2026: 02:00 becomes 03:00.
        assert_eq!(
            times("30 2 * * *", "2026-03-28T12:00:00Z", 2),
            ["Sun 29/03 03:00 +0200", "Mon 30/03 02:30 +0200"]
        );
        // 25 October 2026: 03:00 becomes 02:00.
        assert_eq!(
            times("30 2 * * *", "2026-10-24T12:00:00Z", 2),
            ["Sun 25/10 02:30 +0200", "Mon 26/10 02:30 +0100"]
        );
    }

    #[test]
    fn what_never_comes_or_is_not_cron_is_no_schedule() {
        for text in [
            "",
            "6h",
            "0 6 * *",
            "0 6 * * * *",
            "60 6 * * *",
            "0 24 * * *",
            "0 0 30 2 *",
            "0 0 0 * *",
            "tous les jours",
        ] {
            assert!(Schedule::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn sources_meet_where_some_file_is_of_both() {
        for (one, other, meet) in [
            ("rh/agents.csv", "rh/agents.csv", true),
            ("rh/agents.csv", "rh/Agents.csv", true),
            ("rh/agents.csv", "rh/absences.csv", false),
            ("rh/agents_*.csv", "rh/agents_2024.csv", true),
            ("rh/agents_*.csv", "rh/agents.csv", false),
            ("rh/agents_*.csv", "rh/*_2024.*", true),
            ("rh/agents_*.csv", "rh/*.xlsx", false),
            ("rh/a*b*c", "rh/a*d*c", true),
            ("rh/a*b", "rh/b*a", false),
            ("rh/*", "rh/*", true),
            ("rh/**", "rh/", true),
            ("rh/*.csv", "*.csv", false),
            ("*", "rh/agents.csv", false),
            ("", "", false),
            ("", "*", false),
        ] {
            let [one, other] = [one, other].map(|path| Source::File(path.to_owned()));
            assert_eq!(one.meets(&other), meet, "{one:?} {other:?}");
            assert_eq!(other.meets(&one), meet, "{other:?} {one:?}");
        }
        let url = |text: &str, header_env: Option<&str>| Source::Url {
            url: Url::parse(text).unwrap(),
            header_env: header_env.map(str::to_owned),
            every: None,
        };
        let first = url("https://ville.fr/rh?annee=2024", None);
        assert!(first.meets(&url("https://VILLE.fr/rh?annee=2024#haut", Some("CLE"))));
        assert!(!first.meets(&url("https://ville.fr/rh?annee=2025", None)));
        let portal = |dataset: &str, condition: &str| Source::Opendatasoft {
            site: Url::parse("https://data.ville.fr").unwrap(),
            dataset: dataset.to_owned(),
            condition: Some(condition.to_owned()),
            header_env: None,
        };
        assert!(portal("rh", "annee > 2020").meets(&portal("rh", "service = 'x'")));
        assert!(!portal("rh", "").meets(&portal("arbres", "")));
        let base = |rows| Source::Postgres {
            connection: Secret::Env("RH".to_owned()),
            rows,
        };
        let table = |name: &str| base(Rows::Table(name.to_owned()));
        assert!(table("rh.agents").meets(&table("rh.agents")));
        assert!(!table("rh.agents").meets(&table("rh.absences")));
        let [put, replayed] = ["rh.json", "rh.json"].map(str::to_owned);
        let replayed = Source::Replay {
            file: replayed,
            every: 60,
        };
        assert!(Source::File("*.json".to_owned()).meets(&replayed));
        assert!(!Source::Inbox(put).meets(&Source::File("rh.json".to_owned())));
    }

    #[test]
    fn what_may_be_reached_is_a_range_an_address_or_a_host() {
        let range = |text: &str| Some(Allowed::Range(text.parse().unwrap()));
        assert_eq!(Allowed::parse("10.0.0.0/8"), range("10.0.0.0/8"));
        assert_eq!(Allowed::parse("10.1.2.3"), range("10.1.2.3/32"));
        assert_eq!(Allowed::parse("fd00::1"), range("fd00::1/128"));
        assert_eq!(
            Allowed::parse("Intranet.ville.fr"),
            Some(Allowed::Host("intranet.ville.fr".to_owned()))
        );
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0",
            "http://a.fr",
            "a b",
            "*.ville.fr",
            ".fr",
            "a:80",
        ] {
            assert_eq!(Allowed::parse(wrong), None, "{wrong}");
        }
    }
}
