//! Answers and words → one document, and what is wrong with it.

use crate::convert;
use crate::document::{
    Block, Chapter, Document, Drawing, Edition, Evidence, Figure, FlowEnd, Inline, Photo, SourceOf,
    StatusCount, Table,
};
use crate::markdown::{self, Fill};
use crate::plan::{Asked, has_target, is_public, is_reached, key, listed, plan, texts};
use crate::{Problem, ProblemKind, Reading, annex, chapter_reading, requirements};
use beffroi_catalog::placeholder::{Named, Part, Piece};
use beffroi_catalog::{
    Indicator, ReportChapter, ReportFigure, Shown, Text, Tile, Visibility, lineage,
};
use beffroi_figure::{Summary, compose as compose_tile, flow, flow_queries, plan as plan_tile};
use beffroi_figure::{summary, summary_queries};
use beffroi_model::{
    Answer, Cell, CellState, DepartmentId, Grain, IndicatorId, Period, QueryError, Status,
};
use beffroi_text::{Arg, Lang, PeriodStyle, date_long, number, period, t, t_args};
use chrono::Datelike;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// A report that still moves with the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The report as it stands.
    pub document: Document,
    /// What is to be mended or known, in the order of the report.
    pub problems: Vec<Problem>,
    /// The computed sentence of each figure, by key, whatever was put in its place.
    pub sentences: BTreeMap<String, String>,
}

impl Draft {
    /// Whether it may be made final.
    #[must_use]
    pub fn is_right(&self) -> bool {
        !self.problems.iter().any(Problem::is_blocking)
    }
}

/// The name of what a chapter's title rests on; no figure has it.
pub(crate) const TITLE: &str = "titre";
/// How many problems of a report are told before names that lead nowhere are not looked into.
const MOST_TOLD: usize = 200;

type Answers = [Result<Answer, QueryError>];

/// Composes a report from the answers to its [queries](crate::queries), in the same order.
#[must_use]
pub fn compose(reading: &Reading<'_>, answers: &Answers) -> Draft {
    let mut composer = Composer::new(reading, answers);
    let report = reading.report;
    let chapters: Vec<Chapter> = report
        .chapters
        .iter()
        .map(|chapter| composer.chapter(chapter))
        .collect();
    let Composer {
        evidence,
        mut problems,
        sentences,
        summaries,
        ..
    } = composer;
    let catalog = reading.context.catalog;
    let town = &catalog.town;
    let mut document = Document {
        report: report.id.to_string(),
        year: reading.year,
        public: report.visibility == Visibility::Public,
        lang: reading.context.lang.code().to_owned(),
        title: said(reading, &report.title),
        summary: said(reading, &report.summary),
        town: town.name.clone(),
        town_line: town_line(reading, &summaries),
        presented: reading.said.presented.clone(),
        edition: Edition::Draft {
            seen_on: reading.context.today,
        },
        chapters,
        evidence,
    };
    for chapter in &report.chapters {
        problems.extend(unconfirmed(reading, chapter, &document));
    }
    problems.extend(requirements::problems(
        report,
        &document,
        inhabitants(reading, &summaries),
        reading.context.lang,
    ));
    document.chapters.extend(annex::annexes(reading, &document));
    // In the order of the report; within a chapter, as they were found.
    let place = |problem: &Problem| {
        let mut chapters = report.chapters.iter();
        let own = problem.chapter.as_ref();
        own.map_or(usize::MAX, |own| {
            chapters.position(|it| it.id == *own).unwrap_or(usize::MAX)
        })
    };
    problems.sort_by_key(place);
    Draft {
        document,
        problems,
        sentences,
    }
}

/// By how many inhabitants it is told what the law asks: the official figure in force, else what was
/// counted for this report.
fn inhabitants(
    reading: &Reading<'_>,
    summaries: &IndexMap<IndicatorId, (Summary, Vec<SourceOf>)>,
) -> Option<u32> {
    let population = reading.town.town.population.as_ref()?;
    let counted = || {
        let counted = summaries.get(population.indicator.as_ref()?)?.0.number?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of people; what is out of bounds is brought to them"
        )]
        Some(counted.round() as u32)
    };
    population.inhabitants.or_else(counted)
}

