//! `/api/v1/openapi.json`: the API described for programs (OpenAPI 3.1).

use crate::failure::Failure;
use crate::guard::{Allowed, ReadIndicator};
use actix_web::HttpResponse;
use serde_json::{Value, json};

/// The description.
pub(crate) async fn show(_: Allowed<ReadIndicator>) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().json(document()))
}

pub(crate) fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Beffroi",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Les indicateurs de la ville et les données dont ils viennent. Les chiffres sont ceux des pages. \
                Une cellule sans valeur n’est jamais un zéro : `state` dit pourquoi elle est vide.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "paths": {
            "/api/v1/catalogue": { "get": {
                "operationId": "listDatasets",
                "summary": "Liste des jeux de données",
                "responses": {
                    "200": response("Les jeux de données", "DatasetList"),
                    "401": unknown(),
                    "403": refused(),
                    "429": too_many(),
                },
            }},
            "/api/v1/catalogue/{dataset}": { "get": {
                "operationId": "getDataset",
                "summary": "Un jeu de données, sa version en place et sa qualité critère par critère",
                "parameters": [
                    { "name": "dataset", "in": "path", "required": true,
                      "description": "Identifiant du jeu de données", "schema": { "type": "string" } },
                ],
                "responses": {
                    "200": response("Le jeu de données", "DatasetSheet"),
                    "401": unknown(),
                    "403": refused(),
                    "404": error("Jeu de données inconnu"),
                    "429": too_many(),
                },
            }},
            "/api/v1/import": { "get": {
                "operationId": "getImport",
                "summary": "Fichier en cours de lecture",
                "responses": {
                    "200": response("Le fichier en cours de lecture, s’il y en a un", "Import"),
                    "401": unknown(),
                    "403": refused(),
                    "429": too_many(),
                },
            }},
            "/api/v1/indicateurs": { "get": {
                "operationId": "listIndicators",
                "summary": "Liste des indicateurs",
                "responses": {
                    "200": response("Les indicateurs", "IndicatorList"),
                    "401": unknown(),
                    "403": refused(),
                    "429": too_many(),
                },
            }},
            "/api/v1/indicateurs/{indicator}": { "get": {
                "operationId": "getFigures",
                "summary": "Chiffres d’un indicateur",
                "parameters": [
                    { "name": "indicator", "in": "path", "required": true,
                      "description": "Identifiant de l’indicateur", "schema": { "type": "string" } },
                    query("periode", "Une période (`2025`, `2025-03`, `2025-T1`, `2024/2025`), \
                        un intervalle (`2019..2025`) ou `dernier` pour le dernier relevé en direct. \
                        Par défaut, la dernière période achevée."),
                    query("grain", "`day`, `month`, `quarter`, `year` ou `school_year`. \
                        Par défaut, celui de la période."),
                    query("par", "Dimensions du détail, séparées par des virgules."),
                    { "name": "filtres", "in": "query", "required": false,
                      "style": "form", "explode": true,
                      "description": "Chaque dimension de l’indicateur est un paramètre à son nom \
                        (`quartier=gare,halle`) : seules ces modalités sont comptées.",
                      "schema": { "type": "object", "additionalProperties": { "type": "string" } } },
                ],
                "responses": {
                    "200": response("Les chiffres", "Figures"),
                    "400": error("Paramètre refusé"),
                    "401": unknown(),
                    "403": refused(),
                    "404": error("Indicateur inconnu"),
                    "429": too_many(),
                    "503": error("Trop de demandes, réessayer après `Retry-After` secondes"),
                },
            }},
            "/api/v1/openapi.json": { "get": {
                "operationId": "getDescription",
                "summary": "Cette description",
                "responses": {
                    "200": { "description": "OpenAPI 3.1",
                        "content": { "application/json": { "schema": { "type": "object" } } } },
                    "401": unknown(),
                    "403": refused(),
                    "429": too_many(),
                },
            }},
        },
        "components": { "schemas": schemas() },
    })
}

fn query(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description,
            "schema": { "type": "string" } })
}

fn response(description: &str, schema: &str) -> Value {
    let schema = format!("#/components/schemas/{schema}");
    json!({ "description": description,
            "content": { "application/json": { "schema": { "$ref": schema } } } })
}

fn unknown() -> Value {
    error("Personne n’est connecté")
}

fn refused() -> Value {
    error("Accès refusé")
}

fn too_many() -> Value {
    error("Trop de demandes d’une même personne, réessayer après `Retry-After` secondes")
}

fn error(description: &str) -> Value {
    response(description, "Error")
}

