# Charpente des pages
skip = Aller au contenu
nav = Navigation principale
menu = Menu
trail = Fil d’Ariane
nav-home = Vue d’ensemble
nav-boards = Tableaux
nav-indicators = Indicateurs
nav-catalogue = Catalogue
nav-administration = Administration
nav-help = Aide
foot-method = Signes et états
foot-accessibility = Accessibilité : non conforme
foot-api = Interface de programmation
foot-sample = Ville d’exemple, chiffres inventés
foot-internal = Usage interne
search = Chercher
what-board = Tableau
what-report = Rapport
what-indicator = Indicateur
what-dataset = Jeu de données
printed-on = édité le { $day }
instant = { $day }, { $time }

# Filtres
filter = Filtrer
filter-all = Tous
filter-board = Filtrer le tableau
filter-apply = Appliquer
filter-period = Période
filter-compare = Comparer à
filter-status = État
filter-board-name = Tableau
filter-shown = Affiché :
filter-reset = Réinitialiser
filter-problem = Un choix n’a pas pu être suivi.
filter-bad-period = La période « { $asked } » n’est pas connue ici : { $used } est affiché à la place.
filter-bad-member = « { $asked } » n’existe pas pour { $name } : ce filtre est ignoré.
filter-bad-compare = « { $asked } » n’est pas une comparaison possible : l’année précédente est gardée.
compare-year = Année précédente
compare-nothing = Rien
choice-year = Année { $period }
choice-school-year = Année scolaire { $period }
choice-period = { $period }

# Figures
data-show = Voir les données
data-name = Données : { $title }, { $measure }
how-computed = Comment est-ce calculé ?
export = Exporter
export-csv = CSV
export-excel = CSV pour Excel
source-stale = Donnée ancienne
rows-rejected = { $count ->
    [0] aucune ligne écartée sur { $read }
    [one] { $count } ligne écartée sur { $read }
   *[other] { $count } lignes écartées sur { $read }
}
extracted-on = extrait le { $day }
page-scale-missing = non disponible
page-scale-not-applicable = sans objet
page-scale-secret = secret
page-line-no-target = aucun objectif voté
page-line-outdated = dernière connue

# Vue d’ensemble
home-title = Le mandat en un coup d’œil
home-over = Mandat { $from }–{ $to } · situation au { $day }
home-good = { $count ->
    [0] Aucun des { $all } indicateurs qui ont un objectif ne l’a atteint ou n’est en bonne voie.
    [one] Sur { $all } indicateurs qui ont un objectif, un l’a atteint ou est en bonne voie.
   *[other] Sur { $all } indicateurs qui ont un objectif, { $count } l’ont atteint ou sont en bonne voie.
}
home-no-target = Aucun indicateur n’a encore d’objectif dont on puisse dire s’il est tenu.
home-bad = { $count ->
    [one] Un demande une décision ou une explication.
   *[other] { $count } demandent une décision ou une explication.
}
home-balance = Bilan des objectifs
balance-reached = { $count ->
    [one] Atteint
   *[other] Atteints
}
balance-on-track = { $count ->
   *[other] En bonne voie
}
balance-watch = { $count ->
   *[other] À surveiller
}
balance-late = { $count ->
   *[other] En retard
}
balance-no-target = { $count ->
   *[other] Sans objectif
}
home-highlights = Chiffres choisis par la ville
home-policies = Toutes les politiques publiques
home-open-board = Ouvrir le tableau
home-legend-trend = évolution
home-legend-target = valeur et objectif voté
home-watch-title = À surveiller
home-watch-order = Du plus urgent au moins urgent
home-watch-none = Rien à signaler : aucun indicateur n’est en retard ni à surveiller.
home-watch-more = { $count ->
    [one] Voir l’autre point dans la liste des indicateurs
   *[other] Voir les { $count } autres points dans la liste des indicateurs
}
home-live-title = Dernier relevé, série par série
home-live-now = En direct, { $time }
home-live-old = Dernier relevé à { $time }
home-live-capacity = { $count ->
    [one] sur { $capacity }, pour le seul relevé qui répond sur { $all }.
   *[other] sur { $capacity }, pour les { $count } relevés qui répondent sur { $all }.
}
home-live-capacity-all = sur { $capacity } au total.
home-live-of = { $value } sur { $capacity }
home-live-silent = n. d. depuis { $time }
home-live-reload = Rechargez la page pour le relevé suivant.

