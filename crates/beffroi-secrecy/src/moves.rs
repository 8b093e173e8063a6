//! Proofs: a [`Move`] is another set of hidden figures that agrees with everything shown.
//!
//! What an attacker cannot exclude is a convex set, so one move that lifts a figure far enough proves
//! that its upper bound is at least there; the same move scaled, turned round, or made in another
//! quantity that has the same relations, proves more. A proof stays valid when more is hidden. It is
//! checked by plain arithmetic, whoever found it.

use crate::{
    lattice::Choices,
    needs::Need,
    program::{Column, Outcome, Program, Row},
    rule::{Empty, Rule},
    tables::{Cell, CellId, Kind, Known, Tables},
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

/// Steps that keep every relation, and what they prove.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Move {
    steps: Vec<(CellId, f64)>,
    /// The units that are alone in a cell among them, by their first cell, in order: such a unit
    /// knows its own figure, and sees through the move.
    singles: Vec<CellId>,
    /// What it is worth in each quantity; nothing where it cannot be made.
    worth: Vec<Option<Worth>>,
    alive: bool,
}
#[derive(Debug, Clone, Copy, PartialEq)]
struct Worth {
    /// How many times the move, and the opposite one, can be made.
    forth: f64,
    back: f64,
    /// The only cell it serves: one that moves, but protects nobody else.
    only: Option<CellId>,
}

/// What a need still lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Any move that goes far enough.
    Move,
    /// One in which no cell of these units moves, which may be one and the same.
    MoveWithout(Vec<CellId>),
}

impl Lack {
    fn without(&self) -> &[CellId] {
        match self {
            Self::Move => &[],
            Self::MoveWithout(units) => units,
        }
    }
}

/// What came of looking for a move.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sought {
    /// Found; its cells have to be hidden for it.
    Found(Move),
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
    /// By such a unit, the others that may be the same, in order.
    alike: HashMap<CellId, Vec<CellId>>,
    /// Never shown, or hidden so far.
    pub hidden: Vec<bool>,
    moves: Vec<Move>,
    /// By cell, the moves it is in, with its own step.
    touching: Vec<Vec<(usize, f64)>>,
    /// The sizes of all programs so far, columns by rows, and the cells looked at.
    pub spent: usize,
    /// Kept between searches, so that each costs what it looks at.
    reached: Marks,
    crossed: Marks,
}

/// Numbers by place, which are all forgotten at once.
#[derive(Debug, Default)]
struct Marks {
    of: Vec<(u32, f64)>,
    now: u32,
}

impl Marks {
    fn forget(&mut self, count: usize) {
        self.now = self.now.wrapping_add(1);
        if self.of.len() != count || self.now == 0 {
            self.of = vec![(0, 0.0); count];
            self.now = 1;
        }
    }

    fn get(&self, place: usize) -> Option<f64> {
        let (when, number) = self.of.get(place)?;
        (*when == self.now).then_some(*number)
    }

    fn set(&mut self, place: usize, number: f64) {
        if let Some(mark) = self.of.get_mut(place) {
            *mark = (self.now, number);
        }
    }
}

/// What a hidden cell costs when it moves: next to nothing, so that short ways are preferred.
const HIDDEN: f64 = 1e-3;
/// Moves below this share of the largest are noise of the solver.
const NOISE: f64 = 1e-7;
/// What rows and bounds are held to, relative to what they add up.
const CLOSE: f64 = 1e-6;
/// What looking at a corner of a cube takes, where a cell of a program is one.
const LOOK: usize = 4;
/// Nothing needs to move further than this many times what is needed.
const FAR: f64 = 1e5;

