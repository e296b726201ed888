"""Processes are killed at random moments amid everything that Coffer does; afterwards everything must be right."""
