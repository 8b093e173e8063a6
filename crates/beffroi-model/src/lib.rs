//! The words that every crate shares.
//!
//! This crate sits under all others. It holds plain typed values only, each of which a test can
//! build by hand, in the order in which data flows:
//!
//! bytes → [`Batch`] + [`Finding`] → [`Version`] → [`Query`] → [`Answer`]
//!
//! It knows nothing of HTTP or SQLite.

mod access;
mod answer;
mod batch;
mod breaks;
mod cell;
mod changes;
mod constraint;
mod finding;
mod id;
mod normal;
mod period;
mod progress;
mod protection;
mod quantity;
mod query;
mod schema;
mod status;
mod unit;
mod version;
mod view;

pub use access::{Membership, Role};
pub use answer::{Answer, Coverage, Engine, Provenance, QueryError, Row};
pub use batch::{Batch, Column, ColumnData, TextColumn, decimal};
pub use breaks::breaks;
pub use cell::{Cell, CellState};
pub use changes::{Changes, PeriodChange, TotalChange};
pub use constraint::{
    Area, Bound, Comparison, Constraints, ForeignKey, Form, Format, Key, Point, Remark, Rule,
    Shape, Written,
};
pub use finding::{Confidence, Decision, Evidence, Finding, FindingKind, Findings, Severity};
pub use id::{
    BoardId, ColumnId, DatasetId, DepartmentId, DimensionId, IdError, IndicatorId, PerimeterId,
    ReportId, is_id,
};
pub use normal::{nearest, normalize};
pub use period::{Grain, Period, PeriodError, PeriodRange};
pub use progress::{Pass, Progress};
pub use protection::Protection;
pub use quantity::Quantity;
pub use query::{Filter, Query, Scope, Scopes, Span};
pub use schema::{ColumnSpec, ColumnType, Member, Reading, Schema};
pub use status::{Direction, Status, Target};
pub use unit::{Unit, UnitKind};
pub use version::{
    CATEGORIES, Original, OriginalForm, Part, PeriodContent, Preview, SourceFile, Version,
    VersionColumn,
};
pub use view::{View, ViewError};
