//! Templates over a town that has nearly everything and over one that has nearly nothing: what they
//! make is sound in that town's declarations, says what is lacking, and treats what it has to.

#![allow(clippy::unwrap_used, clippy::panic)]

use beffroi_catalog::{Catalog, Loaded, Report, ReportKind, Shown, load, load_over};
use beffroi_figure::{Compare, Context};
use beffroi_model::{DepartmentId, Period, Scopes};
use beffroi_report::{
    Block, Draft, Inline, Made, ProblemKind, Reading, Said, SaidOf, Template, compose, instantiate,
    missing, requirements, templates,
};
use beffroi_text::Lang;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards")
}

const TINY: &str = "name = 'Hautebrune'\ninsee = '99001'\nmandate = { from = 2020, to = 2026 }\n\
    [departments.mairie]\ntitle = 'Mairie'\n\
    [departments.finances]\ntitle = 'Service financier'\n";

/// A small town that says things otherwise, and whose population is known.
const BUDGET: &str = "title = 'Budget'\ndescription = 'Le budget'\nrow = 'une ligne'\nsteward = 'A'\n\
    department = 'finances'\nfrequency = 'yearly'\nsource = { inbox = 'budget*.csv' }\ntime = 'exercice'\n\
    [columns.exercice]\ntitle = 'Exercice'\ntype = 'year'\n\
    [columns.chapitre]\ntitle = 'Chapitre'\ntype = 'text'\ndimension = 'chapitre'\n\
    [columns.depense]\ntitle = 'Dépense'\ntype = 'decimal'\nunit = '€'\n\
    [columns.recette]\ntitle = 'Recette'\ntype = 'decimal'\nunit = '€'\n";
const ABOUT: &str = "description = 'd'\nmethod = 'm'\ndepartment = 'finances'\nowner = 'A'\n";

