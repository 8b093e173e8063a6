//! Calls, `case` and the words that stand between operands: everything that is not an operator
//! between two values.

use super::{Parse, Parser};
use crate::expr::lexer::TokenKind;
use crate::expr::{Aggregate, Expr, Function, Level, SUM};
use beffroi_model::{Grain, IndicatorId, Period, nearest};
use chrono::NaiveDate;

const DAY: &str = "Une date s'écrit `date '2025-01-31'`.";

impl Parser {
    pub(super) fn call(&mut self, name: &str, start: usize) -> Parse<Expr> {
        let lower = name.to_lowercase();
        if lower == "indicator" {
            return self.indicator(start);
        }
        if let Some(aggregate) = Aggregate::named(&lower) {
            return self.aggregate(aggregate, start);
        }
        let Some(mut function) = Function::named(&lower) else {
            return self.unknown_function(name, &lower);
        };
        self.at += 1;
        let args = self.closed(|parser| match &mut function {
            Function::DateTrunc(grain) => parser.truncated(grain),
            Function::Round(places) => parser.rounded(places),
            Function::Left(count) | Function::Right(count) => parser.cut(&lower, count),
            _ => parser.arguments(),
        })?;
        let (expected, fits) = match function {
            Function::NullIf => ("deux valeurs", args.len() == 2),
            Function::Coalesce | Function::Greatest | Function::Least => {
                ("au moins deux valeurs", args.len() >= 2)
            }
            _ => ("une valeur", args.len() == 1),
        };
        if !fits {
            return self.fail_since(
                start,
                format!("`{lower}` attend {expected}, pas {}", args.len()),
                "Les valeurs se séparent par des virgules.",
            );
        }
        self.node(start, Expr::Call { function, args })
    }

    /// What stands between the parentheses of `date_trunc`.
    fn truncated(&mut self, grain: &mut Grain) -> Parse<Vec<Expr>> {
        const EXAMPLE: &str = "Par exemple : `date_trunc('month', jour)`.";
        let TokenKind::Text(text) = self.peek().clone() else {
            return self.fail(
                "la longueur d'une période est attendue, entre apostrophes",
                EXAMPLE,
            );
        };
        self.at += 1;
        match text.parse() {
            Ok(found) => *grain = found,
            Err(_) => {
                let known = Grain::ALL.map(|grain| format!("`'{}'`", grain.as_str()));
                return self.fail_before(
                    format!("`{text}` n'est pas la longueur d'une période"),
                    format!("Possibles : {}.", known.join(", ")),
                );
            }
        }
        if !self.eat(",") {
            return self.fail("une virgule, puis une date, sont attendues", EXAMPLE);
        }
        Ok(vec![self.expression(0)?])
    }

    /// What stands between the parentheses of `round`.
    fn rounded(&mut self, places: &mut i8) -> Parse<Vec<Expr>> {
        let mut args = self.arguments_up_to_comma()?;
        if self.eat(",") {
            let minus = self.eat("-");
            let digits = self.whole_number(
                9,
                "le nombre de chiffres après la virgule est attendu, de -9 à 9",
                "Par exemple : `round(montant, 2)` ; au millier près : `round(montant, -3)`.",
            )?;
            let digits = i8::try_from(digits).unwrap_or_default();
            *places = if minus { -digits } else { digits };
        }
        args.truncate(1);
        Ok(args)
    }

    /// What stands between the parentheses of `left` and `right`.
    fn cut(&mut self, name: &str, count: &mut u32) -> Parse<Vec<Expr>> {
        let example = format!("Par exemple : `{name}(compte, 2)`.");
        let args = self.arguments_up_to_comma()?;
        if !self.eat(",") {
            return self.fail(
                "une virgule, puis un nombre de caractères, sont attendus",
                example,
            );
        }
        *count = self.whole_number(
            1_000,
            "un nombre de caractères est attendu, de 0 à 1000",
            &example,
        )?;
        Ok(args)
    }

    /// One argument, before parameters that are no expressions; none before `)`.
    fn arguments_up_to_comma(&mut self) -> Parse<Vec<Expr>> {
        if self.peek() == &TokenKind::Symbol(")") {
            return Ok(Vec::new());
        }
        Ok(vec![self.expression(0)?])
    }

