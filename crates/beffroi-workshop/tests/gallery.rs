//! Templates over datasets that fit them, and copies of boards: all of them load.
#![allow(clippy::unwrap_used)]

mod common;

use beffroi_catalog::{Catalog, load_files};
use beffroi_model::{DepartmentId, IndicatorId};
use beffroi_workshop::gallery::{
    Made, Role, RoleKind, Template, board_as_template, fits, instantiate, templates,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn template(id: &str) -> &'static Template {
    templates().iter().find(|it| it.id == id).unwrap()
}

fn department(id: &str) -> DepartmentId {
    DepartmentId::new(id).unwrap()
}

/// The declaration of a column that plays a role, under one of its headers.
fn column(role: &Role, header: Option<&String>) -> String {
    let header = header.map_or(String::new(), |header| {
        format!("headers = [\"{header}\"]\n")
    });
    let kind = match role.kind {
        RoleKind::Number => format!(
            "type = \"decimal\"\nunit = \"{}\"\n{header}",
            role.units[0].symbol()
        ),
        RoleKind::Text => format!("type = \"text\"\n{header}"),
        RoleKind::Time => "type = \"year\"\n".to_owned(),
    };
    format!("[columns.c_{}]\n{kind}", role.id)
}

/// A dataset whose columns play roles under their n-th headers.
fn fitting(template: &Template, nth: usize, with: impl Fn(&Role) -> bool) -> String {
    let roles = template.roles.iter().filter(|role| with(role));
    let columns = roles.map(|role| column(role, role.headers.iter().cycle().nth(nth)));
    let columns: String = columns.collect();
    let mut time = template.roles.iter();
    let time = time.find(|role| role.kind == RoleKind::Time).unwrap();
    common::dataset(&format!("c_{}", time.id), &columns)
}

/// The town with what was made, which must be sound.
fn with(mut files: Vec<(PathBuf, Vec<u8>)>, made: &Made) -> Catalog {
    for (id, text) in &made.indicators {
        let path = PathBuf::from(format!("indicators/{id}.toml"));
        assert!(files.iter().all(|(known, _)| *known != path), "{id}");
        files.push((path, text.clone().into_bytes()));
    }
    let (id, text) = &made.board;
    files.push((
        PathBuf::from(format!("boards/{id}.toml")),
        text.clone().into_bytes(),
    ));
    let loaded = load_files(files);
    let told = format!("{made:#?}\n{:?}", loaded.diagnostics);
    assert!(loaded.catalog.is_some(), "{told}");
    loaded.catalog.unwrap()
}

fn small(dataset: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let files = [
        ("town.toml", common::TOWN),
        ("datasets/petit.toml", dataset),
    ];
    let files = files.map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()));
    files.to_vec()
}

#[test]
fn every_template_is_read_and_its_parts_name_each_other() {
    let ids: Vec<&str> = templates().iter().map(|it| it.id.as_str()).collect();
    let expected = [
        "finances",
        "dechets",
        "scolaire",
        "scolaire_niveaux",
        "mobilites",
        "logement",
        "ressources_humaines",
    ];
    assert_eq!(ids, expected);
    for template in templates() {
        let files = small(&fitting(template, 0, |_| true));
        let catalog = common::sound(load_files(files.clone()));
        let dataset = &catalog.datasets["petit"];
        let made = instantiate(template, dataset, &catalog, &department("culture")).unwrap();
        // Nothing is left out where every role is played.
        let text = std::fs::read_to_string(format!(
            "{}/templates/{}.toml",
            env!("CARGO_MANIFEST_DIR"),
            template.id
        ));
        let text = text.unwrap();
        let declared = text.matches("[[indicators]]").count();
        assert_eq!(made.indicators.len(), declared, "{}", template.id);
        let catalog = with(files, &made);
        let board = catalog.boards.values().next().unwrap();
        assert_eq!(board.department, department("culture"));
        for indicator in catalog.indicators.values() {
            let shown = board.sections.iter().flat_map(|section| &section.tiles);
            let mut shown = shown.flat_map(|tile| &tile.indicators);
            assert!(shown.any(|id| *id == indicator.id), "{}", indicator.id);
        }
    }
}

#[test]
fn every_template_is_made_under_any_header_and_without_optional_roles() {
    for template in templates() {
        for nth in 0..8 {
            for all in [true, false] {
                let dataset = fitting(template, nth, |role| all || !role.optional);
                let files = small(&dataset);
                let catalog = common::sound(load_files(files.clone()));
                let dataset = &catalog.datasets["petit"];
                let fit = fits(template, dataset);
                assert!(fit.is_whole(), "{} {nth}: {:?}", template.id, fit.missing);
                let by_name = fit.matched.iter();
                let mut by_name = by_name.filter(|(role, _)| all || !is_optional(template, role));
                assert!(
                    by_name.all(|(role, column)| column.as_str() == format!("c_{role}")),
                    "{} {nth}: {:?}",
                    template.id,
                    fit.matched
                );
                let made = instantiate(template, dataset, &catalog, &department("culture"));
                with(files, &made.unwrap());
            }
        }
    }
}

fn is_optional(template: &Template, role: &str) -> bool {
    template
        .roles
        .iter()
        .any(|known| known.id == role && known.optional)
}

#[test]
fn a_role_that_no_column_plays_is_told() {
    for template in templates() {
        for role in template.roles.iter().filter(|role| !role.optional) {
            if role.kind == RoleKind::Time {
                continue;
            }
            let text = fitting(template, 0, |other| other.id != role.id && !other.optional);
            let catalog = common::sound(load_files(small(&text)));
            let dataset = &catalog.datasets["petit"];
            let made = instantiate(template, dataset, &catalog, &department("culture"));
            assert_eq!(made, Err(vec![role.id.clone()]), "{}", template.id);
        }
    }
}

