"""What a process runs on: settings, database, unit, reader, journal, keys, clock."""
