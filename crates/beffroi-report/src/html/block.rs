//! Blocks and lines of a document as HTML.

use super::{Links, anchor, safe};
use crate::document::{
    BigNumber, Block, Chapter, Document, Drawing, Figure, Flow, FlowEnd, Inline, Photo, Picture,
    StatusCount, Table, TableCell,
};
use crate::words::{annexed, lang, shows_values};
use beffroi_model::{CellState, Status};
use beffroi_text::{Lang, t, t_args};
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};

/// More signs than this do not stand in a row: the counts say it.
const MOST_SIGNS: u32 = 60;

/// Writes chapters of one page: what has to be unique on it is known here.
pub(super) struct Writer<'a> {
    document: &'a Document,
    lang: Lang,
    links: Links<'a>,
    annexed: BTreeMap<&'a str, &'a Chapter>,
    /// Ids that the page has.
    ids: BTreeSet<String>,
    /// Names of regions that the page has, with how often.
    names: BTreeMap<String, u32>,
    /// The level of the last heading.
    level: u8,
}

/// Sign and words without a ground, as in tables and notices.
pub(super) fn plain_badge(class: &str, words: &str) -> Markup {
    html! { span.etat.nu.(class) { (glyph(class)) (words) } }
}

fn badge(class: &str, words: &str) -> Markup {
    html! { span.etat.(class) { (glyph(class)) (words) } }
}

fn glyph(class: &str) -> Markup {
    html! { svg.g aria-hidden="true" { use href={ "#g-" (class) } {} } }
}

fn status_class(status: Status) -> &'static str {
    match status {
        Status::Reached => "atteint",
        Status::OnTrack => "voie",
        Status::Watch => "surveiller",
        Status::Late => "retard",
        Status::NoTarget => "sans",
    }
}

impl<'a> Writer<'a> {
    pub fn new(document: &'a Document, links: Links<'a>) -> Self {
        Self {
            document,
            lang: lang(document),
            links,
            annexed: annexed(document),
            ids: BTreeSet::new(),
            names: BTreeMap::new(),
            level: 2,
        }
    }

    pub fn chapter(&mut self, chapter: &Chapter) -> Markup {
        let id = self.unique_id(anchor(&chapter.id));
        let title = self.unique_id(format!("{id}-titre"));
        // Of two chapters of the same title only the first is a landmark.
        let named = (self.unique_name(&chapter.title) == chapter.title).then_some(&title);
        self.level = 2;
        let blocks = self.blocks(&chapter.blocks);
        html! {
            section.feuille id=(id) aria-labelledby=[named] {
                @if !chapter.subject.is_empty() { p.surtitre { (chapter.subject) } }
                h2 id=(title) { (chapter.title) }
                (blocks)
                @if !chapter.sources.is_empty() {
                    p.source {
                        @for (place, source) in chapter.sources.iter().enumerate() {
                            @if place > 0 { br; }
                            (source)
                        }
                    }
                }
            }
        }
    }

    /// An id that the page does not have yet.
    fn unique_id(&mut self, id: String) -> String {
        let mut unique = id.clone();
        let mut count = 1;
        while !self.ids.insert(unique.clone()) {
            count += 1;
            unique = format!("{id}-{count}");
        }
        unique
    }

    /// A name that no other region of the page has.
    fn unique_name(&mut self, name: &str) -> String {
        let count = self.names.entry(name.to_owned()).or_default();
        *count += 1;
        if *count == 1 {
            return name.to_owned();
        }
        let other = format!("{name} ({count})");
        self.unique_name(&other)
    }

    /// Blocks in order; figures that fit go two to a row.
    fn blocks(&mut self, blocks: &[Block]) -> Markup {
        let mut parts = Vec::new();
        let mut rest = blocks;
        while let [first, others @ ..] = rest {
            rest = others;
            match (first, others.first()) {
                (Block::Figure(left), Some(Block::Figure(right)))
                    if left.width.saturating_add(right.width) <= 12 =>
                {
                    rest = &others[1..];
                    let width = share(left.width, right.width);
                    let (left, right) = (
                        self.figure(left, Some(width)),
                        self.figure(right, Some(12 - width)),
                    );
                    parts.push(html! { div.grille.rangee { (left) (right) } });
                }
                (block, _) => parts.push(self.block(block)),
            }
        }
        html! { @for part in parts { (part) } }
    }

