# What keeps a file from being read
intake-empty = The file is empty. Ask for a new extract.
intake-unreadable = The disk does not give this file. Try again, then have the disk checked.
intake-unsupported = The { $value } format is not read. Save the file as CSV, XLSX, ODS or JSON.
intake-not-a-table = No table was found in this file.
intake-too-large = Read as a whole, this file would take more than { $value } MiB: it is not read. Split it, or keep only the sheets you need.
intake-too-many-cells = The table spans more than { $value } cells. Remove the rows and columns that are not needed, or split it.
intake-too-many-columns = The table has more than { $value } columns. Check that it is not transposed.
intake-row-too-long = Line { $row } goes on for more than { $value } MiB. Check that the file is a table, with a line for each record.
intake-swells = Unpacked, this file would be more than { $value } times larger, as booby-trapped files are: it is not read. Ask for a new export that is not compressed.
intake-text-too-long = A text of this file is over { $value } MiB, more than any cell of a table. Ask for a new export.
intake-row-too-wide = Row { $row } has { $value } cells, while the table has { $hint } columns: line ends are likely missing there. Correct it, or ask for a new export.
intake-archive-in-archive = This archive holds another one. Take the table out of it and hand it in alone.
intake-unreadable-workbook = The workbook is damaged and cannot be read. Open it in your spreadsheet program and save it again.
intake-encrypted = This file is locked by a password. Save it without a password.
intake-unknown-sheet = There is no sheet “{ $value }” in this workbook. Sheets present: { $hint }.
intake-unknown-encoding = “{ $value }” is not a known encoding. Write “utf-8” or “windows-1252”, for example.
intake-bad-delimiter = “{ $value }” cannot be a delimiter. Write one or two characters, such as “;”, or “tab”.
intake-header-not-found = The declared header line ({ $row }) is past the end of the file.
intake-broken-json = The JSON is { $value ->
    [cut] cut short: the end is missing after what stands
   *[other] malformed
} on line { $row }, column { $column }. Ask for a new extract.
intake-several-tables = The archive holds several tables: { $hint }. Name the one to read with “sheet” in [reading], or send it alone.
intake-no-table-in-archive = The archive holds no table. Files in it: { $hint }.
intake-damaged = This { $value } file is damaged or incomplete and cannot be read. Ask for a new extract.
intake-same-name = Two columns of this file are called “{ $value }”. Rename one of them and try again.
intake-broken-xml = The XML is malformed or cut short on line { $row }. Ask for a new extract.
intake-declared-entities = This XML declares entities of its own, which mostly serves to fill the memory or to read other files: it is not read. Ask for an export without DOCTYPE.
intake-too-deep = The values are nested more than { $value } levels deep: this is no table.
intake-records-not-found = No list of records was found ({ $value }). Give its path with “records” in [reading].
intake-columns-missing = The file has no column “{ $column }”, which is required. Columns present: { $hint }.
intake-no-known-column = None of the expected columns is in this file. Columns present: { $hint }.

# What keeps a file from being found
source-bad-pattern = “{ $source }” is not a path in the data folder: no “..”, no absolute path, and “*” only in the file name.
source-not-found = No file fits “{ $source }” in the data folder.
source-outside = “{ $source }” is a link that leads out of the data folder: it is not followed.
source-too-large = The file “{ $source }” is over the limit of { $value } MiB.
source-bad-recording = The recording of the feed is malformed and cannot be replayed.
source-unreadable = “{ $source }” cannot be read. Check its permissions.
source-unknown-host = No machine is called “{ $source }”. Check the declared address, and that the network works.
source-private-address = “{ $source }” is a private address: it is not reached. If it should be, allow it in “town.toml”: [network] allow.
source-no-answer = “{ $source }” does not answer. It will be read again.
source-not-trusted = “{ $source }” does not prove who it is: its certificate is not accepted. Add that of its authority in “town.toml”: [network] certificates.
source-refused = “{ $source }” refuses access (error { $value }). Check the header given by “header_env”.
source-gone = “{ $source }” has nothing at this address any more (error { $value }). Check the declared address.
source-status = “{ $source }” answers with an error { $value }. It will be read again.
source-bad-redirect = “{ $source }” redirects to an address that cannot be followed. Declare the final address.
source-incomplete = The answer of “{ $source }” is incomplete: nothing was changed. It will be read again.
source-empty = “{ $source }” sent an empty file: nothing was changed.
source-too-long = Reading “{ $source }” takes more than { $value } min: it was stopped.
source-no-secret = “{ $source }” (environment variable or file) is missing, or does not hold what is expected.
source-bad-certificates = No certificate can be read from “{ $source }” (“town.toml”, [network] certificates).
source-database-refuses = The database of “{ $source }” refuses access. Check the connection, and the reading rights of the account.
source-bad-query = The database of “{ $source }” does not understand what it is asked: { $hint }. Check “table” or “query”.
source-database-fails = The database of “{ $source }” failed. It will be read again; the log has the details.
source-too-many-records = “{ $source }” offers no export, and gives only { $hint } of { $value } rows page by page. Add a “where” condition, or ask for the export.

