//! `/api/v1/catalogue/{dataset}`: a dataset, its current version, and what it is worth, criterion
//! by criterion.

use super::datasets::{described, marks};
use super::text;
use crate::failure::Failure;
use crate::freshness::quality;
use crate::guard::{Allowed, ReadCatalogue};
use crate::pages::dataset::is_counted;
use actix_web::HttpResponse;
use beffroi_catalog::{Dataset, Secrecy};
use beffroi_model::Version;
use beffroi_quality::{Judged, Quality, Verdict, words};
use beffroi_text::Lang;
use serde_json::{Value, json};

/// The dataset.
pub(crate) async fn show(allowed: Allowed<ReadCatalogue>) -> Result<HttpResponse, Failure> {
    let id = allowed.part("dataset");
    let dataset = allowed
        .catalog()
        .datasets
        .get(id)
        .ok_or_else(|| allowed.not_found(id))?;
    let version = allowed.town().versions.get(&dataset.id);
    let quality = quality(allowed.town(), dataset);
    Ok(HttpResponse::Ok().json(json!({
        "as_of": allowed.town().today(),
        "dataset": described(dataset),
        "columns": columns(dataset),
        "version": version.map(|version| counts(dataset, version)),
        "secrecy": dataset.secrecy.as_ref().map(|it| secrecy(&allowed, dataset, it)),
        "quality": explained(allowed.lang(), dataset, &quality),
    })))
}

fn columns(dataset: &Dataset) -> Vec<Value> {
    let columns = dataset.schema.columns.iter().map(|column| {
        let info = dataset.columns.get(&column.id);
        json!({
            "id": column.id,
            "title": info.map(|info| text(&info.title)),
            "description": info.map(|info| text(&info.description)),
            "unit": info.and_then(|info| info.unit),
            "required": column.required,
            "personal": column.personal,
        })
    });
    let computed = dataset.computed.iter().map(|(id, computed)| {
        let info = dataset.columns.get(id);
        json!({
            "id": id,
            "title": info.map(|info| text(&info.title)),
            "description": info.map(|info| text(&info.description)),
            "unit": info.and_then(|info| info.unit),
            "value": computed.text,
        })
    });
    columns.chain(computed).collect()
}

/// A version; how many rows it has is told where no figure is secret, to who reaches them all.
fn counts(dataset: &Dataset, version: &Version) -> Value {
    let mut told = json!({
        "number": version.number,
        "imported_at": version.imported_at,
        "extracted_on": version.newest_source().map(|source| source.extracted_on),
    });
    if is_counted(dataset, version) {
        told["rows"] = version.rows.into();
        told["rows_read"] = version.rows_read().into();
        told["rows_rejected"] = version.rows_rejected().into();
    }
    told
}

/// What is asked of figures, what is shown of them, and how much is hidden: `null` as long as that
/// is not decided.
fn secrecy(allowed: &Allowed<ReadCatalogue>, dataset: &Dataset, secrecy: &Secrecy) -> Value {
    json!({
        "rule": secrecy.rule,
        "tables": secrecy.tables,
        "grains": secrecy.grains,
        "protection": allowed.town().engine.protection(&dataset.id),
    })
}

fn explained(lang: Lang, dataset: &Dataset, quality: &Quality) -> Value {
    let criteria = quality.judged.iter();
    let criteria: Vec<Value> = criteria.map(|it| criterion(lang, dataset, it)).collect();
    let mut told = marks(quality);
    told["criteria"] = criteria.into();
    told
}

/// A criterion; without mark when it does not apply.
fn criterion(lang: Lang, dataset: &Dataset, judged: &Judged) -> Value {
    let words = words(lang, dataset, judged);
    let mut told = json!({
        "id": judged.criterion.as_str(),
        "family": judged.criterion.family().as_str(),
        "name": words.name,
        "weight": judged.criterion.weight(),
        "figures": words.figures,
    });
    if let Some(mark) = judged.mark() {
        told["mark"] = mark.into();
    }
    if let Verdict::Measured { good, of, .. } = judged.verdict {
        told["good"] = good.into();
        told["of"] = of.into();
    }
    if let Some(raise) = words.raise {
        told["raise"] = raise.into();
    }
    told
}
