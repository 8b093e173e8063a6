//! The folder of declarations → files → [`Catalog`].

use crate::Catalog;
use crate::check::{Files, check};
use crate::diagnostic::{Diagnostics, code};
use crate::raw::{RawAccess, RawBoard, RawDataset, RawIndicator, RawTown};
use crate::schema::Schemas;
use crate::source::{Report, SourceFile, suggest};
use crate::{syntax, table};
use beffroi_model::{BoardId, DatasetId, IndicatorId, is_id};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// What reading declarations gave.
#[derive(Debug)]
pub struct Loaded {
    /// What is declared; `None` when there is any error.
    pub catalog: Option<Catalog>,
    /// Everything that is wrong, in the order of files and lines.
    pub diagnostics: Diagnostics,
}

/// How many files a folder may hold.
const MOST_FILES: usize = 2_000;
/// Bytes of a TOML file.
const LARGEST_TOML: u64 = 1 << 20;
/// Bytes of a map.
const LARGEST_MAP: u64 = 16 << 20;
/// How deep folders may go.
const DEEPEST: usize = 6;

const TOWN: &str = "town.toml";
/// The file of who reaches what.
pub const ACCESS: &str = "access.toml";
const FOLDERS: [&str; 3] = ["datasets", "indicators", "boards"];
const MAPS: &str = "maps";
const SCHEMAS: &str = "schemas";

/// Reads and checks a folder of declarations.
#[must_use]
pub fn load(folder: &Path) -> Loaded {
    let report = Report::default();
    if !folder.is_dir() {
        report.file(
            None,
            code::FOLDER_MISSING,
            &format!(
                "le dossier des déclarations n'existe pas : {}",
                folder.display()
            ),
            Some("Donnez-le par `--content`, ou créez-en un par `beffroi new DOSSIER`.".to_owned()),
        );
        return Loaded {
            catalog: None,
            diagnostics: report.finish(),
        };
    }
    let mut files = Vec::new();
    walk(folder, Path::new(""), &mut files, &report);
    assemble(files, report)
}

/// Reads and checks a folder of declarations in which one file is other than it is there.
#[must_use]
pub fn load_with(folder: &Path, file: &str, bytes: Vec<u8>) -> Loaded {
    let report = Report::default();
    let mut files = Vec::new();
    walk(folder, Path::new(""), &mut files, &report);
    files.retain(|(path, _)| path != Path::new(file));
    files.push((PathBuf::from(file), bytes));
    assemble(files, report)
}

/// Reads and checks declarations that are in memory: paths are relative to their folder.
#[must_use]
pub fn load_files(files: Vec<(PathBuf, Vec<u8>)>) -> Loaded {
    assemble(files, Report::default())
}

/// Collects the files of a folder that declare something, those of its subfolders included.
fn walk(root: &Path, inner: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>, report: &Report) {
    let unreadable = |path: &Path, error: &io::Error| {
        let hint = format!("Le système dit : {error}. Vérifiez les droits d'accès.");
        report.file(
            Some(path.to_owned()),
            code::UNREADABLE,
            "illisible",
            Some(hint),
        );
    };
    let entries = match fs::read_dir(root.join(inner)) {
        Ok(entries) => entries,
        Err(error) => return unreadable(inner, &error),
    };
    for entry in entries {
        // One more than allowed is enough to tell that there are too many.
        if files.len() > MOST_FILES {
            return;
        }
        let name = match entry {
            Ok(entry) => entry.file_name(),
            Err(error) => return unreadable(inner, &error),
        };
        let path = inner.join(&name);
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if root.join(&path).is_dir() {
            if path.components().count() < DEEPEST {
                walk(root, &path, files, report);
            }
        } else if role(&path) != Role::Other {
            match read(&root.join(&path), largest(&path)) {
                Ok(bytes) => files.push((path, bytes)),
                Err(error) => unreadable(&path, &error),
            }
        }
    }
}

