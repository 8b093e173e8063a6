# Rôles
role-reader = élu ou lecteur
role-reader-what = Lit les chiffres de ses périmètres et les exporte.
role-agent = agent
role-agent-what = Répond des données de ses directions : en voit les lignes, et ce qui en est écarté ; dépose des fichiers et compose dans l’atelier.
role-editor = éditeur
role-editor-what = Fait les tableaux et les indicateurs de ses directions ; voit ce qui ne va pas dans les déclarations.
role-head = direction générale
role-head-what = Relit et publie ce que l’atelier prépare ; voit qui voit quoi, et le journal.
role-steward = responsable des données
role-steward-what = Veille sur la qualité, les droits et la publication.
role-administrator = administrateur
role-administrator-what = S’occupe des personnes, des périmètres et de l’installation.

# Entrer
nav-account = Mon compte
nav-sign-out = Se déconnecter
sign-in-title = Se connecter
sign-in-lead = Les indicateurs de la ville, pour les élus et les agents.
sign-in-demo = Entrer comme une personne d’essai
sign-in-with = Continuer avec
sign-in-or = ou avec votre adresse
sign-in-do = Se connecter
sign-in-stay = Rester connecté sur cet appareil, douze heures au plus
sign-in-contact = Pas de compte, ou mot de passe oublié ? Écrivez à :
sign-in-contact-none = Pas de compte, ou mot de passe oublié ? Demandez un lien à qui administre Beffroi dans votre mairie.
sign-in-trail =
    { $count ->
        [one] Les connexions sont journalisées pendant un mois.
       *[other] Les connexions sont journalisées pendant { $count } mois.
    }
sign-in-refused = L’adresse ou le mot de passe ne convient pas. Vérifiez la casse et la disposition du clavier.
sign-in-wait =
    { $count ->
        [one] Trop d’essais de suite : réessayez dans une minute. Un mot de passe oublié se remplace : demandez un lien.
       *[other] Trop d’essais de suite : réessayez dans { $count } minutes. Un mot de passe oublié se remplace : demandez un lien.
    }
field-email = Adresse électronique
field-password = Mot de passe
field-name = Nom
field-code = Code
field-code-help = Les six chiffres de votre application, ou l’un de vos codes de secours.
field-new-password = Nouveau mot de passe
field-old-password = Mot de passe actuel
field-again = Le même, une seconde fois
code-title = Votre code
code-lead = Le mot de passe convient. Donnez le code que montre votre application d’authentification.
code-back = Recommencer
code-refused = Ce code ne convient pas, ou il a déjà servi. Attendez le suivant.
provider-again = Cette connexion a expiré, ou elle a commencé dans un autre navigateur. Recommencez.
provider-no-account = Vous êtes bien reconnu, mais aucun compte n’est ouvert ici à votre adresse. Demandez-en un à qui administre Beffroi.
provider-down = Le compte de la mairie ne répond pas. Réessayez dans quelques minutes, ou connectez-vous par votre adresse.
provider-refuses = La connexion a été abandonnée ou refusée. Recommencez, ou connectez-vous par votre adresse.
provider-elsewhere = Votre compte est celui d’une autre organisation : celui de la mairie est attendu.
provider-no-email = Le compte ne donne pas d’adresse électronique : personne ne peut être reconnu. Prévenez qui l’administre.
provider-lies = La réponse du compte de la mairie n’a pas pu être vérifiée : par prudence, personne n’est connecté. Prévenez qui administre Beffroi.
sign-out-title = Se déconnecter
sign-out-who = Vous êtes { $name }.
sign-out-demo = Dans la démonstration, personne n’est connecté : vous pouvez prendre la place de quelqu’un d’autre.
sign-out-proxy = Votre mairie vous reconnaît avant que vous n’arriviez ici : c’est là que l’on se déconnecte.
signed-out-title = Vous êtes déconnecté
signed-out-lead = Sur un appareil que d’autres emploient, fermez aussi le navigateur.
signed-out-provider = Se déconnecter aussi du compte de la mairie
signed-out-again = Se connecter de nouveau

