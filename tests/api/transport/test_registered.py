"""Documents that are known from the start."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import open_app
from api.transport.operation import Operations
from api.transport.registered import DocumentProblem, read_documents
from runtime.settings import Settings
from tests.api.client import http_client
from tests.api.transport.schema import schema
from tests.api.transport.server import serving

DOCUMENT = "query Greet {\n  hello\n}"
MANIFEST = {"format": "apollo-persisted-query-manifest", "version": 1}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(folder: Path) -> dict[str, str]:
    return read_documents(folder, Operations(schema))


def test_a_file_is_found_by_its_hash_with_and_without_its_last_line_break(tmp_path: Path) -> None:
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "greet.graphql").write_text(DOCUMENT + "\n")

    assert read(tmp_path) == {sha256(DOCUMENT): DOCUMENT, sha256(DOCUMENT + "\n"): DOCUMENT}


@pytest.mark.parametrize(
    "content",
    [
        {**MANIFEST, "operations": [{"id": "greet-1", "name": "Greet", "type": "query", "body": DOCUMENT}]},
        {"greet-1": DOCUMENT},
    ],
    ids=["Apollo's manifest", "Relay's map"],
)
def test_a_compilers_file_gives_ids(tmp_path: Path, content: dict[str, Any]) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(content))

    assert read(file) == read(tmp_path) == {"greet-1": DOCUMENT, sha256(DOCUMENT): DOCUMENT}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.graphql", "{ unknown }", "1:3 Cannot query field 'unknown' on type 'Query'"),
        ("a.graphql", "{", "Syntax Error"),
        ("a.graphql", "query A { hello } query B { hello }", "operation name"),
        ("a.graphql", "", "Syntax Error"),
        ("a.json", "{", "unexpected end"),
        ("a.json", "[]", "neither"),
        ("a.json", '{"greet": 5}', "an id and a text"),
        ("a.json", json.dumps({"operations": []}), "format"),
        ("a.json", json.dumps({**MANIFEST, "version": 2, "operations": []}), "version 1"),
        ("a.json", json.dumps({**MANIFEST, "operations": [5]}), "list of objects"),
        ("a.json", json.dumps({**MANIFEST, "operations": [{"id": "a"}]}), "an id and a text"),
        ("a.json", json.dumps({"greet": "{ unknown }"}), "Cannot query field"),
    ],
)
def test_a_problem_names_its_file(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(DocumentProblem) as problem:
        read(tmp_path)

    assert str(problem.value).startswith(f"{tmp_path / name}: ")
    assert words in str(problem.value)


def test_bytes_that_are_no_text_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_bytes(b"{ hello } # \xff")

    with pytest.raises(DocumentProblem, match=r"a\.graphql"):
        read(tmp_path)


def test_one_id_for_two_documents_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"greet": DOCUMENT}))
    (tmp_path / "b.json").write_text(json.dumps({"greet": "{ hello }"}))

    with pytest.raises(DocumentProblem, match=r"b\.json: another document has the id greet"):
        read(tmp_path)


def test_a_folder_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(DocumentProblem, match="no such file or folder"):
        read(tmp_path / "documents")


async def test_a_registered_document_needs_no_sending(tmp_path: Path, client: httpx.AsyncClient) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"greet": DOCUMENT}))
    async with serving(documents=tmp_path) as server:
        by_id = await client.post(server.url, json={"documentId": "greet"})
        persisted = {"version": 1, "sha256Hash": sha256(DOCUMENT)}
        by_hash = await client.post(server.url, json={"extensions": {"persistedQuery": persisted}})
        by_text = await client.post(server.url, json={"query": "{ person }"})

        assert by_id.json() == by_hash.json() == {"data": {"hello": "Hello world"}}
        assert by_text.json() == {"data": {"person": None}}


async def test_other_documents_can_be_refused(tmp_path: Path, client: httpx.AsyncClient) -> None:
    (tmp_path / "greet.graphql").write_text(DOCUMENT + "\n")
    other = {"version": 1, "sha256Hash": sha256("{ person }")}
    new = {"accept": "application/graphql-response+json"}
    async with serving(documents=tmp_path, only_documents=True) as server:
        allowed = await client.post(server.url, json={"query": DOCUMENT}, headers=new)
        refused = await client.post(server.url, json={"query": "{ person }"}, headers=new)
        sent = {"query": "{ person }", "extensions": {"persistedQuery": other}}
        with_hash = await client.post(server.url, json=sent, headers=new)
        hash_alone = await client.post(server.url, json={"extensions": {"persistedQuery": other}}, headers=new)

        assert allowed.json() == {"data": {"hello": "Hello world"}}
        assert (refused.status_code, with_hash.status_code, hash_alone.status_code) == (403, 403, 404)
        assert refused.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_the_settings_say_where_they_are(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"me": "{ viewer { user { id } } }"}))

    async with open_app(replace(settings, documents=tmp_path)) as app, http_client(app) as http:
        answer = await http.post("/graphql", json={"documentId": "me"})

    assert answer.json() == {"data": {"viewer": None}}


async def test_a_document_that_does_not_fit_keeps_the_server_from_starting(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "me.graphql").write_text("{\n  viewer { password }\n}\n")

    with pytest.raises(DocumentProblem, match=r"me\.graphql: 2:12 Cannot query field 'password' on type 'Viewer'"):
        async with open_app(replace(settings, documents=tmp_path)):
            pass
