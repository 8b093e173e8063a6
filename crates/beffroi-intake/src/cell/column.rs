//! One declared column: its cells read as its type, then gathered into a batch.

use crate::{
    cell::dates::{self, DayOrder},
    cell::marks::{self, OwnMarks},
    cell::members::Members,
    cell::numbers::{self, DecimalMark, Fit},
};
use beffroi_model::{
    CellState, Column, ColumnData, ColumnSpec, ColumnType, FindingKind, TextColumn,
};
use chrono::NaiveDate;

/// How the doubtful cells of a column are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) mark: DecimalMark,
    pub(crate) order: DayOrder,
    /// The power of ten by which numbers are multiplied, for their unit to be the declared one.
    pub(crate) power: i32,
    pub(crate) serial_days: bool,
    /// Whether the text of each cell is gathered, whatever the type.
    pub(crate) verbatim: bool,
}

/// A cell that fits its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Absent(CellState),
    /// The text of the cell itself.
    Text,
    Member(usize),
    Integer(i64),
    Decimal(i128),
    Boolean(bool),
    Date(i32),
    DateTime(i64),
}

/// A cell as read: its value, and whether digits were rounded away.
pub(crate) type Read = Result<(Value, bool), FindingKind>;

/// Reads and gathers the cells of one column.
pub(crate) struct ColumnReader<'s> {
    pub(crate) spec: &'s ColumnSpec,
    /// Its place in the file; `None` when the file lacks it.
    pub(crate) place: Option<usize>,
    /// The header under which users know it.
    pub(crate) name: String,
    pub(crate) members: Option<Members<'s>>,
    marks: OwnMarks<'s>,
    declares_marks: bool,
    has_marks: bool,
    style: Style,
    data: ColumnData,
    /// The states of the cells, once some is more than value or missing.
    states: Option<Vec<CellState>>,
}

impl<'s> ColumnReader<'s> {
    pub(crate) fn new(
        spec: &'s ColumnSpec,
        place: Option<usize>,
        name: String,
        style: Style,
    ) -> Self {
        let marks = OwnMarks::of(spec);
        let declares_marks = marks.any();
        Self {
            spec,
            place,
            name,
            members: Members::of(spec),
            marks,
            declares_marks,
            has_marks: declares_marks || !spec.kind.is_text(),
            style,
            data: empty(spec.kind, style),
            states: None,
        }
    }

    /// The value of a cell that is written as nearly all cells of large files are: the same as
    /// [`read`](Self::read), at once.
    #[inline(always)]
    pub(crate) fn usual(&self, cell: &str) -> Option<Value> {
        let Style { mark, power, .. } = self.style;
        match self.spec.kind {
            _ if self.declares_marks => None,
            ColumnType::Text | ColumnType::Code => {
                (self.members.is_none() && !cell.is_empty()).then_some(Value::Text)
            }
            ColumnType::Integer if power == 0 => numbers::whole(cell).map(Value::Integer),
            ColumnType::Decimal { scale } if power == 0 => {
                numbers::scaled(cell, mark, scale).map(|value| Value::Decimal(value.into()))
            }
            ColumnType::Boolean => match cell {
                "true" => Some(Value::Boolean(true)),
                "false" => Some(Value::Boolean(false)),
                _ => None,
            },
            ColumnType::DateTime => dates::iso_instant(cell).map(Value::DateTime),
            _ => None,
        }
    }

