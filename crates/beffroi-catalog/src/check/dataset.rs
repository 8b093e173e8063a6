//! Checks of datasets.

use super::computed::{self, CheckedComputed};
use super::{Known, rules, secrecy};
use crate::checksum::Checksum;
use crate::diagnostic::code;
use crate::expr::ValueType;
use crate::raw::{RawColumn, RawDataset};
use crate::source::{At, SourceFile, suggest};
use crate::words::Named as _;
use crate::{ColumnInfo, Dataset, Followed, Frequency, Load, Rows, Secrecy, Source, Text};
use beffroi_model::{
    ColumnId, ColumnSpec, ColumnType, DepartmentId, DimensionId, Grain, Member, Schema, Unit,
    normalize,
};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::ops::Range;

/// A dataset with what checks of indicators need, even when something is wrong with it.
pub(crate) struct CheckedDataset<'a> {
    pub raw: &'a RawDataset<'a>,
    pub schema: Schema,
    pub time: Option<ColumnId>,
    pub computed: IndexMap<ColumnId, CheckedComputed>,
    /// `None` when it cannot be made.
    pub dataset: Option<Dataset>,
}

pub(super) fn check<'a>(raw: &'a RawDataset<'a>, known: &Known<'a>) -> CheckedDataset<'a> {
    headers(raw, known);
    let time = time(raw, known);
    let columns: Vec<ColumnSpec> = raw
        .columns
        .iter()
        .map(|(id, column)| spec(raw, known, id, column, time.as_ref() == Some(id)))
        .collect();
    let mut checked = CheckedDataset {
        raw,
        schema: rules::schema(raw, known, columns),
        time,
        computed: IndexMap::new(),
        dataset: None,
    };
    checked.computed = computed::check(&checked, known);
    dimensions(&checked, known);
    let secrecy = secrecy::check(&checked, known);
    let department = known.department(raw.file, raw.department.as_ref());
    checked.dataset = department.map(|department| build(&checked, department, secrecy));
    checked
}

fn build(
    checked: &CheckedDataset<'_>,
    department: DepartmentId,
    secrecy: Option<Secrecy>,
) -> Dataset {
    let CheckedDataset {
        raw, schema, time, ..
    } = checked;
    let infos = raw.columns.iter().map(|(id, column)| {
        let info = ColumnInfo {
            title: column.title.clone(),
            description: column.description.clone(),
            unit: column.unit,
        };
        (id.clone(), info)
    });
    let worked_out = raw.computed.iter();
    let infos = infos.chain(worked_out.map(|(id, raw)| (id.clone(), computed::info(raw))));
    let computed = checked.computed.iter();
    Dataset {
        id: raw.id.clone(),
        title: raw.title.clone(),
        description: raw.description.clone(),
        row: raw.row.clone(),
        department,
        steward: raw.steward.clone(),
        licence: raw.licence.clone(),
        frequency: raw.frequency,
        visibility: raw.visibility,
        source: raw.source.clone(),
        schedule: raw.schedule.clone(),
        load: raw.load,
        reading: raw.reading.clone(),
        follows: raw.schema.as_ref().map(|schema| Followed {
            title: schema.published().title.clone(),
            version: schema.published().version.clone(),
        }),
        schema: schema.clone(),
        columns: infos.collect(),
        computed: computed
            .filter_map(|(id, checked)| Some((id.clone(), checked.computed.clone()?)))
            .collect(),
        time: time.clone(),
        secrecy,
        checksum: checksum(raw, schema, time.as_ref()),
    }
}

/// What a column gives on each row.
pub(super) struct Given {
    /// `None` when something is wrong with it.
    pub kind: Option<ValueType>,
}

/// Whether values of a computed column can be the keys of members.
pub(super) fn names_members(kind: ValueType) -> bool {
    matches!(kind, ValueType::Text | ValueType::Exact { scale: 0 })
}

