//! Figures of a small town, from declarations to sentences and drawings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod town;

use beffroi_catalog::{Example, Figure as Kind, Given, Text, Tile, Value};
use beffroi_figure::{
    Context, Csv, Drawing, Figure, NoticeKind, compose, csv, default_period, formula_words,
    known_periods, period_queries, plan, sheet, sheet_queries, summary, summary_queries, watch,
};
use beffroi_model::{Cell, ColumnId, Coverage, Grain, Period, Query, Scope, Scopes, Status};
use beffroi_text::Lang;
use chrono::NaiveDate;
use indexmap::IndexMap;
use std::fmt::Write;
use town::{answer_from, answers, catalog, filter, page, tile};

fn composed(tile: &Tile, ctx: &Context) -> Figure {
    compose(tile, ctx, &answers(ctx.catalog, &plan(tile, ctx)))
}

fn monthly(mut tile: Tile) -> Tile {
    tile.grain = Some(Grain::Month);
    tile
}

/// One tile of every kind, with the absences that there can be.
fn board() -> Vec<Tile> {
    let mut stations = tile("stations", &["locations"], Kind::Bar, Some("station"));
    stations.top = Some(10);
    stations.width = 5;
    let mut months = monthly(tile("mensuel", &["locations"], Kind::Line, None));
    months.width = 7;
    vec![
        tile(
            "cles",
            &["locations", "epargne", "accidents"],
            Kind::Kpi,
            None,
        ),
        months,
        stations,
        tile("carte", &["par_habitant"], Kind::Map, Some("quartier")),
        tile("chaleur", &["par_habitant"], Kind::Heat, Some("quartier")),
        tile("types", &["locations"], Kind::Line, Some("type_velo")),
        monthly(tile("compteur", &["compteur"], Kind::Line, None)),
        tile("solidaire", &["solidaire"], Kind::Bar, Some("quartier")),
        tile("villes", &["comparaison"], Kind::Dots, Some("ville")),
        tile("parts", &["locations"], Kind::Stacked, Some("type_velo")),
        tile(
            "cibles",
            &["locations", "epargne", "social", "accidents", "gaz"],
            Kind::Target,
            None,
        ),
        monthly(tile("colonnes", &["locations"], Kind::Bar, None)),
        tile("resultat", &["resultat"], Kind::Bar, None),
        tile("dette", &["dette"], Kind::Line, None),
        tile("gaz", &["gaz"], Kind::Line, None),
        tile(
            "liste",
            &["locations", "epargne", "dette"],
            Kind::Table,
            None,
        ),
        tile("direct", &["libres"], Kind::Bar, Some("parking")),
        tile("vide", &["nouveau"], Kind::Line, None),
        tile(
            "solidaire_carte",
            &["solidaire"],
            Kind::Map,
            Some("quartier"),
        ),
        tile(
            "solidaire_table",
            &["solidaire"],
            Kind::Table,
            Some("quartier"),
        ),
    ]
}

fn said(figures: &[Figure]) -> String {
    let mut text = String::new();
    for figure in figures {
        let _ = writeln!(
            text,
            "{}\n  {}\n  {}",
            figure.id, figure.title, figure.subtitle
        );
        for notice in &figure.notices {
            let _ = writeln!(
                text,
                "  [{:?}] {} {}",
                notice.kind, notice.title, notice.text
            );
        }
    }
    text.replace('\u{a0}', "~").replace('\u{202f}', "_")
}

#[test]
fn figures_say_what_is_seen_in_french() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let figures: Vec<Figure> = board().iter().map(|tile| composed(tile, &ctx)).collect();
    insta::assert_snapshot!(said(&figures));
}

#[test]
fn figures_say_what_is_seen_in_english() {
    let catalog = catalog();
    let ctx = Context {
        lang: Lang::En,
        ..page(&catalog)
    };
    let figures: Vec<Figure> = board().iter().map(|tile| composed(tile, &ctx)).collect();
    insta::assert_snapshot!(said(&figures));
}

fn wide(figure: &Figure) -> &str {
    let Drawing::Plot(plot) = &figure.drawing else {
        panic!("{} is not drawn", figure.id)
    };
    &plot.wide
}

fn narrow(figure: &Figure) -> &str {
    let Drawing::Plot(plot) = &figure.drawing else {
        panic!("{} is not drawn", figure.id)
    };
    &plot.narrow
}

#[test]
fn a_line_with_a_gap_is_drawn() {
    let catalog = catalog();
    let figure = composed(
        &monthly(tile("compteur", &["compteur"], Kind::Line, None)),
        &page(&catalog),
    );
    insta::assert_snapshot!(wide(&figure));
}

