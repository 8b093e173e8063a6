//! A draft as somebody at work on it has it: what it holds, and what they may do to it.

use super::bounds::{self, Bound};
use crate::failure::Failure;
use crate::guard::{Allowed, Needs, Permission};
use crate::town::Snapshot;
use crate::workbench::{Brought, Drafted, Overlaid};
use actix_web::web;
use beffroi_catalog::Catalog;
use beffroi_model::Membership;
use beffroi_store::DraftId;
use beffroi_store::workshop::{Author, Delivery, Draft, DraftFile, DraftStage, FileChange, Saved};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of a drafted text: a declaration is short, and two are compared at each view.
const LONGEST: usize = 256 << 10;

/// A draft, and the hand of whoever opened it.
pub(super) struct Work {
    pub draft: Draft,
    pub files: Vec<DraftFile>,
    pub deliveries: Vec<Delivery>,
    /// Whether they may change it now.
    pub may_edit: bool,
    /// Whether they may approve, return and publish it.
    pub may_review: bool,
    /// Whether it is theirs.
    pub is_own: bool,
}

impl Work {
    /// The draft of the address, for whoever may see it. For all others there is none.
    pub async fn open<P: Needs>(allowed: &Allowed<P>) -> Result<Self, Failure> {
        let part = allowed.part("draft").to_owned();
        let Ok(number) = part.parse::<i64>() else {
            return Err(allowed.not_found(&part));
        };
        Self::load(allowed, DraftId(number), &part).await
    }

    /// A draft by its number.
    pub async fn load<P: Needs>(
        allowed: &Allowed<P>,
        id: DraftId,
        name: &str,
    ) -> Result<Self, Failure> {
        let found = allowed
            .ask_store(move |store| {
                let Some(draft) = store.draft(id)? else {
                    return Ok(None);
                };
                Ok(Some((draft, store.draft_files(id)?, store.deliveries(id)?)))
            })
            .await?;
        let found = found.and_then(|(draft, files, deliveries)| {
            let hand = Hand::of(allowed, &draft);
            hand.sees.then_some(Self {
                may_edit: hand.edits,
                may_review: hand.reviews,
                is_own: hand.owns,
                draft,
                files,
                deliveries,
            })
        });
        found.ok_or_else(|| allowed.not_found(name))
    }

    /// The same, of which something may be changed.
    pub async fn open_to_edit<P: Needs>(allowed: &Allowed<P>) -> Result<Self, Failure> {
        let work = Self::open(allowed).await?;
        if work.may_edit {
            Ok(work)
        } else {
            Err(allowed.not_found(allowed.part("draft")))
        }
    }

