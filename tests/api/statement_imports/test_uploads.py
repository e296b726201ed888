"""PUT /uploads/…: one use, in time, of a bounded size, whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.app import open_app
from domain.statement_imports.upload import MOST_BYTES
from integrations.world import World
from runtime import clock
from runtime.settings import Settings
from tests.api.client import Person, http_client
from tests.api.statement_imports.files import attend, kept, put, result, start, wind
from tests.integrations.statements.documents import file_of, row

FILE = file_of(row())


async def test_the_file_is_taken_without_further_credentials(person: Person, settings: Settings) -> None:
    started = await start(person)

    answer = await put(person.http, started, FILE)

    assert (answer.status_code, answer.content) == (204, b"")
    found = await result(person, started["id"])
    assert (found["status"], found["uploadUrl"]) == ("READING", None)
    assert [path.read_bytes() for path in kept(settings, started["id"])] == [FILE]


async def test_a_second_file_is_refused(person: Person, settings: Settings) -> None:
    started = await start(person)
    await put(person.http, started, FILE)

    answer = await put(person.http, started, b"another")

    assert answer.status_code == 409
    assert [path.read_bytes() for path in kept(settings, started["id"])] == [FILE]


async def test_a_file_after_the_reading_is_refused(person: Person, world: World) -> None:
    started = await start(person)
    await put(person.http, started, FILE)
    await attend(world, person, started["id"])

    answer = await put(person.http, started, FILE)

    assert answer.status_code == 409
    assert (await result(person, started["id"]))["added"] == 1


async def test_a_late_file_is_refused(person: Person, world: World, settings: Settings) -> None:
    started = await start(person)
    await wind(world, started["id"], upload_until=clock.now())

    answer = await put(person.http, started, FILE)

    assert answer.status_code == 410
    assert (await result(person, started["id"]))["uploadUrl"] is None
    assert kept(settings, started["id"]) == []


async def test_a_file_that_nobody_waits_for_any_more_is_refused(person: Person, world: World) -> None:
    started = await start(person)
    past = clock.now() - timedelta(minutes=1)
    await wind(world, started["id"], upload_until=past, due_at=past)
    await attend(world, person, started["id"])

    answer = await put(person.http, started, FILE)

    found = await result(person, started["id"])
    assert answer.status_code == 410
    assert (found["status"], found["problem"]) == ("FAILED", "No file was sent in time. Start the import again.")


def tampered(url: str) -> str:
    return url[:-40] + ("A" if url[-40] != "A" else "B") + url[-39:]


@pytest.mark.parametrize(
    "secret", ["x", "A" * 86, "é" * 86, "A" * 10_000, "../../etc/passwd", "%00", "-" * 86, "=" * 86]
)
async def test_an_address_that_was_never_given_out_is_not_there(secret: str, http: httpx.AsyncClient) -> None:
    answer = await http.put(f"http://coffer.test/uploads/{secret}", content=FILE)

    assert answer.status_code == 404


async def test_an_altered_address_is_not_there(person: Person) -> None:
    started = await start(person)

    answer = await person.http.put(tampered(started["uploadUrl"]), content=FILE)

    assert answer.status_code == 404
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "HEAD"])
async def test_an_address_takes_nothing_but_put(method: str, person: Person) -> None:
    started = await start(person)

    answer = await person.http.request(method, started["uploadUrl"])

    assert answer.status_code == 405
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"


async def pieces(size: int) -> AsyncIterator[bytes]:
    """That many bytes without a Content-Length."""
    while size > 0:
        yield bytes(min(size, 256 * 1024))
        size -= 256 * 1024


async def test_a_file_whose_length_is_over_the_limit_is_refused_at_once(person: Person, settings: Settings) -> None:
    started = await start(person)

    answer = await put(person.http, started, bytes(MOST_BYTES + 1))

    assert answer.status_code == 413
    assert "retry-after" not in answer.headers
    assert kept(settings, started["id"]) == []
    assert (await put(person.http, started, FILE)).status_code == 204


async def test_a_stream_that_passes_the_limit_is_refused(person: Person, settings: Settings) -> None:
    started = await start(person)

    answer = await put(person.http, started, pieces(MOST_BYTES + 1))

    assert answer.status_code == 413
    assert kept(settings, started["id"]) == []
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"


async def test_a_file_of_exactly_the_limit_is_taken(person: Person, world: World) -> None:
    started = await start(person)

    assert (await put(person.http, started, pieces(MOST_BYTES))).status_code == 204

    await attend(world, person, started["id"])
    assert (await result(person, started["id"]))["status"] == "FAILED"


async def test_an_upload_that_breaks_off_leaves_nothing_and_the_address_good(
    person: Person, settings: Settings
) -> None:
    started = await start(person)

    async def broken() -> AsyncIterator[bytes]:
        yield FILE[:100]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await put(person.http, started, broken())

    assert kept(settings, started["id"]) == []
    assert (await put(person.http, started, FILE)).status_code == 204


async def waiting(begun: asyncio.Event, go_on: asyncio.Event) -> AsyncIterator[bytes]:
    yield FILE[:100]
    begun.set()
    await go_on.wait()
    yield FILE[100:]


async def test_a_file_that_comes_while_another_is_coming_is_refused(person: Person, settings: Settings) -> None:
    started = await start(person)
    begun, go_on = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(put(person.http, started, waiting(begun, go_on)))
    await begun.wait()

    second = await put(person.http, started, b"another")
    go_on.set()

    assert (second.status_code, (await first).status_code) == (409, 204)
    assert [path.read_bytes() for path in kept(settings, started["id"])] == [FILE]


async def test_of_files_that_meet_in_two_processes_the_first_to_be_complete_counts(
    person: Person, settings: Settings
) -> None:
    started = await start(person)
    begun, go_on = asyncio.Event(), asyncio.Event()
    slow = asyncio.create_task(put(person.http, started, waiting(begun, go_on)))
    await begun.wait()

    async with open_app(settings) as other, http_client(other) as elsewhere:
        quick = await put(elsewhere, started, b"another")
    go_on.set()

    assert (quick.status_code, (await slow).status_code) == (204, 409)
    assert [path.read_bytes() for path in kept(settings, started["id"])] == [b"another"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
async def test_a_full_disk_is_told_as_something_that_passes(
    person: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await start(person)

    with monkeypatch.context() as patched:
        full = lambda _: open("/dev/full", "wb")  # noqa: E731, SIM115, PTH123 (the device, and not a file beside it)
        patched.setattr("integrations.object_store.folder._create", full)
        answer = await put(person.http, started, FILE)

    assert (answer.status_code, answer.headers["retry-after"]) == (413, "60")
    assert kept(settings, started["id"]) == []
    assert (await put(person.http, started, FILE)).status_code == 204
