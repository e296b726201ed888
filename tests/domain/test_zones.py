"""The day of an instant depends on the zone."""

from datetime import UTC, date, datetime

import pytest

from domain.periods import PeriodProblem
from domain.zones import check_zone, day_in, is_zone


def test_the_same_instant_is_another_day_elsewhere() -> None:
    instant = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)

    assert day_in("UTC", instant) == date(2026, 11, 21)
    assert day_in("America/Toronto", instant) == date(2026, 11, 20)
    assert day_in("Pacific/Kiritimati", datetime(2026, 11, 21, 10, 0, tzinfo=UTC)) == date(2026, 11, 22)


def test_daylight_saving_moves_midnight() -> None:
    # Paris is at +02:00 until 2026-10-25 and at +01:00 after it.
    assert day_in("Europe/Paris", datetime(2026, 10, 20, 22, 30, tzinfo=UTC)) == date(2026, 10, 21)
    assert day_in("Europe/Paris", datetime(2026, 10, 30, 22, 30, tzinfo=UTC)) == date(2026, 10, 30)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(PeriodProblem, match="offset"):
        day_in("UTC", datetime(2026, 11, 21))  # noqa: DTZ001 - the naive instant is the point


@pytest.mark.parametrize("name", ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires"])
def test_names_of_the_database_are_zones(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "europe/paris",
        "Mars/Olympus",
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "Factory",
        "+02:00",
        "\x00",
    ],
)
def test_anything_else_is_no_zone(name: str) -> None:
    assert not is_zone(name)
    with pytest.raises(PeriodProblem, match="IANA"):
        check_zone(name)
