//! One Parquet file: written batch by batch in bounded memory, row groups laid out on all
//! processors; scanned lazily.

mod bits;
mod chunk;
mod read;
mod schema;
mod unpack;

use crate::{WarehouseError, state::at};
use beffroi_model::{Batch, ColumnData, Schema};
use chunk::{Chunk, chunk};
use parquet::{
    errors::{ParquetError, Result},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::TypePtr,
};
pub use read::{GroupReader, PartReader, Rows, Texts, Values, Vector};
pub(crate) use schema::has_states;
use schema::{Leaf, leaves, named_leaves};
use std::{
    collections::VecDeque,
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
};

/// Rows gathered before they are written as one row group…
const GROUP_ROWS: usize = 122_880;
/// …or fewer, when their cells take that much room.
const GROUP_BYTES: usize = 32 << 20;

/// How much is written to the disk at once.
const WRITTEN: usize = 1 << 17;

/// A Parquet file being written.
pub struct ParquetFile {
    path: PathBuf,
    writer: SerializedFileWriter<BufWriter<File>>,
    leaves: Arc<[Leaf]>,
    gathered: Vec<Batch>,
    gathered_bytes: usize,
    /// Row groups being laid out, in the order of the file.
    laying_out: VecDeque<JoinHandle<Result<Vec<Chunk>>>>,
    processors: usize,
    rows: u64,
}

impl ParquetFile {
    /// Starts a part; a file that is there is replaced.
    pub fn create(path: &Path, schema: &Schema) -> std::result::Result<Self, WarehouseError> {
        Self::start(path, leaves(schema)?)
    }

    /// Starts a file for people: its columns bear the names given, in the order of the schema, and
    /// a cell without value is nothing but that.
    pub fn export(
        path: &Path,
        schema: &Schema,
        names: &[String],
    ) -> std::result::Result<Self, WarehouseError> {
        Self::start(path, named_leaves(schema, names)?)
    }

    fn start(
        path: &Path,
        (leaves, root): (Vec<Leaf>, TypePtr),
    ) -> std::result::Result<Self, WarehouseError> {
        let file = File::create(path).map_err(at(path))?;
        let file = BufWriter::with_capacity(WRITTEN, file);
        let properties = WriterProperties::builder()
            .set_created_by("Beffroi".to_owned())
            .build();
        Ok(Self {
            path: path.to_owned(),
            writer: SerializedFileWriter::new(file, root, Arc::new(properties))?,
            leaves: leaves.into(),
            gathered: Vec::new(),
            gathered_bytes: 0,
            laying_out: VecDeque::new(),
            processors: thread::available_parallelism().map_or(1, usize::from),
            rows: 0,
        })
    }

    /// Adds rows.
    pub fn write(&mut self, batch: Batch) -> std::result::Result<(), WarehouseError> {
        self.rows += batch.len() as u64;
        self.gathered_bytes += room(&batch);
        self.gathered.push(batch);
        let rows: usize = self.gathered.iter().map(Batch::len).sum();
        if rows >= GROUP_ROWS || self.gathered_bytes >= GROUP_BYTES {
            while self.laying_out.len() >= self.processors {
                self.put_next()?;
            }
            let group = self.next_group();
            self.laying_out.push_back(thread::spawn(group));
        }
        Ok(())
    }

    /// The work of laying out the rows gathered.
    fn next_group(&mut self) -> impl FnOnce() -> Result<Vec<Chunk>> + Send + use<> {
        self.gathered_bytes = 0;
        let batches = std::mem::take(&mut self.gathered);
        let leaves = self.leaves.clone();
        move || leaves.iter().map(|leaf| chunk(leaf, &batches)).collect()
    }

