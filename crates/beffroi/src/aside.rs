//! A file beside a version, for people: it opens in Excel (mark of UTF-8, `;`, no cell taken for a
//! formula) and is there whole or not at all.

use beffroi_model::DatasetId;
use beffroi_text::disarmed;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A file being written; made when the first record comes.
pub struct Aside {
    /// Relative to the state folder, as manifests name it.
    name: String,
    path: PathBuf,
    /// What the version before left, named when nothing new comes.
    former: Option<String>,
    /// The file whose records come before the new ones.
    begins_with: Option<PathBuf>,
    out: Option<csv::Writer<BufWriter<File>>>,
}

impl Aside {
    /// The file of a version in one of the folders beside the warehouse. `former` is that of the
    /// version before.
    pub fn new(
        state: &Path,
        folder: &str,
        dataset: &DatasetId,
        number: u32,
        former: Option<String>,
    ) -> Self {
        let name = format!("{folder}/{dataset}/v{number:06}.csv");
        Self {
            path: state.join(&name),
            name,
            former,
            begins_with: None,
            out: None,
        }
    }

    /// Has the records of the former file come before the new ones.
    pub fn after_former(mut self, state: &Path) -> Self {
        self.begins_with = self.former.as_ref().map(|former| state.join(former));
        self
    }

    /// Where it will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a record has been written.
    pub fn has_begun(&self) -> bool {
        self.out.is_some()
    }

    /// Adds a record.
    pub fn record<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> io::Result<()> {
        let out = match &mut self.out {
            Some(out) => out,
            None => self
                .out
                .insert(start(&temporary(&self.path), self.begins_with.as_deref())?),
        };
        for cell in cells {
            out.write_field(disarmed(cell.as_ref()).as_bytes())?;
        }
        Ok(out.write_record(None::<&[u8]>)?)
    }

    /// Puts the file in its place. Returns its name, or that of the former one when nothing came.
    pub fn finish(mut self) -> io::Result<Option<String>> {
        let Some(mut out) = self.out.take() else {
            return Ok(self.former.take());
        };
        out.flush()?;
        let file = out
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))?;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        fs::rename(temporary(&self.path), &self.path)?;
        Ok(Some(std::mem::take(&mut self.name)))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if self.out.take().is_some() {
            // Best effort: an import that failed has nothing to show.
            let _ = fs::remove_file(temporary(&self.path));
        }
    }
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension("tmp")
}

fn start(path: &Path, former: Option<&Path>) -> io::Result<csv::Writer<BufWriter<File>>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = BufWriter::new(File::create(path)?);
    match former.map(File::open) {
        Some(Ok(mut former)) => {
            io::copy(&mut former, &mut file)?;
        }
        Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => file.write_all("\u{feff}".as_bytes())?,
    }
    Ok(csv::WriterBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(file))
}
