//! Where the bytes of a dataset come from, as declared.

use crate::diagnostic::code;
use crate::keys::{Key, dataset, source};
use crate::origin::is_variable;
use crate::source::{At, list};
use crate::table::Table;
use crate::{Rows, Schedule, Secret, Source};
use std::ops::Range;
use url::Url;

/// What says where, each with the keys that go with it.
const KINDS: [(&Key, &[&Key]); 5] = [
    (&source::URL, &[&source::EVERY, &source::HEADER_ENV]),
    (
        &source::OPENDATASOFT,
        &[&source::DATASET, &source::WHERE, &source::HEADER_ENV],
    ),
    (&source::POSTGRES, &[&source::TABLE, &source::QUERY]),
    (&source::INBOX, &[]),
    (&source::REPLAY, &[&source::EVERY]),
];

/// Seconds between two readings of a recorded feed.
const EVERY: u64 = 60;

pub(super) fn read(table: &Table<'_>) -> Source {
    if table.span_of(&dataset::SOURCE).is_none() || table.is_line(&dataset::SOURCE) {
        let path = table.line(&dataset::SOURCE);
        return Source::File(path.map_or_else(String::new, |path| checked_path(table, path, true)));
    }
    // What stands for a source that is wrong.
    let nothing = Source::File(String::new());
    let Some(table) = table.table(&dataset::SOURCE) else {
        return nothing;
    };
    let Some(kind) = kind(&table) else {
        return nothing;
    };
    let header_env = header_env(&table);
    let every = table
        .integer(&source::EVERY)
        .and_then(|every| u64::try_from(every.value).ok());
    let read = match kind.name {
        "url" => address(&table, kind).map(|url| Source::Url {
            url,
            header_env,
            every,
        }),
        "opendatasoft" => {
            let dataset = portal_dataset(&table);
            address(&table, kind)
                .zip(dataset)
                .map(|(site, dataset)| Source::Opendatasoft {
                    site,
                    dataset,
                    condition: table.line(&source::WHERE).map(|at| at.value),
                    header_env,
                })
        }
        "postgres" => {
            let rows = rows(&table);
            connection(&table)
                .zip(rows)
                .map(|(connection, rows)| Source::Postgres { connection, rows })
        }
        "inbox" => table
            .line(kind)
            .map(|name| Source::Inbox(checked_name(&table, name))),
        _ => table.line(kind).map(|file| Source::Replay {
            file: checked_path(&table, file, false),
            every: every.unwrap_or(EVERY),
        }),
    };
    read.unwrap_or(nothing)
}

/// When a source is fetched.
pub(super) fn schedule(table: &Table<'_>, source: &Source) -> Option<Schedule> {
    let Some(at) = table.line(&dataset::SCHEDULE) else {
        return source
            .is_fetched()
            .then(|| Schedule::parse(Schedule::DAILY))?;
    };
    let schedule = Schedule::parse(&at.value);
    if schedule.is_none() {
        table.error(
            &at.span,
            code::BAD_SCHEDULE,
            format!("`{}` ne dit pas quand", at.value),
            "Cinq champs : minute, heure, jour du mois, mois, jour de la semaine. `0 6 * * 1-5` : \
             à 6 heures, du lundi au vendredi."
                .to_owned(),
        );
    } else if !source.is_fetched() && is_known(source) {
        table.error(
            &at.span,
            code::MISPLACED_KEY,
            "`schedule` ne va qu'avec ce qui se va chercher ailleurs",
            "Ôtez-la : ce qui est déposé est pris dès que c'est complet, un flux a son `every`."
                .to_owned(),
        );
    }
    schedule
}

/// Whether a source is not what stands for a wrong one.
fn is_known(source: &Source) -> bool {
    !matches!(source, Source::File(path) if path.is_empty())
}