/// *48 200 habitants, 12 quartiers*.
fn town_line(
    reading: &Reading<'_>,
    summaries: &IndexMap<IndicatorId, (Summary, Vec<SourceOf>)>,
) -> String {
    let ctx = &reading.context;
    let town = &ctx.catalog.town;
    let population = town.population.as_ref();
    let counted = population.and_then(|population| {
        let of_year = population.indicator.as_ref();
        let of_year = of_year.and_then(|id| summaries.get(id)?.0.number);
        of_year.or_else(|| population.inhabitants.map(f64::from))
    });
    let mut parts = Vec::new();
    if let Some(counted) = counted {
        let args = [("count", Arg::from(number(ctx.lang, counted, 0)))];
        parts.push(t_args(ctx.lang, "report-inhabitants", &args).into_owned());
    }
    let mapped = ctx.catalog.maps.keys().next();
    if let Some(dimension) = mapped.and_then(|id| ctx.catalog.dimensions.get(id)) {
        let members = dimension.members.len();
        if members > 1 {
            let title = said(reading, &dimension.title).to_lowercase();
            let plural = if title.ends_with(['s', 'x']) { "" } else { "s" };
            parts.push(format!("{members}\u{a0}{title}{plural}"));
        }
    }
    parts.join(", ")
}

pub(crate) fn said(reading: &Reading<'_>, text: &Text) -> String {
    text.get(reading.context.lang == Lang::En).0.to_owned()
}

/// The department of a chapter: that of this year, else the declared one.
fn department_of<'r>(
    reading: &'r Reading<'_>,
    chapter: &'r ReportChapter,
) -> Option<&'r DepartmentId> {
    match reading.said.chapters.get(&chapter.id) {
        Some(said) => said.department.as_ref(),
        None => chapter.department.as_ref(),
    }
}

fn department_name(reading: &Reading<'_>, id: &DepartmentId) -> String {
    let departments = &reading.town.town.departments;
    let declared = departments.get(id);
    declared.map_or_else(|| id.to_string(), |it| said(reading, &it.title))
}

/// A chapter that its department has not confirmed, or whose figures have moved since.
fn unconfirmed(
    reading: &Reading<'_>,
    chapter: &ReportChapter,
    document: &Document,
) -> Option<Problem> {
    let department = department_of(reading, chapter)?;
    let lang = reading.context.lang;
    let of = reading.said.chapters.get(&chapter.id);
    let confirmed = of.and_then(|said| said.confirmed.as_ref());
    let now = chapter_reading(document, &chapter.id);
    let kind = match confirmed {
        None => ProblemKind::Unconfirmed,
        Some(then) if *then != now => ProblemKind::Moved,
        Some(_) => return None,
    };
    let args = [(
        "department",
        Arg::from(department_name(reading, department)),
    )];
    let (title, remedy) = match kind {
        ProblemKind::Moved => ("report-moved", "report-moved-remedy"),
        _ => ("report-unconfirmed", "report-unconfirmed-remedy"),
    };
    Some(Problem {
        chapter: Some(chapter.id.clone()),
        key: String::new(),
        kind,
        title: t_args(lang, title, &args).into_owned(),
        remedy: t_args(lang, remedy, &args).into_owned(),
    })
}

struct Composer<'a, 'r> {
    reading: &'r Reading<'a>,
    /// Indicators in a few words, with what they rest on.
    summaries: IndexMap<IndicatorId, (Summary, Vec<SourceOf>)>,
    /// Figures with what they rest on, and whether anything is known of the year.
    figures: IndexMap<String, Made>,
    evidence: Vec<Evidence>,
    problems: Vec<Problem>,
    sentences: BTreeMap<String, String>,
    /// The chapter at hand.
    chapter: String,
    /// Where its values come from, each once.
    sources: Vec<String>,
    /// Figures of the chapter that its text has placed.
    placed: BTreeSet<String>,
}

/// A figure as it was answered.
struct Made {
    figure: Figure,
    indicators: Vec<IndicatorId>,
    sources: Vec<SourceOf>,
    /// Where its values come from, a line each.
    lines: Vec<String>,
    of_year: bool,
    failed: bool,
}

impl<'a, 'r> Composer<'a, 'r> {
    fn new(reading: &'r Reading<'a>, answers: &Answers) -> Self {
        let ctx = &reading.context;
        let plan = plan(reading);
        let mut rest = answers;
        let mut next = |count: usize| {
            let (own, others) = rest.split_at(count.min(rest.len()));
            rest = others;
            own
        };
        let mut summaries = IndexMap::new();
        for id in &plan.summaries {
            let Some(indicator) = ctx.catalog.indicators.get(id) else {
                continue;
            };
            let own = next(summary_queries(indicator, ctx).len());
            let told = (summary(indicator, ctx, own), sources_of(reading, own));
            summaries.insert(id.clone(), told);
        }
        let mut figures = IndexMap::new();
        for (key, asked) in &plan.figures {
            let made = match asked {
                Asked::Tile(tile) => {
                    let own = next(plan_tile(tile, ctx).len());
                    tile_of(reading, key, tile, own)
                }
                Asked::Flow(flow) => {
                    let own = next(flow_queries(flow, ctx).len());
                    flow_of(reading, key, flow, own)
                }
            };
            figures.insert(key.clone(), made);
        }
        Self {
            reading,
            summaries,
            figures,
            evidence: Vec::new(),
            problems: Vec::new(),
            sentences: BTreeMap::new(),
            chapter: String::new(),
            sources: Vec::new(),
            placed: BTreeSet::new(),
        }
    }

