//! `beffroi correct`: what Beffroi got wrong about the files of a dataset, said once.

use crate::{
    cli::Folders,
    corrections::{ALL, Corrections},
    failure::{Failure, print, say},
    import::{self, Order},
    town,
    under_way::UnderWay,
    versions,
};
use beffroi_catalog::{Dataset, Source};
use beffroi_intake::{ColumnCorrection, Correction};
use beffroi_warehouse::Warehouse;

/// The keys, as the command line takes them.
const KEYS: &str = "entete=6, encodage=windows-1252, separateur=;, feuille=2025, decimale=virgule, \
                    dates=jour-mois, colonne.montant=Montant TTC, absent.montant=nc";

/// What `beffroi correct` was asked.
pub struct Asked {
    /// The dataset.
    pub dataset: String,
    /// For which files.
    pub pattern: Option<String>,
    /// Whether to forget all corrections.
    pub forget: bool,
    /// `key=value`; without value the key is forgotten.
    pub settings: Vec<String>,
}

/// `beffroi correct`.
pub fn run(folders: &Folders, asked: &Asked) -> Result<(), Failure> {
    let catalog = town::catalog(&folders.content)?;
    let dataset = versions::dataset(&catalog, &asked.dataset)?;
    let name = ("dataset", asked.dataset.clone());
    if matches!(
        dataset.source,
        Source::Replay { .. } | Source::Url { every: Some(_), .. }
    ) {
        return Err(Failure::given(say("correct-live", &[name])));
    }
    let warehouse = Warehouse::open(&folders.state)?;
    let mut corrections =
        Corrections::load(&folders.state, &dataset.id).map_err(Failure::machine)?;
    if asked.settings.is_empty() && !asked.forget {
        return list(&corrections, dataset);
    }
    let writer = import::patient_writer(&warehouse)?;
    if asked.forget {
        corrections = Corrections::default();
    }
    let pattern = asked.pattern.as_deref().unwrap_or(ALL);
    let correction = corrections.files.entry(pattern.to_owned()).or_default();
    for setting in &asked.settings {
        set(correction, dataset, setting)?;
    }
    corrections.files.retain(|_, it| !it.is_empty());
    let saved = corrections.save(&folders.state, &dataset.id);
    saved.map_err(Failure::machine)?;
    let first = asked.settings.first().and_then(|it| it.split_once('='));
    match first {
        Some((key, _)) => print(say("correct-kept", &[name, ("key", key.to_owned())]))?,
        None => print(say("correct-removed", &[name]))?,
    }
    let under_way = UnderWay::on_terminal();
    let order = Order::kept(&folders.data, &under_way);
    let imported = import::one(&writer, dataset, order);
    imported.map(drop).map_err(Failure::given)
}

fn list(corrections: &Corrections, dataset: &Dataset) -> Result<(), Failure> {
    if corrections.files.is_empty() {
        return print(say("correct-none", &[("dataset", dataset.id.to_string())]));
    }
    for (pattern, correction) in &corrections.files {
        let pattern = if pattern == ALL { "all" } else { pattern };
        print(say("correct-for", &[("pattern", pattern.to_owned())]))?;
        for setting in settings(correction) {
            print(format!("  {setting}"))?;
        }
    }
    Ok(())
}

/// A correction in the words of the command line.
pub fn settings(correction: &Correction) -> Vec<String> {
    let reading = &correction.reading;
    let mark = reading.decimal_mark.map(|mark| match mark {
        ',' => "virgule".to_owned(),
        _ => "point".to_owned(),
    });
    let order = reading.month_first.map(|month_first| match month_first {
        true => "mois-jour".to_owned(),
        false => "jour-mois".to_owned(),
    });
    let whole = [
        ("entete", reading.header_line.map(|line| line.to_string())),
        ("encodage", reading.encoding.clone()),
        ("separateur", reading.delimiter.clone()),
        ("feuille", reading.sheet.clone()),
        ("liste", reading.records.clone()),
        ("decimale", mark),
        ("dates", order),
    ];
    let mut settings: Vec<String> = whole
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value?)))
        .collect();
    for (id, column) in &correction.columns {
        settings.extend(
            column
                .header
                .iter()
                .map(|header| format!("colonne.{id}={header}")),
        );
        for (key, marks) in [
            ("absent", &column.missing),
            ("secret", &column.secret),
            ("sans-objet", &column.not_applicable),
        ] {
            if !marks.is_empty() {
                settings.push(format!("{key}.{id}={}", marks.join(",")));
            }
        }
    }
    settings
}

/// Applies `key=value` to a correction.
fn set(correction: &mut Correction, dataset: &Dataset, setting: &str) -> Result<(), Failure> {
    let Some((key, value)) = setting.split_once('=') else {
        let id = "correct-no-value";
        return Err(Failure::usage(say(id, &[("key", setting.to_owned())])));
    };
    let value = value.trim();
    let text = (!value.is_empty()).then(|| value.to_owned());
    let wrong = |hint: &str| {
        let args = [
            ("key", key.to_owned()),
            ("value", value.to_owned()),
            ("hint", hint.to_owned()),
        ];
        Failure::usage(say("correct-bad-value", &args))
    };
    let reading = &mut correction.reading;
    match key.split_once('.') {
        None => match key {
            "encodage" => reading.encoding = text,
            "separateur" => reading.delimiter = text,
            "feuille" => reading.sheet = text,
            "liste" => reading.records = text,
            "entete" => {
                let line = text.map(|text| text.parse().ok().filter(|line| *line > 0));
                reading.header_line = line
                    .map(|line| line.ok_or_else(|| wrong("1, 2, 3…")))
                    .transpose()?;
            }
            "decimale" => {
                reading.decimal_mark = match value {
                    "" => None,
                    "virgule" | "," => Some(','),
                    "point" | "." => Some('.'),
                    _ => return Err(wrong("virgule, point")),
                }
            }
            "dates" => {
                reading.month_first = match value {
                    "" => None,
                    "jour-mois" => Some(false),
                    "mois-jour" => Some(true),
                    _ => return Err(wrong("jour-mois, mois-jour")),
                }
            }
            _ => return Err(unknown_key(key)),
        },
        Some((what, id)) => {
            if dataset.schema.column(id).is_none() {
                let ids = dataset.schema.columns.iter();
                let ids: Vec<&str> = ids.map(|column| column.id.as_str()).collect();
                let args = [
                    ("dataset", dataset.id.to_string()),
                    ("column", id.to_owned()),
                    ("hint", ids.join(", ")),
                ];
                return Err(Failure::usage(say("correct-unknown-column", &args)));
            }
            let column = correction.columns.entry(id.to_owned()).or_default();
            let marks = || {
                value
                    .split(',')
                    .map(str::trim)
                    .filter(|mark| !mark.is_empty())
            };
            let marks = || marks().map(str::to_owned).collect();
            match what {
                "colonne" => column.header = text,
                "absent" => column.missing = marks(),
                "secret" => column.secret = marks(),
                "sans-objet" => column.not_applicable = marks(),
                _ => return Err(unknown_key(key)),
            }
            correction
                .columns
                .retain(|_, column| *column != ColumnCorrection::default());
        }
    }
    Ok(())
}

fn unknown_key(key: &str) -> Failure {
    let args = [("key", key.to_owned()), ("keys", KEYS.to_owned())];
    Failure::usage(say("correct-unknown-key", &args))
}
