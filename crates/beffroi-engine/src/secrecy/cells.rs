//! The rows of a version added up into all cells that could be shown, with what ties them.

use super::{
    quantity::{Quantities, Take, plain, slice, value},
    sums::{Adding, Group, Sums, kind},
};
use crate::{
    formula::{Formula, Leaf, Split},
    rollup::{Rollup, RollupDimension},
    scan::{Scan, Shape, When, Within},
    time::coverage,
};
use beffroi_catalog::{
    Aggregate, BinaryOp, Computed, Dataset, Expr, Indicator, OverTime, Secrecy, Units, ValueType,
};
use beffroi_model::{
    Cell as ModelCell, ColumnId, DimensionId, Grain, Period, PeriodRange, Unit, Version,
};
use beffroi_secrecy::{Empty, Key, KeyedTables, Names, Quantity, Slice, Tie, UnitsOverTime};
use chrono::NaiveDate;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Cells of one dataset, all tables together: more would take too long to decide.
const MOST_CELLS: usize = 250_000;
/// Conditions of measures of one dataset.
const MOST_FILTERS: usize = 16;

/// A dataset under secrecy with all that its cells follow from.
pub(super) struct Tables<'a> {
    pub scan: Scan<'a>,
    pub secrecy: &'a Secrecy,
    pub version: &'a Version,
    /// Each version of the measure of each of its indicators.
    pub measures: Vec<(&'a Indicator, &'a Split)>,
    /// The first days of all periods that the source has.
    pub readings: &'a [NaiveDate],
    /// The dimensions of all tables, in the order of the members of keys.
    pub dimensions: Vec<DimensionId>,
}

/// Cells that hold together.
pub(super) struct Found {
    pub tables: KeyedTables,
    /// What tells each quantity from all others.
    pub names: Names,
    /// The complete periods.
    pub periods: HashSet<Period>,
    /// The members of each dimension, in the order in which they are shown.
    pub members: BTreeMap<DimensionId, Vec<String>>,
}

/// A dataset with two columns of its own beside: who contributes, and which conditions hold.
struct Augmented {
    dataset: Dataset,
    contributor: Option<DimensionId>,
    part: Option<DimensionId>,
}

