"""Request bodies that mean harm, as bytes: what no JSON encoder would write."""

import json
from collections.abc import Callable

from tests.hostile.documents import DOCUMENTS

Body = Callable[[int], bytes]

HELLO = b'"query": "{ __typename }"'
IDS = b'"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"'


def with_variables(text: bytes) -> bytes:
    return b"{" + IDS + b', "variables": {"ids": ' + text + b"}}"


RAW: dict[str, Body] = {
    "deep variables": lambda size: with_variables(b"[" * 400 * size + b"]" * 400 * size),
    "variables deeper than JSON goes": lambda size: with_variables(b"[" * 100_000 * size + b"]" * 100_000 * size),
    "many variables": lambda size: (
        b"{" + HELLO + b', "variables": {' + b", ".join(b'"v%d": %d' % (n, n) for n in range(15_000 * size)) + b"}}"
    ),
    "many values": lambda size: with_variables(b"[" + b'"x",' * 30_000 * size + b'"x"]'),
    "many wrong values": lambda size: with_variables(b"[" + b"{}," * 3_000 * size + b"{}]"),
    "many empty lists": lambda size: with_variables(b"[" + b"[]," * 60_000 * size + b"[]]"),
    "a huge integer": lambda size: with_variables(b"9" * 100_000 * size),
    "a huge exponent": lambda size: with_variables(b"1e" + b"9" * 50_000 * size),
    "a huge value": lambda size: with_variables(b'["' + b"x" * 200_000 * size + b'"]'),
    "keys that stand twice": lambda size: b"{" + (HELLO + b", ") * 2_000 * size + HELLO + b"}",
    "a batch": lambda size: b"[" + (b"{" + HELLO + b"},") * 2_000 * size + b"{" + HELLO + b"}]",
    "a batch in a batch": lambda size: b"[" * 400 * size + b"{" + HELLO + b"}" + b"]" * 400 * size,
    "an unknown hash": lambda size: json.dumps(
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 50_000 * size}}}
    ).encode(),
    "deep extensions": lambda size: (
        b"{" + HELLO + b', "extensions": ' + b'{"a":' * 300 * size + b"1" + b"}" * 300 * size + b"}"
    ),
    "a long name of an operation": lambda size: b"{" + HELLO + b', "operationName": "' + b"q" * 100_000 * size + b'"}',
    "no text": lambda size: b"\xff\xfe" * 50_000 * size,
    "zeros": lambda size: b"\0" * 100_000 * size,
    "spaces": lambda size: b" " * 200_000 * size + b"{" + HELLO + b"}",
    "a number": lambda size: b"5" * size,
    "nothing": lambda size: b"null",
    "half": lambda size: b"{" + HELLO[: 10 * size],
}

BODIES: dict[str, Body] = {
    **{
        name: (lambda size, attack=attack: json.dumps(attack(size)).encode())  # type: ignore[misc]
        for name, attack in DOCUMENTS.items()
    },
    **{f"bodies: {name}": body for name, body in RAW.items()},
}
