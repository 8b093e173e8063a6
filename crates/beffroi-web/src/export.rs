//! The values of a figure as a file.

use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::header;
use beffroi_figure::{Csv, Table, csv};

/// The two addresses of a figure's files: CSV, CSV for Excel.
pub(crate) fn addresses(visit: &Visit, path: &str, params: &[(&str, &str)]) -> [String; 2] {
    let mut for_excel = params.to_vec();
    for_excel.push(("format", "excel"));
    [
        visit.link_with(path, params),
        visit.link_with(path, &for_excel),
    ]
}

/// The file: CSV, or CSV for Excel with `format=excel`. `name` has no suffix.
pub(crate) fn file(visit: &Visit, table: &Table, name: &str) -> HttpResponse {
    let (kind, suffix) = match visit.param("format") {
        Some("excel") => (Csv::Excel, "-excel"),
        _ => (Csv::Standard, ""),
    };
    let disposition = format!("attachment; filename=\"{name}{suffix}.csv\"");
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(csv(table, kind))
}
