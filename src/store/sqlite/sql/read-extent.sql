SELECT first_seq, last_seq FROM extent
