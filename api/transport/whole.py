"""A whole answer in one write: uvicorn writes the head by itself and checks every header anew, 9 of 25 µs.

The `send` that uvicorn gives is a method of its request's cycle, whose state is kept here as that method would.
"""

from collections.abc import Sequence

from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle


def send_whole(send: Send, parts: Sequence[bytes]) -> bool:
    """With status 200. False where it has to be sent in the usual way, as under another server and in tests.

    The parts are the well-formed lines of a head, the length of the body among them, an empty one and the body.
    """
    cycle = getattr(send, "__self__", None)
    if (
        type(cycle) is not RequestResponseCycle
        or cycle.disconnected
        or cycle.response_started
        or cycle.access_log
        or cycle.flow.write_paused
        or not cycle.keep_alive
        or cycle.scope["method"] == "HEAD"
    ):
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    lines = [STATUS_LINE[200]]
    for name, value in cycle.default_headers:
        lines += (name, b": ", value, b"\r\n")
    lines += parts
    cycle.transport.write(b"".join(lines))
    cycle.message_event.set()
    cycle.on_response()
    return True
