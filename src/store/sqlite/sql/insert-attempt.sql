INSERT INTO attempts (fence, task_id, attempt, agent_id, state, is_shared) VALUES (?, ?, ?, ?, 'running', 0)
