//! `[columns.ID]` of a dataset, over the column of its schema when there is one.

use super::{RawComputed, computed, values};
use crate::Text;
use crate::diagnostic::code;
use crate::keys::{Key, column, dataset};
use crate::schema::Named;
use crate::source::{At, inside_string};
use crate::table::{Amount, Table, declared_id};
use beffroi_model::{
    Bound, ColumnId, ColumnSpec, ColumnType, Constraints, Format, Grain, Unit, normalize,
};
use beffroi_table_schema::About;
use indexmap::IndexMap;
use std::{collections::BTreeMap, ops::Range};

/// A column, as declared.
pub(crate) struct RawColumn {
    /// `None` when it is wrong: nothing is said of how the column is used.
    pub kind: Option<ColumnType>,
    pub headers: Vec<At<String>>,
    /// How many of them, the first ones, are those of a published schema: by the very first users
    /// know the column.
    pub published: usize,
    pub title: Text,
    pub description: Text,
    pub unit: Option<Unit>,
    pub required: bool,
    pub dimension: Option<At<String>>,
    pub secret_marks: Vec<String>,
    pub missing_marks: Vec<String>,
    pub not_applicable_marks: Vec<String>,
    pub personal: bool,
    pub constraints: Constraints,
    pub coordinate: Option<At<Coordinate>>,
    /// Where it is declared.
    pub span: Range<usize>,
}

/// What a column tells of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coordinate {
    Longitude,
    Latitude,
    /// Both in one text.
    LongitudeLatitude,
    LatitudeLongitude,
}

/// The columns of a dataset.
pub(super) struct Columns {
    /// Those of its files: those of the schema in its order, as the declared ones change them, then
    /// the others.
    pub found: IndexMap<ColumnId, RawColumn>,
    /// The ids that declared columns give to those of the schema.
    pub renamed: IndexMap<ColumnId, ColumnId>,
    /// Those worked out from them.
    pub computed: IndexMap<ColumnId, RawComputed>,
}

/// Reads the columns of a dataset, over those of its schema.
pub(super) fn columns(table: &Table<'_>, schema: Option<&Named>) -> Columns {
    let mut changed: IndexMap<usize, (ColumnId, RawColumn)> = IndexMap::new();
    let mut others = Vec::new();
    let mut computed = IndexMap::new();
    for (name, table) in table.tables(&dataset::COLUMNS) {
        if computed::is_computed(&table) {
            let raw = computed::read(&table, &name);
            if let (true, Ok(id)) = (
                declared_id(&table, &name, "une colonne"),
                ColumnId::new(&name.value),
            ) {
                if schema.is_some_and(|schema| schema.place(&name.value, &[]).is_some()) {
                    table.error(
                        &name.span,
                        code::AMBIGUOUS_SPELLING,
                        format!("`{id}` est déjà une colonne du schéma"),
                        "Donnez un autre nom à la colonne calculée.".to_owned(),
                    );
                }
                computed.insert(id, raw);
            }
            continue;
        }
        let headers = table.lines(&column::HEADERS);
        let place = schema.and_then(|schema| schema.place(&name.value, &headers));
        let base = place.and_then(|place| Some((schema?, schema?.columns().nth(place)?)));
        let raw = read(&table, &name, headers, base);
        if !declared_id(&table, &name, "une colonne") {
            continue;
        }
        let Ok(id) = ColumnId::new(&name.value) else {
            continue;
        };
        match place {
            None => others.push((id, raw)),
            Some(place) => match changed.get(&place) {
                None => drop(changed.insert(place, (id, raw))),
                Some((other, _)) => table.error(
                    &name.span,
                    code::AMBIGUOUS_SPELLING,
                    format!("`{other}` et `{id}` désignent la même colonne du schéma"),
                    "Réunissez-les en une.".to_owned(),
                ),
            },
        }
    }
    let mut found = IndexMap::new();
    let mut names = IndexMap::new();
    for (place, (spec, about)) in schema
        .iter()
        .flat_map(|schema| schema.columns())
        .enumerate()
    {
        let (id, raw) = changed.swap_remove(&place).unwrap_or_else(|| {
            let span = schema.map_or(0..0, |schema| schema.span.clone());
            (spec.id.clone(), published(spec, about, &span))
        });
        names.insert(spec.id.clone(), id.clone());
        found.insert(id, raw);
    }
    found.extend(others);
    give_up_aliases(&mut found);
    Columns {
        found,
        renamed: names,
        computed,
    }
}

