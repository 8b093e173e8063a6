//! A template made of the indicators of a town.

use super::{Part, Template, Wanted, find, read, wishes};
use beffroi_catalog::placeholder::{Part as Read, Piece, pieces};
use beffroi_catalog::{Catalog, Department, Indicator};
use beffroi_model::{DepartmentId, Grain, IndicatorId};
use std::collections::BTreeMap;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// What a template makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The report, as the TOML of a declaration.
    pub toml: String,
    /// The indicators that it shows, each once, in their order.
    pub found: Vec<IndicatorId>,
    /// What it would show and the town has no indicator for, in words, each once.
    pub lacking: Vec<String>,
}

/// How many numbers, and how many lines, a department's chapter shows.
const NUMBERS: usize = 8;
const LINES: usize = 3;
/// How many years are followed.
const YEARS: i64 = 7;

/// The report of a template for a town, whose `department` answers for it. A figure that no
/// indicator fits is left out, with the sentences that name it; a chapter stays all the same with
/// what is asked and what it covers, unless the town is known to be too small to owe it.
#[must_use]
pub fn instantiate(template: &Template, catalog: &Catalog, department: &DepartmentId) -> Made {
    let mut maker = Maker {
        catalog,
        department,
        chosen: BTreeMap::new(),
        found: Vec::new(),
        lacking: Vec::new(),
    };
    let mut document = DocumentMut::new();
    document.insert("title", value(&template.title));
    document.insert("summary", value(&template.summary));
    document.insert("kind", value(read::word(template.kind)));
    document.insert("department", value(department.as_str()));
    let chapters = maker.chapters(template);
    document.insert("chapters", Item::ArrayOfTables(chapters));
    let calendar = template.calendar.iter();
    let calendar: String = calendar.map(|line| format!("# {line}\n")).collect();
    Made {
        toml: format!("{calendar}{document}"),
        found: maker.found,
        lacking: maker.lacking,
    }
}

struct Maker<'a> {
    catalog: &'a Catalog,
    department: &'a DepartmentId,
    /// What each wish has become.
    chosen: BTreeMap<String, Option<&'a Indicator>>,
    found: Vec<IndicatorId>,
    lacking: Vec<String>,
}

impl<'a> Maker<'a> {
    fn chapters(&mut self, template: &Template) -> ArrayOfTables {
        let population = self.catalog.town.population.as_ref();
        let inhabitants = population.and_then(|population| population.inhabitants);
        let fixed = template.chapters.iter().filter(|part| !part.is_each);
        let mut taken: Vec<String> = fixed.map(|part| part.id.clone()).collect();
        let mut made = ArrayOfTables::new();
        for part in &template.chapters {
            let is_small = inhabitants
                .zip(part.from)
                .is_some_and(|(own, from)| own < from);
            if is_small {
                continue;
            }
            if part.is_each {
                self.departments(part, &mut taken, &mut made);
            } else {
                made.push(self.chapter(part));
            }
        }
        made
    }

    /// A chapter for each department that answers for indicators; where none does, one to be written.
    fn departments(&mut self, part: &Part, taken: &mut Vec<String>, made: &mut ArrayOfTables) {
        let catalog = self.catalog;
        let mut silent = Vec::new();
        let before = made.len();
        for (id, department) in &catalog.town.departments {
            let own = find::shown(catalog).filter(|it| it.department == *id);
            let mut own: Vec<&Indicator> = own.collect();
            if own.is_empty() {
                silent.push((id, department));
                continue;
            }
            // What first pages show, then what the council follows, then what is declared first.
            own.sort_by_key(|it| (!self.is_shown_first(it), it.targets.is_empty()));
            let mut chapter = head(part, &fresh(id.as_str(), taken), &plain(department), id);
            let mut figures = ArrayOfTables::new();
            let numbers = own.iter().take(NUMBERS);
            figures.push(self.numbers(numbers.copied(), "numbers"));
            for indicator in own.iter().take(LINES) {
                let mut line = self.tile(&[indicator], "line");
                line.insert("periods", value(YEARS));
                figures.push(line);
            }
            chapter.insert("figures", Item::ArrayOfTables(figures));
            made.push(chapter);
        }
        let is_empty = made.len() == before;
        for (id, department) in silent {
            if is_empty {
                made.push(head(
                    part,
                    &fresh(id.as_str(), taken),
                    &plain(department),
                    id,
                ));
            }
            let name = plain(department);
            self.lack(format!("un indicateur dont répond : {name}"));
        }
    }