impl CheckedDataset<'_> {
    pub(super) fn has_dimension(&self, name: &str) -> bool {
        self.dimensions()
            .any(|dimension| dimension.as_str() == name)
    }

    /// Its dimensions, in the order of its columns.
    pub(super) fn dimensions(&self) -> impl Iterator<Item = &DimensionId> {
        self.by_dimension().map(|(dimension, _)| dimension)
    }

    /// Its dimensions with their columns, the computed ones last.
    fn by_dimension(&self) -> impl Iterator<Item = (&DimensionId, &ColumnId)> {
        let columns = self.schema.columns.iter();
        let computed = self.computed.iter();
        columns
            .map(|column| (column.dimension.as_ref(), &column.id))
            .chain(computed.map(|(id, checked)| (checked.dimension.as_ref(), id)))
            .filter_map(|(dimension, id)| Some((dimension?, id)))
    }

    /// Its dimensions with the titles of their columns.
    pub(super) fn titles(&self) -> impl Iterator<Item = (&DimensionId, &Text)> {
        self.by_dimension().filter_map(|(dimension, column)| {
            let title = match self.raw.columns.get(column) {
                Some(column) => &column.title,
                None => &self.raw.computed.get(column)?.title,
            };
            Some((dimension, title))
        })
    }

    /// The grain of its time column.
    pub(super) fn grain(&self) -> Option<Grain> {
        self.schema
            .column(self.time.as_ref()?.as_str())?
            .kind
            .grain()
    }

    /// Whether it is read again and again, each time as it is at that moment.
    pub(super) fn is_live(&self) -> bool {
        self.raw.source.every().is_some() || self.raw.frequency == Frequency::Live
    }

    /// A column that another declaration uses; an unknown or personal one is told at `span`.
    pub(super) fn column(
        &self,
        known: &Known<'_>,
        file: &SourceFile,
        name: &str,
        span: &Range<usize>,
    ) -> Option<&RawColumn> {
        let hint = "Comptez autre chose, ou faites calculer le nombre avant l'export.";
        self.raw.column(known, file, name, span, hint)
    }

    /// What a column that a measure names gives, a computed one too; an unknown or personal one is
    /// told at `span`.
    pub(super) fn given(
        &self,
        known: &Known<'_>,
        file: &SourceFile,
        name: &str,
        span: &Range<usize>,
    ) -> Option<Given> {
        if let Some(checked) = self.computed.get(name) {
            return Some(Given { kind: checked.kind });
        }
        let column = self.column(known, file, name, span)?;
        Some(Given {
            kind: column.kind.map(ValueType::from),
        })
    }

    /// The unit of a column, a computed one too.
    pub(super) fn unit(&self, name: &str) -> Option<Unit> {
        match self.raw.columns.get(name) {
            Some(column) => column.unit,
            None => self.raw.computed.get(name)?.unit,
        }
    }
}

impl RawDataset<'_> {
    /// A column by its id; an unknown one is told at `span` of a file, and a personal one with what
    /// to do instead.
    pub(super) fn column(
        &self,
        known: &Known<'_>,
        file: &SourceFile,
        name: &str,
        span: &Range<usize>,
        hint: &str,
    ) -> Option<&RawColumn> {
        let Some(column) = self.columns.get(name) else {
            if self.computed.contains_key(name) {
                known.report.at(
                    file,
                    span,
                    code::COMPUTED_COLUMN,
                    format!("`{name}` est une colonne calculée : elle ne peut pas servir ici"),
                    "Nommez une colonne des fichiers.".to_owned(),
                );
                return None;
            }
            if !known.report.is_broken(self.file) {
                let columns = self.columns.keys().map(ColumnId::as_str);
                let message = match self.file.path == file.path {
                    true => format!("colonne inconnue : `{name}`"),
                    false => format!("colonne inconnue dans `{}` : `{name}`", self.id),
                };
                let hint = match self.renamed.get(name) {
                    Some(id) => Some(format!("Celle du schéma s'appelle ici `{id}`.")),
                    None => suggest(name, columns),
                };
                known
                    .report
                    .at(file, span, code::UNKNOWN_COLUMN, message, hint);
            }
            return None;
        };
        if column.personal {
            let message = format!("`{name}` est une donnée personnelle : elle n'est pas conservée");
            known
                .report
                .at(file, span, code::PERSONAL_COLUMN, message, hint.to_owned());
            return None;
        }
        Some(column)
    }
}

