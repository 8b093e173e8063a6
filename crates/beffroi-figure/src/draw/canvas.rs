//! A sheet of SVG to draw on, through plotters, in the units of its `viewBox`.

use super::scale::Scale;
use super::svg::{Ink, Page, SCALE, Svg};
use super::text::{escape, width};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoFont, RGBAColor, RGBColor, ShapeStyle, TextStyle};
use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

/// A point in units, `y` downwards.
pub(super) type Point = (f64, f64);

/// Which side of its point a text stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The room that a drawing is made for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Room {
    /// So many units wide.
    Wide(f64),
    /// 340 units wide.
    Narrow,
}

impl Room {
    pub fn is_narrow(self) -> bool {
        self == Self::Narrow
    }

    pub fn width(self) -> f64 {
        match self {
            Self::Wide(width) => width,
            Self::Narrow => 340.0,
        }
    }

    /// Size of plain text, set by the style sheet for `.trace.large` and `.trace.etroit`.
    pub fn text(self) -> f64 {
        if self.is_narrow() { 13.0 } else { 14.0 }
    }

    /// Size of `.petit`.
    pub fn small(self) -> f64 {
        if self.is_narrow() { 12.0 } else { 12.5 }
    }
}

/// What a drawing says to those who do not see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caption<'a> {
    /// Start of every id inside.
    pub id: &'a str,
    /// What is drawn.
    pub title: &'a str,
    /// The useful values.
    pub desc: &'a str,
}

/// A sheet.
pub(super) struct Canvas {
    width: f64,
    height: f64,
    page: Rc<RefCell<Page>>,
    area: DrawingArea<Svg, Shift>,
    /// Where text stands already: left, top, right, bottom.
    taken: Vec<[f64; 4]>,
}

/// Units as pixels of plotters; what does not fit a sheet is brought to its edge.
fn pixels(value: f64) -> i32 {
    // `as` saturates, and reads what is not a number as 0.
    #[allow(clippy::cast_possible_truncation)]
    let pixels = (value.clamp(-10_000.0, 10_000.0) * SCALE).round() as i32;
    pixels
}

fn at((x, y): Point) -> (i32, i32) {
    (pixels(x), pixels(y))
}

impl Canvas {
    /// An empty sheet.
    pub fn new(width: f64, height: f64) -> Self {
        let page = Rc::new(RefCell::new(Page::default()));
        let size = (pixels(width).unsigned_abs(), pixels(height).unsigned_abs());
        let area = Svg {
            page: Rc::clone(&page),
            size,
        }
        .into_drawing_area();
        Self {
            width,
            height,
            page,
            area,
            taken: Vec::new(),
        }
    }

    fn style(&self, ink: Ink, stroke_width: f64) -> ShapeStyle {
        let (r, g, b) = self.page.borrow_mut().ink(ink);
        ShapeStyle {
            color: RGBAColor(r, g, b, 1.0),
            filled: true,
            stroke_width: pixels(stroke_width).unsigned_abs(),
        }
    }

    /// An open line.
    pub fn line(&mut self, class: &str, points: &[Point]) {
        self.inked_line(
            Ink {
                class: class.to_owned(),
                ..Ink::default()
            },
            0.0,
            points,
        );
    }

    /// A dashed line.
    pub fn dashed(&mut self, class: &str, points: &[Point]) {
        let ink = Ink {
            class: class.to_owned(),
            attribute: "stroke-dasharray=\"3 3\"",
            title: None,
        };
        self.inked_line(ink, 0.0, points);
    }

    /// A line so many units thick.
    pub fn thick(&mut self, class: &str, thickness: f64, points: &[Point]) {
        self.inked_line(
            Ink {
                class: class.to_owned(),
                ..Ink::default()
            },
            thickness,
            points,
        );
    }

    // The backend cannot fail, and plotters' own failures (a sheet borrowed twice) do not occur
    // in single-threaded drawing: results of `draw` have nothing to tell.
    fn inked_line(&mut self, ink: Ink, thickness: f64, points: &[Point]) {
        if points.is_empty() {
            return;
        }
        let style = self.style(ink, thickness);
        let _ = self.area.draw(&PathElement::new(
            points.iter().map(|point| at(*point)).collect::<Vec<_>>(),
            style,
        ));
    }

    /// A closed shape.
    pub fn polygon(&mut self, class: &str, title: Option<String>, points: &[Point]) {
        let style = self.style(
            Ink {
                class: class.to_owned(),
                title,
                attribute: "",
            },
            0.0,
        );
        let points = points.iter().map(|point| at(*point)).collect::<Vec<_>>();
        let _ = self.area.draw(&Polygon::new(points, style));
    }

    /// A rectangle from corner to corner.
    pub fn rect(&mut self, class: &str, title: Option<String>, from: Point, to: Point) {
        let style = self.style(
            Ink {
                class: class.to_owned(),
                title,
                attribute: "",
            },
            0.0,
        );
        let _ = self.area.draw(&Rectangle::new([at(from), at(to)], style));
    }

