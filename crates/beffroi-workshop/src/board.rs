//! `boards/ID.toml` as a form, and what can be done with its tiles and sections.

use crate::document::{EditError, Empty, Order, Reader, Row, Writer, finish, parse};
use beffroi_model::is_id;
use std::collections::BTreeSet;
use toml_edit::Table;

/// What a form says of a board; what is empty is not declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BoardForm {
    /// Its name.
    pub title: String,
    /// Its name in English.
    pub title_en: String,
    /// What it shows.
    pub summary: String,
    /// What it shows, in English.
    pub summary_en: String,
    /// The department that answers for it.
    pub department: String,
    /// Its place among boards.
    pub order: Option<u32>,
    /// Its filters.
    pub filters: Vec<String>,
    /// The periods that are chosen there: the word of the declaration.
    pub grain: String,
    /// Its indicators on the first page.
    pub home: Vec<String>,
    /// Its sections.
    pub sections: Vec<SectionForm>,
}

/// A section of a board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SectionForm {
    /// Its name.
    pub title: String,
    /// Its name in English.
    pub title_en: String,
    /// Its tiles, in their order.
    pub tiles: Vec<TileForm>,
    /// Which section of the text it was read from.
    pub origin: Option<usize>,
}

/// A tile of a board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileForm {
    /// Its declared id.
    pub id: String,
    /// What it shows.
    pub indicators: Vec<String>,
    /// Its figure: the word of the declaration.
    pub figure: String,
    /// How it is read: the word of the declaration.
    pub show: String,
    /// The dimension that it details by.
    pub by: String,
    /// Its periods: the word of the declaration.
    pub grain: String,
    /// How many periods.
    pub periods: Option<u32>,
    /// How many members at most.
    pub top: Option<u32>,
    /// Its width, in twelfths of the page.
    pub width: Option<u8>,
    /// Its title.
    pub title: String,
    /// Its title in English.
    pub title_en: String,
    /// A remark under its title.
    pub note: String,
    /// The remark in English.
    pub note_en: String,
    /// Which section of the text, and which tile there, it was read from.
    pub origin: Option<(usize, usize)>,
}

const KEYS: Order = &[
    "title",
    "title.en",
    "summary",
    "summary.en",
    "department",
    "order",
    "filters",
    "grain",
    "home",
    "sections",
];

pub(crate) const SECTION: Order = &["title", "title.en", "tiles"];

const TILE: Order = &[
    "id",
    "indicator",
    "indicators",
    "figure",
    "show",
    "by",
    "grain",
    "periods",
    "top",
    "width",
    "title",
    "title.en",
    "note",
    "note.en",
];

const TILES: &str = "sections.tiles";

