//! What somebody reaches: which boards, which indicators and of which rows, which datasets. And the
//! town as they see it: everything else is not there.
//!
//! Each perimeter adds. An indicator reached by several without rows, and by one that has none, is
//! reached whole; rows of several perimeters are put together only where the result is no more
//! than what they give one by one.

use crate::lineage::{board_indicators, datasets_of, is_report_seen};
use crate::{Access, Board, Catalog, Indicator, Names, Perimeter, Section, Text, Tile};
use beffroi_model::{
    BoardId, DatasetId, DepartmentId, DimensionId, Filter, IndicatorId, Membership, PerimeterId,
    ReportId, Role, Scope, Scopes,
};
use std::collections::{BTreeMap, BTreeSet};

/// Why something is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// It is of a department of theirs.
    Department(DepartmentId),
    /// By a perimeter of a role of theirs.
    Role(Role, PerimeterId),
    /// By a perimeter of their own.
    Own(PerimeterId),
    /// As what another figure is held against: population, prices, what the source declares.
    Reference,
}

/// What somebody reaches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reach {
    /// Boards.
    pub boards: BTreeMap<BoardId, BTreeSet<Ground>>,
    /// Indicators.
    pub indicators: BTreeMap<IndicatorId, Reached>,
    /// Final reports, with every figure in them.
    pub reports: BTreeSet<ReportId>,
    /// Datasets: their sheet.
    pub datasets: BTreeMap<DatasetId, BTreeSet<Ground>>,
    /// Datasets of which it may be told how many rows they have: those reached by some perimeter
    /// that names no rows.
    pub counted: BTreeSet<DatasetId>,
    /// How many figures of a board that is reached are not.
    pub left_out: BTreeMap<BoardId, usize>,
    /// Dimensions of which nothing but some members is ever reached, by any indicator.
    pub narrowed: BTreeMap<DimensionId, BTreeSet<String>>,
    /// Datasets of which rows themselves are reached.
    pub raw: BTreeMap<DatasetId, BTreeSet<Ground>>,
}

/// An indicator that is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Of these rows.
    pub scope: Scope,
    /// Each way that leads to it.
    pub ways: Vec<Way>,
}

/// One way that leads to an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Why.
    pub ground: Ground,
    /// To which rows.
    pub scope: Scope,
    /// Whether it leads there without naming rows.
    pub whole: bool,
}

/// A perimeter that somebody has, with why.
struct Grant<'a> {
    ground: Ground,
    perimeter: std::borrow::Cow<'a, Perimeter>,
}

impl Catalog {
    /// What somebody reaches.
    #[must_use]
    pub fn reach(&self, member: &Membership) -> Reach {
        let mut reach = Reach::default();
        let mut ways: BTreeMap<IndicatorId, Vec<Way>> = BTreeMap::new();
        for grant in self.access.grants(member) {
            self.add(&grant, &mut reach, &mut ways);
        }
        self.add_across(&mut reach, &mut ways);
        self.add_references(&mut ways);
        for (id, ways) in ways {
            if let Some(indicator) = self.indicators.get(&id) {
                for dataset in datasets_of(self, indicator) {
                    let grounds = ways.iter().map(|way| way.ground.clone());
                    let known = reach.datasets.entry(dataset.id.clone()).or_default();
                    known.extend(grounds);
                    if ways.iter().any(|way| way.whole) {
                        reach.counted.insert(dataset.id.clone());
                    }
                }
            }
            let scope = together(ways.iter().map(|way| &way.scope));
            reach.indicators.insert(id, Reached { scope, ways });
        }
        let mut empty: Vec<BoardId> = Vec::new();
        for id in reach.boards.keys() {
            let tiles = self.boards.get(id).map(|board| &board.sections);
            let tiles = tiles.into_iter().flatten().flat_map(|it| &it.tiles);
            let (shown, hidden): (Vec<_>, Vec<_>) = tiles.partition(|tile| {
                let mut indicators = tile.indicators.iter();
                indicators.any(|id| reach.indicators.contains_key(id))
            });
            match hidden.len() {
                0 => {}
                // Nothing of it is left to look at.
                _ if shown.is_empty() => empty.push(id.clone()),
                count => {
                    reach.left_out.insert(id.clone(), count);
                }
            }
        }
        for id in empty {
            reach.boards.remove(&id);
        }
        reach.narrowed = self.narrowed(&reach);
        reach
    }

