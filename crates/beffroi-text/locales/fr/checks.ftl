# Ce que les contrôles ont trouvé
finding-header-mapped = { $count ->
    [one] La colonne « { $column } » est reconnue sous l’en-tête « { $value } »
   *[other] La colonne « { $column } » est reconnue sous un autre en-tête (« { $value } ») dans { $count } fichiers
}
finding-wrong-form = { $count ->
    [one] Une cellule de « { $column } » n’est pas { $expected } (« { $value } »)
   *[other] { $count } cellules de « { $column } » ne sont pas { $expected } (« { $value } »…)
}
finding-too-small = { $count ->
    [one] Une valeur de « { $column } » est trop petite (« { $value } » ; minimum : { $expected })
   *[other] { $count } valeurs de « { $column } » sont trop petites (« { $value } »… ; minimum : { $expected })
}
finding-too-large = { $count ->
    [one] Une valeur de « { $column } » est trop grande (« { $value } » ; maximum : { $expected })
   *[other] { $count } valeurs de « { $column } » sont trop grandes (« { $value } »… ; maximum : { $expected })
}
finding-too-short = { $count ->
    [one] Un texte de « { $column } » est trop court (« { $value } » ; au moins { $expected } caractères)
   *[other] { $count } textes de « { $column } » sont trop courts (« { $value } »… ; au moins { $expected } caractères)
}
finding-too-long = { $count ->
    [one] Un texte de « { $column } » est trop long (« { $value } » ; au plus { $expected } caractères)
   *[other] { $count } textes de « { $column } » sont trop longs (« { $value } »… ; au plus { $expected } caractères)
}
finding-pattern-mismatch = { $count ->
    [one] Une cellule de « { $column } » ne suit pas le modèle prévu (« { $value } » ; modèle : { $expected })
   *[other] { $count } cellules de « { $column } » ne suivent pas le modèle prévu (« { $value } »… ; modèle : { $expected })
}
finding-not-allowed = { $count ->
    [one] Une valeur de « { $column } » n’est pas dans la liste permise (« { $value } » ; permises : { $expected })
   *[other] { $count } valeurs de « { $column } » ne sont pas dans la liste permise (« { $value } »… ; permises : { $expected })
}
finding-empty-cell = { $count ->
    [one] Une cellule de « { $column } », à remplir, est vide
   *[other] { $count } cellules de « { $column } », à remplir, sont vides
}
finding-not-unique = { $count ->
    [one] Une valeur de « { $column } » se répète (« { $value } », déjà ligne { $expected })
   *[other] { $count } valeurs de « { $column } » se répètent (« { $value } », déjà ligne { $expected }…)
}
finding-duplicate-key = { $count ->
    [one] Une ligne a la même clé « { $column } » qu’une autre (« { $value } », déjà ligne { $expected })
   *[other] { $count } lignes ont la même clé « { $column } » que d’autres (« { $value } », déjà ligne { $expected }…)
}
finding-key-not-found = { $count ->
    [one] Une valeur de « { $column } » ne renvoie à aucune ligne (« { $value } », cherchée dans « { $expected } »)
   *[other] { $count } valeurs de « { $column } » ne renvoient à aucune ligne (« { $value } »…, cherchées dans « { $expected } »)
}
finding-reference-unchecked = { $count ->
    [one] « { $column } » n’a pas été comparée à « { $expected } » : ce jeu de données n’a pas encore de version, ou pas avec ces colonnes
   *[other] Dans { $count } fichiers, « { $column } » n’a pas été comparée à « { $expected } » : ce jeu de données n’a pas encore de version, ou pas avec ces colonnes
}
finding-comparison-fails = { $count ->
    [one] Une ligne ne respecte pas { $expected } ({ $value })
   *[other] { $count } lignes ne respectent pas { $expected } ({ $value }…)
}
finding-sum-fails = { $count ->
    [one] Une cellule de « { $column } » n’est pas la somme attendue ({ $value } ; somme : { $expected })
   *[other] { $count } cellules de « { $column } » ne sont pas les sommes attendues ({ $value } ; somme : { $expected }…)
}
finding-not-together = { $count ->
    [one] Une ligne ne remplit qu’une partie de colonnes à remplir ensemble ({ $expected })
   *[other] { $count } lignes ne remplissent qu’une partie de colonnes à remplir ensemble ({ $expected })
}
finding-none-filled = { $count ->
    [one] Une ligne ne remplit aucune des colonnes dont une au moins est attendue ({ $expected })
   *[other] { $count } lignes ne remplissent aucune des colonnes dont une au moins est attendue ({ $expected })
}
finding-check-left-out = { $count ->
    [one] Un contrôle du schéma n’est pas fait : { $value }
   *[other] { $count } contrôles du schéma ne sont pas faits : { $value }…
}
finding-schema-mended = { $count ->
    [one] Le schéma a été lu comme il est voulu, et non comme il est écrit : { $value }
   *[other] Le schéma a été lu { $count } fois comme il est voulu, et non comme il est écrit : { $value }…
}
finding-total-fails = { $count ->
    [one] Un total de « { $column } » ne tombe pas juste : il dit { $value }, la somme des lignes est { $expected }
   *[other] { $count } totaux de « { $column } » ne tombent pas juste : le premier dit { $value }, la somme des lignes est { $expected }
}
finding-in-future = { $count ->
    [one] Une date de « { $column } » est postérieure à la livraison (« { $value } » ; livré le { $expected })
   *[other] { $count } dates de « { $column } » sont postérieures à la livraison (« { $value } »… ; livré le { $expected })
}
finding-outside-area = { $count ->
    [one] Un point de « { $column } » est hors de { $expected } (« { $value } »)
   *[other] { $count } points de « { $column } » sont hors de { $expected } (« { $value } »…)
}
finding-category-new = { $count ->
    [one] « { $column } » a une valeur nouvelle : « { $value } »
   *[other] « { $column } » a { $count } valeurs nouvelles : « { $value } »…
}
finding-category-gone = { $count ->
    [one] « { $column } » a perdu une valeur : « { $value } » ({ $expected } lignes dans la version précédente)
   *[other] « { $column } » a perdu { $count } valeurs : « { $value } » ({ $expected } lignes dans la version précédente)…
}
finding-rows-break = Le nombre de lignes change brusquement : { $value }, contre { $expected } dans la version précédente
finding-sum-break = « { $column } » change brusquement d’échelle : { $value } en tout, contre { $expected } dans la version précédente
finding-extreme-break = « { $column } » atteint { $value }, loin de ce que la version précédente connaissait ({ $expected })
finding-filled-break = « { $column } » se vide : { $value } % de cellules remplies, contre { $expected } % dans la version précédente

