# Roles
role-reader = elected official or reader
role-reader-what = Reads the figures of their perimeters and exports them.
role-agent = agent
role-agent-what = Answers for the data of their departments: sees rows, and what is set aside; brings files and composes in the workshop.
role-editor = editor
role-editor-what = Makes boards and indicators of their departments; sees what is wrong with declarations.
role-head = head of services
role-head-what = Looks over and publishes what the workshop prepares; sees who sees what, and the trail.
role-steward = data steward
role-steward-what = Watches quality, rights and publication.
role-administrator = administrator
role-administrator-what = Looks after people, perimeters and the installation.

# Coming in
nav-account = My account
nav-sign-out = Sign out
sign-in-title = Sign in
sign-in-lead = The town’s indicators, for elected officials and agents.
sign-in-demo = Enter as a sample person
sign-in-with = Continue with
sign-in-or = or with your address
sign-in-do = Sign in
sign-in-stay = Stay signed in on this device, twelve hours at most
sign-in-contact = No account, or password forgotten? Write to:
sign-in-contact-none = No account, or password forgotten? Ask whoever runs Beffroi in your town hall for a link.
sign-in-trail =
    { $count ->
        [one] Sign-ins are recorded for a month.
       *[other] Sign-ins are recorded for { $count } months.
    }
sign-in-refused = The address or the password will not do. Check capitals and the keyboard layout.
sign-in-wait =
    { $count ->
        [one] Too many attempts: try again in a minute. A forgotten password can be replaced: ask for a link.
       *[other] Too many attempts: try again in { $count } minutes. A forgotten password can be replaced: ask for a link.
    }
field-email = E-mail address
field-password = Password
field-name = Name
field-code = Code
field-code-help = The six digits of your application, or one of your recovery codes.
field-new-password = New password
field-old-password = Current password
field-again = The same, once more
code-title = Your code
code-lead = The password is right. Give the code that your authenticator shows.
code-back = Start again
code-refused = This code will not do, or was used already. Wait for the next one.
provider-again = This sign-in has expired, or was begun in another browser. Start again.
provider-no-account = You are known, but no account is open here under your address. Ask whoever runs Beffroi for one.
provider-down = The town hall’s account does not answer. Try again in a few minutes, or sign in by your address.
provider-refuses = The sign-in was given up or refused. Start again, or sign in by your address.
provider-elsewhere = Your account is that of another organisation: that of the town hall is expected.
provider-no-email = The account gives no e-mail address: nobody can be known by it. Tell whoever runs it.
provider-lies = The answer of the town hall’s account could not be verified: to be safe, nobody is signed in. Tell whoever runs Beffroi.
sign-out-title = Sign out
sign-out-who = You are { $name }.
sign-out-demo = In the demonstration nobody is signed in: you may take somebody else’s place.
sign-out-proxy = Your town hall knows you before you come here: that is where one signs out.
signed-out-title = You are signed out
signed-out-lead = On a device that others use, close the browser too.
signed-out-provider = Sign out of the town hall’s account too
signed-out-again = Sign in again

# Links that work once
first-title = Make the first account
first-lead = This account will run Beffroi: it adds the other people.
invited-title = Welcome, { $name }
invited-lead = Choose a password to open your account.
reset-title = A new password
reset-lead = It takes the place of the former one, and signs other devices out.
link-gone-title = This link works no more
link-gone-what = A link works once, for a limited time; a newer one takes its place.
link-gone-do = Ask whoever runs Beffroi for another. At the first start, start the program again: it gives a new one.
password-rule = Twelve characters with lower case, upper case, digits and signs; or fourteen with three of these; or a sentence of seven words.
password-keep = Keep this password
password-short = Too short for what it is made of: make it longer, or a sentence of seven words.
password-long = More than 128 characters: make it shorter.
password-about = It holds your name, your address or the town’s: these are tried first.
password-common = It is one of the most used passwords: choose another.
password-guessable = It is soon guessed (repetition, sequence, date, common word): choose unrelated words.
password-differs = The two are not the same: type it again.

