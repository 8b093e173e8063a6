//! What the data say since a report was frozen, to be taken over one by one.

use super::follow::chapter_name;
use super::opened::Opened;
use crate::forms;
use crate::guard::{Allowed, Compose};
use beffroi_report::{Change, Draft, changes};
use beffroi_text::{t, t_args};
use maud::{Markup, html};

/// The section of the page.
pub(super) fn section(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    draft: &Draft,
    here: &str,
    csrf: &str,
    manages: bool,
) -> Markup {
    let lang = allowed.lang();
    let Some(kept) = &opened.kept else {
        return Markup::default();
    };
    let found = changes(&kept.document, draft);
    let title = t(lang, "report-changes");
    html! {
        section.bloc.section.pile {
            h2 { (title) }
            @if found.is_empty() {
                (forms::done(&t(lang, "report-changes-none")))
            } @else {
                p { (t(lang, "report-changes-what")) }
                div.defile tabindex="0" role="region" aria-label=(title) {
                    table {
                        caption.hors-ecran { (title) }
                        thead { tr {
                            th scope="col" { (t(lang, "report-head-what")) }
                            th scope="col" { (t(lang, "report-head-then")) }
                            th scope="col" { (t(lang, "report-head-now")) }
                            th scope="col" { (t(lang, "report-head-why")) }
                            @if manages { th scope="col" { (t(lang, "report-head-actions")) } }
                        } }
                        tbody {
                            @for change in &found { (row(allowed, opened, change, here, csrf, manages)) }
                        }
                    }
                }
            }
        }
    }
}

fn row(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    change: &Change,
    here: &str,
    csrf: &str,
    manages: bool,
) -> Markup {
    let lang = allowed.lang();
    let english = allowed.visit.english();
    let chapter = opened
        .report
        .chapters
        .iter()
        .find(|it| it.id == change.chapter);
    html! {
        tr {
            th scope="row" {
                (change.title)
                @if let Some(chapter) = chapter { p.discret { (chapter_name(english, chapter)) } }
            }
            td { (change.then) }
            td {
                @if change.now.is_empty() { (t(lang, "report-change-gone")) } @else { (change.now) }
                @if !change.can_be_taken && !change.now.is_empty() { p.discret { (t(lang, "report-change-unfit")) } }
            }
            td {
                @if change.formula { p { (t(lang, "report-change-formula")) } }
                @for (dataset, then, now) in &change.versions {
                    p { (t_args(lang, "report-change-version", &[
                        ("dataset", dataset.as_str().into()),
                        ("then", then.to_string().into()),
                        ("now", now.to_string().into()),
                    ])) }
                }
            }
            @if manages {
                td {
                    @if change.can_be_taken {
                        (forms::button(here, csrf, &[("faire", "reprendre"), ("cle", &change.key)], "second mini", &t(lang, "report-take-over")))
                    }
                }
            }
        }
    }
}
