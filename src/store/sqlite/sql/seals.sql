SELECT last_seq, CAST(first_seq AS INTEGER) AS first_seq, CAST(checksum AS INTEGER) AS checksum FROM seal ORDER BY last_seq
