-- People. Times are milliseconds since 1970; lists of words have one blank between them.
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    departments TEXT NOT NULL,
    perimeters TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1,
    is_demo INTEGER NOT NULL DEFAULT 0,
    password TEXT,
    totp BLOB,
    totp_begun BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    subject TEXT UNIQUE,
    created INTEGER NOT NULL,
    last_sign_in INTEGER
) STRICT;

CREATE TABLE recovery_codes (
    person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    code BLOB NOT NULL,
    PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;

-- `token` is the SHA-256 of what the browser holds, here and below.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token BLOB NOT NULL UNIQUE,
    person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    means TEXT NOT NULL,
    stage TEXT NOT NULL,
    agent TEXT NOT NULL,
    address TEXT,
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    id_token TEXT
) STRICT;
CREATE INDEX sessions_of_person ON sessions(person);

-- The link for the first administrator has no person.
CREATE TABLE invitations (
    token BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    person INTEGER REFERENCES people(id) ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_of_person ON invitations(person);

CREATE TABLE flows (
    state BLOB PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    return_to TEXT NOT NULL,
    browser BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flows_by_age ON flows(created);

-- `key` is the SHA-256 of an account, an address or a person; a row is stale once nothing is left
-- to remember.
CREATE TABLE throttle (
    key BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    until INTEGER NOT NULL,
    stale INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_by_age ON throttle(stale);

-- The audit trail: a chain for each kind and month, each starting from the head of the one before.
CREATE TABLE audit_segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    month TEXT NOT NULL,
    start BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    head BLOB NOT NULL,
    expired INTEGER,
    UNIQUE (kind, month)
) STRICT;

CREATE TABLE audit_entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    segment INTEGER NOT NULL REFERENCES audit_segments(id),
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_segment ON audit_entries(segment, seq);
CREATE INDEX audit_by_kind ON audit_entries(kind, seq);
CREATE INDEX audit_by_person ON audit_entries(person, seq);
CREATE INDEX audit_by_time ON audit_entries(at);

CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is not altered'); END;

CREATE TRIGGER audit_entries_expire BEFORE DELETE ON audit_entries
WHEN (SELECT expired FROM audit_segments WHERE id = old.segment) IS NULL
BEGIN SELECT RAISE(ABORT, 'the audit trail is not shortened'); END;

CREATE TRIGGER audit_entries_end BEFORE INSERT ON audit_entries
WHEN (SELECT expired FROM audit_segments WHERE id = new.segment) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an expired segment of the audit trail takes no entry'); END;

-- A replacement deletes without asking the trigger above.
CREATE TRIGGER audit_entries_once BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = new.seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is not altered'); END;

CREATE TRIGGER audit_segments_once BEFORE INSERT ON audit_segments
WHEN EXISTS (SELECT 1 FROM audit_segments
             WHERE id = new.id OR (kind = new.kind AND month = new.month))
BEGIN SELECT RAISE(ABORT, 'the audit trail is not altered'); END;

CREATE TRIGGER audit_segments_stay BEFORE DELETE ON audit_segments
BEGIN SELECT RAISE(ABORT, 'the audit trail is not shortened'); END;

CREATE TRIGGER audit_segments_end BEFORE UPDATE ON audit_segments
WHEN old.expired IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an expired segment of the audit trail is not altered'); END;
