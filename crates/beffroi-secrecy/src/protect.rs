//! From tables and a rule to what is hidden.

use crate::{
    lattice::Choices,
    moves::{Among, Lack, Move, Proofs, Sought},
    needs::{Need, needs},
    rule::{Reason, Rule},
    tables::{CellId, Known, Tables},
};
use std::collections::HashSet;

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It may be shown.
    Shown,
    /// Hidden: the rule says so.
    Primary(Reason),
    /// Hidden so that others cannot be worked out.
    Secondary,
    /// Not there to be shown, and not sensitive.
    Shadow,
}

impl Status {
    /// Whether the cell may be shown.
    #[must_use]
    pub fn is_shown(self) -> bool {
        self == Self::Shown
    }
}

/// How much work may be spent. What is not proven within it is protected by hiding more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Cells looked at around a sensitive one, first and at last.
    pub near: [usize; 3],
    /// The sizes of all linear programs together, columns by rows, and the cells looked at
    /// otherwise: fifty million are about a second.
    pub work: usize,
    /// Tables of more cells than this are covered by cubes first, and programs are left for what
    /// these do not reach: one for each need would take too long.
    pub large: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            near: [100, 400, 4_000],
            work: 300_000_000,
            large: 2_000,
        }
    }
}

/// What is hidden of a set of tables, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppression {
    /// By cell.
    pub statuses: Vec<Status>,
    /// Sensitive figures that are not protected. Unless the pattern is `coarse`, they cannot be,
    /// whatever is hidden: what is known or certain tells them.
    pub exposed: Vec<Exposure>,
    /// Sensitive cells of which a value was shown before, exactly as it is now.
    pub known: Vec<CellId>,
    /// More is hidden than a closer look would have asked for, since that look would have taken too
    /// long.
    pub coarse: bool,
    /// How much is hidden.
    pub hidden: Hidden,
}

/// A bound that is not open enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure {
    /// Which bound, of which figure.
    pub need: Need,
    /// Who could tell: everyone; or else who is alone in this cell, with that figure in mind, and
    /// those of other cells where nobody else may be either.
    pub to: Option<CellId>,
}

/// How much is hidden of what could be shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hidden {
    /// Cells that could be shown.
    pub cells: usize,
    /// Those hidden by the rule.
    pub primary: usize,
    /// Those hidden to protect them.
    pub secondary: usize,
    /// Of each quantity, the share of the sum over all cells (margins included) that is in hidden
    /// ones.
    pub share: Vec<f64>,
}

/// Decides what is hidden. The same tables and rule give the same pattern.
#[must_use]
pub fn protect(tables: &Tables, rule: &Rule, limits: &Limits) -> Suppression {
    let reasons = tables.sensitive(rule);
    let cells = tables.cells();
    let hidden = reasons.iter().zip(cells);
    let hidden = hidden.map(|(reason, cell)| reason.is_some() || cell.shadow);
    let mut work = Work {
        proofs: Proofs::new(tables, rule, hidden.collect()),
        tables,
        limits: *limits,
        level: 0,
        coarse: false,
        exposed: Vec::new(),
    };
    let needs = needs(tables, rule);
    let mut left = needs.iter().collect();
    for last in [false, true] {
        left = work.cover_all(left, last);
    }
    work.trim(&reasons, &needs);
    let status = |(cell, reason): (CellId, &Option<Reason>)| match reason {
        Some(reason) => Status::Primary(*reason),
        None if cells[cell].shadow => Status::Shadow,
        None if work.proofs.hidden[cell] => Status::Secondary,
        None => Status::Shown,
    };
    let statuses: Vec<Status> = reasons.iter().enumerate().map(status).collect();
    let known = |cell: &CellId| {
        let mut amounts = cells[*cell].amounts.iter();
        reasons[*cell].is_some() && amounts.any(|amount| amount.known == Known::Now)
    };
    Suppression {
        known: (0..cells.len()).filter(known).collect(),
        hidden: measure(tables, &statuses),
        exposed: work.exposed,
        coarse: work.coarse,
        statuses,
    }
}

