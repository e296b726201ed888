"""Erasing a person: everything of theirs goes, and what others rely on stays without their name.

Runs as the owner, in one transaction. The journals keep their lines and lose the lines' content: the hashes hold only a
salted commitment to it, so the chains verify as before (runtime/verification.py). A household in which nobody else is
goes altogether; in one with others only the person goes, with the accounts that they kept to themselves.
Groups keep what was given to them.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from domain import tables
from domain.events import GroupLeft, PersonalDataErased
from domain.mail.address import email_key
from runtime import clock, journal
from runtime.facts import Fact
from runtime.verification import ERASED_LINES, ERASURE

ACTOR = "operator"
NOBODY = "Erased"

# Bank links stay until the provider has been told; the rest of this list belongs to the person, or to the groups.
_KEPT = frozenset({"bank_links", "household_members", "group_memberships"})


class NoSuchPerson(LookupError):
    """Nobody here has this address or id."""


@dataclass(frozen=True)
class Erased:
    """What was done: journal lines that were emptied, and households that went altogether."""

    user_id: UUID
    lines: int
    households: int


async def erase_person(
    connection: "asyncpg.Connection",
    *,
    email: str | None,
    user_id: UUID | None,
    actor: str = ACTOR,
    due_by: datetime | None = None,
) -> Erased:
    """By address (case does not matter) or id; with `due_by` only if they are to be erased by then, and have not taken
    it back meanwhile. Raises NoSuchPerson. Doing it twice changes nothing more."""
    at = clock.now()
    async with connection.transaction():
        found = await connection.fetchval(
            "select id from users where (id = $1 or email_key = $2) "
            "and ($3::timestamptz is null or deletion_due_at <= $3) for update",
            user_id,
            None if email is None else email_key(email),
            due_by,
        )
        if found is None:
            raise NoSuchPerson
        person: UUID = found
        own, shared = await _households_of(connection, person)
        accounts = await _accounts_of(connection, person, own)
        left_before = await _households_left(connection, person, accounts, {*own, *shared})
        groups = await _members_of(connection, person)
        await _forget_person(connection, person)
        for household_id in own:
            await _empty_household(connection, household_id, at)
        withheld = {household_id: await _withheld_of(connection, household_id, person) for household_id in shared}
        for household_id in shared:
            await _leave_household(connection, household_id, person, at)
        left = await _leave_groups(connection, person, groups, at)

        streams = {*own, *shared, *left_before, *(group_id for group_id, _ in groups)}
        await connection.execute(
            "select from streams where stream_id = any ($1) order by stream_id for update", list(streams)
        )
        facts: list[Fact] = list(left)
        lines = 0
        for household_id in own:
            facts += _erasure(household_id, person, await _blank_all(connection, household_id))
        for household_id in shared:
            numbers = await _blank_persons(connection, household_id, person, withheld[household_id])
            facts += _erasure(household_id, person, numbers)
        for household_id in left_before:
            numbers = await _blank_persons(connection, household_id, person, accounts)
            facts += _erasure(household_id, person, numbers)
        for group_id, member_id in groups:
            facts += _erasure(group_id, member_id, await _blank_members(connection, group_id, member_id))
        for fact in facts:
            lines += sum(last - first + 1 for first, last in fact.data.get(ERASED_LINES, ()))
        await journal.append(connection, home=person, actor=actor, at=at, facts=facts)
    return Erased(person, lines, len(own))


async def _households_of(connection: "asyncpg.Connection", person: UUID) -> tuple[list[UUID], list[UUID]]:
    """The person's households: those of nobody else, and those with others."""
    rows = await connection.fetch(
        "select household_id, (select count(*) from household_members others "
        "where others.household_id = mine.household_id) = 1 as is_own "
        "from household_members mine where user_id = $1 order by household_id",
        person,
    )
    return [row[0] for row in rows if row[1]], [row[0] for row in rows if not row[1]]


