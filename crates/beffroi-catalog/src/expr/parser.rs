//! Words → tree, by precedence climbing. An error inside of parentheses does not hide those after
//! them.

mod forms;

use super::lexer::{KEYWORDS, Token, TokenKind, tokens};
use super::{BinaryOp, COMPARISON, Expr, NOT, SIGN};
use beffroi_model::ColumnId;
use std::ops::Range;

/// An error in a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    /// Bytes of the measure's text.
    pub span: Range<usize>,
    /// What is wrong, in French.
    pub message: String,
    /// What to do, in French.
    pub hint: Option<String>,
}

impl ExprError {
    pub(super) fn new(
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            span,
            message: message.into(),
            hint: Some(hint.into()),
        }
    }
}

/// A tree with the place of each of its parts.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub expr: Expr,
    /// One range for each part, children ([`Expr::children`]) before their parent.
    pub spans: Vec<Range<usize>>,
}

/// How deep parentheses, signs and `case` may go.
const DEEPEST: usize = 64;
/// How many parts an expression may have.
const MOST_PARTS: usize = 500;

/// Reads a measure. Keywords and functions may be written in either case.
///
/// # Errors
/// Everything that is wrong with the text, in the order of the text.
pub fn parse_expr(text: &str) -> Result<Expr, Vec<ExprError>> {
    parse_spanned(text).map(|parsed| parsed.expr)
}

/// Reads a measure, keeping places.
pub(crate) fn parse_spanned(text: &str) -> Result<Parsed, Vec<ExprError>> {
    let (tokens, errors) = tokens(text);
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        spans: Vec::new(),
        errors,
    };
    let expr = parser.whole();
    let Parser {
        spans, mut errors, ..
    } = parser;
    match expr {
        Ok(expr) if errors.is_empty() => Ok(Parsed { expr, spans }),
        Ok(_) | Err(Reported) => {
            errors.sort_by_key(|error| error.span.start);
            Err(errors)
        }
    }
}

/// The error is already in the list.
struct Reported;

type Parse<T> = Result<T, Reported>;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    spans: Vec<Range<usize>>,
    errors: Vec<ExprError>,
}

impl Parser {
    fn whole(&mut self) -> Parse<Expr> {
        if self.peek() == &TokenKind::End {
            return self.fail(
                "la mesure est vide",
                "Une mesure simple : `sum(colonne)` ; le nombre de lignes : `count(*)`.",
            );
        }
        let expr = self.expression(0)?;
        if self.peek() == &TokenKind::End {
            Ok(expr)
        } else {
            self.leftover()
        }
    }

    /// An error at a word that cannot follow what was read.
    fn leftover<T>(&mut self) -> Parse<T> {
        match self.peek() {
            TokenKind::End => self.fail("une parenthèse n'est pas fermée", "Ajoutez `)`."),
            TokenKind::Symbol(")") => self.fail(
                "parenthèse fermée sans avoir été ouverte",
                "Ôtez-la, ou ouvrez-la avant.",
            ),
            TokenKind::Symbol(",") => self.fail(
                "virgule inattendue",
                "Un nombre décimal s'écrit avec un point : `0.5`.",
            ),
            TokenKind::Keyword("filter") => self.fail(
                "`filter` doit suivre un agrégat",
                "Par exemple : `sum(montant) filter (where section = 'fonctionnement')`.",
            ),
            TokenKind::Keyword("where") => self.fail(
                "`where` ne s'emploie que dans un filtre",
                "Écrivez `sum(montant) filter (where section = 'fonctionnement')`.",
            ),
            TokenKind::Symbol("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=") => self.fail(
                "les comparaisons ne s'enchaînent pas",
                "Écrivez `a < b and b < c`.",
            ),
            _ => self.fail(
                "un opérateur ou une virgule est attendu avant ceci",
                "Reliez les deux parties par `+`, `-`, `*`, `/`, `and`…",
            ),
        }
    }

    /// An expression whose operators bind at least as tightly as asked.
    fn expression(&mut self, at_least: u8) -> Parse<Expr> {
        self.depth += 1;
        let expr = if self.depth > DEEPEST {
            self.fail(
                "expression trop imbriquée",
                "Décomposez-la en plusieurs indicateurs, puis combinez-les par `indicator('…')`.",
            )
        } else {
            self.operators(at_least)
        };
        self.depth -= 1;
        expr
    }

