//! `/atelier/brouillons/{draft}/indicateurs/{indicator}`: an indicator, without writing an
//! expression or by writing it, with its figures beside.

use super::bounds::declares;
use super::dataset::{departments, units};
use super::parts::{
    Area, Step, choose, conflict, made_from, made_of, on, option, origin, page_of, send, steps,
    told, troubles,
};
use super::work::{Kept, Over, Work};
use crate::failure::Failure;
use crate::figure::{self, Level};
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Form, Posted, ReadIndicator};
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::{
    Catalog, Dataset, Indicator, Measure, OverTime, Tile, ValueType, parse_expr,
};
use beffroi_figure::{Compare, Context, compose, plan};
use beffroi_model::{Answer, ColumnId, DatasetId, IndicatorId, Period, View, is_id};
use beffroi_text::{Lang, t, t_args};
use beffroi_workshop::advice::{Advice, advise, alike};
use beffroi_workshop::measure::{
    Calc, Condition, Literal, Simple, Test, choices, decimals_of, over_time_of, unit_of,
};
use beffroi_workshop::{IndicatorForm, TargetForm, id_from_title};
use maud::{Markup, html};

/// The id of an indicator that has none yet.
const NEW: &str = "nouveau";
/// Lines for targets that are not there yet.
const BLANK_TARGETS: usize = 2;
/// Conditions of a count.
const CONDITIONS: usize = 2;

/// The indicator of the address: its path and text; neither for a new one.
async fn wanted(
    allowed: &Allowed<Compose>,
    work: &Work,
) -> Result<Option<(String, Option<String>)>, Failure> {
    let id = allowed.part("indicator");
    if id == NEW {
        return Ok(None);
    }
    let path = format!("indicators/{id}.toml");
    let is_known = work.file(&path).is_some() || declares(allowed, "indicators", id);
    if !is_id(id) || !is_known {
        return Err(allowed.not_found(id));
    }
    let text = work.text(allowed, &path).await?;
    Ok(Some((path, text)))
}

/// What the form shows.
struct Shown<'a> {
    form: &'a IndicatorForm,
    /// Targets as they were typed, where they are not numbers.
    typed: Vec<[String; 4]>,
    wrong: Vec<String>,
    made: Markup,
    notes: Markup,
    status: StatusCode,
}

/// The form.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let found = wanted(&allowed, &work).await?;
    let over = work.overlaid(&allowed).await?;
    let (form, made) = match &found {
        Some((path, text)) => match IndicatorForm::read(text.as_deref().unwrap_or_default()) {
            Ok(form) => (form, made_from(&work, path, text.as_deref())),
            Err(_) => {
                let to = work.path(&format!("/textes/{path}"));
                return Ok(on(&allowed.visit, &to, "a-la-main"));
            }
        },
        None => (fresh(&allowed, &work, &over), Markup::default()),
    };
    let notes = html! { (told(&allowed.visit)) (troubles(&allowed, &over)) };
    let typed = form.targets.iter().map(target_fields).collect();
    let shown = Shown {
        form: &form,
        typed,
        wrong: Vec::new(),
        made,
        notes,
        status: StatusCode::OK,
    };
    page(&allowed, &work, &over, shown).await
}

/// A new indicator of the dataset that the address names, else of the only one of the draft.
fn fresh(allowed: &Allowed<Compose>, work: &Work, over: &Over) -> IndicatorForm {
    let named = allowed.visit.param("jeu").map(str::to_owned);
    let of_draft = work.deliveries.iter().find_map(|it| it.dataset.as_ref());
    let dataset = named.or_else(|| of_draft.map(ToString::to_string));
    let mut form = IndicatorForm {
        dataset: dataset.unwrap_or_default(),
        owner: allowed.visitor().person.name.clone(),
        department: work
            .draft
            .department
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        ..IndicatorForm::default()
    };
    if let Some(dataset) = datasets(allowed, over).find(|it| it.id.as_str() == form.dataset) {
        form.measure = "count(*)".to_owned();
        form.department = dataset.department.to_string();
        let axes = dataset
            .schema
            .columns
            .iter()
            .filter_map(|it| it.dimension.as_ref());
        form.dimensions = axes.take(4).map(ToString::to_string).collect();
    }
    form
}

/// The datasets on which this person may define indicators.
fn datasets<'a>(
    allowed: &'a Allowed<Compose>,
    over: &'a Over,
) -> impl Iterator<Item = &'a Dataset> {
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    catalog.datasets.values().filter(|it| {
        it.time.is_some()
            && match allowed.whole_catalog().datasets.contains_key(&it.id) {
                true => allowed.reach().counted.contains(&it.id),
                false => true,
            }
    })
}

