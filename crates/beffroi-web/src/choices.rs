//! What a reader chooses on a board: period, members, comparison. Read from the address, where
//! anything may stand: what cannot be followed is said and left aside.

use crate::failure::Failure;
use crate::guard::Allowed;
use crate::parts;
use crate::pool::Answers;
use crate::summaries::may_pass;
use crate::visit::Visit;
use beffroi_catalog::lineage::board_indicators;
use beffroi_catalog::{Board, Catalog, Indicator, Text};
use beffroi_figure::{Compare, default_period, known_periods, period_queries};
use beffroi_model::{DimensionId, Filter, Grain, IndicatorId, Period, PeriodRange, Query, Span};
use beffroi_text::{Lang, PeriodStyle, t, t_args};
use maud::{Markup, html};

/// The name of the period in addresses.
pub(crate) const PERIOD: &str = "periode";
/// The name of the comparison in addresses.
const COMPARE: &str = "comparer";
/// The value of the comparison that compares with nothing.
const NOTHING: &str = "rien";
/// How many periods a filter offers at most.
const MOST_PERIODS: usize = 40;
/// How many members a filter offers at most, when they are whatever the data hold.
const MOST_MEMBERS: usize = 500;

/// What was chosen, and what could have been.
pub(crate) struct Choices {
    pub period: Period,
    pub filters: Vec<Filter>,
    pub compare: Compare,
    /// Whether nothing here rests on a failure that may pass.
    pub lasting: bool,
    /// What could not be followed, in words.
    pub messages: Vec<String>,
    default: Period,
    periods: Vec<Period>,
    fields: Vec<Field>,
}

/// One filter of the board.
struct Field {
    dimension: DimensionId,
    /// Key and name of each member.
    members: Vec<(String, Markup)>,
    chosen: String,
}

impl Choices {
    /// Reads the choices for a board.
    ///
    /// # Errors
    /// When members have to be asked for and too many queries wait.
    pub async fn read<P>(allowed: &Allowed<P>, board: &Board) -> Result<Self, Failure> {
        let town = allowed.town();
        let catalog = allowed.catalog();
        let indicators: Vec<&Indicator> = board_indicators(catalog, board).collect();
        let ids: Vec<IndicatorId> = indicators.iter().map(|it| it.id.clone()).collect();
        let (today, scopes) = (town.today(), allowed.scopes());
        let queries = period_queries(&ids, catalog, board.grain, today, scopes);
        let answers: Answers = allowed
            .ask(vec![queries])
            .await?
            .into_iter()
            .flatten()
            .collect();
        let default = default_period(board.grain, today, &answers);
        let mut periods = known_periods(&answers);
        if !periods.contains(&default) {
            periods.push(default);
        }
        periods.sort_unstable_by_key(|period| std::cmp::Reverse(*period));
        periods.truncate(MOST_PERIODS);
        let mut choices = Self {
            period: default,
            filters: Vec::new(),
            compare: Compare::PreviousYear,
            lasting: !answers.iter().any(may_pass),
            messages: Vec::new(),
            default,
            periods,
            fields: Vec::new(),
        };
        choices.read_period(&allowed.visit);
        choices.read_compare(&allowed.visit);
        for dimension in &board.filters {
            let members = members(allowed, &indicators, dimension, default).await?;
            choices.read_filter(&allowed.visit, catalog, dimension, members);
        }
        Ok(choices)
    }

    fn read_period(&mut self, visit: &Visit) {
        let Some(asked) = visit.param(PERIOD) else {
            return;
        };
        match asked.parse::<Period>() {
            Ok(period) if self.periods.contains(&period) => self.period = period,
            _ => self.messages.push(
                t_args(
                    visit.lang,
                    "filter-bad-period",
                    &[
                        ("asked", asked.into()),
                        ("used", long(visit, self.period).into()),
                    ],
                )
                .into_owned(),
            ),
        }
    }

    fn read_compare(&mut self, visit: &Visit) {
        match visit.param(COMPARE) {
            None | Some("an") => {}
            Some(NOTHING) => self.compare = Compare::Nothing,
            Some(asked) => self.messages.push(
                t_args(visit.lang, "filter-bad-compare", &[("asked", asked.into())]).into_owned(),
            ),
        }
    }

    fn read_filter(
        &mut self,
        visit: &Visit,
        catalog: &Catalog,
        dimension: &DimensionId,
        members: Vec<(String, Markup)>,
    ) {
        let mut chosen = String::new();
        if let Some(asked) = visit.param(dimension.as_str()) {
            if members.iter().any(|(key, _)| key == asked) {
                asked.clone_into(&mut chosen);
                self.filters.push(Filter {
                    dimension: dimension.clone(),
                    values: vec![asked.to_owned()],
                });
            } else {
                let name = catalog.dimensions.get(dimension);
                let name = name.map_or(dimension.as_str(), |it| it.title.get(visit.english()).0);
                let message = t_args(
                    visit.lang,
                    "filter-bad-member",
                    &[("asked", asked.into()), ("name", name.into())],
                );
                self.messages.push(message.into_owned());
            }
        }
        self.fields.push(Field {
            dimension: dimension.clone(),
            members,
            chosen,
        });
    }

    /// Whether nothing was chosen.
    pub fn is_default(&self) -> bool {
        self.filters.is_empty()
            && self.compare == Compare::PreviousYear
            && self.period == self.default
            && self.messages.is_empty()
    }