/// Tells headers that two columns claim. Those of a published schema are its own affair.
fn headers(raw: &RawDataset<'_>, known: &Known<'_>) {
    let mut owners: BTreeMap<String, &ColumnId> = BTreeMap::new();
    for id in raw.columns.keys() {
        owners.insert(normalize(id.as_str()), id);
    }
    let all = |is_published: bool| {
        let columns = raw.columns.iter();
        columns.flat_map(move |(id, column)| {
            let (published, declared) = column.headers.split_at(column.published);
            let headers = if is_published { published } else { declared };
            headers.iter().map(move |header| (id, header))
        })
    };
    for (id, header) in all(true) {
        owners.entry(normalize(&header.value)).or_insert(id);
    }
    for (id, header) in all(false) {
        let owner = *owners.entry(normalize(&header.value)).or_insert(id);
        if owner != id {
            known.report.at(
                raw.file,
                &header.span,
                code::AMBIGUOUS_SPELLING,
                format!(
                    "l'en-tête `{}` désigne à la fois `{owner}` et `{id}`",
                    header.value
                ),
                "Sans casse, accents ni ponctuation, un en-tête ne va qu'à une colonne.".to_owned(),
            );
        }
    }
}

fn time(raw: &RawDataset<'_>, known: &Known<'_>) -> Option<ColumnId> {
    let Some(at) = &raw.time else {
        if raw.load == Load::ByPeriod {
            known.report.at(
                raw.file,
                &raw.load_span,
                code::LOAD_WITHOUT_TIME,
                "`by_period` remplace des périodes, et ce jeu de données n'a pas de `time`",
                "Ajoutez `time = \"…\"`, ou choisissez `replace` ou `append`.".to_owned(),
            );
        }
        return None;
    };
    let hint = "La colonne qui dit quand doit l'être.";
    let Some(column) = raw.column(known, raw.file, &at.value, &at.span, hint) else {
        // One that is there is the time nevertheless.
        let is_there = raw.columns.contains_key(at.value.as_str());
        return ColumnId::new(&at.value).ok().filter(|_| is_there);
    };
    if column.kind.is_some_and(|kind| kind.grain().is_none()) {
        known.report.at(
            raw.file,
            &at.span,
            code::TIME_NOT_DATE,
            format!("`{}` ne dit pas quand : ce n'est pas une date", at.value),
            "Donnez-lui le type `day`, `month`, `quarter`, `year`, `school_year` ou `datetime`."
                .to_owned(),
        );
        return None;
    }
    ColumnId::new(&at.value).ok()
}

fn spec(
    raw: &RawDataset<'_>,
    known: &Known<'_>,
    id: &ColumnId,
    column: &RawColumn,
    is_time: bool,
) -> ColumnSpec {
    let dimension = dimension(raw, known, id, column);
    let members = dimension
        .as_ref()
        .and_then(|dimension| known.town.dimensions.get(dimension))
        .map(|dimension| dimension.members.iter())
        .into_iter()
        .flatten()
        .map(|(key, info)| Member {
            key: key.clone(),
            spellings: [key, &info.title.fr]
                .into_iter()
                .chain(&info.aliases)
                .cloned()
                .collect(),
        });
    let mut headers: Vec<String> = column.headers.iter().map(|it| it.value.clone()).collect();
    // The header of a published schema is how users know its column.
    let place = if column.published > 0 {
        headers.len()
    } else {
        0
    };
    headers.insert(place, id.as_str().to_owned());
    ColumnSpec {
        headers,
        unit: column.unit,
        required: column.required || is_time,
        members: members.collect(),
        dimension,
        secret_marks: column.secret_marks.clone(),
        missing_marks: column.missing_marks.clone(),
        not_applicable_marks: column.not_applicable_marks.clone(),
        personal: column.personal,
        constraints: column.constraints.clone(),
        ..ColumnSpec::new(id.clone(), column.kind.unwrap_or(ColumnType::Text))
    }
}

