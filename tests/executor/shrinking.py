"""A document that fails, made smaller while it goes on failing."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    VariableNode,
    parse,
    print_ast,
)

from tests.executor.generator import Document

Fails = Callable[[Document], Awaitable[bool]]
MOST_TRIALS = 200


async def shrunk(document: Document, fails: Fails) -> Document:
    """Selections, arguments, directives, fragments and variables are left out one after the other."""
    trials = 0
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for candidate in _smaller(document):
            trials += 1
            if trials > MOST_TRIALS:
                return document
            if await fails(candidate):
                document, is_smaller = candidate, True
                break
    return document


def _smaller(document: Document) -> Iterator[Document]:
    for name in document.variables:
        rest = {one: value for one, value in document.variables.items() if one != name}
        yield replace(document, variables=rest)
    tree = parse(document.query)
    for candidate in _without_one_part(tree):
        yield replace(document, query=_tidied(candidate))


def _without_one_part(node: Any) -> Iterator[Any]:
    """The largest parts first."""
    for attribute in ("definitions", "selections", "arguments", "directives"):
        members: tuple[Any, ...] = getattr(node, attribute, None) or ()
        least = 1 if attribute in ("definitions", "selections") else 0
        if len(members) > least:
            for place in range(len(members)):
                yield replace(node, **{attribute: (*members[:place], *members[place + 1 :])})
        for place, member in enumerate(members):
            for smaller in _without_one_part(member):
                yield replace(node, **{attribute: (*members[:place], smaller, *members[place + 1 :])})
    if (inner := getattr(node, "selection_set", None)) is not None:
        for smaller in _without_one_part(inner):
            yield replace(node, selection_set=smaller)


def _tidied(tree: DocumentNode) -> str:
    """Without the fragments and variables that nothing uses any more."""
    needed: list[Any] = [one for one in tree.definitions if not isinstance(one, FragmentDefinitionNode)]
    fragments = {one.name.value: one for one in tree.definitions if isinstance(one, FragmentDefinitionNode)}
    for one in needed:
        needed += [fragments.pop(name) for name in _names(one, FragmentSpreadNode) if name in fragments]
    # What stands in the parts that are read: the declarations are none of them.
    used = {
        name for one in needed for part in (one.selection_set, one.directives) for name in _names(part, VariableNode)
    }
    definitions = [
        replace(
            one,
            variable_definitions=tuple(
                given for given in one.variable_definitions or () if given.variable.name.value in used
            ),
        )
        if isinstance(one, OperationDefinitionNode)
        else one
        for one in needed
    ]
    return "\n".join(map(print_ast, definitions))


def _names(part: Any, kind: type[Node]) -> Iterator[str]:
    if isinstance(part, tuple | list):
        for one in part:
            yield from _names(one, kind)
    elif isinstance(part, Node):
        if isinstance(part, kind):
            yield part.name.value  # type: ignore[attr-defined]  # both kinds have one
        for name in part.keys:
            if name != "loc":
                yield from _names(getattr(part, name), kind)