    fn lang(&self) -> Lang {
        self.reading.context.lang
    }

    fn chapter(&mut self, chapter: &ReportChapter) -> Chapter {
        self.chapter.clone_from(&chapter.id);
        self.sources.clear();
        self.placed.clear();
        let [title, text, words] = texts(self.reading, chapter);
        let title = self.title(chapter, &title);
        let mut blocks = {
            let mut filler = Filler {
                composer: self,
                chapter,
            };
            markdown::blocks(&text, &mut filler)
        };
        if let Some(Block::Paragraph { lead, .. }) = blocks.first_mut() {
            *lead = true;
        }
        // Words come last and may place a figure: it is theirs then.
        let commentary = self.commentary(chapter, &words);
        for figure in &chapter.figures {
            if self.placed.insert(figure.id.clone()) {
                blocks.extend(self.figure(chapter, figure));
            }
        }
        blocks.extend(commentary);
        Chapter {
            id: chapter.id.clone(),
            subject: said(self.reading, &chapter.subject),
            title,
            blocks,
            sources: std::mem::take(&mut self.sources),
            most_pages: chapter.most_pages,
        }
    }

    /// The title as one line: what it rests on is one thing, that is taken over as a whole.
    fn title(&mut self, chapter: &ReportChapter, text: &str) -> String {
        let before = self.evidence.len();
        let line = {
            let mut filler = Filler {
                composer: self,
                chapter,
            };
            markdown::line(text, &mut filler)
        };
        let title = convert::plain(&line);
        let within: Vec<Evidence> = self.evidence.drain(before..).collect();
        if !within.is_empty() {
            let mut all = Evidence {
                key: key(&chapter.id, TITLE),
                title: t(self.lang(), "report-title-of-chapter").into_owned(),
                reading: title.clone(),
                formulas: Vec::new(),
                sources: Vec::new(),
            };
            for one in within {
                all.formulas.extend(one.formulas);
                all.sources.extend(one.sources);
            }
            self.prove(all);
        }
        title
    }

    /// What the department says, or that it has not yet.
    fn commentary(&mut self, chapter: &ReportChapter, words: &str) -> Option<Block> {
        let department = department_of(self.reading, chapter);
        let name = department.map(|id| department_name(self.reading, id));
        if words.trim().is_empty() {
            let ask = said(self.reading, &chapter.ask);
            let args = [("department", Arg::from(name?))];
            return (!ask.is_empty()).then(|| Block::Notice {
                title: t_args(self.lang(), "report-words-awaited", &args).into_owned(),
                text: ask,
                broken: true,
            });
        }
        let title = match name {
            Some(name) => {
                let args = [("department", Arg::from(name))];
                t_args(self.lang(), "report-commentary", &args)
            }
            None => t(self.lang(), "report-commentary-of-nobody"),
        };
        let title = title.into_owned();
        let mut filler = Filler {
            composer: self,
            chapter,
        };
        let blocks = markdown::blocks(words, &mut filler);
        Some(Block::Commentary { title, blocks })
    }

    fn tell(&mut self, kind: ProblemKind, key: &str, title: String, remedy: &str) {
        let own = Some(self.chapter.as_str());
        let mut known = self.problems.iter();
        if known.any(|it| it.key == key && it.title == title && it.chapter.as_deref() == own)
            || self.problems.len() > 2 * MOST_TOLD
        {
            return;
        }
        let remedy = t(self.lang(), remedy).into_owned();
        self.problems.push(Problem {
            chapter: Some(self.chapter.clone()),
            key: key.to_owned(),
            kind,
            title,
            remedy,
        });
    }

    /// Tells of something and shows it where it should stand.
    fn broken(&mut self, kind: ProblemKind, key: &str, title: String, remedy: &str) -> Block {
        self.tell(kind, key, title.clone(), remedy);
        Block::Notice {
            title,
            text: t(self.lang(), remedy).into_owned(),
            broken: true,
        }
    }

    fn prove(&mut self, evidence: Evidence) {
        let known = self.evidence.iter().any(|known| known.key == evidence.key);
        if !known {
            self.evidence.push(evidence);
        }
    }

    fn cite(&mut self, line: &str) {
        if !line.is_empty() && !self.sources.iter().any(|known| known == line) {
            self.sources.push(line.to_owned());
        }
    }

