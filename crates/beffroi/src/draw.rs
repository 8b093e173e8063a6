//! `beffroi draw`: a figure of a board as an SVG picture that stands by itself.

use crate::{
    cli::Folders,
    failure::{Failure, print},
    town,
};
use beffroi_catalog::{Board, Tile};
use beffroi_figure::{
    Context, Drawing, compose, default_period, known_periods, period_queries, plan,
};
use beffroi_model::{BoardId, Engine, Period, Scopes};
use beffroi_text::Lang;
use beffroi_warehouse::Warehouse;
use chrono::Local;
use std::{fs, path::PathBuf, sync::Arc};

/// What was asked on the command line.
#[derive(Debug)]
pub struct Asked {
    /// The board.
    pub board: String,
    /// The tile, by its id.
    pub tile: Option<String>,
    /// The period; the newest one by default.
    pub period: Option<String>,
    /// The file; the standard output by default.
    pub output: Option<PathBuf>,
}

/// `beffroi draw`.
pub fn run(folders: &Folders, asked: &Asked) -> Result<(), Failure> {
    let catalog = Arc::new(town::catalog(&folders.content)?);
    let board = catalog.boards.get(asked.board.as_str()).ok_or_else(|| {
        let known: Vec<&str> = catalog.boards.keys().map(BoardId::as_str).collect();
        Failure::usage(format!(
            "Aucun tableau « {} ». Les tableaux sont : {}.",
            asked.board,
            known.join(", ")
        ))
    })?;
    let tile = tile(board, asked.tile.as_deref())?;
    let warehouse = Warehouse::open(&folders.state)?;
    let engine = town::engine(&warehouse, &catalog);
    let scopes = Scopes::default();
    let today = town::today(&catalog);
    let period = match &asked.period {
        Some(text) => text.parse::<Period>().map_err(|_| {
            Failure::usage(format!("« {text} » n’est pas une période. Écrivez 2025."))
        })?,
        None => {
            let queries = period_queries(&tile.indicators, &catalog, board.grain, today, &scopes);
            let answers = engine.answer(&queries, None);
            let newest = default_period(board.grain, today, &answers);
            let known = known_periods(&answers);
            known.last().map_or(newest, |last| newest.min(*last))
        }
    };
    let context = Context {
        catalog: &catalog,
        lang: Lang::Fr,
        today,
        now: Local::now().naive_local(),
        period,
        filters: &[],
        compare: beffroi_figure::Compare::default(),
        scopes: &scopes,
    };
    let answers = engine.answer(&plan(tile, &context), None);
    let figure = compose(tile, &context, &answers);
    let Drawing::Plot(plot) = figure.drawing else {
        return Err(Failure::given(format!(
            "« {} » n’est pas un dessin : c’est un chiffre ou une table.",
            tile.id
        )));
    };
    let picture = standalone(&plot.wide);
    match &asked.output {
        Some(path) => fs::write(path, picture).map_err(|error| {
            Failure::given(format!(
                "{} ne peut pas être écrit : {error}",
                path.display()
            ))
        }),
        None => print(picture.trim_end()),
    }
}

fn tile<'a>(board: &'a Board, id: Option<&str>) -> Result<&'a Tile, Failure> {
    let mut tiles = board.sections.iter().flat_map(|section| &section.tiles);
    let known: Vec<&str> = tiles.clone().map(|tile| tile.id.as_str()).collect();
    let found = match id {
        Some(id) => tiles.find(|tile| tile.id == id),
        None if known.len() == 1 => tiles.next(),
        None => None,
    };
    found.ok_or_else(|| {
        let known = known.join(", ");
        Failure::usage(match id {
            Some(id) => format!("Aucune figure « {id} » sur ce tableau. Les siennes : {known}."),
            None => format!("Nommez une de ses figures : {known}."),
        })
    })
}

/// Around a drawing, whose last labels may stand out of it.
const MARGIN: f64 = 24.0;

/// A drawing of a page with the style sheet that pages have, on the colour of their ground.
fn standalone(svg: &str) -> String {
    let size = || {
        let (_, rest) = svg.split_once("viewBox=\"0 0 ")?;
        let (size, _) = rest.split_once('"')?;
        let (width, height) = size.split_once(' ')?;
        Some((width.parse::<f64>().ok()?, height.parse::<f64>().ok()?))
    };
    let (width, height) = size().unwrap_or((740.0, 400.0));
    let (whole, high) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN);
    let style = beffroi_web::STYLE_SHEET.replace("]]>", "");
    let inner = svg.replacen(
        "<svg",
        &format!("<svg x=\"{MARGIN}\" y=\"{MARGIN}\" overflow=\"visible\""),
        1,
    );
    let sized = |inner: &str, name: &str, value: f64| {
        let (before, rest) = inner.split_once(&format!("{name}=\""))?;
        let (_, after) = rest.split_once('"')?;
        Some(format!("{before}{name}=\"{value}\"{after}"))
    };
    let inner = sized(&inner, " width", width).unwrap_or(inner);
    let inner = sized(&inner, " height", height).unwrap_or(inner);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {high}\" \
         width=\"{whole}\" height=\"{high}\"><style><![CDATA[{style}]]></style>\
         <rect width=\"{whole}\" height=\"{high}\" fill=\"var(--fond)\"/>{inner}</svg>\n"
    )
}