    fn whole_number(&mut self, most: u32, message: &str, hint: &str) -> Parse<u32> {
        match self.peek() {
            TokenKind::Number(number)
                if number.fract() == 0.0 && (0.0..=f64::from(most)).contains(number) =>
            {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked to be whole and in range"
                )]
                let whole = *number as u32;
                self.at += 1;
                Ok(whole)
            }
            _ => self.fail(message, hint),
        }
    }

    fn unknown_function<T>(&mut self, name: &str, lower: &str) -> Parse<T> {
        let known = || {
            let aggregates = Aggregate::NAMES.into_iter();
            aggregates.chain(Function::NAMES).chain(["indicator"])
        };
        let hint = match lower {
            "average" | "mean" | "moyenne" => "La moyenne s'écrit `avg`.".to_owned(),
            "somme" | "total" => "La somme s'écrit `sum`.".to_owned(),
            "nombre" | "nb" => "Le nombre de lignes s'écrit `count(*)`.".to_owned(),
            "date" => "Une date s'écrit sans parenthèses : `date '2025-01-31'`.".to_owned(),
            "concat" => "Des textes se réunissent par `||` : `a || b`.".to_owned(),
            "substr" | "substring" | "mid" => {
                "Le début d'un texte s'écrit `left(texte, 2)`, sa fin `right(texte, 2)`.".to_owned()
            }
            "len" => "Le nombre de caractères s'écrit `length`.".to_owned(),
            "percentile" | "percentile_cont" | "decile" | "quartile" => {
                "Un quantile s'écrit `quantile(colonne, 0.9)`.".to_owned()
            }
            "datediff" | "date_diff" => "Les jours entre deux dates : `fin - debut`.".to_owned(),
            "if" | "iif" | "si" => "Un choix s'écrit `case when … then … else … end`.".to_owned(),
            _ => match nearest(lower, known()) {
                Some(near) => format!("Vouliez-vous dire `{near}` ?"),
                None => {
                    let names: Vec<&str> = known().collect();
                    format!("Fonctions du langage : {}.", names.join(", "))
                }
            },
        };
        let failed = self.fail_before(format!("fonction inconnue : `{name}`"), hint);
        // What follows is looked at all the same: its errors are told too.
        self.at += 1;
        if self.closed(|parser| parser.arguments()).is_ok() {
            self.look_at_the_rest();
        }
        failed
    }

    fn indicator(&mut self, start: usize) -> Parse<Expr> {
        self.at += 1;
        let id = self.closed(|parser| match parser.peek().clone() {
            TokenKind::Text(text) => {
                parser.at += 1;
                IndicatorId::new(&text).or_else(|_| {
                    parser.fail_before(
                        format!("`{text}` ne peut pas être un indicateur"),
                        "Écrivez le nom de son fichier sans `.toml` : `indicator('population')`.",
                    )
                })
            }
            _ => parser.fail(
                "le nom d'un indicateur est attendu, entre apostrophes",
                "Par exemple : `indicator('population')`.",
            ),
        })?;
        self.node(start, Expr::Indicator(id))
    }

    fn aggregate(&mut self, mut function: Aggregate, start: usize) -> Parse<Expr> {
        self.at += 1;
        let of = self.closed(|parser| {
            if parser.peek() == &TokenKind::Symbol("*") {
                if function != Aggregate::Count {
                    return parser.fail(
                        format!("`{}(*)` n'existe pas", function.as_str()),
                        "Seul `count(*)` porte sur les lignes ; nommez une colonne.",
                    );
                }
                parser.at += 1;
                return Ok(None);
            }
            if parser.peek() == &TokenKind::Keyword("distinct") {
                if function != Aggregate::Count {
                    return parser.fail(
                        format!("`distinct` ne va pas avec `{}`", function.as_str()),
                        "Seul `count(distinct colonne)` compte des valeurs différentes.",
                    );
                }
                parser.at += 1;
                function = Aggregate::CountDistinct;
            }
            if parser.peek() == &TokenKind::Symbol(")") {
                return parser.fail(
                    format!("`{}` attend une colonne", function.as_str()),
                    "Par exemple : `sum(montant)` ; le nombre de lignes : `count(*)`.",
                );
            }
            let of = parser.expression(0)?;
            if let Aggregate::Quantile(level) = &mut function {
                parser.level(level)?;
            }
            Ok(Some(Box::new(of)))
        })?;
        let filter = if self.eat_keyword("filter") {
            Some(Box::new(self.filter()?))
        } else {
            None
        };
        self.node(
            start,
            Expr::Aggregate {
                function,
                of,
                filter,
            },
        )
    }

    /// Which quantile: `, 0.9`.
    fn level(&mut self, level: &mut Level) -> Parse<()> {
        const EXAMPLE: &str = "Par exemple : `quantile(delai, 0.9)`, sous lequel sont neuf lignes \
                               sur dix.";
        if !self.eat(",") {
            return self.fail(
                "une virgule, puis un nombre de 0 à 1, sont attendus",
                EXAMPLE,
            );
        }
        let found = match self.peek() {
            TokenKind::Number(number) => Level::new(*number),
            _ => None,
        };
        let Some(found) = found else {
            return self.fail("un nombre de 0 à 1 est attendu", EXAMPLE);
        };
        self.at += 1;
        *level = found;
        Ok(())
    }

    fn filter(&mut self) -> Parse<Expr> {
        const EXAMPLE: &str = "Un filtre s'écrit `filter (where section = 'investissement')`.";
        if !self.eat("(") {
            return self.fail("une parenthèse est attendue après `filter`", EXAMPLE);
        }
        self.closed(|parser| {
            if !parser.eat_keyword("where") {
                return parser.fail("`where` est attendu", EXAMPLE);
            }
            parser.expression(0)
        })
    }

    pub(super) fn case(&mut self, start: usize) -> Parse<Expr> {
        const EXAMPLE: &str = "Un choix s'écrit `case when … then … else … end`.";
        let mut when = Vec::new();
        while self.eat_keyword("when") {
            let condition = self.expression(0)?;
            if !self.eat_keyword("then") {
                return self.fail("`then` est attendu", EXAMPLE);
            }
            when.push((condition, self.expression(0)?));
        }
        if when.is_empty() {
            return self.fail("`when` est attendu après `case`", EXAMPLE);
        }
        let otherwise = if self.eat_keyword("else") {
            Some(Box::new(self.expression(0)?))
        } else {
            None
        };
        if !self.eat_keyword("end") {
            return self.fail("`end` est attendu à la fin de `case`", EXAMPLE);
        }
        self.node(start, Expr::Case { when, otherwise })
    }

    /// `in`, `between`, `like`, `is`: what stands on their right.
    pub(super) fn predicate(
        &mut self,
        word: &str,
        negated: bool,
        of: Expr,
        start: usize,
    ) -> Parse<Expr> {
        let of = Box::new(of);
        match word {
            "in" => {
                if !self.eat("(") {
                    return self.fail(
                        "une liste entre parenthèses est attendue après `in`",
                        "Par exemple : `type in ('électrique', 'mécanique')`.",
                    );
                }
                let values = self.closed(|parser| parser.literals())?;
                self.node(
                    start,
                    Expr::In {
                        of,
                        values,
                        negated,
                    },
                )
            }
            "is" => {
                let negated = self.eat_keyword("not");
                if !self.eat_keyword("null") {
                    return self.fail("`null` est attendu", "Écrivez `is null` ou `is not null`.");
                }
                self.node(start, Expr::IsNull { of, negated })
            }
            "between" => {
                let low = Box::new(self.expression(SUM)?);
                if !self.eat_keyword("and") {
                    return self.fail("`and` est attendu", "Écrivez `between 1 and 12`.");
                }
                let high = Box::new(self.expression(SUM)?);
                let between = self.node(start, Expr::Between { of, low, high })?;
                self.negated(negated, between, start)
            }
            _ => {
                let TokenKind::Text(pattern) = self.peek().clone() else {
                    return self.fail(
                        "un texte est attendu après `like`",
                        "Par exemple : `compte like '21%'`.",
                    );
                };
                self.at += 1;
                let inside = pattern.trim_start_matches('%').trim_end_matches('%');
                if inside.contains('%') || inside.contains('_') {
                    return self.fail_before(
                        "dans `like`, `%` se place seulement au début ou à la fin, et `_` ne \
                         s'emploie pas",
                        "Par exemple : `compte like '21%'`, `objet like '%école%'`.",
                    );
                }
                let like = self.node(start, Expr::Like { of, pattern })?;
                self.negated(negated, like, start)
            }
        }
    }

    fn negated(&mut self, negated: bool, expr: Expr, start: usize) -> Parse<Expr> {
        if negated {
            self.node(start, Expr::Not(Box::new(expr)))
        } else {
            Ok(expr)
        }
    }

    fn arguments(&mut self) -> Parse<Vec<Expr>> {
        let mut args = Vec::new();
        if self.peek() == &TokenKind::Symbol(")") {
            return Ok(args);
        }
        loop {
            args.push(self.expression(0)?);
            if !self.eat(",") {
                return Ok(args);
            }
        }
    }

    /// The day of a date, `date` being read.
    pub(super) fn day(&mut self) -> Parse<NaiveDate> {
        let TokenKind::Text(text) = self.peek().clone() else {
            return self.fail("un jour est attendu", DAY);
        };
        self.at += 1;
        match text.parse::<Period>() {
            Ok(period) if period.grain() == Grain::Day => Ok(period.start()),
            _ => self.fail_before(format!("`{text}` n'est pas un jour"), DAY),
        }
    }

    fn literals(&mut self) -> Parse<Vec<Expr>> {
        let mut values = Vec::new();
        loop {
            let start = self.start();
            let minus = self.eat("-");
            let kind = self.peek().clone();
            self.at += 1;
            let value = match kind {
                TokenKind::Number(number) => Expr::Number(if minus { -number } else { number }),
                TokenKind::Text(text) if !minus => Expr::Text(text),
                TokenKind::Name(name) if !minus && is_date(&name, self.peek()) => {
                    Expr::Date(self.day()?)
                }
                _ => {
                    self.at -= 1;
                    return self.fail(
                        "un nombre, un texte entre apostrophes ou une date est attendu",
                        "Par exemple : `in ('électrique', 'mécanique')`.",
                    );
                }
            };
            values.push(self.node(start, value)?);
            if !self.eat(",") {
                return Ok(values);
            }
        }
    }
}

/// Whether a word begins a date: `date` before a text.
pub(super) fn is_date(word: &str, next: &TokenKind) -> bool {
    word.eq_ignore_ascii_case("date") && matches!(next, TokenKind::Text(_))
}
