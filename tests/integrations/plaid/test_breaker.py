"""The circuit breaker, on a clock that is turned by hand."""

import pytest

from domain.bank_links.feed import ProviderDown
from integrations.plaid.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.check()
        breaker.failed()
    return breaker


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(Clock())

    for _ in range(10):
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.succeeded()

    breaker.check()


def test_failures_in_a_row_open_it_for_a_while() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.time += FIRST_PAUSE / 2

    with pytest.raises(ProviderDown) as raised:
        breaker.check()

    assert raised.value.wait_seconds == FIRST_PAUSE / 2


def test_afterwards_one_request_looks_and_the_others_wait() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.time += FIRST_PAUSE

    breaker.check()

    with pytest.raises(ProviderDown):
        breaker.check()


def test_a_look_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.time += FIRST_PAUSE
    breaker.check()
    breaker.succeeded()

    for _ in range(3):
        breaker.check()


def test_looks_that_fail_make_the_pause_longer_up_to_a_bound() -> None:
    clock = Clock()
    breaker = opened(clock)
    pauses = []

    for _ in range(6):
        with pytest.raises(ProviderDown) as raised:
            breaker.check()
        pauses.append(raised.value.wait_seconds)
        clock.time += raised.value.wait_seconds
        breaker.check()
        breaker.failed()

    assert pauses == [5, 10, 20, 40, LONGEST_PAUSE, LONGEST_PAUSE]


def test_answers_of_requests_sent_before_it_opened_do_not_matter_much() -> None:
    clock = Clock()
    breaker = opened(clock)

    breaker.failed()

    with pytest.raises(ProviderDown) as raised:
        breaker.check()
    assert raised.value.wait_seconds <= LONGEST_PAUSE