async def _accounts_of(connection: "asyncpg.Connection", person: UUID, own: Sequence[UUID]) -> list[UUID]:
    """The accounts and bank links that are theirs, wherever they brought them."""
    rows = await connection.fetch(
        "select id from accounts where household_id = any ($2) "
        "union select account_id from account_shares where owner_user_id = $1 "
        "union select id from bank_links where user_id = $1",
        person,
        list(own),
    )
    return [row[0] for row in rows]


async def _households_left(
    connection: "asyncpg.Connection", person: UUID, accounts: Sequence[UUID], present: Set[UUID]
) -> list[UUID]:
    """Households to which they belong no more, whose journals tell of them or of what they took along."""
    rows = await connection.fetch(
        "select distinct stream_id from journal join streams using (stream_id) where streams.kind = 'HOUSEHOLD' "
        "and data is not null and (actor = $1 or data ->> 'person' = $2 or account_id = any ($3)) order by stream_id",
        f"person:{person}",
        str(person),
        list(accounts),
    )
    return [row[0] for row in rows if row[0] not in present]


async def _members_of(connection: "asyncpg.Connection", person: UUID) -> list[tuple[UUID, UUID]]:
    """As whom the person belongs, or belonged, to which groups."""
    rows = await connection.fetch(
        "select group_id, member_id from group_people where user_id = $1 order by group_id, member_id", person
    )
    return [(row[0], row[1]) for row in rows]


async def _forget_person(connection: "asyncpg.Connection", person: UUID) -> None:
    """Nobody signs in as them any more; open sockets end within seconds of the sessions."""
    tables_of_theirs = (
        *("sessions", "credentials", "idempotency_keys", "notifications", "link_attempts"),
        "webhook_endpoints",
        *("factors", "backup_codes", "linked_sign_ins", "sign_in_challenges", "passkey_ceremonies"),
        *("provider_attempts", "factor_attempts"),
        *("mail_tokens", "address_requests", "security_events", "outgoing_mails"),
        *("authorization_codes", "device_codes"),
    )
    await connection.execute(_END_GRANTS, person, clock.now())
    await connection.execute(
        "delete from invitations where email_key = (select email_key from users where id = $1)", person
    )
    for table in (*tables_of_theirs, "apps"):
        await connection.execute(f"delete from {table} where user_id = $1", person)
    await connection.execute(
        "update users set email = $2, email_key = $2, display_name = $3, timezone = 'UTC', locale = 'en', "
        "email_verified_at = null, email_owned_at = null, sessions_ended_at = $4, week_starts_on = 1, "
        "month_starts_on = 1, dismissed_steps = '{}', deletion_due_at = null where id = $1",
        person,
        f"{person}@erased.invalid",
        NOBODY,
        clock.now(),
    )


# What others allowed the person's apps goes with the apps.
_END_GRANTS = """
update sessions set ended_at = $2
where ended_at is null and app_id in (select id from apps where user_id = $1)
"""


async def _empty_household(connection: "asyncpg.Connection", household_id: UUID, at: datetime) -> None:
    for model in reversed(tables.models()):
        name = model.__tablename__
        if "household_id" in model.__table__.columns and name not in _KEPT:
            await connection.execute(f"delete from {name} where household_id = $1", household_id)
    await _unlink(connection, household_id, None, at)
    await connection.execute("delete from bank_links where household_id = $1 and token is null", household_id)
    await connection.execute("update households set name = $2 where id = $1", household_id, NOBODY)


async def _withheld_of(connection: "asyncpg.Connection", household_id: UUID, person: UUID) -> list[UUID]:
    """The accounts that they kept from the others, wholly or in part: those are nobody else's."""
    rows = await connection.fetch(
        "select account_id from account_shares where household_id = $1 and owner_user_id = $2 and sharing <> 'FULL'",
        household_id,
        person,
    )
    return [row[0] for row in rows]