fn schemas() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "Error": { "type": "object", "required": ["error"], "properties": { "error": {
            "type": "object", "required": ["code", "message", "hint"], "properties": {
                "code": { "type": "string", "description": "Nom stable" },
                "message": text, "hint": text,
            } } } },
        "Text": { "type": "object", "required": ["fr"], "properties": {
            "fr": text, "en": { "type": ["string", "null"] } } },
        "Dataset": { "type": "object", "required": ["id", "title", "frequency"], "properties": {
            "id": text, "title": { "$ref": "#/components/schemas/Text" },
            "description": { "$ref": "#/components/schemas/Text" },
            "row": { "$ref": "#/components/schemas/Text" },
            "department": text, "steward": text, "licence": text,
            "frequency": { "enum": ["live", "daily", "weekly", "monthly", "quarterly", "yearly",
                "irregular"] },
            "visibility": { "enum": ["public", "internal"] },
            "href": text,
            "quality": { "$ref": "#/components/schemas/Quality" },
        } },
        "DatasetList": { "type": "object", "required": ["datasets"], "properties": {
            "town": { "type": "object" }, "as_of": { "type": "string", "format": "date" },
            "datasets": { "type": "array", "items": { "$ref": "#/components/schemas/Dataset" } },
        } },
        "DatasetSheet": { "type": "object", "required": ["dataset", "columns", "quality"],
            "properties": {
                "as_of": { "type": "string", "format": "date" },
                "dataset": { "$ref": "#/components/schemas/Dataset" },
                "columns": { "type": "array", "items": { "type": "object" } },
                "version": { "type": ["object", "null"],
                    "description": "`null` : rien n’a encore été importé. Sous secret statistique, sans le nombre de lignes" },
                "secrecy": { "type": ["object", "null"], "description":
                    "`null` : le jeu de données n’est pas sous secret statistique",
                    "required": ["rule", "tables", "grains", "protection"], "properties": {
                        "rule": { "type": "object", "description": "Ce qui est demandé d’un chiffre montré" },
                        "tables": { "type": "array", "description": "Les axes de chaque tableau montré",
                            "items": { "type": "array", "items": text } },
                        "grains": { "type": "array", "items": text },
                        "protection": { "type": ["object", "null"], "description":
                            "Chiffres montrables (`cells`), cachés par la règle (`primary`), cachés pour les protéger (`secondary`) ; `null` : pas encore décidé" },
                    } },
                "quality": { "$ref": "#/components/schemas/Quality" },
            } },
        "Quality": { "type": "object", "required": ["total", "families"], "properties": {
            "total": { "type": "integer", "description":
                "Moyenne des notes pondérée par leurs poids, de 0 à 100, arrondie à l’entier inférieur" },
            "families": { "type": "object", "additionalProperties": { "type": "integer" },
                "description": "La même moyenne par famille : fraîcheur, complétude, validité, documentation" },
            "criteria": { "type": "array",
                "items": { "$ref": "#/components/schemas/Criterion" } },
        } },
        "Criterion": { "type": "object", "required": ["id", "family", "weight", "figures"],
            "properties": {
                "id": text, "name": text, "weight": { "type": "integer" },
                "family": { "enum": ["freshness", "completeness", "validity", "documentation"] },
                "mark": { "type": "integer", "description":
                    "De 0 à 100 ; absente quand le critère est sans objet, et ne compte pas" },
                "good": { "type": "integer", "description": "Ce qui est comme il faut…" },
                "of": { "type": "integer", "description": "…sur tout ce qui est compté" },
                "figures": { "type": "string", "description": "Les chiffres en toutes lettres" },
                "raise": { "type": "string", "description": "Ce qui améliorerait la note" },
            } },
        "Import": { "type": "object", "required": ["import"], "properties": { "import": {
            "type": ["object", "null"], "description": "`null` entre deux fichiers",
            "required": ["dataset", "file", "pass", "bytes", "of", "rows", "findings"],
            "properties": {
                "dataset": text, "file": text,
                "pass": { "enum": ["opening", "survey", "reading"], "description":
                    "Un fichier est ouvert, examiné, puis lu : `bytes` repart de zéro à chaque fois" },
                "bytes": { "type": ["integer", "null"], "description":
                    "`null` sous secret statistique, comme `of`, `rows` et `findings`" },
                "of": { "type": ["integer", "null"] },
                "rows": { "type": ["integer", "null"] },
                "findings": { "type": ["integer", "null"] },
            } } } },
        "Indicator": { "type": "object", "required": ["id", "title", "unit"], "properties": {
            "id": text, "title": { "$ref": "#/components/schemas/Text" },
            "description": { "$ref": "#/components/schemas/Text" },
            "method": { "$ref": "#/components/schemas/Text" },
            "limits": { "$ref": "#/components/schemas/Text" },
            "measure": text, "unit": text, "decimals": { "type": "integer" },
            "grain": text, "main_grain": text,
            "dimensions": { "type": "array", "items": text },
            "direction": { "enum": ["up", "down", "none"] },
            "targets": { "type": "array", "items": { "type": "object" } },
            "thresholds": { "type": "array", "items": { "type": "object" }, "description":
                "À partir d’où l’on s’alarme : niveau, côté, valeur, origine" },
            "changes": { "type": "array", "items": { "type": "object" }, "description":
                "Jours à partir desquels on compte autrement : de part et d’autre, les chiffres ne se comparent pas" },
            "declared": { "type": ["string", "null"], "description":
                "L’indicateur qui donne ce que la source déclare elle-même" },
            "department": text, "owner": text, "href": text,
        } },
        "IndicatorList": { "type": "object", "required": ["indicators"], "properties": {
            "town": { "type": "object" }, "as_of": { "type": "string", "format": "date" },
            "indicators": { "type": "array",
                "items": { "$ref": "#/components/schemas/Indicator" } },
        } },
        "Figures": { "type": "object", "required": ["indicator", "unit", "rows"], "properties": {
            "indicator": { "$ref": "#/components/schemas/Indicator" },
            "unit": text, "by": { "type": "array", "items": text },
            "rows": { "type": "array", "items": { "$ref": "#/components/schemas/Row" } },
            "provenance": { "type": "array", "items": { "type": "object" } },
        } },
        "Row": { "type": "object", "required": ["period", "keys", "state", "coverage"],
            "properties": {
                "period": text,
                "at": { "type": "string", "description": "Instant d’un relevé en direct" },
                "keys": { "type": "object", "additionalProperties": text },
                "state": { "enum": ["value", "missing", "not_applicable", "secret"] },
                "value": { "type": "number", "description": "Présent seulement si `state` vaut `value`" },
                "coverage": { "type": "object", "description":
                    "Cellules et sous-périodes présentes, et attendues" },
            } },
    })
}
