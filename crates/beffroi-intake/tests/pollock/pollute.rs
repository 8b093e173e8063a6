//! One clean table of our own, and the polluted files made of it: each breaks the standard
//! (RFC 4180) in one way that surveys of real files have met.

/// A file to read, and the table that should come of it.
pub struct Polluted {
    pub name: String,
    /// The kind of pollution.
    pub pollution: &'static str,
    pub bytes: Vec<u8>,
    /// Its header first.
    pub clean: Vec<Vec<String>>,
    /// How often this pollution was met in the survey of the benchmark.
    pub weight: f64,
    /// How many files of the benchmark this one stands for.
    pub stands_for: f64,
}

/// A cell of the clean table.
#[derive(Clone)]
struct Cell {
    text: String,
    quoted: bool,
}

/// How cells are written. Each row may have its own.
#[derive(Clone)]
struct Dialect {
    delimiter: &'static str,
    quote: &'static str,
    /// What stands before a double quote in a cell.
    escape: &'static str,
    end: &'static str,
}

const STANDARD: Dialect = Dialect {
    delimiter: ",",
    quote: "\"",
    escape: "\"",
    end: "\r\n",
};

/// What stands between two cells of a row.
enum Seam {
    Missing(usize),
    Doubled(usize),
}

/// The polluted files: those that touch one row for the header and for every `step`th row of data.
pub fn files(step: usize) -> Vec<Polluted> {
    let table = source();
    let clean = texts(&table);
    let width = table[0].len();
    let plain: Vec<String> = table.iter().map(|row| line(row, &STANDARD, None)).collect();
    let standard = plain.concat();
    let mut files = Vec::new();
    let mut add = |name: &str, pollution, text: String, clean: &[Vec<String>], weight| {
        files.push(Polluted {
            name: format!("{name}.csv"),
            pollution,
            bytes: text.into_bytes(),
            clean: clean.to_vec(),
            weight,
            stands_for: 1.0,
        });
    };

    add("source", "source", standard.clone(), &clean, 1.0);
    add("no_payload", "no payload", String::new(), &[], 15.0);
    let trailing = "trailing newline";
    add(
        "no_trailing_newline",
        trailing,
        standard.trim_end().to_owned(),
        &clean,
        184.0,
    );
    add(
        "double_trailing_newline",
        trailing,
        format!("{standard}\r\n"),
        &clean,
        5.0,
    );

    // The benchmark holds the first row for the header that is lacking: made-up names cost three
    // marks there, and are right all the same.
    add(
        "no_header",
        "no header",
        plain[1..].concat(),
        &clean[1..],
        470.0,
    );
    for rows in [2, 3] {
        let text = plain[0].repeat(rows - 1) + &standard;
        let mut clean = clean.clone();
        for name in &mut clean[0] {
            *name = vec![name.as_str(); rows].join(" ");
        }
        add(
            &format!("header_multirow_{rows}"),
            "header of several rows",
            text,
            &clean,
            47.0,
        );
    }
    let empty = ",".repeat(width - 1);
    let preamble = format!("PREAMBLE{empty}\r\n{empty}\r\n{standard}");
    add("preamble", "preamble", preamble, &clean, 282.0);
    for (name, columns) in [("less", width - 1), ("same", width), ("more", width + 1)] {
        let text = standard.clone() + &second_table(&table, columns);
        add(
            &format!("multitable_{name}"),
            "two tables",
            text,
            &clean,
            188.0 / 3.0,
        );
    }
    add(
        "header_only",
        "few rows",
        plain[0].clone(),
        &clean[..1],
        3.0,
    );
    add(
        "one_data_row",
        "few rows",
        plain[..2].concat(),
        &clean[..2],
        4.0,
    );

    let whole = "dialect";
    let mut dialect = |name: &str, dialect: Dialect, weight| {
        let text = table.iter().map(|row| line(row, &dialect, None)).collect();
        add(name, whole, text, &clean, weight);
    };
    dialect(
        "record_delimiter_lf",
        Dialect {
            end: "\n",
            ..STANDARD
        },
        1691.0,
    );
    dialect(
        "record_delimiter_cr",
        Dialect {
            end: "\r",
            ..STANDARD
        },
        7.0,
    );
    dialect(
        "field_delimiter_semicolon",
        Dialect {
            delimiter: ";",
            ..STANDARD
        },
        834.0,
    );
    dialect(
        "field_delimiter_tab",
        Dialect {
            delimiter: "\t",
            ..STANDARD
        },
        4.0,
    );
    dialect(
        "field_delimiter_comma_blank",
        Dialect {
            delimiter: ", ",
            ..STANDARD
        },
        101.0,
    );
    dialect(
        "field_delimiter_blank",
        Dialect {
            delimiter: " ",
            ..STANDARD
        },
        4.0,
    );
    dialect(
        "quotation_apostrophe",
        Dialect {
            quote: "'",
            ..STANDARD
        },
        11.0,
    );
    dialect(
        "escape_backslash",
        Dialect {
            escape: "\\",
            ..STANDARD
        },
        1.0,
    );
    dialect(
        "escape_none",
        Dialect {
            escape: "",
            ..STANDARD
        },
        7.0,
    );

    let rows = (1..table.len()).step_by(step);
    let each = (table.len() - 1) as f64 / rows.len() as f64;
    for (at, stands_for) in rows.map(|at| (at, each)).chain([(0, 1.0)]) {
        let row = &table[at];
        let mut with = |name: &str, pollution, line: String, clean: &[Vec<String>], weight| {
            files.push(Polluted {
                name: format!("{name}.csv"),
                pollution,
                bytes: (plain[..at].concat() + &line + &plain[at + 1..].concat()).into_bytes(),
                clean: clean.to_vec(),
                weight,
                stands_for,
            });
        };
        for column in 0..width {
            let name = format!("more_separators_{at}_{column}");
            let more = line(row, &STANDARD, Some(Seam::Doubled(column)));
            with(
                &name,
                "row with a separator more",
                more,
                &clean,
                0.367_751_06,
            );
            if column > 0 {
                let name = format!("less_separators_{at}_{column}");
                let less = line(row, &STANDARD, Some(Seam::Missing(column)));
                with(
                    &name,
                    "row with a separator less",
                    less,
                    &clean,
                    0.367_751_06,
                );
            }
            let mut clean = clean.clone();
            clean[at][column].insert(0, '"');
            let name = format!("extra_quote_{at}_{column}");
            let quote = stray_quote(row, column);
            with(
                &name,
                "cell with a stray quote",
                quote,
                &clean,
                0.009_259_26,
            );
        }
        let blank = Dialect {
            delimiter: " ",
            ..STANDARD
        };
        let name = format!("field_delimiter_{at}");
        with(
            &name,
            "row of another delimiter",
            line(row, &blank, None),
            &clean,
            0.01,
        );
    }
    files
}

