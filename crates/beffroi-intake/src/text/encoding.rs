//! In which encoding the bytes of a text are: told by evidence over the whole file.

use super::charset::{CP437, CP850, Charset, Single, TextReader, is_foreign, lines, undone};
use crate::{Bytes, IntakeError, format::Decided, source::fill};
use beffroi_model::Confidence;
use encoding_rs::{
    Encoding, ISO_8859_15, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};
use std::io::Cursor;

/// How much is read at once.
const BLOCK: usize = 1 << 18;
/// Lines in no more than this are judged as they are.
const LINE: usize = 1 << 16;
/// The start of a text that is looked at for its dialect; pieces of the rest add as much again.
const SAMPLE: usize = 1 << 17;
const PIECES: u64 = 16;
/// How much the detector of browsers is given: it is slow, and made up its mind long before.
const DETECTED: usize = 8 << 20;

/// What was found about the bytes of a text.
pub(crate) struct Coding {
    /// How they are decoded.
    pub(crate) charset: Charset,
    /// The decision, with its evidence.
    pub(crate) decided: Decided,
    /// Whether characters were lost before the file came, or are not of its encoding.
    pub(crate) damaged: bool,
    /// Lines from the start of the text and from places spread over it.
    pub(crate) sample: Vec<String>,
}

impl Coding {
    /// All of the text at once, for formats that need it so.
    pub(crate) fn whole(&self, bytes: Bytes<'_>, limit: u64) -> Result<String, IntakeError> {
        if bytes.len()? > limit {
            return Err(IntakeError::TooLarge { limit });
        }
        let mut text = String::new();
        let mut reader = TextReader::new(bytes.reader()?, self.charset);
        while reader.more(&mut text)? {}
        Ok(text)
    }
}

/// Looks at all the bytes: a byte order mark, else what was declared, else what the bytes say.
pub(crate) fn look(bytes: Bytes<'_>, declared: Option<&str>) -> Result<Coding, IntakeError> {
    let census = Census::take(bytes)?;
    let (charset, decided) = match (census.mark, declared) {
        (Some(encoding), _) => (
            of(encoding),
            Decided::of("encoding", name(encoding)).because(
                "byte-order-mark",
                &[],
                Confidence::Sure,
            ),
        ),
        (None, Some(label)) => {
            let charset = named(label)?;
            (
                charset,
                Decided::of("encoding", label.trim().to_lowercase()),
            )
        }
        (None, None) => census.guess(),
    };
    if !matches!(charset, Charset::Multiple(_)) && census.is_binary() {
        return Err(IntakeError::NotATable);
    }
    let is_wide = census
        .mark
        .is_some_and(|mark| mark == UTF_16LE || mark == UTF_16BE);
    if is_wide && census.length > 16 && census.zeros == [0, 0] {
        // No line end, no blank, no digit: the mark is not that of this text.
        return Err(IntakeError::Damaged { format: "UTF-16" });
    }
    let damaged = match charset {
        Charset::Utf8 => census.bad > 0 || census.lost,
        Charset::Mixed(_) => census.torn_lines > 0 || census.lost,
        Charset::Multiple(_) => loses_characters(bytes, charset)?,
        _ => false,
    };
    Ok(Coding {
        sample: census.sample(charset)?,
        charset,
        decided,
        damaged,
    })
}

/// Whether any bytes are no character of their encoding.
fn loses_characters(bytes: Bytes<'_>, charset: Charset) -> Result<bool, IntakeError> {
    let mut reader = TextReader::new(bytes.reader()?, charset);
    let mut text = String::new();
    while reader.more(&mut text)? {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Ok(true);
        }
        text.clear();
    }
    Ok(false)
}

/// The encoding of a label: those of browsers, and the code pages of DOS.
fn named(label: &str) -> Result<Charset, IntakeError> {
    let lower = label.trim().to_lowercase();
    match lower.as_str() {
        "cp850" | "ibm850" | "850" | "dos" => return Ok(Charset::Single(CP850)),
        "cp437" | "ibm437" | "437" => return Ok(Charset::Single(CP437)),
        _ => {}
    }
    Encoding::for_label(lower.as_bytes())
        .map(of)
        .ok_or_else(|| IntakeError::UnknownEncoding {
            label: label.to_owned(),
        })
}

fn of(encoding: &'static Encoding) -> Charset {
    if encoding == UTF_8 {
        Charset::Utf8
    } else if encoding.is_single_byte() && encoding != X_USER_DEFINED {
        Charset::Single(Single::Web(encoding))
    } else {
        Charset::Multiple(encoding)
    }
}

