//! Bytes of any shape → typed [`Batch`]es, with everything decided and everything found.
//!
//! Two passes: the first decides over the whole file (encoding, delimiter, header, extent of the
//! table), the second streams typed rows; both are made at once where the first rows let suppose
//! what all the others bear out. Where bytes come from, and where rows go, is the
//! business of others.
//!
//! In the way of the bytes: `source` gives them, `format` (one module each) and `text` open a file
//! as rows of text, `layout` finds the header, `survey` looks at whole columns, `guess` makes a
//! schema where none is declared, and `rows` reads each row by the schema, cell by cell (`cell`),
//! leaving out what is no data (`asides`, `beside`), and checks it (`check`). Beside it, `progress`
//! tells whoever waits how far it has come.

mod asides;
mod beside;
mod cell;
mod check;
mod correction;
mod decisions;
mod error;
mod express;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
mod guard;
mod guess;
mod headings;
mod layout;
mod preview;
mod progress;
mod record;
mod rows;
mod shape;
mod source;
mod spool;
mod strip;
mod survey;
mod tables;
mod text;
mod unit;

pub use check::{Context, KeySet, Referred};
pub use correction::{ColumnCorrection, Correction};
pub use error::{IntakeError, ReadError};
pub use guard::is_guarded;
pub use preview::{ColumnSummary, Declared, Preview, Proposal, preview};
pub use progress::Watch;
pub use source::Bytes;
pub use strip::{StripError, strip, stripped_reading};
pub use unit::unit_of_header;

use beffroi_model::{Batch, Decision, Finding, FindingKind, Findings, Reading, Schema, normalize};
use express::Express;
use format::Opened;
use layout::Layout;
use rows::{By, Mode, once::Once};
use std::collections::HashSet;
use survey::{Interest, Survey};

/// Bytes with the name under which they came; the name's extension is a hint only.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file's name, shown in findings.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: Bytes<'a>,
}

impl<'a> Input<'a> {
    /// Bytes in memory.
    #[must_use]
    pub fn held(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            bytes: Bytes::Held(bytes),
        }
    }

    /// A file on disk.
    #[must_use]
    pub fn on_disk(name: &'a str, path: &'a std::path::Path) -> Self {
        Self {
            name,
            bytes: Bytes::OnDisk(path),
        }
    }

    /// The same, telling somebody how far its reading has come. What is in memory is soon read:
    /// nothing is told of it.
    #[must_use]
    pub fn watched(self, watch: &'a Watch<'a>) -> Self {
        let bytes = match self.bytes {
            Bytes::OnDisk(path) | Bytes::Watched(path, _) => Bytes::Watched(path, watch),
            held => held,
        };
        Self { bytes, ..self }
    }
}

/// What reading a file came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Data rows read.
    pub rows_read: u64,
    /// Rows set aside.
    pub rows_rejected: u64,
    /// Of these, those that lack a value that must be there.
    pub rows_incomplete: u64,
    /// What was found.
    pub findings: Findings,
    /// What was decided.
    pub decisions: Vec<Decision>,
}

/// A row set aside, as it stood in the file (personal columns blanked).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The row as a user counts it, the first line being 1.
    pub row: u64,
    /// Why.
    pub kind: FindingKind,
    /// The column at fault.
    pub column: Option<String>,
    /// The header of the file, for the first line of a reject file.
    pub header: std::sync::Arc<[String]>,
    /// Its cells.
    pub cells: Vec<String>,
}

