"""What a mutation's gate makes of what a command lets through."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import strawberry
from sqlalchemy import text

from api.context import Context
from api.gates import Payload, mutation
from domain.identity.people import Registration, register
from domain.mistakes import Problem
from domain.pages import CursorProblem
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit
from runtime.viewer import VIEWER, Viewer


@strawberry.input
class TryInput:
    how: str
    idempotency_key: str | None = None


async def by_a_rule(unit: Unit) -> None:
    raise Problem("A rule's words.")


async def by_a_cursor(unit: Unit) -> None:
    raise CursorProblem("A cursor's words.")


async def by_a_policy(unit: Unit) -> None:
    await unit.session.execute(
        text("update households set name = 'x', id = :other where id = :id"),
        {"other": new_id(), "id": unit.household_id},
    )


async def by_a_policy_below_sqlalchemy(unit: Unit) -> None:
    connection = await unit.connection()
    await connection.execute("insert into household_members select gen_random_uuid(), user_id from household_members")


async def by_a_column(unit: Unit) -> None:
    await unit.session.execute(text("select 1e15::numeric(19, 4)"))


async def by_a_fault(unit: Unit) -> None:
    raise KeyError("secret")


COMMANDS = (by_a_rule, by_a_cursor, by_a_column, by_a_policy, by_a_policy_below_sqlalchemy, by_a_fault)
WAYS: dict[str, Callable[[Unit], Awaitable[None]]] = {one.__name__: one for one in COMMANDS}


async def try_it(unit: Unit, input: TryInput) -> UUID:
    await unit.session.execute(text("update users set display_name = 'Changed'"))
    await WAYS[input.how](unit)
    return new_id()


@strawberry.type
class Mutation:
    try_it: Payload | None = mutation(try_it, description="Fails.")


@strawberry.type
class Query:
    nothing: str | None = None


SCHEMA = strawberry.Schema(Query, Mutation)


@pytest.fixture
async def viewer(world: World) -> Viewer:
    return await register(
        world.system,
        Registration(email=f"{new_id()}@example.com", password="long enough", display_name="Somebody"),
    )


async def tried(world: World, viewer: Viewer, how: str) -> Any:
    async with Context(world, viewer) as context:
        return await SCHEMA.execute(
            "mutation ($how: String!) { tryIt(input: {how: $how}) { userErrors { code message path } } }",
            {"how": how},
            context_value=context,
        )


async def name_of(world: World, viewer: Viewer) -> str:
    async with Context(world, viewer) as context:
        return str((await context.reader.execute(text("select display_name from users")))[0][0])


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("by_a_rule", "INVALID"),
        ("by_a_cursor", "INVALID"),
        ("by_a_column", "INVALID"),
        ("by_a_policy", "NOT_ALLOWED"),
        ("by_a_policy_below_sqlalchemy", "NOT_ALLOWED"),
    ],
)
async def test_a_refusal_of_any_kind_is_data_and_changes_nothing(
    world: World, viewer: Viewer, how: str, code: str
) -> None:
    result = await tried(world, viewer, how)

    assert result.errors is None
    (mistake,) = result.data["tryIt"]["userErrors"]
    assert (mistake["code"], mistake["path"]) == (code, ["input"])
    assert await name_of(world, viewer) == "Somebody"


@pytest.mark.filterwarnings("default")
async def test_a_fault_of_ours_is_an_error_and_changes_nothing(world: World, viewer: Viewer) -> None:
    result = await tried(world, viewer, "by_a_fault")

    assert result.errors is not None
    assert await name_of(world, viewer) == "Somebody"


async def test_who_may_only_look_changes_nothing(world: World, viewer: Viewer) -> None:
    looking = Viewer(viewer.user_id, viewer.household_id, VIEWER)

    result = await tried(world, looking, "by_a_rule")

    assert [mistake["code"] for mistake in result.data["tryIt"]["userErrors"]] == ["NOT_ALLOWED"]
