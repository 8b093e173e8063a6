//! A document as a folder of pages that stand by themselves: to be handed over, put on a web
//! server, or embedded in another site.

use super::{Links, chapter, contents, cover, edition, glyphs, page_title, safe};
use crate::document::{Chapter, Document, Pictures};
use crate::words::{full_title, lang};
use beffroi_text::t;
use maud::{DOCTYPE, Markup, html};
use std::collections::BTreeMap;

/// Nothing is fetched from elsewhere, nothing runs.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/// The files of a report that stands by itself, by their paths: `index.html` with cover and
/// contents, a page per chapter, the style sheet, `photos/`. The same bytes for the same document.
#[must_use]
pub fn site(document: &Document, pictures: &Pictures, style_sheet: &str) -> Vec<(String, Vec<u8>)> {
    let names = names(document);
    let file = |id: &str| match names.get(id) {
        Some(name) => name.clone(),
        None => "index.html".to_owned(),
    };
    let links = Links {
        chapter: &file,
        place: &|id, place| format!("{}#{place}", file(id)),
        picture: &photo,
    };
    let mut files = vec![
        ("index.html".to_owned(), bytes(first(document, links))),
        ("style.css".to_owned(), style_sheet.as_bytes().to_vec()),
    ];
    for (place, chapter) in document.chapters.iter().enumerate() {
        let page = page_of(document, place, chapter, links);
        files.push((file(&chapter.id), bytes(page)));
    }
    files.extend(
        pictures
            .iter()
            .map(|(name, picture)| (photo(name), picture.clone())),
    );
    files
}

fn bytes(page: Markup) -> Vec<u8> {
    page.into_string().into_bytes()
}

/// The names of chapters' files: no two differ by capitals alone, which some file systems forget.
fn names(document: &Document) -> BTreeMap<&str, String> {
    let mut taken = vec!["index".to_owned()];
    let mut names = BTreeMap::new();
    for chapter in &document.chapters {
        let name = safe(&chapter.id);
        let mut unique = name.clone();
        let mut count = 1;
        while taken.contains(&unique.to_lowercase()) {
            count += 1;
            unique = format!("{name}-{count}");
        }
        taken.push(unique.to_lowercase());
        names
            .entry(chapter.id.as_str())
            .or_insert(format!("{unique}.html"));
    }
    names
}

/// Where a photograph is; a name cannot lead out of the folder.
fn photo(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("photos/{}.{}", safe(stem), safe(extension)),
        None => format!("photos/{}", safe(name)),
    }
}

fn first(document: &Document, links: Links) -> Markup {
    let body = html! {
        div.feuilles {
            (cover(document))
            (contents(document, links))
        }
    };
    frame(document, None, &body)
}

fn page_of(document: &Document, place: usize, this: &Chapter, links: Links) -> Markup {
    let lang = lang(document);
    let previous = place
        .checked_sub(1)
        .and_then(|place| document.chapters.get(place));
    let next = document.chapters.get(place + 1);
    let neighbour = |words: &str, chapter: &Chapter, rel: &str| {
        html! {
            li {
                a href=((links.chapter)(&chapter.id)) rel=(rel) {
                    span.surtitre { (t(lang, words)) } " "
                    span.sommaire-titre { (chapter.title) }
                }
            }
        }
    };
    let body = html! {
        header.rapport-tete {
            h1 { a href="index.html" { (full_title(document)) } }
            p.surtitre { (document.town) }
            (edition(document))
        }
        div.feuilles { (chapter(document, this, links)) }
        nav.feuilleter aria-label=(t(lang, "output-turn")) {
            ul {
                @if let Some(previous) = previous { (neighbour("output-previous", previous, "prev")) }
                li { a href="index.html" { (t(lang, "output-contents")) } }
                @if let Some(next) = next { (neighbour("output-next", next, "next")) }
            }
        }
    };
    frame(document, Some(this), &body)
}

fn frame(document: &Document, chapter: Option<&Chapter>, body: &Markup) -> Markup {
    let lang = lang(document);
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (page_title(document, chapter)) }
                link rel="stylesheet" href="style.css";
            }
            body {
                a.evitement href="#contenu" { (t(lang, "output-skip")) }
                (glyphs())
                main #contenu.rapport tabindex="-1" { div.boite { (body) } }
            }
        }
    }
}