/// Where rows go.
pub trait Sink {
    /// What can go wrong there.
    type Error;
    /// Takes rows that fit.
    fn rows(&mut self, batch: Batch) -> Result<(), Self::Error>;
    /// Takes a row that does not.
    fn reject(&mut self, reject: Reject) -> Result<(), Self::Error>;
    /// Takes one thing found, in the order of the rows. The outcome has them grouped and capped;
    /// here is where all of them can be kept.
    fn finding(&mut self, _finding: &Finding) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// A sink that can go back.
pub trait Forgets: Sink {
    /// Forgets the rows that it took of this file: they come again, read otherwise. What was found
    /// and what was set aside has not come yet.
    fn forget(&mut self) -> Result<(), Self::Error>;
}

/// Reads a file by a declared schema: rows that fit go to `sink` in batches whose columns are
/// those of the schema in their order (personal ones left out, absent ones without values); rows
/// that do not fit go there whole, with the reason.
///
/// # Errors
/// The file is refused when it is no table, or lacks a required column; errors of the sink stop
/// the reading.
pub fn read<S: Sink>(
    input: Input<'_>,
    reading: &Reading,
    schema: &Schema,
    sink: &mut S,
) -> Result<Outcome, ReadError<S::Error>> {
    read_in(input, reading, schema, &Context::default(), sink)
}

/// The same, the file held to what stands outside of it.
///
/// # Errors
/// As for [`read`].
pub fn read_in<S: Sink>(
    input: Input<'_>,
    reading: &Reading,
    schema: &Schema,
    context: &Context<'_>,
    sink: &mut S,
) -> Result<Outcome, ReadError<S::Error>> {
    let start = Start::of(input, reading, schema)?;
    let survey = start.survey(survey::survey)?;
    start.read(survey, reading, context, sink)
}

/// The same, for a sink that can forget the rows that it took: as a rule, the file is then gone
/// through once in place of twice.
///
/// # Errors
/// As for [`read`].
pub fn read_once<S: Forgets>(
    input: Input<'_>,
    reading: &Reading,
    schema: &Schema,
    context: &Context<'_>,
    sink: &mut S,
) -> Result<Outcome, ReadError<S::Error>> {
    let start = Start::of(input, reading, schema)?;
    let once = match start.opened.express().filter(Express::is_worthwhile) {
        Some(express) => {
            let mut supposed = survey::supposed(&start.opened, &start.layout, &start.interests);
            supposed.correct(reading);
            let (pass, by) = (start.pass(&supposed), start.by(context));
            rows::once::read(express, pass, &start.interests, by, reading, sink)?
        }
        None => Once::Untried,
    };
    let survey = match once {
        Once::Stands(outcome, _) => return Ok(outcome),
        Once::Surveyed(survey) => survey,
        Once::Irregular => start.survey(survey::at_length)?,
        Once::Untried => start.survey(survey::survey)?,
    };
    start.read(survey, reading, context, sink)
}

/// A way to survey a file.
type Way = fn(&Opened<'_>, &Layout, &[Interest], bool, Option<&Watch<'_>>) -> Survey;

/// A file opened, to be read by a declared schema.
struct Start<'s> {
    input: Input<'s>,
    opened: Opened<'s>,
    layout: Layout,
    schema: &'s Schema,
    /// The place in the file of each column of the schema.
    places: Vec<Option<usize>>,
    /// What is to be counted in each column of the file.
    interests: Vec<Interest>,
}

impl<'s> Start<'s> {
    fn of(input: Input<'s>, reading: &Reading, schema: &'s Schema) -> Result<Self, IntakeError> {
        let (opened, layout) = open(input, reading, Some(schema))?;
        let places = rows::places(&layout, schema);
        let mut interests = vec![Interest::None; layout.headings.len()];
        for (column, place) in schema.columns.iter().zip(&places) {
            if let Some(interest) = place.and_then(|place| interests.get_mut(place)) {
                *interest = Interest::of(column.kind);
            }
        }
        Ok(Self {
            input,
            opened,
            layout,
            schema,
            places,
            interests,
        })
    }

    /// Surveys all rows, in one way or another.
    fn survey(&self, way: Way) -> Result<Survey, IntakeError> {
        let watch = self.input.bytes.watch();
        let survey = way(&self.opened, &self.layout, &self.interests, false, watch);
        self.opened.grid.intact()?;
        Ok(survey)
    }

    fn pass<'p>(&'p self, survey: &'p Survey) -> FirstPass<'p> {
        FirstPass {
            name: self.input.name,
            opened: &self.opened,
            layout: &self.layout,
            survey,
            watch: self.input.bytes.watch(),
        }
    }

    fn by<'p>(&'p self, context: &'p Context<'p>) -> By<'p> {
        By {
            schema: self.schema,
            places: &self.places,
            mode: Mode::Declared,
            context,
        }
    }

    /// Reads all rows.
    fn read<S: Sink>(
        &self,
        mut survey: Survey,
        reading: &Reading,
        context: &Context<'_>,
        sink: &mut S,
    ) -> Result<Outcome, ReadError<S::Error>> {
        survey.correct(reading);
        rows::read(self.pass(&survey), self.by(context), sink)
    }
}

