//! What a report says of itself: where each figure comes from and how it is worked out, what its
//! signs mean, what is counted otherwise than in the year before; and the values behind drawings.

use crate::Reading;
use crate::document::{
    Block, Chapter, Document, Drawing, Figure, Head, Inline, Row, Table, TableCell,
};
use crate::plan::is_public;
use beffroi_catalog::Indicator;
use beffroi_figure::{formula_words, status_word};
use beffroi_model::{CellState, DatasetId, Status};
use beffroi_text::{Arg, Lang, date_short, t, t_args};
use std::collections::BTreeMap;

/// The ids of the chapters that are added; no other may have them.
pub(crate) const METHOD: &str = "methode";
pub(crate) const DATA: &str = "donnees";
/// The id of the table of sources.
pub(crate) const SOURCES: &str = "sources";

/// The chapters that are added to those declared.
pub(crate) fn annexes(reading: &Reading<'_>, document: &Document) -> Vec<Chapter> {
    let method = method(reading, document);
    std::iter::once(method)
        .chain(data(reading, document))
        .collect()
}

/// The indicators of a document, each once, in the order in which they are met.
fn indicators<'a>(reading: &Reading<'a>, document: &Document) -> Vec<&'a Indicator> {
    let mut found: Vec<&Indicator> = Vec::new();
    let formulas = document.evidence.iter().flat_map(|it| &it.formulas);
    for (id, _) in formulas {
        if let Some(indicator) = reading.context.catalog.indicators.get(id.as_str())
            && !found.iter().any(|known| known.id == indicator.id)
        {
            found.push(indicator);
        }
    }
    found
}

fn method(reading: &Reading<'_>, document: &Document) -> Chapter {
    let lang = reading.context.lang;
    let say = |id: &str| t(lang, id).into_owned();
    let mut blocks = vec![Block::Paragraph {
        lead: true,
        text: text(say("report-method-lead")),
    }];
    blocks.push(Block::Paragraph {
        lead: false,
        text: text(crate::compose::seen_on(reading)),
    });
    let indicators = indicators(reading, document);
    blocks.push(heading(say("report-method-sources")));
    blocks.push(Block::Table(sources(reading, document)));
    blocks.push(heading(say("report-method-formulas")));
    blocks.push(Block::Table(formulas(reading, &indicators)));
    if let Some(former) = reading.former {
        blocks.push(heading(say_year(
            lang,
            "report-method-changes",
            former.year,
        )));
        blocks.extend(since(reading, document, former));
    }
    blocks.push(heading(say("report-method-signs")));
    blocks.push(Block::Table(signs(lang)));
    blocks.push(heading(say("report-method-statuses")));
    blocks.push(Block::Table(statuses(lang)));
    Chapter {
        id: METHOD.to_owned(),
        subject: say("report-annex"),
        title: say("report-method"),
        blocks,
        sources: Vec::new(),
        most_pages: None,
    }
}

fn say_year(lang: Lang, id: &str, year: i32) -> String {
    t_args(lang, id, &[("year", Arg::from(year.to_string()))]).into_owned()
}

fn text(words: String) -> Vec<Inline> {
    vec![Inline::Text { text: words }]
}

fn heading(words: String) -> Block {
    Block::Heading {
        level: 3,
        text: text(words),
    }
}

fn words(text: impl Into<String>) -> TableCell {
    TableCell {
        text: text.into(),
        value: None,
        state: CellState::Value,
        status: None,
    }
}

fn head(labels: &[(&str, bool)], lang: Lang) -> Vec<Head> {
    labels
        .iter()
        .map(|(id, numeric)| Head {
            label: t(lang, id).into_owned(),
            numeric: *numeric,
        })
        .collect()
}

fn row(cells: Vec<TableCell>) -> Row {
    Row {
        cells,
        total: false,
    }
}

