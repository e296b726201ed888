"""When a failed synchronisation is tried again."""

import pytest

from domain.bank_links.rules import LONGEST_WAIT_SECONDS, wait_seconds


@pytest.mark.parametrize(("failures", "seconds"), [(1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (1_000_000, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: float) -> None:
    assert wait_seconds(failures, 0) == seconds


@pytest.mark.parametrize("failures", [1, 5, 100])
def test_jitter_takes_off_up_to_half(failures: int) -> None:
    whole = wait_seconds(failures, 0)

    assert wait_seconds(failures, 1) == whole / 2
    assert wait_seconds(failures, 0.5) == whole * 0.75


def test_what_the_provider_asks_for_is_the_least() -> None:
    assert wait_seconds(1, 1, least=5) == 5
    assert wait_seconds(10, 0, least=5) == LONGEST_WAIT_SECONDS
