//! Nothing is lost: originals are kept, older versions come back, what changes is told first, the
//! same bytes bring nothing new, and no personal value is kept.

use beffroi_tests::{Town, figure};
use std::fs;

const HEAD: &str = "Mois;Station;Quartier;Trajets\n";

/// A small town whose trips are read with a load mode, without the file that comes with it.
fn town(load: &str) -> Town {
    let town = Town::small();
    let source = "source = \"trajets_*.csv\"\n";
    let loaded = format!("{source}load = \"{load}\"\n");
    town.edit("datasets/trajets.toml", source, &loaded);
    fs::remove_file(town.data("trajets_20250602.csv")).expect("the file");
    town
}

fn deliver(town: &Town, day: &str, rows: &[&str]) {
    let text = format!("{HEAD}{}\n", rows.join("\n"));
    fs::write(town.data(&format!("trajets_{day}.csv")), text).expect("a delivery");
}

fn undeliver(town: &Town, day: &str) {
    fs::remove_file(town.data(&format!("trajets_{day}.csv"))).expect("a delivery");
}

fn sum(town: &Town) -> Option<f64> {
    figure(&town.query(&["trajets", "--period", "2024"]), "2024")
}

fn import(town: &Town) -> String {
    town.run(&["import", "trajets"]).assert_code(0).all()
}

/// Files of the state whose path has a word in it.
fn kept(town: &Town, word: &str) -> Vec<(String, Vec<u8>)> {
    let files = town.state_files().into_iter();
    files
        .map(|(path, bytes)| (path.to_string_lossy().into_owned(), bytes))
        .filter(|(path, _)| path.contains(word))
        .collect()
}

#[test]
fn the_bytes_of_a_file_are_kept_as_they_came() {
    let town = town("replace");
    deliver(&town, "20250101", &["01/2024;Parc;Centre;1"]);
    import(&town);
    let originals = kept(&town, "trajets/originals/");
    let delivered = fs::read(town.data("trajets_20250101.csv")).expect("the delivery");
    assert_eq!(originals.len(), 1);
    assert_eq!(originals[0].1, delivered);
    let manifest = fs::read_to_string(town.state("warehouse/trajets/v000001.json"));
    let manifest: serde_json::Value =
        serde_json::from_str(&manifest.expect("a manifest")).expect("JSON");
    let sha256 = manifest["sources"][0]["sha256"]
        .as_str()
        .expect("a checksum");
    assert!(originals[0].0.ends_with(sha256), "{}", originals[0].0);
}

#[test]
fn a_file_that_is_gone_is_read_again_from_its_copy_when_the_declaration_changes() {
    for load in ["replace", "append", "by_period"] {
        let town = town(load);
        deliver(
            &town,
            "20250101",
            &["01/2024;Parc;Centre;1", "02/2024;Parc;Centre;20"],
        );
        import(&town);
        undeliver(&town, "20250101");
        if load != "replace" {
            deliver(&town, "20250301", &["03/2024;Parc;Centre;300"]);
            import(&town);
        }
        let before = sum(&town).expect("a sum");
        town.edit(
            "datasets/trajets.toml",
            "[columns.trajets]\n",
            "[columns.trajets]\nmissing = [\"20\"]\n",
        );
        import(&town);
        assert_eq!(sum(&town), Some(before - 20.0), "{load}");
    }
}

#[test]
fn a_period_that_a_corrected_file_gives_up_is_again_what_another_file_says() {
    let town = town("by_period");
    deliver(
        &town,
        "20250101",
        &["01/2024;Parc;Centre;1", "02/2024;Parc;Centre;20"],
    );
    import(&town);
    undeliver(&town, "20250101");
    deliver(
        &town,
        "20250201",
        &["02/2024;Parc;Centre;99", "03/2024;Parc;Centre;300"],
    );
    import(&town);
    assert_eq!(sum(&town), Some(400.0));
    deliver(&town, "20250201", &["03/2024;Parc;Centre;300"]);
    import(&town);
    assert_eq!(sum(&town), Some(321.0));
}

