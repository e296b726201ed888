"""A token bucket: what may be spent at once, and how fast it comes back."""


class Bucket:
    """The part of a shared bucket that this process knows. `now` is the monotonic clock's.

    It may fall below zero: what was spent elsewhere meanwhile is owed. `unsettled` is what was spent here and nobody
    else knows of.
    """

    __slots__ = ("_at", "capacity", "left", "limit", "name", "unsettled")

    def __init__(self, name: str, limit: str, capacity: float, now: float) -> None:
        self.name = name
        self.limit = limit
        """What its setting is called."""
        self.capacity = capacity
        self.left = capacity
        self.unsettled = 0.0
        self._at = now

    def spend(self, cost: float, now: float) -> bool:
        """False, and nothing spent, where there is not enough. What costs more than there can be takes all there is."""
        self.fill(now)
        if self.left < cost and self.left < self.capacity:
            return False
        self.left -= cost
        self.unsettled += cost
        return True

    def fill(self, now: float) -> None:
        left = self.left + (now - self._at) * self.capacity / 60
        self.left = min(self.capacity, left)
        self._at = now

    def seconds_until(self, cost: float) -> float:
        """Until so much can be spent."""
        return max(0.0, min(cost, self.capacity) - self.left) * 60 / self.capacity

    def settle(self, left: float, settled: float, now: float) -> None:
        """What all processes together have left, `settled` of this one counted in."""
        self.unsettled -= settled
        self.left = left - self.unsettled
        self._at = now
