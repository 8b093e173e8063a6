# The statistical secrecy of a dataset
secrecy-title = Statistical confidentiality
secrecy-what = It holds for every figure drawn from this dataset, on all pages and in all exports. A period is shown only when it is complete.
secrecy-rule = Rule
secrecy-units = A figure is shown only if it rests on at least { $count } units.
secrecy-dominance = Nobody may hold more than { $share }% of it.
secrecy-p-percent = Nobody may be able to estimate the largest share to within { $share }%.
secrecy-denominator = A rate is shown only if its denominator is at least { $least }.
secrecy-empty = A zero to which nobody contributes is withheld too.
secrecy-tables = Tables
secrecy-town = the whole town
secrecy-grains = Periods
secrecy-grain-day = days
secrecy-grain-month = months
secrecy-grain-quarter = quarters
secrecy-grain-year = years
secrecy-grain-school_year = school years
secrecy-hidden = What is withheld
secrecy-count = { $cells ->
    [0] Nothing can be shown yet.
    [one] A single figure can be shown.
   *[other] Of { $cells } figures that could be shown, { $hidden ->
        [0] none is withheld.
        [one] one is withheld: { $primary } by the rule, { $secondary } so that others cannot be worked out.
       *[other] { $hidden } are withheld ({ $share }%): { $primary } by the rule, { $secondary } so that they cannot be worked out.
    }
}
secrecy-coarse = More figures are withheld than needed: the tables are too large to be looked at closely. Fewer tables or periods would show more.
secrecy-exposed = { $count ->
    [one] One sensitive figure can no longer be protected: what was shown before, or what everyone knows, tells it.
   *[other] { $count } sensitive figures can no longer be protected: what was shown before, or what everyone knows, tells them.
}
secrecy-closed = Everything is withheld: nothing could be decided. The server’s log says why.
secrecy-undecided = What is withheld is decided when the first question is asked.
secrecy-no-content = The number of rows, their content and what was found in them are not shown here: withheld figures could be worked out from them. The import tells them to whoever runs it.
dataset-imported-secret = Imported on { $day }.
sheet-version-secret = version { $number }