    fn add(
        &self,
        grant: &Grant<'_>,
        reach: &mut Reach,
        ways: &mut BTreeMap<IndicatorId, Vec<Way>>,
    ) {
        let perimeter = &grant.perimeter;
        // A final report is of the whole town.
        if perimeter.rows.is_empty() {
            let named = self
                .reports
                .keys()
                .filter(|id| perimeter.reports.contains(id));
            reach.reports.extend(named.cloned());
        }
        let mut datasets: BTreeSet<&DatasetId> = BTreeSet::new();
        for dataset in self.datasets.values() {
            let named = perimeter.datasets.contains(&dataset.id)
                || perimeter.departments.contains(&dataset.department);
            if named {
                datasets.insert(&dataset.id);
                // The sheet counts rows of the whole town.
                if perimeter.rows.is_empty() {
                    let grounds = reach.datasets.entry(dataset.id.clone()).or_default();
                    grounds.insert(grant.ground.clone());
                    reach.counted.insert(dataset.id.clone());
                    if perimeter.raw {
                        let grounds = reach.raw.entry(dataset.id.clone()).or_default();
                        grounds.insert(grant.ground.clone());
                    }
                }
            }
        }
        let mut shown: BTreeSet<&IndicatorId> = BTreeSet::new();
        for board in self.boards.values() {
            let named = perimeter.boards.contains(&board.id)
                || perimeter.departments.contains(&board.department);
            if named {
                let grounds = reach.boards.entry(board.id.clone()).or_default();
                grounds.insert(grant.ground.clone());
                shown.extend(board_indicators(self, board).map(|indicator| &indicator.id));
                shown.extend(&board.home);
            }
        }
        for indicator in self.indicators.values() {
            let rests = datasets_of(self, indicator);
            let is_reached = shown.contains(&indicator.id)
                || (!rests.is_empty() && rests.iter().all(|it| datasets.contains(&it.id)));
            if let (true, Some(scope)) = (is_reached, perimeter.scope(indicator)) {
                ways.entry(indicator.id.clone()).or_default().push(Way {
                    ground: grant.ground.clone(),
                    scope,
                    whole: perimeter.rows.is_empty(),
                });
            }
        }
    }

    /// Indicators that rest on datasets of several perimeters, each of them reached whole.
    fn add_across(&self, reach: &mut Reach, ways: &mut BTreeMap<IndicatorId, Vec<Way>>) {
        for indicator in self.indicators.values() {
            let rests = datasets_of(self, indicator);
            let grounds: Option<Vec<&BTreeSet<Ground>>> = rests
                .iter()
                .map(|dataset| reach.datasets.get(&dataset.id))
                .collect();
            let Some(grounds) = grounds.filter(|grounds| !grounds.is_empty()) else {
                continue;
            };
            if !ways.contains_key(&indicator.id) {
                let all = grounds.into_iter().flatten().cloned();
                let all: BTreeSet<Ground> = all.collect();
                let whole = |ground| Way {
                    ground,
                    scope: Scope::default(),
                    whole: true,
                };
                ways.insert(indicator.id.clone(), all.into_iter().map(whole).collect());
            }
        }
    }

