//! The live tile of the first page: the last reading of each series, beside its capacity.

use crate::failure::Failure;
use crate::guard::Allowed;
use crate::parts;
use crate::summaries::may_pass;
use crate::visit::Visit;
use beffroi_catalog::{Catalog, Indicator};
use beffroi_model::{Answer, Cell, DimensionId, IndicatorId, Query, QueryError, Row, Span};
use beffroi_text::{Lang, number, t, t_args, time_of_day, unit_words};
use chrono::{NaiveDateTime, TimeDelta};
use maud::{Markup, html};

/// A reading older than this is told as old.
const FRESH: TimeDelta = TimeDelta::minutes(15);
/// Characters of a name that fit beside the figures.
const LONGEST_NAME: usize = 20;
/// The most series drawn.
const MOST: usize = 12;

/// The tile, ready to be drawn.
pub(crate) struct Live {
    indicator: IndicatorId,
    title: Markup,
    /// The newest reading, and whether it is recent.
    at: NaiveDateTime,
    fresh: bool,
    series: Vec<Series>,
    unit: String,
    source: Option<String>,
    pub lasting: bool,
}

/// One series: a car park.
struct Series {
    name: String,
    value: Option<f64>,
    /// When it last spoke, if that is not now.
    silent_since: Option<NaiveDateTime>,
    capacity: Option<f64>,
}

/// Asks for the readings; `None` when the town declares no live indicator or nothing was read.
///
/// # Errors
/// When too many queries wait.
pub(crate) async fn live<P>(allowed: &Allowed<P>) -> Result<Option<Live>, Failure> {
    let catalog = allowed.catalog();
    let home = &catalog.town.home;
    let Some(indicator) = home.live.as_ref().and_then(|id| catalog.indicators.get(id)) else {
        return Ok(None);
    };
    let query = |id: &IndicatorId| {
        let mut query = Query::new(id.clone(), Span::Latest);
        query.by = home.live_by.iter().cloned().collect();
        query
    };
    let mut plan = vec![query(&indicator.id)];
    plan.extend(home.live_capacity.as_ref().map(query));
    let answers = allowed.ask(vec![plan]).await?;
    let mut answers = answers.into_iter().flatten();
    let readings = answers.next();
    let capacities = answers.next();
    let lasting = !readings.iter().chain(&capacities).any(may_pass);
    let Some(Ok(readings)) = readings else {
        return Ok(None);
    };
    let live = compose(
        allowed,
        indicator,
        home.live_by.as_ref(),
        &readings,
        capacities.as_ref(),
    );
    Ok(live.map(|live| Live { lasting, ..live }))
}

fn compose<P>(
    allowed: &Allowed<P>,
    indicator: &Indicator,
    by: Option<&DimensionId>,
    readings: &Answer,
    capacities: Option<&Result<Answer, QueryError>>,
) -> Option<Live> {
    let visit = &allowed.visit;
    let at = readings.rows.iter().filter_map(|row| row.at).max()?;
    let capacity_of = |row: &Row| {
        let capacities = capacities?.as_ref().ok()?;
        capacities
            .rows
            .iter()
            .find(|other| other.keys == row.keys)?
            .cell
            .value()
    };
    let series: Vec<Series> = readings
        .rows
        .iter()
        .take(MOST)
        .map(|row| {
            let silent_since = row.at.filter(|read| at - *read > FRESH);
            let value = match row.cell {
                Cell::Value(value) if silent_since.is_none() => Some(value),
                _ => None,
            };
            Series {
                name: name(allowed.catalog(), visit, by, row),
                value,
                silent_since,
                capacity: capacity_of(row).filter(|capacity| *capacity > 0.0),
            }
        })
        .collect();
    let total: f64 = series.iter().filter_map(|series| series.value).sum();
    let (one, many) = match &indicator.noun {
        Some((one, many)) => (one.get(visit.english()).0, many.get(visit.english()).0),
        None => ("", ""),
    };
    let noun = if total.abs() < 2.0 { one } else { many };
    let unit = if noun.is_empty() {
        unit_words(visit.lang, indicator.unit, total)
    } else {
        noun.to_owned()
    };
    let source = readings.provenance.first().and_then(|source| {
        let dataset = allowed.catalog().datasets.get(&source.dataset)?;
        Some(dataset.title.get(visit.english()).0.to_owned())
    });
    Some(Live {
        indicator: indicator.id.clone(),
        title: parts::declared(visit, &indicator.title),
        at,
        fresh: allowed.town().now() - at <= FRESH,
        series,
        unit,
        source,
        lasting: true,
    })
}