impl Tables<'_> {
    pub fn find(&self) -> Result<Found, String> {
        let of_row = match self.units().of {
            Some(units) => units,
            None => Expr::Number(1.0),
        };
        let mut quantities = Quantities::of(self.measures.iter().copied(), of_row, self.counts());
        if quantities.filters.len() > MOST_FILTERS {
            return Err(format!(
                "its measures have more than {MOST_FILTERS} different conditions"
            ));
        }
        // What a condition on an axis leaves there is nothing by definition, which zeros that may be
        // anywhere do not know.
        let axes = self.dimensions.iter();
        let axes: Vec<&ColumnId> = axes
            .filter_map(|id| self.scan.dataset.dimension_column(id))
            .collect();
        let mut conditions = quantities
            .filters
            .iter()
            .flat_map(|(_, filter)| filter.columns());
        if self.secrecy.rule.empty == Empty::Hidden && conditions.any(|id| axes.contains(&id)) {
            return Err(
                "zeros are hidden, and a condition of a measure names an axis of its tables: \
                        declare `empty = \"shown\"`, or detail by that axis instead"
                    .to_owned(),
            );
        }
        let counted = quantities.leaf(self.units());
        let augmented = self.augmented(&quantities);
        let dataset = augmented.as_ref().map_err(Clone::clone)?;
        let scan = Scan {
            catalog: self.scan.catalog,
            dataset: &dataset.dataset,
            parts: self.scan.parts,
        };
        let only_stocks = quantities.only_stocks();
        let panel = quantities.taken.iter().any(|taken| taken.stock)
            || self.uses(OverTime::Mean)
            || self.uses(OverTime::Last);
        let same_units = panel || matches!(self.secrecy.units, Units::Column(_));
        let nested = self.grains_are_nested();
        let when = match self.secrecy.grains.iter().min() {
            Some(finest) if !same_units && nested => When::Grain(*finest),
            _ => When::Reading,
        };
        let largest = self.largest_tables();
        let beside = dataset.contributor.iter().chain(&dataset.part);
        let beside: Vec<DimensionId> = beside.cloned().collect();
        let mut shapes: Vec<Shape> = largest
            .iter()
            .map(|by| Shape {
                when,
                dimensions: by.iter().chain(&beside).cloned().collect(),
                leaves: quantities.leaves.clone(),
            })
            .collect();
        let pairs = pairs(&largest);
        shapes.extend(pairs.iter().map(|pair| Shape {
            when,
            dimensions: pair.both.iter().chain(&dataset.part).cloned().collect(),
            leaves: vec![plain(Aggregate::Count, None)],
        }));
        let mut rollups = scan.rollups(&shapes, &Within::default()).map_err(|error| {
            let error = beffroi_model::QueryError::from(error);
            error.to_string()
        })?;
        let together = rollups.split_off(largest.len().min(rollups.len()));
        let periods = self.periods(nested);
        let part = dataset.part.as_ref();
        let places = |rollup| Places::of(rollup, part, &quantities.filters, &periods);
        let stands: Vec<Places<'_>> = rollups.iter().map(places).collect();
        let together: Vec<Places<'_>> = together.iter().map(places).collect();
        let slices = all_slices(&quantities.filters, stands.iter().chain(&together));
        let joining = Joining {
            tables: &largest,
            dimensions: &self.dimensions,
            only_last: only_stocks,
            everywhere: match self.secrecy.rule.empty {
                Empty::Hidden => Some((&slices, &periods)),
                Empty::Shown => None,
            },
        };
        let ties = pairs.iter().zip(&together);
        let ties = ties.map(|(pair, places)| Components::of(pair, &joining, places));
        let ties: Vec<Components> = ties.collect::<Result<_, _>>()?;
        let adding = Adding {
            units: &self.secrecy.units,
            counted,
            sizes: quantities
                .taken
                .iter()
                .map(|taken| match taken.take {
                    Take::Sum => quantities.size(taken.leaf),
                    _ => None,
                })
                .collect(),
            same_units,
            only_stocks,
            quantities: &quantities,
        };
        let mut builder = Builder {
            tables: self,
            adding: &adding,
            periods: &periods,
            cells: IndexMap::new(),
            ties: BTreeMap::new(),
        };
        let mut done: HashSet<Vec<bool>> = HashSet::new();
        for (place, (by, stands)) in largest.iter().zip(&stands).enumerate() {
            let of = ties.iter().enumerate();
            let of: Vec<_> = of.filter(|(_, tie)| tie.first == place).collect();
            builder.add(by, stands, dataset, &mut done, &of)?;
        }
        let members = members(&rollups, &self.dimensions, builder.cells.keys());
        if self.secrecy.rule.empty == Empty::Hidden {
            builder.empties(&largest, &members, &slices)?;
        }
        builder.stocks();
        self.assemble(builder, &ties, members)
    }

    fn uses(&self, over_time: OverTime) -> bool {
        let mut measures = self.measures.iter();
        measures.any(|(indicator, _)| indicator.over_time == over_time)
    }

    /// The tables that no other holds.
    fn largest_tables(&self) -> Vec<Vec<DimensionId>> {
        let mut largest: Vec<Vec<DimensionId>> = Vec::new();
        let mut all = self.secrecy.tables.clone();
        all.push(Vec::new());
        all.sort_by_key(|by| std::cmp::Reverse(by.len()));
        for by in all {
            let held = |other: &Vec<DimensionId>| by.iter().all(|id| other.contains(id));
            if !largest.iter().any(held) {
                largest.push(by);
            }
        }
        largest
    }

    /// Whether each grain shown is made of the next finer one.
    fn grains_are_nested(&self) -> bool {
        let mut grains = self.secrecy.grains.clone();
        grains.sort();
        grains
            .windows(2)
            .all(|pair| matches!(pair, [finer, longer] if longer.is_made_of(*finer)))
    }

    /// The columns that count units, where rows have several.
    fn counts(&self) -> Vec<ColumnId> {
        if !matches!(self.secrecy.units, Units::Column(_)) {
            return Vec::new();
        }
        let dataset = self.scan.dataset;
        let counted = dataset.columns.iter().filter(|(id, info)| {
            let whole = dataset.value_type(id.as_str()) == Some(ValueType::Exact { scale: 0 });
            let unit = info.unit.unwrap_or_else(Unit::count);
            whole && matches!(unit.symbol(), "nombre" | "hab")
        });
        counted.map(|(id, _)| id.clone()).collect()
    }

    /// Counts the units of rows.
    fn units(&self) -> Leaf {
        let Units::Column(column) = &self.secrecy.units else {
            return plain(Aggregate::Count, None);
        };
        let column = || Expr::Column(column.clone());
        let is = |op, than: f64| Expr::Binary {
            op,
            left: Box::new(column()),
            right: Box::new(Expr::Number(than)),
        };
        // A row that does not say is one.
        let units = Expr::Case {
            when: vec![
                (is(BinaryOp::GreaterOrEqual, 1.0), column()),
                (is(BinaryOp::Equal, 0.0), Expr::Number(0.0)),
            ],
            otherwise: Some(Box::new(Expr::Number(1.0))),
        };
        plain(Aggregate::Sum, Some(units))
    }

    fn augmented(&self, quantities: &Quantities) -> Result<Augmented, String> {
        let mut dataset = self.scan.dataset.clone();
        let mut add = |name: &str, expr: Expr, kind: ValueType| -> Result<DimensionId, String> {
            let mut name = name.to_owned();
            let taken = |dataset: &Dataset, name: &str| {
                let own = dataset.columns.contains_key(name);
                own || DimensionId::new(name)
                    .is_ok_and(|id| dataset.dimension_column(&id).is_some())
            };
            while taken(&dataset, &name) {
                name.push('_');
            }
            let told = |error: beffroi_model::IdError| error.to_string();
            let id = DimensionId::new(&name).map_err(told)?;
            let computed = Computed {
                text: expr.to_string(),
                expr,
                kind,
                dimension: Some(id.clone()),
            };
            let column = ColumnId::new(&name).map_err(told)?;
            dataset.computed.insert(column, computed);
            Ok(id)
        };
        let contributor = match &self.secrecy.contributor {
            Some(column) => {
                let kind = self.scan.dataset.value_type(column.as_str());
                let kind = kind.unwrap_or(ValueType::Text);
                Some(add("contributor", Expr::Column(column.clone()), kind)?)
            }
            None => None,
        };
        let part = match which_hold(&quantities.filters) {
            Some(expr) => Some(add("part", expr, ValueType::Exact { scale: 0 })?),
            None => None,
        };
        Ok(Augmented {
            dataset,
            contributor,
            part,
        })
    }

    /// The complete periods that are shown, and those that these are made of where they overlap
    /// (years and school years).
    fn periods(&self, nested: bool) -> HashSet<Period> {
        let dataset = self.scan.dataset;
        let (Some(first), Some(last)) = (self.readings.first(), self.readings.last()) else {
            return HashSet::new();
        };
        let extracted_on = self
            .version
            .newest_source()
            .map(|source| source.extracted_on)
            .unwrap_or_default();
        let own = dataset.grain();
        let mut grains: Vec<Grain> = self.secrecy.grains.clone();
        grains.extend(own.filter(|_| !nested));
        let used = [OverTime::Sum, OverTime::Last, OverTime::Mean];
        let used: Vec<OverTime> = used.into_iter().filter(|it| self.uses(*it)).collect();
        let mut periods = HashSet::new();
        for grain in grains {
            let range = PeriodRange::new(
                Period::containing(grain, *first),
                Period::containing(grain, *last),
            );
            periods.extend(range.iter().filter(|period| {
                used.iter().any(|over_time| {
                    let native = own.unwrap_or(grain);
                    coverage(*period, native, *over_time, self.readings, extracted_on).is_complete()
                })
            }));
        }
        periods
    }

    fn assemble(
        &self,
        builder: Builder<'_, '_>,
        ties: &[Components],
        members: BTreeMap<DimensionId, Vec<String>>,
    ) -> Result<Found, String> {
        let adding = builder.adding;
        let quantities = adding.quantities;
        let periods = builder.periods.clone();
        let mut cells: Vec<(Key, Sums)> = builder.cells.into_iter().collect();
        // Threads meet rows in any order.
        cells.sort_by(|(a, _), (b, _)| {
            (&a.slice, &a.members, a.period).cmp(&(&b.slice, &b.members, b.period))
        });
        let units = match self.secrecy.units {
            Units::Contributors => UnitsOverTime::ComeBack,
            _ if adding.same_units => UnitsOverTime::ComeBack,
            _ => UnitsOverTime::AddUp,
        };
        let (wanted, names) = different_quantities(&cells, adding, units);
        let known: IndexMap<&Key, &Sums> = cells.iter().map(|(key, sums)| (key, sums)).collect();
        let shown: HashSet<Grain> = self.secrecy.grains.iter().copied().collect();
        let mut keyed = Vec::with_capacity(cells.len());
        for (key, sums) in &cells {
            let mut cell = sums.cell(adding, &wanted);
            if cell.units == 0 {
                // How many rows say that there is nobody is no figure of anyone.
                for (amount, place) in cell.amounts.iter_mut().zip(&wanted) {
                    let taken = quantities.taken.get(*place).map(|taken| taken.take);
                    if matches!(taken, Some(Take::Values | Take::Expected)) {
                        amount.magnitude = 0.0;
                    }
                }
            }
            let in_shadow = !matches!(key.slice, Slice::Whole | Slice::Kept(_));
            cell.shadow = in_shadow
                || key
                    .period
                    .is_none_or(|period| !shown.contains(&period.grain()));
            if self.secrecy.rule.min_denominator.is_some() {
                cell.denominator = self.denominator(key, &known, quantities);
            }
            keyed.push((key.clone(), cell));
        }
        let mut tied = Vec::new();
        for ((tie, component, slice, period), sums) in &builder.ties {
            let components = ties.get(*tie).and_then(|tie| tie.sides(slice, *period));
            let Some(components) = components else {
                continue;
            };
            let keys = |side: &BTreeMap<MemberNames, usize>| -> Vec<Key> {
                let own = side.iter().filter(|(_, of)| *of == component);
                let keys = own.map(|(members, _)| Key {
                    slice: slice.clone(),
                    members: members.clone(),
                    period: Some(*period),
                });
                keys.collect()
            };
            let mut sum = sums.cell(adding, &wanted);
            sum.shadow = true;
            tied.push(Tie {
                sum,
                some: keys(&components.some),
                others: keys(&components.others),
            });
        }
        let kinds: Vec<Quantity> = wanted
            .iter()
            .filter_map(|place| {
                let taken = quantities.taken.get(*place)?;
                let signed = cells.iter().any(|(_, sums)| sums.is_signed(*place));
                Some(Quantity {
                    kind: kind(taken.take, signed),
                    stock: taken.stock,
                })
            })
            .collect();
        Ok(Found {
            tables: KeyedTables::new(&kinds, keyed, units, tied)
                .map_err(|error| error.to_string())?
                .named(self.dimensions.iter().map(|id| id.as_str())),
            names,
            periods,
            members,
        })
    }

    /// The smallest number that a figure of this cell is divided by.
    fn denominator(
        &self,
        key: &Key,
        cells: &IndexMap<&Key, &Sums>,
        quantities: &Quantities,
    ) -> Option<f64> {
        let mut least: Option<f64> = None;
        for (indicator, split) in &self.measures {
            let is_here = |leaf: &Leaf| slice(leaf) == key.slice;
            if key.slice != Slice::Whole && !split.leaves.iter().any(is_here) {
                continue;
            }
            let leaves: Vec<ModelCell> = split
                .leaves
                .iter()
                .map(|leaf| {
                    let own = Key {
                        slice: slice(leaf),
                        ..key.clone()
                    };
                    let Some(sums) = cells.get(&own) else {
                        return ModelCell::Value(0.0);
                    };
                    let stock = indicator.over_time == OverTime::Last;
                    let of = |take, stock| {
                        let place = quantities.shown_by(leaf, take, stock);
                        place.map(|place| sums.value(place))
                    };
                    let value = match leaf.function {
                        Aggregate::Sum => of(Take::Sum, stock),
                        Aggregate::Avg => of(Take::Sum, stock)
                            .zip(of(Take::Values, stock))
                            .map(|(sum, values)| sum / values),
                        Aggregate::Count => of(Take::Values, stock),
                        Aggregate::CountDistinct => {
                            of(Take::Different, indicator.over_time != OverTime::Sum)
                        }
                        _ => None,
                    };
                    value.map_or(ModelCell::Missing, ModelCell::Value)
                })
                .collect();
            split.formula.divisors(&mut |divisor: &Formula| {
                if let ModelCell::Value(value) = divisor.value(&leaves, &[]) {
                    least = Some(least.map_or(value.abs(), |known| known.min(value.abs())));
                }
            });
        }
        least
    }
}

