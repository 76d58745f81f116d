DELETE FROM claims WHERE fence = ?