#[test]
fn what_a_delivery_would_change_is_told_before_it_is_accepted() {
    let town = town("by_period");
    deliver(
        &town,
        "20250101",
        &["01/2024;Parc;Centre;1", "02/2024;Parc;Centre;2"],
    );
    import(&town);
    deliver(
        &town,
        "20250301",
        &["02/2024;Parc;Centre;20", "03/2024;Parc;Centre;300"],
    );
    let before = town.state_files();
    let output = town
        .run(&["import", "--dry-run", "trajets"])
        .assert_code(0)
        .all();
    for told in [
        "février 2024 : remplacé (1 lignes avant, 1 maintenant)",
        "mars 2024 : ajouté (1 lignes)",
        "Lignes : 2 avant, 3 maintenant",
        "Total de « trajets » : 3 avant, 321 maintenant",
        "1 à importer",
    ] {
        assert!(
            output.replace('\u{a0}', " ").contains(told),
            "{told}: {output}"
        );
    }
    assert!(!output.contains("janvier"), "{output}");
    assert_eq!(town.state_files(), before, "a dry run leaves nothing");
    assert_eq!(sum(&town), Some(3.0));
    let output = import(&town);
    assert!(output.contains("mars 2024"), "{output}");
    assert_eq!(sum(&town), Some(321.0));
}

#[test]
fn the_same_bytes_under_another_name_bring_nothing_new() {
    for load in ["replace", "append", "by_period"] {
        let town = town(load);
        deliver(&town, "20250101", &["01/2024;Parc;Centre;1"]);
        import(&town);
        undeliver(&town, "20250101");
        deliver(&town, "20250102", &["01/2024;Parc;Centre;1"]);
        let output = import(&town);
        assert!(output.contains("0 importé"), "{load}: {output}");
        assert!(output.contains("copie exacte"), "{load}: {output}");
        assert_eq!(sum(&town), Some(1.0), "{load}");
    }
}

#[test]
fn an_older_version_comes_back_and_stays() {
    for load in ["replace", "append", "by_period"] {
        let town = town(load);
        deliver(&town, "20250101", &["01/2024;Parc;Centre;1"]);
        import(&town);
        // A mistake: the file is corrected for the worse, and another one comes.
        deliver(&town, "20250101", &["01/2024;Parc;Centre;5"]);
        deliver(&town, "20250201", &["02/2024;Parc;Centre;60"]);
        import(&town);
        assert_eq!(sum(&town), Some(65.0), "{load}");
        let output = town
            .run(&["versions", "trajets", "--restore", "1"])
            .assert_code(0)
            .all();
        assert!(
            output.contains("beffroi versions trajets --restore 2"),
            "{output}"
        );
        assert_eq!(sum(&town), Some(1.0), "{load}");
        let output = import(&town);
        assert!(output.contains("0 importé"), "{load}: {output}");
        assert_eq!(sum(&town), Some(1.0), "{load}");
        // Another declaration reads what came back, not what was given up.
        town.edit(
            "datasets/trajets.toml",
            "[columns.trajets]\n",
            "[columns.trajets]\nmissing = [\"7\"]\n",
        );
        import(&town);
        assert_eq!(sum(&town), Some(1.0), "{load}");
        // What is new counts, beside what came back.
        deliver(&town, "20250301", &["03/2024;Parc;Centre;700"]);
        import(&town);
        assert_eq!(sum(&town), Some(701.0), "{load}");
        let listed = town.run(&["versions", "trajets"]).assert_code(0).stdout;
        assert!(listed.contains("remet la 1"), "{listed}");
        assert!(
            listed
                .lines()
                .next()
                .is_some_and(|line| line.contains("en place"))
        );
        // And back again.
        town.run(&["versions", "trajets", "--restore", "2"])
            .assert_code(0);
        assert_eq!(sum(&town), Some(65.0), "{load}");
        let output = import(&town);
        assert!(output.contains("0 importé"), "{load}: {output}");
    }
}

