//! A report that does not move any more: what was changed in the town since, and how one change is
//! taken over into it.

use crate::ProblemKind;
use crate::annex::SOURCES;
use crate::compose::{Draft, TITLE};
use crate::convert::digest;
use crate::document::{Block, Document, Edition, Evidence, Figure, Inline, Table};
use chrono::NaiveDateTime;
use std::collections::BTreeMap;

/// Something that reads otherwise now than in a final report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The value or figure, by its key.
    pub key: String,
    /// The chapter.
    pub chapter: String,
    /// What it is.
    pub title: String,
    /// As it reads in the report; for a figure, the values that are others now.
    pub then: String,
    /// As it reads now; empty where it is gone.
    pub now: String,
    /// Whether it is worked out otherwise now.
    pub formula: bool,
    /// Versions of datasets: name, then, now.
    pub versions: Vec<(String, u32, u32)>,
    /// Whether it can be taken over: what is gone cannot.
    pub can_be_taken: bool,
}

/// The digest of a chapter as it is read, by which a confirmation holds: its words, its values, its
/// tables. How drawings are drawn, and what ages by itself (a delivery that becomes late), is not of
/// it.
#[must_use]
pub fn chapter_reading(document: &Document, chapter: &str) -> String {
    let own: Vec<(&str, &str)> = document
        .evidence
        .iter()
        .filter(|evidence| chapter_of(&evidence.key) == chapter)
        .map(|evidence| (evidence.key.as_str(), evidence.reading.as_str()))
        .collect();
    let read = document.chapters.iter().find(|it| it.id == chapter);
    let mut blocks = serde_json::to_value(read.map(|it| (&it.title, &it.blocks)));
    if let Ok(blocks) = &mut blocks {
        strip(blocks);
    }
    digest(&(own, blocks.unwrap_or_default()))
}

/// Takes out of what is read how it is drawn, and what ages by itself.
fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
        serde_json::Value::Object(fields) => {
            fields.remove("notices");
            fields.retain(|_, field| field.get("svg").is_none());
            fields.values_mut().for_each(strip);
        }
        _ => {}
    }
}

fn chapter_of(key: &str) -> &str {
    key.split('.').next().unwrap_or_default()
}

/// A draft made final: `number` tells the editions of a year apart.
#[must_use]
pub fn freeze(mut document: Document, at: NaiveDateTime, number: u32) -> Document {
    document.edition = Edition::Frozen { at, number };
    document
}

/// What reads otherwise in a draft of the same report and year than in the final one, in the order
/// of the report.
#[must_use]
pub fn changes(frozen: &Document, draft: &Draft) -> Vec<Change> {
    let now = &draft.document;
    let mut changes = Vec::new();
    for then in &frozen.evidence {
        let today = now.evidence.iter().find(|it| it.key == then.key);
        // What was taken over reads as today, but for the mark.
        if let Some(today) = today
            && today.reading == then.reading
            && today.formulas == then.formulas
        {
            continue;
        }
        changes.push(Change {
            can_be_taken: today.is_some() && !is_blocked(draft, &then.key),
            ..change(frozen, now, then, today)
        });
    }
    changes
}

/// Whether something is wrong with a value or a figure of a draft: it is not fit for a final report.
fn is_blocked(draft: &Draft, key: &str) -> bool {
    let chapter = chapter_of(key);
    let is_title = key == crate::plan::key(chapter, TITLE);
    draft.problems.iter().any(|problem| {
        let of_department = matches!(problem.kind, ProblemKind::Unconfirmed | ProblemKind::Moved);
        problem.is_blocking()
            && !of_department
            && (problem.key == key || is_title && problem.chapter.as_deref() == Some(chapter))
    })
}

fn change(frozen: &Document, now: &Document, then: &Evidence, today: Option<&Evidence>) -> Change {
    let (was, is) = match (figure_of(frozen, &then.key), figure_of(now, &then.key)) {
        (Some(was), Some(is)) => values_of(&was.table, &is.table),
        (Some(was), None) => (was.title.clone(), String::new()),
        _ => {
            let number = |document| number_of(document, &then.key);
            let was = number(frozen).unwrap_or_else(|| then.reading.clone());
            let is = today.map(|it| number(now).unwrap_or_else(|| it.reading.clone()));
            (was, is.unwrap_or_default())
        }
    };
    let versions = then.sources.iter().filter_map(|source| {
        let today = today?
            .sources
            .iter()
            .find(|it| it.dataset == source.dataset)?;
        (today.version != source.version)
            .then(|| (source.title.clone(), source.version, today.version))
    });
    Change {
        key: then.key.clone(),
        chapter: chapter_of(&then.key).to_owned(),
        title: then.title.clone(),
        then: was,
        now: is,
        formula: today.is_some_and(|today| today.formulas != then.formulas),
        versions: versions.collect(),
        can_be_taken: today.is_some(),
    }
}

