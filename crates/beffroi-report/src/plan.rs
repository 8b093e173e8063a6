//! What a report needs to ask: each indicator that it tells in a few words once, each figure, each
//! flow, in an order that [`compose`](crate::compose) reads them in again.

use crate::Reading;
use beffroi_catalog::placeholder::{Named, Piece, pieces};
use beffroi_catalog::{Indicator, MoneyFlow, ReportChapter, Shown, Tile, Visibility, lineage};
use beffroi_figure::{flow_queries, plan as plan_tile, summary_queries};
use beffroi_model::{IndicatorId, Query};
use indexmap::{IndexMap, IndexSet};

/// What a figure of a report asks.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// A tile, its id that of the figure on the page.
    Tile(Box<Tile>),
    /// A flow.
    Flow(MoneyFlow),
}

/// What a report asks.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Indicators told in a few words.
    pub summaries: IndexSet<IndicatorId>,
    /// Figures, by their keys.
    pub figures: IndexMap<String, Asked>,
}

/// All questions of a report.
#[must_use]
pub fn queries(reading: &Reading<'_>) -> Vec<Query> {
    let plan = plan(reading);
    let ctx = &reading.context;
    let mut queries = Vec::new();
    for id in &plan.summaries {
        if let Some(indicator) = ctx.catalog.indicators.get(id) {
            queries.extend(summary_queries(indicator, ctx));
        }
    }
    for asked in plan.figures.values() {
        queries.extend(match asked {
            Asked::Tile(tile) => plan_tile(tile, ctx),
            Asked::Flow(flow) => flow_queries(flow, ctx),
        });
    }
    queries
}

/// The key of a figure or value: its chapter, then its name.
pub(crate) fn key(chapter: &str, name: &str) -> String {
    format!("{chapter}.{name}")
}

/// Whether a reader reaches an indicator as a report shows it: of the whole town.
pub(crate) fn is_reached(reading: &Reading<'_>, id: &IndicatorId) -> bool {
    let ctx = &reading.context;
    ctx.catalog.indicators.contains_key(id) && ctx.scopes.of(id).0.is_empty()
}

/// Whether all that an indicator rests on may be published.
pub(crate) fn is_public(reading: &Reading<'_>, indicator: &Indicator) -> bool {
    lineage::datasets_of(reading.town, indicator)
        .iter()
        .all(|dataset| dataset.visibility == Visibility::Public)
}

/// The indicators of a table of all: those that are reached, have years, and may be shown to those
/// whom the report is for.
pub(crate) fn listed<'a>(
    reading: &'a Reading<'a>,
    named: &'a [IndicatorId],
    wanted: impl Fn(&Indicator) -> bool + 'a,
) -> impl Iterator<Item = &'a Indicator> {
    let ctx = &reading.context;
    let for_all = reading.report.visibility == Visibility::Public;
    ctx.catalog.indicators.values().filter(move |indicator| {
        let is_named = named.contains(&indicator.id);
        is_reached(reading, &indicator.id)
            && (is_named
                || (named.is_empty()
                    && wanted(indicator)
                    && !lineage::is_live(ctx.catalog, indicator)
                    && (!for_all || is_public(reading, indicator))))
    })
}

/// Whether anything was voted for an indicator.
pub(crate) fn has_target(indicator: &Indicator) -> bool {
    !indicator.targets.is_empty()
}

pub(crate) fn plan(reading: &Reading<'_>) -> Plan {
    let mut plan = Plan::default();
    for chapter in &reading.report.chapters {
        plan.chapter(reading, chapter);
    }
    plan
}

impl Plan {
    fn chapter(&mut self, reading: &Reading<'_>, chapter: &ReportChapter) {
        for figure in &chapter.figures {
            let key = key(&chapter.id, &figure.id);
            match &figure.shown {
                Shown::Tile(tile) => {
                    let mut tile = tile.clone();
                    tile.width = figure.width;
                    if !figure.title.is_empty() {
                        tile.title = figure.title.clone();
                    }
                    if !figure.note.is_empty() {
                        tile.note = figure.note.clone();
                    }
                    self.tile(reading, key, tile);
                }
                Shown::Flow(flow) => {
                    if [&flow.from, &flow.to]
                        .iter()
                        .all(|id| is_reached(reading, id))
                    {
                        self.figures.insert(key, Asked::Flow(flow.clone()));
                    }
                }
                Shown::Numbers(ids) => {
                    let reached = ids.iter().filter(|id| is_reached(reading, id));
                    self.summaries.extend(reached.cloned());
                }
                Shown::Targets(ids) => {
                    let listed = listed(reading, ids, has_target);
                    self.summaries.extend(listed.map(|it| it.id.clone()));
                }
                Shown::Indicators(ids) => {
                    let listed = listed(reading, ids, |_| true);
                    self.summaries.extend(listed.map(|it| it.id.clone()));
                }
                Shown::Photo(_) | Shown::Broken(_) => {}
            }
        }
        for text in texts(reading, chapter) {
            for piece in pieces(&text) {
                let Piece::Placed { name, .. } = piece else {
                    continue;
                };
                if chapter.figures.iter().any(|figure| figure.id == name) {
                    continue;
                }
                match reading.town.named(name) {
                    Some(Named::Indicator(indicator)) if is_reached(reading, &indicator.id) => {
                        self.summaries.insert(indicator.id.clone());
                    }
                    Some(Named::Tile(_, tile)) => {
                        self.tile(reading, key(&chapter.id, name), tile.clone());
                    }
                    _ => {}
                }
            }
        }
    }

    fn tile(&mut self, reading: &Reading<'_>, key: String, mut tile: Tile) {
        if tile.indicators.iter().all(|id| is_reached(reading, id)) {
            // Ids inside of drawings are unique in the whole report.
            tile.id = key.replace('.', "-");
            self.figures.insert(key, Asked::Tile(Box::new(tile)));
        }
    }
}

/// The texts of a chapter in which values are placed: title, text, the department's words.
pub(crate) fn texts(reading: &Reading<'_>, chapter: &ReportChapter) -> [String; 3] {
    let english = reading.context.lang == beffroi_text::Lang::En;
    let words = reading.said.chapters.get(&chapter.id);
    [
        chapter.title.get(english).0.to_owned(),
        chapter.text.get(english).0.to_owned(),
        words.map_or_else(String::new, |said| said.words.clone()),
    ]
}