async fn page(
    allowed: &Allowed<Compose>,
    work: &Work,
    over: &Over,
    shown: Shown<'_>,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let id = allowed.part("indicator");
    let form = shown.form;
    let title = match (id, form.title.as_str()) {
        (NEW, _) => t(lang, "ws-indicator-new").into_owned(),
        (id, "") => id.to_owned(),
        (_, title) => title.to_owned(),
    };
    let preview = preview(allowed, over, id).await?;
    let here = work.path(&format!("/indicateurs/{id}"));
    let body = html! {
        div.page-tete { div {
            p.surtitre { (work.draft.title) @if id != NEW { " · " code { (id) } } }
            h1 { (title) }
            p.chapo { (t(lang, "ws-indicator-lead")) }
        } }
        (steps(visit, work, Step::Figures))
        (shown.notes)
        @for wrong in &shown.wrong { (forms::refused(wrong)) }
        div.grille.section {
            form."c-7".pile method="post" action=(visit.link(&here)) {
                (forms::token(&allowed.visitor().csrf()))
                (shown.made)
                (measure(allowed, over, form))
                (words(allowed, form))
                (targets(lang, &shown.typed))
                @if work.may_edit {
                    div.actions {
                        button.bouton type="submit" name="faire" value="garder" { (t(lang, "ws-indicator-keep")) }
                        @if id != NEW {
                            button.bouton.discret type="submit" name="faire" value="retirer" { (t(lang, "ws-take-out")) }
                            a href=(visit.link(&work.path(&format!("/textes/indicators/{id}.toml")))) { (t(lang, "ws-by-hand")) }
                        }
                    }
                }
            }
            div."c-5" { div.collant.pile #apercu data-apercu="1" { (preview) (alike_list(allowed, form, id)) (onwards(allowed, work, id)) } }
        }
    };
    Ok(send(
        allowed,
        page_of(visit, work, title).body(body),
        shown.status,
    ))
}

/// Where one goes from an indicator.
fn onwards(allowed: &Allowed<Compose>, work: &Work, id: &str) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let boards: Vec<&str> = work
        .files
        .iter()
        .filter(|it| it.text.is_some())
        .filter_map(|it| it.path.strip_prefix("boards/")?.strip_suffix(".toml"))
        .collect();
    html! {
        @if id != NEW {
            nav.bloc aria-labelledby="h-suite" {
                h2 #h-suite { (t(lang, "ws-next")) }
                ul.pistes {
                    li { a href=(visit.link(&work.path("/indicateurs/nouveau"))) { (t(lang, "ws-indicator-another")) } }
                    @for board in &boards {
                        li { a href=(visit.link(&work.path(&format!("/tableaux/{board}")))) { (t(lang, "ws-to-board")) " " code { (board) } } }
                    }
                    @if boards.is_empty() { li { a href=(visit.link(&work.path("/tableaux/nouveau"))) { (t(lang, "ws-board-make")) } } }
                }
            }
        }
    }
}

fn line(name: &str, label: &str, value: &str, optional: bool, help: &str) -> Markup {
    Field {
        name,
        label,
        value,
        help,
        optional,
        autocomplete: "off",
        ..Field::default()
    }
    .markup()
}

const CALCULATIONS: [&str; 11] = [
    "compter",
    "additionner",
    "moyenne",
    "rapport",
    "part",
    "differents",
    "mediane",
    "minimum",
    "maximum",
    "par-habitant",
    "expression",
];

/// The word of a calculation.
fn word(calc: &Calc) -> &'static str {
    match calc {
        Calc::Count => "compter",
        Calc::Sum { .. } => "additionner",
        Calc::Mean { .. } => "moyenne",
        Calc::Ratio { .. } => "rapport",
        Calc::Share { .. } => "part",
        Calc::Distinct { .. } => "differents",
        Calc::Median { .. } => "mediane",
        Calc::Min { .. } => "minimum",
        Calc::Max { .. } => "maximum",
        Calc::PerInhabitant { .. } => "par-habitant",
    }
}