/// Which conditions hold on a row, as a whole number: 1 for the first, 2 for the second, 4…
fn which_hold(filters: &[(String, Expr)]) -> Option<Expr> {
    let terms = filters.iter().enumerate().map(|(place, (_, filter))| {
        let number = f64::from(1_u32 << place.min(31));
        Expr::Case {
            when: vec![(filter.clone(), Expr::Number(number))],
            otherwise: Some(Box::new(Expr::Number(0.0))),
        }
    });
    terms.reduce(|left, right| Expr::Binary {
        op: BinaryOp::Add,
        left: Box::new(left),
        right: Box::new(right),
    })
}

/// The quantities of which no other says the same in all cells and cumulates alike, the number of
/// units included; and the definitions of all.
#[allow(clippy::cast_precision_loss, reason = "a number of units")]
fn different_quantities(
    cells: &[(Key, Sums)],
    adding: &Adding<'_>,
    units: UnitsOverTime,
) -> (Vec<usize>, Names) {
    let taken = &adding.quantities.taken;
    let mut different: Vec<usize> = Vec::new();
    let mut names = Names::default();
    names.units.push(format!("units({:?})", adding.units));
    for (quantity, own) in taken.iter().enumerate() {
        let counts = matches!(own.take, Take::Values | Take::Expected);
        let same = |other: Option<usize>| {
            cells.iter().all(|(_, sums)| {
                let than = match other {
                    Some(other) => sums.value(other),
                    None => sums.units(adding) as f64,
                };
                sums.value(quantity) == than
            })
        };
        let alike = |other: &usize| {
            let other_taken = taken.get(*other);
            other_taken.is_some_and(|it| it.stock == own.stock && it.take != Take::Different)
                && same(Some(*other))
        };
        if counts && units == UnitsOverTime::AddUp && same(None) {
            names.units.push(own.definition.clone());
            names.counted = true;
            continue;
        }
        let known = counts.then(|| different.iter().position(alike)).flatten();
        match known.and_then(|place| names.quantities.get_mut(place)) {
            Some(names) => names.push(own.definition.clone()),
            None => {
                different.push(quantity);
                names.quantities.push(vec![own.definition.clone()]);
            }
        }
    }
    (different, names)
}

