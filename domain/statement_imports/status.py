"""Where an import stands, as the contract names it."""

AWAITING_FILE, READING, DONE, FAILED = "AWAITING_FILE", "READING", "DONE", "FAILED"