    fn formulas<'i>(
        &self,
        ids: impl IntoIterator<Item = &'i IndicatorId>,
    ) -> Vec<(String, String)> {
        let indicators = &self.reading.town.indicators;
        ids.into_iter()
            .filter_map(|id| indicators.get(id))
            .map(|it| (it.id.to_string(), it.checksum.clone()))
            .collect()
    }

    /// Why an indicator cannot be shown to whom the report is for.
    fn refusal(&self, id: &IndicatorId) -> Option<(ProblemKind, String, &'static str)> {
        let args = |title: &Text| [("what", Arg::from(said(self.reading, title)))];
        let lang = self.lang();
        let Some(indicator) = self.reading.town.indicators.get(id) else {
            let args = [("what", Arg::from(id.as_str()))];
            let title = t_args(lang, "report-gone", &args).into_owned();
            return Some((ProblemKind::Gone, title, "report-gone-remedy"));
        };
        if !is_reached(self.reading, id) {
            // What somebody does not reach has no name for them either.
            let title = t(lang, "report-not-reached").into_owned();
            return Some((ProblemKind::NotReached, title, "report-not-reached-remedy"));
        }
        if lineage::is_live(self.reading.town, indicator) {
            let title = t_args(lang, "report-live", &args(&indicator.title)).into_owned();
            return Some((ProblemKind::YearMissing, title, "report-live-remedy"));
        }
        let for_all = self.reading.report.visibility == Visibility::Public;
        if for_all && !is_public(self.reading, indicator) {
            let title = t_args(lang, "report-not-public", &args(&indicator.title)).into_owned();
            return Some((ProblemKind::NotPublic, title, "report-not-public-remedy"));
        }
        None
    }

    /// A figure of the chapter.
    fn figure(&mut self, chapter: &ReportChapter, figure: &ReportFigure) -> Vec<Block> {
        let key = key(&chapter.id, &figure.id);
        match &figure.shown {
            Shown::Broken(what) => {
                let args = [("what", Arg::from(what.as_str()))];
                let title = t_args(self.lang(), "report-figure-gone", &args).into_owned();
                vec![self.broken(ProblemKind::Gone, &key, title, "report-gone-remedy")]
            }
            Shown::Photo(photo) => vec![self.photo(&key, figure, photo)],
            Shown::Tile(tile) => self.made(&key, &tile.indicators, figure.older),
            Shown::Flow(flow) => {
                let of = [flow.from.clone(), flow.to.clone()];
                self.made(&key, &of, figure.older)
            }
            Shown::Numbers(ids) => self.numbers(&key, figure, ids),
            Shown::Targets(ids) => self.targets(&key, figure, ids),
            Shown::Indicators(ids) => self.indicators(&key, figure, ids),
        }
    }

    /// A tile or a flow, with what it rests on.
    fn made(&mut self, key: &str, indicators: &[IndicatorId], older: bool) -> Vec<Block> {
        if let Some((kind, title, remedy)) = indicators.iter().find_map(|id| self.refusal(id)) {
            return vec![self.broken(kind, key, title, remedy)];
        }
        let Some(made) = self.figures.get(key) else {
            return Vec::new();
        };
        let (mut figure, sources, lines) = (
            made.figure.clone(),
            made.sources.clone(),
            made.lines.clone(),
        );
        let (of_year, failed) = (made.of_year, made.failed);
        let formulas = self.formulas(&made.indicators.clone());
        for line in &lines {
            self.cite(line);
        }
        let what = [("what", Arg::from(figure.subtitle.clone()))];
        let year = [
            ("what", Arg::from(figure.subtitle.clone())),
            ("year", self.reading.year.to_string().into()),
        ];
        let mut blocks = Vec::new();
        if failed {
            let title = t_args(self.lang(), "report-failed", &what).into_owned();
            blocks.push(self.broken(ProblemKind::Failed, key, title, "report-failed-remedy"));
        } else if !of_year && !older {
            let title = t_args(self.lang(), "report-year-missing", &year).into_owned();
            let remedy = "report-year-missing-remedy";
            blocks.push(self.broken(ProblemKind::YearMissing, key, title, remedy));
        }
        self.sentence(key, &mut figure.title);
        // What has no answer of its year proves nothing, and is never taken over.
        if !failed && (of_year || older) {
            self.prove(Evidence {
                key: key.to_owned(),
                title: figure.title.clone(),
                reading: convert::reading(&figure),
                formulas,
                sources,
            });
        }
        blocks.push(Block::Figure(figure));
        blocks
    }

    /// Puts an edited sentence in the place of the computed one, and tells when the data no longer
    /// say what it stood for.
    fn sentence(&mut self, key: &str, title: &mut String) {
        self.sentences.insert(key.to_owned(), title.clone());
        let Some(edited) = self.reading.said.sentences.get(key) else {
            return;
        };
        if edited.basis != *title {
            let args = [
                ("edited", Arg::from(edited.text.clone())),
                ("then", edited.basis.clone().into()),
                ("now", title.clone().into()),
            ];
            let told = t_args(self.lang(), "report-sentence", &args).into_owned();
            self.tell(ProblemKind::Sentence, key, told, "report-sentence-remedy");
        }
        title.clone_from(&edited.text);
    }

    fn photo(
        &mut self,
        key: &str,
        figure: &ReportFigure,
        photo: &beffroi_catalog::DeclaredPhoto,
    ) -> Block {
        let args = [("what", Arg::from(photo.file.as_str()))];
        if !(self.reading.has_picture)(&photo.file) {
            let title = t_args(self.lang(), "report-picture-missing", &args).into_owned();
            let remedy = "report-picture-missing-remedy";
            return self.broken(ProblemKind::PictureMissing, key, title, remedy);
        }
        let alt = said(self.reading, &photo.alt);
        if alt.trim().is_empty() {
            let title = t_args(self.lang(), "report-alt-missing", &args).into_owned();
            self.tell(
                ProblemKind::AltMissing,
                key,
                title,
                "report-alt-missing-remedy",
            );
        }
        Block::Photo(Photo {
            file: photo.file.clone(),
            alt,
            caption: said(self.reading, &figure.title),
            credit: photo.credit.clone(),
        })
    }

    /// The title of a figure made for reports, where it has one.
    fn heading(&self, figure: &ReportFigure) -> Option<Block> {
        let text = said(self.reading, &figure.title);
        (!text.is_empty()).then(|| Block::Heading {
            level: 3,
            text: vec![Inline::Text { text }],
        })
    }

    fn numbers(&mut self, key: &str, figure: &ReportFigure, ids: &[IndicatorId]) -> Vec<Block> {
        let mut blocks: Vec<Block> = self.heading(figure).into_iter().collect();
        let mut numbers = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            let key = format!("{key}.{id}");
            if let Some((kind, title, remedy)) = self.refusal(id) {
                blocks.push(self.broken(kind, &key, title, remedy));
                continue;
            }
            let Some((summary, sources)) = self.summaries.get(id).cloned() else {
                continue;
            };
            if self.is_of_another_year(&summary) && !figure.older {
                blocks.push(self.year_missing(&key, &summary));
            }
            let number = convert::big_number(&key, &summary, place == 0);
            self.prove(Evidence {
                key: key.clone(),
                title: summary.title.clone(),
                reading: format!("{}{} — {}", number.number, number.unit, number.phrase),
                formulas: self.formulas([id]),
                sources,
            });
            if let Some(source) = &summary.source {
                self.cite(&source.text);
            }
            numbers.push(number);
        }
        if !numbers.is_empty() {
            blocks.push(Block::Numbers(numbers));
        }
        blocks
    }

    fn is_of_another_year(&self, summary: &Summary) -> bool {
        summary.outdated || summary.state == CellState::Missing
    }

    fn year_missing(&mut self, key: &str, summary: &Summary) -> Block {
        let args = [
            ("what", Arg::from(summary.title.clone())),
            ("year", self.reading.year.to_string().into()),
        ];
        let title = t_args(self.lang(), "report-year-missing", &args).into_owned();
        let remedy = "report-year-missing-remedy";
        self.broken(ProblemKind::YearMissing, key, title, remedy)
    }

    /// What named indicators cannot be shown, where they should stand.
    fn refused(&mut self, key: &str, ids: &[IndicatorId]) -> Vec<Block> {
        let refusals: Vec<_> = ids.iter().filter_map(|id| self.refusal(id)).collect();
        let told = refusals.into_iter();
        told.map(|(kind, title, remedy)| self.broken(kind, key, title, remedy))
            .collect()
    }

    /// How far targets are: how many are reached, then each.
    fn targets(&mut self, key: &str, figure: &ReportFigure, ids: &[IndicatorId]) -> Vec<Block> {
        let mut blocks = self.refused(key, ids);
        let indicators: Vec<&Indicator> = listed(self.reading, ids, has_target)
            .filter(|it| self.refusal(&it.id).is_none())
            .collect();
        let mut counts: Vec<StatusCount> = Vec::new();
        for status in Status::ALL {
            let of = |it: &&&Indicator| {
                let told = self.summaries.get(&it.id);
                told.is_some_and(|(summary, _)| summary.status == status)
            };
            let count = u32::try_from(indicators.iter().filter(of).count()).unwrap_or(u32::MAX);
            if count > 0 {
                let id = match status {
                    Status::Reached => "report-count-reached",
                    Status::OnTrack => "report-count-on-track",
                    Status::Watch => "report-count-watch",
                    Status::Late => "report-count-late",
                    Status::NoTarget => "report-count-no-target",
                };
                counts.push(StatusCount {
                    status,
                    words: t_args(self.lang(), id, &[("count", count.into())]).into_owned(),
                    count,
                });
            }
        }
        let tally = Block::Tally {
            key: key.to_owned(),
            counts,
        };
        if indicators.is_empty() {
            return blocks;
        }
        let caption = t(self.lang(), "report-targets").into_owned();
        let own = self.table_figure(key, figure, &indicators, &caption);
        blocks.push(tally);
        blocks.push(own);
        blocks
    }

    /// A table of indicators, by department where there are many.
    fn indicators(&mut self, key: &str, figure: &ReportFigure, ids: &[IndicatorId]) -> Vec<Block> {
        let mut blocks = self.refused(key, ids);
        let indicators: Vec<&Indicator> = listed(self.reading, ids, |_| true)
            .filter(|it| self.refusal(&it.id).is_none())
            .collect();
        if !ids.is_empty() {
            let caption = t(self.lang(), "report-indicators").into_owned();
            blocks.push(self.table_figure(key, figure, &indicators, &caption));
            return blocks;
        }
        blocks.extend(self.heading(figure));
        let untitled = ReportFigure {
            title: Text::default(),
            ..figure.clone()
        };
        for (id, department) in &self.reading.town.town.departments {
            let own = indicators.iter().filter(|it| it.department == *id);
            let own: Vec<&Indicator> = own.copied().collect();
            if !own.is_empty() {
                let caption = said(self.reading, &department.title);
                let key = format!("{key}.{id}");
                blocks.push(self.table_figure(&key, &untitled, &own, &caption));
            }
        }
        blocks
    }

    fn table_figure(
        &mut self,
        key: &str,
        figure: &ReportFigure,
        indicators: &[&Indicator],
        caption: &str,
    ) -> Block {
        let mut sources: Vec<SourceOf> = Vec::new();
        let mut rows = Vec::new();
        for indicator in indicators {
            let Some((summary, own)) = self.summaries.get(&indicator.id) else {
                continue;
            };
            for source in own {
                if !sources.contains(source) {
                    sources.push(source.clone());
                }
            }
            rows.push(convert::indicator_row(
                summary,
                self.lang(),
                self.reading.year,
            ));
        }
        let lang = self.lang();
        let own = said(self.reading, &figure.title);
        let title = if own.is_empty() {
            caption.to_owned()
        } else {
            own
        };
        let figure = Figure {
            key: key.to_owned(),
            subtitle: period(lang, Period::year(self.reading.year), PeriodStyle::Long),
            notices: Vec::new(),
            drawing: Drawing::Table,
            table: Table {
                id: String::new(),
                caption: title.clone(),
                head: convert::indicator_head(lang, self.reading.year),
                rows,
                notes: Vec::new(),
            },
            title,
            source: String::new(),
            width: 12,
            revised: false,
        };
        let ids = indicators.iter().map(|it| &it.id);
        self.prove(Evidence {
            key: key.to_owned(),
            title: figure.title.clone(),
            reading: convert::reading(&figure),
            formulas: self.formulas(ids),
            sources,
        });
        Block::Figure(figure)
    }

    /// A name that stands for nothing. What was meant is looked for among what this person reaches.
    fn unnamed(&mut self, name: &str, key: &str, spelled: &str) -> Inline {
        let own = Some(self.chapter.as_str());
        let mut told = self.problems.iter();
        let is_told = told.any(|it| it.key == key && it.chapter.as_deref() == own);
        if !is_told && self.problems.len() <= MOST_TOLD {
            let title = self.reading.context.catalog.unnamed(name);
            self.tell(ProblemKind::Gone, key, title, "report-gone-remedy");
        }
        Inline::Broken {
            text: spelled.to_owned(),
        }
    }

    /// A value placed in a text.
    fn value(&mut self, name: &str, part: Part, spelled: &str) -> Inline {
        let key = match part {
            Part::Value => key(&self.chapter, name),
            part => format!("{}|{}", key(&self.chapter, name), part.as_str()),
        };
        let broken = || Inline::Broken {
            text: spelled.to_owned(),
        };
        let id = match self.reading.town.named(name) {
            Some(Named::Indicator(indicator)) => indicator.id.clone(),
            // The figure of a board that is one number can be told in a text.
            Some(Named::Tile(_, tile)) if is_one_number(tile) => tile.indicators[0].clone(),
            Some(Named::Tile(..)) => {
                let args = [("what", Arg::from(name))];
                let title = t_args(self.lang(), "report-figure-in-text", &args).into_owned();
                let remedy = "report-figure-in-text-remedy";
                self.tell(ProblemKind::Placeholder, &key, title, remedy);
                return broken();
            }
            None => return self.unnamed(name, &key, spelled),
        };
        if let Some((kind, title, remedy)) = self.refusal(&id) {
            self.tell(kind, &key, title, remedy);
            return match kind {
                // Not even its name is for whoever does not reach it.
                ProblemKind::NotReached => Inline::Broken {
                    text: t(self.lang(), "report-out-of-reach").into_owned(),
                },
                _ => broken(),
            };
        }
        let Some((summary, sources)) = self.summaries.get(&id).cloned() else {
            return broken();
        };
        if part != Part::Latest && self.is_of_another_year(&summary) {
            let args = [
                ("what", Arg::from(summary.title.clone())),
                ("year", self.reading.year.to_string().into()),
            ];
            let title = t_args(self.lang(), "report-year-missing", &args).into_owned();
            let remedy = "report-value-year-missing-remedy";
            self.tell(ProblemKind::YearMissing, &key, title, remedy);
            return broken();
        }
        let Some(text) = part_of(&summary, part) else {
            let args = [
                ("what", Arg::from(summary.title.clone())),
                ("part", part.as_str().into()),
            ];
            let title = t_args(self.lang(), "report-part-missing", &args).into_owned();
            self.tell(
                ProblemKind::PartMissing,
                &key,
                title,
                "report-part-missing-remedy",
            );
            return broken();
        };
        self.prove(Evidence {
            key: key.clone(),
            title: summary.title.clone(),
            reading: text.clone(),
            formulas: self.formulas([&id]),
            sources,
        });
        if let Some(source) = &summary.source {
            self.cite(&source.text);
        }
        Inline::Value {
            key,
            text,
            revised: false,
        }
    }
}