/// The one key that says where; keys that do not go with it are told.
fn kind(table: &Table<'_>) -> Option<&'static Key> {
    let there: Vec<(&'static Key, &[&Key], Range<usize>)> = KINDS
        .into_iter()
        .filter_map(|(key, others)| Some((key, others, table.span_of(key)?)))
        .collect();
    let names = list(&KINDS.map(|(key, _)| key.name));
    let Some((kind, others, _)) = there.first() else {
        let message = "cette table ne dit pas d'où viennent les données";
        let hint = format!("Il lui faut une clé parmi {names}.");
        table.error(&table.span, code::SOURCE_KIND, message, hint);
        return None;
    };
    if let Some((second, _, span)) = there.get(1) {
        let message = format!("`{}` et `{}` disent deux lieux", kind.name, second.name);
        table.error(
            span,
            code::SOURCE_KIND,
            message,
            "N'en gardez qu'un.".to_owned(),
        );
        return None;
    }
    let all = KINDS.iter().flat_map(|(_, others)| others.iter());
    let mut told: Vec<&str> = Vec::new();
    for key in all.filter(|key| !others.iter().any(|other| other.name == key.name)) {
        if let Some(span) = table.span_of(key)
            && !told.contains(&key.name)
        {
            told.push(key.name);
            table.error(
                &span,
                code::MISPLACED_KEY,
                format!("`{}` ne va pas avec `{}`", key.name, kind.name),
                "Ôtez-la.".to_owned(),
            );
        }
    }
    Some(*kind)
}

/// An address of the web that can be written in the open.
fn address(table: &Table<'_>, key: &Key) -> Option<Url> {
    let at = table.line(key)?;
    let tell = |code, message: String, hint: &str| {
        table.error(&at.span, code, message, hint.to_owned());
        None
    };
    let url = match Url::parse(at.value.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
        Ok(url) if url.has_host() => {
            return tell(
                code::BAD_URL,
                format!(
                    "`{}` n'est pas lu : seulement `http` et `https`",
                    url.scheme()
                ),
                "Demandez une adresse `https://…`.",
            );
        }
        _ => {
            return tell(
                code::BAD_URL,
                "ce n'est pas une adresse du web".to_owned(),
                "Une adresse entière commence par `https://`.",
            );
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        return tell(
            code::SECRET_IN_CLEAR,
            "un nom ou un mot de passe ne s'écrit pas dans une adresse".to_owned(),
            "Ôtez-les, et donnez l'en-tête par une variable d'environnement : `header_env = \"…\"`.",
        );
    }
    Some(url)
}

fn header_env(table: &Table<'_>) -> Option<String> {
    let at = table.line(&source::HEADER_ENV)?;
    if is_variable(&at.value) {
        return Some(at.value);
    }
    table.error(
        &at.span,
        code::SECRET_IN_CLEAR,
        "`header_env` attend le nom d'une variable d'environnement, pas un en-tête",
        "Par exemple `DONNEES_ENTETE`, qui contient `Authorization: Bearer …`.".to_owned(),
    );
    None
}

fn portal_dataset(table: &Table<'_>) -> Option<String> {
    let Some(at) = table.line(&source::DATASET) else {
        table.missing(&source::DATASET);
        return None;
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'@' | b'.');
    if at.value.bytes().all(plain) && !at.value.starts_with('.') {
        return Some(at.value);
    }
    table.error(
        &at.span,
        code::BAD_URL,
        format!("`{}` n'est pas l'identifiant d'un jeu de données", at.value),
        "C'est la dernière partie de l'adresse de sa page : `/explore/dataset/IDENTIFIANT`."
            .to_owned(),
    );
    None
}

fn connection(table: &Table<'_>) -> Option<Secret> {
    super::secret(table, &source::POSTGRES, "une connexion")
}

/// `table` or `query`, one of the two.
fn rows(table: &Table<'_>) -> Option<Rows> {
    let tell = |span: &Range<usize>, message: &str, hint: &str| {
        table.error(span, code::BAD_QUERY, message, hint.to_owned());
        None
    };
    match (table.line(&source::TABLE), table.line(&source::QUERY)) {
        (Some(_), Some(query)) => tell(
            &query.span,
            "`table` et `query` disent deux choses à lire",
            "N'en gardez qu'une.",
        ),
        (None, None) => tell(
            &table.span,
            "rien ne dit ce qu'il faut lire dans la base",
            "Ajoutez `table = \"schema.table\"` ou `query = \"select …\"`.",
        ),
        (Some(name), None) => {
            let parts = name.value.split('.').count();
            if parts > 2 || name.value.split('.').any(|part| part.trim().is_empty()) {
                return tell(
                    &name.span,
                    "une table s'écrit `schema.table`",
                    "Sans guillemets.",
                );
            }
            Some(Rows::Table(name.value))
        }
        (None, Some(query)) => {
            let text = query.value.trim().trim_end_matches(';').trim_end();
            let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
            if !["select", "with", "table", "values"].contains(&word.to_lowercase().as_str()) {
                return tell(
                    &query.span,
                    "une requête commence par `select` ou `with` : elle ne fait que lire",
                    "Ce qui change la base n'est pas exécuté.",
                );
            }
            Some(Rows::Query(text.to_owned()))
        }
    }
}

/// The name of a file, without folder.
fn checked_name(table: &Table<'_>, name: At<String>) -> String {
    if name.value.contains(['/', '\\']) || name.value.starts_with('.') {
        table.error(
            &name.span,
            code::BAD_PATH,
            "`inbox` attend un nom de fichier, sans dossier",
            "Par exemple `effectifs_*.xlsx`.".to_owned(),
        );
    }
    name.value
}

/// A path under the data folder: relative, with `/`, without `..`.
fn checked_path(table: &Table<'_>, path: At<String>, stars: bool) -> String {
    let parts: Vec<&str> = path.value.split('/').collect();
    let (last, folders) = parts.split_last().unwrap_or((&"", &[]));
    let drive = path.value.as_bytes().get(1) == Some(&b':');
    let problem = if path.value.contains('\\') {
        Some("les dossiers se séparent par `/`, pas par `\\`")
    } else if path.value.starts_with('/') || drive {
        Some("ce chemin sort du dossier des données")
    } else if parts.contains(&"..") {
        Some("`..` n'est pas permis : ce chemin sortirait du dossier des données")
    } else if parts.iter().any(|part| part.is_empty() || *part == ".") {
        Some("une partie de ce chemin est vide")
    } else if folders.iter().any(|folder| folder.contains('*')) {
        Some("`*` ne se place que dans la dernière partie du chemin")
    } else if last.contains('*') && !stars {
        Some("`*` ne va pas avec un flux enregistré")
    } else {
        None
    };
    if let Some(problem) = problem {
        let hint = "Un chemin part du dossier des données : `mobilites/trajets_*.csv`.".to_owned();
        table.error(&path.span, code::BAD_PATH, problem, hint);
    }
    path.value
}
