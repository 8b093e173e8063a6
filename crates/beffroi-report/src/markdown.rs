//! Texts in Markdown with placeholders → blocks.
//!
//! Placeholders are taken out before Markdown is read and put back after, so that a bar or an
//! underscore in them means nothing to it. What Markdown could bring that a report does not have
//! (HTML, pictures, tables, code) is read as the words it is made of.

use crate::document::{Block, Inline};
use beffroi_catalog::placeholder::{Piece, pieces};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// What placeholders become.
pub(crate) trait Fill {
    /// A placeholder in a line.
    fn inline(&mut self, piece: &Piece<'_>, text: &str) -> Inline;
    /// The figure of a name that stands alone on its line, if it is one.
    fn alone(&mut self, name: &str) -> Option<Vec<Block>>;
}

/// How deep lists and emphasis go; what is deeper is read at that depth.
const DEEPEST: usize = 6;

/// Around the number of a placeholder while Markdown is read; taken out of texts that hold them.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A text as blocks. Its first heading is a heading inside of a chapter.
pub(crate) fn blocks(text: &str, fill: &mut impl Fill) -> Vec<Block> {
    let cut = Cut::new(text);
    let parser = Parser::new(&cut.text);
    let mut reader = Reader {
        cut: &cut,
        fill,
        open: vec![Open::default()],
        lines: Vec::new(),
        too_deep: [0; 2],
    };
    for event in parser {
        reader.read(event);
    }
    reader.end_line(false);
    let whole = reader.open.drain(..).next().unwrap_or_default();
    whole.blocks
}

/// A line of text with placeholders and no Markdown.
pub(crate) fn line(text: &str, fill: &mut impl Fill) -> Vec<Inline> {
    let cut = Cut::new(text);
    let mut line = Vec::new();
    cut.words(&cut.text, fill, &mut line);
    line
}

/// A text whose placeholders are numbered, and they.
struct Cut<'a> {
    text: String,
    pieces: Vec<(Piece<'a>, &'a str)>,
}

impl<'a> Cut<'a> {
    fn new(text: &'a str) -> Self {
        let mut cut = Self {
            text: String::new(),
            pieces: Vec::new(),
        };
        let plain = |words: &str| words.replace([OPEN, CLOSE], "");
        for piece in pieces(text) {
            match &piece {
                Piece::Words(words) => cut.text.push_str(&plain(words)),
                Piece::Placed { at, .. } | Piece::Broken { at, .. } => {
                    let spelled = text.get(at.clone()).unwrap_or_default();
                    let place = cut.pieces.len();
                    cut.text.push_str(&format!("{OPEN}{place}{CLOSE}"));
                    cut.pieces.push((piece, spelled));
                }
            }
        }
        cut
    }

    /// Words with their placeholders put back.
    fn words(&self, words: &str, fill: &mut impl Fill, line: &mut Vec<Inline>) {
        let mut rest = words;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let (number, after) = after.split_once(CLOSE).unwrap_or((after, ""));
            push_text(line, before);
            if let Some((piece, spelled)) = number
                .parse()
                .ok()
                .and_then(|at: usize| self.pieces.get(at))
            {
                line.push(fill.inline(piece, spelled));
            }
            rest = after;
        }
        push_text(line, rest);
    }

    /// The name of a placeholder that is all there is of a paragraph.
    fn alone(&self, raw: &str) -> Option<&str> {
        let number = raw.trim().strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
        match self.pieces.get(number.parse::<usize>().ok()?)? {
            (Piece::Placed { name, part, .. }, _) if *part == Default::default() => Some(name),
            _ => None,
        }
    }
}

fn push_text(line: &mut Vec<Inline>, words: &str) {
    if words.is_empty() {
        return;
    }
    match line.last_mut() {
        Some(Inline::Text { text }) => text.push_str(words),
        _ => line.push(Inline::Text {
            text: words.to_owned(),
        }),
    }
}

