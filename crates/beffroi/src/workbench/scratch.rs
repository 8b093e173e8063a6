//! The warehouse of a draft, over that of the town: what the files brought with it, and what its
//! declarations change of the reading, would make of datasets. Nobody who writes to the town's
//! warehouse is disturbed or waited for.

use super::{Bench, STATE, brought_for, is_nothing, locked};
use crate::{
    corrections::Corrections,
    deliveries::{Deliveries, is_absent},
    failure::{io_message, say, unavailable, warehouse_message},
    import::{self, Order, Purpose},
    inbox, town,
    under_way::UnderWay,
};
use beffroi_catalog::{Catalog, Dataset, Source};
use beffroi_model::DatasetId;
use beffroi_sources::{Delivered, sha256_hex};
use beffroi_warehouse::{Warehouse, WarehouseError, Writer};
use beffroi_web::{Brought, Drafted, Snapshot, Workbench};
use chrono::Utc;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The folder of what datasets were made of.
const MADE: &str = "made";
/// What follows in there when they could not be.
const REFUSED: &str = " refused";

/// What reading a draft has come to.
pub(super) struct Read {
    /// The town's versions, with the draft's over them.
    pub warehouse: Warehouse,
    /// Those that stand in the draft's warehouse.
    pub versions: town::Versions,
    /// Why datasets could not be read, in French.
    pub unread: BTreeMap<DatasetId, String>,
}

/// A draft being read into its warehouse.
struct Reading<'r> {
    bench: &'r Bench,
    draft: &'r Drafted,
    writer: Writer,
    under_way: UnderWay,
}

impl Bench {
    /// Reads what a draft brings or has read otherwise, unless that is done. The error is a message
    /// for users: without a warehouse of its own a draft is not seen at all, for what an engine shows
    /// is written down.
    pub(super) fn read(
        &self,
        draft: &Drafted,
        catalog: &Catalog,
        town: &Snapshot,
    ) -> Result<Read, String> {
        let hand = self.hand(draft.id);
        let _alone = locked(&hand);
        let told = |error: WarehouseError| warehouse_message(&error);
        let folder = self.folder(draft.id);
        let folder = folder.map_err(|error| io_message(&self.place(draft.id), &error))?;
        let own = Warehouse::open(&folder.join(STATE)).map_err(told)?;
        let own = own.over(&self.warehouse);
        let reading = Reading {
            bench: self,
            draft,
            writer: own.writer().map_err(told)?,
            under_way: UnderWay::default(),
        };
        let mut unread = unknown(draft, catalog);
        let datasets = import::in_order(catalog).into_iter();
        let datasets = datasets.filter(|dataset| is_concerned(dataset, draft, town));
        let datasets: Vec<&Dataset> = datasets.collect();
        let concerned: BTreeSet<&DatasetId> = datasets.iter().map(|it| &it.id).collect();
        for id in own.own_datasets().map_err(told)? {
            if !concerned.contains(&id) {
                reading.forget(&id)?;
            }
        }
        for dataset in datasets {
            if let Err(reason) = reading.one(dataset) {
                unread.insert(dataset.id.clone(), reason);
            }
        }
        let mut versions = town::Versions::new();
        for id in own.own_datasets().map_err(told)? {
            if let Some(version) = own.current(&id).map_err(told)? {
                versions.insert(id, Arc::new(version));
            }
        }
        Ok(Read {
            warehouse: own,
            versions,
            unread,
        })
    }
}

/// The datasets that a draft brings files for, and that are not declared.
fn unknown(draft: &Drafted, catalog: &Catalog) -> BTreeMap<DatasetId, String> {
    let named = draft.deliveries.iter().filter_map(|it| it.dataset.as_ref());
    let unknown = named.filter(|id| !catalog.datasets.contains_key(*id));
    let told = unknown.map(|id| {
        let hint = ("hint", id.to_string());
        (id.clone(), say("inbox-unknown-folder", &[hint]))
    });
    told.collect()
}

/// Whether a draft brings files for a dataset, or has it read otherwise than the town does.
fn is_concerned(dataset: &Dataset, draft: &Drafted, town: &Snapshot) -> bool {
    let declared = town.catalog.datasets.get(&dataset.id);
    // What a draft would read from elsewhere than the town does is not read for it.
    if !matches!(dataset.source, Source::Inbox(_))
        && declared.is_none_or(|declared| declared.source != dataset.source)
    {
        return false;
    }
    declared.is_none_or(|declared| declared.checksum != dataset.checksum)
        || brought_for(draft, &dataset.id).next().is_some()
}

