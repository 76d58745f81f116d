SELECT (SELECT MIN(seq) FROM journal) AS first_seq, (SELECT MAX(seq) FROM journal) AS last_seq