    /// Its address, with what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/atelier/brouillons/{}{rest}", self.draft.id.0)
    }

    /// A drafted file.
    pub fn file(&self, path: &str) -> Option<&DraftFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The drafted text of a file, else the one that is published.
    ///
    /// # Errors
    /// When the disk says no.
    pub async fn text<P: Needs>(
        &self,
        allowed: &Allowed<P>,
        path: &str,
    ) -> Result<Option<String>, Failure> {
        match self.file(path) {
            Some(file) => Ok(file.text.clone()),
            None => published(allowed, path).await,
        }
    }

    /// What the workbench needs to know of it.
    pub fn drafted(&self) -> Drafted {
        let files = self.files.iter();
        Drafted {
            id: self.draft.id.0,
            files: files
                .map(|file| (file.path.clone(), file.text.clone()))
                .collect(),
            deliveries: self.deliveries.iter().map(brought).collect(),
        }
    }

    /// The town with it.
    ///
    /// # Errors
    /// When the program has no hands left.
    pub async fn overlaid<P: Needs>(&self, allowed: &Allowed<P>) -> Result<Over, Failure> {
        if !self.draft.stage.is_open() {
            return Ok(Over::nothing());
        }
        let (bench, drafted) = (allowed.workbench()?, self.drafted());
        let overlaid = web::block(move || {
            let whole = bench.overlay(&drafted);
            // What an indicator lacks does not take the datasets away from its form.
            let datasets = whole.snapshot.is_none().then(|| {
                let mut datasets = drafted;
                datasets
                    .files
                    .retain(|path, _| path.starts_with("datasets/"));
                bench.overlay(&datasets).snapshot
            });
            (whole, datasets.flatten())
        });
        let overlaid = overlaid.await;
        let (overlaid, datasets) =
            overlaid.map_err(|error| Failure::internal(&allowed.visit, &error))?;
        let bounds = match &overlaid.snapshot {
            Some(snapshot) => bounds::crossed(allowed, self, &snapshot.catalog),
            None => Vec::new(),
        };
        Ok(Over {
            overlaid,
            datasets,
            bounds,
        })
    }

    /// Keeps the text of a file. One that somebody else saved since the form was made is merged
    /// with theirs where the two speak of different things.
    ///
    /// # Errors
    /// When the store says no.
    pub async fn keep<P: Needs>(
        &self,
        allowed: &Allowed<P>,
        path: &str,
        text: Option<String>,
        from: Option<(u32, Option<String>)>,
    ) -> Result<Kept, Failure> {
        if text.as_ref().is_some_and(|it| it.len() > LONGEST) {
            return Ok(Kept::TooLong);
        }
        // A text that is taken from what is published begins from what the form was made from.
        let base = match (self.file(path), &from) {
            (Some(_), _) => None,
            (None, Some((0, Some(began)))) if !began.is_empty() => Some(began.clone()),
            (None, _) => published(allowed, path).await?,
        };
        // A file that is not in the draft yet has no revision there.
        let (expected, before) = match from {
            Some((revision, before)) => (Some(revision).filter(|it| *it > 0), before),
            None => (None, None),
        };
        let id = self.draft.id;
        let person = allowed.visitor().person.clone();
        let path = path.to_owned();
        let (kept_text, kept_path) = (text.clone(), path.clone());
        let saved = allowed
            .ask_store(move |store| {
                let change = FileChange {
                    path: &kept_path,
                    base: base.as_deref(),
                    text: kept_text.as_deref(),
                    expected,
                    why: "",
                };
                store.save_file(id, &change, Author::from(&person), crate::guard::now())
            })
            .await?;
        match saved {
            Saved::Done { .. } => Ok(Kept::Done),
            // Taken out of the draft meanwhile, or no draft any more.
            Saved::Dropped | Saved::Closed(_) => Ok(Kept::Closed),
            Saved::Stale {
                text: theirs,
                by,
                revision,
                ..
            } => {
                let (base, theirs, mine) = (
                    before.unwrap_or_default(),
                    theirs.unwrap_or_default(),
                    text.unwrap_or_default(),
                );
                match beffroi_workshop::merge(&base, &theirs, &mine) {
                    beffroi_workshop::Merged::Clean(merged) => {
                        let again = Box::pin(self.keep(
                            allowed,
                            &path,
                            Some(merged),
                            Some((revision, Some(theirs))),
                        ))
                        .await?;
                        Ok(match again {
                            Kept::Done => Kept::Merged,
                            other => other,
                        })
                    }
                    beffroi_workshop::Merged::Conflicts { text, conflicts } => Ok(Kept::Conflict {
                        by,
                        text,
                        revision,
                        conflicts,
                    }),
                }
            }
        }
    }
}

/// What became of a text that was to be kept.
pub(super) enum Kept {
    /// It is kept.
    Done,
    /// It is, together with what somebody else changed meanwhile.
    Merged,
    /// Both changed the same thing: nothing was kept yet. The text has all that both changed, and
    /// where they differ what is to be kept.
    Conflict {
        by: String,
        text: String,
        revision: u32,
        conflicts: Vec<beffroi_workshop::Conflict>,
    },
    /// It is longer than a file may be.
    TooLong,
    /// The draft can no longer be changed.
    Closed,
}

/// The town with a draft over it, and what the draft rests on that it may not.
pub(super) struct Over {
    pub overlaid: Overlaid,
    /// The town with its datasets alone, when the rest does not hold.
    datasets: Option<Arc<Snapshot>>,
    pub bounds: Vec<Bound>,
}

impl Over {
    /// Nothing is laid over the town: of a draft that is closed.
    fn nothing() -> Self {
        Self {
            overlaid: Overlaid {
                snapshot: None,
                problems: Arc::default(),
                unread: BTreeMap::new(),
                changes: BTreeMap::new(),
            },
            datasets: None,
            bounds: Vec::new(),
        }
    }