    fn block(&mut self, block: &Block) -> Markup {
        match block {
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Paragraph { lead, text } => {
                html! { p.chapo[*lead] { (self.line(text)) } }
            }
            Block::List { ordered, items } => self.list(*ordered, items),
            Block::Commentary { title, blocks } => {
                let blocks = self.blocks(blocks);
                html! {
                    div.avis.parole {
                        @if !title.is_empty() { p { strong { (title) } } }
                        (blocks)
                    }
                }
            }
            Block::Notice {
                title,
                text,
                broken,
            } => {
                let (class, sign) = if *broken {
                    ("avis retard", "retard")
                } else {
                    ("avis", "sans")
                };
                html! {
                    p class=(class) {
                        (plain_badge(sign, title))
                        @if !text.is_empty() { " " (text) }
                    }
                }
            }
            Block::Figure(figure) => self.figure(figure, None),
            Block::Numbers(numbers) => {
                // As high as the last heading allows: numbers are parts of what it opens.
                let level = if self.level < 3 { 3 } else { 4 };
                self.numbers(numbers, level)
            }
            Block::Tally { counts, .. } => tally(counts),
            Block::Table(table) => self.table(table, "", true),
            Block::Photo(photo) => self.photo(photo),
        }
    }

    fn heading(&mut self, level: u8, text: &[Inline]) -> Markup {
        self.level = level.clamp(3, 4).min(self.level + 1);
        let text = self.line(text);
        html! {
            @if self.level == 3 { h3.intertitre { (text) } } @else { h4.intertitre { (text) } }
        }
    }

    fn list(&mut self, ordered: bool, items: &[Vec<Block>]) -> Markup {
        let items: Vec<Markup> = items
            .iter()
            .map(|item| match item.as_slice() {
                [Block::Paragraph { text, .. }] => self.line(text),
                blocks => self.blocks(blocks),
            })
            .collect();
        let items = html! { @for item in items { li { (item) } } };
        html! {
            @if ordered { ol.texte { (items) } } @else { ul.texte { (items) } }
        }
    }

    fn line(&self, line: &[Inline]) -> Markup {
        html! {
            @for piece in line {
                @match piece {
                    Inline::Text { text } => { (text) }
                    Inline::Strong { of } => strong { (self.line(of)) },
                    Inline::Emphasis { of } => em { (self.line(of)) },
                    Inline::Link { to, of } => {
                        @if let Some(address) = self.address(to) {
                            a href=(address) { (self.line(of)) }
                        } @else {
                            (self.line(of))
                        }
                    }
                    Inline::Value { text, revised, .. } => { (text) (self.revised(*revised)) }
                    Inline::Broken { text } => mark.manque-mot { (text) },
                    Inline::Break => br;,
                }
            }
        }
    }

    /// The address of a link, if it is one that documents may have.
    fn address(&self, to: &str) -> Option<String> {
        if to.chars().any(char::is_control) {
            return None;
        }
        if let Some(chapter) = to.strip_prefix('#') {
            let known = self.document.chapters.iter().any(|it| it.id == chapter);
            return known.then(|| (self.links.chapter)(chapter));
        }
        let (scheme, rest) = to.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        let fits = match scheme.as_str() {
            "https" | "http" => rest.len() > 2 && rest.starts_with("//"),
            "mailto" => rest.contains('@'),
            _ => false,
        };
        fits.then(|| to.to_owned())
    }

    fn revised(&self, revised: bool) -> Markup {
        html! {
            @if revised {
                "\u{a0}"
                abbr title=(t(self.lang, "output-revised-why")) { (t(self.lang, "output-revised")) }
            }
        }
    }