fn name(encoding: &'static Encoding) -> String {
    encoding.name().to_lowercase()
}

/// What stands beside a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Lower,
    Upper,
    Digit,
    /// A byte beyond ASCII, likely a letter too.
    High,
    Other,
}

impl Beside {
    const ALL: [Self; 5] = [
        Self::Lower,
        Self::Upper,
        Self::Digit,
        Self::High,
        Self::Other,
    ];

    fn of(byte: Option<u8>) -> Self {
        match byte {
            Some(b'a'..=b'z') => Self::Lower,
            Some(b'A'..=b'Z') => Self::Upper,
            Some(b'0'..=b'9') => Self::Digit,
            Some(0x80..) => Self::High,
            _ => Self::Other,
        }
    }

    fn is_letter(self) -> bool {
        matches!(self, Self::Lower | Self::Upper)
    }
}

/// Where the last character starts, if it is one of several bytes: it may go on.
fn before_last_character(text: &[u8]) -> usize {
    let mut last = text.iter().rev().take(4);
    match last.position(|&byte| byte >= 0xc0) {
        Some(after) => text.len() - after - 1,
        None => text.len(),
    }
}

/// How much of a text is whole lines; of a very long line, what can be judged by itself.
fn whole_lines(text: &[u8], ended: bool) -> usize {
    match memchr::memrchr2(b'\n', b'\r', text) {
        _ if ended => text.len(),
        _ if text.len() > BLOCK + LINE => before_last_character(text),
        Some(end) => end + 1,
        None => 0,
    }
}

/// What was counted over all the bytes.
struct Census {
    /// The encoding of the byte order mark.
    mark: Option<&'static Encoding>,
    length: u64,
    /// Characters beyond ASCII in valid UTF-8, and bytes that are not UTF-8.
    good: u64,
    bad: u64,
    /// Lines of one byte for each character, and lines of UTF-8 with broken bytes.
    foreign_lines: u64,
    torn_lines: u64,
    /// Whether every line beyond ASCII was encoded twice.
    twice: bool,
    /// Whether there are replacement characters: what was there was lost before.
    lost: bool,
    /// Bytes beyond ASCII in lines that are not UTF-8, by what stands before and after.
    high: Box<[[u32; 128]; 25]>,
    detector: chardetng::EncodingDetector,
    /// How much it was given.
    detected: usize,
    /// Zeros at even and at odd places of the start.
    zeros: [usize; 2],
    /// Pieces of the bytes, from the start and spread.
    pieces: Vec<Vec<u8>>,
}