    fn is_shown_first(&self, indicator: &Indicator) -> bool {
        let boards = self.catalog.boards.values();
        let of_boards = boards.flat_map(|board| &board.home);
        let mut first = self.catalog.town.home.highlights.iter().chain(of_boards);
        first.any(|id| *id == indicator.id)
    }

    fn lack(&mut self, what: String) {
        if !self.lacking.contains(&what) {
            self.lacking.push(what);
        }
    }

    fn show(&mut self, indicator: &Indicator) {
        if !self.found.contains(&indicator.id) {
            self.found.push(indicator.id.clone());
        }
    }

    /// What a wish has become; told as lacking where it is nothing.
    fn wish(&mut self, name: &str) -> Option<&'a Indicator> {
        if let Some(chosen) = self.chosen.get(name) {
            return *chosen;
        }
        let wish = wishes().get(name);
        let chosen = wish.and_then(|wish| find::fitting(self.catalog, wish).into_iter().next());
        if let (None, Some(wish)) = (chosen, wish) {
            self.lack(wish.says.clone());
        }
        self.chosen.insert(name.to_owned(), chosen);
        chosen
    }

    fn chapter(&mut self, part: &Part) -> Table {
        let found = find::department(self.catalog, &part.departments);
        let department = found.unwrap_or(self.department);
        let mut chapter = head(part, &part.id, &part.title, department);
        let mut ids: BTreeMap<&str, String> = BTreeMap::new();
        let mut figures = ArrayOfTables::new();
        for wanted in &part.figures {
            let Some(mut figure) = self.figure(wanted) else {
                continue;
            };
            if let Some(id) = &wanted.id {
                // In a text, the figure of a chapter stands before an indicator of that name.
                let is_taken = self.catalog.indicators.contains_key(id.as_str());
                let own = if is_taken {
                    format!("figure_{id}")
                } else {
                    id.clone()
                };
                figure = named(&own, &figure);
                ids.insert(id, own);
            }
            figures.push(figure);
        }
        let text = self.text(part, &ids, !figures.is_empty());
        if !text.is_empty() {
            chapter.insert("text", value(format!("{text}\n")));
        }
        if !figures.is_empty() {
            chapter.insert("figures", Item::ArrayOfTables(figures));
        }
        chapter
    }

    fn figure(&mut self, wanted: &Wanted) -> Option<Table> {
        let mut figure = match wanted.figure.as_str() {
            "hundred" | "flow" => self.flow(wanted)?,
            kind @ ("targets" | "indicators") if wanted.of.is_empty() => {
                let mut shown = find::shown(self.catalog);
                let (is_any, what) = match kind {
                    "targets" => (shown.any(|it| !it.targets.is_empty()), "un objectif voté"),
                    _ => (shown.next().is_some(), "un indicateur suivi par an"),
                };
                if !is_any {
                    self.lack(what.to_owned());
                    return None;
                }
                let mut table = Table::new();
                table.insert("figure", value(kind));
                table
            }
            kind @ ("numbers" | "targets" | "indicators") => {
                let found = self.all(&wanted.of);
                if found.is_empty() {
                    return None;
                }
                self.numbers(found.into_iter(), kind)
            }
            kind => self.drawn(wanted, kind)?,
        };
        if !wanted.title.is_empty() {
            figure.insert("title", value(&wanted.title));
        }
        if !wanted.note.is_empty() {
            figure.insert("note", value(&wanted.note));
        }
        if wanted.older {
            figure.insert("older", value(true));
        }
        if let Some(width) = wanted.width {
            figure.insert("width", value(width));
        }
        Some(figure)
    }

    /// What some wishes have become, each once.
    fn all(&mut self, names: &[String]) -> Vec<&'a Indicator> {
        let mut found: Vec<&Indicator> = Vec::new();
        for name in names {
            if let Some(indicator) = self.wish(name)
                && found.iter().all(|known| known.id != indicator.id)
            {
                found.push(indicator);
            }
        }
        found
    }

    fn numbers<'i>(
        &mut self,
        indicators: impl Iterator<Item = &'i Indicator>,
        kind: &str,
    ) -> Table {
        let mut ids = Array::new();
        for indicator in indicators {
            self.show(indicator);
            ids.push(indicator.id.as_str());
        }
        let mut table = Table::new();
        table.insert("figure", value(kind));
        table.insert("indicators", value(ids));
        table
    }

    /// A figure as on a board.
    fn drawn(&mut self, wanted: &Wanted, kind: &str) -> Option<Table> {
        let found = self.all(&wanted.of);
        let first = *found.first()?;
        let axis = find::axis(self.catalog, first, &wanted.by)
            .filter(|axis| kind != "map" || self.catalog.maps.contains_key(*axis));
        let lacks_axis = axis.is_none() && !wanted.by.is_empty();
        if lacks_axis && wanted.otherwise.is_empty() {
            let title = first.title.fr.clone();
            let named = wanted.by.iter().take(2).map(String::as_str);
            let named: Vec<&str> = named.collect();
            self.lack(format!("« {title} », par {}", named.join(" ou ")));
            return None;
        }
        let kind = if lacks_axis { &wanted.otherwise } else { kind };
        // One figure has one scale and one length of periods; one axis is of one indicator.
        let alike = found.into_iter().filter(|it| {
            it.unit == first.unit
                && find::grain(it) == find::grain(first)
                && (axis.is_none() || it.id == first.id)
        });
        let alike: Vec<&Indicator> = match kind {
            "target" => alike.filter(|it| !it.targets.is_empty()).collect(),
            _ => alike.collect(),
        };
        if alike.is_empty() {
            return None;
        }
        let mut table = self.tile(&alike, kind);
        if let Some(axis) = axis {
            table.insert("by", value(axis.as_str()));
        }
        if let Some(periods) = wanted.periods {
            table.insert("periods", value(periods));
        }
        if let (Some(top), Some(_)) = (wanted.top, axis) {
            table.insert("top", value(top));
        }
        Some(table)
    }

    fn tile(&mut self, indicators: &[&Indicator], kind: &str) -> Table {
        let mut table = Table::new();
        match indicators {
            [one] => {
                self.show(one);
                table.insert("indicator", value(one.id.as_str()));
            }
            several => {
                table = self.numbers(several.iter().copied(), kind);
            }
        }
        table.insert("figure", value(kind));
        let grain = indicators.first().and_then(|it| find::grain(it));
        if let Some(Grain::SchoolYear) = grain {
            table.insert("grain", value(Grain::SchoolYear.as_str()));
        }
        table
    }

    /// What comes in and what goes out: sums of euros, each detailed by a fitting axis.
    fn flow(&mut self, wanted: &Wanted) -> Option<Table> {
        let catalog = self.catalog;
        let side = |name: &str, by: &[String]| {
            let fitting = find::fitting(catalog, wishes().get(name)?);
            let mut sums = fitting.into_iter();
            sums.find_map(|it| {
                let axis = it.is_additive().then(|| find::axis(catalog, it, by));
                Some((it, axis??))
            })
        };
        let mut pairs = wanted.flows.iter();
        let found =
            pairs.find_map(|(from, to)| side(from, &wanted.from_by).zip(side(to, &wanted.to_by)));
        let Some(((from, from_by), (to, to_by))) = found else {
            self.lack(
                "les recettes et les dépenses de l’année, en sommes d’euros détaillées par nature et par politique"
                    .to_owned(),
            );
            return None;
        };
        self.show(from);
        self.show(to);
        let mut table = Table::new();
        table.insert("figure", value(&wanted.figure));
        table.insert("from", value(from.id.as_str()));
        table.insert("from_by", value(from_by.as_str()));
        table.insert("to", value(to.id.as_str()));
        table.insert("to_by", value(to_by.as_str()));
        if let Some(top) = wanted.top {
            table.insert("top", value(top));
        }
        Some(table)
    }

    /// The text of a chapter with wishes as indicators. A sentence that names what is not there goes;
    /// so do words around, where nothing is left that they are about.
    fn text(&mut self, part: &Part, ids: &BTreeMap<&str, String>, has_figures: bool) -> String {
        let mut sections: Vec<Section> = vec![Section::default()];
        for block in part.text.split("\n\n").map(str::trim) {
            if block.is_empty() {
                continue;
            }
            if block.starts_with('#') {
                sections.push(Section {
                    heading: block.to_owned(),
                    ..Section::default()
                });
                continue;
            }
            let Some(section) = sections.last_mut() else {
                continue;
            };
            let is_list = block.lines().all(|line| line.starts_with("- "));
            let parts: Vec<&str> = match is_list {
                true => block.lines().collect(),
                false => vec![block],
            };
            let filled: Vec<Filled> = parts
                .into_iter()
                .map(|text| self.filled(part, text, ids))
                .collect();
            section.names |= filled.iter().any(|it| it.names);
            section.says |= filled.iter().any(|it| it.names && it.text.is_some());
            let kept: Vec<String> = filled.iter().filter_map(|it| it.text.clone()).collect();
            if !kept.is_empty() {
                section.blocks.push(kept.join("\n"));
            }
        }
        let shows_anything = has_figures || sections.iter().any(|it| it.says);
        let kept = sections.into_iter().filter(|section| match section.names {
            true => section.says,
            false => shows_anything && !section.blocks.is_empty(),
        });
        let blocks = kept.flat_map(|section| [vec![section.heading], section.blocks].concat());
        let blocks: Vec<String> = blocks.filter(|block| !block.is_empty()).collect();
        blocks.join("\n\n")
    }

    fn filled(&mut self, part: &Part, text: &str, ids: &BTreeMap<&str, String>) -> Filled {
        let mut out = String::new();
        let mut shown = Vec::new();
        let (mut names, mut lacks) = (false, false);
        for piece in pieces(text) {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Broken { .. } => lacks = true,
                Piece::Placed {
                    name, part: read, ..
                } => {
                    names = true;
                    let is_figure = part.figures.iter().any(|it| it.id.as_deref() == Some(name));
                    let placed = match (is_figure, ids.get(name)) {
                        (true, Some(id)) => Some(id.clone()),
                        (true, None) => None,
                        (false, _) => self.wish(name).map(|indicator| {
                            shown.push(indicator);
                            indicator.id.to_string()
                        }),
                    };
                    match placed {
                        Some(id) => out.push_str(&placeholder(&id, read)),
                        None => lacks = true,
                    }
                }
            }
        }
        if lacks {
            return Filled { names, text: None };
        }
        shown.into_iter().for_each(|indicator| self.show(indicator));
        Filled {
            names,
            text: Some(out),
        }
    }
}

