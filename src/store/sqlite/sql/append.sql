INSERT INTO journal (seq, epoch, at, type, data, checksum)
SELECT ?, epoch, ?, ?, ?, ? FROM lease WHERE name = 'orchestrator' AND epoch = ?
