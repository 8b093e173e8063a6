//! Where money comes from and where it goes: two indicators of one year, each in its parts.
//!
//! Told in amounts, or out of 100 €: each part rounded so that a side adds up to 100. Nothing is
//! drawn where a part is not known or is secret: the thickness of what is left would tell it.

use crate::context::Context;
use crate::draw::{Caption, flow as drawn};
use crate::figure::{
    Head, Notice, NoticeKind, Plot, SourceLine, Strand, Table, TableCell, TableRow,
};
use crate::notice::{failure, sources};
use crate::plan::{fitting, query};
use crate::series::{Series, capital, series};
use crate::writer::Writer;
use beffroi_catalog::{Indicator, MoneyFlow};
use beffroi_model::{
    Answer, Cell, CellState, DimensionId, Period, PeriodRange, Query, QueryError, Span,
};
use beffroi_text::{Arg, PeriodStyle, absence, compact, period, t, t_args, unit_words};

/// How many parts of a side stand by themselves when it is not said.
const MOST: u32 = 9;

/// The flow of a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// What is seen, in a sentence.
    pub title: String,
    /// Measure and period.
    pub subtitle: String,
    /// What to know before reading.
    pub notices: Vec<Notice>,
    /// What comes in.
    pub from: Side,
    /// What goes out.
    pub to: Side,
    /// `100 €`, or the amount of what goes out.
    pub whole: String,
    /// The drawing; `None` where something is not known.
    pub plot: Option<Plot>,
    /// All the values.
    pub table: Table,
    /// Where the values come from.
    pub sources: Vec<SourceLine>,
}

/// One side of a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Side {
    /// *D’où ils viennent*.
    pub title: String,
    /// Its parts, the largest first, those that are together last.
    pub strands: Vec<Strand>,
}

/// The questions of a flow.
#[must_use]
pub fn flow_queries(flow: &MoneyFlow, ctx: &Context) -> Vec<Query> {
    let sides = [(&flow.from, &flow.from_by), (&flow.to, &flow.to_by)];
    let asked = sides.into_iter().filter_map(|(id, by)| {
        let indicator = ctx.catalog.indicators.get(id)?;
        let when = when(indicator, ctx);
        let span = Span::Periods(PeriodRange::new(when, when));
        Some(query(indicator, span, Some(by), ctx))
    });
    asked.collect()
}

fn when(indicator: &Indicator, ctx: &Context) -> Period {
    ctx.period_in(fitting(indicator, ctx.period.grain()))
}

/// The flow, from the answers to [`flow_queries`].
#[must_use]
pub fn flow(
    id: &str,
    flow: &MoneyFlow,
    ctx: &Context,
    answers: &[Result<Answer, QueryError>],
) -> Flow {
    let lang = ctx.lang;
    let mut answers = answers.iter();
    let mut notices = Vec::new();
    let mut answered: Vec<&Answer> = Vec::new();
    let mut read = |id, by: &DimensionId| -> Option<Parts> {
        let indicator = ctx.catalog.indicators.get(id)?;
        match answers.next()? {
            Ok(answer) => {
                answered.push(answer);
                Some(parts(answer, indicator, by, ctx))
            }
            Err(error) => {
                notices.push(failure(ctx, indicator, error));
                None
            }
        }
    };
    let from = read(&flow.from, &flow.from_by);
    let to = read(&flow.to, &flow.to_by);
    let sources = sources(ctx, &answered);
    let top = flow.top.unwrap_or(MOST) as usize;
    let sides = [(&from, "flow-from"), (&to, "flow-to")].map(|(parts, title)| Side {
        title: t(lang, title).into_owned(),
        strands: parts
            .as_ref()
            .map(|parts| parts.strands(top, flow.hundred, ctx))
            .unwrap_or_default(),
    });
    let [from_side, to_side] = sides;
    let all = || from.iter().chain(&to);
    if let Some(kind) = all().find_map(Parts::hidden) {
        notices.push(Notice {
            kind,
            title: t(lang, "flow-hidden").into_owned(),
            text: String::new(),
        });
    } else if all().any(|parts| parts.values().any(|value| value < 0.0)) {
        notices.push(Notice {
            kind: NoticeKind::Unusual,
            title: t(lang, "flow-negative").into_owned(),
            text: String::new(),
        });
    } else if all().any(|parts| parts.provisional) {
        notices.push(Notice {
            kind: NoticeKind::Provisional,
            title: t(lang, "notice-provisional").into_owned(),
            text: String::new(),
        });
    }
    let is_whole = !from_side.strands.is_empty() && !to_side.strands.is_empty();
    let whole = match (flow.hundred, &to) {
        (true, _) => t(lang, "flow-hundred").into_owned(),
        (false, Some(parts)) => compact(lang, parts.total(), parts.indicator.unit),
        (false, None) => String::new(),
    };
    let title = title(&from_side, &to_side, flow.hundred, ctx);
    let year = period(lang, ctx.period, PeriodStyle::Long);
    let subtitle = subtitle(all(), &year, ctx);
    let plot = is_whole.then(|| {
        let described = described(&from_side, &to_side);
        let caption = Caption {
            id,
            title: &title,
            desc: &described,
        };
        drawn(
            (&from_side.title, &from_side.strands),
            (&to_side.title, &to_side.strands),
            &whole,
            caption,
        )
    });
    let table = table(
        &from,
        &to,
        [&from_side.title, &to_side.title],
        &subtitle,
        ctx,
    );
    Flow {
        title,
        subtitle,
        notices,
        from: from_side,
        to: to_side,
        whole,
        plot,
        table,
        sources,
    }
}