    fn figure(&mut self, figure: &Figure, width: Option<u8>) -> Markup {
        let id = self.unique_id(format!("figure-{}", safe(&figure.key)));
        let title = self.unique_id(format!("{id}-titre"));
        self.level = 3;
        let drawing = self.drawing(figure);
        let values = self.values(figure);
        let class = match width {
            Some(width) => format!("figure c-{width}"),
            None => "figure".to_owned(),
        };
        html! {
            figure class=(class) id=(id) aria-labelledby=(title) {
                figcaption {
                    h3 id=(title) { (figure.title) (self.revised(figure.revised)) }
                    @if !figure.subtitle.is_empty() { p.figure-sous { (figure.subtitle) } }
                }
                @for notice in &figure.notices { p.avis { (notice) } }
                (drawing)
                (values)
                @if !figure.source.is_empty() { p.source { (figure.source) } }
            }
        }
    }

    fn drawing(&mut self, figure: &Figure) -> Markup {
        match &figure.drawing {
            // The style sheet shows the one that its place has room for.
            Drawing::Picture(Picture {
                svg,
                narrow: Some(narrow),
                ..
            }) => html! {
                div.figure-dessin { (PreEscaped(svg)) (PreEscaped(narrow)) }
            },
            Drawing::Picture(picture) => html! {
                div.figure-dessin.seul { (self.wide(picture, &figure.title)) }
            },
            Drawing::Multiples { of } => html! {
                div.figure-dessin {
                    ul.multiples {
                        @for (name, value, picture) in of {
                            li {
                                p.multiple-nom { strong { (name) } " " span { (value) } }
                                (drawn(picture))
                            }
                        }
                    }
                }
            },
            Drawing::Numbers { of } => self.numbers(of, 4),
            Drawing::Flow(flow) => flow_of(flow),
            Drawing::Table => html! {
                div.figure-dessin { (self.table(&figure.table, &figure.title, false)) }
            },
            Drawing::None => Markup::default(),
        }
    }

    /// A drawing that keeps a readable size on a narrow screen, by scrolling.
    fn wide(&mut self, picture: &Picture, title: &str) -> Markup {
        if !picture.svg.starts_with("<svg class=\"trace") {
            return html! { (drawn(picture)) };
        }
        let name = t_args(self.lang, "output-drawing-of", &[("name", title.into())]);
        let name = self.unique_name(&name);
        html! { div.defile tabindex="0" role="region" aria-label=(name) { (drawn(picture)) } }
    }

    /// Where the values of a drawn figure are.
    fn values(&mut self, figure: &Figure) -> Markup {
        if figure.table.rows.is_empty() || matches!(figure.drawing, Drawing::Table) {
            return Markup::default();
        }
        let words = t(self.lang, "output-data");
        let of = html! { span.hors-ecran { " : " (figure.title) } };
        if shows_values(figure, &self.annexed) {
            let table = self.table(&figure.table, &figure.title, false);
            return html! {
                details.figure-donnees { summary { (words) (of) } (table) }
            };
        }
        let place = self
            .annexed
            .get(figure.table.id.as_str())
            .map(|chapter| (self.links.place)(&chapter.id, &data_anchor(&figure.table.id)));
        html! { p.vers-donnees { a href=[place] { (words) (of) } } }
    }

    fn numbers(&self, numbers: &[BigNumber], level: u8) -> Markup {
        html! {
            ul.affiche {
                @for number in numbers {
                    li.large[number.large] {
                        @if level == 3 { h3 { (number.title) } } @else { h4 { (number.title) } }
                        div.geant {
                            (number.number)
                            @if !number.unit.is_empty() { small { (number.unit) } }
                            @if number.revised { small { (self.revised(true)) } }
                        }
                        @if !number.phrase.is_empty() { p { (number.phrase) } }
                        @match (number.status, number.status_words.as_str()) {
                            (_, "") => {}
                            (Some(status), words) => p { (badge(status_class(status), words)) },
                            (None, words) => p { (words) },
                        }
                        @if let Some(picture) = &number.picture { (drawn(picture)) }
                    }
                }
            }
        }
    }

