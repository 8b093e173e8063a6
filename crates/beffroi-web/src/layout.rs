//! What every page has around its content: head, masthead, navigation, foot.

use crate::assets;
use crate::entrance::{Visitor, role_word};
use crate::guard::Permission;
use crate::rights;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::header;
use beffroi_catalog::Town;
use beffroi_model::Role;
use beffroi_text::{Lang, date_long, t, t_args};
use chrono::{Local, NaiveDate};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page before it is put in its frame.
pub(crate) struct Page {
    title: String,
    nav: Nav,
    /// Pages above this one: link and name.
    trail: Vec<(String, String)>,
    body: Markup,
    /// Whether the page may be kept as long as the town does not change.
    pub lasting: bool,
}

impl Page {
    /// A page of that unique title.
    pub fn new(title: String, nav: Nav) -> Self {
        Self {
            title,
            nav,
            trail: Vec::new(),
            body: Markup::default(),
            lasting: true,
        }
    }

    /// Puts a page above this one, from the top down.
    pub fn under(mut self, link: String, name: impl Into<String>) -> Self {
        self.trail.push((link, name.into()));
        self
    }

    /// The content of `main`, with its only `h1`.
    pub fn body(mut self, body: Markup) -> Self {
        self.body = body;
        self
    }

    /// Whether the page may be kept; not if it rests on a failure that may pass.
    pub fn lasting(mut self, lasting: bool) -> Self {
        self.lasting = lasting;
        self
    }
}

/// What stands around the content of a page: whose town it is, and who looks at it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Around {
    pub town: Option<Box<Town>>,
    pub who: Option<Who>,
}

impl Around {
    /// The same for somebody of another name.
    pub fn named(mut self, name: &str) -> Self {
        if let Some(who) = &mut self.who {
            name.clone_into(&mut who.name);
        }
        self
    }
}

/// Who looks at a page.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    name: String,
    roles: Vec<Role>,
    demo: bool,
    sees_administration: bool,
    sees_workshop: bool,
}

impl Who {
    pub fn of(visitor: &Visitor) -> Self {
        let member = &visitor.person.membership;
        Self {
            name: visitor.person.name.clone(),
            roles: member.roles.iter().copied().collect(),
            demo: visitor.demo,
            sees_workshop: rights::member_may(member, Permission::Compose),
            sees_administration: ADMINISTRATION
                .iter()
                .any(|permission| rights::member_may(member, *permission)),
        }
    }
}

/// What leads to the administration.
const ADMINISTRATION: [Permission; 4] = [
    Permission::ReadAdmin,
    Permission::ReadAccess,
    Permission::ReadTrail,
    Permission::ManagePeople,
];

/// The names of roles, in a sentence.
pub(crate) fn roles_in_words(lang: Lang, roles: impl IntoIterator<Item = Role>) -> String {
    let words: Vec<_> = roles
        .into_iter()
        .map(|role| t(lang, &role_word(role)))
        .collect();
    words.join(", ")
}

/// A page that is not kept, by anybody.
pub(crate) fn fresh(visit: &Visit, around: &Around, page: Page) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(render(visit, around, page).into_string())
}

/// The room of the site that a page is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nav {
    Home,
    Boards,
    Indicators,
    Reports,
    Catalogue,
    Workshop,
    Administration,
    Help,
    None,
}

/// The whole document.
pub(crate) fn render(visit: &Visit, around: &Around, page: Page) -> Markup {
    let lang = visit.lang;
    let town = around.town.as_deref();
    let who = around.who.as_ref();
    let place = town.map_or_else(
        || "Beffroi".to_owned(),
        |town| format!("Beffroi, {}", town.name),
    );
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (page.title) " · " (place) }
                link rel="stylesheet" href=(assets::css_path());
                link rel="icon" href="/assets/beffroi.svg" type="image/svg+xml";
                @if page.nav == Nav::Workshop { script src=(assets::script_path()) defer {} }
            }
            body {
                a.evitement href="#contenu" { (t(lang, "skip")) }
                (beffroi_report::html::glyphs())
                (masthead(visit, town, who, page.nav))
                @if let Some(who) = who.filter(|who| who.demo) { (demonstration(visit, who)) }
                main #contenu tabindex="-1" {
                    div.boite {
                        @if !page.trail.is_empty() { (trail(visit, &page)) }
                        div.impression {
                            span { (place) }
                            span {
                                (page.title)
                                @if let Some(town) = town {
                                    ", "
                                    (t_args(lang, "printed-on", &[("day", date_long(lang, today(town)).into())]))
                                }
                            }
                        }
                        (page.body)
                    }
                }
                (foot(visit, town, who.is_some()))
            }
        }
    }
}

/// The day at which a town is seen.
pub(crate) fn today(town: &Town) -> NaiveDate {
    town.as_of.unwrap_or_else(|| Local::now().date_naive())
}

/// The hidden field by which a form keeps the language that the address names.
pub(crate) fn lang_field(visit: &Visit) -> Markup {
    html! {
        @if let Some(lang) = visit.lang_field() { input type="hidden" name="lang" value=(lang); }
    }
}

