//! The quantities that figures under secrecy are worked out from, and the leaves that give them.

use crate::{
    formula::{Leaf, Split},
    sums::{LeafColumn, Values},
};
use beffroi_catalog::{Aggregate, BinaryOp, Expr, Function, Indicator, OverTime};
use beffroi_model::ColumnId;
use beffroi_secrecy::Slice;
use roaring::RoaringBitmap;

/// What is taken of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// What it adds up to.
    Sum,
    /// How many different values it has.
    Different,
    /// How many values it has.
    Values,
    /// How many it should have.
    Expected,
}

/// A quantity: what is taken of a leaf, and how it cumulates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// The place of the leaf among [`Quantities::leaves`].
    pub leaf: usize,
    /// That of the leaf which adds up the units behind it, where some may bring nothing.
    pub behind: Option<usize>,
    pub take: Take,
    /// Whether a period is worth its last reading.
    pub stock: bool,
    /// What tells it from all others, whatever else is declared.
    pub definition: String,
}

/// All quantities of a dataset.
#[derive(Debug)]
pub(super) struct Quantities {
    /// The units of a row.
    of_row: Expr,
    /// The columns that count units themselves, some of those of the row (women among staff).
    counts: Vec<ColumnId>,
    /// The leaves that are read, without filters.
    pub leaves: Vec<Leaf>,
    pub taken: Vec<Taken>,
    /// The conditions of measures (`filter (where …)`), by their canonical texts.
    pub filters: Vec<(String, Expr)>,
}

impl Quantities {
    /// What the measures of some indicators rest on.
    pub fn of<'a>(
        measures: impl Iterator<Item = (&'a Indicator, &'a Split)>,
        of_row: Expr,
        counts: Vec<ColumnId>,
    ) -> Self {
        let mut all = Self {
            of_row,
            counts,
            leaves: Vec::new(),
            taken: Vec::new(),
            filters: Vec::new(),
        };
        for (indicator, split) in measures {
            for leaf in &split.leaves {
                all.add(leaf, indicator.over_time);
            }
        }
        all
    }

    fn add(&mut self, leaf: &Leaf, over_time: OverTime) {
        if let Some(filter) = &leaf.filter {
            let text = filter.to_string();
            if self.filters.iter().all(|(known, _)| *known != text) {
                self.filters.push((text, filter.clone()));
            }
        }
        let stock = over_time == OverTime::Last;
        let of = leaf.of.as_ref();
        match leaf.function {
            Aggregate::Sum | Aggregate::Avg => self.take(Aggregate::Sum, of, Take::Sum, stock),
            // The mean of several readings is no sum of theirs: each is shown by itself.
            Aggregate::CountDistinct => {
                let stock = over_time != OverTime::Sum;
                self.take(Aggregate::CountDistinct, of, Take::Different, stock);
            }
            Aggregate::Count | Aggregate::Median | Aggregate::Quantile(_) => {}
            // Never shown.
            Aggregate::Min | Aggregate::Max | Aggregate::First | Aggregate::Last => return,
        }
        // How much of it was there is shown beside.
        for take in [Take::Values, Take::Expected] {
            self.take(Aggregate::Count, of, take, stock);
        }
    }

    fn take(&mut self, function: Aggregate, of: Option<&Expr>, take: Take, stock: bool) {
        let leaf = plain(function, of.cloned());
        let behind = of.map(|of| self.behind(of, take));
        let over = if stock { " last" } else { "" };
        let of = of.map_or("*".to_owned(), Expr::to_string);
        let definition = format!("{take:?}({of}){over}");
        if self
            .taken
            .iter()
            .any(|known| known.definition == definition)
        {
            return;
        }
        if take == Take::Sum {
            // Beside it, the same without signs.
            self.leaf(size_of(&leaf));
        }
        let leaf = self.leaf(leaf);
        let behind = behind.map(|behind| self.leaf(behind));
        self.taken.push(Taken {
            leaf,
            behind,
            take,
            stock,
            definition,
        });
    }

    /// Adds up the units of the rows that bring something to a quantity.
    fn behind(&self, of: &Expr, take: Take) -> Leaf {
        if let (Expr::Column(column), Take::Sum) = (of, take)
            && self.counts.contains(column)
        {
            return plain(Aggregate::Sum, Some(of.clone()));
        }
        let brings = match take {
            Take::Sum => Expr::Binary {
                op: BinaryOp::NotEqual,
                left: Box::new(of.clone()),
                right: Box::new(Expr::Number(0.0)),
            },
            Take::Different | Take::Values | Take::Expected => Expr::IsNull {
                of: Box::new(of.clone()),
                negated: true,
            },
        };
        let units = Expr::Case {
            when: vec![(brings, self.of_row.clone())],
            otherwise: Some(Box::new(Expr::Number(0.0))),
        };
        plain(Aggregate::Sum, Some(units))
    }

    /// The place of a leaf, which is read from now on.
    pub fn leaf(&mut self, leaf: Leaf) -> usize {
        let known = self.leaves.iter().position(|known| *known == leaf);
        known.unwrap_or_else(|| {
            self.leaves.push(leaf);
            self.leaves.len() - 1
        })
    }

    /// The place of the sum without signs beside that of a leaf.
    pub fn size(&self, leaf: usize) -> Option<usize> {
        let beside = size_of(self.leaves.get(leaf)?);
        self.leaves.iter().position(|known| *known == beside)
    }

    /// The quantity that a leaf of a measure shows.
    pub fn shown_by(&self, leaf: &Leaf, take: Take, stock: bool) -> Option<usize> {
        let function = match take {
            Take::Sum => Aggregate::Sum,
            Take::Different => Aggregate::CountDistinct,
            Take::Values | Take::Expected => Aggregate::Count,
        };
        let wanted = plain(function, leaf.of.clone());
        let place = self.leaves.iter().position(|known| *known == wanted)?;
        let is = |taken: &Taken| (taken.leaf, taken.take, taken.stock) == (place, take, stock);
        self.taken.iter().position(is)
    }

    /// Whether everything is worth its last reading.
    pub fn only_stocks(&self) -> bool {
        !self.taken.is_empty() && self.taken.iter().all(|taken| taken.stock)
    }
}

