INSERT OR REPLACE INTO seal (last_seq, first_seq, checksum) VALUES (?, ?, ?)
