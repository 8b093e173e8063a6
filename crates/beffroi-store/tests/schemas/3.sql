BEGIN TRANSACTION;
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
INSERT INTO "audit_entries" VALUES(2,2,'read',1791619200000,1,'Élise Martin','192.0.2.7','test','board:logement','',X'42268AAD29553EC352EB873237DCD0F1D8DA4AC0DEAD4485030CC02F7C876CC2',X'A696690677F55295A66B900D2CB01369C907A4C16ED9E3F8292577102D92C47C');
INSERT INTO "audit_entries" VALUES(3,3,'change',1794297600000,1,'Élise Martin','192.0.2.7','test','board:logement','',X'722F7E330D562DE823653C8DEDDFF5A7F4AD9AC6E49D80105C76E4ECFCDD8E92',X'2E756ACF50609FBB2A61CBFF83E6DCE4204DC6F9BF3235A54103D5F99D954AD6');
INSERT INTO "audit_entries" VALUES(4,4,'system',1795694400000,NULL,'',NULL,'audit.expire','audit:read:2025-01','entries=1',X'545E72CCE74B5DB1BF32B3A489CF469D1F1513DD54B854B9F8D33EEA2E1CDE3E',X'C0F8654891A719543C4BF6EA2248F417544DEC22663F494EEFE69440F4A1253D');
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
INSERT INTO "audit_segments" VALUES(1,'read','2025-01',X'5D4E62E8495E2D824F859B128B980638863A86C53EB3C491D6AE0228A689789F',1,1,1,X'42268AAD29553EC352EB873237DCD0F1D8DA4AC0DEAD4485030CC02F7C876CC2',1795694400000);
INSERT INTO "audit_segments" VALUES(2,'read','2026-10',X'42268AAD29553EC352EB873237DCD0F1D8DA4AC0DEAD4485030CC02F7C876CC2',2,2,1,X'A696690677F55295A66B900D2CB01369C907A4C16ED9E3F8292577102D92C47C',NULL);
INSERT INTO "audit_segments" VALUES(3,'change','2026-11',X'722F7E330D562DE823653C8DEDDFF5A7F4AD9AC6E49D80105C76E4ECFCDD8E92',3,3,1,X'2E756ACF50609FBB2A61CBFF83E6DCE4204DC6F9BF3235A54103D5F99D954AD6',NULL);
INSERT INTO "audit_segments" VALUES(4,'system','2026-11',X'545E72CCE74B5DB1BF32B3A489CF469D1F1513DD54B854B9F8D33EEA2E1CDE3E',4,4,1,X'C0F8654891A719543C4BF6EA2248F417544DEC22663F494EEFE69440F4A1253D',NULL);
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
INSERT INTO "commentaries" VALUES(1,'indicateur:velos_locations','2025',1,'Élise Martin',1795694400000,'Grève.',1795694400000,'Élise Martin');
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
, contribution INTEGER REFERENCES report_contributions(id)
    CHECK (contribution IS NULL OR draft IS NULL)) STRICT;