/// The members met in complete periods, in the order in which they are shown.
fn members<'k>(
    rollups: &[Rollup],
    dimensions: &[DimensionId],
    cells: impl Iterator<Item = &'k Key>,
) -> BTreeMap<DimensionId, Vec<String>> {
    let mut met: Vec<HashSet<&String>> = vec![HashSet::new(); dimensions.len()];
    for key in cells {
        for (met, member) in met.iter_mut().zip(&key.members) {
            met.extend(member);
        }
    }
    let of = |(id, met): (&DimensionId, &HashSet<&String>)| {
        let mut all = rollups.iter().flat_map(|rollup| &rollup.dimensions);
        let known = all.find(|dimension| dimension.id == *id)?;
        let members = known.members.iter().filter(|member| met.contains(member));
        Some((id.clone(), members.cloned().collect()))
    };
    dimensions.iter().zip(&met).filter_map(of).collect()
}

/// Two tables that are shown, neither of which holds the other.
struct Pair {
    first: usize,
    second: usize,
    both: Vec<DimensionId>,
}

fn pairs(tables: &[Vec<DimensionId>]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (first, some) in tables.iter().enumerate() {
        for (second, others) in tables.iter().enumerate().skip(first + 1) {
            let mut both: Vec<DimensionId> = some.iter().chain(others).cloned().collect();
            both.sort();
            both.dedup();
            pairs.push(Pair {
                first,
                second,
                both,
            });
        }
    }
    pairs
}

