//! A report of a year as somebody has opened it: final, or as a draft of theirs.

use crate::failure::Failure;
use crate::freshness;
use crate::guard::{Allowed, Needs, Permission};
use crate::shelf::{Kept, Shelf, said};
use actix_web::web;
use beffroi_catalog::{Catalog, Report, ReportChapter, Visibility};
use beffroi_figure::{Compare, Context};
use beffroi_model::{DatasetId, DepartmentId, Period, ReportId};
use beffroi_report::{
    Document, Draft, Edition as State, ProblemKind, Reading, Said, compose, queries,
};
use beffroi_store::StoreError;
use beffroi_store::reports::{Chapter, Contribution, ContributionState, Edition, Reports, Seen};
use beffroi_store::workshop::Author;
use beffroi_text::Lang;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Years that a report may be about.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// What is known of a report and a year.
pub(super) struct Opened {
    pub report: Report,
    pub year: i32,
    /// The work on it, if it has begun.
    pub edition: Option<Edition>,
    pub contributions: Vec<Contribution>,
    /// The newest final one.
    pub kept: Option<Arc<Kept>>,
    /// What departments had done when it was opened.
    pub seen: Option<Seen>,
    said: Said,
    former: Option<Arc<Kept>>,
}

impl Opened {
    /// The report and the year of the address, for whoever sees it. For all others there is none.
    pub async fn of<P: Needs>(allowed: &Allowed<P>) -> Result<Self, Failure> {
        let report = report(allowed)?.clone();
        let part = allowed.part("year").to_owned();
        let year = part.parse::<i32>().ok().filter(|it| YEARS.contains(it));
        let year = year.ok_or_else(|| allowed.not_found(&part))?;
        let id = report.id.clone();
        let (edition, contributions, said, seen) = allowed
            .ask_store({
                let id = id.clone();
                move |store| {
                    let reports = store.reports();
                    // Before what it vouches for: of what comes meanwhile one is told, not deceived.
                    let seen = reports.seen(id.as_str(), year)?;
                    Ok((
                        reports.edition(id.as_str(), year)?,
                        reports.contributions(id.as_str(), year)?,
                        said(&reports, &id, year)?,
                        seen,
                    ))
                }
            })
            .await?;
        let (kept, former) = on_shelf(allowed, move |shelf| {
            Ok((shelf.newest(&id, year)?, shelf.newest(&id, year - 1)?))
        })
        .await?;
        let is_there = edition.is_some() || kept.is_some() || year == newest_year(allowed);
        if !is_there {
            return Err(allowed.not_found(&part));
        }
        let mut opened = Self {
            report,
            year,
            edition,
            contributions,
            kept,
            seen,
            said,
            former,
        };
        if opened
            .kept
            .as_ref()
            .is_some_and(|it| !may_read(allowed, it))
        {
            return Err(allowed.not_found(&part));
        }
        if !allowed.may(Permission::Compose) {
            // Words are the department's until it stands by them.
            let chapters = &mut opened.said.chapters;
            for said in chapters.values_mut().filter(|it| it.confirmed.is_none()) {
                said.words.clear();
            }
            let stands = |key: &str| {
                let chapter = key.split('.').next().unwrap_or_default();
                chapters
                    .get(chapter)
                    .is_some_and(|it| it.confirmed.is_some())
            };
            opened.said.sentences.retain(|key, _| stands(key));
        }
        Ok(opened)
    }

    /// What is read: the final report, else a draft in the language of the page.
    pub async fn document<P: Needs>(&self, allowed: &Allowed<P>) -> Result<Document, Failure> {
        match &self.kept {
            Some(kept) => Ok(kept.document.clone()),
            None => Ok(self.draft(allowed, allowed.lang()).await?.document),
        }
    }

    /// The report as it stands for this person.
    pub async fn draft<P: Needs>(
        &self,
        allowed: &Allowed<P>,
        lang: Lang,
    ) -> Result<Draft, Failure> {
        let asked = Asked {
            report: &self.report,
            year: self.year,
            lang,
            town: allowed.whole_catalog(),
            said: &self.said,
            former: self.former.as_ref().map(|kept| &kept.document),
        };
        asked.compose(allowed).await
    }

    /// Does something in the store to one of its chapters, now, in the name of this person.
    pub async fn on_chapter<P, T, F>(
        &self,
        allowed: &Allowed<P>,
        chapter: &str,
        work: F,
    ) -> Result<T, Failure>
    where
        P: Needs,
        T: Send + 'static,
        F: FnOnce(&Reports, Chapter, Author, DateTime<Utc>) -> Result<T, StoreError>
            + Send
            + 'static,
    {
        let (report, year) = (self.report.id.clone(), self.year);
        let (person, id) = (allowed.visitor().person.clone(), chapter.to_owned());
        allowed
            .ask_store(move |store| {
                let chapter = Chapter {
                    report: report.as_str(),
                    year,
                    id: &id,
                };
                let by = Author::from(&person);
                work(&store.reports(), chapter, by, crate::guard::now())
            })
            .await
    }