# Demonstration
demo-banner = Demonstration
demo-as = Sample town, as { $name } sees it ({ $roles }).
demo-change = Change person
demo-title = See the town through other eyes
demo-lead = Everybody sees what their role, department and perimeters give. Take somebody’s place: everything changes with it, pages, exports and interface.
demo-enter = Take the place of { $name }
demo-here = This is you
demo-real = This open door exists for the sample town only, from this machine. To see a real sign-in:

# Account
account-who = Who you are
account-reach = What you see
account-sessions = Devices signed in
account-sessions-list = List of devices signed in
account-no-session = None: you did not come by a sign-in.
account-sessions-ended = Done: the devices are signed out.
account-password = Password
account-password-do = Change the password
account-password-changed = The password is changed; other devices are signed out.
account-old-wrong = That is not the current password.
account-code = Code at sign-in
account-code-what = A code that your telephone works out, asked after the password: whoever learns your password does not come in.
account-code-begin = Begin
account-code-scan = Open an authenticator and scan this square.
account-code-qr = Square to scan with an authenticator; the same secret is written below
account-code-type = Or type:
account-code-confirm = Check and put in place
account-code-wrong = This code is not one of this square. Scan it again; check the time of your telephone.
account-code-on = A code will be asked from now on.
account-code-papers = Keep these recovery codes on paper: each stands for the telephone once. They will not be shown again.
account-code-is-on = A code is asked at each sign-in.
account-code-off = Ask for no code any more
account-code-removed = No code will be asked any more.
account-trail = My trail
account-trail-lead = What was recorded of your visits. Reads are recorded once per page and hour.
session-browser = Browser
session-unknown = Unknown browser
session-from = Address
session-since = Since
session-seen = Seen
session-end = Sign out
session-end-others = Sign all other devices out
session-this = this one
means-password = by password
means-oidc = by the town hall’s account
means-demo = demonstration
means-proxy = known by the town hall
means-invitation = by a link

# What is reached
help-access = What you see
help-access-reach = Your roles, departments and perimeters decide which boards, indicators and data you reach. The rest appears nowhere.
help-access-rows = When a perimeter keeps to a district or a school, all your figures keep to it, downloads too, and each page says so.
help-access-trail = What you read is recorded once per page and hour; what you export or change always is. You may read your own trail.
help-access-own = What I see, and why
reach-nothing = Nothing: no perimeter gives you figures. Ask whoever runs Beffroi for one.
reach-indicators =
    { $count ->
        [one] One indicator
       *[other] { $count } indicators
    }
reach-datasets =
    { $count ->
        [0] No sheet of data
        [one] The sheet of one dataset
       *[other] The sheets of { $count } datasets
    }
reach-raw =
    { $count ->
        [one] one of them with its rows
       *[other] { $count } of them with their rows
    }
reach-boards = Boards:
reach-whole = whole town
ground-department = Is of their department:
ground-role = By their role ({ $role }), perimeter
ground-own = By a perimeter of their own,
ground-reference = Other figures are held against it
board-out-of-reach =
    { $count ->
        [one] One figure of this board is outside of your perimeter.
       *[other] { $count } figures of this board are outside of your perimeter.
    }
home-scope = Targets were voted for the whole town: they are not held against the figures of your perimeter.
scope-note = Your figures are those of your perimeter:
dataset-rows-out-of-reach = Rows, what was found in them and what was set aside are shown to the department that answers for them and to those who watch over data.
catalogue-rows-out-of-reach = out of perimeter

