//! `/atelier/commentaires/{indicator}`: what those who answer for a figure say of it, period by
//! period, signed and dated, for its readers. Nothing is altered: what is wrong is withdrawn.

use super::draft::when;
use super::parts::{Area, on, page, send, told};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Permission, Posted};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::Indicator;
use beffroi_model::{IndicatorId, Period};
use beffroi_store::workshop::{Author, Commentary, NewCommentary, limits};
use beffroi_store::{CommentaryId, Kind};
use beffroi_text::{PeriodStyle, period, t};
use maud::{Markup, html};
use std::collections::BTreeMap;

fn object(id: &IndicatorId) -> String {
    format!("indicateur:{id}")
}

/// What is said of an indicator and stands, the newest first; nothing to whoever reaches some of
/// its rows only: it speaks of all.
async fn standing<P>(allowed: &Allowed<P>, id: &IndicatorId) -> Result<Vec<Commentary>, Failure> {
    if !allowed.scopes().of(id).0.is_empty() {
        return Ok(Vec::new());
    }
    let object = object(id);
    let said = allowed
        .ask_store(move |store| store.commentaries(&object))
        .await?;
    let standing = said.into_iter().filter(|it| it.withdrawn_at.is_none());
    Ok(standing.collect())
}

/// A period as it is kept, in words.
fn named(visit: &Visit, kept: &str) -> String {
    match kept.parse::<Period>() {
        Ok(it) => period(visit.lang, it, PeriodStyle::Long),
        Err(_) => kept.to_owned(),
    }
}

fn quoted(visit: &Visit, one: &Commentary, with_period: bool) -> Markup {
    html! {
        blockquote.commentaire {
            p { (one.text) }
            footer.petit {
                @if with_period { strong { (named(visit, &one.period)) } " · " }
                (one.name) ", " (when(visit.lang, one.at))
            }
        }
    }
}

/// Whether this person may say something of an indicator.
fn speaks<P>(allowed: &Allowed<P>, indicator: &Indicator) -> bool {
    allowed.may(Permission::Compose)
        && allowed.departments().contains(&indicator.department)
        && allowed.scopes().of(&indicator.id).0.is_empty()
}

/// What is said on the page of an indicator.
pub(crate) async fn of_indicator<P>(
    allowed: &Allowed<P>,
    indicator: &Indicator,
) -> Result<Markup, Failure> {
    let visit = &allowed.visit;
    let said = standing(allowed, &indicator.id).await?;
    let may_speak = speaks(allowed, indicator);
    Ok(html! {
        @if may_speak || !said.is_empty() {
            section.bloc #commentaires aria-labelledby="h-commentaires" {
                h2 #h-commentaires { (t(visit.lang, "ws-said")) }
                @for one in &said { (quoted(visit, one, true)) }
                @if may_speak {
                    p { a href=(visit.link(&format!("/atelier/commentaires/{}", indicator.id))) { (t(visit.lang, "ws-say")) } }
                }
            }
        }
    })
}

/// What is said last of the indicators of each figure for a period, in one go.
pub(crate) async fn of_figures<P>(
    allowed: &Allowed<P>,
    figures: &[&[IndicatorId]],
    at: Period,
) -> Result<Vec<Markup>, Failure> {
    let whole = |id: &&IndicatorId| allowed.scopes().of(id).0.is_empty();
    let asked: Vec<String> = figures
        .iter()
        .flat_map(|ids| ids.iter())
        .filter(whole)
        .map(object)
        .collect();
    let period = at.to_string();
    let said = allowed
        .ask_store(move |store| {
            let mut said: BTreeMap<String, Commentary> = BTreeMap::new();
            for object in asked {
                if said.contains_key(&object) {
                    continue;
                }
                let mut all = store.commentaries(&object)?.into_iter();
                let last = all.find(|it| it.withdrawn_at.is_none() && it.period == period);
                said.extend(last.map(|it| (object, it)));
            }
            Ok(said)
        })
        .await?;
    let figures = figures.iter().map(|ids| {
        let found = ids.iter().filter_map(|id| said.get(&object(id)));
        html! { @for one in found { (quoted(&allowed.visit, one, false)) } }
    });
    Ok(figures.collect())
}

