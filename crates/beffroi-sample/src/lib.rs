//! The sample town, Clairval-sur-Aure: every file that its departments would deliver, made by
//! rule, the same to the byte each time. [`generate`] writes them, and
//! [`recompute`] works every indicator out from them by plain loops.
//!
//! Figures tell one story across files; the files have the shapes that towns really have. The
//! program under `crates/beffroi` reads them like any other town's.

mod accounts;
mod bikes;
mod civic;
mod climate;
mod environment;
mod families;
mod finance;
mod housing;
mod mobility;
mod output;
mod payments;
mod planning;
mod random;
mod recompute;
mod schools;
mod street;
mod surroundings;
mod town;

use output::Folder;
pub use output::SampleError;
pub use recompute::{Series, recompute};
use std::path::Path;

/// Writes all files of the sample town into a folder, over those of the same names.
///
/// # Errors
/// When a file cannot be written.
pub fn generate(folder: &Path) -> Result<(), SampleError> {
    let folder = Folder(folder);
    housing::write(&folder)?;
    finance::write(&folder)?;
    bikes::write(&folder)?;
    mobility::write(&folder)?;
    environment::write(&folder)?;
    schools::write(&folder)?;
    climate::write(&folder)?;
    civic::write(&folder)?;
    payments::write(&folder)?;
    planning::write(&folder)?;
    street::write(&folder)?;
    surroundings::write(&folder)?;
    families::write(&folder)
}