INSERT INTO "comments" VALUES(1,2,'boards/velo#locations',1,'Élise Martin',1795694400000,'Depuis quand ?',1795694400000,'Personne bruno@clairval.fr',NULL);
INSERT INTO "comments" VALUES(2,NULL,'mobilites',9,'Quelqu’un de parti',1795694400000,'Et les trottinettes ?',1795694400000,'Élise Martin',1);
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
INSERT INTO "data_requests" VALUES(1,'voirie','culture','velos','Les locations','2026-12-31',1,'Élise Martin',1795694400000,1795694400000,'Personne bruno@clairval.fr','Envoyées.');
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
INSERT INTO "deliveries" VALUES(1,2,'velos','Vélos.csv','1.csv',12,'upload',1795694400000,'{}');
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
INSERT INTO "draft_files" VALUES(1,'boards/velo.toml',NULL,'title = "Vélo"
',1,1795694400000,'Personne bruno@clairval.fr');
INSERT INTO "draft_files" VALUES(1,'boards/vieux.toml','title = "Vieux"
',NULL,2,1795694400000,'Personne bruno@clairval.fr');
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
INSERT INTO "draft_steps" VALUES(1,1,1795694400000,2,'Personne bruno@clairval.fr','draft','review','note');
INSERT INTO "draft_steps" VALUES(2,1,1795694400000,1,'Élise Martin','review','publishing','note');
INSERT INTO "draft_steps" VALUES(3,1,1795694400000,1,'Élise Martin','publishing','published','');
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
INSERT INTO "drafts" VALUES(1,'Vélo',2,'Personne bruno@clairval.fr','voirie','published',2,1795694400000,1795694400000,1795694400000,1,'Élise Martin',0);
INSERT INTO "drafts" VALUES(2,'Ouvert',9,'Quelqu’un de parti',NULL,'draft',0,1795694400000,1795694400000,NULL,NULL,NULL,0);
CREATE TABLE flows (
    state BLOB PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    return_to TEXT NOT NULL,
    browser BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "flows" VALUES(X'4BA69735CA53765ED6A709EDB56C6EA236B7193A3B29A6B390C346F0F4340E4E','n','v','/',X'3E23E8160039594A33894F6564E1B1348BBD7A0088D42C4ACB73EEAED59C009D',1795694400000);
CREATE TABLE invitations (
    token BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    person INTEGER REFERENCES people(id) ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "invitations" VALUES(X'AA9477A51F860FE7DD8D607988AA8233508FC16BCCE0BC494A39C5997F7C4821','invitation',2,1796299200000);
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
INSERT INTO "people" VALUES(1,'elise@clairval.fr','Élise Martin','head administrator','voirie','nord',1,0,'$argon2id$v=19$m=19456,t=2,p=1$dszCQYwiwB9e6ct4NOshMQ$RaABtgO55GhEiBQioefCsvD2AHZRhOdtcXmZqh5RgJo',X'4BC56D37C8149C8B32BFCFF6604CBBE2B74330B2',NULL,59856480,'https://connexion.example|42',1795694400000,1795694400000);
INSERT INTO "people" VALUES(2,'bruno@clairval.fr','Personne bruno@clairval.fr','agent','voirie','nord',1,0,NULL,NULL,NULL,0,NULL,1795694400000,NULL);
INSERT INTO "people" VALUES(3,'demo@clairval.fr','Personne demo@clairval.fr','reader','voirie','nord',1,1,NULL,NULL,NULL,0,NULL,1795694400000,NULL);
CREATE TABLE recovery_codes (
    person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    code BLOB NOT NULL,
    PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;
INSERT INTO "recovery_codes" VALUES(1,X'3694DD38D47571AB7D5506721AC807BF694624C494A10BC562A0B3A93FC1A4ED');
INSERT INTO "recovery_codes" VALUES(1,X'546F213FC3434B45B6B02BF88C5AD10F451784D68CBAE784CA1019297C5C2673');
INSERT INTO "recovery_codes" VALUES(1,X'63EA6F07FA2AD7E165EBE547F4AE58C3BA151F483971F20657BAF392FDC0BDA1');
INSERT INTO "recovery_codes" VALUES(1,X'824F51AA8B7D42AE60363946ACC886F136D8BD4744AE85D7FE7550EB804FA5E4');
INSERT INTO "recovery_codes" VALUES(1,X'98C308A6D05D0CADDF3D6961311E37792C11A3D90D5587464936A900A72504C7');
INSERT INTO "recovery_codes" VALUES(1,X'AE2C200400411D5778CC1AF7D9D461310969AA6B8C448B501D007AF03C6149CD');
INSERT INTO "recovery_codes" VALUES(1,X'D3FBF1E81F74C7FAA80A9BD4B3DA6A85D7DFF958FC650C2229F4420BC0183803');
INSERT INTO "recovery_codes" VALUES(1,X'DC8E776385791010A550E9B3BEA7B4F8575111068BC6A62F538064C74DAA1344');
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
INSERT INTO "report_contributions" VALUES(1,1,'mobilites','voirie','2026-12-31','confirmed',3,'c0ffee',1795694400000,1,'Élise Martin','Le vélo **avance**.');
INSERT INTO "report_contributions" VALUES(2,1,'culture',NULL,NULL,'waiting',0,NULL,NULL,NULL,NULL,'');
INSERT INTO "report_contributions" VALUES(3,2,'mobilites','voirie','2026-12-31','waiting',0,NULL,NULL,NULL,NULL,'');
INSERT INTO "report_contributions" VALUES(4,2,'culture',NULL,NULL,'waiting',0,NULL,NULL,NULL,NULL,'');
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
INSERT INTO "report_editions" VALUES(1,'annuel',2025,NULL,1795694400000,1,'Élise Martin','Présenté au conseil municipal du 25 juin 2026',1,1795694400000,1,'Élise Martin');
INSERT INTO "report_editions" VALUES(2,'annuel',2026,2025,1795694400000,1,'Élise Martin','',0,NULL,NULL,NULL);
CREATE TABLE report_reminders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contribution INTEGER NOT NULL REFERENCES report_contributions(id),
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL
) STRICT;
INSERT INTO "report_reminders" VALUES(1,2,1795694400000,1,'Élise Martin');
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
INSERT INTO "report_sentences" VALUES(1,'mobilites/velos','Plus de vélos.','12 vélos de plus.',1795694400000,1,'Élise Martin');
CREATE TABLE report_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edition INTEGER NOT NULL REFERENCES report_editions(id),
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
INSERT INTO "report_steps" VALUES(1,1,1795694400000,1,'Élise Martin','opened','');
INSERT INTO "report_steps" VALUES(2,1,1795694400000,1,'Élise Martin','presented','Présenté au conseil municipal du 25 juin 2026');
INSERT INTO "report_steps" VALUES(3,1,1795694400000,1,'Élise Martin','confirmed','mobilites');
INSERT INTO "report_steps" VALUES(4,1,1795694400000,1,'Élise Martin','edited','mobilites/velos');
INSERT INTO "report_steps" VALUES(5,1,1795694400000,1,'Élise Martin','frozen','1');
INSERT INTO "report_steps" VALUES(6,2,1795694400000,1,'Élise Martin','opened','');
CREATE TABLE report_words (
    contribution INTEGER NOT NULL REFERENCES report_contributions(id),
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    person INTEGER,
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (contribution, revision)
) STRICT;
INSERT INTO "report_words" VALUES(1,1,1795694400000,9,'Quelqu’un de parti','Le vélo.');
INSERT INTO "report_words" VALUES(1,2,1795694400000,9,'Quelqu’un de parti','Le vélo **avance**.');
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
INSERT INTO "revisions" VALUES(1,'boards/velo.toml',1,1,1795694400000,2,'Personne bruno@clairval.fr','saved','titre','title = "Vélo"
');
INSERT INTO "revisions" VALUES(2,'boards/vieux.toml',1,2,1795694400000,2,'Personne bruno@clairval.fr','saved','',NULL);
INSERT INTO "revisions" VALUES(3,'boards/velo.toml',1,NULL,1795694400000,1,'Élise Martin','published','Vélo','title = "Vélo"
');
INSERT INTO "revisions" VALUES(4,'boards/vieux.toml',1,NULL,1795694400000,1,'Élise Martin','published','Vélo',NULL);
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
INSERT INTO "sessions" VALUES(1,X'0483D5C1BE237CC5B6FACBEBD0755984F75DD772EFB66BFAF2630A360C8808E5',1,'password','open','Firefox','192.0.2.7',1795694400000,1795694400000,NULL);
CREATE TABLE throttle (
    key BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    until INTEGER NOT NULL,
    stale INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "throttle" VALUES(X'B9A4AA5A6DA22EF020370D1EB22A279C61581E5A485036322C9E4B209A1F4730',1,0,1795695300000);
INSERT INTO "throttle" VALUES(X'D076165112D8E5639D0C3588466F67C9479AA608FC342F72A900A71F3E180175',1,0,1795695300000);
CREATE INDEX sessions_of_person ON sessions(person);
CREATE INDEX invitations_of_person ON invitations(person);
CREATE INDEX flows_by_age ON flows(created);
CREATE INDEX throttle_by_age ON throttle(stale);
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
CREATE INDEX drafts_by_change ON drafts(changed);
CREATE INDEX drafts_of_maker ON drafts(maker, changed);
CREATE INDEX drafts_by_stage ON drafts(stage, changed);
CREATE INDEX draft_steps_of_draft ON draft_steps(draft, id);
CREATE UNIQUE INDEX revisions_of_draft ON revisions(draft, path, number) WHERE kind = 'saved';
CREATE INDEX revisions_of_path ON revisions(path, id) WHERE kind <> 'saved';
CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is not altered'); END;
CREATE INDEX comments_of_draft ON comments(draft, id);
CREATE INDEX commentaries_of_object ON commentaries(object, id);
CREATE TRIGGER commentaries_stay
BEFORE UPDATE OF id, object, period, person, name, at, text ON commentaries
BEGIN SELECT RAISE(ABORT, 'a commentary is not altered'); END;
CREATE TRIGGER commentaries_are_withdrawn_once BEFORE UPDATE ON commentaries
WHEN old.withdrawn IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a commentary is withdrawn once'); END;
CREATE TRIGGER commentaries_last BEFORE DELETE ON commentaries
BEGIN SELECT RAISE(ABORT, 'a commentary is not removed'); END;
CREATE INDEX report_steps_of_edition ON report_steps(edition, id);
CREATE TRIGGER report_words_stay BEFORE UPDATE ON report_words
BEGIN SELECT RAISE(ABORT, 'saved words are not altered'); END;
CREATE INDEX report_reminders_of_contribution ON report_reminders(contribution);
CREATE INDEX comments_of_contribution ON comments(contribution) WHERE contribution IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('people',3);
INSERT INTO "sqlite_sequence" VALUES('sessions',1);
INSERT INTO "sqlite_sequence" VALUES('audit_segments',4);
INSERT INTO "sqlite_sequence" VALUES('audit_entries',4);
INSERT INTO "sqlite_sequence" VALUES('drafts',2);
INSERT INTO "sqlite_sequence" VALUES('commentaries',1);
INSERT INTO "sqlite_sequence" VALUES('comments',2);
INSERT INTO "sqlite_sequence" VALUES('data_requests',1);
INSERT INTO "sqlite_sequence" VALUES('deliveries',1);
INSERT INTO "sqlite_sequence" VALUES('draft_steps',3);
INSERT INTO "sqlite_sequence" VALUES('revisions',4);
INSERT INTO "sqlite_sequence" VALUES('report_editions',2);
INSERT INTO "sqlite_sequence" VALUES('report_steps',6);
INSERT INTO "sqlite_sequence" VALUES('report_contributions',4);
INSERT INTO "sqlite_sequence" VALUES('report_reminders',1);
COMMIT;
PRAGMA user_version = 3;
