//! `/api/v1/catalogue`: the datasets of the town.

use super::text;
use crate::failure::Failure;
use crate::freshness::quality;
use crate::guard::{Allowed, ReadCatalogue};
use actix_web::HttpResponse;
use beffroi_catalog::Dataset;
use beffroi_quality::{Family, Quality};
use serde_json::{Map, Value, json};

/// The list.
pub(crate) async fn show(allowed: Allowed<ReadCatalogue>) -> Result<HttpResponse, Failure> {
    let catalog = allowed.catalog();
    let datasets = catalog.datasets.values().map(|dataset| {
        let mut told = described(dataset);
        told["quality"] = marks(&quality(allowed.town(), dataset));
        told
    });
    let datasets: Vec<Value> = datasets.collect();
    Ok(HttpResponse::Ok().json(json!({
        "town": { "name": catalog.town.name, "insee": catalog.town.insee },
        "as_of": allowed.town().today(),
        "datasets": datasets,
    })))
}

/// A dataset without its version.
pub(super) fn described(dataset: &Dataset) -> Value {
    json!({
        "id": dataset.id,
        "title": text(&dataset.title),
        "description": text(&dataset.description),
        "row": text(&dataset.row),
        "department": dataset.department,
        "steward": dataset.steward,
        "licence": dataset.licence,
        "frequency": dataset.frequency.as_str(),
        "visibility": dataset.visibility.as_str(),
        "href": format!("/api/v1/catalogue/{}", dataset.id),
    })
}

/// The total, with the marks of the families of criteria that it comes from; those of which none
/// applies are not there.
pub(super) fn marks(quality: &Quality) -> Value {
    let families = Family::ALL.into_iter().filter_map(|family| {
        let mark = quality.of(family)?;
        Some((family.as_str().to_owned(), mark.into()))
    });
    json!({ "total": quality.total(), "families": families.collect::<Map<_, _>>() })
}