/// Says on every page that this is a demonstration, and as whom.
fn demonstration(visit: &Visit, who: &Who) -> Markup {
    let lang = visit.lang;
    html! {
        aside.essai aria-label=(t(lang, "demo-banner")) {
            div.boite {
                p {
                    strong { (t(lang, "demo-banner")) } " "
                    (t_args(lang, "demo-as", &[
                        ("name", who.name.as_str().into()),
                        ("roles", roles_in_words(lang, who.roles.iter().copied()).into()),
                    ]))
                    " " a href=(visit.link("/demonstration")) { (t(lang, "demo-change")) }
                }
            }
        }
    }
}

fn masthead(visit: &Visit, town: Option<&Town>, who: Option<&Who>, here: Nav) -> Markup {
    let lang = visit.lang;
    html! {
        header.entete {
            div.boite {
                a.marque href=(visit.link("/")) {
                    (tower())
                    span {
                        span.marque-nom { "Beffroi" }
                        @if let Some(town) = town { span.marque-lieu { (town.name) } }
                    }
                }
                @if let Some(who) = who {
                    nav.nav-large aria-label=(t(lang, "nav")) { ul { (links(visit, who, here)) } }
                    div.compte {
                        details.deroule {
                            summary { (who.name) }
                            ul.deroule-corps { (own_links(visit)) li { (language_link(visit)) } }
                        }
                    }
                    details.deroule.nav-etroit {
                        summary { (t(lang, "menu")) }
                        nav aria-label=(t(lang, "nav")) {
                            ul.deroule-corps {
                                (links(visit, who, here))
                                (own_links(visit))
                                li { (language_link(visit)) }
                            }
                        }
                    }
                } @else {
                    div.compte.toujours { (language_link(visit)) }
                }
            }
        }
    }
}

/// One's own account, and the way out.
fn own_links(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        li { a href=(visit.link("/compte")) { (t(lang, "nav-account")) } }
        li { a href=(visit.link("/deconnexion")) { (t(lang, "nav-sign-out")) } }
    }
}

fn links(visit: &Visit, who: &Who, here: Nav) -> Markup {
    let lang = visit.lang;
    let rooms = [
        (Nav::Home, "/", t(lang, "nav-home")),
        (Nav::Boards, "/tableaux", t(lang, "nav-boards")),
        (Nav::Indicators, "/indicateurs", t(lang, "nav-indicators")),
        (Nav::Reports, "/rapports", t(lang, "nav-reports")),
        (Nav::Catalogue, "/catalogue", t(lang, "nav-catalogue")),
        (Nav::Workshop, "/atelier", t(lang, "nav-workshop")),
        (
            Nav::Administration,
            "/administration",
            t(lang, "nav-administration"),
        ),
        (Nav::Help, "/aide", t(lang, "nav-help")),
    ];
    html! {
        @for (room, path, name) in rooms {
            @let is_open = match room {
                Nav::Administration => who.sees_administration,
                Nav::Workshop => who.sees_workshop,
                _ => true,
            };
            @if is_open {
                li {
                    a href=(visit.link(path)) aria-current=[(room == here).then_some("page")] { (name) }
                }
            }
        }
    }
}

fn language_link(visit: &Visit) -> Markup {
    let (other, link) = visit.other_language();
    let name = match other {
        Lang::Fr => "Français",
        Lang::En => "English",
    };
    html! { a href=(link) hreflang=(other.code()) lang=(other.code()) { (name) } }
}

fn trail(visit: &Visit, page: &Page) -> Markup {
    html! {
        nav.fil aria-label=(t(visit.lang, "trail")) {
            ol {
                li { a href=(visit.link("/")) { (t(visit.lang, "nav-home")) } }
                @for (link, name) in &page.trail { li { a href=(link) { (name) } } }
                li aria-current="page" { (page.title) }
            }
        }
    }
}

fn foot(visit: &Visit, town: Option<&Town>, is_in: bool) -> Markup {
    let lang = visit.lang;
    html! {
        footer.pied {
            div.boite {
                ul {
                    @if is_in { li { a href=(visit.link("/aide#signes")) { (t(lang, "foot-method")) } } }
                    li { a href=(visit.link("/accessibilite")) { (t(lang, "foot-accessibility")) } }
                    @if is_in {
                        li { a href=(visit.link("/api/v1/openapi.json")) { (t(lang, "foot-api")) } }
                        li { a href=(visit.link("/aide")) { (t(lang, "nav-help")) } }
                    }
                }
                @if let Some(town) = town {
                    p {
                        @if town.sample { (t(lang, "foot-sample")) } @else { (t(lang, "foot-internal")) }
                        " · " (town.name)
                    }
                }
            }
        }
    }
}

/// The tower of the masthead.
fn tower() -> Markup {
    PreEscaped(TOWER.to_owned())
}

const TOWER: &str = r##"<svg viewBox="0 0 22 36" aria-hidden="true" fill="currentColor"><path d="M11 0 11.700 4 16 12H6L10.300 4ZM4 13h14v2.500h-1V36h-3.500v-6a2.500 2.500 0 0 0-5 0v6H5V15.500H4Z"/><path fill="#17222b" d="M8 22v-2.500a3 3 0 0 1 6 0V22Z"/><path fill="#e3a552" d="M8.600 22.500c.9-.7 1.100-1.500 1.100-2.600a1.300 1.300 0 0 1 2.600 0c0 1.100.2 1.900 1.100 2.600Z"/></svg>"##;
