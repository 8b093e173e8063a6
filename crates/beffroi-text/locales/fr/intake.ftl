# Ce qui empêche de lire un fichier
intake-empty = Le fichier est vide. Demandez une nouvelle extraction.
intake-unreadable = Le disque ne donne pas ce fichier. Réessayez, puis faites vérifier le disque.
intake-unsupported = Le format { $value } n’est pas lu. Enregistrez le fichier en CSV, XLSX, ODS ou JSON.
intake-not-a-table = Aucun tableau n’a été trouvé dans ce fichier.
intake-too-large = Lu en entier, ce fichier prendrait plus de { $value } Mio : il n’est pas lu. Découpez-le, ou ne gardez que les feuilles utiles.
intake-too-many-cells = Le tableau couvre plus de { $value } cellules. Supprimez les lignes et les colonnes inutiles, ou découpez-le.
intake-too-many-columns = Le tableau a plus de { $value } colonnes. Vérifiez qu’il n’est pas transposé.
intake-row-too-long = La ligne { $row } dépasse { $value } Mio sans se terminer. Vérifiez que le fichier est bien un tableau, une ligne par enregistrement.
intake-swells = Une fois décompressé, ce fichier serait plus de { $value } fois plus gros, comme le sont les fichiers piégés : il n’est pas lu. Demandez une nouvelle extraction, non compressée.
intake-text-too-long = Un texte de ce fichier dépasse { $value } Mio, plus que toute cellule d’un tableau. Demandez une nouvelle extraction.
intake-row-too-wide = La ligne { $row } a { $value } cellules, quand le tableau a { $hint } colonnes : il y manque sans doute des fins de ligne. Corrigez-la, ou demandez une nouvelle extraction.
intake-archive-in-archive = Cette archive en contient une autre. Sortez-en le tableau, puis donnez-le seul.
intake-unreadable-workbook = Le classeur est abîmé et ne peut pas être lu. Rouvrez-le dans votre tableur et enregistrez-le de nouveau.
intake-encrypted = Ce fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe.
intake-unknown-sheet = La feuille « { $value } » n’existe pas dans ce classeur. Feuilles présentes : { $hint }.
intake-unknown-encoding = « { $value } » n’est pas un encodage connu. Écrivez par exemple « utf-8 » ou « windows-1252 ».
intake-bad-delimiter = « { $value } » ne peut pas être un séparateur. Écrivez un caractère ou deux, par exemple « ; », ou « tab ».
intake-header-not-found = La ligne d’en-tête déclarée ({ $row }) est après la fin du fichier.
intake-broken-json = Le JSON est { $value ->
    [cut] coupé : la fin manque après ce qu’on lit
   *[other] mal formé
} à la ligne { $row }, colonne { $column }. Demandez une nouvelle extraction.
intake-several-tables = L’archive contient plusieurs tableaux : { $hint }. Nommez celui à lire avec « sheet » dans [reading], ou envoyez-le seul.
intake-no-table-in-archive = L’archive ne contient aucun tableau. Fichiers présents : { $hint }.
intake-damaged = Ce fichier { $value } est abîmé ou incomplet et ne peut pas être lu. Demandez une nouvelle extraction.
intake-same-name = Deux colonnes de ce fichier s’appellent « { $value } ». Renommez l’une d’elles, puis recommencez.
intake-broken-xml = Le XML est mal formé ou coupé à la ligne { $row }. Demandez une nouvelle extraction.
intake-declared-entities = Ce XML déclare ses propres entités, ce qui sert surtout à saturer la mémoire ou à lire d’autres fichiers : il n’est pas lu. Demandez un export sans DOCTYPE.
intake-too-deep = Les valeurs sont imbriquées sur plus de { $value } niveaux : ce n’est pas un tableau.
intake-records-not-found = Aucune liste d’enregistrements n’a été trouvée ({ $value }). Indiquez son chemin avec « records » dans [reading].
intake-columns-missing = Le fichier n’a pas de colonne « { $column } », qui est obligatoire. Colonnes présentes : { $hint }.
intake-no-known-column = Aucune des colonnes attendues n’est dans ce fichier. Colonnes présentes : { $hint }.

