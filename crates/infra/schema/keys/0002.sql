-- Level 2 of keys.db: the keys that a key wraps are found without reading all of them.

CREATE INDEX keys_by_parent ON keys (parent) WHERE parent IS NOT NULL;
