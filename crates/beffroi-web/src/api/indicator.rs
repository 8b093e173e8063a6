//! `/api/v1/indicateurs/{indicator}`: figures of one indicator over periods, detailed and filtered.
//! A parameter that cannot be followed is refused: half an answer would be taken for the whole.

use super::indicators::described;
use crate::failure::Failure;
use crate::guard::{Allowed, Export};
use crate::layout::Around;
use actix_web::HttpResponse;
use beffroi_catalog::Indicator;
use beffroi_catalog::lineage::is_live;
use beffroi_figure::default_period;
use beffroi_model::{
    Answer, DimensionId, Filter, Grain, Period, PeriodRange, Query, QueryError, Row, Span,
};
use beffroi_text::{t, t_args};
use serde_json::{Map, Value, json};

/// How many periods one request may ask for.
const MOST_PERIODS: usize = 1000;
/// The value of `periode` for the last reading of a live source.
const LATEST: &str = "dernier";

/// The figures.
pub(crate) async fn show(allowed: Allowed<Export>) -> Result<HttpResponse, Failure> {
    let id = allowed.part("indicator");
    let indicator = allowed
        .catalog()
        .indicators
        .get(id)
        .ok_or_else(|| allowed.not_found(id))?;
    let query = query(&allowed, indicator)?;
    let answers = allowed.ask(vec![vec![query]]).await?;
    match answers.into_iter().flatten().next() {
        Some(Ok(answer)) => Ok(HttpResponse::Ok().json(told(indicator, &answer))),
        Some(Err(error)) => Err(refused(&allowed, &error)),
        None => Err(Failure::internal(&allowed.visit, &"no answer to a query")),
    }
}

fn query(allowed: &Allowed<Export>, indicator: &Indicator) -> Result<Query, Failure> {
    let dimensions = allowed.catalog().dimensions.keys();
    let known = ["periode", "grain", "par"]
        .into_iter()
        .chain(dimensions.map(DimensionId::as_str));
    if let Some(twice) = known.into_iter().find(|name| allowed.visit.repeats(name)) {
        let message = t_args(allowed.lang(), "api-repeated", &[("name", twice.into())]);
        return Err(Failure::bad(
            &allowed.visit,
            "repeated-parameter",
            message.into_owned(),
        ));
    }
    let mut query = Query::new(indicator.id.clone(), span(allowed, indicator)?);
    for asked in list(allowed.visit.param("par").unwrap_or_default()) {
        query.by.push(dimension(allowed, indicator, asked)?);
    }
    for known in allowed.catalog().dimensions.keys() {
        let Some(asked) = allowed.visit.param(known.as_str()) else {
            continue;
        };
        let dimension = dimension(allowed, indicator, known.as_str())?;
        query.filters.push(filter(allowed, dimension, asked)?);
    }
    Ok(query)
}

/// Values separated by commas.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn dimension(
    allowed: &Allowed<Export>,
    indicator: &Indicator,
    asked: &str,
) -> Result<DimensionId, Failure> {
    indicator.dimension(asked).cloned().ok_or_else(|| {
        let known: Vec<&str> = indicator
            .dimensions
            .iter()
            .map(DimensionId::as_str)
            .collect();
        let message = t_args(
            allowed.lang(),
            "api-unknown-dimension",
            &[("asked", asked.into()), ("known", known.join(", ").into())],
        );
        Failure::bad(&allowed.visit, "unknown-dimension", message.into_owned())
    })
}

fn filter(
    allowed: &Allowed<Export>,
    dimension: DimensionId,
    asked: &str,
) -> Result<Filter, Failure> {
    let narrowed = allowed.reach().narrowed.get(&dimension);
    let reached = |value: &String| narrowed.is_none_or(|all| all.contains(value));
    let members = allowed
        .catalog()
        .dimensions
        .get(&dimension)
        .map(|it| &it.members);
    let mut values: Vec<String> = list(asked).map(str::to_owned).collect();
    // Commas alone name nothing: an answer about nothing would look like a missing figure.
    let nothing = values.is_empty().then(|| asked.to_owned());
    let declared = members.filter(|members| !members.is_empty());
    let unknown = declared.and_then(|members| {
        let mut unknown = values
            .iter()
            .filter(|it| !members.contains_key(it.as_str()) || !reached(it));
        unknown.next().cloned()
    });
    if let Some(unknown) = nothing.or(unknown) {
        let name = dimension.as_str().into();
        let told = [("asked", unknown.into()), ("name", name)];
        let message = t_args(allowed.lang(), "filter-bad-member", &told);
        return Err(Failure::bad(
            &allowed.visit,
            "unknown-member",
            message.into_owned(),
        ));
    }
    values.sort();
    values.dedup();
    Ok(Filter { dimension, values })
}

