# What checks found
finding-header-mapped = { $count ->
    [one] The column “{ $column }” is known by the header “{ $value }”
   *[other] The column “{ $column }” is known by another header (“{ $value }”) in { $count } files
}
finding-wrong-form = { $count ->
    [one] One cell of “{ $column }” is not { $expected } (“{ $value }”)
   *[other] { $count } cells of “{ $column }” are not { $expected } (“{ $value }”…)
}
finding-too-small = { $count ->
    [one] One value of “{ $column }” is too small (“{ $value }”; least: { $expected })
   *[other] { $count } values of “{ $column }” are too small (“{ $value }”…; least: { $expected })
}
finding-too-large = { $count ->
    [one] One value of “{ $column }” is too large (“{ $value }”; most: { $expected })
   *[other] { $count } values of “{ $column }” are too large (“{ $value }”…; most: { $expected })
}
finding-too-short = { $count ->
    [one] One text of “{ $column }” is too short (“{ $value }”; at least { $expected } characters)
   *[other] { $count } texts of “{ $column }” are too short (“{ $value }”…; at least { $expected } characters)
}
finding-too-long = { $count ->
    [one] One text of “{ $column }” is too long (“{ $value }”; at most { $expected } characters)
   *[other] { $count } texts of “{ $column }” are too long (“{ $value }”…; at most { $expected } characters)
}
finding-pattern-mismatch = { $count ->
    [one] One cell of “{ $column }” does not follow the pattern (“{ $value }”; pattern: { $expected })
   *[other] { $count } cells of “{ $column }” do not follow the pattern (“{ $value }”…; pattern: { $expected })
}
finding-not-allowed = { $count ->
    [one] One value of “{ $column }” is not in the list allowed (“{ $value }”; allowed: { $expected })
   *[other] { $count } values of “{ $column }” are not in the list allowed (“{ $value }”…; allowed: { $expected })
}
finding-empty-cell = { $count ->
    [one] One cell of “{ $column }”, to be filled, is empty
   *[other] { $count } cells of “{ $column }”, to be filled, are empty
}
finding-not-unique = { $count ->
    [one] One value of “{ $column }” is repeated (“{ $value }”, already in row { $expected })
   *[other] { $count } values of “{ $column }” are repeated (“{ $value }”, already in row { $expected }…)
}
finding-duplicate-key = { $count ->
    [one] One row has the same key “{ $column }” as another (“{ $value }”, already in row { $expected })
   *[other] { $count } rows have the same key “{ $column }” as others (“{ $value }”, already in row { $expected }…)
}
finding-key-not-found = { $count ->
    [one] One value of “{ $column }” refers to no row (“{ $value }”, looked for in “{ $expected }”)
   *[other] { $count } values of “{ $column }” refer to no row (“{ $value }”…, looked for in “{ $expected }”)
}
finding-reference-unchecked = { $count ->
    [one] “{ $column }” was not compared with “{ $expected }”: that dataset has no version yet, or none with these columns
   *[other] In { $count } files “{ $column }” was not compared with “{ $expected }”: that dataset has no version yet, or none with these columns
}
finding-comparison-fails = { $count ->
    [one] One row does not keep { $expected } ({ $value })
   *[other] { $count } rows do not keep { $expected } ({ $value }…)
}
finding-sum-fails = { $count ->
    [one] One cell of “{ $column }” is not the sum expected ({ $value }; sum: { $expected })
   *[other] { $count } cells of “{ $column }” are not the sums expected ({ $value }; sum: { $expected }…)
}
finding-not-together = { $count ->
    [one] One row fills only some of the columns to be filled together ({ $expected })
   *[other] { $count } rows fill only some of the columns to be filled together ({ $expected })
}
finding-none-filled = { $count ->
    [one] One row fills none of the columns of which at least one is expected ({ $expected })
   *[other] { $count } rows fill none of the columns of which at least one is expected ({ $expected })
}
finding-check-left-out = { $count ->
    [one] A check of the schema is not done: { $value }
   *[other] { $count } checks of the schema are not done: { $value }…
}
finding-schema-mended = { $count ->
    [one] The schema was read as it is meant, not as it is written: { $value }
   *[other] The schema was read { $count } times as it is meant, not as it is written: { $value }…
}
finding-total-fails = { $count ->
    [one] A total of “{ $column }” does not add up: it says { $value }, the rows sum to { $expected }
   *[other] { $count } totals of “{ $column }” do not add up: the first says { $value }, the rows sum to { $expected }
}
finding-in-future = { $count ->
    [one] One date of “{ $column }” is later than the delivery (“{ $value }”; delivered on { $expected })
   *[other] { $count } dates of “{ $column }” are later than the delivery (“{ $value }”…; delivered on { $expected })
}
finding-outside-area = { $count ->
    [one] One point of “{ $column }” is outside { $expected } (“{ $value }”)
   *[other] { $count } points of “{ $column }” are outside { $expected } (“{ $value }”…)
}
finding-category-new = { $count ->
    [one] “{ $column }” has a new value: “{ $value }”
   *[other] “{ $column }” has { $count } new values: “{ $value }”…
}
finding-category-gone = { $count ->
    [one] “{ $column }” has lost a value: “{ $value }” ({ $expected } rows in the version before)
   *[other] “{ $column }” has lost { $count } values: “{ $value }” ({ $expected } rows in the version before)…
}
finding-rows-break = The number of rows changes suddenly: { $value }, against { $expected } in the version before
finding-sum-break = “{ $column }” suddenly changes scale: { $value } in all, against { $expected } in the version before
finding-extreme-break = “{ $column }” reaches { $value }, far from what the version before knew ({ $expected })
finding-filled-break = “{ $column }” empties: { $value }% of cells filled, against { $expected }% in the version before

