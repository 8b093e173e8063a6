//! Rows read the express way: each chunk by a reader of its own, on all processors, what they come
//! to taken over in the order of the rows.

use super::{By, COMPARED, Reader};
use crate::{
    FirstPass, IntakeError, ReadError, Reject, Sink,
    express::{ChunkRows, Express, Irregular, Journey},
};
use beffroi_model::{Batch, Finding};
use foldhash::quality::RandomState;
use std::convert::Infallible;

/// What a chunk of rows came to.
#[derive(Default)]
pub(super) struct Yield {
    batches: Vec<Batch>,
    rejects: Vec<Reject>,
    findings: Vec<Finding>,
    digests: Vec<(u64, u64)>,
    rows_read: u64,
    rows_rejected: u64,
    rows_incomplete: u64,
}

impl Sink for Yield {
    type Error = Infallible;

    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        self.batches.push(batch);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        self.rejects.push(reject);
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), Infallible> {
        self.findings.push(finding.clone());
        Ok(())
    }
}

impl<'p> Reader<'p> {
    /// Reads all rows the express way: each chunk by a reader of its own, what they come to in the
    /// order of the rows.
    pub(super) fn travel<S: Sink>(
        &mut self,
        express: Express<'_>,
        by: By<'p>,
        sink: &mut S,
    ) -> Result<(), ReadError<S::Error>> {
        let (pass, hasher) = (self.pass, self.hasher.clone());
        let compared = usize::try_from(pass.survey.rows).unwrap_or(COMPARED);
        self.met.reserve(compared.min(COMPARED));
        let work = |rows: &mut ChunkRows<'_>| {
            let mut reader = Reader::of_chunk(pass, by, &hasher, rows.size())?;
            let mut yielded = Yield::default();
            while let Some(row) = rows.next()? {
                let Ok(()) = reader.pass_by(row, &mut yielded);
            }
            Ok(reader.end_chunk(yielded))
        };
        let width = pass.layout.headings.len();
        let journey = express.travel(width, pass.watch, work, |yielded| {
            self.take_over(yielded, sink)
        });
        match journey {
            Journey::Whole => Ok(()),
            Journey::Refused(error) => Err(ReadError::Sink(error)),
            Journey::Unreadable(error) => Err(IntakeError::from(error).into()),
            // All rows were regular when they were surveyed.
            Journey::Irregular => Err(IntakeError::Unreadable {
                reason: "it changed while it was read".to_owned(),
            }
            .into()),
        }
    }

    /// A reader of one chunk of so many bytes.
    pub(super) fn of_chunk(
        pass: FirstPass<'p>,
        by: By<'p>,
        hasher: &RandomState,
        bytes: usize,
    ) -> Result<Self, Irregular> {
        let mut reader = Self::new(pass, by).map_err(|_| Irregular)?;
        reader.found.clear();
        reader.hasher = hasher.clone();
        reader.digests = Some(Vec::new());
        reader.coming = bytes;
        Ok(reader)
    }

    /// What a chunk came to, of which the rows were passed by.
    pub(super) fn end_chunk(mut self, mut yielded: Yield) -> Yield {
        let Ok(()) = self.flush(&mut yielded);
        yielded.digests = self.digests.take().unwrap_or_default();
        yielded.rows_read = self.outcome.rows_read;
        yielded.rows_rejected = self.outcome.rows_rejected;
        yielded.rows_incomplete = self.outcome.rows_incomplete;
        yielded
    }

    /// Takes over what a chunk came to: its rows, those set aside and those kept, are yet to be
    /// handed on, as is what was found.
    pub(super) fn gather(&mut self, yielded: Yield) -> (Vec<Reject>, Vec<Batch>) {
        self.outcome.rows_read += yielded.rows_read;
        self.outcome.rows_rejected += yielded.rows_rejected;
        self.outcome.rows_incomplete += yielded.rows_incomplete;
        self.found.extend(yielded.findings);
        let found = self.found.len();
        for (line, digest) in yielded.digests {
            self.compare(line, digest);
        }
        if self.found.len() > found {
            // In the order of the rows; that a row was met before is said last of it.
            self.found.sort_by_key(|finding| finding.row);
        }
        (yielded.rejects, yielded.batches)
    }

    /// Hands on what a chunk came to.
    fn take_over<S: Sink>(&mut self, yielded: Yield, sink: &mut S) -> Result<(), S::Error> {
        let (rejects, batches) = self.gather(yielded);
        self.tell(sink)?;
        for reject in rejects {
            sink.reject(reject)?;
        }
        for batch in batches {
            sink.rows(batch)?;
        }
        self.watched(None);
        Ok(())
    }
}