/// What is measured: a calculation, its columns, its conditions.
fn measure(allowed: &Allowed<Compose>, over: &Over, form: &IndicatorForm) -> Markup {
    let lang = allowed.lang();
    let english = allowed.visit.english();
    let all: Vec<&Dataset> = datasets(allowed, over).collect();
    let mut options = vec![option("", t(lang, "ws-derived"))];
    options.extend(all.iter().map(|it| option(&it.id, it.title.get(english).0)));
    let dataset = all.iter().find(|it| it.id.as_str() == form.dataset);
    let expr = parse_expr(&form.measure).ok();
    // What the form has no room for is said by the expression.
    let simple = expr.as_ref().and_then(Simple::from_expr).filter(|it| {
        let own = usize::from(matches!(it.calc, Calc::Share { .. }));
        it.filters.len() + own <= CONDITIONS
    });
    let calc = match &simple {
        Some(simple) => word(&simple.calc),
        None if form.measure.is_empty() => "par-habitant",
        None => "expression",
    };
    let (first, second) = simple.as_ref().map(columns_of).unwrap_or_default();
    let calculations: Vec<_> = CALCULATIONS
        .iter()
        .filter(|it| dataset.is_some() != (**it == "par-habitant") || **it == "expression")
        .map(|it| option(it, t(lang, &format!("ws-calc-{it}"))))
        .collect();
    let known = dataset.map(|it| choices(it));
    let offer = |all: &[beffroi_workshop::measure::Choice]| -> Vec<(String, String)> {
        let none = option("", t(lang, "ws-column-none"));
        let named = all.iter().map(|it| {
            let title = it.title.get(english).0;
            option(
                &it.column,
                if title.is_empty() {
                    it.column.as_str()
                } else {
                    title
                },
            )
        });
        std::iter::once(none).chain(named).collect()
    };
    let countable = known
        .as_ref()
        .map_or_else(|| offer(&[]), |it| offer(&it.summed));
    let any = known
        .as_ref()
        .map_or_else(|| offer(&[]), |it| offer(&it.filtered));
    let divided = match simple.as_ref().map(|it| &it.calc) {
        Some(Calc::PerInhabitant { of, per, .. }) => (of.to_string(), per.to_string()),
        _ => (String::new(), "1".to_owned()),
    };
    let mut filters = simple
        .as_ref()
        .map(|it| it.filters.clone())
        .unwrap_or_default();
    if let Some(Calc::Share { condition, .. }) = simple.as_ref().map(|it| &it.calc) {
        filters.insert(0, condition.clone());
    }
    html! {
        fieldset.etape-form {
            legend { (t(lang, "ws-what-data")) }
            (choose("jeu", &t(lang, "what-dataset"), &t(lang, "ws-dataset-what"), &options, &form.dataset))
        }
        fieldset.etape-form {
            legend { (t(lang, "ws-what-measure")) }
            (choose("calcul", &t(lang, "ws-calc"), &t(lang, "ws-calc-what"), &calculations, calc))
            @if dataset.is_some() {
                div.duo {
                    (choose("colonne", &t(lang, "ws-calc-column"), &t(lang, "ws-calc-column-what"), &merged(&countable, &any), &first))
                    (choose("colonne2", &t(lang, "ws-calc-below"), &t(lang, "ws-calc-below-what"), &countable, &second))
                }
                @for place in 0..CONDITIONS {
                    @let filter = filters.get(place);
                    fieldset.condition {
                        legend { (t_args(lang, "ws-condition", &[("number", (place + 1).into())])) }
                        div.trio {
                            (choose(&format!("si{place}-colonne"), &t(lang, "column-name"), "", &any, filter.map(|it| it.column.as_str()).unwrap_or_default()))
                            (choose(&format!("si{place}-signe"), &t(lang, "ws-condition-sign"), "", &signs(lang), filter.map_or("", |it| sign(&it.test))))
                            (line(&format!("si{place}-valeur"), &t(lang, "ws-condition-value"), &filter.map(|it| values_of(&it.test)).unwrap_or_default(), true, &t(lang, "ws-condition-value-what")))
                        }
                    }
                }
            }
            @if dataset.is_none() && calc == "par-habitant" {
                div.duo {
                    (choose("divise", &t(lang, "what-indicator"), &t(lang, "ws-divided-what"), &indicators(allowed, over), &divided.0))
                    (choose("pour", &t(lang, "ws-per"), "", &[option("1", t(lang, "ws-per-one")), option("1000", t(lang, "ws-per-thousand"))], &divided.1))
                }
            }
            details open[calc == "expression"] {
                summary { (t(lang, "ws-expression")) }
                (Area { name: "expression", label: &t(lang, "ws-expression-field"), help: &t(lang, "ws-expression-what"), value: &form.measure, rows: 3, error: "" }.markup())
            }
            div.duo {
                (choose("unite", &t(lang, "column-unit"), &t(lang, "ws-unit-what"), &units(lang), &form.unit))
                (line("decimales", &t(lang, "ws-decimals"), &form.decimals.map(|it| it.to_string()).unwrap_or_default(), true, ""))
                (choose("cumul", &t(lang, "ws-over-time"), &t(lang, "ws-over-time-what"), &[
                    option("", t(lang, "ws-over-time-auto")), option("sum", t(lang, "ws-over-time-sum")),
                    option("last", t(lang, "ws-over-time-last")), option("mean", t(lang, "ws-over-time-mean")),
                ], &form.over_time))
                (choose("sens", &t(lang, "ws-direction"), "", &[
                    option("", t(lang, "ws-direction-none")), option("up", t(lang, "ws-direction-up")), option("down", t(lang, "ws-direction-down")),
                ], if form.direction == "none" { "" } else { &form.direction }))
            }
            @if let Some(dataset) = dataset { (axes(allowed, over, dataset, form)) }
        }
    }
}

/// The indicators that this person reaches in full, with those of the draft.
fn indicators(allowed: &Allowed<Compose>, over: &Over) -> Vec<(String, String)> {
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    let published = allowed.whole_catalog();
    let open = catalog.indicators.values().filter(|it| {
        !published.indicators.contains_key(&it.id)
            || allowed.catalog().indicators.contains_key(&it.id)
                && allowed.scopes().of(&it.id).0.is_empty()
    });
    open.map(|it| option(&it.id, it.title.get(allowed.visit.english()).0))
        .collect()
}

/// Two lists of options as one, each option once.
fn merged(first: &[(String, String)], second: &[(String, String)]) -> Vec<(String, String)> {
    let mut all = first.to_vec();
    all.extend(second.iter().filter(|it| !first.contains(it)).cloned());
    all
}

