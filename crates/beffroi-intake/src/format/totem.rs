//! Budgets of local authorities in the TOTEM format (`DocumentBudgetaire`): one row for each
//! `LigneBudget`, under the names of the SCDL budget schema.
//!
//! A document also holds annexes. Some name persons (staff, grants, guarantees): only the blocks
//! and the fields of the lists below are ever read, and [`stripped`] leaves the others out of a
//! copy. What is not in the lists is taken to be personal.

use super::{
    Decided, Opened,
    decoded::Charset,
    table::Table,
    xml::{Element, Part, Xml},
};
use crate::{Input, IntakeError, source::Bytes};
use beffroi_model::Reading;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use std::{
    collections::HashMap,
    io::{self, Write},
};

/// What a document holds beside its budgets, and is kept.
const KEPT_ABOVE: [&str; 5] = [
    "VersionSchema",
    "BlocEditeur",
    "VersionOutil",
    "Scellement",
    "EnTeteDocBudgetaire",
];
/// What a budget holds beside its annexes, and is kept.
const KEPT_IN_BUDGET: [&str; 4] = [
    "EnTeteBudget",
    "BlocBudget",
    "InformationsGenerales",
    "LigneBudget",
];
/// The annexes that are kept, by the name of their rows.
const KEPT_ANNEXES: [&str; 11] = [
    "EMPRUNT",
    "TRESORERIE",
    "APCP",
    "PROVISION",
    "AMORTISSEMENT_METHODE",
    "RECETTE_AFFECTEE",
    "VENTILATION",
    "FISCALITE",
    "ETAB_SERVICE",
    "BUDGETVERT",
    "SOMMAIRE",
];

/// The columns of the SCDL budget schema (0.8.3) and, for amounts, the elements they come from.
const COLUMNS: [(&str, &str); 27] = [
    ("BGT_NATDEC", ""),
    ("BGT_ANNEE", ""),
    ("BGT_SIRET", ""),
    ("BGT_NOM", ""),
    ("BGT_CONTNAT", "ContNat"),
    ("BGT_NATURE", "Nature"),
    ("BGT_NATURE_LABEL", "LibCpte"),
    ("BGT_FONCTION", "Fonction"),
    ("BGT_OPERATION", "Operation"),
    ("BGT_SECTION", ""),
    ("BGT_OPBUDG", ""),
    ("BGT_CODRD", ""),
    ("BGT_MTREAL", "MtReal"),
    ("BGT_MTBUDGPREC", "MtBudgPrec"),
    ("BGT_MTRARPREC", "MtRARPrec"),
    ("BGT_MTPROPNOUV", "MtPropNouv"),
    ("BGT_MTPREV", "MtPrev"),
    ("BGT_CREDOUV", "CredOuv"),
    ("BGT_MTRAR3112", "MtRAR3112"),
    ("BGT_ARTSPE", ""),
    // Not in the schema, but needed to tell budgets and chapters apart.
    ("BGT_CONTFON", "ContFon"),
    ("BGT_BUDGET", ""),
    ("BGT_CODBUD", ""),
    ("BGT_NOMENCLATURE", ""),
    ("BGT_DATE", ""),
    ("BGT_TYPOPBUDG", "TypOpBudg"),
    ("COLL_SIRET", ""),
];

/// Opens the lines of the budgets, or the table that `reading.records` names: `lignes`,
/// `informations`, or an annex (`emprunt`, `apcp`…).
pub(super) fn open<'a>(
    bytes: Bytes<'_>,
    charset: Charset,
    reading: &Reading,
) -> Result<Opened<'a>, IntakeError> {
    let wanted = match reading.records.as_deref() {
        None => "LigneBudget".to_owned(),
        Some(name) => row_name(name).ok_or_else(|| IntakeError::RecordsNotFound {
            path: reading.records.clone(),
        })?,
    };
    let mut document = Document::new(wanted);
    let mut xml = Xml::open(bytes, charset)?;
    let mut path: Vec<String> = Vec::new();
    loop {
        match xml.next()? {
            Part::Start(element) => {
                document.start(&path, &element);
                if element.is_empty {
                    document.end(&path, &element.name)?;
                } else {
                    path.push(element.name);
                }
            }
            Part::End(name) => {
                path.pop();
                document.end(&path, &name)?;
            }
            Part::Text(_) | Part::Comment | Part::Other => {}
            Part::Done => break,
        }
    }
    document.opened(charset)
}