/// One side as it was answered.
struct Parts<'a> {
    indicator: &'a Indicator,
    /// The largest first; those without a value last.
    parts: Vec<(String, Cell)>,
    provisional: bool,
}

fn parts<'a>(
    answer: &Answer,
    indicator: &'a Indicator,
    by: &DimensionId,
    ctx: &Context,
) -> Parts<'a> {
    let periods = [when(indicator, ctx)];
    let read: Vec<Series> = series(answer, indicator, Some(by), &periods, ctx);
    let provisional = read
        .iter()
        .filter_map(Series::last)
        .any(|point| point.is_provisional());
    let mut parts: Vec<(String, Cell)> = read
        .iter()
        .filter_map(|series| Some((capital(&series.label), series.last()?.cell)))
        .filter(|(_, cell)| *cell != Cell::Value(0.0))
        .collect();
    let size = |cell: &Cell| cell.value().unwrap_or(f64::NEG_INFINITY);
    parts.sort_by(|(a, one), (b, other)| size(other).total_cmp(&size(one)).then_with(|| a.cmp(b)));
    Parts {
        indicator,
        parts,
        provisional,
    }
}

impl Parts<'_> {
    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.parts.iter().filter_map(|(_, cell)| cell.value())
    }

    fn total(&self) -> f64 {
        self.values().sum()
    }

    /// Why it cannot be drawn, if it cannot.
    fn hidden(&self) -> Option<NoticeKind> {
        if self.parts.is_empty() {
            return Some(NoticeKind::Missing);
        }
        self.parts.iter().find_map(|(_, cell)| match cell {
            Cell::Value(_) => None,
            Cell::Secret => Some(NoticeKind::Secret),
            _ => Some(NoticeKind::Missing),
        })
    }

    /// Its strands; none where it cannot be drawn.
    fn strands(&self, top: usize, hundred: bool, ctx: &Context) -> Vec<Strand> {
        let lang = ctx.lang;
        if self.hidden().is_some() || self.values().any(|value| value < 0.0) || self.total() <= 0.0
        {
            return Vec::new();
        }
        let mut kept: Vec<(String, f64)> = self
            .parts
            .iter()
            .filter_map(|(label, cell)| Some((label.clone(), cell.value()?)))
            .collect();
        // One that would stand alone under "others" has its own name.
        if kept.len() > top.max(1) + 1 {
            let others = kept.split_off(top.max(1));
            let args = [("count", Arg::from(others.len()))];
            let label = t_args(lang, "flow-others", &args).into_owned();
            kept.push((label, others.iter().map(|(_, value)| value).sum()));
        }
        let shares = hundred.then(|| out_of_hundred(kept.iter().map(|(_, value)| *value)));
        kept.into_iter()
            .enumerate()
            .map(|(place, (label, value))| {
                let share = shares.as_ref().and_then(|shares| shares.get(place));
                let text = match share {
                    Some(share) => format!("{share}\u{a0}€"),
                    None => compact(lang, value, self.indicator.unit),
                };
                Strand {
                    label,
                    text,
                    weight: share.map_or(value, |share| f64::from(*share)),
                }
            })
            .collect()
    }
}

/// Whole euros out of 100 that add up to 100: what rounding down leaves goes to those that lose
/// the most by it.
#[must_use]
pub fn out_of_hundred(values: impl Iterator<Item = f64>) -> Vec<u32> {
    let values: Vec<f64> = values.collect();
    let total: f64 = values.iter().sum();
    if !(total.is_finite() && total > 0.0) {
        return vec![0; values.len()];
    }
    let exact: Vec<f64> = values.iter().map(|value| value / total * 100.0).collect();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let mut shares: Vec<u32> = exact.iter().map(|share| share.floor() as u32).collect();
    let mut left = 100_u32.saturating_sub(shares.iter().sum());
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| {
        let lost = |place: usize| exact[place] - exact[place].floor();
        lost(*b).total_cmp(&lost(*a)).then(a.cmp(b))
    });
    for place in order {
        if left == 0 {
            break;
        }
        shares[place] += 1;
        left -= 1;
    }
    shares
}

/// « Sur 100 €, 39 viennent des impôts locaux et 23 vont à l’école ».
fn title(from: &Side, to: &Side, hundred: bool, ctx: &Context) -> String {
    let lang = ctx.lang;
    let first = |side: &Side| {
        Some((
            side.strands.first()?.label.clone(),
            side.strands.first()?.text.clone(),
        ))
    };
    let (Some((source, given)), Some((goal, spent))) = (first(from), first(to)) else {
        return t(lang, "flow-title-unknown").into_owned();
    };
    let args = [
        ("source", Arg::from(source)),
        ("given", given.into()),
        ("goal", goal.into()),
        ("spent", spent.into()),
    ];
    let id = if hundred {
        "flow-title-hundred"
    } else {
        "flow-title"
    };
    t_args(lang, id, &args).into_owned()
}

