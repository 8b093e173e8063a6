//! A PDF as those who do not see it get it: its structure tree, with the text of each element.

#![allow(dead_code)] // each test uses some of it

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::{BTreeMap, HashMap};

/// An element of the structure.
#[derive(Debug, Default, Clone)]
pub struct Element {
    /// `H1`, `P`, `TH`; `Text` for text itself.
    pub tag: String,
    pub alt: Option<String>,
    /// For headers of tables: `Row`, `Column`, `Both`.
    pub scope: Option<String>,
    pub text: String,
    pub kids: Vec<Element>,
}

impl Element {
    /// Itself and everything under it, in order.
    pub fn all(&self) -> Vec<&Element> {
        let mut all = vec![self];
        for kid in &self.kids {
            all.extend(kid.all());
        }
        all
    }

    pub fn tagged(&self, tag: &str) -> Vec<&Element> {
        self.all()
            .into_iter()
            .filter(|element| element.tag == tag)
            .collect()
    }

    /// What is read aloud; figures by what stands for them.
    pub fn words(&self) -> String {
        if let Some(alt) = &self.alt {
            return alt.clone();
        }
        let mut words = self.text.clone();
        for kid in &self.kids {
            words.push_str(&kid.words());
        }
        words
    }
}

/// A file taken apart.
pub struct Read {
    pub file: Document,
    pub root: Element,
    /// All that stands on each page, artifacts too, as it was written.
    pub pages: Vec<String>,
}

/// Without any white space: lines break where they like.
pub fn squeezed(text: &str) -> String {
    let is_kept = |c: &char| !c.is_whitespace() && *c != '\u{200b}';
    text.chars().filter(is_kept).collect()
}

pub fn read(bytes: &[u8]) -> Read {
    let file = Document::load_mem(bytes).expect("a PDF");
    let mut marked = HashMap::new();
    let mut pages = Vec::new();
    for id in file.get_pages().into_values() {
        pages.push(page(&file, id, &mut marked));
    }
    let catalog = file.catalog().expect("a catalog");
    let tree = dictionary(&file, catalog.get(b"StructTreeRoot").expect("a structure"));
    let mut root = Element {
        tag: "Root".to_owned(),
        ..Element::default()
    };
    kids(&file, tree, None, &marked, &mut root);
    Read { file, root, pages }
}

pub fn dictionary<'a>(file: &'a Document, object: &'a Object) -> &'a Dictionary {
    file.dereference(object)
        .expect("an object")
        .1
        .as_dict()
        .expect("a dictionary")
}

