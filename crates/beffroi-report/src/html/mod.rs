//! A document as HTML: fragments for the pages of the server, and whole pages that stand by
//! themselves ([`site`]).
//!
//! Fragments use the classes of the site's style sheet, hold no script and no inline style, and
//! count on the signs of [`glyphs`] being on the page once. Drawings go in as they are: they are
//! ours. Everything else is escaped.

mod block;
mod site;

pub use site::site;

use crate::document::{Chapter, Document};
use crate::words::{edition_line, full_title, is_draft, lang};
use beffroi_text::t;
use block::Writer;
use maud::{Markup, PreEscaped, html};

/// Where things are: whoever shows a document decides.
#[derive(Clone, Copy)]
pub struct Links<'a> {
    /// The address of a chapter, by its id.
    pub chapter: &'a dyn Fn(&str) -> String,
    /// The address of a place in a chapter: the chapter's id, the id of an element of its page.
    pub place: &'a dyn Fn(&str, &str) -> String,
    /// The address of a photograph, by its name.
    pub picture: &'a dyn Fn(&str) -> String,
}

impl std::fmt::Debug for Links<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links")
    }
}

const HORIZON: &str = include_str!("../../assets/horizon.svg");
const TOWER: &str = include_str!("../../assets/tower.svg");
const GLYPHS: &str = include_str!("../../assets/glyphs.svg");

/// The signs of the five statuses and the hatching of missing data, once on a page.
#[must_use]
pub fn glyphs() -> Markup {
    PreEscaped(GLYPHS.trim_end().to_owned())
}

/// The id of a chapter's section on its page.
#[must_use]
pub fn anchor(chapter: &str) -> String {
    format!("chapitre-{}", safe(chapter))
}

/// A text as a part of an id or a file's name: two texts never become the same.
pub(crate) fn safe(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => id.push(c),
            '/' => id.push('.'),
            other => id.push_str(&format!("~{:x}.", u32::from(other))),
        }
    }
    id
}

/// The cover: whose report it is, of which year, what it is about. Its title is the page's `h1`.
#[must_use]
pub fn cover(document: &Document) -> Markup {
    html! {
        section.feuille.couverture aria-label=(t(lang(document), "output-cover")) {
            div.couverture-texte {
                p.couverture-marque {
                    (PreEscaped(TOWER.trim_end()))
                    span {
                        (document.town)
                        @if !document.town_line.is_empty() { " " small { (document.town_line) } }
                    }
                }
                h1 { (document.title) " " span { (document.year) } }
                @if !document.summary.is_empty() { p.chapo { (document.summary) } }
                @if !document.presented.is_empty() { p.surtitre { (document.presented) } }
                (edition(document))
            }
            (PreEscaped(HORIZON.trim_end()))
        }
    }
}

/// What is said of the edition: a draft cannot be taken for anything else.
pub(crate) fn edition(document: &Document) -> Markup {
    html! {
        @if is_draft(document) {
            p.avis.surveiller.projet { (block::plain_badge("surveiller", &edition_line(document))) }
        } @else {
            p.surtitre { (edition_line(document)) }
        }
    }
}

/// The chapters, as a list of links.
#[must_use]
pub fn contents(document: &Document, links: Links) -> Markup {
    let lang = lang(document);
    html! {
        nav.feuille.sommaire aria-labelledby="sommaire" {
            h2 #sommaire { (t(lang, "output-contents")) }
            ol {
                @for chapter in &document.chapters {
                    li {
                        a href=((links.chapter)(&chapter.id)) {
                            @if !chapter.subject.is_empty() { span.surtitre { (chapter.subject) } " " }
                            span.sommaire-titre { (chapter.title) }
                        }
                    }
                }
            }
        }
    }
}

/// A chapter, under an `h1` of its page.
#[must_use]
pub fn chapter(document: &Document, chapter: &Chapter, links: Links) -> Markup {
    Writer::new(document, links).chapter(chapter)
}

/// Cover, contents and all chapters on one page: what is printed. Addresses of chapters and of
/// places in them stay on the page.
#[must_use]
pub fn whole(document: &Document, picture: &dyn Fn(&str) -> String) -> Markup {
    let links = Links {
        chapter: &|id| format!("#{}", anchor(id)),
        place: &|_, id| format!("#{id}"),
        picture,
    };
    let mut writer = Writer::new(document, links);
    html! {
        div.feuilles {
            (cover(document))
            (contents(document, links))
            @for chapter in &document.chapters { (writer.chapter(chapter)) }
        }
    }
}

/// The title of a page: of the chapter if it is one, of the report, of the town.
pub(crate) fn page_title(document: &Document, chapter: Option<&Chapter>) -> String {
    let report = format!("{} · {}", full_title(document), document.town);
    let title = match chapter {
        Some(chapter) => format!("{} · {report}", chapter.title),
        None => report,
    };
    if is_draft(document) {
        format!("{} · {title}", t(lang(document), "output-draft"))
    } else {
        title
    }
}
