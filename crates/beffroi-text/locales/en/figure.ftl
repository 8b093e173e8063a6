# Numbers and units
number-millions = { $count ->
   *[other] { $text } million
}
number-billions = { $count ->
   *[other] { $text } billion
}
unit-points = { $count ->
   *[other] pts
}
unit-years = { $count ->
    [one] year
   *[other] years
}
unit-months = { $count ->
    [one] month
   *[other] months
}
unit-days = { $count ->
    [one] day
   *[other] days
}
unit-places = { $count ->
    [one] space
   *[other] spaces
}
unit-inhabitants = { $count ->
    [one] inhabitant
   *[other] inhabitants
}
unit-euros-per-inhabitant = € per inhab.
unit-kg-per-inhabitant = kg per inhab.
unit-kwh-per-inhabitant = kWh per inhab.
unit-co2-per-inhabitant = t CO₂e per inhab.
unit-m2-per-inhabitant = m² per inhab.
unit-km-per-1000-inhabitants = km per 1,000 inhab.
unit-per-inhabitant = per inhab.
unit-per-1000-inhabitants = per 1,000 inhab.
change-none = no change

# Periods and ages
period-quarter = { $rank } quarter of { $year }
period-in = in { $period }
period-in-quarter = in the { $period }
period-on-day = on { $period }
period-span = { $from } to { $to }
period-pair = { $from } and { $to }
age-now = just now
age-minutes = { $count } min ago
age-hours = { $count } h ago
age-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
age-months = { $count ->
    [one] { $count } month ago
   *[other] { $count } months ago
}
age-years = { $count ->
    [one] { $count } year ago
   *[other] { $count } years ago
}

# Statuses
status-reached = On target
status-on-track = On track
status-watch = To watch
status-late = Behind
status-no-target = No target

# Targets
target-this-year = { $kind ->
    [goal] target { $value }
    [ceiling] ceiling { $value }
   *[mark] reference { $value }
}
target-other-year = { $kind ->
    [goal] { $year } target: { $value }
    [ceiling] { $year } ceiling: { $value }
   *[mark] { $year } reference: { $value }
}
target-pace = Pace needed for { $year }
target-coming = under way
standing-reached = { $year } target ({ $goal }) reached
standing-reached-short = { $year } target reached
standing-kept = within the { $year } ceiling ({ $goal })
standing-kept-short = within the { $year } ceiling
standing-part = { $percent } of the { $year } target ({ $goal })
standing-part-short = { $percent } of the { $year } target
standing-below = { $gap } below the { $year } target ({ $goal })
standing-below-short = { $gap } below the { $year } target
standing-above = { $gap } above the { $year } ceiling ({ $goal })
standing-above-short = { $gap } above the { $year } ceiling

# Units of axes and tables
unit-in = in { $unit }
unit-in-thousands = in thousands
unit-in-millions = in millions
unit-in-thousands-of-euros = in thousands of euros
unit-in-millions-of-euros = in millions of euros

# Subtitles
subtitle-per-grain = { $grain ->
    [day] { $text } per day
    [month] { $text } per month
    [quarter] { $text } per quarter
    [school_year] { $text } per school year
   *[year] { $text } per year
}
subtitle-per-dimension = { $joint ->
    [and] { $text } and by { $dimension }
   *[plain] { $text } by { $dimension }
}
subtitle-live = live, { $time }
subtitle-remark = { $text }; { $remark }
remark-axis = the axis starts at { $start }
remark-top = the first { $count } of { $of }
remark-marks = mark: { $before }
multiples-scale = same scale throughout
multiples-town = same scale throughout; in grey, the whole

# Labels on drawings
label-others = Others
label-median = median { $value }
label-these = 12 months
label-year-before = A year before
map-list = From highest to lowest: { $list }.
scale-below = under { $high }
scale-between = { $low } to { $high }
scale-above = { $low } and over
sparkline-label = { $title }, { $first } to { $last }: from { $from } to { $to }
desc-single = { $name }: { $to } { $to_when }
desc-span = { $name }: from { $from } { $from_when } to { $to } { $to_when }
desc-extremes = Highest { $high } { $high_when }, lowest { $low } { $low_when }.
absence-missing = not available
absence-not-applicable = not applicable
absence-secret = confidential
yes = yes
no = no
and-more = and { $count } more

