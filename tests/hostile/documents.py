"""Documents that mean harm, each in any size: `size` 1 is large already, 2 is twice as long."""

from collections.abc import Callable
from typing import Any

from tests.hostile.overlaps import OVERLAPS

Asked = dict[str, Any]
Attack = Callable[[int], Asked]


def times(text: str, count: int, between: str = " ") -> str:
    """The text so many times, each with its number where it says {n}, and the next one's where it says {m}."""
    return between.join([text.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(count)])


def query(text: str, **variables: Any) -> Asked:
    return {"query": text, "variables": variables}


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


FRAGMENTS: dict[str, Attack] = {
    "a chain that doubles": lambda size: query(
        "{ ...f0 } "
        + times("fragment f{n} on Query { ...f{m} ...f{m} }", 90 * size)
        + f" fragment f{90 * size} on Query {{ __typename }}"
    ),
    "a chain that doubles by aliases": lambda size: query(
        "{ viewer { accounts { ...f0 } } } "
        + times(
            "fragment f{n} on Account { a: transactions { nodes { account { ...f{m} } } } "
            "b: transactions { nodes { account { ...f{m} } } } }",
            40 * size,
        )
        + f" fragment f{40 * size} on Account {{ id }}"
    ),
    "a chain that triples in the middle of the limits": lambda size: query(
        "{ viewer { ...f0 } } "
        + times("fragment f{n} on Viewer { ...f{m} sequence ...g{m} ...h{m} }", 9)
        + times(" fragment g{m} on Viewer { ...f{m} } fragment h{m} on Viewer { ...f{m} }", 9 * size)
        + " fragment f9 on Viewer { sequence }"
    ),
    "one that spreads itself": lambda size: query("{ ...f } fragment f on Query { " + "...f " * 500 * size + "}"),
    "a circle": lambda size: query(
        "{ ...f0 } "
        + times("fragment f{n} on Query { ...f{m} }", 180 * size)
        + f" fragment f{180 * size} on Query {{ ...f0 }}"
    ),
    "circles everywhere": lambda size: query(
        "{ ...f0 } " + times("fragment f{n} on Query { " + times("...f{n}", 60 * size) + " }", 60 * size)
    ),
    "a long chain": lambda size: query(
        "{ ...f0 } "
        + times("fragment f{n} on Query { ...f{m} }", 1_500 * size)
        + f" fragment f{1_500 * size} on Query {{ __typename }}"
    ),
    "unused ones": lambda size: query("{ __typename } " + times("fragment f{n} on Query { __typename }", 1_000 * size)),
    "unknown ones": lambda size: query("{ " + times("...f{n}", 2_000 * size) + " }"),
    "one name for all": lambda size: query("{ ...f } " + "fragment f on Query { __typename } " * 150 * size),
    "on types that cannot be": lambda size: query("{ " + times("... on Account { id }", 1_000 * size) + " }"),
    "on every type of an interface": lambda size: query(
        '{ node(id: "x") { '
        + "... on Account { id name } ... on Transaction { id } ... on Node { id } " * 200 * size
        + "} }"
    ),
    "inline, in each other": lambda size: query(nested("{ ... on Query ", "{ __typename }", " }", 300 * size)),
}

