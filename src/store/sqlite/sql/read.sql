SELECT seq, epoch, at, CAST(type AS BLOB) AS type, CAST(data AS BLOB) AS data, checksum
FROM journal WHERE seq > ? ORDER BY seq
