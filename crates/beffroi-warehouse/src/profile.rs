//! What is counted in the columns of a version as its rows are written, and its first rows.

use crate::{WarehouseError, parquet::has_states, read_back::batches};
use beffroi_model::{
    Batch, CATEGORIES, CellState, ColumnData, ColumnSpec, ColumnType, Preview, Schema, TextColumn,
    VersionColumn,
};
use foldhash::fast::RandomState;
use std::{collections::HashMap, path::Path};

/// Rows shown in a preview.
const PREVIEW: usize = 20;

/// What was counted in some rows. Counts of parts add up to those of a version.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    rows: u64,
    /// The first rows, in the notation of exports.
    first: Vec<Vec<String>>,
    /// One for each column that is kept, in the order of the schema.
    columns: Vec<ColumnCounts>,
}

#[derive(Debug)]
struct ColumnCounts {
    values: u64,
    not_applicable: u64,
    secret: u64,
    /// The smallest and the largest value, of what is no text.
    extremes: Option<(i128, i128)>,
    /// Their total; `None` when it is larger than any that is kept.
    sum: Option<i128>,
    /// The rows of each text; `None` once there are too many texts.
    categories: Option<HashMap<String, u64, RandomState>>,
}

impl Default for ColumnCounts {
    fn default() -> Self {
        Self {
            values: 0,
            not_applicable: 0,
            secret: 0,
            extremes: None,
            sum: Some(0),
            categories: Some(HashMap::default()),
        }
    }
}

fn kept(schema: &Schema) -> impl Iterator<Item = &ColumnSpec> {
    schema.columns.iter().filter(|column| !column.personal)
}

impl Counts {
    /// Counts the rows of a part that is there already.
    pub(crate) fn of_part(path: &Path, schema: &Schema) -> Result<Self, WarehouseError> {
        let mut counts = Self::default();
        for batch in batches(path, schema)? {
            counts.add(schema, &batch?);
        }
        Ok(counts)
    }

    /// Counts the rows of a batch.
    pub(crate) fn add(&mut self, schema: &Schema, batch: &Batch) {
        let wanted = batch.len().min(PREVIEW.saturating_sub(self.first.len()));
        let cells = |row| kept(schema).map(|spec| shown(batch, spec, row)).collect();
        self.first.extend((0..wanted).map(cells));
        self.rows += batch.len() as u64;
        self.columns
            .resize_with(kept(schema).count(), ColumnCounts::default);
        for (spec, counts) in kept(schema).zip(&mut self.columns) {
            let Some(column) = batch.column(spec.id.as_str()) else {
                continue;
            };
            counts.add(&column.data);
            if has_states(spec) {
                let states = column.states.iter().flatten();
                let of = |wanted| states.clone().filter(|state| **state == wanted).count() as u64;
                counts.not_applicable += of(CellState::NotApplicable);
                counts.secret += of(CellState::Secret);
            }
        }
    }

    /// Adds what was counted in the rows that follow.
    pub(crate) fn merge(&mut self, other: Self) {
        self.first.extend(other.first);
        self.first.truncate(PREVIEW);
        self.rows += other.rows;
        let columns = self.columns.len().max(other.columns.len());
        self.columns.resize_with(columns, ColumnCounts::default);
        for (counts, other) in self.columns.iter_mut().zip(other.columns) {
            counts.merge(other);
        }
    }

    /// The first rows, for a manifest.
    pub(crate) fn preview(&mut self, schema: &Schema) -> Preview {
        Preview {
            header: kept(schema).map(|column| column.id.to_string()).collect(),
            rows: std::mem::take(&mut self.first),
        }
    }

    /// The columns, for a manifest.
    pub(crate) fn listed(mut self, schema: &Schema) -> Vec<VersionColumn> {
        self.columns
            .resize_with(kept(schema).count(), ColumnCounts::default);
        let columns = kept(schema).zip(self.columns);
        columns
            .map(|(spec, counts)| counts.listed(spec, self.rows))
            .collect()
    }
}

impl ColumnCounts {
    fn add(&mut self, data: &ColumnData) {
        match data {
            ColumnData::Text(texts) => self.add_texts(texts),
            ColumnData::Integer(values) | ColumnData::DateTime(values) => self.add_values(values),
            ColumnData::Decimal { values, .. } => self.add_values(values),
            ColumnData::Boolean(values) => self.add_values(values),
            ColumnData::Date(values) => self.add_values(values),
        }
    }

    fn add_values<T: Copy + Ord + Into<i128>>(&mut self, values: &[Option<T>]) {
        let mut present = values.iter().flatten().copied();
        let Some(first) = present.next() else {
            return;
        };
        let (mut smallest, mut largest) = (first, first);
        let (mut count, mut sum) = (1, Some(first.into()));
        for value in present {
            smallest = smallest.min(value);
            largest = largest.max(value);
            sum = sum.and_then(|sum: i128| sum.checked_add(value.into()));
            count += 1;
        }
        self.merge(Self {
            values: count,
            extremes: Some((smallest.into(), largest.into())),
            sum,
            ..Self::default()
        });
    }

