-- Level 3 of baton.db: what is old is packed, so that the index of the hot table covers what is active alone.

-- The chain after the event, kept by its own commit. None on events of level 2, but for the last of a stream.
ALTER TABLE events ADD COLUMN chain BLOB;

-- A second index on every message that only catch-ups read; positions rise with seq, and reading goes along that.
DROP INDEX events_by_position;

-- The last seq of a stream is that of its last event: no row of this table changes with a message any more.
ALTER TABLE streams DROP COLUMN seq;

-- Stretches of streams that were moved out of the hot table. position: the highest in it; chain: after `last`; sum: the
-- hash of the row. Headers, deflated, before bodies, which are as they were sealed.
CREATE TABLE packs (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  position INTEGER,
  chain BLOB NOT NULL,
  sum BLOB NOT NULL,
  headers BLOB NOT NULL,
  bodies BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX packs_by_seq ON packs (stream, last);

-- The order of commits: stream and seq of every offset from `first` to `last`, written before any of them is packed.
CREATE TABLE places (
  last INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  sum BLOB NOT NULL,
  places BLOB NOT NULL
) STRICT;

-- States of long streams, as a cache: any row may be thrown away.
CREATE TABLE snapshots (
  stream INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  level INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT;
