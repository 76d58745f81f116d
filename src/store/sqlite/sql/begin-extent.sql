UPDATE extent SET first_seq = ?
