# Frame of pages
skip = Skip to content
nav = Main navigation
menu = Menu
trail = Breadcrumb
nav-home = Overview
nav-boards = Boards
nav-indicators = Indicators
nav-catalogue = Catalogue
nav-administration = Administration
nav-help = Help
foot-method = Signs and statuses
foot-accessibility = Accessibility: not compliant
foot-api = Programming interface
foot-sample = Sample town, made-up figures
foot-internal = Internal use
search = Search
what-board = Board
what-report = Report
what-indicator = Indicator
what-dataset = Dataset
printed-on = printed on { $day }
instant = { $day }, { $time }

# Filters
filter = Filter
filter-all = All
filter-board = Filter the board
filter-apply = Apply
filter-period = Period
filter-compare = Compare with
filter-status = Status
filter-board-name = Board
filter-shown = Shown:
filter-reset = Reset
filter-problem = A choice could not be followed.
filter-bad-period = The period “{ $asked }” is not known here: { $used } is shown instead.
filter-bad-member = “{ $asked }” does not exist for { $name }: this filter is left out.
filter-bad-compare = “{ $asked }” is not a possible comparison: the year before is kept.
compare-year = Year before
compare-nothing = Nothing
choice-year = Year { $period }
choice-school-year = School year { $period }
choice-period = { $period }

# Figures
data-show = Show the data
data-name = Data: { $title }, { $measure }
how-computed = How is it computed?
export = Export
export-csv = CSV
export-excel = CSV for Excel
source-stale = Old data
rows-rejected = { $count ->
    [0] no row set aside of { $read }
    [one] { $count } row set aside of { $read }
   *[other] { $count } rows set aside of { $read }
}
extracted-on = extracted on { $day }
page-scale-missing = not available
page-scale-not-applicable = not applicable
page-scale-secret = secret
page-line-no-target = no target voted
page-line-outdated = last known

# Overview
home-title = The mandate at a glance
home-over = Mandate { $from }–{ $to } · as of { $day }
home-good = { $count ->
    [0] Of { $all } indicators with a target, none has reached it or is on track.
    [one] Of { $all } indicators with a target, one has reached it or is on track.
   *[other] Of { $all } indicators with a target, { $count } have reached it or are on track.
}
home-no-target = No indicator has a target yet that can be said to be held.
home-bad = { $count ->
    [one] One calls for a decision or an explanation.
   *[other] { $count } call for a decision or an explanation.
}
home-balance = Balance of targets
balance-reached = { $count ->
   *[other] On target
}
balance-on-track = { $count ->
   *[other] On track
}
balance-watch = { $count ->
   *[other] To watch
}
balance-late = { $count ->
   *[other] Behind
}
balance-no-target = { $count ->
   *[other] No target
}
home-highlights = Figures chosen by the town
home-policies = All public policies
home-open-board = Open the board
home-legend-trend = trend
home-legend-target = value and voted target
home-watch-title = To watch
home-watch-order = Most urgent first
home-watch-none = Nothing to report: no indicator is late or to be watched.
home-watch-more = { $count ->
    [one] See the other one in the list of indicators
   *[other] See the { $count } others in the list of indicators
}
home-live-title = Last reading, series by series
home-live-now = Live, { $time }
home-live-old = Last reading at { $time }
home-live-capacity = { $count ->
    [one] of { $capacity }, for the only reading of { $all } that answers.
   *[other] of { $capacity }, for the { $count } readings of { $all } that answer.
}
home-live-capacity-all = of { $capacity } in all.
home-live-of = { $value } of { $capacity }
home-live-silent = n/a since { $time }
home-live-reload = Reload the page for the next reading.

# Boards
boards-title = Boards
boards-lead = { $count ->
    [0] No board is declared yet.
    [one] One board, whose figures can be filtered and exported.
   *[other] { $count } boards, whose figures can be filtered and exported.
}
boards-figures = { $count ->
    [one] { $count } figure
   *[other] { $count } figures
}
board-key-figures = Key figures
board-figures = Figures, part