/// « Recettes réalisées : 98,4 M€ ; dépenses réalisées : 96,1 M€ ; 2025 ».
fn subtitle<'a>(sides: impl Iterator<Item = &'a Parts<'a>>, year: &str, ctx: &Context) -> String {
    let lang = ctx.lang;
    let mut said: Vec<String> = sides
        .filter(|parts| parts.hidden().is_none())
        .map(|parts| {
            let args = [
                (
                    "what",
                    Arg::from(crate::series::title(ctx, parts.indicator)),
                ),
                (
                    "amount",
                    compact(lang, parts.total(), parts.indicator.unit).into(),
                ),
            ];
            t_args(lang, "flow-side", &args).into_owned()
        })
        .collect();
    said.push(year.to_owned());
    said.join(", ")
}

fn described(from: &Side, to: &Side) -> String {
    let side = |side: &Side| {
        let parts: Vec<String> = side
            .strands
            .iter()
            .map(|strand| format!("{} {}", strand.label, strand.text))
            .collect();
        format!("{} : {}", side.title, parts.join(", "))
    };
    format!("{}. {}.", side(from), side(to))
}

fn table(
    from: &Option<Parts>,
    to: &Option<Parts>,
    titles: [&str; 2],
    caption: &str,
    ctx: &Context,
) -> Table {
    let lang = ctx.lang;
    let unit = from
        .iter()
        .chain(to)
        .next()
        .map(|parts| parts.indicator.unit);
    let amount = unit.map_or_else(String::new, |unit| unit_words(lang, unit, 2.0));
    let head = |label: String, numeric| Head {
        label,
        numeric,
        exported: true,
    };
    let mut rows = Vec::new();
    for (parts, side) in [from, to].into_iter().zip(titles) {
        let Some(parts) = parts else { continue };
        let writer = Writer::new(lang, parts.indicator.unit, parts.indicator.decimals, 0.0);
        let known = parts.hidden().is_none().then(|| parts.total());
        let row = |label: &str, cell: Cell, total: bool| {
            let share = cell
                .value()
                .zip(known.filter(|known| *known > 0.0))
                .map(|(value, known)| value / known * 100.0);
            TableRow {
                cells: vec![
                    name(side),
                    name(label),
                    number(cell, cell.value().map(|value| writer.bare(value)), ctx),
                    number(
                        share.map_or(cell, Cell::Value),
                        share.map(|share| beffroi_text::number(lang, share, 1)),
                        ctx,
                    ),
                ],
                total,
            }
        };
        rows.extend(
            parts
                .parts
                .iter()
                .map(|(label, cell)| row(label, *cell, false)),
        );
        if let Some(known) = known {
            let title = crate::series::title(ctx, parts.indicator);
            rows.push(row(&title, Cell::Value(known), true));
        }
    }
    Table {
        caption: caption.to_owned(),
        head: vec![
            head(t(lang, "flow-head-side").into_owned(), false),
            head(t(lang, "flow-head-part").into_owned(), false),
            head(
                t_args(lang, "flow-head-amount", &[("unit", amount.into())]).into_owned(),
                true,
            ),
            head(t(lang, "flow-head-share").into_owned(), true),
        ],
        rows,
        legend: None,
    }
}

fn name(text: &str) -> TableCell {
    TableCell {
        text: text.to_owned(),
        code: None,
        value: None,
        state: CellState::Value,
        provisional: false,
        shade: None,
    }
}

fn number(cell: Cell, text: Option<String>, ctx: &Context) -> TableCell {
    TableCell {
        text: text.unwrap_or_else(|| absence(ctx.lang, cell.state()).to_owned()),
        code: None,
        value: cell.value(),
        state: cell.state(),
        provisional: false,
        shade: None,
    }
}

#[cfg(test)]
mod tests {
    use super::out_of_hundred;

    #[test]
    fn parts_of_a_hundred_add_up_to_a_hundred_and_stay_close() {
        let cases: [&[f64]; 6] = [
            &[1.0, 1.0, 1.0],
            &[98.4, 0.4, 0.4, 0.4, 0.4],
            &[1e9],
            &[0.001, 999.0],
            &[33.4, 33.3, 33.3],
            &[17.0, 23.0, 5.5, 5.5, 9.0, 40.0],
        ];
        for values in cases {
            let shares = out_of_hundred(values.iter().copied());
            assert_eq!(shares.iter().sum::<u32>(), 100, "{values:?}");
            let total: f64 = values.iter().sum();
            for (share, value) in shares.iter().zip(values) {
                assert!((f64::from(*share) - value / total * 100.0).abs() < 1.0);
            }
        }
        assert_eq!(out_of_hundred([0.0, 0.0].into_iter()), [0, 0]);
        assert!(out_of_hundred(std::iter::empty()).is_empty());
    }
}
