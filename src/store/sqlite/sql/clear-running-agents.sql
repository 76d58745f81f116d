DELETE FROM running_agent
