//! Proofs: a [`Move`] is another set of hidden figures that agrees with everything shown.
//!
//! What an attacker cannot exclude is a convex set, so one move that lifts a figure far enough proves
//! that its upper bound is at least there; the same move scaled, turned round, or made in another
//! quantity that has the same relations, proves more. A proof stays valid when more is hidden. It is
//! checked by plain arithmetic, whoever found it.

use crate::{
    needs::Need,
    program::{Column, Outcome, Program, Row},
    rule::{Empty, Rule},
    tables::{CellId, Kind, Known, Tables},
};
use std::{
    cmp::Ordering,
    collections::{BinaryHeap, HashMap},
};

/// How far each cell may move in one quantity, as far as anyone outside knows.
#[derive(Debug, Clone)]
struct Rooms {
    up: Vec<f64>,
    down: Vec<f64>,
    /// Whether it may move to protect others.
    covers: Vec<bool>,
    /// Whether its own figure is open at all.
    open: Vec<bool>,
}

#[derive(Debug, Clone)]
struct Move {
    steps: Vec<(CellId, f64)>,
    /// The units that are alone in a cell among them, by their first cell: such a unit knows its own
    /// figure, and sees through the move.
    singles: Vec<CellId>,
    /// What it is worth in each quantity; nothing where it cannot be made.
    worth: Vec<Option<Worth>>,
    alive: bool,
}

#[derive(Debug, Clone, Copy)]
struct Worth {
    /// How many times the move, and the opposite one, can be made.
    forth: f64,
    back: f64,
    /// The only cell it serves: one that moves, but protects nobody else.
    only: Option<CellId>,
}

/// What a need still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Any move that goes far enough.
    Move,
    /// One in which no cell of this unit moves.
    MoveWithout(CellId),
}

/// What came of looking for a move.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sought {
    /// Found; these cells have to be hidden for it.
    Found(Vec<CellId>),
    /// There is none among the cells that could be looked at; `true`: those were all.
    None(bool),
}

/// Which cells a move may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// Those already hidden, but this one.
    HiddenBut(CellId),
    /// Those that are or can be hidden.
    All,
}

/// All proofs so far, and what is hidden.
pub(crate) struct Proofs<'t> {
    tables: &'t Tables,
    rooms: Vec<Rooms>,
    costs: Vec<f64>,
    /// By cell, the unit that is alone in it, named by its first cell.
    single: Vec<Option<CellId>>,
    /// Never shown, or hidden so far.
    pub hidden: Vec<bool>,
    moves: Vec<Move>,
    /// Moves by cell.
    touching: Vec<Vec<usize>>,
    /// The sizes of all programs so far, columns by rows.
    pub spent: usize,
}

/// What a hidden cell costs when it moves: next to nothing, so that short ways are preferred.
const HIDDEN: f64 = 1e-3;
/// Moves below this share of the largest are noise of the solver.
const NOISE: f64 = 1e-7;
/// What rows and bounds are held to, relative to what they add up.
const CLOSE: f64 = 1e-6;
/// Cubes that a move may be made of.
const CUBES: usize = 8;
/// Nothing needs to move further than this many times what is needed.
const FAR: f64 = 1e5;

impl<'t> Proofs<'t> {
    pub(crate) fn new(tables: &'t Tables, rule: &Rule, hidden: Vec<bool>) -> Self {
        let quantities = 0..=tables.units();
        let cells = tables.cells();
        Self {
            rooms: quantities
                .map(|quantity| Rooms::new(tables, rule, quantity))
                .collect(),
            costs: (0..cells.len()).map(|cell| cost(tables, cell)).collect(),
            single: singles(tables),
            hidden,
            moves: Vec::new(),
            touching: vec![Vec::new(); cells.len()],
            spent: 0,
            tables,
        }
    }

    /// What hiding this cell costs.
    pub(crate) fn cost(&self, cell: CellId) -> f64 {
        self.costs[cell]
    }

    /// Whether a cell may be hidden to protect others, in some quantity.
    pub(crate) fn coverable(&self, cell: CellId) -> bool {
        self.rooms.iter().any(|rooms| rooms.covers[cell])
    }

