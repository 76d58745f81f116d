UPDATE lease SET holder = ?, epoch = epoch + 1 WHERE name = 'orchestrator'