fn is_one_number(tile: &Tile) -> bool {
    tile.figure == beffroi_catalog::Figure::Kpi && tile.indicators.len() == 1
}

/// What of an indicator is read; `None` where there is nothing to read.
fn part_of(summary: &Summary, part: Part) -> Option<String> {
    let mark = if summary.provisional { " (p)" } else { "" };
    let value = || format!("{}{mark}", summary.value);
    let unless_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match part {
        Part::Value => Some(value()),
        Part::Number => Some(summary.value.number.clone()),
        Part::Change => summary.change.clone(),
        Part::Before => summary.before.clone(),
        Part::Target => unless_empty(&summary.target),
        Part::Status => {
            (summary.status != Status::NoTarget).then(|| match summary.status_detail.is_empty() {
                true => summary.status_word.to_lowercase(),
                false => summary.status_detail.clone(),
            })
        }
        Part::Phrase => unless_empty(&summary.phrase),
        Part::Period => Some(summary.period.clone()),
        Part::Source => summary.source.as_ref().map(|source| source.text.clone()),
        Part::Latest => match (summary.state, summary.outdated) {
            (CellState::Missing, _) => None,
            (_, true) => Some(format!("{} ({})", value(), summary.period)),
            (_, false) => Some(value()),
        },
    }
}

