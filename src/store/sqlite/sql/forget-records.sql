DELETE FROM journal WHERE seq < ?