#[test]
fn bars_with_secret_values_are_drawn_narrow() {
    let catalog = catalog();
    let figure = composed(
        &tile("solidaire", &["solidaire"], Kind::Bar, Some("quartier")),
        &page(&catalog),
    );
    insta::assert_snapshot!(narrow(&figure));
}

#[test]
fn targets_are_drawn() {
    let catalog = catalog();
    let figure = composed(
        &tile("cibles", &["social", "accidents"], Kind::Target, None),
        &page(&catalog),
    );
    insta::assert_snapshot!(wide(&figure));
}

/// Every drawing of a figure.
fn drawings(figure: &Figure) -> Vec<String> {
    match &figure.drawing {
        Drawing::Plot(plot) => vec![plot.wide.clone(), plot.narrow.clone()],
        Drawing::Multiples(multiples) => multiples.iter().map(|m| m.svg.clone()).collect(),
        Drawing::Kpi(summaries) => summaries
            .iter()
            .flat_map(|s| {
                [s.sparkline.clone(), s.curve.clone()]
                    .into_iter()
                    .chain(s.target_bar.clone())
            })
            .filter(|svg| !svg.is_empty())
            .collect(),
        Drawing::None | Drawing::Table => Vec::new(),
    }
}

#[test]
fn drawings_are_accessible_and_without_inline_style() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let mut ids = std::collections::BTreeSet::new();
    for tile in board() {
        for svg in drawings(&composed(&tile, &ctx)) {
            assert!(svg.contains("role=\"img\""), "{svg}");
            assert!(
                svg.contains("<desc id=") || svg.contains("aria-label="),
                "{svg}"
            );
            assert!(!svg.contains("style="), "{svg}");
            assert!(
                !svg.contains("fill=\"") && !svg.contains("stroke=\"#"),
                "{svg}"
            );
            for part in svg.split(" id=\"").skip(1) {
                let id = part.split('"').next().unwrap().to_owned();
                assert!(ids.insert(id.clone()), "the id `{id}` is there twice");
            }
        }
    }
}

#[test]
fn names_are_escaped_in_drawings() {
    let mut catalog = catalog();
    let quartier = catalog.dimensions.get_mut(&town::dim("quartier")).unwrap();
    quartier.members.get_mut("gare").unwrap().title = town::text("<script>\"&'");
    let ctx = page(&catalog);
    for kind in [Kind::Bar, Kind::Map] {
        let figure = composed(&tile("x", &["par_habitant"], kind, Some("quartier")), &ctx);
        for svg in drawings(&figure) {
            assert!(!svg.contains("<script"), "{svg}");
            assert!(svg.contains("&lt;script&gt;"), "{svg}");
        }
    }
}

/// Secret cells come without their values; what could give them away is the whole, shown beside
/// all parts but those.
#[test]
fn the_whole_is_not_shown_beside_secret_parts() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let known: f64 = town::DISTRICTS
        .iter()
        .filter_map(|(.., cell)| cell.value())
        .sum();
    let whole = 1_037.0;
    assert!(whole > known);
    for kind in [
        Kind::Bar,
        Kind::Map,
        Kind::Table,
        Kind::Heat,
        Kind::Stacked,
        Kind::Line,
        Kind::Dots,
    ] {
        let figure = composed(&tile("x", &["solidaire"], kind, Some("quartier")), &ctx);
        let text = format!(
            "{figure:?}{}{}",
            csv(&figure.table, Csv::Standard),
            csv(&figure.table, Csv::Excel)
        );
        for telling in ["1037", "1\u{202f}037"] {
            assert!(!text.contains(telling), "{kind:?} tells {telling}: {text}");
        }
        assert!(figure.table.rows.iter().all(|row| !row.total));
        assert!(
            figure
                .notices
                .iter()
                .any(|notice| notice.kind == NoticeKind::Secret)
        );
    }
}

#[test]
fn a_partial_year_is_provisional_and_compared_with_nothing() {
    let catalog = catalog();
    let ctx = Context {
        period: Period::year(2026),
        ..page(&catalog)
    };
    let indicator = &catalog.indicators["locations"];
    let summary = summary(
        indicator,
        &ctx,
        &answers(&catalog, &summary_queries(indicator, &ctx)),
    );
    assert!(summary.provisional);
    assert_eq!(summary.number, Some(498_200.0));
    assert_eq!(summary.change, None);
    assert_eq!(summary.target_bar, None);
    // The status is that of the last whole year.
    assert_eq!(summary.status, Status::Reached);
    let notice = &summary.notices[0];
    assert_eq!(notice.kind, NoticeKind::Provisional);
    assert!(notice.text.contains("5 mois sur 12"), "{}", notice.text);
    let figure = composed(&tile("x", &["locations"], Kind::Line, None), &ctx);
    let last = figure.table.rows.last().unwrap();
    assert_eq!(last.cells[1].text, "498\u{202f}200\u{a0}(p)");
    assert_eq!(last.cells[2].text, "///");
}