    /// Its address, with what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/rapports/{}/{}{rest}", self.report.id, self.year)
    }

    /// Whether it is final.
    pub fn is_final(&self) -> bool {
        self.kept.is_some()
    }

    /// The chapter of the address.
    pub fn chapter<P: Needs>(&self, allowed: &Allowed<P>) -> Result<&ReportChapter, Failure> {
        let id = allowed.part("chapter");
        let found = self.report.chapters.iter().find(|it| it.id == id);
        found.ok_or_else(|| allowed.not_found(id))
    }

    pub fn contribution(&self, chapter: &str) -> Option<&Contribution> {
        self.contributions.iter().find(|it| it.chapter == chapter)
    }

    /// How far a chapter has come: what was confirmed with other figures is to be confirmed again.
    pub fn state(&self, draft: &Draft, chapter: &str) -> ContributionState {
        let state = self
            .contribution(chapter)
            .map_or(ContributionState::Waiting, |it| it.state);
        let has_moved = draft
            .problems
            .iter()
            .any(|it| it.kind == ProblemKind::Moved && it.chapter.as_deref() == Some(chapter));
        match has_moved && !self.is_final() {
            true => ContributionState::Written,
            false => state,
        }
    }

    /// The department of a chapter: that of this year, else the declared one.
    pub fn department<'a>(&'a self, chapter: &'a ReportChapter) -> Option<&'a DepartmentId> {
        let of_year = self.contribution(&chapter.id);
        match of_year {
            Some(it) => it.department.as_ref(),
            None => chapter.department.as_ref(),
        }
    }

    /// When a chapter is due.
    pub fn due(&self, chapter: &ReportChapter) -> Option<NaiveDate> {
        match self.contribution(&chapter.id) {
            Some(it) => it.due,
            None => due(chapter, self.year),
        }
    }

    /// Whether this person writes and confirms a chapter now.
    pub fn may_write<P: Needs>(&self, allowed: &Allowed<P>, chapter: &ReportChapter) -> bool {
        let own = self.department(chapter);
        let answers = own.is_some_and(|id| allowed.departments().contains(id));
        let is_open = self.edition.is_some() && !self.is_final();
        is_open && allowed.may(Permission::Compose) && (answers || self.may_manage(allowed))
    }

    /// Whether this person assigns, reminds and freezes.
    pub fn may_manage<P: Needs>(&self, allowed: &Allowed<P>) -> bool {
        manages(allowed, &self.report)
    }
}

/// A report to be composed.
struct Asked<'a> {
    report: &'a Report,
    year: i32,
    lang: Lang,
    /// All that is declared, drafted or published.
    town: &'a Catalog,
    said: &'a Said,
    former: Option<&'a Document>,
}

impl Asked<'_> {
    /// Composes it of what this person reaches.
    async fn compose<P>(&self, allowed: &Allowed<P>) -> Result<Draft, Failure> {
        let shelf = allowed.shelf()?;
        let quality = |id: &DatasetId| {
            let town = allowed.town();
            let dataset = town.catalog.datasets.get(id)?;
            let is_there = town.versions.contains_key(id);
            is_there.then(|| freshness::quality(town, dataset).total())
        };
        let has_picture = |name: &str| shelf.has_picture(name);
        let reading = Reading {
            report: self.report,
            year: self.year,
            context: Context {
                catalog: allowed.catalog(),
                lang: self.lang,
                today: allowed.town().today(),
                now: allowed.town().now(),
                period: Period::year(self.year),
                filters: &[],
                compare: Compare::default(),
                scopes: allowed.scopes(),
            },
            town: self.town,
            said: self.said,
            quality: &quality,
            has_picture: &has_picture,
            former: self.former,
        };
        let answers = allowed.ask(vec![queries(&reading)]).await?;
        Ok(compose(
            &reading,
            answers.first().map_or(&[], Vec::as_slice),
        ))
    }
}

/// A drafted report of the last year that is over, as nobody has said anything of it yet. `town` is
/// all that is declared with the draft, `allowed` the request over it.
pub(crate) async fn drafted<P>(
    allowed: &Allowed<P>,
    report: &Report,
    town: &Catalog,
) -> Result<Draft, Failure> {
    let asked = Asked {
        report,
        year: newest_year(allowed),
        lang: allowed.lang(),
        town,
        said: &Said::default(),
        former: None,
    };
    asked.compose(allowed).await
}

/// Whether this person manages a report: they look over what others do, for the department that
/// answers for it.
pub(super) fn manages<P: Needs>(allowed: &Allowed<P>, report: &Report) -> bool {
    allowed.may(Permission::Review) && allowed.departments().contains(&report.department)
}