/// The first and the second column of a calculation.
fn columns_of(simple: &Simple) -> (String, String) {
    match &simple.calc {
        Calc::Count => Default::default(),
        Calc::Sum { column }
        | Calc::Mean { column }
        | Calc::Distinct { column }
        | Calc::Median { column }
        | Calc::Min { column }
        | Calc::Max { column } => (column.to_string(), String::new()),
        Calc::Ratio { above, below } => (above.to_string(), below.to_string()),
        Calc::Share { of, .. } => (
            of.as_ref().map(ToString::to_string).unwrap_or_default(),
            String::new(),
        ),
        Calc::PerInhabitant { .. } => Default::default(),
    }
}

const SIGNS: [&str; 5] = ["est", "nest-pas", "au-moins", "au-plus", "parmi"];

fn signs(lang: Lang) -> Vec<(String, String)> {
    let signs = SIGNS.iter();
    signs
        .map(|word| option(word, t(lang, &format!("ws-sign-{word}"))))
        .collect()
}

fn sign(test: &Test) -> &'static str {
    match test {
        Test::Is(_) | Test::Holds(_) => "est",
        Test::IsNot(_) => "nest-pas",
        Test::AtLeast(_) => "au-moins",
        Test::AtMost(_) => "au-plus",
        Test::In(_) => "parmi",
    }
}

/// What a cell is compared with, as it is typed.
fn values_of(test: &Test) -> String {
    let one = |literal: &Literal| match literal {
        Literal::Number(number) => number.to_string().replace('.', ","),
        Literal::Text(text) => text.clone(),
        Literal::Day(day) => day.to_string(),
    };
    match test {
        Test::Is(it) | Test::IsNot(it) | Test::AtLeast(it) | Test::AtMost(it) => one(it),
        Test::In(all) => all.iter().map(one).collect::<Vec<_>>().join(" ; "),
        Test::Holds(true) => "oui".to_owned(),
        Test::Holds(false) => "non".to_owned(),
    }
}

/// What is typed, as what cells of that kind are compared with; a text names a member by its key,
/// or by its name.
fn literal(
    text: &str,
    kind: ValueType,
    members: Option<&beffroi_catalog::Dimension>,
) -> Option<Literal> {
    match kind {
        ValueType::Exact { .. } | ValueType::Float => typed_number(text).map(Literal::Number),
        ValueType::Date { .. } | ValueType::Instant => {
            let day = match text.parse::<Period>() {
                Ok(period) => Some(period.start()),
                Err(_) => chrono::NaiveDate::parse_from_str(text, "%d/%m/%Y").ok(),
            };
            day.map(Literal::Day)
        }
        ValueType::Text | ValueType::Boolean => {
            let wanted = beffroi_model::normalize(text);
            let member = members.and_then(|it| {
                let found = it.members.iter().find(|(key, member)| {
                    key.as_str() == text || beffroi_model::normalize(&member.title.fr) == wanted
                });
                found.map(|(key, _)| key.clone())
            });
            Some(Literal::Text(member.unwrap_or_else(|| text.to_owned())))
        }
    }
}

/// A condition as it is typed; an error when its value cannot be one of the column.
fn condition(
    form: &Form,
    place: usize,
    dataset: &Dataset,
    catalog: &Catalog,
) -> Result<Option<Condition>, &'static str> {
    let Ok(column) = ColumnId::new(form.get(&format!("si{place}-colonne"))) else {
        return Ok(None);
    };
    let typed = form.get(&format!("si{place}-valeur"));
    if typed.is_empty() {
        return Ok(None);
    }
    let known = choices(dataset).filtered;
    let known = known
        .iter()
        .find(|it| it.column == column)
        .ok_or("ws-wrong-column")?;
    if known.kind == ValueType::Boolean {
        let holds = match beffroi_model::normalize(typed).as_str() {
            "oui" | "vrai" | "true" | "yes" | "1" => true,
            "non" | "faux" | "false" | "no" | "0" => false,
            _ => return Err("ws-wrong-condition"),
        };
        let is_not = form.get(&format!("si{place}-signe")) == "nest-pas";
        return Ok(Some(Condition {
            column,
            test: Test::Holds(holds != is_not),
        }));
    }
    let members = known
        .dimension
        .as_ref()
        .and_then(|id| catalog.dimensions.get(id));
    let one = |text: &str| literal(text.trim(), known.kind, members).ok_or("ws-wrong-condition");
    let test = match form.get(&format!("si{place}-signe")) {
        "nest-pas" => Test::IsNot(one(typed)?),
        "au-moins" => Test::AtLeast(one(typed)?),
        "au-plus" => Test::AtMost(one(typed)?),
        "parmi" => Test::In(
            typed
                .split(';')
                .filter(|it| !it.trim().is_empty())
                .map(one)
                .collect::<Result<_, _>>()?,
        ),
        _ if typed.contains(';') => Test::In(
            typed
                .split(';')
                .filter(|it| !it.trim().is_empty())
                .map(one)
                .collect::<Result<_, _>>()?,
        ),
        _ => Test::Is(one(typed)?),
    };
    Ok(Some(Condition { column, test }))
}