    /// A table that scrolls by itself, under a name of its own: its caption, or that of the figure
    /// it belongs to. Only a table that stands by itself is where its id leads.
    fn table(&mut self, table: &Table, figure: &str, stands: bool) -> Markup {
        let id = (stands && !table.id.is_empty()).then(|| self.unique_id(data_anchor(&table.id)));
        let name = match (table.caption.as_str(), figure) {
            (caption, "") => caption.to_owned(),
            (_, figure) => {
                t_args(self.lang, "output-data-of", &[("name", figure.into())]).into_owned()
            }
        };
        let name = self.unique_name(&name);
        html! {
            div.defile id=[id] tabindex="0" role="region" aria-label=(name) {
                table {
                    @if !table.caption.is_empty() { caption { (table.caption) } }
                    thead {
                        tr { @for head in &table.head { th.n[head.numeric] scope="col" { (head.label) } } }
                    }
                    tbody {
                        @for row in &table.rows {
                            tr.total[row.total] {
                                @for (place, cell) in row.cells.iter().enumerate() {
                                    @let numeric = table.head.get(place).is_some_and(|head| head.numeric);
                                    @if place == 0 {
                                        th scope="row" { (content(cell)) }
                                    } @else {
                                        td.n[numeric] { (content(cell)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @for note in &table.notes { p.source { (note) } }
        }
    }

    fn photo(&self, photo: &Photo) -> Markup {
        html! {
            figure.photo {
                img src=((self.links.picture)(&photo.file)) alt=(photo.alt) loading="lazy";
                @if !photo.caption.is_empty() || !photo.credit.is_empty() {
                    figcaption {
                        (photo.caption)
                        @if !photo.credit.is_empty() {
                            @if !photo.caption.is_empty() { " " }
                            small { (photo.credit) }
                        }
                    }
                }
            }
        }
    }
}

/// The id of a table that stands by itself.
fn data_anchor(id: &str) -> String {
    format!("donnees-{}", safe(id))
}

/// The columns of the left one of two figures.
fn share(left: u8, right: u8) -> u8 {
    match left.cmp(&right) {
        std::cmp::Ordering::Equal => 6,
        std::cmp::Ordering::Greater => left.clamp(7, 9),
        std::cmp::Ordering::Less => 12 - right.clamp(7, 9),
    }
}

/// A drawing where there is room for it, its two sides as tables where there is not; those who do
/// not see have the tables everywhere.
fn flow_of(flow: &Flow) -> Markup {
    let side = |title: &str, ends: &[FlowEnd]| {
        html! {
            table {
                caption { strong { (title) } " " (flow.whole) }
                tbody {
                    @for end in ends {
                        tr { th scope="row" { (end.label) } td.n { (end.text) } }
                    }
                }
            }
        }
    };
    html! {
        div.figure-dessin.flux { (drawn(&flow.picture)) }
        div.flux-tables { (side(&flow.from_title, &flow.from)) (side(&flow.to_title, &flow.to)) }
    }
}

/// A drawing of ours.
fn drawn(picture: &Picture) -> PreEscaped<&str> {
    PreEscaped(&picture.svg)
}

fn tally(counts: &[StatusCount]) -> Markup {
    let signs: u32 = counts
        .iter()
        .fold(0, |sum, count| sum.saturating_add(count.count));
    html! {
        div.etats {
            @if signs <= MOST_SIGNS {
                div.bande aria-hidden="true" {
                    @for count in counts {
                        @let class = status_class(count.status);
                        @for _ in 0..count.count { (badge(class, "")) }
                    }
                }
            }
            ul.legende-etats {
                @for count in counts { li { (plain_badge(status_class(count.status), &count.words)) } }
            }
        }
    }
}

fn content(cell: &TableCell) -> Markup {
    let text = &cell.text;
    html! {
        @match (cell.state, cell.status) {
            (CellState::Missing, _) => span."v-nd" { (text) },
            (CellState::NotApplicable, _) => span."v-so" { (text) },
            (CellState::Secret, _) => span."v-s" { (text) },
            (CellState::Value, Some(status)) => (plain_badge(status_class(status), text)),
            (CellState::Value, None) => (text),
        }
    }
}
