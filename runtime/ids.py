"""UUIDv7 (RFC 9562): time-ordered, made in Python because not every supported PostgreSQL has them."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    made: UUID = uuid7()
    return made