/// Opens a file and finds its header.
fn open<'a>(
    input: Input<'a>,
    reading: &Reading,
    schema: Option<&Schema>,
) -> Result<(Opened<'a>, Layout), IntakeError> {
    let watch = input.bytes.watch();
    if let Some(watch) = watch {
        watch.open(input.bytes.len()?);
    }
    let opened = match schema {
        Some(schema) => format::open(input, reading, &is_declared(schema))?,
        None => {
            let mut opened = format::open(input, reading, &|_| false)?;
            opened.beside = beside::find(&opened);
            opened
        }
    };
    let layout = layout::find(&opened, reading, schema);
    opened.grid.intact()?;
    let layout = layout?;
    watch.inspect(|watch| watch.end());
    Ok((opened, layout))
}

/// Copies a file without what may name persons in it, byte for byte in its own encoding: the
/// personal annexes of a budget document (TOTEM). Any other file is copied as it is. Tells
/// whether anything was left out.
///
/// # Errors
/// The file cannot be read, or is a budget document that is broken.
pub fn stripped(input: Input<'_>, out: &mut dyn std::io::Write) -> Result<bool, IntakeError> {
    format::stripped(input, out)
}

/// Whether a file is an archive: what is read is the table in it.
///
/// # Errors
/// The file cannot be read.
pub fn is_archive(input: Input<'_>) -> Result<bool, IntakeError> {
    format::is_archive(input.bytes)
}

/// Whether a name is one of the schema's.
fn is_declared(schema: &Schema) -> impl Fn(&str) -> bool + use<> {
    let columns = schema.columns.iter();
    let names: HashSet<String> = columns
        .flat_map(|column| {
            let headers = column.headers.iter().map(String::as_str);
            headers.chain([column.id.as_str()]).map(normalize)
        })
        .collect();
    move |name| names.contains(&normalize(name))
}

/// A file that was looked through without knowing anything of it: what `convert` and previews
/// show.
pub struct Recognised<'a> {
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// The columns of the file, in its order.
    pub header: Vec<String>,
    /// A schema under which every cell can be read. Columns with neither name nor cell are not
    /// in it.
    pub schema: Schema,
    places: Vec<Option<usize>>,
    input: Input<'a>,
    reading: Reading,
    opened: Opened<'a>,
    layout: Layout,
    survey: Survey,
}

/// Finds out everything about a file by itself.
///
/// # Errors
/// The file is refused when it is no table.
pub fn recognise<'a>(input: Input<'a>, reading: &Reading) -> Result<Recognised<'a>, IntakeError> {
    let mut table = Recognised::of(input, reading)?;
    let survey = table.survey_by(survey::survey);
    table.decide(survey)?;
    Ok(table)
}

/// The same, from the first rows alone where many follow: what they let suppose is to be read by
/// [`Recognised::read_once`].
///
/// # Errors
/// The file is refused when it is no table.
pub fn suppose<'a>(input: Input<'a>, reading: &Reading) -> Result<Recognised<'a>, IntakeError> {
    let mut table = Recognised::of(input, reading)?;
    let survey = match table.opened.express().filter(Express::is_worthwhile) {
        Some(_) => survey::supposed(&table.opened, &table.layout, &table.interests()),
        None => table.survey_by(survey::survey),
    };
    table.decide(survey)?;
    Ok(table)
}

impl<'a> Recognised<'a> {
    /// A file of which only the header was found.
    fn of(input: Input<'a>, reading: &Reading) -> Result<Self, IntakeError> {
        let (opened, layout) = open(input, reading, None)?;
        Ok(Self {
            decisions: Vec::new(),
            header: Vec::new(),
            schema: Schema::default(),
            places: Vec::new(),
            input,
            reading: reading.clone(),
            opened,
            layout,
            survey: Survey::default(),
        })
    }

    /// All is to be counted: types are to be guessed.
    fn interests(&self) -> Vec<Interest> {
        vec![Interest::Guess; self.layout.headings.len()]
    }

    /// Surveys all rows, in one way or another.
    fn survey_by(&self, way: Way) -> Survey {
        let watch = self.input.bytes.watch();
        way(&self.opened, &self.layout, &self.interests(), true, watch)
    }

