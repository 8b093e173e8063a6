//! The workshop: from a file to a board before the élus, by whoever knows the file.
//!
//! A draft holds drafted files, declarations as they will be written, and files that were brought
//! with it. It is its maker's until they share it or ask for it to be looked over; nothing of it is
//! shown to anybody else, and nothing that is published changes, before it is published whole.
//!
//! `work` is a draft with who may do what to it; `bounds` is what it may rest on; one module for
//! each page: `home`, `bring` (a file comes), `file` (what was recognised and found), `dataset`,
//! `indicator`, `board`, `text` (the same by hand), `preview` (as readers will see it), `draft`
//! (what changes, comments, review, publication), `history`, `upkeep` (what is due),
//! `commentary` (what is said of figures).

mod board;
mod bounds;
mod bring;
mod commentary;
mod dataset;
mod draft;
mod file;
mod history;
mod home;
mod indicator;
mod parts;
mod preview;
mod publication;
mod text;
mod upkeep;
mod work;

pub(crate) use {
    board::{act as act_board, show as show_board},
    bring::{show as show_bring, take as take_file},
    commentary::{act as act_commentary, of_figures, of_indicator, show as show_commentary},
    dataset::{act as act_dataset, show as show_dataset},
    draft::{act as act_draft, act_review, show as show_draft},
    file::{act as act_file, show as show_file},
    history::{act as act_history, act_saves, show as show_history, show_saves},
    home::{act as act_home, show as show_home},
    indicator::{act as act_indicator, show as show_indicator},
    preview::{board as preview_board, indicator as preview_indicator, report as preview_report},
    text::{act as act_text, show as show_text},
    upkeep::{act as act_upkeep, show as show_upkeep},
};

pub(crate) use {
    draft::when,
    parts::{Area, choose, option},
    work::begin_with,
};

pub use publication::{Outcome, publish_draft, publish_due};
