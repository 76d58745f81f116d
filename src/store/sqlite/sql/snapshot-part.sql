SELECT CAST(seq AS INTEGER) AS seq, CAST(data AS BLOB) AS data, CAST(checksum AS INTEGER) AS checksum
FROM snapshot_part WHERE slot = ? AND part = ?
