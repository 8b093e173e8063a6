//! The world that Typst sees: a style, a manuscript, pictures, our typefaces. Nothing else.

use crate::typeface;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

/// The look of a report.
const STYLE: &str = include_str!("../assets/report.typ");
const STYLE_NAME: &str = "report.typ";

/// What a report's cells need: header cells for rows are behind this feature in Typst 0.15.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    LazyHash::new(
        Library::builder()
            .with_features([Feature::A11yExtras].into_iter().collect())
            .build(),
    )
});

/// What one report is set from.
pub(crate) struct Desk {
    style: Source,
    files: BTreeMap<String, Bytes>,
    today: Option<Datetime>,
}

impl Desk {
    /// Files by name, and the day of the edition.
    ///
    /// # Errors
    /// Where Typst does not take the name of our style for one.
    pub fn new(
        files: BTreeMap<String, Bytes>,
        today: Option<Datetime>,
    ) -> Result<Self, &'static str> {
        let path = VirtualPath::new(STYLE_NAME).map_err(|_| "the style has no place")?;
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        Ok(Self {
            style: Source::new(id, STYLE.to_owned()),
            files,
            today,
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        typeface::book()
    }

    fn main(&self) -> FileId {
        self.style.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.style.id() {
            Ok(self.style.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if !matches!(id.get().root(), VirtualRoot::Project) {
            return Err(FileError::AccessDenied);
        }
        self.files
            .get(id.get().vpath().get_without_slash())
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        typeface::font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}