/// The axes by which a figure may be told.
fn axes(
    allowed: &Allowed<Compose>,
    over: &Over,
    dataset: &Dataset,
    form: &IndicatorForm,
) -> Markup {
    let visit = &allowed.visit;
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    let columns = dataset
        .schema
        .columns
        .iter()
        .map(|it| (&it.id, it.dimension.as_ref()));
    let computed = dataset
        .computed
        .iter()
        .map(|(id, it)| (id, it.dimension.as_ref()));
    html! {
        fieldset {
            legend { (t(visit.lang, "ws-axes")) }
            @for (column, dimension) in columns.chain(computed) {
                @if let Some(dimension) = dimension {
                    @let ticked = form.dimensions.iter().any(|it| it == dimension.as_str());
                    @let title = catalog.dimensions.get(dimension).map(|it| &it.title);
                    (forms::tick("axe", dimension.as_str(), ticked, &html! {
                        @if let Some(title) = title.filter(|it| !it.is_empty()) { (parts::declared(visit, title)) } @else { (column) }
                    }))
                }
            }
        }
    }
}

/// What is said of it.
fn words(allowed: &Allowed<Compose>, form: &IndicatorForm) -> Markup {
    let lang = allowed.lang();
    let noun = form.noun.clone().unwrap_or_default();
    html! {
        fieldset.etape-form {
            legend { (t(lang, "ws-what-words")) }
            (line("titre", &t(lang, "ws-title"), &form.title, false, &t(lang, "ws-indicator-title-what")))
            (Area { name: "description", label: &t(lang, "ws-description"), help: &t(lang, "ws-indicator-description-what"), value: &form.description, rows: 2, error: "" }.markup())
            (Area { name: "methode", label: &t(lang, "ws-method"), help: &t(lang, "ws-method-what"), value: &form.method, rows: 3, error: "" }.markup())
            (Area { name: "limites", label: &t(lang, "ws-limits"), help: "", value: &form.limits, rows: 2, error: "" }.markup())
            div.duo {
                (choose("direction", &t(lang, "dataset-department"), "", &departments(allowed), &form.department))
                (line("responsable", &t(lang, "ws-owner"), &form.owner, false, ""))
                (line("nom-un", &t(lang, "ws-noun-one"), &noun[0], true, &t(lang, "ws-noun-what")))
                (line("nom-plusieurs", &t(lang, "ws-noun-many"), &noun[1], true, ""))
            }
            details open[!form.title_en.is_empty()] {
                summary { (t(lang, "ws-english")) }
                (line("titre-en", &t(lang, "ws-title-en"), &form.title_en, true, ""))
                (Area { name: "description-en", label: &t(lang, "ws-description-en"), help: "", value: &form.description_en, rows: 2, error: "" }.markup())
            }
        }
    }
}

/// A target as fields: year, value, origin, tolerance.
fn target_fields(target: &TargetForm) -> [String; 4] {
    [
        target.year.to_string(),
        target.value.to_string().replace('.', ","),
        target.origin.clone(),
        target
            .tolerance
            .map(|it| it.to_string().replace('.', ","))
            .unwrap_or_default(),
    ]
}

fn targets(lang: Lang, typed: &[[String; 4]]) -> Markup {
    html! {
        fieldset.etape-form {
            legend { (t(lang, "ws-targets")) }
            p.aide { (t(lang, "ws-targets-what")) }
            @for place in 0..typed.len() + BLANK_TARGETS {
                @let empty = Default::default();
                @let [year, value, origin, tolerance] = typed.get(place).unwrap_or(&empty);
                fieldset.condition {
                    legend { (t_args(lang, "ws-target", &[("number", (place + 1).into())])) }
                    div.duo {
                        (Field { name: &format!("obj{place}-annee"), label: &t(lang, "ws-target-year"), value: year, mode: "numeric", optional: true, autocomplete: "off", ..Field::default() }.markup())
                        (Field { name: &format!("obj{place}-valeur"), label: &t(lang, "ws-target-value"), value, mode: "decimal", optional: true, autocomplete: "off", ..Field::default() }.markup())
                        (line(&format!("obj{place}-origine"), &t(lang, "ws-target-origin"), origin, true, ""))
                        (Field { name: &format!("obj{place}-tolerance"), label: &t(lang, "ws-target-tolerance"), value: tolerance, mode: "decimal", optional: true, autocomplete: "off", ..Field::default() }.markup())
                    }
                }
            }
        }
    }
}

/// Its figures as they would be, and what a statistician would say of them.
async fn preview(allowed: &Allowed<Compose>, over: &Over, id: &str) -> Result<Markup, Failure> {
    let lang = allowed.lang();
    let Some(with) = over.as_oneself::<_, ReadIndicator>(allowed) else {
        return Ok(html! { @if id != NEW { p.avis { (t(lang, "ws-no-preview")) } } });
    };
    let Some(indicator) = with.catalog().indicators.get(id) else {
        return Ok(html! {});
    };
    let tiles = [
        tile(indicator, beffroi_catalog::Figure::Kpi, 1),
        tile(indicator, beffroi_catalog::Figure::Line, 8),
    ];
    let period = with.latest(indicator).await?;
    let ctx = Context {
        catalog: with.catalog(),
        lang,
        today: with.town().today(),
        now: with.town().now(),
        period,
        filters: &[],
        compare: Compare::PreviousYear,
        scopes: with.scopes(),
    };
    let plans = tiles.iter().map(|tile| plan(tile, &ctx)).collect();
    let answers = with.ask(plans).await?;
    let first: Option<Answer> = answers.iter().flatten().flatten().next().cloned();
    let version = match &indicator.measure {
        Measure::Direct { dataset, .. } => with.town().versions.get(dataset),
        Measure::Derived { .. } => None,
    };
    let advice = advise(
        with.catalog(),
        indicator,
        version.map(AsRef::as_ref),
        first.as_ref(),
    );
    Ok(html! {
        section.bloc.apercu-vif aria-labelledby="h-apercu" {
            h2 #h-apercu { (t(lang, "ws-preview")) }
            @for (tile, answers) in tiles.iter().zip(&answers) {
                (figure::figure(&with.visit, &compose(tile, &ctx, answers), Level::Three, None))
            }
        }
        (said(lang, with.catalog(), &advice))
    })
}

