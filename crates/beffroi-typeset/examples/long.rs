//! How long a report of 60 pages and 80 figures takes, and how much memory:
//! `cargo run --release -p beffroi-typeset --example long -- [OUT]`.

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;

use beffroi_report::{Block, Document};
use beffroi_typeset::{Ink, Options, pdf};
use std::time::Instant;

/// Twenty chapters of four figures, three pages each.
fn document() -> Document {
    let drawings = [
        (common::LINE, 12),
        (common::MAP, 7),
        (common::BARS_HALF, 5),
        (common::CATEGORIES, 12),
        (common::COLUMNS, 12),
        (common::LINE_HALF, 6),
        (common::LINE_HALF_2, 6),
        (common::BARS, 12),
    ];
    let chapters = (0..20).map(|chapter| {
        let mut blocks = vec![
            common::lead("Ce que la ville a fait, ce que cela a coûté, et où en sont les objectifs votés."),
            common::tally(),
        ];
        for place in 0..4 {
            let (svg, width) = drawings[(chapter * 4 + place) % drawings.len()];
            // No two drawings are the same, as in a real report.
            let svg = svg.replace("2025", &format!("{}", 2025 + chapter * 4 + place));
            let title = format!("Figure {place} du chapitre {chapter} : la hausse touche tous les quartiers");
            let figure = common::figure(&format!("{chapter}/{place}"), &title, &svg, width);
            blocks.push(Block::Figure(figure));
            for _ in 0..2 {
                blocks.push(common::paragraph("La moitié des accidents se concentre sur le boulevard Circulaire et la rue du Port ; un programme de 1,2 M€ sera proposé au conseil de septembre 2026. Il complète les travaux de 2025, dont les effets se mesurent déjà sur trois carrefours."));
            }
        }
        blocks.push(Block::Table(common::months(&format!("t-{chapter}"), 24)));
        common::chapter(&format!("c{chapter}"), "Mobilités", &format!("Chapitre {chapter} : le vélo entre dans les habitudes"), blocks)
    });
    common::report(common::frozen(), chapters.collect())
}

/// A line of `/proc/self/status`, in megabytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

fn main() -> std::io::Result<()> {
    let document = document();
    println!("before: {} MB", memory("RssAnon:"));
    for round in 1..=10 {
        let start = Instant::now();
        match pdf(
            &document,
            &common::pictures(),
            &Options { ink: Ink::Colour },
        ) {
            Ok(pdf) => {
                println!(
                    "{round}: {:.2} s, {} pages, {} kB, at most {} MB, now {} MB",
                    start.elapsed().as_secs_f64(),
                    pdf.pages,
                    pdf.bytes.len() / 1024,
                    memory("VmHWM:"),
                    memory("RssAnon:"),
                );
                if let (1, Some(out)) = (round, std::env::args().nth(1)) {
                    std::fs::write(out, pdf.bytes)?;
                }
            }
            Err(complaints) => println!("{complaints:#?}"),
        }
    }
    Ok(())
}
