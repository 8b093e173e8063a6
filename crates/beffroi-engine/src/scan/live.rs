//! Which rows of a live source count: a feed may give the same reading again, and of each series
//! the last one is what is there now.

use super::{
    Scan, Unit,
    grid::Grid,
    members::{Members, Recalled},
    text,
    vector::{Numbers, Values, Vector},
};
use beffroi_model::ColumnId;
use beffroi_warehouse::PartReader;
use roaring::RoaringTreemap;

/// Rows that count, by their place among all rows of the version.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Each reading once: as it was given last.
    pub rows: RoaringTreemap,
    /// Among these the latest of each series.
    pub latest: RoaringTreemap,
}

impl Scan<'_> {
    /// What tells the series of a live source apart: every dimension of the dataset.
    fn series(&self) -> Vec<String> {
        let columns = self.dataset.schema.columns.iter();
        columns
            .filter(|column| column.dimension.is_some())
            .map(|column| column.id.to_string())
            .collect()
    }

    pub(super) fn kept(
        &self,
        units: &[Unit<'_>],
        time: &ColumnId,
        latest: bool,
    ) -> Result<Kept, String> {
        let mut columns = self.series();
        columns.push(time.to_string());
        let members: Vec<Members> = columns.iter().map(|_| Members::default()).collect();
        let (mut series, mut readings) = (Grid::new(columns.len() - 1), Grid::new(columns.len()));
        // The last row of each reading, and the latest instant of each series.
        let mut rows_of: Vec<(u64, i64)> = Vec::new();
        let mut last_of: Vec<i64> = Vec::new();
        let mut series_of: Vec<u32> = Vec::new();
        for unit in units {
            let reader = PartReader::open(unit.part).map_err(text)?;
            let mut row = unit.first_row;
            for rows in reader.read(unit.group, &columns).map_err(text)? {
                let rows = rows.map_err(text)?;
                let len = rows.len;
                let vectors = rows.columns.into_iter().map(|column| match column {
                    Some(column) => Vector::from(column),
                    None => Vector::nothing(len),
                });
                let mut vectors: Vec<Vector> = vectors.collect();
                let Some(Values::DateTime(instants)) =
                    vectors.last().map(|vector| vector.values.clone())
                else {
                    return Err("a time column that holds no instants".to_owned());
                };
                if let Some(vector) = vectors.last_mut() {
                    vector.values = Values::Number(Numbers::Whole {
                        scale: 0,
                        values: instants.clone(),
                    });
                }
                let keys: Vec<Vec<u32>> = vectors
                    .iter()
                    .zip(&members)
                    .map(|(vector, members)| members.number(vector, &mut Recalled::default()))
                    .collect();
                let keys: Vec<&[u32]> = keys.iter().map(Vec::as_slice).collect();
                let (_, dimensions) = keys.split_last().ok_or("no time column")?;
                let in_series = series.number(dimensions, len)?;
                let in_reading = readings.number(&keys, len)?;
                rows_of.resize(readings.len(), (0, 0));
                series_of.resize(readings.len(), 0);
                last_of.resize(series.len().max(1), i64::MIN);
                let groups = in_series.iter().zip(in_reading).zip(instants);
                for ((series, reading), instant) in groups {
                    if let Some(known) = rows_of.get_mut(reading as usize) {
                        *known = (row, instant);
                    }
                    if let Some(known) = series_of.get_mut(reading as usize) {
                        *known = *series;
                    }
                    if let Some(known) = last_of.get_mut(*series as usize) {
                        *known = (*known).max(instant);
                    }
                    row += 1;
                }
            }
        }
        let mut kept = Kept::default();
        for ((row, instant), series) in rows_of.iter().zip(&series_of) {
            kept.rows.insert(*row);
            if latest && last_of.get(*series as usize) == Some(instant) {
                kept.latest.insert(*row);
            }
        }
        Ok(kept)
    }
}