#[test]
fn a_column_in_another_unit_or_for_persons_plays_no_role() {
    let text = fitting(template("dechets"), 0, |_| true);
    for wrong in [
        text.replace("unit = \"t\"", "unit = \"€\""),
        text.replace("unit = \"t\"", "personal = true"),
    ] {
        let catalog = common::sound(load_files(small(&wrong)));
        let fit = fits(template("dechets"), &catalog.datasets["petit"]);
        assert_eq!(fit.missing, ["tonnage"]);
    }
}

#[test]
fn templates_fit_the_datasets_of_the_sample_town_that_they_are_meant_for() {
    let files = common::sample();
    let catalog = common::sound(load_files(files.clone()));
    let mut fitting: Vec<(&str, &str)> = Vec::new();
    for template in templates() {
        for dataset in catalog.datasets.values() {
            if !fits(template, dataset).is_whole() {
                continue;
            }
            fitting.push((&template.id, dataset.id.as_str()));
            let made = instantiate(template, dataset, &catalog, &dataset.department).unwrap();
            let after = with(files.clone(), &made);
            assert_eq!(after.boards.len(), catalog.boards.len() + 1);
        }
    }
    let expected = [
        ("finances", "budget"),
        ("dechets", "dechets"),
        ("scolaire_niveaux", "ecoles_effectifs"),
        ("mobilites", "compteurs_velo"),
        ("mobilites", "velos_trajets"),
        ("logement", "logements"),
        ("logement", "logements_sociaux"),
        ("ressources_humaines", "absences"),
    ];
    for pair in expected {
        assert!(fitting.contains(&pair), "{pair:?} of {fitting:?}");
    }
    assert_eq!(fitting.len(), expected.len(), "{fitting:?}");
}

#[test]
fn values_are_those_of_members_or_any_spelling() {
    let measure = |files: Vec<(PathBuf, Vec<u8>)>, dataset: &str, id: &str| {
        let catalog = common::sound(load_files(files));
        let dataset = &catalog.datasets[dataset];
        let template = template("finances");
        let made = instantiate(template, dataset, &catalog, &dataset.department).unwrap();
        let text = &made
            .indicators
            .iter()
            .find(|(known, _)| known == id)
            .unwrap()
            .1;
        text.lines()
            .find(|line| line.starts_with("measure"))
            .unwrap()
            .to_owned()
    };
    let of_members = measure(common::sample(), "budget", "budget_depenses");
    let expected = "measure = \"sum(realise) filter (where sens = 'depense')\"";
    assert_eq!(of_members, expected);
    let text = fitting(template("finances"), 0, |_| true);
    let of_texts = measure(small(&text), "petit", "petit_depenses");
    assert!(of_texts.contains("c_sens in ('dépense', "), "{of_texts}");
}

#[test]
fn a_board_is_copied_for_others_with_its_comments() {
    let files = common::sample();
    let catalog = common::sound(load_files(files.clone()));
    let text = "# Ours.\ntitle = \"Déchets\"\ndepartment = \"environnement\" # us\n\
        filters = [\"flux\"]\nhome = [\"dechets_tonnes\"]\n\n[[sections]]\ntitle = \"Tout\"\n\n\
        [[sections.tiles]]\nid = \"premier\"\nindicator = \"dechets_tonnes\" # first\nfigure = \"stacked\"\n\
        by = \"flux\"\n\n[[sections.tiles]]\nindicators = [\"dechets_tonnes\", \"ordures_tonnes\"]\n\
        figure = \"line\"\n\n[[sections.tiles]]\nindicator = \"dechets_hab\"\nfigure = \"target\"\n";
    let id = |id: &str| IndicatorId::new(id).unwrap();
    let replaced = BTreeMap::from([
        (id("dechets_tonnes"), id("emissions_total")),
        (id("ordures_tonnes"), id("emissions_total")),
        (id("dechets_hab"), id("eclairage_hab")),
    ]);
    let copied =
        board_as_template(text, "climat", &catalog, &department("climat"), &replaced).unwrap();
    let (new, text) = &copied.board;
    assert_eq!(new, "climat_2");
    assert!(text.starts_with("# Ours.\n") && text.contains("department = \"climat\" # us"));
    assert!(
        text.contains("indicator = \"emissions_total\" # first"),
        "{text}"
    );
    assert!(
        !text.contains("dechets_") && !text.contains("flux"),
        "{text}"
    );
    assert!(copied.kept.is_empty());
    assert!(copied.changed.contains(&id("emissions_total")));
    let made = Made {
        indicators: Vec::new(),
        board: copied.board.clone(),
    };
    with(files, &made);
}

#[test]
fn every_board_of_the_sample_town_is_copied_as_it_is() {
    let files = common::sample();
    let catalog = common::sound(load_files(files.clone()));
    for (path, bytes) in &files {
        if !path.starts_with("boards") {
            continue;
        }
        let text = String::from_utf8(bytes.clone()).unwrap();
        let finances = department("finances");
        let copied =
            board_as_template(&text, "copie", &catalog, &finances, &BTreeMap::new()).unwrap();
        assert!(copied.changed.is_empty() && !copied.kept.is_empty());
        let made = Made {
            indicators: Vec::new(),
            board: copied.board,
        };
        let after = with(files.clone(), &made);
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (before, copy) = (&catalog.boards[&*stem], &after.boards["copie"]);
        assert_eq!(copy.sections.len(), before.sections.len());
        assert_eq!(copy.filters, before.filters);
    }
}
