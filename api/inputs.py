"""What an input object says, as the domain takes it."""

import dataclasses
from enum import Enum
from typing import Any, overload

import strawberry


def given(input: Any, *ids: str) -> dict[str, Any]:
    """The fields of an update that the client gave, null included, by their Python names; without its `ids`."""
    names = [field.name for field in dataclasses.fields(input) if field.name not in ids]
    return {name: value for name in names if (value := getattr(input, name)) is not strawberry.UNSET}


@overload
def name_of(choice: Enum) -> str: ...
@overload
def name_of(choice: Enum | None) -> str | None: ...
def name_of(choice: Enum | None) -> str | None:
    """An enum's value as the domain and the tables know it."""
    return None if choice is None else choice.name
