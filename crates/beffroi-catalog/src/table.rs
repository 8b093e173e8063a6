//! A TOML table being read, key by key. Only keys of [`crate::keys`] can be read, so that what is
//! read is known, documented and checked in one place.

mod values;

pub(crate) use values::{NumberOrWord, Values};

use crate::Text;
use crate::diagnostic::code;
use crate::keys::{Key, Kind, Need, Shape};
use crate::source::{At, Report, SourceFile, list, suggest};
use crate::words::Named;
use beffroi_model::{is_id, nearest};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A table with the keys that it may have.
pub(crate) struct Table<'a> {
    file: &'a SourceFile,
    report: &'a Report,
    shape: &'static Shape,
    entries: &'a DeTable<'a>,
    /// The table's title in the file, or the file's start.
    pub span: Range<usize>,
}

type Item<'a> = toml::Spanned<DeValue<'a>>;

/// A number or a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Amount {
    /// In the notation of exports.
    Number(String),
    Day(NaiveDate),
}

impl Amount {
    /// Whether it is surely above another.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                let both = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
                both.is_some_and(|(a, b)| a > b)
            }
            (Self::Day(a), Self::Day(b)) => a > b,
            _ => false,
        }
    }
}

impl<'a> Table<'a> {
    /// Opens a table; keys that it should not have are told.
    pub(crate) fn open(
        file: &'a SourceFile,
        report: &'a Report,
        shape: &'static Shape,
        entries: &'a DeTable<'a>,
        span: Range<usize>,
    ) -> Self {
        for key in entries.keys() {
            if shape.key(key.get_ref()).is_none() {
                unknown_key(file, report, shape, key);
            }
        }
        Self {
            file,
            report,
            shape,
            entries,
            span,
        }
    }