/// Fills in the placeholders of a chapter.
struct Filler<'f, 'a, 'r> {
    composer: &'f mut Composer<'a, 'r>,
    chapter: &'f ReportChapter,
}

impl Fill for Filler<'_, '_, '_> {
    fn inline(&mut self, piece: &Piece<'_>, text: &str) -> Inline {
        let composer = &mut *self.composer;
        match piece {
            Piece::Words(words) => Inline::Text {
                text: (*words).to_owned(),
            },
            Piece::Broken { why, .. } => {
                let remedy = "report-placeholder-remedy";
                composer.tell(ProblemKind::Placeholder, "", why.clone(), remedy);
                Inline::Broken {
                    text: text.to_owned(),
                }
            }
            Piece::Placed { name, part, .. } => {
                if self.chapter.figures.iter().any(|it| it.id == *name) {
                    let key = key(&composer.chapter, name);
                    let args = [("what", Arg::from(*name))];
                    let title =
                        t_args(composer.lang(), "report-figure-in-text", &args).into_owned();
                    let remedy = "report-figure-in-text-remedy";
                    composer.tell(ProblemKind::Placeholder, &key, title, remedy);
                    return Inline::Broken {
                        text: text.to_owned(),
                    };
                }
                composer.value(name, *part, text)
            }
        }
    }

    fn alone(&mut self, name: &str) -> Option<Vec<Block>> {
        if let Some(figure) = self.chapter.figures.iter().find(|it| it.id == name) {
            let again = !self.composer.placed.insert(figure.id.clone());
            // Placed twice, it is shown once: its key is one.
            return Some(match again {
                true => Vec::new(),
                false => self.composer.figure(self.chapter, figure),
            });
        }
        match self.composer.reading.town.named(name) {
            Some(Named::Tile(_, tile)) if !is_one_number(tile) => {
                let key = key(&self.chapter.id, name);
                let again = !self.composer.placed.insert(name.to_owned());
                let indicators = tile.indicators.clone();
                Some(match again {
                    true => Vec::new(),
                    false => self.composer.made(&key, &indicators, false),
                })
            }
            _ => None,
        }
    }
}

