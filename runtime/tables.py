"""The base of every model, and which tables row-level security holds how."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import CHAR, DateTime, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as POSTGRES_UUID
from sqlalchemy.orm import DeclarativeBase, mapped_column

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Amount = Annotated[Decimal, mapped_column(Numeric(19, 4))]
Currency = Annotated[str, mapped_column(CHAR(3))]


class Scope(StrEnum):
    """To whom a table's rows belong; the policy follows from it (runtime/row_security.py)."""

    HOUSEHOLD = "household"
    """household_id decides."""
    ACCOUNT = "account"
    """household_id, and account_id must be allowed."""
    ACCOUNT_OR_NONE = "account_or_none"
    """The same; a row without an account is visible, to its own user_id alone where accounts are withheld."""
    ACCOUNTS = "accounts"
    """The accounts themselves: id must not be private."""
    ACCOUNT_BALANCE = "account_balance"
    """What is told of an account without its details: account_id must not be private."""
    ACCOUNT_SHARES = "shares"
    """How accounts are shared: visible as the accounts are, changed by whom they belong to (owner_user_id)."""
    BANK_LINKS = "bank_links"
    """Bank links: id must not be private."""
    BANK_LINK = "bank_link"
    """What belongs to a bank link: bank_link_id must not be private."""
    PERSON = "person"
    """household_id and user_id: one's own rows in this household."""
    OWN = "own"
    """user_id: one's own rows, in whatever household."""
    ADDRESSED = "addressed"
    """The same, and whoever may write in the household can insert rows for any of its members."""
    GROUP = "group"
    """group_id: rows of a savings group that the person is a member of."""
    STREAM = "stream"
    """stream_id is the household, or a group of the person; account_id narrows where it is set. Append-only."""
    STREAM_OUTBOX = "stream_outbox"
    """The same streams' unpublished lines."""
    STREAM_HEAD = "stream_head"
    """The same streams' numbering."""
    USERS = "users"
    """People of the household; only oneself can be changed."""
    HOUSEHOLDS = "households"
    """The households that the person belongs to; only this session's can be changed."""
    MEMBERS = "members"
    """Who belongs to this household, and to which households the person belongs; its owners change what they may."""
    OWNERS = "owners"
    """household_id: for its owners alone."""
    REFERENCE = "reference"
    """Shared by everyone, nobody's personal data: everyone reads, only owner and system write."""
    SYSTEM = "system"
    """Directories and queues: `app` sees nothing of them."""


class Model(DeclarativeBase):
    """A table. `scope` says by which policy its rows are held: a test refuses a table without one."""

    scope: ClassVar[Scope]
    app_grants: ClassVar[str] = ""
    """What the role `app` may do where it is less than its scope's usual."""
    system_grants: ClassVar[str] = ""
    """What the role `system` may do: nothing unless it is named here."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        str: Text,
        UUID: POSTGRES_UUID(as_uuid=True),
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(POSTGRES_UUID(as_uuid=True)),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }
