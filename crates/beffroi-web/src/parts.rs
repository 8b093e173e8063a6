//! Small pieces of pages: statuses, dates of sources, tables, lines of indicators.

use crate::layout;
use crate::visit::Visit;
use beffroi_catalog::Text;
use beffroi_figure::{Summary, Table, TableCell};
use beffroi_model::{CellState, Status};
use beffroi_text::{Formatted, Lang, t, t_args};
use maud::{Markup, PreEscaped, html};
use std::borrow::Cow;

/// A declared text, marked as French when an English page has to fall back on it.
pub(crate) fn declared(visit: &Visit, text: &Text) -> Markup {
    let (text, fallback) = text.get(visit.english());
    html! { @if fallback { span lang="fr" { (text) } } @else { (text) } }
}

/// A text that may be in another language than the page.
pub(crate) fn in_language(text: &str, lang: Option<Lang>) -> Markup {
    html! { @if let Some(lang) = lang { span lang=(lang.code()) { (text) } } @else { (text) } }
}

/// The class, sign and name of a status in addresses.
pub(crate) fn status_class(status: Status) -> &'static str {
    match status {
        Status::Reached => "atteint",
        Status::OnTrack => "voie",
        Status::Watch => "surveiller",
        Status::Late => "retard",
        Status::NoTarget => "sans",
    }
}

/// A sign.
pub(crate) fn glyph(class: &str) -> Markup {
    html! { svg.g aria-hidden="true" { use href={ "#g-" (class) } {} } }
}

/// Sign, word, colour.
pub(crate) fn badge(status: Status, words: &str) -> Markup {
    let class = status_class(status);
    html! { span.etat.(class) { (glyph(class)) (words) } }
}

/// The same without a ground, for tables and notices.
pub(crate) fn plain_badge(class: &str, words: &str) -> Markup {
    html! { span.etat.nu.(class) { (glyph(class)) (words) } }
}

/// A number with its unit, set smaller.
pub(crate) fn value(formatted: &Formatted) -> Markup {
    html! {
        (formatted.number)
        @if !formatted.unit.is_empty() { span.unite { (formatted.unit) } }
    }
}

/// A drawing made by `beffroi-figure`, which escapes what it writes.
pub(crate) fn drawing(svg: &str) -> Markup {
    PreEscaped(svg.to_owned())
}

/// Wide content that scrolls by itself, reachable by keyboard, under a unique name.
pub(crate) fn scrolling(name: &str, content: &Markup) -> Markup {
    html! { div.defile tabindex="0" role="region" aria-label=(name) { (content) } }
}

/// The same in a section of that name, from which it is told apart by another.
pub(crate) fn scrolling_within(lang: Lang, name: &str, content: &Markup) -> Markup {
    let name = t_args(lang, "table-of", &[("name", name.into())]);
    scrolling(&name, content)
}

/// A table of values. Shaded cells make it a heat table.
pub(crate) fn table(table: &Table, name: &str) -> Markup {
    let shaded = table
        .rows
        .iter()
        .any(|row| row.cells.iter().any(|cell| cell.shade.is_some()));
    let content = html! {
        table.thermique[shaded] {
            caption { (table.caption) }
            thead {
                tr {
                    @for head in &table.head { th.n[head.numeric && !shaded] scope="col" { (head.label) } }
                }
            }
            tbody {
                @for row in &table.rows {
                    tr.total[row.total] {
                        @for (index, cell) in row.cells.iter().enumerate() {
                            @let numeric = table.head.get(index).is_some_and(|head| head.numeric);
                            @if index == 0 {
                                th scope="row" { (cell.text) }
                            } @else {
                                (table_cell(cell, numeric, shaded))
                            }
                        }
                    }
                }
            }
        }
    };
    scrolling(name, &content)
}

fn table_cell(cell: &TableCell, numeric: bool, shaded: bool) -> Markup {
    let shade = match (shaded, cell.state, cell.shade) {
        (false, ..) => None,
        (true, CellState::Missing, _) => Some("q-nd".to_owned()),
        (true, CellState::NotApplicable, _) => Some("q-so".to_owned()),
        (true, CellState::Secret, _) => Some("q-s".to_owned()),
        (true, CellState::Value, shade) => shade.map(|shade| format!("q{}", shade.min(5) + 1)),
    };
    let class = match (numeric && !shaded, shade) {
        (true, Some(shade)) => Some(format!("n {shade}")),
        (true, None) => Some("n".to_owned()),
        (false, shade) => shade,
    };
    html! {
        td class=[class] {
            @match cell.state {
                CellState::Value => { (cell.text) }
                CellState::Missing => { span."v-nd" { (cell.text) } }
                CellState::NotApplicable => { span."v-so" { (cell.text) } }
                CellState::Secret => { span."v-s" { (cell.text) } }
            }
        }
    }
}

/// One indicator as a line: name, trend, value, target, status.
pub(crate) fn line(visit: &Visit, summary: &Summary) -> Markup {
    let lang = visit.lang;
    html! {
        li {
            div."l-texte" {
                h3 {
                    a href=(visit.link(&format!("/indicateurs/{}", summary.indicator))) {
                        (in_language(&summary.title, summary.title_lang))
                    }
                }
                p { (summary.period) @if summary.outdated { ", " (t(lang, "page-line-outdated")) } }
            }
            div."l-tendance" { (drawing(&summary.sparkline)) }
            p."l-valeur" {
                strong { (value(&summary.value)) }
                @if let Some(change) = &summary.change { span { (change) } }
            }
            div."l-cible" {
                @if let Some(bar) = &summary.target_bar { (drawing(bar)) }
                @else { p.petit.discret { (t(lang, "page-line-no-target")) } }
            }
            p."l-etat" { (badge(summary.status, &summary.status_word)) }
        }
    }
}

/// The sentence of a summary, its first part in bold.
pub(crate) fn phrase(summary: &Summary) -> Markup {
    let rest = summary.phrase.strip_prefix(summary.lead.as_str());
    html! {
        @match rest {
            Some(rest) if !summary.lead.is_empty() => { b { (summary.lead) } (rest) }
            _ => { (summary.phrase) }
        }
    }
}

/// A field to choose one of some options: value, name; the first is the default.
pub(crate) fn choice(
    id: &str,
    name: &str,
    label: &Markup,
    options: &[(String, Markup)],
    chosen: &str,
) -> Markup {
    html! {
        div.champ {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        }
    }
}

/// What a person reads of a filter that could not be followed, in a list; nothing when all could.
pub(crate) fn messages(lang: Lang, messages: &[String]) -> Markup {
    html! {
        @if !messages.is_empty() {
            div.avis.surveiller role="status" {
                (plain_badge("surveiller", &t(lang, "filter-problem")))
                @for message in messages { p { (message) } }
            }
        }
    }
}

/// A search field with its form, choices and button.
pub(crate) fn search_form(
    visit: &Visit,
    action: &str,
    name: &str,
    placeholder: &str,
    choices: &Markup,
) -> Markup {
    let lang = visit.lang;
    html! {
        form.filtres method="get" action=(action) aria-label=(name) {
            (layout::lang_field(visit))
            div.champ {
                label for="f-recherche" { (placeholder) }
                input #f-recherche type="search" name="q" value=(visit.param("q").unwrap_or_default());
            }
            (choices)
            div.actions { button.bouton type="submit" { (t(lang, "filter")) } }
        }
    }
}

/// `1 jeu`, `14 jeux`: a count in words, from a message with a plural.
pub(crate) fn counted(lang: Lang, id: &'static str, count: usize) -> Cow<'static, str> {
    t_args(lang, id, &[("count", count.into())])
}

/// Declared texts one after the other, with commas.
pub(crate) fn listed(visit: &Visit, texts: &[&Text]) -> Markup {
    html! {
        @for (place, text) in texts.iter().enumerate() {
            @if place > 0 { ", " }
            (declared(visit, text))
        }
    }
}
