//! The file of rows set aside: opens in Excel, tells for each row where it stood and why.

use crate::failure::found;
use beffroi_intake::Reject;
use beffroi_model::{Finding, Severity};
use beffroi_text::disarmed;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A reject file being written; made when the first row comes.
pub struct Rejects {
    path: PathBuf,
    former: Option<PathBuf>,
    out: Option<csv::Writer<BufWriter<File>>>,
    header: Option<Arc<[String]>>,
}

impl Rejects {
    /// Rows will go to this file, after those of a former one.
    pub fn new(path: PathBuf, former: Option<PathBuf>) -> Self {
        Self {
            path,
            former,
            out: None,
            header: None,
        }
    }

    /// Adds a row.
    pub fn push(&mut self, source: &str, reject: &Reject) -> io::Result<()> {
        let out = match &mut self.out {
            Some(out) => out,
            None => self
                .out
                .insert(start(&temporary(&self.path), self.former.as_deref())?),
        };
        // Files of another shape bring their own header.
        if self.header.as_ref() != Some(&reject.header) {
            let ours = ["Fichier", "Ligne", "Motif", "Colonne"].map(str::to_owned);
            out.write_record(
                ours.iter()
                    .chain(reject.header.iter())
                    .map(|cell| disarmed(cell).into_owned()),
            )?;
            self.header = Some(Arc::clone(&reject.header));
        }
        let column = reject.column.clone().unwrap_or_default();
        let place = reject.header.iter().position(|header| *header == column);
        let value = place
            .and_then(|place| reject.cells.get(place))
            .cloned()
            .unwrap_or_default();
        let finding = Finding {
            severity: Severity::Error,
            kind: reject.kind,
            source: source.to_owned(),
            row: Some(reject.row),
            column: reject.column.clone(),
            value: Some(value),
            hint: None,
        };
        let reason = found(&finding, 1);
        let ours = [source.to_owned(), reject.row.to_string(), reason, column];
        out.write_record(
            ours.iter()
                .chain(&reject.cells)
                .map(|cell| disarmed(cell).into_owned()),
        )?;
        Ok(())
    }

    /// Puts the file in its place. Returns whether there is one.
    pub fn finish(&mut self) -> io::Result<bool> {
        let Some(mut out) = self.out.take() else {
            return Ok(false);
        };
        out.flush()?;
        let file = out
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))?;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        fs::rename(temporary(&self.path), &self.path)?;
        Ok(true)
    }
}

impl Drop for Rejects {
    fn drop(&mut self) {
        if self.out.take().is_some() {
            // Best effort: an import that failed has no rejects to show.
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
