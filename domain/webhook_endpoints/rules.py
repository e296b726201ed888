"""When a delivery is tried again, and when it is given up."""

import random
from datetime import datetime, timedelta

TRIED_FOR = timedelta(days=3)
FIRST_WAIT = timedelta(seconds=5)
"""Before the second try; three times as long before each one after it."""
LONGEST_WAIT = timedelta(hours=6)
"""Between two tries, whatever a Retry-After asks for."""
JITTER = 0.2
MOST_DEAD = 3
"""So many dead letters in a row, nine days without a word, disable an endpoint."""


def next_attempt(
    *, created_at: datetime, attempts: int, at: datetime, retry_after: timedelta | None = None
) -> datetime | None:
    """When to try again after `attempts` that failed, the last one `at`; None where it is a dead letter.

    The last try is three days after the first was due. `retry_after` is what the receiver asked for.
    """
    given_up_at = created_at + TRIED_FOR
    if at >= given_up_at:
        return None
    wait = min(FIRST_WAIT * int(3 ** min(attempts - 1, 10)), LONGEST_WAIT)
    wait *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (jitter, not a secret)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_WAIT))
    return min(at + wait, given_up_at)
