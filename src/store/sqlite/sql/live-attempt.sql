SELECT CAST(state AS BLOB) AS state, CAST(is_shared AS INTEGER) AS is_shared
FROM attempts WHERE fence = ? AND state IN ('running', 'quarantined')
