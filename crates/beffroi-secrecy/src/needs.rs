//! How far from its true value each sensitive figure must stay open to guesses.

use crate::{
    rule::{Reason, Rule},
    tables::{Amount, CellId, Kept, Kind, Known, Tables},
};

/// A bound that everything shown must leave open: the figure could be `by` above its true value (or
/// below it).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// The sensitive cell.
    pub cell: CellId,
    /// Which of its quantities; [`Tables::units`] among them.
    pub quantity: usize,
    /// Above the true value, or below it.
    pub above: bool,
    /// By how much.
    pub by: f64,
}

/// What the rule asks for these tables, the most demanding first within each quantity; units first,
/// since what they need usually serves the others.
#[must_use]
pub fn needs(tables: &Tables, rule: &Rule) -> Vec<Need> {
    let reasons = tables.sensitive(rule);
    let mut quantities: Vec<usize> = (0..=tables.units()).collect();
    quantities.rotate_right(1);
    let mut needs = Vec::new();
    for quantity in quantities {
        let typical = typical(tables, quantity);
        let first = needs.len();
        for (cell, reason) in reasons.iter().enumerate() {
            let Some(reason) = reason else { continue };
            let kept = tables.cells().get(cell).map(|cell| cell.kept);
            if *reason == Reason::Kept && kept != Some(Kept::Needed) {
                continue;
            }
            let amount = tables.amount(cell, quantity);
            if amount.known == Known::Now {
                continue;
            }
            let kind = tables.kind(quantity);
            let (above, below) = if quantity == tables.units() {
                units(tables, rule, cell, *reason)
            } else if kind == Kind::UnitsMoved {
                let (away, back) = units(tables, rule, cell, *reason);
                if amount.value < 0.0 {
                    (back, away)
                } else {
                    (away, back)
                }
            } else {
                let by = by(rule, *reason, &amount, typical);
                (by, by)
            };
            let below = below.min(amount.room_below(kind));
            let of = |above, by| Need {
                cell,
                quantity,
                above,
                by,
            };
            let both = [of(true, above), of(false, below)];
            needs.extend(both.into_iter().filter(|need| need.by > 0.0));
        }
        if let Some(these) = needs.get_mut(first..) {
            these.sort_by(|a: &Need, b: &Need| b.by.total_cmp(&a.by));
        }
    }
    needs
}

/// Whoever sees a sum over too few units must not see through it: with `min_units` at 11, a cell of
/// two units must stay possible with eleven, else it stands in a sum of fewer than eleven that can
/// be worked out.
fn units(tables: &Tables, rule: &Rule, cell: CellId, reason: Reason) -> (f64, f64) {
    let units = tables.cells().get(cell).map_or(0, |cell| cell.units);
    match reason {
        Reason::FewUnits | Reason::Empty => {
            let below = (units as f64 * rule.margin).min(units as f64);
            (rule.min_units.saturating_sub(units).max(1) as f64, below)
        }
        // As wide as what it may have protected.
        Reason::Kept => {
            let below = (units as f64 * rule.margin).min(units as f64);
            (rule.min_units.max(1) as f64, below)
        }
        Reason::SmallDenominator | Reason::Dominance | Reason::PPercent => (0.0, 0.0),
    }
}

fn by(rule: &Rule, reason: Reason, amount: &Amount, typical: f64) -> f64 {
    let concentrated = rule.dominated(amount).max(rule.told(amount));
    match reason {
        Reason::Dominance | Reason::PPercent => concentrated,
        Reason::Empty | Reason::FewUnits | Reason::SmallDenominator | Reason::Kept => {
            concentrated.max(rule.margin * amount.magnitude.max(typical))
        }
    }
}

/// What one unit contributes where there are most of them: the scale on which a figure of nil must
/// stay open.
fn typical(tables: &Tables, quantity: usize) -> f64 {
    let most = tables.cells().iter().enumerate().max_by(|(a, x), (b, y)| {
        let by_units = x.units.cmp(&y.units);
        by_units.then(b.cmp(a))
    });
    most.map_or(0.0, |(cell, most)| {
        tables.amount(cell, quantity).magnitude / most.units.max(1) as f64
    })
}