# Liens qui servent une fois
first-title = Créer le premier compte
first-lead = Ce compte administrera Beffroi : il ajoutera les autres personnes.
invited-title = Bienvenue, { $name }
invited-lead = Choisissez un mot de passe pour ouvrir votre compte.
reset-title = Un nouveau mot de passe
reset-lead = Il remplace l’ancien, et déconnecte les autres appareils.
link-gone-title = Ce lien ne sert plus
link-gone-what = Un lien sert une fois, pendant un temps limité ; un plus récent le remplace.
link-gone-do = Demandez-en un autre à qui administre Beffroi. Au premier démarrage, relancez le programme : il en donne un nouveau.
password-rule = Douze caractères avec minuscules, majuscules, chiffres et signes ; ou quatorze avec trois de ces sortes ; ou une phrase de sept mots.
password-keep = Garder ce mot de passe
password-short = Trop court pour ce dont il est fait : allongez-le, ou faites-en une phrase de sept mots.
password-long = Plus de 128 caractères : raccourcissez-le.
password-about = Il contient votre nom, votre adresse ou celui de la ville : ce sont les premiers essais.
password-common = C’est l’un des mots de passe les plus employés : choisissez-en un autre.
password-guessable = Il se devine vite (répétition, suite, date, mot courant) : choisissez des mots sans rapport.
password-differs = Les deux ne sont pas pareils : tapez-le de nouveau.

# Démonstration
demo-banner = Démonstration
demo-as = Ville d’exemple, vue par { $name } ({ $roles }).
demo-change = Changer de personne
demo-title = Voir la ville par d’autres yeux
demo-lead = Chaque personne voit ce que son rôle, sa direction et ses périmètres lui donnent. Prenez la place de l’une d’elles : tout change avec elle, pages, exports et interface.
demo-enter = Prendre la place de { $name }
demo-here = C’est vous
demo-real = Cette entrée libre n’existe que pour la ville d’exemple, depuis cette machine. Pour voir une vraie connexion :

# Compte
account-who = Qui vous êtes
account-reach = Ce que vous voyez
account-sessions = Appareils connectés
account-sessions-list = Liste des appareils connectés
account-no-session = Aucun : vous n’êtes pas passé par une connexion.
account-sessions-ended = C’est fait : les appareils sont déconnectés.
account-password = Mot de passe
account-password-do = Changer le mot de passe
account-password-changed = Le mot de passe est changé ; les autres appareils sont déconnectés.
account-old-wrong = Le mot de passe actuel n’est pas celui-là.
account-code = Code à la connexion
account-code-what = Un code que votre téléphone calcule, demandé après le mot de passe : qui apprendrait votre mot de passe n’entrerait pas.
account-code-begin = Commencer
account-code-scan = Ouvrez une application d’authentification et visez ce carré.
account-code-qr = Carré à viser avec une application d’authentification ; le même secret est écrit dessous
account-code-type = Ou recopiez :
account-code-confirm = Vérifier et mettre en place
account-code-wrong = Ce code n’est pas celui de ce carré. Visez-le de nouveau ; vérifiez l’heure de votre téléphone.
account-code-on = Un code sera demandé désormais.
account-code-papers = Gardez ces codes de secours sur papier : chacun remplace le téléphone une fois. Ils ne seront plus montrés.
account-code-is-on = Un code est demandé à chaque connexion.
account-code-off = Ne plus demander de code
account-code-removed = Aucun code ne sera plus demandé.
account-trail = Mon journal
account-trail-lead = Ce qui a été noté de vos visites. Les lectures sont notées une fois par page et par heure.
session-browser = Navigateur
session-unknown = Navigateur inconnu
session-from = Adresse
session-since = Depuis
session-seen = Vu
session-end = Déconnecter
session-end-others = Déconnecter tous les autres appareils
session-this = celui-ci
means-password = par mot de passe
means-oidc = par le compte de la mairie
means-demo = démonstration
means-proxy = reconnu par la mairie
means-invitation = par un lien

# Ce qui est atteint
help-access = Ce que vous voyez
help-access-reach = Vos rôles, vos directions et vos périmètres décident des tableaux, des indicateurs et des données que vous atteignez. Le reste n’apparaît nulle part.
help-access-rows = Quand un périmètre se limite à un quartier ou à une école, tous vos chiffres s’y limitent, exports compris, et chaque page le dit.
help-access-trail = Ce que vous lisez est noté une fois par page et par heure ; ce que vous exportez ou changez l’est toujours. Vous pouvez relire votre journal.
help-access-own = Ce que je vois, et pourquoi
reach-nothing = Rien : aucun périmètre ne vous donne de chiffres. Demandez-en un à qui administre Beffroi.
reach-indicators =
    { $count ->
        [one] Un indicateur
       *[other] { $count } indicateurs
    }
