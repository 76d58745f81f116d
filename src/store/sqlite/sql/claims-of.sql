SELECT CAST(access AS BLOB) AS access, CAST(kind AS BLOB) AS kind, CAST(claim AS BLOB) AS claim, CAST(exact AS BLOB) AS exact
FROM claims WHERE fence = ?
