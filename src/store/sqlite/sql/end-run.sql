UPDATE run SET ended_at = ?, summary = ? WHERE epoch = ? AND ended_at IS NULL