async def _leave_household(connection: "asyncpg.Connection", household_id: UUID, person: UUID, at: datetime) -> None:
    """What they shared fully is the household's now; what they did not is gone. Somebody owns the household always."""
    await _unlink(connection, household_id, person, at)
    withheld = await _withheld_of(connection, household_id, person)
    await connection.execute("delete from accounts where household_id = $1 and id = any ($2)", household_id, withheld)
    await connection.execute(
        "delete from account_shares where household_id = $1 and owner_user_id = $2 and sharing = 'FULL'",
        household_id,
        person,
    )
    await connection.execute(
        "delete from household_members where household_id = $1 and user_id = $2", household_id, person
    )
    await connection.execute(_NEXT_OWNER, household_id)


_NEXT_OWNER = """
update household_members set role = 'OWNER'
where household_id = $1
    and not exists (select from household_members where household_id = $1 and role = 'OWNER')
    and user_id = (
        select user_id from household_members where household_id = $1
        order by (role = 'MEMBER') desc, joined_at, user_id limit 1
    )
"""


async def _unlink(connection: "asyncpg.Connection", household_id: UUID, person: UUID | None, at: datetime) -> None:
    """The worker's sweep tells the provider, and drops the token when the provider has forgotten it."""
    await connection.execute(
        "update bank_links set status = 'UNLINKED', unlinked_at = coalesce(unlinked_at, $3), removal_due_at = $3, "
        "cursor = null, problem = null where household_id = $1 and ($2::uuid is null or user_id = $2) "
        "and token is not null",
        household_id,
        person,
        at,
    )


async def _leave_groups(
    connection: "asyncpg.Connection", person: UUID, groups: Sequence[tuple[UUID, UUID]], at: datetime
) -> list[Fact]:
    gone: list[Fact] = []
    for group_id, member_id in groups:
        await connection.execute("select from savings_groups where group_id = $1 for no key update", group_id)
        was_there = await connection.fetchval(
            "select left_at is null from group_members where group_id = $1 and id = $2", group_id, member_id
        )
        await connection.execute(
            "update group_members set display_name = $3, left_at = coalesce(left_at, $4) "
            "where group_id = $1 and id = $2",
            group_id,
            member_id,
            NOBODY,
            at,
        )
        await connection.execute(
            "update group_contributions set message = null where group_id = $1 and member_id = $2", group_id, member_id
        )
        if was_there:
            gone.append(GroupLeft(ids=[member_id], stream_id=group_id))
    await connection.execute("delete from group_memberships where user_id = $1", person)
    return gone


_EMPTY = f"""
update journal set data = null, salt = null
where stream_id = $1 and data is not null and kind <> '{ERASURE}' and {{whose}}
returning seq
"""


async def _blank_all(connection: "asyncpg.Connection", stream_id: UUID) -> list[int]:
    return _numbers(await connection.fetch(_EMPTY.format(whose="true"), stream_id))


async def _blank_persons(
    connection: "asyncpg.Connection", stream_id: UUID, person: UUID, accounts: Sequence[UUID]
) -> list[int]:
    """What they did, and what is about them, or about these accounts."""
    whose = "(actor = $2 or $3 = any (ids) or data ->> 'person' = $3::text or account_id = any ($4))"
    return _numbers(
        await connection.fetch(_EMPTY.format(whose=whose), stream_id, f"person:{person}", person, list(accounts))
    )


async def _blank_members(connection: "asyncpg.Connection", stream_id: UUID, member_id: UUID) -> list[int]:
    whose = "(actor = $2 or $3 = any (ids))"
    return _numbers(await connection.fetch(_EMPTY.format(whose=whose), stream_id, f"member:{member_id}", member_id))


def _numbers(rows: Iterable[asyncpg.Record]) -> list[int]:
    return sorted(row["seq"] for row in rows)


def _erasure(stream_id: UUID, whose: UUID, numbers: Sequence[int]) -> list[Fact]:
    if not numbers:
        return []
    return [PersonalDataErased(ids=[whose], stream_id=stream_id, data={ERASED_LINES: ranges(numbers)})]


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """[1, 2, 3, 7] is [(1, 3), (7, 7)]."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