/// The dimensions of all tables, as far as a rollup has them.
struct Columns<'r>(Vec<Option<&'r RollupDimension>>);

impl<'r> Columns<'r> {
    fn of(rollup: &'r Rollup, dimensions: &[DimensionId]) -> Self {
        let column = |id: &DimensionId| rollup.dimensions.iter().find(|known| known.id == *id);
        Self(dimensions.iter().map(column).collect())
    }

    /// The members of a group, by their places; none where a dimension is not wanted.
    fn codes(&self, group: usize, wanted: &[bool]) -> Vec<Option<u32>> {
        let columns = self.0.iter().zip(wanted);
        let code = |(column, wanted): (&Option<&RollupDimension>, &bool)| {
            column.filter(|_| *wanted)?.codes.get(group).copied()
        };
        columns.map(code).collect()
    }

    fn names(&self, codes: &[Option<u32>]) -> Vec<Option<String>> {
        let columns = self.0.iter().zip(codes);
        let name = |(column, code): (&Option<&RollupDimension>, &Option<u32>)| {
            let member = column.as_ref()?.members.get((*code)? as usize);
            member.cloned()
        };
        columns.map(name).collect()
    }
}

impl Columns<'_> {
    /// All combinations of members.
    fn combinations(&self, wanted: &[bool]) -> Result<Vec<Codes>, String> {
        let mut combinations: Vec<Codes> = vec![Vec::new()];
        for (column, wanted) in self.0.iter().zip(wanted) {
            let codes = match column.filter(|_| *wanted) {
                Some(column) => (0..).take(column.members.len()).map(Some).collect(),
                None => vec![None],
            };
            if combinations.len().saturating_mul(codes.len()) > MOST_CELLS {
                return Err(too_many());
            }
            let longer = |codes_so_far: &Codes| {
                let start = codes_so_far.clone();
                let longer = codes
                    .iter()
                    .map(move |code| [&start[..], &[*code]].concat());
                longer.collect::<Vec<Codes>>()
            };
            combinations = combinations.iter().flat_map(longer).collect();
        }
        Ok(combinations)
    }
}

/// Which of all dimensions a table has.
fn among(dimensions: &[DimensionId], by: &[DimensionId]) -> Vec<bool> {
    dimensions.iter().map(|id| by.contains(id)).collect()
}

/// Members by their names, in the order of all dimensions.
type MemberNames = Vec<Option<String>>;

/// Members by their places in a rollup, in the same order.
type Codes = Vec<Option<u32>>;

/// The slices and periods in which the groups of a rollup are.
struct Places<'r> {
    rollup: &'r Rollup,
    parts: Option<&'r RollupDimension>,
    /// Of each part.
    slices: Vec<Vec<Slice>>,
    /// Of each reading.
    periods: Vec<Vec<Period>>,
    /// The last reading of each period.
    lasts: BTreeMap<Period, usize>,
}

impl<'r> Places<'r> {
    fn of(
        rollup: &'r Rollup,
        part: Option<&DimensionId>,
        filters: &[(String, Expr)],
        shown: &HashSet<Period>,
    ) -> Self {
        let parts = part.and_then(|id| rollup.dimensions.iter().find(|known| known.id == *id));
        let held = parts.into_iter().flat_map(|parts| &parts.members);
        let grains: BTreeSet<Grain> = shown.iter().map(|period| period.grain()).collect();
        let mut lasts = BTreeMap::new();
        let readings = rollup.readings.iter().enumerate();
        let periods = readings.map(|(reading, day)| {
            let all = grains.iter().map(|grain| Period::containing(*grain, *day));
            let all: Vec<Period> = all.filter(|it| shown.contains(it)).collect();
            lasts.extend(all.iter().map(|period| (*period, reading)));
            all
        });
        Self {
            periods: periods.collect(),
            slices: match parts {
                None => vec![vec![Slice::Whole]],
                Some(_) => held.map(|held| slices(filters, held)).collect(),
            },
            lasts,
            parts,
            rollup,
        }
    }

