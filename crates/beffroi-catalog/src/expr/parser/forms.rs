//! Calls, `case` and the words that stand between operands: everything that is not an operator
//! between two values.

use super::{Parse, Parser};
use crate::expr::lexer::TokenKind;
use crate::expr::{Aggregate, Expr, Function, SUM};
use beffroi_model::{IndicatorId, nearest};

impl Parser {
    pub(super) fn call(&mut self, name: &str, start: usize) -> Parse<Expr> {
        let lower = name.to_lowercase();
        if lower == "indicator" {
            return self.indicator(start);
        }
        if let Some((function, _)) = Aggregate::ALL.iter().find(|(_, known)| *known == lower) {
            return self.aggregate(*function, start);
        }
        let Some((function, _)) = Function::ALL.iter().find(|(_, known)| *known == lower) else {
            return self.unknown_function(name, &lower);
        };
        self.at += 1;
        let args = self.closed(|parser| parser.arguments())?;
        let (expected, fits) = match function {
            Function::NullIf => ("deux valeurs", args.len() == 2),
            Function::Coalesce => ("au moins deux valeurs", args.len() >= 2),
            Function::Year | Function::Month | Function::Abs => ("une valeur", args.len() == 1),
        };
        if !fits {
            return self.fail_since(
                start,
                format!("`{lower}` attend {expected}, pas {}", args.len()),
                "Les valeurs se séparent par des virgules.",
            );
        }
        self.node(
            start,
            Expr::Call {
                function: *function,
                args,
            },
        )
    }

    fn unknown_function<T>(&mut self, name: &str, lower: &str) -> Parse<T> {
        let known = || {
            let aggregates = Aggregate::ALL.iter().map(|(_, name)| *name);
            let functions = Function::ALL.iter().map(|(_, name)| *name);
            aggregates.chain(functions).chain(["indicator"])
        };
        let hint = match lower {
            "average" | "mean" | "moyenne" => "La moyenne s'écrit `avg`.".to_owned(),
            "somme" | "total" => "La somme s'écrit `sum`.".to_owned(),
            "nombre" | "nb" => "Le nombre de lignes s'écrit `count(*)`.".to_owned(),
            "if" | "iif" | "si" => "Un choix s'écrit `case when … then … else … end`.".to_owned(),
            _ => match nearest(lower, known()) {
                Some(near) => format!("Vouliez-vous dire `{near}` ?"),
                None => {
                    let mut names: Vec<&str> = known().collect();
                    names.dedup();
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
            parser.expression(0).map(|of| Some(Box::new(of)))
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

    fn literals(&mut self) -> Parse<Vec<Expr>> {
        let mut values = Vec::new();
        loop {
            let start = self.start();
            let minus = self.eat("-");
            let value = match self.peek().clone() {
                TokenKind::Number(number) => Expr::Number(if minus { -number } else { number }),
                TokenKind::Text(text) if !minus => Expr::Text(text),
                _ => {
                    return self.fail(
                        "un nombre ou un texte entre apostrophes est attendu",
                        "Par exemple : `in ('électrique', 'mécanique')`.",
                    );
                }
            };
            self.at += 1;
            values.push(self.node(start, value)?);
            if !self.eat(",") {
                return Ok(values);
            }
        }
    }
}
