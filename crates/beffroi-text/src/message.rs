//! Messages, looked up in Fluent bundles that are built once.

use crate::{Lang, number};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::{FluentNumber, FluentNumberOptions};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// A variable of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg<'a> {
    /// Text as it is: names, and numbers already written.
    Text(Cow<'a, str>),
    /// A count: chooses the plural, and is written with the thousands of the language.
    Count(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Arg<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Arg<'_> {
    fn from(count: f64) -> Self {
        Self::Count(count)
    }
}

macro_rules! counts {
    ($($integer:ty),+) => {$(
        impl From<$integer> for Arg<'_> {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless)]
            fn from(count: $integer) -> Self {
                Self::Count(count as f64)
            }
        }
    )+};
}
counts!(i32, i64, u8, u16, u32, u64, usize);

/// The message of that id, or the id itself when there is none.
#[must_use]
pub fn t(lang: Lang, id: &str) -> Cow<'static, str> {
    format(lang, id, None)
}

/// The message of that id with its variables.
#[must_use]
pub fn t_args(lang: Lang, id: &str, args: &[(&str, Arg)]) -> Cow<'static, str> {
    let mut fluent = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        let value = match arg {
            Arg::Text(text) => FluentValue::String(text.clone()),
            Arg::Count(count) => FluentValue::Number(FluentNumber::new(
                if count.is_finite() { *count } else { 0.0 },
                FluentNumberOptions::default(),
            )),
        };
        fluent.set((*name).to_owned(), value);
    }
    format(lang, id, Some(&fluent))
}

fn format(lang: Lang, id: &str, args: Option<&FluentArgs>) -> Cow<'static, str> {
    let bundle = bundle(lang);
    let (name, attribute) = match id.split_once('.') {
        Some((name, attribute)) => (name, Some(attribute)),
        None => (id, None),
    };
    let pattern = bundle
        .get_message(name)
        .and_then(|message| match attribute {
            Some(attribute) => message.get_attribute(attribute).map(|found| found.value()),
            None => message.value(),
        });
    match pattern {
        Some(pattern) => Cow::Owned(
            bundle
                .format_pattern(pattern, args, &mut Vec::new())
                .into_owned(),
        ),
        None => Cow::Owned(id.to_owned()),
    }
}

static FRENCH: LazyLock<Bundle> = LazyLock::new(|| build(Lang::Fr));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| build(Lang::En));

fn bundle(lang: Lang) -> &'static Bundle {
    match lang {
        Lang::Fr => &FRENCH,
        Lang::En => &ENGLISH,
    }
}

/// The message files of a language: one per part of the program that writes for users.
fn sources(lang: Lang) -> &'static [(&'static str, &'static str)] {
    macro_rules! files {
        ($lang:literal) => {
            &[
                (
                    "access",
                    include_str!(concat!("../locales/", $lang, "/access.ftl")),
                ),
                (
                    "checks",
                    include_str!(concat!("../locales/", $lang, "/checks.ftl")),
                ),
                (
                    "figure",
                    include_str!(concat!("../locales/", $lang, "/figure.ftl")),
                ),
                (
                    "import",
                    include_str!(concat!("../locales/", $lang, "/import.ftl")),
                ),
                (
                    "intake",
                    include_str!(concat!("../locales/", $lang, "/intake.ftl")),
                ),
                (
                    "outputs",
                    include_str!(concat!("../locales/", $lang, "/outputs.ftl")),
                ),
                (
                    "pages",
                    include_str!(concat!("../locales/", $lang, "/pages.ftl")),
                ),
                (
                    "quality",
                    include_str!(concat!("../locales/", $lang, "/quality.ftl")),
                ),
                (
                    "report",
                    include_str!(concat!("../locales/", $lang, "/report.ftl")),
                ),
                (
                    "secrecy",
                    include_str!(concat!("../locales/", $lang, "/secrecy.ftl")),
                ),
                (
                    "workshop",
                    include_str!(concat!("../locales/", $lang, "/workshop.ftl")),
                ),
            ]
        };
    }
    match lang {
        Lang::Fr => files!("fr"),
        Lang::En => files!("en"),
    }
}