    fn add_texts(&mut self, texts: &TextColumn) {
        for text in texts.iter().flatten() {
            self.values += 1;
            self.add_category(text, 1);
        }
    }

    fn add_category(&mut self, text: &str, rows: u64) {
        let Some(categories) = &mut self.categories else {
            return;
        };
        let is_full = categories.len() >= CATEGORIES;
        match categories.get_mut(text) {
            Some(count) => *count += rows,
            None if is_full => self.categories = None,
            None => {
                categories.insert(text.to_owned(), rows);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.not_applicable += other.not_applicable;
        self.secret += other.secret;
        self.extremes = match (self.extremes, other.extremes) {
            (Some((least, most)), Some((least_too, most_too))) => {
                Some((least.min(least_too), most.max(most_too)))
            }
            (one, another) => one.or(another),
        };
        self.sum = match (self.sum, other.sum) {
            (Some(sum), Some(more)) => sum.checked_add(more),
            _ => None,
        };
        match other.categories {
            Some(categories) => {
                for (text, rows) in categories {
                    self.add_category(&text, rows);
                }
            }
            None => self.categories = None,
        }
    }

    fn listed(self, spec: &ColumnSpec, rows: u64) -> VersionColumn {
        let known = self.values + self.not_applicable + self.secret;
        let text = |value: i128| written(spec.kind, value);
        let sum = self
            .sum
            .filter(|_| self.values > 0 && spec.kind.is_number());
        let categories = self.categories.filter(|_| spec.kind.is_text());
        let mut categories: Vec<_> = categories.into_iter().flatten().collect();
        categories.sort_by(|(a, rows_a), (b, rows_b)| rows_b.cmp(rows_a).then_with(|| a.cmp(b)));
        VersionColumn {
            id: spec.id.clone(),
            values: self.values,
            missing: rows.saturating_sub(known),
            not_applicable: self.not_applicable,
            secret: self.secret,
            min: self.extremes.and_then(|(least, _)| text(least)),
            max: self.extremes.and_then(|(_, most)| text(most)),
            // A total may be larger than any cell of its column.
            sum: sum.and_then(|sum| written(as_decimal(spec.kind), sum)),
            categories,
        }
    }
}

/// The type of the total of a column.
fn as_decimal(kind: ColumnType) -> ColumnType {
    match kind {
        ColumnType::Integer => ColumnType::Decimal { scale: 0 },
        other => other,
    }
}

/// A value in the notation of exports.
fn written(kind: ColumnType, value: i128) -> Option<String> {
    let cell = match kind {
        ColumnType::Text | ColumnType::Code => return None,
        ColumnType::Integer => ColumnData::Integer(vec![i64::try_from(value).ok()]),
        ColumnType::Decimal { scale } => ColumnData::Decimal {
            scale,
            values: vec![Some(value)],
        },
        ColumnType::Boolean => ColumnData::Boolean(vec![Some(value != 0)]),
        ColumnType::Date { .. } => ColumnData::Date(vec![i32::try_from(value).ok()]),
        ColumnType::DateTime => ColumnData::DateTime(vec![i64::try_from(value).ok()]),
    };
    cell.exported(0)
}

/// A cell in the notation of exports, or the mark of its absence.
fn shown(batch: &Batch, spec: &ColumnSpec, row: usize) -> String {
    let column = batch.column(spec.id.as_str());
    let value = column.and_then(|column| column.data.exported(row));
    value.unwrap_or_else(|| {
        let states = column.filter(|_| has_states(spec));
        let states = states.and_then(|column| column.states.as_ref());
        match states.and_then(|states| states.get(row)) {
            Some(CellState::Secret) => "s".to_owned(),
            Some(CellState::NotApplicable) => "so".to_owned(),
            _ => "nd".to_owned(),
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::parquet::ParquetFile;
    use beffroi_model::{Column, ColumnId, Grain};
    use proptest::prelude::*;

    const SECRET: CellState = CellState::Secret;
    const NONE: CellState = CellState::Missing;

    fn schema() -> Schema {
        let kinds = [
            ("texte", ColumnType::Text),
            ("entier", ColumnType::Integer),
            ("montant", ColumnType::Decimal { scale: 2 }),
            ("vrai", ColumnType::Boolean),
            ("jour", ColumnType::Date { grain: Grain::Day }),
            ("instant", ColumnType::DateTime),
        ];
        let spec = |(id, kind)| ColumnSpec::new(ColumnId::new(id).unwrap(), kind);
        Schema::of(kinds.map(spec).into())
    }

    /// A column of each kind, drawn from numbers and states.
    fn batch(cells: &[Result<i64, CellState>]) -> Batch {
        let values = || cells.iter().map(|cell| cell.ok());
        let texts: Vec<_> = values().map(|it| it.map(|it| format!("é{it}"))).collect();
        let data = [
            ColumnData::Text(texts.iter().map(Option::as_deref).collect()),
            ColumnData::Integer(values().collect()),
            ColumnData::Decimal {
                scale: 2,
                values: values().map(|it| it.map(i128::from)).collect(),
            },
            ColumnData::Boolean(values().map(|it| it.map(|it| it % 2 == 0)).collect()),
            ColumnData::Date(
                values()
                    .map(|it| it.map(|it| (it % 90_000) as i32))
                    .collect(),
            ),
            ColumnData::DateTime(
                values()
                    .map(|it| it.map(|it| it % 1_000_000 * 1_000_000))
                    .collect(),
            ),
        ];
        let states = cells
            .iter()
            .map(|cell| cell.err().unwrap_or(CellState::Value));
        let states: Vec<CellState> = states.collect();
        let columns = schema().columns.into_iter().zip(data);
        let columns = columns.map(|(spec, data)| Column {
            id: spec.id,
            data,
            states: spec.kind.is_number().then(|| states.clone()),
        });
        Batch {
            columns: columns.collect(),
        }
    }

    fn counted(batches: &[Batch]) -> Vec<VersionColumn> {
        let mut counts = Counts::default();
        for batch in batches {
            counts.add(&schema(), batch);
        }
        counts.listed(&schema())
    }

    #[test]
    fn values_are_told_in_the_notation_of_exports() {
        let cells = [Ok(-5), Err(SECRET), Ok(12_345), Err(NONE), Ok(-5)];
        let told = counted(&[batch(&cells[..2]), batch(&cells[2..])]);
        let told: Vec<_> = told
            .iter()
            .map(|it| (it.min.as_deref(), it.max.as_deref(), it.sum.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (None, None, None),
                (Some("-5"), Some("12345"), Some("12335")),
                (Some("-0.05"), Some("123.45"), Some("123.35")),
                (Some("false"), Some("false"), None),
                (Some("1969-12-27"), Some("2003-10-20"), None),
                (
                    Some("1969-12-31T23:59:55"),
                    Some("1970-01-01T03:25:45"),
                    None
                ),
            ]
        );
    }

    #[test]
    fn cells_are_counted_by_state_where_states_are_kept() {
        let told = counted(&[batch(&[Ok(1), Err(SECRET), Err(NONE)])]);
        let told: Vec<_> = told
            .iter()
            .map(|it| (it.values, it.secret, it.missing))
            .collect();
        assert_eq!(told[..3], [(1, 0, 2), (1, 1, 1), (1, 1, 1)]);
    }

    #[test]
    fn categories_are_told_the_most_frequent_first_unless_there_are_too_many() {
        let told = |cells: &[Result<i64, CellState>]| counted(&[batch(cells)]).remove(0).categories;
        let few = [Ok(2), Ok(7), Ok(7), Err(NONE), Ok(1)];
        let named = [("é7", 2), ("é1", 1), ("é2", 1)].map(|(text, rows)| (text.to_owned(), rows));
        assert_eq!(told(&few), named);
        let most = CATEGORIES as i64;
        let all: Vec<_> = (0..most).map(Ok).collect();
        assert_eq!(told(&all).len(), CATEGORIES);
        let more: Vec<_> = (0..=most).map(Ok).collect();
        assert_eq!(told(&more), []);
    }

    #[test]
    fn a_total_may_be_larger_than_any_cell() {
        let told = counted(&[batch(&[Ok(i64::MAX), Ok(i64::MAX)])]);
        assert_eq!(told[1].sum.as_deref(), Some("18446744073709551614"));
    }

    #[test]
    fn a_version_without_rows_has_its_columns() {
        let told = Counts::default().listed(&schema());
        assert_eq!(told.len(), 6);
        assert!(
            told.iter()
                .all(|it| it.values + it.missing == 0 && it.sum.is_none())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_counted_while_writing_is_what_is_counted_in_the_part(
            parts in prop::collection::vec(prop::collection::vec(prop_oneof![
                8 => (-60_i64..60).prop_map(Ok),
                1 => any::<i64>().prop_map(|value| Ok(value >> 1)),
                1 => Just(Err(SECRET)),
                1 => Just(Err(NONE)),
            ], 1..200), 1..4)
        ) {
            let batches: Vec<Batch> = parts.iter().map(|cells| batch(cells)).collect();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("part.parquet");
            let mut file = ParquetFile::create(&path, &schema()).unwrap();
            for batch in &batches {
                file.write(batch.clone()).unwrap();
            }
            file.finish().unwrap();
            let mut read = Counts::of_part(&path, &schema()).unwrap();
            let mut counts = Counts::default();
            for batch in &batches {
                let mut one = Counts::default();
                one.add(&schema(), batch);
                counts.merge(one);
            }
            prop_assert_eq!(read.preview(&schema()), counts.preview(&schema()));
            prop_assert_eq!(read.listed(&schema()), counted(&batches));
        }
    }
}
