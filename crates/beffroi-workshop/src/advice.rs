//! What a statistician would say of an indicator before it is published, and which indicators to
//! offer before a twin is made.
//!
//! Each [`Advice`] follows an exact rule, told there: nobody is kept from publishing, and what the
//! catalog refuses by itself is not said again.

use crate::measure::{Calc, Simple, is_level, is_rate, is_rate_column, is_stock, over_time_of};
use crate::words::{telling, tells_flow, tells_persons};
use beffroi_catalog::{Aggregate, BinaryOp, Catalog, Dataset, Expr, Indicator, Measure, OverTime};
use beffroi_model::{
    Answer, ColumnId, ColumnType, DatasetId, DimensionId, Direction, Grain, IndicatorId, Period,
    Version, VersionColumn,
};
use beffroi_statistics::{
    Observation,
    anomaly::{level_break, outliers},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Below so many, a denominator makes a rate jump by more than three points for one.
pub const SMALL_DENOMINATOR: f64 = 30.0;
/// Below so many persons, a cell may tell of one of them.
pub const FEW_PERSONS: f64 = 11.0;
/// Below so many periods, no change can be told from chance.
pub const FEW_PERIODS: u32 = 3;
/// Above this share of cells without a value, the figure is not that of the whole.
pub const MUCH_MISSING: f64 = 0.1;

/// Something to think of before an indicator is published.
#[derive(Debug, Clone, PartialEq)]
pub enum Advice {
    /// A mean (`avg`) is taken of a column that is a rate by its unit, its id or its title: it gives
    /// the same weight to a small and to a large one.
    MeanOfRates {
        /// The column.
        column: ColumnId,
    },
    /// A column that is a stock by its name or unit is added up, and divided by nothing, with
    /// `over_time = "sum"`, while several of its readings make one main period.
    StockSummed {
        /// The column.
        column: ColumnId,
    },
    /// A sum or a difference of columns of which one says its unit and another does not, so that
    /// nothing checks that they are alike.
    MixedUnits {
        /// The one that says its unit.
        with: ColumnId,
        /// The one that does not.
        without: ColumnId,
    },
    /// A column of numbers enters the measure without saying its unit.
    UnitUnsaid {
        /// The column.
        column: ColumnId,
    },
    /// What a share, a ratio or a mean without filters divides by is under
    /// [`SMALL_DENOMINATOR`] in a main period: rows of the version, or the sum of a column of counts
    /// spread evenly over rows; of each member of its dimensions, rows on average.
    TinyDenominator {
        /// The smallest one.
        least: f64,
        /// How many main periods have one as small; all of them for a member.
        periods: u32,
        /// The member that has it; `None` for the whole town.
        member: Option<(DimensionId, String)>,
    },
    /// The dataset speaks of persons, and is under no statistical secrecy.
    SecrecyNeeded {
        /// By which one sees it.
        reason: Personal,
    },
    /// Another indicator says as much.
    SaysTheSame {
        /// The other one.
        other: IndicatorId,
        /// In what they are alike.
        how: Likeness,
    },
    /// A way is better (`direction`), and no value is voted.
    NoTarget,
    /// Nothing says how it is counted.
    NoMethod,
    /// A rate, or a figure with thresholds, of which nothing says which way is better.
    DirectionMissing,
    /// Fewer than [`FEW_PERIODS`] whole main periods have a figure (in the answer; else rows in the
    /// version).
    FewPeriods {
        /// How many have.
        periods: u32,
    },
    /// More than [`MUCH_MISSING`] of the cells it rests on have no value: of the answer, else of the
    /// columns of the version.
    MissingMuch {
        /// How many of them, from 0 to 1.
        share: f64,
    },
    /// It adds up over time otherwise than what it counts, while several readings make one main
    /// period: a flow, or rows that are dated events, that would be worth its last reading or a
    /// mean; a level that would be worth its last one.
    OverTimeUnlikely {
        /// As declared.
        declared: OverTime,
        /// As is likely.
        likely: OverTime,
    },
    /// A figure of the whole town that stands out (see [`beffroi_statistics::anomaly::outliers`]): an error
    /// of entry, or something to explain.
    StandsOut {
        /// When.
        period: Period,
        /// The figure.
        value: f64,
        /// What was to be expected.
        usual: f64,
    },
    /// The figures of the whole town change level (see [`beffroi_statistics::anomaly::level_break`]) where no
    /// break is declared within a year.
    LevelChanges {
        /// The first period of the new level.
        from: Period,
    },
}

/// By which one sees that a dataset speaks of persons.
#[derive(Debug, Clone, PartialEq)]
pub enum Personal {
    /// It has personal columns, so that a row is a person; rows are counted by a dimension.
    Columns(Vec<ColumnId>),
    /// A column of the measure counts persons by its name, and a cell of the version holds fewer
    /// than [`FEW_PERSONS`], and not none.
    FewInCell {
        /// The column.
        column: ColumnId,
        /// The smallest cell.
        least: f64,
    },
    /// The indicator counts persons by its words, and a figure of the answer is below
    /// [`FEW_PERSONS`], and not zero.
    FewInFigure {
        /// The smallest figure.
        least: f64,
    },
}

/// In what two indicators are alike; the first that holds is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Likeness {
    /// The same measure of the same dataset, the order of conditions aside.
    SameMeasure,
    /// The same calculation of the same dataset, conditions aside, in titles that share at least
    /// half of their words.
    SameUpToFilter,
    /// Titles of the same words.
    SameWords,
}

