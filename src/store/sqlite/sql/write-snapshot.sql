INSERT OR REPLACE INTO snapshot (slot, seq, since, version, parts, checksum) VALUES (?, ?, ?, ?, ?, ?)
