DELETE FROM seal WHERE first_seq < ?
