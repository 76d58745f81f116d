SELECT CAST(data AS BLOB) AS data FROM journal WHERE seq = ?