#[test]
fn a_version_that_is_not_there_is_not_restored() {
    let town = town("replace");
    deliver(&town, "20250101", &["01/2024;Parc;Centre;1"]);
    import(&town);
    let output = town
        .run(&["versions", "trajets", "--restore", "9"])
        .assert_code(1)
        .all();
    assert!(output.contains("beffroi versions trajets"), "{output}");
    let output = town
        .run(&["versions", "trajet", "--restore", "1"])
        .assert_code(2)
        .all();
    assert!(output.contains("« trajets »"), "{output}");
    let output = town
        .run(&["versions", "trajets", "--restore", "1"])
        .assert_code(0)
        .all();
    assert!(output.contains("déjà en place"), "{output}");
}

#[test]
fn every_finding_is_in_a_file_that_opens_in_excel() {
    let town = town("replace");
    let rows: Vec<String> = (0..60)
        .map(|row| format!("01/2024;=cmd|' /C calc'!A{row};Centre;beaucoup {row}"))
        .collect();
    let mut rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    rows.push("01/2024;Parc;Centre;1");
    deliver(&town, "20250101", &rows);
    import(&town);
    let files = kept(&town, "findings/trajets/");
    assert_eq!(files.len(), 1);
    let text = String::from_utf8(files[0].1.clone()).expect("UTF-8");
    assert!(
        text.starts_with("\u{feff}Fichier;Ligne;Colonne;Valeur;"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 61);
    for row in 0..60 {
        assert!(
            text.contains(&format!(";{};Trajets;beaucoup {row};", row + 2)),
            "{row}: {text}"
        );
    }
    let server = town.serve();
    let page = server.get("/catalogue/trajets").text();
    assert!(page.contains("/catalogue/trajets/constats.csv"), "{page}");
    let download = server.get("/catalogue/trajets/constats.csv");
    assert_eq!(download.status, 200);
    assert_eq!(download.text(), text);
}

#[test]
fn files_beside_a_version_go_with_it() {
    let town = town("replace");
    for day in 1..=53 {
        let odd = format!("01/2024;Parc;Centre;beaucoup {day}");
        deliver(&town, "20250101", &["01/2024;Parc;Centre;1", &odd]);
        import(&town);
    }
    assert_eq!(kept(&town, "warehouse/trajets/v").len(), 50);
    assert_eq!(kept(&town, "warehouse/trajets/originals/").len(), 50);
    assert_eq!(kept(&town, "rejects/trajets/").len(), 50);
    assert_eq!(kept(&town, "findings/trajets/").len(), 50);
}

#[test]
fn of_a_file_with_personal_data_a_copy_without_them_is_kept() {
    let town = town("append");
    town.edit(
        "datasets/trajets.toml",
        "[columns.trajets]\n",
        "[columns.agent]\ntype = \"text\"\npersonal = true\n\n[columns.trajets]\n",
    );
    let text = "Relevé par Quatrebarbes\n\nAgent;Mois;Station;Quartier;Trajets;Prénom\n\
        Quatrebarbes;01/2024;Parc;Centre;1;Zéphyrine\n\
        Quatrebarbes;01/2024;Gare;Centre;beaucoup;Zéphyrine\n\
        Quatrebarbes;Quatrebarbes;02/2024;Parc;Centre;3;Zéphyrine\n";
    fs::write(town.data("trajets_20250101.csv"), text).expect("a delivery");
    let said = import(&town);
    let originals = kept(&town, "trajets/originals/");
    assert_eq!(originals.len(), 1);
    // Read again from the copy, when the file is gone and the declaration changes.
    undeliver(&town, "20250101");
    deliver(&town, "20250201", &["02/2024;Parc;Centre;20"]);
    town.edit(
        "datasets/trajets.toml",
        "[columns.trajets]\n",
        "[columns.trajets]\nmissing = [\"77\"]\n",
    );
    let said = said + &import(&town);
    assert_eq!(sum(&town), Some(21.0));
    assert!(!said.contains("Quatrebarbes"), "{said}");
    for (path, bytes) in town.state_files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("Quatrebarbes"),
            "a name is in {}",
            path.display()
        );
        assert!(
            !text.contains("Zéphyrine"),
            "a first name is in {}",
            path.display()
        );
    }
}