fn kids(
    file: &Document,
    parent: &Dictionary,
    page: Option<ObjectId>,
    marked: &HashMap<(ObjectId, i64), String>,
    into: &mut Element,
) {
    let Ok(kids) = parent.get(b"K") else { return };
    let kids = file.dereference(kids).expect("kids").1;
    let list = match kids {
        Object::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let text = |page: Option<ObjectId>, id: i64| Element {
        tag: "Text".to_owned(),
        text: marked
            .get(&(page.expect("a page"), id))
            .cloned()
            .unwrap_or_default(),
        ..Element::default()
    };
    for kid in &list {
        match file.dereference(kid).expect("a kid").1 {
            Object::Integer(id) => into.kids.push(text(page, *id)),
            Object::Dictionary(kid) => {
                let own = kid.get(b"Pg").ok().and_then(|p| p.as_reference().ok());
                let page = own.or(page);
                match kid.get(b"Type").and_then(Object::as_name) {
                    Ok(b"MCR") => {
                        let id = kid.get(b"MCID").and_then(Object::as_i64).expect("an id");
                        into.kids.push(text(page, id));
                    }
                    Ok(b"OBJR") => {}
                    _ => {
                        let mut element = Element {
                            tag: name(kid, b"S").unwrap_or_default(),
                            alt: kid.get(b"Alt").ok().map(said),
                            scope: scope(file, kid),
                            ..Element::default()
                        };
                        self::kids(file, kid, page, marked, &mut element);
                        into.kids.push(element);
                    }
                }
            }
            _ => {}
        }
    }
}

fn name(of: &Dictionary, key: &[u8]) -> Option<String> {
    let name = of.get(key).ok()?.as_name().ok()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

fn scope(file: &Document, element: &Dictionary) -> Option<String> {
    let attributes = file.dereference(element.get(b"A").ok()?).ok()?.1;
    let list = match attributes {
        Object::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    list.iter()
        .find_map(|one| name(file.dereference(one).ok()?.1.as_dict().ok()?, b"Scope"))
}

/// A text string: UTF-16 with its mark, or Latin.
pub fn said(object: &Object) -> String {
    let bytes = object.as_str().expect("a string");
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest
                .chunks(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Reads a page: gives all its text, and puts that of each marked piece beside its id.
fn page(file: &Document, id: ObjectId, marked: &mut HashMap<(ObjectId, i64), String>) -> String {
    let content = file.get_page_content(id);
    let content = Content::decode(&content).expect("operators");
    let fonts: BTreeMap<Vec<u8>, BTreeMap<u16, String>> = file
        .get_page_fonts(id)
        .expect("fonts")
        .into_iter()
        .map(|(name, font)| (name, characters(file, font)))
        .collect();
    let mut all = String::new();
    // For each piece under way: its id, and whether other words stand for it.
    let mut under: Vec<(Option<i64>, bool)> = Vec::new();
    let mut font = None;
    let mut write = |under: &[(Option<i64>, bool)], text: &str, all: &mut String| {
        all.push_str(text);
        if let Some(piece) = under.iter().rev().find_map(|(piece, _)| *piece) {
            marked.entry((id, piece)).or_default().push_str(text);
        }
    };
    for operation in &content.operations {
        match operation.operator.as_str() {
            "BDC" => {
                let properties = operation.operands.get(1).and_then(|p| p.as_dict().ok());
                let piece = properties.and_then(|p| p.get(b"MCID").ok()?.as_i64().ok());
                let actual = properties.and_then(|p| p.get(b"ActualText").ok().map(said));
                under.push((piece, actual.is_some()));
                if let Some(actual) = actual {
                    write(&under, &actual, &mut all);
                }
            }
            "BMC" => under.push((None, false)),
            "EMC" => {
                under.pop();
            }
            "Tf" => {
                font = operation.operands[0]
                    .as_name()
                    .ok()
                    .and_then(|name| fonts.get(name))
            }
            "Tj" | "TJ" if !under.iter().any(|(_, replaced)| *replaced) => {
                let pieces = match &operation.operands[0] {
                    Object::Array(pieces) => pieces.clone(),
                    one => vec![one.clone()],
                };
                for piece in pieces.iter().filter_map(|piece| piece.as_str().ok()) {
                    for code in piece.chunks(2) {
                        let code = u16::from_be_bytes([code[0], code[1]]);
                        let text = font.and_then(|font| font.get(&code));
                        write(&under, text.map_or("\u{fffd}", String::as_str), &mut all);
                    }
                }
            }
            _ => {}
        }
    }
    all
}

/// What the codes of a font stand for.
fn characters(file: &Document, font: &Dictionary) -> BTreeMap<u16, String> {
    let stream = file
        .dereference(font.get(b"ToUnicode").expect("a map"))
        .expect("a map")
        .1;
    let map = stream
        .as_stream()
        .expect("a stream")
        .get_plain_content()
        .expect("text");
    let map = String::from_utf8_lossy(&map);
    let mut characters = BTreeMap::new();
    let mut kind = "";
    for line in map.lines() {
        if line.ends_with("beginbfchar") || line.ends_with("beginbfrange") {
            kind = if line.ends_with("beginbfchar") {
                "char"
            } else {
                "range"
            };
        } else if line.starts_with("endbf") {
            kind = "";
        } else if !kind.is_empty() {
            let codes: Vec<&str> = line
                .split(['<', '>'])
                .filter(|piece| !piece.trim().is_empty() && !piece.contains(['[', ']']))
                .collect();
            let code = |place: usize| u16::from_str_radix(codes[place], 16).expect("a code");
            let text = |hex: &str| {
                let units: Vec<u16> = (0..hex.len() / 4)
                    .map(|i| u16::from_str_radix(&hex[i * 4..i * 4 + 4], 16).expect("a unit"))
                    .collect();
                String::from_utf16_lossy(&units)
            };
            if kind == "char" {
                characters.insert(code(0), text(codes[1]));
            } else {
                for (step, code) in (code(0)..=code(1)).enumerate() {
                    let first = u32::from_str_radix(codes[2], 16).expect("a character");
                    let step = u32::try_from(step).expect("a step");
                    let one = char::from_u32(first + step).expect("a character");
                    characters.insert(code, one.to_string());
                }
            }
        }
    }
    characters
}
