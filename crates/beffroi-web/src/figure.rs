//! A figure as HTML, always in the same order: sentence, subtitle, notices, drawing, data, source,
//! explanation, export.

use crate::parts;
use crate::visit::Visit;
use beffroi_figure::{Drawing, Figure, Legend, Notice, NoticeKind, SourceLine, Summary};
use beffroi_text::{Lang, t, t_args};
use maud::{Markup, html};

/// The heading level of a figure's sentence, under the headings of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// `h2`.
    Two,
    /// `h3`.
    Three,
}

/// The class of the twelve columns.
pub(crate) fn columns(width: u8) -> Option<String> {
    (3..=9).contains(&width).then(|| format!("c-{width}"))
}

/// A figure. `exports` are the addresses of its files: CSV, CSV for Excel.
pub(crate) fn figure(
    visit: &Visit,
    figure: &Figure,
    level: Level,
    exports: Option<&[String; 2]>,
) -> Markup {
    commented(visit, figure, level, exports, &Markup::default())
}

/// A figure, with what is said of it.
pub(crate) fn commented(
    visit: &Visit,
    figure: &Figure,
    level: Level,
    exports: Option<&[String; 2]>,
    said: &Markup,
) -> Markup {
    let id = format!("fig-{}", figure.id);
    let heading = format!("{id}-h");
    let mut class = "figure".to_owned();
    if let Some(columns) = columns(figure.width) {
        class = format!("{class} {columns}");
    }
    if matches!(figure.drawing, Drawing::Table) {
        // On paper nothing scrolls: a table takes the whole width.
        class.push_str(" imp-pleine");
    }
    let title = parts::in_language(&figure.title, figure.title_lang);
    html! {
        figure class=(class) id=(id) aria-labelledby=(heading) {
            figcaption {
                @match level {
                    Level::Two => h2 id=(heading) { (title) },
                    Level::Three => h3 id=(heading) { (title) },
                }
                p.figure-sous { (figure.subtitle) }
                @if !figure.note.is_empty() { p.figure-sous { (figure.note) } }
            }
            (notices(&figure.notices))
            (drawing(visit, figure))
            (said)
            @if !figure.table.rows.is_empty() && !matches!(figure.drawing, Drawing::Table) {
                details.figure-donnees {
                    summary {
                        (t(visit.lang, "data-show"))
                        span.hors-ecran { " : " (figure.title) }
                    }
                    (parts::table(&figure.table, &table_name(visit.lang, figure)))
                }
            }
            (foot(visit, figure, exports))
        }
    }
}

/// A unique name for the region that a table scrolls in: two sentences may be the same, not two
/// sentences on the same measure.
fn table_name(lang: Lang, figure: &Figure) -> String {
    let what = [
        ("title", figure.title.as_str().into()),
        ("measure", figure.subtitle.as_str().into()),
    ];
    t_args(lang, "data-name", &what).into_owned()
}

fn drawing(visit: &Visit, figure: &Figure) -> Markup {
    html! {
        @match &figure.drawing {
            Drawing::None => {}
            Drawing::Kpi(summaries) => (key_figures(visit, summaries)),
            Drawing::Plot(plot) => {
                div.figure-dessin {
                    (parts::drawing(&plot.wide))
                    (parts::drawing(&plot.narrow))
                    @if let Some(text) = &plot.narrow_text { p.petit.seul-etroit { (text) } }
                }
                @if let Some(legend) = &figure.table.legend { (scale(visit.lang, legend)) }
            }
            Drawing::Multiples(multiples) => {
                div.figure-dessin {
                    ul.multiples {
                        @for multiple in multiples {
                            li {
                                p.multiple-nom { strong { (multiple.title) } span { (multiple.value) } }
                                (parts::drawing(&multiple.svg))
                            }
                        }
                    }
                }
            }
            Drawing::Table => {
                div.figure-dessin { (parts::table(&figure.table, &table_name(visit.lang, figure))) }
                @if let Some(legend) = &figure.table.legend { (scale(visit.lang, legend)) }
            }
        }
    }
}

