DELETE FROM attempts
