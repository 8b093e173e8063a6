//! What is secret is an `s` in a report, in every form of it.

use crate::hands::*;
use crate::outputs::texts;

/// Days of the two services that are hidden, by year.
const HIDDEN: [&str; 6] = ["7919", "7929", "7939", "7757", "7767", "7777"];

#[test]
fn hidden_values_are_signs_in_every_form() {
    let scene = Scene::new();
    // As a draft, then for good.
    for is_final in [false, true] {
        if is_final {
            scene.freeze();
        }
        let reader = scene.hand(ELISE);
        for (name, text) in texts(&reader, YEAR) {
            let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            for hidden in HIDDEN {
                assert!(!digits.contains(hidden), "{name} tells {hidden}");
            }
            // The two services that are not hidden are there, but for papers that draw them.
            assert!(digits.contains("20031"), "{name}: {text}");
        }
    }
    let document = scene.document(2025, 1);
    let listed = beffroi_report::tables(&document);
    let services = listed.iter().find(|it| it.key == "personnel.services");
    let table = &services.expect("the figure").table;
    for service in ["Cabinet", "Archives"] {
        let row = table.rows.iter().find(|row| row.cells[0].text == service);
        let cells = &row.expect("a row of it").cells[1..];
        assert_eq!(cells[0].text, "s", "{cells:?}");
        assert!(cells.iter().all(|cell| cell.value.is_none()), "{cells:?}");
    }
    let csv = unpacked(&file(&scene.hand(ELISE), YEAR, "donnees.zip"));
    let own = csv
        .iter()
        .find(|(name, _)| name.contains("services"))
        .expect("its file")
        .1;
    let own = String::from_utf8(own.clone()).expect("text");
    for service in ["Cabinet", "Archives"] {
        let line = own
            .lines()
            .find(|line| line.starts_with(service))
            .expect("a line");
        assert!(!line.contains(|c: char| c.is_ascii_digit()), "{line}");
    }
}
