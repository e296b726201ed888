"""The application without its own checks, so that nothing but the policies of the rows stands between households."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import asyncpg.connection

from api import gates
from api.context import Context
from api.errors import UNAUTHENTICATED, ClientError
from runtime.viewer import VIEWER, Viewer

LAYERS = ("api.", "domain.")
Connection: Any = asyncpg.connection.Connection
_WHOSE = re.compile(r"[\w.\"]*\b(?:household_id|user_id|stream_id|group_id) = (\$\d+)(?:::UUID)?", re.IGNORECASE)
_CONDITIONS = re.compile(r"\b(?:where|join|on)\b", re.IGNORECASE)


class NoRole:
    """In the place of VIEWER: nobody has it."""


@contextmanager
def unchecked(app_url: str) -> Iterator[list[str]]:
    """Roles are not looked at, and no statement of the role `app` says any more whose rows it means. Gives the
    statements that said so.

    The role `system` is not held by these policies and keeps its conditions: what it may do is granted to it by table.
    """
    user = app_url.split("//")[1].split(":")[0]
    changed: list[str] = []
    get_statement = Connection._get_statement

    async def get_changed(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
        if self._params.user == user and (wider := without_conditions(query)) != query:
            changed.append(query)
            query = wider
        return await get_statement(self, query, *arguments, **options)

    modules = [
        module
        for name, module in sys.modules.items()
        if name.startswith(LAYERS) and getattr(module, "VIEWER", None) == VIEWER
    ]
    with (
        mock.patch.object(gates, "_may_change", _whoever_is_signed_in),
        mock.patch.object(Connection, "_get_statement", get_changed),
    ):
        for module in modules:
            setattr(module, "VIEWER", NoRole)  # noqa: B010 a module has no such attribute for the checker
        try:
            yield changed
        finally:
            for module in modules:
                setattr(module, "VIEWER", VIEWER)  # noqa: B010 a module has no such attribute for the checker


def without_conditions(statement: str) -> str:
    """What a statement compares with whose rows are meant holds for all rows. What it writes stays as it is."""
    start = _CONDITIONS.search(statement)
    if start is None:
        return statement
    return statement[: start.start()] + _WHOSE.sub(r"(\1::uuid is not null)", statement[start.start() :])


def _whoever_is_signed_in(context: Context, _open_to_viewers: bool) -> Viewer:
    viewer = context.signed_in
    if viewer is None:
        raise ClientError(UNAUTHENTICATED, "Sign in first: this needs an access token.")
    return viewer