/// What is to be thought of, of an indicator as it would be published, with the version of its
/// dataset and an answer about it where there are.
#[must_use]
pub fn advise(
    catalog: &Catalog,
    indicator: &Indicator,
    version: Option<&Version>,
    answer: Option<&Answer>,
) -> Vec<Advice> {
    let mut told = Vec::new();
    if let Measure::Direct { dataset, expr, .. } = &indicator.measure
        && let Some(dataset) = catalog.datasets.get(dataset)
    {
        let at = Direct {
            indicator,
            dataset,
            expr,
            simple: Simple::from_expr(expr),
        };
        told.extend(at.columns());
        told.extend(at.over_time());
        told.extend(version.and_then(|version| at.tiny_denominator(version)));
        told.extend(at.secrecy(version, answer));
    }
    told.extend(twins(catalog, indicator));
    told.extend(declaration(indicator));
    told.extend(few_periods(indicator, version, answer));
    told.extend(missing(indicator, version, answer));
    told.extend(
        answer
            .into_iter()
            .flat_map(|answer| series(indicator, answer)),
    );
    told
}

/// An indicator of a dataset.
struct Direct<'a> {
    indicator: &'a Indicator,
    dataset: &'a Dataset,
    expr: &'a Expr,
    simple: Option<Simple>,
}