    fn reading(&self, group: usize) -> usize {
        let reading = self.rollup.reading.get(group);
        reading.map_or(0, |reading| *reading as usize)
    }

    fn slices(&self, group: usize) -> &[Slice] {
        let part = self.parts.and_then(|parts| parts.codes.get(group));
        let slices = self.slices.get(part.copied().unwrap_or(0) as usize);
        slices.map_or(&[], Vec::as_slice)
    }

    fn periods(&self, group: usize) -> &[Period] {
        let periods = self.periods.get(self.reading(group));
        periods.map_or(&[], Vec::as_slice)
    }

    /// Whether the reading of a group is the last one of a period.
    fn is_last(&self, group: usize, period: Period) -> bool {
        self.lasts.get(&period) == Some(&self.reading(group))
    }
}

/// All slices that rows are in, and those that filters keep and leave even where no row is.
fn all_slices<'p>(
    filters: &[(String, Expr)],
    places: impl Iterator<Item = &'p Places<'p>>,
) -> BTreeSet<Slice> {
    let mut all = BTreeSet::from([Slice::Whole]);
    for (text, _) in filters {
        all.extend([Slice::Kept(text.clone()), Slice::Left(text.clone())]);
    }
    all.extend(places.flat_map(|places| places.slices.iter().flatten().cloned()));
    all
}

/// How cells of two tables are joined.
struct Joining<'a> {
    tables: &'a [Vec<DimensionId>],
    dimensions: &'a [DimensionId],
    /// Whether a period is worth its last reading.
    only_last: bool,
    /// The slices and periods in which there are cells without rows too; `None`: there are none.
    everywhere: Option<(&'a BTreeSet<Slice>, &'a HashSet<Period>)>,
}

/// Which cells of one table have together the rows of which cells of another: a sector its
/// districts. Rows that go astray in one period, or in one slice, join nothing in the others. What
/// only says again what both tables have in common is left out.
struct Components {
    first: usize,
    within: BTreeMap<Period, BTreeMap<Slice, Sides>>,
}

/// The cells of either table, with what tells those that hold together.
#[derive(Default)]
struct Sides {
    some: BTreeMap<MemberNames, usize>,
    others: BTreeMap<MemberNames, usize>,
}

impl Components {
    fn of(pair: &Pair, joining: &Joining<'_>, places: &Places<'_>) -> Result<Self, String> {
        let own = |place: usize| {
            let by = joining.tables.get(place).map_or(&[][..], Vec::as_slice);
            among(joining.dimensions, by)
        };
        let (first, second) = (own(pair.first), own(pair.second));
        let common: Vec<bool> = first.iter().zip(&second).map(|(a, b)| *a && *b).collect();
        let columns = Columns::of(places.rollup, joining.dimensions);
        let mut joined: BTreeMap<(Period, &Slice), BTreeSet<[Codes; 2]>> = BTreeMap::new();
        let mut rows: BTreeMap<[Codes; 2], f64> = BTreeMap::new();
        for group in 0..places.rollup.len() {
            let ends = [&first, &second].map(|wanted| columns.codes(group, wanted));
            for period in places.periods(group) {
                if joining.only_last && !places.is_last(group, *period) {
                    continue;
                }
                for slice in places.slices(group) {
                    let joined = joined.entry((*period, slice)).or_default();
                    joined.insert(ends.clone());
                }
            }
            let counted = places.rollup.leaves.first();
            let counted = counted.map_or(0.0, |column| value(column, group, Take::Values));
            *rows.entry(ends).or_default() += counted;
        }
        if let Some((slices, periods)) = joining.everywhere {
            let [some_homes, other_homes] = homes(&columns, [&first, &second], &rows)?;
            for period in periods {
                for slice in slices {
                    let joined = joined.entry((*period, slice)).or_default();
                    let here: BTreeSet<Codes> =
                        joined.iter().map(|[some, _]| some.clone()).collect();
                    let there: BTreeSet<Codes> =
                        joined.iter().map(|[_, other]| other.clone()).collect();
                    let absent = |here: &BTreeSet<Codes>, end: &Codes| !here.contains(end);
                    let some = some_homes.iter().filter(|(end, _)| absent(&here, end));
                    let others = other_homes.iter().filter(|(end, _)| absent(&there, end));
                    joined.extend(some.chain(others).map(|(_, home)| home.clone()));
                }
            }
        }
        let mut within: BTreeMap<Period, BTreeMap<Slice, Sides>> = BTreeMap::new();
        for ((period, slice), joined) in joined {
            let sides = Sides::of(&joined, &common, &columns);
            let slices = within.entry(period).or_default();
            slices.insert(slice.clone(), sides);
        }
        Ok(Self {
            first: pair.first,
            within,
        })
    }

    fn sides(&self, slice: &Slice, period: Period) -> Option<&Sides> {
        self.within.get(&period)?.get(slice)
    }
}

