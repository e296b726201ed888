"""Whose allowance is spent: a person's, a third party's for a person, an app's, a network's."""

import ipaddress
from collections.abc import Hashable
from uuid import UUID

from api.limits.bucket import Bucket
from api.limits.limits import Limits
from runtime.viewer import Viewer


class Account:
    """`whose` is what its settings begin with. `above` is the app's own, beside which a third party spends."""

    __slots__ = ("above", "mutations", "objects", "running", "syncs")

    def __init__(self, name: str, whose: str, limits: Limits, now: float, above: "Account | None" = None) -> None:
        def bucket(what: str) -> Bucket:
            limit = f"{whose}{what}_per_minute"
            return Bucket(f"{name}:{what}", limit, getattr(limits, limit), now)

        self.objects = bucket("objects")
        self.mutations = bucket("mutations")
        self.syncs = self.mutations if whose else bucket("syncs")
        self.above = above
        self.running = 0
        """Operations in this process."""


def key_of(viewer: Viewer | None, network: str) -> Hashable:
    if viewer is None:
        return network
    if viewer.scopes is None:
        return viewer.user_id
    # What one third party spends is no other's, and not the person's own.
    return viewer.user_id, viewer.app_id or viewer.session_id


def account_of_person(viewer: Viewer, limits: Limits, now: float, above: Account | None) -> Account:
    name = f"person:{viewer.user_id}"
    if viewer.scopes is not None:
        name += f":{viewer.app_id or viewer.session_id}"
    return Account(name, "", limits, now, above)


def account_of_app(app_id: UUID, limits: Limits, now: float) -> Account:
    return Account(f"app:{app_id}", "app_", limits, now)


def account_of_network(network: str, limits: Limits, now: float) -> Account:
    return Account(f"network:{whole_network(network)}", "network_", limits, now)


def whole_network(address: str) -> str:
    """One subscriber's: an IPv4 address, or the 64 bits of IPv6 of which everybody gets at least as many."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
