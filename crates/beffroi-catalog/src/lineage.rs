//! What rests on what: boards on indicators, indicators on datasets.

use crate::placeholder::{Named, Piece, pieces};
use crate::{Board, Catalog, Dataset, Frequency, Indicator, Measure, Report, Shown, Visibility};
use beffroi_model::{DatasetId, IndicatorId};

/// The indicators of a board's figures, each once.
pub fn board_indicators<'a>(
    catalog: &'a Catalog,
    board: &'a Board,
) -> impl Iterator<Item = &'a Indicator> {
    let mut seen: Vec<&IndicatorId> = Vec::new();
    board
        .sections
        .iter()
        .flat_map(|section| &section.tiles)
        .flat_map(|tile| &tile.indicators)
        .filter(move |id| {
            let new = !seen.contains(id);
            if new {
                seen.push(id);
            }
            new
        })
        .filter_map(|id| catalog.indicators.get(id))
}

/// The indicators that a report shows by name, in its figures and its texts; not all of those of
/// its tables of everything.
pub fn report_indicators<'a>(
    catalog: &'a Catalog,
    report: &'a Report,
) -> impl Iterator<Item = &'a Indicator> {
    let figures = report.chapters.iter().flat_map(|it| &it.figures);
    let shown = figures.flat_map(|figure| -> Vec<&IndicatorId> {
        match &figure.shown {
            Shown::Tile(tile) => tile.indicators.iter().collect(),
            Shown::Numbers(ids) | Shown::Targets(ids) | Shown::Indicators(ids) => {
                ids.iter().collect()
            }
            Shown::Flow(flow) => vec![&flow.from, &flow.to],
            Shown::Photo(_) | Shown::Broken(_) => Vec::new(),
        }
    });
    let shown = shown.filter_map(|id| catalog.indicators.get(id));
    let texts = report.chapters.iter().flat_map(|it| [&it.title, &it.text]);
    let named = texts.flat_map(|text| pieces(&text.fr)).filter_map(|piece| {
        let Piece::Placed { name, .. } = piece else {
            return None;
        };
        match catalog.named(name)? {
            Named::Indicator(indicator) => Some(indicator),
            Named::Tile(_, tile) => catalog.indicators.get(tile.indicators.first()?),
        }
    });
    shown.chain(named)
}

/// Whether somebody who has this much of a town sees a report: it is for everybody, names nothing
/// yet, or shows something that they have.
#[must_use]
pub fn is_report_seen(
    catalog: &Catalog,
    report: &Report,
    has: impl Fn(&IndicatorId) -> bool,
) -> bool {
    let mut named = report_indicators(catalog, report).peekable();
    report.visibility == Visibility::Public || named.peek().is_none() || named.any(|it| has(&it.id))
}

/// The datasets that an indicator rests on, through other indicators if need be, each once.
#[must_use]
pub fn datasets_of<'a>(catalog: &'a Catalog, indicator: &Indicator) -> Vec<&'a Dataset> {
    let mut found: Vec<&Dataset> = Vec::new();
    let mut waiting: Vec<IndicatorId> = vec![indicator.id.clone()];
    let mut seen: Vec<IndicatorId> = Vec::new();
    while let Some(id) = waiting.pop() {
        if seen.contains(&id) {
            continue;
        }
        if let Some(indicator) = catalog.indicators.get(&id) {
            match &indicator.measure {
                Measure::Direct { dataset, .. } => {
                    if let Some(dataset) = catalog.datasets.get(dataset)
                        && !found.iter().any(|known| known.id == dataset.id)
                    {
                        found.push(dataset);
                    }
                }
                Measure::Derived { expr, .. } => {
                    waiting.extend(expr.indicators().into_iter().rev().cloned());
                }
            }
        }
        seen.push(id);
    }
    found
}

/// Whether an indicator is a live reading, which has no year to be summed up in.
#[must_use]
pub fn is_live(catalog: &Catalog, indicator: &Indicator) -> bool {
    let datasets = datasets_of(catalog, indicator);
    datasets
        .iter()
        .any(|dataset| dataset.frequency == Frequency::Live)
}

/// The indicators that rest on a dataset, directly or not.
pub fn indicators_on<'a>(
    catalog: &'a Catalog,
    dataset: &'a DatasetId,
) -> impl Iterator<Item = &'a Indicator> {
    catalog.indicators.values().filter(move |indicator| {
        datasets_of(catalog, indicator)
            .iter()
            .any(|found| found.id == *dataset)
    })
}

/// The boards that show an indicator, on themselves or in their lines of the first page.
pub fn boards_with<'a>(
    catalog: &'a Catalog,
    indicator: &'a IndicatorId,
) -> impl Iterator<Item = &'a Board> {
    catalog.boards.values().filter(move |board| {
        board.home.contains(indicator)
            || board_indicators(catalog, board).any(|shown| shown.id == *indicator)
    })
}