/// A tile of one indicator.
fn tile(indicator: &Indicator, figure: beffroi_catalog::Figure, periods: u32) -> Tile {
    Tile {
        id: format!("apercu-{periods}"),
        indicators: vec![indicator.id.clone()],
        figure,
        show: View::default(),
        by: None,
        grain: None,
        periods: Some(periods),
        top: None,
        width: 12,
        title: beffroi_catalog::Text::default(),
        note: beffroi_catalog::Text::default(),
    }
}

/// What a statistician would say.
fn said(lang: Lang, catalog: &Catalog, advice: &[Advice]) -> Markup {
    html! {
        @if !advice.is_empty() {
            section.bloc aria-labelledby="h-conseils" {
                h2 #h-conseils { (t(lang, "ws-advice")) }
                ul.conseils { @for one in advice { li { (in_words(lang, catalog, one)) } } }
            }
        }
    }
}

fn in_words(lang: Lang, catalog: &Catalog, advice: &Advice) -> String {
    let number =
        |value: f64| beffroi_text::number(lang, value, u8::from(value.fract().abs() > 1e-9));
    let period =
        |period: Period| beffroi_text::period(lang, period, beffroi_text::PeriodStyle::Long);
    let said = |name: &str, what: String| {
        t_args(lang, &format!("ws-advice-{name}"), &[("what", what.into())]).into_owned()
    };
    match advice {
        Advice::MeanOfRates { column } => said("mean-of-rates", column.to_string()),
        Advice::StockSummed { column } => said("stock-summed", column.to_string()),
        Advice::MixedUnits { with, without } => said("mixed-units", format!("{with}, {without}")),
        Advice::UnitUnsaid { column } => said("unit-unsaid", column.to_string()),
        Advice::TinyDenominator { least, member, .. } => {
            let of = member
                .as_ref()
                .map_or_else(String::new, |(_, key)| format!(" ({key})"));
            said("tiny-denominator", format!("{}{of}", number(*least)))
        }
        Advice::SecrecyNeeded { .. } => said("secrecy-needed", String::new()),
        Advice::SaysTheSame { other, .. } => {
            let known = catalog.indicators.get(other);
            said(
                "says-the-same",
                known.map_or_else(|| other.to_string(), |it| it.title.fr.clone()),
            )
        }
        Advice::NoTarget => said("no-target", String::new()),
        Advice::NoMethod => said("no-method", String::new()),
        Advice::DirectionMissing => said("direction-missing", String::new()),
        Advice::FewPeriods { periods } => said("few-periods", periods.to_string()),
        Advice::MissingMuch { share } => said("missing-much", number((share * 100.0).round())),
        Advice::OverTimeUnlikely { .. } => said("over-time-unlikely", String::new()),
        Advice::StandsOut {
            period: at,
            value,
            usual,
        } => t_args(
            lang,
            "ws-advice-stands-out",
            &[
                ("what", period(*at).into()),
                ("value", number(*value).into()),
                ("usual", number(*usual).into()),
            ],
        )
        .into_owned(),
        Advice::LevelChanges { from } => said("level-changes", period(*from)),
    }
}

/// Indicators that may say this already.
fn alike_list(allowed: &Allowed<Compose>, form: &IndicatorForm, id: &str) -> Markup {
    let visit = &allowed.visit;
    let dataset = DatasetId::new(&form.dataset).ok();
    let words = format!("{} {}", form.title, form.description);
    let found = alike(allowed.catalog(), &words, dataset.as_ref());
    let found: Vec<_> = found
        .iter()
        .filter(|(other, _)| other.as_str() != id)
        .filter_map(|(other, _)| allowed.catalog().indicators.get(other))
        .take(5)
        .collect();
    html! {
        @if !found.is_empty() {
            section.bloc aria-labelledby="h-semblables" {
                h2 #h-semblables { (t(visit.lang, "ws-alike")) }
                p.petit { (t(visit.lang, "ws-alike-what")) }
                ul.pistes {
                    @for one in found {
                        li { a href=(visit.link(&format!("/indicateurs/{}", one.id))) { (parts::declared(visit, &one.title)) } }
                    }
                }
            }
        }
    }
}

/// A number as people type it: `1 500,5`.
pub(super) fn typed_number(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let number: f64 = plain.replace(',', ".").replace('−', "-").parse().ok()?;
    number.is_finite().then_some(number)
}

