SELECT CAST(holder AS BLOB) AS holder, CAST(epoch AS INTEGER) AS epoch FROM lease WHERE name = 'orchestrator'
