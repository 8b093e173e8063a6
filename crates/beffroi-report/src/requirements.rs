//! What a document before the council has to contain: by which text, from how many inhabitants on,
//! and what of it a report does not treat.
//!
//! Chapters say what they treat by the ids of [`Requirement`]s (`covers`). Saying is not enough: a
//! chapter that has neither words nor figures yet covers nothing. Lists follow the texts as they
//! read in 2026; where a content is only customary, `law` is empty. Of what the annex to D2224-1 asks
//! about waste, the main headings are kept.

use crate::document::{Block, Document, Drawing, Inline};
use crate::{Problem, ProblemKind};
use beffroi_catalog::{Report, ReportChapter, ReportKind};
use beffroi_model::nearest;
use beffroi_text::{Arg, Lang, t_args};

/// Something that a kind of report has to contain.
#[derive(Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What chapters name in `covers`.
    pub id: &'static str,
    /// What it is, in French: a noun phrase.
    pub fr: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The text that asks for it; empty where it is customary.
    pub law: &'static str,
    /// The number of inhabitants from which on it is owed; `None`: by every town.
    pub from: Option<u32>,
}

impl Requirement {
    /// What it is, in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Fr => self.fr,
            Lang::En => self.en,
        }
    }

    /// Whether a town of that size owes it; one whose size is not known is told everything.
    fn is_owed(&self, inhabitants: Option<u32>) -> bool {
        let large_enough = |from| inhabitants.is_none_or(|inhabitants| inhabitants >= from);
        self.from.is_none_or(large_enough)
    }
}

macro_rules! requirements {
    ($($name:ident: $($id:literal, $fr:literal, $en:literal, $law:expr, $from:expr;)+)+) => {$(
        const $name: &[Requirement] = &[$(
            Requirement { id: $id, fr: $fr, en: $en, law: $law, from: $from },
        )+];
    )+};
}

const CUSTOM: &str = "";
const ORIENTATIONS: &str = "CGCT, art. D2312-3, A";
const STAFF: &str = "CGCT, art. D2312-3, B";
/// *De 3 500 habitants et plus*.
const FROM_3500: Option<u32> = Some(3_500);
/// *De 10 000 habitants et plus*.
const FROM_10000: Option<u32> = Some(10_000);
/// *De plus de 10 000 habitants*.
const OVER_10000: Option<u32> = Some(10_001);
/// *De plus de 50 000 habitants*.
const OVER_50000: Option<u32> = Some(50_001);
const DURABLE: &str = "CGCT, art. D2311-15";
const PURPOSES: &str = "CGCT, art. D2311-15 ; code de l’environnement, art. L110-1";
const WASTE_TEXT: &str = "CGCT, art. D2224-1 et son annexe";

