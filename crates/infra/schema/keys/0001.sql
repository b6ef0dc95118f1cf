-- Level 1 of keys.db. Frozen with the first release: a change is a new file with the next number.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
  level INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL
) STRICT;

-- A destroyed key keeps its id and loses its bytes, so that it cannot come back.
CREATE TABLE keys (
  id BLOB PRIMARY KEY,
  parent BLOB,
  wrapped BLOB
) STRICT, WITHOUT ROWID;