/// What answers rest on, each dataset once.
fn sources_of(reading: &Reading<'_>, answers: &Answers) -> Vec<SourceOf> {
    let mut sources: Vec<SourceOf> = Vec::new();
    let answered = answers.iter().filter_map(|answer| answer.as_ref().ok());
    for provenance in answered.flat_map(|answer| &answer.provenance) {
        let dataset = provenance.dataset.as_str();
        if sources.iter().any(|known| known.dataset == dataset) {
            continue;
        }
        let declared = reading.context.catalog.datasets.get(&provenance.dataset);
        sources.push(SourceOf {
            dataset: dataset.to_owned(),
            title: declared.map_or_else(|| dataset.to_owned(), |it| said(reading, &it.title)),
            version: provenance.version,
            // Where it lay is the town hall's.
            file: provenance
                .source
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            extracted_on: provenance.extracted_on,
        });
    }
    sources
}

/// Whether an answer knows anything of the year.
fn knows(reading: &Reading<'_>, answers: &Answers) -> bool {
    let year = reading.year;
    let is_of_year = |when: Period| match when.grain() {
        // A school year is that of the year in which it ends, as elsewhere.
        Grain::SchoolYear => when.last_day().year() == year,
        _ => when.start().year() == year || when.last_day().year() == year,
    };
    answers
        .iter()
        .filter_map(|answer| answer.as_ref().ok())
        .flat_map(|answer| &answer.rows)
        .any(|row| row.cell != Cell::Missing && is_of_year(row.period))
}