impl Direct<'_> {
    fn columns(&self) -> Vec<Advice> {
        let dataset = self.dataset;
        let mut told = Vec::new();
        for part in self.expr.aggregates() {
            let Expr::Aggregate { function, of, .. } = part else {
                continue;
            };
            let Some(of) = of.as_deref() else {
                continue;
            };
            if let (Aggregate::Avg, Expr::Column(column)) = (function, of)
                && is_rate_column(dataset, column)
                && !self.unit(column).is_some_and(is_level)
            {
                told.push(Advice::MeanOfRates {
                    column: column.clone(),
                });
            }
            let counts = matches!(function, Aggregate::Count | Aggregate::CountDistinct);
            for column in of.columns().into_iter().filter(|_| !counts) {
                let is_number = dataset.value_type(column.as_str());
                let is_number = is_number.is_some_and(|kind| kind.is_number());
                let advice = Advice::UnitUnsaid {
                    column: column.clone(),
                };
                if is_number && self.unit(column).is_none() && !told.contains(&advice) {
                    told.push(advice);
                }
            }
        }
        self.mixed_units(self.expr, &mut told);
        told
    }

    fn unit(&self, column: &ColumnId) -> Option<beffroi_model::Unit> {
        self.dataset.columns.get(column.as_str())?.unit
    }

    fn mixed_units(&self, expr: &Expr, told: &mut Vec<Advice>) {
        if let Expr::Binary {
            op: BinaryOp::Add | BinaryOp::Subtract,
            left,
            right,
        } = expr
        {
            let added = [left, right].map(|side| added_columns(side));
            let columns: Vec<&ColumnId> = added.into_iter().flatten().collect();
            let with = columns.iter().find(|column| self.unit(column).is_some());
            let without = columns.iter().find(|column| {
                let kind = self.dataset.value_type(column.as_str());
                self.unit(column).is_none() && kind.is_some_and(|kind| kind.is_number())
            });
            if let (Some(with), Some(without)) = (with, without) {
                told.push(Advice::MixedUnits {
                    with: (*with).clone(),
                    without: (*without).clone(),
                });
                return;
            }
        }
        for child in expr.children() {
            self.mixed_units(child, told);
        }
    }

    /// Whether several readings make one main period.
    fn several_readings(&self) -> bool {
        self.indicator.grain != self.indicator.main_grain
    }

    fn over_time(&self) -> Option<Advice> {
        if !self.several_readings() {
            return None;
        }
        let declared = self.indicator.over_time;
        if declared == OverTime::Sum {
            let stock = summed(self.expr)
                .into_iter()
                .find(|column| is_stock(self.dataset, column))?;
            return Some(Advice::StockSummed {
                column: stock.clone(),
            });
        }
        let simple = self.simple.as_ref()?;
        let likely = over_time_of(simple, self.dataset);
        let is_unlikely = match (&simple.calc, likely) {
            (Calc::Sum { column }, OverTime::Sum) => self.is_flow(column),
            (Calc::Count | Calc::Distinct { .. }, OverTime::Sum) => true,
            (Calc::Mean { .. }, OverTime::Mean) => declared == OverTime::Last,
            _ => false,
        };
        is_unlikely.then_some(Advice::OverTimeUnlikely { declared, likely })
    }

    fn is_flow(&self, column: &ColumnId) -> bool {
        let about = self.dataset.columns.get(column.as_str());
        tells_flow(column.as_str()) || about.is_some_and(|about| tells_flow(&about.title.fr))
    }

    fn tiny_denominator(&self, version: &Version) -> Option<Advice> {
        let simple = self.simple.as_ref().filter(|it| it.filters.is_empty())?;
        let rows = by_period(version, self.indicator.main_grain);
        let all: u64 = rows.values().sum();
        if all == 0 {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "counts of rows")]
        let (all, each) = (all as f64, |rows: u64| rows as f64);
        // What a row brings to the denominator.
        let (weight, by_rows) = match &simple.calc {
            Calc::Share { of: None, .. } => (1.0, true),
            Calc::Mean { column } => (
                each(column_of(version, column)?.values).min(all) / all,
                true,
            ),
            Calc::Ratio { below: column, .. }
            | Calc::Share {
                of: Some(column), ..
            } if self.counts(column) => {
                let sum = column_of(version, column)?.sum.as_deref()?;
                (sum.parse::<f64>().ok()? / all, false)
            }
            _ => return None,
        };
        let sizes: Vec<f64> = rows.values().map(|rows| each(*rows) * weight).collect();
        let small = sizes.iter().filter(|size| **size < SMALL_DENOMINATOR);
        let periods = u32::try_from(small.count()).unwrap_or(u32::MAX);
        let least = sizes.iter().copied().fold(f64::INFINITY, f64::min);
        if periods > 0 {
            return Some(Advice::TinyDenominator {
                least,
                periods,
                member: None,
            });
        }
        let number = u32::try_from(sizes.len()).unwrap_or(u32::MAX);
        let members = self.indicator.dimensions.iter().filter(|_| by_rows);
        let members = members.flat_map(|dimension| {
            let column = self.dataset.dimension_column(dimension);
            let column = column.and_then(|column| column_of(version, column));
            let categories = column.into_iter().flat_map(|column| &column.categories);
            categories.map(move |(member, rows)| (dimension, member, *rows))
        });
        let (dimension, member, rows) = members.min_by_key(|(_, _, rows)| *rows)?;
        let least = each(rows) * weight / f64::from(number);
        (least < SMALL_DENOMINATOR).then(|| Advice::TinyDenominator {
            least,
            periods: number,
            member: Some((dimension.clone(), member.clone())),
        })
    }

    /// Whether a column counts things, one by one.
    fn counts(&self, column: &ColumnId) -> bool {
        let unit = self.unit(column);
        unit.is_none_or(|unit| matches!(unit.symbol(), "nombre" | "hab" | "places"))
    }

    fn secrecy(&self, version: Option<&Version>, answer: Option<&Answer>) -> Option<Advice> {
        if self.dataset.secrecy.is_some() {
            return None;
        }
        let reason = self
            .few_in_cell(version)
            .or_else(|| self.few_in_figure(answer))
            .or_else(|| self.rows_of_persons())?;
        Some(Advice::SecrecyNeeded { reason })
    }

    fn few_in_cell(&self, version: Option<&Version>) -> Option<Personal> {
        self.expr.columns().into_iter().find_map(|column| {
            let spec = self.dataset.schema.column(column.as_str())?;
            let title = &self.dataset.columns.get(column.as_str())?.title.fr;
            let persons = tells_persons(column.as_str()) || tells_persons(title);
            let least = column_of(version?, column)?.min.as_deref()?;
            let least = least.parse::<f64>().ok()?;
            let is_few = spec.kind == ColumnType::Integer && least > 0.0 && least < FEW_PERSONS;
            (persons && is_few).then(|| Personal::FewInCell {
                column: column.clone(),
                least,
            })
        })
    }

    fn few_in_figure(&self, answer: Option<&Answer>) -> Option<Personal> {
        let counts = self.simple.as_ref().is_some_and(|simple| {
            matches!(
                simple.calc,
                Calc::Count | Calc::Sum { .. } | Calc::Distinct { .. }
            )
        });
        let noun = self.indicator.noun.as_ref().map(|(_, many)| &many.fr);
        let persons =
            tells_persons(&self.indicator.title.fr) || noun.is_some_and(|noun| tells_persons(noun));
        let rows = answer.filter(|_| counts && persons)?.rows.iter();
        let values = rows.filter_map(|row| row.cell.value());
        let few = values.filter(|value| *value > 0.0 && *value < FEW_PERSONS);
        few.min_by(f64::total_cmp)
            .map(|least| Personal::FewInFigure { least })
    }

    fn rows_of_persons(&self) -> Option<Personal> {
        let counts_rows = self.simple.as_ref().is_some_and(|simple| {
            matches!(simple.calc, Calc::Count | Calc::Share { of: None, .. })
        });
        let personal = self.dataset.schema.columns.iter().filter(|it| it.personal);
        let columns: Vec<ColumnId> = personal.map(|column| column.id.clone()).collect();
        let told = counts_rows && !columns.is_empty() && !self.indicator.dimensions.is_empty();
        told.then_some(Personal::Columns(columns))
    }
}

