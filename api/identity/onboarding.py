"""The first steps of a new person."""

from enum import Enum
from uuid import UUID

import strawberry

from api.fields import column, edge
from api.gates import Payload, mutation
from api.inputs import name_of
from api.scopes import requires
from domain.identity import onboarding
from domain.identity.onboarding import onboarding_by_user
from runtime.unit import Unit


@strawberry.enum(description="Something that a new person may want to do.")
class OnboardingStepKind(Enum):
    VERIFY_EMAIL = strawberry.enum_value("VERIFY_EMAIL", description="Show that the address is theirs.")
    ADD_ACCOUNT = strawberry.enum_value(
        "ADD_ACCOUNT", description="Have a first account: linked, imported or kept by hand."
    )
    LINK_BANK = strawberry.enum_value("LINK_BANK", description="Link a bank.")
    SET_BUDGET = strawberry.enum_value("SET_BUDGET", description="Make a first budget.")
    SET_GOAL = strawberry.enum_value("SET_GOAL", description="Make a first goal.")
    ADD_SECOND_FACTOR = strawberry.enum_value("ADD_SECOND_FACTOR", description="Add a second factor or a passkey.")


@requires("profile:read")
@strawberry.type(description="A step, and whether it is still to be shown.")
class OnboardingStep:
    kind: OnboardingStepKind = column("Which one.")
    is_done: bool = column("Whether it is done, by whatever way.")
    is_dismissed: bool = column("Whether the person does not want to hear of it.")


@strawberry.input(description="A step not to show any more.")
class DismissOnboardingStepInput:
    step: OnboardingStepKind = strawberry.field(description="Which one.")


@strawberry.type(description="The steps, after one was dismissed.")
class DismissOnboardingStepPayload(Payload):
    onboarding: list[OnboardingStep] | None = edge(
        onboarding_by_user, "object_id", description="All steps; null where it was refused."
    )


async def dismiss_onboarding_step(unit: Unit, input: DismissOnboardingStepInput) -> UUID:
    return await onboarding.dismiss_step(unit, onboarding.OnboardingStepKind(name_of(input.step)))


@strawberry.type
class OnboardingMutations:
    dismiss_onboarding_step: DismissOnboardingStepPayload | None = mutation(
        dismiss_onboarding_step,
        description="Do not show a step of `Viewer.onboarding` any more. Done twice it changes nothing.",
        open_to_viewers=True,
        scope="person",
    )


@strawberry.type
class OnboardingOfViewer:
    onboarding: list[OnboardingStep] = edge(
        onboarding_by_user,
        "user_id",
        description="What a new person may want to do, in the order in which it is best done.",
        scope="profile:read",
    )
