SELECT
  epoch,
  CAST(run_id AS BLOB) AS run_id,
  CAST(started_at AS REAL) AS started_at,
  CAST(since AS INTEGER) AS since,
  CAST(first_seq AS INTEGER) AS first_seq,
  CAST(ended_at AS REAL) AS ended_at,
  CAST(summary AS BLOB) AS summary,
  CAST(checksum AS INTEGER) AS checksum
FROM run ORDER BY epoch
