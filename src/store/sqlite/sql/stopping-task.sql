UPDATE tasks SET state = 'stopping' WHERE task_id = ? AND state = 'running'