    /// The choices as parameters of an address.
    pub fn params(&self) -> Vec<(&str, String)> {
        let mut params = vec![(PERIOD, self.period.to_string())];
        for field in &self.fields {
            if !field.chosen.is_empty() {
                params.push((field.dimension.as_str(), field.chosen.clone()));
            }
        }
        if self.compare == Compare::Nothing {
            params.push((COMPARE, NOTHING.to_owned()));
        }
        params
    }

    /// The form.
    pub fn form(&self, visit: &Visit, catalog: &Catalog, action: &str) -> Markup {
        let lang = visit.lang;
        let periods: Vec<(String, Markup)> = self
            .periods
            .iter()
            .map(|period| (period.to_string(), html! { (period_name(visit, *period)) }))
            .collect();
        let compare = [
            ("an".to_owned(), html! { (t(lang, "compare-year")) }),
            (NOTHING.to_owned(), html! { (t(lang, "compare-nothing")) }),
        ];
        let compared = if self.compare == Compare::Nothing {
            NOTHING
        } else {
            "an"
        };
        html! {
            form.filtres method="get" action=(action) aria-label=(t(lang, "filter-board")) {
                (crate::layout::lang_field(visit))
                (parts::choice(
                    "f-periode", PERIOD, &html! { (t(lang, "filter-period")) }, &periods,
                    &self.period.to_string(),
                ))
                @for field in &self.fields {
                    @if let Some(dimension) = catalog.dimensions.get(&field.dimension) {
                        (parts::choice(
                            &format!("f-{}", field.dimension),
                            field.dimension.as_str(),
                            &parts::declared(visit, &dimension.title),
                            &with_all(visit, &dimension.all, &field.members),
                            &field.chosen,
                        ))
                    }
                }
                (parts::choice(
                    "f-comparer", COMPARE, &html! { (t(lang, "filter-compare")) }, &compare, compared,
                ))
                div.actions { button.bouton type="submit" { (t(lang, "filter-apply")) } }
            }
        }
    }

    /// What is shown, in words: period, then each filter.
    pub fn in_words(&self, visit: &Visit, catalog: &Catalog) -> Markup {
        html! {
            (lower_first(&period_name(visit, self.period)))
            @for field in &self.fields {
                ", "
                @match field.members.iter().find(|(key, _)| *key == field.chosen) {
                    Some((_, name)) => (name),
                    None => {
                        @if let Some(dimension) = catalog.dimensions.get(&field.dimension) {
                            (all_of(visit, &dimension.all, true))
                        }
                    }
                }
            }
        }
    }
}

fn with_all(visit: &Visit, all: &Text, members: &[(String, Markup)]) -> Vec<(String, Markup)> {
    let mut options = vec![(String::new(), all_of(visit, all, false))];
    options.extend(members.iter().cloned());
    options
}

/// The words for all members, in a list or within a sentence.
fn all_of(visit: &Visit, all: &Text, within: bool) -> Markup {
    let (text, fallback) = all.get(visit.english());
    let text = if all.is_empty() {
        t(visit.lang, "filter-all")
    } else {
        text.to_owned().into()
    };
    let text = if within {
        lower_first(&text)
    } else {
        text.into_owned()
    };
    parts::in_language(&text, (fallback && !all.is_empty()).then_some(Lang::Fr))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// `Année 2025`, `année scolaire 2024/2025`.
fn period_name(visit: &Visit, period: Period) -> String {
    let id = match period.grain() {
        Grain::Year => "choice-year",
        Grain::SchoolYear => "choice-school-year",
        _ => "choice-period",
    };
    t_args(visit.lang, id, &[("period", long(visit, period).into())]).into_owned()
}

fn long(visit: &Visit, period: Period) -> String {
    beffroi_text::period(visit.lang, period, PeriodStyle::Long)
}

/// The members of a dimension that a filter offers: the declared ones, else those found by an
/// indicator of the board.
async fn members<P>(
    allowed: &Allowed<P>,
    indicators: &[&Indicator],
    dimension: &DimensionId,
    period: Period,
) -> Result<Vec<(String, Markup)>, Failure> {
    let Some(declared) = allowed.catalog().dimensions.get(dimension) else {
        return Ok(Vec::new());
    };
    if !declared.members.is_empty() {
        let narrowed = allowed.reach().narrowed.get(dimension);
        return Ok(declared
            .members
            .iter()
            .filter(|(key, _)| narrowed.is_none_or(|reached| reached.contains(*key)))
            .map(|(key, member)| (key.clone(), parts::declared(&allowed.visit, &member.title)))
            .collect());
    }
    let asked = indicators
        .iter()
        .find(|indicator| indicator.dimensions.contains(dimension));
    let Some(indicator) = asked else {
        return Ok(Vec::new());
    };
    let span = Span::Periods(PeriodRange::one(Period::containing(
        indicator.main_grain,
        period.last_day(),
    )));
    let query = Query::new(indicator.id.clone(), span).by(dimension.clone());
    let answers = allowed.ask(vec![vec![query]]).await?;
    let answer = answers.into_iter().flatten().next();
    Ok(match answer {
        Some(Ok(answer)) => answer
            .keys()
            .into_iter()
            .filter_map(<[String]>::first)
            .take(MOST_MEMBERS)
            .map(|key| (key.clone(), html! { (key) }))
            .collect(),
        _ => Vec::new(),
    })
}