# Ce qui empêche de trouver un fichier
source-bad-pattern = « { $source } » n’est pas un chemin dans le dossier de données : ni « .. », ni chemin absolu, et « * » dans le nom du fichier seulement.
source-not-found = Aucun fichier ne correspond à « { $source } » dans le dossier de données.
source-outside = « { $source } » est un lien qui sort du dossier de données : il n’est pas suivi.
source-too-large = Le fichier « { $source } » dépasse la limite de { $value } Mio.
source-bad-recording = L’enregistrement du flux est mal formé et ne peut pas être rejoué.
source-unreadable = « { $source } » ne peut pas être lu. Vérifiez les droits d’accès.
source-unknown-host = Aucune machine ne s’appelle « { $source } ». Vérifiez l’adresse déclarée, et que le réseau fonctionne.
source-private-address = « { $source } » est une adresse privée : elle n’est pas jointe. Si elle doit l’être, permettez-la dans « town.toml » : [network] allow.
source-no-answer = « { $source } » ne répond pas. La lecture sera tentée de nouveau.
source-not-trusted = « { $source } » ne prouve pas son identité : son certificat n’est pas accepté. Ajoutez le certificat de son autorité dans « town.toml » : [network] certificates.
source-refused = « { $source } » refuse l’accès (erreur { $value }). Vérifiez l’en-tête donné par « header_env ».
source-gone = « { $source } » n’a plus rien à cette adresse (erreur { $value }). Vérifiez l’adresse déclarée.
source-status = « { $source } » répond par une erreur { $value }. La lecture sera tentée de nouveau.
source-bad-redirect = « { $source } » renvoie vers une adresse qui ne peut pas être suivie. Déclarez l’adresse finale.
source-incomplete = La réponse de « { $source } » est incomplète : rien n’a été changé. La lecture sera tentée de nouveau.
source-empty = « { $source } » a envoyé un fichier vide : rien n’a été changé.
source-too-long = La lecture de « { $source } » dure plus de { $value } min : elle a été arrêtée.
source-no-secret = « { $source } » (variable d’environnement ou fichier) manque, ou ne contient pas ce qui est attendu.
source-bad-certificates = Aucun certificat ne peut être lu dans « { $source } » (« town.toml », [network] certificates).
source-database-refuses = La base de données de « { $source } » refuse l’accès. Vérifiez la connexion, et les droits de lecture du compte.
source-bad-query = La base de données de « { $source } » ne comprend pas ce qui lui est demandé : { $hint }. Vérifiez « table » ou « query ».
source-database-fails = La base de données de « { $source } » a échoué. La lecture sera tentée de nouveau ; le journal donne le détail.
source-too-many-records = « { $source } » n’offre pas d’export, et ne donne que { $hint } lignes sur { $value } page par page. Ajoutez une condition « where », ou demandez l’export.

