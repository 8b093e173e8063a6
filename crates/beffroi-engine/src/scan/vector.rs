//! Cells of one column or expression for some rows, and what can be done with whole vectors.
//!
//! Numbers are exact, or not, as their [`ValueType`] says; one that is too long is no value.

use beffroi_catalog::ValueType;
use beffroi_warehouse::{Texts, Values as Stored, Vector as StoredVector};
use std::{cmp::Ordering, collections::HashMap, sync::Arc};

/// Cells for some rows. A row without value holds whatever comes first of its type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vector {
    pub values: Values,
    /// Which rows have a value; `None` when all have.
    pub present: Option<Vec<bool>>,
}

/// What the cells hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    Number(Numbers),
    Boolean(Vec<bool>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// Microseconds since 1970-01-01T00:00 local time.
    DateTime(Vec<i64>),
    Text(TextValues),
    /// Nothing at all: `null`, or a case that never holds.
    Nothing(usize),
}

/// Numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Numbers {
    /// Value × 10^scale, each within 64 bits.
    Whole { scale: u8, values: Vec<i64> },
    /// The same, longer.
    Long { scale: u8, values: Vec<i128> },
    /// Not exact.
    Float(Vec<f64>),
}

/// Texts as places in a dictionary.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextValues {
    pub places: Vec<u32>,
    pub dictionary: Arc<Texts>,
}

impl From<StoredVector> for Vector {
    fn from(stored: StoredVector) -> Self {
        let values = match stored.values {
            Stored::Whole { scale, values } => Values::Number(Numbers::Whole { scale, values }),
            Stored::Long { scale, values } => {
                return Self::exact(scale, values).among(&stored.present);
            }
            Stored::Boolean(values) => Values::Boolean(values),
            Stored::Date(values) => Values::Date(values),
            Stored::DateTime(values) => Values::DateTime(values),
            Stored::Text { places, dictionary } => Values::Text(TextValues { places, dictionary }),
        };
        Self {
            values,
            present: stored.present,
        }
    }
}

impl Vector {
    /// Cells that all have a value.
    pub fn full(values: Values) -> Self {
        Self {
            values,
            present: None,
        }
    }

    /// Exact numbers, in the shortest form. Those that are too long are no values.
    pub fn exact(scale: u8, mut values: Vec<i128>) -> Self {
        let short: Option<Vec<i64>> = values
            .iter()
            .map(|value| i64::try_from(*value).ok())
            .collect();
        if let Some(values) = short {
            return Self::full(Values::Number(Numbers::Whole { scale, values }));
        }
        let held: Vec<bool> = values
            .iter()
            .map(|value| ValueType::holds(*value))
            .collect();
        let present = held.contains(&false).then(|| {
            for (value, held) in values.iter_mut().zip(&held) {
                if !held {
                    *value = 0;
                }
            }
            held
        });
        Self {
            values: Values::Number(Numbers::Long { scale, values }),
            present,
        }
    }

    /// Floating numbers. Those that are none (a division by zero) are no values.
    pub fn float(values: Vec<f64>) -> Self {
        let finite = values.iter().all(|value| value.is_finite());
        let present = (!finite).then(|| values.iter().map(|value| value.is_finite()).collect());
        Self {
            values: Values::Number(Numbers::Float(values)),
            present,
        }
    }

    /// Rows without any value.
    pub fn nothing(len: usize) -> Self {
        Self {
            values: Values::Nothing(len),
            present: Some(vec![false; len]),
        }
    }

    pub fn len(&self) -> usize {
        match &self.values {
            Values::Number(numbers) => numbers.len(),
            Values::Boolean(values) => values.len(),
            Values::Date(values) => values.len(),
            Values::DateTime(values) => values.len(),
            Values::Text(texts) => texts.places.len(),
            Values::Nothing(len) => *len,
        }
    }

    /// Without a value where there is none beside.
    pub fn among(mut self, present: &Option<Vec<bool>>) -> Self {
        self.present = both(&self.present, present);
        self
    }