/// Takes from columns of a schema the headers in the wild that another column declares.
fn give_up_aliases(columns: &mut IndexMap<ColumnId, RawColumn>) {
    let declared = columns.iter().flat_map(|(id, column)| {
        let headers = column.headers.iter().skip(column.published);
        headers.map(|header| (normalize(&header.value), id.clone()))
    });
    let owners: BTreeMap<String, ColumnId> = declared.collect();
    for (id, column) in columns {
        let mut place = 0;
        let published = column.published;
        column.headers.retain(|header| {
            place += 1;
            let owner = owners.get(&normalize(&header.value));
            let is_alias = (2..=published).contains(&place);
            let is_kept = !is_alias || owner.is_none_or(|owner| owner == id);
            column.published -= usize::from(!is_kept);
            is_kept
        });
    }
}

/// A column of a schema named at `span`.
fn published(spec: &ColumnSpec, about: &About, span: &Range<usize>) -> RawColumn {
    let headers = spec.headers.iter();
    let text = |text: &str| Text {
        fr: text.to_owned(),
        en: None,
    };
    let title = match about.title.as_str() {
        "" => spec.headers.first().map_or("", String::as_str),
        title => title,
    };
    RawColumn {
        kind: Some(spec.kind),
        headers: headers
            .map(|header| At::new(header.clone(), span.clone()))
            .collect(),
        published: spec.headers.len(),
        title: text(title),
        description: text(&about.description),
        unit: None,
        required: spec.required,
        dimension: None,
        secret_marks: spec.secret_marks.clone(),
        missing_marks: spec.missing_marks.clone(),
        not_applicable_marks: spec.not_applicable_marks.clone(),
        personal: spec.personal,
        constraints: spec.constraints.clone(),
        coordinate: None,
        span: span.clone(),
    }
}

fn read(
    table: &Table<'_>,
    name: &At<String>,
    headers: Vec<At<String>>,
    base: Option<(&Named, (&ColumnSpec, &About))>,
) -> RawColumn {
    let base = base.map(|(schema, (spec, about))| published(spec, about, &schema.span));
    let title = table.text(&column::TITLE);
    let own_title = headers.first().unwrap_or(name).value.clone();
    let mut raw = base.unwrap_or_else(|| RawColumn {
        kind: None,
        headers: Vec::new(),
        published: 0,
        title: Text {
            fr: own_title,
            en: None,
        },
        description: Text::default(),
        unit: None,
        required: false,
        dimension: None,
        secret_marks: Vec::new(),
        missing_marks: Vec::new(),
        not_applicable_marks: Vec::new(),
        personal: false,
        constraints: Constraints::default(),
        coordinate: None,
        span: 0..0,
    });
    kind(table, &mut raw);
    let over = |declared: Text, known: &mut Text| {
        if !declared.is_empty() {
            *known = declared;
        }
    };
    over(title, &mut raw.title);
    over(table.text(&column::DESCRIPTION), &mut raw.description);
    raw.headers.extend(headers);
    raw.unit = table.word(&column::UNIT).map(|at| at.value);
    raw.required = table.boolean(&column::REQUIRED).unwrap_or(raw.required);
    raw.dimension = table.line(&column::DIMENSION);
    for (key, marks) in [
        (&column::SECRET, &mut raw.secret_marks),
        (&column::MISSING, &mut raw.missing_marks),
        (&column::NOT_APPLICABLE, &mut raw.not_applicable_marks),
    ] {
        marks.extend(values(table.lines(key)));
    }
    raw.personal = table.boolean(&column::PERSONAL).unwrap_or_default();
    raw.span = name.span.clone();
    checks(table, &mut raw);
    raw
}