/// The columns that an expression adds up, divisions and products aside.
fn added_columns(expr: &Expr) -> Vec<&ColumnId> {
    match expr {
        Expr::Column(column) => vec![column],
        Expr::Aggregate {
            function: Aggregate::Sum,
            of: Some(of),
            ..
        } => added_columns(of),
        Expr::Negate(of) => added_columns(of),
        Expr::Binary {
            op: BinaryOp::Add | BinaryOp::Subtract,
            left,
            right,
        } => [added_columns(left), added_columns(right)].concat(),
        _ => Vec::new(),
    }
}

/// The columns whose sums are added up over time: not those of a ratio.
fn summed(expr: &Expr) -> Vec<&ColumnId> {
    match expr {
        Expr::Aggregate {
            function: Aggregate::Sum,
            of: Some(of),
            ..
        } => added_columns(of),
        Expr::Aggregate { .. }
        | Expr::Binary {
            op: BinaryOp::Divide,
            ..
        } => Vec::new(),
        _ => expr.children().into_iter().flat_map(summed).collect(),
    }
}

fn column_of<'v>(version: &'v Version, column: &ColumnId) -> Option<&'v VersionColumn> {
    version.columns.iter().find(|known| known.id == *column)
}

/// Rows of a version by period.
fn by_period(version: &Version, grain: Grain) -> BTreeMap<Period, u64> {
    let mut rows = BTreeMap::new();
    for content in version.parts.iter().flat_map(|part| &part.contents) {
        if let Some(start) = content.start {
            *rows.entry(Period::containing(grain, start)).or_default() += content.rows;
        }
    }
    rows
}

/// The others that say as much, each once.
fn twins(catalog: &Catalog, indicator: &Indicator) -> Vec<Advice> {
    let others = catalog.indicators.values();
    let others = others.filter(|other| other.id != indicator.id);
    others
        .filter_map(|other| {
            Some(Advice::SaysTheSame {
                other: other.id.clone(),
                how: likeness(indicator, other)?,
            })
        })
        .collect()
}