# Tables
head-period = { $grain ->
    [day] Day
    [month] Month
    [quarter] Quarter
    [school_year] School year
   *[year] Year
}
head-year = Year
head-year-before = A year before
head-change = Change
head-target = Voted target
head-share = Share of the whole
head-total = Whole
head-indicator = Indicator
head-value = Value

# Changes
change-in-a-year = { $change } in a year

# Titles of figures
period-these = this period
period-year-before = the year before
title-above-some = { $grain ->
    [day] { $plural ->
        [one] On { $count } day in { $of }, { $now } is above { $before }
       *[other] On { $count } days in { $of }, { $now } is above { $before }
    }
    [quarter] { $plural ->
        [one] In { $count } quarter of { $of }, { $now } is above { $before }
       *[other] In { $count } quarters of { $of }, { $now } is above { $before }
    }
   *[month] { $plural ->
        [one] In { $count } month of { $of }, { $now } is above { $before }
       *[other] In { $count } months of { $of }, { $now } is above { $before }
    }
}
title-above-all = { $grain ->
    [day] Every day, { $now } is above { $before }
    [quarter] Every quarter, { $now } is above { $before }
   *[month] Every month, { $now } is above { $before }
}
title-above-none = { $grain ->
    [day] On no day is { $now } above { $before }
    [quarter] In no quarter is { $now } above { $before }
   *[month] In no month is { $now } above { $before }
}
title-above-known = { $grain ->
    [day] Of { $of } known days, { $now } is above { $before } on { $count }
    [quarter] Of { $of } known quarters, { $now } is above { $before } in { $count }
   *[month] Of { $of } known months, { $now } is above { $before } in { $count }
}
title-single = { $title }: { $value } { $when }
title-times-since = { $title }: { $value } { $when }, { $times } times the level of { $first }
title-change-since = { $title }: { $value } { $when }, { $change } since { $first }
title-unknown = { $title }: no known value
title-secret = { $title }: values under statistical confidentiality
title-overtakes = Since { $since }, { $leader } has been above { $former }
title-leads = { $leader } comes first: { $value } { $when }
title-part = { $leader } makes up { $share } of the total { $when }
title-one-member = { $leader }: { $value }
title-first-known = { $leader } comes first among { $count } known values: { $value }
title-share = { $leader } accounts for { $share } of { $whole }
whole-noun = { $noun }
whole-total = the total
whole-selection = the selection
title-times-member = From 1 to { $times } between { $trailer } ({ $low }) and { $leader } ({ $high })
title-range = From { $low } ({ $trailer }) to { $high } ({ $leader })
title-median-own = { $side ->
    [above] { $town }: { $value }, above the median ({ $median })
    [below] { $town }: { $value }, below the median ({ $median })
   *[at] { $town }: { $value }, at the median
}
title-median = Median { $median }, from { $low } to { $high }
title-gap-grows = Since { $since }, the gap between { $top } and { $bottom } has widened
title-gap-shrinks = Since { $since }, the gap between { $top } and { $bottom } has narrowed
title-gap-stays = Since { $since }, the gap between { $top } and { $bottom } has stayed the same
title-targets = { $count ->
    [0] None of { $of } targets reached
   *[other] { $count } of { $of } targets reached
}

# Sentences of key figures
phrase-value = { $value } { $when }
phrase-at = at { $time }
phrase-provisional = { "," } provisional figure: { $count } periods of { $of }
phrase-outdated = { ";" } { $period } is not known yet
phrase-unknown = No known value.
phrase-absent = { $state ->
    [secret] { $when }, the value is under statistical confidentiality.
    [not-applicable] { $when }, this indicator does not apply.
   *[missing] { $when }, the value is not available.
}

