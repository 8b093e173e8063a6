//! Why bytes cannot be had.

use std::{io, path::PathBuf};

/// Why a source cannot be read. Users read the message `source-<code>` of the locales, with
/// [`args`](Self::args); what is written here is for the log.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The declared path leaves the data folder, or has `*` before its last part.
    #[error("`{pattern}` is not a path under the data folder")]
    BadPattern {
        /// As declared.
        pattern: String,
    },
    /// No file fits the pattern.
    #[error("no file fits `{pattern}`")]
    NotFound {
        /// As declared.
        pattern: String,
    },
    /// A link leads out of the data folder.
    #[error("`{name}` leads out of the data folder")]
    Outside {
        /// The file, relative to the data folder.
        name: String,
    },
    /// The file is larger than allowed.
    #[error("`{name}` has more than {limit} bytes")]
    TooLarge {
        /// The file, relative to the data folder.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The recording of a feed does not have the shape of one.
    #[error("the recording cannot be replayed: {reason}")]
    BadRecording {
        /// What is wrong.
        reason: String,
    },
    /// No machine has that name.
    #[error("no address for `{host}`")]
    UnknownHost {
        /// The machine.
        host: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The machine is not on the public internet, and the town does not allow it.
    #[error("`{host}` is a private address")]
    PrivateAddress {
        /// The machine.
        host: String,
    },
    /// Nobody answers, or not in time.
    #[error("`{host}` does not answer: {reason}")]
    NoAnswer {
        /// The machine.
        host: String,
        /// Why, without the address asked for.
        reason: String,
    },
    /// The other side cannot prove who it is.
    #[error("no secure connection to `{host}`: {reason}")]
    NotTrusted {
        /// The machine.
        host: String,
        /// Why.
        reason: String,
    },
    /// The answer is an error.
    #[error("`{host}` answers {status}")]
    Status {
        /// The machine.
        host: String,
        /// The status of HTTP.
        status: u16,
    },
    /// The answer leads nowhere, in circles or to where nothing may be fetched.
    #[error("`{host}` redirects badly: {reason}")]
    BadRedirect {
        /// The machine.
        host: String,
        /// Why.
        reason: &'static str,
    },
    /// The answer broke off, or is not what it says.
    #[error("the answer of `{host}` is not whole: {reason}")]
    Incomplete {
        /// The machine.
        host: String,
        /// Why.
        reason: String,
    },
    /// The answer is empty.
    #[error("`{host}` sends an empty file")]
    Empty {
        /// The machine.
        host: String,
    },
    /// It takes too long.
    #[error("fetching from `{host}` takes more than {seconds} s")]
    TooLong {
        /// The machine.
        host: String,
        /// The limit.
        seconds: u64,
    },
    /// A secret is not where the declaration says.
    #[error("`{name}` does not hold what is declared: {reason}")]
    NoSecret {
        /// The variable or file.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// The certificates that the town declares cannot be used.
    #[error("no certificate can be read from `{path}`")]
    BadCertificates {
        /// The file.
        path: String,
    },
    /// A database does not let in, or does not let read.
    #[error("the database of `{host}` refuses: {reason}")]
    DatabaseRefuses {
        /// The machine.
        host: String,
        /// Its words.
        reason: String,
    },
    /// What is to be read is not in the database, or is not a question.
    #[error("the database of `{host}` does not take the query: {reason}")]
    BadQuery {
        /// The machine.
        host: String,
        /// Its words, which name tables and columns.
        reason: String,
    },
    /// The database fails.
    #[error("the database of `{host}` fails: {reason}")]
    DatabaseFails {
        /// The machine.
        host: String,
        /// Its words.
        reason: String,
    },
    /// A portal has more records than it gives one page after the other.
    #[error("`{host}` has {count} records, and gives {limit} at most")]
    TooManyRecords {
        /// The machine.
        host: String,
        /// How many there are.
        count: u64,
        /// How many can be read.
        limit: u64,
    },
    /// The system refuses.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl SourceError {
    /// A stable name in kebab case: the end of a message id, `source-<code>`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadPattern { .. } => "bad-pattern",
            Self::NotFound { .. } => "not-found",
            Self::Outside { .. } => "outside",
            Self::TooLarge { .. } => "too-large",
            Self::BadRecording { .. } => "bad-recording",
            Self::UnknownHost { .. } => "unknown-host",
            Self::PrivateAddress { .. } => "private-address",
            Self::NoAnswer { .. } => "no-answer",
            Self::NotTrusted { .. } => "not-trusted",
            Self::Status {
                status: 401 | 403, ..
            } => "refused",
            Self::Status {
                status: 404 | 410, ..
            } => "gone",
            Self::Status { .. } => "status",
            Self::BadRedirect { .. } => "bad-redirect",
            Self::Incomplete { .. } => "incomplete",
            Self::Empty { .. } => "empty",
            Self::TooLong { .. } => "too-long",
            Self::NoSecret { .. } => "no-secret",
            Self::BadCertificates { .. } => "bad-certificates",
            Self::DatabaseRefuses { .. } => "database-refuses",
            Self::BadQuery { .. } => "bad-query",
            Self::DatabaseFails { .. } => "database-fails",
            Self::TooManyRecords { .. } => "too-many-records",
            Self::Io { .. } => "unreadable",
        }
    }

    /// Whether trying again soon may help.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::Incomplete { .. } => true,
            Self::Status { status, .. } => *status >= 500 || matches!(status, 408 | 429),
            _ => false,
        }
    }

    /// What the message names: `source` (the pattern, file or machine), `value` (a limit in MiB or
    /// minutes, a status, a count), `hint` (another count).
    #[must_use]
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::BadPattern { pattern } | Self::NotFound { pattern } => {
                vec![("source", pattern.clone())]
            }
            Self::Outside { name } => vec![("source", name.clone())],
            Self::TooLarge { name, limit } => {
                vec![
                    ("source", name.clone()),
                    ("value", (limit >> 20).to_string()),
                ]
            }
            Self::BadRecording { .. } => Vec::new(),
            Self::UnknownHost { host, .. }
            | Self::PrivateAddress { host }
            | Self::NoAnswer { host, .. }
            | Self::NotTrusted { host, .. }
            | Self::BadRedirect { host, .. }
            | Self::Incomplete { host, .. }
            | Self::DatabaseRefuses { host, .. }
            | Self::DatabaseFails { host, .. }
            | Self::Empty { host } => vec![("source", host.clone())],
            Self::Status { host, status } => {
                vec![("source", host.clone()), ("value", status.to_string())]
            }
            Self::TooLong { host, seconds } => {
                vec![
                    ("source", host.clone()),
                    ("value", seconds.div_ceil(60).to_string()),
                ]
            }
            Self::BadQuery { host, reason } => {
                vec![("source", host.clone()), ("hint", reason.clone())]
            }
            Self::NoSecret { name, .. } => vec![("source", name.clone())],
            Self::BadCertificates { path } => vec![("source", path.clone())],
            Self::TooManyRecords { host, count, limit } => vec![
                ("source", host.clone()),
                ("value", count.to_string()),
                ("hint", limit.to_string()),
            ],
            Self::Io { path, .. } => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                vec![("source", name.to_string_lossy().into_owned())]
            }
        }
    }
}
