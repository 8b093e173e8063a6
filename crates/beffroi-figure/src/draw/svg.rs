//! A plotters backend that writes SVG for the web.
//!
//! Plotters styles carry a colour and a width, nothing else; pages want classes and texts that
//! appear on hovering. So colours here are *inks*: numbers in a palette that the backend shares
//! with the canvas, each standing for a class, a hover text and an attribute. Plotters counts in
//! whole pixels: one unit of the drawing is ten of its pixels.

use super::text::escape;
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write;
use std::rc::Rc;

/// Pixels of plotters in one unit of the drawing.
pub(super) const SCALE: f64 = 10.0;

/// How an element is to look.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ink {
    /// Its class.
    pub class: String,
    /// Shown on hovering.
    pub title: Option<String>,
    /// An attribute as it is (`stroke-dasharray="3 3"`).
    pub attribute: &'static str,
}

/// What canvas and backend share: the inks, and the elements written so far.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub inks: Vec<Ink>,
    pub body: String,
}

impl Page {
    /// The number of an ink, as the colour plotters carries.
    pub fn ink(&mut self, ink: Ink) -> (u8, u8, u8) {
        let place = match self.inks.iter().rposition(|known| *known == ink) {
            Some(place) => place,
            None => {
                self.inks.push(ink);
                self.inks.len() - 1
            }
        };
        let [_, _, _, _, _, r, g, b] = (place as u64).to_be_bytes();
        (r, g, b)
    }

    fn find(&self, (r, g, b): (u8, u8, u8)) -> Ink {
        let place = usize::from(r) << 16 | usize::from(g) << 8 | usize::from(b);
        self.inks.get(place).cloned().unwrap_or_default()
    }

    /// Writes `<name class="…" …/>`, or with a hover text inside.
    fn element(&mut self, name: &str, color: BackendColor, width: u32, attributes: &str) {
        let ink = self.find(color.rgb);
        let _ = write!(self.body, "<{name}");
        if !ink.class.is_empty() {
            let _ = write!(self.body, " class=\"{}\"", ink.class);
        }
        let _ = write!(self.body, " {attributes}");
        if !ink.attribute.is_empty() {
            let _ = write!(self.body, " {}", ink.attribute);
        }
        if width > 0 {
            let _ = write!(self.body, " stroke-width=\"{}\"", units(i64::from(width)));
        }
        match ink.title {
            Some(title) => {
                let _ = writeln!(self.body, "><title>{}</title></{name}>", escape(&title));
            }
            None => self.body.push_str("/>\n"),
        }
    }
}

/// Pixels of plotters as units: `46`, `12.5`.
fn units(pixels: i64) -> String {
    let sign = if pixels < 0 { "-" } else { "" };
    let (whole, tenth) = (pixels.unsigned_abs() / 10, pixels.unsigned_abs() % 10);
    if tenth == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{tenth}")
    }
}

fn path(points: impl IntoIterator<Item = BackendCoord>, closed: bool) -> String {
    let mut data = String::new();
    for (place, (x, y)) in points.into_iter().enumerate() {
        let step = if place == 0 { 'M' } else { 'L' };
        let _ = write!(data, "{step}{} {}", units(x.into()), units(y.into()));
    }
    if closed {
        data.push('Z');
    }
    data
}

/// The backend.
pub(super) struct Svg {
    pub page: Rc<RefCell<Page>>,
    pub size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Nothing here is drawn pixel by pixel.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let data = format!("d=\"{}\"", path(points, false));
        self.page
            .borrow_mut()
            .element("path", style.color(), style.stroke_width(), &data);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let data = format!("d=\"{}\"", path(points, true));
        self.page
            .borrow_mut()
            .element("path", style.color(), style.stroke_width(), &data);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        _: bool,
    ) -> Drawn {
        let attributes = format!(
            "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            units(left.min(right).into()),
            units(top.min(bottom).into()),
            units(i64::from(right.abs_diff(left))),
            units(i64::from(bottom.abs_diff(top))),
        );
        self.page
            .borrow_mut()
            .element("rect", style.color(), style.stroke_width(), &attributes);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Drawn {
        let attributes = format!(
            "cx=\"{}\" cy=\"{}\" r=\"{}\"",
            units(x.into()),
            units(y.into()),
            units(radius.into())
        );
        self.page
            .borrow_mut()
            .element("circle", style.color(), style.stroke_width(), &attributes);
        Ok(())
    }

    /// `y` is the baseline.
    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let mut page = self.page.borrow_mut();
        let ink = page.find(style.color().rgb);
        let class = match ink.class.as_str() {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let _ = writeln!(
            page.body,
            "<text{class} x=\"{}\" y=\"{}\"{anchor}>{}</text>",
            units(x.into()),
            units(y.into()),
            escape(text)
        );
        Ok(())
    }
}
