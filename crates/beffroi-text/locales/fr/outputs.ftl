# Ce que les sorties d’un rapport ajoutent à ses mots : repères, feuilles d’un classeur, noms de colonnes
output-contents = Sommaire
output-cover = Couverture
output-skip = Aller au contenu
output-draft = Projet
output-draft-line = Projet. Données vues le { $day } : rien n’est encore arrêté.
output-frozen-line = { $number ->
    [1] Arrêté le { $day }
   *[other] Édition { $number }, arrêtée le { $day }
}
output-data = Données de cette figure
output-data-of = { $name } (données)
output-drawing-of = { $name } (dessin)
output-revised = (r)
output-revised-why = révisé depuis la première édition
output-previous = Précédent
output-next = Suivant
output-turn = Autres chapitres

# Tables qui ne sont pas des figures
output-numbers = Chiffres
output-number-title = Indicateur
output-number-value = Valeur
output-number-unit = Unité
output-number-phrase = Lecture
output-number-status = État
output-tally = États des objectifs
output-tally-status = État
output-tally-count = Nombre
output-flow-way = Sens
output-flow-name = Poste
output-flow-amount = Montant

# Sources
output-sources = Sources
output-sources-key = Clé
output-sources-title = Titre
output-sources-reading = Lecture
output-sources-formulas = Calcul
output-sources-dataset = Jeu de données
output-sources-dataset-title = Nom du jeu
output-sources-version = Version
output-sources-file = Fichier
output-sources-extracted = Extrait le

# Classeur et fichiers
output-sheet = Feuille
output-file = Fichier
output-chapter = Chapitre
output-holds = Contenu
output-town = Commune
output-edition = Édition
output-readme =
    { $title }
    { $town }
    { $edition }

    CE QUE CONTIENT CE DOSSIER
    Un fichier CSV par table du rapport, dans l’ordre du rapport, et sources.csv : ce sur quoi repose chaque chiffre.
    Les fichiers sont en UTF-8, séparés par des virgules, avec un point décimal. Les nombres sont exacts : ils peuvent avoir plus de décimales que le rapport n’en montre.
    Une colonne dont des valeurs manquent est suivie d’une colonne du même nom terminée par « _etat » : nd (non disponible), so (sans objet), s (secret statistique). Une case vide n’est jamais un zéro.
    Un texte qui commence par =, +, - ou @ est précédé d’une apostrophe, pour qu’aucun tableur ne le prenne pour une formule.

    POUR CITER
    « { $title }, { $town }, { $edition } ». Indiquez aussi la table et la source de son jeu de données (sources.csv). La réutilisation suit la licence de chaque jeu de données.

    FICHIERS