/// A part of a text under one heading.
#[derive(Default)]
struct Section {
    heading: String,
    blocks: Vec<String>,
    /// Whether it names anything.
    names: bool,
    /// Whether anything of that is there.
    says: bool,
}

/// A sentence: nothing where it names what is not there.
struct Filled {
    names: bool,
    text: Option<String>,
}

fn placeholder(id: &str, read: Read) -> String {
    match read {
        Read::Value => format!("{{{{ {id} }}}}"),
        read => format!("{{{{ {id} | {} }}}}", read.as_str()),
    }
}

/// A chapter without figures.
fn head(part: &Part, id: &str, title: &str, department: &DepartmentId) -> Table {
    let mut chapter = Table::new();
    chapter.insert("id", value(id));
    if !part.subject.is_empty() {
        chapter.insert("subject", value(&part.subject));
    }
    chapter.insert("title", value(title));
    chapter.insert("department", value(department.as_str()));
    chapter.insert("due", value(&part.due));
    chapter.insert("ask", value(&part.ask));
    let covers: Array = part.covers.iter().map(String::as_str).collect();
    chapter.insert("covers", value(covers));
    chapter
}

/// The name of a department as a title, in which braces would place values.
fn plain(department: &Department) -> String {
    department.title.fr.replace("{{", "{ {")
}

/// A figure with its id, which is read first.
fn named(id: &str, figure: &Table) -> Table {
    let mut named = Table::new();
    named.insert("id", value(id));
    for (key, item) in figure {
        named.insert(key, item.clone());
    }
    named
}

/// An id that no chapter has.
fn fresh(id: &str, taken: &mut Vec<String>) -> String {
    let mut own = id.to_owned();
    // Ids are at most 64 letters of ASCII, without two `_` side by side.
    let base = id.get(..56).unwrap_or(id).trim_end_matches('_');
    let mut next = 2;
    while taken.contains(&own) {
        own = format!("{base}_{next}");
        next += 1;
    }
    taken.push(own.clone());
    own
}