# Administration
admin-rooms = Rooms of the administration
admin-faults = State
people-title = People
people-lead = Who has an account, and what everybody is. What somebody sees follows from their roles, departments and perimeters.
people-add = Add somebody
people-add-lead = They get a link from you by which they choose their password.
people-add-do = Add, and get the link
person-roles = Roles
person-departments = Departments
person-departments-what = An agent or an editor reaches all that these answer for.
person-perimeters = Perimeters
person-perimeters-what = Beside those of their roles.
person-state = State
person-last = Last sign-in
person-never = never
person-is-on = open
person-is-off = suspended
person-is-invited = invited
person-is-demo = sample person
person-demo-what = This person comes from the declarations of the sample town, and is not changed here.
person-keep = Save
person-kept = Kept; it holds from the next page that they open.
person-removed = The account is removed. The trail keeps what was done.
person-reach = What this person sees
person-reach-why = Line by line, and why
person-account = Their account
person-since = Open since
person-code = Code at sign-in
person-invite = Get a new invitation link
person-reset = Get a link for a new password
person-end-sessions = Sign their devices out
person-code-off = Ask them for no code any more
person-off = Suspend the account
person-on = Restore the account
person-without-link = Done. Nobody chooses a password here: this person comes in by the town hall’s account, under the same address.
person-unlink = Forget their town hall account
person-unlinked = Forgotten: their next sign-in by the town hall, under the same address, links the two anew.
person-remove = Remove the account
person-remove-what = A suspended account does not come in any more. To remove it erases it for good.
person-email-taken = Somebody has that address already.
person-email-invalid = This is no e-mail address.
person-name-empty = Give a name.
person-name-long = This name has more than 200 characters.
person-last-administrator = This is the last administrator: name another first.
person-subject-taken = This account of the town hall is somebody else’s already.
person-unknown = This person exists no more.
invite-title = The link of { $name }
invite-lead = Send them this link. It is shown here only, and works once: whoever has it can choose the password.
invite-link = Link
invite-lasts =
    { $count ->
        [one] It holds for a day. A new link takes its place.
       *[other] It holds for { $count } days. A new link takes its place.
    }
invite-person = See the person

# Who sees what
access-title = Who sees what
access-lead = Nothing is shown but what a perimeter gives. Perimeters are declared; people get them by their role or of their own.
access-who = Who can see this?
access-what = What
access-row = Which row
access-any-row = All rows
access-ask = Search
access-datasets = Sheets of data
access-raw = Rows of data
access-unknown = There is nothing of that name.
access-unknown-row = There is no row of that name.
access-seen-by =
    { $count ->
        [one] One person sees it
       *[other] { $count } people see it
    }
access-seen-by-nobody = Nobody sees it.
access-rows = Rows
access-why = Why
access-roles = What each role may do
access-role = Role
access-people = People
access-own-departments = and what their departments answer for
access-person = What { $name } sees
access-rows-too = the sheet and the rows
access-sheet-only = the sheet, without the rows
right-read = Read and export
right-rejects = Rows set aside
right-faults = What is wrong
right-access = Who sees what, trail
right-people = People, perimeters
perimeter-name = Perimeter
perimeter-what = What is in it
perimeter-own = Given of their own to
perimeter-none = None is declared: only agents and editors reach anything, what their departments answer for.
perimeter-add = Add a perimeter
perimeter-gone = (no longer declared)
perimeter-whole-town = and figures that cannot be detailed so
perimeter-departments = Departments:
perimeter-all-departments = All departments
perimeter-boards = Boards:
perimeter-all-boards = All boards
perimeter-all-reports = All final reports
perimeter-datasets = Data:
perimeter-all-datasets = All data
perimeter-raw = with the rows

perimeter-change = Change a perimeter
perimeter-lead = What is reached together. A perimeter adds to the others; when two choose rows in ways that cannot be put together (a district, a school), one of them holds, never more than each gives.
perimeter-title = Name of the perimeter
perimeter-title-en = Its English name, if need be
perimeter-some = Or choose some
perimeter-rows = Only these rows
perimeter-rows-what = With none ticked, all. Ticked, every figure keeps to them: pages, exports, interface. An indicator that cannot be detailed so is no longer reached.
perimeter-rows-kept = Kept as it is declared:
perimeter-opens = This perimeter showed some rows only, and none is ticked any more: it would show the whole town. Tick what confirms it, or choose rows.
perimeter-opens-tick = Keep to no rows any more: show the whole town
perimeter-whole-town-tick = Still reach, for the whole town, indicators that cannot be detailed so
perimeter-raw-tick = Reach the rows of data too (preview, findings, rows set aside), when no row is chosen above
perimeter-roles = Roles that have it
perimeter-remove = Remove this perimeter
perimeter-remove-what = Roles and people who had it lose it. Data do not change.
perimeter-moved = Rights were changed meanwhile. Here is what you wrote: read it again, then keep it again.
perimeter-by-hand = access.toml is being changed by hand and cannot be read. Mend it first.
perimeter-wrong = The declarations would not hold with this change: nothing was written.
perimeter-title-odd = No identifier can be made of this name: give it a letter at least.
perimeter-kept = Written. It holds as soon as the declarations are read again, within the second.