    /// What a need still lacks; nothing when it is proven, to everyone outside and to each unit
    /// that is alone in its cell.
    pub(crate) fn lacks(&self, need: &Need) -> Option<Lack> {
        let mut seeing: Option<Vec<CellId>> = None;
        for place in &self.touching[need.cell] {
            let found = &self.moves[*place];
            if !found.alive || found.reach(need) < need.by * (1.0 - CLOSE) {
                continue;
            }
            let others = |single: &CellId| self.single[need.cell] != Some(*single);
            let still: Vec<CellId> = match seeing {
                // What someone knows is a part of what it stands in: it bounds that from below
                // whatever is hidden. And who is alone does not know it: the number of units is no
                // figure of theirs.
                _ if !need.above || need.quantity == self.tables.units() => Vec::new(),
                None => found.singles.iter().copied().filter(others).collect(),
                Some(mut before) => {
                    before.retain(|single| found.singles.contains(single));
                    before
                }
            };
            if still.is_empty() {
                return None;
            }
            seeing = Some(still);
        }
        let first = seeing.and_then(|seeing| seeing.first().copied());
        Some(first.map_or(Lack::Move, Lack::MoveWithout))
    }

    /// Looks for the cheapest move that gives what a need lacks, among at most `most` cells around
    /// it, and keeps it as a proof. The cells it takes are not hidden yet.
    pub(crate) fn seek(&mut self, need: &Need, lack: Lack, among: Among, most: usize) -> Sought {
        let without = match lack {
            Lack::Move => None,
            Lack::MoveWithout(single) => Some(single),
        };
        let rooms = &self.rooms[need.quantity];
        let allowed = |cell: CellId| {
            rooms.covers[cell]
                && (without.is_none() || without != self.single[cell])
                && match among {
                    Among::HiddenBut(this) => self.hidden[cell] && cell != this,
                    Among::All => true,
                }
        };
        let (cells, all) = self.near(need, &allowed, most);
        let program = self.program(need, &cells);
        self.spent += program.columns.len() * program.rows.len();
        let moves = match program.solve() {
            Outcome::Moves(moves) => moves,
            Outcome::Impossible => return Sought::None(all),
            Outcome::Unknown => return Sought::None(false),
        };
        let mut steps = vec![(need.cell, if need.above { need.by } else { -need.by })];
        let large = moves
            .iter()
            .fold(1.0_f64, |large, step| large.max(step.abs()));
        let moved = cells.iter().zip(&moves);
        let moved = moved.filter(|(_, step)| step.abs() > large * NOISE);
        steps.extend(moved.map(|(cell, step)| (*cell, step * need.by)));
        let taken = steps.iter().map(|(cell, _)| *cell);
        let taken = taken.filter(|cell| !self.hidden[*cell]).collect();
        if self.keep(need, steps) {
            Sought::Found(taken)
        } else {
            Sought::None(false)
        }
    }

    /// Looks for a move made of cubes, as many as it takes for its cells to have room, and keeps it
    /// as a proof. The cells it takes are not hidden yet.
    pub(crate) fn cube(&mut self, need: &Need, lack: Lack) -> Option<Vec<CellId>> {
        let lattice = self.tables.lattice()?;
        let without = match lack {
            Lack::Move => None,
            Lack::MoveWithout(single) => Some(single),
        };
        let rooms = self.rooms.get(need.quantity)?;
        // Steps so far, up and down.
        let mut steps: HashMap<CellId, f64> = HashMap::new();
        let mut left = need.by;
        for _ in 0..CUBES {
            // What is added when the figure rises is taken when it falls.
            let room = |cell: CellId, added: bool| {
                let step = steps.get(&cell).copied().unwrap_or(0.0);
                if added == need.above {
                    rooms.up[cell] - step
                } else {
                    rooms.down[cell] + step
                }
            };
            let least = left.min(need.by / CUBES as f64) * (1.0 - CLOSE);
            let cost = |cell: CellId, added: bool| -> Option<f64> {
                let moves = cell == need.cell || rooms.covers[cell];
                let sees = without.is_some() && without == self.single[cell] && cell != need.cell;
                let room = room(cell, added);
                if !moves || sees || room < least {
                    return None;
                }
                // Of hidden ones, those with more room.
                let narrow = HIDDEN * (left / room).min(1.0);
                Some(if self.hidden[cell] || steps.contains_key(&cell) {
                    HIDDEN + narrow
                } else {
                    self.costs[cell] + narrow
                })
            };
            let (_, cube) = lattice.cubes(need.cell, &cost).into_iter().next()?;
            let most = cube.iter().map(|(cell, added)| room(*cell, *added));
            let by = most.fold(left, f64::min);
            for (cell, added) in cube {
                let step = if added == need.above { by } else { -by };
                *steps.entry(cell).or_default() += step;
            }
            left -= by;
            if left <= need.by * CLOSE {
                break;
            }
        }
        if left > need.by * CLOSE {
            return None;
        }
        let mut steps: Vec<(CellId, f64)> = steps.into_iter().collect();
        steps.retain(|(_, step)| step.abs() > need.by * NOISE);
        steps.sort_by_key(|(cell, _)| *cell);
        let taken = steps.iter().map(|(cell, _)| *cell);
        let taken = taken.filter(|cell| !self.hidden[*cell]).collect();
        self.keep(need, steps).then_some(taken)
    }