    /// Lays out rows that no others come after: on all processors, column by column.
    fn lay_out(&self, batches: &[Batch]) -> Result<Vec<Chunk>> {
        let chunks = |leaves: &[Leaf]| leaves.iter().map(|leaf| chunk(leaf, batches)).collect();
        let share = self.leaves.len().div_ceil(self.processors).max(1);
        thread::scope(|scope| {
            let shares = self.leaves.chunks(share);
            let shares = shares.map(|leaves| scope.spawn(move || chunks(leaves)));
            let shares: Vec<_> = shares.collect();
            let mut all = Vec::with_capacity(self.leaves.len());
            for share in shares {
                let chunks: Result<Vec<Chunk>> = share.join().map_err(|_| unlaid())?;
                all.extend(chunks?);
            }
            Ok(all)
        })
    }

    /// Writes the row group that was begun first.
    fn put_next(&mut self) -> Result<()> {
        let Some(group) = self.laying_out.pop_front() else {
            return Ok(());
        };
        let chunks = group.join().map_err(|_| unlaid())??;
        self.put(chunks)
    }

    fn put(&mut self, chunks: Vec<Chunk>) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for Chunk { bytes, close } in chunks {
            group.append_column(&bytes, close)?;
        }
        group.close()?;
        Ok(())
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Ends the file and puts it on the disk for good. Returns its rows.
    pub fn finish(mut self) -> std::result::Result<u64, WarehouseError> {
        let last = std::mem::take(&mut self.gathered);
        let last = (!last.is_empty()).then(|| self.lay_out(&last));
        while !self.laying_out.is_empty() {
            self.put_next()?;
        }
        if let Some(last) = last {
            self.put(last?)?;
        }
        let buffered = self.writer.into_inner()?;
        let file = buffered
            .into_inner()
            .map_err(|error| at(&self.path)(error.into_error()))?;
        file.sync_all().map_err(at(&self.path))?;
        Ok(self.rows)
    }
}

fn unlaid() -> ParquetError {
    ParquetError::General("a row group cannot be laid out".to_owned())
}

