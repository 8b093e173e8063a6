//! Photographs: as they are, or made fit for paper.

use crate::Ink;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba};
use std::io::Cursor;

/// The widest a photograph is stored: 300 dots per inch across a page.
const WIDEST: u32 = 2100;
/// The most memory that decoding may take: a photograph of 60 million pixels.
const MEMORY: u64 = 256 << 20;

/// A photograph to print.
pub(crate) struct Print {
    /// JPEG or PNG.
    pub bytes: Vec<u8>,
    /// How the file's name ends.
    pub kind: &'static str,
    /// Width over height, as it stands upright.
    pub ratio: f64,
}

/// Reads a photograph; gives it back as it is where nothing is to be changed.
///
/// # Errors
/// What the decoder says.
pub(crate) fn print(bytes: &[u8], ink: Ink) -> Result<Print, ImageError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let format = reader.format();
    let mut reader = reader;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    limits.max_image_width = Some(20_000);
    limits.max_image_height = Some(20_000);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    let ratio = f64::from(picture.width()) / f64::from(picture.height().max(1));
    let upright = orientation == Orientation::NoTransforms;
    let small = picture.width() <= WIDEST;
    // Inks of a printing press have no meaning here without their profile.
    let is_light = jpeg_parts(bytes) != Some(4);
    let as_it_is = upright && small && is_light && ink == Ink::Colour && !tells_more(bytes);
    if let (true, Some(kind)) = (as_it_is, format.and_then(kind)) {
        return Ok(Print {
            bytes: bytes.to_vec(),
            kind,
            ratio,
        });
    }
    if !small {
        let height = u64::from(picture.height()) * u64::from(WIDEST) / u64::from(picture.width());
        let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
        picture = picture.resize_exact(WIDEST, height, FilterType::Lanczos3);
    }
    let picture = opaque(picture);
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, 88);
    match ink {
        Ink::Colour => picture.to_rgb8().write_with_encoder(encoder)?,
        Ink::BlackAndWhite => picture.to_luma8().write_with_encoder(encoder)?,
    }
    Ok(Print {
        bytes: out,
        kind: "jpg",
        ratio,
    })
}

/// Whether a file tells more than its picture: where it was taken, by whom, with what.
fn tells_more(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 6] = [
        b"Exif",
        b"eXIf",
        b"http://ns.adobe.com/",
        b"Photoshop 3.0",
        b"tEXt",
        b"iTXt",
    ];
    MARKS
        .iter()
        .any(|mark| bytes.windows(mark.len()).any(|part| part == *mark))
}

/// A photograph to be given away: upright, of a size for paper, its picture and nothing else.
/// `None` where it cannot be read.
#[must_use]
pub fn photograph(bytes: &[u8]) -> Option<Vec<u8>> {
    print(bytes, Ink::Colour).ok().map(|print| print.bytes)
}

/// Of how many parts a colour is in a JPEG: 1 for greys, 3 for light, 4 for inks.
fn jpeg_parts(bytes: &[u8]) -> Option<u8> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, segment @ ..] = rest else {
            return None;
        };
        // Frames are described by markers C0 to CF, but for three that say something else.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return segment.get(5).copied();
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = segment.get(length.checked_sub(2)?..)?;
    }
}

/// On white where it lets through what is behind it.
fn opaque(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut picture = picture.into_rgba8();
    for Rgba([red, green, blue, alpha]) in picture.pixels_mut() {
        for part in [red, green, blue] {
            let over = u16::from(*part) * u16::from(*alpha) + 255 * (255 - u16::from(*alpha));
            *part = u8::try_from(over / 255).unwrap_or(u8::MAX);
        }
        *alpha = u8::MAX;
    }
    picture.into()
}

fn kind(format: ImageFormat) -> Option<&'static str> {
    match format {
        ImageFormat::Jpeg => Some("jpg"),
        ImageFormat::Png => Some("png"),
        _ => None,
    }
}