    pub fn has(&self, row: usize) -> bool {
        match &self.present {
            Some(present) => present.get(row).copied().unwrap_or(false),
            None => true,
        }
    }

    /// The rows where a condition holds: what is not known does not.
    pub fn holds(self) -> Result<Vec<bool>, String> {
        match (self.values, self.present) {
            (Values::Boolean(values), None) => Ok(values),
            (Values::Boolean(values), Some(present)) => {
                let both = values.into_iter().zip(present);
                Ok(both.map(|(value, there)| value && there).collect())
            }
            (Values::Nothing(len), _) => Ok(vec![false; len]),
            _ => Err("a condition that is neither true nor false".to_owned()),
        }
    }
}

/// Which rows have a value in both.
pub(crate) fn both(a: &Option<Vec<bool>>, b: &Option<Vec<bool>>) -> Option<Vec<bool>> {
    match (a, b) {
        (None, None) => None,
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (Some(a), Some(b)) => Some(a.iter().zip(b).map(|(a, b)| *a && *b).collect()),
    }
}

impl Numbers {
    pub fn len(&self) -> usize {
        match self {
            Self::Whole { values, .. } => values.len(),
            Self::Long { values, .. } => values.len(),
            Self::Float(values) => values.len(),
        }
    }

    /// As floating numbers.
    pub fn floats(&self) -> Vec<f64> {
        #[allow(clippy::cast_precision_loss, reason = "what is not exact anyway")]
        match self {
            Self::Whole { scale, values } => {
                let by = power(*scale);
                values.iter().map(|value| *value as f64 / by).collect()
            }
            Self::Long { scale, values } => {
                let by = power(*scale);
                values.iter().map(|value| *value as f64 / by).collect()
            }
            Self::Float(values) => values.clone(),
        }
    }

    /// The scale of exact numbers.
    pub fn scale(&self) -> Option<u8> {
        match self {
            Self::Whole { scale, .. } | Self::Long { scale, .. } => Some(*scale),
            Self::Float(_) => None,
        }
    }

    /// Exact numbers at a scale not below their own: at the most digits after the point, 128 bits
    /// hold the longest.
    pub fn at_scale(&self, wanted: u8) -> Option<Vec<i128>> {
        let more = wanted.checked_sub(self.scale()?)?;
        let by = 10_i128.saturating_pow(u32::from(more));
        match self {
            Self::Whole { values, .. } if more <= ValueType::MOST_DIGITS => {
                Some(values.iter().map(|value| i128::from(*value) * by).collect())
            }
            Self::Whole { values, .. } => {
                let scaled = values
                    .iter()
                    .map(|value| i128::from(*value).saturating_mul(by));
                Some(scaled.collect())
            }
            Self::Long { values, .. } => {
                let scaled = values.iter().map(|value| value.saturating_mul(by));
                Some(scaled.collect())
            }
            Self::Float(_) => None,
        }
    }

    /// Applies an operation to pairs: exactly at a common scale, else as floating numbers.
    pub fn pairs(
        &self,
        other: &Self,
        exact: impl Fn(i128, i128) -> i128,
        float: impl Fn(f64, f64) -> f64,
    ) -> Vector {
        if let Some((scale, a, b)) = common(self, other) {
            let pairs = a.into_iter().zip(b);
            return Vector::exact(scale, pairs.map(|(a, b)| exact(a, b)).collect());
        }
        let pairs = self.floats().into_iter().zip(other.floats());
        Vector::float(pairs.map(|(a, b)| float(a, b)).collect())
    }

    /// Products: scales add up, as far as exact numbers go.
    pub fn times(&self, other: &Self) -> Vector {
        if let (Some(a), Some(b)) = (self.scale(), other.scale())
            && a.saturating_add(b) <= ValueType::MOST_DIGITS
            && let (Some(left), Some(right)) = (self.at_scale(a), other.at_scale(b))
        {
            let pairs = left.into_iter().zip(right);
            let products = pairs.map(|(a, b)| a.saturating_mul(b));
            return Vector::exact(a + b, products.collect());
        }
        let pairs = self.floats().into_iter().zip(other.floats());
        Vector::float(pairs.map(|(a, b)| a * b).collect())
    }