/// Writes a file without its personal annexes, byte for byte in its own encoding; a file that is
/// no budget document is copied as it is. Tells whether anything was left out.
pub(crate) fn stripped(input: Input<'_>, out: &mut dyn Write) -> Result<bool, IntakeError> {
    let head = input.bytes.head(4096)?;
    let is_markup = head.iter().find(|byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)
    }) == Some(&b'<');
    let charset = Charset::find(input.bytes, None);
    let is_totem = is_markup
        && charset
            .as_ref()
            .is_ok_and(|charset| super::xml::is_totem(input.bytes, *charset));
    let (true, Ok(charset)) = (is_totem, charset) else {
        io::copy(&mut input.bytes.reader()?, out)?;
        return Ok(false);
    };
    out.write_all(head.get(..charset.mark).unwrap_or_default())?;
    let mut xml = Xml::open(input.bytes, charset)?;
    xml.keep();
    let (mut path, mut left_out) = (Vec::<String>::new(), false);
    // How deep the element is that is being left out.
    let mut within: Option<usize> = None;
    loop {
        let mut drops = within.is_some();
        match xml.next()? {
            Part::Start(element) => {
                if within.is_none() && !is_kept(&path, &element.name) {
                    (drops, left_out) = (true, true);
                    within = (!element.is_empty).then_some(path.len());
                }
                if !element.is_empty {
                    path.push(element.name);
                }
            }
            Part::End(_) => {
                path.pop();
                if within == Some(path.len()) {
                    within = None;
                }
            }
            // Comments may say anything.
            Part::Comment => (drops, left_out) = (true, true),
            Part::Text(_) | Part::Other => {}
            Part::Done => break,
        }
        let taken = xml.taken();
        if !drops {
            encode(&taken, charset.encoding, out)?;
        }
    }
    Ok(left_out)
}

/// Whether an element at a path is neither personal nor unknown.
fn is_kept(path: &[String], name: &str) -> bool {
    match path {
        [] => true,
        [_] => name == "Budget" || KEPT_ABOVE.contains(&name),
        [_, budget] if budget == "Budget" => name == "Annexes" || KEPT_IN_BUDGET.contains(&name),
        [_, _, annexes] if annexes == "Annexes" => is_kept_annex(name),
        [_, _, annexes, ..] if annexes == "Annexes" => !is_personal_field(name),
        _ => true,
    }
}

fn is_kept_annex(name: &str) -> bool {
    KEPT_ANNEXES.contains(&name.strip_prefix("DATA_").unwrap_or(name))
}

/// Names of persons or bodies, and texts that an editor of software may fill with anything.
fn is_personal_field(name: &str) -> bool {
    name.starts_with("NomBenef") || name == "Champ_Editeur"
}

/// The element that makes the rows of a table asked for by name.
fn row_name(table: &str) -> Option<String> {
    let plain = table.to_lowercase().replace(['-', ' '], "_");
    match plain.trim_end_matches('s') {
        "ligne" | "lignebudget" | "ligne_budget" => Some("LigneBudget".to_owned()),
        "information" | "informationsgenerale" | "informations_generale" => {
            Some("Information".to_owned())
        }
        other => KEPT_ANNEXES
            .iter()
            .find(|annex| annex.to_lowercase().trim_end_matches('s') == other)
            .map(|annex| (*annex).to_owned()),
    }
}

/// A document as far as it was read.
struct Document {
    /// The element that makes rows.
    wanted: String,
    table: Table,
    /// What stands above the budgets, and in the budget at hand.
    above: HashMap<String, String>,
    budget: HashMap<String, String>,
    /// The row at hand.
    row: Option<Row>,
    /// Lines that are sums of others.
    calculated: u64,
    /// How many rows the other tables have, in their order of appearance.
    others: Vec<(String, u64)>,
    left_out: Vec<String>,
    budgets: u64,
    nomenclatures: Vec<String>,
}

#[derive(Default)]
struct Row {
    /// How deep the element is that makes the row.
    depth: usize,
    is_calculated: bool,
    fields: Vec<(String, String)>,
}

impl Document {
    fn new(wanted: String) -> Self {
        let all = COLUMNS.iter().map(|(name, _)| *name);
        let table = if wanted == "LigneBudget" {
            Table::with(all)
        } else {
            Table::with(all.take(4).chain(["BGT_BUDGET"]))
        };
        Self {
            wanted,
            table,
            above: HashMap::new(),
            budget: HashMap::new(),
            row: None,
            calculated: 0,
            others: Vec::new(),
            left_out: Vec::new(),
            budgets: 0,
            nomenclatures: Vec::new(),
        }
    }

