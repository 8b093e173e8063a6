//! Drawings of the web made ready for ink: literal colours, sizes of text that can be read.
//!
//! A drawing comes coloured by classes of the style sheet, and its texts have the sizes that this
//! sheet gives them. Here both are written into it. What only pages use (texts on hovering, ids,
//! roles) is left out.

use crate::Ink;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::fmt::Write;

const COLOUR: &str = include_str!("../assets/ink-colour.css");
const BLACK: &str = include_str!("../assets/ink-black.css");
const PATTERNS: &str = include_str!("../assets/patterns.svg");

/// Sizes of text by class, in units of a drawing, as the style sheet of the web has them.
const SIZES: [(&str, f64); 8] = [
    ("petit", 12.5),
    ("menu", 11.5),
    ("t-o", 11.5),
    ("numero", 12.0),
    ("z-val", 16.0),
    ("z-gros", 25.0),
    ("cent", 20.0),
    ("", 14.0),
];
/// The same for drawings made for narrow places.
const NARROW: [(&str, f64); 2] = [("petit", 12.0), ("", 13.0)];
/// Points of a unit at which texts come out well at their own sizes: 9.2 for plain ones.
const WELL: f64 = 0.66;
/// How much larger texts may get without meeting: our sans is so much narrower than those that
/// drawings are made for.
const LARGER: f64 = 1.12;
/// The same for maps, whose names stand alone in their areas.
const LARGER_ON_MAPS: f64 = 1.26;
/// The smallest text on paper, in points.
const SMALLEST: f64 = 7.0;

const THIN_BLOCK: char = '\u{258f}';

/// A drawing that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    /// In its own units.
    pub width: f64,
    /// In its own units.
    pub height: f64,
    /// Its texts.
    pub texts: Vec<String>,
    class: String,
    body: String,
    /// The smallest of its texts.
    smallest: Option<f64>,
}

