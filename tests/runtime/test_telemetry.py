"""The log says where and what, never whose."""

import json
import logging
import sys

import asyncpg
import pytest

from runtime.telemetry import JsonLines
from tests.cluster import DatabaseUrls

SECRET = "ada@example.com"


async def refused_by_postgresql(database_urls: DatabaseUrls) -> None:
    connection = await asyncpg.connect(database_urls.owner)
    try:
        await connection.execute("create temp table told (address text unique)")
        for _ in range(2):
            await connection.execute("insert into told values ($1)", SECRET)
    finally:
        await connection.close()


async def line_of(database_urls: DatabaseUrls, formatter: logging.Formatter) -> str:
    try:
        await refused_by_postgresql(database_urls)
    except asyncpg.PostgresError as error:
        try:
            raise RuntimeError(f"no room for {SECRET}") from error
        except RuntimeError:
            record = logging.LogRecord(
                "coffer", logging.ERROR, __file__, 1, "internal error %s", ("x",), sys.exc_info()
            )
            return formatter.format(record)
    raise AssertionError("nothing was refused")


async def test_an_exception_is_logged_without_its_words(database_urls: DatabaseUrls) -> None:
    line = await line_of(database_urls, JsonLines("api"))

    assert SECRET not in line
    exception = json.loads(line)["exception"]
    assert "builtins.RuntimeError" in exception
    assert "UniqueViolationError (23505)" in exception
    assert "refused_by_postgresql" in exception


async def test_with_details_it_is_logged_as_it_is(database_urls: DatabaseUrls) -> None:
    assert SECRET in await line_of(database_urls, JsonLines("api", has_details=True))


def test_what_the_caller_adds_is_in_the_line() -> None:
    record = logging.makeLogRecord({"msg": "words", "levelname": "INFO", "correlation_id": "abc"})

    line = json.loads(JsonLines("api").format(record))

    assert (line["message"], line["level"], line["process"], line["correlation_id"]) == ("words", "info", "api", "abc")


@pytest.mark.parametrize("errors", [[ValueError(SECRET), KeyError(SECRET)]])
def test_groups_are_logged_by_their_members_types(errors: list[Exception]) -> None:
    try:
        raise ExceptionGroup(SECRET, errors)
    except ExceptionGroup:
        record = logging.LogRecord("coffer", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())

    line = JsonLines("api").format(record)

    assert SECRET not in line
    assert all(type(error).__name__ in line for error in errors)