    /// The text of the file.
    pub(crate) fn source(&self) -> &'a str {
        &self.file.text
    }

    /// Tells an error about something in this table.
    pub(crate) fn error(
        &self,
        span: &Range<usize>,
        code: &'static str,
        message: impl AsRef<str>,
        hint: impl Into<Option<String>>,
    ) {
        self.report.at(self.file, span, code, message, hint);
    }

    /// Where a key's value stands, if it is there.
    pub(crate) fn span_of(&self, key: &Key) -> Option<Range<usize>> {
        self.entries.get(key.name).map(toml::Spanned::span)
    }

    /// A text for users; empty when it is not there.
    pub(crate) fn text(&self, key: &Key) -> Text {
        let english = format!("{}.en", key.name);
        let en = self.entries.get(english.as_str());
        if let (Some(en), None) = (en, self.entries.get(key.name)) {
            self.error(
                &en.span(),
                code::MISSING_KEY,
                format!("`{}` manque : il n'y a que sa version anglaise", key.name),
                format!("Ajoutez `{} = \"…\"` au-dessus.", key.name),
            );
            return Text::default();
        }
        let fr = self
            .get(key)
            .and_then(|item| self.filled(key, item))
            .map(|at| at.value);
        let en = en
            .and_then(|item| self.filled(key, item))
            .map(|at| at.value);
        Text {
            fr: fr.unwrap_or_default(),
            en,
        }
    }

    /// One and many of a noun.
    pub(crate) fn noun(&self, key: &Key) -> Option<(Text, Text)> {
        let pair = |item: &Item<'_>| -> Option<[String; 2]> {
            let words = self.texts_of(key, item);
            let count = words.len();
            let words: Result<[String; 2], _> = words
                .into_iter()
                .map(|at| at.value)
                .collect::<Vec<_>>()
                .try_into();
            if words.is_err() {
                self.error(
                    &item.span(),
                    code::WRONG_COUNT,
                    format!("`{}` attend deux textes, il y en a {count}", key.name),
                    "Le singulier et le pluriel : `[\"location\", \"locations\"]`.".to_owned(),
                );
            }
            words.ok()
        };
        let english = format!("{}.en", key.name);
        let en = self.entries.get(english.as_str()).and_then(pair);
        let [one, many] = self.get(key).and_then(pair)?;
        let (en_one, en_many) = en.map_or((None, None), |[one, many]| (Some(one), Some(many)));
        Some((
            Text {
                fr: one,
                en: en_one,
            },
            Text {
                fr: many,
                en: en_many,
            },
        ))
    }

    /// A plain text that is not blank.
    pub(crate) fn line(&self, key: &Key) -> Option<At<String>> {
        self.get(key).and_then(|item| self.filled(key, item))
    }

    /// A list of plain texts.
    pub(crate) fn lines(&self, key: &Key) -> Vec<At<String>> {
        let Some(item) = self.get(key) else {
            return Vec::new();
        };
        let texts = self.texts_of(key, item);
        let mut before = BTreeSet::new();
        for text in &texts {
            if !before.insert(text.value.as_str()) {
                self.error(
                    &text.span,
                    code::REPEATED,
                    format!("`{}` est deux fois dans `{}`", text.value, key.name),
                    "Ôtez l'un des deux.".to_owned(),
                );
            }
        }
        texts
    }

    /// A whole number within the bounds of its key.
    pub(crate) fn integer(&self, key: &Key) -> Option<At<i64>> {
        let item = self.get(key)?;
        let DeValue::Integer(integer) = item.get_ref() else {
            return self.wrong_type(key, item);
        };
        let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let (low, high) = match key.kind {
            Kind::Integer(low, high) => (low, high),
            _ => (i64::MIN, i64::MAX),
        };
        if let Some(value) = value.filter(|value| (low..=high).contains(value)) {
            return Some(At::new(value, item.span()));
        }
        self.error(
            &item.span(),
            code::OUT_OF_RANGE,
            format!("`{}` va de {low} à {high}", key.name),
            None,
        );
        None
    }

    /// A number.
    pub(crate) fn number(&self, key: &Key) -> Option<At<f64>> {
        let item = self.get(key)?;
        self.finite(key, item)
            .map(|(number, _)| At::new(number, item.span()))
    }

    /// A finite number, and how many digits are written after its point.
    fn finite(&self, key: &Key, item: &Item<'_>) -> Option<(f64, u8)> {
        let (number, decimals) = match item.get_ref() {
            DeValue::Integer(integer) => {
                #[expect(clippy::cast_precision_loss, reason = "targets are far below 2^53")]
                let number = i64::from_str_radix(integer.as_str(), integer.radix())
                    .ok()
                    .map(|n| n as f64);
                (number, 0)
            }
            DeValue::Float(float) => {
                let digits = float.as_str().split_once('.').map_or(0, |(_, fraction)| {
                    let fraction = fraction.split(['e', 'E']).next().unwrap_or_default();
                    fraction.chars().filter(char::is_ascii_digit).count()
                });
                let number = float.as_str().parse::<f64>().ok();
                (number, u8::try_from(digits).unwrap_or(u8::MAX))
            }
            _ => return self.wrong_type(key, item),
        };
        match number.filter(|number| number.is_finite()) {
            Some(number) => Some((number, decimals)),
            None => {
                let message = format!("`{}` n'est pas un nombre fini", key.name);
                self.error(&item.span(), code::OUT_OF_RANGE, message, None);
                None
            }
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, key: &Key) -> Option<bool> {
        let item = self.get(key)?;
        item.get_ref()
            .as_bool()
            .or_else(|| self.wrong_type(key, item))
    }

    /// A day.
    pub(crate) fn date(&self, key: &Key) -> Option<NaiveDate> {
        let item = self.get(key)?;
        day(item).or_else(|| self.wrong_type(key, item))
    }

    /// A number or a day.
    pub(crate) fn amount(&self, key: &Key) -> Option<At<Amount>> {
        let item = self.get(key)?;
        let amount = match item.get_ref() {
            DeValue::Integer(integer) => {
                self.number(key)?;
                let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
                Amount::Number(value.to_string())
            }
            DeValue::Float(float) => {
                self.number(key)?;
                Amount::Number(float.as_str().trim_start_matches('+').to_owned())
            }
            _ => match day(item) {
                Some(day) => Amount::Day(day),
                None => return self.wrong_type(key, item),
            },
        };
        Some(At::new(amount, item.span()))
    }

    /// What a word out of the list of its key stands for.
    pub(crate) fn word<T: Named>(&self, key: &Key) -> Option<At<T>> {
        let word = self.choice(key)?;
        T::named(&word.value).map(|value| At::new(value, word.span))
    }

    /// A word out of the list of its key.
    pub(crate) fn choice(&self, key: &Key) -> Option<At<String>> {
        let word = self.line(key)?;
        let Kind::Word(names) = key.kind else {
            return None;
        };
        let names = names();
        if names.contains(&word.value.as_str()) {
            return Some(word);
        }
        let code = if key.name == "unit" {
            code::UNKNOWN_UNIT
        } else {
            code::UNKNOWN_WORD
        };
        let near = nearest(&word.value, names.iter().copied());
        let hint = match near {
            Some(near) => format!("Vouliez-vous dire `{near}` ?"),
            None => format!("Possibles : {}.", list(&names)),
        };
        let message = format!("`{}` ne connaît pas `{}`", key.name, word.value);
        self.error(&word.span, code, message, hint);
        None
    }

    /// A plain text, of blanks even: a tabulation is a delimiter.
    pub(crate) fn line_or_blank(&self, key: &Key) -> Option<At<String>> {
        let item = self.get(key)?;
        match item.get_ref().as_str() {
            Some(text) => Some(At::new(text.to_owned(), item.span())),
            None => self.wrong_type(key, item),
        }
    }

    /// A table, with its own keys.
    pub(crate) fn table(&self, key: &Key) -> Option<Self> {
        let item = self.get(key)?;
        let (Kind::Table(shape) | Kind::LineOrTable(shape)) = key.kind else {
            return None;
        };
        match item.get_ref() {
            DeValue::Table(entries) => Some(self.inner(shape, entries, self.title_span(key, item))),
            _ => self.wrong_type(key, item),
        }
    }

    /// Whether a key that holds a text or a table holds a text.
    pub(crate) fn is_line(&self, key: &Key) -> bool {
        self.entries
            .get(key.name)
            .is_some_and(|item| !item.get_ref().is_table())
    }

    /// Tables by key, in the order of the file.
    pub(crate) fn tables(&self, key: &Key) -> Vec<(At<String>, Self)> {
        let (Some(item), Kind::Tables(shape)) = (self.get(key), key.kind) else {
            return Vec::new();
        };
        let DeValue::Table(entries) = item.get_ref() else {
            self.wrong_type::<()>(key, item);
            return Vec::new();
        };
        let mut found = Vec::new();
        for (name, item) in entries.iter() {
            let name = At::new(name.get_ref().to_string(), name.span());
            match item.get_ref() {
                DeValue::Table(entries) => {
                    let table = self.inner(shape, entries, name.span.clone());
                    found.push((name, table));
                }
                _ => self.error(
                    &name.span,
                    code::WRONG_TYPE,
                    format!("`{}.{}` attend une table", key.name, name.value),
                    format!("Écrivez `[{}]` seul sur sa ligne.", shape.path),
                ),
            }
        }
        found.sort_by_key(|(name, _)| name.span.start);
        found
    }

    /// A list of tables.
    pub(crate) fn list(&self, key: &Key) -> Vec<Self> {
        let (Some(item), Kind::List(shape)) = (self.get(key), key.kind) else {
            return Vec::new();
        };
        let DeValue::Array(array) = item.get_ref() else {
            self.wrong_type::<()>(key, item);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(entries) => found.push(self.inner(shape, entries, item.span())),
                _ => {
                    self.wrong_type::<()>(key, item);
                }
            }
        }
        found
    }

    fn inner(&self, shape: &'static Shape, entries: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self::open(self.file, self.report, shape, entries, span)
    }

    /// The key's value. A required key that is not there is told.
    fn get(&self, key: &Key) -> Option<&'a Item<'a>> {
        debug_assert!(
            self.shape
                .keys
                .iter()
                .any(|known| std::ptr::eq(*known, key))
        );
        let item = self.entries.get(key.name);
        if item.is_none() && key.need == Need::Required {
            self.missing(key);
        }
        item
    }

    /// Tells that a key is missing.
    pub(crate) fn missing(&self, key: &Key) {
        let example = match key.kind {
            Kind::Table(shape) | Kind::Tables(shape) => format!("[{}]", shape.path),
            Kind::List(shape) => format!("[[{}]]", shape.path.replace("[]", "")),
            Kind::Integer(low, _) => format!("{} = {low}", key.name),
            Kind::Number | Kind::Amount => format!("{} = 12.5", key.name),
            Kind::Boolean => format!("{} = true", key.name),
            Kind::Date => format!("{} = 2026-06-10", key.name),
            Kind::Lines | Kind::Ids | Kind::Noun => format!("{} = [\"…\"]", key.name),
            Kind::NumberOrWord(_) => format!("{} = 12.5", key.name),
            Kind::Values => format!("{} = {{ nom = 12.5 }}", key.name),
            Kind::Rows => format!("{} = [{{ colonne = 12.5 }}]", key.name),
            _ => format!("{} = \"…\"", key.name),
        };
        let first = key.doc.split_once(". ").map_or(key.doc, |(first, _)| first);
        let doc = first.trim_end_matches('.');
        self.error(
            &self.span,
            code::MISSING_KEY,
            format!("`{}` manque", key.name),
            format!("Ajoutez `{example}` : {}.", lower_first(doc)),
        );
    }

    /// Where to show an error about a whole table: its title when it has one, else its value.
    fn title_span(&self, key: &Key, item: &Item<'_>) -> Range<usize> {
        match self.entries.get_key_value(key.name) {
            Some((name, _)) => name.span(),
            None => item.span(),
        }
    }

    /// A text that is not blank.
    fn filled(&self, key: &Key, item: &Item<'_>) -> Option<At<String>> {
        let Some(text) = item.get_ref().as_str() else {
            return self.wrong_type(key, item);
        };
        if text.trim().is_empty() {
            self.error(
                &item.span(),
                code::EMPTY_TEXT,
                format!("`{}` est vide", key.name),
                "Écrivez un texte, ou ôtez la ligne si la clé n'est pas obligatoire.".to_owned(),
            );
            return None;
        }
        Some(At::new(text.to_owned(), item.span()))
    }

    fn texts_of(&self, key: &Key, item: &Item<'_>) -> Vec<At<String>> {
        match item.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| self.filled(key, item))
                .collect(),
            _ => {
                self.wrong_type::<()>(key, item);
                Vec::new()
            }
        }
    }

    fn wrong_type<T>(&self, key: &Key, item: &Item<'_>) -> Option<T> {
        let found = match item.get_ref() {
            DeValue::String(_) => "un texte",
            DeValue::Integer(_) => "un nombre entier",
            DeValue::Float(_) => "un nombre à virgule",
            DeValue::Boolean(_) => "`true` ou `false`",
            DeValue::Datetime(_) => "une date",
            DeValue::Array(_) => "une liste",
            DeValue::Table(_) => "une table",
        };
        let hint = match (key.kind, item.get_ref()) {
            (Kind::Text, DeValue::Table(_)) => Some(format!(
                "La version anglaise s'écrit avec des guillemets : `\"{}.en\" = \"…\"`.",
                key.name
            )),
            (Kind::Date | Kind::Amount, DeValue::String(_)) => {
                let hint = "Une date s'écrit sans guillemets : `2026-06-10`.";
                Some(match key.kind {
                    Kind::Amount => format!("{hint} Un nombre aussi : `12.5`."),
                    _ => hint.to_owned(),
                })
            }
            (Kind::Integer(..) | Kind::Number | Kind::Boolean, DeValue::String(_)) => {
                Some("Ôtez les guillemets.".to_owned())
            }
            (Kind::Lines | Kind::Ids, DeValue::String(text)) => {
                Some(format!("Écrivez `{} = [\"{text}\"]`.", key.name))
            }
            (Kind::Line | Kind::Id, DeValue::Integer(_) | DeValue::Float(_)) => {
                Some("Mettez la valeur entre guillemets.".to_owned())
            }
            _ => None,
        };
        self.error(
            &item.span(),
            code::WRONG_TYPE,
            format!("`{}` attend {}, pas {found}", key.name, expected(key.kind)),
            hint,
        );
        None
    }
}

