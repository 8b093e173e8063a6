# Ce qu’une version change à celle d’avant
changes-none = Rien ne change dans les comptes
changes-rows = Lignes : { $before } avant, { $after } maintenant
changes-period-added = { $period } : ajouté ({ $after } lignes)
changes-period-replaced = { $period } : remplacé ({ $before } lignes avant, { $after } maintenant)
changes-period-removed = { $period } : retiré ({ $before } lignes)
changes-no-period = sans date
changes-more-periods = { $count ->
    [one] Et une autre période
   *[other] Et { $count } autres périodes
}
changes-total = Total de « { $column } » : { $before } avant, { $after } maintenant
changes-no-total = aucun

# Les versions d’un jeu de données
versions-none = « { $dataset } » n’a encore aucune version.
versions-line = { $number } · { $day } à { $time } · { $rows } lignes · { $findings } constats · { $files }
versions-current = en place
versions-restores = remet la { $number }
versions-damaged = { $number } · abîmée : elle ne peut pas être lue
versions-kept = { $count ->
    [one] La dernière version est gardée.
   *[other] Les { $count } dernières versions sont gardées, avec leurs fichiers d’origine.
}
restore-live = « { $dataset } » est une source en direct : elle n’a pas de version à remettre.
restore-unknown = « { $dataset } » n’a pas de version { $number }, ou elle n’est plus gardée. Pour voir celles qui le sont : beffroi versions { $dataset }
restore-current = La version { $number } de « { $dataset } » est déjà en place.
restore-done = La version { $number } de « { $dataset } » est de nouveau en place. Les fichiers lus depuis ne seront repris que s’ils changent.
restore-undo = Pour revenir en arrière : beffroi restore { $dataset } { $number }

# Les mêmes changements, sur la page d’un jeu de données
dataset-changes = Ce qui a changé depuis la version { $number }
dataset-findings-file = Tous les constats (CSV)
dataset-restores = Elle remet en place la version { $number }.
changes-periods = Périodes changées
changes-period = Période
changes-what = Changement
changes-rows-before = Lignes avant
changes-rows-after = Lignes maintenant
changes-added = ajoutée
changes-replaced = remplacée
changes-removed = retirée
changes-totals = Totaux changés
changes-before = Avant
changes-after = Maintenant
