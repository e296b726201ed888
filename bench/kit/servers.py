"""A server that is measured, and what it is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """`requests(kind)` gives one request for each person, asked for anew in each round: access tokens live minutes.

    `ports` are those of its processes `pids`, all of them on loopback. Only the kit's own servers answer alike.
    """

    name: str
    ports: Sequence[int]
    pids: Sequence[int]
    kinds: Sequence[str] = ()
    requests: Callable[[str], Sequence[Request]] = lambda _kind: ()
    is_node: bool = False
    comparable: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}/graphql"
