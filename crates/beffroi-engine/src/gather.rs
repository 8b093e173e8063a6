//! Cells of a rollup added up into the rows of an answer, by plain loops.

use crate::{
    formula::{Leaf, Split},
    rollup::{Rollup, RollupDimension},
    secrecy::Asked,
    sums::{Held, Total},
    time::coverage,
};
use beffroi_catalog::{Dataset, Indicator, OverTime};
use beffroi_model::{Cell, Coverage, Grain, Period, Query, Row, Span, Version};
use chrono::NaiveDate;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// A direct indicator with all that answering it takes.
pub(crate) struct Direct<'a> {
    pub indicator: &'a Indicator,
    pub dataset: &'a Dataset,
    pub version: &'a Version,
    pub split: &'a Split,
    /// What may be seen, under statistical secrecy.
    pub asked: Option<Asked<'a>>,
}

impl Direct<'_> {
    /// How much the source has of a period.
    pub fn coverage(&self, period: Period, readings: &[NaiveDate]) -> Coverage {
        coverage(
            period,
            self.dataset.grain().unwrap_or(self.indicator.grain),
            self.indicator.over_time,
            readings,
            self.version
                .newest_source()
                .map(|source| source.extracted_on)
                .unwrap_or_default(),
        )
    }

    /// Whether anything but this coverage may be told of a period: under secrecy, not before it is
    /// complete.
    fn tells(&self, covered: Coverage) -> bool {
        self.asked.is_none() || covered.is_complete()
    }
}

/// One cell of an answer while groups are added.
#[derive(Clone)]
struct Gathered {
    totals: Vec<Total>,
    instant: Option<usize>,
}