/// Reads an `<svg>` element.
///
/// # Errors
/// Why it is not one, in English.
pub(crate) fn read(svg: &str) -> Result<Drawing, String> {
    let mut reader = Reader::from_str(svg);
    let mut root: Option<(f64, f64, String)> = None;
    let mut body = String::new();
    let mut texts = Vec::new();
    let mut smallest: Option<f64> = None;
    let (mut depth, mut hidden, mut spoken) = (0_usize, 0_usize, 0_usize);
    loop {
        let from = position(&reader);
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let raw = svg.get(from..position(&reader)).unwrap_or_default();
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth == 1 {
                    root = Some(sheet(&start)?);
                } else if hidden > 0 || left_out(&start) {
                    hidden += 1;
                } else {
                    if let Some((_, _, sheet)) = &root {
                        measure(&start, sheet, &mut smallest)?;
                    }
                    if spoken > 0 || start.local_name().as_ref() == "text" {
                        if spoken == 0 {
                            texts.push(String::new());
                        }
                        spoken += 1;
                    }
                    body.push_str(raw);
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if hidden > 0 {
                    hidden -= 1;
                } else if depth > 0 {
                    spoken = spoken.saturating_sub(1);
                    body.push_str(raw);
                }
            }
            Event::Empty(empty) => {
                if depth == 0 {
                    root = Some(sheet(&empty)?);
                } else if hidden == 0 && !left_out(&empty) {
                    body.push_str(raw);
                }
            }
            Event::Text(text) if hidden == 0 && depth > 0 => {
                if let (true, Some(last)) = (spoken > 0, texts.last_mut()) {
                    last.push_str(&text.xml10_content());
                }
                body.push_str(raw);
            }
            Event::GeneralRef(entity) if hidden == 0 && depth > 0 => {
                if let (true, Some(last)) = (spoken > 0, texts.last_mut()) {
                    last.push_str(&resolved(&entity)?);
                }
                body.push_str(raw);
            }
            Event::CData(_) if hidden == 0 && depth > 0 => {
                return Err("a section of raw text".to_owned());
            }
            Event::DocType(_) | Event::PI(_) => return Err("more than an element".to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    if depth > 0 {
        return Err("the element does not end".to_owned());
    }
    let Some((width, height, class)) = root else {
        return Err("no element".to_owned());
    };
    // The mark of a year before among bars: no typeface of ours has the thin block of the web.
    let body = body.replace(THIN_BLOCK, "|");
    let texts = texts
        .into_iter()
        .map(|text: String| text.replace(THIN_BLOCK, "|"))
        .collect();
    Ok(Drawing {
        width,
        height,
        texts,
        class,
        body,
        smallest,
    })
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// What is not drawn, and what would bring in something from elsewhere.
fn left_out(start: &BytesStart) -> bool {
    matches!(
        start.local_name().as_ref(),
        "title" | "desc" | "style" | "script" | "image" | "foreignObject" | "a" | "metadata"
    )
}

/// Width, height and class of the whole.
fn sheet(start: &BytesStart) -> Result<(f64, f64, String), String> {
    if start.local_name().as_ref() != "svg" {
        return Err("not an svg element".to_owned());
    }
    let view = attribute(start, "viewBox")?.ok_or("no viewBox")?;
    let numbers: Vec<f64> = view
        .split([' ', ','])
        .filter_map(|number| number.parse().ok())
        .collect();
    match numbers[..] {
        [0.0, 0.0, width, height]
            if width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0 =>
        {
            let class = attribute(start, "class")?.unwrap_or_default();
            Ok((width, height, class))
        }
        _ => Err(format!("a viewBox of {view:?}")),
    }
}

fn attribute(start: &BytesStart, name: &str) -> Result<Option<String>, String> {
    let Some(attribute) = start
        .try_get_attribute(name)
        .map_err(|error| error.to_string())?
    else {
        return Ok(None);
    };
    attribute
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .map(|value| Some(value.into_owned()))
        .map_err(|error| error.to_string())
}

fn measure(start: &BytesStart, sheet: &str, smallest: &mut Option<f64>) -> Result<(), String> {
    if !matches!(start.local_name().as_ref(), "text" | "tspan") {
        return Ok(());
    }
    let class = attribute(start, "class")?.unwrap_or_default();
    let own = sizes(sheet)
        .filter(|(name, _)| name.is_empty() || class.split(' ').any(|class| class == *name))
        .map(|(_, size)| size)
        .next();
    if let Some(size) = own {
        *smallest = Some(smallest.map_or(size, |smallest| smallest.min(size)));
    }
    Ok(())
}

fn sizes(sheet: &str) -> impl Iterator<Item = (&'static str, f64)> {
    let narrow = sheet.split(' ').any(|class| class == "etroit");
    let own = if narrow { &NARROW[..] } else { &[] };
    // The plain size stands last: classes come first.
    let known = move |name: &str| own.iter().find(|(known, _)| *known == name);
    SIZES
        .into_iter()
        .map(move |(name, size)| known(name).copied().unwrap_or((name, size)))
}

fn resolved(entity: &quick_xml::events::BytesRef) -> Result<String, String> {
    if let Some(character) = entity.resolve_char_ref().map_err(|e| e.to_string())? {
        return Ok(character.to_string());
    }
    let name = entity.xml10_content();
    quick_xml::escape::resolve_predefined_entity(&name)
        .map(str::to_owned)
        .ok_or_else(|| format!("an unknown entity &{name};"))
}

impl Drawing {
    /// By how much texts are to grow (or shrink) at so many points a unit.
    fn growth(&self, scale: f64) -> f64 {
        let well = (WELL / scale).clamp(0.5, self.largest_growth());
        let least = self
            .smallest
            .map_or(0.0, |smallest| SMALLEST / (smallest * scale));
        well.max(least)
    }

    /// Whether its texts can be read at so many points a unit without meeting.
    pub fn is_readable_at(&self, scale: f64) -> bool {
        self.growth(scale) <= self.largest_growth() + 1e-6
    }

    fn largest_growth(&self) -> f64 {
        if self.body.contains("class=\"zone") {
            LARGER_ON_MAPS
        } else {
            LARGER
        }
    }

    /// The whole drawing, for so many points a unit.
    pub fn inked(&self, ink: Ink, scale: f64) -> String {
        let growth = self.growth(scale);
        let mut svg = String::with_capacity(self.body.len() + 4096);
        let (width, height) = (self.width, self.height);
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" class=\"{}\"><style>",
            quick_xml::escape::escape(self.class.as_str()),
        );
        svg.push_str(match ink {
            Ink::Colour => COLOUR,
            Ink::BlackAndWhite => BLACK,
        });
        for (class, size) in sizes(&self.class) {
            let size = (size * growth * 100.0).round() / 100.0;
            let _ = match class {
                "" => write!(svg, "text{{font-size:{size}px}}"),
                class => write!(svg, ".{class}{{font-size:{size}px}}"),
            };
        }
        svg.push_str("</style>");
        svg.push_str(PATTERNS);
        svg.push_str(&self.body);
        svg.push_str("</svg>");
        svg
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const SAMPLES: [&str; 9] = [
        include_str!("../tests/drawings/line.svg"),
        include_str!("../tests/drawings/map.svg"),
        include_str!("../tests/drawings/bars.svg"),
        include_str!("../tests/drawings/columns.svg"),
        include_str!("../tests/drawings/gap.svg"),
        include_str!("../tests/drawings/secret.svg"),
        include_str!("../tests/drawings/targets.svg"),
        include_str!("../tests/drawings/mini-columns.svg"),
        include_str!("../tests/drawings/flow.svg"),
    ];

    /// The selectors of a style sheet.
    fn selectors(css: &str) -> BTreeSet<&str> {
        css.split(['}', '\n'])
            .filter_map(|rule| rule.split_once('{'))
            .map(|(selector, _)| selector.trim())
            .collect()
    }

    #[test]
    fn both_inks_know_the_same_drawings() {
        let (colour, black) = (selectors(COLOUR), selectors(BLACK));
        assert_eq!(colour.difference(&black).collect::<Vec<_>>(), [&""; 0]);
        assert!(!COLOUR.contains("var(") && !BLACK.contains("var("));
    }

    #[test]
    fn every_class_of_a_drawing_has_its_ink() {
        let own: BTreeSet<&str> = SIZES.iter().map(|(class, _)| *class).collect();
        let known: BTreeSet<&str> = selectors(COLOUR)
            .iter()
            .flat_map(|selector| selector.split('.'))
            .chain(own)
            .collect();
        for svg in SAMPLES {
            let body = read(svg).unwrap().body;
            for classes in body.split("class=\"").skip(1) {
                let classes = classes.split('"').next().unwrap();
                for class in classes.split(' ').filter(|class| !class.is_empty()) {
                    // The number of a category has its ink; that it is one has none.
                    assert!(class == "cat" || known.contains(class), "{class}");
                }
            }
        }
    }

    #[test]
    fn texts_can_be_read_at_every_size() {
        for svg in SAMPLES {
            let drawing = read(svg).unwrap();
            let Some(smallest) = drawing.smallest else {
                continue;
            };
            for scale in [0.3, 0.5, 0.66, 0.8, 1.5] {
                let size = smallest * drawing.growth(scale) * scale;
                assert!(size > SMALLEST - 1e-6, "{size} at {scale}: {svg}");
            }
            assert!(drawing.is_readable_at(WELL));
            assert!(!drawing.is_readable_at(0.3));
        }
    }

    #[test]
    fn what_appears_on_hovering_is_left_out() {
        let drawing = read(
            "<svg viewBox=\"0 0 40 20\" class=\"trace etroit\"><title>Titre</title><desc>Dit</desc>\
             <rect class=\"br\" x=\"0\" y=\"0\" width=\"4\" height=\"4\"><title>Gare : 4</title></rect>\
             <text class=\"petit\" x=\"0\" y=\"9\"><tspan>A &amp; B</tspan> &#233;</text></svg>",
        )
        .unwrap();
        assert_eq!(drawing.texts, ["A & B é"]);
        assert_eq!(drawing.smallest, Some(12.0));
        let inked = drawing.inked(Ink::Colour, WELL);
        assert!(!inked.contains("Titre") && !inked.contains("Dit") && !inked.contains("Gare"));
        assert!(inked.contains("<rect class=\"br\""));
        assert!(inked.contains(".petit{font-size:12px}"));
    }

    #[test]
    fn our_own_can_be_read() {
        assert!(read(include_str!("../assets/cover.svg")).is_ok());
        assert!(read(include_str!("../assets/mark.svg")).is_ok());
    }
}