    /// What reached figures are held against.
    fn add_references(&self, ways: &mut BTreeMap<IndicatorId, Vec<Way>>) {
        if ways.is_empty() {
            return;
        }
        let town = [
            self.town.prices.as_ref().map(|it| &it.indicator),
            self.town
                .population
                .as_ref()
                .and_then(|it| it.indicator.as_ref()),
        ];
        let whole = ways.values().flatten().any(|way| way.whole);
        let reached: Vec<IndicatorId> = ways.keys().cloned().collect();
        let declared = reached.iter().filter_map(|id| {
            self.indicators
                .get(id)?
                .declared
                .as_ref()
                .map(|it| (id, it))
        });
        let mut found: Vec<(IndicatorId, Vec<Scope>)> = Vec::new();
        for (of, id) in declared {
            let scopes = ways.get(of).into_iter().flatten();
            found.push((id.clone(), scopes.map(|way| way.scope.clone()).collect()));
        }
        let all: Vec<Scope> = ways
            .values()
            .flatten()
            .map(|way| way.scope.clone())
            .collect();
        for id in town.into_iter().flatten() {
            found.push((id.clone(), all.clone()));
        }
        for (id, scopes) in found {
            let Some(indicator) = self.indicators.get(&id) else {
                continue;
            };
            if ways.contains_key(&id) {
                continue;
            }
            // Where the rows of a way mean nothing to it, that way does not lead to it.
            let narrowed = scopes.iter().filter(|scope| {
                let mut rows = scope.0.iter();
                rows.all(|filter| indicator.dimensions.contains(&filter.dimension))
            });
            let narrowed: Vec<Scope> = narrowed.cloned().collect();
            if narrowed.is_empty() {
                continue;
            }
            let scope = together(narrowed.iter());
            ways.insert(
                id,
                vec![Way {
                    ground: Ground::Reference,
                    scope,
                    whole,
                }],
            );
        }
    }

    /// The town as somebody sees it: what they do not reach is not there.
    #[must_use]
    pub fn within(&self, reach: &Reach) -> Self {
        let mut catalog = self.clone();
        let has = |id: &IndicatorId| reach.indicators.contains_key(id);
        catalog.indicators.retain(|id, _| has(id));
        catalog
            .datasets
            .retain(|id, _| reach.datasets.contains_key(id));
        catalog.boards.retain(|id, _| reach.boards.contains_key(id));
        catalog.reports.retain(|id, report| {
            reach.reports.contains(id)
                || (!reach.indicators.is_empty() && is_report_seen(self, report, has))
        });
        for board in catalog.boards.values_mut() {
            narrow(board, &has);
        }
        let town = &mut catalog.town;
        town.home.highlights.retain(|id| has(id));
        if town.home.live.as_ref().is_some_and(|id| !has(id)) {
            town.home.live = None;
        }
        if town.home.live_capacity.as_ref().is_some_and(|id| !has(id)) {
            town.home.live_capacity = None;
        }
        if town.prices.as_ref().is_some_and(|it| !has(&it.indicator)) {
            town.prices = None;
        }
        if let Some(population) = &mut town.population
            && population.indicator.as_ref().is_some_and(|id| !has(id))
        {
            population.indicator = None;
        }
        // Who reaches what is not for whom it is about.
        catalog.access.perimeters.clear();
        catalog.access.roles.clear();
        for (id, keys) in &reach.narrowed {
            if let Some(dimension) = catalog.dimensions.get_mut(id) {
                let members = dimension.members.iter();
                let reached = members.filter(|(key, _)| keys.contains(*key));
                dimension.all = all_of(reached.map(|(_, it)| &it.title));
            }
        }
        catalog
    }

