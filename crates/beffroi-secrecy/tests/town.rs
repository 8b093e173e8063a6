//! Tables of a size that a town has, where cubes are looked for first.

#![allow(clippy::unwrap_used, clippy::panic)]

use beffroi_model::{Grain, Period};
use beffroi_secrecy::{
    Amount, Cell, CellId, Key, KeyedTables, Kind, Ledger, Limits, Names, Quantity, Rule, Slice,
    Status, Suppression, UnitsOverTime, protect,
};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Units and their amount, of one combination of members in one month, by the conditions that hold.
type Rows = Vec<(usize, Vec<&'static str>, Vec<Option<String>>, u64, f64)>;

const FILTERS: [&str; 2] = ["f1", "f2"];

/// Months and years of all slices; of dimensions, each by itself and all together.
fn tables(rows: &Rows, filters: bool) -> KeyedTables {
    let mut cells: IndexMap<Key, (u64, f64)> = IndexMap::new();
    for (month, held, members, units, amount) in rows {
        let mut slices = vec![Slice::Whole];
        if filters {
            slices.extend(FILTERS.map(|filter| match held.contains(&filter) {
                true => Slice::Kept(filter.to_owned()),
                false => Slice::Left(filter.to_owned()),
            }));
            let held = held.iter().map(|filter| (*filter).to_owned());
            slices.push(Slice::Part(held.collect()));
        }
        let first = Period::containing(Grain::Month, Period::year(2020).start());
        let month = first.step(i32::try_from(*month).unwrap());
        let periods = [month, Period::containing(Grain::Year, month.start())];
        let none = vec![None; members.len()];
        let by_one = members.iter().enumerate().map(|(place, member)| {
            let mut one = none.clone();
            one[place] = member.clone();
            one
        });
        let margins: Vec<_> = by_one.chain([none.clone()]).collect();
        for slice in &slices {
            for period in periods {
                for members in &margins {
                    let key = Key {
                        slice: slice.clone(),
                        members: members.clone(),
                        period: Some(period),
                    };
                    let cell = cells.entry(key).or_default();
                    *cell = (cell.0 + units, cell.1 + amount);
                }
            }
        }
    }
    let cells = cells.into_iter().map(|(key, (units, amount))| {
        let amounts = vec![Amount::plain(units as f64), Amount::plain(amount)];
        let cell = match key.slice {
            Slice::Whole | Slice::Kept(_) => Cell::new(units, amounts),
            Slice::Left(_) | Slice::Part(_) => Cell::shadow(units, amounts),
        };
        (key, cell)
    });
    let quantities = [Quantity::flow(Kind::NonNegative); 2];
    KeyedTables::new(&quantities, cells, UnitsOverTime::AddUp, []).unwrap()
}

/// Two years of districts and categories, each by itself, under two conditions. Next to nobody meets
/// both; `few` tells in how many months a district has few who meet one of them.
fn town(few: usize) -> KeyedTables {
    let mut rows = Vec::new();
    for month in 0..24 {
        for district in 0..14 {
            for category in 0..8 {
                let place = district + category + month;
                let mut add = |held: &[&'static str], units: usize| {
                    if units > 0 {
                        let members =
                            vec![Some(format!("d{district}")), Some(format!("c{category}"))];
                        let amount = (units * (90 + place % 17)) as f64;
                        rows.push((month, held.to_vec(), members, units as u64, amount));
                    }
                };
                let scarce = district == 3 && month < few;
                add(&["f1", "f2"], usize::from(place.is_multiple_of(7)));
                add(&["f1"], if scarce { 0 } else { 3 + place % 3 });
                add(&["f2"], 3 + place % 4);
                add(&[], 6 + place % 5);
            }
        }
    }
    tables(&rows, true)
}

fn pattern(tables: &KeyedTables) -> Suppression {
    protect(tables.tables(), &Rule::units(11), &Limits::default())
}

fn others(pattern: &Suppression) -> usize {
    pattern.hidden.secondary
}

/// What crosses conditions is sensitive everywhere, and protected by what is not shown either.
#[test]
fn nothing_is_hidden_where_only_what_is_never_shown_is_sensitive() {
    let tables = town(0);
    let cells = tables.tables().cells();
    assert!(cells.len() > Limits::default().large);
    let found = pattern(&tables);
    let sensitive = found
        .statuses
        .iter()
        .filter(|status| matches!(status, Status::Primary(_)));
    assert!(sensitive.count() > 500);
    assert_eq!((found.hidden.primary, others(&found)), (0, 0));
    assert!(!found.coarse && found.exposed.is_empty());
}

#[test]
fn the_same_tables_give_the_same_pattern_and_what_was_shown_stays() {
    let found = pattern(&town(9));
    assert!(found.hidden.primary > 0 && !found.coarse && found.exposed.is_empty());
    assert!(
        others(&found) <= found.hidden.primary * 3,
        "{:?}",
        found.hidden
    );
    assert_eq!(pattern(&town(9)), found);
    let names = Names::of(["persons", "amount"]);
    let mut ledger = Ledger::default();
    ledger.record(&town(9), &found, &names);
    let known = || ledger.mark(town(9), &names, &Rule::units(11));
    let again = pattern(&known());
    assert_eq!(pattern(&known()), again);
    assert!(!again.coarse && again.exposed.is_empty());
    // What was shown is known, and cannot be hidden any more.
    let mut both = found.statuses.iter().zip(&again.statuses);
    assert!(both.all(|(before, now)| now.is_shown() || !before.is_shown()));
}

/// A month of so few persons that it is hidden, of so many districts that its amount comes to
/// nothing only if theirs do.
#[test]
fn what_is_hidden_without_a_close_look_stays_within_its_period() {
    let mut rows: Rows = Vec::new();
    for month in 0..24 {
        for district in 0..10 {
            let (units, amount) = if month == 5 { (1, 5.0) } else { (40, 40_000.0) };
            let members = vec![Some(format!("d{district}"))];
            rows.push((month, Vec::new(), members, units, amount));
        }
    }
    let tables = tables(&rows, false);
    let limits = Limits {
        work: 0,
        large: 0,
        ..Limits::default()
    };
    let found = protect(tables.tables(), &Rule::units(11), &limits);
    assert!(found.coarse);
    let june = Period::containing(Grain::Month, Period::year(2020).start()).step(5);
    let keys: Vec<&Key> = tables.keys().collect();
    let hidden = |cell: &CellId| !found.statuses[*cell].is_shown();
    let elsewhere = (0..keys.len()).filter(hidden).filter(|cell| {
        let period = keys[*cell].period.unwrap();
        period != june && period != Period::year(2020)
    });
    // One other month stands against June, district by district.
    let elsewhere: BTreeSet<Period> = elsewhere.filter_map(|cell| keys[cell].period).collect();
    assert!(elsewhere.len() <= 1, "{elsewhere:?}");
}
