"""What every mutation passes: sign-in, role, unit, idempotency, and userErrors for what the person did wrong.

The function behind a mutation decodes ids and makes one call. It returns the id of the object it changed, or an
`Outcome`
where the payload carries something else.
"""

import dataclasses
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import strawberry
from sqlalchemy.exc import DBAPIError

from api.context import Context
from api.errors import UNAUTHENTICATED, ClientError
from api.fields import DECLARATION, Change, Info, column
from api.scopes import needs, requires
from domain.identity.idempotency import claim_key, input_hash, keep_effect
from domain.identity.live_sessions import live_sessions
from domain.mistakes import Problem, UserMistake, invalid, not_allowed, unavailable
from domain.text import camel_case, check_texts
from runtime.unit import Unit, in_unit, is_without_room, sqlstate
from runtime.viewer import VIEWER, Viewer

log = logging.getLogger("coffer.api")

NO_PRIVILEGE, OUT_OF_RANGE = "42501", "22003"


@strawberry.enum(description="What kind of mistake it was. Clients decide by it, people read the message.")
class UserErrorCode(Enum):
    INVALID = strawberry.enum_value("INVALID", description="The value cannot be taken as it is.")
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="There is no such object, or it is somebody else's: both give the same answer."
    )
    CONFLICT = strawberry.enum_value("CONFLICT", description="It contradicts what is already there.")
    NOT_ALLOWED = strawberry.enum_value("NOT_ALLOWED", description="This person, or anybody, may not do this.")
    UNAVAILABLE = strawberry.enum_value(
        "UNAVAILABLE", description="Somebody outside did not answer: the same input may succeed later."
    )
    TOO_MANY = strawberry.enum_value("TOO_MANY", description="A limit on how many, or how often.")
    PROOF_NEEDED = strawberry.enum_value(
        "PROOF_NEEDED", description="Dangerous: call `proveIdentity` first, then send the same input again."
    )


@requires("any")
@strawberry.type(description="Something the person can put right. Nothing was changed.")
class UserError:
    code: UserErrorCode = column("What kind of mistake it was.")
    message: str = column("What is wrong, in words for a person.")
    path: list[str] = column('The place in the input, such as ["input", "amount"].')


@strawberry.type
class Payload:
    """Base of all payloads."""

    user_errors: list[UserError] = column("Why nothing was changed; empty when it was done.")


@dataclass(frozen=True)
class Mistake:
    """The value of a UserError: an exception itself cannot be one, the executor would raise it."""

    code: str
    message: str
    path: Sequence[str]

    @classmethod
    def of(cls, mistake: UserMistake) -> "Mistake":
        return cls(mistake.code.value, mistake.message, mistake.path)


@dataclass
class Outcome:
    """The value of a payload at run time. `object_id` is what the payload's edge leads to."""

    object_id: UUID | None = None
    viewer: Viewer | None = None
    """Whom the payload is shown to, where the mutation itself signed somebody in."""
    user_errors: list[Mistake] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Fields of a payload beside its object; null where there is nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__.get("details", {}).get(name)


Changing = Callable[[Unit, Any], Awaitable[UUID | Outcome]]
Calling = Callable[[Context, Any], Awaitable[UUID | Outcome]]


def mutation(change: Changing, *, description: str, open_to_viewers: bool = False, scope: str | None = None) -> Any:
    """A mutation that is one unit: `change(unit, input)`.

    Where the input has an `idempotency_key`, the effect happens once. `open_to_viewers` lets people in who may
    only look. `scope` is what a third party needs (api/scopes.py): nobody but the person without one.
    """
    name = camel_case(change.__name__)

    async def run(context: Context, input: Any) -> UUID | Outcome:
        viewer = _may_change(context, open_to_viewers)
        key = getattr(input, "idempotency_key", None)

        async def work(unit: Unit) -> UUID | Outcome:
            if key is not None:
                first = await claim_key(unit, name, key, hash_of_input(input))
                if first is not None:
                    return Outcome(object_id=first.object_id)
            made = await change(unit, input)
            if key is not None and isinstance(made, UUID):
                await keep_effect(unit, name, key, made)
            return made

        return await in_unit(context.world.database, viewer, work)

    return _field(change, run, description, scope)


def vendor_mutation(call: Calling, *, description: str, open_to_viewers: bool = False, scope: str | None = None) -> Any:
    """A mutation with somebody outside between its units: `call(context, input)` opens them itself."""

    async def run(context: Context, input: Any) -> UUID | Outcome:
        _may_change(context, open_to_viewers)
        return await call(context, input)

    return _field(call, run, description, scope)


def open_mutation(call: Calling, *, description: str, scope: str | None = None) -> Any:
    """A mutation for people who are not signed in yet: `call(context, input)`."""
    return _field(call, call, description, scope)


def hash_of_input(input: Any) -> bytes:
    content = dataclasses.asdict(input)
    content.pop("idempotency_key", None)
    return input_hash({name: str(value) if value is strawberry.UNSET else value for name, value in content.items()})


def _may_change(context: Context, open_to_viewers: bool) -> Viewer:
    viewer = context.signed_in
    if viewer is None:
        raise ClientError(UNAUTHENTICATED, "Sign in first: this needs an access token.")
    if viewer.role == VIEWER and not open_to_viewers:
        raise not_allowed("Your role in this household is to look, not to change.", "input")
    return viewer


def _last_word(error: Problem | DBAPIError | asyncpg.PostgresError) -> UserMistake:
    """What rules, row policies and columns' ranges refuse. A command that lets it come so far owes a better place."""
    if isinstance(error, Problem):
        return invalid(str(error), "input")
    state = sqlstate(error)
    if state == NO_PRIVILEGE:
        return not_allowed("This may not be changed by you.", "input")
    if state == OUT_OF_RANGE:
        return invalid("A number here is larger than can be kept.", "input")
    if is_without_room(error):
        log.error("the database has no room: %s", type(error).__name__)
        return unavailable("There is no room for this at the moment. Try again later.", "input")
    raise error


def _field(source: Callable[..., Any], run: Calling, description: str, scope: str | None) -> Any:
    annotation = list(inspect.signature(source).parameters.values())[1].annotation
    about = strawberry.argument(description="Everything the mutation needs to know.")
    described = Annotated[annotation, about]  # type: ignore[valid-type]  # known at run time only

    async def change_and_renew(context: Context, input: Any) -> Outcome:
        await context.renew(context.signed_in)
        try:
            check_texts(input, ("input",))
            made = await run(context, input)
        except UserMistake as mistake:
            return Outcome(user_errors=[Mistake.of(mistake)])
        except (Problem, DBAPIError, asyncpg.PostgresError) as error:
            return Outcome(user_errors=[Mistake.of(_last_word(error))])
        outcome = made if isinstance(made, Outcome) else Outcome(object_id=made)
        if outcome.viewer is not None and outcome.viewer.session_id is not None:
            # With what others withhold: whoever opened the session need not have asked.
            session_id = outcome.viewer.session_id
            outcome.viewer = (await live_sessions(context.world.system, [session_id])).get(session_id)
        await context.renew(outcome.viewer or context.signed_in)
        return outcome

    async def resolve(root: Any, info: Info, input: Any) -> Outcome:
        return await change_and_renew(info.context, input)

    parameters = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
        inspect.Parameter("input", inspect.Parameter.KEYWORD_ONLY, annotation=described),
    ]
    resolve.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolve.__module__ = source.__module__
    metadata = {DECLARATION: Change(change_and_renew)}
    return strawberry.mutation(resolver=resolve, description=description, metadata=metadata, directives=needs(scope))
