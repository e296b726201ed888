"""What this process has counted since it began; operators read it at `/counters`.

Names are words of the code, such as "plans.hit", and never what a client has sent: each is kept for good.
"""

_counted: dict[str, int] = {}


def count(name: str, by: int = 1) -> None:
    _counted[name] = _counted.get(name, 0) + by


def snapshot() -> dict[str, int]:
    """All that was counted up to now, in the order of the names."""
    return dict(sorted(_counted.items()))
