//! Who reaches what, by declarations written here over the town of `corpus/base`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Catalog, Ground, load_files};
use beffroi_model::{DepartmentId, Filter, Membership, PerimeterId, Role, Scope};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The town of `corpus/base` under other rights.
fn town(access: &str) -> Catalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/base");
    let mut files = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(inner) = waiting.pop() {
        for entry in fs::read_dir(root.join(&inner)).unwrap() {
            let path = inner.join(entry.unwrap().file_name());
            if root.join(&path).is_dir() {
                waiting.push(path);
            } else if path != Path::new("access.toml") {
                files.push((path.clone(), fs::read(root.join(&path)).unwrap()));
            }
        }
    }
    files.push((PathBuf::from("access.toml"), access.as_bytes().to_vec()));
    let loaded = load_files(files);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.catalog.unwrap()
}

fn member(roles: &[Role], departments: &[&str], perimeters: &[&str]) -> Membership {
    Membership {
        roles: roles.iter().copied().collect(),
        departments: departments
            .iter()
            .map(|id| DepartmentId::new(id).unwrap())
            .collect(),
        perimeters: perimeters
            .iter()
            .map(|id| PerimeterId::new(id).unwrap())
            .collect(),
    }
}

fn reader(perimeters: &[&str]) -> Membership {
    member(&[Role::Reader], &[], perimeters)
}

/// The rows reached of an indicator, as `quartier=gare`; `None` when it is not reached.
fn rows(catalog: &Catalog, member: &Membership, indicator: &str) -> Option<String> {
    let reach = catalog.reach(member);
    let reached = reach.indicators.get(indicator)?;
    let filters = reached.scope.0.iter();
    let filters = filters.map(|it| format!("{}={}", it.dimension, it.values.join("|")));
    Some(filters.collect::<Vec<_>>().join(" "))
}

const EMPTY: &str = "";

const AREAS: &str = r#"
[perimeters.gare]
title = "La Gare"
boards = ["mobilites"]
rows = { quartier = ["gare"] }

[perimeters.port]
title = "Le Port"
datasets = ["trajets"]
rows = { quartier = ["port"] }

[perimeters.station]
title = "Une station"
datasets = ["trajets"]
rows = { station = ["Mairie"] }

[perimeters.trajets]
title = "Les trajets"
datasets = ["trajets"]

[perimeters.tout]
title = "Tout"
departments = ["*"]
raw = true

[perimeters.quartier_large]
title = "La Gare, et la ville entière pour le reste"
boards = ["mobilites"]
rows = { quartier = ["gare"] }
whole_town = true

[roles]
head = ["tout"]
"#;

#[test]
fn without_declarations_nobody_reaches_anything() {
    let catalog = town(EMPTY);
    for role in Role::ALL {
        // An agent or an editor answers for departments, and has none here.
        let reach = catalog.reach(&member(&[role], &[], &[]));
        assert!(reach.is_empty(), "{role:?}");
        let seen = catalog.within(&reach);
        assert!(seen.boards.is_empty() && seen.indicators.is_empty() && seen.datasets.is_empty());
    }
    let departments = member(&[Role::Reader, Role::Administrator], &["mobilites"], &[]);
    let town = town(AREAS);
    let without_role = member(&[], &["mobilites"], &["tout"]);
    assert!(town.reach(&without_role).is_empty());
    assert!(
        catalog.reach(&departments).is_empty(),
        "a reader answers for nothing"
    );
}

#[test]
fn an_agent_reaches_what_the_department_answers_for() {
    let catalog = town(EMPTY);
    let agent = member(&[Role::Agent], &["ecoles"], &[]);
    let reach = catalog.reach(&agent);
    assert!(reach.boards.contains_key("ecoles") && !reach.boards.contains_key("mobilites"));
    let of_department: Vec<_> = catalog
        .datasets
        .values()
        .filter(|dataset| dataset.department.as_str() == "ecoles")
        .map(|dataset| dataset.id.clone())
        .collect();
    assert!(!of_department.is_empty());
    for dataset in &of_department {
        assert!(reach.raw.contains_key(dataset), "{dataset}");
    }
    assert!(!reach.raw.contains_key("trajets"));
    assert_eq!(rows(&catalog, &agent, "eleves").as_deref(), Some(""));
    assert_eq!(rows(&catalog, &agent, "locations"), None);
    let grounds = &reach.boards["ecoles"];
    let department = Ground::Department(DepartmentId::new("ecoles").unwrap());
    assert!(grounds.contains(&department));
}

