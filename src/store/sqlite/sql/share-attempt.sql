UPDATE attempts SET is_shared = 1 WHERE fence = ?
