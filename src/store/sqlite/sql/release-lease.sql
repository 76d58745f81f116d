UPDATE lease SET holder = NULL WHERE name = 'orchestrator' AND epoch = ?
