SELECT CAST(holder AS BLOB) AS holder, CAST(epoch AS INTEGER) AS epoch, CAST(checksum AS INTEGER) AS checksum
FROM lease WHERE name = 'orchestrator'