# The forms expected: “is not …”
form-text = a text
form-binary = content in base 64
form-integer = a whole number in digits (1234)
form-number = a number with a point (1234.5)
form-boolean = one of the words foreseen for yes and no
form-date = a date of the form foreseen (2024-03-31)
form-datetime = a date and time of the form foreseen (2024-03-31T12:00:00Z)
form-time = a time of the form foreseen (12:00:00)
form-year = a year (2024)
form-year-month = a month (2024-03)
form-duration = an ISO 8601 duration (P1Y2M)
form-geopoint = a point “longitude, latitude”
form-geopoint-latitude-first = a point “latitude, longitude”
form-geopoint-array = a point [longitude, latitude]
form-geopoint-object = a JSON point with lon and lat
form-geojson = a GeoJSON object
form-array = a JSON list of the values foreseen
form-object = a JSON object
form-list = a list of values
form-siret = a SIRET number (14 digits with a check digit)
form-siren = a SIREN number (9 digits with a check digit)
form-phone = a French telephone number
form-email = an e-mail address
form-uri = a whole web address (https://…)
form-uuid = a UUID
form-year-or-interval = a year, or two in order (2019/2020)
form-year-interval = two years in order (2019/2020)
form-act-matter = a matter of the nomenclature of acts
form-opening-hours = opening hours as OpenStreetMap writes them (Mo-Fr 08:00-18:00)
form-french-point = a point of France (longitude and latitude)

# A file held to a published schema
schema-not-json = this is not JSON: fault in line { $row }, column { $column }.
schema-not-table-schema = this is no Table Schema: it has no list of “fields”.
schema-too-large = this schema is too large.
schema-same-name = two fields have the name “{ $value }”.
validate-no-schema = No schema “{ $value }”: neither a known name nor a file. { $hint ->
    [none] { "" }
   *[other] Did you mean “{ $hint }”?
} Known names: { $known }.
validate-read = { $source }: { $count ->
    [one] { $count } row read
   *[other] { $count } rows read
} by the schema “{ $schema }” ({ $version })
validate-fault = Fault
validate-good = The file follows the schema.
validate-faults = The file does not follow the schema: { $count ->
    [one] { $count } fault
   *[other] { $count } faults
}.

# How to mend it
mend-header-mapped = To follow the schema the file should hold the exact name of the column.
mend-not-a-number = Mend the cell in the file, or leave it empty when the value is not known.
mend-not-an-integer = Write a number without decimals, or declare the column “decimal”.
mend-number-too-precise = Round it at the source, or declare more digits with “scale”.
mend-not-a-date = Write the date like the other rows (31/03/2024 or 2024-03-31).
mend-not-a-boolean = Write yes or no.
mend-unknown-member = Mend the name, or add this spelling to the “aliases” of the member.
mend-required-empty = Fill the cell: the row is set aside without it.
mend-row-too-long = Look for one delimiter too many, or a text without quotes.
mend-row-too-short = Look for a delimiter left out; absent cells are taken as missing.
mend-total-row = Nothing to do: totals are computed anew.
mend-lone-cell = If it is no row of data, take it out of the file; else there is nothing to do.
mend-row-left-out = Nothing to do, if it is no row of data.
mend-other-table = Put each table in a file of its own, then import them one by one.
mend-column-missing = If the column was renamed, add its new name to “headers”.
mend-column-unknown = Declare it to keep it.
mend-formula-like = These texts are never run here. Do not open the original file in a spreadsheet program without knowing where it comes from.
mend-damaged-text = Ask for a new extraction, in UTF-8.
mend-duplicate-row = Check that the row was not exported twice.
mend-wrong-form = Write the value in that form.
mend-too-small = Check the unit and the sign.
mend-too-large = Check the unit and the decimal mark.
mend-too-short = Complete the text.
mend-too-long = Shorten the text.
mend-pattern-mismatch = Compare with the example of the schema: a leading zero lost, a space too many, another separator.
mend-not-allowed = Choose a value of the list, written the same.
mend-empty-cell = Fill the cell.
mend-not-unique = Keep one of the two rows, or mend the value.
mend-duplicate-key = Keep one of the two rows, or mend the key.
mend-key-not-found = Add the row referred to, or mend the reference.
mend-reference-unchecked = Import the other dataset: this one will then be read again, and compared.
mend-comparison-fails = Check both cells: one of them is wrong.
mend-sum-fails = Check the sum and its parts.
mend-not-together = Fill all of these columns, or none.
mend-none-filled = Fill at least one of these columns.
mend-check-left-out = Check this yourself.
mend-schema-mended = Nothing to do: the fault is in the published schema.
mend-total-fails = Rows are missing, or the total was typed by hand: check at the source.
mend-in-future = Check the year, and the order of day and month.
mend-outside-area = Check that longitude and latitude are not swapped, and that they are degrees.
mend-rows-break = Check that the extraction is whole before trusting the figures.
mend-sum-break = Check the unit (euros or thousands) and the decimal mark.
mend-extreme-break = Check the largest and smallest values.
mend-filled-break = Ask the department whether the extraction changed.
mend-category-new = If it is another spelling of a known value, add it to its “aliases”.
mend-category-gone = Check that nothing is missing, or that the value is not spelt anew.
