DELETE FROM running_agent WHERE fence = ?
