"""PUT /uploads/…: the bytes of a bank's file, to the one-use address that `startStatementImport` gave.

204 kept, to be read by a job; 404 no such address; 408 too slow; 409 a file has come, or is coming; 410 too late;
413 more than 20 MiB, or (with Retry-After) no room at the moment. An upload that breaks off leaves nothing, and the
address good.
"""

import asyncio
import logging
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.objects import ObjectStoreFull, ObjectTooLarge
from domain.statement_imports.upload import (
    MOST_BYTES,
    UPLOAD_SECONDS,
    Upload,
    UploadLate,
    UploadUnknown,
    UploadUsed,
    find_upload,
    folder_of,
    receive_file,
    upload_secret,
)
from integrations.world import World
from runtime.unit import Unit, in_unit, is_without_room
from runtime.viewer import Viewer

PATH = "/uploads"
RETRY_AFTER_SECONDS = 60

log = logging.getLogger("coffer.api")

_USED = "A file has come to this address. Start another import for another file."
_LATE = "The time for this address is over. Start the import again."


def upload_url(world: World, household_id: UUID, statement_import_id: UUID) -> str:
    """Where the bytes of this import are PUT to."""
    return f"{world.settings.public_url}{PATH}/{upload_secret(world.keys, household_id, statement_import_id)}"


def upload_routes(world: World) -> list[Route]:
    coming: set[UUID] = set()

    async def put(request: Request) -> Response:
        try:
            upload = await find_upload(world.system, world.keys, request.path_params["secret"])
        except UploadUnknown:
            return _refused(404, "There is no such address.")
        except UploadUsed:
            return _refused(409, _USED)
        except UploadLate:
            return _refused(410, _LATE)
        if upload.statement_import_id in coming:
            return _refused(409, "A file is coming to this address already.")
        coming.add(upload.statement_import_id)
        try:
            return await _take(world, upload, request)
        finally:
            coming.discard(upload.statement_import_id)

    return [Route(f"{PATH}/{{secret}}", put, methods=["PUT"])]


async def _take(world: World, upload: Upload, request: Request) -> Response:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MOST_BYTES:
        return _refused(413, _too_large())
    folder = folder_of(upload.household_id, upload.statement_import_id)
    # A key of its own: uploads that meet in several processes do not write over each other.
    key = f"{folder}{uuid4().hex}"
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            await world.objects.put(key, request.stream(), most=MOST_BYTES)
    except ClientDisconnect:
        return Response(status_code=400)
    except TimeoutError:
        return _refused(408, f"The file did not come within {UPLOAD_SECONDS} seconds. Send it again.")
    except ObjectTooLarge:
        return _refused(413, _too_large())
    except ObjectStoreFull:
        return _no_room()

    async def work(unit: Unit) -> None:
        await receive_file(unit, upload.statement_import_id, key)

    try:
        await in_unit(world.database, Viewer.for_job(upload.household_id, upload.user_id), work)
    except (UploadUsed, UploadLate) as refusal:
        await world.objects.delete(key)
        return _refused(409, _USED) if isinstance(refusal, UploadUsed) else _refused(410, _LATE)
    except (DBAPIError, asyncpg.PostgresError) as error:
        await world.objects.delete(key)
        if not is_without_room(error):
            raise
        return _no_room()
    await world.jobs.enqueue(
        "attend_statement_import",
        household_id=upload.household_id,
        statement_import_id=upload.statement_import_id,
    )
    return Response(status_code=204)


def _no_room() -> Response:
    log.warning("an upload was refused: there is no room for it")
    # RFC 9110, 15.5.14: 413 with Retry-After is a condition that passes. The client cannot do anything about it.
    return _refused(413, "There is no room for the file now. Send it again later.", retry_after=RETRY_AFTER_SECONDS)


def _too_large() -> str:
    return f"The file has more than {MOST_BYTES // (1024 * 1024)} MiB. Export a shorter period."


def _refused(status: int, message: str, *, retry_after: int | None = None) -> Response:
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return JSONResponse({"message": message}, status, headers)
