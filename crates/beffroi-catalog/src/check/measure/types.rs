//! What parts of measures must be: numbers where one counts, dates where one asks for a month, members
//! that exist.

use super::{Checker, Part};
use crate::diagnostic::code;
use crate::expr::{Expr, Function, ValueType};
use crate::source::suggest;
use beffroi_model::{Grain, nearest, normalize};
use std::ops::Range;

/// What a part must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Number,
    Text,
    Condition,
    Time,
}

impl Wanted {
    fn is(self, kind: ValueType) -> bool {
        match self {
            Self::Number => kind.is_number(),
            Self::Text => kind == ValueType::Text,
            Self::Condition => kind == ValueType::Boolean,
            Self::Time => kind.is_time(),
        }
    }

    fn french(self) -> &'static str {
        match self {
            Self::Number => "un nombre",
            Self::Text => "un texte",
            Self::Condition => "une condition",
            Self::Time => "une date",
        }
    }
}

fn french(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Exact { .. } | ValueType::Float => "un nombre",
        ValueType::Text => "un texte",
        ValueType::Boolean => "un vrai ou faux",
        ValueType::Date { .. } => "une date",
        ValueType::Instant => "un instant",
    }
}

impl Checker<'_, '_> {
    /// The arguments of a function of one of them.
    pub(super) fn call(&mut self, function: Function, parts: &[Part]) {
        let name = function.as_str();
        let who = format!("`{name}` attend");
        match function {
            Function::Lower
            | Function::Upper
            | Function::Trim
            | Function::Left(_)
            | Function::Right(_)
            | Function::Length => self.expect_all(parts, Wanted::Text, &who),
            Function::Year
            | Function::Quarter
            | Function::Month
            | Function::Day
            | Function::Weekday
            | Function::DateTrunc(_) => {
                self.expect_all(parts, Wanted::Time, &who);
                let finest = match function {
                    Function::Quarter => Grain::Quarter,
                    Function::Month => Grain::Month,
                    Function::Day | Function::Weekday => Grain::Day,
                    Function::DateTrunc(grain) => grain,
                    _ => return,
                };
                for part in parts {
                    self.as_fine_as(part, finest, &format!("`{name}` n'a pas de sens"));
                }
            }
            _ => self.expect_all(parts, Wanted::Number, &who),
        }
    }

    /// A date whose periods make up those of a grain.
    pub(super) fn as_fine_as(&mut self, part: &Part, grain: Grain, why: &str) {
        let Some(ValueType::Date { grain: own }) = part.kind else {
            return;
        };
        if grain.is_made_of(own) {
            return;
        }
        self.error(
            &part.span,
            code::MEASURE_TYPE,
            format!("{why} : cette date est connue par `{}`", own.as_str()),
            "Il y faut une colonne plus précise.".to_owned(),
        );
    }

    pub(super) fn expect_all(&mut self, parts: &[Part], wanted: Wanted, who: &str) {
        for part in parts {
            self.expect(part, wanted, who);
        }
    }

    pub(super) fn expect(&mut self, part: &Part, wanted: Wanted, who: &str) {
        let Some(kind) = part.kind.filter(|kind| !wanted.is(*kind)) else {
            return;
        };
        let hint = match (wanted, kind) {
            (Wanted::Number, ValueType::Boolean) => {
                Some("Pour compter : `count(*) filter (where …)`.")
            }
            (Wanted::Number, kind) if kind.is_time() => Some(
                "Une date n'entre pas dans un calcul ; son année s'écrit `year(…)`, et les jours \
                 entre deux dates `fin - debut`.",
            ),
            (Wanted::Text, ValueType::Boolean) if who.contains("||") => {
                Some("`||` réunit des textes ; l'une ou l'autre condition s'écrit `or`.")
            }
            (Wanted::Condition, _) => Some("Une condition compare : `section = 'investissement'`."),
            _ => None,
        };
        let message = format!("{who} {}, pas {}", wanted.french(), french(kind));
        let hint = hint.map(str::to_owned);
        self.error(&part.span, code::MEASURE_TYPE, message, hint);
    }

