//! A report as it is read: the one value from which pages, PDF, workbook and files are made.
//!
//! Everything in it is final: numbers are texts as they are read, sentences are written, drawings
//! are drawn. Whoever writes an output chooses a look, never a word, so that all outputs hold the
//! same. It is also what freezing keeps: a frozen report is a document on disk.

use beffroi_model::{CellState, Status};
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A report of one year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The report's id.
    pub report: String,
    /// The year it is about.
    pub year: i32,
    /// Whether it was composed for everybody, of what may be published only.
    #[serde(default)]
    pub public: bool,
    /// The language of its words: `fr`, `en`.
    pub lang: String,
    /// *Rapport annuel*.
    pub title: String,
    /// A sentence or two, on the cover.
    pub summary: String,
    /// *Ville de Clairval-sur-Aure*.
    pub town: String,
    /// *48 200 habitants, 12 quartiers*; may be empty.
    pub town_line: String,
    /// *Présenté au conseil municipal du 25 juin 2026 · délibération 2026-058*; may be empty.
    pub presented: String,
    /// Draft or final.
    pub edition: Edition,
    /// Chapters in order; annexes are chapters like others.
    pub chapters: Vec<Chapter>,
    /// What each value and figure rests on, chapter by chapter.
    pub evidence: Vec<Evidence>,
}

/// Draft or final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Edition {
    /// It moves with the data.
    Draft {
        /// The day at which the data were seen.
        seen_on: NaiveDate,
    },
    /// It does not move any more.
    Frozen {
        /// When it was frozen, local time.
        at: NaiveDateTime,
        /// Which of the editions of that year this is, from 1: taking over a change makes another.
        number: u32,
    },
}

/// A chapter: one page of the web, a new page on paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chapter {
    /// Its id, in addresses.
    pub id: String,
    /// The subject, above the title (*Mobilités*); may be empty.
    pub subject: String,
    /// What the chapter says.
    pub title: String,
    /// What follows the title.
    pub blocks: Vec<Block>,
    /// Where its figures come from, a line each.
    pub sources: Vec<String>,
    /// How many pages it may take on paper; `None` where it may take what it needs.
    pub most_pages: Option<u32>,
}

/// A part of a chapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", content = "of", rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a report has some dozens of blocks, and most of its weight is figures"
)]
pub enum Block {
    /// A heading inside of a chapter.
    Heading {
        /// 3 right under the chapter, 4 under that.
        level: u8,
        /// The words.
        text: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// Whether it opens the chapter, set larger.
        lead: bool,
        /// The words.
        text: Vec<Inline>,
    },
    /// A list; an item holds paragraphs and lists.
    List {
        /// Whether its items are numbered.
        ordered: bool,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// What a department says, set apart.
    Commentary {
        /// Whose words: *Commentaire de la direction des mobilités*.
        title: String,
        /// The words.
        blocks: Vec<Block>,
    },
    /// What is to be known or mended, in a draft or for good.
    Notice {
        /// A few words.
        title: String,
        /// The rest; may be empty.
        text: String,
        /// Whether it stands for something that is missing or wrong, which only drafts have.
        broken: bool,
    },
    /// A figure.
    Figure(Figure),
    /// Big numbers, side by side.
    Numbers(Vec<BigNumber>),
    /// How many targets are reached, on the way, late.
    Tally {
        /// Its key among the evidence: that of the table under it.
        #[serde(default)]
        key: String,
        /// The counts, from *atteint* to *sans objectif*; a status without any is left out.
        counts: Vec<StatusCount>,
    },
    /// A table.
    Table(Table),
    /// A photograph.
    Photo(Photo),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "inline", rename_all = "snake_case")]
pub enum Inline {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// Words that matter.
    Strong {
        /// The words.
        of: Vec<Inline>,
    },
    /// Words stressed.
    Emphasis {
        /// The words.
        of: Vec<Inline>,
    },
    /// A link: `https:`, `mailto:`, or `#` and a chapter's id.
    Link {
        /// Where to.
        to: String,
        /// The words.
        of: Vec<Inline>,
    },
    /// A value placed by name.
    Value {
        /// What it rests on: the key of an [`Evidence`].
        key: String,
        /// As it is read: `1 284 512 locations`, `n. d.`.
        text: String,
        /// Whether it was changed after the report had been frozen.
        revised: bool,
    },
    /// What could not be filled in, in drafts only.
    Broken {
        /// As it was written.
        text: String,
    },
    /// A new line.
    Break,
}

/// A figure: sentence, drawing, where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its key among the evidence.
    pub key: String,
    /// What is seen, in a sentence.
    pub title: String,
    /// Measure, unit, period.
    pub subtitle: String,
    /// What to know before reading, a line each.
    pub notices: Vec<String>,
    /// How it is shown.
    pub drawing: Drawing,
    /// All the values; where there is a drawing they are set in an annex.
    pub table: Table,
    /// A line of words under it; may be empty.
    pub source: String,
    /// Columns of twelve: two figures of six stand side by side where there is room.
    pub width: u8,
    /// Whether it was changed after the report had been frozen.
    pub revised: bool,
}

