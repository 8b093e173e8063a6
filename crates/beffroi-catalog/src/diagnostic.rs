//! Errors of declarations: what, where, what to do.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the folder of declarations.
    pub file: PathBuf,
    /// Bytes of the file's text: start and end.
    pub span: std::ops::Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The text of the line, without control characters, cut after [`Place::LONGEST_LINE`].
    pub text: String,
    /// How many characters of the line the caret underlines, at least 1.
    pub length: usize,
}

impl Place {
    /// How many characters of a line are kept.
    pub const LONGEST_LINE: usize = 400;

    /// The place of some bytes of a text. A span outside of the text, or inside of a character,
    /// is brought to the nearest character before.
    #[must_use]
    pub fn new(file: &Path, text: &str, span: std::ops::Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let rest = &text[line_start..];
        let line_text = rest
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end_matches('\r');
        let underlined = &text[start..end.min(line_start + line_text.len()).max(start)];
        Self {
            file: file.to_owned(),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            text: line_text
                .chars()
                .take(Self::LONGEST_LINE)
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
            length: underlined.chars().count().max(1),
            span: start..end,
        }
    }

    /// Hides the texts of the line, of which one is a secret: errors are shown on pages and kept in
    /// logs.
    pub(crate) fn mask(&mut self) {
        let mut quoted = false;
        let masked = self.text.chars().map(|c| {
            if matches!(c, '"' | '\'') {
                quoted = !quoted;
                c
            } else if quoted {
                '•'
            } else {
                c
            }
        });
        self.text = masked.collect();
    }

    /// The file with `/` between folders, on every system.
    #[must_use]
    pub fn file_name(&self) -> String {
        let parts: Vec<_> = self
            .file
            .iter()
            .map(|part| part.to_string_lossy())
            .collect();
        parts.join("/")
    }
}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name in kebab case, `unknown-column`: the end of a message id.
    pub code: &'static str,
    /// Where; `None` when it concerns no file in particular (a folder that is not there).
    pub place: Option<Place>,
    /// What is wrong, in French.
    pub message: String,
    /// What to do, in French.
    pub hint: Option<String>,
}

/// All errors of a run, in the order of files and lines.
pub type Diagnostics = Vec<Diagnostic>;

/// The error as a terminal shows it, with the line and a caret under what is wrong.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "erreur[{}] : {}", self.code, self.message)?;
        let mut margin = 1;
        if let Some(place) = &self.place {
            margin = place.line.to_string().len();
            writeln!(
                f,
                "{:margin$} --> {}:{}:{}",
                "",
                place.file_name(),
                place.line,
                place.column
            )?;
            if place.column <= Place::LONGEST_LINE {
                let room = (place.text.chars().count() + 1)
                    .saturating_sub(place.column)
                    .max(1);
                writeln!(f, "{:margin$}  |", "")?;
                writeln!(f, " {} | {}", place.line, place.text)?;
                let (before, carets) = (place.column - 1, "^".repeat(place.length.min(room)));
                writeln!(f, "{:margin$}  | {:before$}{carets}", "", "")?;
            }
        }
        if let Some(hint) = &self.hint {
            writeln!(f, "{:margin$}  = aide : {hint}", "")?;
        }
        Ok(())
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal),+ $(,)?) => {
        /// Names of errors: each appears in the corpus of wrong declarations.
        pub(crate) mod code {
            $(pub(crate) const $name: &str = $code;)+
        }

        impl Diagnostic {
            /// Every code there is.
            pub const CODES: &'static [&'static str] = &[$($code),+];
        }
    };
}