/// Adds up the groups of a rollup that a query is about. `readings` are those of the whole
/// dataset, by which periods are complete or not.
pub(crate) fn gather(
    direct: &Direct<'_>,
    query: &Query,
    rollup: &Rollup,
    places: &[usize],
    readings: &[NaiveDate],
) -> Vec<Row> {
    let over_time = direct.indicator.over_time;
    let grain = query.span.grain();
    let periods: Vec<Period> = match query.span {
        Span::Periods(range) => range.iter().collect(),
        Span::Latest => vec![Period::containing(
            Grain::Day,
            rollup.readings.last().copied().unwrap_or_default(),
        )],
    };
    let covered: Vec<Coverage> = periods
        .iter()
        .map(|period| match query.span {
            Span::Latest => Coverage {
                periods: u32::from(!rollup.readings.is_empty()),
                periods_expected: 1,
                ..Coverage::default()
            },
            Span::Periods(_) => direct.coverage(*period, readings),
        })
        .collect();
    // The period of each reading.
    let slots: Vec<Option<usize>> = rollup
        .readings
        .iter()
        .map(|reading| match query.span {
            Span::Latest => Some(0),
            Span::Periods(_) => periods
                .binary_search(&Period::containing(grain, *reading))
                .ok()
                .filter(|slot| covered.get(*slot).is_some_and(|it| direct.tells(*it))),
        })
        .collect();
    // Of a stock, the last reading that the source has in each period counts, for all members
    // alike: a total is the sum of its parts.
    let mut lasts: Vec<Option<usize>> = vec![None; periods.len()];
    for (reading, slot) in slots.iter().enumerate() {
        if let Some(last) = slot.and_then(|slot| lasts.get_mut(slot)) {
            *last = Some(reading);
        }
    }
    let only_last = over_time == OverTime::Last && query.span != Span::Latest;
    // For each filter the codes it keeps.
    let kept: Vec<(&[u32], Vec<bool>)> = query
        .filters
        .iter()
        .chain(&query.scope.0)
        .filter_map(|filter| {
            let dimension = rollup
                .dimensions
                .iter()
                .find(|known| known.id == filter.dimension)?;
            let keep = dimension
                .members
                .iter()
                .map(|member| filter.values.contains(member));
            Some((dimension.codes.as_slice(), keep.collect()))
        })
        .collect();
    let by: Vec<&RollupDimension> = query
        .by
        .iter()
        .filter_map(|id| rollup.dimensions.iter().find(|known| known.id == *id))
        .collect();
    let leaves = direct.split.leaves.iter();
    let empty = Gathered {
        totals: leaves
            .map(|leaf| Total::new(leaf, over_time, !rollup.moments.is_empty()))
            .collect(),
        instant: None,
    };
    let mut lines = Lines::new(by.iter().map(|dimension| dimension.members.len()));
    let mut cells: Vec<Option<Gathered>> = Vec::new();
    if by.is_empty() {
        lines.line(0);
        cells.resize(periods.len(), None);
    }
    for group in 0..rollup.len() {
        let Some(&reading) = rollup.reading.get(group) else {
            continue;
        };
        let Some(slot) = slots.get(reading as usize).copied().flatten() else {
            continue;
        };
        if only_last && lasts.get(slot).copied().flatten() != Some(reading as usize) {
            continue;
        }
        let passes = kept.iter().all(|(codes, keep)| {
            codes
                .get(group)
                .and_then(|code| keep.get(*code as usize))
                .copied()
                .unwrap_or(false)
        });
        if !passes {
            continue;
        }
        let code = |dimension: &&RollupDimension| dimension.codes.get(group).copied().unwrap_or(0);
        let line = lines.line(lines.address(by.iter().map(code)));
        let place = line * periods.len() + slot;
        if cells.len() <= place {
            cells.resize((line + 1) * periods.len(), None);
        }
        let Some(cell) = cells.get_mut(place) else {
            continue;
        };
        let cell = cell.get_or_insert_with(|| empty.clone());
        let instant = |group: usize| rollup.instants.as_ref().and_then(|all| all.get(group));
        if cell
            .instant
            .is_none_or(|known| instant(known) < instant(group))
        {
            cell.instant = Some(group);
        }
        for (total, (place, leaf)) in cell
            .totals
            .iter_mut()
            .zip(places.iter().zip(&direct.split.leaves))
        {
            if let Some(column) = rollup.leaves.get(*place) {
                total.add(leaf.function, column, group, reading);
            }
        }
    }
    // A member none of whose rows the measure is about is not part of the answer: an account of
    // expenses among receipts is neither missing nor zero. Counted, it is a true zero.
    let counts = direct.split.leaves.iter().any(|leaf| leaf.counts());
    let concerns = |cell: &Gathered| cell.totals.iter().any(|total| total.rows > 0);
    let hides_empty = direct
        .asked
        .as_ref()
        .is_some_and(|it| it.shield.hides_empty());
    let all = counts || by.is_empty() || hides_empty;
    let mut rows = Vec::with_capacity(cells.len());
    let mut cells = cells.into_iter();
    let mut lines: Vec<(u64, Vec<Option<Gathered>>)> = lines
        .addresses
        .iter()
        .map(|address| (*address, cells.by_ref().take(periods.len()).collect()))
        .collect();
    lines.retain(|(_, line)| all || line.iter().flatten().any(concerns));
    // Addresses are in the order of members.
    lines.sort_by_key(|(address, _)| *address);
    for (address, line) in lines {
        let keys = keys(&by, address);
        for ((period, covered), cell) in periods.iter().zip(&covered).zip(line) {
            let at = cell
                .as_ref()
                .and_then(|cell| rollup.instants.as_ref()?.get(cell.instant?).copied());
            let place = (keys.as_slice(), *period);
            let (cell, coverage) = finish(direct, rollup, places, cell, place, *covered);
            let period = at.map_or(*period, |at| Period::containing(Grain::Day, at.date()));
            rows.push(Row {
                period,
                at,
                keys: keys.clone(),
                cell,
                coverage,
            });
        }
    }
    rows
}

/// The members that an address stands for.
fn keys(by: &[&RollupDimension], address: u64) -> Vec<String> {
    let mut rest = address;
    let last_first = by.iter().rev().map(|dimension| {
        let members = dimension.members.len().max(1) as u64;
        let place = usize::try_from(rest % members).unwrap_or(usize::MAX);
        rest /= members;
        dimension.members.get(place).cloned().unwrap_or_default()
    });
    let mut keys: Vec<String> = last_first.collect();
    keys.reverse();
    keys
}

