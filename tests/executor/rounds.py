"""A run of generated documents on both executors, and what came of it."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLSchema

from tests.executor.comparison import Reply, differences, parse
from tests.executor.generator import Document, Generator, Values
from tests.executor.shrinking import shrunk
from tests.executor.sides import Request, Side

JSON, RESPONSE_JSON = "application/json", "application/graphql-response+json"
ACCEPTED = (RESPONSE_JSON, RESPONSE_JSON, RESPONSE_JSON, JSON, "*/*", "text/event-stream", "text/plain")
LONGEST_GET = 6_000
MOST_KINDS = 3
LEAST_SUCCESSES, MOST_FALLBACKS = 0.3, 0.01
PROGRESS = 1_000
"""Documents after which a run says how far it is."""


@dataclass
class Outcome:
    """What a run was like."""

    seed: str
    documents: int = 0
    successes: int = 0
    """Answers with data worth the name, and without errors."""
    partial: int = 0
    bytes: int = 0
    largest: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    fallbacks: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    """Two of each document, from each executor."""
    different: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"seed {self.seed}: {self.documents} documents, {self.different} with a difference",
                f"  successes that are not empty {self.successes} ({self._share(self.successes):.1f} %, "
                f"at least {100 * LEAST_SUCCESSES:.0f} are wanted), with data and errors {self.partial}",
                f"  answers {self.bytes / max(1, self.documents) / 1000:.1f} kB on average, "
                f"{self.largest / 1000:.0f} kB at most",
                f"  status {dict(sorted(self.statuses.items()))}, codes {dict(sorted(self.codes.items()))}",
                f"  left to graphql-core {self.fallen} of {self.answers} answers "
                f"({100 * self.fallen / max(1, self.answers):.2f} %, below {100 * MOST_FALLBACKS:.0f} is wanted), "
                f"by reason {dict(self.fallbacks.most_common())}",
            ]
        )

    @property
    def fallen(self) -> int:
        return sum(self.fallbacks.values())

    def _share(self, count: int) -> float:
        """In percent of the documents."""
        return 100 * count / max(1, self.documents)

    def joined(self, other: "Outcome") -> "Outcome":
        """Both runs as one."""
        return Outcome(
            self.seed,
            documents=self.documents + other.documents,
            successes=self.successes + other.successes,
            partial=self.partial + other.partial,
            bytes=self.bytes + other.bytes,
            largest=max(self.largest, other.largest),
            statuses=self.statuses + other.statuses,
            codes=self.codes + other.codes,
            fallbacks=self.fallbacks + other.fallbacks,
            answers=self.answers + other.answers,
            different=self.different + other.different,
            failures=self.failures + other.failures,
        )

    def check(self) -> None:
        """Raises AssertionError unless nothing differed and the run was worth something."""
        assert not self.failures, f"seed {self.seed}\n" + "\n\n".join(self.failures)
        assert self.successes >= LEAST_SUCCESSES * self.documents, str(self)
        assert self.fallen < MOST_FALLBACKS * self.answers, str(self)
        assert self.statuses[500] == 0, str(self)


@dataclass
class Run:
    """Documents of one seed. Document `n` is the same whether or not the ones before it were made."""

    schema: GraphQLSchema
    values: Values
    both: tuple[Side, Side]
    viewers: Sequence[str | None]
    seed: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def requests(self, number: int) -> list[Request]:
        """A document, and once more with other values and by somebody else: both use what is made for one of them."""
        dice = random.Random(f"{self.seed}:{number}")
        document = Generator(self.schema, self.values, dice, **self.options).document()
        is_short = len(document.query) + len(repr(document.variables)) < LONGEST_GET
        method = "GET" if is_short and dice.random() < 0.1 else "POST"
        first = Request(
            document, dice.choice(self.viewers), method, dice.choice(ACCEPTED[: 4 if dice.random() < 0.9 else 7])
        )
        others = {name: _another(dice, value) for name, value in document.variables.items()}
        return [first, replace(first, document=replace(document, variables=others), viewer=dice.choice(self.viewers))]

    async def go(self, numbers: Sequence[int], say: Callable[[str], None] = print) -> Outcome:
        """Each kind of difference is told once, with the smallest document; the run ends after the third kind."""
        actual = self.both[1]
        before = Counter(actual.fallbacks)
        outcome = Outcome(self.seed)
        told: set[str] = set()
        for number in numbers:
            requests = self.requests(number)
            for place, (left, right) in enumerate(await self._exchanged(requests)):
                outcome.answers += 1
                if place == 0:
                    _count(outcome, left)
                if found := differences(left, right):
                    outcome.different += 1
                    if _kind(found) not in told:
                        told.add(_kind(found))
                        outcome.failures.append(await self._report(number, requests, place, found))
                        say(outcome.failures[-1])
                    break
            if len(told) == MOST_KINDS:
                break
            if outcome.documents % PROGRESS == 0:
                say(f"{outcome.documents} of {len(numbers)} documents, {outcome.different} with a difference")
        outcome.fallbacks = Counter(actual.fallbacks) - before
        return outcome

    async def compared(self, request: Request) -> list[str]:
        """What differs in the answers to one request."""
        ((left, right),) = await self._exchanged([request])
        return differences(left, right)

    async def _exchanged(self, requests: Sequence[Request]) -> list[tuple[Reply, Reply]]:
        """Both answers to each request. Ours are asked for at once: what they share must keep them apart."""
        expected, actual = self.both
        left = [await expected.answer(one) for one in requests]
        right = await asyncio.gather(*[actual.answer(one) for one in requests])
        return list(zip(left, right, strict=True))

    async def _report(self, number: int, requests: Sequence[Request], place: int, found: Sequence[str]) -> str:
        expected, actual = self.both
        kind, request = _kind(found), requests[place]

        async def answers(document: Document) -> tuple[Reply, Reply]:
            """To all requests with a smaller document, but with their own variables."""
            smaller = []
            for one in requests:
                rest = {name: value for name, value in one.document.variables.items() if name in document.variables}
                smaller.append(replace(one, document=replace(document, variables=rest)))
            return (await self._exchanged(smaller))[place]

        async def fails(document: Document) -> bool:
            return _kind(differences(*await answers(document))) == kind

        small = await shrunk(request.document, fails)
        left, right = await answers(small)
        beside = [f"at the same time as {one.viewer} with {one.document.variables}" for one in requests]
        del beside[place]
        return "\n".join(
            [
                f"document {number} of seed {self.seed}, as {request.viewer}, {request.method}, {request.accept}:",
                *beside,
                small.query,
                f"variables {small.variables}, operation {small.operation_name}",
                *[f"  {words}" for words in (differences(left, right) or found)[:10]],
                f"{expected.name}: {_told(left)}",
                f"{actual.name}: {_told(right)}",
            ]
        )


def _another(dice: random.Random, value: Any) -> Any:
    """A value like this one, of what the document is right with if it is right with this."""
    if isinstance(value, bool):
        return dice.random() < 0.5
    if isinstance(value, int) and 0 < value <= 20:
        return dice.randint(1, 20)
    return value


def _kind(found: Sequence[str]) -> str:
    """What sort of difference it is: a smaller document must fail in the same way."""
    if not found:
        return ""
    errors = [one for one in found if one.startswith(("an error", "no error"))]
    words = min(errors or found, key=len)
    # An error is known by its message, a value by nothing but that it is another one.
    message = re.search(r'"message": "(.{0,30})', words)
    return message[1] if message else re.sub(r"^.*?: ", "", words)[:12]


def _told(reply: Reply) -> str:
    body = reply.body.decode(errors="replace")
    return f"{reply.status} {reply.content_type} {body if len(body) < 3_000 else body[:3_000] + '…'}"


def _count(outcome: Outcome, reply: Reply) -> None:
    outcome.documents += 1
    outcome.bytes += len(reply.body)
    outcome.largest = max(outcome.largest, len(reply.body))
    outcome.statuses[reply.status] += 1
    if b"text/event-stream" in reply.content_type.encode():
        return
    answer = parse(reply.body)
    for error in answer.get("errors", []):
        outcome.codes[error.get("extensions", {}).get("code", "none")] += 1
    if answer.get("data") is None:
        return
    if "errors" in answer:
        outcome.partial += 1
    elif _has_content(answer["data"]):
        outcome.successes += 1


def _has_content(value: Any) -> bool:
    """More than names of types, empty lists and nulls."""
    if isinstance(value, dict):
        return any(_has_content(one) for one in value.values())
    if isinstance(value, list):
        return any(map(_has_content, value))
    return value is not None and value not in ("Query", "Viewer")
