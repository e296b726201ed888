from runtime import counters


def test_what_is_counted_adds_up() -> None:
    counters.count("tests.apples")
    counters.count("tests.apples", 4)
    counters.count("tests.pears")

    found = counters.snapshot()

    assert (found["tests.apples"], found["tests.pears"]) == (5, 1)
    assert list(found) == sorted(found)


def test_a_snapshot_stays_as_it_was() -> None:
    counters.count("tests.plums")
    taken = counters.snapshot()

    counters.count("tests.plums")

    assert counters.snapshot()["tests.plums"] == taken["tests.plums"] + 1
