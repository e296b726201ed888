"""Reading with what one gets in."""

from collections.abc import Sequence

import strawberry

from api.factors.types import LinkedSignIn, SecondFactor
from api.fields import edge
from domain.factors.providers import Provider
from domain.factors.queries import factors_by_user, linked_sign_ins_by_user
from integrations.world import World


def sign_in_providers(world: World) -> Sequence[Provider]:
    return world.providers.known()


@strawberry.type
class FactorsOfViewer:
    second_factors: list[SecondFactor] = edge(
        factors_by_user,
        "user_id",
        description="With what you get in beside a password, as you added them.",
        scope="person",
    )
    linked_sign_ins: list[LinkedSignIn] = edge(
        linked_sign_ins_by_user,
        "user_id",
        description="The accounts at other providers with which you sign in, as you linked them.",
        scope="person",
    )
