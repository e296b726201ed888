"""Where somebody is, no finer than the network."""

from ipaddress import IPv6Address, ip_address, ip_network

_BITS = {4: 24, 6: 48}


def coarse(address: str) -> str:
    """203.0.113.7 is 203.0.113.0/24, 2001:db8::1 is 2001:db8::/48; "" for what is no address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network(f"{parsed}/{_BITS[parsed.version]}", strict=False))
