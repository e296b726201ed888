"""Passwords: what may be one, and how they are hashed."""

import pytest
from sqlalchemy import select

from domain.identity.models import Credential
from domain.identity.passwords import Passwords, check_password
from domain.identity.people import Registration, find_by_password, register
from domain.mistakes import UserMistake
from integrations.world import World
from runtime.identity_settings import IdentitySettings
from runtime.ids import new_id
from tests.api.conftest import app, settings, world

__all__ = ["app", "settings", "world"]

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    "password",
    ["1234567890", "qwertyuiop", "PASSWORD123", " password123 ", "iloveyou123", "football123", "x" * 9, "x" * 257, ""],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(UserMistake) as refused:
        check_password(password, "input", "password")

    assert refused.value.path == ("input", "password")


@pytest.mark.parametrize("password", [PASSWORD, "x" * 256, "ünïcödé wörds", "          "])
def test_everything_else_of_the_right_length_may_be_one(password: str) -> None:
    check_password(password)


async def test_a_password_is_verified() -> None:
    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(stored, PASSWORD)
    assert not await passwords.verify(stored, PASSWORD + " ")
    assert not await passwords.verify(None, PASSWORD)
    assert not await passwords.verify(None, "nobody has this password")
    assert not await passwords.verify("not a hash", PASSWORD)


async def test_signing_in_hashes_again_at_todays_cost(world: World) -> None:
    cheap = Passwords(IdentitySettings(argon2_time_cost=1, argon2_memory_kib=8 * 1024))
    email = f"{new_id()}@example.com"
    viewer = await register(world.system, Registration(email, PASSWORD, "X"), cheap)

    async def stored() -> str:
        async with world.system.system_session() as session:
            statement = select(Credential.password_hash).where(Credential.user_id == viewer.user_id)
            return (await session.scalars(statement)).one()

    before = await stored()
    with pytest.raises(UserMistake):
        await find_by_password(world.system, email, "wrong wrong wrong")
    after_failure = await stored()
    await find_by_password(world.system, email, PASSWORD)
    after = await stored()
    await find_by_password(world.system, email, PASSWORD)

    assert before == after_failure
    assert before.startswith("$argon2id$v=19$m=8192,t=1,p=1$")
    assert after.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await stored() == after
