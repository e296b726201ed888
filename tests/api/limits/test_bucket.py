"""A bucket of 60 a minute, which is one a second."""

from api.limits.bucket import Bucket


def bucket() -> Bucket:
    return Bucket("somebody:objects", "objects_per_minute", 60, now=0)


def test_what_is_there_can_be_spent_at_once() -> None:
    one = bucket()

    assert [one.spend(20, 0) for _ in range(4)] == [True, True, True, False]
    assert one.left == 0


def test_it_fills_evenly_and_no_further_than_it_goes() -> None:
    one = bucket()
    one.spend(60, 0)

    assert (one.spend(11, 10), one.spend(10, 10), one.spend(1, 10)) == (False, True, False)
    one.fill(1000)
    assert one.left == 60


def test_what_costs_more_than_there_can_be_takes_all_there_is() -> None:
    one = bucket()

    assert (one.spend(100, 0), one.left) == (True, -40)
    assert one.seconds_until(1) == 41


def test_what_others_spent_is_owed() -> None:
    one = bucket()
    one.spend(10, 0)

    one.spend(5, 0)
    one.settle(-20, settled=10, now=0)

    assert (one.left, one.unsettled) == (-25, 5)
