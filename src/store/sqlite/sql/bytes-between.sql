SELECT
  COUNT(*) AS records,
  CAST(
    group_concat(
      seq || char(31) || epoch || char(31) || format('%!.17g', at) || char(31) || type || char(31) || data || char(31) || checksum,
      char(30)
    ) AS BLOB
  ) AS bytes
FROM (SELECT * FROM journal WHERE seq >= ? AND seq <= ? ORDER BY seq)