requirements! {
    ACTIVITY:
        "chiffres_cles", "les chiffres clés de l’année", "the key figures of the year", CUSTOM, None;
        "activite", "ce que chaque direction a fait : missions, faits marquants, perspectives",
            "what each department did: missions, highlights, outlook", CUSTOM, None;
        "finances", "ce que l’année a coûté, et comment elle a été payée",
            "what the year cost, and how it was paid for", CUSTOM, None;
        "objectifs", "où en sont les objectifs votés par le conseil",
            "where the targets voted by the council stand", CUSTOM, None;
    FINANCIAL:
        "execution", "les recettes et les dépenses de l’exercice, en fonctionnement et en investissement",
            "revenue and spending of the year, running and investment", CUSTOM, None;
        "origine", "d’où vient l’argent et où il va", "where money comes from and where it goes", CUSTOM, None;
        "epargne", "l’épargne brute et l’épargne nette", "gross and net savings", CUSTOM, None;
        "dette", "la dette et la capacité de désendettement", "debt and the years needed to pay it back", CUSTOM, None;
        "investissement", "les dépenses d’équipement et leur financement",
            "capital spending and how it was funded", CUSTOM, None;
        "ratios", "les ratios par habitant : dépenses et recettes réelles de fonctionnement, impositions directes, équipement brut, dette, dotation globale de fonctionnement",
            "ratios per inhabitant: running spending and revenue, direct taxes, gross capital spending, debt, general State grant",
            "CGCT, art. L2313-1 et R2313-1, 1° à 6°", FROM_3500;
        "ratios_structure", "les ratios de structure : part du personnel, marge d’autofinancement, taux d’équipement, taux d’endettement",
            "structural ratios: share of staff, self-financing margin, capital spending rate, debt rate",
            "CGCT, art. L2313-1 et R2313-1", FROM_10000;
    ORIENTATION:
        "hypotheses", "les hypothèses d’évolution retenues : concours financiers, fiscalité, tarification, subventions, relations avec l’intercommunalité",
            "the assumptions made: State grants, taxes, fees, subsidies, relations with the grouping of towns", ORIENTATIONS, FROM_3500;
        "recettes", "l’évolution prévisionnelle des recettes, en fonctionnement et en investissement",
            "how revenue is expected to change, running and investment", ORIENTATIONS, FROM_3500;
        "depenses", "l’évolution prévisionnelle des dépenses, en fonctionnement et en investissement",
            "how spending is expected to change, running and investment", ORIENTATIONS, FROM_3500;
        "engagements", "les engagements pluriannuels : programmation des investissements, avec ses dépenses et ses recettes, et autorisations de programme",
            "commitments of several years: the investment programme, with its spending and revenue", ORIENTATIONS, FROM_3500;
        "dette", "la structure et la gestion de la dette, et le profil visé à la fin de l’exercice",
            "structure and management of debt, and the profile aimed at for the end of the year", ORIENTATIONS, FROM_3500;
        "epargne", "de quoi évaluer l’épargne brute, l’épargne nette et l’endettement à la fin de l’exercice",
            "what it takes to assess gross savings, net savings and debt at the end of the year", ORIENTATIONS, FROM_3500;
        "objectifs", "les objectifs d’évolution des dépenses réelles de fonctionnement et du besoin de financement annuel",
            "the objectives for running spending and for yearly net borrowing",
            "loi n° 2018-32, art. 13, et loi n° 2023-1195, art. 17", FROM_3500;
        "effectifs", "la structure des effectifs", "the structure of the workforce", STAFF, OVER_10000;
        "remunerations", "les dépenses de personnel : traitements, régimes indemnitaires, bonifications, heures supplémentaires, avantages en nature",
            "spending on staff: pay, bonuses, overtime, benefits in kind", STAFF, OVER_10000;
        "temps_travail", "la durée effective du travail", "actual working time", STAFF, OVER_10000;
        "evolution_personnel", "l’évolution prévisionnelle des effectifs et des dépenses de personnel",
            "how workforce and spending on staff are expected to change", STAFF, OVER_10000;
    SUSTAINABLE:
        "fonctionnement_interne", "le bilan des actions conduites dans la gestion du patrimoine, le fonctionnement et les activités internes",
            "what was done in managing assets, running the town hall and internal activities", DURABLE, OVER_50000;
        "politiques", "le bilan des politiques publiques, des orientations et des programmes sur le territoire",
            "what policies, guidelines and programmes did in the territory", DURABLE, OVER_50000;
        "climat", "la lutte contre le changement climatique", "the fight against climate change", PURPOSES, OVER_50000;
        "biodiversite", "la préservation de la biodiversité, des milieux et des ressources",
            "the protection of biodiversity, habitats and resources", PURPOSES, OVER_50000;
        "cohesion", "la cohésion sociale et la solidarité entre les territoires et les générations",
            "social cohesion, and solidarity between territories and generations", PURPOSES, OVER_50000;
        "epanouissement", "l’épanouissement de tous les êtres humains", "the fulfilment of all human beings", PURPOSES, OVER_50000;
        "production", "des modes de production et de consommation responsables",
            "responsible production and consumption", PURPOSES, OVER_50000;
        "demarche", "l’analyse de l’élaboration, de la mise en œuvre et de l’évaluation : participation, pilotage, transversalité, évaluation, amélioration continue",
            "how it was devised, carried out and assessed: participation, steering, cross-cutting work, evaluation, continuous improvement", DURABLE, OVER_50000;
    ACCOUNTS:
        "essentiel", "les informations financières essentielles : recettes et dépenses, en fonctionnement et en investissement",
            "the essential financial information: revenue and spending, running and investment", "CGCT, art. L2313-1", None;
        "contexte", "le contexte de l’exercice et ses priorités", "the context of the year and its priorities", CUSTOM, None;
        "epargne_dette", "l’épargne, la dette et la capacité de désendettement", "savings, debt and the years needed to pay it back", CUSTOM, None;
        "fiscalite", "les impôts locaux : taux et produit", "local taxes: rates and proceeds", CUSTOM, None;
        "personnel", "les effectifs et les charges de personnel", "workforce and spending on staff", CUSTOM, None;
        "projets", "les principaux investissements", "the main investments", CUSTOM, None;
    WASTE:
        "territoire", "le territoire et la population desservis, et qui exerce la compétence",
            "the territory and population served, and who is in charge", WASTE_TEXT, None;
        "prevention", "la prévention des déchets : programme local, indice de réduction des quantités",
            "the prevention of waste: local programme, change in quantities", WASTE_TEXT, None;
        "collecte", "la collecte : modes, fréquences, points d’apport, déchèteries",
            "collection: ways, frequency, drop-off points, recycling centres", WASTE_TEXT, None;
        "tonnages", "les quantités collectées par flux, et leur évolution", "quantities collected by flow, and how they change", WASTE_TEXT, None;
        "traitement", "le traitement : unités, modes, valorisation de la matière et de l’énergie, part enfouie",
            "treatment: plants, ways, recovery of material and energy, share sent to landfill", WASTE_TEXT, None;
        "exploitation", "les modes d’exploitation du service et les principales prestations confiées à des entreprises",
            "how the service is run, and what is entrusted to firms", WASTE_TEXT, None;
        "couts", "le coût du service, d’ensemble et par flux", "what the service costs, as a whole and by flow", WASTE_TEXT, None;
        "financement", "le financement : taxe ou redevance, soutiens des éco-organismes, ventes de matériaux",
            "how it is funded: tax or fee, support by producers’ bodies, sales of materials", WASTE_TEXT, None;
}