fn texts(table: &[Vec<Cell>]) -> Vec<Vec<String>> {
    let rows = table.iter();
    rows.map(|row| row.iter().map(|cell| cell.text.clone()).collect())
        .collect()
}

fn written(cell: &Cell, dialect: &Dialect) -> String {
    let text = cell.text.replace('"', &format!("{}\"", dialect.escape));
    if cell.quoted {
        format!("{0}{text}{0}", dialect.quote)
    } else {
        text
    }
}

fn line(row: &[Cell], dialect: &Dialect, seam: Option<Seam>) -> String {
    let mut line = String::new();
    for (column, cell) in row.iter().enumerate() {
        match &seam {
            Some(Seam::Missing(at)) if *at == column => {}
            Some(Seam::Doubled(0)) if column == 0 => line.push_str(dialect.delimiter),
            Some(Seam::Doubled(at)) if *at == column => line.push_str(&dialect.delimiter.repeat(2)),
            _ if column > 0 => line.push_str(dialect.delimiter),
            _ => {}
        }
        line.push_str(&written(cell, dialect));
    }
    line + dialect.end
}

/// The row, with a quote before the text of one cell that is neither doubled nor closed.
fn stray_quote(row: &[Cell], column: usize) -> String {
    let mut cells: Vec<String> = row.iter().map(|cell| written(cell, &STANDARD)).collect();
    let at = usize::from(row[column].quoted);
    cells[column].insert(at, '"');
    cells.join(",") + "\r\n"
}