# Tableaux
boards-title = Les tableaux de bord
boards-lead = { $count ->
    [0] Aucun tableau n’est encore déclaré.
    [one] Un tableau, dont les figures se filtrent et s’exportent.
   *[other] { $count } tableaux, dont les figures se filtrent et s’exportent.
}
boards-figures = { $count ->
    [one] { $count } figure
   *[other] { $count } figures
}
board-key-figures = Chiffres clés
board-figures = Figures, partie

# Indicateurs
indicators-title = Les indicateurs
indicators-lead = { $count ->
    [0] Aucun indicateur n’est encore déclaré.
    [one] Un indicateur, avec sa définition, son propriétaire et ses sources.
   *[other] { $count } indicateurs, chacun avec sa définition, son propriétaire et ses sources.
}
indicators-filter = Filtrer les indicateurs
indicators-search = Chercher un indicateur
indicators-found = { $count ->
    [0] Aucun indicateur
    [one] { $count } indicateur
   *[other] { $count } indicateurs
}
indicators-none = Aucun indicateur ne répond à ces critères. Essayez un autre mot, ou réinitialisez les filtres.
indicators-live = En direct

# Fiche d’indicateur
sheet-definition = Ce que l’on mesure
sheet-formula = Formule
sheet-measure = Expression
sheet-method = Méthode
sheet-unit = Unité
sheet-unit-count = nombre
sheet-direction = Sens voulu
sheet-direction-up = à la hausse
sheet-direction-down = à la baisse
sheet-direction-none = aucun : chiffre de contexte
sheet-over-time = Dans le temps
sheet-over-time-sum = les mois s’additionnent
sheet-over-time-last = l’année vaut son dernier relevé
sheet-over-time-mean = l’année vaut la moyenne de ses relevés
sheet-missing = Données manquantes
sheet-missing-refuse = pas de chiffre si une donnée manque
sheet-missing-partial = chiffre de ce qui est connu, en disant ce qui manque
sheet-missing-ignore = chiffre de ce qui est connu
sheet-detail = Détail possible
sheet-owner = Propriétaire
sheet-limits = Limites
sheet-example = Exemple de calcul
sheet-example-what = De quoi l’on part et ce que l’on trouve, refait à chaque lecture
sheet-example-number = Exemple { $number }
sheet-example-result = Résultat : { $result }
sheet-lineage = D’où vient ce chiffre
sheet-lineage-what = De la source à cette page
sheet-reading = Lecture et contrôles
sheet-version = version { $number }, { $rows } lignes
sheet-this = Cet indicateur
sheet-boards = { $count ->
    [0] Dans aucun tableau
    [one] Dans un tableau
   *[other] Dans { $count } tableaux
}
targets-title = Objectifs votés
targets-what = Chaque objectif renvoie à ce qui l’a fixé
targets-caption = Objectifs votés, année par année
targets-year = Année
targets-target = Objectif
targets-result = Résultat
targets-achieved = Atteint à
targets-status = État
targets-origin = Origine

