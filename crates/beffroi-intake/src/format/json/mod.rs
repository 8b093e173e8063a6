//! JSON: a list of records somewhere in a document, one record after the other (NDJSON), rows
//! as lists, columns as lists, GeoJSON.
//!
//! The first pass looks at the shape of the document, the second writes its records down one by
//! one: neither holds more than a record.

mod lexer;
mod value;

use value::Names;
pub(super) use value::{Flat, Json, flat};

use super::{
    Decided, Opened,
    decoded::{Charset, Decoded},
    geojson,
    table::Table,
};
use crate::{IntakeError, source::Bytes};
use beffroi_model::{Confidence, Reading};
use lexer::{Lexer, Token};
use std::io::Read;

/// How deep a list of records is looked for.
const DEPTH: usize = 6;
/// How many lists, and how many scalars above them, are remembered.
const MAX_SEEN: usize = 10_000;
/// How much memory one record may take.
const MAX_RECORD: u64 = 64 << 20;
/// How much memory a document may take whose columns are lists.
const MAX_COLUMNAR: u64 = 512 << 20;
/// The name of the only column of a list of plain values.
const VALUE: &str = "valeur";

/// Names under which programs usually put records.
const RECORDS: [&str; 24] = [
    "records",
    "results",
    "result",
    "data",
    "features",
    "items",
    "rows",
    "value",
    "values",
    "stations",
    "bikes",
    "vehicles",
    "vehicle_types",
    "observations",
    "entries",
    "elements",
    "hits",
    "member",
    "hydra:member",
    "@graph",
    "list",
    "donnees",
    "resultats",
    "lignes",
];
/// Names under which they put what describes records.
const ABOUT: [&str; 16] = [
    "fields",
    "columns",
    "headers",
    "header",
    "cols",
    "column_names",
    "schema",
    "links",
    "meta",
    "metadata",
    "facets",
    "facet_groups",
    "errors",
    "warnings",
    "parameters",
    "_links",
];
/// Of these, those that name the columns of rows that are lists.
const COLUMN_NAMES: [&str; 7] = [
    "fields",
    "columns",
    "headers",
    "header",
    "cols",
    "column_names",
    "entetes",
];

type Source<'a> = Lexer<Decoded<Box<dyn Read + Send + 'a>>>;

/// Opens a document: the list that `reading.records` declares, else the one that looks most like
/// records. `is_wanted` tells whether a name that stands above them is a declared column.
pub(super) fn open<'a>(
    bytes: Bytes<'_>,
    reading: &Reading,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Opened<'a>, IntakeError> {
    let charset = Charset::find(bytes, reading.encoding.as_deref())?;
    let start = || Ok::<_, IntakeError>(Lexer::new(charset.open(bytes)?));
    let mut shape = Shape::default();
    shape.look(&mut start()?)?;
    if let Some(format) = shape.foreign() {
        return Err(IntakeError::Unsupported { format });
    }
    let chosen = shape.choose(reading)?;
    let mut table = Table::default();
    let mut above = shape.above(&chosen, is_wanted);
    above.retain(|(_, value)| *value != Json::Null);
    let rows = Rows {
        table: &mut table,
        above: &above,
        is_feature: false,
        by_line: chosen.is_stream,
    };
    let names = shape.column_names(&chosen);
    let (is_feature, repairs) = rows.read(&mut start()?, &chosen, names.as_deref())?;
    let mut decisions = vec![
        Decided::of("format", chosen.format(is_feature)),
        Decided::of("encoding", charset.label()),
    ];
    if !chosen.path.is_empty() {
        decisions.push(shape.explain(&chosen, reading));
    }
    let others = shape.others(&chosen);
    if !others.is_empty() {
        decisions.push(Decided::of("other-records", others));
    }
    if repairs > 0 {
        decisions.push(Decided::of("json-repairs", repairs.to_string()).because(
            "nearly-json",
            &[],
            Confidence::Likely,
        ));
    }
    if is_feature {
        decisions.push(Decided::of("geometry", "longitude, latitude"));
    }
    // Rows that are lists have their header, if any, as the first of them.
    let has_names = names.is_some() || !matches!(chosen.kind, Kind::Lists);
    table.opened(has_names, decisions)
}

