# Numbers and units
number-millions = { $count ->
    [one] { $text } million
   *[other] { $text } millions
}
number-billions = { $count ->
    [one] { $text } milliard
   *[other] { $text } milliards
}
unit-points = { $count ->
    [one] pt
   *[other] pts
}
unit-years = { $count ->
    [one] an
   *[other] ans
}
unit-months = { $count ->
   *[other] mois
}
unit-days = { $count ->
    [one] jour
   *[other] jours
}
unit-places = { $count ->
    [one] place
   *[other] places
}
unit-inhabitants = { $count ->
    [one] habitant
   *[other] habitants
}
unit-euros-per-inhabitant = €/hab.
unit-kg-per-inhabitant = kg/hab.
unit-kwh-per-inhabitant = kWh/hab.
unit-co2-per-inhabitant = t CO₂e/hab.
unit-m2-per-inhabitant = m²/hab.
unit-km-per-1000-inhabitants = km pour 1 000 hab.
unit-per-inhabitant = par hab.
unit-per-1000-inhabitants = pour 1 000 hab.
change-none = stable

# Periods and ages
period-quarter = { $rank } trimestre { $year }
period-in = en { $period }
period-in-quarter = au { $period }
period-on-day = le { $period }
period-span = { $from } à { $to }
period-pair = { $from } et { $to }
age-now = à l’instant
age-minutes = il y a { $count } min
age-hours = il y a { $count } h
age-days = { $count ->
    [one] il y a { $count } jour
   *[other] il y a { $count } jours
}
age-months = il y a { $count } mois
age-years = { $count ->
    [one] il y a { $count } an
   *[other] il y a { $count } ans
}

# Statuses
status-reached = Atteint
status-on-track = En bonne voie
status-watch = À surveiller
status-late = En retard
status-no-target = Sans objectif

# Targets
target-this-year = { $kind ->
    [goal] objectif { $value }
    [ceiling] plafond { $value }
   *[mark] repère { $value }
}
target-other-year = { $kind ->
    [goal] objectif { $year } : { $value }
    [ceiling] plafond { $year } : { $value }
   *[mark] repère { $year } : { $value }
}
target-pace = Rythme voulu pour { $year }
target-coming = en cours
standing-reached = objectif { $year } ({ $goal }) atteint
standing-reached-short = objectif { $year } atteint
standing-kept = sous le plafond { $year } ({ $goal })
standing-kept-short = sous le plafond { $year }
standing-part = objectif { $year } ({ $goal }) atteint à { $percent }
standing-part-short = { $percent } de l’objectif { $year }
standing-below = { $gap } sous l’objectif { $year } ({ $goal })
standing-below-short = { $gap } sous l’objectif { $year }
standing-above = { $gap } au-dessus du plafond { $year } ({ $goal })
standing-above-short = { $gap } au-dessus du plafond { $year }

# Units of axes and tables
unit-in = en { $unit }
unit-in-thousands = en milliers
unit-in-millions = en millions
unit-in-thousands-of-euros = en milliers d’euros
unit-in-millions-of-euros = en millions d’euros

# Subtitles
subtitle-per-grain = { $grain ->
    [day] { $text } par jour
    [month] { $text } par mois
    [quarter] { $text } par trimestre
    [school_year] { $text } par année scolaire
   *[year] { $text } par an
}
subtitle-per-dimension = { $joint ->
    [and] { $text } et par { $dimension }
   *[plain] { $text } par { $dimension }
}
subtitle-live = en direct, { $time }
subtitle-remark = { $text } ; { $remark }
remark-axis = l’axe commence à { $start }
remark-top = les { $count } premiers sur { $of }
remark-marks = trait : { $before }
multiples-scale = même échelle partout
multiples-town = même échelle partout ; en gris, l’ensemble

# Labels on drawings
label-others = Autres
label-median = médiane { $value }
label-these = 12 mois
label-year-before = Un an avant
map-list = Du plus haut au plus bas : { $list }.
scale-below = moins de { $high }
scale-between = { $low } à { $high }
scale-above = { $low } et plus
sparkline-label = { $title }, de { $first } à { $last } : de { $from } à { $to }
desc-single = { $name } : { $to } { $to_when }
desc-span = { $name } : de { $from } { $from_when } à { $to } { $to_when }
desc-extremes = Au plus haut { $high } { $high_when }, au plus bas { $low } { $low_when }.
absence-missing = non disponible
absence-not-applicable = sans objet
absence-secret = secret
yes = oui
no = non
and-more = et { $count } autres