/// The type: declared, else that of the schema.
fn kind(table: &Table<'_>, raw: &mut RawColumn) {
    if table.span_of(&column::TYPE).is_some() {
        raw.kind = table.word::<ColumnType>(&column::TYPE).map(|at| at.value);
        // The schema's way of writing goes with its type.
        raw.constraints.written = None;
    } else if raw.published == 0 {
        table.missing(&column::TYPE);
    }
    let Some(scale) = table.integer(&column::SCALE) else {
        return;
    };
    match &mut raw.kind {
        Some(ColumnType::Decimal { scale: digits }) => {
            *digits = u8::try_from(scale.value).unwrap_or(*digits);
        }
        Some(_) => table.error(
            &scale.span,
            code::MISPLACED_KEY,
            "`scale` ne va qu'avec `type = \"decimal\"`",
            "Changez le type, ou ôtez cette ligne.".to_owned(),
        ),
        None => {}
    }
}

/// What cells must be beyond their type: what is declared takes the place of what the schema asks.
fn checks(table: &Table<'_>, raw: &mut RawColumn) {
    let kind = raw.kind;
    let asked = &mut raw.constraints;
    if table.boolean(&column::UNCHECKED).unwrap_or_default() {
        *asked = Constraints::default();
    }
    asked.filled = table.boolean(&column::FILLED).unwrap_or(asked.filled);
    asked.unique = table.boolean(&column::UNIQUE).unwrap_or(asked.unique);
    let minimum = bound(table, &column::MINIMUM, kind);
    let maximum = bound(table, &column::MAXIMUM, kind);
    if let (Some(minimum), Some(maximum)) = (&minimum, &maximum)
        && minimum.value.is_above(&maximum.value)
    {
        table.error(
            &maximum.span,
            code::OUT_OF_RANGE,
            "`maximum` est au-dessous de `minimum`",
            "Échangez les deux.".to_owned(),
        );
    }
    let ends = [
        (minimum, &mut asked.minimum, false),
        (maximum, &mut asked.maximum, true),
    ];
    for (declared, end, is_last) in ends {
        if let Some(declared) = declared {
            *end = Some(Bound {
                value: written(&declared.value, kind, is_last),
                excluded: false,
            });
        }
    }
    let is_for_text = |key: &Key| is_for(table, key, kind, ColumnType::is_text, "`text` ou `code`");
    if is_for_text(&column::PATTERN) {
        asked.pattern = pattern(table);
    }
    let text_or_number = |kind: ColumnType| kind.is_text() || kind.is_number();
    let listed = "`text`, `code`, `integer` ou `decimal`";
    if is_for(table, &column::ALLOWED, kind, text_or_number, listed) {
        asked.allowed = values(table.lines(&column::ALLOWED));
    }
    if is_for_text(&column::FORMAT) {
        let format = table.word::<Format>(&column::FORMAT);
        asked.formats = format.map(|at| at.value).into_iter().collect();
    }
    let length = |key: &'static Key| {
        let length = is_for_text(key).then(|| table.integer(key))??;
        Some(At::new(u32::try_from(length.value).ok()?, length.span))
    };
    let (least, most) = (length(&column::MIN_LENGTH), length(&column::MAX_LENGTH));
    if let (Some(least), Some(most)) = (&least, &most)
        && least.value > most.value
    {
        table.error(
            &most.span,
            code::OUT_OF_RANGE,
            "`max_length` est au-dessous de `min_length`",
            "Échangez les deux.".to_owned(),
        );
    }
    asked.min_length = least.map(|at| at.value).or(asked.min_length);
    asked.max_length = most.map(|at| at.value).or(asked.max_length);
    let date = |kind: ColumnType| kind.grain().is_some();
    if is_for(table, &column::PAST, kind, date, "une date") {
        asked.past = table.boolean(&column::PAST);
    }
    raw.coordinate = coordinate(table, kind);
}

