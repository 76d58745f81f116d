SELECT
  seq,
  CAST(epoch AS INTEGER) AS epoch,
  CAST(at AS REAL) AS at,
  CAST(type AS BLOB) AS type,
  CAST(data AS BLOB) AS data,
  CAST(checksum AS INTEGER) AS checksum
FROM journal WHERE seq > ? ORDER BY seq LIMIT ?
