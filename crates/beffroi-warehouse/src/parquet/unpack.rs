//! The reverse of [`bits`](super::bits): runs and differences read back.

use parquet::errors::{ParquetError, Result};

/// Numbers of at most 32 bits, in runs of one number or side by side. Stops at `count` of them.
pub(super) fn runs(mut bytes: &[u8], width: u32, count: usize, out: &mut Vec<u32>) -> Result<()> {
    let end = out.len() + count;
    out.reserve(count);
    while out.len() < end {
        let header = varint(&mut bytes)?;
        let left = end - out.len();
        if header & 1 == 0 {
            let length = size(header >> 1)?.min(left);
            let taken = take(&mut bytes, width.div_ceil(8) as usize)?;
            let mut number = [0; 4];
            for (byte, known) in number.iter_mut().zip(taken) {
                *byte = *known;
            }
            out.extend(std::iter::repeat_n(u32::from_le_bytes(number), length));
        } else {
            let groups = size(header >> 1)?;
            let packed = take(&mut bytes, groups.saturating_mul(width as usize))?;
            let length = groups.saturating_mul(8).min(left);
            unpack(packed, width, length, |number| out.push(number as u32));
        }
    }
    Ok(())
}

/// So many numbers told as differences from one to the next.
pub(super) fn differences(mut bytes: &[u8], wanted: usize, out: &mut Vec<i64>) -> Result<()> {
    let block = size(varint(&mut bytes)?)?;
    let groups = size(varint(&mut bytes)?)?;
    let count = size(varint(&mut bytes)?)?;
    if count != wanted {
        return Err(broken());
    }
    let mut number = zigzag(varint(&mut bytes)?);
    let group = match groups {
        0 => 0,
        _ => block / groups,
    };
    if count > 0 {
        out.push(number);
    }
    let mut left = count.saturating_sub(1);
    while left > 0 {
        if group == 0 {
            return Err(broken());
        }
        let least = zigzag(varint(&mut bytes)?);
        let widths = take(&mut bytes, groups)?;
        for width in widths {
            if left == 0 {
                break;
            }
            let width = u32::from(*width);
            let packed = take(&mut bytes, group.saturating_mul(width as usize) / 8)?;
            let here = group.min(left);
            unpack(packed, width, here, |step| {
                number = number.wrapping_add(least).wrapping_add(step.cast_signed());
                out.push(number);
            });
            left -= here;
        }
    }
    Ok(())
}

/// Hands on `count` numbers of `width` bits that stand side by side. What is beyond the bytes
/// reads as zero.
fn unpack(bytes: &[u8], width: u32, count: usize, mut each: impl FnMut(u64)) {
    if width == 0 {
        (0..count).for_each(|_| each(0));
        return;
    }
    let mask = match width {
        64.. => u64::MAX,
        _ => (1 << width) - 1,
    };
    let mut bit = 0_usize;
    for _ in 0..count {
        let (byte, shift) = (bit / 8, bit % 8);
        let word = match bytes.get(byte..).and_then(<[u8]>::first_chunk::<8>) {
            Some(word) => u64::from_le_bytes(*word),
            None => tail(bytes, byte),
        };
        let mut number = word >> shift;
        // What does not fit in eight bytes from where it starts.
        if shift + width as usize > 64 {
            let next = u64::from(bytes.get(byte + 8).copied().unwrap_or(0));
            number |= next << (64 - shift);
        }
        each(number & mask);
        bit += width as usize;
    }
}

fn tail(bytes: &[u8], from: usize) -> u64 {
    let rest = bytes.get(from..).unwrap_or_default();
    let each = rest.iter().take(8).zip((0..64).step_by(8));
    each.fold(0, |word, (byte, shift)| word | u64::from(*byte) << shift)
}

fn varint(bytes: &mut &[u8]) -> Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(bytes, 1)?.first().ok_or_else(broken)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(broken())
}

fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// The first bytes, which are then passed.
pub(super) fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or_else(broken)?;
    *bytes = rest;
    Ok(taken)
}

fn size(number: u64) -> Result<usize> {
    usize::try_from(number).map_err(|_| broken())
}

/// What is not laid out as the format says.
pub(super) fn broken() -> ParquetError {
    ParquetError::General("a page is cut short or damaged".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::parquet::bits;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_read_back(numbers in prop::collection::vec(0_u32..1_000_000, 0..200), more in 0_u32..12) {
            let most = numbers.iter().max().copied().unwrap_or(0);
            let width = (bits::width_of(most.into()) + more).min(32);
            let (mut packed, mut read) = (Vec::new(), Vec::new());
            bits::runs(&numbers, width, &mut packed);
            runs(&packed, width, numbers.len(), &mut read).unwrap();
            prop_assert_eq!(read, numbers);
        }

        #[test]
        fn differences_are_read_back(numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 0..300)) {
            let (mut packed, mut read) = (Vec::new(), Vec::new());
            bits::differences(&numbers, &mut packed);
            differences(&packed, numbers.len(), &mut read).unwrap();
            prop_assert_eq!(read, numbers);
        }

        #[test]
        fn damage_is_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), width in 0_u32..=32) {
            let _ = runs(&bytes, width, 100, &mut Vec::new());
            let _ = differences(&bytes, 100, &mut Vec::new());
        }
    }
}