# Catalogue
catalogue-over = Catalogue interne
catalogue-title = Les données de la ville
catalogue-lead = { $count ->
    [0] Aucun jeu de données n’est encore déclaré.
    [one] Un jeu de données.
   *[other] { $count } jeux de données.
}
catalogue-late = { $count ->
    [0] Tous sont arrivés à temps.
    [one] Un demande une relance.
   *[other] { $count } demandent une relance.
}
catalogue-open = { $count ->
    [0] Aucun n’est ouvert au public.
    [one] Un est ouvert au public.
   *[other] { $count } sont ouverts au public.
}
catalogue-filter = Filtrer le catalogue
catalogue-found = { $count ->
    [0] Aucun jeu de données
    [one] { $count } jeu de données
   *[other] { $count } jeux de données
}
catalogue-count = { $count ->
    [one] { $count } jeu
   *[other] { $count } jeux
}
catalogue-caption = Liste des jeux de données
catalogue-dataset = Jeu de données
catalogue-department = Direction
catalogue-delivered = Extrait le
catalogue-freshness = Fraîcheur
catalogue-all = Toutes
catalogue-only-late = En retard
catalogue-quality = Qualité sur 100
catalogue-rows = Lignes
catalogue-rejected = Lignes écartées
catalogue-visibility = Diffusion
catalogue-used = Indicateurs
catalogue-notes = ○ Ouvert : publiable sous licence ouverte · ◐ Interne : agents et élus. « Indicateurs » compte ceux qui reposent sur le jeu.
visibility-public = Ouvert
visibility-internal = Interne
fresh-up-to-date = À jour
fresh-late-days = { $count ->
    [one] { $count } jour de retard
   *[other] { $count } jours de retard
}
fresh-late-months = { $count ->
    [one] { $count } mois de retard
   *[other] { $count } mois de retard
}
fresh-silent = Ne répond plus
fresh-never = Aucun dépôt
frequency-live = en direct
frequency-daily = chaque jour
frequency-weekly = chaque semaine
frequency-monthly = chaque mois
frequency-quarterly = chaque trimestre
frequency-yearly = chaque année
frequency-irregular = sans rythme fixe

# Jeu de données
dataset-card = Carte d’identité
dataset-row = Une ligne, c’est
dataset-department = Direction
dataset-frequency = Rythme promis
dataset-source = Source
dataset-replay = { $count ->
    [one] rejoué chaque seconde
   *[other] rejoué toutes les { $count } secondes
}
dataset-every = { $count ->
    [one] lu chaque seconde
   *[other] lu toutes les { $count } secondes
}
dataset-schedule = à l’heure de Paris selon
dataset-load = Un nouveau dépôt
load-replace = remplace tout
load-append = s’ajoute
load-by-period = remplace les mêmes périodes
dataset-version = Version { $number }
dataset-imported = { $count ->
    [one] Importée le { $day } : { $count } ligne gardée.
   *[other] Importée le { $day } : { $count } lignes gardées.
}
dataset-no-version = Aucune version
dataset-no-version-what = Aucun fichier n’a encore pu être importé. L’administration dit pourquoi.
dataset-files = { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
}
dataset-files-name = Fichiers de cette version
dataset-file = Fichier
dataset-extracted = Extrait le
dataset-rows-read = Lignes lues
dataset-rejects = Télécharger les lignes écartées, avec leur motif
dataset-rejects-file = Lignes écartées (CSV)
dataset-columns = { $count ->
    [one] { $count } colonne
   *[other] { $count } colonnes
}
dataset-columns-caption = Colonnes, sens, unités et comptes
column-name = Colonne
column-meaning = Sens
column-type = Type
column-unit = Unité
column-values = Valeurs
column-missing = n. d.
column-not-applicable = Sans objet
column-secret = Secret
column-extent = Étendue
column-from-to = de { $from } à { $to }
column-personal = Donnée personnelle : jamais gardée.
column-computed = Calculée sur chaque ligne :
type-text = texte
type-code = code
type-integer = nombre entier
type-decimal = nombre décimal
type-boolean = oui ou non
type-day = jour
type-month = mois
type-quarter = trimestre
type-year = année
type-school-year = année scolaire
type-datetime = instant
dataset-findings = Constats
dataset-no-finding = Rien à signaler : toutes les lignes ont pu être lues.
severity-error = Écarté
severity-warning = À vérifier
severity-note = Pour information
places-rows = { $count ->
    [one] ligne { $rows }
   *[other] lignes { $rows }
}
dataset-decisions = Comment le fichier a été lu
dataset-decisions-what = Ce que Beffroi a décidé seul
dataset-decisions-show = { $count ->
    [one] Voir la décision
   *[other] Voir les { $count } décisions
}
dataset-decision-files = { $count ->
    [one] et un autre fichier
   *[other] et { $count } autres fichiers
}
dataset-preview = Premières lignes
dataset-preview-caption = Premières lignes de la version, telles qu’elles sont gardées
dataset-used = { $count ->
    [0] Utilisé par aucun indicateur
    [one] Utilisé par un indicateur
   *[other] Utilisé par { $count } indicateurs
}