/// The bytes of a file, one more than the limit at most.
fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(limit + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a file declares, by where it is.
#[derive(Debug, PartialEq, Eq)]
enum Role {
    Town,
    Access,
    /// One thing, in one of [`FOLDERS`].
    Thing {
        folder: &'static str,
        stem: String,
    },
    Map {
        name: String,
    },
    /// A Table Schema.
    Schema {
        name: String,
    },
    /// A TOML file where none is read.
    Misplaced,
    /// Not a declaration.
    Other,
}

fn role(path: &Path) -> Role {
    let parts: Vec<String> = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let has_extension = |wanted: &str| {
        path.extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
    };
    let top = parts.first().map_or("", String::as_str);
    let inside = || parts[1..].join("/");
    if parts.len() > 1 && top == MAPS && has_extension("geojson") {
        return Role::Map { name: inside() };
    }
    if parts.len() > 1 && top == SCHEMAS && has_extension("json") {
        return Role::Schema { name: inside() };
    }
    if !has_extension("toml") {
        return Role::Other;
    }
    let stem = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into());
    match FOLDERS
        .iter()
        .find(|folder| parts.len() > 1 && **folder == top)
    {
        Some(folder) => Role::Thing { folder, stem },
        None if parts.len() == 1 && top == TOWN => Role::Town,
        None if parts.len() == 1 && top == ACCESS => Role::Access,
        None => Role::Misplaced,
    }
}

/// Of two files with one id, the one with a good name comes first, then the one less deep.
fn precedence(path: &Path) -> (bool, usize, PathBuf) {
    let bad = match role(path) {
        Role::Thing { stem, .. } => !is_id(&stem),
        _ => false,
    };
    (bad, path.components().count(), path.to_owned())
}

fn largest(path: &Path) -> u64 {
    match role(path) {
        Role::Map { .. } => LARGEST_MAP,
        Role::Schema { .. } => beffroi_table_schema::LARGEST as u64,
        _ => LARGEST_TOML,
    }
}

fn assemble(mut files: Vec<(PathBuf, Vec<u8>)>, report: Report) -> Loaded {
    files.sort_by_cached_key(|(path, _)| precedence(path));
    if files.len() > MOST_FILES {
        report.file(
            None,
            code::TOO_MANY_FILES,
            &format!("plus de {MOST_FILES} fichiers de déclarations"),
            Some("Vérifiez que c'est le bon dossier : les données vont ailleurs.".to_owned()),
        );
        return Loaded {
            catalog: None,
            diagnostics: report.finish(),
        };
    }
    let sources: Vec<SourceFile> = files
        .into_iter()
        .map(|(path, bytes)| decode(path, bytes, &report))
        .collect();
    let trees: Vec<_> = sources
        .iter()
        .map(|source| match role(&source.path) {
            Role::Town | Role::Access | Role::Thing { .. } => Some(syntax::parse(source, &report)),
            _ => None,
        })
        .collect();

    let missing_town = SourceFile {
        path: PathBuf::from(TOWN),
        text: String::new(),
    };
    let nothing = toml::de::DeTable::new();
    let (mut datasets, mut indicators, mut boards) = (Vec::new(), Vec::new(), Vec::new());
    let schemas = sources
        .iter()
        .filter_map(|source| match role(&source.path) {
            Role::Schema { name } => Some((name, source)),
            _ => None,
        });
    let schemas = Schemas::new(&report, schemas.collect());
    let mut maps = BTreeMap::new();
    let mut town = None;
    let mut access = None;
    let mut stems: BTreeMap<(&str, String), &Path> = BTreeMap::new();
    for (source, tree) in sources.iter().zip(&trees) {
        match (role(&source.path), tree) {
            (Role::Town, Some(tree)) => town = Some(RawTown::read(source, &report, tree)),
            (Role::Access, Some(tree)) => access = Some(RawAccess::read(source, &report, tree)),
            (Role::Map { name }, _) => {
                maps.insert(name, source);
            }
            (Role::Misplaced, _) => misplaced(source, &report),
            (Role::Thing { folder, stem }, Some(tree)) => {
                let before = stems.insert((folder, stem.to_lowercase()), &source.path);
                if let Some(before) = before {
                    duplicate(source, before, &stem, &report);
                    continue;
                }
                let known = match folder {
                    "datasets" => DatasetId::new(&stem).map(|id| {
                        datasets.push(RawDataset::read(source, &report, id, tree, &schemas));
                    }),
                    "indicators" => IndicatorId::new(&stem)
                        .map(|id| indicators.push(RawIndicator::read(source, &report, id, tree))),
                    _ => BoardId::new(&stem)
                        .map(|id| boards.push(RawBoard::read(source, &report, id, tree))),
                };
                if known.is_err() {
                    let message = format!("`{stem}` ne peut pas servir d'identifiant");
                    let hint = format!("Renommez le fichier. {}", table::id_hint(&stem));
                    report.at(source, &(0..0), code::BAD_FILE_NAME, message, hint);
                }
            }
            _ => {}
        }
    }
    let town = town.unwrap_or_else(|| {
        report.file(
            None,
            code::TOWN_MISSING,
            "`town.toml` manque : il dit quelle est la ville et quelles sont ses directions",
            Some("Créez-le dans le dossier des déclarations ; `beffroi new DOSSIER` en donne un modèle.".to_owned()),
        );
        // Nothing else is said of a town that is not there.
        report.quiet(&missing_town);
        RawTown::read(&missing_town, &report, &nothing)
    });
    let catalog = check(
        &Files {
            town,
            datasets,
            indicators,
            boards,
            maps,
            access,
        },
        &report,
    );
    let diagnostics = report.finish();
    Loaded {
        catalog: diagnostics.is_empty().then_some(catalog),
        diagnostics,
    }
}