/// How a figure is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "drawing", rename_all = "snake_case")]
pub enum Drawing {
    /// A picture.
    Picture(Picture),
    /// One small picture per member.
    Multiples {
        /// Name, last value, picture.
        of: Vec<(String, String, Picture)>,
    },
    /// Big numbers.
    Numbers {
        /// The numbers.
        of: Vec<BigNumber>,
    },
    /// What comes in and what goes out.
    Flow(Flow),
    /// The table itself.
    Table,
    /// Nothing: the notices say why.
    None,
}

/// A drawing of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// A whole `<svg>` element, coloured by classes of the style sheet.
    pub svg: String,
    /// The same for a narrow screen, where it differs.
    #[serde(default)]
    pub narrow: Option<String>,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// What comes in and what goes out, both in order of size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// *D’où ils viennent*.
    pub from_title: String,
    /// *Où ils vont*.
    pub to_title: String,
    /// *100 €*, *98,4 M€*.
    pub whole: String,
    /// What comes in.
    pub from: Vec<FlowEnd>,
    /// What goes out.
    pub to: Vec<FlowEnd>,
    /// The same as a drawing.
    pub picture: Picture,
}

/// One source or use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowEnd {
    /// Its name.
    pub label: String,
    /// As it is read: `39 €`, `4,2 M€`.
    pub text: String,
    /// How thick it is drawn.
    pub weight: f64,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What links to it: an id, unique in the document; empty where nothing does.
    pub id: String,
    /// What it holds.
    pub caption: String,
    /// Columns; the first one names rows.
    pub head: Vec<Head>,
    /// Rows, each of as many cells as there are columns.
    pub rows: Vec<Row>,
    /// What is to be known of it, a line each, under it.
    pub notes: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its name, with the unit.
    pub label: String,
    /// Whether it holds numbers (set to the right).
    pub numeric: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// One cell per column.
    pub cells: Vec<TableCell>,
    /// Whether it is the total of the others.
    pub total: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableCell {
    /// As it is read.
    pub text: String,
    /// The number, where there is one.
    pub value: Option<f64>,
    /// Whether there is a value, and why not. Names count as values.
    pub state: CellState,
    /// The status that the text names, to be shown with its sign.
    pub status: Option<Status>,
}

/// A big number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BigNumber {
    /// Its key among the evidence.
    pub key: String,
    /// Of what.
    pub title: String,
    /// The number, or the sign of its absence.
    pub number: String,
    /// The unit with the space before it; may be empty.
    pub unit: String,
    /// A sentence about it.
    pub phrase: String,
    /// Where it stands; `None` where no target was voted.
    pub status: Option<Status>,
    /// The same in words: `92 % de l’objectif`, `En retard`.
    pub status_words: String,
    /// Its last years.
    pub picture: Option<Picture>,
    /// Whether it is the first one of the page, set larger.
    pub large: bool,
    /// Whether it was changed after the report had been frozen.
    pub revised: bool,
}

/// How many indicators have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCount {
    /// The status.
    pub status: Status,
    /// *5 atteints*.
    pub words: String,
    /// How many.
    pub count: u32,
}

/// A photograph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Its name among [`Pictures`] (`halle.jpg`).
    pub file: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// Under it; may be empty.
    pub caption: String,
    /// Who took it; may be empty.
    pub credit: String,
}

/// The names of the photographs that a document shows, each once.
#[must_use]
pub fn photographs(document: &Document) -> Vec<String> {
    fn walk(blocks: &[Block], found: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Photo(photo) => found.push(photo.file.clone()),
                Block::Commentary { blocks, .. } => walk(blocks, found),
                Block::List { items, .. } => items.iter().for_each(|item| walk(item, found)),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    for chapter in &document.chapters {
        walk(&chapter.blocks, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

/// The bytes of photographs, by name.
pub type Pictures = BTreeMap<String, Vec<u8>>;

/// What a value or a figure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The value's or the figure's key: chapter, then its name.
    pub key: String,
    /// What is shown, in words.
    pub title: String,
    /// What is read: the text of a value, a digest of a figure.
    pub reading: String,
    /// Indicators and their definitions.
    pub formulas: Vec<(String, String)>,
    /// Where the values come from.
    pub sources: Vec<SourceOf>,
}

/// A version of a dataset that something rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceOf {
    /// The dataset.
    pub dataset: String,
    /// Its name.
    pub title: String,
    /// The version.
    pub version: u32,
    /// The newest file of that version.
    pub file: String,
    /// When the department extracted it.
    pub extracted_on: NaiveDate,
}