# Indicators
indicators-title = Indicators
indicators-lead = { $count ->
    [0] No indicator is declared yet.
    [one] One indicator, with its definition, its owner and its sources.
   *[other] { $count } indicators, each with its definition, its owner and its sources.
}
indicators-filter = Filter indicators
indicators-search = Search for an indicator
indicators-found = { $count ->
    [0] No indicator
    [one] { $count } indicator
   *[other] { $count } indicators
}
indicators-none = No indicator meets these criteria. Try another word, or reset the filters.
indicators-live = Live

# Sheet of an indicator
sheet-definition = What is measured
sheet-formula = Formula
sheet-measure = Expression
sheet-method = Method
sheet-unit = Unit
sheet-unit-count = count
sheet-direction = Wanted direction
sheet-direction-up = up
sheet-direction-down = down
sheet-direction-none = none: a figure of context
sheet-over-time = Over time
sheet-over-time-sum = months add up
sheet-over-time-last = a year is worth its last reading
sheet-over-time-mean = a year is worth the mean of its readings
sheet-missing = Missing data
sheet-missing-refuse = no figure if any data is missing
sheet-missing-partial = figure of what is known, saying what is missing
sheet-missing-ignore = figure of what is known
sheet-detail = Possible detail
sheet-owner = Owner
sheet-limits = Limits
sheet-example = Worked example
sheet-example-what = What one starts from and what comes of it, made again at each reading
sheet-example-number = Example { $number }
sheet-example-result = Result: { $result }
sheet-lineage = Where this figure comes from
sheet-lineage-what = From the source to this page
sheet-reading = Reading and checks
sheet-version = version { $number }, { $rows } rows
sheet-this = This indicator
sheet-boards = { $count ->
    [0] On no board
    [one] On one board
   *[other] On { $count } boards
}
targets-title = Voted targets
targets-what = Each target names what set it
targets-caption = Voted targets, year by year
targets-year = Year
targets-target = Target
targets-result = Result
targets-achieved = Achieved
targets-status = Status
targets-origin = Origin

# Catalogue
catalogue-over = Internal catalogue
catalogue-title = The data of the town
catalogue-lead = { $count ->
    [0] No dataset is declared yet.
    [one] One dataset.
   *[other] { $count } datasets.
}
catalogue-late = { $count ->
    [0] All came in time.
    [one] One calls for a reminder.
   *[other] { $count } call for a reminder.
}
catalogue-open = { $count ->
    [0] None is open to the public.
    [one] One is open to the public.
   *[other] { $count } are open to the public.
}
catalogue-filter = Filter the catalogue
catalogue-found = { $count ->
    [0] No dataset
    [one] { $count } dataset
   *[other] { $count } datasets
}
catalogue-count = { $count ->
    [one] { $count } dataset
   *[other] { $count } datasets
}
catalogue-caption = List of datasets
catalogue-dataset = Dataset
catalogue-department = Department
catalogue-delivered = Extracted on
catalogue-freshness = Freshness
catalogue-all = All
catalogue-only-late = Late
catalogue-quality = Quality out of 100
catalogue-rows = Rows
catalogue-rejected = Rows set aside
catalogue-visibility = Visibility
catalogue-used = Indicators
catalogue-notes = ○ Open: fit for publication under an open licence · ◐ Internal: staff and elected members. “Indicators” counts those that rest on the dataset.
visibility-public = Open
visibility-internal = Internal
fresh-up-to-date = Up to date
fresh-late-days = { $count ->
    [one] { $count } day late
   *[other] { $count } days late
}
fresh-late-months = { $count ->
    [one] { $count } month late
   *[other] { $count } months late
}
fresh-silent = Silent
fresh-never = Nothing delivered
frequency-live = live
frequency-daily = every day
frequency-weekly = every week
frequency-monthly = every month
frequency-quarterly = every quarter
frequency-yearly = every year
frequency-irregular = no fixed rhythm

