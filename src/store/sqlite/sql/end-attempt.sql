UPDATE attempts SET state = ? WHERE fence = ? AND state IN ('running', 'quarantined')