# Tables
head-period = { $grain ->
    [day] Jour
    [month] Mois
    [quarter] Trimestre
    [school_year] Année scolaire
   *[year] Année
}
head-year = Année
head-year-before = Un an avant
head-change = Évolution
head-target = Objectif voté
head-share = Part de l’ensemble
head-total = Ensemble
head-indicator = Indicateur
head-value = Valeur

# Changes
change-in-a-year = { $change } en un an

# Titles of figures
period-these = la période
period-year-before = l’année d’avant
title-above-some = { $grain ->
    [day] { $plural ->
        [one] { $count } jour sur { $of }, { $now } dépasse { $before }
       *[other] { $count } jours sur { $of }, { $now } dépasse { $before }
    }
    [quarter] { $plural ->
        [one] { $count } trimestre sur { $of }, { $now } dépasse { $before }
       *[other] { $count } trimestres sur { $of }, { $now } dépasse { $before }
    }
   *[month] { $count } mois sur { $of }, { $now } dépasse { $before }
}
title-above-all = { $grain ->
    [day] Chaque jour, { $now } dépasse { $before }
    [quarter] Chaque trimestre, { $now } dépasse { $before }
   *[month] Chaque mois, { $now } dépasse { $before }
}
title-above-none = { $grain ->
    [day] Aucun jour, { $now } ne dépasse { $before }
    [quarter] Aucun trimestre, { $now } ne dépasse { $before }
   *[month] Aucun mois, { $now } ne dépasse { $before }
}
title-above-known = { $grain ->
    [day] Sur { $of } jours connus, { $now } dépasse { $before } { $count } fois
    [quarter] Sur { $of } trimestres connus, { $now } dépasse { $before } { $count } fois
   *[month] Sur { $of } mois connus, { $now } dépasse { $before } { $count } fois
}
title-single = { $title } : { $value } { $when }
title-times-since = { $title } : { $value } { $when }, { $times } fois le niveau de { $first }
title-change-since = { $title } : { $value } { $when }, { $change } depuis { $first }
title-unknown = { $title } : aucune valeur connue
title-secret = { $title } : valeurs couvertes par le secret statistique
title-overtakes = Depuis { $since }, { $leader } dépasse { $former }
title-leads = { $leader } arrive en tête : { $value } { $when }
title-part = { $leader } représente { $share } du total { $when }
title-one-member = { $leader } : { $value }
title-first-known = { $leader } arrive en tête des { $count } valeurs connues : { $value }
title-share = { $leader } concentre { $share } { $whole }
whole-noun = des { $noun }
whole-total = du total
whole-selection = de la sélection
title-times-member = De 1 à { $times } entre { $trailer } ({ $low }) et { $leader } ({ $high })
title-range = De { $low } ({ $trailer }) à { $high } ({ $leader })
title-median-own = { $side ->
    [above] { $town } : { $value }, au-dessus de la médiane ({ $median })
    [below] { $town } : { $value }, en dessous de la médiane ({ $median })
   *[at] { $town } : { $value }, à la médiane
}
title-median = Médiane { $median }, de { $low } à { $high }
title-gap-grows = Depuis { $since }, l’écart se creuse entre { $top } et { $bottom }
title-gap-shrinks = Depuis { $since }, l’écart se réduit entre { $top } et { $bottom }
title-gap-stays = Depuis { $since }, l’écart reste le même entre { $top } et { $bottom }
title-targets = { $count ->
    [0] Aucun objectif atteint sur { $of }
    [one] { $count } objectif atteint sur { $of }
   *[other] { $count } objectifs atteints sur { $of }
}

# Sentences of key figures
phrase-value = { $value } { $when }
phrase-at = à { $time }
phrase-provisional = { "," } chiffre provisoire : { $count } périodes sur { $of }
phrase-outdated = { " " }; { $period } n’est pas encore connu
phrase-unknown = Aucune valeur connue.
phrase-absent = { $state ->
    [secret] { $when }, la valeur est couverte par le secret statistique.
    [not-applicable] { $when }, cet indicateur est sans objet.
   *[missing] { $when }, la valeur n’est pas disponible.
}

# What to watch
watch-title = { $title } : { $value } { $when }, { $detail }
watch-streak = { $way ->
    [up] { $rank } hausse de suite.
   *[down] { $rank } baisse de suite.
}
watch-pace = { $kind ->
    [ceiling] Au rythme actuel ({ $pace } par an), le plafond serait respecté vers { $year }.
   *[goal] Au rythme actuel ({ $pace } par an), l’objectif serait atteint vers { $year }.
}
watch-never = { $kind ->
    [ceiling] Au rythme actuel ({ $pace } par an), le plafond ne serait pas respecté avant des décennies.
   *[goal] Au rythme actuel ({ $pace } par an), l’objectif ne serait pas atteint avant des décennies.
}
watch-away = L’écart augmente : { $pace } par an en tendance.
watch-no-comparison = L’année d’avant n’est pas connue.
watch-outdated = { $title } : { $asked } n’est pas encore connu
watch-outdated-text = Dernière valeur connue : { $known }.