# Administration
admin-lead = Ce qui empêche une déclaration, un fichier ou une source en direct d’être utilisés, et comment le réparer.
admin-under-way = Fichier en cours de lecture
admin-under-way-reload = Rechargez la page pour suivre
admin-declarations = Déclarations
admin-declarations-fine = Toutes les déclarations sont lues et servies.
admin-declarations-errors = { $count ->
    [one] { $count } erreur dans les déclarations.
   *[other] { $count } erreurs dans les déclarations.
}
admin-declarations-kept = Les pages montrent toujours la dernière version sans erreur.
admin-to-mend = À corriger
admin-imports = Imports
admin-imports-fine = Tous les fichiers déclarés ont été importés.
admin-feeds = Sources lues sur d’autres machines ou en direct
admin-feeds-table = Dernières lectures de ces sources
admin-feeds-none = Aucune source de cette sorte n’est déclarée.
admin-feed-success = Dernière lecture réussie
admin-feed-error = Dernier échec
admin-feed-next = Prochaine lecture

# Aide
help-title = Lire et nourrir Beffroi
help-lead = Les signes, les états et les couleurs ont toujours le même sens. Et voici comment apporter un premier fichier.
help-signs = Signes
help-zero = Un vrai zéro.
help-missing = Non disponible : la donnée n’a pas été livrée ou a été perdue. Ce n’est jamais un zéro.
help-not-applicable = Sans objet : la donnée n’a pas de sens ici, par exemple une station qui n’était pas ouverte.
help-secret = Secret statistique : la donnée est connue, mais trop peu de personnes sont concernées pour la montrer.
help-provisional = Provisoire : la période n’est pas finie, ou n’est pas livrée en entier.
help-statuses = États d’un objectif
help-reached = La valeur est du bon côté de l’objectif voté.
help-on-track = L’écart à l’objectif ne dépasse pas la tolérance (10 % si rien d’autre n’est déclaré).
help-watch = L’écart ne dépasse pas trois fois la tolérance.
help-late = L’écart est plus grand encore.
help-no-target = Le conseil n’a rien voté, ou la valeur n’est pas connue.
help-colours = Couleurs
help-measured = Ce qui est mesuré.
help-voted = Ce que le conseil a voté : objectif à atteindre ou plafond à ne pas dépasser.
help-compared = Ce qui sert à comparer : l’année d’avant, la moyenne.
help-reading = Lire une figure
help-reading-data = « Voir les données » ouvre la table complète sous chaque dessin.
help-reading-source = La source dit qui a livré la donnée et quand elle a été extraite.
help-reading-export = « Exporter » donne un CSV standard, ou un CSV qu’Excel ouvre directement.
help-reading-print = Chaque page s’imprime en A4 depuis le navigateur.
help-reading-link = L’adresse de la page garde vos filtres : copiez-la pour partager la même vue.
help-first = Apporter un premier fichier
help-workshop = Le plus simple est de le faire dans le navigateur : déposer, vérifier, décrire, définir, composer, faire relire.
help-reports = Les rapports annuels se lisent, s’écrivent et s’arrêtent dans « Rapports » : un projet y est toujours, avec les chiffres du jour.
help-workshop-link = Ouvrir l’atelier
help-first-file = Déposez le fichier tel quel (CSV, XLSX, JSON) dans le dossier des données, par exemple dans « sports ». Il n’y a rien à nettoyer.
help-first-dataset = Décrivez-le :
help-first-indicator = Dites ce que l’on en calcule :
help-first-check = Rechargez la page : la lecture est immédiate. Une erreur s’explique dans