fn likeness(one: &Indicator, other: &Indicator) -> Option<Likeness> {
    let words = [one, other].map(|it| telling(&it.title.fr).into_iter().collect::<BTreeSet<_>>());
    let [own, others] = &words;
    if dataset_of(one) == dataset_of(other) {
        let [a, b] = [one, other].map(|it| it.measure.expr());
        if a == b {
            return Some(Likeness::SameMeasure);
        }
        if let (Some(a), Some(b)) = (Simple::from_expr(a), Simple::from_expr(b))
            && a.calc == b.calc
        {
            let within = |a: &Simple, b: &Simple| a.filters.iter().all(|it| b.filters.contains(it));
            if within(&a, &b) && within(&b, &a) {
                return Some(Likeness::SameMeasure);
            }
            let shared = own.intersection(others).count();
            if shared > 0 && 2 * shared >= own.len().max(others.len()) {
                return Some(Likeness::SameUpToFilter);
            }
        }
    }
    (!own.is_empty() && own == others).then_some(Likeness::SameWords)
}

fn dataset_of(indicator: &Indicator) -> Option<&DatasetId> {
    match &indicator.measure {
        Measure::Direct { dataset, .. } => Some(dataset),
        Measure::Derived { .. } => None,
    }
}

fn declaration(indicator: &Indicator) -> Vec<Advice> {
    let is_aimless = indicator.direction == Direction::None;
    let mut told = Vec::new();
    if !is_aimless && indicator.targets.is_empty() {
        told.push(Advice::NoTarget);
    }
    if indicator.method.is_empty() {
        told.push(Advice::NoMethod);
    }
    if is_aimless && (is_rate(indicator.unit) || !indicator.thresholds.is_empty()) {
        told.push(Advice::DirectionMissing);
    }
    told
}

fn few_periods(
    indicator: &Indicator,
    version: Option<&Version>,
    answer: Option<&Answer>,
) -> Option<Advice> {
    let known: BTreeSet<Period> = match (answer, version) {
        (Some(answer), _) => {
            let rows = answer.rows.iter();
            let whole = rows.filter(|row| row.cell.value().is_some() && row.coverage.is_complete());
            let main = |day: NaiveDate| Period::containing(indicator.main_grain, day);
            whole.map(|row| main(row.period.start())).collect()
        }
        (None, Some(version)) => by_period(version, indicator.main_grain)
            .into_keys()
            .collect(),
        (None, None) => return None,
    };
    // A version may not tell what it holds.
    if known.is_empty() && answer.is_none() {
        return None;
    }
    let periods = u32::try_from(known.len()).unwrap_or(u32::MAX);
    (periods < FEW_PERIODS).then_some(Advice::FewPeriods { periods })
}

fn missing(
    indicator: &Indicator,
    version: Option<&Version>,
    answer: Option<&Answer>,
) -> Option<Advice> {
    let (there, expected) = match (answer, version) {
        (Some(answer), _) => answer.rows.iter().fold((0, 0), |(there, expected), row| {
            let coverage = row.coverage;
            (there + coverage.cells, expected + coverage.cells_expected)
        }),
        (None, Some(version)) => {
            let columns = indicator.measure.expr().columns();
            let columns = columns.iter().filter_map(|id| column_of(version, id));
            columns.fold((0, 0), |(there, expected), column| {
                let all = column.values + column.missing + column.secret;
                (there + column.values, expected + all)
            })
        }
        (None, None) => return None,
    };
    if expected == 0 {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "counts of cells")]
    let share = 1.0 - there as f64 / expected as f64;
    (share > MUCH_MISSING).then_some(Advice::MissingMuch { share })
}

/// What stands out in the figures of the whole town.
fn series(indicator: &Indicator, answer: &Answer) -> Vec<Advice> {
    let whole = answer.rows.iter().filter(|row| row.keys.is_empty());
    let series: Vec<Observation> = whole.map(Observation::from).collect();
    let mut told: Vec<Advice> = outliers(&series)
        .into_iter()
        .map(|outlier| Advice::StandsOut {
            period: outlier.period,
            value: outlier.value,
            usual: outlier.usual,
        })
        .collect();
    if let Some(found) = level_break(&series) {
        let near =
            |day: NaiveDate| day.signed_duration_since(found.at.start()).num_days().abs() <= 366;
        if !indicator.changes().iter().any(|(day, _)| near(*day)) {
            told.push(Advice::LevelChanges { from: found.at });
        }
    }
    told
}