/// The same rows again, under a header of their own, quoted only where it is needed.
fn second_table(table: &[Vec<Cell>], columns: usize) -> String {
    let mut text = String::new();
    for (at, row) in table.iter().enumerate().take(table.len() - 1) {
        let mut row = row.clone();
        row.truncate(columns);
        for cell in &mut row {
            cell.quoted = cell.text.contains([',', '"']);
        }
        if row.len() < columns {
            let text = if at == 0 { "col1" } else { "" }.to_owned();
            row.push(Cell {
                text,
                quoted: false,
            });
        }
        text.push_str(&line(&row, &STANDARD, None));
    }
    text
}

/// The clean table: the equipment that a town lends, 83 rows of numbers, dates, hours, sums,
/// codes, names, sentences, addresses, and a column that nobody fills. Two columns are always
/// quoted, the others where they must.
fn source() -> Vec<Vec<Cell>> {
    const NAMES: [&str; 12] = [
        "Barnum pliant",
        "Sono portable",
        "Table ronde, 8 places",
        "Banc d'école",
        "Écran 48\"",
        "Chaise coque",
        "Grille d'exposition",
        "Podium modulable, 6 x 4",
        "Vidéoprojecteur",
        "Scène, praticable 24\" bas",
        "Barrière Vauban",
        "Percolateur  40 tasses",
    ];
    const USES: [&str; 7] = [
        "Livré le matin, repris le soir, ce matériel sert aux fêtes de quartier et aux marchés",
        "Réservé aux associations de la commune qui en font la demande par écrit",
        "Prévoir deux personnes, un camion à hayon et des sangles pour le transport",
        "À monter sur un sol plat; l'ancrage est obligatoire dès que le vent dépasse 50 km/h",
        "Hauteur de 2\\'9\" une fois ouvert, d'où l'intérêt d'un local assez grand",
        "Se branche sur une prise de 16 A : la rallonge n'est pas fournie",
        "Nettoyé après chaque prêt, sans quoi la caution de 150 € n'est pas rendue",
    ];
    let header = [
        "JOUR",
        "HEURE",
        "Nombre",
        "CODE",
        "Montant",
        "Équipement",
        "Description",
        "Lien",
        "Remarques",
    ];
    let cell = |column: usize, text: String| {
        let always = column == 6 || column == 7;
        let quoted = always || text.contains([',', '"']);
        Cell { text, quoted }
    };
    let mut table: Vec<Vec<Cell>> = vec![
        header
            .iter()
            .enumerate()
            .map(|(column, &name)| cell(column, name.to_owned()))
            .collect(),
    ];
    for row in 0..83_usize {
        let code = format!(
            "{}-{:04}",
            ["MG", "RI", "CC", "YY"][row % 4],
            (row * 7919) % 9973
        );
        let texts = [
            format!("{:02}/{:02}/2023", 13 + row % 16, 1 + row / 16),
            format!("{:02}:{:02}", 6 + row / 4 % 16, row % 4 * 15),
            ((row * row) % 31).to_string(),
            code.clone(),
            format!("{}.{:02} €", (row * 37) % 97, (row * 61) % 100),
            NAMES[row * 5 % 12].to_owned(),
            format!(
                "{}, {}.",
                USES[row % 7],
                USES[(row * 3 + 2) % 7].to_lowercase()
            ),
            format!(
                "https://pret.exemple.fr/materiel/{}.html",
                code.replace('-', "_")
            ),
            String::new(),
        ];
        table.push(
            texts
                .into_iter()
                .enumerate()
                .map(|(at, text)| cell(at, text))
                .collect(),
        );
    }
    table
}
