//! A draft becomes what is published: the files are written whole, and the draft is closed. It can
//! be broken off anywhere: done again, it goes on from where it was.

use crate::guard::Permission;
use crate::rights::member_may;
use crate::workbench::{Brought, Drafted, Unpublished, Workbench};
use beffroi_catalog::Diagnostics;
use beffroi_store::workshop::{Author, Draft, DraftStage, Drafts, FileChange, Move, Saved};
use beffroi_store::{DraftId, Event, Kind, Person, Store, StoreError};
use beffroi_workshop::{Merged, merge};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Drafts that are looked at in one go.
const MOST: usize = 100;
/// How long a publication that the disk refused waits for the next try.
const RETRY: TimeDelta = TimeDelta::minutes(10);

/// What became of a publication.
#[derive(Debug)]
pub enum Outcome {
    /// It is done.
    Done,
    /// Somebody else did something to the draft meanwhile.
    Elsewhere,
    /// Files had changed on disk: both changes are put together in the draft, to be looked over.
    Merged,
    /// The declarations do not hold with it: it goes back to its maker.
    Wrong(Arc<Diagnostics>),
    /// These files were changed on disk where the draft changes them too: it goes back to its
    /// maker.
    Conflict(Vec<String>),
    /// The disk said no, in French: it waits as it was.
    Failed(String),
}

/// A draft as the workbench knows it, with the texts that its files began from.
fn gathered(
    store: &Store,
    id: DraftId,
) -> Result<(Drafted, BTreeMap<String, Option<String>>), StoreError> {
    let (files, deliveries) = (store.draft_files(id)?, store.deliveries(id)?);
    let bases = files
        .iter()
        .map(|file| (file.path.clone(), file.base.clone()))
        .collect();
    let drafted = Drafted {
        id: id.0,
        files: files
            .into_iter()
            .map(|file| (file.path, file.text))
            .collect(),
        deliveries: deliveries
            .into_iter()
            .map(|it| Brought {
                dataset: it.dataset,
                name: it.name,
                stored: it.stored,
                correction: it.correction,
            })
            .collect(),
    };
    Ok((drafted, bases))
}

/// Publishes a draft that is in one of some stages, as it was `seen` if that is given. `by` is in
/// the history of its files.
///
/// # Errors
/// When the store fails: what was written is written, and is gone on with at the next try.
pub fn publish_draft(
    store: &Store,
    bench: &dyn Workbench,
    id: DraftId,
    (from, seen): (&[DraftStage], Option<u32>),
    by: Author,
    now: DateTime<Utc>,
) -> Result<Outcome, StoreError> {
    let Some(before) = store.draft(id)? else {
        return Ok(Outcome::Elsewhere);
    };
    let step = |from: &[DraftStage], to: DraftStage, revision: Option<u32>, note: &str, at| {
        let step = Move {
            from,
            to,
            revision,
            note,
            publish_at: at,
            reviewer: None,
        };
        store.set_stage(id, &step, by, now)
    };
    let back = |to: DraftStage, note: &str, at: Option<DateTime<Utc>>| {
        step(&[DraftStage::Publishing], to, None, note, at)
    };
    // The day stays, should it be broken off.
    if !step(from, DraftStage::Publishing, seen, "", before.publish_at)? {
        return Ok(Outcome::Elsewhere);
    }
    let (drafted, bases) = gathered(store, id)?;
    match bench.publish(&drafted, &bases) {
        Ok(()) => {
            let texts: Vec<(&str, Option<&str>)> = drafted
                .files
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_deref()))
                .collect();
            store.finish_publication(id, &texts, by, now)?;
            // What was brought is kept by the warehouse from now on.
            bench.forget(id.0);
            Ok(Outcome::Done)
        }
        Err(Unpublished::Wrong(problems)) => {
            back(DraftStage::Returned, "wrong", None)?;
            Ok(Outcome::Wrong(problems))
        }
        Err(Unpublished::Failed(reason)) => {
            // One that was to be published stays so: it is tried again, not at once.
            match before.stage {
                DraftStage::Publishing | DraftStage::Approved => {
                    back(DraftStage::Approved, "failed", Some(now + RETRY))?
                }
                other => back(other, "failed", None)?,
            };
            Ok(Outcome::Failed(reason))
        }
        Err(Unpublished::Moved(moved)) => {
            let (merged, conflicts) = caught_up(&drafted, &bases, moved);
            if !conflicts.is_empty() {
                back(DraftStage::Returned, "conflict", None)?;
                return Ok(Outcome::Conflict(conflicts));
            }
            back(DraftStage::Returned, "merged", None)?;
            for (path, disk, text) in merged {
                let known = store.draft_file(id, &path)?;
                let change = FileChange {
                    path: &path,
                    base: None,
                    text: text.as_deref(),
                    expected: known.map(|it| it.revision),
                    why: "merged",
                };
                match store.save_file(id, &change, by, now)? {
                    Saved::Done { .. } => {
                        store.set_base(id, &path, disk.as_deref())?;
                    }
                    _ => return Ok(Outcome::Conflict(vec![path])),
                }
            }
            Ok(Outcome::Merged)
        }
    }
}

