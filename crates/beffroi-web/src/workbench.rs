//! What pages of the workshop ask of the program: files looked at before anything is kept of them,
//! the town as it would be with a draft, and publication.

use crate::town::Snapshot;
use beffroi_catalog::Diagnostics;
use beffroi_model::{DatasetId, Progress, Version};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A draft, as the program needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Drafted {
    /// Its number, which names its folder.
    pub id: i64,
    /// Drafted files: path under the declarations → text; `None` removes the file.
    pub files: BTreeMap<String, Option<String>>,
    /// Files delivered with it.
    pub deliveries: Vec<Brought>,
}

/// A file that was brought.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Brought {
    /// The dataset it is for, once that is known.
    pub dataset: Option<DatasetId>,
    /// As it was named.
    pub name: String,
    /// Where it lies: a file name in the draft's folder.
    pub stored: String,
    /// Corrections of how it is read: JSON of `beffroi_intake::Correction`; empty for none.
    pub correction: String,
}

/// What looking at a file has come to.
#[derive(Debug, Clone)]
pub enum Looked {
    /// Done.
    Ready(Arc<beffroi_intake::Preview>),
    /// Under way: how far it has come.
    UnderWay(Progress),
    /// The file is refused; why, in French, for users.
    Refused(String),
}

/// The town with a draft over it.
#[derive(Clone)]
pub struct Overlaid {
    /// The state of the town with it; `None` when its declarations do not hold.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What does not hold.
    pub problems: Arc<Diagnostics>,
    /// Why a dataset could not be read into it, or is not shown in it, in French.
    pub unread: BTreeMap<DatasetId, String>,
    /// What the draft's versions change against those shown now.
    pub changes: BTreeMap<DatasetId, Arc<Version>>,
}

/// Why a draft was not published.
#[derive(Debug, Clone)]
pub enum Unpublished {
    /// The declarations do not hold with it.
    Wrong(Arc<Diagnostics>),
    /// A file on disk is no longer what the draft began from: its path and its present text.
    Moved(Vec<(String, Option<String>)>),
    /// The disk said no, in French.
    Failed(String),
}

/// The program's side of the workshop. Its calls may take long: none belongs on a thread that
/// answers requests.
pub trait Workbench: Send + Sync {
    /// The folder where a draft's files lie; made when missing, private.
    ///
    /// # Errors
    /// The disk said no.
    fn folder(&self, draft: i64) -> std::io::Result<PathBuf>;

    /// The text of a declaration as it is on disk now; `None` when there is none.
    ///
    /// # Errors
    /// The path is not that of a dataset, an indicator or a board, or the disk said no.
    fn declared(&self, path: &str) -> std::io::Result<Option<String>>;

    /// Looks at a brought file: recognised by itself, or read by the dataset that it names when that
    /// one has columns. Waits up to `patience` for the end.
    fn look(&self, draft: &Drafted, file: &Brought, patience: Duration) -> Looked;

    /// The town with the draft over it. Reads delivered files into the draft's own warehouse when
    /// they have not been.
    fn overlay(&self, draft: &Drafted) -> Overlaid;

    /// The datasets whose files are named like this one.
    fn claiming(&self, name: &str) -> Vec<DatasetId>;

    /// Fetches what an address gives into a file that is there, up to so many bytes, and tells how
    /// it is named.
    ///
    /// # Errors
    /// Why not, in French, for users.
    fn fetch(&self, address: &str, into: &Path, most: u64) -> Result<String, String>;

    /// Publishes a draft: done again after an interruption, it completes what was begun. `bases`
    /// is, for each drafted path, the text that it began from.
    ///
    /// # Errors
    /// See [`Unpublished`].
    fn publish(
        &self,
        draft: &Drafted,
        bases: &BTreeMap<String, Option<String>>,
    ) -> Result<(), Unpublished>;

    /// Forgets all files of a draft.
    fn forget(&self, draft: i64);
}

impl fmt::Debug for dyn Workbench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workbench")
    }
}