/// The dimension of a column: declared, else the column's own when it holds texts.
fn dimension(
    raw: &RawDataset<'_>,
    known: &Known<'_>,
    id: &ColumnId,
    column: &RawColumn,
) -> Option<DimensionId> {
    let holds_text = column.kind.is_none_or(ColumnType::is_text);
    let Some(at) = &column.dimension else {
        return (holds_text && !column.personal).then(|| DimensionId::new(id.as_str()).ok())?;
    };
    if !holds_text {
        known.report.at(
            raw.file,
            &at.span,
            code::DIMENSION_NOT_TEXT,
            format!("`{id}` ne contient pas de texte : elle ne peut pas nommer des membres"),
            "Donnez-lui le type `text` ou `code`, ou ôtez `dimension`.".to_owned(),
        );
        return None;
    }
    if column.personal {
        known.report.at(
            raw.file,
            &at.span,
            code::PERSONAL_COLUMN,
            format!("`{id}` est une donnée personnelle : rien ne peut se détailler par elle"),
            "Ôtez `dimension`.".to_owned(),
        );
        return None;
    }
    known_dimension(raw, known, id, at)
}

/// The dimension that a column names: its own or one of the town's; an unknown one is told.
pub(super) fn known_dimension(
    raw: &RawDataset<'_>,
    known: &Known<'_>,
    id: &ColumnId,
    at: &At<String>,
) -> Option<DimensionId> {
    let own = at.value == id.as_str();
    let declared = known.town.dimensions.contains_key(at.value.as_str());
    if !own && !declared && !known.report.is_broken(known.town.file) {
        let names = known.town.dimensions.keys().map(DimensionId::as_str);
        let hint = suggest(&at.value, names).unwrap_or_else(|| {
            format!(
                "Déclarez-la dans `town.toml` : `[dimensions.{}]`.",
                at.value
            )
        });
        let message = format!("dimension inconnue : `{}`", at.value);
        known
            .report
            .at(raw.file, &at.span, code::UNKNOWN_DIMENSION, message, hint);
        return None;
    }
    DimensionId::new(&at.value).ok()
}

/// Tells dimensions that two columns claim: which one an indicator means could not be said.
fn dimensions(checked: &CheckedDataset<'_>, known: &Known<'_>) {
    let raw = checked.raw;
    let mut owners: BTreeMap<&DimensionId, &ColumnId> = BTreeMap::new();
    for (dimension, id) in checked.by_dimension() {
        let before = *owners.entry(dimension).or_insert(id);
        if before == id {
            continue;
        }
        let column = raw.columns.get(id);
        let computed = raw.computed.get(id);
        let declared = column
            .and_then(|column| column.dimension.as_ref())
            .or_else(|| computed?.dimension.as_ref());
        let whole = column
            .map(|column| &column.span)
            .or_else(|| Some(&computed?.span));
        let Some(span) = declared.map(|at| &at.span).or(whole) else {
            continue;
        };
        known.report.at(
            raw.file,
            span,
            code::AMBIGUOUS_DIMENSION,
            format!("`{before}` et `{id}` nomment toutes deux `{dimension}`"),
            format!("Gardez-la à l'une ; pour l'autre : `dimension = \"{id}\"`."),
        );
    }
}

/// What decides how files are read.
fn checksum(raw: &RawDataset<'_>, schema: &Schema, time: Option<&ColumnId>) -> String {
    let mut sum = Checksum::new();
    match &raw.source {
        Source::File(path) => sum.text("file").text(path),
        Source::Inbox(name) => sum.text("inbox").text(name),
        Source::Replay { file, every } => sum.text("replay").text(file).text(&every.to_string()),
        Source::Url { url, .. } => sum.text("url").text(url.as_str()),
        Source::Opendatasoft {
            site,
            dataset,
            condition,
            ..
        } => sum
            .text("opendatasoft")
            .text(site.as_str())
            .text(dataset)
            .text(condition.as_deref().unwrap_or_default()),
        Source::Postgres { rows, .. } => match rows {
            Rows::Table(table) => sum.text("table").text(table),
            Rows::Query(query) => sum.text("query").text(query),
        },
    };
    sum.text(raw.load.name())
        .text(time.map_or("", ColumnId::as_str));
    // The reading and the schema hold nothing else than what decides.
    sum.text(&serde_json::to_string(&raw.reading).unwrap_or_default());
    sum.text(&serde_json::to_string(schema).unwrap_or_default());
    sum.finish()
}
