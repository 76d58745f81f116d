UPDATE lease SET holder = ?, epoch = ?, checksum = ? WHERE name = 'orchestrator'