fn town(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn small() -> tempfile::TempDir {
    let population = "[population]\ndataset = 'habitants'\ncolumn = 'nombre'\nkind = 'totale'\ninhabitants = 4200\n\
        [departments.culture]\ntitle = 'Culture \"et\" {{ fêtes'\n\
        [dimensions.chapitre]\ntitle = 'Chapitre budgétaire'\nall = 'Tous'\n";
    let people = "title = 'Habitants'\ndescription = 'd'\nrow = 'r'\nsteward = 'A'\ndepartment = 'mairie'\n\
        frequency = 'yearly'\nsource = { inbox = 'hab*.csv' }\ntime = 'an'\n[columns.an]\ntitle = 'An'\ntype = 'year'\n\
        [columns.nombre]\ntitle = 'Nombre'\ntype = 'integer'\nunit = 'hab'\n";
    let sum = |title: &str, column: &str| {
        format!(
            "title = '{title}'\n{ABOUT}dataset = 'budget'\nmeasure = 'sum({column})'\nunit = '€'\ndimensions = ['chapitre']\n"
        )
    };
    let neighbours = format!(
        "title = 'Dette des communes de la strate'\n{ABOUT}dataset = 'budget'\nmeasure = 'sum(depense)'\nunit = '€'\n"
    );
    let party =
        sum("Fêtes", "depense").replace("department = 'finances'", "department = 'culture'");
    town(&[
        ("town.toml", &format!("{TINY}{population}")),
        ("indicators/fetes.toml", &party),
        (
            "indicators/charge.toml",
            &sum("Intérêts de la dette", "depense"),
        ),
        ("datasets/budget.toml", BUDGET),
        ("datasets/habitants.toml", people),
        (
            "indicators/rrf.toml",
            &sum("Recettes réelles de fonctionnement", "recette"),
        ),
        (
            "indicators/drf.toml",
            &sum("Dépenses réelles de fonctionnement", "depense"),
        ),
        (
            "indicators/cent_euros.toml",
            &sum("Encours de la dette", "depense"),
        ),
        ("indicators/strate.toml", &neighbours),
    ])
}

fn catalog(folder: &Path) -> Catalog {
    let Loaded {
        catalog,
        diagnostics,
    } = load(folder);
    catalog.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn made(template: &Template, folder: &Path, department: &str) -> (Made, Catalog, Report) {
    let made = instantiate(
        template,
        &catalog(folder),
        &DepartmentId::new(department).unwrap(),
    );
    let drafted = [("reports/essai.toml".to_owned(), Some(made.toml.clone()))];
    let Loaded {
        catalog,
        diagnostics,
    } = load_over(folder, &drafted.into());
    assert_eq!(diagnostics, [], "{}\n{}", template.id, made.toml);
    let catalog = catalog.unwrap();
    let report = catalog.reports.get("essai").unwrap().clone();
    assert_eq!(report.diagnostics, [], "{}\n{}", template.id, made.toml);
    assert_eq!(report.kind, Some(template.kind));
    (made, catalog, report)
}

/// The report as it reads with what departments say; figures are not answered.
fn draft(catalog: &Catalog, report: &Report, said: &Said, lang: Lang) -> Draft {
    let today = NaiveDate::from_ymd_opt(2026, 6, 10).unwrap();
    let scopes = Scopes::default();
    let reading = Reading {
        report,
        year: 2025,
        context: Context {
            catalog,
            lang,
            today,
            now: today.and_hms_opt(9, 0, 0).unwrap(),
            period: Period::year(2025),
            filters: &[],
            compare: Compare::PreviousYear,
            scopes: &scopes,
        },
        town: catalog,
        said,
        quality: &|_| None,
        has_picture: &|_| false,
        former: None,
    };
    compose(&reading, &[])
}

fn all_say(report: &Report) -> Said {
    let words = |it: &beffroi_catalog::ReportChapter| SaidOf {
        department: it.department.clone(),
        words: "Voici.".to_owned(),
        confirmed: None,
    };
    Said {
        chapters: report
            .chapters
            .iter()
            .map(|it| (it.id.clone(), words(it)))
            .collect(),
        ..Said::default()
    }
}

/// What no chapter covers when figures are answered and departments have said nothing.
fn awaited(catalog: &Catalog, report: &Report, inhabitants: Option<u32>) -> Vec<&'static str> {
    let mut document = draft(catalog, report, &Said::default(), Lang::Fr).document;
    for (chapter, declared) in document.chapters.iter_mut().zip(&report.chapters) {
        let broken = |shown: &Shown| matches!(shown, Shown::Broken(_));
        assert!(declared.figures.iter().all(|it| !broken(&it.shown)));
        chapter
            .blocks
            .retain(|it| matches!(it, Block::Paragraph { .. }));
        if !declared.figures.is_empty() {
            let text = vec![Inline::Text {
                text: "une figure".into(),
            }];
            chapter.blocks.push(Block::Paragraph { lead: false, text });
        }
    }
    let missing = missing(report, &document, inhabitants);
    missing.into_iter().map(|it| it.id).collect()
}

#[test]
fn templates_of_a_town_that_has_nearly_everything_are_sound() {
    let mut left = BTreeMap::new();
    for template in templates() {
        let (made, catalog, report) = made(template, &sample(), "finances");
        let said = draft(&catalog, &report, &all_say(&report), Lang::Fr);
        assert!(
            missing(&report, &said.document, None).is_empty(),
            "{}",
            template.id
        );
        left.insert(template.id.as_str(), awaited(&catalog, &report, None));
        for id in &made.found {
            assert!(catalog.indicators.contains_key(id) && made.toml.contains(id.as_str()));
        }
        insta::assert_snapshot!(format!("sample_{}", template.id), text(&made));
    }
    // What words are needed for, since the town counts nothing of it.
    let expected = [
        ("activite", vec![]),
        ("comptes", vec!["contexte", "fiscalite"]),
        (
            "dechets",
            vec!["territoire", "exploitation", "couts", "financement"],
        ),
        ("durable", vec!["demarche"]),
        ("financier", vec![]),
        (
            "orientation",
            vec!["hypotheses", "temps_travail", "evolution_personnel"],
        ),
    ];
    assert_eq!(left, expected.into());
}

#[test]
fn templates_of_a_town_that_has_nearly_nothing_are_sound_and_say_what_is_lacking() {
    let folder = town(&[("town.toml", TINY)]);
    for template in templates() {
        let (made, catalog, report) = made(template, folder.path(), "mairie");
        assert_eq!(made.found, []);
        assert!(!made.lacking.is_empty());
        assert!(
            report.chapters.iter().all(|it| it.text.fr.is_empty()),
            "{}",
            made.toml
        );
        let asked = report.chapters.iter();
        assert!(
            asked
                .clone()
                .all(|it| !it.ask.fr.is_empty() && it.due.is_some())
        );
        let said = draft(&catalog, &report, &all_say(&report), Lang::Fr);
        assert!(
            missing(&report, &said.document, None).is_empty(),
            "{}",
            template.id
        );
        insta::assert_snapshot!(format!("tiny_{}", template.id), text(&made));
    }
}

#[test]
fn indicators_are_found_by_their_words_and_a_small_town_is_asked_less() {
    let folder = small();
    for template in templates() {
        let (made, _, report) = made(template, folder.path(), "mairie");
        let found: Vec<&str> = made.found.iter().map(|it| it.as_str()).collect();
        // That of other towns is not taken for the town's.
        assert!(!found.contains(&"strate"));
        let ids: Vec<&str> = report.chapters.iter().map(|it| it.id.as_str()).collect();
        match template.kind {
            ReportKind::Orientation => {
                assert_eq!(found, ["rrf", "drf", "cent_euros", "charge"]);
                assert!(!ids.contains(&"effectifs") && ids.contains(&"dette"));
            }
            ReportKind::Accounts => {
                // A figure does not take the name of an indicator, which a text might mean.
                assert!(
                    made.toml.contains("{{ figure_cent_euros }}"),
                    "{}",
                    made.toml
                );
                assert!(made.toml.contains("from = \"rrf\"\nfrom_by = \"chapitre\""));
            }
            // Braces in the name of a department place nothing.
            ReportKind::Activity => assert_eq!(ids[1..3], ["finances", "culture"]),
            ReportKind::Financial => assert!(!ids.contains(&"ratios_structure")),
            _ => {}
        }
        // The finance department of the town is found by its name, whoever takes the template.
        if template.kind == ReportKind::Financial {
            assert!(
                report
                    .chapters
                    .iter()
                    .all(|it| it.department.as_ref().unwrap().as_str() == "finances")
            );
        }
    }
}

/// A report with what it found and lacks, as a reviewer reads it.
fn text(made: &Made) -> String {
    let found: Vec<&str> = made.found.iter().map(|it| it.as_str()).collect();
    let lacking: Vec<String> = made.lacking.iter().map(|it| format!("- {it}")).collect();
    format!(
        "{}\n=====\nfound: {}\nlacking:\n{}",
        made.toml,
        found.join(", "),
        lacking.join("\n")
    )
}

fn report(chapters: &str) -> (tempfile::TempDir, Catalog, Report) {
    let folder = town(&[
        ("town.toml", TINY),
        (
            "reports/rob.toml",
            &format!("title = 'ROB'\nkind = 'orientation'\ndepartment = 'finances'\n{chapters}"),
        ),
    ]);
    let catalog = catalog(folder.path());
    let report = catalog.reports.get("rob").unwrap().clone();
    (folder, catalog, report)
}

#[test]
fn what_is_required_and_missing_is_told_and_does_not_block() {
    let (_folder, catalog, report) = report(
        "[[chapters]]\nid = 'dette'\ntitle = 'La dette'\ntext = 'Elle baisse.'\ncovers = ['dette', 'epargnes', 'zzz']\n\
         [[chapters]]\nid = 'personnel'\nsubject = 'Le personnel'\ntitle = 'Agents'\ndepartment = 'mairie'\nask = 'Combien ?'\ncovers = ['effectifs']\n",
    );
    for (lang, name) in [(Lang::Fr, "required_fr"), (Lang::En, "required_en")] {
        let draft = draft(&catalog, &report, &Said::default(), lang);
        let told = draft
            .problems
            .iter()
            .filter(|it| it.kind == ProblemKind::Required);
        let told: Vec<String> = told
            .inspect(|it| assert!(!it.is_blocking()))
            .map(|it| {
                let chapter = it.chapter.as_deref().unwrap_or("-");
                format!("{chapter}: {}\n    {}", it.title, it.remedy)
            })
            .collect();
        insta::assert_snapshot!(name, told.join("\n"));
    }
}

#[test]
fn what_is_owed_depends_on_how_many_inhabitants_there_are() {
    let (_folder, catalog, report) =
        report("[[chapters]]\nid = 'a'\ntitle = 'A'\ncovers = ['dette']\n");
    let document = draft(&catalog, &report, &Said::default(), Lang::Fr).document;
    let count = |inhabitants| missing(&report, &document, inhabitants).len();
    let all = requirements(ReportKind::Orientation).len();
    assert_eq!(count(None), all);
    assert_eq!(count(Some(10_001)), all);
    assert_eq!(count(Some(10_000)), all - 4);
    assert_eq!(count(Some(3_500)), all - 4);
    assert_eq!(count(Some(3_499)), 0);
}

#[test]
fn the_report_of_the_sample_town_treats_all_that_it_has_to() {
    let catalog = catalog(&sample());
    let report = catalog.reports.get("rapport_annuel").unwrap();
    let draft = draft(&catalog, report, &all_say(report), Lang::Fr);
    let known = requirements(ReportKind::Activity);
    for covered in report.chapters.iter().flat_map(|it| &it.covers) {
        assert!(known.iter().any(|it| it.id == covered), "{covered}");
    }
    let told = |it: &&beffroi_report::Problem| it.kind == ProblemKind::Required;
    let told: Vec<&str> = draft
        .problems
        .iter()
        .filter(told)
        .map(|it| it.title.as_str())
        .collect();
    // Without answers, only the pages of figures have nothing to show.
    assert!(
        told.iter()
            .all(|it| it.contains("chiffres clés") || it.contains("objectifs")),
        "{told:?}"
    );
}
