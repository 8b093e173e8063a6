//! The express way of a file whose rows are all alike: cut at row ends into chunks, which all
//! processors read at once.
//!
//! The rows, and what is done with each, are those of the ordinary way. Rows that were written
//! down under their names all go this way; a delimited text with anything out of line (a row of
//! another width, a quote that is no plain quote) is left to the ordinary way as a whole.

mod chunks;
mod split;

use crate::{
    Bytes,
    progress::Watch,
    record::Record,
    spool::{PieceRows, Pieces, Spool},
};
use chunks::{CHUNK, Chunk, Chunks};
pub(crate) use split::Irregular;
use split::Split;
use std::{collections::VecDeque, io, sync::Mutex, sync::mpsc, thread};

/// What may go the express way.
#[derive(Clone, Copy)]
pub(crate) enum Express<'a> {
    Text(Plain<'a>),
    Spooled(&'a Spool),
}

/// A text that may go the express way: UTF-8, cells between `"` where they must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain<'a> {
    pub(crate) bytes: Bytes<'a>,
    /// Bytes before the first row, a byte order mark left aside.
    pub(crate) skip: u64,
    /// Lines before the first row.
    pub(crate) lines: u64,
    pub(crate) delimiter: u8,
}

/// What is smaller than this is read sooner than it is cut up. (In tests, all go this way.)
const WORTHWHILE: u64 = if cfg!(any(test, fuzzing)) { 1 } else { 1 << 20 };

#[cfg(any(test, fuzzing))]
thread_local! {
    /// Whether texts are to go the ordinary way.
    pub(crate) static ORDINARY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// What became of a text.
pub(crate) enum Journey<E> {
    /// All of it was taken.
    Whole,
    /// Some of it is for the ordinary way.
    Irregular,
    /// It cannot be read.
    Unreadable(io::Error),
    /// Its rows were refused.
    Refused(E),
}

impl Express<'_> {
    /// Whether there is enough of it.
    pub(crate) fn is_worthwhile(&self) -> bool {
        #[cfg(any(test, fuzzing))]
        if ORDINARY.get() {
            return false;
        }
        let size = match self {
            Self::Text(text) => text.bytes.len().unwrap_or(0),
            Self::Spooled(spool) => spool.size().1,
        };
        size >= WORTHWHILE
    }

    /// About how many rows there are, or rather more.
    pub(crate) fn about_rows(&self) -> u64 {
        match self {
            // They are seldom shorter.
            Self::Text(text) => text.bytes.len().unwrap_or(0) / 64,
            Self::Spooled(spool) => spool.size().0,
        }
    }

    /// Works through the rows, chunk by chunk on all processors, and hands what each chunk comes
    /// to over in their order. No more chunks are under way than processors need.
    pub(crate) fn travel<T: Send, E>(
        &self,
        width: usize,
        watch: Option<&Watch<'_>>,
        work: impl Fn(&mut ChunkRows<'_>) -> Result<T, Irregular> + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Journey<E> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let mut source = match self {
            Self::Text(text) => match Chunks::open(text) {
                Ok(chunks) => Source::Text(chunks),
                Err(error) => return Journey::Unreadable(error),
            },
            Self::Spooled(spool) => Source::Spooled(spool.pieces(), Vec::new()),
        };
        let (orders, waiting) = mpsc::channel::<Order<T>>();
        let waiting = Mutex::new(waiting);
        let labour = || {
            loop {
                let order = waiting.lock().map(|waiting| waiting.recv());
                let Ok(Ok(Order { chunk, answer })) = order else {
                    return;
                };
                let done = self
                    .rows_of(&chunk, width)
                    .and_then(|mut rows| work(&mut rows));
                // Nobody waits for it when an earlier chunk was out of line.
                let _ = answer.send((done, chunk.bytes));
            }
        };
        thread::scope(|scope| {
            for _ in 0..processors {
                scope.spawn(labour);
            }
            // Dropped at the end, for the workers to go home.
            let orders = orders;
            let mut under_way = VecDeque::new();
            let mut ended = false;
            loop {
                while !ended && under_way.len() <= processors {
                    match source.next() {
                        Ok(Some(chunk)) => {
                            let (answer, done) = mpsc::channel();
                            if orders.send(Order { chunk, answer }).is_err() {
                                return Journey::Irregular;
                            }
                            under_way.push_back(done);
                        }
                        Ok(None) => ended = true,
                        Err(error) => return Journey::Unreadable(error),
                    }
                }
                let Some(done) = under_way.pop_front() else {
                    return Journey::Whole;
                };
                let Ok((Ok(made), bytes)) = done.recv() else {
                    return Journey::Irregular;
                };
                source.give_back(bytes);
                if let Err(error) = take(made) {
                    return Journey::Refused(error);
                }
                if let (Some(watch), Source::Spooled(pieces, _)) = (watch, &source) {
                    watch.place(pieces.place());
                }
            }
        })
    }

    fn rows_of<'c>(&'c self, chunk: &'c Chunk, width: usize) -> Result<ChunkRows<'c>, Irregular> {
        Ok(match self {
            Self::Text(text) => ChunkRows::Text(Split::new(chunk, text.delimiter, width)?),
            Self::Spooled(spool) => ChunkRows::Spooled(spool.rows_of(&chunk.bytes)),
        })
    }
}

