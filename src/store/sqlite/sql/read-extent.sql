SELECT CAST(first_seq AS INTEGER) AS first_seq, CAST(last_seq AS INTEGER) AS last_seq FROM extent
