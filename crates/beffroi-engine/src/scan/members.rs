//! Numbers given to the values of a column as they are met, the same in all threads.

use super::vector::{Numbers, Values, Vector};
use beffroi_model::decimal;
use beffroi_warehouse::Texts;
use chrono::{DateTime, NaiveDate};
use foldhash::fast::RandomState;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The different values of one column, numbered.
#[derive(Default)]
pub(crate) struct Members(Mutex<Known>);

#[derive(Default)]
struct Known {
    places: HashMap<Box<str>, u32, RandomState>,
    names: Vec<Box<str>>,
    whole: HashMap<i128, u32, RandomState>,
}

impl Known {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.into());
        self.places.insert(name.into(), place);
        place
    }
}

/// What a thread remembers of the last dictionary: pages of a row group share theirs.
#[derive(Default)]
pub(crate) struct Recalled(Option<(Arc<Texts>, Vec<u32>)>);

impl Members {
    /// The number of the member that each row names; a row without value names the empty one.
    pub fn number(&self, vector: &Vector, recalled: &mut Recalled) -> Vec<u32> {
        let mut numbers = match &vector.values {
            Values::Text(texts) => {
                let known = match &recalled.0 {
                    Some((dictionary, places)) if Arc::ptr_eq(dictionary, &texts.dictionary) => {
                        places
                    }
                    _ => {
                        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                        let places = texts.dictionary.iter().map(|text| known.place(text));
                        let places = places.collect();
                        &recalled.0.insert((texts.dictionary.clone(), places)).1
                    }
                };
                let at = |place: &u32| known.get(*place as usize).copied().unwrap_or(0);
                texts.places.iter().map(at).collect()
            }
            _ => self.number_names(vector),
        };
        if let Some(present) = &vector.present {
            let none = {
                let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                known.place("")
            };
            for (number, there) in numbers.iter_mut().zip(present) {
                if !there {
                    *number = none;
                }
            }
        }
        numbers
    }

    /// Numbers what is no text by how it is written.
    fn number_names(&self, vector: &Vector) -> Vec<u32> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last: Option<(i128, u32)> = None;
        let mut each = |value: i128, name: &dyn Fn(i128) -> String| match last {
            Some((same, place)) if same == value => place,
            _ => {
                let place = known.whole.get(&value).copied();
                let place = place.unwrap_or_else(|| {
                    let place = known.place(&name(value));
                    known.whole.insert(value, place);
                    place
                });
                last = Some((value, place));
                place
            }
        };
        match &vector.values {
            Values::Boolean(values) => values
                .iter()
                .map(|value| each((*value).into(), &|value| (value == 1).to_string()))
                .collect(),
            Values::Date(values) => values
                .iter()
                .map(|value| each((*value).into(), &date))
                .collect(),
            Values::DateTime(values) => values
                .iter()
                .map(|value| each((*value).into(), &instant))
                .collect(),
            Values::Number(Numbers::Whole { scale, values }) => values
                .iter()
                .map(|value| each((*value).into(), &|value| decimal(value, *scale)))
                .collect(),
            Values::Number(Numbers::Long { scale, values }) => values
                .iter()
                .map(|value| each(*value, &|value| decimal(value, *scale)))
                .collect(),
            Values::Number(Numbers::Float(values)) => values
                .iter()
                .map(|value| known.place(&value.to_string()))
                .collect(),
            Values::Nothing(len) => vec![0; *len],
            Values::Text(_) => Vec::new(),
        }
    }

    /// The number of each different value, for distinct counts: whole numbers are their own.
    pub fn distinguish(&self, vector: &Vector, recalled: &mut Recalled) -> Vec<u32> {
        if let Values::Number(Numbers::Whole { scale: 0, values }) = &vector.values {
            // Half of the numbers are left to values that do not fit.
            let small = |value: &i64| u32::try_from(*value).ok().filter(|it| *it < 1 << 31);
            let own: Option<Vec<u32>> = values.iter().map(small).collect();
            if let Some(own) = own {
                return own;
            }
        }
        let whole = match &vector.values {
            // 1.0 is 1, however many digits a part was written with.
            Values::Number(numbers) => numbers.plain(),
            _ => None,
        };
        let mut known = match whole {
            Some(values) => {
                let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let mut place = |name: String| match name.parse::<u32>() {
                    Ok(own) if own < 1 << 31 => own,
                    _ => known.place(&name) | 1 << 31,
                };
                return values.into_iter().map(&mut place).collect();
            }
            None => self.number(vector, recalled),
        };
        known.iter_mut().for_each(|number| *number |= 1 << 31);
        known
    }

    /// The names, in the order of their numbers.
    pub fn names(&self) -> Vec<Box<str>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.names.clone()
    }
}

impl Numbers {
    /// Each number as it is written without needless zeros.
    fn plain(&self) -> Option<Vec<String>> {
        Some(match self {
            Self::Whole { scale, values } => {
                let text = |value: &i64| shortest(decimal((*value).into(), *scale));
                values.iter().map(text).collect()
            }
            Self::Long { scale, values } => values
                .iter()
                .map(|value| shortest(decimal(*value, *scale)))
                .collect(),
            Self::Float(values) => {
                // A zero is one, whatever its sign.
                let text = |value: &f64| (*value + 0.0).to_string();
                values.iter().map(text).collect()
            }
        })
    }
}

fn shortest(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn date(days: i128) -> String {
    let day = i32::try_from(days)
        .ok()
        .and_then(NaiveDate::from_epoch_days);
    day.unwrap_or_default().to_string()
}

fn instant(micros: i128) -> String {
    let instant = i64::try_from(micros)
        .ok()
        .and_then(DateTime::from_timestamp_micros);
    let instant = instant.unwrap_or_default().naive_utc();
    instant.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_apart_by_what_they_are_worth() {
        let whole = |scale, values| Vector::full(Values::Number(Numbers::Whole { scale, values }));
        let long = |scale, values| Vector::full(Values::Number(Numbers::Long { scale, values }));
        let members = Members::default();
        let number = |vector: &Vector| members.distinguish(vector, &mut Recalled::default());
        let tenths = number(&whole(1, vec![10, 15, -20, 10]));
        assert_eq!(number(&whole(0, vec![1, -2])), [tenths[0], tenths[2]]);
        assert_eq!(number(&long(3, vec![1_000, 1_500])), tenths[..2]);
        assert_eq!(number(&Vector::float(vec![1.0, 1.5])), tenths[..2]);
        assert_eq!(tenths[3], tenths[0]);
        assert_eq!(
            tenths
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            3
        );
    }

    #[test]
    fn instants_are_told_apart_below_the_second() {
        let instants = Vector::full(Values::DateTime(vec![0, 250_000]));
        let numbers = Members::default().distinguish(&instants, &mut Recalled::default());
        assert_ne!(numbers[0], numbers[1]);
    }
}
