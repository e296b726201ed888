"""When a failed synchronisation is tried again, and when people are told."""

LEASE_SECONDS = 20
LONGEST_WAIT_SECONDS = 900.0
TROUBLE_AFTER = 3
"""Failures in a row after which a link counts as FAILING and its person is told."""


def wait_seconds(failures: int, jitter: float, *, least: float = 0) -> float:
    """Doubles with each failure in a row, up to a quarter of an hour; `jitter` (0 to 1) takes off up to half of it.

    `least` is what the provider asked for.
    """
    whole = min(2.0 ** min(failures, 20), LONGEST_WAIT_SECONDS)
    return max(whole * (1 - jitter / 2), least)
