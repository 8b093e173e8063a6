//! What a criterion comes to, in words.

use crate::{Criterion, Facts, Fill, Judged, Mention, Quality, Verdict};
use beffroi_catalog::Dataset;
use beffroi_model::{ColumnId, Finding, Period};
use beffroi_text::{
    Arg, Lang, PeriodStyle, date_long, finding, number, period, t, t_args, time_of_day,
};
use chrono::{DateTime, Local, Utc};

/// How many flaws the sentence names.
const NAMED: usize = 2;
/// How many columns are named.
const COLUMNS: usize = 4;

/// A criterion in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its name.
    pub name: String,
    /// The figures behind the mark, or why it does not apply.
    pub figures: String,
    /// What would raise the mark; `None` when it is full or does not apply.
    pub raise: Option<String>,
}

/// What a dataset is worth, in a sentence.
#[must_use]
pub fn sentence(lang: Lang, quality: &Quality) -> String {
    let total = ("total", quality.total().to_string().into());
    let flaws = quality.flaws();
    let named: Vec<String> = flaws
        .iter()
        .take(NAMED)
        .map(|flaw| {
            let mark = flaw.mark().unwrap_or_default().to_string();
            let name = name(lang, flaw.criterion);
            let args = [("name", name.into()), ("mark", mark.into())];
            t_args(lang, "quality-flaw", &args).into_owned()
        })
        .collect();
    let id = match named.len() {
        0 => "quality-sentence-full",
        _ => "quality-sentence",
    };
    let count = ("count", named.len().into());
    t_args(
        lang,
        id,
        &[total, count, ("flaws", named.join(", ").into())],
    )
    .into_owned()
}

/// What a criterion of a dataset comes to, in words.
#[must_use]
pub fn words(lang: Lang, dataset: &Dataset, judged: &Judged) -> Words {
    let teller = Teller { lang, dataset };
    let is_full = judged.mark().is_none_or(|mark| mark == 100);
    let (figures, raise) = match &judged.verdict {
        Verdict::Measured { good, of, facts } => (
            teller.figures(judged.criterion, *good, *of, facts),
            teller.raise(judged.criterion, facts),
        ),
        Verdict::Nothing => (teller.say("nothing", &[]), teller.say("nothing-raise", &[])),
        Verdict::LeftOut(why) => {
            let why = teller.say(&format!("left-{}", why.as_str()), &[]);
            (why, String::new())
        }
    };
    Words {
        name: name(lang, judged.criterion),
        figures,
        raise: (!is_full).then_some(raise),
    }
}

fn name(lang: Lang, criterion: Criterion) -> String {
    t(lang, &format!("quality-{}", criterion.as_str())).into_owned()
}

struct Teller<'a> {
    lang: Lang,
    dataset: &'a Dataset,
}