# What to watch
watch-title = { $title }: { $value } { $when }, { $detail }
watch-streak = { $way ->
    [up] { $rank } rise in a row.
   *[down] { $rank } fall in a row.
}
watch-pace = { $kind ->
    [ceiling] At the present pace ({ $pace } a year), the ceiling would be met around { $year }.
   *[goal] At the present pace ({ $pace } a year), the target would be reached around { $year }.
}
watch-never = { $kind ->
    [ceiling] At the present pace ({ $pace } a year), the ceiling would not be met for decades.
   *[goal] At the present pace ({ $pace } a year), the target would not be reached for decades.
}
watch-away = The gap is growing: { $pace } a year as the trend goes.
watch-no-comparison = The year before is not known.
watch-outdated = { $title }: { $asked } is not known yet
watch-outdated-text = Last known value: { $known }.

# Notices
notice-missing = { $count ->
    [one] One value missing.
   *[other] { $words } values missing.
}
notice-missing-text = { $what }: neither estimated nor counted as zero.
notice-secret = Statistical confidentiality.
notice-secret-text = { $count ->
    [one] { $what }: the value is withheld, here and in exports.
   *[other] { $what }: the values are withheld, here and in exports.
}
notice-provisional = Provisional figure (p).
notice-incomplete = Incomplete period.
notice-coverage-text = { $grain ->
    [day] { $period }: { $count } days of { $of }.
    [month] { $period }: { $count } months of { $of }.
    [quarter] { $period }: { $count } quarters of { $of }.
   *[other] { $period }: { $count } periods of { $of }.
}
notice-partial = Partial data.
notice-partial-text = { $period }: computed from { $cells } values present, { $of } expected.
notice-partial-also = Also partial: { $periods }.
notice-ignored = { $count ->
    [one] Filter without effect here.
   *[other] Filters without effect here.
}
notice-ignored-text = { $what }: these data have no such detail, the figure is about the whole.
notice-stale = Old data.
notice-stale-text = { $frequency ->
    [daily] “{ $dataset }”: last delivered { $age }, expected every day.
    [weekly] “{ $dataset }”: last delivered { $age }, expected every week.
    [monthly] “{ $dataset }”: last delivered { $age }, expected every month.
    [quarterly] “{ $dataset }”: last delivered { $age }, expected every quarter.
    [yearly] “{ $dataset }”: last delivered { $age }, expected every year.
   *[other] “{ $dataset }”: last delivered { $age }.
}
notice-silent = Feed silent.
notice-silent-text = Last reading received { $age }.
source-line = { $dataset } · extracted on { $date }

# Why there is no answer
error-no-version = No data yet.
error-no-version-text = No file has been imported yet for “{ $dataset }”.
error-timed-out = The computation took too long.
error-timed-out-text = Reload the page in a moment, or choose a shorter period.
error-no-detail = No such detail.
error-no-detail-text = “{ $indicator }” is not known at this level of detail.
error-failed = The computation failed.
error-failed-text = “{ $indicator }” could not be computed. The incident has been recorded.

# Formulas in words
formula-sum = sum of “{ $what }”
formula-count-rows = number of rows ({ $what })
formula-count = number of values of “{ $what }”
formula-count-distinct = number of different values of “{ $what }”
formula-min = smallest value of “{ $what }”
formula-max = largest value of “{ $what }”
formula-mean = mean of “{ $what }”
formula-median = median of “{ $what }”
formula-quantile = value of “{ $what }” below which { $share }% of rows are
formula-first = first value of “{ $what }”
formula-last = last value of “{ $what }”
formula-filter = { $text } (rows where { $condition })
formula-not = not ({ $of })
formula-in = { $negated ->
    [yes] { $of } not among { $list }
   *[no] { $of } among { $list }
}
formula-between = { $of } from { $low } to { $high }
formula-is-null = { $negated ->
    [yes] { $of } is known
   *[no] { $of } is not known
}
formula-contains = { $of } contains “{ $text }”
formula-ends = { $of } ends with “{ $text }”
formula-starts = { $of } starts with “{ $text }”
formula-is = { $of } is “{ $text }”
formula-when = if { $condition }: { $result }
formula-otherwise = otherwise { $result }
formula-and = and
formula-or = or
formula-null-if = { $of } (except { $value })
formula-first-known = first known value among { $list }
formula-greatest = the largest of { $list }
formula-least = the smallest of { $list }
formula-year = year of { $of }
formula-quarter = quarter of { $of }
formula-month = month of { $of }
formula-day = day of the month of { $of }
formula-weekday = day of the week of { $of }
formula-date-trunc = { $grain ->
    [day] day of { $of }
    [month] month of { $of }
    [quarter] quarter of { $of }
    [school_year] school year of { $of }
   *[other] year of { $of }
}
formula-concat = followed by
formula-lower = { $of } in lower case
formula-upper = { $of } in upper case
formula-left = { $count ->
    [one] first character
   *[other] { $count } first characters
} of { $of }
formula-right = { $count ->
    [one] last character
   *[other] { $count } last characters
} of { $of }
formula-length = number of characters of { $of }
formula-abs = absolute value of { $of }
formula-round = { $of } rounded
formula-floor = { $of } rounded down
formula-ceil = { $of } rounded up