/// As the engine answers under secrecy.
#[test]
fn a_year_without_value_says_how_much_of_it_is_there() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let cell = |indicator: &str, period: Period, keys: &[String]| {
        if period != Period::year(2025) {
            return town::cell(indicator, period, keys);
        }
        let coverage = Coverage {
            periods: 11,
            periods_expected: 12,
            ..Coverage::default()
        };
        (Cell::Missing, coverage)
    };
    let answers = |queries: Vec<Query>| -> Vec<_> {
        let queries = queries.iter();
        queries
            .map(|query| answer_from(&catalog, query, &cell))
            .collect()
    };
    let indicator = &catalog.indicators["locations"];
    let summary = summary(indicator, &ctx, &answers(summary_queries(indicator, &ctx)));
    let line = tile("x", &["locations"], Kind::Line, None);
    let stations = tile("x", &["locations"], Kind::Bar, Some("station"));
    let [line, stations] =
        [line, stations].map(|tile| compose(&tile, &ctx, &answers(plan(&tile, &ctx))));
    for notices in [&summary.notices, &line.notices, &stations.notices] {
        let told = notices
            .iter()
            .find(|notice| notice.title == "Période incomplète.");
        let told = told.unwrap_or_else(|| panic!("{notices:?}"));
        assert_eq!(told.kind, NoticeKind::Missing);
        assert!(told.text.contains("11 mois sur 12"), "{}", told.text);
    }
}

#[test]
fn what_is_not_known_yet_shows_the_last_known_year_and_says_so() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let indicator = &catalog.indicators["gaz"];
    let summary = summary(
        indicator,
        &ctx,
        &answers(&catalog, &summary_queries(indicator, &ctx)),
    );
    assert!(summary.outdated);
    assert_eq!(summary.period, "2023");
    assert!(
        summary.phrase.contains("2025 n’est pas encore connu"),
        "{}",
        summary.phrase
    );
}

#[test]
fn a_filter_without_effect_is_told_and_left_out_of_the_query() {
    let catalog = catalog();
    let filters = [filter("quartier", &["gare"])];
    let ctx = Context {
        filters: &filters,
        ..page(&catalog)
    };
    let tile = tile("x", &["dette"], Kind::Line, None);
    assert!(
        plan(&tile, &ctx)
            .iter()
            .all(|query| query.filters.is_empty())
    );
    let figure = composed(&tile, &ctx);
    assert!(
        figure
            .notices
            .iter()
            .any(|n| n.kind == NoticeKind::Ignored && n.text.contains("Quartier"))
    );
}

#[test]
fn a_part_of_the_town_is_not_held_against_the_town_s_target() {
    let catalog = catalog();
    let filters = [filter("quartier", &["gare"])];
    let ctx = Context {
        filters: &filters,
        ..page(&catalog)
    };
    let indicator = &catalog.indicators["locations"];
    let summary = summary(
        indicator,
        &ctx,
        &answers(&catalog, &summary_queries(indicator, &ctx)),
    );
    assert_eq!(summary.status, Status::NoTarget);
    assert_eq!(summary.target, "");
    let months = composed(&monthly(tile("x", &["locations"], Kind::Line, None)), &ctx);
    assert!(!wide(&months).contains("objectif-ligne"));
}

#[test]
fn the_scope_of_the_reader_is_in_every_query() {
    let catalog = catalog();
    let scope = Scope(vec![filter("quartier", &["gare"])]);
    let ids: Vec<_> = catalog.indicators.keys().cloned().collect();
    let scopes = Scopes::new(ids.iter().map(|id| (id.clone(), scope.clone())));
    let ctx = Context {
        scopes: &scopes,
        ..page(&catalog)
    };
    for tile in board() {
        assert!(plan(&tile, &ctx).iter().all(|query| query.scope == scope));
    }
    let indicator = &catalog.indicators["locations"];
    assert!(
        sheet_queries(indicator, &ctx)
            .iter()
            .all(|query| query.scope == scope)
    );
    let queries = period_queries(&ids, &catalog, Grain::Year, town::today(), &scopes);
    assert!(!queries.is_empty() && queries.iter().all(|query| query.scope == scope));
}