/// Where each cell of either table counts while it has no rows: with what most rows of it are with
/// at other times, or of those most like it. As it counts nothing, that joins nothing else.
fn homes(
    columns: &Columns<'_>,
    [first, second]: [&[bool]; 2],
    rows: &BTreeMap<[Codes; 2], f64>,
) -> Result<[BTreeMap<Codes, [Codes; 2]>; 2], String> {
    let of = |wanted: &[bool], other: &[bool], turned: bool| {
        let mut likenesses = subsets(wanted);
        likenesses.sort_by_key(|has| std::cmp::Reverse(has.iter().filter(|has| **has).count()));
        // What joins most rows, by what it has of its own end.
        let mut most: BTreeMap<Codes, (&Codes, f64)> = BTreeMap::new();
        for ([a, b], rows) in rows {
            let (own, far) = if turned { (b, a) } else { (a, b) };
            for likeness in &likenesses {
                let known = most.entry(masked(own, likeness)).or_insert((far, *rows));
                if *rows > known.1 {
                    *known = (far, *rows);
                }
            }
        }
        let mut homes = BTreeMap::new();
        for own in columns.combinations(wanted)? {
            let known = |likeness: &Vec<bool>| most.get(&masked(&own, likeness));
            let Some((far, _)) = likenesses.iter().find_map(known) else {
                continue;
            };
            // What both ends have they have in common.
            let far = far.iter().zip(&own).zip(wanted.iter().zip(other));
            let far = far.map(|((far, own), (here, there))| match *here && *there {
                true => *own,
                false => *far,
            });
            let far: Codes = far.collect();
            let ends = if turned {
                [far, own.clone()]
            } else {
                [own.clone(), far]
            };
            homes.insert(own, ends);
        }
        Ok::<_, String>(homes)
    };
    Ok([of(first, second, false)?, of(second, first, true)?])
}

fn masked(codes: &Codes, wanted: &[bool]) -> Codes {
    let codes = codes.iter().zip(wanted);
    codes
        .map(|(code, wanted)| code.filter(|_| *wanted))
        .collect()
}

impl Sides {
    fn of(joined: &BTreeSet<[Codes; 2]>, common: &[bool], columns: &Columns<'_>) -> Self {
        // Nodes: what either table has.
        let mut nodes: IndexMap<(bool, &Codes), Codes> = IndexMap::new();
        let mut parents: Vec<usize> = Vec::new();
        for [some, other] in joined {
            let ends = [(true, some), (false, other)].map(|(side, codes)| {
                let node = nodes.entry((side, codes));
                let place = node.index();
                if place == parents.len() {
                    parents.push(place);
                }
                node.or_insert_with(|| masked(codes, common));
                place
            });
            let [a, b] = ends.map(|node| root(&parents, node));
            if let Some(parent) = parents.get_mut(a.max(b)) {
                *parent = a.min(b);
            }
        }
        let mut in_common: BTreeMap<&Codes, BTreeSet<usize>> = BTreeMap::new();
        for (node, common) in nodes.values().enumerate() {
            let components = in_common.entry(common).or_default();
            components.insert(root(&parents, node));
        }
        let mut found = Self::default();
        for (node, ((is_first, codes), common)) in nodes.iter().enumerate() {
            if in_common.get(common).is_some_and(|all| all.len() > 1) {
                let side = match is_first {
                    true => &mut found.some,
                    false => &mut found.others,
                };
                side.insert(columns.names(codes), root(&parents, node));
            }
        }
        found
    }
}

fn root(parents: &[usize], mut node: usize) -> usize {
    while let Some(parent) = parents.get(node).filter(|parent| **parent != node) {
        node = *parent;
    }
    node
}

struct Builder<'a, 't> {
    tables: &'a Tables<'t>,
    adding: &'a Adding<'a>,
    periods: &'a HashSet<Period>,
    cells: IndexMap<Key, Sums>,
    /// By tie, component, slice and period.
    ties: BTreeMap<(usize, usize, Slice, Period), Sums>,
}

