"""A device, as people would call it: no more is kept of what a client says of itself."""

UNKNOWN = "Unknown device"

# The first that is found counts: most clients name others before themselves.
_PROGRAMS = (
    *(("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet")),
    *(("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome")),
    *(("Safari/", "Safari"), ("okhttp/", "Android app"), ("CFNetwork/", "Apple app"), ("Dart/", "Dart")),
    *(("curl/", "curl"), ("python-httpx/", "Python"), ("aiohttp/", "Python"), ("python-requests/", "Python")),
    *(("node", "Node"), ("Go-http-client/", "Go")),
)
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS")),
    *(("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux")),
)


def device_of(user_agent: str) -> str:
    """ "Firefox on Linux" of a User-Agent header (RFC 9110, 10.1.5); nothing of it is taken over as it is."""
    program = next((name for sign, name in _PROGRAMS if sign in user_agent), None)
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), None)
    if program and system:
        return f"{program} on {system}"
    return program or system or UNKNOWN