    /// Keeps a move as a proof, if it is one.
    fn keep(&mut self, need: &Need, steps: Vec<(CellId, f64)>) -> bool {
        let quantities = 0..self.rooms.len();
        let found = Move {
            worth: quantities
                .map(|quantity| self.worth(quantity, &steps))
                .collect(),
            singles: steps
                .iter()
                .filter_map(|(cell, _)| self.single[*cell])
                .collect(),
            alive: true,
            steps,
        };
        if found.reach(need) < need.by * (1.0 - CLOSE) {
            return false;
        }
        let place = self.moves.len();
        for (cell, _) in &found.steps {
            self.touching[*cell].push(place);
        }
        self.moves.push(found);
        true
    }

    fn worth(&self, quantity: usize, steps: &[(CellId, f64)]) -> Option<Worth> {
        let rooms = &self.rooms[quantity];
        let mut alone = steps.iter().map(|(cell, _)| *cell);
        let mut alone = alone.by_ref().filter(|cell| !rooms.covers[*cell]);
        let only = alone.next();
        if only.is_some_and(|only| !rooms.open[only]) || alone.next().is_some() {
            return None;
        }
        let agrees = self.agrees(quantity, steps);
        agrees.then(|| Worth {
            forth: rooms.scale(steps, 1.0),
            back: rooms.scale(steps, -1.0),
            only,
        })
    }

    /// Whether every relation still holds after a move.
    fn agrees(&self, quantity: usize, steps: &[(CellId, f64)]) -> bool {
        let mut sums: Vec<(usize, f64, f64)> = Vec::new();
        for (cell, step) in steps {
            for place in self.tables.around(*cell) {
                let relation = &self.tables.relations()[*place];
                if relation.holds_of(quantity) {
                    let sign = if relation.total == *cell { -1.0 } else { 1.0 };
                    sums.push((*place, sign * step, step.abs()));
                }
            }
        }
        sums.sort_by_key(|(place, ..)| *place);
        sums.chunk_by(|(a, ..), (b, ..)| a == b).all(|row| {
            let sum: f64 = row.iter().map(|(_, step, _)| step).sum();
            let size: f64 = row.iter().map(|(.., size)| size).sum();
            sum.abs() <= size * CLOSE
        })
    }

    /// Allowed cells around a need, those that cost least to reach first, and whether these are all.
    fn near(
        &self,
        need: &Need,
        allowed: &dyn Fn(CellId) -> bool,
        most: usize,
    ) -> (Vec<CellId>, bool) {
        let tables = self.tables;
        let mut crossed = vec![false; tables.relations().len()];
        let mut reached = vec![f64::INFINITY; tables.cells().len()];
        let mut next = BinaryHeap::from([Reached(0.0, need.cell)]);
        reached[need.cell] = 0.0;
        let mut found = Vec::new();
        while let Some(Reached(cost, cell)) = next.pop() {
            if cost > reached[cell] {
                continue;
            }
            if cell != need.cell {
                if found.len() == most {
                    return (found, false);
                }
                found.push(cell);
            }
            for place in tables.around(cell) {
                let relation = &tables.relations()[*place];
                if crossed[*place] || !relation.holds_of(need.quantity) {
                    continue;
                }
                // Whoever comes first to a relation comes cheapest to all its cells.
                crossed[*place] = true;
                for other in relation.cells() {
                    let step = if self.hidden[other] {
                        HIDDEN
                    } else {
                        self.costs[other]
                    };
                    if cost + step < reached[other] && allowed(other) {
                        reached[other] = cost + step;
                        next.push(Reached(cost + step, other));
                    }
                }
            }
        }
        (found, true)
    }

