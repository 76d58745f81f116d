SELECT
  slot,
  CAST(seq AS INTEGER) AS seq,
  CAST(since AS INTEGER) AS since,
  CAST(version AS INTEGER) AS version,
  CAST(parts AS INTEGER) AS parts,
  CAST(checksum AS INTEGER) AS checksum
FROM snapshot ORDER BY seq DESC
