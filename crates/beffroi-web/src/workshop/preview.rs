//! `/atelier/brouillons/{draft}/apercu/…`: a drafted board, or indicator, as its readers will see
//! it: as oneself, as a role, at the width of a phone.

use super::parts::page_of;
use super::work::{Over, Work};
use crate::failure::Failure;
use crate::guard::{Allowed, Compose, ReadBoard, ReadIndicator};
use crate::pages;
use crate::reports;
use actix_web::HttpResponse;
use beffroi_catalog::Indicator;
use beffroi_figure::{default_period, period_queries};
use beffroi_model::{Grain, IndicatorId, Membership, Period, Role};
use beffroi_report::ProblemKind;
use beffroi_text::{t, t_args};
use maud::{Markup, html};

impl<P> Allowed<P> {
    /// The period that a board of these indicators shows first.
    ///
    /// # Errors
    /// When too many queries wait.
    pub(super) async fn default_period(
        &self,
        grain: Grain,
        ids: &[IndicatorId],
    ) -> Result<Period, Failure> {
        let today = self.town().today();
        let queries = period_queries(ids, self.catalog(), grain, today, self.scopes());
        let answers = self.ask(vec![queries]).await?;
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        Ok(default_period(grain, today, &answers))
    }

    /// The last period of an indicator.
    ///
    /// # Errors
    /// When too many queries wait.
    pub(super) async fn latest(&self, indicator: &Indicator) -> Result<Period, Failure> {
        let ids = [indicator.id.clone()];
        self.default_period(indicator.main_grain, &ids).await
    }
}

/// As whom a draft is looked at.
struct Eyes {
    member: Membership,
    word: String,
}

/// The eyes that the address names: a role with the perimeters that it has, else one's own.
fn eyes(allowed: &Allowed<Compose>) -> Eyes {
    let own = &allowed.visitor().person.membership;
    let role = allowed.visit.param("comme").and_then(Role::from_word);
    match role {
        Some(role) => {
            let access = &allowed.whole_catalog().access;
            // An élu is given a perimeter of their own: the widest there is stands for it.
            let widest = access.perimeters.iter().find(|(_, it)| {
                it.rows.is_empty()
                    && !it.raw
                    && matches!(it.departments, beffroi_catalog::Names::All)
            });
            let perimeters = match role {
                Role::Reader => widest.map(|(id, _)| id.clone()).into_iter().collect(),
                _ => Default::default(),
            };
            let departments = match role {
                Role::Agent | Role::Editor => own.departments.clone(),
                _ => Default::default(),
            };
            Eyes {
                member: Membership {
                    roles: [role].into(),
                    departments,
                    perimeters,
                },
                word: role.as_str().to_owned(),
            }
        }
        None => Eyes {
            member: own.clone(),
            word: String::new(),
        },
    }
}

/// What stands above a preview: that it is one, as whom, at which width.
fn frame(allowed: &Allowed<Compose>, work: &Work, seen: &Eyes, content: Markup) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let is_narrow = visit.param("largeur") == Some("telephone");
    let path = visit.path.as_str();
    let roles = [Role::Reader, Role::Agent, Role::Head, Role::Steward];
    html! {
        div.avis.surveiller role="status" {
            (crate::parts::plain_badge("surveiller", &t_args(lang, "ws-preview-of", &[("title", work.draft.title.as_str().into())])))
        }
        form.filtres method="get" action=(path) aria-label=(t(lang, "ws-preview-as")) {
            (crate::layout::lang_field(visit))
            div.champ {
                label for="a-comme" { (t(lang, "ws-preview-as")) }
                select #a-comme name="comme" {
                    option value="" selected[seen.word.is_empty()] { (t(lang, "ws-preview-myself")) }
                    @for role in roles {
                        option value=(role.as_str()) selected[seen.word == role.as_str()] { (t(lang, &crate::entrance::role_word(role))) }
                    }
                }
            }
            div.champ {
                label for="a-largeur" { (t(lang, "ws-preview-width")) }
                select #a-largeur name="largeur" {
                    option value="" selected[!is_narrow] { (t(lang, "ws-preview-desk")) }
                    option value="telephone" selected[is_narrow] { (t(lang, "ws-preview-phone")) }
                }
            }
            div.actions { button.bouton type="submit" { (t(lang, "ws-preview-do")) } }
        }
        div.apercu-page.telephone[is_narrow] { (content) }
    }
}

