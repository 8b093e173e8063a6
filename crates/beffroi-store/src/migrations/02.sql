-- The workshop. People are kept by their id and the name they had then, without a reference to
-- `people`: whoever is removed stays who did it. Paths are those of declarations: `boards/velo.toml`.
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    maker INTEGER NOT NULL,
    maker_name TEXT NOT NULL,
    department TEXT,
    stage TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    publish INTEGER,
    reviewer INTEGER,
    reviewer_name TEXT,
    shared INTEGER NOT NULL DEFAULT 0,
    CHECK ((reviewer IS NULL) = (reviewer_name IS NULL))
) STRICT;
CREATE INDEX drafts_by_change ON drafts(changed);
CREATE INDEX drafts_of_maker ON drafts(maker, changed);
CREATE INDEX drafts_by_stage ON drafts(stage, changed);

CREATE TABLE draft_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft INTEGER NOT NULL REFERENCES drafts(id),
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX draft_steps_of_draft ON draft_steps(draft, id);

-- `base` is what was on the disk, without it there was no such file; without `text` the file is to
-- be removed. `revision` is that of the draft when the file was saved last.
CREATE TABLE draft_files (
    draft INTEGER NOT NULL REFERENCES drafts(id),
    path TEXT NOT NULL,
    base TEXT,
    text TEXT,
    revision INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (draft, path)
) STRICT;

-- `number` is the revision of the draft that a save made, nothing for the other kinds. `text` stands
-- last: lists do not read it.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    draft INTEGER REFERENCES drafts(id),
    number INTEGER,
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    text TEXT,
    CHECK ((kind = 'saved') = (number IS NOT NULL)),
    CHECK (kind <> 'saved' OR draft IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX revisions_of_draft ON revisions(draft, path, number) WHERE kind = 'saved';
CREATE INDEX revisions_of_path ON revisions(path, id) WHERE kind <> 'saved';

CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is not altered'); END;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft INTEGER NOT NULL REFERENCES drafts(id),
    dataset TEXT,
    name TEXT NOT NULL,
    stored TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    how TEXT NOT NULL,
    at INTEGER NOT NULL,
    correction TEXT NOT NULL DEFAULT '',
    UNIQUE (draft, stored)
) STRICT;

-- What is said of a draft, or without one of what is published.
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft INTEGER REFERENCES drafts(id),
    object TEXT NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    resolved INTEGER,
    resolved_by TEXT
) STRICT;
CREATE INDEX comments_of_draft ON comments(draft, id);

-- What is said beside published figures, for whoever reads them.
CREATE TABLE commentaries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    object TEXT NOT NULL,
    period TEXT NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    withdrawn INTEGER,
    withdrawn_by TEXT
) STRICT;
CREATE INDEX commentaries_of_object ON commentaries(object, id);

CREATE TRIGGER commentaries_stay
BEFORE UPDATE OF id, object, period, person, name, at, text ON commentaries
BEGIN SELECT RAISE(ABORT, 'a commentary is not altered'); END;

CREATE TRIGGER commentaries_are_withdrawn_once BEFORE UPDATE ON commentaries
WHEN old.withdrawn IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a commentary is withdrawn once'); END;

CREATE TRIGGER commentaries_last BEFORE DELETE ON commentaries
BEGIN SELECT RAISE(ABORT, 'a commentary is not removed'); END;

-- What a department asks of another. `due` is a day: `2026-11-26`.
CREATE TABLE data_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    from_department TEXT NOT NULL,
    to_department TEXT NOT NULL,
    dataset TEXT,
    words TEXT NOT NULL,
    due TEXT NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    answered INTEGER,
    answered_by TEXT,
    answer TEXT NOT NULL DEFAULT ''
) STRICT;