impl Census {
    /// Reads all the bytes once.
    fn take(bytes: Bytes<'_>) -> Result<Self, IntakeError> {
        let total = bytes.len()?;
        let head = bytes.head(4096)?;
        let mark = Encoding::for_bom(&head);
        let mut census = Self {
            mark: mark.map(|(encoding, _)| encoding),
            length: total,
            good: 0,
            bad: 0,
            foreign_lines: 0,
            torn_lines: 0,
            twice: true,
            lost: false,
            high: Box::new([[0; 128]; 25]),
            detector: chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny),
            detected: 0,
            zeros: [0, 1].map(|odd| {
                let places = head.iter().skip(odd).step_by(2);
                places.filter(|&&byte| byte == 0).count()
            }),
            pieces: Vec::new(),
        };
        let every = (total / PIECES).max(BLOCK as u64);
        let (mut at, mut next_piece) = (0_u64, 0_u64);
        let mut reader = bytes.reader()?;
        let (mut buffer, mut line) = (vec![0; BLOCK], Vec::new());
        loop {
            let read = fill(&mut reader, &mut buffer)?;
            let block = buffer.get(..read).unwrap_or_default();
            if at >= next_piece {
                let length = if at == 0 { SAMPLE } else { SAMPLE / 16 };
                census
                    .pieces
                    .push(block.get(..length).unwrap_or(block).to_vec());
                next_piece = at + every;
            }
            at += read as u64;
            census.count(block, &mut line, read == 0);
            if read == 0 {
                return Ok(census);
            }
        }
    }

    /// Counts a block; `line` holds the start of a line that goes on in the next.
    fn count(&mut self, block: &[u8], line: &mut Vec<u8>, ended: bool) {
        let mut block = block;
        if line.is_empty() {
            if block.is_ascii() {
                // The start of a line is ASCII; what follows will be judged without it.
                return;
            }
        } else {
            // Only the line that was begun is put together: the others are counted where they are.
            let end = memchr::memchr2(b'\n', b'\r', block).map(|end| end + 1);
            let (rest, after) = block.split_at(end.unwrap_or(block.len()));
            line.extend_from_slice(rest);
            let whole = match end {
                Some(_) => line.len(),
                None => whole_lines(line, ended),
            };
            self.count_lines(line.get(..whole).unwrap_or_default());
            line.drain(..whole);
            block = after;
        }
        if line.is_empty() {
            let (done, rest) = block.split_at(whole_lines(block, ended));
            self.count_lines(done);
            line.extend_from_slice(rest);
        }
    }

    fn count_lines(&mut self, text: &[u8]) {
        if let Ok(valid) = simdutf8::basic::from_utf8(text) {
            if !text.is_ascii() {
                self.count_utf8(valid);
            }
        } else {
            for line in lines(text) {
                self.count_line(line);
            }
        }
    }

    fn count_utf8(&mut self, text: &str) {
        let bytes = text.as_bytes();
        // Few enough at once for their count to fit a byte: many are added up together.
        let starts = bytes.chunks(255).map(|some| {
            let starts = some.iter().map(|&byte| u8::from(byte >= 0xc0));
            u64::from(starts.sum::<u8>())
        });
        self.good += starts.sum::<u64>();
        self.lost |= memchr::memmem::find(bytes, "\u{fffd}".as_bytes()).is_some();
        if self.twice {
            let mut beyond = lines(bytes).filter(|line| !line.is_ascii());
            self.twice = beyond.all(|line| undone(line).is_some());
        }
    }

    fn count_line(&mut self, line: &[u8]) {
        if let Ok(valid) = std::str::from_utf8(line) {
            if !line.is_ascii() {
                self.count_utf8(valid);
            }
            return;
        }
        self.twice = false;
        if is_foreign(line) {
            self.foreign_lines += 1;
        } else {
            self.torn_lines += 1;
        }
        for chunk in line.utf8_chunks() {
            self.good += chunk
                .valid()
                .chars()
                .filter(|char| !char.is_ascii())
                .count() as u64;
            self.bad += u64::from(!chunk.invalid().is_empty());
        }
        if self.detected < DETECTED {
            self.detected += line.len();
            self.detector.feed(line, false);
        }
        for (at, &byte) in line.iter().enumerate().filter(|(_, byte)| **byte >= 0x80) {
            let before = Beside::of(at.checked_sub(1).and_then(|at| line.get(at).copied()));
            let after = Beside::of(line.get(at + 1).copied());
            let place = self.high.get_mut(before as usize * 5 + after as usize);
            if let Some(count) = place.and_then(|row| row.get_mut(usize::from(byte - 0x80))) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// What the bytes say, when nobody else does.
    fn guess(&self) -> (Charset, Decided) {
        let decided = |value: &str| Decided::of("encoding", value);
        let half = usize::try_from(self.length.min(4096)).unwrap_or(4096) / 2;
        for (odd, encoding) in [(1, UTF_16LE), (0, UTF_16BE)] {
            let [here, there] = [odd, 1 - odd].map(|odd| self.zeros.get(odd).map_or(0, |n| *n));
            if half >= 8 && here * 3 > half && there * 10 < half {
                let decided = decided(&name(encoding)).because("zeros", &[], Confidence::Likely);
                return (Charset::Multiple(encoding), decided);
            }
        }
        let count = ("count", self.good.to_string());
        if self.bad == 0 {
            return match (self.good, self.twice) {
                (0, _) => (
                    Charset::Utf8,
                    decided("utf-8").because("ascii", &[], Confidence::Sure),
                ),
                (_, true) => (
                    Charset::TwiceUtf8,
                    decided("utf-8").because("encoded-twice", &[count], Confidence::Likely),
                ),
                _ => (
                    Charset::Utf8,
                    decided("utf-8").because("valid-utf8", &[count], Confidence::Sure),
                ),
            };
        }
        // A UTF-8 file with a few broken bytes is one that was cut or patched.
        if self.foreign_lines == 0 && self.good > 10 * self.bad {
            let args = [count, ("other", self.bad.to_string())];
            let decided = decided("utf-8").because("broken-utf8", &args, Confidence::Likely);
            return (Charset::Utf8, decided);
        }
        let (charset, value, code, confidence) = self.one_byte();
        match charset {
            Charset::Single(single) if self.good > self.bad / 20 && self.foreign_lines > 0 => {
                let args = [count, ("other", self.foreign_lines.to_string())];
                let value = format!("utf-8 + {value}");
                let decided = decided(&value).because("mixed-lines", &args, Confidence::Likely);
                (Charset::Mixed(single), decided)
            }
            _ => {
                let args = [("count", self.bad.to_string())];
                (charset, decided(&value).because(code, &args, confidence))
            }
        }
    }

    /// The encoding of lines that are not UTF-8: that of Western Europe under which letters stand
    /// where letters do; where none does, what the detector of browsers says.
    fn one_byte(&self) -> (Charset, String, &'static str, Confidence) {
        // Those of one family differ in a few characters only.
        let families = [
            &[Single::Web(WINDOWS_1252), Single::Web(ISO_8859_15)][..],
            &[Single::Web(MACINTOSH)],
            &[CP850, CP437],
        ];
        let mut best = (Single::Web(WINDOWS_1252), f64::MIN);
        let mut second = f64::MIN;
        for family in families {
            let mut of_family = (best.0, f64::MIN);
            for &single in family {
                let score = self.score(&single.upper());
                if score > of_family.1 {
                    of_family = (single, score);
                }
            }
            if of_family.1 > best.1 {
                (best, second) = (of_family, best.1);
            } else {
                second = second.max(of_family.1);
            }
        }
        let (single, score) = best;
        let other = self
            .detector
            .guess(Some(b"fr"), chardetng::Utf8Detection::Deny);
        let is_modern = matches!(single, Single::Web(web) if web != MACINTOSH);
        let trusted = if is_modern { 2.0 } else { 1.2 };
        // In Western text a letter beyond ASCII seldom stands beside another.
        if other != WINDOWS_1252 && (score < trusted || self.in_runs() > 0.5) {
            return (of(other), name(other), "detector", Confidence::Doubtful);
        }
        let confidence = if score >= 1.0 && score - second > 0.5 {
            Confidence::Likely
        } else {
            Confidence::Doubtful
        };
        (
            Charset::Single(single),
            single.name(),
            "letters",
            confidence,
        )
    }

    /// How well characters stand beside one another under a charset, on average.
    fn score(&self, upper: &[char; 128]) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (place, row) in self.high.iter().enumerate() {
            let side = |index: usize| Beside::ALL.get(index).copied().unwrap_or(Beside::Other);
            let (before, after) = (side(place / 5), side(place % 5));
            for (&char, &times) in upper.iter().zip(row).filter(|(_, times)| **times > 0) {
                sum += plausible(char, before, after) * f64::from(times);
                count += f64::from(times);
            }
        }
        sum / f64::max(count, 1.0)
    }

    /// Which part of the bytes beyond ASCII stands beside another.
    fn in_runs(&self) -> f64 {
        let (mut runs, mut all) = (0.0, 0.0);
        for (place, row) in self.high.iter().enumerate() {
            let count: f64 = row.iter().map(|&times| f64::from(times)).sum();
            all += count;
            if place / 5 == Beside::High as usize || place % 5 == Beside::High as usize {
                runs += count;
            }
        }
        runs / f64::max(all, 1.0)
    }

    /// Whole lines of the pieces.
    fn sample(&self, charset: Charset) -> Result<Vec<String>, IntakeError> {
        let mut sample = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let mut text = String::new();
            let mut reader = TextReader::new(Box::new(Cursor::new(piece)), charset);
            while reader.more(&mut text)? {}
            let start = match text.find(['\n', '\r']) {
                Some(end) if index > 0 => end + 1,
                _ => 0,
            };
            let is_whole = index == 0 && piece.len() as u64 >= self.length;
            let end = match text.rfind(['\n', '\r']) {
                Some(end) if !is_whole => end + 1,
                _ => text.len(),
            };
            if let Some(lines) = text.get(start..end).filter(|lines| !lines.is_empty()) {
                sample.push(lines.to_owned());
            }
        }
        Ok(sample)
    }

    /// Whether the pieces hold what no text does.
    fn is_binary(&self) -> bool {
        let bytes = || self.pieces.iter().flatten();
        let nuls = bytes().filter(|byte| **byte == 0).count();
        let controls = bytes()
            .filter(|byte| matches!(byte, 1..=8 | 14..=25 | 28..=31))
            .count();
        nuls * 8 > bytes().count() || controls.saturating_sub(2) * 50 > bytes().count()
    }
}

