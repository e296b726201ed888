"""Keys: made once, never shown, and refused where they do not fit."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from domain.identity.keys import check_keys
from runtime.keys import Key, KeyProblem, Keys, load_or_make
from runtime.system import SystemDatabase
from tests.cluster import DatabaseUrls

KEYS = Keys(access=(Key(b"a" * 32),), vault=(Key(b"v" * 32),))


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    first, again = load_or_make(path), load_or_make(path)

    assert first == again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"access": "x", "vault": "y"}', '{"access": 1, "vault": 2}'])
def test_a_broken_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)

    with pytest.raises(KeyProblem):
        load_or_make(path)


def test_processes_that_start_together_have_the_same_keys(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / str(number) / "keys.json"
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda _, path=path: load_or_make(path).access[0].id, range(8)))

        assert len(made) == 1
        assert [one.name for one in path.parent.iterdir()] == ["keys.json"]


def test_secrets_do_not_show() -> None:
    assert "aaaa" not in repr(KEYS)
    assert "vvvv" not in repr(KEYS)


def test_what_is_sealed_opens_only_where_it_belongs() -> None:
    key_id, sealed = KEYS.encrypt("access-token", bound_to=b"link 1")

    assert KEYS.decrypt(key_id, sealed, bound_to=b"link 1") == "access-token"
    with pytest.raises(InvalidTag):
        KEYS.decrypt(key_id, sealed, bound_to=b"link 2")


def test_an_older_key_still_opens() -> None:
    key_id, sealed = KEYS.encrypt("access-token", bound_to=b"link")
    rotated = Keys(access=KEYS.access, vault=(Key(b"n" * 32), *KEYS.vault))

    assert rotated.decrypt(key_id, sealed, bound_to=b"link") == "access-token"
    with pytest.raises(KeyProblem, match=key_id):
        Keys(access=KEYS.access, vault=(Key(b"n" * 32),)).decrypt(key_id, sealed, bound_to=b"link")


async def test_other_keys_than_the_datas_are_refused_by_name(
    system: SystemDatabase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # The file that all tests of this worker, and so its database, have their keys from.
    keys = load_or_make(tmp_path_factory.getbasetemp() / "keys.json")

    await check_keys(system, keys)
    with pytest.raises(KeyProblem, match="vault key"):
        await check_keys(system, Keys(access=keys.access, vault=(Key(b"n" * 32),)))
    with pytest.raises(KeyProblem, match="access key"):
        await check_keys(system, Keys(access=(Key(b"n" * 32),), vault=keys.vault))


def test_a_seal_is_of_its_content_and_purpose_and_known_again_after_a_rotation() -> None:
    old, rotated = KEYS, Keys(access=KEYS.access, vault=(Key(b"n" * 32), *KEYS.vault))
    (seal,) = old.seals("number", b"123")

    assert rotated.seals("number", b"123")[1] == seal
    assert len({seal, *rotated.seals("number", b"123"), *old.seals("number", b"124"), *old.seals("other", b"123")}) == 4


async def test_a_key_that_came_by_rotation_must_not_get_lost_unless_the_owner_has_it_forgotten(
    system: SystemDatabase, database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = load_or_make(tmp_path_factory.getbasetemp() / "keys.json")
    new = Key(b"r" * 32)

    try:
        await check_keys(system, Keys(access=keys.access, vault=(new, *keys.vault)))
        with pytest.raises(KeyProblem, match=new.id):
            await check_keys(system, keys)
    finally:
        connection = await asyncpg.connect(database_urls.owner)
        await connection.execute("delete from key_fingerprints where key_id = $1", new.id)
        await connection.close()
    await check_keys(system, keys)


async def test_an_older_access_key_may_go_and_the_newest_may_not(
    system: SystemDatabase, database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = load_or_make(tmp_path_factory.getbasetemp() / "keys.json")
    new = Key(b"s" * 32)

    try:
        await check_keys(system, Keys(access=(new, *keys.access), vault=keys.vault))
        await check_keys(system, Keys(access=(new,), vault=keys.vault))
        with pytest.raises(KeyProblem, match=new.id):
            await check_keys(system, keys)
    finally:
        connection = await asyncpg.connect(database_urls.owner)
        await connection.execute("delete from key_fingerprints where key_id = $1", new.id)
        await connection.close()
    await check_keys(system, keys)
