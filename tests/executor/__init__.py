"""Proof that our executor answers as graphql-core's does: generated documents on both, over the same data."""