/// What the records of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Objects,
    /// Rows as lists of cells.
    Lists,
    /// Plain values.
    Scalars,
    /// An object whose members are the columns, as lists.
    Columns,
    /// Nothing.
    Empty,
}

/// A list, or an object of lists, that may be a table.
#[derive(Debug, Clone)]
struct Candidate {
    path: Vec<String>,
    kind: Kind,
    count: u64,
    /// One value after the other, without a list around them.
    is_stream: bool,
}

impl Candidate {
    fn new(path: &[String]) -> Self {
        Self {
            path: path.to_vec(),
            kind: Kind::Empty,
            count: 0,
            is_stream: false,
        }
    }

    fn count(&mut self, token: Token) {
        self.count += 1;
        let kind = match token {
            Token::Object => Kind::Objects,
            Token::List => Kind::Lists,
            Token::Null => return,
            _ => Kind::Scalars,
        };
        // A list of which some elements are objects is read as records.
        self.kind = match (self.kind, kind) {
            (Kind::Empty, kind) => kind,
            (Kind::Objects, _) | (_, Kind::Objects) => Kind::Objects,
            (before, kind) if before == kind => kind,
            _ => Kind::Scalars,
        };
    }

    /// How much a list looks like the records of its document.
    fn weight(&self) -> f64 {
        let name = self.path.last().map_or("", String::as_str);
        let known = if RECORDS.contains(&name) {
            20.0
        } else if ABOUT.contains(&name) {
            0.01
        } else {
            1.0
        };
        let kind = match self.kind {
            Kind::Objects => 1.0,
            Kind::Lists | Kind::Columns => 0.5,
            Kind::Scalars => 0.000_1,
            Kind::Empty => return 0.0,
        };
        #[expect(clippy::cast_precision_loss, reason = "a weight")]
        let count = self.count as f64;
        count * known * kind
    }

    fn format(&self, is_feature: bool) -> &'static str {
        match (is_feature, self.is_stream) {
            (true, _) => "GeoJSON",
            (false, true) => "NDJSON",
            (false, false) => "JSON",
        }
    }
}

/// What the first pass finds in a document.
#[derive(Debug, Default)]
struct Shape {
    candidates: Vec<Candidate>,
    /// Scalars with the path of their object.
    scalars: Vec<(Vec<String>, String, Json)>,
    /// Lists that may name columns.
    headers: Vec<Vec<String>>,
    is_object: bool,
}

impl Shape {
    fn look(&mut self, lexer: &mut Source<'_>) -> Result<(), IntakeError> {
        let first = lexer.next()?;
        let mut path = Vec::new();
        match first {
            Token::Done => return Err(IntakeError::Empty),
            Token::List => {
                // Nothing else can be the list of records than the outermost one.
                let mut root = Candidate::new(&[]);
                loop {
                    let token = lexer.next()?;
                    if token == Token::End {
                        break;
                    }
                    root.count(token);
                    skip(lexer, token)?;
                }
                self.candidates.push(root);
            }
            Token::Object => {
                self.is_object = true;
                self.object(lexer, &mut path)?;
            }
            _ => return Err(IntakeError::NotATable),
        }
        let second = lexer.next()?;
        if second == Token::Done {
            return Ok(());
        }
        let mut stream = Candidate::new(&[]);
        stream.is_stream = true;
        stream.count(first);
        stream.count(second);
        *self = Self {
            candidates: vec![stream],
            ..Self::default()
        };
        Ok(())
    }