#[test]
fn rows_narrow_what_can_be_narrowed_and_hide_the_rest() {
    let catalog = town(AREAS);
    let gare = reader(&["gare"]);
    assert_eq!(
        rows(&catalog, &gare, "locations").as_deref(),
        Some("quartier=gare")
    );
    assert_eq!(
        rows(&catalog, &gare, "places"),
        None,
        "known for the whole town only"
    );
    assert_eq!(
        rows(&catalog, &reader(&["quartier_large"]), "places").as_deref(),
        Some("")
    );
    let seen = catalog.within(&catalog.reach(&gare));
    let board = &seen.boards["mobilites"];
    let shown: Vec<_> = board.sections.iter().flat_map(|it| &it.tiles).collect();
    assert!(!shown.is_empty());
    let places = |id: &str| {
        shown
            .iter()
            .any(|tile| tile.indicators.iter().any(|it| it.as_str() == id))
    };
    assert!(places("locations") && !places("places"));
    let whole = catalog.boards["mobilites"].sections.iter();
    let whole = whole.map(|section| section.tiles.len()).sum::<usize>();
    let left_out = catalog.reach(&gare).left_out["mobilites"];
    assert_eq!(left_out, whole - shown.len(), "and it is told how many");
    let narrowed = &catalog.reach(&gare).narrowed["quartier"];
    assert!(
        narrowed.iter().eq(["gare"]),
        "other districts are not offered"
    );
    let reach = catalog.reach(&reader(&["port"]));
    assert!(!reach.raw.contains_key("trajets"), "rows of the whole town");
}

#[test]
fn perimeters_add_and_never_give_more_than_what_each_gives() {
    let catalog = town(AREAS);
    let both = reader(&["gare", "port"]);
    assert_eq!(
        rows(&catalog, &both, "locations").as_deref(),
        Some("quartier=gare|port")
    );
    let whole = reader(&["gare", "trajets"]);
    assert_eq!(rows(&catalog, &whole, "locations").as_deref(), Some(""));
    // A district and a station cannot be put together: one of them is kept, never their sum.
    let mixed = rows(&catalog, &reader(&["gare", "station"]), "locations").unwrap();
    assert!(
        ["quartier=gare", "station=Mairie"].contains(&mixed.as_str()),
        "{mixed}"
    );
}

#[test]
fn a_derived_indicator_needs_all_that_it_rests_on() {
    let catalog = town(
        r#"
[perimeters.trajets]
title = "Les trajets"
datasets = ["trajets"]

[perimeters.population]
title = "La population"
datasets = ["population"]
"#,
    );
    assert_eq!(rows(&catalog, &reader(&["trajets"]), "locations_hab"), None);
    assert_eq!(
        rows(&catalog, &reader(&["population"]), "locations_hab"),
        None
    );
    let both = reader(&["population", "trajets"]);
    assert_eq!(rows(&catalog, &both, "locations_hab").as_deref(), Some(""));
}

#[test]
fn what_is_seen_names_nothing_that_is_not_reached() {
    let catalog = town(AREAS);
    for perimeters in [
        vec!["gare"],
        vec!["port"],
        vec!["trajets"],
        vec!["gare", "station"],
    ] {
        let reach = catalog.reach(&reader(&perimeters));
        let seen = catalog.within(&reach);
        for board in seen.boards.values() {
            let tiles = board.sections.iter().flat_map(|it| &it.tiles);
            let named = tiles.flat_map(|tile| &tile.indicators).chain(&board.home);
            for id in named {
                assert!(seen.indicators.contains_key(id), "{perimeters:?}: {id}");
            }
        }
        assert!(
            seen.indicators
                .keys()
                .all(|id| reach.indicators.contains_key(id))
        );
        let prices = seen.town.prices.as_ref().map(|it| &it.indicator);
        assert!(prices.is_none_or(|id| seen.indicators.contains_key(id)));
        assert!(
            seen.access.perimeters.is_empty(),
            "rights are not for whom they are about"
        );
    }
}

#[test]
fn the_head_of_services_has_what_the_role_has() {
    let catalog = town(AREAS);
    let head = member(&[Role::Head], &[], &[]);
    let reach = catalog.reach(&head);
    assert_eq!(reach.boards.len(), catalog.boards.len());
    assert_eq!(reach.indicators.len(), catalog.indicators.len());
    assert_eq!(reach.raw.len(), catalog.datasets.len());
    assert!(reach.scopes().is_everything());
    let port = Filter {
        dimension: catalog.indicators["locations"].dimensions[0].clone(),
        values: vec!["port".to_owned()],
    };
    let narrowed = catalog.reach(&reader(&["port"]));
    let id = &catalog.indicators["locations"].id;
    assert_eq!(narrowed.scopes().of(id), &Scope(vec![port]));
}
