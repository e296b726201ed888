"""Of who is erased nothing is left by which they could get in."""

from typing import Any

import asyncpg

from domain.erasure import erase_person
from domain.factors import models
from runtime.tables import Model
from tests.api.client import Client, Person
from tests.api.factors.documents import as_owner, challenge_of, complete, switch_on
from tests.api.factors.passkeys import options_for, registered
from tests.cluster import DatabaseUrls

MODELS = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Model) and one is not Model]
LINK = """
insert into linked_sign_ins (id, user_id, provider, issuer, subject, created_at)
select gen_random_uuid(), id, 'acme', 'https://acme.example', email, now() from users where email = $1
"""
TRIP = """
insert into provider_attempts (state_hash, binding_hash, provider, redirect_uri, user_id, expires_at)
select uuid_send(id), 'b', 'acme', 'https://app.example', id, now() from users where email = $1
"""


async def rows_of(urls: DatabaseUrls, user_id: object, factors: list[object]) -> dict[str, int]:
    """How many rows each table has of the person."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(urls.owner)
    try:
        found = {}
        for model in MODELS:
            column, values = ("user_id", [user_id]) if "user_id" in model.__table__.c else ("factor_id", factors)
            statement = f"select count(*) from {model.__tablename__} where {column} = any ($1)"
            found[model.__tablename__] = await connection.fetchval(statement, values)
        return found
    finally:
        await connection.close()


async def test_nothing_is_left(person: Person, nobody: Client, database_urls: DatabaseUrls) -> None:
    app, _ = await switch_on(person)
    await registered(person)
    await options_for(person, "PROVE")
    challenge = await challenge_of(nobody, person)
    await complete(nobody, challenge["token"], totpCode=app.wrong_code())
    for statement in (LINK, TRIP):
        await as_owner(database_urls, statement, person.email)
    connection = await asyncpg.connect(database_urls.owner)
    user_id = await connection.fetchval("select id from users where email = $1", person.email)
    factors = [row["id"] for row in await connection.fetch("select id from factors where user_id = $1", user_id)]
    before = await rows_of(database_urls, user_id, factors)

    await erase_person(connection, email=None, user_id=user_id)
    await connection.close()

    assert [name for name, count in before.items() if not count] == []
    assert [name for name, count in (await rows_of(database_urls, user_id, factors)).items() if count] == []
