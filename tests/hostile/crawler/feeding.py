"""Gives somebody's ids to everybody else, wherever an id can be written, and looks at what comes of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from api import ids
from domain.tables import models
from runtime.ids import new_id
from runtime.tables import Scope
from tests.api.client import Client
from tests.hostile.crawler.arguments import Place, mutations, queries
from tests.hostile.crawler.household import Ids, ids_in
from tests.hostile.crawler.reading import Reading
from tests.hostile.crawler.values import own_type
from tests.hostile.inputs import SCHEMA
from tests.hostile.scene import MARK

# When a session was used last is noted by the way.
_DIGEST = """
select '{table}', count(*), md5(coalesce(string_agg(md5((to_jsonb(t) - 'used_at')::text), '' order by t::text), ''))
from {table} t where {which}
"""


@dataclass(frozen=True)
class Outsider:
    """Somebody with a client, and what they may see themselves."""

    client: Client
    own: Ids
    reading: Reading

    def places(self) -> list[Place]:
        return [*queries(self.reading), *mutations(self.reading)]


@dataclass
class Feeding:
    """`foreign` are ids that the outsider may not see, by the names of their types. Where the kind of a place's ids is
    known, `only_of_its_kind` leaves out others: they are no ids there, whoever asks."""

    outsider: Outsider
    foreign: Ids
    only_of_its_kind: bool = False
    findings: list[str] = field(default_factory=list)

    async def feed(self, place: Place) -> None:
        """Every foreign id, and beside it ids of nothing: the same answer, and no foreign id in it."""
        kind = own_type(place.path[-1] if place.path else place.argument, self.foreign)
        known: set[str] = set()
        for name, some in self.foreign.items():
            if self.only_of_its_kind and kind not in (None, name):
                continue
            for id in some:
                answer = await self._answer(place, id)
                self._look(place, id, answer)
                if name != kind and answer in known:
                    continue
                nothing = await self._answer(place, id_of_nothing(id))
                known.add(nothing)
                if answer != nothing:
                    self.findings.append(
                        f"{place} tells {name} {id} from nothing: {answer[:600]} is not {nothing[:600]}"
                    )

    async def _answer(self, place: Place, id: str) -> str:
        """As text, without the id."""
        answer = await self.outsider.client.send(place.operation, **place.variables(id, self.outsider.own))
        if any(one["extensions"]["code"] == "INTERNAL" for one in answer.get("errors", [])):
            self.findings.append(f"{place} fails with {id}: {answer}")
        return json.dumps(answer, sort_keys=True).replace(id, "ID")

    def _look(self, place: Place, id: str, answer: str) -> None:
        others = {one for some in self.foreign.values() for one in some} - {id}
        if (seen := ids_in(answer) & others) or MARK in answer:
            self.findings.append(f"{place} shows {id}: {seen or MARK} in {answer[:600]}")


def id_of_nothing(id: str) -> str:
    return ids.encode(id.partition("_")[0], new_id())


def without(found: Ids, seen: Ids) -> Ids:
    """What is not seen."""
    all_seen = {id for some in seen.values() for id in some}
    left = {name: [id for id in some if id not in all_seen] for name, some in found.items()}
    return {name: some for name, some in left.items() if some and name in SCHEMA.type_map}


async def state(connection: "asyncpg.Connection[Any]", but_of: UUID | None = None) -> dict[str, tuple[int, str]]:
    """Each table's rows and their digest, as the owner sees them; without the rows of a person."""
    parts = []
    for model in models():
        if model.scope is not Scope.REFERENCE:
            is_somebodys = "user_id" in model.__table__.columns
            which = "$1::uuid is null or user_id is distinct from $1" if is_somebodys else "true"
            parts.append(_DIGEST.format(table=model.__tablename__, which=which))
    rows = await connection.fetch(" union all ".join(parts), but_of)
    return {table: (count, digest) for table, count, digest in rows}


def different(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [table for table, rows in before.items() if after[table] != rows]


def refused_at(answer: dict[str, Any], path: Sequence[str]) -> bool:
    """Whether the only mutation's first mistake is about this place."""
    payload = next(iter((answer.get("data") or {}).values()), None) or {}
    mistakes: Iterable[dict[str, Any]] = payload.get("userErrors", [])
    return any(one["code"] == "NOT_FOUND" and one["path"][: len(path)] == list(path) for one in mistakes)