impl<'t> Proofs<'t> {
    pub(crate) fn new(tables: &'t Tables, rule: &Rule, hidden: Vec<bool>) -> Self {
        let quantities = 0..=tables.units();
        let cells = tables.cells();
        let single = singles(tables);
        Self {
            rooms: quantities
                .map(|quantity| Rooms::new(tables, rule, quantity))
                .collect(),
            costs: (0..cells.len()).map(|cell| cost(tables, cell)).collect(),
            alike: alike(tables, &single),
            single,
            hidden,
            moves: Vec::new(),
            touching: vec![Vec::new(); cells.len()],
            spent: 0,
            reached: Marks::default(),
            crossed: Marks::default(),
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
    pub(crate) fn lacks(&mut self, need: &Need) -> Option<Lack> {
        let own = self.single[need.cell];
        // What someone knows is a part of what it stands in: it bounds that from below whatever is
        // hidden. And who is alone does not know it: the number of units is no figure of theirs.
        let seen_through = need.above && need.quantity != self.tables.units();
        // Whoever sees through all moves so far: a unit, or several that may be the same.
        let mut seeing: Option<Vec<Vec<CellId>>> = None;
        for (place, step) in self.touching[need.cell].iter().rev() {
            self.spent += 1;
            let found = &self.moves[*place];
            if !found.alive || found.reach(need, *step) < need.by * (1.0 - CLOSE) {
                continue;
            }
            let singles = found.singles.iter().copied();
            let others = singles.filter(|single| seen_through && own != Some(*single));
            let still: Vec<Vec<CellId>> = match seeing {
                None => others.map(|single| vec![single]).collect(),
                Some(before) => {
                    self.spent += before.len();
                    let mut still = Vec::new();
                    for units in before {
                        if units
                            .iter()
                            .any(|unit| found.singles.binary_search(unit).is_ok())
                        {
                            still.push(units);
                        } else {
                            let same = others.clone().filter(|it| self.may_be_all(&units, *it));
                            still.extend(same.map(|it| [units.as_slice(), &[it]].concat()));
                        }
                    }
                    still
                }
            };
            if still.is_empty() {
                return None;
            }
            seeing = Some(still);
        }
        let first = seeing.and_then(|seeing| seeing.into_iter().next());
        Some(first.map_or(Lack::Move, Lack::MoveWithout))
    }

    fn may_be_all(&self, units: &[CellId], other: CellId) -> bool {
        let alike = self.alike.get(&other);
        alike.is_some_and(|alike| units.iter().all(|unit| alike.binary_search(unit).is_ok()))
    }

    /// Looks for the cheapest move that gives what a need lacks, among at most `most` cells around
    /// it.
    pub(crate) fn seek(&mut self, need: &Need, lack: &Lack, among: Among, most: usize) -> Sought {
        let without = lack.without();
        let (cells, all) = self.near(need, most, |proofs, cell| {
            proofs.rooms[need.quantity].covers[cell]
                && !proofs.single[cell].is_some_and(|unit| without.contains(&unit))
                && proofs.is_among(among, cell)
        });
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
        let found = self.checked(need, steps);
        found.map_or(Sought::None(false), Sought::Found)
    }

    fn is_among(&self, among: Among, cell: CellId) -> bool {
        match among {
            Among::HiddenBut(this) => self.hidden[cell] && cell != this,
            Among::All => true,
        }
    }

    /// Looks for a move made of cubes, as many as it takes for its cells to have room.
    pub(crate) fn cube(
        &mut self,
        need: &Need,
        lack: &Lack,
        among: Among,
        choices: Choices,
    ) -> Option<Move> {
        let lattice = self.tables.lattice()?;
        let without = lack.without();
        let rooms = self.rooms.get(need.quantity)?;
        let seen_through = need.above && need.quantity != self.tables.units();
        let mut looked = 0;
        // Steps so far, up and down.
        let mut steps: HashMap<CellId, f64> = HashMap::new();
        let mut left = need.by;
        for _ in 0..choices.cubes {
            // What is added when the figure rises is taken when it falls.
            let room = |cell: CellId, added: bool| {
                let step = match steps.is_empty() {
                    true => 0.0,
                    false => steps.get(&cell).copied().unwrap_or(0.0),
                };
                if added == need.above {
                    rooms.up[cell] - step
                } else {
                    rooms.down[cell] + step
                }
            };
            let least = left.min(need.by / choices.cubes as f64) * (1.0 - CLOSE);
            let price = |cell: CellId, added: bool| -> Option<f64> {
                if cell != need.cell {
                    let sees = self.single[cell].is_some_and(|unit| without.contains(&unit));
                    if !rooms.covers[cell] || sees || !self.is_among(among, cell) {
                        return None;
                    }
                }
                let room = room(cell, added);
                if room < least {
                    return None;
                }
                // Of hidden ones, those with more room, and those that nobody sees through.
                let mut narrow = HIDDEN * (left / room).min(1.0);
                if seen_through && self.single[cell].is_some() {
                    narrow += HIDDEN;
                }
                let moves = cell == need.cell || self.hidden[cell] || steps.contains_key(&cell);
                Some(if moves {
                    HIDDEN + narrow
                } else {
                    self.costs[cell] + narrow
                })
            };
            let Some(cube) = lattice.cube(need.cell, choices, &price, &mut looked) else {
                break;
            };
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
        self.spent += looked * LOOK;
        if left > need.by * CLOSE {
            return None;
        }
        let mut steps: Vec<(CellId, f64)> = steps.into_iter().collect();
        steps.sort_by_key(|(cell, _)| *cell);
        self.tie(&mut steps, lattice.len());
        steps.retain(|(_, step)| step.abs() > need.by * NOISE);
        self.checked(need, steps)
    }

    /// The sums of ties move with what they are the sums of.
    fn tie(&self, steps: &mut Vec<(CellId, f64)>, keyed: usize) {
        let mut sums: Vec<(CellId, usize, f64)> = Vec::new();
        for (cell, step) in steps.iter() {
            for place in self.tables.around(*cell) {
                let total = self.tables.relations()[*place].total;
                if total >= keyed {
                    sums.push((total, *place, *step));
                }
            }
        }
        sums.sort_by_key(|(total, place, _)| (*total, *place));
        // Either side tells: whether both tell the same is seen when the move is kept.
        for sum in sums.chunk_by(|(a, ..), (b, ..)| a == b) {
            let side = sum.chunk_by(|(_, a, _), (_, b, _)| a == b).next();
            let side = side.into_iter().flatten();
            if let Some((total, ..)) = sum.first() {
                steps.push((*total, side.map(|(.., step)| step).sum()));
            }
        }
    }

    /// A move, if it proves a need once its cells are hidden.
    fn checked(&self, need: &Need, steps: Vec<(CellId, f64)>) -> Option<Move> {
        let quantities = 0..self.rooms.len();
        let singles = steps.iter().filter_map(|(cell, _)| self.single[*cell]);
        let mut singles: Vec<CellId> = singles.collect();
        singles.sort_unstable();
        singles.dedup();
        let found = Move {
            worth: quantities
                .map(|quantity| self.worth(quantity, &steps))
                .collect(),
            singles,
            alive: true,
            steps,
        };
        let mut own = found.steps.iter().filter(|(cell, _)| *cell == need.cell);
        let reach = own.next().map_or(0.0, |(_, step)| found.reach(need, *step));
        (reach >= need.by * (1.0 - CLOSE)).then_some(found)
    }

    /// Hides the cells of a move, and keeps it as a proof.
    pub(crate) fn keep(&mut self, found: Move) {
        for (cell, step) in &found.steps {
            self.hidden[*cell] = true;
            self.touching[*cell].push((self.moves.len(), *step));
        }
        self.spent += found.steps.len();
        self.moves.push(found);
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
        &mut self,
        need: &Need,
        most: usize,
        allowed: impl Fn(&Self, CellId) -> bool,
    ) -> (Vec<CellId>, bool) {
        let tables = self.tables;
        let mut crossed = std::mem::take(&mut self.crossed);
        let mut reached = std::mem::take(&mut self.reached);
        crossed.forget(tables.relations().len());
        reached.forget(tables.cells().len());
        let mut next = BinaryHeap::from([Reached(0.0, need.cell)]);
        reached.set(need.cell, 0.0);
        let mut found = Vec::new();
        let mut all = true;
        let mut looked = 0;
        while let Some(Reached(cost, cell)) = next.pop() {
            if reached.get(cell).is_some_and(|least| cost > least) {
                continue;
            }
            if cell != need.cell {
                if found.len() == most {
                    all = false;
                    break;
                }
                found.push(cell);
            }
            for place in tables.around(cell) {
                let relation = &tables.relations()[*place];
                if crossed.get(*place).is_some() || !relation.holds_of(need.quantity) {
                    continue;
                }
                // Whoever comes first to a relation comes cheapest to all its cells.
                crossed.set(*place, 0.0);
                looked += relation.parts.len();
                for other in relation.cells() {
                    let step = if self.hidden[other] {
                        HIDDEN
                    } else {
                        self.costs[other]
                    };
                    let nearer = reached.get(other).is_none_or(|least| cost + step < least);
                    if nearer && allowed(self, other) {
                        reached.set(other, cost + step);
                        next.push(Reached(cost + step, other));
                    }
                }
            }
        }
        self.crossed = crossed;
        self.reached = reached;
        self.spent += looked;
        (found, all)
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
        for (place, _) in &self.touching[cell] {
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
    /// that it is a part of, which is often a total.
    pub(crate) fn lift(&self, need: &Need) -> Option<Move> {
        let by = if need.above { need.by } else { -need.by };
        let lifted = self.lifted(need);
        let steps = lifted.iter().map(|cell| (*cell, by)).collect();
        self.checked(need, steps)
    }

    /// Proves a need where everything around is hidden: all figures grow or shrink together.
    pub(crate) fn scale(&mut self, need: &Need) -> Option<Move> {
        let tables = self.tables;
        let value = |cell: CellId| tables.amount(cell, need.quantity).value;
        let own = value(need.cell);
        let (mut cells, _) = self.near(need, usize::MAX, |_, _| true);
        cells.push(need.cell);
        cells.retain(|cell| value(*cell) != 0.0);
        if own == 0.0 || !cells.iter().all(|cell| self.hidden[*cell]) {
            return None;
        }
        let by = if need.above { need.by } else { -need.by };
        let steps = cells.into_iter().map(|cell| (cell, value(cell) / own * by));
        self.checked(need, steps.collect())
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
    /// How far this move, or its opposite, takes a need's figure in its direction, where it moves
    /// by `step`.
    fn reach(&self, need: &Need, step: f64) -> f64 {
        let Some(worth) = self.worth.get(need.quantity).copied().flatten() else {
            return 0.0;
        };
        if worth.only.is_some_and(|only| only != need.cell) {
            return 0.0;
        }
        let step = if need.above { step } else { -step };
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
        let mut rooms = Self {
            up: vec![f64::INFINITY; count],
            down: (0..count)
                .map(|cell| amount(cell).room_below(kind))
                .collect(),
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
    let cells = tables.cells();
    let is_alone = |cell: &Cell| cell.contributors.unwrap_or(cell.units) == 1;
    let alone = |(id, cell): (CellId, &Cell)| is_alone(cell).then_some(id);
    let mut single: Vec<Option<CellId>> = cells.iter().enumerate().map(alone).collect();
    // Whoever is alone in a cell that holds another one is alone in that one too.
    let held: Vec<(CellId, CellId)> = match tables.lattice() {
        Some(lattice) => (0..cells.len())
            .filter(|cell| is_alone(&cells[*cell]))
            .flat_map(|cell| {
                lattice
                    .above(cell)
                    .into_iter()
                    .map(move |above| (cell, above))
            })
            .collect(),
        None => Vec::new(),
    };
    loop {
        let before = single.clone();
        for (cell, above) in &held {
            if single[*above].is_some() {
                let first = single[*cell].min(single[*above]);
                single[*cell] = first;
                single[*above] = first;
            }
        }
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

/// By unit that is alone in a cell, the others that may be the same: no cell tells whether it is the
/// same row by which each is alone, in cells of different tables.
fn alike(tables: &Tables, single: &[Option<CellId>]) -> HashMap<CellId, Vec<CellId>> {
    let mut alike: HashMap<CellId, Vec<CellId>> = HashMap::new();
    let Some(lattice) = tables.lattice() else {
        return alike;
    };
    let cells = 0..single.len();
    let cells: Vec<CellId> = cells.filter(|cell| single[*cell].is_some()).collect();
    let peopled = |cell: CellId| !tables.cells()[cell].is_empty();
    for [first, second] in lattice.overlapping(&cells, &peopled) {
        if let (Some(first), Some(second)) = (single[first], single[second])
            && first != second
        {
            alike.entry(first).or_default().push(second);
            alike.entry(second).or_default().push(first);
        }
    }
    for others in alike.values_mut() {
        others.sort_unstable();
        others.dedup();
    }
    alike
}