/// A leaf of all rows.
pub(super) fn plain(function: Aggregate, of: Option<Expr>) -> Leaf {
    Leaf {
        function,
        of,
        filter: None,
    }
}

fn size_of(leaf: &Leaf) -> Leaf {
    let args = leaf.of.iter().cloned().collect();
    let of = Expr::Call {
        function: Function::Abs,
        args,
    };
    plain(leaf.function, Some(of))
}

/// The rows that a leaf of a measure is about.
pub(super) fn slice(leaf: &Leaf) -> Slice {
    match &leaf.filter {
        Some(filter) => Slice::Kept(filter.to_string()),
        None => Slice::Whole,
    }
}

/// What a leaf adds up to in a group, as a float.
#[allow(
    clippy::cast_precision_loss,
    reason = "bounds are judged with far fewer digits"
)]
pub(super) fn value(column: &LeafColumn, group: usize, take: Take) -> f64 {
    let at = |counts: &[i64]| counts.get(group).copied().unwrap_or(0);
    match take {
        Take::Values => at(&column.values) as f64,
        Take::Expected => {
            (at(&column.rows) - column.not_applicable.as_deref().map_or(0, at)) as f64
        }
        Take::Different => 0.0,
        Take::Sum if at(&column.values) == 0 => 0.0,
        Take::Sum => match &column.out {
            Values::Exact { scale, values } => {
                let value = values.get(group).copied().unwrap_or(0);
                value as f64 / 10_f64.powi(i32::from(*scale))
            }
            Values::Float(values) => values.get(group).copied().unwrap_or(0.0),
            _ => 0.0,
        },
    }
}

/// The different values of a group.
pub(super) fn different(column: &LeafColumn, group: usize) -> Option<&RoaringBitmap> {
    match &column.out {
        Values::Distinct(sets) => sets.get(group).map(|set| set.numbers()),
        _ => None,
    }
}