/// The cells of two tables that read otherwise, a few of them. Rows are known by their names, which
/// keep them when their order changes.
fn values_of(was: &Table, is: &Table) -> (String, String) {
    const MOST: usize = 4;
    fn named(table: &Table) -> Vec<(String, Vec<&str>)> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let rows = table.rows.iter();
        rows.map(|row| {
            let cells = row.cells.iter().enumerate();
            let (names, values): (Vec<_>, Vec<_>) = cells.partition(|(place, _)| {
                *place == 0 || table.head.get(*place).is_some_and(|head| !head.numeric)
            });
            let names: Vec<&str> = names.iter().map(|(_, cell)| cell.text.as_str()).collect();
            let name = names.join(", ");
            let again = seen.entry(name.clone()).or_default();
            *again += 1;
            let name = match again {
                1 => name,
                again => format!("{name} ({again})"),
            };
            (
                name,
                values.iter().map(|(_, cell)| cell.text.as_str()).collect(),
            )
        })
        .collect()
    }
    let (was, is) = (named(was), named(is));
    let of = |rows: &[(String, Vec<&str>)], name: &str| -> Option<Vec<String>> {
        let found = rows.iter().find(|(known, _)| known == name)?;
        Some(found.1.iter().map(|cell| (*cell).to_owned()).collect())
    };
    let mut names: Vec<&String> = was.iter().map(|(name, _)| name).collect();
    names.extend(
        is.iter()
            .map(|(name, _)| name)
            .filter(|it| of(&was, it).is_none()),
    );
    let (mut then, mut now, mut count) = (Vec::new(), Vec::new(), 0_usize);
    for name in names {
        let (a, b) = (of(&was, name), of(&is, name));
        if a == b {
            continue;
        }
        count += 1;
        if count > MOST {
            continue;
        }
        // Of a row that is in both, only what is other.
        let other = |own: &Option<Vec<String>>, others: &Option<Vec<String>>| -> String {
            let Some(own) = own else {
                return "—".to_owned();
            };
            let differs = |(place, cell): (usize, &String)| -> Option<String> {
                let same = others.as_ref().and_then(|it| it.get(place)) == Some(cell);
                (!same).then(|| cell.clone())
            };
            let cells: Vec<String> = own.iter().enumerate().filter_map(differs).collect();
            format!("{name} : {}", cells.join(", "))
        };
        then.push(other(&a, &b));
        now.push(other(&b, &a));
    }
    if count > MOST {
        let more = format!("+ {}", count - MOST);
        then.push(more.clone());
        now.push(more);
    }
    (then.join(" ; "), now.join(" ; "))
}

fn figure_of<'a>(document: &'a Document, key: &str) -> Option<&'a Figure> {
    let chapters = document.chapters.iter();
    chapters
        .flat_map(|chapter| crate::annex::figures(&chapter.blocks))
        .find(|figure| figure.key == key)
}

fn number_of(document: &Document, key: &str) -> Option<String> {
    let found = found(document, &|block| match block {
        Block::Numbers(numbers) => numbers.iter().find(|it| it.key == key),
        _ => None,
    })?;
    Some(format!("{}{}", found.number, found.unit))
}

/// What is looked for among all blocks, those inside of others too.
fn found<'a, T>(
    document: &'a Document,
    look: &impl Fn(&'a Block) -> Option<&'a T>,
) -> Option<&'a T> {
    fn walk<'a, T>(
        blocks: &'a [Block],
        look: &impl Fn(&'a Block) -> Option<&'a T>,
    ) -> Option<&'a T> {
        blocks.iter().find_map(|block| {
            look(block).or_else(|| match block {
                Block::List { items, .. } => items.iter().find_map(|item| walk(item, look)),
                Block::Commentary { blocks, .. } => walk(blocks, look),
                _ => None,
            })
        })
    }
    document
        .chapters
        .iter()
        .find_map(|it| walk(&it.blocks, look))
}

