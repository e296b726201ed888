"""How much a client may still ask for, as it is shown to them."""

from datetime import datetime

import strawberry

from api.fields import column
from api.scopes import requires


@requires("any")
@strawberry.type(description="How much of its allowance a client has used.")
class RateLimit:
    limit: int = column("What may be spent until `resetAt`, in units of cost.")
    cost: int = column("What this operation cost.")
    remaining: int = column("What is left until `resetAt`.")
    reset_at: datetime = column("When the allowance is whole again.")
