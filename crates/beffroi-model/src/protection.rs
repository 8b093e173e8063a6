//! How much of a dataset statistical secrecy hides.

use serde::{Deserialize, Serialize};

/// What was decided for a version of a dataset under statistical secrecy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Figures that could be shown: the cells of all tables, margins and periods declared.
    pub cells: usize,
    /// Those hidden because the rule says so.
    pub primary: usize,
    /// Those hidden so that others cannot be worked out.
    pub secondary: usize,
    /// Sensitive figures that cannot be protected any more: what was shown before tells them, or
    /// what everyone knows.
    pub exposed: usize,
    /// Whether more is hidden than a closer look would have asked for, which would have taken too
    /// long.
    pub coarse: bool,
    /// Whether all is hidden, since nothing could be decided; the log says why.
    pub closed: bool,
}
