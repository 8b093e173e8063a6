//! Whatever is in the files, reading them ends with a catalog or with errors: no panic, no hang.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Aggregate, BinaryOp, Expr, Function, Level, Loaded, load_files, parse_expr};
use beffroi_model::{ColumnId, Grain, IndicatorId};
use chrono::NaiveDate;
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A small generator (xorshift), so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.roll(items.len())]
    }
}

fn base() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/base");
    let mut files = Vec::new();
    for folder in [
        "",
        "datasets",
        "indicators",
        "boards",
        "reports",
        "maps",
        "schemas",
    ] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let inner = path.strip_prefix(&root).unwrap().to_owned();
                files.push((inner, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Places are inside of their files, and a catalog comes without errors only.
fn is_sane(loaded: &Loaded, files: &[(PathBuf, Vec<u8>)]) {
    assert_eq!(loaded.catalog.is_some(), loaded.diagnostics.is_empty());
    for diagnostic in &loaded.diagnostics {
        assert!(diagnostic.to_string().starts_with("erreur["));
        let Some(place) = &diagnostic.place else {
            continue;
        };
        assert!(
            files.iter().any(|(path, _)| *path == place.file),
            "{:?}",
            place.file
        );
        assert!(place.line >= 1 && place.column >= 1 && place.length >= 1);
    }
}

#[test]
fn mutated_declarations_never_panic() {
    let base = base();
    let mut dice = Dice(0x5eed);
    for _ in 0..1_200 {
        let mut files = base.clone();
        for _ in 0..=dice.roll(3) {
            let index = dice.roll(files.len());
            let donor = files[dice.roll(base.len())].1.clone();
            let bytes = &mut files[index].1;
            let (a, b) = (dice.roll(bytes.len() + 1), dice.roll(bytes.len() + 1));
            let (from, to) = (a.min(b), a.max(b));
            match dice.roll(6) {
                0 => bytes.truncate(from),
                1 => drop(bytes.drain(from..to.min(from + 40))),
                2 => bytes
                    .splice(from..from, donor.into_iter().skip(to).take(60))
                    .for_each(drop),
                3 => {
                    let word = dice.pick(&[
                        "[",
                        "]",
                        "\"",
                        "'''",
                        "=",
                        "{",
                        "}",
                        "\n",
                        ".",
                        "[[",
                        "# ",
                        "\u{feff}",
                        "title",
                        "[columns.x]\n",
                        "1e999",
                        "\\u0000",
                        "2026-13-45",
                        "é",
                        "\r",
                        "indicator('",
                        "sum(",
                        ")",
                        "null",
                    ]);
                    bytes.splice(from..from, word.bytes()).for_each(drop);
                }
                4 if from < bytes.len() => bytes[from] = u8::try_from(dice.roll(256)).unwrap(),
                _ => {
                    let copy = bytes[from..to.min(from + 200)].to_vec();
                    bytes.splice(from..from, copy).for_each(drop);
                }
            }
        }
        let loaded = load_files(files.clone());
        is_sane(&loaded, &files);
    }
}

#[test]
fn random_files_never_panic() {
    let mut dice = Dice(0xbeef);
    let paths = [
        "town.toml",
        "datasets/a.toml",
        "indicators/a.toml",
        "boards/a.toml",
        "x.toml",
    ];
    for _ in 0..400 {
        let mut files = base();
        for path in paths {
            let length = dice.roll(400);
            let bytes = if dice.roll(2) == 0 {
                (0..length)
                    .map(|_| u8::try_from(dice.roll(256)).unwrap())
                    .collect()
            } else {
                (0..length)
                    .map(|_| b"[]{}=\"'.,#\n \\ab1-\xe9"[dice.roll(18)])
                    .collect()
            };
            files.retain(|(known, _)| known != Path::new(path));
            files.push((path.into(), bytes));
        }
        let loaded = load_files(files.clone());
        is_sane(&loaded, &files);
    }
}

#[test]
fn a_large_file_of_nonsense_is_told_in_time() {
    let start = Instant::now();
    for text in [
        "[", "a = \"", "= = = ", "a.b.c.", "x\n", "[[a]]\n", "\"\"\"\n", "{", "a=1\n",
    ] {
        let mut files = base();
        let bytes = text.repeat((1 << 20) / text.len()).into_bytes();
        files.retain(|(path, _)| path != Path::new("datasets/trajets.toml"));
        files.push(("datasets/trajets.toml".into(), bytes));
        let loaded = load_files(files.clone());
        is_sane(&loaded, &files);
        assert!(loaded.catalog.is_none());
        assert!(loaded.diagnostics.len() < 300);
    }
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

const WORDS: [&str; 55] = [
    "sum(",
    "count(*)",
    "count(distinct ",
    "avg(",
    "median(",
    "a",
    "b",
    "c",
    "1",
    "0.5",
    "'x'",
    "'l''a'",
    "(",
    ")",
    ")",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "=",
    "<>",
    "<",
    ">=",
    "and",
    "or",
    "not",
    "in ('x', -1)",
    "between 1 and 2",
    "like 'x%'",
    "is null",
    "is not null",
    "case when",
    "then",
    "else",
    "end",
    "filter (where",
    "indicator('i')",
    "nullif(",
    "quantile(",
    ", 0.9)",
    "first(",
    "last(",
    "date '2025-01-31'",
    "in (date '2025-01-31')",
    "date_trunc('month',",
    "weekday(",
    "round(",
    ", -2)",
    "left(",
    ", 2)",
    "lower(",
    "greatest(",
    "||",
];

#[test]
fn random_measures_are_refused_or_read_again_the_same() {
    let mut dice = Dice(0xcafe);
    let mut read = 0;
    for _ in 0..60_000 {
        let count = 1 + dice.roll(12);
        let words: Vec<&str> = (0..count).map(|_| dice.pick(&WORDS)).collect();
        let text = words.join(" ");
        match parse_expr(&text) {
            Ok(expr) => {
                read += 1;
                let canonical = expr.to_string();
                assert_eq!(
                    parse_expr(&canonical).as_ref(),
                    Ok(&expr),
                    "{text} → {canonical}"
                );
            }
            Err(errors) => {
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(
                        text.get(error.span.clone()).is_some(),
                        "{text}: {:?}",
                        error.span
                    );
                }
            }
        }
    }
    assert!(read > 500, "only {read} measures were well formed");
}

/// Any expression of at most so many levels.
fn tree(dice: &mut Dice, levels: usize) -> Expr {
    let kind = if levels == 0 {
        dice.roll(5)
    } else {
        dice.roll(16)
    };
    let next = |dice: &mut Dice| Box::new(tree(dice, levels.saturating_sub(1)));
    match kind {
        0 => Expr::Number([0.0, 1.0, 0.5, 1e9, 12.25, 1e21][dice.roll(6)]),
        1 => Expr::Text(dice.pick(&["", "x", "l'école", "''", "É–"]).to_owned()),
        2 => Expr::Date(date(dice)),
        3 => Expr::Column(ColumnId::new(dice.pick(&["a", "date", "first", "montant_2"])).unwrap()),
        4 => Expr::Indicator(IndicatorId::new("i").unwrap()),
        5 => Expr::Binary {
            left: next(dice),
            right: next(dice),
            op: [
                BinaryOp::Add,
                BinaryOp::Subtract,
                BinaryOp::Multiply,
                BinaryOp::Divide,
                BinaryOp::Concat,
                BinaryOp::Equal,
                BinaryOp::NotEqual,
                BinaryOp::Less,
                BinaryOp::LessOrEqual,
                BinaryOp::Greater,
                BinaryOp::GreaterOrEqual,
                BinaryOp::And,
                BinaryOp::Or,
            ][dice.roll(13)],
        },
        6 => Expr::Not(next(dice)),
        7 => Expr::Negate(next(dice)),
        8 => Expr::In {
            of: next(dice),
            values: vec![
                Expr::Number(-1.5),
                Expr::Text("b".to_owned()),
                Expr::Date(date(dice)),
            ],
            negated: dice.roll(2) == 0,
        },
        9 => Expr::Between {
            of: next(dice),
            low: next(dice),
            high: next(dice),
        },
        10 => Expr::IsNull {
            of: next(dice),
            negated: dice.roll(2) == 0,
        },
        11 => Expr::Like {
            of: next(dice),
            pattern: dice.pick(&["a%", "%a", "%a%", "a", "%", "é'%"]).to_owned(),
        },
        12 => Expr::Case {
            when: vec![(*next(dice), *next(dice)), (*next(dice), *next(dice))],
            otherwise: Some(next(dice)).filter(|_| dice.roll(2) == 0),
        },
        13 => Expr::Aggregate {
            of: Some(next(dice)),
            filter: Some(next(dice)).filter(|_| dice.roll(2) == 0),
            function: [
                Aggregate::Sum,
                Aggregate::Count,
                Aggregate::CountDistinct,
                Aggregate::Min,
                Aggregate::Max,
                Aggregate::Avg,
                Aggregate::Median,
                Aggregate::Quantile(
                    Level::new([0.0, 0.1, 0.333_333, 0.9, 1.0][dice.roll(5)]).unwrap(),
                ),
                Aggregate::First,
                Aggregate::Last,
            ][dice.roll(10)],
        },
        14 => Expr::Call {
            args: vec![*next(dice)],
            function: [
                Function::Year,
                Function::Quarter,
                Function::Month,
                Function::Day,
                Function::Weekday,
                Function::DateTrunc(Grain::ALL[dice.roll(5)]),
                Function::Lower,
                Function::Upper,
                Function::Trim,
                Function::Left([0, 2, 1000][dice.roll(3)]),
                Function::Right([0, 2, 1000][dice.roll(3)]),
                Function::Length,
                Function::Abs,
                Function::Round([-9, -1, 0, 2, 9][dice.roll(5)]),
                Function::Floor,
                Function::Ceil,
            ][dice.roll(16)],
        },
        _ => Expr::Call {
            args: vec![*next(dice), *next(dice)],
            function: [
                Function::NullIf,
                Function::Coalesce,
                Function::Greatest,
                Function::Least,
            ][dice.roll(4)],
        },
    }
}

fn date(dice: &mut Dice) -> NaiveDate {
    let day = u32::try_from(dice.roll(28)).unwrap() + 1;
    NaiveDate::from_ymd_opt(2000 + i32::try_from(dice.roll(30)).unwrap(), 2, day).unwrap()
}

#[test]
fn any_tree_is_read_again_the_same() {
    let mut dice = Dice(0xd1ce);
    for _ in 0..20_000 {
        let expr = tree(&mut dice, 3);
        let text = expr.to_string();
        assert_eq!(parse_expr(&text).as_ref(), Ok(&expr), "{text}");
    }
}
