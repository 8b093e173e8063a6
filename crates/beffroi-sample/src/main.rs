//! `cargo run -p beffroi-sample -- sample-data`: writes the sample town's files.

use std::{io::Write, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let (Some(folder), None) = (args.next(), args.next()) else {
        return say("usage: beffroi-sample FOLDER", 2);
    };
    match beffroi_sample::generate(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(&error.to_string(), 1),
    }
}

fn say(message: &str, code: u8) -> ExitCode {
    // Nobody is left to hear that standard error is closed.
    let _ = writeln!(std::io::stderr(), "{message}");
    ExitCode::from(code)
}
