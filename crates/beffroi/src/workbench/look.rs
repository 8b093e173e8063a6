//! A brought file, looked at in a thread of its own.

use super::{Bench, STATE, locked};
use crate::{
    corrections::Corrections,
    failure::{io_message, refused},
    import,
};
use beffroi_catalog::{Catalog, Dataset};
use beffroi_intake::{Context, Correction, Declared, Input, Preview, Watch, preview};
use beffroi_model::{DatasetId, Pass, Progress};
use beffroi_warehouse::Warehouse;
use beffroi_web::{Brought, Drafted, Looked};
use chrono::{DateTime, Local};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

/// Rows shown.
const SHOWN: usize = 20;

/// What a look depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub draft: i64,
    file: Brought,
    size: u64,
    modified: Option<SystemTime>,
    /// How the file is read; nothing when it is recognised by itself.
    by: String,
}

/// A look at a file, under way or done.
#[derive(Debug)]
pub(super) struct Look {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug)]
enum State {
    UnderWay(Progress),
    Done(Result<Arc<Preview>, String>),
}

/// What a file is read by.
struct By {
    catalog: Arc<Catalog>,
    id: DatasetId,
}

impl By {
    fn dataset(&self) -> Option<&Dataset> {
        self.catalog.datasets.get(&self.id)
    }
}

impl Bench {
    /// See [`beffroi_web::Workbench::look`].
    pub(super) fn look_at(&self, draft: &Drafted, file: &Brought, patience: Duration) -> Looked {
        match self.looking(draft, file) {
            Ok(look) => look.after(patience),
            Err(reason) => Looked::Refused(reason),
        }
    }

    fn looking(&self, draft: &Drafted, file: &Brought) -> Result<Arc<Look>, String> {
        let named = |error| io_message(Path::new(&file.name), &error);
        let path = self.brought(draft.id, &file.stored).map_err(named)?;
        let metadata = fs::metadata(&path).map_err(named)?;
        let by = file.dataset.as_ref().and_then(|id| self.by(draft, id));
        let warehouse = self.seen_by(draft.id)?;
        let dataset = by.as_ref().and_then(By::dataset);
        let corrections = match dataset {
            Some(dataset) => self.corrections(&dataset.id, std::iter::once(file))?,
            None => Corrections::of_one(&file.correction)
                .ok_or_else(|| format!("La correction de « {} » est illisible.", file.name))?,
        };
        let modified = metadata.modified().ok();
        let asked = Asked {
            draft: draft.id,
            file: file.clone(),
            size: metadata.len(),
            modified,
            by: dataset.map_or_else(String::new, |dataset| {
                let referred = import::referred_versions(&warehouse, dataset);
                let reading = corrections.declaration(dataset);
                format!("{} {reading} {referred:?}", dataset.id)
            }),
        };
        let work = Work {
            path,
            name: file.name.clone(),
            modified,
            by,
            correction: corrections.of(&file.name),
            warehouse,
        };
        Ok(self
            .looks
            .get_with(asked, || Look::start(work, metadata.len())))
    }

    /// The declarations by which a dataset is read: those of the draft, those of its datasets alone
    /// when the whole does not hold yet, else the town's.
    fn by(&self, draft: &Drafted, id: &DatasetId) -> Option<By> {
        let town = self.town.load_full();
        let datasets = || {
            let datasets = draft
                .files
                .iter()
                .filter(|(path, _)| path.starts_with("datasets/"));
            datasets
                .map(|(path, text)| (path.clone(), text.clone()))
                .collect()
        };
        let whole = self
            .declared_with(&draft.files, town.serial)
            .catalog
            .clone();
        let declared =
            whole.or_else(|| self.declared_with(&datasets(), town.serial).catalog.clone());
        let by = By {
            catalog: declared.unwrap_or_else(|| Arc::clone(&town.catalog)),
            id: id.clone(),
        };
        let has_columns = by.dataset().is_some_and(|it| !it.schema.columns.is_empty());
        has_columns.then_some(by)
    }

    /// The versions that a draft sees: its own where it has some.
    fn seen_by(&self, draft: i64) -> Result<Warehouse, String> {
        let state = self.place(draft).join(STATE);
        if !state.join("beffroi.json").is_file() {
            return Ok(self.warehouse.clone());
        }
        let own = Warehouse::open(&state);
        let own = own.map_err(|error| crate::failure::warehouse_message(&error))?;
        Ok(own.over(&self.warehouse))
    }
}

/// All that a look needs.
struct Work {
    path: PathBuf,
    name: String,
    modified: Option<SystemTime>,
    by: Option<By>,
    correction: Correction,
    warehouse: Warehouse,
}

impl Look {
    /// Starts to look at a file of that size.
    fn start(work: Work, of: u64) -> Arc<Self> {
        let progress = Progress {
            pass: Pass::Opening,
            bytes: 0,
            of,
            rows: 0,
            findings: 0,
        };
        let look = Arc::new(Self {
            state: Mutex::new(State::UnderWay(progress)),
            ended: Condvar::new(),
        });
        let ending = Ending(Arc::clone(&look));
        let started = thread::Builder::new()
            .name("look".to_owned())
            .spawn(move || ending.0.end(work.seen(&ending.0)));
        // One that could not be started has ended: what was to be done went with it.
        if let Err(error) = started {
            tracing::warn!(%error, "no thread to look at a file");
        }
        look
    }

    fn note(&self, progress: Progress) {
        *locked(&self.state) = State::UnderWay(progress);
    }

    fn end(&self, seen: Result<Arc<Preview>, String>) {
        *locked(&self.state) = State::Done(seen);
        self.ended.notify_all();
    }

    /// What it has come to, after a while at most.
    fn after(&self, patience: Duration) -> Looked {
        let is_under_way = |state: &mut State| matches!(state, State::UnderWay(_));
        let waited = self
            .ended
            .wait_timeout_while(locked(&self.state), patience, is_under_way);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::UnderWay(progress) => Looked::UnderWay(*progress),
            State::Done(Ok(seen)) => Looked::Ready(Arc::clone(seen)),
            State::Done(Err(reason)) => Looked::Refused(reason.clone()),
        }
    }
}

/// The end of a look, however it comes.
struct Ending(Arc<Look>);

impl Drop for Ending {
    fn drop(&mut self) {
        let is_under_way = matches!(&*locked(&self.0.state), State::UnderWay(_));
        if is_under_way {
            let told = "La lecture de ce fichier s’est interrompue sur une erreur du programme. Le \
                        journal donne le détail.";
            self.0.end(Err(told.to_owned()));
        }
    }
}

impl Work {
    fn seen(&self, look: &Look) -> Result<Arc<Preview>, String> {
        let dataset = self.by.as_ref().and_then(By::dataset);
        let referred = dataset.map(|dataset| import::referred(&self.warehouse, dataset));
        let referred = referred.unwrap_or_default();
        let context = Context {
            delivered_on: self
                .modified
                .map(|at| DateTime::<Local>::from(at).date_naive()),
            time: dataset.and_then(|dataset| dataset.time.as_ref()),
            referred: &referred,
        };
        let declared = dataset.map(|dataset| Declared {
            reading: &dataset.reading,
            schema: &dataset.schema,
            context: &context,
        });
        let watch = Watch::new(|progress| look.note(progress));
        let input = Input::on_disk(&self.name, &self.path).watched(&watch);
        let seen = preview(input, declared, &self.correction, SHOWN);
        seen.map(Arc::new)
            .map_err(|error| refused(&self.name, &error))
    }
}
