//! Pieces that the pages of the workshop share.

use super::bounds::Bound;
use super::work::{Over, Work};
use crate::forms;
use crate::guard::{Allowed, Form, Needs};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::Diagnostic;
use beffroi_store::workshop::DraftStage;
use beffroi_text::{Lang, t, t_args};
use maud::{Markup, html};

/// The steps from a file to a board before the élus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Bring,
    Check,
    Describe,
    Figures,
    Board,
    Publish,
}

const STEPS: [(Step, &str); 6] = [
    (Step::Bring, "ws-step-bring"),
    (Step::Check, "ws-step-check"),
    (Step::Describe, "ws-step-describe"),
    (Step::Figures, "ws-step-figures"),
    (Step::Board, "ws-step-board"),
    (Step::Publish, "ws-step-publish"),
];

/// Where one is between a file and a board, before there is anything.
pub(super) fn first_steps(lang: Lang) -> Markup {
    html! {
        ol.etapes.section aria-label=(t(lang, "ws-steps")) {
            @for (step, words) in STEPS {
                li aria-current=[(step == Step::Bring).then_some("step")] { (t(lang, words)) }
            }
        }
    }
}

/// Where one is between a file and a board, what of it is there, and the way to it.
pub(super) fn steps(visit: &Visit, work: &Work, here: Step) -> Markup {
    let first = |folder: &str| {
        let mut files = work.files.iter().filter(|it| it.text.is_some());
        files.find_map(|it| it.path.strip_prefix(folder)?.strip_suffix(".toml"))
    };
    let file = work.deliveries.first();
    let file = file.map(|it| work.path(&format!("/fichiers/{}", it.id.0)));
    let to = |step: Step| match step {
        Step::Bring | Step::Check => file.clone(),
        Step::Describe => first("datasets/").map(|id| work.path(&format!("/jeux/{id}"))),
        Step::Figures => first("indicators/").map(|id| work.path(&format!("/indicateurs/{id}"))),
        Step::Board => first("boards/").map(|id| work.path(&format!("/tableaux/{id}"))),
        Step::Publish => Some(work.path("")),
    };
    let is_open = work.draft.stage.is_open();
    html! {
        ol.etapes.section aria-label=(t(visit.lang, "ws-steps")) {
            @for (step, words) in STEPS {
                @let to = to(step).filter(|_| is_open);
                @let is_done = to.is_some() && step != here && step != Step::Publish;
                li.fait[is_done] aria-current=[(step == here).then_some("step")] {
                    @match to {
                        Some(to) if step != here => a href=(visit.link(&to)) { (t(visit.lang, words)) },
                        _ => (t(visit.lang, words)),
                    }
                }
            }
        }
    }
}

/// A page of the workshop.
pub(super) fn page(visit: &Visit, title: impl Into<String>) -> Page {
    Page::new(title.into(), Nav::Workshop)
        .under(visit.link("/atelier"), t(visit.lang, "nav-workshop"))
}

/// A page of a draft.
pub(super) fn page_of(visit: &Visit, work: &Work, title: impl Into<String>) -> Page {
    page(visit, title).under(visit.link(&work.path("")), work.draft.title.as_str())
}

/// Sends a page of this person alone, under a status.
pub(super) fn send<P: Needs>(allowed: &Allowed<P>, page: Page, status: StatusCode) -> HttpResponse {
    let mut response = allowed.own_page(page);
    *response.status_mut() = status;
    response
}

/// The class and the word of a stage.
pub(super) fn stage(lang: Lang, stage: DraftStage) -> Markup {
    let class = match stage {
        DraftStage::Draft | DraftStage::Abandoned => "sans",
        DraftStage::Review | DraftStage::Approved | DraftStage::Publishing => "voie",
        DraftStage::Returned => "surveiller",
        DraftStage::Published => "atteint",
    };
    parts::plain_badge(class, &t(lang, &format!("ws-stage-{}", stage.as_str())))
}

/// What does not hold in a draft, and what it may not rest on; nothing when all is well.
pub(super) fn troubles<P: Needs>(allowed: &Allowed<P>, over: &Over) -> Markup {
    let lang = allowed.lang();
    let problems: Vec<&Diagnostic> = over.overlaid.problems.iter().collect();
    html! {
        @if !problems.is_empty() { (diagnostics(&allowed.visit, &problems)) }
        @for (dataset, reason) in over.overlaid.unread.iter().filter(|_| over.bounds.is_empty()) {
            div.avis.retard role="alert" {
                (parts::plain_badge("retard", &t(lang, "ws-unread")))
                p lang=[allowed.visit.english().then_some("fr")] { code { (dataset) } " : " (reason) }
            }
        }
        (crossed(lang, &over.bounds))
    }
}

/// What a draft may not rest on.
pub(super) fn crossed(lang: Lang, bounds: &[Bound]) -> Markup {
    html! {
        @if !bounds.is_empty() {
            div.avis.retard role="alert" {
                (parts::plain_badge("retard", &t(lang, "ws-bounds")))
                ul {
                    @for bound in bounds {
                        li {
                            code { (bound.path) } " : "
                            (t_args(lang, &format!("ws-bound-{}", bound.kind.as_str()), &[("what", bound.what.as_str().into())]))
                        }
                    }
                }
            }
        }
    }
}