    /// Decides what a survey lets decide.
    fn decide(&mut self, survey: Survey) -> Result<(), IntakeError> {
        self.opened.grid.intact()?;
        self.survey = survey;
        self.survey.correct(&self.reading);
        self.survey.is_even(self.layout.width)?;
        self.layout.widen(self.survey.columns.len());
        (self.schema, self.places) =
            guess::schema(&self.layout, &self.survey, self.opened.delimiter);
        self.decisions = decisions::decisions(self.pass(), &self.schema, &self.places);
        let headings = self.layout.headings.iter();
        self.header = headings.map(|heading| heading.name.clone()).collect();
        Ok(())
    }

    fn pass(&self) -> FirstPass<'_> {
        FirstPass {
            name: self.input.name,
            opened: &self.opened,
            layout: &self.layout,
            survey: &self.survey,
            watch: self.input.bytes.watch(),
        }
    }

    fn by<'p>(&'p self, mode: Mode, context: &'p Context<'p>) -> By<'p> {
        By {
            schema: &self.schema,
            places: &self.places,
            mode,
            context,
        }
    }

    /// The columns of the schema as the file names them: nothing is added to what stands there,
    /// unless there is no header at all.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        let headings = self.places.iter().flatten();
        headings.filter_map(|&place| Some(self.layout.headings.get(place)?.title.as_str()))
    }

    /// Reads the file by the guessed schema.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn read<S: Sink>(&self, sink: &mut S) -> Result<Outcome, ReadError<S::Error>> {
        self.read_as(Mode::Guessed, sink)
    }

    /// Reads the same rows, each cell as the text that stands in the file.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn read_text<S: Sink>(&self, sink: &mut S) -> Result<Outcome, ReadError<S::Error>> {
        self.read_as(Mode::Verbatim, sink)
    }

    fn read_as<S: Sink>(&self, mode: Mode, sink: &mut S) -> Result<Outcome, ReadError<S::Error>> {
        rows::read(self.pass(), self.by(mode, &Context::default()), sink)
    }

    /// Reads the file by the guessed schema, or each cell as the text that stands there
    /// (`verbatim`). Where the schema was only supposed and the rows do not bear it out, there is
    /// no outcome: the table is then recognised from all rows, for it to be read anew into another
    /// sink.
    ///
    /// # Errors
    /// Those of the sink; the file is refused when it is no table.
    pub fn read_once<S: Forgets>(
        &mut self,
        verbatim: bool,
        sink: &mut S,
    ) -> Result<Option<Outcome>, ReadError<S::Error>> {
        let mode = match verbatim {
            true => Mode::Verbatim,
            false => Mode::Guessed,
        };
        if !self.survey.is_supposed {
            return self.read_as(mode, sink).map(Some);
        }
        let once = match self.opened.express() {
            Some(express) => {
                let context = Context::default();
                let (pass, by) = (self.pass(), self.by(mode, &context));
                rows::once::read(express, pass, &self.interests(), by, &self.reading, sink)?
            }
            None => Once::Untried,
        };
        let (outcome, survey) = match once {
            Once::Stands(outcome, survey) => (Some(outcome), survey),
            Once::Surveyed(survey) => (None, survey),
            Once::Irregular => (None, self.survey_by(survey::at_length)),
            Once::Untried => (None, self.survey_by(survey::survey)),
        };
        self.decide(survey)?;
        Ok(outcome)
    }

    /// The rows of the table as they stand in the file, with their lines: blank ones left out,
    /// totals and notes included.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Vec<String>)> {
        let (mut rows, after) = (self.opened.rows(), self.layout.data_after);
        let end = self.survey.end.unwrap_or(u64::MAX);
        std::iter::from_fn(move || {
            loop {
                let row = rows.next()?;
                if row.line() > end {
                    return None;
                }
                if row.line() > after && !row.is_blank() {
                    return Some((row.line(), row.cells().map(str::to_owned).collect()));
                }
            }
        })
    }
}

/// What the first pass leaves to the second.
#[derive(Clone, Copy)]
struct FirstPass<'p> {
    name: &'p str,
    opened: &'p Opened<'p>,
    layout: &'p Layout,
    survey: &'p Survey,
    watch: Option<&'p Watch<'p>>,
}
