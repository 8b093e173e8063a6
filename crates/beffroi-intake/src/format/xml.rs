//! XML: a budget (TOTEM), or any document in which one element comes again and again, each time
//! with a row of attributes and texts.
//!
//! Nothing outside of the document is ever fetched, and no entity is expanded but those of
//! characters.

use super::{
    Decided, Opened,
    decoded::{Charset, Decoded},
    table::Table,
    totem,
};
use crate::{Input, IntakeError, source::Bytes};
use beffroi_model::{Confidence, Reading};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
};
use std::{
    collections::HashMap,
    io::{self, BufRead, Read},
};

/// How deep elements may be inside one another.
const MAX_DEPTH: usize = 128;
/// How long one tag or one text may be.
const MAX_EVENT: u64 = 16 << 20;
/// How many columns of a kind of element are counted.
const MAX_NAMES: usize = 4096;

/// Formats made of XML that hold no table, or that another format says better: the local name of
/// the root, and how the format is called.
const NO_TABLES: [(&str, &str); 12] = [
    ("rss", "RSS"),
    ("feed", "Atom"),
    ("kml", "KML"),
    ("gpx", "GPX"),
    ("svg", "SVG"),
    ("RDF", "RDF"),
    ("FeatureCollection", "GML"),
    ("WFS_Capabilities", "WFS"),
    ("WMS_Capabilities", "WMS"),
    ("Envelope", "SOAP"),
    ("d2LogicalModel", "DATEX II"),
    ("Siri", "SIRI"),
];

/// Opens a document.
pub(super) fn open<'a>(input: Input<'_>, reading: &Reading) -> Result<Opened<'a>, IntakeError> {
    let charset = Charset::find(input.bytes, reading.encoding.as_deref())?;
    let root = Xml::open(input.bytes, charset)?.root()?;
    if root.is_totem {
        return totem::open(input.bytes, charset, reading);
    }
    if let Some((_, format)) = NO_TABLES
        .iter()
        .find(|(name, _)| root.name.eq_ignore_ascii_case(name))
    {
        return Err(IntakeError::Unsupported { format });
    }
    table(input.bytes, charset, reading)
}

/// Whether a document is a budget document.
pub(super) fn is_totem(bytes: Bytes<'_>, charset: Charset) -> bool {
    Xml::open(bytes, charset)
        .and_then(Xml::root)
        .is_ok_and(|root| root.is_totem)
}

/// The outermost element.
struct Root {
    name: String,
    /// Whether it is that of a budget document.
    is_totem: bool,
}

/// A document being read.
pub(super) struct Xml<'a> {
    reader: Reader<Tracked<Decoded<Box<dyn Read + Send + 'a>>>>,
    buffer: Vec<u8>,
    depth: usize,
    /// Whether the outermost element has ended.
    ended: bool,
}

/// What comes next in a document; names are without their prefix.
pub(super) enum Part {
    /// An element starts. An empty one ends at once.
    Start(Element),
    End(String),
    /// Text, with its entities resolved.
    Text(String),
    Comment,
    /// The declaration and the like.
    Other,
    /// The end of the document.
    Done,
}

/// The start of an element.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) is_empty: bool,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

impl<'a> Xml<'a> {
    pub(super) fn open(bytes: Bytes<'a>, charset: Charset) -> Result<Self, IntakeError> {
        let mut reader = Reader::from_reader(Tracked {
            inner: charset.open(bytes)?,
            lines: 0,
            since: 0,
            taken: Vec::new(),
            keeps: false,
        });
        reader.config_mut().check_end_names = true;
        Ok(Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            ended: false,
        })
    }

    /// Keeps what each part is made of, for [`Self::taken`].
    pub(super) fn keep(&mut self) {
        self.reader.get_mut().keeps = true;
    }

    /// The characters that the last part was made of; nothing when it was taken already.
    pub(super) fn taken(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.reader.get_mut().taken)
    }

    /// Reads up to the outermost element.
    fn root(mut self) -> Result<Root, IntakeError> {
        loop {
            match self.next()? {
                Part::Start(element) => {
                    let is_totem = element.name.eq_ignore_ascii_case("DocumentBudgetaire")
                        || element.attributes.iter().any(|(name, value)| {
                            name.starts_with("xmlns")
                                && value.trim_end_matches('/').ends_with("docbudgetaire")
                        });
                    return Ok(Root {
                        name: element.name,
                        is_totem,
                    });
                }
                Part::Done => return Err(IntakeError::NotATable),
                _ => {}
            }
        }
    }

    /// What comes next.
    pub(super) fn next(&mut self) -> Result<Part, IntakeError> {
        self.buffer.clear();
        self.reader.get_mut().since = 0;
        let part = match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::DocType(kind)) if kind.contains('[') => {
                return Err(IntakeError::DeclaredEntities);
            }
            Ok(event) => part(&event),
            Err(quick_xml::Error::Io(error)) if error.kind() != io::ErrorKind::InvalidData => {
                return Err(IntakeError::Unreadable {
                    reason: error.to_string(),
                });
            }
            Err(quick_xml::Error::Io(_)) => {
                return Err(IntakeError::TextTooLong { limit: MAX_EVENT });
            }
            Err(_) => None,
        };
        match part {
            None => Err(self.broken()),
            Some(Part::Start(element)) if element.is_empty => {
                self.ended |= self.depth == 0;
                Ok(Part::Start(element))
            }
            Some(Part::Start(element)) => {
                // A second outermost element is another document glued to the first.
                if self.ended {
                    return Err(self.broken());
                }
                if self.depth >= MAX_DEPTH {
                    return Err(IntakeError::TooDeep { limit: MAX_DEPTH });
                }
                self.depth += 1;
                Ok(Part::Start(element))
            }
            Some(Part::End(name)) => {
                self.depth = self.depth.saturating_sub(1);
                self.ended |= self.depth == 0;
                Ok(Part::End(name))
            }
            // The file was cut.
            Some(Part::Done) if self.depth > 0 => Err(self.broken()),
            Some(part) => Ok(part),
        }
    }

    fn broken(&self) -> IntakeError {
        IntakeError::BrokenXml {
            line: self.reader.get_ref().lines + 1,
        }
    }
}

