SELECT
  epoch,
  CAST(run_id AS BLOB) AS run_id,
  CAST(started_at AS REAL) AS started_at,
  CAST(ended_at AS REAL) AS ended_at,
  CAST(summary AS BLOB) AS summary
FROM run ORDER BY epoch
