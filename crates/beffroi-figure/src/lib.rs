//! Answers turned into figures: sentence, drawing, table.
//!
//! `Tile` + [`Context`] → [`plan`] → queries → (engine) → answers → [`compose`] → [`Figure`].
//! Beside tiles: [`summary`] for an indicator in a few words, [`sheet`] for its whole page,
//! [`watch`] for what is to be watched, [`csv`] for exports. Each comes with the queries it
//! needs; answers are given back in the same order.
//!
//! Knows nothing of HTTP: what it takes can be written by hand, what it gives can
//! be compared as text. Inside: answers are put in order (`series`, `frame`), read
//! otherwise where a tile asks for it (`view`), said
//! (`sentence`, `notice`, `target`), drawn (`draw`) and laid out (`table`).

mod compose;
mod context;
mod csv;
mod draw;
mod example;
mod figure;
mod flow;
mod formula;
mod frame;
mod members;
mod notice;
mod outlook;
mod over_time;
mod period;
mod plan;
mod sentence;
mod series;
mod shade;
mod sheet;
mod summary;
mod table;
mod target;
mod view;
mod watch;
mod writer;

pub use compose::compose;
pub use context::{Compare, Context};
pub use csv::{Csv, csv};
pub use figure::{
    ChangeLine, DeclaredLine, Drawing, ExampleTable, Figure, Head, Legend, Multiple, Notice,
    NoticeKind, Plot, Sheet, SourceLine, Strand, Summary, Table, TableCell, TableRow, TargetLine,
    WatchLine,
};
pub use flow::{Flow, Side, flow, flow_queries, out_of_hundred};
pub use formula::formula_words;
pub use period::{default_period, known_periods, period_queries};
pub use plan::plan;
pub use sheet::{sheet, sheet_queries};
pub use summary::{summary, summary_queries};
pub use target::status_word;
pub use watch::watch;