FLOODS: dict[str, Attack] = {
    "aliases": lambda size: query("{ " + times("a{n}: __typename", 2_400 * size) + " }"),
    "aliases of an edge": lambda size: query("{ viewer { " + times("a{n}: accounts { id }", 1_000 * size) + " } }"),
    "aliases within the limit, of the longest pages": lambda size: query(
        "{ viewer { " + times("a{n}: transactions(first: 100) { nodes { id } }", 50 * size) + " } }"
    ),
    "sign-ins under aliases": lambda size: query(
        "mutation { "
        + times('a{n}: signIn(input: {email: "a@b.c", password: "p{n}"}) { userErrors { code } }', 200 * size)
        + " }"
    ),
    "__typename": lambda size: query("{ " + "__typename " * 4_000 * size + "}"),
    "one field": lambda size: query("{ viewer { " + "sequence " * 3_000 * size + "} }"),
    "unknown directives": lambda size: query("{ __typename " + times("@d{n}", 1_500 * size) + " }"),
    "directives": lambda size: query("{ __typename " + "@skip(if: false) " * 1_000 * size + "}"),
    "a directive at each field": lambda size: query(
        "{ " + times("a{n}: __typename @include(if: true)", 600 * size) + " }"
    ),
    "switches": lambda size: query(
        "query ("
        + times("$v{n}: Boolean = true", 90 * size)
        + ") { "
        + times("a{n}: __typename @skip(if: $v{n})", 90 * size)
        + " }"
    ),
    "defer": lambda size: query("{ " + "... @defer { __typename } " * 150 * size + "}"),
    "operations": lambda size: query(times("query q{n} { __typename }", 1_000 * size)),
    "operations that share a chain": lambda size: query(
        times("query q{n} { ...f0 }", 95 * size)
        + times(" fragment f{n} on Query { ...f{m} }", 95 * size)
        + f" fragment f{95 * size} on Query {{ __typename }}"
    ),
    "operations without names": lambda size: query("{ __typename } " * 1_000 * size),
    "operations of one name": lambda size: query("query q { __typename } " * 190 * size),
    "root fields of a subscription": lambda size: query(
        "subscription { " + times("a{n}: balanceChanged { sequence }", 500 * size) + " }"
    ),
    "roots of a subscription by fragments": lambda size: query(
        "subscription { "
        + times("...f{n}", 90 * size)
        + " } "
        + times("fragment f{n} on Subscription { balanceChanged { sequence } }", 90 * size)
    ),
    "variables": lambda size: query("query (" + times("$v{n}: Int", 2_000 * size) + ") { __typename }"),
    "variables that are used": lambda size: query(
        "query (" + times("$v{n}: ID!", 300 * size) + ") { nodes(ids: [" + times("$v{n}", 300 * size) + "]) { id } }"
    ),
    "one variable": lambda size: query("query (" + "$v: Int " * 2_000 * size + ") { __typename }"),
    "arguments of one name": lambda size: query("{ node(" + 'id: "x" ' * 2_000 * size + ") { id } }"),
    "unknown arguments": lambda size: query("{ node(" + times("idd{n}: 1", 2_000 * size) + ") { id } }"),
    "unknown fields near known ones": lambda size: query(
        "{ viewer { " + times("acount{n} transaction{n}", 700 * size) + " } }"
    ),
    "names to be compared": lambda size: query(
        "{ viewer { " + times("transactionsaccountscategories" * 8 + "{n}", 200 * size) + " } }"
    ),
    "values that are wrong": lambda size: query(
        "{ viewer { "
        + times('a{n}: transactions(first: "x", after: 5, filter: 7) { nodes { id } }', 90 * size)
        + " } }"
    ),
    "definitions of types": lambda size: query("{ __typename } " + times("type T{n} { a: Int }", 190 * size)),
    "comments": lambda size: query("{ __typename }" + "#\n" * 30_000 * size),
    "commas": lambda size: query("{ __typename " + "," * 60_000 * size + "}"),
    "byte order marks": lambda size: query("\ufeff" * 30_000 * size + "{ __typename }"),
    "braces": lambda size: query("{" * 4_000 * size),
    "punctuation": lambda size: query("!&|" * 3_000 * size),
}