# Ce que la lecture a trouvé
finding-not-a-number = { $count ->
    [one] Une cellule de « { $column } » n’est pas un nombre (« { $value } »)
   *[other] { $count } cellules de « { $column } » ne sont pas des nombres (« { $value } »…)
}
finding-not-an-integer = { $count ->
    [one] Une cellule de « { $column } » n’est pas un nombre entier (« { $value } »)
   *[other] { $count } cellules de « { $column } » ne sont pas des nombres entiers (« { $value } »…)
}
finding-number-too-precise = { $count ->
    [one] Un nombre de « { $column } » a plus de chiffres que la colonne n’en garde (« { $value } »)
   *[other] { $count } nombres de « { $column } » ont plus de chiffres que la colonne n’en garde (« { $value } »…)
}
finding-not-a-date = { $count ->
    [one] Une cellule de « { $column } » n’est pas une date attendue (« { $value } »)
   *[other] { $count } cellules de « { $column } » ne sont pas des dates attendues (« { $value } »…)
}
finding-not-a-boolean = { $count ->
    [one] Une cellule de « { $column } » n’est ni oui ni non (« { $value } »)
   *[other] { $count } cellules de « { $column } » ne sont ni oui ni non (« { $value } »…)
}
finding-unknown-member = { $count ->
    [one] Un nom de « { $column } » est inconnu (« { $value } »)
   *[other] { $count } noms de « { $column } » sont inconnus (« { $value } »…)
}
finding-required-empty = { $count ->
    [one] Une cellule obligatoire de « { $column } » est vide
   *[other] { $count } cellules obligatoires de « { $column } » sont vides
}
finding-row-too-long = { $count ->
    [one] Une ligne a plus de cellules que l’en-tête
   *[other] { $count } lignes ont plus de cellules que l’en-tête
}
finding-row-too-short = { $count ->
    [one] Une ligne a moins de cellules que l’en-tête
   *[other] { $count } lignes ont moins de cellules que l’en-tête
}
finding-total-row = { $count ->
    [one] Une ligne de total a été laissée de côté
   *[other] { $count } lignes de total ont été laissées de côté
}
finding-row-left-out = { $count ->
    [one] Une note ou un en-tête répété a été laissé de côté
   *[other] { $count } notes ou en-têtes répétés ont été laissés de côté
}
finding-lone-cell = { $count ->
    [one] La ligne { $row } n’a qu’une cellule remplie, un titre ou une note peut-être ; elle est gardée : { $value }
   *[other] { $count } lignes n’ont qu’une cellule remplie, des titres ou des notes peut-être ; elles sont gardées, la première est la ligne { $row } : { $value }
}
finding-other-table = { $count ->
    [one] Un autre tableau commence à la ligne { $row } et n’est pas lu : { $value }
   *[other] { $count } autres tableaux ne sont pas lus, le premier à la ligne { $row } : { $value }
}
finding-column-missing = { $count ->
    [one] La colonne « { $column } » n’est pas dans le fichier : ses valeurs sont manquantes
   *[other] La colonne « { $column } » n’est pas dans { $count } fichiers : ses valeurs y sont manquantes
}
finding-column-unknown = { $count ->
    [one] La colonne « { $column } » n’est pas déclarée : elle n’a pas été gardée
   *[other] La colonne « { $column } » n’est pas déclarée : elle n’a pas été gardée ({ $count } fichiers)
}
finding-formula-like = { $count ->
    [one] Un texte de « { $column } » commence comme une formule (« { $value } ») : il est gardé comme texte
   *[other] { $count } textes de « { $column } » commencent comme des formules (« { $value } ») : ils sont gardés comme textes
}
finding-damaged-text = { $count ->
    [one] Un texte de « { $column } » a perdu des caractères avant d’arriver ici (« { $value } »)
   *[other] { $count } textes de « { $column } » ont perdu des caractères avant d’arriver ici (« { $value } »…)
}
finding-duplicate-row = { $count ->
    [one] Une ligne est la copie exacte d’une autre ; les deux sont gardées
   *[other] { $count } lignes sont les copies exactes d’autres ; toutes sont gardées
}
finding-hint = Le plus proche : « { $hint } »