/// The lines of an answer: one for each combination of members that is met.
struct Lines {
    sizes: Vec<u64>,
    /// The line of each address, while there are few of these.
    dense: Vec<u32>,
    hashed: HashMap<u64, u32, RandomState>,
    /// The address of each line.
    addresses: Vec<u64>,
}

impl Lines {
    const DENSE: u64 = 1 << 16;

    fn new(members: impl Iterator<Item = usize>) -> Self {
        let sizes: Vec<u64> = members.map(|members| members.max(1) as u64).collect();
        let all = sizes.iter().copied().fold(1, u64::saturating_mul);
        Self {
            sizes,
            dense: match all <= Self::DENSE {
                true => vec![u32::MAX; usize::try_from(all).unwrap_or(0)],
                false => Vec::new(),
            },
            hashed: HashMap::default(),
            addresses: Vec::new(),
        }
    }

    fn address(&self, codes: impl Iterator<Item = u32>) -> u64 {
        let digits = codes.zip(&self.sizes);
        digits.fold(0, |address, (code, size)| {
            address
                .saturating_mul(*size)
                .saturating_add(u64::from(code))
        })
    }

    fn line(&mut self, address: u64) -> usize {
        let next = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        let known = usize::try_from(address)
            .ok()
            .and_then(|place| self.dense.get_mut(place));
        let line = match known {
            Some(known) => known,
            None => self.hashed.entry(address).or_insert(u32::MAX),
        };
        if *line == u32::MAX {
            *line = next;
            self.addresses.push(address);
        }
        *line as usize
    }
}

/// Works out the formula of one cell.
fn finish(
    direct: &Direct<'_>,
    rollup: &Rollup,
    places: &[usize],
    gathered: Option<Gathered>,
    (keys, period): (&[String], Period),
    mut coverage: Coverage,
) -> (Cell, Coverage) {
    let missing = direct.indicator.missing;
    let covered = coverage;
    if !direct.tells(covered) {
        return (Cell::Missing, covered);
    }
    let hidden = |leaf: &Leaf| {
        let native = direct.dataset.grain() == Some(period.grain());
        let of = (direct.indicator, native);
        let asked = direct.asked.as_ref();
        asked.is_some_and(|asked| !asked.shows(leaf, of, keys, period))
    };
    let Some(mut gathered) = gathered else {
        // No row at all. In a period that the source covers, nothing counted is a zero.
        let leaves: Vec<Cell> = direct
            .split
            .leaves
            .iter()
            .map(|leaf| match leaf.counts() && coverage.periods > 0 {
                _ if hidden(leaf) => Cell::Secret,
                true => Cell::Value(0.0),
                false => Cell::Missing,
            })
            .collect();
        return (direct.split.formula.value(&leaves, &[]), coverage);
    };
    let held = Held {
        moments: &rollup.moments,
        period,
        stale_after: direct.dataset.stale_after(),
    };
    // How much of it was there is told with the figure, or not at all.
    let mut told = true;
    let mut leaves = Vec::with_capacity(places.len());
    for (total, (place, leaf)) in gathered
        .totals
        .iter_mut()
        .zip(places.iter().zip(&direct.split.leaves))
    {
        if hidden(leaf) {
            told = false;
            leaves.push(Cell::Secret);
            continue;
        }
        let cell = match rollup.leaves.get(*place) {
            Some(column) => total.cell(leaf, column, missing, direct.indicator.over_time, &held),
            None => Cell::Missing,
        };
        leaves.push(cell);
        coverage.cells += u64::try_from(total.values).unwrap_or(0);
        coverage.cells_expected += u64::try_from(total.expected()).unwrap_or(0);
    }
    if !told {
        coverage = covered;
    }
    (direct.split.formula.value(&leaves, &[]), coverage)
}
