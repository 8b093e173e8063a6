//! What a figure is once it is composed: everything a page, a report or an export shows of it,
//! as plain values. Texts are ready to be shown (not yet escaped for HTML), drawings are complete
//! `<svg>` elements to be put in the page as they are.

use beffroi_model::{CellState, DatasetId, IndicatorId, Status};
use beffroi_text::{Formatted, Lang};
use chrono::NaiveDate;

/// One composed figure, in the order in which it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The tile's id, unique on its page; ids inside the drawings start with `fig-<id>`.
    pub id: String,
    /// Columns of twelve.
    pub width: u8,
    /// A sentence that says what is seen.
    pub title: String,
    /// The language of the title when it is not that of the page (a French title of its own on an
    /// English page).
    pub title_lang: Option<Lang>,
    /// Measure, unit, period; where the axis starts when not at zero.
    pub subtitle: String,
    /// The tile's own note; may be empty.
    pub note: String,
    /// What to know before reading.
    pub notices: Vec<Notice>,
    /// The drawing.
    pub drawing: Drawing,
    /// All the values. Empty for a figure without answer.
    pub table: Table,
    /// Where the values come from, each dataset once.
    pub sources: Vec<SourceLine>,
    /// What is shown.
    pub indicators: Vec<IndicatorId>,
}

/// How a figure is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// Nothing to draw: the notices say why.
    None,
    /// Key figures, one per indicator.
    Kpi(Vec<Summary>),
    /// Two drawings of the same values; the page shows the one that fits.
    Plot(Plot),
    /// One small drawing per member, all on the same scale.
    Multiples(Vec<Multiple>),
    /// The table itself is the drawing: plain, or shaded when cells have shades.
    Table,
}

/// The two drawings of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// `<svg class="trace large">`, 480 to 740 units wide.
    pub wide: String,
    /// `<svg class="trace etroit">`, 340 units wide (a map keeps the units of the wide one, with
    /// larger figures).
    pub narrow: String,
    /// Whether the wide drawing needs 38 rem (it then has the class `vaste`).
    pub vast: bool,
    /// What the narrow drawing has no room to write (the names of districts): to be shown under
    /// it, with the class `seul-etroit`.
    pub narrow_text: Option<String>,
}

/// A part of what comes in or goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Strand {
    /// Its name.
    pub label: String,
    /// As it is read: `39 €`, `4,2 M€`.
    pub text: String,
    /// How thick it is.
    pub weight: f64,
}

/// One of the small multiples.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiple {
    /// The member.
    pub title: String,
    /// Its last value.
    pub value: String,
    /// `<svg class="trace">`, 160 units wide.
    pub svg: String,
}

/// Something to know before reading a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// A few words, with their full stop.
    pub title: String,
    /// The rest; may be empty.
    pub text: String,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Values are not known.
    Missing,
    /// Values are masked.
    Secret,
    /// The next delivery is late.
    Stale,
    /// A figure rests on a part of what it should rest on.
    Partial,
    /// The period is not over, or not delivered in full.
    Provisional,
    /// A filter has no effect on this figure.
    Ignored,
    /// It is counted otherwise from a day on.
    Break,
    /// A value or a change of level that stands out.
    Unusual,
    /// A threshold is crossed.
    Threshold,
    /// There is no answer.
    Error,
}

/// The values of a figure, as text and as numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// What the table holds.
    pub caption: String,
    /// Columns; the first one names rows.
    pub head: Vec<Head>,
    /// Rows; each has as many cells as there are columns.
    pub rows: Vec<TableRow>,
    /// What shades mean, for a heat table and for a map.
    pub legend: Option<Legend>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its name, with the unit.
    pub label: String,
    /// Whether it holds numbers (set to the right).
    pub numeric: bool,
    /// Whether it is in exports; changes, which follow from the values, are not.
    pub exported: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// One cell per column.
    pub cells: Vec<TableCell>,
    /// Whether it is the total of the others.
    pub total: bool,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableCell {
    /// What is read: a number with its decimals, `n. d.`, `///`, `s`, or a name.
    pub text: String,
    /// The notation of exports, where it differs from the text (`2025-03` for a month).
    pub code: Option<String>,
    /// The number, where there is one.
    pub value: Option<f64>,
    /// Whether there is a value, and why not. Names count as values.
    pub state: CellState,
    /// Whether the value is provisional (its text ends in `(p)`).
    pub provisional: bool,
    /// Class of shade, 0 to 5: `q1` to `q6`.
    pub shade: Option<u8>,
}

/// What shades mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legend {
    /// Classes from the lowest: shade 0 to 5 and the bounds in words.
    pub classes: Vec<(u8, String)>,
    /// Whether some cells are not known, make no sense, are masked.
    pub missing: bool,
    /// See `missing`.
    pub not_applicable: bool,
    /// See `missing`.
    pub secret: bool,
}

