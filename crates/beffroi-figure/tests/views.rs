//! Tiles that show growth, running totals, shares, places…, and what a sheet tells beyond values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod town;

use beffroi_catalog::{
    Break, Catalog, Figure as Kind, Formula, Indicator, Population, Prices, Text, Threshold,
    ThresholdLevel, ThresholdSide, Tile,
};
use beffroi_figure::{Drawing, Figure, Sheet, compose, plan, sheet, sheet_queries};
use beffroi_model::{
    Answer, Cell, ColumnId, Coverage, DatasetId, Grain, Period, Query, QueryError, Span, Status,
    View,
};
use std::fmt::Write;
use town::{answer_from, catalog, cell, id, page, text, tile};

/// The town with a population and prices.
fn town() -> Catalog {
    let mut catalog = catalog();
    catalog.town.population = Some(Population {
        dataset: DatasetId::new("budget").unwrap(),
        column: ColumnId::new("habitants").unwrap(),
        kind: "totale".to_owned(),
        inhabitants: Some(48_211),
        indicator: Some(id("habitants")),
    });
    catalog.town.prices = Some(Prices {
        indicator: id("prix"),
        base: Some(2025),
    });
    let copy = |of: &str, name: &str| Indicator {
        id: id(name),
        title: text(name),
        targets: Vec::new(),
        ..catalog.indicators[of].clone()
    };
    let (people, prices) = (copy("accidents", "habitants"), copy("epargne", "prix"));
    catalog.indicators.insert(people.id.clone(), people);
    catalog.indicators.insert(prices.id.clone(), prices);
    catalog
}

fn cells(indicator: &str, period: Period, keys: &[String]) -> (Cell, Coverage) {
    let year = period.start_year();
    let whole = Coverage::default();
    match indicator {
        // The official population of the last year is not known yet.
        "habitants" if year <= 2024 => (Cell::Value(48_000.0), whole),
        "prix" if (2018..=2025).contains(&year) => {
            (Cell::Value(100.0 + 4.0 * f64::from(year - 2018)), whole)
        }
        "habitants" | "prix" => (Cell::Missing, whole),
        _ => cell(indicator, period, keys),
    }
}

fn answers(catalog: &Catalog, queries: &[Query]) -> Vec<Result<Answer, QueryError>> {
    queries
        .iter()
        .map(|query| answer_from(catalog, query, &cells))
        .collect()
}

fn showing(view: &str, mut tile: Tile) -> Tile {
    tile.show = view.parse().expect(view);
    tile
}

fn monthly(mut tile: Tile) -> Tile {
    tile.grain = Some(Grain::Month);
    tile
}

fn composed(catalog: &Catalog, tile: &Tile, period: &str) -> Figure {
    let mut ctx = page(catalog);
    ctx.period = period.parse().expect(period);
    compose(tile, &ctx, &answers(catalog, &plan(tile, &ctx)))
}

/// Title, subtitle, notices and the last rows of the table.
fn told(figure: &Figure) -> String {
    let mut text = format!("{}\n  {}\n", figure.title, figure.subtitle);
    for notice in &figure.notices {
        let _ = writeln!(
            text,
            "  [{:?}] {} {}",
            notice.kind, notice.title, notice.text
        );
    }
    let labels: Vec<&str> = figure
        .table
        .head
        .iter()
        .map(|head| head.label.as_str())
        .collect();
    let _ = writeln!(text, "  | {}", labels.join(" | "));
    for row in figure.table.rows.iter().rev().take(3).rev() {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        let _ = writeln!(text, "  | {}", cells.join(" | "));
    }
    if let Drawing::Kpi(summaries) = &figure.drawing {
        for summary in summaries {
            let _ = writeln!(
                text,
                "  {} {} : {}",
                summary.value, summary.period, summary.phrase
            );
        }
    }
    text.replace('\u{a0}', "~").replace('\u{202f}', "_")
}

