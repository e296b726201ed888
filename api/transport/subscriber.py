"""Who one client is as far as its address tells: whatever is counted by network is counted by this."""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=10_000)
def subscriber_of(address: str) -> str:
    """An IPv4 address, or the 64 bits of IPv6 of which everybody gets at least as many. What is no address is left as
    it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    # Without the zone of a link-local address.
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
