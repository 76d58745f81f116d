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
) STRICT;

CREATE TABLE extent (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
  epoch INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  started_at REAL NOT NULL,
  ended_at REAL,
  summary TEXT
) STRICT;

INSERT INTO extent (one, first_seq, last_seq) VALUES (1, 1, 0);

INSERT INTO lease (name, holder, epoch) VALUES ('orchestrator', NULL, 0);
