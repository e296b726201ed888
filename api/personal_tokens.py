"""Personal tokens by their texts: looked up once, known again as long as their sessions live."""

from collections import OrderedDict
from uuid import UUID

from domain.apps.tokens import session_of_token
from runtime.system import SystemDatabase
from runtime.tokens import TokenRefused

MOST_REMEMBERED = 10_000
LONGEST = 100


class PersonalTokens:
    """Which session a token names never changes; whether that is alive is asked elsewhere (api/sessions.py).

    What was refused is not remembered. The least recently used go first.
    """

    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._known: OrderedDict[str, UUID] = OrderedDict()

    async def session_id(self, text: str) -> UUID:
        """Raises TokenRefused."""
        if (known := self._known.get(text)) is not None:
            self._known.move_to_end(text)
            return known
        found = await session_of_token(self._system, text) if len(text) <= LONGEST else None
        if found is None:
            raise TokenRefused("unknown")
        self._known[text] = found
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found