impl BoardForm {
    /// Reads what a text declares; a key that is not there is empty.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn read(text: &str) -> Result<Self, EditError> {
        let document = parse(text)?;
        let table = Reader::new(document.as_table(), "");
        let sections = table.list("sections")?;
        let sections = sections.iter().enumerate();
        Ok(Self {
            title: table.text("title")?,
            title_en: table.text("title.en")?,
            summary: table.text("summary")?,
            summary_en: table.text("summary.en")?,
            department: table.text("department")?,
            order: table.integer("order")?,
            filters: table.lines("filters")?,
            grain: table.text("grain")?,
            home: table.lines("home")?,
            sections: sections
                .map(|(place, table)| SectionForm::read(place, table))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The text with what the form says: tiles and sections that were moved bring their comments
    /// along.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn write(&self, text: &str) -> Result<String, EditError> {
        let before = parse(text)?;
        let mut document = before.clone();
        let mut table = Writer::root(&mut document, KEYS);
        table.text("title", &self.title)?;
        table.text("title.en", &self.title_en)?;
        table.text("summary", &self.summary)?;
        table.text("summary.en", &self.summary_en)?;
        table.text("department", &self.department)?;
        table.integer("order", self.order)?;
        table.lines("filters", &self.filters)?;
        table.text("grain", &self.grain)?;
        table.lines("home", &self.home)?;
        self.write_sections(&mut table, text.trim().is_empty())?;
        Ok(finish(text, &before, &document))
    }

    fn write_sections(&self, table: &mut Writer<'_>, is_new: bool) -> Result<(), EditError> {
        let mut old = table.rows("sections")?;
        let tiles = old.iter_mut().map(|row| section(row).rows("tiles"));
        let tiles = tiles.collect::<Result<Vec<_>, _>>()?;
        let rows = self.sections.iter().map(|form| {
            let origin = form.origin.filter(|origin| *origin < old.len());
            let row = origin.and_then(|origin| old.get(origin)).cloned();
            let mut row = row.unwrap_or_else(|| Row::Headed(Table::new()));
            form.write(&mut row, origin, &tiles)?;
            Ok((origin, row))
        });
        let rows = rows.collect::<Result<Vec<_>, EditError>>()?;
        table.set_rows(
            "sections",
            rows,
            if is_new { Empty::Write } else { Empty::Keep },
        );
        Ok(())
    }

    /// The id of each tile, section by section: declared, else made from its place.
    #[must_use]
    pub fn tile_ids(&self) -> Vec<Vec<String>> {
        let declared = self.declared_ids();
        let mut before = BTreeSet::new();
        let mut ids = Vec::new();
        for section in &self.sections {
            let mut inside = Vec::new();
            for tile in &section.tiles {
                let id = tile.effective_id(&before, &declared);
                before.insert(id.clone());
                inside.push(id);
            }
            ids.push(inside);
        }
        ids
    }

    /// The id of a tile, by what it declares and what the others of its board have.
    pub(crate) fn id_of(
        own: Option<&str>,
        before: &BTreeSet<String>,
        declared: &BTreeSet<&str>,
    ) -> String {
        if let Some(id) = own {
            return id.to_owned();
        }
        let mut id = format!("t{}", before.len() + 1);
        while declared.contains(id.as_str()) || before.contains(&id) {
            id.push('_');
        }
        id
    }

    /// The ids that tiles declare.
    #[must_use]
    pub fn declared_ids(&self) -> BTreeSet<&str> {
        let tiles = self.sections.iter().flat_map(|section| &section.tiles);
        tiles.filter_map(TileForm::declared_id).collect()
    }

    /// Where the tile with an id is: its section, and its place there.
    #[must_use]
    pub fn find_tile(&self, id: &str) -> Option<(usize, usize)> {
        let ids = self.tile_ids();
        let mut sections = ids.iter().enumerate();
        sections.find_map(|(section, ids)| {
            let tile = ids.iter().position(|known| known == id)?;
            Some((section, tile))
        })
    }

    /// Moves a tile one place up: the first one of a section becomes the last of that before.
    pub fn move_tile_up(&mut self, section: usize, tile: usize) {
        if self.tile(section, tile).is_none() {
            return;
        }
        if tile > 0 {
            self.sections[section].tiles.swap(tile - 1, tile);
        } else if section > 0 {
            let moved = self.sections[section].tiles.remove(tile);
            self.sections[section - 1].tiles.push(moved);
        }
    }

    /// Moves a tile one place down: the last one of a section becomes the first of that behind.
    pub fn move_tile_down(&mut self, section: usize, tile: usize) {
        if self.tile(section, tile).is_none() {
            return;
        }
        if tile + 1 < self.sections[section].tiles.len() {
            self.sections[section].tiles.swap(tile, tile + 1);
        } else if section + 1 < self.sections.len() {
            let moved = self.sections[section].tiles.remove(tile);
            self.sections[section + 1].tiles.insert(0, moved);
        }
    }

    /// Moves a tile to a place of a section, counted without it; the end when it is beyond.
    pub fn move_tile_to(&mut self, from: (usize, usize), section: usize, place: usize) {
        if self.tile(from.0, from.1).is_none() || section >= self.sections.len() {
            return;
        }
        let moved = self.sections[from.0].tiles.remove(from.1);
        let tiles = &mut self.sections[section].tiles;
        tiles.insert(place.min(tiles.len()), moved);
    }

    /// Adds a tile at the end of a section.
    pub fn add_tile(&mut self, section: usize, tile: TileForm) {
        if let Some(section) = self.sections.get_mut(section) {
            section.tiles.push(tile);
        }
    }

    /// Puts a tile in the place of another, whose comments it keeps.
    pub fn replace_tile(&mut self, section: usize, tile: usize, new: TileForm) {
        if let Some(old) = self.tile_mut(section, tile) {
            let origin = old.origin;
            *old = TileForm { origin, ..new };
        }
    }

    /// Takes a tile away.
    pub fn remove_tile(&mut self, section: usize, tile: usize) {
        if self.tile(section, tile).is_some() {
            self.sections[section].tiles.remove(tile);
        }
    }

    /// Sets the width of a tile, in twelfths of the page; `None` for that of its figure.
    pub fn set_width(&mut self, section: usize, tile: usize, width: Option<u8>) {
        if let Some(tile) = self.tile_mut(section, tile) {
            tile.width = width;
        }
    }

    /// Moves a section one place up.
    pub fn move_section_up(&mut self, section: usize) {
        if section > 0 && section < self.sections.len() {
            self.sections.swap(section - 1, section);
        }
    }

    /// Moves a section one place down.
    pub fn move_section_down(&mut self, section: usize) {
        if section + 1 < self.sections.len() {
            self.sections.swap(section, section + 1);
        }
    }

    /// Adds a section at the end.
    pub fn add_section(&mut self, title: &str, title_en: &str) {
        self.sections.push(SectionForm {
            title: title.to_owned(),
            title_en: title_en.to_owned(),
            ..SectionForm::default()
        });
    }

    /// Takes a section away, and its tiles with it.
    pub fn remove_section(&mut self, section: usize) {
        if section < self.sections.len() {
            self.sections.remove(section);
        }
    }

    /// Gives a section another name.
    pub fn rename_section(&mut self, section: usize, title: &str, title_en: &str) {
        if let Some(section) = self.sections.get_mut(section) {
            section.title = title.to_owned();
            section.title_en = title_en.to_owned();
        }
    }

    /// A tile.
    #[must_use]
    pub fn tile(&self, section: usize, tile: usize) -> Option<&TileForm> {
        self.sections.get(section)?.tiles.get(tile)
    }

    fn tile_mut(&mut self, section: usize, tile: usize) -> Option<&mut TileForm> {
        self.sections.get_mut(section)?.tiles.get_mut(tile)
    }
}

fn section(row: &mut Row) -> Writer<'_> {
    Writer::new(row.table(), "sections", SECTION)
}

