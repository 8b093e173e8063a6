//! What a dataset is worth: the section of its page, and the mark in lists. The total never stands
//! without the marks that it comes from.

use crate::parts;
use crate::visit::Visit;
use beffroi_catalog::Dataset;
use beffroi_quality::{Family, Judged, Quality, sentence, words};
use beffroi_text::{Lang, t};
use maud::{Markup, html};

/// The section: a sentence, every criterion with its figures, and the rule.
pub(super) fn section(visit: &Visit, dataset: &Dataset, quality: &Quality) -> Markup {
    let lang = visit.lang;
    let caption = t(lang, "quality-caption");
    let content = html! {
        table.criteres {
            caption { (caption) }
            thead {
                tr {
                    th scope="col" { (t(lang, "quality-criterion")) }
                    th.n scope="col" { (t(lang, "quality-mark")) }
                    th.n scope="col" { (t(lang, "quality-weight")) }
                    th scope="col" { (t(lang, "quality-how")) }
                }
            }
            @for family in Family::ALL {
                tbody {
                    tr.groupe {
                        th scope="rowgroup" { (name(lang, family)) }
                        td.n { (mark(lang, quality.of(family))) }
                        td {}
                        td {}
                    }
                    @for judged in quality.family(family) { (criterion(lang, dataset, judged)) }
                }
            }
            tfoot {
                tr {
                    th scope="row" { (t(lang, "quality-total")) }
                    td.n { (mark(lang, Some(quality.total()))) }
                    td {}
                    td {}
                }
            }
        }
    };
    html! {
        section.bloc.pile #qualite aria-labelledby="h-qualite" {
            div.bloc-tete {
                h2 #h-qualite { (t(lang, "quality-title")) }
                p { (t(lang, "quality-over-100")) }
            }
            p.phrase { (sentence(lang, quality)) }
            (parts::scrolling(&caption, &content))
            p.fraicheur { (t(lang, "quality-rule")) }
        }
    }
}

fn criterion(lang: Lang, dataset: &Dataset, judged: &Judged) -> Markup {
    let words = words(lang, dataset, judged);
    html! {
        tr {
            th scope="row" { (words.name) }
            td.n { (mark(lang, judged.mark())) }
            td.n { @if judged.mark().is_some() { (judged.criterion.weight()) } }
            td {
                (words.figures)
                @if let Some(raise) = words.raise { span.s { (raise) } }
            }
        }
    }
}

/// The total in a list, above the marks of the families.
pub(super) fn compact(lang: Lang, quality: &Quality) -> Markup {
    let families = Family::ALL.into_iter().filter_map(|family| {
        let mark = quality.of(family)?;
        Some(format!("{} {mark}", name(lang, family).to_lowercase()))
    });
    html! {
        span.qualite { (quality.total()) " " (gauge(quality.total())) }
        span.s.familles { (families.collect::<Vec<_>>().join(", ")) }
    }
}

/// A mark with its gauge, or that there is none.
fn mark(lang: Lang, mark: Option<u8>) -> Markup {
    html! {
        @match mark {
            Some(mark) => span.qualite { (mark) " " (gauge(mark)) },
            None => span.discret { (t(lang, "quality-left-out")) },
        }
    }
}

/// A bar beside a number that says it already.
fn gauge(mark: u8) -> Markup {
    let width = format!("{:.1}", f32::from(mark) * 0.4);
    html! {
        svg.jauge viewBox="0 0 40 6" aria-hidden="true" {
            rect.piste width="40" height="6" {}
            rect.niveau width=(width) height="6" {}
        }
    }
}

fn name(lang: Lang, family: Family) -> String {
    t(lang, &format!("quality-{}", family.as_str())).into_owned()
}
