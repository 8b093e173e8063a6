//! Figures of pages → figures of reports.

use crate::document::{BigNumber, Drawing, Figure, Head, Inline, Picture, Row, Table, TableCell};
use beffroi_figure as made;
use beffroi_figure::{Notice, NoticeKind, Summary};
use beffroi_model::{CellState, Status};
use beffroi_text::{Lang, absence, t};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The id of the table of a drawn figure, in the annex.
pub(crate) fn table_id(key: &str) -> String {
    format!("donnees-{}", key.replace('.', "-"))
}

/// A tile's figure.
pub(crate) fn figure(key: &str, from: &made::Figure) -> Figure {
    let drawing = match &from.drawing {
        made::Drawing::Plot(drawn) => Drawing::Picture(plot(drawn)),
        made::Drawing::Multiples(multiples) => Drawing::Multiples {
            of: multiples
                .iter()
                .map(|one| {
                    let picture = picture(&one.svg, None);
                    (one.title.clone(), one.value.clone(), picture)
                })
                .collect(),
        },
        made::Drawing::Kpi(summaries) => Drawing::Numbers {
            of: summaries
                .iter()
                .map(|summary| big_number(&format!("{key}.{}", summary.indicator), summary, false))
                .collect(),
        },
        made::Drawing::Table => Drawing::Table,
        made::Drawing::None => Drawing::None,
    };
    let id = match drawing {
        Drawing::Picture(_) | Drawing::Multiples { .. } => table_id(key),
        _ => String::new(),
    };
    Figure {
        key: key.to_owned(),
        title: from.title.clone(),
        subtitle: from.subtitle.clone(),
        notices: std::iter::once(from.note.clone())
            .filter(|note| !note.is_empty())
            .chain(notices(&from.notices))
            .collect(),
        drawing,
        table: table(&id, &from.table, &from.title),
        source: String::new(),
        width: from.width,
        revised: false,
    }
}

/// What readers of a report need to know; filters are of pages only.
pub(crate) fn notices(from: &[Notice]) -> Vec<String> {
    let kept = from
        .iter()
        .filter(|notice| notice.kind != NoticeKind::Ignored);
    kept.map(|notice| match notice.text.is_empty() {
        true => notice.title.clone(),
        false => format!("{} {}", notice.title, notice.text),
    })
    .collect()
}

pub(crate) fn plot(from: &made::Plot) -> Picture {
    // A map that has no room for its names is shown wide everywhere.
    let narrow = from.narrow_text.is_none().then_some(from.narrow.as_str());
    picture(&from.wide, narrow)
}

fn picture(svg: &str, narrow: Option<&str>) -> Picture {
    Picture {
        svg: svg.to_owned(),
        narrow: narrow.map(str::to_owned),
        alt: alt(svg),
    }
}

