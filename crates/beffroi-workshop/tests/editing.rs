//! Forms changed and written into files that people wrote: their comments stay.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_workshop::{
    BoardForm, ColumnForm, DatasetForm, EditError, IndicatorForm, SourceForm, TargetForm, TileForm,
};
use proptest::prelude::*;
use std::{fs, path::Path};

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/editing")
        .join(name);
    fs::read_to_string(path).unwrap()
}

fn tile(indicator: &str) -> TileForm {
    TileForm {
        indicators: vec![indicator.to_owned()],
        figure: "kpi".to_owned(),
        ..TileForm::default()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn tiles_and_sections_bring_their_comments_along() {
    let text = file("board.toml");
    let mut form = BoardForm::read(&text).unwrap();
    assert_eq!(form.write(&text).unwrap(), text);
    assert_eq!(form.find_tile("parkings"), Some((0, 1)));
    form.home = words(&["parkings", "arbres", "velos"]);
    form.move_tile_down(0, 1);
    form.set_width(1, 0, Some(12));
    let mut places = form.tile(1, 0).unwrap().clone();
    places.indicators = words(&["places"]);
    form.replace_tile(1, 0, places);
    form.add_tile(1, tile("bancs"));
    form.move_section_down(0);
    form.rename_section(1, "Chiffres clés", "Key figures");
    form.add_section("Vide", "");
    assert_eq!(form.write(&text).unwrap(), file("moved.toml"));
}

#[test]
fn a_board_written_inline_stays_so() {
    let text = file("inline_board.toml");
    let mut form = BoardForm::read(&text).unwrap();
    assert_eq!(form.write(&text).unwrap(), text);
    form.move_tile_up(0, 1);
    form.set_width(0, 0, Some(4));
    form.add_tile(0, tile("bancs"));
    assert_eq!(form.write(&text).unwrap(), file("inline_moved.toml"));
}

#[test]
fn what_is_out_of_range_changes_nothing() {
    let mut form = BoardForm::read(&file("board.toml")).unwrap();
    let before = form.clone();
    for far in [2, 9] {
        form.move_tile_up(far, 0);
        form.move_tile_down(0, far);
        form.move_tile_to((far, 0), 0, 0);
        form.move_tile_to((0, 0), far, 0);
        form.add_tile(far, tile("bancs"));
        form.replace_tile(0, far, tile("bancs"));
        form.remove_tile(far, far);
        form.set_width(0, far, Some(3));
        form.move_section_up(far);
        form.move_section_down(far);
        form.remove_section(far);
        form.rename_section(far, "x", "y");
    }
    form.move_tile_up(0, 0);
    form.move_tile_down(1, 0);
    form.move_section_up(0);
    form.move_section_down(1);
    assert_eq!(form, before);
}

#[test]
fn targets_keep_their_comments_and_examples_stay() {
    let text = file("indicator.toml");
    let mut form = IndicatorForm::read(&text).unwrap();
    assert_eq!(form.write(&text).unwrap(), text);
    form.method = "On compte.".to_owned();
    form.decimals = Some(1);
    form.targets[0].tolerance = Some(2.5);
    form.targets[1] = TargetForm {
        year: 2026,
        value: 13.0,
        voted_on: Some("2024-04-06".to_owned()),
        ..form.targets[1].clone()
    };
    form.targets.push(TargetForm {
        year: 2027,
        value: 14.0,
        origin: "Délibération 3".to_owned(),
        ..TargetForm::default()
    });
    assert_eq!(form.write(&text).unwrap(), file("indicator_changed.toml"));
    form.targets[0].voted_on = Some("hier".to_owned());
    let refused = form.write(&text);
    assert!(matches!(refused, Err(EditError::Shape { key }) if key == "targets.voted_on"));
    form.targets.clear();
    let without = form.write(&text).unwrap();
    assert!(
        !without.contains("targets") && without.contains("# An example."),
        "{without}"
    );
}

#[test]
fn columns_keep_what_no_form_knows() {
    let text = file("dataset.toml");
    let mut form = DatasetForm::read(&text).unwrap();
    assert_eq!(form.source, SourceForm::Inbox("trajets_*.csv".to_owned()));
    assert_eq!(form.write(&text).unwrap(), text);
    form.title.clear();
    form.source = SourceForm::Inbox("velos_*.csv".to_owned());
    form.key = words(&["mois"]);
    form.columns.pop();
    form.columns.swap(0, 1);
    form.columns[0].required = true;
    form.columns[0].headers = words(&["Nb", "Nombre"]);
    form.columns[1].title = "Mois".to_owned();
    form.columns.push(ColumnForm {
        id: "station".to_owned(),
        kind: "code".to_owned(),
        headers: words(&["Station"]),
        ..ColumnForm::default()
    });
    assert_eq!(form.write(&text).unwrap(), file("dataset_changed.toml"));
}

#[test]
fn a_source_changes_its_shape() {
    let mut form = DatasetForm {
        source: SourceForm::Inbox("a_*.csv".to_owned()),
        ..DatasetForm::default()
    };
    let inbox = form.write("").unwrap();
    assert_eq!(inbox, "source = { inbox = \"a_*.csv\" }\n");
    form.source = SourceForm::File("a.csv".to_owned());
    let path = form.write(&inbox).unwrap();
    assert_eq!(path, "source = \"a.csv\"\n");
    form.source = SourceForm::default();
    assert_eq!(form.write(&path).unwrap(), "");
    let portal = "source = { url = \"https://data.fr/a.csv\", every = 60 }\n";
    let mut other = DatasetForm::read(portal).unwrap();
    assert_eq!(other.source, SourceForm::Other);
    assert_eq!(other.write(portal).unwrap(), portal);
    other.source = SourceForm::File("a.csv".to_owned());
    assert_eq!(other.write(portal).unwrap(), path);
    let headed = "title = \"A\"\n\n[source]\nurl = \"https://data.fr/a.csv\"\n";
    other.title = "A".to_owned();
    assert_eq!(
        other.write(headed).unwrap(),
        "title = \"A\"\nsource = \"a.csv\"\n"
    );
}

#[test]
fn what_is_of_another_type_is_told_by_its_key() {
    let shape = |text: &str, key: &str| {
        let found = BoardForm::read(text).unwrap_err();
        assert!(
            matches!(&found, EditError::Shape { key: it } if it == key),
            "{found}"
        );
    };
    shape("title = 3", "title");
    shape("home = \"a\"", "home");
    shape("home = [1]", "home");
    shape("order = -1", "order");
    shape("sections = \"a\"", "sections");
    shape("sections = [1]", "sections");
    shape(
        "[[sections]]\n[[sections.tiles]]\nwidth = 300",
        "sections.tiles.width",
    );
    assert!(matches!(
        BoardForm::read("[").unwrap_err(),
        EditError::Syntax(_)
    ));
    let column = DatasetForm::read("[columns]\na = 3").unwrap_err();
    assert!(matches!(column, EditError::Shape { key } if key == "columns.a"));
    let form = BoardForm::read("title = \"Rue\"").unwrap();
    assert!(matches!(
        form.write("title = 3"),
        Err(EditError::Shape { .. })
    ));
}

#[test]
fn ends_of_lines_and_files_stay() {
    let text = "title = \"Rue\"\r\n# The end.\r\ngrain = \"year\"";
    let mut form = BoardForm::read(text).unwrap();
    assert_eq!(form.write(text).unwrap(), text);
    form.title = "Rues".to_owned();
    let after = form.write(text).unwrap();
    assert_eq!(
        after,
        "title = \"Rues\"\r\n# The end.\r\ngrain = \"year\"\r\n"
    );
}

#[test]
fn texts_of_several_lines_and_odd_characters_come_back() {
    let mut form = IndicatorForm::default();
    for odd in [
        "a\nb\n",
        "\"\"\"",
        "'''\"\"\"\n",
        "\\",
        "é\t\u{1}",
        "# no comment",
        " ",
    ] {
        form.title = odd.to_owned();
        form.method = odd.to_owned();
        let text = form.write("").unwrap();
        assert_eq!(IndicatorForm::read(&text).unwrap(), form, "{text}");
    }
}

#[test]
fn ends_of_lines_of_browsers_change_nothing() {
    let text = file("board.toml");
    let mut form = BoardForm::read(&text).unwrap();
    form.summary = form.summary.replace('\n', "\r\n");
    assert_eq!(form.write(&text).unwrap(), text);
}

#[test]
fn the_comment_at_the_head_of_a_file_stays_there() {
    let text = "# The head.\n\n# The street.\nrow = \"une rue\"\n";
    let mut form = DatasetForm::read(text).unwrap();
    form.title = "Rues".to_owned();
    let titled = form.write(text).unwrap();
    let expected = "# The head.\n\ntitle = \"Rues\"\n# The street.\nrow = \"une rue\"\n";
    assert_eq!(titled, expected);
    form.title.clear();
    assert_eq!(form.write(&titled).unwrap(), text);
}

/// A board of the sample town, with a comment above each tile and section that names it.
fn commented() -> (String, BoardForm) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards/boards/mobilites.toml");
    let text = fs::read_to_string(path).unwrap();
    let mut form = BoardForm::read(&text).unwrap();
    let ids = form.tile_ids();
    for (section, ids) in form.sections.iter_mut().zip(ids) {
        for (tile, id) in section.tiles.iter_mut().zip(ids) {
            tile.id = id;
        }
    }
    let text = form.write(&text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    for (place, line) in lines.iter().enumerate() {
        if line.starts_with("[[") {
            out += &format!("# above {}\n", lines[place + 1]);
        }
        out += &format!("{line}\n");
    }
    let form = BoardForm::read(&out).unwrap();
    (out, form)
}

/// The form, of which nothing is told of where it was read.
fn placeless(mut form: BoardForm) -> BoardForm {
    for section in &mut form.sections {
        section.origin = None;
        for tile in &mut section.tiles {
            tile.origin = None;
        }
    }
    form
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn whatever_is_done_to_a_board_is_read_back_and_comments_follow(
        steps in proptest::collection::vec((0_u8..9, 0_usize..7, 0_usize..8, 0_usize..7), 1..12),
    ) {
        let (text, mut form) = commented();
        for (step, section, place, other) in steps {
            match step {
                0 => form.move_tile_up(section, place),
                1 => form.move_tile_down(section, place),
                2 => form.move_tile_to((section, place), other, place),
                3 => form.move_section_up(section),
                4 => form.move_section_down(section),
                5 => form.remove_tile(section, place),
                6 => form.remove_section(section),
                7 => form.set_width(section, place, Some(12)),
                _ => form.add_section("Encore", ""),
            }
        }
        let after = form.write(&text).unwrap();
        let read = BoardForm::read(&after).unwrap();
        prop_assert_eq!(placeless(read.clone()), placeless(form));
        prop_assert_eq!(read.write(&after).unwrap(), after.clone());
        let lines: Vec<&str> = after.lines().collect();
        let mut told = 0;
        for (place, line) in lines.iter().enumerate() {
            if let Some(above) = line.strip_prefix("# above ") {
                prop_assert_eq!(lines[place + 2], above);
                told += 1;
            }
        }
        let old = read.sections.iter().filter(|section| section.title != "Encore").count();
        let tiles: usize = read.sections.iter().map(|section| section.tiles.len()).sum();
        prop_assert_eq!(told, old + tiles);
    }

    #[test]
    fn columns_in_any_order_are_read_back(
        order in Just((0..4).collect::<Vec<usize>>()).prop_shuffle(),
        count in 0_usize..5,
    ) {
        let text = file("dataset.toml");
        let mut form = DatasetForm::read(&text).unwrap();
        form.columns.push(ColumnForm { id: "neuf".to_owned(), ..ColumnForm::default() });
        let columns = order.iter().take(count).map(|place| form.columns[*place].clone());
        form.columns = columns.collect();
        let after = form.write(&text).unwrap();
        prop_assert_eq!(DatasetForm::read(&after).unwrap(), form.clone());
        prop_assert_eq!(form.write(&after).unwrap(), after.clone());
        prop_assert!(after.contains("compare = [\"a\", \"<\", \"b\"] # a rule"));
        let has_month = form.columns.iter().any(|column| column.id == "mois");
        prop_assert_eq!(after.contains("# When.\n[columns.mois]\n"), has_month);
    }
}

#[test]
fn tables_written_otherwise_are_changed_as_they_are() {
    let dotted = "[columns]\nb.type = \"text\" # b\na.type = \"code\" # a\n";
    let inline = "columns = { b = { type = \"text\" }, a = { type = \"code\" } } # all\n";
    for (text, expected) in [
        (
            dotted,
            "[columns]\na.type = \"code\" # a\na.title = \"A\"\nb.type = \"text\" # b\n\n[columns.c]\ntype = \"day\"\n",
        ),
        (
            inline,
            "columns = { a = { type = \"code\", title = \"A\" }, b = { type = \"text\" }, c = { type = \"day\" } } # all\n",
        ),
    ] {
        let mut form = DatasetForm::read(text).unwrap();
        form.columns.swap(0, 1);
        form.columns[0].title = "A".to_owned();
        form.columns.push(ColumnForm {
            id: "c".to_owned(),
            kind: "day".to_owned(),
            ..ColumnForm::default()
        });
        let after = form.write(text).unwrap();
        assert_eq!(DatasetForm::read(&after).unwrap(), form);
        assert_eq!(after, expected);
    }
    let targets = "targets = [{ year = 2024, value = 1, origin = \"A\" }] # voted\n";
    let mut form = IndicatorForm::read(targets).unwrap();
    form.targets[0].value = 2.5;
    form.targets.push(TargetForm {
        year: 2025,
        value: 3.0,
        ..form.targets[0].clone()
    });
    assert_eq!(
        form.write(targets).unwrap(),
        "targets = [{ year = 2024, value = 2.5, origin = \"A\" }, { year = 2025, value = 3, origin = \"A\" }] # voted\n"
    );
}
