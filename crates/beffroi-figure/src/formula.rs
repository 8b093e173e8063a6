//! A measure in words: « somme des trajets », « logements vacants ÷ logements ».

use beffroi_catalog::{Aggregate, BinaryOp, Catalog, Dataset, Expr, Function, Indicator, Measure};
use beffroi_text::{Arg, Lang, t, t_args};

/// How an indicator is computed, in words, with the names of columns and of other indicators.
#[must_use]
pub fn formula_words(indicator: &Indicator, catalog: &Catalog, lang: Lang) -> String {
    measure_words(&indicator.measure, catalog, lang)
}

/// A version of a formula in words.
pub(crate) fn measure_words(measure: &Measure, catalog: &Catalog, lang: Lang) -> String {
    let dataset = match measure {
        Measure::Direct { dataset, .. } => catalog.datasets.get(dataset),
        Measure::Derived { .. } => None,
    };
    let reader = Reader {
        catalog,
        dataset,
        lang,
    };
    crate::series::capital(&reader.words(measure.expr(), 0))
}

struct Reader<'a> {
    catalog: &'a Catalog,
    dataset: Option<&'a Dataset>,
    lang: Lang,
}

/// How tightly an operator binds.
fn tightness(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 1,
        BinaryOp::And => 2,
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual => 3,
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Concat => 4,
        BinaryOp::Multiply | BinaryOp::Divide => 5,
    }
}

/// What a plain sum is of; another expression as it is.
fn summed(expr: &Expr) -> &Expr {
    match expr {
        Expr::Aggregate {
            function: Aggregate::Sum,
            of: Some(of),
            filter: None,
        } => of,
        other => other,
    }
}