    /// The cheapest way for these cells to make up for the move that a need asks, in units of it.
    fn program(&self, need: &Need, cells: &[CellId]) -> Program {
        let tables = self.tables;
        let rooms = &self.rooms[need.quantity];
        let column = |cell: &CellId| {
            let (up, down) = (rooms.up[*cell] / need.by, rooms.down[*cell] / need.by);
            let cost = if self.hidden[*cell] {
                HIDDEN
            } else {
                // A cell too small to make up for the whole is as hidden as if it did.
                self.costs[*cell] / up.max(down).clamp(1e-3, 1.0)
            };
            Column {
                cost,
                up: up.min(FAR),
                down: down.min(FAR),
            }
        };
        let mut row_of = HashMap::new();
        let mut rows: Vec<Row> = Vec::new();
        let mut add = |cell: CellId, column: Option<usize>| {
            for place in tables.around(cell) {
                let relation = &tables.relations()[*place];
                if !relation.holds_of(need.quantity) {
                    continue;
                }
                let row = *row_of.entry(*place).or_insert(rows.len());
                if row == rows.len() {
                    rows.push(Row::default());
                }
                let sign = if relation.total == cell { -1.0 } else { 1.0 };
                match column {
                    Some(column) => rows[row].terms.push((column, sign)),
                    None if need.above => rows[row].side = -sign,
                    None => rows[row].side = sign,
                }
            }
        };
        add(need.cell, None);
        for (column, cell) in cells.iter().enumerate() {
            add(*cell, Some(column));
        }
        Program {
            columns: cells.iter().map(column).collect(),
            rows,
        }
    }

    /// Forgets the moves that need this cell hidden, and tells which cells they served.
    pub(crate) fn forget(&mut self, cell: CellId) -> Forgotten {
        let mut forgotten = Forgotten::default();
        for place in &self.touching[cell] {
            let found = &mut self.moves[*place];
            if std::mem::take(&mut found.alive) {
                forgotten.moves.push(*place);
                forgotten
                    .served
                    .extend(found.steps.iter().map(|(cell, _)| *cell));
            }
        }
        forgotten.served.sort_unstable();
        forgotten.served.dedup();
        forgotten
    }

    /// Takes them back.
    pub(crate) fn recall(&mut self, forgotten: &Forgotten) {
        for place in &forgotten.moves {
            self.moves[*place].alive = true;
        }
    }

    /// Proves a need without any program: one of the smallest parts of the figure changes, and all
    /// that it is a part of. Tells what has to be hidden for that, which is often a total.
    pub(crate) fn lift(&mut self, need: &Need) -> Option<Vec<CellId>> {
        let by = if need.above { need.by } else { -need.by };
        let lifted = self.lifted(need);
        let steps = lifted.iter().map(|cell| (*cell, by)).collect();
        let open = |cell: CellId| !self.hidden[cell];
        let taken = lifted.into_iter().filter(|cell| open(*cell)).collect();
        self.keep(need, steps).then_some(taken)
    }

    /// Proves a need where everything around is hidden: all figures grow or shrink together.
    pub(crate) fn scale(&mut self, need: &Need) {
        let value = |cell: CellId| self.tables.amount(cell, need.quantity).value;
        let own = value(need.cell);
        let (mut cells, _) = self.near(need, &|_| true, usize::MAX);
        cells.push(need.cell);
        cells.retain(|cell| value(*cell) != 0.0);
        if own != 0.0 && cells.iter().all(|cell| self.hidden[*cell]) {
            let by = if need.above { need.by } else { -need.by };
            let steps = cells.into_iter().map(|cell| (cell, value(cell) / own * by));
            let steps = steps.collect();
            self.keep(need, steps);
        }
    }

    /// The largest of the smallest parts of a cell, and all that this is a part of.
    fn lifted(&self, need: &Need) -> Vec<CellId> {
        let value = |cell: CellId| self.tables.amount(cell, need.quantity).value;
        let relations = |cell: CellId| {
            let of = self.tables.around(cell).iter();
            let of = of.map(|place| &self.tables.relations()[*place]);
            of.filter(|relation| relation.holds_of(need.quantity))
        };
        let mut part = need.cell;
        // Nothing is a part of itself: this ends, or stops where it would go round.
        for _ in self.tables.cells() {
            let mut below = relations(part).filter(|relation| relation.total == part);
            let parts = below
                .next()
                .into_iter()
                .flat_map(|relation| &relation.parts);
            let Some(next) = parts
                .copied()
                .max_by(|a, b| value(*a).total_cmp(&value(*b)))
            else {
                break;
            };
            part = next;
        }
        let mut lifted = vec![part];
        let mut next = 0;
        while let Some(cell) = lifted.get(next).copied() {
            next += 1;
            for relation in relations(cell) {
                if !lifted.contains(&relation.total) {
                    lifted.push(relation.total);
                }
            }
        }
        lifted
    }
}