/// About how many bytes the cells of a batch take.
fn room(batch: &Batch) -> usize {
    let cells = batch.columns.iter().map(|column| match &column.data {
        ColumnData::Text(texts) => texts.bytes() + 8 * texts.len(),
        other => 16 * other.len(),
    });
    cells.sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::read_back::batches;
    use beffroi_model::{CellState, Column, ColumnId, ColumnSpec, ColumnType, Grain};
    use proptest::prelude::*;

    /// A column of each kind, what it holds drawn from `numbers`: one bit decides whether there is
    /// a value, the others which.
    fn rows(numbers: &[i64]) -> Batch {
        let value = |number: &i64| (number & 1 == 0).then_some(number >> 1);
        let cells = || numbers.iter().map(value);
        let texts: Vec<Option<String>> = cells()
            .map(|cell| cell.map(|cell| format!("é{cell}")))
            .collect();
        let state = |cell: Option<i64>| match cell {
            Some(_) => CellState::Value,
            None => CellState::Secret,
        };
        let columns = [
            (
                "texte",
                ColumnData::Text(texts.iter().map(Option::as_deref).collect()),
            ),
            ("entier", ColumnData::Integer(cells().collect())),
            (
                "montant",
                ColumnData::Decimal {
                    scale: 2,
                    values: cells().map(|cell| cell.map(i128::from)).collect(),
                },
            ),
            (
                "long",
                ColumnData::Decimal {
                    scale: 9,
                    values: cells()
                        .map(|cell| cell.map(|cell| i128::from(cell) * 1_000_000_007))
                        .collect(),
                },
            ),
            (
                "vrai",
                ColumnData::Boolean(cells().map(|cell| cell.map(|cell| cell & 1 == 1)).collect()),
            ),
            (
                "jour",
                ColumnData::Date(
                    cells()
                        .map(|cell| cell.map(|cell| (cell % 1_000_000) as i32))
                        .collect(),
                ),
            ),
            ("instant", ColumnData::DateTime(cells().collect())),
        ];
        let column = |(id, data): (&str, ColumnData)| Column {
            id: ColumnId::new(id).unwrap(),
            states: matches!(data, ColumnData::Integer(_) | ColumnData::Decimal { .. })
                .then(|| cells().map(state).collect()),
            data,
        };
        Batch {
            columns: columns.into_iter().map(column).collect(),
        }
    }

    fn schema() -> Schema {
        let kinds = [
            ColumnType::Text,
            ColumnType::Integer,
            ColumnType::Decimal { scale: 2 },
            ColumnType::Decimal { scale: 9 },
            ColumnType::Boolean,
            ColumnType::Date { grain: Grain::Day },
            ColumnType::DateTime,
        ];
        let spec = |(column, kind): (&Column, ColumnType)| ColumnSpec::new(column.id.clone(), kind);
        Schema::of(rows(&[]).columns.iter().zip(kinds).map(spec).collect())
    }

    /// Every cell of some batches, column by column.
    fn cells(batches: &[Batch]) -> Vec<String> {
        let mut cells = Vec::new();
        for batch in batches {
            cells.resize_with(batch.columns.len(), Vec::new);
            for (cells, column) in cells.iter_mut().zip(&batch.columns) {
                for row in 0..column.data.len() {
                    let state = column.states.as_ref().map(|states| states[row]);
                    cells.push(match &column.data {
                        ColumnData::Text(texts) => format!("{:?} {state:?}", texts.get(row)),
                        ColumnData::Integer(values) => format!("{:?} {state:?}", values[row]),
                        ColumnData::Decimal { values, .. } => {
                            format!("{:?} {state:?}", values[row])
                        }
                        ColumnData::Boolean(values) => format!("{:?} {state:?}", values[row]),
                        ColumnData::Date(values) => format!("{:?} {state:?}", values[row]),
                        ColumnData::DateTime(values) => format!("{:?} {state:?}", values[row]),
                    });
                }
            }
        }
        cells.into_iter().map(|cells| cells.join("\n")).collect()
    }

    fn read_back(written: &[Batch]) -> Vec<Batch> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.parquet");
        let mut file = ParquetFile::create(&path, &schema()).unwrap();
        for batch in written {
            file.write(batch.clone()).unwrap();
        }
        let rows: usize = written.iter().map(Batch::len).sum();
        assert_eq!(file.finish().unwrap(), rows as u64);
        let schema = schema();
        batches(&path, &schema)
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn what_is_written_over_several_row_groups_is_read_back() {
        // Few different values, then many, then none: each is laid out in its own way.
        let few: Vec<i64> = (0..90_000).map(|n| n % 60 * 2).collect();
        let many: Vec<i64> = (0..90_000_i64)
            .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()))
            .collect();
        let none = vec![1; 90_000];
        let written = [rows(&few), rows(&many), rows(&none), rows(&many)];
        assert!(cells(&read_back(&written)) == cells(&written));
    }

    #[test]
    fn an_export_bears_the_names_of_people_and_no_states() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.parquet");
        let names: Vec<String> = [
            "Libellé",
            "Nb",
            "Montant (€)",
            "L",
            "Oui ?",
            "Jour",
            "Quand",
        ]
        .map(str::to_owned)
        .into();
        let mut file = ParquetFile::export(&path, &schema(), &names).unwrap();
        file.write(rows(&[2, 4, 7])).unwrap();
        file.finish().unwrap();
        let part = PartReader::open(&path).unwrap();
        assert_eq!(part.columns(), names);
        let mut rows = part.read(0, &["Nb".to_owned()]).unwrap();
        let counts = rows.next().unwrap().unwrap().columns.remove(0).unwrap();
        let Values::Whole { values, .. } = counts.values else {
            panic!("whole numbers");
        };
        assert_eq!(values[..2], [1, 2]);
        assert_eq!(counts.present, Some(vec![true, true, false]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read_back(
            parts in prop::collection::vec(
                prop::collection::vec(prop_oneof![-9_i64..9, any::<i64>(), Just(i64::MIN), Just(i64::MAX - 1)], 1..300),
                1..4,
            )
        ) {
            let written: Vec<Batch> = parts.iter().map(|numbers| rows(numbers)).collect();
            prop_assert_eq!(cells(&read_back(&written)), cells(&written));
        }
    }
}
