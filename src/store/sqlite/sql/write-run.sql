INSERT OR REPLACE INTO run (epoch, run_id, started_at, since, first_seq, ended_at, summary, checksum)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
