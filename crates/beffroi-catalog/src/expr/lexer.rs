//! The words of a measure.

use super::parser::ExprError;
use std::ops::Range;

/// One word, with the bytes it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name as written: a column, a function.
    Name(String),
    /// One of [`KEYWORDS`].
    Keyword(&'static str),
    Number(f64),
    Text(String),
    Symbol(&'static str),
    End,
}

/// Words that cannot name a column.
pub(super) const KEYWORDS: [&str; 16] = [
    "and", "or", "not", "in", "between", "like", "is", "null", "case", "when", "then", "else",
    "end", "filter", "where", "distinct",
];

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 15] = [
    "<>", "!=", "<=", ">=", "||", "(", ")", ",", "+", "-", "*", "/", "=", "<", ">",
];

/// Characters that people write for a symbol of the language, and that symbol.
const LOOKALIKES: [(&str, &str); 13] = [
    ("==", "="),
    ("&&", "and"),
    ("&", "and"),
    ("|", "or"),
    ("!", "not"),
    ("÷", "/"),
    (":", "/"),
    ("×", "*"),
    ("−", "-"),
    ("–", "-"),
    ("≠", "<>"),
    ("≤", "<="),
    ("≥", ">="),
];

/// Cuts a measure into words, ended by [`TokenKind::End`]. What is not a word is told and skipped.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<ExprError>) {
    let mut tokens = Vec::new();
    let mut errors = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = if c.is_whitespace() {
            (None, c.len_utf8())
        } else if c.is_ascii_digit() {
            number(rest, at, &mut errors)
        } else if c.is_alphabetic() || c == '_' {
            let length = run(rest, |c| c.is_alphanumeric() || c == '_');
            (Some(word(&rest[..length])), length)
        } else if c == '\'' {
            quoted(rest, at, &mut errors)
        } else if let Some(error) = lookalike(rest, at) {
            let length = error.span.len();
            errors.push(error);
            (None, length)
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Some(TokenKind::Symbol(symbol)), symbol.len())
        } else {
            errors.push(unexpected(c, at));
            (None, c.len_utf8())
        };
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                span: at..at + length,
            });
        }
        at += length;
    }
    tokens.push(Token {
        kind: TokenKind::End,
        span: text.len()..text.len(),
    });
    (tokens, errors)
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn word(text: &str) -> TokenKind {
    let lower = text.to_lowercase();
    match KEYWORDS.iter().find(|keyword| **keyword == lower) {
        Some(keyword) => TokenKind::Keyword(keyword),
        None => TokenKind::Name(text.to_owned()),
    }
}

fn number(rest: &str, at: usize, errors: &mut Vec<ExprError>) -> (Option<TokenKind>, usize) {
    let mut length = run(rest, |c| c.is_ascii_digit());
    let digits_after = |length: usize| run(&rest[length + 1..], |c| c.is_ascii_digit());
    if rest[length..].starts_with('.') && digits_after(length) > 0 {
        length += 1 + digits_after(length);
    }
    let value: f64 = rest[..length].parse().unwrap_or(f64::NAN);
    let followed = run(&rest[length..], |c| {
        c.is_alphanumeric() || c == '_' || c == '.'
    });
    if followed > 0 || !value.is_finite() {
        let span = at..at + length + followed;
        errors.push(ExprError::new(
            span,
            "ce n'est pas un nombre",
            "Un nombre s'écrit `12` ou `0.5`.",
        ));
        return (Some(TokenKind::Number(0.0)), length + followed);
    }
    (Some(TokenKind::Number(value)), length)
}

/// A text between single quotes, doubled inside.
fn quoted(rest: &str, at: usize, errors: &mut Vec<ExprError>) -> (Option<TokenKind>, usize) {
    let mut text = String::new();
    let mut length = 1;
    loop {
        let inside = &rest[length..];
        let Some(end) = inside.find('\'') else {
            errors.push(ExprError::new(
                at..at + rest.len(),
                "ce texte n'est pas fermé",
                "Terminez-le par `'` ; une apostrophe dans un texte se double : `'l''école'`.",
            ));
            return (Some(TokenKind::Text(text)), rest.len());
        };
        text.push_str(&inside[..end]);
        length += end + 1;
        if !rest[length..].starts_with('\'') {
            return (Some(TokenKind::Text(text)), length);
        }
        text.push('\'');
        length += 1;
    }
}

fn lookalike(rest: &str, at: usize) -> Option<ExprError> {
    let is_symbol = rest.starts_with("!=") || rest.starts_with("||");
    let (written, meant) = LOOKALIKES
        .iter()
        .find(|(written, _)| rest.starts_with(written) && !is_symbol)?;
    Some(ExprError::new(
        at..at + written.len(),
        format!("`{written}` ne fait pas partie du langage des mesures"),
        format!("Écrivez `{meant}`."),
    ))
}

fn unexpected(c: char, at: usize) -> ExprError {
    let hint = match c {
        '"' | '’' | '‘' | '“' | '”' | '«' | '»' | '`' => {
            "Un texte s'écrit entre apostrophes droites : `'investissement'`.".to_owned()
        }
        '%' => {
            "Un taux s'écrit comme une fraction : `sum(a) / sum(b)` avec `unit = \"%\"`.".to_owned()
        }
        ';' => "Les arguments se séparent par des virgules.".to_owned(),
        _ => "Le langage connaît les colonnes, les nombres, les textes entre apostrophes et \
              `+ - * / || = <> < <= > >= ( ) ,`."
            .to_owned(),
    };
    ExprError::new(
        at..at + c.len_utf8(),
        format!("le caractère `{c}` n'a pas de sens ici"),
        hint,
    )
}
