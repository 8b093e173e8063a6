//! Writes the outputs of a sample report into a folder, to be looked at:
//! `cargo run -p beffroi-report --example sample -- FOLDER`.

#[path = "../tests/common/mod.rs"]
mod common;

use beffroi_report::{Document, Edition, html, xlsx, zip};
use std::{env, error::Error, fs, path::Path};

const STYLE_SHEET: &str = include_str!("../../beffroi-web/assets/beffroi.css");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).unwrap_or_else(|| "report".to_owned());
    let folder = Path::new(&folder);
    let document = common::sample();
    let draft = Document {
        edition: Edition::Draft {
            seen_on: common::day(2026, 6, 10),
        },
        ..document.clone()
    };
    write(&folder.join("final"), &document)?;
    write(&folder.join("draft"), &draft)?;
    write(&folder.join("hostile"), &common::hostile())
}

fn write(folder: &Path, document: &Document) -> Result<(), Box<dyn Error>> {
    for (path, bytes) in html::site(document, &common::pictures(), STYLE_SHEET) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    let whole = html::whole(document, &|file| format!("photos/{file}"));
    let page = format!(
        "<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Rapport</title><link rel=\"stylesheet\" href=\"style.css\"></head>\
         <body>{}<main class=\"rapport\"><div class=\"boite\">{}</div></main></body></html>",
        html::glyphs().into_string(),
        whole.into_string(),
    );
    fs::write(folder.join("whole.html"), page)?;
    fs::write(folder.join("report.xlsx"), xlsx(document)?)?;
    fs::write(folder.join("report.zip"), zip(document)?)?;
    Ok(())
}
