CREATE TABLE attempts (
  fence INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  agent_id TEXT NOT NULL,
  state TEXT NOT NULL,
  is_shared INTEGER NOT NULL
) STRICT;

CREATE TABLE claims (
  fence INTEGER NOT NULL,
  access TEXT NOT NULL,
  kind TEXT NOT NULL,
  claim TEXT NOT NULL,
  exact TEXT,
  is_shared INTEGER NOT NULL,
  PRIMARY KEY (fence, access, kind, claim)
) STRICT, WITHOUT ROWID;

CREATE TABLE extent (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT;

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  at REAL NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder TEXT,
  epoch INTEGER NOT NULL
, checksum INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE UNIQUE INDEX one_writer ON claims (exact) WHERE access = 'write' AND is_shared = 0;

CREATE TABLE run (
  epoch INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  started_at REAL NOT NULL,
  ended_at REAL,
  summary TEXT
, since INTEGER, first_seq INTEGER, checksum INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE running_agent (
  agent_id TEXT PRIMARY KEY,
  fence INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE seal (
  last_seq INTEGER PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE snapshot (
  slot INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  since INTEGER NOT NULL,
  version INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE snapshot_part (
  slot INTEGER NOT NULL,
  part INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  data TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (slot, part)
) STRICT;

CREATE TABLE tasks (
  task_id TEXT PRIMARY KEY,
  agent_type TEXT NOT NULL,
  state TEXT NOT NULL,
  fence INTEGER,
  claims_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