# Views
view-year-to-date = { $title } since the start of the year
view-cumulative = { $title }, running total since the start of the year
view-moving-average = { $grain ->
    [day] { $title }, moving average over { $count } days
    [month] { $title }, moving average over { $count } months
    [quarter] { $title }, moving average over { $count } quarters
    [school_year] { $title }, moving average over { $count } school years
   *[year] { $title }, moving average over { $count } years
}
view-growth = { $title }, change in a year
view-share = { $title }, share of the total
view-rank = { $title }, rank
view-per-inhabitant = { $title } per inhabitant ({ $kind ->
    [totale] total
   *[municipale] municipal
} population)
view-constant-euros = { $title }, in constant euros of { $base }
view-index = { $title }, index 100 at the start
remark-peers = { $ranked ->
    [yes] { $place } of { $among }; half of them stand between { $lower } and { $upper }
   *[no] of { $among }, half stand between { $lower } and { $upper }
}
remark-so-far = { $months } and the same months of the years before
title-so-far = { $title }, { $months }: { $value }
title-so-far-change = { $title }, { $months }: { $value }, { $change } on the same months of { $before }
title-rank = { $title }: { $members } { $place } of { $among } { $when }

# Beyond the values
notice-break = Series break.
notice-break-text = Since { $since }: { $note } Figures before and after do not compare.
notice-unusual = Unusual value.
notice-unusual-text = { $when }: { $value }, where about { $usual } would be expected from the year before (modified z-score { $score } of Iglewicz and Hoaglin, threshold 3.5, among { $among } changes).
notice-level = Change of level.
notice-level-text = Since { $when }: median { $before } before, { $after } since (Pettitt test over { $grain ->
    [day] { $points } days
    [month] { $points } months
    [quarter] { $points } quarters
   *[other] { $points } years
}, p { $chance }). No cause is established here.
notice-threshold = { $level ->
    [critical] Critical threshold crossed.
   *[alert] Alert threshold crossed.
}
notice-threshold-text = { $side ->
    [below] { $value }, below { $threshold } ({ $origin }).
   *[above] { $value }, above { $threshold } ({ $origin }).
}
outlook-needed = { $kind ->
    [ceiling] To keep under the { $year } ceiling
   *[goal] To reach the { $year } target
}: { $years ->
    [one] { $step } in a year
   *[other] { $step } a year for { $years } years
}{ $relative ->
    [yes] {" "}({ $percent } a year)
   *[no] {""}
}.
outlook-trend = If the trend of { $first } to { $last } continues (Theil–Sen line, { $points } years): { $value } in { $year }, { $status }.
flow-from = Where they come from
flow-to = Where they go
flow-hundred = €100
flow-others = { $count } others
flow-hidden = A part is not known: nothing is drawn.
flow-negative = A part is negative: nothing is drawn.
flow-title-unknown = Where the money comes from, and where it goes
flow-title-hundred = Out of €100, { $given } come from “{ $source }” and { $spent } go to “{ $goal }”
flow-title = First resource: { $source }, { $given }; first expense: { $goal }, { $spent }
flow-side = { $what }: { $amount }
flow-head-side = Side
flow-head-part = Part
flow-head-amount = Amount ({ $unit })
flow-head-share = Out of €100