/// What a drawing says to those who do not see it: its title and description, or its label.
pub(crate) fn alt(svg: &str) -> String {
    let inside = |name: &str| -> Option<String> {
        let (_, rest) = svg.split_once(&format!("<{name}"))?;
        let (_, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        Some(unescape(text))
    };
    let label = || -> Option<String> {
        let (_, rest) = svg.split_once("aria-label=\"")?;
        Some(unescape(rest.split_once('"')?.0))
    };
    let head = svg.split_once('>').map_or("", |(head, _)| head);
    if head.contains("aria-label=") {
        return label().unwrap_or_default();
    }
    let parts = [inside("title"), inside("desc")];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(". ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// A table of values. One that stands in an annex bears the sentence of its figure.
pub(crate) fn table(id: &str, from: &made::Table, title: &str) -> Table {
    let caption = match (id.is_empty(), from.caption.is_empty()) {
        (_, true) => title.to_owned(),
        (true, false) => from.caption.clone(),
        (false, false) => format!("{title} · {}", from.caption),
    };
    Table {
        id: id.to_owned(),
        caption,
        head: from
            .head
            .iter()
            .map(|head| Head {
                label: head.label.clone(),
                numeric: head.numeric,
            })
            .collect(),
        rows: from
            .rows
            .iter()
            .map(|row| Row {
                cells: row
                    .cells
                    .iter()
                    .map(|cell| TableCell {
                        text: cell.text.clone(),
                        value: cell.value,
                        state: cell.state,
                        status: None,
                    })
                    .collect(),
                total: row.total,
            })
            .collect(),
        notes: Vec::new(),
    }
}

/// An indicator as a big number.
pub(crate) fn big_number(key: &str, from: &Summary, large: bool) -> BigNumber {
    let mark = if from.provisional { " (p)" } else { "" };
    let drawn = match &from.target_bar {
        Some(bar) if !large => bar,
        _ => &from.curve,
    };
    BigNumber {
        key: key.to_owned(),
        title: from.title.clone(),
        number: from.value.number.clone(),
        unit: format!("{}{mark}", from.value.unit),
        phrase: from.phrase.clone(),
        status: (from.status != Status::NoTarget).then_some(from.status),
        status_words: match from.status {
            Status::NoTarget => String::new(),
            _ if from.status_detail.is_empty() => from.status_word.clone(),
            _ => from.status_detail.clone(),
        },
        picture: (!drawn.is_empty()).then(|| picture(drawn, None)),
        large,
        revised: false,
    }
}

/// The columns of a table of indicators.
pub(crate) fn indicator_head(lang: Lang, year: i32) -> Vec<Head> {
    let head = |label: String, numeric| Head { label, numeric };
    vec![
        head(t(lang, "report-head-indicator").into_owned(), false),
        head(year.to_string(), true),
        head((year - 1).to_string(), true),
        head(t(lang, "report-head-change").into_owned(), true),
        head(t(lang, "report-head-target").into_owned(), false),
        head(t(lang, "report-head-status").into_owned(), false),
    ]
}

/// A row of a table of indicators: the value of a year stands in the column of that year.
pub(crate) fn indicator_row(from: &Summary, lang: Lang, year: i32) -> Row {
    let words = |text: &str| TableCell {
        text: text.to_owned(),
        value: None,
        state: CellState::Value,
        status: None,
    };
    let missing = TableCell {
        state: CellState::Missing,
        ..words(absence(lang, CellState::Missing))
    };
    let mark = if from.provisional { " (p)" } else { "" };
    let value = |mark: &str| TableCell {
        text: format!("{}{mark}", from.value),
        value: from.number,
        state: from.state,
        status: None,
    };
    let is_of_year_before = from.period == (year - 1).to_string();
    let (now, before, change) = match from.outdated {
        false => {
            let change = from.change.as_deref().unwrap_or_default();
            // The column says that it is a year.
            let change = change.strip_suffix(" en un an").unwrap_or(change);
            let change = change.strip_suffix(" in a year").unwrap_or(change);
            let before = from.before.as_deref().unwrap_or_default();
            (value(mark), words(before), change)
        }
        true if is_of_year_before => (missing, value(mark), ""),
        // What is older than both says of when it is.
        true => {
            let dated = format!("{}{mark} ({})", from.value, from.period);
            (missing, words(&dated), "")
        }
    };
    let judged = match from.outdated && from.status != Status::NoTarget {
        true => format!("{} ({})", from.status_word, from.period),
        false => from.status_word.clone(),
    };
    Row {
        cells: vec![
            words(&from.title),
            now,
            before,
            words(change),
            words(&from.target),
            TableCell {
                status: Some(from.status),
                ..words(&judged)
            },
        ],
        total: false,
    }
}

/// A line without its marks.
pub(crate) fn plain(line: &[Inline]) -> String {
    line.iter()
        .map(|inline| match inline {
            Inline::Text { text } | Inline::Value { text, .. } | Inline::Broken { text } => {
                text.clone()
            }
            Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => plain(of),
            Inline::Break => " ".to_owned(),
        })
        .collect()
}

/// A digest of what a figure says, whatever it is drawn like.
pub(crate) fn reading(figure: &Figure) -> String {
    digest(&(&figure.title, &figure.subtitle, &figure.table))
}

/// A digest of what is shown: another one, something of it is other than it was.
pub(crate) fn digest(shown: &impl Serialize) -> String {
    let text = serde_json::to_vec(shown).unwrap_or_default();
    let digest = Sha256::digest(&text);
    digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::alt;

    #[test]
    fn a_drawing_is_told_by_its_title_and_description_or_its_label() {
        assert_eq!(
            alt(
                "<svg role=\"img\" aria-labelledby=\"a b\"><title id=\"a\">Vélos &amp; bus</title><desc id=\"b\">2024 : 3</desc><rect><title>x</title></rect></svg>"
            ),
            "Vélos & bus. 2024 : 3"
        );
        assert_eq!(
            alt("<svg class=\"mini\" aria-label=\"De 3 à 5\"><rect><title>x</title></rect></svg>"),
            "De 3 à 5"
        );
        assert_eq!(alt("<svg></svg>"), "");
    }
}
