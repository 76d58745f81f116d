SELECT CAST(holder AS BLOB) AS holder, epoch FROM lease WHERE name = 'orchestrator'
