DELETE FROM snapshot_part WHERE slot NOT IN (SELECT slot FROM snapshot)
