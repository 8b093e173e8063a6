//! Whether a figure can be read as it asks.

use super::Run;
use crate::check::indicator::CheckedIndicator;
use crate::check::town::counted_by;
use crate::raw::RawTile;
use crate::words::Named as _;
use crate::{Figure, Indicator, Measure, OverTime, diagnostic::code};
use beffroi_model::{Grain, UnitKind, View};

impl Run<'_> {
    /// The view of a tile; one that does not fit its figure or its indicators is told.
    pub(super) fn view(
        &self,
        tile: &RawTile,
        figure: Figure,
        indicators: &[&CheckedIndicator],
    ) -> View {
        let Some(at) = &tile.show else {
            return View::Value;
        };
        let view = at.value;
        let wrong = does_not_fit(tile, view, figure).or_else(|| {
            indicators
                .iter()
                .filter_map(|checked| Some((checked, checked.indicator.as_ref()?)))
                .find_map(|(checked, indicator)| self.is_unfit(view, checked, indicator, tile))
        });
        if let Some((message, hint)) = wrong {
            self.error(&at.span, code::VIEW_UNAVAILABLE, message, hint.to_owned());
        }
        view
    }

    /// Why an indicator cannot be read so.
    fn is_unfit(
        &self,
        view: View,
        checked: &CheckedIndicator,
        indicator: &Indicator,
        tile: &RawTile,
    ) -> Option<(String, &'static str)> {
        let id = &indicator.id;
        let grain = tile.grain.as_ref().map_or(self.grain, |at| at.value);
        let unfit = |message: String, hint| Some((message, hint));
        if checked.is_live && view != View::Value {
            return unfit(
                format!("`{id}` est en direct : il n'a que sa dernière valeur"),
                "Ôtez `show`.",
            );
        }
        match view {
            View::Value | View::Growth | View::Rank | View::Index => None,
            View::YearToDate | View::Cumulative if !indicator.adds_over_time() => unfit(
                format!("les mois de `{id}` ne s'additionnent pas"),
                "Seul un flux se cumule : une somme, avec `over_time = \"sum\"`. Un taux de \
                 plusieurs mois n'est pas la somme, ni la moyenne, des taux mensuels.",
            ),
            View::YearToDate if grain != Grain::Year || indicator.grain == Grain::Year => unfit(
                format!("`{id}` ne se lit pas ici mois par mois dans l'année"),
                "Il faut `grain = \"year\"`, et une source au mois ou au trimestre.",
            ),
            View::Cumulative if matches!(grain, Grain::Year | Grain::SchoolYear) => unfit(
                "un cumul se suit dans l'année : ses périodes sont plus courtes".to_owned(),
                "Ajoutez `grain = \"month\"`.",
            ),
            View::MovingAverage(_) if is_ratio(indicator) => unfit(
                format!("la moyenne mobile de `{id}` serait une moyenne de taux"),
                "Montrez le taux par année : `grain = \"year\"`, sans `show`.",
            ),
            View::Share if !indicator.is_additive() => unfit(
                format!("les membres de `{id}` ne s'additionnent pas : pas de part du total"),
                "Une part demande une somme ou un décompte.",
            ),
            View::PerInhabitant if is_ratio(indicator) => {
                unfit(format!("`{id}` est déjà un rapport"), "Ôtez `show`.")
            }
            View::PerInhabitant => self.per_inhabitant(tile),
            View::ConstantEuros if indicator.unit.kind() != UnitKind::Money => unfit(
                format!("`{id}` n'est pas en euros"),
                "Seuls des montants se comptent en euros constants.",
            ),
            View::ConstantEuros if self.known.town.prices.is_none() => unfit(
                "aucun indice de prix n'est déclaré".to_owned(),
                "Ajoutez `[prices]` à `town.toml`, avec l'indicateur qui le donne.",
            ),
            _ => None,
        }
    }

    fn per_inhabitant(&self, tile: &RawTile) -> Option<(String, &'static str)> {
        let Some(population) = counted_by(self.known.town, self.known) else {
            return Some((
                "aucun indicateur ne donne la population de la ville".to_owned(),
                "Déclarez-en un dont la mesure additionne la colonne de `[population]`.",
            ));
        };
        let by = tile.by.as_ref()?;
        let counted = population
            .dimensions
            .iter()
            .any(|own| own.as_str() == by.value);
        (!counted).then(|| {
            (
                format!("la population n'est pas connue par `{}`", by.value),
                "Ôtez `by`, ou détaillez par un axe de la population.",
            )
        })
    }
}

/// Why a figure cannot be read so, whatever it shows.
fn does_not_fit(tile: &RawTile, view: View, figure: Figure) -> Option<(String, &'static str)> {
    let name = figure.name();
    match (view, figure) {
        (View::Value, _) => None,
        (_, Figure::Target) => Some((
            "un objectif porte sur la valeur elle-même".to_owned(),
            "Ôtez `show`, ou choisissez une autre figure.",
        )),
        (View::Growth | View::Index | View::Rank | View::Share, Figure::Kpi) => Some((
            format!("un chiffre clé ne se lit pas en `{view}`"),
            "Il dit déjà son évolution : ôtez `show`, ou choisissez une autre figure.",
        )),
        (View::Growth | View::Index | View::Rank | View::MovingAverage(_), Figure::Stacked) => {
            Some((
                format!("`{name}` empile des parts, et `{view}` n'en donne pas"),
                "Choisissez `line`.",
            ))
        }
        (View::Rank, Figure::Bar | Figure::Map | Figure::Dots) => Some((
            format!("un rang ne se dessine pas en `{name}`"),
            "Choisissez `table`, `heat` ou `line`.",
        )),
        (View::Rank | View::Share, _) if tile.by.is_none() => Some((
            format!("`{view}` se lit entre membres : il faut dire lesquels"),
            "Ajoutez `by`.",
        )),
        (View::Index | View::Cumulative, Figure::Map | Figure::Dots) => Some((
            format!("`{view}` se suit dans le temps, et `{name}` montre un moment"),
            "Choisissez `line`.",
        )),
        _ => None,
    }
}

/// Whether an indicator divides one thing by another: it is then not averaged, nor divided again.
fn is_ratio(indicator: &Indicator) -> bool {
    let level = indicator.over_time == OverTime::Mean;
    indicator.measures().any(|measure| match measure {
        Measure::Direct { .. } => !indicator.is_additive() && !level,
        Measure::Derived { .. } => true,
    })
}