LENGTHS: dict[str, Attack] = {
    "a deep selection": lambda size: query(
        "{ viewer { accounts { " + nested("transactions { nodes { account { ", "id", " } } }", 60 * size) + " } } }"
    ),
    "deep fields that are none": lambda size: query(nested("{ a ", "", "}", 2_000 * size)),
    "a deep list": lambda size: query("{ nodes(ids: " + nested("[", '"x"', "]", 2_000 * size) + ") { id } }"),
    "a deep object": lambda size: query("{ node(id: " + nested("{a: ", "1", "}", 1_500 * size) + ") { id } }"),
    "a deep type": lambda size: query("query ($v: " + nested("[", "Int", "]", 2_000 * size) + ") { __typename }"),
    "a deep directive": lambda size: query("{ __typename @skip(if: " + nested("[", "1", "]", 2_000 * size) + ") }"),
    "a long name": lambda size: query("{ " + "a" * 30_000 * size + " }"),
    "a long alias": lambda size: query("{ " + "a" * 30_000 * size + ": __typename }"),
    "long aliases in long lists": lambda size: query(
        "{ viewer { transactions(first: 100) { nodes { account { transactions(first: 100) { nodes { "
        + times("x" * 240 + "{n}: id", 45 * size)
        + " } } } } } } }"
    ),
    "a long argument": lambda size: query("{ node(" + "a" * 30_000 * size + ": 1) { id } }"),
    "a long operation name": lambda size: query("query " + "q" * 30_000 * size + " { __typename }"),
    "a long string": lambda size: query('{ node(id: "' + "x" * 30_000 * size + '") { id } }'),
    "a long block string": lambda size: query('{ node(id: """' + "\n      x" * 4_000 * size + '""") { id } }'),
    "escapes": lambda size: query('{ node(id: "' + "\\u0041" * 5_000 * size + '") { id } }'),
    "wide escapes": lambda size: query('{ node(id: "' + "\\u{1F600}" * 3_000 * size + '") { id } }'),
    "half of a pair": lambda size: query('{ node(id: "' + "\\uD800" * 5_000 * size + '") { id } }'),
    "letters of other alphabets": lambda size: query("{ \u202e\u0430ccounts" + "\u200b" * 10_000 * size + " }"),
    "a string without an end": lambda size: query('{ node(id: "' + "x" * 30_000 * size),
    "a block string without an end": lambda size: query('{ node(id: """' + '\\"""' * 8_000 * size),
    "a number of many digits": lambda size: query(
        "{ viewer { transactions(first: " + "9" * 30_000 * size + ") { nodes { id } } } }"
    ),
    "an exponent": lambda size: query(
        "{ viewer { transactions(first: 1e" + "9" * 30_000 * size + ") { nodes { id } } } }"
    ),
    "a list of ids": lambda size: query("{ nodes(ids: [" + '"x" ' * 4_000 * size + "]) { id } }"),
    "the largest that is allowed": lambda size: query(
        "{ viewer { accounts { transactions(first: 100) { nodes { id amount { amount } account { name } "
        "category { name } } } } " + times("a{n}: transactions(first: 25) { nodes { id } }", 4 * size) + " } }"
    ),
}

INTROSPECTIONS: dict[str, Attack] = {
    "all of it": lambda size: query(
        "{ __schema { types { "
        + times("a{n}: fields { args { type { ofType { name } } } type { name } }", 2 * size)
        + " } } }"
    ),
    "wide": lambda size: query(
        "{ __schema { types { name " + times("d{n}: description", 90 * size) + " fields { name description } } } }"
    ),
    "under aliases": lambda size: query("{ " + times("a{n}: __schema { types { name } }", 45 * size) + " }"),
    "in circles": lambda size: query(
        "{ __schema { types { fields { type { " + nested("fields { type { ", "name", " } }", 10 * size) + " } } } } }"
    ),
    "deep": lambda size: query("{ __schema { types { " + nested("ofType { ", "name", " }", 250 * size) + " } } }"),
    "by fragments that double": lambda size: query(
        "{ __schema { types { ...f0 } } } "
        + times("fragment f{n} on __Type { ofType { ...f{m} } b: ofType { ...f{m} } }", 40 * size)
        + f" fragment f{40 * size} on __Type {{ name }}"
    ),
    "of types by name": lambda size: query(
        "{ " + times('a{n}: __type(name: "Account") { fields { name type { fields { name } } } }', 45 * size) + " }"
    ),
}

DOCUMENTS: dict[str, Attack] = {
    f"{family}: {name}": attack
    for family, attacks in (
        ("fragments", FRAGMENTS),
        ("floods", FLOODS),
        ("lengths", LENGTHS),
        ("introspection", INTROSPECTIONS),
        ("overlaps", OVERLAPS),
    )
    for name, attack in attacks.items()
}