#[test]
fn views_say_what_they_show() {
    let catalog = town();
    let line = |id: &str, indicator: &str| tile(id, &[indicator], Kind::Line, None);
    let by = |figure, dimension| tile("t", &["locations"], figure, Some(dimension));
    let tiles = [
        showing("growth", line("croissance", "locations")),
        showing("growth", line("points", "epargne")),
        showing("growth", by(Kind::Bar, "type_velo")),
        showing("cumulative", monthly(line("cumul", "locations"))),
        showing("moving_average:12", monthly(line("lissage", "locations"))),
        showing("share", by(Kind::Bar, "type_velo")),
        showing("rank", by(Kind::Table, "type_velo")),
        showing("per_inhabitant", line("hab", "locations")),
        showing("constant_euros", line("constants", "resultat")),
        showing("index", line("indice", "locations")),
    ];
    let all: Vec<String> = tiles
        .iter()
        .map(|tile| {
            format!(
                "{}\n  {}",
                tile.show,
                told(&composed(&catalog, tile, "2025"))
            )
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_year_under_way_is_compared_with_the_same_months() {
    let catalog = town();
    let tiles = [
        showing("year_to_date", tile("t", &["locations"], Kind::Kpi, None)),
        showing("year_to_date", tile("t", &["locations"], Kind::Bar, None)),
    ];
    let all: Vec<String> = tiles
        .iter()
        .map(|tile| told(&composed(&catalog, tile, "2026")))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn shares_and_places_give_no_secret_away() {
    let catalog = town();
    let mut shares = showing(
        "share",
        tile("t", &["solidaire"], Kind::Bar, Some("quartier")),
    );
    let figure = composed(&catalog, &shares, "2025");
    let values = figure.table.rows.iter().flat_map(|row| &row.cells);
    assert_eq!(
        values.filter(|cell| cell.value.is_some()).count(),
        0,
        "{}",
        told(&figure)
    );
    shares.show = View::Rank;
    shares.figure = Kind::Table;
    let figure = composed(&catalog, &shares, "2025");
    let mut places: Vec<f64> = figure
        .table
        .rows
        .iter()
        .filter_map(|row| row.cells.get(1)?.value)
        .collect();
    places.sort_by(f64::total_cmp);
    let in_a_row: Vec<f64> = (1..=10).map(f64::from).collect();
    assert_eq!(places, in_a_row, "no gap where a secret member would stand");
}

#[test]
fn nothing_is_divided_by_a_population_that_is_filtered_otherwise() {
    let catalog = town();
    let filters = [town::filter("type_velo", &["cargo"])];
    let mut ctx = page(&catalog);
    ctx.filters = &filters;
    let tile = showing(
        "per_inhabitant",
        tile("t", &["locations"], Kind::Line, None),
    );
    let figure = compose(&tile, &ctx, &answers(&catalog, &plan(&tile, &ctx)));
    let values = figure
        .table
        .rows
        .iter()
        .filter_map(|row| row.cells.get(1)?.value);
    assert_eq!(values.count(), 0, "{}", told(&figure));
}

/// The page of an indicator.
fn page_of(catalog: &Catalog, name: &str) -> Sheet {
    let ctx = page(catalog);
    let indicator = &catalog.indicators[&id(name)];
    let queries = sheet_queries(indicator, &ctx);
    sheet(indicator, &ctx, &answers(catalog, &queries))
}

fn beyond(sheet: &Sheet) -> String {
    let mut text = format!("{}\n", sheet.summary.phrase);
    for notice in &sheet.summary.notices {
        let _ = writeln!(
            text,
            "  [{:?}] {} {}",
            notice.kind, notice.title, notice.text
        );
    }
    for line in sheet.so_far.iter().chain(&sheet.outlook) {
        let _ = writeln!(text, "  {line}");
    }
    for line in &sheet.declared {
        let _ = writeln!(
            text,
            "  {} {} / {} {}",
            line.period, line.computed, line.declared, line.difference
        );
    }
    for change in &sheet.changes {
        let _ = writeln!(
            text,
            "  {} : {} {}",
            change.since, change.note, change.formula
        );
    }
    if let Some(figure) = &sheet.series {
        text.push_str(&told(figure));
    }
    text.replace('\u{a0}', "~").replace('\u{202f}', "_")
}

#[test]
fn a_sheet_tells_what_is_needed_where_it_leads_and_what_changed() {
    let mut catalog = town();
    let changed = |day: &str| day.parse().unwrap();
    let later = catalog.indicators[&id("accidents")].measure.clone();
    {
        let rentals = catalog.indicators.get_mut(&id("locations")).unwrap();
        rentals.targets[0].year = 2028;
        rentals.targets[0].value = 1.6e6;
        rentals.targets.truncate(1);
    }
    {
        let accidents = catalog.indicators.get_mut(&id("accidents")).unwrap();
        accidents.targets[0].year = 2028;
        accidents.declared = Some(id("habitants"));
        accidents.thresholds = vec![
            Threshold {
                level: ThresholdLevel::Alert,
                value: 50.0,
                side: ThresholdSide::Above,
                words: Text::default(),
                origin: "Plan de sécurité routière".to_owned(),
            },
            Threshold {
                level: ThresholdLevel::Critical,
                value: 60.0,
                side: ThresholdSide::Above,
                words: text("La préfecture est saisie."),
                origin: "Plan de sécurité routière".to_owned(),
            },
        ];
    }
    {
        let savings = catalog.indicators.get_mut(&id("epargne")).unwrap();
        savings.breaks = vec![Break {
            at: changed("2022-01-01"),
            note: text("Le budget annexe est compté.|The subsidiary budget is counted."),
        }];
        savings.formulas = vec![Formula {
            from: changed("2024-01-01"),
            measure: later,
            note: text("Autre formule."),
        }];
        savings.targets[0].year = 2027;
        savings.targets[0].value = 12.0;
    }
    let all: Vec<String> = ["locations", "accidents", "epargne"]
        .iter()
        .map(|name| format!("{name}\n{}", beyond(&page_of(&catalog, name))))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
    let drawn = page_of(&catalog, "epargne")
        .series
        .expect("a series")
        .drawing;
    let Drawing::Plot(plot) = drawn else {
        panic!("a line")
    };
    assert_eq!(plot.wide.matches("rupture").count(), 2);
}

#[test]
fn a_threshold_crossed_is_to_be_watched_even_when_the_target_is_kept() {
    let mut catalog = town();
    let debt = catalog.indicators.get_mut(&id("dette")).unwrap();
    debt.thresholds = vec![Threshold {
        level: ThresholdLevel::Alert,
        value: 6.0,
        side: ThresholdSide::Above,
        words: Text::default(),
        origin: "usage".to_owned(),
    }];
    let summary = page_of(&catalog, "dette").summary;
    assert_eq!(summary.status, Status::Reached);
    let watched = summary.watch.expect("to be watched");
    assert_eq!((watched.status, watched.rank), (Status::Watch, 1));
    assert_eq!(
        watched.title.replace('\u{a0}', " "),
        "Années pour rembourser la dette : seuil d’alerte franchi"
    );
    assert_eq!(
        watched.text.replace('\u{a0}', " "),
        "6,2 ans, au-dessus de 6 ans (usage)."
    );
}

#[test]
fn months_that_stand_out_are_told_with_their_method() {
    let catalog = town();
    let ctx = page(&catalog);
    let indicator = &catalog.indicators[&id("locations")];
    let queries = sheet_queries(indicator, &ctx);
    let season = [
        64., 71., 86., 98., 113., 127., 121., 98., 129., 117., 90., 72.,
    ];
    let strange: Period = "2024-06".parse().unwrap();
    let steps = |name: &str, period: Period, keys: &[String]| {
        let month = chrono::Datelike::month0(&period.start()) as usize;
        let wobble = ((period.start_year() * 7 + month as i32 * month as i32 * 5) % 11) as f64;
        match period.grain() {
            Grain::Month if period < "2026-06".parse().unwrap() && name == "locations" => {
                let level = if period.start_year() < 2023 {
                    0.0
                } else {
                    60.0
                };
                let odd = if period == strange { 300.0 } else { 0.0 };
                (
                    Cell::Value(1000.0 * (season[month] + level + wobble + odd)),
                    Coverage::default(),
                )
            }
            _ => cells(name, period, keys),
        }
    };
    let answered: Vec<_> = queries
        .iter()
        .map(|query| answer_from(&catalog, query, &steps))
        .collect();
    let told = beyond(&sheet(indicator, &ctx, &answered));
    insta::assert_snapshot!(told);
    let last = queries.last().expect("queries");
    assert!(matches!(last.span, Span::Periods(range) if range.count() == 60));
}