codes! {
    // Files.
    FOLDER_MISSING = "folder-missing",
    TOWN_MISSING = "town-missing",
    UNREADABLE = "unreadable-file",
    TOO_MANY_FILES = "too-many-files",
    FILE_TOO_LARGE = "file-too-large",
    TOO_MANY_ERRORS = "too-many-errors",
    NOT_UTF8 = "not-utf8",
    BAD_FILE_NAME = "bad-file-name",
    MISPLACED_FILE = "misplaced-file",
    DUPLICATE_ID = "duplicate-id",
    // Shape.
    TOML_SYNTAX = "toml-syntax",
    DUPLICATE_KEY = "duplicate-key",
    UNKNOWN_KEY = "unknown-key",
    MISPLACED_KEY = "misplaced-key",
    MISSING_KEY = "missing-key",
    WRONG_TYPE = "wrong-type",
    EMPTY_TEXT = "empty-text",
    OUT_OF_RANGE = "out-of-range",
    WRONG_COUNT = "wrong-count",
    REPEATED = "repeated",
    UNKNOWN_WORD = "unknown-word",
    BAD_ID = "bad-id",
    BAD_INSEE = "bad-insee",
    BAD_PATH = "bad-path",
    BAD_ENCODING = "bad-encoding",
    BAD_DELIMITER = "bad-delimiter",
    BAD_PATTERN = "bad-pattern",
    RULE_KIND = "rule-kind",
    // Sources.
    SOURCE_KIND = "source-kind",
    BAD_URL = "bad-url",
    SECRET_IN_CLEAR = "secret-in-clear",
    BAD_QUERY = "bad-query",
    BAD_SCHEDULE = "bad-schedule",
    BAD_NETWORK = "bad-network",
    // References.
    UNKNOWN_DEPARTMENT = "unknown-department",
    UNKNOWN_DATASET = "unknown-dataset",
    UNKNOWN_INDICATOR = "unknown-indicator",
    UNKNOWN_DIMENSION = "unknown-dimension",
    UNKNOWN_COLUMN = "unknown-column",
    UNKNOWN_UNIT = "unknown-unit",
    UNKNOWN_MEMBER = "unknown-member",
    UNKNOWN_MAP = "unknown-map",
    UNKNOWN_SCHEMA = "unknown-schema",
    // Datasets and dimensions.
    AMBIGUOUS_SPELLING = "ambiguous-spelling",
    AMBIGUOUS_DIMENSION = "ambiguous-dimension",
    DIMENSION_NOT_TEXT = "dimension-not-text",
    TIME_NOT_DATE = "time-not-date",
    LOAD_WITHOUT_TIME = "load-without-time",
    PERSONAL_COLUMN = "personal-column",
    COMPUTED_COLUMN = "computed-column",
    NOT_A_NUMBER = "not-a-number",
    CHECK_TYPE = "check-type",
    COORDINATE_PAIR = "coordinate-pair",
    AREA_UNKNOWN = "area-unknown",
    BAD_SCHEMA = "bad-schema",
    SECRECY_RULE = "secrecy-rule",
    SECRECY_UNITS = "secrecy-units",
    SECRECY_CONTRIBUTOR = "secrecy-contributor",
    SECRECY_LIVE = "secrecy-live",
    SECRECY_SOURCE = "secrecy-source",
    BAD_MAP = "bad-map",
    MAP_NOT_WGS84 = "map-not-wgs84",
    // Indicators.
    MEASURE_SYNTAX = "measure-syntax",
    MEASURE_TYPE = "measure-type",
    TEXT_SUMMED = "text-summed",
    RATE_AVERAGED = "rate-averaged",
    RATE_SUMMED = "rate-summed",
    PERCENT_TWICE = "percent-twice",
    UNITS_MIXED = "units-mixed",
    UNIT_SIZE = "unit-size",
    UNIT_ANNOUNCED = "unit-announced",
    COLUMN_OUTSIDE_AGGREGATE = "column-outside-aggregate",
    NESTED_AGGREGATE = "nested-aggregate",
    NOTHING_COUNTED = "nothing-counted",
    INDICATOR_AND_COLUMNS = "indicator-and-columns",
    DERIVED_CYCLE = "derived-cycle",
    DATASET_WITHOUT_TIME = "dataset-without-time",
    READINGS_SUMMED = "readings-summed",
    SECRECY_SINGLE_VALUE = "secrecy-single-value",
    DIMENSION_NOT_IN_DATASET = "dimension-not-in-dataset",
    DIMENSION_NOT_SHARED = "dimension-not-shared",
    GRAINS_DO_NOT_MEET = "grains-do-not-meet",
    GRAIN_UNAVAILABLE = "grain-unavailable",
    TARGET_WITHOUT_DIRECTION = "target-without-direction",
    DUPLICATE_TARGET = "duplicate-target",
    BAD_CONDITION = "bad-condition",
    STRATUM_UNKNOWN = "stratum-unknown",
    THRESHOLD_SIDE = "threshold-side",
    FORMULAS_DIFFER = "formulas-differ",
    DECLARED_ITSELF = "declared-itself",
    EXAMPLE_GIVEN = "example-given",
    EXAMPLE_RESULT = "example-result",
    // Access.
    UNKNOWN_PERIMETER = "unknown-perimeter",
    UNKNOWN_BOARD = "unknown-board",
    UNKNOWN_REPORT = "unknown-report",
    UNKNOWN_TILE = "unknown-tile",
    BAD_PLACEHOLDER = "bad-placeholder",
    EMPTY_PERIMETER = "empty-perimeter",
    DEMO_OUTSIDE_SAMPLE = "demo-outside-sample",
    BAD_SIGN_IN = "bad-sign-in",
    // Boards.
    TILE_DIMENSION = "tile-dimension",
    TILE_NEEDS_BY = "tile-needs-by",
    MAP_WITHOUT_CONTOURS = "map-without-contours",
    TOO_MANY_INDICATORS = "too-many-indicators",
    UNITS_DIFFER = "units-differ",
    VIEW_UNAVAILABLE = "view-unavailable",
    TARGET_WITHOUT_VALUE = "target-without-value",
    FILTER_WITHOUT_USE = "filter-without-use",
    DUPLICATE_TILE = "duplicate-tile",
    NOT_LIVE = "not-live",
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_what_is_wrong() {
        let text = "a = 1\r\nmeasure = \"été + vacnts\"\r\n";
        let start = text.find("vacnts").expect("in the text");
        let diagnostic = Diagnostic {
            code: code::UNKNOWN_COLUMN,
            place: Some(Place::new(
                Path::new("indicators/x.toml"),
                text,
                start..start + 6,
            )),
            message: "colonne inconnue".to_owned(),
            hint: Some("voyez".to_owned()),
        };
        assert_eq!(
            diagnostic.to_string(),
            "erreur[unknown-column] : colonne inconnue\n  --> indicators/x.toml:2:18\n   |\n 2 | \
             measure = \"été + vacnts\"\n   |                  ^^^^^^\n   = aide : voyez\n"
        );
    }

    #[test]
    fn a_place_outside_of_the_text_is_brought_inside() {
        let place = Place::new(Path::new("x"), "é", 1..900);
        assert_eq!((place.line, place.column, place.length), (1, 1, 1));
        assert_eq!(Place::new(Path::new("x"), "", 3..9).span, 0..0);
    }
}