fn build(lang: Lang) -> Bundle {
    let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    match lang {
        Lang::Fr => {
            bundle.set_transform(Some(french_spaces));
            bundle.set_formatter(Some(|value, _| written(Lang::Fr, value)));
        }
        Lang::En => bundle.set_formatter(Some(|value, _| written(Lang::En, value))),
    }
    for (_, source) in sources(lang) {
        // A file with a mistake still gives its other messages; a test refuses mistakes.
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn written(lang: Lang, value: &FluentValue) -> Option<String> {
    let FluentValue::Number(count) = value else {
        return None;
    };
    let decimals = if count.value.fract() == 0.0 { 0 } else { 1 };
    Some(number(lang, count.value, decimals))
}

/// Writes the no-break spaces of French typography, so that message files need only plain ones.
fn french_spaces(text: &str) -> Cow<'_, str> {
    const PLAIN: [(&str, &str); 7] = [
        (" :", "\u{a0}:"),
        (" ;", "\u{a0};"),
        (" !", "\u{a0}!"),
        (" ?", "\u{a0}?"),
        (" %", "\u{a0}%"),
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
    ];
    if !PLAIN.iter().any(|(plain, _)| text.contains(plain)) {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    for (plain, fine) in PLAIN {
        text = text.replace(plain, fine);
    }
    Cow::Owned(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use fluent_syntax::ast::{self, Entry, Expression, InlineExpression, PatternElement};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    fn variables(pattern: &ast::Pattern<&str>, found: &mut BTreeSet<String>) {
        fn inline(expression: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
            match expression {
                InlineExpression::VariableReference { id } => {
                    found.insert(id.name.to_owned());
                }
                InlineExpression::FunctionReference { arguments, .. } => {
                    for argument in &arguments.positional {
                        inline(argument, found);
                    }
                }
                InlineExpression::Placeable { expression } => any(expression, found),
                _ => {}
            }
        }
        fn any(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
            match expression {
                Expression::Inline(expression) => inline(expression, found),
                Expression::Select { selector, variants } => {
                    inline(selector, found);
                    for variant in variants {
                        variables(&variant.value, found);
                    }
                }
            }
        }
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                any(expression, found);
            }
        }
    }

    /// Every message and attribute with its variables.
    fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        for (file, source) in sources(lang) {
            let resource = fluent_syntax::parser::parse(*source)
                .unwrap_or_else(|(_, errors)| panic!("{}/{file}.ftl: {errors:?}", lang.code()));
            for entry in &resource.body {
                let Entry::Message(message) = entry else {
                    continue;
                };
                let mut add = |id: String, pattern: &ast::Pattern<&str>| {
                    let mut found = BTreeSet::new();
                    variables(pattern, &mut found);
                    assert!(
                        all.insert(id.clone(), found).is_none(),
                        "`{id}` is there twice"
                    );
                };
                if let Some(value) = &message.value {
                    add(message.id.name.to_owned(), value);
                }
                for attribute in &message.attributes {
                    add(
                        format!("{}.{}", message.id.name, attribute.id.name),
                        &attribute.value,
                    );
                }
            }
        }
        all
    }

    #[test]
    fn french_and_english_have_the_same_messages_with_the_same_variables() {
        let (french, english) = (messages(Lang::Fr), messages(Lang::En));
        let only =
            |a: &BTreeMap<String, _>, b: &BTreeMap<String, BTreeSet<String>>| -> Vec<String> {
                a.keys()
                    .filter(|id| !b.contains_key(*id))
                    .cloned()
                    .collect()
            };
        assert_eq!(
            only(&french, &english),
            Vec::<String>::new(),
            "only in French"
        );
        assert_eq!(
            only(&english, &french),
            Vec::<String>::new(),
            "only in English"
        );
        for (id, variables) in &french {
            assert_eq!(variables, &english[id], "variables of `{id}`");
        }
    }

    /// The ids that the source of every crate gives to `t` and `t_args`.
    fn used(folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                used(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let Ok(source) = std::fs::read_to_string(&path) else {
                    continue;
                };
                for call in ["t(", "t_args("] {
                    for (at, _) in source.match_indices(call) {
                        let before = source[..at].chars().next_back();
                        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
                            continue;
                        }
                        let rest = source[at + call.len()..].trim_start();
                        let Some((first, rest)) = rest.split_once(',') else {
                            continue;
                        };
                        if !first.ends_with("lang") && !first.starts_with("Lang::") {
                            continue;
                        }
                        let Some(rest) = rest.trim_start().strip_prefix('"') else {
                            continue;
                        };
                        let Some((id, _)) = rest.split_once('"') else {
                            continue;
                        };
                        found.insert(id.to_owned(), path.display().to_string());
                    }
                }
            }
        }
    }

    #[test]
    fn every_message_that_the_source_names_exists() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(crates).expect("the crates").flatten() {
            if entry.path().join("src").is_dir() {
                used(&entry.path().join("src"), &mut found);
            }
        }
        let french = messages(Lang::Fr);
        let missing: Vec<_> = found
            .iter()
            .filter(|(id, _)| !french.contains_key(*id) && *id != "no-such-message")
            .collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn a_missing_message_shows_its_id() {
        assert_eq!(t(Lang::Fr, "no-such-message"), "no-such-message");
    }

    #[test]
    fn counts_choose_the_plural_and_are_written_in_the_language() {
        let months = |lang, count: u32| t_args(lang, "age-months", &[("count", count.into())]);
        assert_eq!(months(Lang::Fr, 1), "il y a 1\u{a0}mois");
        assert_eq!(months(Lang::En, 1), "1\u{a0}month ago");
        assert_eq!(months(Lang::En, 1200), "1,200\u{a0}months ago");
    }

    #[test]
    fn plain_spaces_before_french_signs_become_no_break_spaces() {
        assert_eq!(
            french_spaces("« a » : 5 % ?"),
            "«\u{a0}a\u{a0}»\u{a0}: 5\u{a0}%\u{a0}?"
        );
        assert!(matches!(french_spaces("rien"), Cow::Borrowed(_)));
    }
}