/// Blocks that are being read, inside of one another.
#[derive(Default)]
struct Open {
    blocks: Vec<Block>,
    list: Option<(bool, Vec<Vec<Block>>)>,
}

/// A line that is being read, or a part of it.
struct OpenLine {
    kind: LineKind,
    of: Vec<Inline>,
    /// A placeholder that nothing stands beside yet: it may be a figure.
    pending: Option<String>,
}

enum LineKind {
    Paragraph,
    Heading(u8),
    Strong,
    Emphasis,
    Link(String),
}

struct Reader<'a, F> {
    cut: &'a Cut<'a>,
    fill: &'a mut F,
    open: Vec<Open>,
    lines: Vec<OpenLine>,
    /// Lists and items, and parts of lines, that are too deep to be opened.
    too_deep: [usize; 2],
}

impl<F: Fill> Reader<'_, F> {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.words(&text);
            }
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => {
                self.fill_in();
                self.line().of.push(Inline::Break);
            }
            _ => {}
        }
    }

    /// The line that words belong to; one is begun where there is none.
    fn line(&mut self) -> &mut OpenLine {
        if self.lines.is_empty() {
            self.begin(LineKind::Paragraph);
        }
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }

    fn begin(&mut self, kind: LineKind) {
        self.lines.push(OpenLine {
            kind,
            of: Vec::new(),
            pending: None,
        });
    }

    fn words(&mut self, text: &str) {
        let cut = self.cut;
        let line = self.line();
        let is_first = line.of.is_empty() && line.pending.is_none();
        if is_first && matches!(line.kind, LineKind::Paragraph) && cut.alone(text).is_some() {
            line.pending = Some(text.to_owned());
            return;
        }
        self.fill_in();
        let mut of = std::mem::take(&mut self.line().of);
        cut.words(text, self.fill, &mut of);
        self.line().of = of;
    }

    /// Fills in what was kept for being a figure alone on its line, and is not.
    fn fill_in(&mut self) {
        let cut = self.cut;
        let line = self.line();
        if let Some(pending) = line.pending.take() {
            let mut of = std::mem::take(&mut line.of);
            cut.words(&pending, self.fill, &mut of);
            self.line().of = of;
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if matches!(tag, Tag::List(_) | Tag::Item | Tag::BlockQuote(_))
            && (self.too_deep[0] > 0 || self.open.len() > DEEPEST)
        {
            self.end_line(false);
            self.too_deep[0] += 1;
            return;
        }
        if matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Link { .. })
            && (self.too_deep[1] > 0 || self.lines.len() > DEEPEST)
        {
            self.too_deep[1] += 1;
            return;
        }
        match tag {
            Tag::Paragraph => {
                self.end_line(false);
                self.begin(LineKind::Paragraph);
            }
            Tag::Heading { level, .. } => {
                self.end_line(false);
                let level = if level <= HeadingLevel::H2 { 3 } else { 4 };
                self.begin(LineKind::Heading(level));
            }
            Tag::List(first) => {
                self.end_line(false);
                if let Some(open) = self.open.last_mut() {
                    open.list = Some((first.is_some(), Vec::new()));
                }
            }
            Tag::Item | Tag::BlockQuote(_) => {
                self.end_line(false);
                self.open.push(Open::default());
            }
            Tag::Strong => {
                self.fill_in();
                self.begin(LineKind::Strong);
            }
            Tag::Emphasis => {
                self.fill_in();
                self.begin(LineKind::Emphasis);
            }
            Tag::Link { dest_url, .. } => {
                self.fill_in();
                self.begin(LineKind::Link(dest_url.into_string()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let kind = match tag {
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => Some(0),
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => Some(1),
            _ => None,
        };
        if let Some(kind) = kind
            && self.too_deep[kind] > 0
        {
            self.too_deep[kind] -= 1;
            if kind == 0 {
                self.end_line(false);
            }
            return;
        }
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) => self.end_line(false),
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => self.end_line(true),
            TagEnd::Item => {
                self.end_line(false);
                let item = self.open.pop().unwrap_or_default();
                if let Some(Open {
                    list: Some((_, items)),
                    ..
                }) = self.open.last_mut()
                {
                    items.push(item.blocks);
                }
            }
            TagEnd::List(_) => {
                self.end_line(false);
                if let Some(open) = self.open.last_mut()
                    && let Some((ordered, items)) = open.list.take()
                {
                    open.blocks.push(Block::List { ordered, items });
                }
            }
            TagEnd::BlockQuote(_) => {
                self.end_line(false);
                let quoted = self.open.pop().unwrap_or_default();
                if let Some(open) = self.open.last_mut() {
                    open.blocks.extend(quoted.blocks);
                }
            }
            TagEnd::HtmlBlock | TagEnd::CodeBlock => self.end_line(false),
            _ => {}
        }
    }

    /// Ends the part of a line that is open, or with it the whole line.
    fn end_line(&mut self, part: bool) {
        while let Some(line) = self.lines.pop() {
            let inner = match line.kind {
                LineKind::Strong => Inline::Strong { of: line.of },
                LineKind::Emphasis => Inline::Emphasis { of: line.of },
                LineKind::Link(to) => Inline::Link { to, of: line.of },
                LineKind::Paragraph | LineKind::Heading(_) => {
                    self.end_block(line);
                    return;
                }
            };
            if let Some(outer) = self.lines.last_mut() {
                outer.of.push(inner);
            }
            if part {
                return;
            }
        }
    }

    fn end_block(&mut self, line: OpenLine) {
        let mut text = line.of;
        if let Some(pending) = line.pending {
            let placed = self
                .cut
                .alone(&pending)
                .and_then(|name| self.fill.alone(name));
            if let (Some(placed), Some(open)) = (placed, self.open.last_mut()) {
                open.blocks.extend(placed);
                return;
            }
            self.cut.words(&pending, self.fill, &mut text);
        }
        if text.is_empty() {
            return;
        }
        let block = match line.kind {
            LineKind::Heading(level) => Block::Heading { level, text },
            _ => Block::Paragraph { lead: false, text },
        };
        if let Some(open) = self.open.last_mut() {
            open.blocks.push(block);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Values by their names; `carte` is a figure.
    struct Spelled;

    impl Fill for Spelled {
        fn inline(&mut self, piece: &Piece<'_>, text: &str) -> Inline {
            match piece {
                Piece::Placed { name, part, .. } => Inline::Value {
                    key: (*name).to_owned(),
                    text: format!("<{name}:{}>", part.as_str()),
                    revised: false,
                },
                _ => Inline::Broken {
                    text: text.to_owned(),
                },
            }
        }

        fn alone(&mut self, name: &str) -> Option<Vec<Block>> {
            (name == "carte").then(|| {
                vec![Block::Notice {
                    title: "CARTE".to_owned(),
                    text: String::new(),
                    broken: false,
                }]
            })
        }
    }

    fn words(of: &[Inline]) -> String {
        of.iter()
            .map(|inline| match inline {
                Inline::Text { text } | Inline::Value { text, .. } => text.clone(),
                Inline::Broken { text } => format!("!{text}!"),
                Inline::Strong { of } => format!("**{}**", words(of)),
                Inline::Emphasis { of } => format!("_{}_", words(of)),
                Inline::Link { to, of } => format!("[{}]({to})", words(of)),
                Inline::Break => "\\".to_owned(),
            })
            .collect()
    }

    fn shape(blocks: &[Block]) -> Vec<String> {
        blocks
            .iter()
            .flat_map(|block| match block {
                Block::Heading { level, text } => vec![format!("h{level} {}", words(text))],
                Block::Paragraph { text, .. } => vec![format!("p {}", words(text))],
                Block::List { items, ordered } => items
                    .iter()
                    .flat_map(|item| shape(item))
                    .map(|line| format!("{} {line}", if *ordered { "1." } else { "-" }))
                    .collect(),
                Block::Notice { title, .. } => vec![title.clone()],
                _ => vec!["?".to_owned()],
            })
            .collect()
    }

    fn read(text: &str) -> Vec<String> {
        shape(&blocks(text, &mut Spelled))
    }

    #[test]
    fn placeholders_are_filled_wherever_they_stand() {
        assert_eq!(
            read(
                "# Vélos\n\nEn tout {{ velos_locations_hab }}, **soit {{ a.b | evolution }}** [ici {{x}}](https://a.fr/_b_).\n\n- un {{ c }}\n- deux\n  suite\n"
            ),
            [
                "h3 Vélos",
                "p En tout <velos_locations_hab:valeur>, **soit <a.b:evolution>** [ici <x:valeur>](https://a.fr/_b_).",
                "- p un <c:valeur>",
                "- p deux suite",
            ]
        );
        assert_eq!(read("{{ a }}"), ["p <a:valeur>"]);
        assert_eq!(read("{{ a }} et {{ b }}"), ["p <a:valeur> et <b:valeur>"]);
        assert_eq!(read("### Petit {{ a }}"), ["h4 Petit <a:valeur>"]);
    }

    #[test]
    fn a_figure_alone_on_its_line_is_placed_there() {
        assert_eq!(
            read("avant\n\n{{ carte }}\n\naprès"),
            ["p avant", "CARTE", "p après"]
        );
        assert_eq!(read("- {{ carte }}\n\nfin"), ["- CARTE", "p fin"]);
        // In a line it is no value; who fills says so.
        assert_eq!(read("voir {{ carte }}"), ["p voir <carte:valeur>"]);
        assert_eq!(read("{{ carte | evolution }}"), ["p <carte:evolution>"]);
    }

    #[test]
    fn what_is_nested_without_end_is_read_no_deeper_than_a_report_goes() {
        fn deepest(blocks: &[Block]) -> usize {
            blocks
                .iter()
                .map(|block| match block {
                    Block::List { items, .. } => {
                        1 + items.iter().map(|item| deepest(item)).max().unwrap_or(0)
                    }
                    _ => 0,
                })
                .max()
                .unwrap_or(0)
        }
        for unit in ["- ", "> ", "1. ", "*a ", "**b ", "[", "- > * "] {
            let text = format!("{}x", unit.repeat(20_000));
            let read = blocks(&text, &mut Spelled);
            assert!(deepest(&read) <= DEEPEST, "{unit}");
            let kept = serde_json::to_string(&read).unwrap();
            let back: Vec<Block> = serde_json::from_str(&kept).unwrap();
            assert_eq!(back, read);
            assert!(kept.contains('x'), "{unit}");
        }
        let told = read(&format!("{}fin **a *b* c** d", "- ".repeat(40)));
        assert!(told[0].ends_with("p fin **a _b_ c** d"), "{told:?}");
    }

    #[test]
    fn what_a_report_does_not_have_is_read_as_words() {
        assert_eq!(
            read("<script>alert(1)</script>\n\na <b>gras</b> `code {{ c }}` ![alt](x.png)"),
            [
                "p <script>alert(1)</script>\n",
                "p a <b>gras</b> code <c:valeur> alt",
            ]
        );
        assert_eq!(read("> cité\n> {{ a }}"), ["p cité <a:valeur>"]);
        assert_eq!(
            read("{{ a | zz }} \u{e000}0\u{e001}"),
            ["p !{{ a | zz }}! 0"]
        );
        assert_eq!(read(""), [""; 0]);
        assert_eq!(
            read("1. un\n2. deux\n   - trois"),
            ["1. p un", "1. p deux", "1. - p trois"]
        );
    }
}