/// What a kind of report has to contain, in the order in which it is usually read.
#[must_use]
pub fn requirements(kind: ReportKind) -> &'static [Requirement] {
    match kind {
        ReportKind::Activity => ACTIVITY,
        ReportKind::Financial => FINANCIAL,
        ReportKind::Orientation => ORIENTATION,
        ReportKind::Sustainable => SUSTAINABLE,
        ReportKind::Accounts => ACCOUNTS,
        ReportKind::Waste => WASTE,
    }
}

/// What a report has to contain and does not: no chapter covers it, or only chapters that have
/// neither words nor figures. What is owed from a number of inhabitants on is left out for a town
/// known to be smaller; a report without a kind owes nothing.
#[must_use]
pub fn missing(
    report: &Report,
    document: &Document,
    inhabitants: Option<u32>,
) -> Vec<&'static Requirement> {
    let all = report.kind.map_or(&[] as &[_], requirements);
    let owed = all.iter().filter(|it| it.is_owed(inhabitants));
    owed.filter(|required| {
        !covering(report, required).any(|chapter| has_content(document, &chapter.id))
    })
    .collect()
}

fn covering<'a>(
    report: &'a Report,
    required: &'a Requirement,
) -> impl Iterator<Item = &'a ReportChapter> {
    let chapters = report.chapters.iter();
    chapters.filter(|chapter| chapter.covers.iter().any(|id| id == required.id))
}

fn has_content(document: &Document, chapter: &str) -> bool {
    let own = document.chapters.iter().find(|it| it.id == chapter);
    own.is_some_and(|own| own.blocks.iter().any(says_something))
}

/// Whether a block is words or a figure: headings, what is awaited and photographs are not.
fn says_something(block: &Block) -> bool {
    match block {
        Block::Heading { .. } | Block::Notice { .. } | Block::Photo(_) => false,
        Block::Paragraph { text, .. } => text.iter().any(is_word),
        Block::List { items, .. } => items.iter().flatten().any(says_something),
        Block::Commentary { blocks, .. } => blocks.iter().any(says_something),
        Block::Figure(figure) => figure.drawing != Drawing::None,
        Block::Numbers(numbers) => !numbers.is_empty(),
        Block::Tally { counts, .. } => !counts.is_empty(),
        Block::Table(table) => !table.rows.is_empty(),
    }
}

