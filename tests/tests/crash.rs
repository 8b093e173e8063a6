//! The program killed (`kill -9`) at any instant of an import: what was acknowledged is there,
//! what was not is there whole or not at all, and the next import mends everything.

use beffroi_tests::{Town, figure};
use std::{fs, thread::sleep, time::Duration};

/// Large enough for an import to be hit in all its stages.
const STATIONS: u32 = 1250;
const KILLS: u32 = 20;

/// Delivers a file in which every station has the same number of trips each month of 2023 and
/// 2024; the sum of a year tells which delivery an answer is made from.
fn deliver(town: &Town, trips: u32) {
    let mut text = String::from("Mois;Station;Quartier;Trajets\n");
    for month in 0..24 {
        for station in 0..STATIONS {
            let (month, year) = (month % 12 + 1, 2023 + month / 12);
            text.push_str(&format!("{month:02}/{year};S{station};Centre;{trips}\n"));
        }
    }
    fs::write(town.data("trajets_20250602.csv"), text).expect("a delivery");
}

fn sum_of(trips: u32) -> Option<f64> {
    Some(f64::from(trips * STATIONS * 12))
}

fn sum(town: &Town) -> Option<f64> {
    figure(&town.query(&["trajets", "--period", "2024"]), "2024")
}

/// The delays of kills spread over an import, and a little beyond its end.
fn delays(import: Duration) -> impl Iterator<Item = Duration> {
    (0..KILLS).map(move |step| import * 11 * step / (10 * (KILLS - 1)))
}

#[test]
fn a_killed_import_leaves_the_old_version_or_the_new_one() {
    let town = Town::small();
    deliver(&town, 1);
    let import = town.run(&["import"]).assert_code(0).took;
    assert_eq!(sum(&town), sum_of(1));

    let mut interrupted = 0;
    for (delay, trips) in delays(import).zip(2..) {
        deliver(&town, trips);
        let running = town.begin(&["import"]);
        sleep(delay);
        if running.kill().code.is_none() {
            interrupted += 1;
        }
        let found = sum(&town);
        assert!(
            found == sum_of(trips - 1) || found == sum_of(trips),
            "killed after {delay:?}: {found:?} is neither delivery {} nor {trips}",
            trips - 1
        );
        town.run(&["import"]).assert_code(0);
        assert_eq!(
            sum(&town),
            sum_of(trips),
            "imported again after a kill at {delay:?}"
        );
    }
    assert!(
        interrupted >= KILLS / 4,
        "only {interrupted} kills hit an import"
    );
    let left: Vec<_> = town
        .state_files()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| is_unfinished(path))
        .collect();
    assert!(left.is_empty(), "unfinished files are swept: {left:?}");
}

fn is_unfinished(path: &std::path::Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().contains("tmp"))
}

#[test]
fn a_first_import_that_is_killed_can_be_done_again() {
    for delay in [5, 50, 150, 400] {
        let town = Town::small();
        deliver(&town, 7);
        let running = town.begin(&["import"]);
        sleep(Duration::from_millis(delay));
        running.kill();
        town.run(&["import"]).assert_code(0);
        assert_eq!(sum(&town), sum_of(7), "killed after {delay} ms");
    }
}

#[test]
fn a_state_folder_that_a_kill_left_half_made_is_made_again() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    let mark = town.state("beffroi.json");
    assert!(mark.is_file(), "the mark of a state folder of ours");
    // Killed as the very first file was being written.
    fs::remove_dir_all(town.state("")).expect("the state can be removed");
    fs::create_dir(town.state("")).expect("a folder");
    fs::write(mark.with_extension("tmp"), "").expect("an unfinished mark");
    town.run(&["import"]).assert_code(0);
}

#[test]
fn a_killed_server_starts_again_and_serves() {
    let town = Town::small();
    deliver(&town, 1);
    for (delay, trips) in [0, 30, 100, 300, 1000].into_iter().zip(2..) {
        deliver(&town, trips);
        let running = town.begin(&["serve", "--listen", "127.0.0.1:0"]);
        sleep(Duration::from_millis(delay));
        running.kill();
        let server = town.serve();
        assert_eq!(
            server.get("/tableaux/mobilites").status,
            200,
            "killed after {delay} ms"
        );
        assert_eq!(sum(&town), sum_of(trips), "killed after {delay} ms");
        server.kill();
    }
}

#[test]
fn two_imports_at_once_do_not_spoil_each_other() {
    let town = Town::small();
    deliver(&town, 3);
    let running: Vec<_> = (0..3).map(|_| town.begin(&["import"])).collect();
    for output in running.into_iter().map(beffroi_tests::Running::wait) {
        // One writer at a time: the others wait, or say that one is at work.
        assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
        assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    }
    town.run(&["import"]).assert_code(0);
    assert_eq!(sum(&town), sum_of(3));
    assert_eq!(
        town.query(&["trajets", "--period", "2024"])["provenance"][0]["version"],
        1
    );
}