    fn start(&mut self, path: &[String], element: &Element) {
        let name = element.name.as_str();
        let value = element.get("V").unwrap_or_default();
        match path {
            [_] if name == "Budget" => {
                self.budget.clear();
                self.budgets += 1;
            }
            [_, block] if block == "EnTeteDocBudgetaire" => {
                self.above.insert(name.to_owned(), value.to_owned());
            }
            [_, _, block] if block == "EnTeteBudget" || block == "BlocBudget" => {
                if name == "Nomenclature" && !self.nomenclatures.iter().any(|other| other == value)
                {
                    self.nomenclatures.push(value.to_owned());
                }
                self.budget.insert(name.to_owned(), value.to_owned());
            }
            [_, _, annexes] if annexes == "Annexes" && !is_kept_annex(name) => {
                let name = name.strip_prefix("DATA_").unwrap_or(name).to_owned();
                if !self.left_out.contains(&name) {
                    self.left_out.push(name);
                }
            }
            _ => {}
        }
        if let Some(row) = &mut self.row {
            if !is_personal_field(name) {
                let name = match element.get("Code") {
                    Some(code) => format!("{name}:{code}"),
                    None => name.to_owned(),
                };
                row.fields.push((name, value.to_owned()));
            }
        } else if is_row(path, name) {
            if name != self.wanted {
                self.count_other(name);
                return;
            }
            let mut row = Row {
                depth: path.len(),
                is_calculated: element
                    .get("calculated")
                    .is_some_and(|value| matches!(value, "true" | "1")),
                fields: Vec::new(),
            };
            if name == "Information" {
                row.fields = ["Code", "V"]
                    .map(|name| {
                        (
                            name.to_owned(),
                            element.get(name).unwrap_or_default().to_owned(),
                        )
                    })
                    .to_vec();
            }
            self.row = Some(row);
        }
    }

    fn end(&mut self, path: &[String], name: &str) -> Result<(), IntakeError> {
        if name == self.wanted
            && let Some(row) = self.row.take_if(|row| row.depth == path.len())
        {
            if row.is_calculated {
                self.calculated += 1;
            } else {
                self.write(&row)?;
            }
        }
        Ok(())
    }

    fn count_other(&mut self, name: &str) {
        match self.others.iter_mut().find(|(other, _)| other == name) {
            Some((_, count)) => *count += 1,
            None => self.others.push((name.to_owned(), 1)),
        }
    }

    fn write(&mut self, row: &Row) -> Result<(), IntakeError> {
        let of =
            |map: &HashMap<String, String>, name: &str| map.get(name).cloned().unwrap_or_default();
        let siret = Some(of(&self.budget, "IdEtab"))
            .filter(|siret| !siret.is_empty())
            .unwrap_or_else(|| of(&self.above, "IdColl"));
        let table = &mut self.table;
        table.set("BGT_NATDEC", &stage(&of(&self.budget, "NatDec")));
        table.set("BGT_ANNEE", &of(&self.budget, "Exer"));
        table.set("BGT_SIRET", &siret);
        table.set("BGT_NOM", &of(&self.above, "LibelleColl"));
        table.set("BGT_BUDGET", &of(&self.budget, "LibelleEtab"));
        if self.wanted != "LigneBudget" {
            for (name, value) in &row.fields {
                let name = match name.as_str() {
                    "Code" => "CODE",
                    "V" => "VALEUR",
                    name => name,
                };
                set(table, name, value);
            }
            return table.end_row(None);
        }
        table.set("BGT_CODBUD", &of(&self.budget, "CodBud"));
        table.set("BGT_NOMENCLATURE", &of(&self.budget, "Nomenclature"));
        table.set("BGT_DATE", &of(&self.budget, "DteDec"));
        table.set("COLL_SIRET", &of(&self.above, "IdColl"));
        table.set("BGT_SECTION", section(row).unwrap_or_default());
        for (name, value) in &row.fields {
            let coded = |words: &[(&str, &str)]| {
                words
                    .iter()
                    .find(|(code, _)| code == value)
                    .map_or_else(|| value.clone(), |(_, word)| (*word).to_owned())
            };
            match name.as_str() {
                "OpBudg" => table.set("BGT_OPBUDG", &coded(&[("0", "réel"), ("1", "ordre")])),
                "CodRD" => table.set("BGT_CODRD", &coded(&[("R", "recette"), ("D", "dépense")])),
                "ArtSpe" => table.set(
                    "BGT_ARTSPE",
                    &coded(&[
                        ("false", "non spécialisé"),
                        ("0", "non spécialisé"),
                        ("true", "spécialisé"),
                        ("1", "spécialisé"),
                    ]),
                ),
                name => match COLUMNS.iter().find(|(_, element)| *element == name) {
                    Some((column, _)) => set(table, column, value),
                    // `MtSup:BudgetHorsRAR` and the like.
                    None => set(
                        table,
                        &format!("BGT_{}", name.to_uppercase().replace(':', "_")),
                        value,
                    ),
                },
            }
        }
        table.end_row(None)
    }

