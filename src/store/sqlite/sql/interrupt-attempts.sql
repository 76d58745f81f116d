UPDATE attempts SET state = 'interrupted' WHERE state IN ('running', 'quarantined')
