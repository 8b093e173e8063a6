//! Findings in words: what was found, and how to mend it.

use crate::{Arg, Lang, date_long, number, t, t_args};
use beffroi_model::{Finding, FindingKind};

/// What was found, in a line; `count` is how many there are of its group.
#[must_use]
pub fn finding(lang: Lang, finding: &Finding, count: u64) -> String {
    let text = |text: &Option<String>| Arg::from(text.clone().unwrap_or_default());
    let figure = |text: &Option<String>| match text {
        Some(text) if is_figure(finding.kind) => Arg::from(with_groups(lang, text)),
        text => Arg::from(text.clone().unwrap_or_default()),
    };
    let expected = match (&finding.expected, finding.kind) {
        (Some(form), FindingKind::WrongForm) => Arg::from(t(lang, &format!("form-{form}"))),
        (Some(day), FindingKind::InFuture) => match day.parse() {
            Ok(day) => Arg::from(date_long(lang, day)),
            Err(_) => Arg::from(day.clone()),
        },
        (expected, _) => figure(expected),
    };
    let row = finding.row.map(|row| row.to_string()).unwrap_or_default();
    t_args(
        lang,
        &format!("finding-{}", finding.kind.as_str()),
        &[
            ("source", finding.source.as_str().into()),
            ("row", row.into()),
            ("column", text(&finding.column)),
            ("value", figure(&finding.value)),
            ("hint", text(&finding.hint)),
            ("expected", expected),
            ("count", count.into()),
        ],
    )
    .into_owned()
}

/// How to mend what was found.
#[must_use]
pub fn mend(lang: Lang, kind: FindingKind) -> String {
    t(lang, &format!("mend-{}", kind.as_str())).into_owned()
}

/// Whether the value of a finding is a figure of ours, not a cell as it stands in a file.
fn is_figure(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::RowsBreak
            | FindingKind::SumBreak
            | FindingKind::ExtremeBreak
            | FindingKind::SumFails
            | FindingKind::TotalFails
    )
}

/// A number of exports (`1234.5`) as people read it; anything else as it is.
fn with_groups(lang: Lang, text: &str) -> String {
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, digits)| digits.trim_end_matches('0').len());
    match text.parse() {
        Ok(value) => number(lang, value, u8::try_from(decimals).unwrap_or(9).min(9)),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beffroi_model::Severity;

    fn told(kind: FindingKind, value: &str, expected: &str) -> String {
        let it = Finding {
            severity: Severity::Warning,
            kind,
            source: "budget.csv".to_owned(),
            row: Some(3),
            column: Some("montant".to_owned()),
            value: Some(value.to_owned()),
            hint: None,
            expected: Some(expected.to_owned()),
        };
        finding(Lang::Fr, &it, 1)
    }

    #[test]
    fn every_kind_has_its_words_and_its_remedy() {
        for &(kind, name) in FindingKind::ALL {
            for lang in Lang::ALL {
                assert!(!told(kind, "x", "y").starts_with("finding-"), "{name}");
                assert!(!mend(lang, kind).starts_with("mend-"), "{name}");
            }
        }
    }

    #[test]
    fn every_form_has_its_name() {
        for (_, name) in beffroi_model::Format::ALL {
            assert!(!told(FindingKind::WrongForm, "x", name).contains("form-"));
        }
    }

    #[test]
    fn days_are_written_as_people_read_them() {
        assert_eq!(
            told(FindingKind::InFuture, "12/07/2062", "2026-06-10"),
            "Une date de «\u{a0}montant\u{a0}» est postérieure à la livraison \
             («\u{a0}12/07/2062\u{a0}»\u{a0}; livré le 10\u{a0}juin 2026)"
        );
    }

    #[test]
    fn figures_are_written_as_people_read_them() {
        assert_eq!(
            told(FindingKind::SumBreak, "52000.50", "52"),
            "«\u{a0}montant\u{a0}» change brusquement d’échelle\u{a0}: 52\u{202f}000,5 en tout, contre 52 dans la \
             version précédente"
        );
        assert_eq!(
            told(FindingKind::WrongForm, "12,5", "number"),
            "Une cellule de «\u{a0}montant\u{a0}» n’est pas un nombre écrit avec un point (1234.5) \
             («\u{a0}12,5\u{a0}»)"
        );
    }
}