/// What a word of the title weighs, one of what it reads, and one of the description.
const WEIGHTS: [f64; 3] = [1.0, 0.6, 0.4];
/// What coming from the same dataset adds.
const SAME_DATASET: f64 = 0.15;
/// Less than this is not alike.
const ALIKE: f64 = 0.35;
/// Letters that two words of one family share at their start.
const ROOT: usize = 5;

/// The indicators to be offered before one is made of these words, from the nearest on, with how
/// near each is, up to 1: the part of the words that it has in its title, in the columns it reads
/// or in its description (each word counting the more, the fewer indicators have it; one of the
/// same root for half), and a little more from the same dataset. Without words, those of the
/// dataset.
#[must_use]
pub fn alike(
    catalog: &Catalog,
    words: &str,
    dataset: Option<&DatasetId>,
) -> Vec<(IndicatorId, f64)> {
    let asked: BTreeSet<String> = telling(words).into_iter().collect();
    let known: Vec<(&Indicator, [BTreeSet<String>; 3])> = catalog
        .indicators
        .values()
        .map(|indicator| (indicator, vocabulary(catalog, indicator)))
        .collect();
    let rarity: BTreeMap<&str, f64> = asked
        .iter()
        .map(|word| {
            let having = known.iter().filter(|(_, own)| having(own, word) > 0.0);
            let having = u32::try_from(having.count()).unwrap_or(u32::MAX);
            (word.as_str(), 1.0 / (1.0 + f64::from(having)).ln().max(0.5))
        })
        .collect();
    let all: f64 = rarity.values().sum();
    let found = known.iter().filter_map(|(indicator, own)| {
        let near: f64 = rarity
            .iter()
            .map(|(word, rarity)| rarity * having(own, word))
            .sum();
        let is_beside = dataset.is_some() && dataset_of(indicator) == dataset;
        let beside = if is_beside { SAME_DATASET } else { 0.0 };
        let besides = own[0].difference(&asked).count();
        if asked.is_empty() {
            return is_beside.then(|| (indicator.id.clone(), beside, besides));
        }
        let score = (near / all + beside).min(1.0);
        let is_alike = near > 0.0 && score >= ALIKE;
        is_alike.then(|| (indicator.id.clone(), score, besides))
    });
    let mut found: Vec<(IndicatorId, f64, usize)> = found.collect();
    // Of two as near, the one that says less besides.
    found.sort_by(|(id, score, besides), (other, its, more)| {
        let order = its.total_cmp(score).then_with(|| besides.cmp(more));
        order.then_with(|| id.cmp(other))
    });
    found
        .into_iter()
        .map(|(id, score, _)| (id, score))
        .collect()
}

/// The words of the title, of what is read, and of the description.
fn vocabulary(catalog: &Catalog, indicator: &Indicator) -> [BTreeSet<String>; 3] {
    let mut title: Vec<String> = telling(&indicator.title.fr);
    title.extend(telling(indicator.id.as_str()));
    if let Some((_, many)) = &indicator.noun {
        title.extend(telling(&many.fr));
    }
    let dataset = dataset_of(indicator).and_then(|id| catalog.datasets.get(id));
    let columns = indicator.measure.expr().columns();
    let columns = columns.into_iter().flat_map(|column| {
        let about = dataset.and_then(|dataset| dataset.columns.get(column.as_str()));
        let title = about.map_or("", |about| about.title.fr.as_str());
        [telling(column.as_str()), telling(title)].concat()
    });
    [
        title.into_iter().collect(),
        columns.collect(),
        telling(&indicator.description.fr).into_iter().collect(),
    ]
}

/// What having a word weighs: as it is, or half for one of its root.
fn having(own: &[BTreeSet<String>; 3], word: &str) -> f64 {
    let places = own.iter().zip(WEIGHTS);
    let weighed = places.map(|(words, weight)| match words.contains(word) {
        true => weight,
        false if words.iter().any(|known| same_root(known, word)) => weight / 2.0,
        false => 0.0,
    });
    weighed.fold(0.0, f64::max)
}

fn same_root(one: &str, other: &str) -> bool {
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    shared.count() >= ROOT
}
