//! Linear programs, solved by `microlp`: the only place that names it.

use std::time::Duration;

/// One unknown: how far a figure moves, up or down, and what each unit of it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Column {
    pub cost: f64,
    /// How far it may rise.
    pub up: f64,
    /// How far it may fall.
    pub down: f64,
}

/// Moves that keep every row at its right-hand side.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Program {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// Σ coefficient × move = side.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    pub terms: Vec<(usize, f64)>,
    pub side: f64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The moves of least cost.
    Moves(Vec<f64>),
    /// No moves keep the rows.
    Impossible,
    /// No answer that can be trusted, or not in time.
    Unknown,
}

/// A program stops then, whatever it has found. What decides is how many programs of which size are
/// asked for: this is for the one that never ends.
const PATIENCE: Duration = Duration::from_secs(10);

impl Program {
    /// The moves of least cost.
    pub(crate) fn solve(&self) -> Outcome {
        let mut problem = microlp::Problem::new(microlp::OptimizationDirection::Minimize);
        let mut variables = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let mut side =
                |room: f64| (room > 0.0).then(|| problem.add_var(column.cost, (0.0, room)));
            variables.push((side(column.up), side(column.down)));
        }
        for row in &self.rows {
            let mut terms = Vec::with_capacity(row.terms.len() * 2);
            for (column, coefficient) in &row.terms {
                let Some((up, down)) = variables.get(*column) else {
                    continue;
                };
                terms.extend(up.map(|up| (up, *coefficient)));
                terms.extend(down.map(|down| (down, -*coefficient)));
            }
            problem.add_constraint(terms, microlp::ComparisonOp::Eq, row.side);
        }
        let mut options = microlp::SolveOptions::default();
        options.time_limit = Some(PATIENCE);
        let solution = match problem.solve_with(options) {
            Ok(microlp::SolveOutcome::Solution(solution)) => solution,
            Err(microlp::Error::Infeasible) => return Outcome::Impossible,
            Ok(_) | Err(_) => return Outcome::Unknown,
        };
        let value = |variable: Option<microlp::Variable>| {
            variable.map_or(0.0, |variable| solution.var_value(variable))
        };
        let moves = variables.iter().map(|(up, down)| value(*up) - value(*down));
        Outcome::Moves(moves.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(terms: &[(usize, f64)], side: f64) -> Row {
        Row {
            terms: terms.to_vec(),
            side,
        }
    }

    #[test]
    fn the_cheapest_way_round_is_taken_and_an_impossible_one_told() {
        let column = |cost, up, down| Column { cost, up, down };
        let mut program = Program {
            columns: vec![
                column(5.0, 9.0, 9.0),
                column(1.0, 9.0, 0.5),
                column(2.0, 9.0, 9.0),
            ],
            rows: vec![row(&[(0, 1.0), (1, 1.0), (2, 1.0)], -1.0)],
        };
        let Outcome::Moves(moves) = program.solve() else {
            unreachable!("there is a way");
        };
        for (found, expected) in moves.iter().zip([0.0, -0.5, -0.5]) {
            assert!((found - expected).abs() < 1e-6, "{moves:?}");
        }
        program.rows.push(row(&[(0, 1.0)], 10.0));
        assert_eq!(program.solve(), Outcome::Impossible);
    }
}