reach-datasets =
    { $count ->
        [0] Aucune fiche de données
        [one] La fiche d’un jeu de données
       *[other] La fiche de { $count } jeux de données
    }
reach-raw =
    { $count ->
        [one] dont un avec ses lignes
       *[other] dont { $count } avec leurs lignes
    }
reach-boards = Tableaux :
reach-whole = toute la ville
ground-department = Est de sa direction :
ground-role = Par son rôle ({ $role }), périmètre
ground-own = Par un périmètre donné en propre,
ground-reference = Sert de repère à d’autres chiffres
board-out-of-reach =
    { $count ->
        [one] Une figure de ce tableau est hors de votre périmètre.
       *[other] { $count } figures de ce tableau sont hors de votre périmètre.
    }
home-scope = Les objectifs ont été votés pour toute la ville : ils ne se comparent pas aux chiffres de votre périmètre.
scope-note = Vos chiffres sont ceux de votre périmètre :
dataset-rows-out-of-reach = Les lignes, ce qui y a été trouvé et ce qui en a été écarté se montrent à la direction qui en répond et à qui veille sur les données.
catalogue-rows-out-of-reach = hors périmètre

# Administration
admin-rooms = Salles de l’administration
admin-faults = État
people-title = Personnes
people-lead = Qui a un compte, et ce que chacun est. Ce qu’une personne voit suit de ses rôles, de ses directions et de ses périmètres.
people-add = Ajouter une personne
people-add-lead = Elle recevra de vous un lien par lequel choisir son mot de passe.
people-add-do = Ajouter, et obtenir le lien
person-roles = Rôles
person-departments = Directions
person-departments-what = Un agent ou un éditeur atteint tout ce dont elles répondent.
person-perimeters = Périmètres
person-perimeters-what = En plus de ceux de ses rôles.
person-state = État
person-last = Dernière connexion
person-never = jamais
person-is-on = ouvert
person-is-off = suspendu
person-is-invited = invité
person-is-demo = personne d’essai
person-demo-what = Cette personne vient des déclarations de la ville d’exemple : elle ne se change pas ici.
person-keep = Enregistrer
person-kept = C’est gardé ; cela vaut dès la prochaine page qu’ouvrira la personne.
person-removed = Le compte est supprimé. Le journal garde ce qui a été fait.
person-reach = Ce que cette personne voit
person-reach-why = Ligne par ligne, et pourquoi
person-account = Son compte
person-since = Ouvert le
person-code = Code à la connexion
person-invite = Obtenir un nouveau lien d’invitation
person-reset = Obtenir un lien de nouveau mot de passe
person-end-sessions = Déconnecter ses appareils
person-code-off = Ne plus lui demander de code
person-off = Suspendre le compte
person-on = Rétablir le compte
person-without-link = C’est fait. Ici personne ne choisit de mot de passe : cette personne entre par le compte de la mairie, sous la même adresse.
person-unlink = Oublier son compte de la mairie
person-unlinked = C’est oublié : sa prochaine connexion par la mairie, sous la même adresse, reliera les deux de nouveau.
person-remove = Supprimer le compte
person-remove-what = Un compte suspendu n’entre plus. Supprimer l’efface pour de bon.
person-email-taken = Quelqu’un a déjà cette adresse.
person-email-invalid = Ce n’est pas une adresse électronique.
person-name-empty = Donnez un nom.
person-name-long = Ce nom dépasse 200 caractères.
person-last-administrator = C’est le dernier administrateur : nommez-en d’abord un autre.
person-subject-taken = Ce compte de la mairie est déjà celui de quelqu’un d’autre.
person-unknown = Cette personne n’existe plus.
invite-title = Le lien de { $name }
invite-lead = Envoyez-lui ce lien. Il n’est montré qu’ici, et ne sert qu’une fois : qui l’a peut choisir le mot de passe.
invite-link = Lien
invite-lasts =
    { $count ->
        [one] Il tient un jour. Un nouveau lien le remplace.
       *[other] Il tient { $count } jours. Un nouveau lien le remplace.
    }
invite-person = Voir la personne