# Les formes attendues : « n’est pas … »
form-text = un texte
form-binary = un contenu en base 64
form-integer = un nombre entier écrit en chiffres (1234)
form-number = un nombre écrit avec un point (1234.5)
form-boolean = l’une des formes prévues pour oui et non
form-date = une date de la forme prévue (2024-03-31)
form-datetime = une date et une heure de la forme prévue (2024-03-31T12:00:00Z)
form-time = une heure de la forme prévue (12:00:00)
form-year = une année (2024)
form-year-month = un mois (2024-03)
form-duration = une durée ISO 8601 (P1Y2M)
form-geopoint = un point « longitude, latitude »
form-geopoint-latitude-first = un point « latitude, longitude »
form-geopoint-array = un point [longitude, latitude]
form-geopoint-object = un point JSON avec lon et lat
form-geojson = un objet GeoJSON
form-array = une liste JSON de valeurs prévues
form-object = un objet JSON
form-list = une liste de valeurs
form-siret = un numéro SIRET (14 chiffres dont une clé)
form-siren = un numéro SIREN (9 chiffres dont une clé)
form-phone = un numéro de téléphone français
form-email = une adresse de courriel
form-uri = une adresse web complète (https://…)
form-uuid = un identifiant UUID
form-year-or-interval = une année ou deux années qui se suivent (2019/2020)
form-year-interval = deux années dans l’ordre (2019/2020)
form-act-matter = une matière de la nomenclature des actes
form-opening-hours = des horaires au format OpenStreetMap (Mo-Fr 08:00-18:00)
form-french-point = un point de France (longitude et latitude)

# Un fichier tenu à un schéma publié
schema-not-json = ce n’est pas du JSON : erreur à la ligne { $row }, colonne { $column }.
schema-not-table-schema = ce n’est pas un Table Schema : il n’a pas de liste « fields ».
schema-too-large = ce schéma est trop grand.
schema-same-name = deux champs portent le nom « { $value } ».
validate-no-schema = Aucun schéma « { $value } » : ni nom connu, ni fichier. { $hint ->
    [none] { "" }
   *[other] Vouliez-vous dire « { $hint } » ?
} Noms connus : { $known }.
validate-read = { $source } : { $count ->
    [one] { $count } ligne lue
   *[other] { $count } lignes lues
} selon le schéma « { $schema } » ({ $version })
validate-fault = Défaut
validate-good = Le fichier suit le schéma.
validate-faults = Le fichier ne suit pas le schéma : { $count ->
    [one] { $count } défaut
   *[other] { $count } défauts
}.

# Comment y remédier
mend-header-mapped = Pour être conforme au schéma, le fichier devrait porter le nom exact de la colonne.
mend-not-a-number = Corrigez la cellule dans le fichier, ou laissez-la vide si la valeur n’est pas connue.
mend-not-an-integer = Écrivez un nombre sans décimales, ou déclarez la colonne « decimal ».
mend-number-too-precise = Arrondissez à la source, ou déclarez plus de chiffres avec « scale ».
mend-not-a-date = Écrivez la date comme les autres lignes (31/03/2024 ou 2024-03-31).
mend-not-a-boolean = Écrivez oui ou non.
mend-unknown-member = Corrigez le nom, ou ajoutez cette graphie aux « aliases » du membre.
mend-required-empty = Remplissez la cellule : la ligne est mise de côté sans elle.
mend-row-too-long = Cherchez un séparateur de trop, ou un texte sans guillemets.
mend-row-too-short = Cherchez un séparateur oublié ; les cellules absentes sont prises pour manquantes.
mend-total-row = Rien à faire : les totaux sont recalculés.
mend-lone-cell = Si ce n’est pas une ligne de données, retirez-la du fichier ; sinon rien à faire.
mend-row-left-out = Rien à faire, si ce n’est pas une ligne de données.
mend-other-table = Mettez chaque tableau dans son propre fichier, puis importez-les un par un.
mend-column-missing = Si la colonne a changé de nom, ajoutez le nouveau à « headers ».
mend-column-unknown = Déclarez-la pour la garder.
mend-formula-like = Ces textes ne sont jamais calculés ici. N’ouvrez pas le fichier d’origine dans un tableur sans savoir d’où il vient.
mend-damaged-text = Demandez une nouvelle extraction, en UTF-8.
mend-duplicate-row = Vérifiez que la ligne n’a pas été exportée deux fois.
mend-wrong-form = Réécrivez la valeur dans cette forme.
mend-too-small = Vérifiez l’unité et le signe.
mend-too-large = Vérifiez l’unité et la virgule.
mend-too-short = Complétez le texte.
mend-too-long = Raccourcissez le texte.
mend-pattern-mismatch = Comparez avec l’exemple donné par le schéma : zéro de tête perdu, espace en trop, séparateur différent.
mend-not-allowed = Choisissez une valeur de la liste, écrite à l’identique.
mend-empty-cell = Remplissez la cellule.
mend-not-unique = Gardez une seule des deux lignes, ou corrigez la valeur.
mend-duplicate-key = Gardez une seule des deux lignes, ou corrigez la clé.
mend-key-not-found = Ajoutez la ligne citée, ou corrigez la référence.
mend-reference-unchecked = Importez l’autre jeu de données : celui-ci sera alors relu, et comparé.
mend-comparison-fails = Vérifiez les deux cellules : l’une des deux est fausse.
mend-sum-fails = Vérifiez le total et ses parts.
mend-not-together = Remplissez toutes ces colonnes, ou aucune.
mend-none-filled = Remplissez au moins l’une de ces colonnes.
mend-check-left-out = Vérifiez ce point vous-même.
mend-schema-mended = Rien à faire : le défaut est dans le schéma publié.
mend-total-fails = Il manque des lignes, ou le total a été saisi à la main : vérifiez à la source.
mend-in-future = Vérifiez l’année, et l’ordre du jour et du mois.
mend-outside-area = Vérifiez que longitude et latitude ne sont pas inversées, et que ce sont des degrés.
mend-rows-break = Vérifiez que l’extraction est complète avant de vous fier aux chiffres.
mend-sum-break = Vérifiez l’unité (euros ou milliers d’euros) et la virgule.
mend-extreme-break = Vérifiez les plus grandes et les plus petites valeurs.
mend-filled-break = Demandez au service si l’extraction a changé.
mend-category-new = Si c’est une autre graphie d’une valeur connue, ajoutez-la à ses « aliases ».
mend-category-gone = Vérifiez que rien ne manque, ou que la valeur n’est pas écrite autrement.
