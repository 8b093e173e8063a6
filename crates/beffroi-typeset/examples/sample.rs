//! Sets the document that the tests use: `cargo run --example sample -- OUT [draft] [black]`.

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;

use beffroi_typeset::{Ink, Options, pdf};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let edition = if has("draft") {
        common::draft()
    } else {
        common::frozen()
    };
    let ink = if has("black") {
        Ink::BlackAndWhite
    } else {
        Ink::Colour
    };
    let document = common::everything(edition);
    match pdf(&document, &common::pictures(), &Options { ink }) {
        Ok(pdf) => {
            println!(
                "{} pages, {} octets, {:?}",
                pdf.pages,
                pdf.bytes.len(),
                pdf.complaints
            );
            let out = arguments.first().map_or("sample.pdf", String::as_str);
            std::fs::write(out, pdf.bytes)
        }
        Err(complaints) => {
            println!("{complaints:#?}");
            Ok(())
        }
    }
}