/// Each dataset that anything rests on, with its version, its date and its quality.
fn sources(reading: &Reading<'_>, document: &Document) -> Table {
    let lang = reading.context.lang;
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    for source in document.evidence.iter().flat_map(|it| &it.sources) {
        let dataset = DatasetId::new(&source.dataset).ok();
        let declared = dataset
            .as_ref()
            .and_then(|id| reading.context.catalog.datasets.get(id));
        let producer = declared.map_or_else(String::new, |dataset| {
            let departments = &reading.town.town.departments;
            departments
                .get(&dataset.department)
                .map_or_else(String::new, |it| crate::compose::said(reading, &it.title))
        });
        let licence = declared.map_or_else(String::new, |it| it.licence.clone());
        let quality = dataset.as_ref().and_then(reading.quality);
        rows.entry((source.title.clone(), source.dataset.clone()))
            .or_insert_with(|| {
                row(vec![
                    words(source.title.clone()),
                    words(producer),
                    words(licence),
                    words(date_short(source.extracted_on)),
                    TableCell {
                        text: source.version.to_string(),
                        value: Some(f64::from(source.version)),
                        state: CellState::Value,
                        status: None,
                    },
                    TableCell {
                        text: quality.map_or_else(String::new, |it| it.to_string()),
                        value: quality.map(f64::from),
                        state: CellState::Value,
                        status: None,
                    },
                ])
            });
    }
    Table {
        id: SOURCES.to_owned(),
        caption: t(lang, "report-sources-caption").into_owned(),
        head: head(
            &[
                ("report-head-source", false),
                ("report-head-producer", false),
                ("report-head-licence", false),
                ("report-head-extracted", false),
                ("report-head-version", true),
                ("report-head-quality", true),
            ],
            lang,
        ),
        rows: rows.into_values().collect(),
        notes: vec![t(lang, "quality-rule").into_owned()],
    }
}

/// How each indicator is worked out.
fn formulas(reading: &Reading<'_>, indicators: &[&Indicator]) -> Table {
    let lang = reading.context.lang;
    let rows = indicators.iter().map(|indicator| {
        let method = crate::compose::said(reading, &indicator.method);
        let limits = crate::compose::said(reading, &indicator.limits);
        let told: Vec<String> = [method, limits]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        row(vec![
            words(crate::compose::said(reading, &indicator.title)),
            words(formula_words(indicator, reading.context.catalog, lang)),
            words(told.join(" ")),
        ])
    });
    Table {
        id: "formules".to_owned(),
        caption: t(lang, "report-formulas-caption").into_owned(),
        head: head(
            &[
                ("report-head-indicator", false),
                ("report-head-formula", false),
                ("report-head-method", false),
            ],
            lang,
        ),
        rows: rows.collect(),
        notes: Vec::new(),
    }
}