# Qui voit quoi
access-title = Qui voit quoi
access-lead = Rien n’est montré que ce qu’un périmètre donne. Les périmètres se déclarent ; les personnes en reçoivent par leur rôle ou en propre.
access-who = Qui peut voir ?
access-what = Quoi
access-row = Quelle ligne
access-any-row = Toutes les lignes
access-ask = Chercher
access-datasets = Fiches de données
access-raw = Lignes des données
access-unknown = Il n’y a rien de ce nom.
access-unknown-row = Il n’y a pas de ligne de ce nom.
access-seen-by =
    { $count ->
        [one] Une personne le voit
       *[other] { $count } personnes le voient
    }
access-seen-by-nobody = Personne ne le voit.
access-rows = Lignes
access-why = Pourquoi
access-roles = Ce que chaque rôle peut faire
access-role = Rôle
access-people = Personnes
access-own-departments = et ce dont ses directions répondent
access-person = Ce que voit { $name }
access-rows-too = la fiche et les lignes
access-sheet-only = la fiche, sans les lignes
right-read = Lire et exporter
right-rejects = Lignes écartées
right-faults = Ce qui ne va pas
right-access = Qui voit quoi, journal
right-people = Personnes, périmètres
perimeter-name = Périmètre
perimeter-what = Ce qui s’y trouve
perimeter-own = Donné en propre à
perimeter-none = Aucun n’est déclaré : seuls les agents et les éditeurs atteignent quelque chose, ce dont leurs directions répondent.
perimeter-add = Ajouter un périmètre
perimeter-gone = (n’est plus déclaré)
perimeter-whole-town = et les chiffres qui ne se détaillent pas ainsi
perimeter-departments = Directions :
perimeter-all-departments = Toutes les directions
perimeter-boards = Tableaux :
perimeter-all-boards = Tous les tableaux
perimeter-all-reports = Tous les rapports arrêtés
perimeter-datasets = Données :
perimeter-all-datasets = Toutes les données
perimeter-raw = avec les lignes

perimeter-change = Changer un périmètre
perimeter-lead = Ce qui s’atteint ensemble. Un périmètre ajoute aux autres ; quand deux choisissent des lignes de façons qui ne se réunissent pas (un quartier, une école), un seul des deux vaut, jamais plus que ce que chacun donne.
perimeter-title = Nom du périmètre
perimeter-title-en = Son nom en anglais, s’il en faut un
perimeter-some = Ou en choisir
perimeter-rows = Seulement ces lignes
perimeter-rows-what = Sans rien de coché, toutes. Coché, tout chiffre s’y limite : pages, exports, interface. Un indicateur qui ne se détaille pas ainsi n’est plus atteint.
perimeter-rows-kept = Gardé tel qu’il est déclaré :
perimeter-opens = Ce périmètre ne montrait que certaines lignes, et plus aucune n’est cochée : il montrerait toute la ville. Cochez ce qui le confirme, ou choisissez des lignes.
perimeter-opens-tick = Ne plus se limiter à des lignes : montrer toute la ville
perimeter-whole-town-tick = Atteindre quand même, pour toute la ville, les indicateurs qui ne se détaillent pas ainsi
perimeter-raw-tick = Atteindre aussi les lignes des données (aperçu, constats, lignes écartées), quand aucune ligne n’est choisie ci-dessus
perimeter-roles = Rôles qui l’ont
perimeter-remove = Retirer ce périmètre
perimeter-remove-what = Les rôles et les personnes qui l’avaient le perdent. Les données ne changent pas.
perimeter-moved = Les droits ont été changés entre-temps. Voici votre saisie : relisez-la, puis gardez-la de nouveau.
perimeter-by-hand = access.toml est en train d’être changé à la main et ne se lit pas. Corrigez-le d’abord.
perimeter-wrong = Les déclarations ne tiendraient pas avec ce changement : rien n’a été écrit.
perimeter-title-odd = De ce nom ne se tire aucun identifiant : donnez-lui au moins une lettre.
perimeter-kept = C’est écrit. Cela vaut dès que les déclarations sont relues, dans la seconde.

