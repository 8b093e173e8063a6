//! What a town declares, read and checked.
//!
//! `dashboards/*.toml` → [`load`] → [`Catalog`] + [`Diagnostic`]s. Reading never stops at the
//! first error: every file is read, every error is told with its place, in plain words and with a
//! hint. A catalog with errors is not served: the last good one is.
//!
//! Inside, in the order of the way of the data: `load` (folder → texts), `syntax` (texts → TOML
//! trees), `table` with `keys` and `words` (trees → values, by documented keys only), `raw` (files
//! as declared, over the published schemas that `schema` finds), `check` (names resolved, measures typed) → [`Catalog`].
//!
//! This crate also owns the measure language: [`Expr`], read from text, checked against the
//! columns it names, and worked out row after row by `worked`.

mod access;
mod check;
mod checksum;
mod declared;
mod diagnostic;
pub mod edit;
mod expr;
mod keys;
mod language;
pub mod lineage;
mod load;
mod map;
mod origin;
pub mod placeholder;
mod raw;
mod reach;
mod schema;
mod secrecy;
mod source;
mod syntax;
mod table;
mod versions;
mod words;
mod worked;

pub use access::{Access, DemoPerson, Names, Oidc, Perimeter, Proxy, Retention, SignIn};
pub use declared::{
    Board, Catalog, CodeChange, ColumnInfo, Computed, Dataset, DeclaredPhoto, Department,
    Dimension, Example, Figure, Followed, Frequency, Given, Home, Indicator, Line, Load, Map,
    Measure, MemberInfo, Missing, MoneyFlow, OverTime, Polygon, Population, Prices, Report,
    ReportChapter, ReportFigure, ReportFigureKind, ReportKind, Section, Shown, Text, Tile, Town,
    Value, Visibility,
};
pub use diagnostic::{Diagnostic, Diagnostics, Place};
pub use expr::{Aggregate, BinaryOp, Expr, ExprError, Function, Level, ValueType, parse_expr};
pub use keys::{Key, Kind, Need, Shape, reference};
pub use load::{ACCESS, Loaded, load, load_files, load_over, load_with, thing};
pub use origin::{Allowed, Network, Rows, Schedule, Secret, Source};
pub use reach::{Ground, Reach, Reached, Way};
pub use secrecy::{Secrecy, Units};
pub use versions::{Break, Formula, Threshold, ThresholdLevel, ThresholdSide};
pub use worked::{Operand, Row, worked_figures, worked_row, worked_rows};
