//! Cells on their way into a spreadsheet.

use std::borrow::Cow;

/// A cell that a spreadsheet will not take for a formula: an apostrophe disarms it.
#[must_use]
pub fn disarmed(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_texts_left_alone() {
        for formula in ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(disarmed(formula), format!("'{formula}"));
        }
        for text in ["", "a=b", "12", "'=x"] {
            assert_eq!(disarmed(text), text);
        }
    }
}
