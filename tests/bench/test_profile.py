"""What a sampling profile says."""

from bench.profile import self_times


def test_only_the_function_on_top_of_a_stack_is_counted() -> None:
    lines = ["main;serve;render 6", "main;serve;parse 1", "main;render 2", "main 1"]

    assert self_times(lines) == [("render", 0.8), ("parse", 0.1), ("main", 0.1)]