    fn operators(&mut self, at_least: u8) -> Parse<Expr> {
        let start = self.start();
        let mut left = self.prefixed()?;
        // Between parentheses a comparison may be compared; else they do not chain.
        let mut loosest = None;
        loop {
            let negated = self.peek() == &TokenKind::Keyword("not")
                && matches!(
                    self.peek_second(),
                    TokenKind::Keyword("in" | "between" | "like")
                );
            let word = if negated {
                self.peek_second()
            } else {
                self.peek()
            };
            let special = match word {
                TokenKind::Keyword(word @ ("in" | "between" | "like" | "is")) => Some(*word),
                _ => None,
            };
            if let Some(word) = special.filter(|_| at_least <= COMPARISON) {
                self.at += 1 + usize::from(negated);
                left = self.predicate(word, negated, left, start)?;
                loosest = Some(COMPARISON);
                continue;
            }
            let Some(op) = binary(self.peek()).filter(|op| op.precedence() >= at_least) else {
                return Ok(left);
            };
            if op.is_comparison() && loosest.is_some_and(|loosest| loosest <= COMPARISON) {
                return Ok(left);
            }
            loosest = Some(op.precedence());
            self.at += 1;
            let right = self.expression(op.precedence() + 1)?;
            left = self.node(
                start,
                Expr::Binary {
                    op,
                    left: Box::new(left),
                    right: Box::new(right),
                },
            )?;
        }
    }