fn day(item: &Item<'_>) -> Option<NaiveDate> {
    let date = item.get_ref().as_datetime()?;
    let day = date.date.filter(|_| date.time.is_none())?;
    NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into())
}

/// What a key expects, with its article.
fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Line | Kind::Word(_) => "un texte",
        Kind::Id => "un identifiant",
        Kind::Lines => "une liste de textes",
        Kind::Noun => "une liste de deux textes",
        Kind::Ids => "une liste d'identifiants",
        Kind::Integer(..) => "un nombre entier",
        Kind::Number => "un nombre",
        Kind::Boolean => "`true` ou `false`",
        Kind::Date => "une date",
        Kind::Amount => "un nombre ou une date",
        Kind::Table(_) => "une table",
        Kind::Tables(_) => "des tables",
        Kind::List(_) => "une liste de tables",
        Kind::LineOrTable(_) => "un texte ou une table",
        Kind::NumberOrWord(_) => "un nombre ou un mot",
        Kind::Values => "des valeurs par identifiant",
        Kind::Rows => "une liste de lignes, des valeurs par colonne",
        Kind::Choices => "des listes de textes par identifiant, `{ quartier = [\"gare\"] }`",
    }
}

fn unknown_key(
    file: &SourceFile,
    report: &Report,
    shape: &'static Shape,
    key: &toml::Spanned<toml::de::DeString<'_>>,
) {
    let name = key.get_ref();
    let hint = match name
        .strip_suffix(".en")
        .filter(|french| shape.key(french).is_some())
    {
        Some(french) => Some(format!(
            "`{french}` n'est pas un texte pour les lecteurs : il n'a pas de version anglaise."
        )),
        None => suggest(name, shape.keys.iter().map(|key| key.name)),
    };
    let place = if shape.path.is_empty() {
        "ce fichier"
    } else {
        "cette table"
    };
    let message = format!("clé inconnue dans {place} : `{name}`");
    report.at(file, &key.span(), code::UNKNOWN_KEY, message, hint);
}

/// An id that declares something: the key of a table, a file's name.
pub(crate) fn declared_id(table: &Table<'_>, name: &At<String>, what: &str) -> bool {
    let good = is_id(&name.value);
    if !good {
        table.error(
            &name.span,
            code::BAD_ID,
            format!("`{}` ne peut pas nommer {what}", name.value),
            id_hint(&name.value),
        );
    }
    good
}

/// How to write an id, with one made of the name where that works.
pub(crate) fn id_hint(name: &str) -> String {
    let rule = "Une minuscule sans accent, puis des minuscules, des chiffres ou `_`, 64 au plus";
    let made = beffroi_model::normalize(name);
    if is_id(&made) {
        format!("{rule} : `{made}`.")
    } else {
        format!("{rule}.")
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