    fn object(
        &mut self,
        lexer: &mut Source<'_>,
        path: &mut Vec<String>,
    ) -> Result<(), IntakeError> {
        let before = self.candidates.len();
        let mut members = 0_usize;
        while lexer.next()? == Token::Name {
            let name = lexer.text().to_owned();
            members += 1;
            match lexer.next()? {
                Token::Object if path.len() < DEPTH => {
                    path.push(name);
                    self.object(lexer, path)?;
                    path.pop();
                }
                Token::List if self.candidates.len() < MAX_SEEN => {
                    let names_columns = COLUMN_NAMES.contains(&name.as_str());
                    path.push(name);
                    self.list(lexer, path, names_columns)?;
                    path.pop();
                }
                token @ (Token::Object | Token::List) => skip(lexer, token)?,
                scalar => {
                    if self.scalars.len() < MAX_SEEN {
                        let value = Json::read(lexer, scalar, MAX_RECORD)?;
                        self.scalars.push((path.clone(), name, value));
                    }
                }
            }
        }
        // An object of which every member is a list of plain values, all as long.
        let lists = self.candidates.get(before..).unwrap_or_default();
        let is_columns = members >= 2
            && lists.len() == members
            && lists.iter().all(|list| {
                list.kind == Kind::Scalars
                    && list.path.len() == path.len() + 1
                    && lists.first().is_some_and(|first| first.count == list.count)
            });
        if is_columns {
            let mut columns = Candidate::new(path);
            (columns.kind, columns.count) = (Kind::Columns, lists.first().map_or(0, |l| l.count));
            self.candidates.truncate(before);
            self.candidates.push(columns);
        }
        Ok(())
    }

    fn list(
        &mut self,
        lexer: &mut Source<'_>,
        path: &[String],
        names_columns: bool,
    ) -> Result<(), IntakeError> {
        let mut candidate = Candidate::new(path);
        let mut names = Vec::new();
        loop {
            let token = lexer.next()?;
            if token == Token::End {
                break;
            }
            candidate.count(token);
            if candidate.count == 1 && token == Token::Object && !names_columns {
                if Json::read(lexer, token, MAX_RECORD)?.is_translation() {
                    candidate.kind = Kind::Scalars;
                }
            } else if names_columns && candidate.count <= MAX_SEEN as u64 {
                names.extend(column_name(&Json::read(lexer, token, MAX_RECORD)?));
            } else {
                skip(lexer, token)?;
            }
        }
        if names.len() as u64 == candidate.count && !names.is_empty() {
            let mut given = Names::default();
            self.headers
                .push(names.iter().map(|name| given.unused(name)).collect());
        }
        self.candidates.push(candidate);
        Ok(())
    }