/// What is counted otherwise, what is new and what is gone since the final report of the year
/// before.
fn since(reading: &Reading<'_>, document: &Document, former: &Document) -> Vec<Block> {
    let lang = reading.context.lang;
    let of = |document: &Document| -> BTreeMap<String, String> {
        let formulas = document.evidence.iter().flat_map(|it| &it.formulas);
        formulas.cloned().collect()
    };
    let (then, now) = (of(former), of(document));
    let name = |id: &str| {
        let declared = reading.context.catalog.indicators.get(id);
        let declared = declared.filter(|it| !document.public || is_public(reading, it));
        declared.map(|it| crate::compose::said(reading, &it.title))
    };
    let list = |id: &str, names: Vec<String>| -> Option<Block> {
        (!names.is_empty()).then(|| Block::Paragraph {
            lead: false,
            text: text(t_args(lang, id, &[("list", Arg::from(names.join(", ")))]).into_owned()),
        })
    };
    let changed = now.iter().filter_map(|(id, formula)| {
        then.get(id)
            .is_some_and(|then| then != formula)
            .then(|| name(id))?
    });
    let new = now.keys().filter(|id| !then.contains_key(*id));
    let gone = then.keys().filter(|id| !now.contains_key(*id));
    let told: Vec<Block> = [
        list("report-since-changed", changed.collect()),
        list("report-since-new", new.filter_map(|id| name(id)).collect()),
        list(
            "report-since-gone",
            gone.filter_map(|id| name(id)).collect(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if told.is_empty() {
        return vec![Block::Paragraph {
            lead: false,
            text: text(t(lang, "report-since-nothing").into_owned()),
        }];
    }
    told
}

fn signs(lang: Lang) -> Table {
    let signs = [
        ("0", "report-sign-zero"),
        ("", "report-sign-missing"),
        ("///", "report-sign-not-applicable"),
        ("s", "report-sign-secret"),
        ("(p)", "report-sign-provisional"),
        ("(r)", "report-sign-revised"),
    ];
    let missing = beffroi_text::absence(lang, CellState::Missing);
    let rows = signs.map(|(sign, id)| {
        let sign = if sign.is_empty() { missing } else { sign };
        row(vec![words(sign), words(t(lang, id))])
    });
    Table {
        id: String::new(),
        caption: t(lang, "report-method-signs").into_owned(),
        head: head(
            &[("report-head-sign", false), ("report-head-meaning", false)],
            lang,
        ),
        rows: rows.into(),
        notes: Vec::new(),
    }
}

fn statuses(lang: Lang) -> Table {
    let rows = Status::ALL.map(|status| {
        let id = match status {
            Status::Reached => "report-status-reached",
            Status::OnTrack => "report-status-on-track",
            Status::Watch => "report-status-watch",
            Status::Late => "report-status-late",
            Status::NoTarget => "report-status-no-target",
        };
        row(vec![
            TableCell {
                status: Some(status),
                ..words(status_word(lang, status))
            },
            words(t(lang, id)),
        ])
    });
    Table {
        id: String::new(),
        caption: t(lang, "report-method-statuses").into_owned(),
        head: head(
            &[
                ("report-head-status", false),
                ("report-head-meaning", false),
            ],
            lang,
        ),
        rows: rows.into(),
        notes: Vec::new(),
    }
}

/// The values behind the drawings, chapter by chapter.
fn data(reading: &Reading<'_>, document: &Document) -> Option<Chapter> {
    let lang = reading.context.lang;
    let mut blocks = Vec::new();
    for chapter in &document.chapters {
        let tables: Vec<&Table> = figures(&chapter.blocks)
            .filter(|figure| is_drawn(&figure.drawing) && !figure.table.id.is_empty())
            .map(|figure| &figure.table)
            .collect();
        if !tables.is_empty() {
            let subject = match chapter.subject.is_empty() {
                true => &chapter.title,
                false => &chapter.subject,
            };
            blocks.push(heading(subject.clone()));
            blocks.extend(tables.into_iter().cloned().map(Block::Table));
        }
    }
    (!blocks.is_empty()).then(|| {
        blocks.insert(
            0,
            Block::Paragraph {
                lead: true,
                text: text(t(lang, "report-data-lead").into_owned()),
            },
        );
        Chapter {
            id: DATA.to_owned(),
            subject: t(lang, "report-annex").into_owned(),
            title: t(lang, "report-data").into_owned(),
            blocks,
            sources: Vec::new(),
            most_pages: None,
        }
    })
}

/// Whether the values of a figure stand elsewhere than in it.
pub(crate) fn is_drawn(drawing: &Drawing) -> bool {
    matches!(
        drawing,
        Drawing::Picture(_) | Drawing::Multiples { .. } | Drawing::Flow(_)
    )
}

/// The figures among blocks, those inside of others too.
pub(crate) fn figures(blocks: &[Block]) -> impl Iterator<Item = &Figure> {
    let mut found = Vec::new();
    fn walk<'a>(blocks: &'a [Block], found: &mut Vec<&'a Figure>) {
        for block in blocks {
            match block {
                Block::Figure(figure) => found.push(figure),
                Block::Commentary { blocks, .. } => walk(blocks, found),
                Block::List { items, .. } => items.iter().for_each(|item| walk(item, found)),
                _ => {}
            }
        }
    }
    walk(blocks, &mut found);
    found.into_iter()
}