# Trail
trail-title = Trail
trail-lead = Who read, exported, changed, published, or was refused something. Nothing is erased before its time, and each line seals the one before.
trail-filter = Search the trail
trail-words = Words
trail-kind = Kind
trail-any-kind = All
trail-person = Person
trail-anybody = Everybody
trail-from = From
trail-to = To
trail-older = Older
trail-file = All of it as CSV
trail-when = When
trail-object = What
trail-address = Address
trail-number = Number
trail-action = Action
trail-detail = Detail
trail-nobody = unknown
trail-to-person = About
reach-nothing-yet = You see no figures yet: give a perimeter to your roles, to yourself or to others.
action-sign-in-refused = sign-in refused
detail-password = password
detail-password-code = password and code
detail-code = code
detail-throttled = too many attempts
detail-unknown-state = unknown return from the town hall’s account, or used already
detail-no-account = no account under this address
detail-oidc = town hall’s account
detail-demo = demonstration
detail-invitation = by a link
detail-proxy = known by the town hall
detail-command = from the machine
person-remove-sure = Yes, remove this account
perimeter-remove-sure = Yes, remove this perimeter
not-sure = Nothing was done: first tick the box that confirms it.
trail-none = Nothing matches.
kind-sign_in = Sign-in
kind-read = Read
kind-export = Export
kind-change = Change
kind-publication = Publication
kind-refusal = Refusal
kind-system = Program
action-sign-in = sign-in
action-sign-out = sign-out
action-read = read
action-export = exported
action-role = the role does not permit it
action-perimeter = outside of the perimeter
action-form = form of another session
action-origin = form of another site
action-host = asked for under another name
action-machine = asked for from another machine
action-forged-header = header of a false proxy
action-demo = change refused in the demonstration
action-restored = backup brought back
action-person-unlinked = town hall account forgotten
action-unknown = nothing at this address
action-many-refusals = and other refusals within the same minute
action-access-file = perimeters changed in the file
action-version = version put in place
action-link = link that works no more
action-password = wrong password
action-person-added = person added
action-person-changed = person changed
action-person-invited = link given
action-person-on = account restored
action-person-off = account suspended
action-person-removed = account removed
action-password-changed = password changed
action-password-reset = password replaced by a link
action-invitation-accepted = invitation accepted
action-administrator-created = first administrator
action-session-ended = devices signed out
action-code-on = code put in place
action-code-off = code taken away
action-access-changed = perimeters changed

# Tables
table-of = Table: { $name }

# Refusals
error-sign-in-title = Sign-in required
error-sign-in-what = Nobody is signed in.
error-sign-in-do = Sign in, or send the cookie of your session along.
error-form-title = Form not taken
error-form-what = This form does not come from a page of your session, or was open for too long. Nothing was changed.
error-form-do = Go back to the page, load it again and start over.
error-closed-title = Closed
error-closed-what = Nobody can be known: pages stay closed.
error-closed-do = Tell whoever runs Beffroi.
error-role-title = For other roles
error-role-what = None of your roles opens this page. The refusal is recorded in the trail, as all others are.
error-role-do = It is open to: { $roles }. If you need it, ask whoever runs Beffroi for that role.
error-method-title = Unknown method here
error-method-what = There is such an address, but it is not used this way.
error-method-do = Read the address, or use the form of its page.
error-too-many-title = Too many requests
error-too-many-what = More requests came from you than anybody makes.
error-too-many-do = Wait for a few seconds.
error-bad-form-title = Unreadable form
error-bad-form-what = What was sent is not a form of this page, or is too large.
error-bad-form-do = Go back to the page and start over.
error-demo-title = The demonstration changes nothing for good
error-demo-what = In the demonstration, people and perimeters are to be looked at, not changed: anybody may come in.
error-demo-do = To change them, start the program with a real sign-in: beffroi serve --no-demo.