#[test]
fn the_list_of_what_to_watch_is_sorted_and_says_where_things_lead() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let summaries: Vec<_> = [
        "locations",
        "social",
        "accidents",
        "epargne",
        "ponctualite",
        "nouveau",
    ]
    .into_iter()
    .map(|id| {
        let indicator = &catalog.indicators[id];
        summary(
            indicator,
            &ctx,
            &answers(&catalog, &summary_queries(indicator, &ctx)),
        )
    })
    .collect();
    let lines: Vec<String> = watch(&summaries)
        .into_iter()
        .map(|line| format!("{:?} | {} | {}", line.status, line.title, line.text))
        .collect();
    insta::assert_snapshot!(
        lines
            .join("\n")
            .replace('\u{a0}', "~")
            .replace('\u{202f}', "_")
    );
}

#[test]
fn a_sheet_shows_its_worked_examples() {
    let mut catalog = catalog();
    let row = |month: u32, trips: f64| {
        let mois = NaiveDate::from_ymd_opt(2025, month, 1).map(Value::Day);
        let cells = [
            mois.map(|mois| ("mois", mois)),
            Some(("trajets", Value::Number(trips))),
        ];
        let cells = cells.into_iter().flatten();
        cells
            .map(|(id, value)| (ColumnId::new(id).unwrap(), value))
            .collect()
    };
    let mut alone: IndexMap<ColumnId, Value> = row(2, 0.0);
    alone.shift_remove("trajets");
    catalog.indicators["locations"].examples = vec![
        Example {
            title: Text::default(),
            given: Given::Rows(vec![row(1, 1_834.0), alone]),
            result: Cell::Value(1_834.0),
            decimals: 0,
        },
        Example {
            title: Text::default(),
            given: Given::Rows(Vec::new()),
            result: Cell::NotApplicable,
            decimals: 0,
        },
    ];
    let ctx = page(&catalog);
    let examples = sheet(&catalog.indicators["locations"], &ctx, &[]).examples;
    assert_eq!(examples[0].heads.len(), 2);
    assert_eq!(
        examples[0].rows,
        [
            ["janvier 2025", "1\u{202f}834"],
            ["février 2025", "non disponible"]
        ]
    );
    assert_eq!(examples[0].result, "1\u{202f}834\u{a0}locations");
    assert_eq!(examples[1].result, "sans objet");
}

#[test]
fn a_sheet_has_its_series_its_members_and_its_targets() {
    let catalog = catalog();
    let ctx = page(&catalog);
    let read = |id: &str| {
        let indicator = &catalog.indicators[id];
        sheet(
            indicator,
            &ctx,
            &answers(&catalog, &sheet_queries(indicator, &ctx)),
        )
    };
    let sheet = read("par_habitant");
    let Some(Drawing::Multiples(multiples)) = sheet.multiples.map(|figure| figure.drawing) else {
        panic!("no multiples")
    };
    assert_eq!(multiples.len(), 12);
    assert_eq!(
        (multiples[0].title.as_str(), multiples[0].value.as_str()),
        ("Gare", "44,6")
    );
    assert_eq!(sheet.formula, "Trajets ÷ habitants");
    assert!(sheet.members.is_some());
    let sheet = read("locations");
    let lines: Vec<_> = sheet
        .targets
        .iter()
        .map(|line| {
            (
                line.year,
                line.achieved.as_str(),
                line.status,
                line.result.as_str(),
            )
        })
        .collect();
    assert_eq!(
        lines[2..],
        [
            (
                2025,
                "103\u{a0}%",
                Status::Reached,
                "1\u{202f}284\u{202f}512"
            ),
            (2026, "92\u{a0}%", Status::OnTrack, "en cours"),
        ]
    );
    assert!(
        sheet
            .series
            .is_some_and(|figure| wide(&figure).contains("class=\"cible\""))
    );
    assert!(read("libres").series.is_none());
}

#[test]
fn the_default_period_is_the_last_one_that_is_over_and_known() {
    let catalog = catalog();
    let everything = Scopes::default();
    let ids: Vec<_> = ["locations", "epargne", "gaz"].map(town::id).to_vec();
    let queries = period_queries(&ids, &catalog, Grain::Year, town::today(), &everything);
    let answers = answers(&catalog, &queries);
    assert_eq!(
        default_period(Grain::Year, town::today(), &answers),
        Period::year(2025)
    );
    assert_eq!(
        default_period(Grain::Year, town::today(), &[]),
        Period::year(2025)
    );
    let known = known_periods(&answers);
    assert_eq!(known.first().copied(), Some(Period::year(2018)));
    assert_eq!(known.last().copied(), Some(Period::year(2026)));
}

