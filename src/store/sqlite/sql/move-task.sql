UPDATE tasks SET state = ?, fence = ? WHERE task_id = ?