impl Reader<'_> {
    /// An expression in words, in parentheses when it binds less tightly than what is around.
    fn words(&self, expr: &Expr, around: u8) -> String {
        let lang = self.lang;
        match expr {
            Expr::Number(value) => {
                let text = format!("{value}");
                let decimals = text
                    .split_once('.')
                    .map_or(0, |(_, decimals)| decimals.len());
                beffroi_text::number(lang, *value, u8::try_from(decimals).unwrap_or(6).min(6))
            }
            Expr::Text(text) => match lang {
                Lang::Fr => format!("«\u{a0}{text}\u{a0}»"),
                Lang::En => format!("“{text}”"),
            },
            Expr::Date(day) => beffroi_text::date_long(lang, *day),
            Expr::Column(column) => self.column(column.as_str()),
            Expr::Indicator(id) => {
                let title = self
                    .catalog
                    .indicators
                    .get(id)
                    .map(|found| crate::series::uncapital(found.title.get(lang == Lang::En).0));
                title.unwrap_or_else(|| id.to_string())
            }
            Expr::Aggregate {
                function,
                of,
                filter,
            } => {
                let what = match of {
                    Some(of) => self.words(of, 0),
                    None => self.dataset.map_or_else(String::new, |dataset| {
                        dataset.row.get(lang == Lang::En).0.to_owned()
                    }),
                };
                let text = self.aggregate(*function, what, of.is_none());
                match filter {
                    None => text,
                    Some(filter) => {
                        let args = [
                            ("text", Arg::from(text)),
                            ("condition", self.words(filter, 0).into()),
                        ];
                        t_args(lang, "formula-filter", &args).into_owned()
                    }
                }
            }
            Expr::Binary { op, left, right } => self.binary(*op, left, right, around),
            Expr::Not(of) => self.with("formula-not", of),
            Expr::Negate(of) => format!("−{}", self.words(of, 6)),
            Expr::In {
                of,
                values,
                negated,
            } => {
                let list: Vec<String> = values.iter().map(|value| self.words(value, 0)).collect();
                let args = [
                    ("of", Arg::from(self.words(of, 4))),
                    ("list", list.join(", ").into()),
                    ("negated", if *negated { "yes" } else { "no" }.into()),
                ];
                t_args(lang, "formula-in", &args).into_owned()
            }
            Expr::Between { of, low, high } => {
                let args = [
                    ("of", Arg::from(self.words(of, 4))),
                    ("low", self.words(low, 4).into()),
                    ("high", self.words(high, 4).into()),
                ];
                t_args(lang, "formula-between", &args).into_owned()
            }
            Expr::IsNull { of, negated } => {
                let args = [
                    ("of", Arg::from(self.words(of, 4))),
                    ("negated", if *negated { "yes" } else { "no" }.into()),
                ];
                t_args(lang, "formula-is-null", &args).into_owned()
            }
            Expr::Like { of, pattern } => self.like(of, pattern),
            Expr::Case { when, otherwise } => {
                let mut parts: Vec<String> = when
                    .iter()
                    .map(|(condition, result)| {
                        let args = [
                            ("condition", Arg::from(self.words(condition, 0))),
                            ("result", self.words(result, 0).into()),
                        ];
                        t_args(lang, "formula-when", &args).into_owned()
                    })
                    .collect();
                if let Some(otherwise) = otherwise {
                    let args = [("result", Arg::from(self.words(otherwise, 0)))];
                    parts.push(t_args(lang, "formula-otherwise", &args).into_owned());
                }
                parts.join(", ")
            }
            Expr::Call { function, args } => self.call(*function, args),
        }
    }

    fn column(&self, column: &str) -> String {
        let info = self.dataset.and_then(|dataset| dataset.columns.get(column));
        let title = info.map(|info| info.title.get(self.lang == Lang::En).0);
        match title.filter(|title| !title.is_empty()) {
            Some(title) => crate::series::uncapital(title),
            None => column.to_owned(),
        }
    }

    fn aggregate(&self, function: Aggregate, what: String, rows: bool) -> String {
        let lang = self.lang;
        let mut args = vec![("what", Arg::from(what))];
        if let Aggregate::Quantile(level) = function {
            let share = beffroi_text::number(lang, level.share() * 100.0, 0);
            args.push(("share", share.into()));
        }
        match function {
            Aggregate::Sum => t_args(lang, "formula-sum", &args),
            Aggregate::Count if rows => t_args(lang, "formula-count-rows", &args),
            Aggregate::Count => t_args(lang, "formula-count", &args),
            Aggregate::CountDistinct => t_args(lang, "formula-count-distinct", &args),
            Aggregate::Min => t_args(lang, "formula-min", &args),
            Aggregate::Max => t_args(lang, "formula-max", &args),
            Aggregate::Avg => t_args(lang, "formula-mean", &args),
            Aggregate::Median => t_args(lang, "formula-median", &args),
            Aggregate::Quantile(_) => t_args(lang, "formula-quantile", &args),
            Aggregate::First => t_args(lang, "formula-first", &args),
            Aggregate::Last => t_args(lang, "formula-last", &args),
        }
        .into_owned()
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr, around: u8) -> String {
        let lang = self.lang;
        let own = tightness(op);
        // Of a ratio of sums the sums go without saying.
        let (left, right) = match op {
            BinaryOp::Divide => (summed(left), summed(right)),
            _ => (left, right),
        };
        // What stands right of − or ÷ keeps its parentheses: a − (b − c).
        let after = matches!(op, BinaryOp::Subtract | BinaryOp::Divide);
        let (left, right) = (
            self.words(left, own),
            self.words(right, own + u8::from(after)),
        );
        let sign = match op {
            BinaryOp::Add => "+".into(),
            BinaryOp::Subtract => "−".into(),
            BinaryOp::Multiply => "×".into(),
            BinaryOp::Divide => "÷".into(),
            BinaryOp::Concat => t(lang, "formula-concat"),
            BinaryOp::Equal => "=".into(),
            BinaryOp::NotEqual => "≠".into(),
            BinaryOp::Less => "<".into(),
            BinaryOp::LessOrEqual => "≤".into(),
            BinaryOp::Greater => ">".into(),
            BinaryOp::GreaterOrEqual => "≥".into(),
            BinaryOp::And => t(lang, "formula-and"),
            BinaryOp::Or => t(lang, "formula-or"),
        };
        let text = format!("{left} {sign} {right}");
        if own < around {
            format!("({text})")
        } else {
            text
        }
    }

    fn like(&self, of: &Expr, pattern: &str) -> String {
        let bare = pattern.trim_matches('%').to_owned();
        let args = [("of", Arg::from(self.words(of, 4))), ("text", bare.into())];
        match (pattern.starts_with('%'), pattern.ends_with('%')) {
            (true, true) => t_args(self.lang, "formula-contains", &args),
            (true, false) => t_args(self.lang, "formula-ends", &args),
            (false, true) => t_args(self.lang, "formula-starts", &args),
            (false, false) => t_args(self.lang, "formula-is", &args),
        }
        .into_owned()
    }

    fn with(&self, id: &str, of: &Expr) -> String {
        t_args(self.lang, id, &[("of", self.words(of, 4).into())]).into_owned()
    }

    fn call(&self, function: Function, args: &[Expr]) -> String {
        let lang = self.lang;
        let first = args
            .first()
            .map_or_else(String::new, |arg| self.words(arg, 6));
        let second = args
            .get(1)
            .map_or_else(String::new, |arg| self.words(arg, 6));
        let of = [("of", Arg::from(first.clone()))];
        match function {
            // A guard against division by zero says nothing to a reader.
            Function::NullIf if matches!(args.get(1), Some(Expr::Number(zero)) if *zero == 0.0) => {
                first.into()
            }
            Function::NullIf => {
                let args = [("of", Arg::from(first)), ("value", second.into())];
                t_args(lang, "formula-null-if", &args)
            }
            Function::Coalesce => t_args(lang, "formula-first-known", &self.list(args)),
            Function::Greatest => t_args(lang, "formula-greatest", &self.list(args)),
            Function::Least => t_args(lang, "formula-least", &self.list(args)),
            Function::Year => t_args(lang, "formula-year", &of),
            Function::Quarter => t_args(lang, "formula-quarter", &of),
            Function::Month => t_args(lang, "formula-month", &of),
            Function::Day => t_args(lang, "formula-day", &of),
            Function::Weekday => t_args(lang, "formula-weekday", &of),
            Function::DateTrunc(grain) => {
                let args = [("of", Arg::from(first)), ("grain", grain.as_str().into())];
                t_args(lang, "formula-date-trunc", &args)
            }
            Function::Lower => t_args(lang, "formula-lower", &of),
            Function::Upper => t_args(lang, "formula-upper", &of),
            // Spaces around say nothing to a reader.
            Function::Trim => first.into(),
            Function::Left(count) => {
                let args = [("of", Arg::from(first)), ("count", i64::from(count).into())];
                t_args(lang, "formula-left", &args)
            }
            Function::Right(count) => {
                let args = [("of", Arg::from(first)), ("count", i64::from(count).into())];
                t_args(lang, "formula-right", &args)
            }
            Function::Length => t_args(lang, "formula-length", &of),
            Function::Abs => t_args(lang, "formula-abs", &of),
            Function::Round(_) => t_args(lang, "formula-round", &of),
            Function::Floor => t_args(lang, "formula-floor", &of),
            Function::Ceil => t_args(lang, "formula-ceil", &of),
        }
        .into_owned()
    }
    fn list(&self, args: &[Expr]) -> [(&'static str, Arg<'static>); 1] {
        let list: Vec<String> = args.iter().map(|arg| self.words(arg, 6)).collect();
        [("list", list.join(", ").into())]
    }
}
