-- Level 1 of search.db, which is built from the log and may be thrown away: a change is a new file with the next number,
-- or a fresh index.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
  level INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL
) STRICT;

-- Episodes, numbered in the order of the log. gone: 0 no, 1 hidden, 2 being taken out.
CREATE TABLE episodes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX episodes_by_conversation ON episodes (conversation, id);
CREATE INDEX episodes_by_first ON episodes (first);
CREATE INDEX episodes_by_last ON episodes (last);
CREATE INDEX episodes_gone ON episodes (gone) WHERE gone > 0;

-- What was taken in at one time, or what several of those were made into. state: 0 read, 1 being written, 2 being
-- deleted. target: the segment that it is being made part of.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  level INTEGER NOT NULL,
  state INTEGER NOT NULL,
  target INTEGER,
  next INTEGER
) STRICT;

-- Where a token stands: episode, seq and who said it in one number each, as differences.
CREATE TABLE postings (
  segment INTEGER NOT NULL,
  token INTEGER NOT NULL,
  places BLOB NOT NULL,
  PRIMARY KEY (segment, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE words (
  token INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT;
