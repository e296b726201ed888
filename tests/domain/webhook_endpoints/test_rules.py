"""When a delivery is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from domain.webhook_endpoints.rules import LONGEST_WAIT, TRIED_FOR, next_attempt

BEGUN = datetime(2026, 11, 20, tzinfo=UTC)


def waits(retry_after: timedelta | None = None) -> list[timedelta]:
    """Between tries that all fail at once, until it is given up."""
    at = BEGUN
    found: list[timedelta] = []
    for attempts in range(1, 1000):
        following = next_attempt(created_at=BEGUN, attempts=attempts, at=at, retry_after=retry_after)
        if following is None:
            return found
        found.append(following - at)
        at = following
    raise AssertionError("it is never given up")


def test_the_last_try_is_three_days_after_the_first() -> None:
    assert sum(waits(), timedelta()) == TRIED_FOR


def test_waits_grow_and_end_growing() -> None:
    found = waits()

    assert timedelta(seconds=4) <= found[0] <= timedelta(seconds=6)
    assert all(later > earlier * 1.5 for earlier, later in pairwise(found[:8]))
    assert max(found) <= LONGEST_WAIT * 1.2
    assert 15 <= len(found) <= 30


def test_no_two_endpoints_wait_alike() -> None:
    assert len({waits()[3] for _ in range(20)}) > 15


def test_a_receiver_s_word_counts_within_bounds() -> None:
    asked = next_attempt(created_at=BEGUN, attempts=1, at=BEGUN, retry_after=timedelta(minutes=10))
    too_much = next_attempt(created_at=BEGUN, attempts=1, at=BEGUN, retry_after=timedelta(days=30))

    assert asked == BEGUN + timedelta(minutes=10)
    assert too_much == BEGUN + LONGEST_WAIT


def test_it_is_given_up_after_three_days() -> None:
    assert next_attempt(created_at=BEGUN, attempts=20, at=BEGUN + TRIED_FOR) is None
