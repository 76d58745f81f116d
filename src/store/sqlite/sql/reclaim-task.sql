UPDATE tasks SET claims_seq = ? WHERE task_id = ?
