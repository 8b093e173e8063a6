//! Dataset versions on disk.
//!
//! Takes [`Batch`](beffroi_model::Batch)es, leaves a [`Version`]: a manifest naming immutable
//! Parquet parts. In a state folder:
//!
//! ```text
//! var/beffroi.json                         marks the folder as ours
//! var/writer.lock                          held by whoever writes
//! var/warehouse/<dataset>/v000007.json     manifest of version 7
//! var/warehouse/<dataset>/p-….parquet      a part, shared by the versions that name it
//! var/warehouse/<dataset>/originals/<sha>  a file as it was delivered, shared likewise
//! var/shown/<dataset>.json                 what was shown of a dataset under secrecy
//! var/rejects/<dataset>/v000007.csv        rows set aside, written by the program
//! var/findings/<dataset>/v000007.csv       all that was found, likewise
//! ```
//!
//! Everything is written as temporary file, fsync, rename: the manifest last, so that a kill at
//! any instant leaves the former version in place. What no manifest names is swept by the next
//! writer, rejects and findings included.
//!
//! A warehouse may lie over another: it has the datasets that stand in its own state folder, and sees
//! the others beneath, where it never writes.
//!
//! Beside a column `x` that can hold masked cells stands `x__state`, the code of its
//! [`CellState`](beffroi_model::CellState) in each row.

mod changes;
mod content;
mod import;
mod layer;
mod originals;
mod parquet;
mod profile;
mod read_back;
mod shown;
mod state;

pub use import::{Import, ImportMeta, Mode};
pub use originals::{KeepError, Kept};
pub use parquet::{GroupReader, ParquetFile, PartReader, Rows, Texts, Values, Vector};
pub use shown::Shown;
pub use state::{Warehouse, WarehouseError, Writer};

/// The name of the state column beside a column.
#[must_use]
pub fn state_column(column: &str) -> String {
    format!("{column}__state")
}
