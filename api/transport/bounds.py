"""How much one client may ask of the transports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes are in bytes, times in seconds."""

    body: int = 1024 * 1024
    # So long a body may take to come, and no more than twice as long.
    body_seconds: float = 30.0
    # So long a query runs, or twice as long, before anybody looks whether its client is still there.
    unwatched_seconds: float = 0.1
    frame: int = 256 * 1024
    operations_per_socket: int = 100
    init_seconds: float = 10.0
    # A reader that leaves one message unread for this long is ended with LAGGING.
    send_seconds: float = 10.0
    # A connection is dropped whose client takes less than 16 KiB of its answers for this long, or up to twice as long.
    # More than a stream takes to tell a slow reader so.
    unread_seconds: float = 45.0
    # Of a socket's protocol messages, beyond what the transport below holds anyway.
    unsent: int = 256 * 1024
    heartbeat_seconds: float = 12.0
    # A socket is asked this often whether its client is still there.
    ping_seconds: float = 20.0
    # Cleaning up after a connection: the limit within which a socket is closed, whatever its operations do.
    close_seconds: float = 3.0
