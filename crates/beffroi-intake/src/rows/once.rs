//! One travel in place of two: while all rows are surveyed, each is read as the first of them let
//! suppose. What was read stands when the survey decides what was supposed; else it is forgotten,
//! and the rows are read anew.

use super::{By, COMPARED, Mode, Reader, mark_of, travel::Yield};
use crate::{
    FirstPass, Forgets, Outcome, ReadError, Reject,
    cell::{dates::DayOrder, numbers::DecimalMark},
    decisions::decisions,
    express::{ChunkRows, Express, Irregular, Journey},
    guess,
    survey::{Interest, Survey, may_end_table},
};
use beffroi_model::{Pass, Reading};
use std::sync::atomic::{AtomicBool, Ordering};

/// So much that is found, and so many rows set aside, are held back until it is known that they
/// stand: a file with more is none of those that are worth it.
const HELD: usize = 10_000;

/// What became of a travel.
pub(crate) enum Once {
    /// What was read stands, and all rows were surveyed.
    Stands(Outcome, Survey),
    /// All rows were surveyed; what was read of them is forgotten.
    Surveyed(Survey),
    /// Some row is for the ordinary way; what was read is forgotten.
    Irregular,
    /// Nothing was tried.
    Untried,
}

/// Reads every row while all are surveyed. `pass` has the survey of the first rows.
pub(crate) fn read<S: Forgets>(
    express: Express<'_>,
    pass: FirstPass<'_>,
    interests: &[Interest],
    by: By<'_>,
    reading: &Reading,
    sink: &mut S,
) -> Result<Once, ReadError<S::Error>> {
    // Why a file is refused is said by the ordinary way.
    let Ok(mut reader) = Reader::new(pass, by) else {
        return Ok(Once::Untried);
    };
    if reader.compares_rows() || pass.survey.names_totals {
        return Ok(Once::Untried);
    }
    pass.watch.inspect(|watch| watch.start(Pass::Reading));
    let compared = usize::try_from(express.about_rows()).unwrap_or(COMPARED);
    reader.met.reserve(compared.min(COMPARED));
    let mut taken = Taken {
        survey: Survey::of(pass.layout),
        rejects: Vec::new(),
        has_rows: false,
    };
    let is_hopeful = AtomicBool::new(true);
    let guesses = by.mode != Mode::Declared;
    let hasher = reader.hasher.clone();
    let work = |rows: &mut ChunkRows<'_>| {
        let mut part = Survey::of(pass.layout);
        let mut own = match is_hopeful.load(Ordering::Relaxed) {
            true => Some(Reader::of_chunk(pass, by, &hasher, rows.size())?),
            false => None,
        };
        let mut yielded = Yield::default();
        while let Some(row) = rows.next()? {
            if may_end_table(pass.opened, pass.layout, row) {
                return Err(Irregular);
            }
            part.add(row, pass.layout, interests, guesses);
            if let Some(own) = &mut own {
                let Ok(()) = own.pass_by(row, &mut yielded);
            }
        }
        if part.names_totals || own.as_ref().is_none_or(|own| own.doubts) {
            is_hopeful.store(false, Ordering::Relaxed);
        }
        Ok((part, own.map(|own| own.end_chunk(yielded))))
    };
    let width = pass.layout.headings.len();
    let journey = express.travel(width, pass.watch, work, |(part, yielded)| {
        taken.survey.merge(part, interests);
        match yielded.filter(|_| is_hopeful.load(Ordering::Relaxed)) {
            Some(yielded) => {
                let (rejects, batches) = reader.gather(yielded);
                taken.rejects.extend(rejects);
                for batch in batches {
                    taken.has_rows = true;
                    sink.rows(batch)?;
                }
                if reader.found.len() + taken.rejects.len() > HELD {
                    is_hopeful.store(false, Ordering::Relaxed);
                }
            }
            None => taken.forget(sink)?,
        }
        let (rows, found) = match is_hopeful.load(Ordering::Relaxed) {
            true => (reader.outcome.rows_read, reader.found.len()),
            false => (taken.survey.rows, 0),
        };
        pass.watch.inspect(|watch| watch.count(rows, found as u64));
        Ok(())
    });
    match journey {
        Journey::Whole => {}
        Journey::Refused(error) => return Err(ReadError::Sink(error)),
        // What cannot be read is said by the ordinary way too.
        Journey::Irregular | Journey::Unreadable(_) => {
            taken.forget(sink).map_err(ReadError::Sink)?;
            return Ok(Once::Irregular);
        }
    }
    taken.survey.is_regular = true;
    taken.survey.settle();
    taken.survey.correct(reading);
    let decided = FirstPass {
        survey: &taken.survey,
        ..pass
    };
    let stands = is_hopeful.into_inner()
        && rests_on(decided, by) == rests_on(pass, by)
        && (!guesses || lets_guess(decided, by));
    if !stands {
        taken.forget(sink).map_err(ReadError::Sink)?;
        return Ok(Once::Surveyed(taken.survey));
    }
    pass.opened.grid.intact()?;
    reader.outcome.decisions = decisions(decided, by.schema, by.places);
    reader.tell(sink).map_err(ReadError::Sink)?;
    for reject in taken.rejects {
        sink.reject(reject).map_err(ReadError::Sink)?;
    }
    let outcome = reader.end(sink)?;
    Ok(Once::Stands(outcome, taken.survey))
}

/// What was taken over so far.
struct Taken {
    survey: Survey,
    rejects: Vec<Reject>,
    /// Whether the sink was given rows.
    has_rows: bool,
}

impl Taken {
    fn forget<S: Forgets>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        self.rejects.clear();
        match std::mem::take(&mut self.has_rows) {
            true => sink.forget(),
            false => Ok(()),
        }
    }
}

/// What the reading of rows takes from the survey, column by column of the file: the decimal mark
/// of numbers, the order of dates, whether a column without name holds anything. (Rows of totals,
/// and rows that the end of the table decides on, are not read in one travel.)
fn rests_on(pass: FirstPass<'_>, by: By<'_>) -> Vec<(Option<DecimalMark>, Option<DayOrder>, bool)> {
    let columns = pass.layout.headings.iter().zip(&pass.survey.columns);
    let rests_on = columns.enumerate().map(|(place, (heading, column))| {
        let mut placed = by.schema.columns.iter().zip(by.places);
        let spec = placed.find(|(_, its)| **its == Some(place));
        let kind = spec.map(|(spec, _)| spec.kind);
        let of = |interest| kind.filter(|kind| Interest::of(*kind) == interest);
        (
            of(Interest::Numbers).map(|kind| mark_of(pass, place, kind)),
            of(Interest::Dates).map(|_| column.day_order()),
            heading.unnamed && column.filled > 0,
        )
    });
    rests_on.collect()
}

/// Whether all rows let guess the schema that they were read by.
fn lets_guess(pass: FirstPass<'_>, by: By<'_>) -> bool {
    let (schema, places) = guess::schema(pass.layout, pass.survey, pass.opened.delimiter);
    pass.survey.columns.len() == pass.layout.headings.len()
        && (&schema, places.as_slice()) == (by.schema, by.places)
}
