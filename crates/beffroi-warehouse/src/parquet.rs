//! One Parquet file: written batch by batch in bounded memory, scanned lazily.

use crate::{
    WarehouseError,
    frame::{frame, parquet_schema},
    state::at,
};
use beffroi_model::{Batch, Schema};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude as pl;
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

/// Rows gathered before they are written as one row group.
const ROW_GROUP: usize = 262_144;

/// A Parquet file being written.
pub struct ParquetFile {
    path: PathBuf,
    schema: Schema,
    file: File,
    writer: BatchedWriter<BufWriter<File>>,
    waiting: Option<pl::DataFrame>,
    rows: u64,
}

impl ParquetFile {
    /// Starts a file; one that is there is replaced.
    pub fn create(path: &Path, schema: &Schema) -> Result<Self, WarehouseError> {
        let file = File::create(path).map_err(at(path))?;
        let buffered = BufWriter::new(file.try_clone().map_err(at(path))?);
        let writer = pl::ParquetWriter::new(buffered).batched(&parquet_schema(schema))?;
        Ok(Self {
            path: path.to_owned(),
            schema: schema.clone(),
            file,
            writer,
            waiting: None,
            rows: 0,
        })
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &Batch) -> Result<(), WarehouseError> {
        let frame = frame(&self.schema, batch)?;
        self.write_frame(frame)
    }

    /// Adds the rows of a frame of the same columns.
    pub(crate) fn write_frame(&mut self, frame: pl::DataFrame) -> Result<(), WarehouseError> {
        self.rows += frame.height() as u64;
        let gathered = match self.waiting.take() {
            Some(mut waiting) => {
                waiting.vstack_mut_owned(frame)?;
                waiting
            }
            None => frame,
        };
        if gathered.height() >= ROW_GROUP {
            self.flush(gathered)?;
        } else {
            self.waiting = Some(gathered);
        }
        Ok(())
    }

    fn flush(&mut self, mut frame: pl::DataFrame) -> Result<(), WarehouseError> {
        frame.rechunk_mut();
        self.writer.write_batch(&frame)?;
        Ok(())
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Ends the file and puts it on the disk for good. Returns its rows.
    pub fn finish(mut self) -> Result<u64, WarehouseError> {
        if let Some(frame) = self.waiting.take()
            && frame.height() > 0
        {
            self.flush(frame)?;
        }
        self.writer.finish()?;
        // The buffer is flushed when the writer goes; only then is everything in the file.
        drop(self.writer);
        self.file.sync_all().map_err(at(&self.path))?;
        Ok(self.rows)
    }
}

/// A lazy scan of Parquet files of one schema.
pub fn scan(paths: &[PathBuf]) -> Result<pl::LazyFrame, WarehouseError> {
    let paths = paths
        .iter()
        .map(|path| pl::PlRefPath::try_from_path(path))
        .collect::<pl::PolarsResult<Vec<_>>>()?;
    // Names are exact: `glob` would read a `[` of the state folder's name as a pattern.
    let args = pl::ScanArgsParquet {
        glob: false,
        allow_missing_columns: true,
        ..pl::ScanArgsParquet::default()
    };
    Ok(pl::LazyFrame::scan_parquet_files(paths.into(), args)?)
}
