//! Which rollups a dataset wants.
//!
//! A small dataset gets one for each set of dimensions that its indicators have, by its own
//! periods: it answers every question. Of a large one that would be as large as the rows, and is
//! not made: it gets narrow ones, at the grain and by the dimensions and filters that boards and
//! sheets show. What none of them holds is read from the version when it is asked.

use crate::{
    formula::{Leaf, Split},
    scan::{Shape, When},
};
use beffroi_catalog::{Board, Catalog, Indicator, Measure, OverTime};
use beffroi_model::{ColumnType, DimensionId, Grain, IndicatorId};

/// Groups that a rollup over all dimensions may have.
const WHOLE: u64 = 1 << 16;
/// Groups that a narrow one may have.
const NARROW: u64 = 1 << 20;
/// A rollup of so many groups is added up in no time: no narrower one is made beside it.
const SMALL: u64 = 1 << 12;

/// How large rollups would be.
pub(crate) trait Sizes {
    /// The members that a dimension may have.
    fn members(&self, dimension: &DimensionId) -> u64;
    /// The periods of a grain, or the source's own.
    fn periods(&self, grain: Option<Grain>) -> u64;
    /// The rows.
    fn rows(&self) -> u64;
}

/// What one indicator brings: itself, its measure, its dataset's time.
pub(crate) struct Wish<'a> {
    pub indicator: &'a Indicator,
    pub split: &'a Split,
    pub grain: Grain,
    pub time: ColumnType,
}

/// The rollups for the indicators of one dataset.
pub(crate) fn shapes(catalog: &Catalog, wishes: &[Wish<'_>], sizes: &dyn Sizes) -> Vec<Shape> {
    let mut wanted = Wanted {
        sizes,
        shapes: Vec::new(),
    };
    // Which periods the source has.
    wanted.add(When::Reading, Vec::new(), Vec::new());
    for wish in wishes {
        let leaves: Vec<Leaf> = wish.split.leaves.clone();
        let all = sorted(wish.indicator.dimensions.clone());
        // The latest readings are few: every value of them may be held.
        if wish.time == ColumnType::DateTime {
            wanted.add(When::Latest, all.clone(), leaves.clone());
        }
        if !leaves.iter().all(Leaf::is_prepared) {
            continue;
        }
        if wanted.size(When::Reading, &all) <= WHOLE {
            wanted.add(When::Reading, all, leaves);
            continue;
        }
        for (when, dimensions) in uses(catalog, wish) {
            if wanted.size(when, &dimensions) <= NARROW {
                wanted.add(when, dimensions, leaves.clone());
            }
        }
    }
    wanted.without_needless()
}

struct Wanted<'a> {
    sizes: &'a dyn Sizes,
    shapes: Vec<Shape>,
}

impl Wanted<'_> {
    fn size(&self, when: When, dimensions: &[DimensionId]) -> u64 {
        let periods = match when {
            When::Reading => self.sizes.periods(None),
            When::Grain(grain) => self.sizes.periods(Some(grain)),
            When::Latest => 1,
        };
        let members = dimensions.iter().map(|id| self.sizes.members(id).max(1));
        members
            .fold(periods.max(1), u64::saturating_mul)
            .min(self.sizes.rows())
    }

    fn add(&mut self, when: When, dimensions: Vec<DimensionId>, leaves: Vec<Leaf>) {
        let same = |known: &&mut Shape| known.when == when && known.dimensions == dimensions;
        match self.shapes.iter_mut().find(same) {
            Some(known) => {
                for leaf in leaves {
                    if !known.leaves.contains(&leaf) {
                        known.leaves.push(leaf);
                    }
                }
            }
            None => self.shapes.push(Shape {
                when,
                dimensions,
                leaves,
            }),
        }
    }

    /// Leaves out what a small one beside holds too.
    fn without_needless(self) -> Vec<Shape> {
        let needless = |place: usize, shape: &Shape| {
            !shape.leaves.is_empty()
                && self.shapes.iter().enumerate().any(|(other, larger)| {
                    other != place
                        && larger.holds(shape)
                        // Of two alike the first stays.
                        && !(shape.holds(larger) && place < other)
                        && self.size(larger.when, &larger.dimensions) <= SMALL
                })
        };
        let shapes = self.shapes.iter().enumerate();
        shapes
            .filter(|(place, shape)| !needless(*place, shape))
            .map(|(_, shape)| shape.clone())
            .collect()
    }
}

impl Shape {
    /// Whether another follows from this one.
    fn holds(&self, other: &Self) -> bool {
        let finer = match (self.when, other.when) {
            (a, b) if a == b => true,
            (When::Grain(own), When::Grain(other)) => other.is_made_of(own),
            _ => false,
        };
        finer
            && other
                .dimensions
                .iter()
                .all(|id| self.dimensions.contains(id))
            && other.leaves.iter().all(|leaf| self.leaves.contains(leaf))
    }
}

/// The grains and dimensions by which an indicator is shown somewhere.
fn uses(catalog: &Catalog, wish: &Wish<'_>) -> Vec<(When, Vec<DimensionId>)> {
    let indicator = wish.indicator;
    // A stock needs its readings; months give every longer period.
    let by_month = match indicator.over_time {
        OverTime::Sum if wish.grain == Grain::Day => When::Grain(Grain::Month),
        _ => When::Reading,
    };
    let by_day = match indicator.over_time {
        OverTime::Sum => When::Grain(wish.grain),
        _ => When::Reading,
    };
    let mut uses = vec![(by_day, Vec::new()), (by_month, Vec::new())];
    let single = indicator.dimensions.iter().map(|id| vec![id.clone()]);
    uses.extend(single.map(|dimensions| (by_month, dimensions)));
    for board in catalog.boards.values() {
        for (grain, by) in shown(catalog, board, &indicator.id) {
            let own = |id: &&DimensionId| indicator.dimensions.contains(id);
            let filters = board.filters.iter().filter(own).cloned();
            let mut dimensions: Vec<DimensionId> = filters.collect();
            dimensions.extend(by.filter(own).cloned());
            dimensions.sort();
            dimensions.dedup();
            let when = match grain {
                Grain::Day => by_day,
                _ => by_month,
            };
            uses.push((when, dimensions));
        }
    }
    uses
}

/// The tiles of a board that show an indicator, by itself or as part of another.
fn shown<'a>(
    catalog: &'a Catalog,
    board: &'a Board,
    id: &'a IndicatorId,
) -> impl Iterator<Item = (Grain, Option<&'a DimensionId>)> {
    let tiles = board.sections.iter().flat_map(|section| &section.tiles);
    tiles
        .filter(move |tile| {
            let mut shown = tile.indicators.iter();
            shown.any(|shown| rests_on(catalog, shown, id, 8))
        })
        .map(|tile| (tile.grain.unwrap_or(board.grain), tile.by.as_ref()))
}

fn rests_on(catalog: &Catalog, whole: &IndicatorId, part: &IndicatorId, depth: u8) -> bool {
    if whole == part {
        return true;
    }
    let Some(indicator) = catalog.indicators.get(whole).filter(|_| depth > 0) else {
        return false;
    };
    match &indicator.measure {
        Measure::Direct { .. } => false,
        Measure::Derived { expr, .. } => {
            let mut parts = expr.indicators().into_iter();
            parts.any(|id| rests_on(catalog, id, part, depth - 1))
        }
    }
}

pub(crate) fn sorted(mut dimensions: Vec<DimensionId>) -> Vec<DimensionId> {
    dimensions.sort();
    dimensions
}
