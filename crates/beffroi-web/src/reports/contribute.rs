//! `/rapports/{report}/{year}/chapitres/{chapter}/contribuer`: what a department does: its words,
//! the sentences of its figures, what it says to the others, and that all of it is right.

use super::opened::{Opened, state_class};
use super::read::encoded;
use crate::failure::Failure;
use crate::forms;
use crate::guard::{Allowed, Compose, Form, Posted};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::workshop::{Area, when};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::{Indicator, ReportChapter};
use beffroi_report::{Draft, Problem, ProblemKind, chapter_reading, html as made};
use beffroi_store::reports::{
    Contribution, ContributionState, NewSentence, Reports, Sentence, Written,
};
use beffroi_store::workshop::{Author, Comment, limits};
use beffroi_store::{CommentId, Kind};
use beffroi_text::{Lang, date_long, t, t_args};
use maud::{Markup, html};

/// What is there beside the report itself.
struct Beside {
    remarks: Vec<Comment>,
    sentences: Vec<Sentence>,
    /// The words of the year before.
    before: String,
}

/// What a form held that was not taken.
#[derive(Default)]
struct Typed {
    words: Option<(u32, String)>,
    remark: String,
}

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let opened = Opened::of(&allowed).await?;
    let notes = told(&allowed);
    page(&allowed, &opened, &notes, Typed::default(), StatusCode::OK).await
}

/// What was done, named in the address.
pub(super) fn told(allowed: &Allowed<Compose>) -> Markup {
    let word = allowed.visit.param("fait").unwrap_or_default();
    let is_word = word.len() < 24 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let id = format!("report-done-{word}");
    let words = t(allowed.lang(), &id);
    html! { @if is_word && words != id { (forms::done(&words)) } }
}

async fn beside(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
) -> Result<Beside, Failure> {
    let (id, year) = (opened.report.id.clone(), opened.year);
    let chapter = chapter.to_owned();
    let from = opened.edition.as_ref().and_then(|it| it.copied_from);
    allowed
        .ask_store(move |store| {
            let reports = store.reports();
            let prefix = format!("{chapter}.");
            let before = match from {
                Some(from) => reports.contributions(id.as_str(), from)?,
                None => Vec::new(),
            };
            let before = before.into_iter().find(|it| it.chapter == chapter);
            let remarks = reports.remarks(id.as_str(), year)?.into_iter();
            let sentences = reports.sentences(id.as_str(), year)?.into_iter();
            Ok(Beside {
                remarks: remarks.filter(|it| it.object == chapter).collect(),
                sentences: sentences.filter(|it| it.key.starts_with(&prefix)).collect(),
                before: before.map_or_else(String::new, |it| it.words),
            })
        })
        .await
}

