INSERT INTO claims (fence, access, kind, claim, exact, is_shared) VALUES (?, ?, ?, ?, ?, ?)