fn unseen(allowed: &Allowed<Compose>, over: &Over) -> Markup {
    html! {
        (super::parts::troubles(allowed, over))
        p { (t(allowed.lang(), "ws-no-preview")) }
    }
}

/// A drafted board.
pub(crate) async fn board(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let over = work.overlaid(&allowed).await?;
    let seen = eyes(&allowed);
    let path = allowed.visit.path.clone();
    let (title, content) = match over.as_member::<_, ReadBoard>(&allowed, &seen.member) {
        Some(with) => match with.catalog().boards.get(allowed.part("board")) {
            Some(board) => (
                board.title.get(allowed.visit.english()).0.to_owned(),
                pages::board::body(&with, board, &path, false).await?.0,
            ),
            None => (
                t(allowed.lang(), "ws-preview").into_owned(),
                html! { p.avis { (t(allowed.lang(), "ws-preview-unreached")) } },
            ),
        },
        None => (
            t(allowed.lang(), "ws-preview").into_owned(),
            unseen(&allowed, &over),
        ),
    };
    let body = frame(&allowed, &work, &seen, content);
    let page = page_of(&allowed.visit, &work, title).body(body);
    Ok(allowed.own_page(page))
}

/// A drafted indicator.
pub(crate) async fn indicator(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let over = work.overlaid(&allowed).await?;
    let seen = eyes(&allowed);
    let (title, content) = match over.as_member::<_, ReadIndicator>(&allowed, &seen.member) {
        Some(with) => match with.catalog().indicators.get(allowed.part("indicator")) {
            Some(indicator) => (
                indicator.title.get(allowed.visit.english()).0.to_owned(),
                pages::indicator::body(&with, indicator, false).await?.0,
            ),
            None => (
                t(allowed.lang(), "ws-preview").into_owned(),
                html! { p.avis { (t(allowed.lang(), "ws-preview-unreached")) } },
            ),
        },
        None => (
            t(allowed.lang(), "ws-preview").into_owned(),
            unseen(&allowed, &over),
        ),
    };
    let body = frame(&allowed, &work, &seen, content);
    let page = page_of(&allowed.visit, &work, title).body(body);
    Ok(allowed.own_page(page))
}

/// A drafted report, as it stands for the last year that is over.
pub(crate) async fn report(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let over = work.overlaid(&allowed).await?;
    let seen = eyes(&allowed);
    let lang = allowed.lang();
    let snapshot = over.overlaid.snapshot.clone();
    let with = over.as_member::<_, ReadBoard>(&allowed, &seen.member);
    let (title, content) = match (with, snapshot) {
        (Some(with), Some(snapshot)) => match with.catalog().reports.get(allowed.part("report")) {
            Some(report) => {
                let draft = reports::drafted(&with, report, &snapshot.catalog).await?;
                let told: Vec<_> = draft
                    .problems
                    .iter()
                    .filter(|it| it.kind != ProblemKind::Unconfirmed)
                    .collect();
                // Photographs are shown where the report is.
                let picture = |file: &str| {
                    format!(
                        "/rapports/{}/{}/photos/{file}",
                        report.id, draft.document.year
                    )
                };
                (
                    report.title.get(allowed.visit.english()).0.to_owned(),
                    html! {
                        (reports::problem_list(lang, &told))
                        (beffroi_report::html::whole(&draft.document, &picture))
                    },
                )
            }
            None => (
                t(lang, "ws-preview").into_owned(),
                html! { p.avis { (t(lang, "ws-preview-unreached")) } },
            ),
        },
        _ => (t(lang, "ws-preview").into_owned(), unseen(&allowed, &over)),
    };
    let body = frame(&allowed, &work, &seen, content);
    let page = page_of(&allowed.visit, &work, title).body(body);
    Ok(allowed.own_page(page))
}
