//! `beffroi validate`: a file held to a published schema, by its name or from its JSON.

use crate::{
    cli::Folders,
    explain::{Explain, described},
    failure::{Failure, found, io_message, print, refused, say},
    given,
    under_way::UnderWay,
};
use beffroi_intake::{Input, Outcome, ReadError, Reject, Sink};
use beffroi_model::{Batch, Findings, Reading, Severity};
use beffroi_table_schema::{LARGEST, Published, named, names, read};
use beffroi_text::{Lang, mend};
use serde_json::json;
use std::{
    convert::Infallible,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// How many rows of a finding are listed.
const ROWS: usize = 10;

/// `beffroi validate`.
pub fn run(folders: &Folders, file: &Path, schema: &str, form: Explain) -> Result<(), Failure> {
    let published = find(folders, schema)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    given::readable(file)?;
    let read = UnderWay::on_terminal().read(None, &name, |watch| {
        held_to(&published, Input::on_disk(&name, file).watched(watch))
    });
    let outcome = match read {
        Ok(outcome) => outcome,
        Err(ReadError::Intake(error)) => return Err(Failure::given(refused(&name, &error))),
        Err(ReadError::Sink(never)) => match never {},
    };
    let faults = faults(&outcome.findings);
    match form {
        Explain::Texte => tell(&published, &name, &outcome)?,
        Explain::Json => print(json!({
            "source": name,
            "schema": { "name": published.name, "version": published.version },
            "valid": faults == 0,
            "rows": outcome.rows_read,
            "findings": described(&outcome.findings),
        }))?,
    }
    match faults {
        0 => Ok(()),
        count => {
            let message = say("validate-faults", &[("count", count.to_string())]);
            let failure = Failure::given(message);
            Err(if form == Explain::Json {
                failure.silent()
            } else {
                failure
            })
        }
    }
}

/// The schema of that name; else the one in that file, here or in the folder of declarations.
fn find(folders: &Folders, schema: &str) -> Result<Published, Failure> {
    if let Some(published) = named(schema) {
        return Ok(published);
    }
    let places = [
        PathBuf::from(schema),
        folders.content.join("schemas").join(schema),
    ];
    let Some(path) = places.iter().find(|path| path.is_file()) else {
        let known = names().collect::<Vec<_>>().join(", ");
        let near = beffroi_model::nearest(schema, names()).unwrap_or("none");
        let args = [
            ("value", schema.to_owned()),
            ("known", known),
            ("hint", near.to_owned()),
        ];
        return Err(Failure::usage(say("validate-no-schema", &args)));
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::given(io_message(path, &error)))?;
    read(&bytes).map_err(|error| {
        let (code, args) = error.words();
        let reason = say(&format!("schema-{code}"), &args);
        Failure::given(format!("« {} » : {reason}", path.display()))
    })
}

/// Reads a file by a schema, keeping nothing.
fn held_to(published: &Published, input: Input<'_>) -> Result<Outcome, ReadError<Infallible>> {
    let reading: &Reading = &published.reading;
    beffroi_intake::read(input, reading, &published.schema, &mut Nowhere)
}

struct Nowhere;

impl Sink for Nowhere {
    type Error = Infallible;

    fn rows(&mut self, _: Batch) -> Result<(), Infallible> {
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), Infallible> {
        Ok(())
    }
}

/// How many findings are faults of the file.
fn faults(findings: &Findings) -> u64 {
    let groups = findings.groups();
    groups
        .filter(|(_, group)| {
            group
                .first()
                .is_some_and(|first| first.severity > Severity::Note)
        })
        .map(|(count, _)| count)
        .sum()
}

fn tell(published: &Published, name: &str, outcome: &Outcome) -> Result<(), Failure> {
    let args = [
        ("source", name.to_owned()),
        ("count", outcome.rows_read.to_string()),
        ("schema", published.title.clone()),
        ("version", published.version.clone()),
    ];
    print(say("validate-read", &args))?;
    for (count, group) in outcome.findings.groups() {
        let Some(first) = group.first() else { continue };
        let severity = match first.severity {
            Severity::Note => "severity-note",
            Severity::Warning | Severity::Error => "validate-fault",
        };
        print(format!("{} : {}.", say(severity, &[]), found(first, count)))?;
        let rows: Vec<String> = (group.iter().filter_map(|finding| finding.row))
            .take(ROWS)
            .map(|row| row.to_string())
            .collect();
        if !rows.is_empty() {
            let args = [("count", rows.len().to_string()), ("rows", rows.join(", "))];
            let more = if count as usize > rows.len() {
                "…"
            } else {
                ""
            };
            print(format!("    {}{more}", say("places-rows", &args)))?;
        }
        print(format!("    {}", mend(Lang::Fr, first.kind)))?;
    }
    if faults(&outcome.findings) == 0 {
        print(say("validate-good", &[]))?;
    }
    Ok(())
}