/// Where values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its name.
    pub title: String,
    /// The version that was read.
    pub version: u32,
    /// The newest file of that version.
    pub file: String,
    /// When the department extracted it.
    pub extracted_on: NaiveDate,
    /// Whether the next delivery is late.
    pub stale: bool,
    /// Rows set aside, and how many were read; `None` where none were, or where statistical secrecy
    /// forbids to tell.
    pub rejected: Option<(u64, u64)>,
    /// `Source : Trajets en vélo · extrait le 2 juin 2026`.
    pub text: String,
}

/// An indicator in a few words: key figures, lines of the first page, head of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Its name.
    pub title: String,
    /// The language of the title when it is not that of the page.
    pub title_lang: Option<Lang>,
    /// The number and its unit; for an absence its sign (`n. d.`, `///`, `s`) and no unit.
    pub value: Formatted,
    /// Whether there is a value, and why not.
    pub state: CellState,
    /// The value as a number.
    pub number: Option<f64>,
    /// When: `2025`, `mars 2025`, `10 juin 2026, 14 h 32`.
    pub period: String,
    /// Whether the period is not over, or not delivered in full.
    pub provisional: bool,
    /// Whether the period shown is older than the one asked for, which is not known yet.
    pub outdated: bool,
    /// Change in a year: `+8,2 % en un an`. Never between a full and a partial period.
    pub change: Option<String>,
    /// The value of the year before, or the sign of its absence; `None` where it was not asked.
    pub before: Option<String>,
    /// A sentence: value, change, target.
    pub phrase: String,
    /// The part of `phrase` that comes first and may be set in bold.
    pub lead: String,
    /// Where it stands.
    pub status: Status,
    /// The status in words.
    pub status_word: String,
    /// `92 % de l’objectif`, `16 au-dessus du plafond`; may be empty.
    pub status_detail: String,
    /// `objectif 2026 : 1,4 million`; may be empty.
    pub target: String,
    /// `<svg class="mini">`, 128 × 32; empty when fewer than two values are known.
    pub sparkline: String,
    /// `<svg class="mini courbe">`, 300 × 74, with the target; empty when fewer than two values
    /// are known.
    pub curve: String,
    /// `<svg class="mini">`, 152 × 32: the value and the target's mark.
    pub target_bar: Option<String>,
    /// The main source.
    pub source: Option<SourceLine>,
    /// What to know (missing, secret, partial…).
    pub notices: Vec<Notice>,
    /// What to watch, if anything.
    pub watch: Option<WatchLine>,
}

/// A line of the list *À surveiller*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchLine {
    /// The status it is shown with.
    pub status: Status,
    /// What is to be known, with the figure.
    pub title: String,
    /// Trend, and where it leads.
    pub text: String,
    /// The indicator.
    pub indicator: IndicatorId,
    /// The more urgent, the smaller.
    pub rank: u8,
}

/// Everything computed that the page of an indicator shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Value, status, sentence.
    pub summary: Summary,
    /// The long series, with the targets; none for a live indicator.
    pub series: Option<Figure>,
    /// One small drawing per member of its first mapped (else first) dimension.
    pub multiples: Option<Figure>,
    /// The same values as a heat table; bars for a live indicator.
    pub members: Option<Figure>,
    /// What the council voted, year by year.
    pub targets: Vec<TargetLine>,
    /// How it is computed, in words.
    pub formula: String,
    /// The year under way as far as it is known, against the same months of the year before.
    pub so_far: Option<String>,
    /// What the next target still needs, and where the trend leads: a sentence each.
    pub outlook: Vec<String>,
    /// What the source declares beside what is computed, the newest year first; empty when it
    /// declares nothing.
    pub declared: Vec<DeclaredLine>,
    /// Since when it is counted otherwise.
    pub changes: Vec<ChangeLine>,
    /// Worked examples.
    pub examples: Vec<ExampleTable>,
}

/// A year as computed and as the source declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredLine {
    /// The year.
    pub period: String,
    /// What is computed, or the sign of its absence.
    pub computed: String,
    /// What is declared, or the sign of its absence.
    pub declared: String,
    /// How far the computed value is from the declared one; empty unless both are known.
    pub difference: String,
}

/// A change in how an indicator is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// From when on: `2023`, `15 mars 2024`.
    pub since: String,
    /// What changed.
    pub note: String,
    /// The language of the note when it is not that of the page.
    pub note_lang: Option<Lang>,
    /// The formula from then on, in words; empty for a series break.
    pub formula: String,
}

/// A worked example: a table of what one starts from, and the result.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleTable {
    /// What it is about; may be empty.
    pub title: String,
    /// The language of the title where it is not that of the page.
    pub title_lang: Option<Lang>,
    /// Names of the columns.
    pub heads: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<String>>,
    /// `14,66 ans`, `sans objet`.
    pub result: String,
}

/// One voted target and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetLine {
    /// The year.
    pub year: i32,
    /// The target's value.
    pub target: String,
    /// The year's value, an absence sign, or *en cours* for a year that is not over.
    pub result: String,
    /// `92 %`; empty for a ceiling and without value.
    pub achieved: String,
    /// Where it stands.
    pub status: Status,
    /// The status in words.
    pub status_word: String,
    /// The deliberation or law.
    pub origin: String,
    /// When it was voted, in words.
    pub voted_on: Option<String>,
}
