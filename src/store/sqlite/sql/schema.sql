SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name
