"""One API process: `python -m api --port 8000`."""

import argparse
import asyncio
import os
import socket
import sys

import uvicorn
import uvloop

from api.app import open_app
from api.limits.limits import limits_from
from api.transport.routes import Transports
from runtime import collector
from runtime.keys import KeyProblem
from runtime.settings import SettingProblem, from_environment
from runtime.telemetry import log_as_json

SHUTDOWN_SECONDS = 3


class Server(uvicorn.Server):
    """Lets go of its clients before it stops, so that none of them notices where there is another process.

    First `/health` and `/ready` say 503 and connections are closed behind their answers, for `drain_seconds`, while
    everything is still answered. Then nobody is let in any more, and open streams are told to come back; uvicorn would
    wait for them.
    """

    def __init__(self, config: uvicorn.Config, transports: Transports, drain_seconds: float) -> None:
        super().__init__(config)
        self._transports = transports
        self._drain_seconds = drain_seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._transports.begin_to_end()
        if not self.force_exit:
            await asyncio.sleep(self._drain_seconds)
        for server in self.servers:
            server.close()
        self._transports.close()
        await super().shutdown(sockets)


async def serve(host: str, port: int) -> None:
    settings = from_environment()
    async with open_app(settings, limits_from(os.environ)) as app:
        transports = app.state.parts.transports
        collector.settle()
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            http=transports.protocol,
            ws=transports.sockets.protocol,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            timeout_keep_alive=75,
        )
        await Server(config, transports, settings.drain_seconds).serve()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    log_as_json("api")
    try:
        uvloop.run(serve(arguments.host, arguments.port))
    except (KeyProblem, SettingProblem) as problem:
        print(f"coffer api: {problem}", file=sys.stderr)
        sys.exit(os.EX_CONFIG)  # trying again would not help


if __name__ == "__main__":
    main()
