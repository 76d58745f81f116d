SELECT CAST(epoch AS INTEGER) AS epoch, MIN(seq) AS first_seq FROM journal GROUP BY epoch