fn wanted(allowed: &Allowed<Compose>) -> Result<&Indicator, Failure> {
    let id = allowed.part("indicator");
    let found = allowed.catalog().indicators.get(id);
    let found = found.filter(|it| speaks(allowed, it));
    found.ok_or_else(|| allowed.not_found(id))
}

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let indicator = wanted(&allowed)?;
    let period = allowed.latest(indicator).await?.to_string();
    form(
        &allowed,
        indicator,
        &period,
        "",
        &told(&allowed.visit),
        StatusCode::OK,
    )
    .await
}

async fn form(
    allowed: &Allowed<Compose>,
    indicator: &Indicator,
    period: &str,
    text: &str,
    notes: &Markup,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let said = standing(allowed, &indicator.id).await?;
    let here = visit.link(&format!("/atelier/commentaires/{}", indicator.id));
    let csrf = allowed.visitor().csrf();
    let body = html! {
        div.page-tete { div {
            p.surtitre { a href=(visit.link(&format!("/indicateurs/{}", indicator.id))) { (parts::declared(visit, &indicator.title)) } }
            h1 { (t(lang, "ws-say")) }
            p.chapo { (t(lang, "ws-say-lead")) }
        } }
        (notes)
        form.pile method="post" action=(here) {
            (forms::token(&csrf))
            (Field { name: "periode", label: &t(lang, "filter-period"), value: period, help: &t(lang, "ws-say-period-what"), autocomplete: "off", ..Field::default() }.markup())
            (Area { name: "texte", label: &t(lang, "ws-say-text"), help: "", value: text, rows: 5, error: "" }.markup())
            div.actions { button.bouton type="submit" name="faire" value="dire" { (t(lang, "ws-say-do")) } }
        }
        @for one in &said {
            (quoted(visit, one, true))
            (forms::button(&here, &csrf, &[("faire", "retirer"), ("commentaire", &one.id.0.to_string())], "discret mini", &t(lang, "ws-say-withdraw")))
        }
    };
    let title = format!(
        "{} : {}",
        t(lang, "ws-say"),
        indicator.title.get(visit.english()).0
    );
    Ok(send(allowed, page(visit, title).body(body), status))
}

/// Says something of an indicator, or withdraws it.
pub(crate) async fn act(
    Posted {
        allowed,
        form: sent,
    }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let indicator = wanted(&allowed)?;
    let here = format!("/atelier/commentaires/{}", indicator.id);
    let object = object(&indicator.id);
    let person = allowed.visitor().person.clone();
    let (what, done) = match sent.get("faire") {
        "retirer" => {
            let number = sent.get("commentaire").parse::<i64>();
            let id = number
                .map(CommentaryId)
                .map_err(|_| allowed.not_found("commentaire"))?;
            let of = object.clone();
            allowed
                .ask_store(move |store| {
                    let known = store.commentary(id)?;
                    match known.is_some_and(|it| it.object == of) {
                        true => store.withdraw_commentary(
                            id,
                            Author::from(&person),
                            crate::guard::now(),
                        ),
                        false => Ok(false),
                    }
                })
                .await?;
            ("commentary.withdrawn", "commentaire-retire")
        }
        _ => {
            let text = sent.get("texte").replace("\r\n", "\n");
            let period = sent.get("periode").parse::<Period>();
            let (Ok(period), false, true) =
                (period, text.is_empty(), limits::COMMENTARY.holds(&text))
            else {
                let notes = forms::refused(&t(allowed.lang(), "ws-say-wrong"));
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return form(
                    &allowed,
                    indicator,
                    sent.get("periode"),
                    &text,
                    &notes,
                    status,
                )
                .await;
            };
            let of = object.clone();
            allowed
                .ask_store(move |store| {
                    let new = NewCommentary {
                        object: &of,
                        period: &period.to_string(),
                        text: &text,
                    };
                    store.add_commentary(&new, Author::from(&person), crate::guard::now())
                })
                .await?;
            ("commentary.added", "commente")
        }
    };
    allowed.record(Kind::Publication, what, &object, "").await?;
    allowed.forget_pages();
    Ok(on(&allowed.visit, &here, done))
}
