//! Reports ready to be taken: the documents that a council is given every year, with what each has
//! to contain, what is asked of whom by when, and the figures that the town has indicators for.
//!
//! A [`Template`] is a TOML file of `templates/`. Its figures and texts name *wishes*, which
//! `templates/wishes.toml` describes: the words and units by which an indicator is known, whatever
//! its id is. What no indicator fits is left out and told; chapters stay, with what is asked for.

mod find;
mod made;
mod read;

pub use made::{Made, instantiate};

use beffroi_catalog::ReportKind;
use beffroi_model::Unit;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A report over indicators not known yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The document it is before the council.
    pub kind: ReportKind,
    /// Its id.
    pub id: String,
    /// Its title: that of the report.
    pub title: String,
    /// What it is for.
    pub summary: String,
    /// What to know about its calendar: comments at the head of the file.
    calendar: Vec<String>,
    chapters: Vec<Part>,
}

/// A chapter of a template.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    id: String,
    /// Whether it stands for one chapter per department.
    is_each: bool,
    /// Inhabitants from which on there is one, where the town is known to have fewer.
    from: Option<u32>,
    subject: String,
    title: String,
    /// Words by which the department that answers for it is known among those of the town.
    departments: Vec<String>,
    due: String,
    ask: String,
    /// Markdown in which placeholders name wishes and figures of the chapter.
    text: String,
    covers: Vec<String>,
    figures: Vec<Wanted>,
}

/// A figure of a template.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    id: Option<String>,
    figure: String,
    /// Wishes, in order.
    of: Vec<String>,
    /// Words of the dimension by which it is detailed, the likeliest first.
    by: Vec<String>,
    /// How it is drawn where no such dimension is there; not at all when empty.
    otherwise: String,
    /// Of a flow: pairs of wishes, the best first.
    flows: Vec<(String, String)>,
    from_by: Vec<String>,
    to_by: Vec<String>,
    title: String,
    note: String,
    periods: Option<i64>,
    top: Option<i64>,
    width: Option<i64>,
    /// Whether the last year known will do.
    older: bool,
}

/// What an indicator has to be.
#[derive(Debug, Clone, PartialEq)]
struct Wish {
    /// What is looked for, in words.
    says: String,
    /// The units that it may have.
    units: Vec<Unit>,
    /// Ways of saying it, the best first; all words of one have to be there. One that begins with
    /// `=` is the whole title.
    words: Vec<String>,
    /// Words that say something else.
    not: Vec<String>,
}

const TEXTS: &[&str] = &[
    include_str!("../templates/activite.toml"),
    include_str!("../templates/financier.toml"),
    include_str!("../templates/orientation.toml"),
    include_str!("../templates/comptes.toml"),
    include_str!("../templates/durable.toml"),
    include_str!("../templates/dechets.toml"),
];
const WISHES: &str = include_str!("../templates/wishes.toml");

/// The templates inside.
#[must_use]
pub fn templates() -> &'static [Template] {
    static READ: LazyLock<Vec<Template>> = LazyLock::new(|| {
        // A test holds that all of them can be read.
        let read = TEXTS.iter();
        read.filter_map(|text| read::template(text)).collect()
    });
    &READ
}