/// Whether a key is there and goes with the type of its column; when it does not, it is told.
fn is_for(
    table: &Table<'_>,
    key: &Key,
    kind: Option<ColumnType>,
    fits: impl Fn(ColumnType) -> bool,
    wanted: &str,
) -> bool {
    let Some(span) = table.span_of(key) else {
        return false;
    };
    if kind.is_none_or(fits) {
        return true;
    }
    table.error(
        &span,
        code::CHECK_TYPE,
        format!("`{}` ne va pas avec le type de cette colonne", key.name),
        format!("Il y faut {wanted} ; sinon, ôtez cette ligne."),
    );
    false
}

/// The end of a range of numbers or of dates.
fn bound(table: &Table<'_>, key: &Key, kind: Option<ColumnType>) -> Option<At<Amount>> {
    let amount = table.amount(key)?;
    let Some(kind) = kind else {
        return Some(amount);
    };
    let by_year = matches!(kind.grain(), Some(Grain::Year | Grain::SchoolYear));
    let (fits, wanted) = match &amount.value {
        Amount::Number(text) => {
            let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
            (
                kind.is_number() || (by_year && is_year),
                if by_year {
                    "une année (`2024`) ou une date (`2024-01-31`)"
                } else {
                    "une date (`2024-01-31`)"
                },
            )
        }
        Amount::Day(_) => (kind.grain().is_some(), "un nombre"),
    };
    if fits {
        return Some(amount);
    }
    let hint = match kind {
        kind if kind.is_number() || kind.grain().is_some() => format!("Écrivez {wanted}."),
        _ => "Il y faut un nombre ou une date ; sinon, ôtez cette ligne.".to_owned(),
    };
    table.error(
        &amount.span,
        code::CHECK_TYPE,
        format!("`{}` ne va pas avec le type de cette colonne", key.name),
        hint,
    );
    None
}

/// The end of a range in the notation of exports. The last day of a range of instants is whole.
fn written(amount: &Amount, kind: Option<ColumnType>, is_last: bool) -> String {
    match (amount, kind) {
        (Amount::Number(number), _) => number.clone(),
        (Amount::Day(day), Some(ColumnType::DateTime)) => {
            let time = if is_last { "23:59:59" } else { "00:00:00" };
            format!("{day}T{time}")
        }
        (Amount::Day(day), Some(ColumnType::Date { grain: Grain::Year })) => {
            day.format("%Y").to_string()
        }
        (Amount::Day(day), _) => day.to_string(),
    }
}

fn pattern(table: &Table<'_>) -> Option<String> {
    let at = table.line(&column::PATTERN)?;
    let Err(error) = regex_syntax::parse(&at.value) else {
        return Some(at.value);
    };
    let part = match &error {
        regex_syntax::Error::Parse(error) => Some(error.span()),
        regex_syntax::Error::Translate(error) => Some(error.span()),
        _ => None,
    };
    let part = part.map_or(0..at.value.len(), |part| part.start.offset..part.end.offset);
    let span = inside_string(table.source(), &at.span, &at.value, &part);
    table.error(
        &span,
        code::BAD_PATTERN,
        "cette expression régulière ne se lit pas",
        "Entre apostrophes, rien n'est à doubler : `'W\\d{9}'`. Un caractère spécial se précède \
         de `\\` ; ni rappel (`\\1`), ni regard autour (`(?=…)`)."
            .to_owned(),
    );
    None
}

fn coordinate(table: &Table<'_>, kind: Option<ColumnType>) -> Option<At<Coordinate>> {
    let coordinate = table.word::<Coordinate>(&column::COORDINATE)?;
    let (fits, wanted): (fn(ColumnType) -> bool, _) = match coordinate.value {
        Coordinate::Longitude | Coordinate::Latitude => (ColumnType::is_number, "`decimal`"),
        Coordinate::LongitudeLatitude | Coordinate::LatitudeLongitude => {
            (ColumnType::is_text, "`text`")
        }
    };
    is_for(table, &column::COORDINATE, kind, fits, wanted).then_some(coordinate)
}
