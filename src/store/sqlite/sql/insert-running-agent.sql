INSERT INTO running_agent (agent_id, fence) VALUES (?, ?)