/// What shades mean.
fn scale(lang: Lang, legend: &Legend) -> Markup {
    html! {
        div.echelle {
            ol {
                @for (shade, words) in &legend.classes {
                    li class=(format!("q{}", shade.min(&5) + 1)) { (words) }
                }
            }
            @if legend.missing { span.motif.nd { (t(lang, "page-scale-missing")) } }
            @if legend.not_applicable { span.motif { (t(lang, "page-scale-not-applicable")) } }
            @if legend.secret { span.motif.s { (t(lang, "page-scale-secret")) } }
        }
    }
}

/// What to know before reading.
pub(crate) fn notices(notices: &[Notice]) -> Markup {
    html! {
        @for notice in notices {
            @let (class, sign) = notice_class(notice.kind);
            p class=(class) {
                (parts::plain_badge(sign, &notice.title))
                @if !notice.text.is_empty() { " " (notice.text) }
            }
        }
    }
}

fn notice_class(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::Stale
        | NoticeKind::Missing
        | NoticeKind::Partial
        | NoticeKind::Unusual
        | NoticeKind::Threshold => ("avis surveiller", "surveiller"),
        NoticeKind::Error => ("avis retard", "retard"),
        NoticeKind::Secret | NoticeKind::Provisional | NoticeKind::Ignored | NoticeKind::Break => {
            ("avis", "sans")
        }
    }
}

/// Where values come from, and how much of it could be read.
pub(crate) fn sources(visit: &Visit, sources: &[SourceLine]) -> Markup {
    let lang = visit.lang;
    html! {
        p.source {
            @for (index, source) in sources.iter().enumerate() {
                @if index > 0 { br; }
                a href=(visit.link(&format!("/catalogue/{}", source.dataset))) { (source.text) }
                @if source.stale { " · " (parts::plain_badge("surveiller", &t(lang, "source-stale"))) }
                @if let Some((rejected, read)) = source.rejected {
                    " · "
                    (t_args(lang, "rows-rejected", &[
                        ("count", rejected.into()),
                        ("read", read.into()),
                    ]))
                }
            }
        }
    }
}

fn foot(visit: &Visit, figure: &Figure, exports: Option<&[String; 2]>) -> Markup {
    let lang = visit.lang;
    html! {
        div.figure-pied {
            (sources(visit, &figure.sources))
            div.figure-actions {
                @if let Some(indicator) = figure.indicators.first() {
                    a href=(visit.link(&format!("/indicateurs/{indicator}#formule"))) {
                        (t(lang, "how-computed"))
                        span.hors-ecran { " : " (figure.title) }
                    }
                }
                @if let Some([standard, excel]) = exports {
                    details.deroule {
                        summary { (t(lang, "export")) span.hors-ecran { " : " (figure.title) } }
                        ul.deroule-corps {
                            li { a href=(standard) download { (t(lang, "export-csv")) } }
                            li { a href=(excel) download { (t(lang, "export-excel")) } }
                        }
                    }
                }
            }
        }
    }
}

/// Key figures, side by side.
pub(crate) fn key_figures(visit: &Visit, summaries: &[Summary]) -> Markup {
    html! {
        ul.cles { @for summary in summaries { (key_figure(visit, summary)) } }
    }
}

/// One key figure of such a list.
pub(crate) fn key_figure(visit: &Visit, summary: &Summary) -> Markup {
    html! {
        li {
            h3 {
                a href=(visit.link(&format!("/indicateurs/{}", summary.indicator))) {
                    (parts::in_language(&summary.title, summary.title_lang))
                }
            }
            div.valeur { (parts::value(&summary.value)) }
            p {
                (summary.period)
                @if let Some(change) = &summary.change { ", " (change) }
            }
            @let words = if summary.status_detail.is_empty() {
                &summary.status_word
            } else {
                &summary.status_detail
            };
            (parts::badge(summary.status, words))
            @for notice in &summary.notices {
                p.discret { (notice.title) @if !notice.text.is_empty() { " " (notice.text) } }
            }
        }
    }
}
