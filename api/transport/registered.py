"""The documents of own clients, out of a folder: known from the start, without having been sent by anybody.

A folder holds `*.graphql` files of one document each, and `*.json` files as clients' compilers write them: Apollo's
persisted query manifest (`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body"}]}`)
or Relay's map (`{"id": "document"}`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from api.errors import format_error
from api.transport.documents import Refused
from api.transport.operation import Operations
from api.transport.parameters import Parameters, sha256
from runtime.settings import SettingProblem

MANIFEST = "apollo-persisted-query-manifest"


class DocumentProblem(SettingProblem):
    """A registered document cannot be read or does not fit the schema; the message names its file."""


def read_documents(path: Path, operations: Operations) -> dict[str, str]:
    """The documents of a file, or of all files below a folder, by each id that names them. Raises DocumentProblem."""
    if not path.exists():
        raise DocumentProblem(f"{path}: there is no such file or folder of documents")
    files = [path] if path.is_file() else sorted([*path.rglob("*.graphql"), *path.rglob("*.json")])
    documents: dict[str, str] = {}
    for file in files:
        for identifier, text in _documents_of(file):
            if documents.setdefault(identifier, text) != text:
                raise DocumentProblem(f"{file}: another document has the id {identifier}")
            _check(file, text, operations)
    return documents


def _documents_of(file: Path) -> Iterator[tuple[str, str]]:
    try:
        text = file.read_bytes().decode()
        entries: list[tuple[str | None, str]] = [(None, text)]
        if file.suffix == ".json":
            entries = list(_entries(orjson.loads(text)))
    except (OSError, ValueError, TypeError) as error:
        raise DocumentProblem(f"{file}: {error}") from None
    for identifier, document in entries:
        bare = document.rstrip()
        if identifier is not None:
            yield identifier.removeprefix("sha256:"), bare
        # Editors end a file with a line break, which clients' compilers do not: one document, found by either hash.
        yield sha256(document), bare
        yield sha256(bare), bare


def _entries(content: Any) -> Iterator[tuple[str | None, str]]:
    """Raises ValueError or TypeError for what is none of the known formats."""
    if not isinstance(content, dict):
        raise TypeError("neither a persisted query manifest nor a map of ids to documents")
    pairs = list(content.items())
    if "operations" in content:
        if content.get("format") != MANIFEST or content.get("version") != 1:
            raise ValueError(f'a manifest must be of format "{MANIFEST}" and version 1')
        operations = content["operations"]
        if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
            raise TypeError("`operations` must be a list of objects")
        pairs = [(one.get("id"), one.get("body")) for one in operations]
    for identifier, document in pairs:
        if not isinstance(identifier, str) or not isinstance(document, str):
            raise TypeError("each document needs an id and a text")
        yield identifier, document


def _check(file: Path, text: str, operations: Operations) -> None:
    try:
        operations.read(Parameters(text, None, {}, {}))
    except Refused as refused:
        errors = [format_error(error) for error in refused.errors]
        words = "; ".join(f"{_place(error)}{error['message']}" for error in errors)
        raise DocumentProblem(f"{file}: {words}") from None


def _place(error: dict[str, Any]) -> str:
    places = [f"{place['line']}:{place['column']}" for place in error.get("locations", [])]
    return f"{', '.join(places)} " if places else ""