# Ce que la lecture a décidé seule
decision-format = Format : { $value }
decision-encoding = Encodage : { $value }
decision-delimiter = Séparateur : { $value ->
    [tab] tabulation
    [blank] espace
   *[other] « { $value } »
}
decision-quote = Guillemet autour des cellules : { $value }
decision-escape = Guillemets dans les cellules précédés de « { $value } »
decision-fixed-width = Colonnes reconnues à leur place dans la ligne (largeur fixe) : { $value }
decision-wrapped-lines = Lignes entourées de guillemets en entier, lues sans eux : { $value }
decision-divided-cells = Lignes de texte rangées dans une seule colonne, découpées à chaque « { $value } »
decision-mended-rows = Lignes mal formées, lues autrement que les autres : { $value }
decision-sheet = Feuille lue : « { $value } »
decision-records = Enregistrements trouvés dans « { $value } »
decision-nomenclature = Nomenclature comptable : { $value }
decision-budgets = Budgets dans le document : { $value }
decision-calculated-lines = Lignes calculées laissées de côté (sommes d’autres lignes) : { $value }
decision-other-records = Autres tableaux du fichier, à demander avec « records » : { $value }
decision-personal-annexes = Annexes nominatives, jamais lues ni gardées : { $value }
decision-json-repairs = Écarts à la syntaxe JSON, lus quand même : { $value }
decision-geometry = Géométries gardées par leur milieu : { $value }
decision-archive = Lu dans l’archive : { $value }
decision-header = { $value ->
    [none] En-tête : aucun, les colonnes sont numérotées
   *[other] En-tête trouvé ligne { $value }
}
decision-decimal-mark = Signe décimal : { $value ->
    [comma] virgule
    [point] point
   *[other] { $value }
}
decision-date-order = Ordre des dates : { $value ->
    [month-day] mois puis jour
   *[other] jour puis mois
}
decision-unit = { $column ->
    [none] Unité : { $value }
   *[other] Unité de « { $column } » : { $value }
}
decision-preamble = Lignes au-dessus du tableau, laissées de côté : { $value }
decision-cut-short = Fichier coupé avant la fin du tableau « { $value } » : des lignes peuvent manquer
decision-declared-table = Tableau déclaré par le classeur : { $value }
decision-hidden-rows = Lignes masquées dans le classeur, lues comme les autres : { $value }
decision-hidden-columns = Colonnes masquées dans le classeur, lues comme les autres : { $value }
decision-merged-cells = Cellules fusionnées sur plusieurs lignes, dont le texte est repris à chaque ligne : { $value }
decision-uncomputed = Formules sans résultat enregistré, lues comme vides : { $value }. Ouvrez le classeur dans un tableur, enregistrez-le et recommencez
decision-stray-cells = Cellules perdues loin à droite du tableau, laissées de côté : { $value }

