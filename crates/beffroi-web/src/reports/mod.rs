//! `/rapports`: annual reports to read, to write together, to freeze, to take away.
//!
//! A final report is what is on the [`Shelf`](crate::Shelf), to the character. Anything else is a
//! draft, composed for whoever looks at it from what they reach; what departments have not confirmed
//! is in it for those who work on it only. Whoever manages a report composes it in French, the
//! language in which it is frozen and confirmed.

mod changes;
mod contribute;
mod files;
mod follow;
mod list;
mod opened;
mod read;
mod start;

pub(crate) use contribute::problem_list;
pub(crate) use contribute::{act as act_contribution, show as show_contribution};
pub(crate) use files::{file, photo};
pub(crate) use follow::{act as act_follow, show as show_follow};
pub(crate) use list::{act as act_years, show as show_list, years as show_years};
pub(crate) use opened::{ToWrite, drafted, to_write};
pub(crate) use read::{chapter as show_chapter, cover as show_cover, whole as show_whole};
pub(crate) use start::{act as act_start, show as show_start};
