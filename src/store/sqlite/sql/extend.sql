UPDATE extent SET last_seq = ?