    /// A disc.
    pub fn circle(&mut self, class: &str, title: Option<String>, center: Point, radius: f64) {
        let style = self.style(
            Ink {
                class: class.to_owned(),
                title,
                attribute: "",
            },
            0.0,
        );
        let _ = self
            .area
            .draw(&Circle::new(at(center), pixels(radius), style));
    }

    /// A text on its baseline. Where it stands is remembered for [`Canvas::is_free`].
    pub fn text(&mut self, class: &str, point: Point, anchor: Anchor, size: f64, text: &str) {
        self.taken.push(text_box(point, anchor, size, text));
        self.unmarked_text(class, point, anchor, text);
    }

    fn unmarked_text(&mut self, class: &str, point: Point, anchor: Anchor, text: &str) {
        let (r, g, b) = self.page.borrow_mut().ink(Ink {
            class: class.to_owned(),
            ..Ink::default()
        });
        let h_pos = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let color = RGBColor(r, g, b);
        let style = TextStyle::from(("sans-serif", SCALE).into_font())
            .color(&color)
            .pos(Pos::new(h_pos, VPos::Bottom));
        let _ = self
            .area
            .draw(&Text::new(text.to_owned(), at(point), style));
    }

    /// Whether a text would stand on the sheet and touch no other.
    pub fn is_free(&self, point: Point, anchor: Anchor, size: f64, text: &str) -> bool {
        self.touched(point, anchor, size, text) == Some(0)
    }

    /// How much of what is taken a text would touch; nothing where it would leave the sheet.
    pub fn touched(&self, point: Point, anchor: Anchor, size: f64, text: &str) -> Option<usize> {
        let [left, top, right, bottom] = text_box(point, anchor, size, text);
        let is_on_sheet =
            left >= -0.5 && right <= self.width + 0.5 && top >= -1.0 && bottom <= self.height + 0.5;
        let touches =
            |[l, t, r, b]: &&[f64; 4]| !(right < *l || *r < left || bottom < *t || *b < top);
        is_on_sheet.then(|| self.taken.iter().filter(touches).count())
    }

    /// Marks a stretch as taken, so that no text comes to stand on a line.
    pub fn keep_off(&mut self, from: Point, to: Point) {
        self.taken.push([
            from.0.min(to.0),
            from.1.min(to.1),
            from.0.max(to.0),
            from.1.max(to.1),
        ]);
    }

    /// Writes a text at the first of some places that is free; says whether there was one.
    pub fn place(
        &mut self,
        class: &str,
        places: &[(Point, Anchor)],
        size: f64,
        text: &str,
    ) -> bool {
        let free = places
            .iter()
            .find(|(point, anchor)| self.is_free(*point, *anchor, size, text));
        let Some((point, anchor)) = free.copied() else {
            return false;
        };
        self.text(class, point, anchor, size, text);
        true
    }

    /// The filets and figures of a vertical axis.
    pub fn y_axis(&mut self, room: Room, y: &Scale, left: f64, right: f64) {
        for (value, label) in y.ticks() {
            let height = y.at(*value);
            let class = if *value == y.base() { "axe" } else { "grl" };
            self.line(class, &[(left, height), (right, height)]);
            self.text(
                "doux petit",
                (left - 8.0, height + 4.5),
                Anchor::End,
                room.small(),
                label,
            );
        }
    }

    /// The finished `<svg>` for a page: `class` is `large` or `etroit`, with `vaste`.
    pub fn finish(self, room: Room, vast: bool, caption: Caption) -> String {
        let (class, zoom, letter) = match room {
            Room::Wide(_) => ("large", 1.2, 'l'),
            Room::Narrow => ("etroit", 1.4, 'e'),
        };
        let vast = if vast { " vaste" } else { "" };
        let Caption { id, title, desc } = caption;
        let id = format!("fig-{}-{letter}", id_safe(id));
        let mut svg = String::new();
        let _ = write!(
            svg,
            "<svg class=\"trace {class}{vast}\" viewBox=\"0 0 {w} {h}\" width=\"{}\" height=\"{}\" \
             role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n\
             <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>\n",
            (self.width * zoom).round(),
            (self.height * zoom).round(),
            escape(title),
            escape(desc),
            w = self.width,
            h = self.height,
        );
        svg.push_str(&self.page.borrow().body);
        svg.push_str("</svg>");
        svg
    }

    /// The finished `<svg>` of a small drawing, which takes the size its place gives it.
    pub fn finish_small(self, class: &str, label: &str) -> String {
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>",
            self.width,
            self.height,
            escape(label),
            self.page.borrow().body.replace('\n', ""),
        )
    }
}

fn text_box((x, y): Point, anchor: Anchor, size: f64, text: &str) -> [f64; 4] {
    let wide = width(text, size, false);
    let left = match anchor {
        Anchor::Start => x,
        Anchor::Middle => x - wide / 2.0,
        Anchor::End => x - wide,
    };
    [left, y - size * 0.78, left + wide, y + size * 0.22]
}

/// A tile's id made fit for the value of an `id` attribute.
fn id_safe(id: &str) -> String {
    id.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect()
}
