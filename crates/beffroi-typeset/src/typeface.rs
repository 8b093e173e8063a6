//! Our typefaces: Source Sans 3 for text, Source Serif 4 for titles and big numbers.
//!
//! Whole and unchanged, as their licences ask for files that bear their names (beside them, in
//! `assets/fonts`).

use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations};
use typst::utils::LazyHash;

static FILES: [&[u8]; 5] = [
    include_bytes!("../assets/fonts/SourceSans3-Regular.otf"),
    include_bytes!("../assets/fonts/SourceSans3-Bold.otf"),
    include_bytes!("../assets/fonts/SourceSans3-It.otf"),
    include_bytes!("../assets/fonts/SourceSerif4-Bold.otf"),
    include_bytes!("../assets/fonts/SourceSerif4Display-Bold.otf"),
];

static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|file| Font::new(Bytes::new(*file), 0))
        .collect()
});

/// The same, ready to be asked for glyphs.
static FACES: LazyLock<Vec<FontInstance>> = LazyLock::new(|| {
    let plain = |font: &Font| {
        let (variant, none) = (FontVariant::default(), FontVariations::default());
        font.clone().instantiate(variant, Abs::pt(10.0), &none)
    };
    FONTS.iter().map(plain).collect()
});

static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// One of our faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// Text.
    Sans = 0,
    /// Names of columns, totals, statuses.
    SansBold = 1,
    /// Big numbers.
    Display = 4,
}

/// All that Typst may choose from.
pub(crate) fn book() -> &'static LazyHash<FontBook> {
    &BOOK
}

/// One of them, by its place in the book.
pub(crate) fn font(index: usize) -> Option<Font> {
    FONTS.get(index).cloned()
}

/// Whether a character can be set: one of our faces has it, or it is not drawn at all (marks that
/// join, part or direct words).
pub(crate) fn has(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    ) || FACES
        .iter()
        .any(|face| face.ttf().glyph_index(character).is_some())
}

/// How wide a line comes out at a size, in points; kerning left aside.
pub(crate) fn width(face: Face, text: &str, size: f64) -> f64 {
    let Some(face) = FACES.get(face as usize) else {
        return 0.0;
    };
    let ems: f64 = text
        .chars()
        .map(|character| {
            face.ttf()
                .glyph_index(character)
                .and_then(|glyph| face.x_advance(glyph.0))
                .map_or(0.5, typst::layout::Em::get)
        })
        .sum();
    ems * size
}
