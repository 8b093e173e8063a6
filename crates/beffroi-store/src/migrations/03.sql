-- The annual reports. People are kept by their id and the name they had then, as in the workshop.
-- `frozen` is how often an edition was frozen.
CREATE TABLE report_editions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL,
    year INTEGER NOT NULL,
    copied_from INTEGER,
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    presented TEXT NOT NULL DEFAULT '',
    frozen INTEGER NOT NULL DEFAULT 0,
    frozen_at INTEGER,
    frozen_person INTEGER,
    frozen_name TEXT,
    UNIQUE (report, year),
    FOREIGN KEY (report, copied_from) REFERENCES report_editions(report, year),
    CHECK ((frozen = 0) = (frozen_at IS NULL)),
    CHECK ((frozen = 0) = (frozen_name IS NULL))
) STRICT;

CREATE TABLE report_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edition INTEGER NOT NULL REFERENCES report_editions(id),
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX report_steps_of_edition ON report_steps(edition, id);

-- `due` is a day: `2026-11-26`. `at` is when words or state were last changed, `revision` how often.
CREATE TABLE report_contributions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edition INTEGER NOT NULL REFERENCES report_editions(id),
    chapter TEXT NOT NULL,
    department TEXT,
    due TEXT,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    reading TEXT,
    at INTEGER,
    person INTEGER,
    name TEXT,
    words TEXT NOT NULL DEFAULT '',
    UNIQUE (edition, chapter),
    CHECK ((state = 'waiting') = (revision = 0)),
    CHECK ((state = 'confirmed') = (reading IS NOT NULL)),
    CHECK ((revision = 0) = (at IS NULL)),
    CHECK ((revision = 0) = (name IS NULL))
) STRICT;

-- What was saved; `revision` is that of the contribution.
CREATE TABLE report_words (
    contribution INTEGER NOT NULL REFERENCES report_contributions(id),
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (contribution, revision)
) STRICT;

CREATE TRIGGER report_words_stay BEFORE UPDATE ON report_words
BEGIN SELECT RAISE(ABORT, 'saved words are not altered'); END;

-- `basis` is the sentence that was worked out.
CREATE TABLE report_sentences (
    edition INTEGER NOT NULL REFERENCES report_editions(id),
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    basis TEXT NOT NULL,
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    PRIMARY KEY (edition, key)
) STRICT;

CREATE TABLE report_reminders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contribution INTEGER NOT NULL REFERENCES report_contributions(id),
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL
) STRICT;
CREATE INDEX report_reminders_of_contribution ON report_reminders(contribution);

-- A remark on a chapter is a comment, whose object is the chapter.
ALTER TABLE comments ADD COLUMN contribution INTEGER REFERENCES report_contributions(id)
    CHECK (contribution IS NULL OR draft IS NULL);
CREATE INDEX comments_of_contribution ON comments(contribution) WHERE contribution IS NOT NULL;
