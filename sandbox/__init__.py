"""A bank that speaks Plaid's wire protocol, for development and tests. It imports nothing of the other folders."""
