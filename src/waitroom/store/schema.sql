-- The tables of the SQLite store.
--
-- Sections begin with "-- version N" and are applied in order, each in one transaction; the version
-- reached stands in PRAGMA user_version. A section that was released is never changed: add one.
--
-- Everything that belongs to a run of an event hangs on its epoch, which is never used twice. A
-- reset is one UPDATE that gives the event a new epoch; what hung on the old one is swept up later.

-- version 1

-- last_epoch: the highest epoch given out. secret_fingerprint: which deployment secret this is of.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

-- One row per event. definition: JSON of the operator's settings but the state.
CREATE TABLE events (
    event_id      TEXT PRIMARY KEY,
    definition    TEXT NOT NULL,
    state         TEXT NOT NULL,
    pauses        TEXT NOT NULL,     -- JSON [[start, end or null], ...]
    epoch         INTEGER NOT NULL,
    queue         INTEGER NOT NULL DEFAULT 0,
    serving       INTEGER NOT NULL DEFAULT 0,
    tokens        INTEGER NOT NULL DEFAULT 0,
    completed     INTEGER NOT NULL DEFAULT 0,
    abandoned     INTEGER NOT NULL DEFAULT 0,
    expired       INTEGER NOT NULL DEFAULT 0,
    expired_up_to INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Arrivals curve: the last position given out in each second in which somebody joined.
CREATE TABLE arrivals (
    epoch  INTEGER NOT NULL,
    second INTEGER NOT NULL,
    queue  INTEGER NOT NULL,
    PRIMARY KEY (epoch, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX arrivals_by_position ON arrivals (epoch, queue);

-- Servings curve: when the serving counter reached which position, at most one row a second.
CREATE TABLE servings (
    epoch     INTEGER NOT NULL,
    serving   INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    PRIMARY KEY (epoch, serving)
) STRICT, WITHOUT ROWID;
CREATE INDEX servings_by_time ON servings (epoch, issued_at);

-- One row per admitted visitor. status: 0 active, 1 completed, -1 abandoned.
CREATE TABLE sessions (
    epoch      INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    entry_time INTEGER NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    issuer     TEXT NOT NULL,
    status     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (epoch, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (epoch, expires_at, position, status);

-- Steps that were done and must not be done again; kept for a day.
CREATE TABLE slots (
    epoch   INTEGER NOT NULL,
    slot    TEXT NOT NULL,
    done_at INTEGER NOT NULL,
    PRIMARY KEY (epoch, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_by_time ON slots (done_at);

-- Epochs that were reset or deleted and whose rows are still to be swept up.
CREATE TABLE dead_epochs (
    epoch INTEGER PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    kid        TEXT PRIMARY KEY,
    algorithm  TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    key_id     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,        -- separated by spaces
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    digest     BLOB NOT NULL,
    sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- version 2

-- Counts what was done to the event but joins and admissions (core/model.py: Snapshot).
ALTER TABLE events ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- version 3

-- Short texts by name that inlets, gates and the outbox leave with the event: JSON object, by name.
ALTER TABLE events ADD COLUMN notes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE events ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;
-- How many sessions are not marked and expire after lapsed_at: what a cap costs is then to count
-- those that expired between lapsed_at and now. Brought up to date by whoever comes to the door.
ALTER TABLE events ADD COLUMN active INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN lapsed_at INTEGER NOT NULL DEFAULT 0;
-- How many facts are kept, and the highest seq one ever had (meta: last_fact, of deleted events).
ALTER TABLE events ADD COLUMN facts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN last_fact INTEGER NOT NULL DEFAULT 0;
UPDATE events SET active=(
    SELECT count(*) FROM sessions WHERE sessions.epoch=events.epoch AND status=0 AND expires_at>0
);

-- Places whose visitors came in time and found the site full: about when they last asked
-- (core/rules.py: held_since).
CREATE TABLE held (
    epoch    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (epoch, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_time ON held (epoch, asked_at);

-- Places that were given up and that no sweep has passed since.
CREATE TABLE given_up (
    epoch    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (epoch, position)
) STRICT, WITHOUT ROWID;

-- What others are still to be told: core/facts.py. data: JSON object.
CREATE TABLE outbox (
    event_id TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    type     TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    data     TEXT NOT NULL,
    PRIMARY KEY (event_id, seq)
) STRICT, WITHOUT ROWID;

-- lane: JSON of core/facts.py: Lane.
CREATE TABLE lanes (
    event_id        TEXT NOT NULL,
    subscription_id TEXT NOT NULL,
    lane            TEXT NOT NULL,
    PRIMARY KEY (event_id, subscription_id)
) STRICT, WITHOUT ROWID;

-- letter: JSON of core/facts.py: DeadLetter.
CREATE TABLE dead_letters (
    event_id        TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    subscription_id TEXT NOT NULL,
    letter          TEXT NOT NULL,
    PRIMARY KEY (event_id, seq, subscription_id)
) STRICT, WITHOUT ROWID;

-- subscription: JSON of core/facts.py: Subscription.
CREATE TABLE subscriptions (
    subscription_id TEXT PRIMARY KEY,
    subscription    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Audit logs: of events, and (event_id empty) of the deployment. seq has no gaps. seal: hex, empty
-- until laid.
CREATE TABLE log (
    event_id TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    source   TEXT NOT NULL,
    action   TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    seal     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (event_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_unsealed ON log (event_id, seq) WHERE seal='';

-- Events that are gone and whose logs stay for a while (LOG_LIFETIME).
CREATE TABLE dead_logs (
    event_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- version 4

-- One-time codes that were used: by name, up to when they are remembered.
CREATE TABLE used_codes (
    epoch INTEGER NOT NULL,
    code  TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (epoch, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_codes_by_time ON used_codes (until);

-- version 5

-- As in the definition, so that a join need not take that apart: from when on newcomers get a place.
ALTER TABLE events ADD COLUMN opens_at INTEGER NOT NULL DEFAULT 0;

-- What events' pages are dressed with, by version; kept_at rises with each that is kept.
CREATE TABLE themes (
    event_id TEXT NOT NULL,
    version  TEXT NOT NULL,
    kept_at  INTEGER NOT NULL,
    theme    BLOB NOT NULL,          -- JSON of core/theme.py: Theme
    PRIMARY KEY (event_id, version)
) STRICT;

-- The counters that the two curves do not tell, as they were at some seconds.
CREATE TABLE samples (
    epoch     INTEGER NOT NULL,
    second    INTEGER NOT NULL,
    tokens    INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    abandoned INTEGER NOT NULL,
    expired   INTEGER NOT NULL,
    active    INTEGER NOT NULL,
    PRIMARY KEY (epoch, second)
) STRICT, WITHOUT ROWID;