# What was found while reading
finding-not-a-number = { $count ->
    [one] One cell of “{ $column }” is not a number (“{ $value }”)
   *[other] { $count } cells of “{ $column }” are not numbers (“{ $value }”…)
}
finding-not-an-integer = { $count ->
    [one] One cell of “{ $column }” is not a whole number (“{ $value }”)
   *[other] { $count } cells of “{ $column }” are not whole numbers (“{ $value }”…)
}
finding-number-too-precise = { $count ->
    [one] One number of “{ $column }” has more digits than the column keeps (“{ $value }”)
   *[other] { $count } numbers of “{ $column }” have more digits than the column keeps (“{ $value }”…)
}
finding-not-a-date = { $count ->
    [one] One cell of “{ $column }” is not a date as expected (“{ $value }”)
   *[other] { $count } cells of “{ $column }” are not dates as expected (“{ $value }”…)
}
finding-not-a-boolean = { $count ->
    [one] One cell of “{ $column }” is neither yes nor no (“{ $value }”)
   *[other] { $count } cells of “{ $column }” are neither yes nor no (“{ $value }”…)
}
finding-unknown-member = { $count ->
    [one] One name of “{ $column }” is unknown (“{ $value }”)
   *[other] { $count } names of “{ $column }” are unknown (“{ $value }”…)
}
finding-required-empty = { $count ->
    [one] One required cell of “{ $column }” is empty
   *[other] { $count } required cells of “{ $column }” are empty
}
finding-row-too-long = { $count ->
    [one] One row has more cells than the header
   *[other] { $count } rows have more cells than the header
}
finding-row-too-short = { $count ->
    [one] One row has fewer cells than the header
   *[other] { $count } rows have fewer cells than the header
}
finding-total-row = { $count ->
    [one] One row of totals was left out
   *[other] { $count } rows of totals were left out
}
finding-row-left-out = { $count ->
    [one] One note or repeated header was left out
   *[other] { $count } notes or repeated headers were left out
}
finding-lone-cell = { $count ->
    [one] Row { $row } has one cell alone, a title or a note perhaps; it is kept: { $value }
   *[other] { $count } rows have one cell alone, titles or notes perhaps; they are kept, the first is row { $row }: { $value }
}
finding-other-table = { $count ->
    [one] Another table starts on line { $row } and is not read: { $value }
   *[other] { $count } other tables are not read, the first on line { $row }: { $value }
}
finding-column-missing = { $count ->
    [one] The column “{ $column }” is not in the file: its values are missing
   *[other] The column “{ $column }” is not in { $count } files: its values there are missing
}
finding-column-unknown = { $count ->
    [one] The column “{ $column }” is not declared: it was not kept
   *[other] The column “{ $column }” is not declared: it was not kept ({ $count } files)
}
finding-formula-like = { $count ->
    [one] A text of “{ $column }” starts like a formula (“{ $value }”): it is kept as text
   *[other] { $count } texts of “{ $column }” start like formulas (“{ $value }”): they are kept as text
}
finding-damaged-text = { $count ->
    [one] One text of “{ $column }” lost characters before it came here (“{ $value }”)
   *[other] { $count } texts of “{ $column }” lost characters before they came here (“{ $value }”…)
}
finding-duplicate-row = { $count ->
    [one] One row is the exact copy of another; both are kept
   *[other] { $count } rows are exact copies of others; all are kept
}
finding-hint = Nearest: “{ $hint }”

# What was decided while reading
decision-format = Format: { $value }
decision-encoding = Encoding: { $value }
decision-delimiter = Delimiter: { $value ->
    [tab] tab
    [blank] blank
   *[other] “{ $value }”
}
decision-quote = Quote around cells: { $value }
decision-escape = Quotes within cells preceded by “{ $value }”
decision-fixed-width = Columns known by their places in the line (fixed width): { $value }
decision-wrapped-lines = Lines in quotes as a whole, read without them: { $value }
decision-divided-cells = Lines of text kept in a single column, divided at each “{ $value }”
decision-mended-rows = Malformed lines, read in another way than the rest: { $value }
decision-sheet = Sheet read: “{ $value }”
decision-records = Records found in “{ $value }”
decision-nomenclature = Chart of accounts: { $value }
decision-budgets = Budgets in the document: { $value }
decision-calculated-lines = Calculated lines left out (sums of others): { $value }
decision-other-records = Other tables of the file, to ask for with “records”: { $value }
decision-personal-annexes = Annexes that name persons, never read nor kept: { $value }
decision-json-repairs = Departures from the syntax of JSON, read all the same: { $value }
decision-geometry = Geometries kept by their middle: { $value }
decision-archive = Read in the archive: { $value }
decision-header = { $value ->
    [none] Header: none, columns are numbered
   *[other] Header found on line { $value }
}
decision-decimal-mark = Decimal mark: { $value ->
    [comma] comma
    [point] point
   *[other] { $value }
}
decision-date-order = Order of dates: { $value ->
    [month-day] month then day
   *[other] day then month
}
decision-unit = { $column ->
    [none] Unit: { $value }
   *[other] Unit of “{ $column }”: { $value }
}
decision-preamble = Rows above the table, left out: { $value }
decision-cut-short = File cut before the end of table “{ $value }”: rows may be missing
decision-declared-table = Table declared by the workbook: { $value }
decision-hidden-rows = Rows hidden in the workbook, read like the others: { $value }
decision-hidden-columns = Columns hidden in the workbook, read like the others: { $value }
decision-merged-cells = Cells merged over several rows, whose text is taken for each row: { $value }
decision-uncomputed = Formulas kept without their result, read as empty: { $value }. Open the workbook in a spreadsheet program, save it and try again
decision-stray-cells = Cells lost far to the right of the table, left aside: { $value }