/// What a form says, over what there is; with what of it cannot be taken.
fn written(
    form: &Form,
    before: &IndicatorForm,
    catalog: &Catalog,
    lang: Lang,
) -> (IndicatorForm, Vec<[String; 4]>, Vec<String>) {
    let text = |name: &str| form.get(name).replace("\r\n", "\n");
    let mut wrong = Vec::new();
    let mut after = before.clone();
    after.dataset = text("jeu");
    after.title = text("titre");
    after.title_en = text("titre-en");
    after.description = text("description");
    after.description_en = text("description-en");
    after.method = text("methode");
    after.limits = text("limites");
    after.department = text("direction");
    after.owner = text("responsable");
    let noun = [text("nom-un"), text("nom-plusieurs")];
    after.noun = noun.iter().all(|it| !it.is_empty()).then_some(noun);
    after.unit = text("unite");
    after.over_time = text("cumul");
    let direction = text("sens");
    if !(direction.is_empty() && before.direction == "none") {
        after.direction = direction;
    }
    let decimals = text("decimales");
    after.decimals = match decimals.parse() {
        Ok(count) if count <= 6 => Some(count),
        _ if decimals.is_empty() => None,
        _ => {
            wrong.push(t(lang, "ws-wrong-decimals").into_owned());
            before.decimals
        }
    };
    if form.has("colonne") {
        after.dimensions = form.all("axe").map(str::to_owned).collect();
    }
    after.measure = match simple(form, catalog) {
        Ok(Some(simple)) => simple.to_text(),
        Ok(None) => text("expression"),
        Err(word) => {
            wrong.push(t(lang, word).into_owned());
            before.measure.clone()
        }
    };
    let (mut targets, mut typed) = (Vec::new(), Vec::new());
    for place in 0..200 {
        let field = |end: &str| format!("obj{place}-{end}");
        if !form.has(&field("annee")) {
            break;
        }
        let fields = ["annee", "valeur", "origine", "tolerance"].map(|end| text(&field(end)));
        if fields.iter().all(String::is_empty) {
            continue;
        }
        let (year, value) = (fields[0].parse::<i32>().ok(), typed_number(&fields[1]));
        let tolerance = typed_number(&fields[3]);
        let is_tolerance_fine = fields[3].is_empty() || tolerance.is_some();
        match (year, value) {
            (Some(year), Some(value)) if is_tolerance_fine && !fields[2].is_empty() => {
                let known = before.targets.iter().find(|it| it.year == year);
                targets.push(TargetForm {
                    year,
                    value,
                    tolerance,
                    origin: fields[2].clone(),
                    voted_on: known.and_then(|it| it.voted_on.clone()),
                    when: known.map(|it| it.when.clone()).unwrap_or_default(),
                });
            }
            _ => {
                let number = (place + 1).to_string();
                wrong.push(
                    t_args(lang, "ws-wrong-target", &[("number", number.into())]).into_owned(),
                );
            }
        }
        typed.push(fields);
    }
    after.targets = targets;
    (after, typed, wrong)
}

/// The calculation that a form describes; nothing for an expression.
fn simple(form: &Form, catalog: &Catalog) -> Result<Option<Simple>, &'static str> {
    let calc = form.get("calcul");
    if matches!(calc, "expression" | "") {
        return Ok(None);
    }
    if calc == "par-habitant" {
        let of = IndicatorId::new(form.get("divise")).map_err(|_| "ws-wrong-divided")?;
        let population = catalog
            .town
            .population
            .as_ref()
            .and_then(|it| it.indicator.clone());
        return Ok(Some(Simple::of(Calc::PerInhabitant {
            of,
            population: population.ok_or("ws-wrong-population")?,
            per: form.get("pour").parse().unwrap_or(1),
        })));
    }
    let dataset = catalog
        .datasets
        .get(form.get("jeu"))
        .ok_or("ws-wrong-column")?;
    let column = |name: &str| ColumnId::new(form.get(name)).ok();
    let first = column("colonne");
    let needed = || first.clone().ok_or("ws-wrong-column");
    let mut filters = Vec::new();
    for place in 0..CONDITIONS {
        filters.extend(condition(form, place, dataset, catalog)?);
    }
    let calc = match calc {
        "compter" => Calc::Count,
        "additionner" => Calc::Sum { column: needed()? },
        "moyenne" => Calc::Mean { column: needed()? },
        "differents" => Calc::Distinct { column: needed()? },
        "mediane" => Calc::Median { column: needed()? },
        "minimum" => Calc::Min { column: needed()? },
        "maximum" => Calc::Max { column: needed()? },
        "rapport" => Calc::Ratio {
            above: needed()?,
            below: column("colonne2").ok_or("ws-wrong-below")?,
        },
        "part" => {
            if filters.is_empty() {
                return Err("ws-wrong-share");
            }
            Calc::Share {
                of: first,
                condition: filters.remove(0),
            }
        }
        _ => return Err("ws-wrong-column"),
    };
    Ok(Some(Simple { calc, filters }))
}