/// Where chunks come from.
enum Source<'a> {
    Text(Chunks<'a>),
    /// With buffers to be used again.
    Spooled(Pieces<'a>, Vec<Vec<u8>>),
}

impl Source<'_> {
    /// The next rows; none after the last.
    fn next(&mut self) -> io::Result<Option<Chunk>> {
        match self {
            Self::Text(chunks) => chunks.next(),
            Self::Spooled(pieces, spare) => {
                let mut bytes = spare.pop().unwrap_or_default();
                let is_one = pieces.next(CHUNK, &mut bytes);
                Ok(is_one.then_some(Chunk { bytes, line: 0 }))
            }
        }
    }

    fn give_back(&mut self, buffer: Vec<u8>) {
        match self {
            Self::Text(chunks) => chunks.give_back(buffer),
            Self::Spooled(_, spare) => spare.push(buffer),
        }
    }
}

/// The rows of a chunk.
pub(crate) enum ChunkRows<'c> {
    Text(Split<'c>),
    Spooled(PieceRows<'c>),
}

impl ChunkRows<'_> {
    /// How many bytes they take.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(rows) => rows.size(),
            Self::Spooled(rows) => rows.size(),
        }
    }

    /// The next row; none after the last.
    pub(crate) fn next(&mut self) -> Result<Option<&Record>, Irregular> {
        match self {
            Self::Text(rows) => rows.next(),
            Self::Spooled(rows) if rows.is_over() => Ok(None),
            // What was cut, the ordinary way says.
            Self::Spooled(rows) => rows.next().map(Some).ok_or(Irregular),
        }
    }
}

/// A chunk to work on, and where the answer goes, with its buffer to be used again.
struct Order<T> {
    chunk: Chunk,
    answer: mpsc::Sender<(Result<T, Irregular>, Vec<u8>)>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::ORDINARY;
    use crate::{
        Context, Forgets, Input, IntakeError, Outcome, ReadError, Recognised, Reject, Sink,
        read_in, read_once, recognise, suppose,
    };
    use beffroi_model::{
        Batch, Bound, ColumnData, ColumnId, ColumnType, Comparison, Finding, Reading, Rule, Schema,
    };
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use std::convert::Infallible;

    #[derive(Debug, Default, PartialEq)]
    struct Kept {
        cells: Vec<Vec<String>>,
        rejects: Vec<Reject>,
        findings: Vec<Finding>,
    }

    impl Sink for Kept {
        type Error = Infallible;

        fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
            self.cells.resize_with(batch.columns.len(), Vec::new);
            for (cells, column) in self.cells.iter_mut().zip(&batch.columns) {
                for row in 0..column.data.len() {
                    let state = column.states.as_ref().map(|states| states[row].code());
                    // States are told where some is more than a missing value.
                    let state = state.filter(|state| *state > 1);
                    cells.push(match &column.data {
                        ColumnData::Text(texts) => format!("{:?}{state:?}", texts.get(row)),
                        ColumnData::Integer(values) => format!("{:?}{state:?}", values[row]),
                        ColumnData::Decimal { values, .. } => format!("{:?}{state:?}", values[row]),
                        ColumnData::Boolean(values) => format!("{:?}{state:?}", values[row]),
                        ColumnData::Date(values) => format!("{:?}{state:?}", values[row]),
                        ColumnData::DateTime(values) => format!("{:?}{state:?}", values[row]),
                    });
                }
            }
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

    /// The same, counting how often it had to go back.
    #[derive(Debug, Default)]
    struct Forgetful {
        kept: Kept,
        forgot: usize,
    }