# What a decision rests on
evidence-only-table = the only table of the archive, among { $count } other files
evidence-largest-table = by far the largest; other tables: { $others }
evidence-nearly-json = single quotes, comments, extra commas or words of a program
evidence-records-count = { $count } elements, more than the other lists or under the most usual name
evidence-byte-order-mark = the file says so in its first bytes
evidence-zeros = every other byte is zero
evidence-ascii = no character beyond ASCII
evidence-valid-utf8 = { $count } characters beyond ASCII, all well-formed
evidence-broken-utf8 = { $count } well-formed characters, { $other } broken
evidence-encoded-twice = encoded twice (“Ã©” for “é”) throughout: restored
evidence-mixed-lines = { $count } characters in UTF-8, and { $other } lines in the other encoding: each line is read in its own
evidence-letters = { $count } bytes beyond ASCII, which make letters where letters belong
evidence-detector = { $count } bytes beyond ASCII, by how often characters occur
evidence-even-rows = { $count } lines of { $rows } have { $width } cells with it{ $other ->
    [none] {""}
   *[other] {""}; “{ $other }” fits nearly as well
}
evidence-even-rows-only = lines divide evenly in no other way
evidence-no-delimiter = no character divides the lines: a single column
evidence-quoted-cells = { $count } cells stand between them
evidence-blank-places = { $count } lines have blanks in the same places
evidence-mended-wrapped = a line in quotes as a whole
evidence-mended-quotes = quotes opened or closed amiss
evidence-mended-delimiters = another delimiter than the rest of the file
evidence-mended-seams = delimiter forgotten beside a quote
evidence-fullest-sheet = the fullest sheet; other sheets: { $others }; hidden: { $hidden }
evidence-only-visible-sheet = the only visible sheet; hidden: { $hidden }
evidence-only-hidden-sheet = no visible sheet has a table; visible: { $others }; others hidden: { $hidden }
evidence-header-names = { $count } declared columns are named there
evidence-header-values = { $count } words above numbers, dates or codes
evidence-header-words = the first full row
evidence-header-none-values = { $count } columns of numbers, dates or codes, without words above
evidence-header-none-again = { $count } words of the first row come again below
evidence-header-declared = given by the declaration
evidence-first-words = “{ $words }”
evidence-mark-cells = { $count } numbers can only be read so
evidence-mark-mixed = { $count } numbers can only be read so, but { $other } only otherwise
evidence-mark-usual = no number tells: the rest of the file, or what is usual
evidence-order-cells = { $count } dates can only be read so
evidence-order-mixed = { $count } dates can only be read so, but { $other } only otherwise
evidence-order-usual = no date tells: it is usual in France
evidence-unit-format = the format of the cells
evidence-unit-header = the header of the column
evidence-unit-title = a title above the table; numbers are not converted
evidence-unit-converted = the header of the column; declared in { $declared }, it is multiplied by { $factor }
evidence-unit-other = the header of the column, but it is declared in { $declared }
evidence-header-workbook = the workbook says so: declared table, filter or merged titles
evidence-first-cell = the first is { $place }

# What a conversion says
given-folder = “{ $value }” is a folder. Give one of its files.
given-no-file = “{ $value }” is no file (a pipe, a device…). Save what it gives in a file first.
convert-empty = The file is empty: so is the table written.
convert-rows = { $count ->
    [one] { $count } row written
   *[other] { $count } rows written
}
decision-doubtful = to be checked

# The inbox
inbox-odd-name = its name holds characters that do not suit a file. Rename it, then put it in again.
inbox-not-a-file = this is not an ordinary file (a folder, a shortcut or a link). Put in the file itself.
inbox-empty = this file is empty. Export it again.
inbox-unknown-folder = no dataset is called “{ $hint }”. Put the file into the folder named by the id of the dataset.
inbox-nobody-s = no dataset knows this name. Put the file into a folder named by the id of the dataset.
inbox-ambiguous = several datasets know this name ({ $hint }). Put the file into the folder of one of them.
inbox-live = this dataset is read live: nothing is put in for it.
inbox-personal = this dataset holds personal data: its file goes into the data folder, not into the inbox.
inbox-mend = Put in before { $date }, not imported; the former version stays. Mend the file, then put it in again; this message and the refused file may be removed.
inbox-refused = File refused, set aside in “inbox/refused”: { $hint }
