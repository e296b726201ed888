"""The documents that are measured stay valid as the schema moves."""

from pathlib import Path

import pytest
from graphql import parse, validate

from api.schema import schema
from bench.kit.home import BENCH


@pytest.mark.parametrize("path", sorted((BENCH / "queries").glob("*.graphql")), ids=lambda path: path.stem)
def test_each_document_is_valid(path: Path) -> None:
    assert validate(schema._schema, parse(path.read_text())) == []