# Notices
notice-missing = { $count ->
    [one] Une valeur manquante.
   *[other] { $words } valeurs manquantes.
}
notice-missing-text = { $what } : ni estimé, ni compté comme zéro.
notice-secret = Secret statistique.
notice-secret-text = { $count ->
    [one] { $what } : la valeur est retirée, ici comme dans les exports.
   *[other] { $what } : les valeurs sont retirées, ici comme dans les exports.
}
notice-provisional = Chiffre provisoire (p).
notice-incomplete = Période incomplète.
notice-coverage-text = { $grain ->
    [day] { $period } : { $count } jours sur { $of }.
    [month] { $period } : { $count } mois sur { $of }.
    [quarter] { $period } : { $count } trimestres sur { $of }.
   *[other] { $period } : { $count } périodes sur { $of }.
}
notice-partial = Donnée partielle.
notice-partial-text = { $period } : calculé sur { $cells } valeurs présentes, { $of } attendues.
notice-partial-also = Aussi partiel : { $periods }.
notice-ignored = { $count ->
    [one] Filtre sans effet ici.
   *[other] Filtres sans effet ici.
}
notice-ignored-text = { $what } : cette donnée n’est pas détaillée ainsi, la figure porte sur l’ensemble.
notice-stale = Donnée ancienne.
notice-stale-text = { $frequency ->
    [daily] « { $dataset } » : dernier dépôt { $age }, attendu chaque jour.
    [weekly] « { $dataset } » : dernier dépôt { $age }, attendu chaque semaine.
    [monthly] « { $dataset } » : dernier dépôt { $age }, attendu chaque mois.
    [quarterly] « { $dataset } » : dernier dépôt { $age }, attendu chaque trimestre.
    [yearly] « { $dataset } » : dernier dépôt { $age }, attendu chaque année.
   *[other] « { $dataset } » : dernier dépôt { $age }.
}
notice-silent = Relevé interrompu.
notice-silent-text = Dernier relevé reçu { $age }.
source-line = { $dataset } · extrait le { $date }

# Why there is no answer
error-no-version = Pas encore de données.
error-no-version-text = Aucun fichier n’a encore été importé pour « { $dataset } ».
error-timed-out = Calcul trop long.
error-timed-out-text = Rechargez la page dans un instant, ou choisissez une période plus courte.
error-no-detail = Détail impossible.
error-no-detail-text = « { $indicator } » n’est pas connu à ce niveau de détail.
error-failed = Calcul impossible.
error-failed-text = « { $indicator } » n’a pas pu être calculé. L’incident est enregistré.

# Formulas in words
formula-sum = somme de « { $what } »
formula-count-rows = nombre de lignes ({ $what })
formula-count = nombre de valeurs de « { $what } »
formula-count-distinct = nombre de valeurs différentes de « { $what } »
formula-min = plus petite valeur de « { $what } »
formula-max = plus grande valeur de « { $what } »
formula-mean = moyenne de « { $what } »
formula-median = médiane de « { $what } »
formula-quantile = valeur de « { $what } » sous laquelle sont { $share } % des lignes
formula-first = première valeur de « { $what } »
formula-last = dernière valeur de « { $what } »
formula-filter = { $text } (lignes où { $condition })
formula-not = non ({ $of })
formula-in = { $negated ->
    [yes] { $of } hors de { $list }
   *[no] { $of } parmi { $list }
}
formula-between = { $of } de { $low } à { $high }
formula-is-null = { $negated ->
    [yes] { $of } est connu
   *[no] { $of } n’est pas connu
}
formula-contains = { $of } contient « { $text } »
formula-ends = { $of } finit par « { $text } »
formula-starts = { $of } commence par « { $text } »
formula-is = { $of } est « { $text } »
formula-when = si { $condition } : { $result }
formula-otherwise = sinon { $result }
formula-and = et
formula-or = ou
formula-null-if = { $of } (sauf { $value })
formula-first-known = première valeur connue parmi { $list }
formula-greatest = le plus grand de { $list }
formula-least = le plus petit de { $list }
formula-year = année de { $of }
formula-quarter = trimestre de { $of }
formula-month = mois de { $of }
formula-day = jour du mois de { $of }
formula-weekday = jour de la semaine de { $of }
formula-date-trunc = { $grain ->
    [day] jour de { $of }
    [month] mois de { $of }
    [quarter] trimestre de { $of }
    [school_year] année scolaire de { $of }
   *[other] année de { $of }
}
formula-concat = suivi de
formula-lower = { $of } en minuscules
formula-upper = { $of } en majuscules
formula-left = { $count ->
    [one] premier caractère
   *[other] { $count } premiers caractères
} de { $of }
formula-right = { $count ->
    [one] dernier caractère
   *[other] { $count } derniers caractères
} de { $of }
formula-length = nombre de caractères de { $of }
formula-abs = valeur absolue de { $of }
formula-round = arrondi de { $of }
formula-floor = arrondi inférieur de { $of }
formula-ceil = arrondi supérieur de { $of }

