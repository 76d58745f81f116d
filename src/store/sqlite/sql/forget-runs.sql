DELETE FROM run WHERE epoch <= ?
