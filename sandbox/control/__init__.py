"""What the real bank does not offer: listing items, setting faults, loading histories."""