    /// Applies an operation to each.
    pub fn map(&self, exact: impl Fn(i128) -> i128, float: impl Fn(f64) -> f64) -> Vector {
        if let Some(scale) = self.scale()
            && let Some(values) = self.at_scale(scale)
        {
            return Vector::exact(scale, values.into_iter().map(exact).collect());
        }
        Vector::float(self.floats().into_iter().map(float).collect())
    }

    /// How each compares with its pair.
    pub fn compare(&self, other: &Self) -> Vec<Option<Ordering>> {
        if let (
            Self::Whole {
                scale: a,
                values: left,
            },
            Self::Whole {
                scale: b,
                values: right,
            },
        ) = (self, other)
        {
            let pairs = left.iter().zip(right);
            if a == b {
                return pairs.map(|(a, b)| Some(a.cmp(b))).collect();
            }
            let most = *a.max(b);
            let by = |scale: u8| 10_i128.saturating_pow(u32::from(most - scale));
            let (x, y) = (by(*a), by(*b));
            let wide = |value: i64, by: i128| i128::from(value).saturating_mul(by);
            return pairs
                .map(|(a, b)| Some(wide(*a, x).cmp(&wide(*b, y))))
                .collect();
        }
        if let Some((_, a, b)) = common(self, other) {
            return a.iter().zip(&b).map(|(a, b)| Some(a.cmp(b))).collect();
        }
        let pairs = self.floats().into_iter().zip(other.floats());
        pairs.map(|(a, b)| a.partial_cmp(&b)).collect()
    }
}

/// Exact numbers at the larger of two scales.
fn common(a: &Numbers, b: &Numbers) -> Option<(u8, Vec<i128>, Vec<i128>)> {
    let scale = a.scale()?.max(b.scale()?);
    Some((scale, a.at_scale(scale)?, b.at_scale(scale)?))
}

/// 10^scale.
pub(crate) fn power(scale: u8) -> f64 {
    10_f64.powi(i32::from(scale))
}

impl TextValues {
    /// One text for all rows.
    pub fn constant(text: &str, len: usize) -> Self {
        Self {
            places: vec![0; len],
            dictionary: Arc::new(std::iter::once(text).collect()),
        }
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> &str {
        let place = self.places.get(row).copied().unwrap_or(0);
        self.dictionary.get(place as usize).unwrap_or_default()
    }

    /// What a question says of each row, asked once for each different text.
    pub fn ask<T: Copy + Default>(&self, question: impl Fn(&str) -> T) -> Vec<T> {
        let answers: Vec<T> = self.dictionary.iter().map(question).collect();
        let at = |place: &u32| answers.get(*place as usize).copied().unwrap_or_default();
        self.places.iter().map(at).collect()
    }

    /// Each text changed.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self {
            places: self.places.clone(),
            dictionary: Arc::new(self.dictionary.iter().map(change).collect()),
        }
    }

    /// How each compares with its pair, by code points.
    pub fn compare(&self, other: &Self) -> Vec<Option<Ordering>> {
        if other.dictionary.len() == 1 {
            let text = other.get(0).to_owned();
            let against = |it: &str| Some(it.cmp(text.as_str()));
            return self.ask(against);
        }
        let rows = 0..self.places.len();
        rows.map(|row| Some(self.get(row).cmp(other.get(row))))
            .collect()
    }

    /// A text of each row, made anew.
    pub fn each<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> Self {
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut dictionary = Texts::default();
        let places = texts.map(|text| {
            let text = text.as_ref();
            if let Some(place) = known.get(text) {
                return *place;
            }
            let place = u32::try_from(dictionary.len()).unwrap_or(u32::MAX);
            dictionary.push(text);
            known.insert(text.to_owned(), place);
            place
        });
        let places = places.collect();
        Self {
            places,
            dictionary: Arc::new(dictionary),
        }
    }
}

