"""Erase a person for good. The journals still verify; what others rely on stays without the person's name."""

import argparse
import asyncio
import os
from uuid import UUID

import asyncpg

from api import ids
from cli.main import Refusal
from domain.erasure import Erased, NoSuchPerson, erase_person


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", metavar="EMAIL|ID", help="the address they sign in with, or usr_… or a UUID")


def run(arguments: argparse.Namespace) -> int:
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        raise Refusal("DATABASE_OWNER_URL is not set: only the owner may empty journal lines")
    email, user_id = _read(arguments.person)
    try:
        erased = asyncio.run(_erase(url, email, user_id))
    except NoSuchPerson:
        raise Refusal(f"nobody here is {arguments.person}") from None
    except (asyncpg.PostgresError, OSError) as error:
        raise Refusal(f"nothing was erased: {error}") from error
    print(f"{ids.encode('usr', erased.user_id)} is erased: {erased.lines} journal lines emptied")
    if erased.households:
        print("their household went with them; the worker ends their bank links at the provider")
    return 0


def _read(person: str) -> tuple[str | None, UUID | None]:
    if "@" in person:
        return person, None
    try:
        return None, ids.decode_as("usr", person) if person.startswith("usr_") else UUID(person)
    except ValueError:
        raise Refusal(f"{person} is neither an address nor an id") from None


async def _erase(url: str, email: str | None, user_id: UUID | None) -> Erased:
    connection = await asyncpg.connect(url)
    try:
        return await erase_person(connection, email=email, user_id=user_id)
    finally:
        await connection.close()
