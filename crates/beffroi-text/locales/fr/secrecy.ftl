# Le secret statistique d’un jeu de données
secrecy-title = Secret statistique
secrecy-what = Il vaut pour tous les chiffres qui s’en tirent, sur toutes les pages et dans tous les exports. Une période n’est montrée que complète.
secrecy-rule = Règle
secrecy-units = Un chiffre n’est montré que s’il porte sur { $count } unités au moins.
secrecy-dominance = Personne ne doit en détenir plus de { $share } %.
secrecy-p-percent = Personne ne doit pouvoir estimer la part du premier à moins de { $share } % près.
secrecy-denominator = Un taux n’est montré que si son dénominateur atteint { $least }.
secrecy-empty = Un zéro auquel personne ne contribue est caché aussi.
secrecy-tables = Tableaux
secrecy-town = toute la ville
secrecy-grains = Périodes
secrecy-grain-day = jours
secrecy-grain-month = mois
secrecy-grain-quarter = trimestres
secrecy-grain-year = années
secrecy-grain-school_year = années scolaires
secrecy-hidden = Ce qui est caché
secrecy-count = { $cells ->
    [0] Rien n’est encore montrable.
    [one] Un seul chiffre est montrable.
   *[other] Sur { $cells } chiffres montrables, { $hidden ->
        [0] aucun n’est caché.
        [one] un est caché : { $primary } par la règle, { $secondary } pour qu’on ne puisse pas retrouver les autres.
       *[other] { $hidden } sont cachés ({ $share } %) : { $primary } par la règle, { $secondary } pour qu’on ne puisse pas les retrouver.
    }
}
secrecy-coarse = Plus de chiffres sont cachés que nécessaire : les tableaux sont trop grands pour être examinés de près. Déclarer moins de tableaux ou de périodes en montrerait davantage.
secrecy-exposed = { $count ->
    [one] Un chiffre sensible ne peut plus être protégé : ce qui a déjà été montré, ou ce que chacun sait, suffit à le retrouver.
   *[other] { $count } chiffres sensibles ne peuvent plus être protégés : ce qui a déjà été montré, ou ce que chacun sait, suffit à les retrouver.
}
secrecy-closed = Tout est caché : rien n’a pu être décidé. Le journal du serveur dit pourquoi.
secrecy-undecided = Ce qui est caché se décide à la première question posée.
secrecy-no-content = Le nombre de lignes, leur contenu et ce qui y a été trouvé ne sont pas montrés ici : ils permettraient de retrouver des chiffres cachés. L’import les dit à la personne qui le lance.
dataset-imported-secret = Importée le { $day }.
sheet-version-secret = version { $number }