    /// Reads a cell.
    pub(crate) fn read(&mut self, cell: &str, is_number: bool) -> Read {
        let exact = |value| Ok((value, false));
        if self.declares_marks
            && let Some(state) = self.marks.state(cell)
        {
            return self.absent(state);
        }
        if cell.is_empty() {
            return self.absent(CellState::Missing);
        }
        let read = match self.spec.kind {
            ColumnType::Text | ColumnType::Code => self.read_text(cell),
            ColumnType::Integer => self.read_number(cell, is_number, 0),
            ColumnType::Decimal { scale } => self.read_number(cell, is_number, scale),
            ColumnType::Boolean => marks::boolean(cell)
                .map_or(Err(FindingKind::NotABoolean), |value| {
                    exact(Value::Boolean(value))
                }),
            ColumnType::Date { grain } => {
                let stamp =
                    dates::read(cell).and_then(|stamp| stamp.period(grain, self.style.order));
                stamp.or_else(|| self.serial_day(cell, is_number)).map_or(
                    Err(FindingKind::NotADate),
                    |day| {
                        let day = beffroi_model::Period::containing(grain, day).start();
                        exact(Value::Date(days(day)))
                    },
                )
            }
            ColumnType::DateTime => {
                let instant = dates::read(cell).and_then(|stamp| stamp.instant(self.style.order));
                let instant = instant.or_else(|| {
                    Some(
                        self.serial_day(cell, is_number)?
                            .and_time(Default::default()),
                    )
                });
                instant.map_or(Err(FindingKind::NotADate), |instant| {
                    exact(Value::DateTime(instant.and_utc().timestamp_micros()))
                })
            }
        };
        match read {
            Err(_) if self.has_marks => match marks::usual(cell) {
                Some(state) => self.absent(state),
                None => read,
            },
            // A mark is no text where marks are declared.
            Ok((Value::Text, _)) if self.has_marks => match marks::usual(cell) {
                Some(state) => self.absent(state),
                None => read,
            },
            _ => read,
        }
    }

    fn absent(&self, state: CellState) -> Read {
        if self.spec.required {
            Err(FindingKind::RequiredEmpty)
        } else {
            Ok((Value::Absent(state), false))
        }
    }

    fn read_text(&mut self, cell: &str) -> Read {
        match &mut self.members {
            None => Ok((Value::Text, false)),
            Some(members) => members
                .find(cell)
                .map(|member| (Value::Member(member), false))
                .ok_or(FindingKind::UnknownMember),
        }
    }

    fn read_number(&self, cell: &str, is_number: bool, scale: u8) -> Read {
        if self.style.power == 0
            && let Some(value) = numbers::whole(cell)
        {
            return Ok(match self.spec.kind {
                ColumnType::Integer => (Value::Integer(value), false),
                _ => {
                    let power = 10_i128.pow(scale.into());
                    (Value::Decimal(i128::from(value) * power), false)
                }
            });
        }
        let mark = if is_number {
            DecimalMark::Point
        } else {
            self.style.mark
        };
        let number = numbers::lex(cell).ok_or(FindingKind::NotANumber)?;
        let number = number.value(mark).ok_or(FindingKind::NumberTooPrecise)?;
        let number = number
            .times_ten_to(self.style.power)
            .ok_or(FindingKind::NumberTooPrecise)?;
        let whole = self.spec.kind == ColumnType::Integer;
        let (value, rounded) = match number.fit(scale.into()) {
            Fit::Exact(value) => (value, false),
            Fit::TooLarge => return Err(FindingKind::NumberTooPrecise),
            Fit::Rounded(_) if whole => return Err(FindingKind::NotAnInteger),
            // Grams have more decimals in tonnes than anybody declares.
            Fit::Rounded(value) if self.style.power < 0 => (value, true),
            // Nobody counted fourteen digits: a program printed them. Fewer were meant.
            Fit::Rounded(value) if is_number || number.is_printed_float() => (value, true),
            // A published schema sets no scale: ours must not set its rows aside.
            Fit::Rounded(value) if self.spec.constraints.written.is_some() => (value, true),
            Fit::Rounded(_) => return Err(FindingKind::NumberTooPrecise),
        };
        if whole {
            let value = i64::try_from(value).map_err(|_| FindingKind::NumberTooPrecise)?;
            return Ok((Value::Integer(value), rounded));
        }
        Ok((Value::Decimal(value), rounded))
    }

    fn serial_day(&self, cell: &str, is_number: bool) -> Option<NaiveDate> {
        if self.style.serial_days && is_number {
            dates::from_serial(cell.parse().ok()?)
        } else {
            None
        }
    }

    /// The text that is kept of a value of a text column, read from `cell`.
    pub(crate) fn kept<'c>(&'c self, value: Value, cell: &'c str) -> &'c str {
        match value {
            Value::Member(member) => {
                let members = self.members.as_ref();
                members.and_then(|it| it.key(member)).unwrap_or_default()
            }
            _ => cell,
        }
    }

