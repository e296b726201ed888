"""How well one number tells two crowds apart."""

from collections.abc import Sequence


def auc(first: Sequence[float], second: Sequence[float]) -> float:
    """The area under the ROC curve: the odds that one of `second` is larger than one of `first`, ties counting half.

    0.5 says nothing about where a number comes from; 0 and 1 tell it each time (Mann and Whitney 1947).
    """
    ordered = sorted([(one, 0) for one in first] + [(one, 1) for one in second])
    ranks, place = 0.0, 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        middle = (place + 1 + end) / 2
        ranks += middle * sum(whose for _, whose in ordered[place:end])
        place = end
    return (ranks - len(second) * (len(second) + 1) / 2) / (len(first) * len(second))