    fn prefixed(&mut self) -> Parse<Expr> {
        let start = self.start();
        if self.eat_keyword("not") {
            let of = self.expression(NOT)?;
            return self.node(start, Expr::Not(Box::new(of)));
        }
        if self.eat("-") {
            let of = self.expression(SIGN)?;
            return self.node(start, Expr::Negate(Box::new(of)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Parse<Expr> {
        let start = self.start();
        let kind = self.peek().clone();
        match kind {
            TokenKind::Number(number) => {
                self.at += 1;
                self.node(start, Expr::Number(number))
            }
            TokenKind::Text(text) => {
                self.at += 1;
                self.node(start, Expr::Text(text))
            }
            TokenKind::Symbol("(") => {
                self.at += 1;
                self.closed(|parser| parser.expression(0))
            }
            TokenKind::Keyword("case") => {
                self.at += 1;
                self.case(start)
            }
            TokenKind::Name(name) if forms::is_date(&name, self.peek_second()) => {
                self.at += 1;
                let day = self.day()?;
                self.node(start, Expr::Date(day))
            }
            TokenKind::Name(name) => {
                self.at += 1;
                if self.peek() == &TokenKind::Symbol("(") {
                    self.call(&name, start)
                } else {
                    self.column(&name, start)
                }
            }
            TokenKind::Keyword("null") => self.fail(
                "`null` n'est pas une valeur",
                "Pour une cellule sans valeur, écrivez `colonne is null`.",
            ),
            TokenKind::Keyword(word) => self.fail(
                format!("`{word}` n'a pas de sens ici"),
                "Une colonne ou un agrégat est attendu.",
            ),
            TokenKind::Symbol(symbol) => self.fail(
                format!("`{symbol}` inattendu : une valeur manque avant"),
                "Une colonne, un nombre ou un agrégat est attendu.",
            ),
            TokenKind::End => self.fail(
                "la mesure s'arrête trop tôt",
                "Une colonne, un nombre ou un agrégat est attendu à la fin.",
            ),
        }
    }

    fn column(&mut self, name: &str, start: usize) -> Parse<Expr> {
        match ColumnId::new(name) {
            Ok(column) if !matches!(name, "true" | "false") => {
                self.node(start, Expr::Column(column))
            }
            Ok(_) => self.fail_before(
                format!("`{name}` n'est pas une valeur du langage"),
                "Une colonne booléenne se suffit : `where clos`, `where not clos`.",
            ),
            Err(_) => self.fail_before(
                format!("`{name}` ne peut pas être une colonne"),
                format!(
                    "Les colonnes s'écrivent en minuscules sans accent : `{}`.",
                    beffroi_model::normalize(name)
                ),
            ),
        }
    }

    /// What stands up to the closing parenthesis, the opening one being read. After an error, goes
    /// on behind the closing one.
    fn closed<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let inner = inside(self).and_then(|inner| {
            if self.peek() == &TokenKind::Symbol(")") {
                return Ok(inner);
            }
            self.leftover()
        });
        if inner.is_err() {
            self.skip_to_closing();
        }
        if self.peek() == &TokenKind::Symbol(")") {
            self.at += 1;
        }
        match inner {
            Ok(inner) => Ok(inner),
            Err(Reported) => {
                self.look_at_the_rest();
                Err(Reported)
            }
        }
    }

    fn skip_to_closing(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.peek() {
                TokenKind::End => return,
                TokenKind::Symbol("(") => open += 1,
                TokenKind::Symbol(")") if open == 0 => return,
                TokenKind::Symbol(")") => open -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// After an error in parentheses at the top, reads what the next operator joins, for its
    /// errors only.
    fn look_at_the_rest(&mut self) {
        if self.depth <= 2 && binary(self.peek()).is_some() {
            self.at += 1;
            let _ = self.expression(0);
        }
    }

    fn node(&mut self, start: usize, expr: Expr) -> Parse<Expr> {
        if self.spans.len() >= MOST_PARTS {
            return self.fail(
                format!("expression trop longue : plus de {MOST_PARTS} éléments"),
                "Décomposez-la en plusieurs indicateurs, puis combinez-les par `indicator('…')`.",
            );
        }
        self.spans.push(start..self.last_end().max(start));
        Ok(expr)
    }

    fn peek(&self) -> &TokenKind {
        self.tokens
            .get(self.at)
            .map_or(&TokenKind::End, |token| &token.kind)
    }

    fn peek_second(&self) -> &TokenKind {
        self.tokens
            .get(self.at + 1)
            .map_or(&TokenKind::End, |token| &token.kind)
    }

    fn start(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.span.start)
    }

    /// Where the last word read ends.
    fn last_end(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.span.end)
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Symbol(found) if *found == symbol);
        self.at += usize::from(found);
        found
    }

    fn eat_keyword(&mut self, keyword: &str) -> bool {
        debug_assert!(KEYWORDS.contains(&keyword));
        let found = matches!(self.peek(), TokenKind::Keyword(found) if *found == keyword);
        self.at += usize::from(found);
        found
    }

    /// An error at the next word.
    fn fail<T>(&mut self, message: impl Into<String>, hint: impl Into<String>) -> Parse<T> {
        let span = self
            .tokens
            .get(self.at)
            .map_or(0..0, |token| token.span.clone());
        self.errors.push(ExprError::new(span, message, hint));
        Err(Reported)
    }

    /// An error at the word just read.
    fn fail_before<T>(&mut self, message: impl Into<String>, hint: impl Into<String>) -> Parse<T> {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let span = last.map_or(0..0, |token| token.span.clone());
        self.errors.push(ExprError::new(span, message, hint));
        Err(Reported)
    }

    /// An error about everything read since `start`.
    fn fail_since<T>(
        &mut self,
        start: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Parse<T> {
        self.errors.push(ExprError::new(
            start..self.last_end().max(start),
            message,
            hint,
        ));
        Err(Reported)
    }
}

fn binary(kind: &TokenKind) -> Option<BinaryOp> {
    Some(match kind {
        TokenKind::Symbol("+") => BinaryOp::Add,
        TokenKind::Symbol("-") => BinaryOp::Subtract,
        TokenKind::Symbol("*") => BinaryOp::Multiply,
        TokenKind::Symbol("/") => BinaryOp::Divide,
        TokenKind::Symbol("||") => BinaryOp::Concat,
        TokenKind::Symbol("=") => BinaryOp::Equal,
        TokenKind::Symbol("<>" | "!=") => BinaryOp::NotEqual,
        TokenKind::Symbol("<") => BinaryOp::Less,
        TokenKind::Symbol("<=") => BinaryOp::LessOrEqual,
        TokenKind::Symbol(">") => BinaryOp::Greater,
        TokenKind::Symbol(">=") => BinaryOp::GreaterOrEqual,
        TokenKind::Keyword("and") => BinaryOp::And,
        TokenKind::Keyword("or") => BinaryOp::Or,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// Parts of a tree, children before their parent.
    fn parts<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
        for child in expr.children() {
            parts(child, out);
        }
        out.push(expr);
    }

    #[test]
    fn each_part_knows_its_place() {
        for text in [
            "sum(a) / nullif(sum(b), 0)",
            "sum(a) filter (where s = 'x' and not (c in ('u', 'v')) or d not between 1 and -2)",
            "case when count(*) > 0 then -sum(a) else 0.5 end + count(distinct b)",
            "indicator('x') * 1000 / indicator('y')",
            "count(a) filter (where b not like '21%' and c is not null and year(d) = 2024)",
        ] {
            let parsed = parse_spanned(text).expect(text);
            let mut all = Vec::new();
            parts(&parsed.expr, &mut all);
            assert_eq!(all.len(), parsed.spans.len(), "{text}");
            for (part, span) in all.iter().zip(&parsed.spans) {
                if let Expr::Column(column) = part {
                    assert_eq!(&text[span.clone()], column.as_str());
                }
                if let Expr::Aggregate { function, .. } = part {
                    assert!(text[span.clone()].starts_with(function.as_str()), "{text}");
                }
            }
        }
    }

    #[test]
    fn every_error_is_told_at_its_word() {
        let errors = parse_spanned("somme(a, b c) / sum(x y) + nullif(1)").expect_err("wrong");
        let told: Vec<_> = errors.iter().map(|error| error.span.clone()).collect();
        assert_eq!(told, [0..5, 11..12, 22..23, 27..36]);
    }
}
