//! The few words that paper adds to a document.

use beffroi_report::Edition;
use beffroi_text::{Lang, date_long, time_of_day};
use serde_json::{Value, json};

/// The words as `report.typ` reads them.
pub(crate) fn words(lang: Lang) -> Value {
    match lang {
        Lang::Fr => json!({
            "contents": "Sommaire",
            "draft": "Projet",
            "sources": "Sources",
            "values": "Valeurs des figures",
            "values_subject": "Annexe",
            "values_at": "Valeurs\u{a0}:\u{a0}page",
            "revised": "(r)",
        }),
        Lang::En => json!({
            "contents": "Contents",
            "draft": "Draft",
            "sources": "Sources",
            "values": "Values of the figures",
            "values_subject": "Annex",
            "values_at": "Values:\u{a0}page",
            "revised": "(r)",
        }),
    }
}

/// What the cover says of the edition.
pub(crate) fn edition(lang: Lang, edition: &Edition) -> String {
    match (lang, edition) {
        (Lang::Fr, Edition::Draft { seen_on }) => {
            format!("données vues le {}", date_long(lang, *seen_on))
        }
        (Lang::En, Edition::Draft { seen_on }) => {
            format!("data as of {}", date_long(lang, *seen_on))
        }
        (Lang::Fr, Edition::Frozen { at, number }) => format!(
            "Arrêté le {} à {}{}",
            date_long(lang, at.date()),
            time_of_day(lang, *at),
            later(*number, "édition"),
        ),
        (Lang::En, Edition::Frozen { at, number }) => format!(
            "Closed on {} at {}{}",
            date_long(lang, at.date()),
            time_of_day(lang, *at),
            later(*number, "edition"),
        ),
    }
}

/// A first edition needs no number.
fn later(number: u32, word: &str) -> String {
    if number > 1 {
        format!(" · {word} {number}")
    } else {
        String::new()
    }
}