/// When a chapter of a year is due, as declared.
pub(super) fn due(chapter: &ReportChapter, year: i32) -> Option<NaiveDate> {
    let (month, day) = chapter.due?;
    NaiveDate::from_ymd_opt(year + 1, month, day)
}

/// The report of the address, for whoever sees it.
pub(super) fn report<P: Needs>(allowed: &Allowed<P>) -> Result<&Report, Failure> {
    let id = allowed.part("report");
    let found = allowed.catalog().reports.get(id);
    found.ok_or_else(|| allowed.not_found(id))
}

/// The last year that is over: a report of it can always be looked at.
pub(super) fn newest_year<P>(allowed: &Allowed<P>) -> i32 {
    allowed.town().today().year() - 1
}

/// Whether somebody may read a final report: a perimeter gives it, it is for everybody, or they reach every indicator in
/// it, for the whole town.
pub(super) fn may_read<P: Needs>(allowed: &Allowed<P>, kept: &Kept) -> bool {
    let id = kept.document.report.as_str();
    let declared = allowed.whole_catalog().reports.get(id);
    // What was composed for the town hall stays its own, whatever is declared since.
    let is_public =
        kept.document.public && declared.is_none_or(|it| it.visibility == Visibility::Public);
    if is_public || allowed.reach().reports.contains(id) {
        return true;
    }
    let (own, all) = (allowed.catalog(), allowed.whole_catalog());
    let formulas = kept.document.evidence.iter().flat_map(|it| &it.formulas);
    let named: BTreeSet<&str> = formulas.map(|(id, _)| id.as_str()).collect();
    named.into_iter().all(|id| match all.indicators.get(id) {
        Some(it) => own.indicators.contains_key(id) && allowed.scopes().of(&it.id).0.is_empty(),
        // What is not declared any more is nobody's to reach: those who manage the report do.
        None => declared.is_some_and(|it| manages(allowed, it)),
    })
}

/// What the shelf does, on a thread where it may take its time.
pub(super) async fn on_shelf<P: Needs, T: Send + 'static>(
    allowed: &Allowed<P>,
    work: impl FnOnce(&dyn Shelf) -> Result<T, String> + Send + 'static,
) -> Result<T, Failure> {
    let shelf = allowed.shelf()?;
    let done = web::block(move || work(&*shelf)).await;
    let done = done.map_err(|error| Failure::internal(&allowed.visit, &error))?;
    done.map_err(|error| Failure::internal(&allowed.visit, &error))
}

/// A chapter that waits for somebody's department.
pub(crate) struct ToWrite {
    pub report: ReportId,
    pub year: i32,
    /// The report, its year and the chapter, in words.
    pub title: String,
    pub contribution: Contribution,
    /// How often the department was reminded.
    pub reminders: usize,
}

/// The chapters that wait for somebody's departments.
pub(crate) async fn to_write<P: Needs>(allowed: &Allowed<P>) -> Result<Vec<ToWrite>, Failure> {
    let member = &allowed.visitor().person.membership;
    let own: Vec<DepartmentId> = member.departments.iter().cloned().collect();
    let waiting = allowed
        .ask_store(move |store| {
            let reports = store.reports();
            let mut waiting = Vec::new();
            for (report, year, contribution) in reports.waiting_for(&own)? {
                let reminders = reports.reminders(&report, year)?.into_iter();
                let count = reminders
                    .filter(|it| it.chapter == contribution.chapter)
                    .count();
                waiting.push((report, year, contribution, count));
            }
            Ok(waiting)
        })
        .await?;
    let english = allowed.visit.english();
    let reports = &allowed.catalog().reports;
    let told = waiting
        .into_iter()
        .filter_map(|(report, year, contribution, reminders)| {
            let report = reports.get(report.as_str())?;
            let mut chapters = report.chapters.iter();
            let chapter = chapters.find(|it| it.id == contribution.chapter)?;
            let name = super::follow::chapter_name(english, chapter);
            Some(ToWrite {
                report: report.id.clone(),
                year,
                title: format!("{} {year} · {name}", report.title.get(english).0),
                contribution,
                reminders,
            })
        });
    Ok(told.collect())
}

/// The class of a contribution's state.
pub(super) fn state_class(
    state: ContributionState,
    due: Option<NaiveDate>,
    today: NaiveDate,
) -> &'static str {
    let is_late = due.is_some_and(|due| due < today);
    match state {
        ContributionState::Confirmed => "atteint",
        _ if is_late => "retard",
        ContributionState::Written => "voie",
        ContributionState::Waiting => "sans",
    }
}

/// Whether a document is a draft.
pub(super) fn is_draft(document: &Document) -> bool {
    matches!(document.edition, State::Draft { .. })
}
