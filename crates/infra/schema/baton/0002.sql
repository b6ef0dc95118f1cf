-- Level 2 of baton.db: rows know their person, inbox, deadline and tags; entries of other lists; hidden conversations.

ALTER TABLE list_rows ADD COLUMN person BLOB;
ALTER TABLE list_rows ADD COLUMN inbox BLOB;
ALTER TABLE list_rows ADD COLUMN due INTEGER;
ALTER TABLE list_rows ADD COLUMN snoozed INTEGER NOT NULL DEFAULT 0;
-- Ids of sixteen bytes each, one behind the other.
ALTER TABLE list_rows ADD COLUMN tags BLOB NOT NULL DEFAULT x'';

-- What a row of level 1 says in its JSON. A promise (holder 2) has its deadline there; nothing was snoozed or tagged.
UPDATE list_rows SET
  person = unhex(replace(json_extract(CAST(data AS TEXT), '$.person'), '-', '')),
  inbox = unhex(replace(json_extract(CAST(data AS TEXT), '$.inbox'), '-', '')),
  due = CASE holder WHEN 2 THEN json_extract(CAST(data AS TEXT), '$.holder.due') END
WHERE json_valid(CAST(data AS TEXT));

-- With the inbox, so that a count of the open lists without some inboxes reads the index alone.
DROP INDEX list_rows_by_holder;
CREATE INDEX list_rows_by_holder ON list_rows (holder, sort, id, inbox, snoozed);
CREATE INDEX list_rows_by_person ON list_rows (person, sort, id) WHERE person IS NOT NULL;
CREATE INDEX list_rows_by_due ON list_rows (holder, due) WHERE due IS NOT NULL;

CREATE TABLE row_tags (
  tag BLOB NOT NULL,
  id BLOB NOT NULL,
  PRIMARY KEY (id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX row_tags_by_tag ON row_tags (tag, id);

-- Lists of other things than conversations. The first index has all that a tally reads.
CREATE TABLE entries (
  list TEXT NOT NULL,
  id BLOB NOT NULL,
  conversation BLOB NOT NULL,
  inbox BLOB,
  owner BLOB,
  state TEXT NOT NULL,
  mark_1 TEXT NOT NULL,
  mark_2 TEXT NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (list, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_time ON entries (list, at, id, state, mark_1, mark_2, inbox);
CREATE INDEX entries_by_state ON entries (list, state, at, id);
CREATE INDEX entries_by_owner ON entries (list, owner, at, id, state) WHERE owner IS NOT NULL;
CREATE INDEX entries_by_conversation ON entries (conversation);

-- Conversations that no list shows again.
CREATE TABLE hidden (
  conversation BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
