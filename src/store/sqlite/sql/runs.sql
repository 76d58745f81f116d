SELECT epoch, CAST(run_id AS BLOB) AS run_id, started_at, ended_at, CAST(summary AS BLOB) AS summary
FROM run ORDER BY epoch
