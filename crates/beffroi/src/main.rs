//! The program: command line, wiring, jobs.
//!
//! Everything else is in the other crates; here they meet. `serve` loads the declarations, imports
//! what has changed, hands snapshots of the town to the web, and runs the one thread of jobs that
//! watches files, feeds and versions.

mod aside;
mod audit;
mod backup;
mod changes;
mod cli;
mod convert;
mod correct;
mod corrections;
mod deliveries;
mod doctor;
mod draw;
mod explain;
mod failure;
mod found;
mod given;
mod housekeeping;
mod import;
mod inbox;
mod jobs;
mod kept;
mod logs;
mod new;
mod people;
mod presence;
mod preview;
mod quality;
mod query;
mod ratios;
mod rejects;
mod remote;
mod reports;
mod serve;
mod stop;
mod town;
mod under_way;
mod validate;
mod versions;
mod workbench;

use clap::Parser;
use std::{panic, process::ExitCode};

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    logs::begin();
    report_panics();
    match arguments.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            failure.code()
        }
    }
}

/// Panics are reported, but for those of libraries that intake meets with a refusal in words.
fn report_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !beffroi_intake::is_guarded() {
            usual(info);
        }
    }));
}