    /// Dimensions of which nothing but some members is ever reached, by any indicator.
    fn narrowed(&self, reach: &Reach) -> BTreeMap<DimensionId, BTreeSet<String>> {
        let mut narrowed: BTreeMap<DimensionId, BTreeSet<String>> = BTreeMap::new();
        let mut whole: BTreeSet<&DimensionId> = BTreeSet::new();
        for (id, reached) in &reach.indicators {
            let Some(indicator) = self.indicators.get(id) else {
                continue;
            };
            for dimension in &indicator.dimensions {
                let rows = &reached.scope.0;
                match rows.iter().find(|filter| filter.dimension == *dimension) {
                    None => {
                        whole.insert(dimension);
                    }
                    Some(filter) => narrowed
                        .entry(dimension.clone())
                        .or_default()
                        .extend(filter.values.iter().cloned()),
                }
            }
        }
        narrowed.retain(|dimension, _| !whole.contains(dimension));
        narrowed
    }
}

/// What the total of some members is called, which is not that of the whole town: the name goes
/// around with files and drawings.
fn all_of<'a>(members: impl Iterator<Item = &'a Text> + Clone) -> Text {
    let listed = |english: bool| {
        let names: Vec<&str> = members.clone().map(|name| name.get(english).0).collect();
        names.join(", ")
    };
    Text {
        fr: format!("Périmètre : {}", listed(false)),
        en: Some(format!("Perimeter: {}", listed(true))),
    }
}

/// Takes from a board what is not reached.
fn narrow(board: &mut Board, has: &impl Fn(&IndicatorId) -> bool) {
    board.home.retain(has);
    let tiles = |section: &Section| -> Vec<Tile> {
        let kept = section.tiles.iter().filter_map(|tile| {
            let mut tile = tile.clone();
            tile.indicators.retain(has);
            (!tile.indicators.is_empty()).then_some(tile)
        });
        kept.collect()
    };
    for section in &mut board.sections {
        section.tiles = tiles(section);
    }
    board.sections.retain(|section| !section.tiles.is_empty());
}

impl Access {
    /// What somebody has, with why.
    fn grants(&self, member: &Membership) -> Vec<Grant<'_>> {
        let mut grants = Vec::new();
        // Whoever does nothing in the town hall reaches nothing, whatever they were given.
        if member.roles.is_empty() {
            return grants;
        }
        let mut add = |ground: Ground, id: &PerimeterId| {
            if let Some(perimeter) = self.perimeters.get(id) {
                grants.push(Grant {
                    ground,
                    perimeter: std::borrow::Cow::Borrowed(perimeter),
                });
            }
        };
        for role in &member.roles {
            for id in self.roles.get(role).into_iter().flatten() {
                add(Ground::Role(*role, id.clone()), id);
            }
        }
        for id in &member.perimeters {
            add(Ground::Own(id.clone()), id);
        }
        let answers = member.roles.contains(&Role::Agent) || member.roles.contains(&Role::Editor);
        for department in member.departments.iter().filter(|_| answers) {
            grants.push(Grant {
                ground: Ground::Department(department.clone()),
                perimeter: std::borrow::Cow::Owned(Perimeter::of_department(department)),
            });
        }
        grants
    }
}

impl Perimeter {
    /// Everything that a department answers for.
    fn of_department(department: &DepartmentId) -> Self {
        Self {
            title: Text::default(),
            departments: Names::These([department.clone()].into()),
            datasets: Names::These(BTreeSet::new()),
            boards: Names::These(BTreeSet::new()),
            reports: Names::These(BTreeSet::new()),
            rows: Vec::new(),
            whole_town: false,
            raw: true,
        }
    }

    /// The rows that it reaches of an indicator; `None` when it cannot be narrowed to them.
    fn scope(&self, indicator: &Indicator) -> Option<Scope> {
        let rows = self.rows.iter();
        let own: Vec<Filter> = rows
            .filter(|filter| indicator.dimensions.contains(&filter.dimension))
            .cloned()
            .collect();
        (own.len() == self.rows.len() || self.whole_town).then_some(Scope(own))
    }
}

