"""One API process: `python -m api --port 8000`."""

import argparse
import asyncio
import sys

import uvicorn
import uvloop

from api.app import open_app
from runtime.keys import KeyProblem
from runtime.settings import SettingMissing, from_environment
from runtime.telemetry import log_as_json

SHUTDOWN_SECONDS = 3


class Server(uvicorn.Server):
    """Tells open streams to end as soon as the server begins to stop; uvicorn would wait for them."""

    def handle_exit(self, sig: int, frame: object) -> None:
        if (parts := getattr(self.config.app, "state", None)) is not None:
            asyncio.get_running_loop().call_soon_threadsafe(parts.parts.transports.close)
        super().handle_exit(sig, frame)  # type: ignore[arg-type]


async def serve(host: str, port: int) -> None:
    async with open_app(from_environment()) as app:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=256 * 1024,
            ws_per_message_deflate=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            timeout_keep_alive=75,
        )
        await Server(config).serve()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    log_as_json("api")
    try:
        uvloop.run(serve(arguments.host, arguments.port))
    except (KeyProblem, SettingMissing) as problem:
        sys.exit(f"coffer api: {problem}")


if __name__ == "__main__":
    main()
