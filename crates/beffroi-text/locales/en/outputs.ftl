# What the outputs of a report add to its words: landmarks, sheets of a workbook, names of columns
output-contents = Contents
output-cover = Cover
output-skip = Skip to content
output-draft = Draft
output-draft-line = Draft. Data as of { $day }: nothing is final yet.
output-frozen-line = { $number ->
    [1] Closed on { $day }
   *[other] Edition { $number }, closed on { $day }
}
output-data = Data of this figure
output-data-of = { $name } (data)
output-drawing-of = { $name } (drawing)
output-revised = (r)
output-revised-why = revised since the first edition
output-previous = Previous
output-next = Next
output-turn = Other chapters

# Tables that are not figures
output-numbers = Figures
output-number-title = Indicator
output-number-value = Value
output-number-unit = Unit
output-number-phrase = Reading
output-number-status = Status
output-tally = Status of targets
output-tally-status = Status
output-tally-count = Count
output-flow-way = Way
output-flow-name = Item
output-flow-amount = Amount

# Sources
output-sources = Sources
output-sources-key = Key
output-sources-title = Title
output-sources-reading = Reading
output-sources-formulas = Formula
output-sources-dataset = Dataset
output-sources-dataset-title = Name of the dataset
output-sources-version = Version
output-sources-file = File
output-sources-extracted = Extracted on

# Workbook and files
output-sheet = Sheet
output-file = File
output-chapter = Chapter
output-holds = Content
output-town = Town
output-edition = Edition
output-readme =
    { $title }
    { $town }
    { $edition }

    WHAT IS IN THIS FOLDER
    One CSV file per table of the report, in the order of the report, and sources.csv: what each figure rests on.
    Files are in UTF-8, separated by commas, with a decimal point. Numbers are exact: they may have more decimals than the report shows.
    A column of which values are absent is followed by a column of the same name that ends in “_etat”: nd (not available), so (not applicable), s (statistical secrecy). An empty cell is never a zero.
    A text that starts with =, +, - or @ has an apostrophe before it, so that no spreadsheet takes it for a formula.

    TO CITE
    “{ $title }, { $town }, { $edition }”. Name the table and the source of its dataset too (sources.csv). Reuse follows the licence of each dataset.

    FILES
