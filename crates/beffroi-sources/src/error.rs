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
            Self::Io { .. } => "unreadable",
        }
    }

    /// What the message names: `source` (the pattern or file), `value` (a limit in MiB).
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
            Self::Io { path, .. } => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                vec![("source", name.to_string_lossy().into_owned())]
            }
        }
    }
}
