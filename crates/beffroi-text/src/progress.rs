//! How far the reading of a file has come, and sizes of files.

use crate::{Lang, number, t_args};
use beffroi_model::Progress;

/// How far the reading of a file has come: `lecture, 412 Mo sur 1,2 Go (34 %), 3 200 000 lignes,
/// 12 constats`.
#[must_use]
pub fn progress(lang: Lang, progress: &Progress) -> String {
    let percent = u128::from(progress.bytes) * 100;
    let percent = percent.checked_div(progress.of.into()).unwrap_or(100);
    let args = [
        ("bytes", size(lang, progress.bytes).into()),
        ("of", size(lang, progress.of).into()),
        ("percent", percent.to_string().into()),
    ];
    // What is opened may be looked through more than once: a share would say nothing.
    let pass = format!("progress-{}", progress.pass.as_str());
    let mut parts = vec![t_args(lang, &pass, &args)];
    for (id, count) in [
        ("progress-rows", progress.rows),
        ("progress-findings", progress.findings),
    ] {
        if count > 0 {
            parts.push(t_args(lang, id, &[("count", count.into())]));
        }
    }
    parts.join(", ")
}

/// A size in the unit that fits, with three digits at most: `812 octets`, `1,2 Mo`; `1.2 MB`.
#[must_use]
pub fn size(lang: Lang, bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [
        (1_000_000_000, "size-giga"),
        (1_000_000, "size-mega"),
        (1000, "size-kilo"),
    ];
    let unit = UNITS.into_iter().find(|(unit, _)| bytes >= *unit);
    let (unit, id) = unit.unwrap_or((1, "size-bytes"));
    #[allow(clippy::cast_precision_loss)]
    let value = bytes as f64 / unit as f64;
    // Rounded to a decimal, 9.96 has two digits before it.
    let decimals = u8::from(unit > 1 && value < 9.95);
    let args = [
        ("size", number(lang, value, decimals).into()),
        ("count", bytes.into()),
    ];
    t_args(lang, id, &args).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use beffroi_model::Pass;

    #[test]
    fn what_is_not_there_yet_is_not_told() {
        let mut seen = Progress {
            pass: Pass::Opening,
            bytes: 0,
            of: 1_200_000_000,
            rows: 0,
            findings: 0,
        };
        let plain = |seen: &Progress| progress(Lang::Fr, seen).replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(plain(&seen), "ouverture (1,2 Go)");
        (seen.pass, seen.bytes) = (Pass::Reading, 412_000_000);
        (seen.rows, seen.findings) = (3_200_000, 1);
        assert_eq!(
            plain(&seen),
            "lecture, 412 Mo sur 1,2 Go (34 %), 3 200 000 lignes, un constat"
        );
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        for (bytes, french, english) in [
            (0, "0 octet", "0 bytes"),
            (1, "1 octet", "1 byte"),
            (812, "812 octets", "812 bytes"),
            (1240, "1,2 ko", "1.2 kB"),
            (9_960_000, "10 Mo", "10 MB"),
            (412_000_000, "412 Mo", "412 MB"),
            (1_200_000_000, "1,2 Go", "1.2 GB"),
        ] {
            let plain = |lang| size(lang, bytes).replace('\u{a0}', " ");
            assert_eq!(plain(Lang::Fr), french);
            assert_eq!(plain(Lang::En), english);
        }
    }
}