impl SectionForm {
    fn read(place: usize, table: &Reader<'_>) -> Result<Self, EditError> {
        let tiles = table.list("tiles")?;
        let tiles = tiles.iter().enumerate();
        Ok(Self {
            title: table.text("title")?,
            title_en: table.text("title.en")?,
            tiles: tiles
                .map(|(tile, table)| TileForm::read((place, tile), table))
                .collect::<Result<_, _>>()?,
            origin: Some(place),
        })
    }

    /// Writes the section into its table; `tiles` are those of the text, section by section.
    fn write(
        &self,
        row: &mut Row,
        origin: Option<usize>,
        tiles: &[Vec<Row>],
    ) -> Result<(), EditError> {
        let mut table = section(row);
        table.text("title", &self.title)?;
        table.text("title.en", &self.title_en)?;
        let rows = self.tiles.iter().map(|form| {
            let from = form
                .origin
                .and_then(|(section, tile)| tiles.get(section)?.get(tile));
            let mut row = from.cloned().unwrap_or_else(|| Row::Headed(Table::new()));
            form.write(&mut Writer::new(row.table(), TILES, TILE))?;
            let here = form
                .origin
                .filter(|(section, _)| from.is_some() && Some(*section) == origin);
            Ok((here.map(|(_, tile)| tile), row))
        });
        let rows = rows.collect::<Result<Vec<_>, EditError>>()?;
        table.set_rows(
            "tiles",
            rows,
            if origin.is_none() {
                Empty::Write
            } else {
                Empty::Keep
            },
        );
        Ok(())
    }
}

impl TileForm {
    /// The id that it declares.
    #[must_use]
    pub fn declared_id(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| is_id(id))
    }

    /// Its id among the tiles of its board: the declared one, else one made from its place, which
    /// `before` tells (the ids of those before it), and that none of the `declared` ones is.
    #[must_use]
    pub fn effective_id(&self, before: &BTreeSet<String>, declared: &BTreeSet<&str>) -> String {
        BoardForm::id_of(self.declared_id(), before, declared)
    }

    fn read(origin: (usize, usize), table: &Reader<'_>) -> Result<Self, EditError> {
        Ok(Self {
            id: table.text("id")?,
            indicators: indicators(table)?,
            figure: table.text("figure")?,
            show: table.text("show")?,
            by: table.text("by")?,
            grain: table.text("grain")?,
            periods: table.integer("periods")?,
            top: table.integer("top")?,
            width: table.integer("width")?,
            title: table.text("title")?,
            title_en: table.text("title.en")?,
            note: table.text("note")?,
            note_en: table.text("note.en")?,
            origin: Some(origin),
        })
    }

    fn write(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        table.text("id", &self.id)?;
        self.write_indicators(table)?;
        table.text("figure", &self.figure)?;
        table.text("show", &self.show)?;
        table.text("by", &self.by)?;
        table.text("grain", &self.grain)?;
        table.integer("periods", self.periods)?;
        table.integer("top", self.top)?;
        table.integer("width", self.width)?;
        table.text("title", &self.title)?;
        table.text("title.en", &self.title_en)?;
        table.text("note", &self.note)?;
        table.text("note.en", &self.note_en)
    }

    /// One in `indicator`, several in `indicators`.
    fn write_indicators(&self, table: &mut Writer<'_>) -> Result<(), EditError> {
        if indicators(&Reader::new(table.table.like(), TILES))? == self.indicators {
            return Ok(());
        }
        match self.indicators.as_slice() {
            [one] => {
                table.lines("indicators", &[])?;
                table.text("indicator", one)
            }
            several => {
                table.text("indicator", "")?;
                table.lines("indicators", several)
            }
        }
    }
}

fn indicators(table: &Reader<'_>) -> Result<Vec<String>, EditError> {
    let one = table.text("indicator")?;
    let mut all = table.lines("indicators")?;
    if !one.is_empty() {
        all.insert(0, one);
    }
    Ok(all)
}
