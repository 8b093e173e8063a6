# La qualité d’un jeu de données, critère par critère
quality-title = Qualité
quality-over-100 = Note sur 100
quality-sentence-full = { $total } sur 100 : rien à relever.
quality-sentence = { $total } sur 100. { $count ->
    [one] À relever : { $flaws }.
   *[other] À relever d’abord : { $flaws }.
}
quality-flaw = { $name } ({ $mark })
quality-rule = Le total est la moyenne des notes, chacune comptant selon son poids. Notes et total sont arrondis à l’entier inférieur : 100 veut dire sans défaut. Ce qui est sans objet ne compte pas.
quality-caption = Les critères de la qualité, leurs notes, leurs poids et leurs chiffres
quality-criterion = Critère
quality-mark = Note
quality-weight = Poids
quality-how = Chiffres, et comment améliorer la note
quality-left-out = sans objet
quality-total = Total
quality-more = { $count ->
    [one] { $names } et une autre
   *[other] { $names } et { $count } autres
}
quality-instant = { $day } à { $time }

# Familles
quality-freshness = Fraîcheur
quality-completeness = Complétude
quality-validity = Validité
quality-documentation = Documentation

# Rien n’est arrivé
quality-nothing = Aucune ligne n’est encore arrivée.
quality-nothing-raise = Faites déposer un fichier qui puisse être lu.

# Fraîcheur
quality-delivery = Livraisons promises
quality-delivery-figures = { $count ->
    [0] Dernière livraison le { $day } : la suivante n’est pas en retard.
    [one] Dernière livraison le { $day }. Depuis, celle-là comprise : { $of } attendues, { $good } reçue.
   *[other] Dernière livraison le { $day }. Depuis, celle-là comprise : { $of } attendues, { $good } reçue.
}
quality-delivery-raise = Faites déposer la livraison qui manque, ou déclarez le rythme tel qu’il est (« frequency » dans { $file }).
quality-delivery-readings = { $count ->
    [0] Dernière lecture le { $instant }, attendue toutes les { $every } secondes : à l’heure.
    [one] Dernière lecture le { $instant }, attendue toutes les { $every } secondes. Depuis, celle-là comprise : { $of } attendues, { $good } reçue.
   *[other] Dernière lecture le { $instant }, attendue toutes les { $every } secondes. Depuis, celle-là comprise : { $of } attendues, { $good } reçue.
}
quality-delivery-readings-raise = Vérifiez que la source répond ; l’administration dit pourquoi elle se tait.
quality-period = Dernière période couverte
quality-period-figures = { $count ->
    [0] Les données vont jusqu’à { $latest } ; la livraison du { $day } devait aller au moins jusqu’à { $expected }.
    [one] Les données s’arrêtent à { $latest } ; la livraison du { $day } devait aller au moins jusqu’à { $expected } : il manque une période ({ $good } sur { $of }).
   *[other] Les données s’arrêtent à { $latest } ; la livraison du { $day } devait aller au moins jusqu’à { $expected } : il manque { $count } périodes ({ $good } sur { $of }).
}
quality-period-raise = Demandez une livraison qui aille au moins jusqu’à { $expected }.

# Complétude
quality-required = Cellules obligatoires
quality-required-figures = { $good } lignes sur { $of } ont toutes leurs cellules obligatoires ({ $columns }).{ $count ->
    [0] {""}
    [one] {" "}Une ligne est écartée.
   *[other] {" "}{ $count } lignes sont écartées.
}
quality-required-raise = Remplissez ces cellules dans la source : sans elles, la ligne est écartée.
quality-cells = Autres cellules
quality-cells-figures = { $good } cellules remplies sur { $of }, hors cellules obligatoires, secrètes ou sans objet.
quality-cells-emptiest = La colonne la moins remplie : « { $column } », { $good } sur { $of }.
quality-cells-raise = Remplissez « { $column } » d’abord, ou marquez « so » les cellules qui n’ont pas d’objet.
quality-gaps = Périodes sans trou
quality-gaps-figures = { $good } périodes sur { $of }, de { $first } à { $last }.
quality-gaps-missing = Manque : { $periods }.
quality-gaps-missing-more = { $count ->
    [one] Manque : { $periods } et une autre.
   *[other] Manque : { $periods } et { $count } autres.
}
quality-gaps-raise = Retrouvez les périodes qui manquent ; si la première est bien trop ancienne, corrigez sa date.

# Validité
quality-rows = Lignes lisibles
quality-rows-figures = { $good } lignes gardées sur { $of }.
quality-rows-raise = Corrigez les lignes écartées dans la source, puis déposez-la de nouveau.
quality-checks = Contrôles respectés
quality-checks-figures = { $count ->
    [0] Aucun manquement dans { $of } cellules.
    [one] Un manquement pour { $of } cellules.
   *[other] { $count } manquements pour { $of } cellules.
}
quality-checks-raise = Corrigez ces cellules dans la source, puis déposez-la de nouveau.
quality-text = Texte intact
quality-text-figures = { $count ->
    [0] Aucun caractère perdu dans { $of } cellules.
    [one] Une cellule abîmée sur { $of }.
   *[other] { $count } cellules abîmées sur { $of }.
}
quality-text-raise = Reprenez l’export d’origine : ce qui est perdu ne peut pas être deviné.
quality-unique = Lignes sans doublon
quality-unique-figures = { $count ->
    [0] Aucun doublon dans { $of } lignes.
    [one] Un doublon dans { $of } lignes.
   *[other] { $count } doublons dans { $of } lignes.
}
quality-unique-raise = Ôtez les lignes en double de la source.

# Documentation
quality-card = Fiche du jeu
quality-card-figures = { $good } mentions sur { $of }.
quality-card-missing = Manque : { $missing }.
quality-card-raise = Ajoutez { $keys } dans { $file }.
quality-mention-title = le titre
quality-mention-description = la description
quality-mention-row = ce qu’est une ligne
quality-mention-steward = la personne référente
quality-mention-licence = la licence
quality-columns = Colonnes décrites
quality-columns-figures = { $columns ->
    [one] Une colonne
   *[other] { $columns } colonnes
} : { $titles } avec un titre, { $descriptions } avec une description{ $numbers ->
    [0] {""}.
    [one] {""} ; { $units } unité pour une colonne de nombres.
   *[other] {""} ; { $units } avec une unité, sur { $numbers } colonnes de nombres.
}
quality-columns-raise = Complétez dans { $file } : { $columns }.

# Ce qui est sans objet
quality-left-no-rhythm = Aucun rythme de livraison n’est promis.
quality-left-no-time = Aucune colonne ne dit quand.
quality-left-no-periods = Un flux en direct donne des relevés, pas des périodes.
quality-left-events = Les lignes sont datées au jour : un jour sans ligne n’est pas forcément un trou.
quality-left-no-required = Aucune colonne n’est obligatoire.
quality-left-no-other = Aucune autre cellule ne peut être remplie.
quality-left-no-check = Aucun contrôle n’est déclaré.
quality-left-last-reading = Un flux en direct ne garde que les constats de sa dernière lecture.
quality-left-not-counted = Cette version date d’avant ce compte ; le prochain import le fera.
quality-left-secret = Secret statistique : ce qui se compte dans les lignes n’est pas dit.
quality-left-not-reached = Hors de votre périmètre : ce qui se compte dans toutes les lignes n’est pas dit.