# Dataset
dataset-card = Identity card
dataset-row = One row is
dataset-department = Department
dataset-frequency = Promised rhythm
dataset-source = Source
dataset-replay = { $count ->
    [one] replayed every second
   *[other] replayed every { $count } seconds
}
dataset-every = { $count ->
    [one] read every second
   *[other] read every { $count } seconds
}
dataset-schedule = at the time of Paris by
dataset-load = A new delivery
load-replace = replaces everything
load-append = is added
load-by-period = replaces the same periods
dataset-version = Version { $number }
dataset-imported = { $count ->
    [one] Imported on { $day }: { $count } row kept.
   *[other] Imported on { $day }: { $count } rows kept.
}
dataset-no-version = No version
dataset-no-version-what = No file could be imported yet. The administration page says why.
dataset-files = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
dataset-files-name = Files of this version
dataset-file = File
dataset-extracted = Extracted on
dataset-rows-read = Rows read
dataset-rejects = Download the rows set aside, with the reason
dataset-rejects-file = Rows set aside (CSV)
dataset-columns = { $count ->
    [one] { $count } column
   *[other] { $count } columns
}
dataset-columns-caption = Columns, meanings, units and counts
column-name = Column
column-meaning = Meaning
column-type = Type
column-unit = Unit
column-values = Values
column-missing = Missing
column-not-applicable = Not applicable
column-secret = Secret
column-extent = Extent
column-from-to = from { $from } to { $to }
column-personal = Personal data: never kept.
column-computed = Computed on each row:
type-text = text
type-code = code
type-integer = whole number
type-decimal = decimal number
type-boolean = yes or no
type-day = day
type-month = month
type-quarter = quarter
type-year = year
type-school-year = school year
type-datetime = instant
dataset-findings = Findings
dataset-no-finding = Nothing to report: every row could be read.
severity-error = Set aside
severity-warning = To check
severity-note = For information
places-rows = { $count ->
    [one] row { $rows }
   *[other] rows { $rows }
}
dataset-decisions = How the file was read
dataset-decisions-what = What Beffroi decided by itself
dataset-decisions-show = { $count ->
    [one] Show the decision
   *[other] Show the { $count } decisions
}
dataset-decision-files = { $count ->
    [one] and one other file
   *[other] and { $count } other files
}
dataset-preview = First rows
dataset-preview-caption = First rows of the version, as they are kept
dataset-used = { $count ->
    [0] Used by no indicator
    [one] Used by one indicator
   *[other] Used by { $count } indicators
}

# Administration
admin-lead = What keeps a declaration, a file or a live source from being used, and how to mend it.
admin-under-way = File being read
admin-under-way-reload = Reload the page to follow it
admin-declarations = Declarations
admin-declarations-fine = All declarations are read and served.
admin-declarations-errors = { $count ->
    [one] { $count } error in the declarations.
   *[other] { $count } errors in the declarations.
}
admin-declarations-kept = Pages still show the last version without errors.
admin-to-mend = To mend
admin-imports = Imports
admin-imports-fine = All declared files were imported.
admin-feeds = Sources read live or on other machines
admin-feeds-table = Last readings of these sources
admin-feeds-none = No source of this kind is declared.
admin-feed-success = Last good reading
admin-feed-error = Last failure
admin-feed-next = Next reading

# Help
help-title = Reading and feeding Beffroi
help-lead = Signs, statuses and colours always mean the same. And here is how to bring a first file.
help-signs = Signs
help-zero = A true zero.
help-missing = Not available: the data was not delivered or was lost. It is never a zero.
help-not-applicable = Not applicable: the data makes no sense here, for instance a station that was not open.
help-secret = Statistical secrecy: the data is known, but concerns too few people to be shown.
help-provisional = Provisional: the period is not over, or was not delivered in full.
help-statuses = Statuses of a target
help-reached = The value is on the good side of the voted target.
help-on-track = The gap to the target is within the tolerance (10% unless declared otherwise).
help-watch = The gap is within three times the tolerance.
help-late = The gap is larger still.
help-no-target = The council voted nothing, or the value is not known.
help-colours = Colours
help-measured = What is measured.
help-voted = What the council voted: a target to reach or a ceiling to keep under.
help-compared = What serves to compare: the year before, the mean.
help-reading = Reading a figure
help-reading-data = “Show the data” opens the full table under each drawing.
help-reading-source = The source says who delivered the data and when they were extracted.
help-reading-export = “Export” gives a standard CSV, or a CSV that Excel opens directly.
help-reading-print = Each page prints on A4 from the browser.
help-reading-link = The address of the page keeps your filters: copy it to share the same view.
help-first = Bringing a first file
help-workshop = The simplest is to do it in the browser: bring, check, describe, define, compose, have it reviewed.
help-reports = Annual reports are read, written and made final under “Reports”: a draft is always there, with the figures of the day.
help-workshop-link = Open the workshop
help-first-file = Put the file as it is (CSV, XLSX, JSON) in the data folder, for instance in “sports”. Nothing needs cleaning.
help-first-dataset = Describe it:
help-first-indicator = Say what is computed from it:
help-first-check = Reload the page: it is read at once. An error is explained in