    /// The name of a format that is JSON but no list of records.
    fn foreign(&self) -> Option<&'static str> {
        let has = |name: &str| {
            self.scalars
                .iter()
                .any(|(path, other, _)| path.is_empty() && other == name)
        };
        let says = |name: &str, wanted: &str| {
            self.scalars.iter().any(|(path, other, value)| {
                path.is_empty() && other == name && value.text() == Some(wanted)
            })
        };
        let below = |name: &str| {
            self.candidates
                .iter()
                .any(|candidate| candidate.path.first().is_some_and(|first| first == name))
        };
        if says("type", "Topology") {
            Some("TopoJSON")
        } else if has("version") && (says("class", "dataset") || says("class", "collection")) {
            Some("JSON-stat")
        } else if below("dataSets") && below("structure") {
            Some("SDMX-JSON")
        } else if has("nbformat") {
            Some("Jupyter")
        } else {
            None
        }
    }

    fn choose(&self, reading: &Reading) -> Result<Candidate, IntakeError> {
        let not_found = || IntakeError::RecordsNotFound {
            path: reading.records.clone(),
        };
        if let Some(declared) = &reading.records {
            let path: Vec<&str> = declared
                .split('.')
                .filter(|part| !part.is_empty() && *part != "$")
                .collect();
            let found = self.candidates.iter().find(|candidate| {
                candidate
                    .path
                    .iter()
                    .map(String::as_str)
                    .eq(path.iter().copied())
            });
            return found.cloned().ok_or_else(not_found);
        }
        let best = self
            .candidates
            .iter()
            // The first of equals.
            .rev()
            .max_by(|a, b| {
                (a.weight().total_cmp(&b.weight())).then(b.path.len().cmp(&a.path.len()))
            });
        match best {
            Some(best) if best.kind == Kind::Scalars && !best.path.is_empty() => Err(not_found()),
            Some(best) if best.kind != Kind::Empty => Ok(best.clone()),
            Some(_) if self.candidates.len() == 1 => Err(IntakeError::Empty),
            _ => Err(not_found()),
        }
    }

    /// The scalars of the objects around a list that are wanted as columns.
    fn above(&self, chosen: &Candidate, is_wanted: &dyn Fn(&str) -> bool) -> Flat {
        let around = chosen.path.len().saturating_sub(1);
        let path = chosen.path.get(..around).unwrap_or_default();
        self.scalars
            .iter()
            .filter(|(object, name, _)| path.starts_with(object) && is_wanted(name))
            .map(|(_, name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The names of the columns of rows that are lists.
    fn column_names(&self, chosen: &Candidate) -> Option<Vec<String>> {
        (chosen.kind == Kind::Lists)
            .then(|| self.headers.first().cloned())
            .flatten()
    }

    /// Why that list was taken for the records.
    fn explain(&self, chosen: &Candidate, reading: &Reading) -> Decided {
        let decided = Decided::of("records", chosen.path.join("."));
        if reading.records.is_some() {
            return decided;
        }
        let next = self
            .candidates
            .iter()
            .filter(|other| other.path != chosen.path)
            .map(Candidate::weight)
            .fold(0.0, f64::max);
        let confidence = if next == 0.0 {
            Confidence::Sure
        } else if next * 2.0 < chosen.weight() {
            Confidence::Likely
        } else {
            Confidence::Doubtful
        };
        decided.because(
            "records-count",
            &[("count", chosen.count.to_string())],
            confidence,
        )
    }

    /// The other lists of objects or rows.
    fn others(&self, chosen: &Candidate) -> String {
        let others = self.candidates.iter().filter(|other| {
            other.path != chosen.path && matches!(other.kind, Kind::Objects | Kind::Lists)
        });
        let mut named: Vec<String> = others
            .take(13)
            .map(|other| format!("{} ({})", other.path.join("."), other.count))
            .collect();
        if named.len() > 12 {
            named.truncate(12);
            named.push("…".to_owned());
        }
        named.join(", ")
    }
}

/// The second pass.
struct Rows<'t> {
    table: &'t mut Table,
    /// What every row gets beside its own columns.
    above: &'t Flat,
    is_feature: bool,
    /// Whether rows are known by the lines of the file.
    by_line: bool,
}

impl Rows<'_> {
    /// Reads the chosen list; tells whether its records are those of GeoJSON, and how many things
    /// had to be mended in the document.
    fn read(
        mut self,
        lexer: &mut Source<'_>,
        chosen: &Candidate,
        names: Option<&[String]>,
    ) -> Result<(bool, u64), IntakeError> {
        if chosen.is_stream {
            loop {
                let token = lexer.next()?;
                if token == Token::Done {
                    break;
                }
                self.element(lexer, token, names)?;
            }
            return Ok((self.is_feature, lexer.repairs()));
        }
        let mut token = lexer.next()?;
        for wanted in &chosen.path {
            token = member(lexer, wanted)?;
        }
        if chosen.kind == Kind::Columns {
            self.columns(&Json::read(lexer, token, MAX_COLUMNAR)?)?;
        } else if token == Token::List {
            loop {
                let token = lexer.next()?;
                if token == Token::End {
                    break;
                }
                self.element(lexer, token, names)?;
            }
        }
        // What follows was looked at in the first pass, for its repairs too.
        while lexer.next()? != Token::Done {}
        Ok((self.is_feature, lexer.repairs()))
    }

    fn element(
        &mut self,
        lexer: &mut Source<'_>,
        token: Token,
        names: Option<&[String]>,
    ) -> Result<(), IntakeError> {
        let value = Json::read(lexer, token, MAX_RECORD)?;
        let line = self.by_line.then(|| lexer.line());
        let mut row = match &value {
            Json::Object(_) if is_feature(&value) => {
                self.is_feature = true;
                geojson::flat(&value)
            }
            Json::Object(_) => flat(fields_of(&value)),
            Json::List(cells) => {
                for (index, cell) in cells.iter().enumerate() {
                    match names.and_then(|names| names.get(index)) {
                        Some(name) => self.set(name, cell),
                        None => self.set(&format!("{VALUE} {}", index + 1), cell),
                    }
                }
                Vec::new()
            }
            scalar => vec![(VALUE.to_owned(), scalar.clone())],
        };
        for (name, value) in self.above {
            if !row.iter().any(|(other, _)| other == name) {
                row.push((name.clone(), value.clone()));
            }
        }
        for (name, value) in &row {
            self.set(name, value);
        }
        self.table.end_row(line)
    }

    /// Rows out of columns.
    fn columns(&mut self, value: &Json) -> Result<(), IntakeError> {
        let Json::Object(columns) = value else {
            return Ok(());
        };
        let rows = columns
            .first()
            .and_then(|(_, column)| column.list())
            .map_or(0, <[Json]>::len);
        for row in 0..rows {
            for (name, column) in columns {
                let cell = column.list().and_then(|column| column.get(row));
                self.set(name, cell.unwrap_or(&Json::Null));
            }
            self.table.end_row(None)?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &Json) {
        match value {
            Json::Number(number) => self.table.set_number(name, &plain(number)),
            other => self.table.set(name, &other.cell()),
        }
    }
}

/// Goes past a value that starts with a token.
fn skip(lexer: &mut Source<'_>, first: Token) -> Result<(), IntakeError> {
    let mut depth = 0_usize;
    let mut token = first;
    loop {
        match token {
            Token::Object | Token::List => depth += 1,
            Token::End => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(());
        }
        token = lexer.next()?;
    }
}

/// Goes to the value of a member of the object that has just started.
fn member(lexer: &mut Source<'_>, wanted: &str) -> Result<Token, IntakeError> {
    while lexer.next()? == Token::Name {
        let found = lexer.text() == wanted;
        let token = lexer.next()?;
        if found {
            return Ok(token);
        }
        skip(lexer, token)?;
    }
    Err(IntakeError::RecordsNotFound {
        path: Some(wanted.to_owned()),
    })
}

/// The name of a column: a text, or what an object says under the usual names.
fn column_name(value: &Json) -> Option<String> {
    ["name", "fieldName", "id", "label", "title"]
        .iter()
        .find_map(|name| value.get(name)?.text())
        .or_else(|| value.text())
        .map(str::to_owned)
}

fn is_feature(record: &Json) -> bool {
    record.get("type").and_then(Json::text) == Some("Feature") && record.get("properties").is_some()
}

/// The object that holds a record's own columns: Opendatasoft wraps them in `fields`, in versions
/// before 2.1 of its interface.
fn fields_of(record: &Json) -> &Json {
    let inner = record.get("record").unwrap_or(record);
    match inner.get("fields") {
        Some(fields @ Json::Object(_))
            if inner.get("recordid").is_some()
                || inner.get("datasetid").is_some()
                || (inner.get("id").is_some() && inner.get("timestamp").is_some()) =>
        {
            fields
        }
        _ => record,
    }
}

/// A number without exponent, its digits kept.
fn plain(number: &str) -> String {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return number.to_owned();
    };
    let Some(exponent) = exponent
        .parse::<i32>()
        .ok()
        .filter(|exponent| exponent.abs() <= 60)
    else {
        return number.to_owned();
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{decimals}");
    let mut point = i32::try_from(whole.len()).unwrap_or(0) + exponent;
    while point <= 0 {
        digits.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).unwrap_or(0);
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, decimals) = digits.split_at(point);
    if decimals.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{decimals}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str, records: Option<&str>) -> (Vec<String>, Vec<Vec<String>>) {
        let reading = Reading {
            records: records.map(str::to_owned),
            ..Reading::default()
        };
        let opened = open(Bytes::Held(text.as_bytes()), &reading, &|name| {
            name == "last_updated"
        })
        .unwrap();
        let mut rows = opened.grid.rows();
        let mut cells = Vec::new();
        while let Some(row) = rows.next() {
            cells.push(row.cells().map(str::to_owned).collect());
        }
        (opened.names.unwrap(), cells)
    }

    #[test]
    fn records_are_found_wherever_they_are() {
        for text in [
            r#"[{"a":1,"b":"x"}]"#,
            r#"{"total_count":1,"results":[{"a":1,"b":"x"}]}"#,
            r#"{"nhits":1,"records":[{"recordid":"z","fields":{"a":1,"b":"x"}}]}"#,
            r#"{"ttl":0,"data":{"stations":[{"a":1,"b":"x"}]}}"#,
        ] {
            assert_eq!(
                read(text, None),
                (
                    vec!["a".into(), "b".into()],
                    vec![vec!["1".into(), "x".into()]]
                ),
                "{text}"
            );
        }
        let (names, rows) = read("{\"a\":1}\n\n{\"b\":{\"c\":[1,2]}}\n", None);
        assert_eq!(names, ["a", "b.c"]);
        assert_eq!(rows, [["1", ""], ["", "1, 2"]]);
    }

    #[test]
    fn a_wanted_scalar_above_the_records_is_a_column() {
        let (names, rows) = read(
            r#"{"last_updated":7,"ttl":60,"data":{"x":[{"a":1},{"a":2}]}}"#,
            Some("data.x"),
        );
        assert_eq!(names, ["a", "last_updated"]);
        assert_eq!(rows, [["1", "7"], ["2", "7"]]);
    }

    #[test]
    fn rows_and_columns_may_be_lists() {
        let expected = (
            vec!["a".to_owned(), "b".to_owned()],
            vec![
                vec!["1".to_owned(), "x".to_owned()],
                vec!["2.50".to_owned(), String::new()],
            ],
        );
        for text in [
            r#"{"columns":["a","b"],"data":[[1,"x"],[2.50,null]]}"#,
            r#"{"fields":[{"id":"a"},{"id":"b"}],"rows":[[1,"x"],[2.50,null]]}"#,
            r#"{"a":[1,2.50],"b":["x",null]}"#,
            r#"{"ok":true,"result":{"a":[1,2.50],"b":["x",null]}}"#,
        ] {
            assert_eq!(read(text, None), expected, "{text}");
        }
    }

    #[test]
    fn what_describes_records_is_not_taken_for_them() {
        let text =
            r#"{"result":{"fields":[{"id":"_id"},{"id":"a"},{"id":"b"}],"records":[{"a":1}]}}"#;
        assert_eq!(read(text, None).1, [["1"]]);
        assert_eq!(read(text, Some("result.fields")).1.len(), 3);
    }

    #[test]
    fn translations_come_in_french_and_a_second_member_of_a_name_is_kept() {
        let text = r#"[{"n":[{"text":"Town hall","language":"en"},{"text":"Mairie","language":"fr"}],"n":1e3}]"#;
        assert_eq!(
            read(text, None),
            (
                vec!["n".into(), "n (2)".into()],
                vec![vec!["Mairie".into(), "1000".into()]]
            )
        );
    }

    #[test]
    fn an_exponent_is_written_out() {
        for (number, expected) in [
            ("1e3", "1000"),
            ("-1.25E1", "-12.5"),
            ("12.5e-4", "0.00125"),
            ("1e-1", "0.1"),
            ("0.5e+0", "0.5"),
            ("1e400", "1e400"),
            ("12.50", "12.50"),
        ] {
            assert_eq!(plain(number), expected);
        }
    }

    #[test]
    fn other_formats_made_of_json_are_named() {
        for (text, name) in [
            (r#"{"type":"Topology","arcs":[[[1,2]]]}"#, "TopoJSON"),
            (
                r#"{"version":"2.0","class":"dataset","value":[1,2]}"#,
                "JSON-stat",
            ),
            (
                r#"{"dataSets":[{"a":1}],"structure":{"x":[{"b":1}]}}"#,
                "SDMX-JSON",
            ),
        ] {
            let found = open(Bytes::Held(text.as_bytes()), &Reading::default(), &|_| {
                false
            })
            .err();
            assert_eq!(found, Some(IntakeError::Unsupported { format: name }));
        }
    }
}
