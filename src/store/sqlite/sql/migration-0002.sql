ALTER TABLE lease ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;

ALTER TABLE run ADD COLUMN since INTEGER;

ALTER TABLE run ADD COLUMN first_seq INTEGER;

ALTER TABLE run ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;

CREATE TABLE tasks (
  task_id TEXT PRIMARY KEY,
  agent_type TEXT NOT NULL,
  state TEXT NOT NULL,
  fence INTEGER,
  claims_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  fence INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  agent_id TEXT NOT NULL,
  state TEXT NOT NULL,
  is_shared INTEGER NOT NULL
) STRICT;

CREATE TABLE running_agent (
  agent_id TEXT PRIMARY KEY,
  fence INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
  fence INTEGER NOT NULL,
  access TEXT NOT NULL,
  kind TEXT NOT NULL,
  claim TEXT NOT NULL,
  exact TEXT,
  is_shared INTEGER NOT NULL,
  PRIMARY KEY (fence, access, kind, claim)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_writer ON claims (exact) WHERE access = 'write' AND is_shared = 0;
