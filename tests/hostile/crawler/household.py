"""A household with a row in every table of its own, and the ids that its owner finds by asking for everything."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
import httpx
import sqlalchemy as sa
from graphql import GraphQLObjectType, is_required_argument

from api import ids
from domain.notifications.commands import notify
from domain.tables import models
from integrations.world import World
from runtime.tables import Model, Scope
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer
from tests.api.apps.tokens import token_of
from tests.api.books import book
from tests.api.client import Person
from tests.architecture.households import BY_TABLE, Filled
from tests.cluster import DatabaseUrls
from tests.hostile.crawler.reading import Reading, takes_ids
from tests.hostile.inputs import SCHEMA
from tests.hostile.scene import Belongings, belongings

DEPTH = 1
NODE = "query ($id: ID!) {{ node(id: $id) {{ __typename id ... on {name} {selection} }} }}"
CONTRIBUTE = """
mutation ($goal: ID!) {
  contributeToGoal(input: {goalId: $goal, amount: {amount: "5", currency: "USD"}}) { userErrors { code path } }
}
"""
REGISTER_APP = """
mutation ($name: String!) {
  registerApp(input: {name: $name, redirectUris: ["https://app.example.com/back"]}) { userErrors { code path } }
}
"""
_ID = re.compile(r"[a-z]{2,6}_[0-9a-hjkmnp-tv-z]{26}")

Ids = dict[str, list[str]]


@dataclass
class Full:
    """`ids` by the names of their types, as the person finds them."""

    own: Belongings
    ids: Ids = field(default_factory=dict)

    @property
    def person(self) -> Person:
        return self.own.person


class Allowed(Filled):
    """With the first of the values that a check constraint names."""

    def value(self, model: type[Model], column: sa.Column[Any]) -> Any:
        if (model.__tablename__, column.name) not in BY_TABLE:
            for check in cast(sa.Table, model.__table__).constraints:
                text = str(check.sqltext) if isinstance(check, sa.CheckConstraint) else ""
                if allowed := re.match(rf"{column.name} in \('(\w+)'", text):
                    return allowed[1]
        # Nothing of it is over: neither accepted nor ended nor archived; but it counts.
        if column.nullable and isinstance(column.type, sa.DateTime) and column.name != "confirmed_at":
            return None
        return super().value(model, column)


async def full_household(http: httpx.AsyncClient, world: World, urls: DatabaseUrls, mark: str) -> Full:
    own = await belongings(http, world, urls, mark)
    person = own.person
    await book(person, own.ids["linked"], "-7.50", f"{mark} florist")
    await person.change(CONTRIBUTE, goal=own.ids["goa"])
    await person.change(REGISTER_APP, name=f"{mark} app")
    await token_of(person, "accounts:read", name=f"{mark} token")
    await token_of(person, "accounts:read", name=f"{mark} grant")
    await _grant(urls, person)

    async def tell(unit: Unit) -> None:
        await notify(unit, kind="SYNC_TROUBLE", title=f"{mark} bank", body="Words.", once_key=mark)

    await in_unit(world.database, viewer_of(person), tell)
    await _fill_the_rest(urls, own)
    return Full(own, await found_by(person, Reading()))


def viewer_of(person: Person) -> Viewer:
    return Viewer(ids.decode_as("usr", person.user_id), ids.decode_as("hsh", person.household_id), OWNER)


async def _grant(urls: DatabaseUrls, person: Person) -> None:
    """As if the token named last were what the person's app was given by consent."""
    owner = await asyncpg.connect(urls.owner)
    try:
        await owner.execute(
            """
            update sessions set kind = 'APP', app_id = (select id from apps where apps.user_id = $1)
            where id = (select id from sessions where user_id = $1 and kind = 'TOKEN' order by id desc limit 1)
            """,
            ids.decode_as("usr", person.user_id),
        )
    finally:
        await owner.close()


async def _fill_the_rest(urls: DatabaseUrls, own: Belongings) -> None:
    """What no mutation made: by what the models say and nothing else, so that new tables are filled by themselves."""
    viewer = viewer_of(own.person)
    filled = Allowed(viewer.user_id, viewer.household_id, ids.decode_as("grp", own.ids["grp"]))
    filled.rows = {"users": {"id": filled.user_id}, "households": {"id": filled.household_id}}
    owners = {"household_id": filled.household_id, "user_id": filled.user_id, "group_id": filled.group_id}
    owner = await asyncpg.connect(urls.owner)
    try:
        for model in models():
            if model.scope in (Scope.SYSTEM, Scope.REFERENCE):
                continue
            table = model.__tablename__
            key = next((one for one in owners if one in model.__table__.columns), None)
            if key is None:
                continue
            row = await owner.fetchrow(f"select * from {table} where {key} = $1 limit 1", owners[key])
            filled.rows[table] = dict(row) if row else filled.row(model)
            if row is None:
                names, made = ", ".join(filled.rows[table]), filled.rows[table].values()
                places = ", ".join(f"${number}" for number in range(1, len(made) + 1))
                await owner.execute(f"insert into {table} ({names}) values ({places})", *made)
    finally:
        await owner.close()


async def found_by(person: Person, reading: Reading) -> Ids:
    """Every id that the person comes to from `viewer`, and from each node that is found."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    viewer = SCHEMA.type_map["Viewer"]
    assert isinstance(viewer, GraphQLObjectType)
    sequence = (await person.data("{ viewer { sequence } }"))["viewer"]["sequence"]
    for name, one in viewer.fields.items():
        required = {key: argument for key, argument in one.args.items() if is_required_argument(argument)}
        if not any(takes_ids(argument) for argument in required.values()):
            given = {"after": f'"{sequence}"'} if "after" in required else {}
            _gather(await person.send(f"{{ viewer {{ {reading.field(name, one, DEPTH, given)} }} }}"), found)
    nodes = {type_.name for type_ in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type]
    asked: set[str] = set()
    while left := [(name, id) for name in found.keys() & nodes for id in found[name] if id not in asked]:
        for name, id in left:
            asked.add(id)
            type_ = SCHEMA.type_map[name]
            assert isinstance(type_, GraphQLObjectType)
            _gather(await person.send(NODE.format(name=name, selection=reading.selection(type_, DEPTH)), id=id), found)
    return {**{name: list(some) for name, some in found.items()}, "after": [sequence]}


def _gather(answer: dict[str, Any], found: dict[str, dict[str, None]]) -> None:
    errors = [one["extensions"]["code"] for one in answer.get("errors", [])]
    assert set(errors) <= {"FORBIDDEN"}, answer["errors"]
    for object in _objects(answer.get("data")):
        # A change has the id of what changed.
        if "id" in object and object["__typename"] != "Change":
            found[object["__typename"]][object["id"]] = None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


def ids_in(text: str) -> set[str]:
    return set(_ID.findall(text))