# Ce sur quoi une décision repose
evidence-only-table = le seul tableau de l’archive, parmi { $count } autres fichiers
evidence-largest-table = de loin le plus gros ; autres tableaux : { $others }
evidence-nearly-json = guillemets simples, commentaires, virgules en trop ou mots d’un programme
evidence-records-count = { $count } éléments, plus que les autres listes ou sous le nom le plus usuel
evidence-byte-order-mark = le fichier le dit dans ses premiers octets
evidence-zeros = un octet sur deux est nul
evidence-ascii = aucun caractère accentué
evidence-valid-utf8 = { $count } caractères accentués, tous bien formés
evidence-broken-utf8 = { $count } caractères bien formés, { $other } abîmés
evidence-encoded-twice = encodé deux fois (« Ã© » pour « é ») d’un bout à l’autre : remis en état
evidence-mixed-lines = { $count } caractères en UTF-8, et { $other } lignes dans l’autre encodage : chaque ligne est lue dans le sien
evidence-letters = { $count } octets hors de l’ASCII, qui y donnent des lettres bien placées
evidence-detector = { $count } octets hors de l’ASCII, d’après la fréquence des caractères
evidence-even-rows = { $count } lignes sur { $rows } y ont { $width } cellules{ $other ->
    [none] {""}
   *[other] {" "}; « { $other } » convient presque autant
}
evidence-even-rows-only = les lignes ne se découpent régulièrement qu’ainsi
evidence-no-delimiter = aucun caractère ne découpe les lignes : une seule colonne
evidence-quoted-cells = { $count } cellules en sont entourées
evidence-blank-places = { $count } lignes ont des blancs aux mêmes endroits
evidence-mended-wrapped = ligne entourée de guillemets en entier
evidence-mended-quotes = guillemets ouverts ou fermés de travers
evidence-mended-delimiters = un autre séparateur que le reste du fichier
evidence-mended-seams = séparateur oublié à côté d’un guillemet
evidence-fullest-sheet = la feuille la plus remplie ; autres feuilles : { $others } ; masquées : { $hidden }
evidence-only-visible-sheet = la seule feuille visible ; masquées : { $hidden }
evidence-only-hidden-sheet = aucune feuille visible n’a de tableau ; visibles : { $others } ; autres masquées : { $hidden }
evidence-header-names = { $count } colonnes déclarées y sont nommées
evidence-header-values = { $count } mots au-dessus de nombres, de dates ou de codes
evidence-header-words = la première ligne complète
evidence-header-none-values = { $count } colonnes de nombres, de dates ou de codes, sans mots au-dessus
evidence-header-none-again = { $count } mots de la première ligne reviennent plus bas
evidence-header-declared = indiqué dans la déclaration
evidence-first-words = « { $words } »
evidence-mark-cells = { $count } nombres ne se lisent qu’ainsi
evidence-mark-mixed = { $count } nombres ne se lisent qu’ainsi, mais { $other } ne se lisent qu’autrement
evidence-mark-usual = aucun nombre ne tranche : le reste du fichier, ou l’usage
evidence-order-cells = { $count } dates ne se lisent qu’ainsi
evidence-order-mixed = { $count } dates ne se lisent qu’ainsi, mais { $other } ne se lisent qu’autrement
evidence-order-usual = aucune date ne tranche : c’est l’usage en France
evidence-unit-format = le format des cellules
evidence-unit-header = l’en-tête de la colonne
evidence-unit-title = un titre au-dessus du tableau ; les nombres ne sont pas convertis
evidence-unit-converted = l’en-tête de la colonne ; déclarée en { $declared }, elle est multipliée par { $factor }
evidence-unit-other = l’en-tête de la colonne, mais elle est déclarée en { $declared }
evidence-header-workbook = le classeur le dit : tableau déclaré, filtre ou titres fusionnés
evidence-first-cell = la première est { $place }

# Ce que dit la conversion
given-folder = « { $value } » est un dossier. Donnez l’un de ses fichiers.
given-no-file = « { $value } » n’est pas un fichier (tube, périphérique…). Enregistrez-en d’abord le contenu dans un fichier.
convert-empty = Le fichier est vide : le tableau écrit l’est aussi.
convert-rows = { $count ->
    [one] { $count } ligne écrite
   *[other] { $count } lignes écrites
}
decision-doubtful = à vérifier

# Le dépôt de fichiers
inbox-odd-name = son nom contient des caractères qui ne conviennent pas à un fichier. Renommez-le, puis déposez-le de nouveau.
inbox-not-a-file = ce n’est pas un fichier ordinaire (un dossier, un raccourci ou un lien). Déposez le fichier lui-même.
inbox-empty = ce fichier est vide. Exportez-le de nouveau.
inbox-unknown-folder = aucun jeu de données ne s’appelle « { $hint } ». Déposez le fichier dans le dossier qui porte l’identifiant du jeu.
inbox-nobody-s = aucun jeu de données ne reconnaît ce nom. Déposez le fichier dans un dossier qui porte l’identifiant du jeu.
inbox-ambiguous = plusieurs jeux de données reconnaissent ce nom ({ $hint }). Déposez le fichier dans le dossier de l’un d’eux.
inbox-live = ce jeu de données se lit en direct : il ne se dépose pas.
inbox-personal = ce jeu de données contient des données personnelles : son fichier se met dans le dossier des données, pas dans le dépôt.
inbox-mend = Déposé avant le { $date }, non importé ; la version précédente reste en place. Corrigez le fichier, puis déposez-le de nouveau ; ce message et le fichier refusé peuvent être supprimés.
inbox-refused = Fichier refusé, mis de côté dans « inbox/refused » : { $hint }
