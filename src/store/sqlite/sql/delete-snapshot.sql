DELETE FROM snapshot WHERE slot = ?
