//! The folder of declarations → files → [`Catalog`].

use crate::Catalog;
use crate::check::{Files, check};
use crate::diagnostic::{Diagnostics, code};
use crate::raw::{RawAccess, RawBoard, RawDataset, RawIndicator, RawReport, RawTown};
use crate::schema::Schemas;
use crate::source::{Report, SourceFile, suggest};
use crate::{syntax, table};
use beffroi_model::{BoardId, DatasetId, IndicatorId, ReportId, is_id};
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
const FOLDERS: [&str; 4] = ["datasets", "indicators", "boards", "reports"];
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

/// Reads and checks a folder of declarations with drafted files over it, by their paths: `None` is a
/// file that goes. A draft declares datasets, indicators, boards and reports; of anything else it is told that
/// it is not read.
#[must_use]
pub fn load_over(folder: &Path, drafted: &BTreeMap<String, Option<String>>) -> Loaded {
    let report = Report::default();
    let mut files = Vec::new();
    walk(folder, Path::new(""), &mut files, &report);
    files.retain(|(path, _)| !drafted.keys().any(|drafted| path == Path::new(drafted)));
    for (path, text) in drafted {
        let path = PathBuf::from(path);
        match (thing(&path.to_string_lossy()), text) {
            (None, _) => report.file(
                Some(path),
                code::MISPLACED_FILE,
                "aucun brouillon n'est lu ici",
                Some(
                    "Un brouillon déclare des jeux de données, des indicateurs, des tableaux et des rapports."
                        .to_owned(),
                ),
            ),
            (Some(_), Some(text)) => files.push((path, text.clone().into_bytes())),
            (Some(_), None) => {}
        }
    }
    assemble(files, report)
}

/// The folder and the id of what a file declares, when its path below the declarations is that of a
/// dataset, an indicator, a board or a report, and can be nothing else on any machine.
#[must_use]
pub fn thing(path: &str) -> Option<(&'static str, &str)> {
    let parts: Vec<&str> = path.split('/').collect();
    let [top, inner @ .., file] = parts.as_slice() else {
        return None;
    };
    let odd = |c: char| c.is_control() || "\\:*?\"<>|".contains(c);
    let is_plain = |part: &&str| {
        !part.is_empty() && !part.starts_with('.') && part.trim() == *part && !part.contains(odd)
    };
    let folder = FOLDERS.into_iter().find(|folder| folder == top)?;
    let id = file.strip_suffix(".toml").filter(|id| is_id(id))?;
    (inner.iter().all(is_plain) && parts.len() <= DEEPEST).then_some((folder, id))
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
    // Photographs and the like lie beside declarations, and are no text.
    files.retain(|(path, _)| role(path) != Role::Other);
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
    let (mut datasets, mut indicators) = (Vec::new(), Vec::new());
    let (mut boards, mut reports) = (Vec::new(), Vec::new());
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
                    "boards" => BoardId::new(&stem)
                        .map(|id| boards.push(RawBoard::read(source, &report, id, tree))),
                    _ => ReportId::new(&stem)
                        .map(|id| reports.push(RawReport::read(source, &report, id, tree))),
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
            reports,
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
        TOWN, ACCESS, FOLDERS[0], FOLDERS[1], FOLDERS[2], FOLDERS[3], MAPS, SCHEMAS,
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOWN_TEXT: &str = "name = 'Hautebrune'\ninsee = '99001'\nmandate = { from = 2020, to = 2026 }\n\
                             [departments.mairie]\ntitle = 'Mairie'\n";
    const DATASET: &str = "title = 'Vélos'\ndescription = 'Les vélos'\nrow = 'un jour'\nsteward = 'A'\ndepartment = 'mairie'\n\
                           frequency = 'monthly'\nsource = { inbox = 'velos*.csv' }\n\
                           [columns.jour]\ntitle = 'Jour'\ntype = 'day'\n";

    fn town() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(TOWN), TOWN_TEXT).unwrap();
        fs::create_dir_all(folder.path().join("datasets/sub")).unwrap();
        fs::write(folder.path().join("datasets/sub/velos.toml"), DATASET).unwrap();
        folder
    }

    #[test]
    fn drafted_files_stand_over_those_of_the_folder() {
        let folder = town();
        let over = |path: &str, text: Option<&str>| {
            let drafted = [(path.to_owned(), text.map(str::to_owned))].into();
            load_over(folder.path(), &drafted)
        };
        let whole = load(folder.path());
        assert_eq!(whole.diagnostics, []);
        let titles = |loaded: Loaded| -> Vec<String> {
            let catalog = loaded.catalog.unwrap();
            catalog
                .datasets
                .values()
                .map(|it| it.title.fr.clone())
                .collect()
        };
        assert_eq!(titles(whole), ["Vélos"]);
        let changed = DATASET.replace("Vélos", "Bicyclettes");
        assert_eq!(
            titles(over("datasets/sub/velos.toml", Some(&changed))),
            ["Bicyclettes"]
        );
        assert_eq!(titles(over("datasets/sub/velos.toml", None)), [""; 0]);
        assert_eq!(
            titles(over("datasets/air.toml", Some(&changed))),
            ["Bicyclettes", "Vélos"]
        );
        for path in [
            "access.toml",
            "town.toml",
            "datasets/../access.toml",
            "/etc/x.toml",
            "boards/B.toml",
        ] {
            let loaded = over(path, Some(""));
            let codes: Vec<&str> = loaded.diagnostics.iter().map(|it| it.code).collect();
            assert!(codes.contains(&code::MISPLACED_FILE), "{path}: {codes:?}");
            assert!(loaded.catalog.is_none());
        }
    }

    #[test]
    fn only_paths_of_declared_things_are_things() {
        assert_eq!(thing("datasets/velos.toml"), Some(("datasets", "velos")));
        assert_eq!(
            thing("boards/ville haute/velos.toml"),
            Some(("boards", "velos"))
        );
        for path in [
            "",
            "velos.toml",
            "town.toml",
            "maps/velos.toml",
            "boards/velos",
            "boards/Velos.toml",
            "boards/../velos.toml",
            "boards//velos.toml",
            "/boards/velos.toml",
            "boards/.x/velos.toml",
            "boards\\velos.toml",
            "boards/a\\b/velos.toml",
            "boards/ /velos.toml",
            "boards/.toml",
            "boards/1/2/3/4/5/velos.toml",
            "./boards/velos.toml",
            "boards/c:/velos.toml",
        ] {
            assert_eq!(thing(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_thing_never_leaves_its_folder(path in "(datasets|boards|[a-z.]{0,3})?(/|\\\\|\\.|[a-z]{1,2}){0,6}(/a\\.toml)?") {
            if let Some((folder, id)) = thing(&path) {
                let inner = Path::new(&path);
                let normal = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
                prop_assert!(inner.components().all(normal));
                prop_assert!(inner.starts_with(folder));
                prop_assert_eq!(inner.file_stem().unwrap().to_string_lossy(), id);
            }
        }
    }
}