    fn opened<'a>(self, charset: Charset) -> Result<Opened<'a>, IntakeError> {
        let mut decisions = vec![
            Decided::of("format", "TOTEM"),
            Decided::of("encoding", charset.label()),
            Decided::of("records", self.wanted.clone()),
        ];
        let mut say = |subject, value: String| {
            if !value.is_empty() {
                decisions.push(Decided::of(subject, value));
            }
        };
        say("nomenclature", self.nomenclatures.join(", "));
        if self.budgets > 1 {
            say("budgets", self.budgets.to_string());
        }
        if self.calculated > 0 {
            say("calculated-lines", self.calculated.to_string());
        }
        let others = self
            .others
            .iter()
            .map(|(name, rows)| format!("{name} ({rows})"));
        say("other-records", others.collect::<Vec<_>>().join(", "));
        say("personal-annexes", self.left_out.join(", "));
        self.table.opened(true, decisions)
    }
}

/// Fills a cell; amounts are numbers, written with a decimal point.
fn set(table: &mut Table, name: &str, value: &str) {
    let is_amount = ["BGT_MT", "BGT_CREDOUV", "Mt"]
        .iter()
        .any(|start| name.starts_with(start));
    if is_amount && value.parse::<f64>().is_ok_and(f64::is_finite) {
        table.set_number(name, value);
    } else {
        table.add(name, value);
    }
}

/// Whether an element at a path makes a row of a table that may be read.
fn is_row(path: &[String], name: &str) -> bool {
    match path {
        [_, budget] => budget == "Budget" && name == "LigneBudget",
        [_, _, block] => {
            (block == "InformationsGenerales" && name == "Information")
                || (block == "Annexes" && KEPT_ANNEXES.contains(&name))
        }
        [_, _, annexes, data] => {
            annexes == "Annexes" && is_kept_annex(data) && KEPT_ANNEXES.contains(&name)
        }
        _ => false,
    }
}

/// The stage of a budget, in the words of the SCDL schema; a code that is unknown as it stands.
fn stage(code: &str) -> String {
    match code {
        "01" => "budget primitif",
        "02" => "décision modificative",
        "03" => "budget supplémentaire",
        "09" => "compte administratif",
        "10" => "compte financier unique",
        other => other,
    }
    .to_owned()
}

/// The section of a line: what it says itself, else by its account, else by its chapter.
fn section(row: &Row) -> Option<&'static str> {
    let field = |wanted: &str| {
        row.fields
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    };
    let said = match field("CaracSup:Section") {
        Some("F") => Some(OPERATING),
        Some("I") => Some(INVESTMENT),
        _ => None,
    };
    said.or_else(|| by_account(field("Nature")?))
        .or_else(|| by_account(field("ContNat")?))
        .or_else(|| by_function(field("ContFon").or_else(|| field("Fonction"))?))
}

const OPERATING: &str = "fonctionnement";
const INVESTMENT: &str = "investissement";

/// By the class of an account or of a chapter by nature (instructions M14, M52, M57, M4): classes
/// 6 and 7 are operations, 1 to 5 investments; chapters that begin with a zero are listed.
fn by_account(code: &str) -> Option<&'static str> {
    match code {
        "002" | "011" | "012" | "013" | "014" | "015" | "016" | "017" | "022" | "023" | "042"
        | "043" => Some(OPERATING),
        "001" | "010" | "018" | "020" | "021" | "024" | "040" | "041" => Some(INVESTMENT),
        code => match code.bytes().next()? {
            b'6' | b'7' => Some(OPERATING),
            b'1'..=b'5' => Some(INVESTMENT),
            _ => None,
        },
    }
}

/// By the chapter of a budget voted by function: 93 and 94 are operations in M57 and 92 and 93 in
/// M14, which has no 94; 90 is investment in both. The rest is told by the account.
fn by_function(code: &str) -> Option<&'static str> {
    match code.get(..2)? {
        "93" | "94" => Some(OPERATING),
        "90" => Some(INVESTMENT),
        _ => None,
    }
}

/// Writes characters in the encoding of the file.
fn encode(text: &[u8], encoding: &'static Encoding, out: &mut dyn Write) -> io::Result<()> {
    let text = String::from_utf8_lossy(text);
    if encoding == UTF_16LE || encoding == UTF_16BE {
        for unit in text.encode_utf16() {
            out.write_all(&if encoding == UTF_16LE {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            })?;
        }
        return Ok(());
    }
    out.write_all(&encoding.encode(&text).0)
}
