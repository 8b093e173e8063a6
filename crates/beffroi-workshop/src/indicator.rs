//! `indicators/ID.toml` as a form.

use crate::document::{EditError, Empty, Order, Reader, Row, Writer, finish, parse};
use toml_edit::{Table, TableLike};

/// What a form says of an indicator; what is empty is not declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IndicatorForm {
    /// Its name.
    pub title: String,
    /// Its name in English.
    pub title_en: String,
    /// What it says.
    pub description: String,
    /// What it says, in English.
    pub description_en: String,
    /// How it is counted.
    pub method: String,
    /// How it is counted, in English.
    pub method_en: String,
    /// What it does not say.
    pub limits: String,
    /// What it does not say, in English.
    pub limits_en: String,
    /// The department that answers for it.
    pub department: String,
    /// Who answers for it.
    pub owner: String,
    /// The dataset that it is worked out from; empty for one worked out from others.
    pub dataset: String,
    /// How it is worked out.
    pub measure: String,
    /// Its unit.
    pub unit: String,
    /// What is counted: one, and many.
    pub noun: Option<[String; 2]>,
    /// What is counted, in English.
    pub noun_en: Option<[String; 2]>,
    /// Digits shown after the point.
    pub decimals: Option<u8>,
    /// What it is detailed by.
    pub dimensions: Vec<String>,
    /// How it adds up over time: the word of the declaration.
    pub over_time: String,
    /// The period under which it is first shown: the word of the declaration.
    pub main_grain: String,
    /// Which way it should go: the word of the declaration.
    pub direction: String,
    /// What becomes of it when data is missing: the word of the declaration.
    pub missing: String,
    /// What the council voted.
    pub targets: Vec<TargetForm>,
}

/// A value voted for a year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TargetForm {
    /// The year.
    pub year: i32,
    /// The value, in the unit of the indicator.
    pub value: f64,
    /// How far off is still on the way, in per cent.
    pub tolerance: Option<f64>,
    /// Where it comes from.
    pub origin: String,
    /// The day of the vote, in ISO notation.
    pub voted_on: Option<String>,
    /// The towns that it holds for; empty for all.
    pub when: String,
}

const KEYS: Order = &[
    "title",
    "title.en",
    "description",
    "description.en",
    "method",
    "method.en",
    "limits",
    "limits.en",
    "department",
    "owner",
    "dataset",
    "measure",
    "unit",
    "noun",
    "noun.en",
    "decimals",
    "dimensions",
    "over_time",
    "main_grain",
    "direction",
    "missing",
    "declared",
    "targets",
    "thresholds",
    "formulas",
    "breaks",
    "examples",
];

const TARGET: Order = &["year", "value", "tolerance", "origin", "voted_on", "when"];