struct Work<'t> {
    proofs: Proofs<'t>,
    tables: &'t Tables,
    limits: Limits,
    /// How far the last search had to look: the next one starts a step nearer.
    level: usize,
    coarse: bool,
    exposed: Vec<Exposure>,
}

impl Work<'_> {
    /// Hides what it takes for needs to be proven. Of large tables, what is found by cubes goes
    /// first: the more is hidden, the less others take. Tells which needs are left for that reason.
    fn cover_all<'n>(&mut self, needs: Vec<&'n Need>, last: bool) -> Vec<&'n Need> {
        let mut left = Vec::new();
        for need in needs {
            if last || !self.large() {
                self.cover(need);
            } else if !self.proves(need, Among::All, Choices::FEW) {
                left.push(need);
            }
        }
        left
    }

    /// Hides what it takes for a need to be proven.
    fn cover(&mut self, need: &Need) {
        while let Some(lack) = self.proofs.lacks(need) {
            let lack = match self.search(need, &lack) {
                Sought::Found(found) => {
                    self.proofs.keep(found);
                    continue;
                }
                Sought::None(true) => Some(lack),
                Sought::None(false) => self.hide_more(need),
            };
            if let Some(lack) = lack {
                let to = match lack {
                    Lack::Move => None,
                    Lack::MoveWithout(alone) => alone.first().copied(),
                };
                self.exposed.push(Exposure { need: *need, to });
            }
            return;
        }
    }

    fn large(&self) -> bool {
        self.tables.cells().len() > self.limits.large
    }

    /// Small tables are worth programs; of large ones, cubes are looked for first.
    fn search(&mut self, need: &Need, lack: &Lack) -> Sought {
        if self.large()
            && self.proofs.spent < self.limits.work
            && let Some(found) = self.cube(need, lack, Among::All, Choices::MANY)
        {
            return Sought::Found(found);
        }
        let sought = self.seek(need, lack);
        match sought {
            Sought::None(false) if !self.large() => {
                let cube = self.cube(need, lack, Among::All, Choices::MANY);
                cube.map_or(sought, Sought::Found)
            }
            _ => sought,
        }
    }

    /// Of what is hidden already first.
    fn cube(&mut self, need: &Need, lack: &Lack, among: Among, choices: Choices) -> Option<Move> {
        let hidden = Among::HiddenBut(need.cell);
        let found = self.proofs.cube(need, lack, hidden, choices);
        match among {
            Among::All => found.or_else(|| self.proofs.cube(need, lack, among, choices)),
            Among::HiddenBut(_) => found,
        }
    }

    /// Looks near first, then further.
    fn seek(&mut self, need: &Need, lack: &Lack) -> Sought {
        let levels = self.limits.near.iter().enumerate();
        for (level, near) in levels.skip(self.level.saturating_sub(1)) {
            if self.proofs.spent >= self.limits.work {
                break;
            }
            let sought = self.proofs.seek(need, lack, Among::All, *near);
            if sought != Sought::None(false) {
                self.level = level;
                return sought;
            }
        }
        Sought::None(false)
    }

    /// Hides, without looking closely, the totals that a sensitive cell is a part of; or else all of
    /// its period; or else all that it is tied to. Tells what it lacks even then.
    fn hide_more(&mut self, need: &Need) -> Option<Lack> {
        self.coarse = true;
        let hidden = Among::HiddenBut(need.cell);
        if let Some(found) = self.proofs.lift(need) {
            self.proofs.keep(found);
        }
        if !self.proves(need, hidden, Choices::MANY) {
            self.hide_period(need);
            if !self.proves(need, hidden, Choices::MANY) {
                self.hide_around(need, |_| true);
                if !self.proves(need, hidden, Choices::MANY)
                    && let Some(found) = self.proofs.scale(need)
                {
                    self.proofs.keep(found);
                }
            }
        }
        self.proofs.lacks(need)
    }

    /// Hides all cells of the period of a cell, or of one within it, and of those that hold it.
    fn hide_period(&mut self, need: &Need) {
        let Some(lattice) = self.tables.lattice() else {
            return;
        };
        let shortest = lattice.first_within(need.cell).unwrap_or(need.cell);
        // Sums of ties have no period of their own.
        self.hide_around(need, |cell| {
            cell >= lattice.len() || lattice.is_within(shortest, cell)
        });
    }

    /// Whether a need is proven by cubes.
    fn proves(&mut self, need: &Need, among: Among, choices: Choices) -> bool {
        while let Some(lack) = self.proofs.lacks(need) {
            match self.cube(need, &lack, among, choices) {
                Some(found) => self.proofs.keep(found),
                None => return false,
            }
        }
        true
    }

    /// Hides everything that a cell is tied to by cells of some kind.
    fn hide_around(&mut self, need: &Need, within: impl Fn(CellId) -> bool) {
        let mut next = vec![need.cell];
        let mut seen = vec![false; self.tables.cells().len()];
        seen[need.cell] = true;
        while let Some(cell) = next.pop() {
            if self.proofs.coverable(cell) {
                self.proofs.hidden[cell] = true;
            }
            for place in self.tables.around(cell) {
                for other in self.tables.relations()[*place].cells() {
                    if within(other) && !std::mem::replace(&mut seen[other], true) {
                        next.push(other);
                    }
                }
            }
        }
    }

    /// Shows again what turns out not to be needed, the dearest first.
    fn trim(&mut self, reasons: &[Option<Reason>], needs: &[Need]) {
        let secondary = |cell: &CellId| {
            reasons[*cell].is_none()
                && self.proofs.hidden[*cell]
                && !self.tables.cells()[*cell].shadow
        };
        let mut secondary: Vec<CellId> = (0..reasons.len()).filter(secondary).collect();
        secondary.sort_by(|a, b| self.proofs.cost(*b).total_cmp(&self.proofs.cost(*a)));
        let mut by_cell = vec![Vec::new(); reasons.len()];
        let bound = |need: &Need| (need.cell, need.quantity, need.above);
        let exposed = self.exposed.iter().map(|exposure| bound(&exposure.need));
        let exposed: HashSet<(CellId, usize, bool)> = exposed.collect();
        for need in needs.iter().filter(|need| !exposed.contains(&bound(need))) {
            by_cell[need.cell].push(*need);
        }
        for cell in secondary {
            let forgotten = self.proofs.forget(cell);
            let mut served = forgotten.served.iter().flat_map(|served| &by_cell[*served]);
            if served.all(|need| self.holds_without(need, cell)) {
                self.proofs.hidden[cell] = false;
            } else {
                self.proofs.recall(&forgotten);
            }
        }
    }

    /// Whether a need can be proven by what is hidden beside this cell.
    fn holds_without(&mut self, need: &Need, cell: CellId) -> bool {
        while let Some(lack) = self.proofs.lacks(need) {
            let near = self.limits.near[0];
            if self.proofs.spent >= self.limits.work {
                return false;
            }
            let among = Among::HiddenBut(cell);
            let cube = self
                .large()
                .then(|| self.proofs.cube(need, &lack, among, Choices::FEW));
            let found = match cube.flatten() {
                Some(found) => Sought::Found(found),
                None => self.proofs.seek(need, &lack, among, near),
            };
            match found {
                Sought::Found(found) => self.proofs.keep(found),
                Sought::None(_) => return false,
            }
        }
        true
    }
}

fn measure(tables: &Tables, statuses: &[Status]) -> Hidden {
    let mut hidden = Hidden::default();
    let mut sums = vec![(0.0, 0.0); tables.kinds().len()];
    for (cell, status) in tables.cells().iter().zip(statuses) {
        if cell.shadow {
            continue;
        }
        hidden.cells += 1;
        match status {
            Status::Primary(_) => hidden.primary += 1,
            Status::Secondary => hidden.secondary += 1,
            Status::Shown | Status::Shadow => {}
        }
        for ((all, away), amount) in sums.iter_mut().zip(&cell.amounts) {
            *all += amount.magnitude;
            if !status.is_shown() {
                *away += amount.magnitude;
            }
        }
    }
    let share = |(all, away): (f64, f64)| if all > 0.0 { away / all } else { 0.0 };
    hidden.share = sums.into_iter().map(share).collect();
    hidden
}