    impl Sink for Forgetful {
        type Error = Infallible;

        fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
            self.kept.rows(batch)
        }

        fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
            self.kept.reject(reject)
        }

        fn finding(&mut self, finding: &Finding) -> Result<(), Infallible> {
            self.kept.finding(finding)
        }
    }

    impl Forgets for Forgetful {
        fn forget(&mut self) -> Result<(), Infallible> {
            assert_eq!((self.kept.rejects.len(), self.kept.findings.len()), (0, 0));
            self.kept = Kept::default();
            self.forgot += 1;
            Ok(())
        }
    }

    /// Holds what one travel comes to against what two come to. Tells how often it went back.
    fn assert_same_at_once(text: &str, schema: &Schema) -> usize {
        let (input, reading) = (Input::held("f.csv", text.as_bytes()), Reading::default());
        let context = Context {
            delivered_on: NaiveDate::from_ymd_opt(2024, 1, 20),
            time: schema.columns.last().map(|column| &column.id),
            ..Context::default()
        };
        let (mut once, mut twice) = (Forgetful::default(), Kept::default());
        let told = |outcome: Outcome| format!("{outcome:?}");
        let at_once = read_once(input, &reading, schema, &context, &mut once).map(told);
        let in_two = read_in(input, &reading, schema, &context, &mut twice).map(told);
        assert_eq!(format!("{at_once:?}"), format!("{in_two:?}"), "{text}");
        if at_once.is_ok() {
            assert_eq!(once.kept, twice, "{text}");
        }
        once.forgot
    }

    /// The schema that the first rows of a text let guess, each second number taken for a decimal.
    fn guessed(text: &str) -> Option<Schema> {
        let input = Input::held("f.csv", text.as_bytes());
        let mut schema = recognise(input, &Reading::default()).ok()?.schema;
        for column in schema.columns.iter_mut().step_by(2) {
            if column.kind == ColumnType::Integer {
                column.kind = ColumnType::Decimal { scale: 3 };
            }
        }
        Some(schema)
    }

    #[test]
    fn what_the_first_rows_let_suppose_stands_or_is_forgotten() {
        let rows = |last: &str| {
            let rows = (0..400).map(|n| format!("{n};2024-01-{:02};{n},5\n", n % 28 + 1));
            format!("id;jour;montant\n{}{last}", rows.collect::<String>())
        };
        let schema = guessed(&rows("")).unwrap();
        assert_eq!(assert_same_at_once(&rows(""), &schema), 0);
        // A cell that does not fit, a row met before.
        assert_eq!(
            assert_same_at_once(&rows("1x;2024-01-02;1,5\n1;2024-01-02;1,5\n"), &schema),
            0
        );
        for last in [
            "Total;;1\n",
            "1;2024-01-02\n",
            "id;jour;montant\n",
            "\"a\"b;;\n",
        ] {
            assert_eq!(assert_same_at_once(&rows(last), &schema), 1, "{last}");
        }
        // Which of day and month comes first, and which mark, the last rows tell.
        let rows = (0..400).map(|n| format!("{:02}/{:02}/2024;1,500\n", n % 12 + 1, n % 11 + 1));
        let rows: String = rows.collect();
        let text = format!("jour;montant\n{rows}01/28/2024;1.5\n");
        let schema = guessed(&text).unwrap();
        assert_eq!(assert_same_at_once(&text, &schema), 1);
    }

    /// Holds what comes of a table supposed from its first rows against what comes of one
    /// recognised from all. Tells whether what was supposed stood.
    fn assert_as_supposed(name: &str, text: &str, verbatim: bool) -> bool {
        let input = Input::held(name, text.as_bytes());
        let read = |table: Result<Recognised<'_>, IntakeError>| {
            let (mut table, mut stood) = (table?, true);
            loop {
                let mut sink = Forgetful::default();
                match table.read_once(verbatim, &mut sink) {
                    Ok(Some(outcome)) => {
                        let (header, titles) = (&table.header, table.titles());
                        let titles: Vec<&str> = titles.collect();
                        let Recognised {
                            schema, decisions, ..
                        } = &table;
                        let told =
                            format!("{header:?} {titles:?} {schema:?} {decisions:?} {outcome:?}");
                        return Ok((told, sink.kept, stood));
                    }
                    Ok(None) => stood = false,
                    Err(ReadError::Intake(error)) => return Err(error),
                }
            }
        };
        let reading = Reading::default();
        let as_supposed = read(suppose(input, &reading));
        let stood = as_supposed.as_ref().is_ok_and(|(_, _, stood)| *stood);
        let without = |read: Result<(String, Kept, bool), IntakeError>| {
            let read = read.map(|(told, kept, _)| (told, kept));
            read.map_err(|error| format!("{error:?}"))
        };
        assert_eq!(
            without(as_supposed),
            without(read(recognise(input, &reading))),
            "{text}"
        );
        stood
    }

    #[test]
    fn a_table_is_as_supposed_or_recognised_from_all_rows() {
        let rows = |last: &str| {
            let rows = (0..400).map(|n| format!("{n};2024-01-{:02} 10:00:00;{n},5\n", n % 28 + 1));
            format!("id;instant;montant\n{}{last}", rows.collect::<String>())
        };
        for verbatim in [false, true] {
            let stands = |last: &str| assert_as_supposed("f.csv", &rows(last), verbatim);
            assert!(stands("") && stands("4;2024-01-02 10:00:00;1,5\n"));
            for last in [
                "x;2024-01-02 10:00:00;1,5\n",
                "4;2024-01-02 10:00:00;1,55\n",
                "4;demain;1,5\n",
                "4;2024-01-02 10:00:00;1,5;x\n",
                "4;;\n",
                "Total;;1\n",
                "4;2024-01-02 10:00:00\n",
                "\"a\"b;;\n",
            ] {
                assert!(!stands(last), "{last}");
            }
        }
    }

    /// Everything that reading a text comes to.
    fn read(text: &str, ordinary: bool, verbatim: bool) -> Option<(String, Kept, bool)> {
        ORDINARY.set(ordinary);
        let name = if text.starts_with('[') {
            "f.json"
        } else {
            "f.csv"
        };
        let read = recognise(Input::held(name, text.as_bytes()), &Reading::default());
        ORDINARY.set(false);
        let table = read.ok()?;
        let mut kept = Kept::default();
        let Outcome {
            rows_read,
            rows_rejected,
            decisions,
            ..
        } = match verbatim {
            true => table.read_text(&mut kept).unwrap(),
            false => table.read(&mut kept).unwrap(),
        };
        let told = format!(
            "{:?} {:?} {decisions:?} {rows_read} {rows_rejected}",
            table.header, table.schema
        );
        Some((told, kept, table.survey.is_regular))
    }

    fn assert_same(text: &str) {
        for verbatim in [false, true] {
            let (Some(express), Some(ordinary)) =
                (read(text, false, verbatim), read(text, true, verbatim))
            else {
                assert_eq!(read(text, false, verbatim), read(text, true, verbatim));
                return;
            };
            assert!(!ordinary.2);
            assert_eq!((express.0, express.1), (ordinary.0, ordinary.1), "{text}");
        }
    }

    #[test]
    fn a_clean_table_goes_the_express_way() {
        let rows = (0..400).map(|n| {
            format!(
                "{n};2024-01-{:02};\"dit \"\"Port\"\"; no {n}\";{n},5\r\n",
                n % 28 + 1
            )
        });
        let text = format!("id;jour;nom;montant\r\n{}", rows.collect::<String>());
        assert!(read(&text, false, false).unwrap().2);
        assert_same(&text);
    }

    #[test]
    fn what_each_row_is_held_to_is_held_the_express_way_too() {
        let rows = (0..400).map(|n| format!("{n};{};2024-01-{:02}\n", n % 37, n % 31 + 1));
        let text = format!("a;b;jour\n{}", rows.collect::<String>());
        let input = Input::held("f.csv", text.as_bytes());
        let mut schema = recognise(input, &Reading::default()).unwrap().schema;
        let ids: Vec<ColumnId> = schema.columns.iter().map(|it| it.id.clone()).collect();
        schema.rules = vec![Rule::Compare {
            column: ids[0].clone(),
            op: Comparison::GreaterOrEqual,
            other: ids[1].clone(),
        }];
        schema.columns[0].constraints.maximum = Some(Bound {
            value: "390".to_owned(),
            excluded: false,
        });
        let context = Context {
            delivered_on: NaiveDate::from_ymd_opt(2024, 1, 20),
            time: ids.last(),
            ..Context::default()
        };
        let found = |ordinary: bool| {
            ORDINARY.set(ordinary);
            let mut kept = Kept::default();
            let outcome = read_in(input, &Reading::default(), &schema, &context, &mut kept);
            ORDINARY.set(false);
            assert_eq!(outcome.unwrap().rows_read, 400);
            kept
        };
        let express = found(false);
        assert!(express.findings.len() > 100, "{:?}", express.findings);
        assert_eq!(express, found(true));
    }

    /// The rows of a table as records, whole numbers as such.
    fn records(text: &str) -> String {
        let cell = |(place, cell): (usize, &str)| match cell.parse::<i64>() {
            Ok(number) => format!("\"nom{place}\":{number}"),
            Err(_) => format!("\"nom{place}\":\"{}\"", cell.replace(['"', '\r'], "'")),
        };
        let record = |line: &str| {
            let cells: Vec<String> = line.split(';').enumerate().map(cell).collect();
            format!("{{{}}}", cells.join(","))
        };
        let records: Vec<String> = text.lines().map(record).collect();
        format!("[{}]", records.join(",\n"))
    }

    /// A cell of a column of one kind, now and then of another.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[a-zé ]{0,6}",
            1 => "\"([a-z;\n]|\"\"){0,5}\"",
            1 => prop::sample::select(vec![
                "", "nd", "s", "-", "Total", "total nord", "Source : INSEE", "12,5", "1.234", "0",
                "2024-02-31", "OUI", "a\"b", "\u{feff}x", " ", "nom",
            ]).prop_map(str::to_owned),
        ]
    }

    fn value(kind: usize) -> BoxedStrategy<String> {
        match kind {
            0 => (-2000_i64..2000).prop_map(|n| n.to_string()).boxed(),
            1 => (0_i64..2_000_000, prop::sample::select(vec![",", "."]))
                .prop_map(|(n, mark)| format!("{}{mark}{:02}", n / 100, n % 100))
                .boxed(),
            2 => (1..29, 1..13, 2019..2025)
                .prop_map(|(d, m, y)| format!("{y}-{m:02}-{d:02}"))
                .boxed(),
            3 => (1..29, 1..13, 2019..2025)
                .prop_map(|(d, m, y)| format!("{d:02}/{m:02}/{y}"))
                .boxed(),
            4 => (1..29, 0..24, 0..60)
                .prop_map(|(d, h, m)| format!("2024-05-{d:02} {h:02}:{m:02}:00"))
                .boxed(),
            5 => "[0-9]{5}|2A[0-9]{3}".boxed(),
            6 => prop::sample::select(vec!["OUI", "NON"])
                .prop_map(str::to_owned)
                .boxed(),
            _ => cell().boxed(),
        }
    }

    fn table() -> impl Strategy<Value = String> {
        prop::collection::vec(0..8_usize, 2..5).prop_flat_map(|kinds| {
            let row: Vec<_> = kinds
                .iter()
                .map(|kind| prop_oneof![60 => value(*kind), 1 => cell(), 1 => Just(String::new())])
                .collect();
            let names: Vec<String> = (0..kinds.len()).map(|n| format!("nom{n}")).collect();
            let line = prop_oneof![
                200 => row.prop_map(|cells| cells.join(";")),
                1 => Just(names.join(";")),
                1 => Just(String::new()),
                1 => Just("Source : mairie".to_owned()),
                1 => Just("trop;de;cellules;ici;donc".to_owned()),
            ];
            let end = prop::sample::select(vec!["\n", "\r\n"]);
            (prop::collection::vec(line, 1..80), end, any::<bool>()).prop_map(
                move |(lines, end, last)| {
                    let mut text = names.join(";");
                    for line in lines {
                        text.push_str(end);
                        text.push_str(&line);
                    }
                    if last {
                        text.push_str(end);
                    }
                    text
                },
            )
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn both_ways_come_to_the_same(text in table()) {
            assert_same(&text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn both_ways_of_what_was_written_down_come_to_the_same(text in table()) {
            assert_same(&records(&text));
        }

        #[test]
        fn a_table_supposed_comes_to_the_same_as_one_recognised(
            text in table(),
            verbatim in any::<bool>(),
        ) {
            assert_as_supposed("f.csv", &text, verbatim);
            assert_as_supposed("f.json", &records(&text), verbatim);
        }

        #[test]
        fn one_travel_comes_to_the_same_as_two(text in table(), other in table()) {
            for schema in [guessed(&text), guessed(&other)].into_iter().flatten() {
                assert_same_at_once(&text, &schema);
            }
        }
    }
}
