//! What intake decided by itself, in words: what, why, and whether it is in doubt.

use crate::{Arg, Lang, t, t_args};
use beffroi_model::{Confidence, Decision};

/// A decision in a line.
#[must_use]
pub fn decision(lang: Lang, decision: &Decision) -> String {
    let column = decision.column.as_deref().unwrap_or("none");
    let id = format!("decision-{}", decision.subject);
    let args = [
        ("value", decision.value.as_str().into()),
        ("column", column.into()),
    ];
    let mut line = t_args(lang, &id, &args).into_owned();
    if let Some(evidence) = &decision.evidence {
        let args = evidence.args.iter().map(|(name, value)| {
            let value = match value.parse() {
                Ok(count) if name == "count" => Arg::Count(count),
                _ => Arg::from(value.as_str()),
            };
            (name.as_str(), value)
        });
        let args: Vec<(&str, Arg)> = args.collect();
        let why = t_args(lang, &format!("evidence-{}", evidence.code), &args);
        line.push_str(&format!(" ({why})"));
    }
    if decision.confidence == Confidence::Doubtful {
        line.push_str(&format!(" — {}", t(lang, "decision-doubtful")));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use beffroi_model::Evidence;

    #[test]
    fn a_decision_tells_its_column_its_reason_and_its_doubt() {
        let told = |column: Option<&str>| {
            decision(
                Lang::Fr,
                &Decision {
                    column: column.map(str::to_owned),
                    evidence: Some(Evidence::new("unit-other", [("declared", "t".to_owned())])),
                    confidence: Confidence::Doubtful,
                    ..Decision::new("a.csv", "unit", "k€")
                },
            )
        };
        assert_eq!(
            told(Some("Montant")),
            "Unité de «\u{a0}Montant\u{a0}»\u{a0}: k€ (l’en-tête de la colonne, mais elle est déclarée en t) — à vérifier"
        );
        assert!(told(None).starts_with("Unité\u{a0}: k€"));
    }
}
