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
restore-undo = Pour revenir en arrière : beffroi versions { $dataset } --restore { $number }

# Les mêmes changements, sur la page d’un jeu de données
dataset-changes = Ce qui a changé depuis la version { $number }
dataset-schema = Schéma publié
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

# Ce que quelqu’un a corrigé
decision-column-corrected = Colonne corrigée : { $value }
evidence-by-hand = corrigé à la main
correct-none = « { $dataset } » n’a aucune correction.
correct-for = Pour { $pattern ->
    [all] tous les fichiers
   *[other] « { $pattern } »
}
correct-kept = La correction est gardée : elle vaut pour les prochains fichiers aussi. Pour l’enlever : beffroi correct { $dataset } { $key }=
correct-removed = Les corrections de « { $dataset } » sont enlevées.
correct-unknown-key = « { $key } » n’est pas une correction. Écrivez par exemple { $keys }.
correct-no-value = « { $key } » attend une valeur : { $key }=…
correct-bad-value = « { $value } » ne va pas pour « { $key } ». Valeurs possibles : { $hint }.
correct-unknown-column = « { $dataset } » n’a pas de colonne « { $column } ». Ses colonnes : { $hint }.
correct-live = « { $dataset } » est une source en direct : ses lectures ne se corrigent pas.
correct-too-new = « { $path } » a été écrit par une version plus récente de Beffroi. Mettez le programme à jour.

# L’aperçu d’un fichier
preview-rows = { $count ->
    [one] Une ligne lue, { $rejected } écartée(s)
   *[other] { $count } lignes lues, { $rejected } écartée(s)
}
preview-column = { $name } ({ $kind }) : { $values } valeurs, { $missing } manquantes, { $secret } masquées
preview-personal = { $name } : donnée personnelle, ni gardée ni montrée
preview-proposal = À essayer : beffroi correct { $dataset } { $correction }

# La lecture d’un fichier en cours
size-bytes = { $count ->
    [one] { $size } octet
   *[other] { $size } octets
}
size-kilo = { $size } ko
size-mega = { $size } Mo
size-giga = { $size } Go
progress-opening = ouverture ({ $of })
progress-survey = examen, { $bytes } sur { $of } ({ $percent } %)
progress-reading = lecture, { $bytes } sur { $of } ({ $percent } %)
progress-rows = { $count ->
    [one] une ligne
   *[other] { $count } lignes
}
progress-findings = { $count ->
    [one] un constat
   *[other] { $count } constats
}

# Ce qui a été trouvé dans les fichiers d’une version
import-all-findings = Tous les constats
import-more-findings = { $count ->
    [one] Et un autre constat
   *[other] Et { $count } autres constats
}
import-notes = { $count ->
    [one] Un constat, pour information
   *[other] { $count } constats, pour information
}