/// Moves set aside, and the cells whose proofs they were.
#[derive(Debug, Default)]
pub(crate) struct Forgotten {
    moves: Vec<usize>,
    pub served: Vec<CellId>,
}

/// A cell and what it cost to reach it; the cheapest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reached(f64, CellId);

impl Eq for Reached {}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_cost = other.0.total_cmp(&self.0);
        by_cost.then(other.1.cmp(&self.1))
    }
}

impl Move {
    /// How far this move, or its opposite, takes a need's figure in its direction.
    fn reach(&self, need: &Need) -> f64 {
        let mut steps = self.steps.iter();
        let step = steps.find(|(cell, _)| *cell == need.cell);
        let worth = self.worth.get(need.quantity).copied().flatten();
        let (Some((cell, step)), Some(worth)) = (step, worth) else {
            return 0.0;
        };
        if worth.only.is_some_and(|only| only != *cell) {
            return 0.0;
        }
        let step = if need.above { *step } else { -*step };
        if step > 0.0 {
            step * worth.forth
        } else {
            -step * worth.back
        }
    }
}

impl Rooms {
    fn new(tables: &Tables, rule: &Rule, quantity: usize) -> Self {
        let count = tables.cells().len();
        let kind = tables.kind(quantity);
        let amount = |cell| tables.amount(cell, quantity);
        let empty = |cell: CellId| rule.empty == Empty::Shown && tables.cells()[cell].is_empty();
        let down = |cell| match kind {
            Kind::Signed => f64::INFINITY,
            Kind::NonNegative | Kind::Distinct => amount(cell).value,
        };
        let mut rooms = Self {
            up: vec![f64::INFINITY; count],
            down: (0..count).map(down).collect(),
            covers: (0..count)
                .map(|cell| amount(cell).known == Known::No && !empty(cell))
                .collect(),
            open: (0..count)
                .map(|cell| amount(cell).known != Known::Now && !empty(cell))
                .collect(),
        };
        if kind == Kind::Distinct {
            rooms.keep_apart(tables, quantity);
        }
        rooms
    }

    /// A total of different things is at least each of its parts: parts rise, and their total
    /// falls, by half of what is between them at most. (Where the total is the plain sum of the
    /// parts, this holds by itself.)
    fn keep_apart(&mut self, tables: &Tables, quantity: usize) {
        let value = |cell: CellId| tables.amount(cell, quantity).value;
        for relation in tables.relations() {
            let total = value(relation.total);
            let sum: f64 = relation.parts.iter().map(|part| value(*part)).sum();
            if !relation.holds_of(quantity) || (sum - total).abs() <= total * CLOSE {
                continue;
            }
            for part in &relation.parts {
                let half = (total - value(*part)).max(0.0) / 2.0;
                self.up[*part] = self.up[*part].min(half);
                self.down[relation.total] = self.down[relation.total].min(half);
            }
        }
    }

    /// How many times a move in this direction fits.
    fn scale(&self, steps: &[(CellId, f64)], direction: f64) -> f64 {
        let fits = steps.iter().map(|(cell, step)| {
            let step = step * direction;
            let room = if step > 0.0 {
                self.up[*cell]
            } else {
                self.down[*cell]
            };
            room / step.abs()
        });
        fits.fold(FAR, f64::min)
    }
}

/// Small cells before large ones, and any before totals: the logarithm of the units, four times as
/// dear for each relation that the cell is the total of. What is never shown costs nothing.
fn cost(tables: &Tables, cell: CellId) -> f64 {
    let height = i32::try_from(tables.height(cell))
        .unwrap_or(i32::MAX)
        .min(5);
    let units = tables.cells()[cell].units;
    (1.0 + (1.0 + units as f64).ln()) * 4.0_f64.powi(height)
}

/// By cell, the unit that is alone in it, named by the first cell that is known to be its own: a
/// total of one unit and its part of one unit are of the same.
fn singles(tables: &Tables) -> Vec<Option<CellId>> {
    let cells = tables.cells().iter().enumerate();
    let mut single: Vec<Option<CellId>> = cells
        .map(|(id, cell)| (cell.contributors.unwrap_or(cell.units) == 1).then_some(id))
        .collect();
    loop {
        let before = single.clone();
        for relation in tables.relations() {
            if single[relation.total].is_some() {
                let first = relation.cells().filter_map(|cell| single[cell]).min();
                for cell in relation.cells().filter(|cell| before[*cell].is_some()) {
                    single[cell] = first;
                }
            }
        }
        if single == before {
            return single;
        }
    }
}