/// Keeps what was written.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let work = Work::open_to_edit(&allowed).await?;
    let found = wanted(&allowed, &work).await?;
    let visit = &allowed.visit;
    let lang = visit.lang;
    if let (Some((path, _)), "retirer") = (&found, form.get("faire")) {
        return super::draft::take_out(&allowed, &work, path).await;
    }
    let from = found.as_ref().and_then(|_| origin(&form));
    let began = match (&from, &found) {
        (Some((_, Some(text))), _) => text.clone(),
        (_, Some((_, Some(text)))) => text.clone(),
        _ => String::new(),
    };
    let Ok(before) = IndicatorForm::read(&began) else {
        let path = found.map(|(path, _)| path).unwrap_or_default();
        return Ok(on(
            visit,
            &work.path(&format!("/textes/{path}")),
            "a-la-main",
        ));
    };
    let over = work.overlaid(&allowed).await?;
    let (mut after, typed, mut wrong) = {
        let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
        written(&form, &before, catalog, lang)
    };
    if found.is_none() && wrong.is_empty() {
        complete(&mut after, &allowed, &over);
    }
    let path = match &found {
        Some((path, _)) => path.clone(),
        None => {
            let taken = |id: &str| {
                allowed.is_taken(&format!("indicators/{id}"))
                    || work.file(&format!("indicators/{id}.toml")).is_some()
            };
            match id_from_title(&after.title, taken) {
                Some(id) => format!("indicators/{id}.toml"),
                None => {
                    wrong.push(t(lang, "ws-wrong-title").into_owned());
                    String::new()
                }
            }
        }
    };
    let made = match &from {
        Some((_, text)) => made_from(&work, &path, text.as_deref()),
        None => Markup::default(),
    };
    let shown = |wrong: Vec<String>, made: Markup, notes: Markup| Shown {
        form: &after,
        typed: typed.clone(),
        wrong,
        made,
        notes,
        status: StatusCode::UNPROCESSABLE_ENTITY,
    };
    if !wrong.is_empty() {
        return page(
            &allowed,
            &work,
            &over,
            shown(wrong, made, Markup::default()),
        )
        .await;
    }
    let new = match after.write(&began) {
        Ok(new) => new,
        Err(error) => {
            tracing::warn!(%error, "a drafted indicator cannot be written");
            let wrong = vec![t(lang, "ws-unwritable").into_owned()];
            return page(
                &allowed,
                &work,
                &over,
                shown(wrong, made, Markup::default()),
            )
            .await;
        }
    };
    let id = path
        .trim_start_matches("indicators/")
        .trim_end_matches(".toml")
        .to_owned();
    let to = work.path(&format!("/indicateurs/{id}"));
    match work.keep(&allowed, &path, Some(new), from).await? {
        Kept::Done => Ok(on(visit, &to, "garde")),
        Kept::Merged => Ok(on(visit, &to, "fusionne")),
        Kept::TooLong => {
            let wrong = vec![t(lang, "ws-too-long").into_owned()];
            page(
                &allowed,
                &work,
                &over,
                shown(wrong, made, Markup::default()),
            )
            .await
        }
        Kept::Closed => {
            let wrong = vec![t(lang, "ws-closed").into_owned()];
            page(
                &allowed,
                &work,
                &over,
                shown(wrong, made, Markup::default()),
            )
            .await
        }
        Kept::Conflict {
            by,
            text: merged,
            revision,
            conflicts,
        } => {
            let made = made_of(revision, &merged);
            let both = IndicatorForm::read(&merged).unwrap_or_else(|_| after.clone());
            let shown = Shown {
                form: &both,
                typed: both.targets.iter().map(target_fields).collect(),
                wrong: Vec::new(),
                made,
                notes: conflict(lang, &by, &conflicts),
                status: StatusCode::CONFLICT,
            };
            page(&allowed, &work, &over, shown).await
        }
    }
}

/// What a new indicator says by default: the unit of its calculation, how it adds up.
fn complete(form: &mut IndicatorForm, allowed: &Allowed<Compose>, over: &Over) {
    if form.description.is_empty() {
        form.description.clone_from(&form.title);
    }
    let dataset = datasets(allowed, over).find(|it| it.id.as_str() == form.dataset);
    let simple = parse_expr(&form.measure).ok();
    let simple = simple.as_ref().and_then(Simple::from_expr);
    if let (Some(dataset), Some(simple)) = (dataset, simple) {
        let unit = unit_of(&simple, dataset);
        if form.unit.is_empty() {
            form.unit = unit.map_or("nombre", |it| it.symbol()).to_owned();
        }
        if form.over_time.is_empty() {
            form.over_time = match over_time_of(&simple, dataset) {
                OverTime::Sum => String::new(),
                OverTime::Last => "last".to_owned(),
                OverTime::Mean => "mean".to_owned(),
            };
        }
        let decimals = unit.map(|unit| decimals_of(&simple, unit));
        form.decimals = form.decimals.or(decimals.filter(|it| *it > 0));
    }
    if form.unit.is_empty() {
        form.unit = "nombre".to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(typed_number("1 500,5"), Some(1500.5));
        assert_eq!(typed_number("1\u{202f}500"), Some(1500.0));
        assert_eq!(typed_number("−3"), Some(-3.0));
        assert_eq!(typed_number("1 5OO"), None);
        assert_eq!(typed_number("inf"), None);
    }
}