#[test]
fn a_correction_is_remembered_for_the_next_file() {
    let town = town("append");
    // Whether 1.234 is a thousand or one and a bit, the file does not say.
    town.edit(
        "datasets/trajets.toml",
        "type = \"integer\"",
        "type = \"decimal\"\nscale = 3",
    );
    deliver(&town, "20250101", &["01/2024;Parc;Centre;1.234"]);
    import(&town);
    assert_eq!(sum(&town), Some(1.234));
    let output = town
        .run(&["correct", "trajets", "decimale=virgule"])
        .assert_code(0)
        .all();
    assert!(
        output.contains("beffroi correct trajets decimale="),
        "{output}"
    );
    assert_eq!(sum(&town), Some(1234.0), "{output}");
    deliver(&town, "20250201", &["02/2024;Parc;Centre;2.000"]);
    import(&town);
    assert_eq!(sum(&town), Some(3234.0));
    let listed = town.run(&["correct", "trajets"]).assert_code(0).stdout;
    assert!(listed.contains("decimale=virgule"), "{listed}");
    let page = town.serve().get("/catalogue/trajets").text();
    assert!(page.contains("Signe décimal"), "{page}");
    // Undone, the files are read as before.
    town.run(&["correct", "trajets", "decimale="])
        .assert_code(0);
    assert_eq!(sum(&town), Some(3.234));
}

#[test]
fn a_column_that_was_renamed_is_proposed_and_mapped() {
    let town = town("replace");
    let text = "Mois;Station;Quartier;Trajet\n01/2024;Parc;Centre;7\n";
    fs::write(town.data("trajets_20250101.csv"), text).expect("a delivery");
    let file = town.data("trajets_20250101.csv");
    let file = file.to_str().expect("a path");
    let seen = town
        .run(&["preview", file, "--dataset", "trajets"])
        .assert_code(0)
        .stdout;
    assert!(
        seen.contains("beffroi correct trajets \"colonne.trajets=Trajet\""),
        "{seen}"
    );
    assert!(seen.contains("2024-01-01 | Parc | centre | —"), "{seen}");
    town.run(&["correct", "trajets", "colonne.trajets=Trajet"])
        .assert_code(0);
    assert_eq!(sum(&town), Some(7.0));
    let json = town
        .run(&["preview", file, "--dataset", "trajets", "--json"])
        .assert_code(0)
        .stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["rows"][0][3], "7");
    assert_eq!(json["columns"][3]["values"], 1);
    assert_eq!(json["proposals"].as_array().map(Vec::len), Some(0));
    let by_hand = |it: &serde_json::Value| it["evidence"]["code"] == "by-hand";
    let decisions = json["decisions"].as_array().expect("decisions");
    assert!(decisions.iter().any(by_hand), "{json}");
}

#[test]
fn a_correction_that_makes_no_sense_is_refused() {
    let town = town("replace");
    for (setting, said) in [
        ("entete=six", "1, 2, 3"),
        ("couleur=bleu", "entete=6"),
        ("entete", "entete="),
        ("decimale=tiret", "virgule, point"),
        ("colonne.trajet=X", "trajets"),
    ] {
        let output = town
            .run(&["correct", "trajets", setting])
            .assert_code(2)
            .all();
        assert!(output.contains(said), "{setting}: {output}");
    }
    assert!(kept(&town, "corrections").is_empty());
}

#[test]
fn a_preview_keeps_nothing_and_names_nobody() {
    let town = town("replace");
    town.edit(
        "datasets/trajets.toml",
        "[columns.trajets]\n",
        "[columns.agent]\ntype = \"text\"\npersonal = true\n\n[columns.trajets]\n",
    );
    let text = "Agent;Mois;Station;Quartier;Trajets\nQuatrebarbes;01/2024;Parc;Centre;7\n\
        Quatrebarbes;01/2024;Parc;Centre;beaucoup\n";
    fs::write(town.data("trajets_20250101.csv"), text).expect("a delivery");
    let file = town.data("trajets_20250101.csv");
    let file = file.to_str().expect("a path");
    for more in [&[][..], &["--json"]] {
        let args = [&["preview", file, "--dataset", "trajets"], more].concat();
        let said = town.run(&args).assert_code(0).all();
        assert!(said.contains("beaucoup"), "{said}");
        assert!(!said.contains("Quatrebarbes"), "{said}");
    }
    assert!(!town.state("warehouse/trajets").exists());
}
