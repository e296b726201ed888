"""The documents of the curve of depth, against the schema itself."""

import pytest
from graphql import parse, validate

from api.schema import schema
from bench.scale import LEVELS, nested


def test_a_level_is_one_more_edge_at_the_end() -> None:
    assert nested(1) == "{ viewer { accounts { id name  } } }"
    assert nested(2) == "{ viewer { accounts { id name transactions(first: 10) { nodes { id date  } } } } }"


@pytest.mark.parametrize("levels", range(1, len(LEVELS) + 1))
def test_each_depth_is_a_valid_document(levels: int) -> None:
    assert validate(schema._schema, parse(nested(levels))) == []