fn wishes() -> &'static BTreeMap<String, Wish> {
    static READ: LazyLock<BTreeMap<String, Wish>> =
        LazyLock::new(|| read::wishes(WISHES).unwrap_or_default());
    &READ
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::requirements;
    use beffroi_catalog::placeholder::{Piece, pieces};
    use beffroi_catalog::{Catalog, load_files};
    use beffroi_model::DepartmentId;
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    const KINDS: [ReportKind; 6] = [
        ReportKind::Activity,
        ReportKind::Financial,
        ReportKind::Orientation,
        ReportKind::Accounts,
        ReportKind::Sustainable,
        ReportKind::Waste,
    ];

    #[test]
    fn every_template_can_be_read() {
        assert_eq!(templates().len(), TEXTS.len());
        let kinds: Vec<ReportKind> = templates().iter().map(|it| it.kind).collect();
        assert_eq!(kinds, KINDS);
        assert!(!wishes().is_empty());
    }

    #[test]
    fn templates_cover_all_that_their_kind_has_to_contain_and_nothing_else() {
        for template in templates() {
            let chapters = template.chapters.iter();
            let covered: BTreeSet<&str> = chapters
                .flat_map(|it| &it.covers)
                .map(String::as_str)
                .collect();
            let required = requirements(template.kind).iter().map(|it| it.id);
            assert_eq!(covered, required.collect(), "{}", template.id);
        }
    }

    #[test]
    fn templates_name_wishes_that_are_there_and_every_wish_is_named() {
        let mut named = BTreeSet::new();
        for template in templates() {
            for part in &template.chapters {
                let figures = part.figures.iter().filter_map(|it| it.id.as_deref());
                let figures: BTreeSet<&str> = figures.collect();
                for figure in &part.figures {
                    named.extend(figure.of.iter().map(String::as_str));
                    let flows = figure.flows.iter();
                    named.extend(flows.flat_map(|(from, to)| [from.as_str(), to.as_str()]));
                    let is_flow = matches!(figure.figure.as_str(), "hundred" | "flow");
                    assert_eq!(is_flow, !figure.flows.is_empty(), "{}", part.id);
                }
                for piece in pieces(&part.text) {
                    match piece {
                        Piece::Words(_) => {}
                        Piece::Placed { name, .. } if figures.contains(name) => {}
                        Piece::Placed { name, .. } => named.extend([name]),
                        Piece::Broken { why, .. } => assert_eq!(why, "", "{}", part.id),
                    }
                }
                assert!(
                    pieces(&part.title)
                        .iter()
                        .all(|it| matches!(it, Piece::Words(_)))
                );
            }
        }
        let known: BTreeSet<&str> = wishes().keys().map(String::as_str).collect();
        assert_eq!(named, known);
    }

    #[test]
    fn figures_are_of_known_kinds() {
        use beffroi_catalog::Figure;
        // Those of boards, and those made for reports; a photograph is the author's own.
        let boards = Figure::ALL.map(|(_, word)| word);
        for figure in templates()
            .iter()
            .flat_map(|it| &it.chapters)
            .flat_map(|it| &it.figures)
        {
            let known = |word: &str| {
                boards.contains(&word)
                    || matches!(
                        word,
                        "numbers" | "targets" | "indicators" | "hundred" | "flow"
                    )
            };
            assert!(known(&figure.figure), "{}", figure.figure);
            assert!(figure.otherwise.is_empty() || known(&figure.otherwise));
        }
    }

    const TOWN: &str = "name = 'Hautebrune'\ninsee = '99001'\nmandate = { from = 2020, to = 2026 }\n\
        [departments.mairie]\ntitle = 'Mairie'\n";
    const DATASET: &str = "title = 'Tout'\ndescription = 'd'\nrow = 'une année'\nsteward = 'A'\n\
        department = 'mairie'\nfrequency = 'yearly'\nsource = { inbox = 'tout*.csv' }\ntime = 'annee'\n\
        [columns.annee]\ntitle = 'Année'\ntype = 'year'\n\
        [columns.ensemble]\ntitle = 'E'\ntype = 'decimal'\n";

    /// A town that counts all that is wished for, each said in its n-th way.
    fn town_that_counts_all(way: usize) -> Vec<(PathBuf, Vec<u8>)> {
        let mut dataset = DATASET.to_owned();
        let mut files = vec![("town.toml".to_owned(), TOWN.to_owned())];
        for (place, wish) in wishes().values().enumerate() {
            let unit = wish.units[way % wish.units.len()].symbol();
            let said = &wish.words[way.min(wish.words.len() - 1)];
            let title = said.strip_prefix('=').unwrap_or(said);
            // What is divided is of no unit here, so that the quotient may be of any.
            let is_rate = unit == "%" || unit == "par hab" || unit.contains('/');
            let (measure, of_column) = match is_rate {
                true => (format!("sum(c{place}) / sum(ensemble)"), String::new()),
                false => (format!("sum(c{place})"), format!("unit = '{unit}'\n")),
            };
            dataset.push_str(&format!(
                "[columns.c{place}]\ntitle = 'C'\ntype = 'decimal'\n{of_column}"
            ));
            let indicator = format!(
                "title = '{title}'\ndescription = 'd'\nmethod = 'm'\ndepartment = 'mairie'\nowner = 'A'\n\
                 dataset = 'tout'\nmeasure = '{measure}'\nunit = '{unit}'\n"
            );
            files.push((format!("indicators/i{place}.toml"), indicator));
        }
        files.push(("datasets/tout.toml".to_owned(), dataset));
        let files = files.into_iter();
        files
            .map(|(path, text)| (path.into(), text.into()))
            .collect()
    }

    fn catalog(files: Vec<(PathBuf, Vec<u8>)>) -> Catalog {
        let loaded = load_files(files);
        assert_eq!(loaded.diagnostics, []);
        loaded.catalog.unwrap()
    }

    #[test]
    fn no_wish_takes_what_another_means() {
        let ways = wishes().values().map(|it| it.words.len()).max().unwrap();
        let mut wrong: Vec<String> = Vec::new();
        for way in 0..ways {
            let catalog = catalog(town_that_counts_all(way));
            for (place, (name, wish)) in wishes().iter().enumerate() {
                let found = find::fitting(&catalog, wish).into_iter().next();
                if found.map(|it| it.id.as_str()) != Some(&format!("i{place}")) {
                    let title = found.map(|it| it.title.fr.as_str());
                    wrong.push(format!("{name} in its way {way}: {title:?}"));
                }
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn every_figure_of_a_template_is_sound_where_all_is_found() {
        let files = town_that_counts_all(0);
        let town = catalog(files.clone());
        let department = DepartmentId::new("mairie").unwrap();
        for template in templates() {
            let made = instantiate(template, &town, &department);
            let report = (
                PathBuf::from("reports/essai.toml"),
                made.toml.clone().into(),
            );
            let with = catalog([files.clone(), vec![report]].concat());
            let report = with.reports.get("essai").unwrap();
            assert_eq!(report.diagnostics, [], "{}", made.toml);
            // Nothing is detailed in that town, and nothing voted.
            let odd = made
                .lacking
                .iter()
                .filter(|it| !it.contains("par ") && *it != "un objectif voté");
            assert_eq!(odd.collect::<Vec<_>>(), [""; 0], "{}", template.id);
        }
    }
}