    /// What is compared has types that compare.
    pub(super) fn comparable(&mut self, a: &Part, b: &Part) {
        if let (Some(first), Some(second)) = (a.kind, b.kind)
            && !first.compares_with(second)
        {
            self.apart(first, second, &b.span);
        }
    }

    /// The one type of what is chosen from.
    pub(super) fn all_same<'p>(
        &mut self,
        parts: impl Iterator<Item = &'p Part>,
    ) -> Option<ValueType> {
        let mut known: Option<ValueType> = None;
        for part in parts {
            known = match (known, part.kind) {
                (Some(first), Some(second)) => {
                    let both = first.or(second);
                    if both.is_none() {
                        self.apart(first, second, &part.span);
                    }
                    Some(both.unwrap_or(first))
                }
                (known, kind) => known.or(kind),
            };
        }
        known
    }

    /// Tells that two types do not go together, at the second.
    fn apart(&mut self, first: ValueType, second: ValueType, span: &Range<usize>) {
        let hint = match (first, second) {
            (ValueType::Text, second) if second.is_number() => {
                "Un texte se compare à un texte : mettez-le entre apostrophes, zéros de tête \
                 compris (`'020'`)."
            }
            (first, ValueType::Text) if first.is_number() => "Un nombre s'écrit sans apostrophes.",
            (first, second) if first.is_time() && second.is_time() => {
                "Le jour d'un instant s'écrit `date_trunc('day', …)`."
            }
            (first, second) if first.is_time() || second.is_time() => {
                "Une date s'écrit `date '2025-01-31'` ; comparez-en aussi une partie : \
                 `year(colonne) = 2025`, `month(colonne) <= 6`."
            }
            _ => "Un vrai ou faux se suffit : `where clos`, `where not clos`.",
        };
        let message = format!(
            "{} et {} ne vont pas ensemble",
            french(first),
            french(second)
        );
        self.error(span, code::MEASURE_TYPE, message, hint.to_owned());
    }

    /// Tells a text or a date above aggregates, where there are only numbers.
    pub(super) fn no_text_above(&mut self, expr: &Expr, whole: &Range<usize>) {
        let mut waiting = vec![expr];
        while let Some(part) = waiting.pop() {
            match part {
                Expr::Aggregate { .. } => {}
                Expr::Text(_) | Expr::Date(_) => {
                    self.error(
                        whole,
                        code::MEASURE_TYPE,
                        format!("`{part}` n'a pas de sens hors d'un agrégat"),
                        "Les textes et les dates se comparent ligne par ligne : `count(*) filter \
                         (where jour >= date '2025-01-01')`."
                            .to_owned(),
                    );
                    return;
                }
                _ => waiting.extend(part.children()),
            }
        }
    }

    /// A text compared with a column whose members are declared must be the key of one.
    pub(super) fn member(&mut self, column: &Expr, literal: &Expr, part: &Part) {
        let (Expr::Column(column), Expr::Text(text)) = (column, literal) else {
            return;
        };
        let spec = self
            .at
            .dataset
            .and_then(|dataset| dataset.schema.column(column.as_str()));
        let Some(spec) = spec.filter(|spec| !spec.members.is_empty()) else {
            return;
        };
        if spec.members.iter().any(|member| member.key == *text) {
            return;
        }
        let spelled = spec.members.iter().find(|member| {
            member
                .spellings
                .iter()
                .any(|spelling| normalize(spelling) == normalize(text))
        });
        let hint = match spelled {
            Some(member) => Some(format!("Écrivez sa clé : `'{}'`.", member.key)),
            None => {
                let spellings = spec.members.iter().flat_map(|member| {
                    member
                        .spellings
                        .iter()
                        .map(|spelling| (spelling.as_str(), &member.key))
                });
                let near = nearest(text, spellings.clone().map(|(spelling, _)| spelling));
                let near =
                    near.and_then(|near| spellings.clone().find(|(known, _)| *known == near));
                near.map(|(_, key)| format!("Vouliez-vous dire `'{key}'` ?"))
                    .or_else(|| suggest(text, spec.members.iter().map(|m| m.key.as_str())))
            }
        };
        let message = format!("`{text}` n'est pas un membre de `{column}`");
        self.error(&part.span, code::UNKNOWN_MEMBER, message, hint);
    }
}
