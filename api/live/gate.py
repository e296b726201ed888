"""What every subscription passes: sign-in and the check of its arguments, before anything is streamed."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from api.errors import bad_input
from api.fields import Info, check_arguments
from api.live.following import Following, Subscriber
from api.scopes import needs
from domain.mistakes import Problem

Source = Callable[..., Awaitable[Following[Any]]]

After = Annotated[
    str | None,
    strawberry.argument(
        description="The last position that was seen: what was missed comes first. Left out: only what is new."
    ),
]


def subscription(source: Source, *, description: str, scope: str | None = None) -> Any:
    """A field of Subscription. `source(subscriber, **arguments)` checks its arguments and says what is followed.

    Each event is the value of the field's type, and is executed in a snapshot of its own. `scope`: api/scopes.py.
    """
    parameters = list(inspect.signature(source).parameters.values())[1:]

    async def resolve(root: Any, info: Info, **arguments: Any) -> Following[Any]:
        context = info.context
        viewer = context.require_viewer()
        check_arguments(arguments)
        try:
            return await source(Subscriber(context.world, viewer), **arguments)
        except Problem as problem:
            raise bad_input(str(problem)) from None

    own = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    resolve.__signature__ = inspect.Signature([*own, *named])  # type: ignore[attr-defined]
    resolve.__module__ = source.__module__
    return strawberry.subscription(resolver=resolve, description=description, directives=needs(scope))
