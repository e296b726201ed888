"""Worked out by hand."""

import pytest

from tests.timing.auc import auc


@pytest.mark.parametrize(
    ("first", "second", "area"),
    [([1, 2], [3, 4], 1), ([3, 4], [1, 2], 0), ([1, 4], [2, 3], 0.5), ([1, 1], [1, 1], 0.5), ([1, 2], [2, 3], 0.875)],
)
def test_areas(first: list[float], second: list[float], area: float) -> None:
    assert auc(first, second) == area