impl Builder<'_, '_> {
    /// Adds the groups of a table to its cells and to those of its margins.
    fn add(
        &mut self,
        by: &[DimensionId],
        places: &Places<'_>,
        augmented: &Augmented,
        done: &mut HashSet<Vec<bool>>,
        ties: &[(usize, &Components)],
    ) -> Result<(), String> {
        let dimensions = &self.tables.dimensions;
        let rollup = places.rollup;
        let columns = Columns::of(rollup, dimensions);
        let whole = among(dimensions, by);
        let margins: Vec<Vec<bool>> = subsets(&whole)
            .into_iter()
            .filter(|margin| done.insert(margin.clone()))
            .collect();
        let contributors = augmented.contributor.as_ref();
        let contributors =
            contributors.and_then(|id| rollup.dimensions.iter().find(|known| known.id == *id));
        let mut found: IndexMap<(Vec<Option<u32>>, Period, &Slice), Sums> = IndexMap::new();
        for place in 0..rollup.len() {
            let slices = places.slices(place);
            let names = match ties.is_empty() {
                true => MemberNames::new(),
                false => columns.names(&columns.codes(place, &whole)),
            };
            for period in places.periods(place) {
                let group = Group {
                    rollup,
                    place,
                    reading: rollup.reading.get(place).copied().unwrap_or(0),
                    contributor: contributors.and_then(|axis| axis.codes.get(place)).copied(),
                    last: places.is_last(place, *period),
                };
                for margin in &margins {
                    let codes = columns.codes(place, margin);
                    for slice in slices {
                        let cell = found.entry((codes.clone(), *period, slice)).or_default();
                        cell.add(self.adding, &group);
                    }
                }
                for (tie, components) in ties {
                    for slice in slices {
                        let sides = components.sides(slice, *period);
                        let Some(component) = sides.and_then(|sides| sides.some.get(&names)) else {
                            continue;
                        };
                        let key = (*tie, *component, slice.clone(), *period);
                        let cell = self.ties.entry(key).or_default();
                        cell.add(self.adding, &group);
                    }
                }
            }
            if self.cells.len() + found.len() > MOST_CELLS {
                return Err(too_many());
            }
        }
        for ((codes, period, slice), sums) in found {
            let key = Key {
                slice: slice.clone(),
                members: columns.names(&codes),
                period: Some(period),
            };
            self.cells.insert(key, sums);
        }
        Ok(())
    }

    /// Adds the cells of all combinations of members that nobody is in.
    fn empties(
        &mut self,
        tables: &[Vec<DimensionId>],
        members: &BTreeMap<DimensionId, Vec<String>>,
        slices: &BTreeSet<Slice>,
    ) -> Result<(), String> {
        let dimensions = &self.tables.dimensions;
        for by in tables {
            let mut combinations: Vec<MemberNames> = vec![Vec::new()];
            for id in dimensions {
                let own = members.get(id).filter(|_| by.contains(id));
                let choices = own.into_iter().flatten().cloned().map(Some);
                let choices: Vec<Option<String>> = std::iter::once(None).chain(choices).collect();
                let longer = |names: &MemberNames| {
                    let names = names.clone();
                    choices.iter().map(move |choice| {
                        [names.as_slice(), std::slice::from_ref(choice)].concat()
                    })
                };
                combinations = combinations.iter().flat_map(longer).collect();
                if combinations.len() > MOST_CELLS {
                    return Err(too_many());
                }
            }
            for period in self.periods {
                for (members, slice) in combinations
                    .iter()
                    .flat_map(|names| slices.iter().map(move |slice| (names, slice)))
                {
                    let key = Key {
                        slice: slice.clone(),
                        members: members.clone(),
                        period: Some(*period),
                    };
                    self.cells.entry(key).or_default();
                }
                if self.cells.len() > MOST_CELLS {
                    return Err(too_many());
                }
            }
        }
        Ok(())
    }

    /// A stock of a longer period is that of its last shorter one, even where nothing is left.
    fn stocks(&mut self) {
        if self
            .adding
            .quantities
            .taken
            .iter()
            .all(|taken| !taken.stock)
        {
            return;
        }
        let mut more = Vec::new();
        for key in self.cells.keys() {
            let Some(period) = key.period else { continue };
            let within = self.periods.iter().filter(|part| {
                part.grain() != period.grain()
                    && period.grain().is_made_of(part.grain())
                    && period.start() <= part.start()
                    && part.end() <= period.end()
            });
            let mut last: BTreeMap<Grain, Period> = BTreeMap::new();
            for part in within {
                let known = last.entry(part.grain()).or_insert(*part);
                *known = (*known).max(*part);
            }
            more.extend(last.into_values().map(|period| Key {
                period: Some(period),
                ..key.clone()
            }));
        }
        for key in more {
            self.cells.entry(key).or_default();
        }
    }
}

fn too_many() -> String {
    format!("it has more than {MOST_CELLS} figures to protect: declare fewer tables or periods")
}

/// All margins of a table, itself included.
fn subsets(table: &[bool]) -> Vec<Vec<bool>> {
    let mut subsets: Vec<Vec<bool>> = vec![Vec::new()];
    for has in table {
        let choices: &[bool] = if *has { &[false, true] } else { &[false] };
        let longer = subsets.iter().flat_map(|subset| {
            choices
                .iter()
                .map(|choice| [subset.as_slice(), &[*choice]].concat())
        });
        subsets = longer.collect();
    }
    subsets
}

/// The slices that rows on which these conditions hold (a whole number, see [`which_hold`]) are in.
fn slices(filters: &[(String, Expr)], held: &str) -> Vec<Slice> {
    let held: u64 = held.parse().unwrap_or(0);
    let holds = |place: usize| held >> place & 1 == 1;
    let mut slices = vec![Slice::Whole];
    let mut kept = Vec::new();
    for (place, (text, _)) in filters.iter().enumerate() {
        slices.push(match holds(place) {
            true => Slice::Kept(text.clone()),
            false => Slice::Left(text.clone()),
        });
        if holds(place) {
            kept.push(text.clone());
        }
    }
    if filters.len() > 1 {
        slices.push(Slice::Part(kept));
    }
    slices
}