fn name(catalog: &Catalog, visit: &Visit, by: Option<&DimensionId>, row: &Row) -> String {
    let key = row.keys.first().map(String::as_str).unwrap_or_default();
    by.and_then(|by| catalog.dimensions.get(by))
        .and_then(|dimension| dimension.members.get(key))
        .map_or_else(
            || key.to_owned(),
            |it| it.title.get(visit.english()).0.to_owned(),
        )
}

impl Live {
    /// The tile.
    pub fn tile(&self, visit: &Visit) -> Markup {
        let lang = visit.lang;
        let time = time_of_day(lang, self.at);
        let speaking: Vec<&Series> = self
            .series
            .iter()
            .filter(|series| series.value.is_some())
            .collect();
        let total: f64 = speaking.iter().filter_map(|series| series.value).sum();
        let capacity: f64 = speaking.iter().filter_map(|series| series.capacity).sum();
        html! {
            section.direct."c-4" aria-labelledby="h-dir" {
                div.bloc-tete {
                    h2 #h-dir {
                        a href=(visit.link(&format!("/indicateurs/{}", self.indicator))) { (self.title) }
                    }
                    p.direct-point[self.fresh] {
                        @let id = if self.fresh { "home-live-now" } else { "home-live-old" };
                        (t_args(lang, id, &[("time", time.into())]))
                    }
                }
                @if speaking.is_empty() {
                    div.valeur { (beffroi_text::absence(lang, beffroi_model::CellState::Missing)) }
                } @else {
                    div.valeur {
                        (number(lang, total, 0))
                        @if !self.unit.is_empty() { span.unite { " " (self.unit) } }
                    }
                }
                @if capacity > 0.0 {
                    p.phrase {
                        @let id = if speaking.len() == self.series.len() {
                            "home-live-capacity-all"
                        } else {
                            "home-live-capacity"
                        };
                        (t_args(lang, id, &[
                            ("capacity", number(lang, capacity, 0).into()),
                            ("count", speaking.len().into()),
                            ("all", self.series.len().into()),
                        ]))
                    }
                }
                div.parkings { (self.bars(lang)) }
                p.fraicheur {
                    @if let Some(source) = &self.source { (source) ". " }
                    (t(lang, "home-live-reload"))
                }
            }
        }
    }

    /// One bar per series: how much of the capacity.
    fn bars(&self, lang: Lang) -> Markup {
        let widest = self
            .series
            .iter()
            .flat_map(|series| [series.capacity, series.value])
            .flatten()
            .fold(1.0, f64::max);
        let width = |value: f64| format!("{:.1}", (300.0 * value / widest).clamp(0.0, 300.0));
        let height = 40 * self.series.len();
        let told: Vec<String> = self
            .series
            .iter()
            .map(|series| format!("{} {}", series.name, series.in_words(lang)))
            .collect();
        html! {
            svg.trace viewBox=(format!("0 0 300 {height}")) width="360" height=(height * 6 / 5)
                role="img" aria-labelledby="direct-t direct-d" {
                title #direct-t { (t(lang, "home-live-title")) }
                desc #direct-d { (told.join(", ")) "." }
                @for (index, series) in self.series.iter().enumerate() {
                    @let top = 40 * index;
                    text.etiq x="0" y=(top + 14) { (shortened(&series.name)) }
                    text.doux[series.value.is_none()] x="300" y=(top + 14) text-anchor="end" {
                        (series.in_words(lang))
                    }
                    @if let Some(capacity) = series.capacity {
                        rect.piste x="0" y=(top + 20) width=(width(capacity)) height="9" {}
                    }
                    @match series.value {
                        Some(value) => rect.br x="0" y=(top + 20) width=(width(value)) height="9" {},
                        None => rect.manque x="0" y=(top + 20) width="70" height="9" {},
                    }
                }
            }
        }
    }
}

/// A name that leaves room for the figures on its line; the description has it in full.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

impl Series {
    /// `188 sur 410`, `n. d. depuis 14 h 08`.
    fn in_words(&self, lang: Lang) -> String {
        match (self.value, self.capacity, self.silent_since) {
            (Some(value), Some(capacity), _) => t_args(
                lang,
                "home-live-of",
                &[
                    ("value", number(lang, value, 0).into()),
                    ("capacity", number(lang, capacity, 0).into()),
                ],
            )
            .into_owned(),
            (Some(value), None, _) => number(lang, value, 0),
            (None, _, Some(since)) => t_args(
                lang,
                "home-live-silent",
                &[("time", time_of_day(lang, since).into())],
            )
            .into_owned(),
            (None, _, None) => {
                beffroi_text::absence(lang, beffroi_model::CellState::Missing).to_owned()
            }
        }
    }
}
