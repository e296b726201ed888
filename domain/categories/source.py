"""Who decided a category."""

from enum import StrEnum


class CategorySource(StrEnum):
    """The schema's enum of the same name. CROWD and MODEL are in the contract and decide nothing yet."""

    PERSON = "PERSON"
    RULE = "RULE"
    PROVIDER = "PROVIDER"
    MERCHANT = "MERCHANT"
    CROWD = "CROWD"
    MODEL = "MODEL"
    NONE = "NONE"