/// Takes one change over: what reads otherwise is replaced and marked as revised, with what it
/// rests on. The edition is another one. Says whether there was anything to take.
pub fn take_over(frozen: &mut Document, draft: &Draft, key: &str, at: NaiveDateTime) -> bool {
    let now = &draft.document;
    if is_blocked(draft, key) {
        return false;
    }
    let Some(today) = now.evidence.iter().find(|it| it.key == key).cloned() else {
        return false;
    };
    let Some(place) = frozen.evidence.iter().position(|it| it.key == key) else {
        return false;
    };
    // What reads as it did is not marked as if it did not.
    let then = &frozen.evidence[place];
    if then.reading == today.reading && then.formulas == today.formulas {
        return false;
    }
    let chapter = chapter_of(key).to_owned();
    let title = now
        .chapters
        .iter()
        .find(|it| it.id == chapter)
        .map(|it| it.title.clone());
    let mut taken = false;
    for own in frozen.chapters.iter_mut().filter(|it| it.id == chapter) {
        if key == crate::plan::key(&chapter, TITLE)
            && let Some(title) = &title
        {
            own.title = format!("{title} (r)");
            taken = true;
        }
        taken |= replace(&mut own.blocks, now, key, &today);
    }
    if !taken {
        return false;
    }
    // The values behind a drawing stand in an annex.
    if let Some(figure) = figure_of(now, key) {
        let table = figure.table.clone();
        for block in frozen.chapters.iter_mut().flat_map(|it| &mut it.blocks) {
            if let Block::Table(own) = block
                && !table.id.is_empty()
                && own.id == table.id
            {
                own.clone_from(&table);
            }
        }
    }
    cite(frozen, now, &chapter, &today);
    frozen.evidence[place] = today;
    let number = match frozen.edition {
        Edition::Frozen { number, .. } => number + 1,
        Edition::Draft { .. } => 1,
    };
    frozen.edition = Edition::Frozen { at, number };
    true
}

/// Tells the sources of what was taken over beside those that were told: what is left as it was
/// still rests on them.
fn cite(frozen: &mut Document, now: &Document, chapter: &str, today: &Evidence) {
    let is_of = |line: &str| today.sources.iter().any(|it| line.contains(&it.title));
    let told = now.chapters.iter().find(|it| it.id == chapter);
    let told = told.map(|it| it.sources.clone()).unwrap_or_default();
    if let Some(own) = frozen.chapters.iter_mut().find(|it| it.id == chapter) {
        for line in told.into_iter().filter(|line| is_of(line)) {
            if !own.sources.contains(&line) {
                own.sources.push(line);
            }
        }
    }
    let Some(new) = sources_of(now) else { return };
    let new: Vec<_> = new.rows.clone();
    let blocks = frozen.chapters.iter_mut().flat_map(|it| &mut it.blocks);
    let table = blocks.into_iter().find_map(|block| match block {
        Block::Table(table) if table.id == SOURCES => Some(table),
        _ => None,
    });
    let Some(table) = table else { return };
    for mut row in new {
        let Some(first) = row.cells.first_mut() else {
            continue;
        };
        let title = first.text.clone();
        if !today.sources.iter().any(|it| it.title == title) {
            continue;
        }
        let marked = format!("{title} (r)");
        first.text.clone_from(&marked);
        let same = table.rows.iter().any(|known| {
            let name = known.cells.first().map(|it| it.text.as_str());
            (name == Some(&title) || name == Some(&marked)) && known.cells[1..] == row.cells[1..]
        });
        if !same {
            table.rows.push(row);
        }
    }
    let name = |row: &crate::document::Row| row.cells.first().map(|it| it.text.clone());
    table.rows.sort_by_key(name);
}

fn sources_of(document: &Document) -> Option<&Table> {
    let blocks = document.chapters.iter().flat_map(|it| &it.blocks);
    blocks.into_iter().find_map(|block| match block {
        Block::Table(table) if table.id == SOURCES => Some(table),
        _ => None,
    })
}

fn replace(blocks: &mut [Block], now: &Document, key: &str, today: &Evidence) -> bool {
    let mut taken = false;
    for block in blocks {
        match block {
            Block::Figure(figure) if figure.key == key => {
                if let Some(new) = figure_of(now, key) {
                    *figure = Figure {
                        revised: true,
                        ..new.clone()
                    };
                    taken = true;
                }
            }
            Block::Numbers(numbers) => {
                for number in numbers.iter_mut().filter(|it| it.key == key) {
                    let new = found(now, &|block| match block {
                        Block::Numbers(numbers) => numbers.iter().find(|it| it.key == key),
                        _ => None,
                    });
                    if let Some(new) = new {
                        number.clone_from(new);
                        number.revised = true;
                        taken = true;
                    }
                }
            }
            Block::Tally { key: own, counts } if own == key => {
                let new = found(now, &|block| match block {
                    Block::Tally { key: own, counts } if own == key => Some(counts),
                    _ => None,
                });
                if let Some(new) = new {
                    counts.clone_from(new);
                    taken = true;
                }
            }
            Block::Heading { text, .. } | Block::Paragraph { text, .. } => {
                taken |= retell(text, key, today);
            }
            Block::List { items, .. } => {
                for item in items {
                    taken |= replace(item, now, key, today);
                }
            }
            Block::Commentary { blocks, .. } => taken |= replace(blocks, now, key, today),
            _ => {}
        }
    }
    taken
}

fn retell(line: &mut [Inline], key: &str, today: &Evidence) -> bool {
    let mut taken = false;
    for inline in line {
        match inline {
            Inline::Value {
                key: own,
                text,
                revised,
            } if own == key => {
                text.clone_from(&today.reading);
                *revised = true;
                taken = true;
            }
            Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => {
                taken |= retell(of, key, today);
            }
            _ => {}
        }
    }
    taken
}
