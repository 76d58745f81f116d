INSERT INTO tasks (task_id, agent_type, state, fence, claims_seq) VALUES (?, ?, 'waiting', NULL, ?)
