"""GET /.well-known/jwks.json: the public keys of access tokens (RFC 7517), for whoever verifies them elsewhere."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.world import World
from runtime.keys import public_jwk
from runtime.tokens import ALGORITHM

CACHED_SECONDS = 300
PATH = "/.well-known/jwks.json"


def jwks_routes(world: World) -> list[Route]:
    keys = [
        {**public_jwk(key), "kid": kid, "alg": ALGORITHM, "use": "sig"}
        for kid, key in world.keys.verifying_keys.items()
    ]

    async def answer(_request: Request) -> Response:
        headers = {"Cache-Control": f"public, max-age={CACHED_SECONDS}"}
        return JSONResponse({"keys": keys}, headers=headers, media_type="application/jwk-set+json")

    return [Route(PATH, answer, methods=["GET"])]
