DELETE FROM snapshot_part WHERE slot = ? AND part >= ?