/// `periode=2025`, `periode=2019..2025`, `periode=dernier`; `grain` cuts them finer or coarser.
fn span(allowed: &Allowed<Export>, indicator: &Indicator) -> Result<Span, Failure> {
    let visit = &allowed.visit;
    let bad = |code: &'static str, asked: &str| {
        let message = t_args(visit.lang, "api-bad-period", &[("asked", asked.into())]);
        Failure::bad(visit, code, message.into_owned())
    };
    let asked = visit.param("periode");
    if asked == Some(LATEST) || (asked.is_none() && is_live(allowed.catalog(), indicator)) {
        return Ok(Span::Latest);
    }
    let grain: Option<Grain> = match visit.param("grain") {
        Some(asked) => Some(asked.parse().map_err(|_| {
            let names: Vec<&str> = Grain::ALL.into_iter().map(Grain::as_str).collect();
            let message = t_args(
                visit.lang,
                "api-bad-grain",
                &[("asked", asked.into()), ("known", names.join(", ").into())],
            );
            Failure::bad(visit, "bad-grain", message.into_owned())
        })?),
        None => None,
    };
    let Some(asked) = asked else {
        let grain = grain.unwrap_or(indicator.main_grain);
        let period = default_period(grain, allowed.town().today(), &[]);
        return Ok(Span::Periods(PeriodRange::one(period)));
    };
    let period = |text: &str| {
        text.trim()
            .parse::<Period>()
            .map_err(|_| bad("bad-period", asked))
    };
    let (first, last) = match asked.split_once("..") {
        Some((first, last)) => (period(first)?, period(last)?),
        None => (period(asked)?, period(asked)?),
    };
    let grain = grain.unwrap_or_else(|| first.grain());
    let range = PeriodRange::new(
        Period::containing(grain, first.start()),
        Period::containing(grain, last.last_day()),
    );
    if range.iter().take(MOST_PERIODS + 1).count() > MOST_PERIODS {
        return Err(bad("too-many-periods", asked));
    }
    Ok(Span::Periods(range))
}

fn told(indicator: &Indicator, answer: &Answer) -> Value {
    let rows: Vec<Value> = answer
        .rows
        .iter()
        .map(|row| told_row(answer, row))
        .collect();
    json!({
        "indicator": described(indicator),
        "unit": answer.unit,
        "by": answer.by,
        "rows": rows,
        "provenance": answer.provenance,
    })
}

/// A row: `state` says whether there is a `value`.
fn told_row(answer: &Answer, row: &Row) -> Value {
    let keys: Map<String, Value> = answer
        .by
        .iter()
        .zip(&row.keys)
        .map(|(dimension, key)| (dimension.to_string(), json!(key)))
        .collect();
    let mut told = json!({
        "period": row.period,
        "keys": keys,
        "state": row.cell.state(),
        "coverage": row.coverage,
    });
    if let Some(value) = row.cell.value() {
        told["value"] = json!(value);
    }
    if let Some(at) = row.at {
        told["at"] = json!(at);
    }
    told
}

fn refused(allowed: &Allowed<Export>, error: &QueryError) -> Failure {
    let visit = &allowed.visit;
    match error {
        QueryError::TooFine { grain, .. } => {
            let message = t_args(visit.lang, "api-too-fine", &[("grain", (*grain).into())]);
            Failure::bad(visit, "too-fine", message.into_owned())
        }
        QueryError::NoVersion(dataset) => {
            let message = t_args(
                visit.lang,
                "api-no-version",
                &[("dataset", dataset.as_str().into())],
            );
            Failure::bad(visit, "no-version", message.into_owned())
        }
        QueryError::UnknownIndicator(_) | QueryError::UnknownDimension { .. } => Failure::bad(
            visit,
            "unknown",
            t(visit.lang, "error-not-found-what").into_owned(),
        ),
        QueryError::TimedOut => Failure::busy(visit, Around::default()),
        QueryError::Internal(_) => Failure::internal(visit, error),
    }
}