# Accessibility
accessibility-title = Accessibility statement
accessibility-lead = { $town } wants this tool to be accessible to all its staff and elected members, as French law (11 February 2005) asks.
accessibility-state = State of compliance
accessibility-not-audited = This tool is declared not compliant with the French accessibility standard (RGAA 4.1), because it was not audited yet. Until an audit has measured how many criteria are met, no level of compliance is claimed.
accessibility-done = What is done
accessibility-done-script = All pages work without JavaScript.
accessibility-done-figures = Each drawing has a title, a description and a complete table of data.
accessibility-done-colour = No information rests on colour alone: a sign and a word go with it.
accessibility-done-keyboard = Everything can be done by keyboard, with a visible focus.
accessibility-done-display = Pages follow zoom, narrow screens, dark mode, stronger contrast and print.
accessibility-limits = What remains to be done
accessibility-limit-audit = A full audit by trained people, with screen readers.
accessibility-limit-csv = Exported CSV files have no formatted equivalent.
accessibility-limit-english = Some texts declared by the town exist in French only; they are then marked as such.
accessibility-contact = Reporting a problem
accessibility-contact-what = Write to the service that runs Beffroi in your town hall and give the address of the page: it must offer you the content in another form.
accessibility-appeal = Without a satisfactory answer, you may turn to the Défenseur des droits.

# Errors
error-over = Error
error-forbidden-title = Access refused
error-forbidden-what = This page is not open to the place you ask from.
error-forbidden-do = Open it from the machine where Beffroi is installed, or ask those who run it for access.
error-not-found-title = Nothing at this address
error-not-found-what = The address is misspelt, or what it showed was withdrawn or renamed.
error-not-found-do = Search for a word, or go back to the overview.
error-bad-title = Request refused
error-bad-do = Correct this parameter; the interface is described at /api/v1/openapi.json.
error-busy-title = Too many requests at once
error-busy-what = Many computations wait for their turn. None is lost.
error-busy-do = Try again in a few seconds.
error-internal-title = The page could not be made
error-internal-what = The problem comes from the tool, not from you. It was written in the log.
error-internal-do = Try again; if it lasts, give the address and the time to those who run Beffroi.
error-retry = Try again
error-home = Back to the overview
error-leads = Were you looking for
error-search = Search for an indicator
error-if-it-lasts = If the problem persists
error-what-to-do = What to do
error-your-data = Your data
error-nothing-lost = Nothing was lost or changed.
error-address = Address asked for

# Programming interface
api-unknown-dimension = This indicator has no dimension “{ $asked }”. Possible dimensions: { $known }.
api-bad-period = The period “{ $asked }” cannot be read, or covers too many periods. Examples: 2025, 2025-03, 2025-T1, 2024/2025, 2019..2025.
api-bad-grain = There is no grain “{ $asked }”. Possible grains: { $known }.
api-too-fine = The source of this indicator does not know it at that grain ({ $grain }).
api-repeated = The parameter “{ $name }” is given several times with different values. Several values are separated by commas.
api-no-version = Nothing was imported yet for the dataset “{ $dataset }”.

# Sheet: what changed, what the source declares
sheet-changes = What changed
sheet-since = Since { $since }:
declared-title = Computed and declared
declared-what = What the source itself declares for this figure, beside what is computed.
declared-caption = Computed value, declared value and difference, by year
declared-computed = Computed
declared-declared = Declared
declared-difference = Difference
