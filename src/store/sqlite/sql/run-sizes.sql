SELECT
  CAST(epoch AS INTEGER) AS epoch,
  COUNT(*) AS records,
  TOTAL(length(CAST(type AS BLOB)) + length(CAST(data AS BLOB)) + 40) AS bytes,
  MAX(seq) AS last_seq
FROM journal GROUP BY epoch
