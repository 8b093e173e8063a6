//! Plain values under keys that the reader of the file does not know: rows of a dataset, figures
//! of indicators, and the result worked out from them.

use super::{Item, Table, day};
use crate::Value;
use crate::diagnostic::code;
use crate::keys::{Key, Kind};
use crate::source::{At, list};
use beffroi_model::nearest;
use toml::de::{DeTable, DeValue};

/// Values by the name they are given to, in the order of the file.
pub(crate) type Values = Vec<(At<String>, At<Value>)>;

/// A number with the digits written after its point, or a word of the list of its key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NumberOrWord {
    Number { value: f64, decimals: u8 },
    Word(String),
}

impl Table<'_> {
    /// Values by name; `None` when the key is not there.
    pub(crate) fn values(&self, key: &Key) -> Option<Values> {
        let item = self.get(key)?;
        match item.get_ref() {
            DeValue::Table(entries) => Some(self.entries_of(key, entries)),
            _ => self.wrong_type(key, item),
        }
    }

    /// Lists of texts by name.
    pub(crate) fn choices(&self, key: &Key) -> Vec<(At<String>, Vec<At<String>>)> {
        let Some(item) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Table(entries) = item.get_ref() else {
            self.wrong_type::<()>(key, item);
            return Vec::new();
        };
        let mut found: Vec<_> = entries
            .iter()
            .map(|(name, item)| {
                let name = At::new(name.get_ref().to_string(), name.span());
                (name, self.texts_of(key, item))
            })
            .collect();
        found.sort_by_key(|(name, _)| name.span.start);
        found
    }

    /// A list of values by name; `None` when the key is not there.
    pub(crate) fn rows(&self, key: &Key) -> Option<Vec<Values>> {
        let item = self.get(key)?;
        let DeValue::Array(items) = item.get_ref() else {
            return self.wrong_type(key, item);
        };
        let rows = items.iter().map(|item| match item.get_ref() {
            DeValue::Table(entries) => Some(self.entries_of(key, entries)),
            _ => self.wrong_type(key, item),
        });
        Some(rows.map(Option::unwrap_or_default).collect())
    }

    fn entries_of(&self, key: &Key, entries: &DeTable<'_>) -> Values {
        let mut found: Values = entries
            .iter()
            .filter_map(|(name, item)| {
                let value = self.value(key, item)?;
                let name = At::new(name.get_ref().to_string(), name.span());
                Some((name, At::new(value, item.span())))
            })
            .collect();
        found.sort_by_key(|(name, _)| name.span.start);
        found
    }

    fn value(&self, key: &Key, item: &Item<'_>) -> Option<Value> {
        match item.get_ref() {
            DeValue::Integer(_) | DeValue::Float(_) => self
                .finite(key, item)
                .map(|(number, _)| Value::Number(number)),
            DeValue::String(text) => Some(Value::Text(text.to_string())),
            DeValue::Boolean(truth) => Some(Value::Boolean(*truth)),
            DeValue::Datetime(_) => match day(item) {
                Some(day) => Some(Value::Day(day)),
                None => self.wrong_type(key, item),
            },
            DeValue::Array(_) | DeValue::Table(_) => self.wrong_type(key, item),
        }
    }

    /// A number, or a word out of the list of its key.
    pub(crate) fn number_or_word(&self, key: &Key) -> Option<At<NumberOrWord>> {
        let item = self.get(key)?;
        let found = match (item.get_ref(), key.kind) {
            (DeValue::Integer(_) | DeValue::Float(_), _) => {
                let (value, decimals) = self.finite(key, item)?;
                NumberOrWord::Number { value, decimals }
            }
            (DeValue::String(word), Kind::NumberOrWord(names)) => {
                let names = names();
                if !names.contains(&&**word) {
                    let hint = match nearest(word, names.iter().copied()) {
                        Some(near) => format!("Vouliez-vous dire `{near}` ?"),
                        None => format!("Un nombre sans guillemets, ou : {}.", list(&names)),
                    };
                    let message = format!("`{}` ne connaît pas `{word}`", key.name);
                    self.error(&item.span(), code::UNKNOWN_WORD, message, hint);
                    return None;
                }
                NumberOrWord::Word(word.to_string())
            }
            _ => return self.wrong_type(key, item),
        };
        Some(At::new(found, item.span()))
    }
}