async fn page(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    notes: &Markup,
    typed: Typed,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let chapter = opened.chapter(allowed)?;
    let beside = beside(allowed, opened, &chapter.id).await?;
    let draft = opened.draft(allowed, Lang::Fr).await?;
    let here = visit.link(&opened.path(&format!("/chapitres/{}/contribuer", chapter.id)));
    let csrf = allowed.visitor().csrf();
    let contribution = opened.contribution(&chapter.id);
    let writes = opened.may_write(allowed, chapter);
    let problems: Vec<&Problem> = draft
        .problems
        .iter()
        .filter(|it| it.chapter.as_deref() == Some(chapter.id.as_str()))
        .collect();
    let composed = draft
        .document
        .chapters
        .iter()
        .find(|it| it.id == chapter.id);
    let title = composed.map_or(chapter.title.fr.as_str(), |it| it.title.as_str());
    let name = format!(
        "{} {}",
        opened.report.title.get(visit.english()).0,
        opened.year
    );
    let picture = |file: &str| opened.path(&format!("/photos/{}", encoded(file)));
    let place = |id: &str| visit.link(&opened.path(&format!("/chapitres/{id}")));
    let links = made::Links {
        chapter: &place,
        place: &|chapter, at| visit.link(&opened.path(&format!("/chapitres/{chapter}#{at}"))),
        picture: &picture,
    };
    let body = html! {
        div.page-tete { div {
            p.surtitre { (name) }
            h1 lang=[visit.english().then_some("fr")] { (title) }
            (state_of(allowed, opened, chapter, contribution, opened.state(&draft, &chapter.id)))
            @if !chapter.ask.is_empty() { p.chapo { (parts::declared(visit, &chapter.ask)) } }
        } }
        (notes)
        @if opened.is_final() { p.avis { (t(lang, "report-is-final")) } }
        @else if opened.edition.is_none() { p.avis { (t(lang, "report-not-opened-what")) } }
        (problem_list(lang, &problems))
        div.grille.section {
            div."c-8".pile {
                @if writes { (words_form(lang, &here, &csrf, contribution, &typed)) }
                @if !beside.before.is_empty() {
                    details.bloc.pile {
                        summary { (t(lang, "report-words-before")) }
                        pre.texte-brut { (beside.before) }
                    }
                }
                @if writes { (sentences(lang, &here, &csrf, &draft, &beside, chapter)) }
                @if writes { (confirmation(lang, &here, &csrf, contribution, &problems, &draft, chapter)) }
            }
            div."c-4".pile {
                (remarks(allowed, &here, &csrf, &beside, &typed, writes))
                (names(allowed, opened, chapter))
            }
        }
        @if let Some(composed) = composed {
            div.section lang=[visit.english().then_some("fr")] {
                div.feuilles { (made::chapter(&draft.document, composed, links)) }
            }
        }
    };
    let page = Page::new(
        format!("{} · {title}", t(lang, "report-write")),
        Nav::Reports,
    )
    .under(visit.link("/rapports"), t(lang, "nav-reports"))
    .under(visit.link(&opened.path("")), name)
    .under(
        visit.link(&opened.path(&format!("/chapitres/{}", chapter.id))),
        title.to_owned(),
    )
    .body(body);
    let mut response = allowed.own_page(page);
    *response.status_mut() = status;
    Ok(response)
}

fn state_of(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &ReportChapter,
    contribution: Option<&Contribution>,
    state: ContributionState,
) -> Markup {
    let lang = allowed.lang();
    let due = opened.due(chapter);
    html! {
        p {
            (state_badge(lang, state, due, allowed.town().today()))
            @if let Some(due) = due {
                " · " (t_args(lang, "report-due", &[("date", date_long(lang, due).into())]))
            }
            @if let Some(changed) = contribution.and_then(|it| it.changed.as_ref()) {
                " · " (changed.name) ", " (when(lang, changed.at))
            }
        }
    }
}

/// The state of a chapter in a word.
pub(super) fn state_badge(
    lang: Lang,
    state: ContributionState,
    due: Option<chrono::NaiveDate>,
    today: chrono::NaiveDate,
) -> Markup {
    let class = state_class(state, due, today);
    let id = match (state, class) {
        (ContributionState::Waiting, "retard") => "report-chapter-late",
        (ContributionState::Waiting, _) => "report-chapter-waiting",
        (ContributionState::Written, _) => "report-chapter-written",
        (ContributionState::Confirmed, _) => "report-chapter-confirmed",
    };
    parts::plain_badge(class, &t(lang, id))
}

/// Problems, with what to do about them.
pub(crate) fn problem_list(lang: Lang, problems: &[&Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.avis.surveiller role="status" {
                (parts::plain_badge("surveiller", &parts::counted(lang, "report-problems", problems.len())))
                ul.texte lang=[(lang == Lang::En).then_some("fr")] {
                    @for problem in problems { li { (problem.title) " " span.discret { (problem.remedy) } } }
                }
            }
        }
    }
}

fn words_form(
    lang: Lang,
    here: &str,
    csrf: &str,
    contribution: Option<&Contribution>,
    typed: &Typed,
) -> Markup {
    let kept = contribution.map(|it| (it.revision, it.words.clone()));
    let (revision, words) = typed.words.clone().or(kept).unwrap_or_default();
    html! {
        section.bloc aria-labelledby="h-mots" {
            h2 #h-mots { (t(lang, "report-words")) }
            form.pile method="post" action=(here) {
                (forms::token(csrf))
                input type="hidden" name="revision" value=(revision);
                (Area { name: "mots", label: &t(lang, "report-words-label"), help: &t(lang, "report-words-help"), value: &words, rows: 12, error: "" }.markup())
                div.actions { button.bouton type="submit" name="faire" value="ecrire" { (t(lang, "report-words-keep")) } }
            }
        }
    }
}