# Accessibilité
accessibility-title = Déclaration d’accessibilité
accessibility-lead = { $town } veut rendre cet outil accessible à tous ses agents et élus, comme la loi du 11 février 2005 le demande.
accessibility-state = État de conformité
accessibility-not-audited = Cet outil est déclaré non conforme au référentiel général d’amélioration de l’accessibilité (RGAA 4.1), car il n’a pas encore été audité. Tant qu’aucun audit n’a mesuré le taux de critères respectés, aucun niveau de conformité n’est revendiqué.
accessibility-done = Ce qui est fait
accessibility-done-script = Toutes les pages fonctionnent sans JavaScript.
accessibility-done-figures = Chaque dessin a un titre, une description et une table de données complète.
accessibility-done-colour = Aucune information ne tient à la seule couleur : un signe et un mot l’accompagnent.
accessibility-done-keyboard = Tout se fait au clavier, avec un focus visible.
accessibility-done-display = Les pages suivent le zoom, les écrans étroits, le mode sombre, les contrastes renforcés et l’impression.
accessibility-limits = Ce qui reste à faire
accessibility-limit-audit = Un audit complet par des personnes formées, avec des lecteurs d’écran.
accessibility-limit-csv = Les fichiers CSV exportés n’ont pas d’équivalent mis en forme.
accessibility-limit-english = Certains textes déclarés par la ville n’existent qu’en français ; ils sont alors signalés comme tels.
accessibility-contact = Signaler un problème
accessibility-contact-what = Écrivez au service qui administre Beffroi dans votre mairie en donnant l’adresse de la page : il doit vous proposer le contenu sous une autre forme.
accessibility-appeal = Sans réponse satisfaisante, vous pouvez saisir le Défenseur des droits.

# Erreurs
error-over = Erreur
error-forbidden-title = Accès refusé
error-forbidden-what = Cette page n’est pas ouverte à l’endroit d’où vous la demandez.
error-forbidden-do = Ouvrez-la depuis la machine où Beffroi est installé, ou demandez l’accès à qui l’administre.
error-not-found-title = Rien à cette adresse
error-not-found-what = L’adresse est mal écrite, ou ce qu’elle montrait a été retiré ou renommé.
error-not-found-do = Cherchez par un mot, ou revenez à la vue d’ensemble.
error-bad-title = Demande refusée
error-bad-do = Corrigez ce paramètre ; la description de l’interface est à /api/v1/openapi.json.
error-busy-title = Trop de demandes à la fois
error-busy-what = Beaucoup de calculs attendent leur tour. Aucun n’est perdu.
error-busy-do = Réessayez dans quelques secondes.
error-internal-title = La page n’a pas pu être faite
error-internal-what = Le problème vient de l’outil, pas de vous. Il a été noté dans le journal.
error-internal-do = Réessayez ; si cela dure, donnez l’adresse et l’heure à qui administre Beffroi.
error-retry = Réessayer
error-home = Revenir à la vue d’ensemble
error-leads = Vous cherchiez peut-être
error-search = Chercher un indicateur
error-if-it-lasts = Si le problème persiste
error-what-to-do = Que faire
error-your-data = Vos données
error-nothing-lost = Rien n’a été perdu ni modifié.
error-address = Adresse demandée

# Interface de programmation
api-unknown-dimension = La dimension « { $asked } » n’existe pas pour cet indicateur. Dimensions possibles : { $known }.
api-bad-period = La période « { $asked } » ne se lit pas, ou couvre trop de périodes. Exemples : 2025, 2025-03, 2025-T1, 2024/2025, 2019..2025.
api-bad-grain = Le grain « { $asked } » n’existe pas. Grains possibles : { $known }.
api-too-fine = La source de cet indicateur ne le connaît pas à ce grain ({ $grain }).
api-repeated = Le paramètre « { $name } » est donné plusieurs fois avec des valeurs différentes. Plusieurs valeurs se séparent par des virgules.
api-no-version = Rien n’a encore été importé pour le jeu de données « { $dataset } ».

# Sheet: what changed, what the source declares
sheet-changes = Ce qui a changé
sheet-since = Depuis { $since } :
declared-title = Calculé et déclaré
declared-what = Ce que la source déclare elle-même pour ce chiffre, à côté du calcul.
declared-caption = Valeur calculée, valeur déclarée et écart, par année
declared-computed = Calculé
declared-declared = Déclaré
declared-difference = Écart
