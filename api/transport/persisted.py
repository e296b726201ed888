"""Documents that a client need not send each time: it names them by their SHA-256.

Sources: Apollo's automatic persisted queries (`extensions.persistedQuery`: the hash alone first, and once more with the
document if that is not known) and graphql/graphql-over-http, spec/Appendix A (`documentId`). Beside these, the
documents of own clients are registered from the start (api/transport/registered.py).
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import strawberry
from graphql.validation import ASTValidationRule

from api.errors import FORBIDDEN, PERSISTED_QUERY_NOT_FOUND, ClientError
from api.transport.bounds import Bounds
from api.transport.documents import Document, Refused
from api.transport.operation import Operation, Operations
from api.transport.parameters import Parameters, sha256

LONGEST = 32 * 1024
MOST_CHARACTERS = 512 * 1024


class PersistedDocuments:
    """Texts by their id: registered ones for good, others as long as there is room.

    The least recently used go first. Bounded by the length of the texts, as Documents is.
    """

    def __init__(
        self,
        registered: Mapping[str, str] | None = None,
        *,
        only_registered: bool = False,
        characters: int = MOST_CHARACTERS,
        longest: int = LONGEST,
    ) -> None:
        self.registered = dict(registered or {})
        self.only_registered = only_registered
        self._characters = characters
        self._longest = longest
        self._held = 0
        self._kept: OrderedDict[str, str] = OrderedDict()

    def text(self, parameters: Parameters) -> str:
        """The document that is meant. Raises Refused for one that is not known, or not allowed."""
        identifier, text = parameters.document_id, parameters.query
        if identifier is not None and not text:
            found = self.registered.get(identifier)
            if found is None and (found := self._kept.get(identifier)) is not None:
                self._kept.move_to_end(identifier)
            if found is None:
                # The words are part of Apollo's protocol.
                raise Refused([ClientError(PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")])
            return found
        if self.only_registered:
            if (found := self.registered.get(sha256(text))) is None:
                raise Refused([ClientError(FORBIDDEN, "This server executes registered documents only")])
            return found
        return text

    def keep(self, identifier: str, text: str) -> None:
        """Remember a valid document by its hash."""
        if self.only_registered or identifier in self.registered or identifier in self._kept:
            return
        if len(text) > self._longest:
            return
        self._kept[identifier] = text
        self._held += len(text)
        while self._held > self._characters:
            _, oldest = self._kept.popitem(last=False)
            self._held -= len(oldest)

    def __len__(self) -> int:
        return len(self._kept)


class PersistedOperations(Operations):
    """Operations whose document may be named instead of sent."""

    def __init__(
        self,
        schema: strawberry.Schema,
        rules: Sequence[type[ASTValidationRule]] = (),
        *,
        breadth_first: bool = True,
        bounds: Bounds | None = None,
    ) -> None:
        super().__init__(schema, rules, breadth_first=breadth_first, bounds=bounds)
        self.persisted = PersistedDocuments()

    def text_of(self, parameters: Parameters) -> str:
        if parameters.document_id is None and not self.persisted.only_registered:
            return parameters.query
        return self.persisted.text(parameters)

    def _operation(self, parameters: Parameters, text: str, document: Document, *, is_new: bool) -> Operation:
        operation = super()._operation(parameters, text, document, is_new=is_new)
        if parameters.document_id is not None and parameters.query:
            self.persisted.keep(parameters.document_id, text)
        return operation