/// A file, what it is on disk, and what it is to be.
type Merge = (String, Option<String>, Option<String>);

/// What was changed on disk taken into the draft, where the two speak of different things; the
/// files where they do not.
fn caught_up(
    drafted: &Drafted,
    bases: &BTreeMap<String, Option<String>>,
    moved: Vec<(String, Option<String>)>,
) -> (Vec<Merge>, Vec<String>) {
    let (mut done, mut conflicts) = (Vec::new(), Vec::new());
    for (path, disk) in moved {
        let base = bases.get(&path).cloned().flatten();
        let mine = drafted.files.get(&path).cloned().flatten();
        match (&disk, &mine) {
            (Some(theirs), Some(mine)) => {
                match merge(base.as_deref().unwrap_or_default(), theirs, mine) {
                    Merged::Clean(text) => done.push((path, disk, Some(text))),
                    Merged::Conflicts { .. } => conflicts.push(path),
                }
            }
            // Withdrawn by both.
            (None, None) => done.push((path, None, None)),
            _ => conflicts.push(path),
        }
    }
    (done, conflicts)
}

/// Publishes the drafts whose time has come, and those whose publication was broken off.
///
/// # Errors
/// When the store fails.
pub fn publish_due(
    store: &Store,
    bench: &dyn Workbench,
    now: DateTime<Utc>,
) -> Result<Vec<(Draft, Outcome)>, StoreError> {
    let mut done = Vec::new();
    let broken_off = store.drafts(Drafts::At(DraftStage::Publishing), MOST)?;
    for draft in store
        .drafts(Drafts::Due(now), MOST)?
        .into_iter()
        .chain(broken_off)
    {
        let (person, name) = match &draft.reviewer {
            Some((person, name)) => (*person, name.clone()),
            None => (draft.maker, draft.maker_name.clone()),
        };
        let by = Author {
            person: Some(person),
            name: &name,
        };
        // Whoever approved it still may.
        let reviewer = store.person(person)?;
        let reviews = |it: &Person| member_may(&it.membership, Permission::Review);
        let may = reviewer.filter(|it| it.is_active);
        let may = may.is_some_and(|it| draft.reviewer.is_none() || reviews(&it));
        let outcome = match may || draft.stage == DraftStage::Publishing {
            true => publish_draft(store, bench, draft.id, (&[draft.stage], None), by, now)?,
            false => {
                let step = Move {
                    from: &[draft.stage],
                    to: DraftStage::Returned,
                    revision: None,
                    note: "reviewer",
                    publish_at: None,
                    reviewer: None,
                };
                store.set_stage(draft.id, &step, Author::PROGRAM, now)?;
                Outcome::Elsewhere
            }
        };
        if matches!(outcome, Outcome::Done) {
            let paths: Vec<String> = store
                .draft_files(draft.id)?
                .into_iter()
                .map(|it| it.path)
                .collect();
            let object = format!("draft:{}", draft.id.0);
            let detail = format!("{name} {}", paths.join(" "));
            let event =
                Event::of_program(now, Kind::Publication, "draft.published", &object, detail);
            store.audit().record(event)?;
        }
        done.push((draft, outcome));
    }
    Ok(done)
}