fn is_word(piece: &Inline) -> bool {
    match piece {
        Inline::Text { text } | Inline::Value { text, .. } => !text.trim().is_empty(),
        Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => {
            of.iter().any(is_word)
        }
        Inline::Broken { .. } | Inline::Break => false,
    }
}

/// What a chapter is called where it is read: its values filled in.
fn name_of<'a>(document: &'a Document, id: &'a str) -> &'a str {
    let chapter = document.chapters.iter().find(|it| it.id == id);
    chapter.map_or(id, |chapter| match chapter.subject.as_str() {
        "" => &chapter.title,
        subject => subject,
    })
}

/// What is missing, and what chapters say they cover that the kind of report does not know.
pub(crate) fn problems(
    report: &Report,
    document: &Document,
    inhabitants: Option<u32>,
    lang: Lang,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for required in missing(report, document, inhabitants) {
        let mut args = vec![
            ("what", Arg::from(required.text(lang))),
            ("law", required.law.into()),
            ("id", required.id.into()),
        ];
        let title = match required.law {
            CUSTOM => "report-required-custom",
            _ => "report-required",
        };
        let title = t_args(lang, title, &args).into_owned();
        let chapter = covering(report, required).next();
        let remedy = match chapter {
            Some(chapter) => {
                args.push(("chapter", name_of(document, &chapter.id).into()));
                "report-required-empty-remedy"
            }
            None => "report-required-remedy",
        };
        problems.push(Problem {
            chapter: chapter.map(|chapter| chapter.id.clone()),
            key: String::new(),
            kind: ProblemKind::Required,
            title,
            remedy: t_args(lang, remedy, &args).into_owned(),
        });
    }
    let Some(kind) = report.kind else {
        return problems;
    };
    let known = || requirements(kind).iter().map(|it| it.id);
    for chapter in &report.chapters {
        let named = chapter.covers.iter();
        for unknown in named.filter(|id| known().all(|known| known != id.as_str())) {
            let mut args = vec![("what", Arg::from(unknown.as_str()))];
            let remedy = match nearest(unknown, known()) {
                Some(near) => {
                    args.push(("near", near.into()));
                    "report-covers-near-remedy"
                }
                None => {
                    let all: Vec<&str> = known().collect();
                    args.push(("list", all.join(", ").into()));
                    "report-covers-list-remedy"
                }
            };
            problems.push(Problem {
                chapter: Some(chapter.id.clone()),
                key: String::new(),
                kind: ProblemKind::Required,
                title: t_args(lang, "report-covers-unknown", &args).into_owned(),
                remedy: t_args(lang, remedy, &args).into_owned(),
            });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use beffroi_model::is_id;
    use std::collections::BTreeSet;

    const KINDS: [ReportKind; 6] = [
        ReportKind::Activity,
        ReportKind::Financial,
        ReportKind::Orientation,
        ReportKind::Sustainable,
        ReportKind::Accounts,
        ReportKind::Waste,
    ];

    #[test]
    fn ids_are_ids_and_each_is_there_once() {
        for kind in KINDS {
            let ids: BTreeSet<&str> = requirements(kind).iter().map(|it| it.id).collect();
            assert_eq!(ids.len(), requirements(kind).len());
            assert!(ids.into_iter().all(is_id));
        }
    }

    #[test]
    fn what_is_owed_from_a_size_on_is_owed_by_whom_it_is_not_known_of() {
        let of = |id| {
            requirements(ReportKind::Orientation)
                .iter()
                .find(|it| it.id == id)
        };
        for (id, from) in [("dette", 3_500), ("effectifs", 10_001)] {
            let owed = |inhabitants| of(id).is_some_and(|it| it.is_owed(inhabitants));
            assert!(
                owed(None) && owed(Some(from)) && !owed(Some(from - 1)),
                "{id}"
            );
        }
    }
}
