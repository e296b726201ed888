"""How many streams each may have in this process: sockets, and subscriptions as event streams."""

from uuid import UUID

from api.transport.subscriber import subscriber_of
from runtime.viewer import Viewer

Whose = UUID | str


def whose_place(viewer: Viewer | None, network: str) -> Whose:
    """A person's, or a network's where nobody is signed in."""
    return subscriber_of(network) if viewer is None else viewer.user_id


class Places:
    def __init__(self, most: int) -> None:
        self.most = most
        self._taken: dict[Whose, int] = {}

    def take(self, whose: Whose) -> bool:
        taken = self._taken.get(whose, 0)
        if taken >= self.most:
            return False
        self._taken[whose] = taken + 1
        return True

    def give_back(self, whose: Whose) -> None:
        left = self._taken[whose] - 1
        if left:
            self._taken[whose] = left
        else:
            del self._taken[whose]