impl Teller<'_> {
    fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        t_args(self.lang, &format!("quality-{id}"), args).into_owned()
    }

    fn figures(&self, criterion: Criterion, good: u64, of: u64, facts: &Facts) -> String {
        let name = criterion.as_str();
        let counts = [
            ("good", self.count(good).into()),
            ("of", self.count(of).into()),
            ("count", of.saturating_sub(good).into()),
        ];
        let say = |what: &str, args: &[(&str, Arg<'_>)]| {
            let args: Vec<_> = counts.iter().chain(args).cloned().collect();
            self.say(&format!("{name}-{what}"), &args)
        };
        match facts {
            Facts::Deliveries { last } => {
                say("figures", &[("day", date_long(self.lang, *last).into())])
            }
            Facts::Readings { last, every } => say(
                "readings",
                &[
                    ("instant", self.instant(*last).into()),
                    ("every", self.count(*every).into()),
                ],
            ),
            Facts::Reach {
                latest,
                expected,
                delivered,
            } => say(
                "figures",
                &[
                    ("latest", self.period(*latest).into()),
                    ("expected", self.period(*expected).into()),
                    ("day", date_long(self.lang, *delivered).into()),
                ],
            ),
            Facts::Required { columns } => {
                say("figures", &[("columns", self.columns(columns).into())])
            }
            Facts::Filled {
                filled,
                cells,
                emptiest,
            } => {
                let cells = [
                    ("good", self.count(*filled).into()),
                    ("of", self.count(*cells).into()),
                ];
                let told = self.say("cells-figures", &cells);
                match emptiest {
                    Some(fill) => format!("{told} {}", self.emptiest(fill)),
                    None => told,
                }
            }
            Facts::Covered {
                first,
                last,
                missing,
            } => {
                let told = say(
                    "figures",
                    &[
                        ("first", self.period(*first).into()),
                        ("last", self.period(*last).into()),
                    ],
                );
                let lacking = of.saturating_sub(good);
                match missing.is_empty() {
                    true => told,
                    false => format!("{told} {}", self.missing(missing, lacking)),
                }
            }
            Facts::Found { faults } => {
                let told = say("figures", &[]);
                let faults = faults
                    .iter()
                    .map(|(count, first)| self.fault(*count, first));
                std::iter::once(told)
                    .chain(faults)
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            Facts::Card { missing } => {
                let told = say("figures", &[]);
                match missing.is_empty() {
                    true => told,
                    false => {
                        let missing = self.mentions(missing);
                        format!(
                            "{told} {}",
                            self.say("card-missing", &[("missing", missing.into())])
                        )
                    }
                }
            }
            Facts::Columns {
                columns,
                titles,
                descriptions,
                numbers,
                units,
                ..
            } => say(
                "figures",
                &[
                    ("columns", (*columns).into()),
                    ("titles", self.count(*titles).into()),
                    ("descriptions", self.count(*descriptions).into()),
                    ("numbers", (*numbers).into()),
                    ("units", self.count(*units).into()),
                ],
            ),
        }
    }

    /// What would raise the mark.
    fn raise(&self, criterion: Criterion, facts: &Facts) -> String {
        let file = format!("datasets/{}.toml", self.dataset.id);
        let id = format!("{}-raise", criterion.as_str());
        match facts {
            Facts::Readings { .. } => self.say("delivery-readings-raise", &[]),
            Facts::Reach { expected, .. } => {
                self.say(&id, &[("expected", self.period(*expected).into())])
            }
            Facts::Filled {
                emptiest: Some(fill),
                ..
            } => self.say(&id, &[("column", self.title(&fill.column).into())]),
            Facts::Found { faults } => match faults.first() {
                Some((_, first)) => beffroi_text::mend(self.lang, first.kind),
                None => self.say(&id, &[]),
            },
            Facts::Card { missing } => {
                let keys: Vec<&str> = missing.iter().map(|mention| mention.key()).collect();
                self.say(
                    &id,
                    &[("file", file.into()), ("keys", keys.join(", ").into())],
                )
            }
            Facts::Columns { lacking, .. } => {
                let columns = self.columns(lacking).into();
                self.say(&id, &[("file", file.into()), ("columns", columns)])
            }
            _ => self.say(&id, &[("file", file.into())]),
        }
    }

    fn emptiest(&self, fill: &Fill) -> String {
        let args = [
            ("column", self.title(&fill.column).into()),
            ("good", self.count(fill.filled).into()),
            ("of", self.count(fill.cells).into()),
        ];
        self.say("cells-emptiest", &args)
    }

    fn missing(&self, first: &[Period], count: u64) -> String {
        let named: Vec<String> = first.iter().map(|it| self.period(*it)).collect();
        let more = count.saturating_sub(first.len() as u64);
        let args = [("periods", named.join(", ").into()), ("count", more.into())];
        self.say(
            match more {
                0 => "gaps-missing",
                _ => "gaps-missing-more",
            },
            &args,
        )
    }

    /// A fault, as the page tells it among what was found.
    fn fault(&self, count: u64, first: &Finding) -> String {
        format!("{}.", finding(self.lang, first, count))
    }

    fn mentions(&self, mentions: &[Mention]) -> String {
        let named: Vec<String> = mentions
            .iter()
            .map(|mention| self.say(&format!("mention-{}", mention.key()), &[]))
            .collect();
        named.join(", ")
    }

    /// The names of the first columns, and how many more there are.
    fn columns(&self, columns: &[ColumnId]) -> String {
        let named = columns.iter().take(COLUMNS);
        let named: Vec<String> = named.map(|column| self.title(column)).collect();
        let names = named.join(", ");
        match columns.len() - named.len() {
            0 => names,
            more => self.say("more", &[("names", names.into()), ("count", more.into())]),
        }
    }

    fn title(&self, column: &ColumnId) -> String {
        let info = self.dataset.columns.get(column);
        let title = info.map(|info| info.title.get(self.lang == Lang::En).0);
        let title = title.filter(|title| !title.is_empty());
        title.unwrap_or(column.as_str()).to_owned()
    }

    fn period(&self, when: Period) -> String {
        period(self.lang, when, PeriodStyle::Long)
    }

    fn instant(&self, at: DateTime<Utc>) -> String {
        let at = at.with_timezone(&Local).naive_local();
        let args = [
            ("day", date_long(self.lang, at.date()).into()),
            ("time", time_of_day(self.lang, at).into()),
        ];
        self.say("instant", &args)
    }

    #[allow(clippy::cast_precision_loss)]
    fn count(&self, count: u64) -> String {
        number(self.lang, count as f64, 0)
    }
}
