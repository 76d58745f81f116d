INSERT OR REPLACE INTO snapshot_part (slot, part, seq, data, checksum) VALUES (?, ?, ?, ?, ?)