/// Rows reached by one way or another: no more than what they give one by one. Two are put
/// together when one holds the other or when they differ along one dimension; a third kind is left
/// out.
fn together<'a>(scopes: impl Iterator<Item = &'a Scope>) -> Scope {
    let mut scopes: Vec<&Scope> = scopes.collect();
    // The widest first, then in an order of their own: the same rights give the same rows.
    scopes.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
    scopes.dedup();
    let Some((first, others)) = scopes.split_first() else {
        return Scope::default();
    };
    let mut all = (*first).clone();
    for other in others {
        if let Some(joined) = joined(&all, other) {
            all = joined;
        }
    }
    all
}

/// Two scopes as one that is exactly both, if there is one.
fn joined(a: &Scope, b: &Scope) -> Option<Scope> {
    if covers(a, b) {
        return Some(a.clone());
    }
    if covers(b, a) {
        return Some(b.clone());
    }
    let same_dimensions = a.0.len() == b.0.len()
        && a.0
            .iter()
            .zip(&b.0)
            .all(|(a, b)| a.dimension == b.dimension);
    let differing = a.0.iter().zip(&b.0).filter(|(a, b)| a.values != b.values);
    if !same_dimensions || differing.count() > 1 {
        return None;
    }
    let filters = a.0.iter().zip(&b.0).map(|(a, b)| {
        let values: BTreeSet<String> = a.values.iter().chain(&b.values).cloned().collect();
        Filter {
            dimension: a.dimension.clone(),
            values: values.into_iter().collect(),
        }
    });
    Some(Scope(filters.collect()))
}

/// Whether every row of `b` is one of `a`.
fn covers(a: &Scope, b: &Scope) -> bool {
    a.0.iter().all(|wide| {
        b.0.iter().any(|narrow| {
            narrow.dimension == wide.dimension
                && narrow
                    .values
                    .iter()
                    .all(|value| wide.values.contains(value))
        })
    })
}

impl Reach {
    /// The rows reached of each indicator.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        let scopes = self.indicators.iter();
        Scopes::new(scopes.map(|(id, reached)| (id.clone(), reached.scope.clone())))
    }

    /// Whether nothing is reached.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.boards.is_empty() && self.indicators.is_empty() && self.datasets.is_empty()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows are (district, school) of three each; a scope names some of one, of both or of none.
    fn scope() -> impl Strategy<Value = Scope> {
        let some = || proptest::option::of(proptest::collection::btree_set(0..3_u8, 1..=2));
        (some(), some()).prop_map(|(a, b)| {
            let filter = |name: &str, values: BTreeSet<u8>| Filter {
                dimension: DimensionId::new(name).unwrap(),
                values: values.into_iter().map(|value| value.to_string()).collect(),
            };
            let filters = [
                a.map(|values| filter("ecole", values)),
                b.map(|values| filter("quartier", values)),
            ];
            Scope(filters.into_iter().flatten().collect())
        })
    }

    fn admits(scope: &Scope, school: u8, district: u8) -> bool {
        scope.0.iter().all(|filter| {
            let row = match filter.dimension.as_str() {
                "ecole" => school,
                _ => district,
            };
            filter.values.contains(&row.to_string())
        })
    }

    proptest! {
        #[test]
        fn several_ways_give_no_row_that_none_of_them_gives(
            scopes in proptest::collection::vec(scope(), 1..5)
        ) {
            let all = together(scopes.iter());
            for school in 0..3 {
                for district in 0..3 {
                    let by_one = scopes.iter().any(|scope| admits(scope, school, district));
                    prop_assert!(by_one || !admits(&all, school, district), "{scopes:?} {all:?}");
                }
            }
            // And a whole way is kept whole, whatever stands beside it.
            if let Some(whole) = scopes.iter().find(|scope| scope.0.is_empty()) {
                prop_assert_eq!(&all, whole);
            }
        }

        #[test]
        fn the_order_of_the_ways_does_not_matter(
            mut scopes in proptest::collection::vec(scope(), 1..5)
        ) {
            let one = together(scopes.iter());
            scopes.reverse();
            prop_assert_eq!(one, together(scopes.iter()));
        }
    }
}
