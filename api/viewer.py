"""The only door to personal data: each area hangs its fields on it."""

import strawberry

from api.households.queries import HouseholdOfViewer


@strawberry.type(description="Everything that belongs to the signed-in person's household.")
class Viewer(HouseholdOfViewer):
    pass
