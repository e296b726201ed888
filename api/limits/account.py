"""Whose allowance is spent: a person's, a third party's for a person, all third parties' for a person, an app's, a
network's."""

from collections.abc import Hashable, Sequence
from math import inf
from uuid import UUID

from api.limits.bucket import Bucket
from api.limits.limits import Limits
from api.transport.subscriber import subscriber_of
from runtime.viewer import Viewer

TOKENS = "tokens"
"""A person makes as many personal access tokens as they like: together they are one third party."""

SYNCING = ("", "parties_")


class Account:
    """`whose` is what its settings begin with. Who spends of it spends as much of each `above`, which are others' as
    well. `most` is how many operations may run."""

    __slots__ = ("above", "most", "mutations", "objects", "policy", "requests", "running", "syncs")

    def __init__(
        self, name: str, whose: str, limits: Limits, now: float, most: float, above: "Sequence[Account]" = ()
    ) -> None:
        def bucket(what: str) -> Bucket:
            limit = f"{whose}{what}_per_minute"
            return Bucket(f"{name}:{what}", limit, getattr(limits, limit), now)

        self.objects = bucket("objects")
        self.mutations = bucket("mutations")
        self.syncs = bucket("syncs") if whose in SYNCING else None
        self.requests = bucket("requests") if whose == "network_" else None
        self.policy = b'ratelimit-policy: "objects";q=%d;w=60\r\n' % self.objects.capacity
        """A line of the head of each answer."""
        self.above = tuple(above)
        self.most = most
        self.running = 0
        """Operations in this process."""

    def everywhere(self) -> "tuple[Account, ...]":
        """Itself first: who has used up their own spends nothing of what they share."""
        return (self, *self.above)


def key_of(viewer: Viewer | None, network: str) -> Hashable:
    if viewer is None:
        return subscriber_of(network)
    if viewer.scopes is None:
        return viewer.user_id
    # What one third party spends is no other's, and not the person's own.
    return viewer.user_id, viewer.app_id or TOKENS


def account_of_person(user_id: UUID, limits: Limits, now: float) -> Account:
    return Account(f"person:{user_id}", "", limits, now, limits.operations)


def account_of_party(viewer: Viewer, limits: Limits, now: float, above: Sequence[Account]) -> Account:
    name = f"person:{viewer.user_id}:{viewer.app_id or TOKENS}"
    return Account(name, "", limits, now, limits.operations, above)


def account_of_parties(user_id: UUID, limits: Limits, now: float) -> Account:
    """Of all third parties of one person."""
    return Account(f"parties:{user_id}", "parties_", limits, now, limits.parties_operations)


def account_of_app(app_id: UUID, limits: Limits, now: float) -> Account:
    """Of all its people; how much of that runs is counted for each of them."""
    return Account(f"app:{app_id}", "app_", limits, now, inf)


def account_of_network(network: str, limits: Limits, now: float) -> Account:
    return Account(f"network:{subscriber_of(network)}", "network_", limits, now, limits.operations)