    /// Adds a value; `cell` is the text it was read from.
    pub(crate) fn push(&mut self, value: Value, cell: &str) {
        let state = if let Value::Absent(state) = value {
            state
        } else {
            CellState::Value
        };
        if self.states.is_none() && matches!(state, CellState::NotApplicable | CellState::Secret) {
            self.states = Some(plain_states(&self.data));
        }
        if let Some(states) = &mut self.states {
            states.push(state);
        }
        match &mut self.data {
            ColumnData::Text(texts) => match value {
                Value::Text => texts.push(Some(cell)),
                Value::Member(member) => {
                    texts.push(
                        self.members
                            .as_ref()
                            .and_then(|members| members.key(member)),
                    );
                }
                _ => texts.push(None),
            },
            ColumnData::Integer(values) => {
                values.push(if let Value::Integer(value) = value {
                    Some(value)
                } else {
                    None
                });
            }
            ColumnData::Decimal { values, .. } => {
                values.push(if let Value::Decimal(value) = value {
                    Some(value)
                } else {
                    None
                });
            }
            ColumnData::Boolean(values) => {
                values.push(if let Value::Boolean(value) = value {
                    Some(value)
                } else {
                    None
                });
            }
            ColumnData::Date(values) => {
                values.push(if let Value::Date(value) = value {
                    Some(value)
                } else {
                    None
                });
            }
            ColumnData::DateTime(values) => {
                values.push(if let Value::DateTime(value) = value {
                    Some(value)
                } else {
                    None
                });
            }
        }
    }

    /// Makes room for so many more values.
    pub(crate) fn reserve(&mut self, values: usize) {
        self.data.reserve(values);
    }

    /// What was gathered, leaving nothing behind.
    pub(crate) fn take(&mut self) -> Column {
        Column {
            id: self.spec.id.clone(),
            data: std::mem::replace(&mut self.data, empty(self.spec.kind, self.style)),
            states: self.states.take(),
        }
    }
}

/// The states of cells of which none is more than value or missing.
fn plain_states(data: &ColumnData) -> Vec<CellState> {
    let states = (0..data.len()).map(|row| match data.has_value(row) {
        true => CellState::Value,
        false => CellState::Missing,
    });
    states.collect()
}

fn empty(kind: ColumnType, style: Style) -> ColumnData {
    match kind {
        _ if style.verbatim => ColumnData::Text(TextColumn::default()),
        ColumnType::Text | ColumnType::Code => ColumnData::Text(TextColumn::default()),
        ColumnType::Integer => ColumnData::Integer(Vec::new()),
        ColumnType::Decimal { scale } => ColumnData::Decimal {
            scale,
            values: Vec::new(),
        },
        ColumnType::Boolean => ColumnData::Boolean(Vec::new()),
        ColumnType::Date { .. } => ColumnData::Date(Vec::new()),
        ColumnType::DateTime => ColumnData::DateTime(Vec::new()),
    }
}

/// Days since 1970-01-01.
fn days(day: NaiveDate) -> i32 {
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    i32::try_from(days).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use beffroi_model::ColumnId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_read_at_once_is_read_the_same_at_length(
            cell in "-?[0-9]{0,19}[.,]?[0-9]{0,4}|[0-3][0-9]{3}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9]|true|false|nd|s|[a-zé ]{0,4}",
            kind in prop::sample::select(vec![
                ColumnType::Text,
                ColumnType::Code,
                ColumnType::Integer,
                ColumnType::Decimal { scale: 0 },
                ColumnType::Decimal { scale: 3 },
                ColumnType::Boolean,
                ColumnType::DateTime,
            ]),
            by_comma in any::<bool>(),
            power in -1..2,
            marks in any::<bool>(),
        ) {
            let mut spec = ColumnSpec::new(ColumnId::new("c").unwrap(), kind);
            if marks {
                spec.secret_marks.push("12".to_owned());
            }
            let style = Style {
                mark: if by_comma { DecimalMark::Comma } else { DecimalMark::Point },
                order: DayOrder::DayFirst,
                power,
                serial_days: false,
                verbatim: false,
            };
            let mut column = ColumnReader::new(&spec, Some(0), "c".to_owned(), style);
            if let Some(value) = column.usual(&cell) {
                prop_assert_eq!(column.read(&cell, false), Ok((value, false)));
            }
        }
    }
}
