# What a version changes of the one before
changes-none = Nothing that is counted changes
changes-rows = Rows: { $before } before, { $after } now
changes-period-added = { $period }: added ({ $after } rows)
changes-period-replaced = { $period }: replaced ({ $before } rows before, { $after } now)
changes-period-removed = { $period }: removed ({ $before } rows)
changes-no-period = without date
changes-more-periods = { $count ->
    [one] And one more period
   *[other] And { $count } more periods
}
changes-total = Total of “{ $column }”: { $before } before, { $after } now
changes-no-total = none

# The versions of a dataset
versions-none = “{ $dataset }” has no version yet.
versions-line = { $number } · { $day } at { $time } · { $rows } rows · { $findings } findings · { $files }
versions-current = in place
versions-restores = brings back { $number }
versions-damaged = { $number } · damaged: it cannot be read
versions-kept = { $count ->
    [one] The last version is kept.
   *[other] The last { $count } versions are kept, with their original files.
}
restore-live = “{ $dataset }” is a live source: it has no version to bring back.
restore-unknown = “{ $dataset }” has no version { $number }, or it is no longer kept. To see those that are: beffroi versions { $dataset }
restore-current = Version { $number } of “{ $dataset }” is in place already.
restore-done = Version { $number } of “{ $dataset }” is in place again. Files read since then are taken again only if they change.
restore-undo = To go back: beffroi versions { $dataset } --restore { $number }

# The same changes, on the page of a dataset
dataset-changes = What has changed since version { $number }
dataset-schema = Published schema
dataset-findings-file = All findings (CSV)
dataset-restores = It brings back version { $number }.
changes-periods = Periods changed
changes-period = Period
changes-what = Change
changes-rows-before = Rows before
changes-rows-after = Rows now
changes-added = added
changes-replaced = replaced
changes-removed = removed
changes-totals = Totals changed
changes-before = Before
changes-after = Now

# What somebody corrected
decision-column-corrected = Column corrected: { $value }
evidence-by-hand = corrected by hand
correct-none = “{ $dataset }” has no correction.
correct-for = For { $pattern ->
    [all] all files
   *[other] “{ $pattern }”
}
correct-kept = The correction is kept: it holds for the next files too. To remove it: beffroi correct { $dataset } { $key }=
correct-removed = The corrections of “{ $dataset }” are removed.
correct-unknown-key = “{ $key }” is no correction. Write for example { $keys }.
correct-no-value = “{ $key }” needs a value: { $key }=…
correct-bad-value = “{ $value }” does not fit “{ $key }”. Possible values: { $hint }.
correct-unknown-column = “{ $dataset }” has no column “{ $column }”. Its columns: { $hint }.
correct-live = “{ $dataset }” is a live source: its readings are not corrected.
correct-too-new = “{ $path }” was written by a newer Beffroi. Update the program.

# The preview of a file
preview-rows = { $count ->
    [one] One row read, { $rejected } set aside
   *[other] { $count } rows read, { $rejected } set aside
}
preview-column = { $name } ({ $kind }): { $values } values, { $missing } missing, { $secret } masked
preview-personal = { $name }: personal data, neither kept nor shown
preview-proposal = Try: beffroi correct { $dataset } { $correction }

# A file being read
size-bytes = { $count ->
    [one] { $size } byte
   *[other] { $size } bytes
}
size-kilo = { $size } kB
size-mega = { $size } MB
size-giga = { $size } GB
progress-opening = opening ({ $of })
progress-survey = survey, { $bytes } of { $of } ({ $percent }%)
progress-reading = reading, { $bytes } of { $of } ({ $percent }%)
progress-rows = { $count ->
    [one] one row
   *[other] { $count } rows
}
progress-findings = { $count ->
    [one] one finding
   *[other] { $count } findings
}

# What was found in the files of a version
import-all-findings = All findings
import-more-findings = { $count ->
    [one] And one more finding
   *[other] And { $count } more findings
}
import-notes = { $count ->
    [one] One finding, for information
   *[other] { $count } findings, for information
}
