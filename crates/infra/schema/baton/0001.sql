-- Level 1 of baton.db. Frozen with the first release: a change is a new file with the next number.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
  level INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL
) STRICT;

-- Names of streams are long; everything else uses their number.
CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  seq INTEGER NOT NULL
) STRICT;

-- The log: appended by row id, which is the offset. Header before body, so that reading headers never touches the
-- overflow pages of bodies.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  position INTEGER,
  header BLOB NOT NULL,
  body BLOB
) STRICT;
CREATE UNIQUE INDEX events_by_seq ON events (stream, seq);
CREATE UNIQUE INDEX events_by_position ON events (stream, position) WHERE position IS NOT NULL;

-- The outbox. AUTOINCREMENT: the receipt of a finished effect must never hit a new one with its number.
-- head: the first of its lane; due: the end of its lease, or the moment before which it must not be tried.
CREATE TABLE effects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  lane TEXT NOT NULL,
  effect BLOB NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  head INTEGER NOT NULL,
  parked TEXT
) STRICT;
CREATE INDEX effects_by_lane ON effects (lane, id) WHERE parked IS NULL;
CREATE INDEX effects_to_do ON effects (due, id) WHERE head = 1;
CREATE INDEX effects_parked ON effects (id) WHERE parked IS NOT NULL;

CREATE TABLE timers (
  stream INTEGER PRIMARY KEY,
  due INTEGER NOT NULL
) STRICT;
CREATE INDEX timers_by_due ON timers (due, stream);

CREATE TABLE links (
  connection BLOB NOT NULL,
  conversation BLOB NOT NULL,
  outside BLOB,
  state BLOB NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (connection, conversation)
) STRICT;
CREATE UNIQUE INDEX links_by_outside ON links (connection, outside) WHERE outside IS NOT NULL;

CREATE TABLE list_rows (
  id BLOB PRIMARY KEY,
  seq INTEGER NOT NULL,
  holder INTEGER NOT NULL,
  holder_id BLOB,
  offered_to BLOB,
  sort INTEGER NOT NULL,
  reference TEXT NOT NULL,
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX list_rows_by_holder ON list_rows (holder, sort, id);
CREATE INDEX list_rows_by_holder_id ON list_rows (holder_id, sort, id) WHERE holder_id IS NOT NULL;
CREATE INDEX list_rows_by_offer ON list_rows (offered_to, sort, id) WHERE offered_to IS NOT NULL;
CREATE INDEX list_rows_by_reference ON list_rows (reference);

CREATE TABLE records (
  kind TEXT NOT NULL,
  key BLOB NOT NULL,
  value BLOB NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_end ON records (expires);

-- A lease that was let go keeps its row, so that its epoch never falls.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  owner BLOB,
  epoch INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