    /// The town with the draft, when it holds and this person may see it.
    pub fn shown(&self) -> Option<&Arc<Snapshot>> {
        self.overlaid
            .snapshot
            .as_ref()
            .filter(|_| self.bounds.is_empty())
    }

    /// What is declared with the draft, when it holds, whoever looks.
    pub fn catalog(&self) -> Option<&Catalog> {
        let snapshot = self.overlaid.snapshot.as_ref().or(self.datasets.as_ref());
        snapshot.map(|snapshot| &*snapshot.catalog)
    }

    /// The same request over it, as this person sees it.
    pub fn as_oneself<P: Needs, Q>(&self, allowed: &Allowed<P>) -> Option<Allowed<Q>> {
        self.as_member(allowed, &allowed.visitor().person.membership)
    }

    /// The same request over it, as people of a membership see it.
    pub fn as_member<P: Needs, Q>(
        &self,
        allowed: &Allowed<P>,
        member: &Membership,
    ) -> Option<Allowed<Q>> {
        self.shown().map(|town| allowed.over(town, member))
    }
}

/// What somebody may do to a draft.
struct Hand {
    sees: bool,
    edits: bool,
    reviews: bool,
    owns: bool,
}

impl Hand {
    fn of<P: Needs>(allowed: &Allowed<P>, draft: &Draft) -> Self {
        let departments = allowed.departments();
        let answers = draft
            .department
            .as_ref()
            .is_none_or(|it| departments.contains(it));
        let owns = draft.maker == allowed.visitor().person.id;
        let shares = draft.is_shared && answers && draft.department.is_some();
        let is_open = matches!(draft.stage, DraftStage::Draft | DraftStage::Returned);
        let reviews = allowed.may(Permission::Review)
            && answers
            && (owns || draft.is_shared || draft.stage != DraftStage::Draft);
        Self {
            sees: owns || shares || reviews,
            edits: is_open && (owns || shares),
            reviews,
            owns,
        }
    }
}

/// A delivery as the workbench knows it.
pub(super) fn brought(delivery: &Delivery) -> Brought {
    Brought {
        dataset: delivery.dataset.clone(),
        name: delivery.name.clone(),
        stored: delivery.stored.clone(),
        correction: delivery.correction.clone(),
    }
}

/// The published text of a declaration.
pub(super) async fn published<P: Needs>(
    allowed: &Allowed<P>,
    path: &str,
) -> Result<Option<String>, Failure> {
    let (bench, path) = (allowed.workbench()?, path.to_owned());
    match web::block(move || bench.declared(&path)).await {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(error)) => Err(Failure::internal(&allowed.visit, &error)),
        Err(error) => Err(Failure::internal(&allowed.visit, &error)),
    }
}

/// A new draft of this person.
///
/// # Errors
/// When the store says no.
pub(super) async fn begin<P: Needs>(allowed: &Allowed<P>, title: &str) -> Result<Work, Failure> {
    let person = allowed.visitor().person.clone();
    let own = person.membership.departments.iter().next().cloned();
    let department = own.or_else(|| allowed.departments().into_iter().next());
    let title = title.to_owned();
    let id = allowed
        .ask_store(move |store| {
            let now = crate::guard::now();
            store.new_draft(&title, person.id, &person.name, department.as_ref(), now)
        })
        .await?;
    allowed
        .record(
            beffroi_store::Kind::Change,
            "draft.begun",
            &format!("draft:{}", id.0),
            "",
        )
        .await?;
    Work::load(allowed, id, &id.0.to_string()).await
}

/// Begins a draft that holds one text, and gives the address where it is written on.
pub(crate) async fn begin_with<P: Needs>(
    allowed: &Allowed<P>,
    title: &str,
    path: &str,
    text: String,
) -> Result<String, Failure> {
    let work = begin(allowed, title).await?;
    let person = allowed.visitor().person.clone();
    let (draft, kept) = (work.draft.id, path.to_owned());
    allowed
        .ask_store(move |store| {
            let change = FileChange {
                path: &kept,
                base: None,
                text: Some(&text),
                expected: None,
                why: "",
            };
            store.save_file(draft, &change, Author::from(&person), crate::guard::now())
        })
        .await?;
    Ok(work.path(&format!("/textes/{path}")))
}
