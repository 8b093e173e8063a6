# The quality of a dataset, criterion by criterion
quality-title = Quality
quality-over-100 = Mark out of 100
quality-sentence-full = { $total } out of 100: nothing to raise.
quality-sentence = { $total } out of 100. { $count ->
    [one] To raise: { $flaws }.
   *[other] To raise first: { $flaws }.
}
quality-flaw = { $name } ({ $mark })
quality-rule = The total is the mean of the marks, each by its weight. Marks and total are rounded down: 100 means without a flaw. What does not apply does not count.
quality-caption = The criteria of quality, their marks, weights and figures
quality-criterion = Criterion
quality-mark = Mark
quality-weight = Weight
quality-how = Figures, and how to raise the mark
quality-left-out = not applicable
quality-total = Total
quality-more = { $count ->
    [one] { $names } and one more
   *[other] { $names } and { $count } more
}
quality-instant = { $day } at { $time }

# Families
quality-freshness = Freshness
quality-completeness = Completeness
quality-validity = Validity
quality-documentation = Documentation

# Nothing came
quality-nothing = No row has come yet.
quality-nothing-raise = Have a file delivered that can be read.

# Freshness
quality-delivery = Promised deliveries
quality-delivery-figures = { $count ->
    [0] Last delivery on { $day }: the next one is not late.
    [one] Last delivery on { $day }. { $of } expected since, that one included, { $good } received.
   *[other] Last delivery on { $day }. { $of } expected since, that one included, { $good } received.
}
quality-delivery-raise = Have the missing delivery made, or declare the rhythm as it is (“frequency” in { $file }).
quality-delivery-readings = { $count ->
    [0] Last reading on { $instant }, expected every { $every } seconds: on time.
    [one] Last reading on { $instant }, expected every { $every } seconds. { $of } expected since, that one included, { $good } received.
   *[other] Last reading on { $instant }, expected every { $every } seconds. { $of } expected since, that one included, { $good } received.
}
quality-delivery-readings-raise = Check that the source answers; the administration page says why it is silent.
quality-period = Last period covered
quality-period-figures = { $count ->
    [0] The data reach { $latest }; the delivery of { $day } was to reach { $expected } at least.
    [one] The data end at { $latest }; the delivery of { $day } was to reach { $expected } at least: one period is missing ({ $good } of { $of }).
   *[other] The data end at { $latest }; the delivery of { $day } was to reach { $expected } at least: { $count } periods are missing ({ $good } of { $of }).
}
quality-period-raise = Ask for a delivery that reaches { $expected } at least.

# Completeness
quality-required = Required cells
quality-required-figures = { $good } rows of { $of } have all their required cells ({ $columns }).{ $count ->
    [0] {""}
    [one] {" "}One row is set aside.
   *[other] {" "}{ $count } rows are set aside.
}
quality-required-raise = Fill these cells in the source: without them the row is set aside.
quality-cells = Other cells
quality-cells-figures = { $good } cells filled of { $of }, without required, secret and not applicable ones.
quality-cells-emptiest = The emptiest column: “{ $column }”, { $good } of { $of }.
quality-cells-raise = Fill “{ $column }” first, or mark “so” the cells that do not apply.
quality-gaps = Periods without a gap
quality-gaps-figures = { $good } periods of { $of }, from { $first } to { $last }.
quality-gaps-missing = Missing: { $periods }.
quality-gaps-missing-more = { $count ->
    [one] Missing: { $periods } and one more.
   *[other] Missing: { $periods } and { $count } more.
}
quality-gaps-raise = Find the missing periods; if the first one is far too old, mend its date.

# Validity
quality-rows = Readable rows
quality-rows-figures = { $good } rows kept of { $of }.
quality-rows-raise = Mend the rows set aside in the source, then deliver it again.
quality-checks = Checks passed
quality-checks-figures = { $count ->
    [0] No fault in { $of } cells.
    [one] One fault for { $of } cells.
   *[other] { $count } faults for { $of } cells.
}
quality-checks-raise = Mend these cells in the source, then deliver it again.
quality-text = Text unharmed
quality-text-figures = { $count ->
    [0] No character lost in { $of } cells.
    [one] One damaged cell of { $of }.
   *[other] { $count } damaged cells of { $of }.
}
quality-text-raise = Export from the origin again: what is lost cannot be guessed.
quality-unique = Rows without a double
quality-unique-figures = { $count ->
    [0] No double in { $of } rows.
    [one] One double in { $of } rows.
   *[other] { $count } doubles in { $of } rows.
}
quality-unique-raise = Remove the double rows from the source.

# Documentation
quality-card = Card of the dataset
quality-card-figures = { $good } items of { $of }.
quality-card-missing = Missing: { $missing }.
quality-card-raise = Add { $keys } in { $file }.
quality-mention-title = the title
quality-mention-description = the description
quality-mention-row = what a row is
quality-mention-steward = the steward
quality-mention-licence = the licence
quality-columns = Columns described
quality-columns-figures = { $columns ->
    [one] One column
   *[other] { $columns } columns
}: { $titles } with a title, { $descriptions } with a description{ $numbers ->
    [0] {""}.
    [one] {""}; { $units } unit for one column of numbers.
   *[other] {""}; { $units } with a unit, of { $numbers } columns of numbers.
}
quality-columns-raise = Complete in { $file }: { $columns }.

# What does not apply
quality-left-no-rhythm = No rhythm of deliveries is promised.
quality-left-no-time = No column says when.
quality-left-no-periods = A live source has readings, not periods.
quality-left-events = Rows are dated to the day: a day without a row need not be a gap.
quality-left-no-required = No column is required.
quality-left-no-other = No other cell can be filled.
quality-left-no-check = No check is declared.
quality-left-last-reading = A live source keeps only what was found in its last reading.
quality-left-not-counted = This version was made before this was counted; the next import will.
quality-left-secret = Statistical confidentiality: what is counted in rows is not told.
quality-left-not-reached = Outside of your perimeter: what is counted in all rows is not told.
