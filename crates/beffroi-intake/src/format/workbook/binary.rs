//! What the two binary kinds of workbooks (XLS, XLSB) have in common.

use super::unreadable;
use crate::IntakeError;

/// Reads fields one after the other; zeros beyond the end, which is remembered.
pub(super) struct Fields<'a> {
    pub(super) rest: &'a [u8],
    is_cut: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            is_cut: false,
        }
    }

    pub(super) fn take(&mut self, count: usize) -> &'a [u8] {
        self.is_cut |= count > self.rest.len();
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// Fails when more was read than there is: what was read is no value of the file.
    pub(super) fn whole(&self) -> Result<(), IntakeError> {
        if self.is_cut {
            Err(unreadable("a record is shorter than what it holds"))
        } else {
            Ok(())
        }
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16_at(self.take(2), 0).unwrap_or(0)
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32_at(self.take(4), 0).unwrap_or(0)
    }

    pub(super) fn f64(&mut self) -> f64 {
        self.take(8).try_into().map_or(0.0, f64::from_le_bytes)
    }

    /// Characters of two bytes each.
    pub(super) fn utf16(&mut self, count: usize) -> String {
        utf16(self.take(count.saturating_mul(2)))
    }
}

pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16_at(pair, 0).unwrap_or(0));
    char::decode_utf16(units)
        .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// A number in four bytes: the first thirty bits of a float, or a whole number, or a hundredth of
/// either.
pub(super) fn short_number(bits: u32) -> f64 {
    let value = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// What a cell shows that holds an error.
pub(super) fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..at.checked_add(2)?)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..at.checked_add(4)?)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_whole_or_floats_or_hundredths() {
        assert_eq!(short_number((1234 << 2) | 2), 1234.0);
        assert_eq!(short_number((1234 << 2) | 3), 12.34);
        assert_eq!(short_number((-5_i32 << 2).cast_unsigned() | 2), -5.0);
        let bits = u32::try_from(1.5_f64.to_bits() >> 32).unwrap_or(0);
        assert_eq!(short_number(bits), 1.5);
        assert_eq!(short_number(bits | 1), 0.015);
    }

    #[test]
    fn fields_beyond_the_end_are_zeros_and_it_is_known() {
        let mut fields = Fields::of(&[1, 0, 65, 0, 0x3d, 0xd8]);
        assert_eq!((fields.u16(), fields.whole()), (1, Ok(())));
        assert_eq!(fields.utf16(9), "A\u{fffd}");
        assert!(fields.whole().is_err());
        assert_eq!((fields.u8(), fields.u32(), fields.f64()), (0, 0, 0.0));
    }
}
