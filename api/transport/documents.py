"""Parsed and validated documents, kept as long as there is room."""

from collections import OrderedDict
from collections.abc import Sequence

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    TokenKind,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.errors import TOO_DEEP, bad_input
from api.execution.executable import Executable
from api.transport.bounds import Bounds, too_much
from runtime.counters import count

MOST_BYTES = 64 * 1024 * 1024
"""Room for some 200 documents of real clients, 1 kB and 80 fields each, with their plans."""
CHARACTER_BYTES = 140
"""What a character takes parsed: measured 105 to 130."""

# graphql-core's own figure lets a document of 3 kB be compared for 0.7 s; with this one the worst that we could think
# of take 0.1 s, and one object with its fields may still stand 80 times in one selection set, fragments counted in.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 40_000


class Refused(Exception):
    """The request failed before anything was executed."""

    def __init__(self, errors: Sequence[Exception]) -> None:
        super().__init__()
        self.errors = list(errors)

    def __str__(self) -> str:
        # Only when somebody asks: graphql-core looks for the line of each place by reading the whole text again.
        return "; ".join(map(str, self.errors))


class Document:
    """A valid document, and what was made of its operations, by their names."""

    __slots__ = ("_parsed_size", "charged", "executables", "node")

    def __init__(self, text: str, node: DocumentNode) -> None:
        self.node = node
        self.executables: dict[str | None, Executable] = {}
        self._parsed_size = CHARACTER_BYTES * len(text)
        self.charged = 0
        """What the documents that are kept count for it."""

    @property
    def size(self) -> int:
        """In bytes, about; it grows with the plans of its operations."""
        return self._parsed_size + sum([one.size for one in self.executables.values()])


class Documents:
    """Valid documents by their text, the least recently used going first.

    Bounded by what they take with their plans: a short text whose fragments stand in each other can have large ones.
    Invalid documents are never kept. `most` is in bytes, `longest` in characters.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        rules: Sequence[type[ASTValidationRule]] = (),
        most: int = MOST_BYTES,
        longest: int = 32 * 1024,
        bounds: Bounds | None = None,
    ) -> None:
        self._schema = schema
        self._bounds = bounds or Bounds()
        # The two rules of Strawberry's belong to its input types, whoever executes them.
        self._rules = [*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule, *rules]
        self._most = most
        self._longest = longest
        self._held = 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """Raises Refused with all that is wrong with the document."""
        if (known := self._documents.get(text)) is not None:
            self._documents.move_to_end(text)
            count("plans.hit")
            return known
        return self.keep(text, self.parsed(text))

    def knows(self, text: str) -> bool:
        return text in self._documents

    def parsed(self, text: str) -> Document:
        """The document anew, in whatever thread. Raises Refused."""
        return Document(text, self._parse(text))

    def keep(self, text: str, document: Document) -> Document:
        count("plans.miss")
        if len(text) <= self._longest and text not in self._documents:
            self._documents[text] = document
            self._charge(document)
        return document

    def grown(self, text: str) -> None:
        """To be told when plans of a document were made."""
        if (document := self._documents.get(text)) is not None:
            self._charge(document)

    def _parse(self, text: str) -> DocumentNode:
        bounds = self._bounds
        if len(text) > bounds.document:
            raise Refused([too_much(bounds, "document", len(text))])
        try:
            document = parse(text, max_tokens=bounds.tokens)
            _check_parts(document, bounds)
            errors = validate(self._schema, document, self._rules, max_errors=bounds.errors - 1)
        except GraphQLSyntaxError as error:
            # graphql-core has no other sign of it.
            if "tokens. Parsing aborted" in error.message:
                raise Refused([too_much(bounds, "tokens", bounds.tokens + 1)]) from None
            raise Refused([error]) from None
        except GraphQLError as error:
            raise Refused([error]) from None
        except RecursionError:
            raise Refused([bad_input(TOO_DEEP)]) from None
        if errors:
            raise Refused(errors)
        return document

    def _charge(self, document: Document) -> None:
        size = document.size
        self._held += size - document.charged
        document.charged = size
        while self._held > self._most:
            _, oldest = self._documents.popitem(last=False)
            self._held -= oldest.charged

    def __len__(self) -> int:
        return len(self._documents)


def _check_parts(document: DocumentNode, bounds: Bounds) -> None:
    """Of what validation would take too long over, or an answer be too long for. Raises Refused."""
    if len(document.definitions) > bounds.definitions:
        raise Refused([too_much(bounds, "definitions", len(document.definitions))])
    directives = 0
    token = document.loc.start_token if document.loc is not None else None
    while token is not None:
        if token.kind is TokenKind.NAME:
            if len(token.value or "") > bounds.name:
                raise Refused([too_much(bounds, "name", len(token.value or ""))])
        elif token.kind is TokenKind.AT:
            directives += 1
        token = token.next
    if directives > bounds.directives:
        raise Refused([too_much(bounds, "directives", directives)])
