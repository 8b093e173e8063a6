//! `/api/v1/indicateurs`: the indicators of the town.

use super::text;
use crate::failure::Failure;
use crate::guard::{Allowed, ReadIndicator};
use actix_web::HttpResponse;
use beffroi_catalog::Indicator;
use serde_json::{Value, json};

/// The list.
pub(crate) async fn show(allowed: Allowed<ReadIndicator>) -> Result<HttpResponse, Failure> {
    let catalog = allowed.catalog();
    let indicators: Vec<Value> = catalog.indicators.values().map(described).collect();
    Ok(HttpResponse::Ok().json(json!({
        "town": { "name": catalog.town.name, "insee": catalog.town.insee },
        "as_of": allowed.town().today(),
        "indicators": indicators,
    })))
}

/// An indicator without its figures.
pub(super) fn described(indicator: &Indicator) -> Value {
    let thresholds = indicator.thresholds.iter().map(|threshold| {
        json!({
            "level": threshold.level.as_str(),
            "side": threshold.side.as_str(),
            "value": threshold.value,
            "words": text(&threshold.words),
            "origin": threshold.origin,
        })
    });
    let thresholds: Vec<Value> = thresholds.collect();
    let changes = indicator.changes().into_iter();
    let changes: Vec<Value> = changes
        .map(|(on, note)| json!({ "on": on, "note": text(note) }))
        .collect();
    json!({
        "id": indicator.id,
        "title": text(&indicator.title),
        "description": text(&indicator.description),
        "method": text(&indicator.method),
        "limits": text(&indicator.limits),
        "measure": indicator.measure.text(),
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "grain": indicator.grain.as_str(),
        "main_grain": indicator.main_grain.as_str(),
        "dimensions": indicator.dimensions,
        "direction": indicator.direction,
        "targets": indicator.targets,
        "thresholds": thresholds,
        "changes": changes,
        "declared": indicator.declared,
        "department": indicator.department,
        "owner": indicator.owner,
        "href": format!("/api/v1/indicateurs/{}", indicator.id),
    })
}