# Views
view-year-to-date = { $title } depuis le début de l’année
view-cumulative = { $title }, cumul depuis le début de l’année
view-moving-average = { $grain ->
    [day] { $title }, moyenne mobile sur { $count } jours
    [month] { $title }, moyenne mobile sur { $count } mois
    [quarter] { $title }, moyenne mobile sur { $count } trimestres
    [school_year] { $title }, moyenne mobile sur { $count } années scolaires
   *[year] { $title }, moyenne mobile sur { $count } ans
}
view-growth = { $title }, évolution en un an
view-share = { $title }, part du total
view-rank = { $title }, rang
view-per-inhabitant = { $title } par habitant (population { $kind })
view-constant-euros = { $title }, en euros constants de { $base }
view-index = { $title }, indice 100 au début
remark-peers = { $ranked ->
    [yes] { $place } sur { $among } ; la moitié se tient entre { $lower } et { $upper }
   *[no] sur { $among }, la moitié se tient entre { $lower } et { $upper }
}
remark-so-far = { $months } et les mêmes mois des années d’avant
title-so-far = { $title }, { $months } : { $value }
title-so-far-change = { $title }, { $months } : { $value }, { $change } par rapport aux mêmes mois de { $before }
title-rank = { $title } : { $members } au { $place } rang sur { $among } { $when }

# Beyond the values
notice-break = Rupture de série.
notice-break-text = Depuis { $since } : { $note } De part et d’autre, les chiffres ne se comparent pas.
notice-unusual = Valeur inhabituelle.
notice-unusual-text = { $when } : { $value }, là où l’on attendrait environ { $usual } d’après l’année d’avant (score z modifié { $score } d’Iglewicz et Hoaglin, seuil 3,5, parmi { $among } évolutions).
notice-level = Changement de niveau.
notice-level-text = Depuis { $when } : médiane { $before } avant, { $after } depuis (test de Pettitt sur { $grain ->
    [day] { $points } jours
    [month] { $points } mois
    [quarter] { $points } trimestres
   *[other] { $points } ans
}, p { $chance }). Une cause n’est pas établie ici.
notice-threshold = { $level ->
    [critical] Seuil critique franchi.
   *[alert] Seuil d’alerte franchi.
}
notice-threshold-text = { $side ->
    [below] { $value }, au-dessous de { $threshold } ({ $origin }).
   *[above] { $value }, au-dessus de { $threshold } ({ $origin }).
}
outlook-needed = { $kind ->
    [ceiling] Pour respecter le plafond de { $year }
   *[goal] Pour atteindre l’objectif de { $year }
} : { $years ->
    [one] { $step } en un an
   *[other] { $step } par an pendant { $years } ans
}{ $relative ->
    [yes] {" "}({ $percent } par an)
   *[no] {""}
}.
outlook-trend = Si la tendance de { $first } à { $last } se poursuit (droite de Theil-Sen, { $points } ans) : { $value } en { $year }, { $status }.
flow-from = D’où ils viennent
flow-to = Où ils vont
flow-hundred = 100{"\u00A0"}€
flow-others = Les { $count } autres
flow-hidden = Une part n’est pas connue : le schéma n’est pas dessiné.
flow-negative = Une part est négative : le schéma n’est pas dessiné.
flow-title-unknown = D’où vient l’argent, et où il va
flow-title-hundred = Sur 100 €, { $given } viennent de « { $source } » et { $spent } vont à « { $goal } »
flow-title = Première ressource : { $source }, { $given } ; première dépense : { $goal }, { $spent }
flow-side = { $what } : { $amount }
flow-head-side = Sens
flow-head-part = Part
flow-head-amount = Montant ({ $unit })
flow-head-share = Sur 100 €
