//! Text in drawings: escaping, and how wide it will be. No font is read: the widths are those of
//! Arial and of its metric twins, with a little room for wider system fonts.

/// Widths in thousandths of the font size, from space (U+0020) to tilde (U+007E).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The width of a text set in that size.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let thousandths: u32 = text.chars().map(thousandths).sum();
    f64::from(thousandths) / 1000.0 * size * if bold { 1.1 } else { 1.03 }
}

fn thousandths(c: char) -> u32 {
    let plain = usize::try_from(u32::from(c).wrapping_sub(0x20)).ok();
    match plain.and_then(|place| WIDTHS.get(place)) {
        Some(width) => u32::from(*width),
        None => match c {
            '\u{a0}' | 'ì' | 'í' | 'î' | 'ï' | '·' => 278,
            '\u{202f}' | '’' | '‘' | '▏' => 222,
            '−' => 584,
            '—' | '…' | 'œ' | 'æ' => 944,
            'ᵉ' | 'ʳ' | '²' | '³' => 333,
            _ if c.is_uppercase() => 722,
            // Ideographs and the like are as wide as they are high.
            _ if u32::from(c) >= 0x1100 => 1000,
            _ => 556,
        },
    }
}

/// A text cut to a width, with an ellipsis when it does not fit.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size, false) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size, false) + size > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// Text fit to stand in markup. Characters that XML does not allow are left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_letters_take_more_room() {
        assert!(width("mmm", 14.0, false) > width("iii", 14.0, false));
        assert!(width("été", 14.0, false) < width("étéé", 14.0, false));
        assert!(width("a", 14.0, true) > width("a", 14.0, false));
        assert_eq!(width("", 14.0, false), 0.0);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(fit("Gare", 14.0, 100.0), "Gare");
        let cut = fit("Conservatoire à rayonnement départemental", 14.0, 100.0);
        assert!(
            cut.ends_with('…') && width(&cut, 14.0, false) <= 110.0,
            "{cut}"
        );
        assert_eq!(fit("abc", 14.0, 0.0), "…");
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            escape("<b a=\"x\">'&\u{1}</b>"),
            "&lt;b a=&quot;x&quot;&gt;&#39;&amp;&lt;/b&gt;"
        );
    }
}