/// `None` for what is not well-formed.
fn part(event: &Event<'_>) -> Option<Part> {
    Some(match event {
        Event::Start(start) => Part::Start(element(start, false)?),
        Event::Empty(start) => Part::Start(element(start, true)?),
        Event::End(end) => Part::End(end.local_name().into_inner().to_owned()),
        Event::Text(text) => Part::Text(text.to_string()),
        Event::CData(text) => Part::Text(text.to_string()),
        Event::GeneralRef(reference) => Part::Text(resolved(reference)?),
        Event::Comment(_) => Part::Comment,
        Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Part::Other,
        Event::Eof => Part::Done,
    })
}

fn element(start: &BytesStart<'_>, is_empty: bool) -> Option<Element> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.as_ref();
        let name = if name.starts_with("xmlns") {
            name
        } else {
            attribute.key.local_name().into_inner()
        };
        attributes.push((
            name.to_owned(),
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .ok()?
                .into_owned(),
        ));
    }
    Some(Element {
        name: start.local_name().into_inner().to_owned(),
        attributes,
        is_empty,
    })
}

fn resolved(reference: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned)
}

/// Counts lines, bounds what is read for one part, and keeps it when asked to.
struct Tracked<R> {
    inner: R,
    lines: u64,
    since: u64,
    taken: Vec<u8>,
    keeps: bool,
}

impl<R: BufRead> BufRead for Tracked<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > MAX_EVENT {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(bytes) = self.inner.fill_buf()
            && let Some(bytes) = bytes.get(..amount)
        {
            self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
            if self.keeps {
                self.taken.extend_from_slice(bytes);
            }
        }
        self.since += amount as u64;
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Tracked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// How often a kind of element comes, and what it has inside.
#[derive(Default)]
struct Kind {
    count: u64,
    /// Attributes and elements inside that hold text.
    columns: u64,
}

/// Reads the elements at the path that comes most often, of those that have at least two columns
/// or come with attributes; that of `reading.records` when it is declared.
fn table<'a>(
    bytes: Bytes<'_>,
    charset: Charset,
    reading: &Reading,
) -> Result<Opened<'a>, IntakeError> {
    let not_found = || IntakeError::RecordsNotFound {
        path: reading.records.clone(),
    };
    let most = match &reading.records {
        Some(_) => None,
        None => Some(most_frequent(bytes, charset)?),
    };
    let wanted = match (&reading.records, &most) {
        (Some(path), _) => path.replace('/', "."),
        (None, most) => most
            .as_ref()
            .map_or(String::new(), |most| most.path.clone()),
    };
    let mut xml = Xml::open(bytes, charset)?;
    let (mut path, mut table) = (Vec::<String>::new(), Table::default());
    // The names of the elements inside the row at hand, and whether they had elements of their
    // own.
    let (mut inside, mut text) = (None::<Vec<String>>, String::new());
    loop {
        match xml.next()? {
            Part::Start(element) => {
                path.push(element.name.clone());
                let is_row = inside.is_none() && is_at(&path, &wanted);
                if is_row {
                    inside = Some(Vec::new());
                } else if let Some(inside) = &mut inside {
                    inside.push(element.name.clone());
                }
                if let Some(inside) = &inside {
                    for (name, value) in &element.attributes {
                        if !name.starts_with("xmlns") {
                            let mut inside = inside.clone();
                            inside.push(name.clone());
                            table.add(&inside.join("."), value);
                        }
                    }
                    if table.width() > MAX_NAMES {
                        return Err(IntakeError::TooManyColumns { limit: MAX_NAMES });
                    }
                }
                text.clear();
                if element.is_empty {
                    path.pop();
                    end(&mut inside, &mut table, "")?;
                }
            }
            Part::Text(part) if inside.is_some() => text.push_str(&part),
            Part::End(_) => {
                path.pop();
                end(&mut inside, &mut table, text.trim())?;
                text.clear();
            }
            Part::Text(_) | Part::Comment | Part::Other => {}
            Part::Done => break,
        }
    }
    if table.rows() == 0 {
        return Err(not_found());
    }
    let mut decisions = vec![
        Decided::of("format", "XML"),
        Decided::of("encoding", charset.label()),
    ];
    let records = Decided::of("records", wanted);
    match most {
        None => decisions.push(records),
        Some(most) => {
            let confidence = if most.others.is_empty() {
                Confidence::Likely
            } else {
                Confidence::Doubtful
            };
            let args = [("count", most.count.to_string())];
            decisions.push(records.because("records-count", &args, confidence));
            if !most.others.is_empty() {
                decisions.push(Decided::of("other-records", most.others));
            }
        }
    }
    table.opened(true, decisions)
}

