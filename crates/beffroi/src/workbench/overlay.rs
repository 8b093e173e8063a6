//! The town as it would be with a draft.

use super::{Bench, scratch::Read};
use crate::town;
use beffroi_catalog::{Catalog, Diagnostic, Diagnostics};
use beffroi_engine::RollupEngine;
use beffroi_model::{DatasetId, Engine, Version};
use beffroi_web::{Drafted, Overlaid, Snapshot};
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

impl Bench {
    /// The town with a draft over it, made anew.
    pub(super) fn overlaid(&self, draft: &Drafted, town: &Snapshot) -> Overlaid {
        let declared = self.declared_with(&draft.files, town.serial);
        let Some(catalog) = &declared.catalog else {
            return unseen(Arc::clone(&declared.problems));
        };
        let read = match self.read(draft, catalog, town) {
            Ok(read) => read,
            Err(message) => {
                let problem = Diagnostic {
                    code: "unreadable",
                    place: None,
                    message,
                    hint: None,
                };
                return unseen(Arc::new(vec![problem]));
            }
        };
        self.seen(draft, town, catalog, read)
    }

    /// The town with what was read of a draft.
    fn seen(
        &self,
        draft: &Drafted,
        town: &Snapshot,
        catalog: &Arc<Catalog>,
        mut read: Read,
    ) -> Overlaid {
        let current = self.engine.load_full();
        let shown = current.versions();
        let protected = otherwise_protected(catalog, &town.catalog);
        let visible = catalog.datasets.keys();
        let visible = visible.filter(|id| !protected.contains(id));
        let versions = visible.filter_map(|id| {
            let version = read.versions.get(id).or_else(|| shown.get(id))?;
            Some((id.clone(), Arc::clone(version)))
        });
        let versions: Arc<town::Versions> = Arc::new(versions.collect());
        for id in protected {
            let told = "la protection du secret statistique change : ses chiffres ne se voient \
                        qu’une fois publiés.";
            read.unread.insert(id.clone(), told.to_owned());
        }
        let former = self.engines.get(&draft.id);
        let others = std::iter::once(&*current).chain(former.as_deref());
        let others: Vec<&RollupEngine> = others.collect();
        let engine = Arc::new(RollupEngine::beside(
            read.warehouse,
            Arc::clone(catalog),
            Arc::clone(&versions),
            &others,
        ));
        self.engines.insert(draft.id, Arc::clone(&engine));
        let told = town::told_to_readers(catalog, &versions);
        let changes = read.versions.iter().filter_map(|(id, version)| {
            let is_shown = shown.get(id).is_some_and(|shown| is_same(shown, version));
            let told = told.get(id).filter(|_| !is_shown)?;
            Some((id.clone(), Arc::clone(told)))
        });
        Overlaid {
            changes: changes.collect(),
            snapshot: Some(Arc::new(Snapshot {
                serial: self.serial.fetch_add(1, Ordering::Relaxed),
                catalog: Arc::clone(catalog),
                versions: Arc::new(told),
                engine: engine as Arc<dyn Engine>,
                problems: Arc::default(),
                import_problems: Arc::clone(&town.import_problems),
                feeds: Arc::clone(&town.feeds),
                under_way: Arc::clone(&town.under_way),
            })),
            problems: Arc::default(),
            unread: read.unread,
        }
    }
}

/// A draft that cannot be seen.
fn unseen(problems: Arc<Diagnostics>) -> Overlaid {
    Overlaid {
        snapshot: None,
        problems,
        unread: BTreeMap::new(),
        changes: BTreeMap::new(),
    }
}

/// The datasets under secrecy in the town that would be under another, or none. Until that is
/// published nobody sees their figures by it: a draft does not lift what protects.
fn otherwise_protected<'c>(catalog: &'c Catalog, town: &Catalog) -> Vec<&'c DatasetId> {
    let datasets = catalog.datasets.values().filter(|dataset| {
        let declared = town.datasets.get(&dataset.id);
        let secrecy = declared.and_then(|declared| declared.secrecy.as_ref());
        secrecy.is_some() && secrecy != dataset.secrecy.as_ref()
    });
    datasets.map(|dataset| &dataset.id).collect()
}

fn is_same(one: &Version, other: &Version) -> bool {
    (one.number, one.imported_at) == (other.number, other.imported_at)
}