impl Reading<'_> {
    /// Reads a dataset, unless it stands here as it is to be. The error is a message for users.
    fn one(&self, dataset: &Dataset) -> Result<(), String> {
        let brought: Vec<&Brought> = brought_for(self.draft, &dataset.id).collect();
        for file in &brought {
            if let Some(reason) = inbox::unfit(&file.name, dataset) {
                return Err(format!("« {} » : {reason}", file.name));
            }
        }
        if dataset.source.every().is_some() {
            // Its history is made by `serve` alone.
            return self.forget(&dataset.id);
        }
        let corrections = self
            .bench
            .corrections(&dataset.id, brought.iter().copied())?;
        let basis = self.basis(dataset, &brought, &corrections)?;
        let made = self.state().join(MADE).join(dataset.id.as_str());
        let known = fs::read_to_string(&made).unwrap_or_default();
        if known == basis {
            return Ok(());
        }
        let key = (self.draft.id, basis);
        if known.strip_suffix(REFUSED) == Some(key.1.as_str())
            && let Some(reason) = self.bench.refusals.get(&key)
        {
            return Err(reason);
        }
        let outcome = self.make(dataset, &brought, &corrections);
        let (note, outcome) = match outcome {
            Ok(()) => (key.1, Ok(())),
            Err(reason) => {
                let note = format!("{}{REFUSED}", key.1);
                self.bench.refusals.insert(key, reason.clone());
                (note, Err(reason))
            }
        };
        let noted =
            fs::create_dir_all(self.state().join(MADE)).and_then(|()| fs::write(&made, note));
        noted.map_err(|error| io_message(&made, &error))?;
        outcome
    }

    /// Makes the next version of a dataset, from the one that the town has.
    fn make(
        &self,
        dataset: &Dataset,
        brought: &[&Brought],
        corrections: &Corrections,
    ) -> Result<(), String> {
        self.forget(&dataset.id)?;
        let taken = self.writer.take_over(&dataset.id);
        taken.map_err(|error| warehouse_message(&error))?;
        if *corrections != Corrections::default() {
            corrections.save(self.state(), &dataset.id)?;
        }
        let delivered = Delivered::new(self.state(), &dataset.id);
        for file in brought {
            let named = |error| io_message(Path::new(&file.name), &error);
            let path = self.bench.brought(self.draft.id, &file.stored);
            let linked = delivered.link(&path.map_err(named)?, &file.name, Utc::now());
            linked.map_err(|error| unavailable(&error))?;
        }
        if self.is_fed_by_nothing(dataset)? {
            return Ok(());
        }
        let order = Order {
            data: &self.bench.data,
            purpose: Purpose::Import,
            under_way: &self.under_way,
            is_told: false,
        };
        import::one(&self.writer, dataset, order).map(|_| ())
    }

    /// Whether a dataset has no version, nor any file that would make one.
    fn is_fed_by_nothing(&self, dataset: &Dataset) -> Result<bool, String> {
        let number = self.writer.warehouse().newest(&dataset.id);
        if number.map_err(|error| warehouse_message(&error))? > 0 {
            return Ok(false);
        }
        match Deliveries::of(dataset, &self.bench.data, self.state()) {
            Ok(_) => Ok(false),
            Err(error) if is_absent(&error) => Ok(true),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// What a dataset is made of: as long as it is the same, so is the version.
    fn basis(
        &self,
        dataset: &Dataset,
        brought: &[&Brought],
        corrections: &Corrections,
    ) -> Result<String, String> {
        let main = &self.bench.warehouse;
        let current = main.current(&dataset.id);
        let current = current.map_err(|error| warehouse_message(&error))?;
        let current = current.map(|it| (it.number, it.imported_at));
        let mut files = Vec::new();
        for file in brought {
            let named = |error| io_message(Path::new(&file.name), &error);
            let path = self.bench.brought(self.draft.id, &file.stored);
            let metadata = path.and_then(fs::metadata).map_err(named)?;
            files.push((
                &file.name,
                &file.stored,
                metadata.len(),
                metadata.modified().ok(),
            ));
        }
        let lying = match &dataset.source {
            Source::File(pattern) => {
                let found = beffroi_sources::files(&self.bench.data, pattern).unwrap_or_default();
                let seen = |file: beffroi_sources::FoundFile| (file.path, file.size, file.modified);
                found.into_iter().map(seen).collect()
            }
            _ => Vec::new(),
        };
        let reading = corrections.declaration(dataset);
        let referred = import::referred_versions(self.writer.warehouse(), dataset);
        let (source, load) = (&dataset.source, dataset.load);
        let all =
            format!("{reading} {source:?} {load:?} {current:?} {files:?} {lying:?} {referred:?}");
        Ok(sha256_hex(all.as_bytes()))
    }

    /// Forgets a dataset here: it is again what it is in the town.
    fn forget(&self, dataset: &DatasetId) -> Result<(), String> {
        let state = self.state();
        let corrections = state.join("corrections").join(format!("{dataset}.json"));
        let made = state.join(MADE).join(dataset.as_str());
        gone(&made, fs::remove_file(&made))?;
        gone(&corrections, fs::remove_file(&corrections))?;
        let delivered: PathBuf = state.join("delivered").join(dataset.as_str());
        gone(&delivered, fs::remove_dir_all(&delivered))?;
        let given_back = self.writer.give_back(dataset);
        given_back.map_err(|error| warehouse_message(&error))
    }

    fn state(&self) -> &Path {
        self.writer.warehouse().state()
    }
}

/// What is not there need not be removed.
fn gone(path: &Path, removed: io::Result<()>) -> Result<(), String> {
    match removed {
        Err(error) if !is_nothing(&error) => Err(io_message(path, &error)),
        _ => Ok(()),
    }
}
