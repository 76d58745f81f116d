UPDATE attempts SET state = 'quarantined' WHERE fence = ? AND state = 'running'