/// Errors of declarations, with their place and what to do.
pub(super) fn diagnostics(visit: &Visit, found: &[&Diagnostic]) -> Markup {
    const MOST: usize = 12;
    html! {
        div.avis.surveiller role="status" {
            (parts::plain_badge("surveiller", &t(visit.lang, "ws-incomplete")))
            ul lang=[visit.english().then_some("fr")] {
                @for one in found.iter().take(MOST) {
                    li {
                        @if let Some(place) = &one.place { code { (place.file_name()) ":" (place.line) } " " }
                        (one.message)
                        @if let Some(hint) = &one.hint { ". " (hint) }
                    }
                }
                @if found.len() > MOST { li { "…" } }
            }
        }
    }
}

/// The path of a declaration, which breaks where its words do.
pub(super) fn path_code(path: &str) -> Markup {
    html! {
        code { @for part in path.split_inclusive(['/', '_']) { (part) wbr; } }
    }
}

/// A field of several lines.
pub(crate) struct Area<'a> {
    pub name: &'a str,
    pub label: &'a str,
    pub help: &'a str,
    pub value: &'a str,
    pub rows: u8,
    pub error: &'a str,
}

impl Area<'_> {
    pub fn markup(&self) -> Markup {
        let id = format!("c-{}", self.name);
        let help = (!self.help.is_empty()).then(|| format!("{id}-aide"));
        let error = (!self.error.is_empty()).then(|| format!("{id}-erreur"));
        let described: Vec<&str> = [&help, &error]
            .into_iter()
            .filter_map(|it| it.as_deref())
            .collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        html! {
            div.champ {
                label for=(id) { (self.label) }
                @if let Some(help) = &help { span.aide id=(help) { (self.help) } }
                textarea
                    id=(id)
                    name=(self.name)
                    rows=(self.rows)
                    aria-describedby=[described]
                    aria-invalid=[error.as_ref().map(|_| "true")]
                { (self.value) }
                @if let Some(error) = &error { p.champ-erreur id=(error) { (self.error) } }
            }
        }
    }
}

/// A list to choose from, of values and words.
pub(crate) fn choose(
    name: &str,
    label: &str,
    help: &str,
    options: &[(String, String)],
    chosen: &str,
) -> Markup {
    let id = format!("c-{name}");
    let help_id = (!help.is_empty()).then(|| format!("{id}-aide"));
    // What stands there and is not offered stays as it is.
    let is_offered = chosen.is_empty() || options.iter().any(|(value, _)| value == chosen);
    html! {
        div.champ {
            label for=(id) { (label) }
            @if let Some(help_id) = &help_id { span.aide id=(help_id) { (help) } }
            select id=(id) name=(name) aria-describedby=[help_id.as_deref()] {
                @if !is_offered { option value=(chosen) selected { (chosen) } }
                @for (value, words) in options {
                    option value=(value) selected[value == chosen] { (words) }
                }
            }
        }
    }
}

/// Options made of ids and declared titles.
pub(crate) fn option(value: impl ToString, words: impl Into<String>) -> (String, String) {
    (value.to_string(), words.into())
}

/// The hidden fields that tie a form to the text it was made from: its revision in the draft, and
/// the text itself, by which what two people change is merged.
pub(super) fn made_from(work: &Work, path: &str, text: Option<&str>) -> Markup {
    let revision = work.file(path).map_or(0, |file| file.revision);
    made_of(revision, text.unwrap_or_default())
}

/// The same, of a revision and a text that are known.
pub(super) fn made_of(revision: u32, text: &str) -> Markup {
    html! {
        input type="hidden" name="revision" value=(revision);
        input type="hidden" name="depart" value=(text);
    }
}

/// What a form was made from.
pub(super) fn origin(form: &Form) -> Option<(u32, Option<String>)> {
    let revision = form.get("revision").parse().ok()?;
    // Browsers send lines that end in CR LF.
    Some((revision, Some(form.raw("depart").replace("\r\n", "\n"))))
}

/// What was done, named in the address after a form was taken.
pub(super) fn told(visit: &Visit) -> Markup {
    let word = visit.param("fait").filter(|word| {
        word.len() < 24 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    });
    html! {
        @if let Some(word) = word {
            @let words = t(visit.lang, &format!("ws-done-{word}"));
            @if !words.starts_with("ws-done-") { (forms::done(&words)) }
        }
    }
}

/// Where to go after a form was taken.
pub(super) fn on(visit: &Visit, path: &str, done: &str) -> HttpResponse {
    let to = match done.is_empty() {
        true => visit.link(path),
        false => visit.link_with(path, &[("fait", done)]),
    };
    crate::door::lead(&to, &[])
}

/// That a text was changed by somebody else where this form changes it too: both are shown, and
/// what was typed is kept in the form.
pub(super) fn conflict(lang: Lang, by: &str, conflicts: &[beffroi_workshop::Conflict]) -> Markup {
    html! {
        div.avis.surveiller role="alert" {
            (parts::plain_badge("surveiller", &t_args(lang, "ws-conflict", &[("name", by.into())])))
            p { (t(lang, "ws-conflict-what")) }
            div.defile tabindex="0" role="region" aria-label=(t(lang, "ws-conflict-table")) {
                table {
                    caption { (t(lang, "ws-conflict-table")) }
                    thead { tr {
                        th scope="col" { (t(lang, "ws-conflict-where")) }
                        th scope="col" { (t_args(lang, "ws-conflict-theirs", &[("name", by.into())])) }
                        th scope="col" { (t(lang, "ws-conflict-mine")) }
                    } }
                    tbody {
                        @for one in conflicts {
                            tr {
                                th scope="row" { code { (one.path.join(" › ")) } }
                                td { (one.theirs.as_deref().unwrap_or("—")) }
                                td { (one.mine.as_deref().unwrap_or("—")) }
                            }
                        }
                    }
                }
            }
        }
    }
}