/// Ends an element inside a row, or the row.
fn end(inside: &mut Option<Vec<String>>, table: &mut Table, text: &str) -> Result<(), IntakeError> {
    let Some(names) = inside else {
        return Ok(());
    };
    if !text.is_empty() {
        let name = if names.is_empty() {
            "texte".to_owned()
        } else {
            names.join(".")
        };
        table.add(&name, text);
    }
    if names.pop().is_none() {
        *inside = None;
        table.end_row(None)?;
    }
    Ok(())
}

/// Whether a path is the wanted one, from the root or from any element below it.
fn is_at(path: &[String], wanted: &str) -> bool {
    let mut names = path.iter().rev();
    wanted
        .rsplit('.')
        .all(|name| names.next().is_some_and(|other| other == name))
}

/// The elements that make rows: those with the most cells.
struct Most {
    path: String,
    count: u64,
    /// Others that come again and again, named with how often.
    others: String,
}

fn most_frequent(bytes: Bytes<'_>, charset: Charset) -> Result<Most, IntakeError> {
    let mut xml = Xml::open(bytes, charset)?;
    let (mut path, mut kinds) = (String::new(), HashMap::<String, Kind>::new());
    let mut has_text = false;
    loop {
        match xml.next()? {
            Part::Start(element) => {
                path.push('.');
                path.push_str(&element.name);
                if kinds.len() > MAX_NAMES && !kinds.contains_key(&path) {
                    return Err(IntakeError::NotATable);
                }
                let kind = kinds.entry(path.clone()).or_default();
                kind.count += 1;
                kind.columns += element.attributes.len() as u64;
                has_text = false;
                if element.is_empty {
                    cut(&mut path);
                }
            }
            Part::Text(text) => has_text |= !text.trim().is_empty(),
            Part::End(_) => {
                cut(&mut path);
                if std::mem::take(&mut has_text)
                    && let Some(kind) = kinds.get_mut(&path)
                {
                    kind.columns += 1;
                }
            }
            Part::Comment | Part::Other => {}
            Part::Done => break,
        }
    }
    let mut tables: Vec<(String, Kind)> = kinds
        .into_iter()
        .filter(|(_, kind)| kind.count > 1 && kind.columns >= 2 * kind.count)
        .map(|(path, kind)| (path.trim_start_matches('.').to_owned(), kind))
        .collect();
    tables.sort_by(|(a, x), (b, y)| y.columns.cmp(&x.columns).then_with(|| a.cmp(b)));
    let mut tables = tables.into_iter();
    let Some((path, kind)) = tables.next() else {
        return Err(IntakeError::NotATable);
    };
    // A tree: rows within rows of the same kind.
    let mut names: Vec<&str> = path.split('.').collect();
    names.dedup();
    if names.len() < path.split('.').count() {
        return Err(IntakeError::NotATable);
    }
    let others = tables
        .take(8)
        .map(|(path, kind)| format!("{path} ({})", kind.count));
    let others = others.collect::<Vec<_>>().join(", ");
    let count = kind.count;
    Ok(Most {
        path,
        count,
        others,
    })
}

/// Takes the last name off a path.
fn cut(path: &mut String) {
    path.truncate(path.rfind('.').unwrap_or(0));
}
