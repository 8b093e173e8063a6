//! A report that does not move any more: what was changed in the town since, and how one change is
//! taken over into it.

use crate::convert::digest;
use crate::document::{Block, Document, Edition, Evidence, Figure, Inline, Table};
use chrono::NaiveDateTime;

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

/// The digest of a chapter's figures and values, by which a confirmation holds.
#[must_use]
pub fn chapter_reading(document: &Document, chapter: &str) -> String {
    let own: Vec<(&str, &str)> = document
        .evidence
        .iter()
        .filter(|evidence| chapter_of(&evidence.key) == chapter)
        .map(|evidence| (evidence.key.as_str(), evidence.reading.as_str()))
        .collect();
    digest(&own)
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
pub fn changes(frozen: &Document, now: &Document) -> Vec<Change> {
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
        changes.push(change(frozen, now, then, today));
    }
    changes
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

/// The cells of two tables that read otherwise, a few of them.
fn values_of(was: &Table, is: &Table) -> (String, String) {
    const MOST: usize = 4;
    let line = |table: &Table, row: usize, column: usize| -> Option<String> {
        let row = table.rows.get(row)?;
        let name = row.cells.first().map_or("", |cell| cell.text.as_str());
        Some(format!("{name} : {}", row.cells.get(column)?.text))
    };
    let rows = was.rows.len().max(is.rows.len());
    let columns = was.head.len().max(is.head.len());
    let (mut then, mut now, mut count) = (Vec::new(), Vec::new(), 0_usize);
    for row in 0..rows {
        for column in 1..columns {
            let (a, b) = (line(was, row, column), line(is, row, column));
            if a != b {
                count += 1;
                if count <= MOST {
                    then.push(a.unwrap_or_else(|| "—".to_owned()));
                    now.push(b.unwrap_or_else(|| "—".to_owned()));
                }
            }
        }
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
    let blocks = document.chapters.iter().flat_map(|it| &it.blocks);
    blocks
        .filter_map(|block| match block {
            Block::Numbers(numbers) => Some(numbers),
            _ => None,
        })
        .flatten()
        .find(|number| number.key == key)
        .map(|number| format!("{}{}", number.number, number.unit))
}

/// Takes one change over: what reads otherwise is replaced and marked as revised, with what it
/// rests on. The edition is another one. Says whether there was anything to take.
pub fn take_over(frozen: &mut Document, now: &Document, key: &str, at: NaiveDateTime) -> bool {
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
        if key == crate::plan::key(&chapter, "titre")
            && let Some(title) = &title
        {
            own.title.clone_from(title);
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
    frozen.evidence[place] = today;
    let number = match frozen.edition {
        Edition::Frozen { number, .. } => number + 1,
        Edition::Draft { .. } => 1,
    };
    frozen.edition = Edition::Frozen { at, number };
    true
}

fn replace(blocks: &mut [Block], now: &Document, key: &str, today: &Evidence) -> bool {
    let mut taken = false;
    for block in blocks {
        match block {
            Block::Figure(figure) if figure.key == key => {
                if let Some(new) = figure_of(now, key) {
                    // The sentence stays that of the report if somebody wrote it.
                    *figure = Figure {
                        revised: true,
                        ..new.clone()
                    };
                    taken = true;
                }
            }
            Block::Numbers(numbers) => {
                for number in numbers.iter_mut().filter(|it| it.key == key) {
                    let all = now.chapters.iter().flat_map(|it| &it.blocks);
                    let new = all
                        .filter_map(|block| match block {
                            Block::Numbers(numbers) => Some(numbers),
                            _ => None,
                        })
                        .flatten()
                        .find(|it| it.key == key);
                    if let Some(new) = new {
                        number.clone_from(new);
                        number.revised = true;
                        taken = true;
                    }
                }
            }
            Block::Tally { key: own, counts } if own == key => {
                let all = now.chapters.iter().flat_map(|it| &it.blocks);
                let new = all.into_iter().find_map(|block| match block {
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