/// For each row the first of some vectors that was chosen for it; `None` for none.
pub(crate) fn choose(from: &[Vector], chosen: &[Option<usize>]) -> Result<Vector, String> {
    let len = chosen.len();
    let there = |row: usize| {
        let place = chosen.get(row).copied().flatten()?;
        from.get(place)
            .filter(|vector| vector.has(row))
            .map(|_| place)
    };
    let places: Vec<Option<usize>> = (0..len).map(there).collect();
    let present = match places.iter().all(Option::is_some) {
        true => None,
        false => Some(places.iter().map(Option::is_some).collect()),
    };
    let known = |vector: &&Vector| !matches!(vector.values, Values::Nothing(_));
    let Some(first) = from.iter().find(known) else {
        return Ok(Vector::nothing(len));
    };
    let mixed = || "branches of several types".to_owned();
    macro_rules! picked {
        ($kind:path) => {{
            let mut all = Vec::with_capacity(from.len());
            for vector in from {
                all.push(match &vector.values {
                    $kind(values) => values.as_slice(),
                    Values::Nothing(_) => &[],
                    _ => return Err(mixed()),
                });
            }
            let cell = |(row, place): (usize, &Option<usize>)| {
                let values = all.get((*place)?)?;
                values.get(row).copied()
            };
            let cells = places
                .iter()
                .enumerate()
                .map(|it| cell(it).unwrap_or_default());
            $kind(cells.collect())
        }};
    }
    let values = match &first.values {
        Values::Boolean(_) => picked!(Values::Boolean),
        Values::Date(_) => picked!(Values::Date),
        Values::DateTime(_) => picked!(Values::DateTime),
        Values::Nothing(len) => Values::Nothing(*len),
        Values::Text(_) => {
            let text = |(row, place): (usize, &Option<usize>)| match place
                .and_then(|place| from.get(place))
                .map(|it| &it.values)
            {
                Some(Values::Text(texts)) => texts.get(row),
                _ => "",
            };
            Values::Text(TextValues::each(places.iter().enumerate().map(text)))
        }
        Values::Number(_) => {
            let mut all = Vec::with_capacity(from.len());
            for vector in from {
                all.push(match &vector.values {
                    Values::Number(numbers) => Some(numbers),
                    Values::Nothing(_) => None,
                    _ => return Err(mixed()),
                });
            }
            return Ok(choose_numbers(&all, &places).among(&present));
        }
    };
    Ok(Vector { values, present })
}

fn choose_numbers(from: &[Option<&Numbers>], places: &[Option<usize>]) -> Vector {
    let scales = from.iter().flatten().map(|numbers| numbers.scale());
    let scale = scales.collect::<Option<Vec<u8>>>();
    let scale = scale.and_then(|scales| scales.into_iter().max());
    fn pick<T: Copy + Default>(from: &[Vec<T>], places: &[Option<usize>]) -> Vec<T> {
        let cell = |(row, place): (usize, &Option<usize>)| from.get((*place)?)?.get(row).copied();
        let cells = places
            .iter()
            .enumerate()
            .map(|it| cell(it).unwrap_or_default());
        cells.collect()
    }
    match scale {
        Some(scale) => {
            let exact = |numbers: &&Numbers| numbers.at_scale(scale).unwrap_or_default();
            let exact = from
                .iter()
                .map(|numbers| numbers.as_ref().map_or(Vec::new(), exact));
            Vector::exact(scale, pick(&exact.collect::<Vec<_>>(), places))
        }
        None => {
            let floats = from.iter();
            let floats: Vec<Vec<f64>> = floats
                .map(|numbers| numbers.map_or(Vec::new(), Numbers::floats))
                .collect();
            Vector::float(pick(&floats, places))
        }
    }
}