fn tile_of(reading: &Reading<'_>, key: &str, tile: &Tile, answers: &Answers) -> Made {
    let figure = compose_tile(tile, &reading.context, answers);
    let failed = answers
        .iter()
        .any(|answer| matches!(answer, Err(error) if !matches!(error, QueryError::NoVersion(_))));
    Made {
        indicators: figure.indicators.clone(),
        sources: sources_of(reading, answers),
        lines: figure.sources.iter().map(|it| it.text.clone()).collect(),
        of_year: knows(reading, answers),
        failed,
        figure: convert::figure(key, &figure),
    }
}

fn flow_of(
    reading: &Reading<'_>,
    key: &str,
    asked: &beffroi_catalog::MoneyFlow,
    answers: &Answers,
) -> Made {
    let flow = flow(&key.replace('.', "-"), asked, &reading.context, answers);
    let ends = |side: &beffroi_figure::Side| -> Vec<FlowEnd> {
        side.strands
            .iter()
            .map(|strand| FlowEnd {
                label: strand.label.clone(),
                text: strand.text.clone(),
                weight: strand.weight,
            })
            .collect()
    };
    let drawing = match &flow.plot {
        Some(plot) => Drawing::Flow(crate::document::Flow {
            from_title: flow.from.title.clone(),
            to_title: flow.to.title.clone(),
            whole: flow.whole.clone(),
            from: ends(&flow.from),
            to: ends(&flow.to),
            picture: convert::plot(plot),
        }),
        None => Drawing::None,
    };
    Made {
        indicators: vec![asked.from.clone(), asked.to.clone()],
        sources: sources_of(reading, answers),
        lines: flow.sources.iter().map(|it| it.text.clone()).collect(),
        of_year: knows(reading, answers),
        failed: answers.iter().any(Result::is_err),
        figure: Figure {
            key: key.to_owned(),
            title: flow.title.clone(),
            subtitle: flow.subtitle.clone(),
            notices: convert::notices(&flow.notices),
            drawing,
            table: convert::table(&convert::table_id(key), &flow.table, &flow.title),
            source: String::new(),
            width: 12,
            revised: false,
        },
    }
}

/// `Données arrêtées au 10 juin 2026`.
pub(crate) fn seen_on(reading: &Reading<'_>) -> String {
    let args = [(
        "date",
        Arg::from(date_long(reading.context.lang, reading.context.today)),
    )];
    t_args(reading.context.lang, "report-seen-on", &args).into_owned()
}
