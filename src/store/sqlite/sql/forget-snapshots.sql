DELETE FROM snapshot WHERE since < ?