impl IndicatorForm {
    /// Reads what a text declares; a key that is not there is empty.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn read(text: &str) -> Result<Self, EditError> {
        let document = parse(text)?;
        let table = Reader::new(document.as_table(), "");
        let targets = table.list("targets")?;
        Ok(Self {
            title: table.text("title")?,
            title_en: table.text("title.en")?,
            description: table.text("description")?,
            description_en: table.text("description.en")?,
            method: table.text("method")?,
            method_en: table.text("method.en")?,
            limits: table.text("limits")?,
            limits_en: table.text("limits.en")?,
            department: table.text("department")?,
            owner: table.text("owner")?,
            dataset: table.text("dataset")?,
            measure: table.text("measure")?,
            unit: table.text("unit")?,
            noun: table.pair("noun")?,
            noun_en: table.pair("noun.en")?,
            decimals: table.integer("decimals")?,
            dimensions: table.lines("dimensions")?,
            over_time: table.text("over_time")?,
            main_grain: table.text("main_grain")?,
            direction: table.text("direction")?,
            missing: table.text("missing")?,
            targets: targets
                .iter()
                .map(TargetForm::read)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The text with what the form says.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn write(&self, text: &str) -> Result<String, EditError> {
        let before = parse(text)?;
        let mut document = before.clone();
        let mut table = Writer::root(&mut document, KEYS);
        table.text("title", &self.title)?;
        table.text("title.en", &self.title_en)?;
        table.text("description", &self.description)?;
        table.text("description.en", &self.description_en)?;
        table.text("method", &self.method)?;
        table.text("method.en", &self.method_en)?;
        table.text("limits", &self.limits)?;
        table.text("limits.en", &self.limits_en)?;
        table.text("department", &self.department)?;
        table.text("owner", &self.owner)?;
        table.text("dataset", &self.dataset)?;
        table.text("measure", &self.measure)?;
        table.text("unit", &self.unit)?;
        table.pair("noun", self.noun.as_ref())?;
        table.pair("noun.en", self.noun_en.as_ref())?;
        table.integer("decimals", self.decimals)?;
        table.lines("dimensions", &self.dimensions)?;
        table.text("over_time", &self.over_time)?;
        table.text("main_grain", &self.main_grain)?;
        table.text("direction", &self.direction)?;
        table.text("missing", &self.missing)?;
        self.write_targets(&mut table)?;
        Ok(finish(text, &before, &document))
    }

    fn write_targets(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        let old = table.rows("targets")?;
        let places = places(&old, &self.targets);
        let rows = self.targets.iter().zip(places).map(|(target, place)| {
            let row = place.and_then(|place| old.get(place)).cloned();
            let mut row = row.unwrap_or_else(|| Row::Headed(Table::new()));
            target.write(&mut Writer::new(row.table(), "targets", TARGET))?;
            Ok((place, row))
        });
        let rows = rows.collect::<Result<Vec<_>, EditError>>()?;
        table.set_rows("targets", rows, Empty::Remove);
        Ok(())
    }
}

/// Where each target stands among those that are written: by year and towns, else by place.
fn places(old: &[Row], targets: &[TargetForm]) -> Vec<Option<usize>> {
    let is_for = |table: &dyn TableLike, target: &TargetForm| {
        let year = table.get("year").and_then(|item| item.as_integer());
        let when = table.get("when").and_then(|item| item.as_str());
        year == Some(i64::from(target.year)) && when.unwrap_or_default() == target.when
    };
    let mut free = vec![true; old.len()];
    let mut take = |place: Option<usize>| {
        let place = place.filter(|place| free.get(*place) == Some(&true))?;
        free[place] = false;
        Some(place)
    };
    let mut taken = vec![false; old.len()];
    let mut places: Vec<Option<usize>> = Vec::new();
    for target in targets {
        let mut known = old.iter().enumerate();
        let known = known.find(|(place, row)| !taken[*place] && is_for(row.like(), target));
        let place = take(known.map(|(place, _)| place));
        if let Some(place) = place {
            taken[place] = true;
        }
        places.push(place);
    }
    for (place, slot) in places.iter_mut().enumerate() {
        if slot.is_none() {
            *slot = take(Some(place));
        }
    }
    places
}

impl TargetForm {
    fn read(table: &Reader<'_>) -> Result<Self, EditError> {
        Ok(Self {
            year: table.integer("year")?.unwrap_or_default(),
            value: table.number("value")?.unwrap_or_default(),
            tolerance: table.number("tolerance")?,
            origin: table.text("origin")?,
            voted_on: table.day("voted_on")?,
            when: table.text("when")?,
        })
    }

    fn write(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        // What is not there is read as zero, and stays so.
        if self.year != 0 || table.has("year") {
            table.integer("year", Some(self.year))?;
        }
        if self.value != 0.0 || table.has("value") || self.year != 0 {
            table.number("value", Some(self.value))?;
        }
        table.number("tolerance", self.tolerance)?;
        table.text("origin", &self.origin)?;
        table.day("voted_on", self.voted_on.as_deref())?;
        table.text("when", &self.when)
    }
}