/// How likely a character is in Western text beside these.
fn plausible(char: char, before: Beside, after: Beside) -> f64 {
    use Beside::{Digit, High, Lower, Other, Upper};
    let within = before.is_letter() && after.is_letter();
    match char {
        'é' | 'è' | 'à' | 'ê' | 'ç' | 'ù' | 'ô' | 'û' | 'î' | 'ï' | 'ë' | 'â' | 'œ' => {
            match (before, after) {
                (Upper, Upper) => -2.0,
                (Other | Digit, Other | Digit) if char != 'à' => -1.0,
                _ => 3.0,
            }
        }
        'É' | 'È' | 'À' | 'Ê' | 'Ç' | 'Ù' | 'Ô' | 'Û' | 'Î' | 'Ï' | 'Ë' | 'Â' | 'Œ' => {
            match (before, after) {
                (Lower, _) => -3.0,
                (Other | Digit, Other | Digit) if char != 'À' => -1.0,
                (High, Lower | High) => 0.5,
                _ => 2.0,
            }
        }
        '’' | '‘' if within => 3.0,
        '°' | 'º' if !after.is_letter() && matches!(before, Digit | Lower | Upper) => 2.0,
        '€' | '£' if !within => 2.0,
        '²' | '³' if before.is_letter() => 2.0,
        '«' | '»' | '“' | '”' | '’' | '‘' | '–' | '—' | '…' | '•' | '\u{a0}' | '§' | '°' | '·'
        | '±' | '×' | 'µ' | '½' | '®' | '©' | '™' | '²' | '³' | '€' | '£' => {
            if within { -3.0 } else { 0.8 }
        }
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{fffd}' => -6.0,
        _ if char.is_lowercase() => match (before, after) {
            (Lower | Upper | High, _) | (_, Lower | High) if (before, after) != (Upper, Upper) => {
                0.8
            }
            _ => -1.5,
        },
        _ if char.is_uppercase() => match (before, after) {
            (Lower, _) => -3.0,
            (_, Lower | Upper | High) => 0.5,
            _ => -1.0,
        },
        _ if within => -4.0,
        _ => -1.5,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> (String, String, bool) {
        let coding = look(Bytes::Held(bytes), None).unwrap();
        let text = coding.whole(Bytes::Held(bytes), 1 << 20).unwrap();
        (coding.decided.value, text, coding.damaged)
    }

    /// The bytes of a text under one byte for each character.
    fn written(text: &str, single: Single) -> Vec<u8> {
        let upper = single.upper();
        text.chars()
            .map(|char| match u8::try_from(char) {
                Ok(byte) if byte.is_ascii() => byte,
                _ => {
                    let place = upper.iter().position(|c| *c == char);
                    0x80 + u8::try_from(place.expect("a character of the charset")).unwrap()
                }
            })
            .collect()
    }

    const TEXT: &str = "année;libellé;montant\n2024;Hôtel de ville à réhabiliter;12 000\n\
        2024;Café de l'Île, façade;3\n2023;École Émile Zola;45\n2022;DÉPARTEMENT DE LA CÔTE;6\n";

    #[test]
    fn each_encoding_is_found_by_its_bytes() {
        for single in [
            Single::Web(WINDOWS_1252),
            Single::Web(MACINTOSH),
            CP850,
            CP437,
        ] {
            let text = if matches!(single, Single::Dos { name: "cp437", .. }) {
                TEXT.replace(['Ô', 'Î'], "O").replace("►", "")
            } else {
                TEXT.to_owned()
            };
            let (name, read, damaged) = read(&written(&text, single));
            assert_eq!((read, damaged), (text, false), "{name}");
            if !matches!(single, Single::Dos { .. }) {
                assert_eq!(name, single.name());
            }
        }
        let text = "œuvre;prix\nchœur;12 €\nSacré-Cœur;3\n";
        assert_eq!(read(&written(text, Single::Web(ISO_8859_15))).1, text);
        let utf16 = |little: bool, mark: &str| -> Vec<u8> {
            let units = mark.encode_utf16().chain(TEXT.encode_utf16());
            let bytes = |unit: u16| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            };
            units.flat_map(bytes).collect()
        };
        for mark in ["\u{feff}", ""] {
            let utf8 = format!("{mark}{TEXT}");
            assert_eq!(
                read(utf8.as_bytes()),
                ("utf-8".to_owned(), TEXT.to_owned(), false)
            );
            assert_eq!(read(&utf16(true, mark)).0, "utf-16le");
            assert_eq!(read(&utf16(true, mark)).1, TEXT);
            assert_eq!(read(&utf16(false, mark)).1, TEXT);
        }
    }

    #[test]
    fn other_encodings_of_europe_and_asia_are_told() {
        for (label, text) in [
            (
                "windows-1250",
                "Příliš žluťoučký kůň úpěl ďábelské ódy; město Třebíč, ulice Žižkova\n",
            ),
            (
                "windows-1251",
                "Администрация города; улица Ленина, дом пять; бюджет на год\n",
            ),
            (
                "shift_jis",
                "市役所の予算;東京都の人口と世帯数\n令和五年度の一般会計\n",
            ),
            (
                "gb18030",
                "城市预算;北京市人口统计表\n二零二三年度的财政收入\n",
            ),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let bytes = encoding.encode(text).0.repeat(5);
            assert_eq!(read(&bytes).1, text.repeat(5), "{label}");
        }
    }

    #[test]
    fn lines_of_two_encodings_are_read_each_in_its_own() {
        let mut bytes = b"nom;lieu\nMa\xeetre Andr\xe9;ici\n".repeat(3);
        bytes.extend("Hélène;là-bas\n".repeat(3).as_bytes());
        let (name, text, damaged) = read(&bytes);
        assert_eq!((name.as_str(), damaged), ("utf-8 + windows-1252", false));
        assert!(text.contains("Maître André;ici\n") && text.contains("Hélène;là-bas"));
    }

    #[test]
    fn what_was_encoded_twice_throughout_is_undone() {
        let twice = "annÃ©e;libellÃ©\n2024;HÃ´tel d\u{e2}\u{20ac}\u{2122}Ã©tÃ©\n";
        assert_eq!(
            read(twice.as_bytes()).1,
            "année;libellé\n2024;Hôtel d’été\n"
        );
        let once = format!("{twice}2023;été\n");
        assert_eq!(read(once.as_bytes()).1, once);
    }

    #[test]
    fn a_nearly_valid_file_is_damaged_not_another_encoding() {
        let mut bytes = "é".repeat(40).into_bytes();
        bytes.push(0xc3);
        let (name, _, damaged) = read(&bytes);
        assert_eq!((name.as_str(), damaged), ("utf-8", true));
        assert!(read("D\u{fffd}partement".as_bytes()).2);
    }

    #[test]
    fn a_line_without_end_is_still_utf8() {
        for shift in 0..3 {
            let text = format!("{}{}", "a".repeat(shift), "é€".repeat(200_000));
            let (name, read, damaged) = read(text.as_bytes());
            assert_eq!(
                (name.as_str(), read == text, damaged),
                ("utf-8", true, false)
            );
        }
    }

    #[test]
    fn marks_and_nuls_are_dropped_wherever_they_stand() {
        let text = "\u{feff}\u{feff}a;b\n1;\u{feff}2\0 et plus\n\u{1a}";
        assert_eq!(read(text.as_bytes()).1, "a;b\n1;2 et plus\n");
    }

    #[test]
    fn a_declared_encoding_must_exist() {
        let declared = look(Bytes::Held(b"\x8e"), Some("macintosh")).unwrap();
        assert!(
            matches!(declared.charset, Charset::Single(single) if single.name() == "macintosh")
        );
        assert!(matches!(
            look(Bytes::Held(b"a"), Some("utf-9")),
            Err(IntakeError::UnknownEncoding { .. })
        ));
    }

    proptest! {
        #[test]
        fn blocks_may_end_anywhere(
            text in prop::collection::vec(
                prop::sample::select(b"ab1 ;\n\r\xe9\xc3\xa9\xef\xbf\xbd".to_vec()),
                0..200,
            ),
            size in 1..40_usize,
        ) {
            let counted = |size: usize| {
                let mut census = Census::take(Bytes::Held(b"")).unwrap();
                let mut line = Vec::new();
                for block in text.chunks(size) {
                    census.count(block, &mut line, false);
                }
                census.count(&[], &mut line, true);
                assert!(line.is_empty());
                let lines = census.foreign_lines + census.torn_lines;
                (census.good, census.bad, lines, census.lost)
            };
            prop_assert_eq!(counted(size), counted(200));
        }
    }
}