# Journal
trail-title = Journal
trail-lead = Qui a lu, exporté, changé, publié, ou s’est vu refuser quelque chose. Rien ne s’y efface avant son terme, et chaque ligne scelle la précédente.
trail-filter = Chercher dans le journal
trail-words = Mots
trail-kind = Sorte
trail-any-kind = Toutes
trail-person = Personne
trail-anybody = Tout le monde
trail-from = Du
trail-to = Au
trail-older = Plus anciennes
trail-file = Le tout en CSV
trail-when = Quand
trail-object = Quoi
trail-address = Adresse
trail-number = Numéro
trail-action = Action
trail-detail = Précision
trail-nobody = inconnu
trail-to-person = À propos de
reach-nothing-yet = Vous ne voyez encore aucun chiffre : donnez un périmètre à vos rôles, à vous-même ou aux autres.
action-sign-in-refused = connexion refusée
detail-password = mot de passe
detail-password-code = mot de passe et code
detail-code = code
detail-throttled = trop d’essais de suite
detail-unknown-state = retour inconnu du compte de la mairie, ou déjà servi
detail-no-account = aucun compte à cette adresse
detail-oidc = compte de la mairie
detail-demo = démonstration
detail-invitation = par un lien
detail-proxy = reconnu par la mairie
detail-command = depuis la machine
person-remove-sure = Oui, supprimer ce compte
perimeter-remove-sure = Oui, retirer ce périmètre
not-sure = Rien n’a été fait : cochez d’abord la case qui le confirme.
trail-none = Rien ne correspond.
kind-sign_in = Connexion
kind-read = Lecture
kind-export = Export
kind-change = Changement
kind-publication = Publication
kind-refusal = Refus
kind-system = Programme
action-sign-in = connexion
action-sign-out = déconnexion
action-read = lu
action-export = exporté
action-role = le rôle ne le permet pas
action-perimeter = hors du périmètre
action-form = formulaire d’une autre session
action-origin = formulaire d’un autre site
action-host = demandé sous un autre nom
action-machine = demandé d’une autre machine
action-forged-header = en-tête d’un faux mandataire
action-demo = changement refusé dans la démonstration
action-restored = sauvegarde remise en place
action-person-unlinked = compte de la mairie oublié
action-unknown = rien à cette adresse
action-many-refusals = et d’autres refus, dans la même minute
action-access-file = périmètres changés dans le fichier
action-version = version mise en place
action-link = lien qui ne sert plus
action-password = mot de passe faux
action-person-added = personne ajoutée
action-person-changed = personne changée
action-person-invited = lien donné
action-person-on = compte rétabli
action-person-off = compte suspendu
action-person-removed = compte supprimé
action-password-changed = mot de passe changé
action-password-reset = mot de passe remplacé par un lien
action-invitation-accepted = invitation acceptée
action-administrator-created = premier administrateur
action-session-ended = appareils déconnectés
action-code-on = code mis en place
action-code-off = code retiré
action-access-changed = périmètres changés

# Tables
table-of = Tableau : { $name }

# Refus
error-sign-in-title = Connexion requise
error-sign-in-what = Personne n’est connecté.
error-sign-in-do = Connectez-vous, ou joignez le témoin de votre session.
error-form-title = Formulaire non reçu
error-form-what = Ce formulaire ne vient pas d’une page de votre session, ou il est resté ouvert trop longtemps. Rien n’a été changé.
error-form-do = Revenez à la page, rechargez-la et recommencez.
error-closed-title = Fermé
error-closed-what = Personne ne peut être reconnu : les pages restent fermées.
error-closed-do = Prévenez qui administre Beffroi.
error-role-title = Réservé à d’autres rôles
error-role-what = Aucun de vos rôles n’ouvre cette page. Le refus est noté au journal, comme tous les autres.
error-role-do = Elle est ouverte à : { $roles }. Si vous en avez besoin, demandez ce rôle à qui administre Beffroi.
error-method-title = Méthode inconnue ici
error-method-what = Cette adresse existe, mais elle ne s’utilise pas ainsi.
error-method-do = Lisez l’adresse, ou passez par le formulaire de sa page.
error-too-many-title = Trop de demandes
error-too-many-what = Plus de demandes sont venues de vous qu’aucune personne n’en fait.
error-too-many-do = Attendez quelques secondes.
error-bad-form-title = Formulaire illisible
error-bad-form-what = Ce qui a été envoyé n’est pas un formulaire de cette page, ou il est trop grand.
error-bad-form-do = Revenez à la page et recommencez.
error-demo-title = La démonstration ne change rien pour de bon
error-demo-what = Dans la démonstration, les personnes et les périmètres se regardent, mais ne se changent pas : chacun peut y entrer.
error-demo-do = Pour les changer, lancez le programme avec une vraie connexion : beffroi serve --no-demo.
