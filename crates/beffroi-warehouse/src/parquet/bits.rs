//! How Parquet packs whole numbers: levels and dictionary places in runs, long numbers as
//! differences. (Encodings `RLE` and `DELTA_BINARY_PACKED` of the format.)

/// Differences packed together, and how many of these groups share a smallest difference.
const GROUP: usize = 32;
const BLOCK: usize = 4 * GROUP;

/// How many bits the number needs.
pub(super) fn width_of(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

/// Numbers of at most `width` bits: one run when all are equal, else side by side.
pub(super) fn runs(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    let Some(&first) = numbers.first() else {
        return;
    };
    if numbers.iter().all(|&number| number == first) {
        varint((numbers.len() as u64) << 1, out);
        let bytes = (width.div_ceil(8) as usize).min(4);
        out.extend_from_slice(first.to_le_bytes().get(..bytes).unwrap_or_default());
        return;
    }
    let groups = numbers.len().div_ceil(8);
    varint((groups as u64) << 1 | 1, out);
    let padding = groups * 8 - numbers.len();
    let padded = numbers
        .iter()
        .copied()
        .chain(std::iter::repeat_n(0, padding));
    pack(padded.map(u64::from), width, out);
}

/// Numbers as differences from one to the next.
pub(super) fn differences(numbers: &[i64], out: &mut Vec<u8>) {
    varint(BLOCK as u64, out);
    varint((BLOCK / GROUP) as u64, out);
    varint(numbers.len() as u64, out);
    let Some((&first, rest)) = numbers.split_first() else {
        varint(0, out);
        return;
    };
    varint(zigzag(first), out);
    let (mut before, mut steps) = (first, [0_i64; BLOCK]);
    for block in rest.chunks(BLOCK) {
        for (step, &number) in steps.iter_mut().zip(block) {
            *step = number.wrapping_sub(before);
            before = number;
        }
        let known = steps.get(..block.len()).unwrap_or_default();
        let least = known.iter().copied().min().unwrap_or(0);
        varint(zigzag(least), out);
        // What is left over of the least; groups beyond the last number take no room.
        let above = |step: &i64| step.wrapping_sub(least).cast_unsigned();
        let groups = || known.chunks(GROUP);
        let widths = groups().map(|group| group.iter().map(|step| width_of(above(step))).max());
        let mut bytes = [0_u8; BLOCK / GROUP];
        for (byte, width) in bytes.iter_mut().zip(widths) {
            *byte = width.and_then(|width| width.try_into().ok()).unwrap_or(0);
        }
        out.extend_from_slice(&bytes);
        for (group, width) in groups().zip(bytes) {
            let padding = std::iter::repeat_n(0, GROUP - group.len());
            pack(group.iter().map(above).chain(padding), width.into(), out);
        }
    }
}

/// Numbers of `width` bits side by side, from the lowest bit of the first byte.
fn pack(numbers: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let (mut held, mut bits) = (0_u128, 0);
    for number in numbers {
        held |= u128::from(number) << bits;
        bits += width;
        if bits >= u64::BITS {
            #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
            out.extend_from_slice(&(held as u64).to_le_bytes());
            held >>= u64::BITS;
            bits -= u64::BITS;
        }
    }
    let rest = held.to_le_bytes();
    out.extend_from_slice(rest.get(..bits.div_ceil(8) as usize).unwrap_or_default());
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packs_are_those_of_the_format() {
        let packed = |numbers: &[u32], width| {
            let mut out = Vec::new();
            runs(numbers, width, &mut out);
            out
        };
        assert_eq!(packed(&[5; 100], 3), [0xc8, 0x01, 5]);
        // The example of the format's own text: 0 to 7 in three bits each.
        assert_eq!(
            packed(&[0, 1, 2, 3, 4, 5, 6, 7], 3),
            [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]
        );
    }
}