/// A file as text. One that is too large, or not UTF-8, is told; what can be read of it is kept,
/// so that others may still refer to it.
fn decode(path: PathBuf, bytes: Vec<u8>, report: &Report) -> SourceFile {
    let limit = largest(&path);
    if bytes.len() as u64 > limit {
        let source = SourceFile {
            path,
            text: String::new(),
        };
        let message = format!("ce fichier dépasse {} Mio", limit >> 20);
        let hint =
            "Une déclaration est courte ; un contour se simplifie avant l'export.".to_owned();
        report.syntax(&source, &(0..0), code::FILE_TOO_LARGE, &message, Some(hint));
        return source;
    }
    match String::from_utf8(bytes) {
        Ok(text) => SourceFile { path, text },
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = SourceFile { path, text };
            let hint = "Enregistrez-le en UTF-8 : les accents d'un autre encodage se perdent.";
            report.syntax(
                &source,
                &(at..at + '\u{fffd}'.len_utf8()),
                code::NOT_UTF8,
                "ce fichier n'est pas en UTF-8",
                Some(hint.to_owned()),
            );
            source
        }
    }
}

fn misplaced(source: &SourceFile, report: &Report) {
    let name = source
        .path
        .iter()
        .next()
        .map(|part| part.to_string_lossy())
        .unwrap_or_default();
    let known = [
        TOWN, ACCESS, FOLDERS[0], FOLDERS[1], FOLDERS[2], MAPS, SCHEMAS,
    ];
    let hint = suggest(&name, known);
    report.at(
        source,
        &(0..0),
        code::MISPLACED_FILE,
        "aucune déclaration n'est lue ici",
        hint,
    );
}

fn duplicate(source: &SourceFile, before: &Path, stem: &str, report: &Report) {
    let before: Vec<_> = before.iter().map(|part| part.to_string_lossy()).collect();
    report.at(
        source,
        &(0..0),
        code::DUPLICATE_ID,
        format!(
            "l'identifiant `{stem}` est déjà pris par `{}`",
            before.join("/")
        ),
        "Renommez l'un des deux : la casse et les sous-dossiers ne distinguent pas.".to_owned(),
    );
}
