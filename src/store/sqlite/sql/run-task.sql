UPDATE tasks SET state = 'running', fence = ? WHERE task_id = ? RETURNING CAST(claims_seq AS INTEGER) AS claims_seq
