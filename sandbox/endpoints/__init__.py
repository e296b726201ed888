"""Plaid's own endpoints: each takes checked credentials and a body, and returns the answer without its request id."""