/// The sentences of the chapter's figures: that of the data, or one in its place.
fn sentences(
    lang: Lang,
    here: &str,
    csrf: &str,
    draft: &Draft,
    beside: &Beside,
    chapter: &ReportChapter,
) -> Markup {
    let prefix = format!("{}.", chapter.id);
    let own: Vec<(&String, &String)> = draft
        .sentences
        .iter()
        .filter(|(key, _)| key.starts_with(&prefix))
        .collect();
    html! {
        @if !own.is_empty() {
            details.bloc.pile open[beside.sentences.iter().any(|it| own.iter().any(|(key, now)| **key == it.key && **now != it.basis))] {
                summary { (t(lang, "report-sentences")) }
                p { (t(lang, "report-sentences-what")) }
                @for (place, (key, computed)) in own.iter().enumerate() {
                    @let edited = beside.sentences.iter().find(|it| it.key == **key);
                    @let id = format!("c-phrase-{place}");
                    form.pile method="post" action=(here) {
                        (forms::token(csrf))
                        input type="hidden" name="cle" value=(key);
                        div.champ {
                            label for=(id) { (t(lang, "report-sentence-label")) }
                            span.aide id=(format!("{id}-aide")) { (t_args(lang, "report-sentence-data", &[("sentence", computed.as_str().into())])) }
                            input id=(id) name="phrase" type="text" autocomplete="off" aria-describedby=(format!("{id}-aide"))
                                value=(edited.map_or(computed.as_str(), |it| it.text.as_str()));
                        }
                        div.actions {
                            button.bouton.second.mini type="submit" name="faire" value="phrase" { (t(lang, "report-sentence-keep")) }
                            @if edited.is_some() {
                                button.bouton.discret.mini type="submit" name="faire" value="donnees" { (t(lang, "report-sentence-drop")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What keeps a department from confirming its chapter.
fn hinders(problem: &Problem) -> bool {
    let of_confirmation = matches!(problem.kind, ProblemKind::Unconfirmed | ProblemKind::Moved);
    problem.is_blocking() && !of_confirmation
}

fn confirmation(
    lang: Lang,
    here: &str,
    csrf: &str,
    contribution: Option<&Contribution>,
    problems: &[&Problem],
    draft: &Draft,
    chapter: &ReportChapter,
) -> Markup {
    let reading = chapter_reading(&draft.document, &chapter.id);
    let revision = contribution.map_or(0, |it| it.revision);
    let is_confirmed = contribution.is_some_and(|it| {
        it.state == ContributionState::Confirmed
            && it.confirmed_reading.as_deref() == Some(reading.as_str())
    });
    html! {
        section.bloc aria-labelledby="h-confirmer" {
            h2 #h-confirmer { (t(lang, "report-confirm-title")) }
            @if is_confirmed {
                (forms::done(&t(lang, "report-confirmed-now")))
                (forms::button(here, csrf, &[("faire", "rouvrir")], "discret", &t(lang, "report-reopen")))
            } @else if problems.iter().any(|it| hinders(it)) {
                p { (t(lang, "report-confirm-not-yet")) }
            } @else {
                p { (t(lang, "report-confirm-what")) }
                form.pile method="post" action=(here) {
                    (forms::token(csrf))
                    input type="hidden" name="revision" value=(revision);
                    input type="hidden" name="chiffres" value=(reading);
                    (forms::tick(forms::SURE, "1", false, &html! { (t(lang, "report-confirm-sure")) }))
                    div.actions { button.bouton type="submit" name="faire" value="confirmer" { (t(lang, "report-confirm")) } }
                }
            }
        }
    }
}

fn remarks(
    allowed: &Allowed<Compose>,
    here: &str,
    csrf: &str,
    beside: &Beside,
    typed: &Typed,
    writes: bool,
) -> Markup {
    let lang = allowed.lang();
    html! {
        section.bloc aria-labelledby="h-remarques" {
            h2 #h-remarques { (t(lang, "report-remarks")) }
            @for one in &beside.remarks {
                blockquote.commentaire {
                    p { (one.text) }
                    footer.petit {
                        (one.name) ", " (when(lang, one.at))
                        @if one.resolved_at.is_some() { " · " (t(lang, "report-remark-resolved")) }
                    }
                    @if one.resolved_at.is_none() && writes {
                        (forms::button(here, csrf, &[("faire", "regler"), ("remarque", &one.id.0.to_string())], "discret mini", &t(lang, "report-remark-resolve")))
                    }
                }
            }
            form.pile method="post" action=(here) {
                (forms::token(csrf))
                (Area { name: "remarque", label: &t(lang, "report-remark-label"), help: "", value: &typed.remark, rows: 3, error: "" }.markup())
                div.actions { button.bouton.second type="submit" name="faire" value="remarquer" { (t(lang, "report-remark-do")) } }
            }
        }
    }
}

/// The names by which values are placed: those of the chapter, then of the department.
fn names(allowed: &Allowed<Compose>, opened: &Opened, chapter: &ReportChapter) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let department = opened.department(chapter);
    let indicators: Vec<&Indicator> = allowed
        .catalog()
        .indicators
        .values()
        .filter(|it| department.is_some_and(|id| it.department == *id))
        .collect();
    html! {
        @if !indicators.is_empty() {
            details.bloc.pile {
                summary { (t(lang, "report-names")) }
                p { (t(lang, "report-names-what")) }
                dl.dl {
                    @for indicator in indicators {
                        dt { code { "{{ " (indicator.id) " }}" } }
                        dd { (parts::declared(visit, &indicator.title)) }
                    }
                }
            }
        }
    }
}

/// What is done with a chapter.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let opened = Opened::of(&allowed).await?;
    let chapter = opened.chapter(&allowed)?.id.clone();
    let writes = opened.may_write(&allowed, opened.chapter(&allowed)?);
    match form.get("faire") {
        "remarquer" => remark(&allowed, &opened, &chapter, &form).await,
        _ if !writes => Err(allowed.not_found(&chapter)),
        "ecrire" => write(&allowed, &opened, &chapter, &form).await,
        "confirmer" => confirm(&allowed, &opened, &chapter, &form).await,
        "rouvrir" => {
            opened
                .on_chapter(&allowed, &chapter, Reports::reopen)
                .await?;
            done(&allowed, &opened, &chapter, "report.reopened", "rouvert").await
        }
        "phrase" | "donnees" => sentence(&allowed, &opened, &chapter, &form).await,
        "regler" => resolve(&allowed, &opened, &chapter, &form).await,
        _ => Err(allowed.not_found(&chapter)),
    }
}

async fn done(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
    action: &str,
    word: &str,
) -> Result<HttpResponse, Failure> {
    let object = format!("rapport:{}/{}/{chapter}", opened.report.id, opened.year);
    allowed.record(Kind::Change, action, &object, "").await?;
    allowed.forget_pages();
    let to = opened.path(&format!("/chapitres/{chapter}/contribuer"));
    Ok(crate::door::lead(
        &allowed.visit.link_with(&to, &[("fait", word)]),
        &[],
    ))
}

async fn write(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let words = form.raw("mots").replace("\r\n", "\n").trim().to_owned();
    let revision = form.get("revision").parse::<u32>().unwrap_or_default();
    if !limits::WORDS.holds(&words) {
        let notes = forms::refused(&t(allowed.lang(), "report-words-long"));
        let typed = Typed {
            words: Some((revision, words)),
            ..Typed::default()
        };
        return page(
            allowed,
            opened,
            &notes,
            typed,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    let text = words.clone();
    let written = opened
        .on_chapter(allowed, chapter, move |reports, chapter, by, now| {
            reports.write_words(chapter, revision, &text, by, now)
        })
        .await?;
    match written {
        Written::Done { .. } => done(allowed, opened, chapter, "report.written", "ecrit").await,
        Written::Stale(theirs) => stale(allowed, opened, *theirs, Some(words)).await,
    }
}

/// Somebody else was quicker: theirs is shown, what was typed stays in the form and, sent again, is
/// kept.
async fn stale(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    theirs: Contribution,
    mine: Option<String>,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let by = theirs.changed.as_ref().map_or("", |it| it.name.as_str());
    let notes = html! {
        div.avis.surveiller role="alert" {
            (parts::plain_badge("surveiller", &t_args(lang, "report-stale", &[("name", by.into())])))
            pre.texte-brut { (theirs.words) }
        }
    };
    let typed = Typed {
        words: mine.map(|mine| (theirs.revision, mine)),
        ..Typed::default()
    };
    page(allowed, opened, &notes, typed, StatusCode::CONFLICT).await
}

async fn confirm(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let draft = opened.draft(allowed, Lang::Fr).await?;
    let mut own = draft
        .problems
        .iter()
        .filter(|it| it.chapter.as_deref() == Some(chapter));
    let reading = chapter_reading(&draft.document, chapter);
    let refusal = if form.get(forms::SURE).is_empty() {
        Some("report-confirm-unsure")
    } else if own.any(hinders) {
        Some("report-confirm-not-yet")
    } else if form.get("chiffres") != reading {
        // The figures moved between the page and the button.
        Some("report-confirm-moved")
    } else {
        None
    };
    if let Some(id) = refusal {
        let notes = forms::refused(&t(lang, id));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(allowed, opened, &notes, Typed::default(), status).await;
    }
    let revision = form.get("revision").parse::<u32>().unwrap_or_default();
    let confirmed = opened
        .on_chapter(allowed, chapter, move |reports, chapter, by, now| {
            reports.confirm(chapter, revision, &reading, by, now)
        })
        .await?;
    match confirmed {
        Written::Done { .. } => {
            done(allowed, opened, chapter, "report.confirmed", "confirme").await
        }
        Written::Stale(theirs) => stale(allowed, opened, *theirs, None).await,
    }
}

async fn sentence(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let key = form.get("cle").to_owned();
    let text = form.get("phrase").to_owned();
    // What the data say is what they say now, whatever the form was made from.
    let draft = opened.draft(allowed, Lang::Fr).await?;
    let basis = draft.sentences.get(&key).cloned();
    let is_own = key.starts_with(&format!("{chapter}.")) && basis.is_some();
    let basis = basis.unwrap_or_default();
    let drops = form.get("faire") == "donnees" || text.is_empty() || text == basis;
    let fits =
        limits::SENTENCE.holds(&text) && limits::SENTENCE.holds(&basis) && limits::KEY.holds(&key);
    if !is_own || !fits {
        let notes = forms::refused(&t(allowed.lang(), "report-sentence-long"));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(allowed, opened, &notes, Typed::default(), status).await;
    }
    let (id, year) = (opened.report.id.clone(), opened.year);
    let person = allowed.visitor().person.clone();
    allowed
        .ask_store(move |store| {
            let (reports, now) = (store.reports(), crate::guard::now());
            let by = Author::from(&person);
            if drops {
                return reports
                    .drop_sentence(id.as_str(), year, &key, by, now)
                    .map(|_| ());
            }
            let sentence = NewSentence {
                key: &key,
                text: &text,
                basis: &basis,
            };
            reports.set_sentence(id.as_str(), year, &sentence, by, now)
        })
        .await?;
    done(allowed, opened, chapter, "report.sentence", "phrase").await
}

async fn remark(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let text = form.get("remarque").replace("\r\n", "\n");
    if opened.edition.is_none() {
        return Err(allowed.not_found(chapter));
    }
    if text.is_empty() || !limits::COMMENT.holds(&text) {
        let notes = forms::refused(&t(allowed.lang(), "report-remark-wrong"));
        let typed = Typed {
            remark: text,
            ..Typed::default()
        };
        return page(
            allowed,
            opened,
            &notes,
            typed,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    opened
        .on_chapter(allowed, chapter, move |reports, chapter, by, now| {
            reports.add_remark(chapter, &text, by, now)
        })
        .await?;
    done(allowed, opened, chapter, "report.remark", "remarque").await
}

async fn resolve(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    chapter: &str,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let number = form.get("remarque").parse::<i64>();
    let number = number.map_err(|_| allowed.not_found("remarque"))?;
    let beside = beside(allowed, opened, chapter).await?;
    if !beside.remarks.iter().any(|it| it.id.0 == number) {
        return Err(allowed.not_found("remarque"));
    }
    let person = allowed.visitor().person.clone();
    allowed
        .ask_store(move |store| {
            let by = Author::from(&person);
            store.resolve_comment(CommentId(number), by, crate::guard::now())
        })
        .await?;
    done(allowed, opened, chapter, "report.remark.resolved", "regle").await
}
