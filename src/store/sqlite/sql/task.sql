SELECT CAST(state AS BLOB) AS state FROM tasks WHERE task_id = ?
