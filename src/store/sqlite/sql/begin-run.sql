INSERT INTO run (epoch, run_id, started_at) VALUES (?, ?, ?)