#[test]
fn formulas_are_told_in_words() {
    let catalog = catalog();
    let words = |id: &str, lang| formula_words(&catalog.indicators[id], &catalog, lang);
    assert_eq!(
        words("locations", Lang::Fr),
        "Somme de «\u{a0}trajets\u{a0}»"
    );
    assert_eq!(words("par_habitant", Lang::En), "Trips ÷ inhabitants");
}

#[test]
fn tables_export_what_they_show() {
    let catalog = catalog();
    let figure = composed(
        &tile("x", &["solidaire"], Kind::Table, Some("quartier")),
        &page(&catalog),
    );
    let standard = csv(&figure.table, Csv::Standard);
    assert!(
        standard.contains("\r\nbellevue,214,214,,\r\n"),
        "{standard}"
    );
    assert!(
        standard.contains("\r\ncoteaux,,,2025:s|2024:s,\r\n"),
        "{standard}"
    );
    let excel = csv(&figure.table, Csv::Excel);
    assert!(
        excel.contains("Les Coteaux;;;2025:s|2024:s;\r\n"),
        "{excel}"
    );
}

/// Cells as no engine should give them.
fn hostile(seed: usize) -> (Cell, Coverage) {
    let coverage = Coverage {
        cells: 1,
        cells_expected: 0,
        periods: 0,
        periods_expected: 3,
    };
    let cells = [
        Cell::Value(f64::NAN),
        Cell::Value(f64::INFINITY),
        Cell::Value(f64::NEG_INFINITY),
        Cell::Value(f64::MAX),
        Cell::Value(f64::MIN),
        Cell::Value(f64::MIN_POSITIVE),
        Cell::Value(-0.0),
        Cell::Value(1e300),
        Cell::Value(1e-300),
        Cell::Missing,
        Cell::Secret,
        Cell::NotApplicable,
    ];
    let full = if seed.is_multiple_of(2) {
        coverage
    } else {
        Coverage::default()
    };
    (cells[seed % cells.len()], full)
}

/// Composes everything from such cells; whatever they are there is a figure without `NaN`.
fn survives(cell: &town::Cells) {
    let catalog = catalog();
    for (lang, period) in [
        (Lang::Fr, Period::year(2025)),
        (Lang::En, "2025-03".parse().unwrap()),
    ] {
        let ctx = Context {
            lang,
            period,
            ..page(&catalog)
        };
        for tile in board() {
            for grain in [None, Some(Grain::Month)] {
                let mut tile = tile.clone();
                tile.grain = grain;
                let queries = plan(&tile, &ctx);
                let answers: Vec<_> = queries
                    .iter()
                    .map(|query| answer_from(&catalog, query, cell))
                    .collect();
                for answers in [answers.as_slice(), &answers[..answers.len().min(1)]] {
                    let figure = compose(&tile, &ctx, answers);
                    let text = format!("{figure:?}{}", csv(&figure.table, Csv::Standard));
                    assert!(!text.contains("NaN") && !text.contains(">inf"), "{text}");
                    assert!(!figure.title.is_empty());
                }
            }
        }
        for indicator in catalog.indicators.values() {
            let queries = sheet_queries(indicator, &ctx);
            let answers: Vec<_> = queries
                .iter()
                .map(|query| answer_from(&catalog, query, cell))
                .collect();
            for answers in [answers.as_slice(), &[]] {
                let text = format!("{:?}", sheet(indicator, &ctx, answers));
                assert!(!text.contains("NaN"), "{text}");
            }
        }
    }
}

#[test]
fn no_answer_breaks_a_figure() {
    let full = Coverage::default();
    survives(&|_, _, _| (Cell::Missing, full));
    survives(&|_, _, _| (Cell::Secret, full));
    survives(&|_, _, _| (Cell::NotApplicable, full));
    survives(&|_, _, _| (Cell::Value(0.0), full));
    survives(&|_, _, _| (Cell::Value(f64::NAN), full));
    survives(&|_, _, _| (Cell::Value(-7.5), full));
    survives(&|_, period, _| {
        (
            if period == Period::year(2025) {
                Cell::Value(3.0)
            } else {
                Cell::Missing
            },
            full,
        )
    });
    for seed in [0, 3, 7, 10] {
        survives(&move |name, period, keys| {
            let day = usize::try_from(chrono::Datelike::num_days_from_ce(&period.start())).unwrap();
            hostile(seed + name.len() + day + keys.iter().map(String::len).sum::<usize>())
        });
    }
}
