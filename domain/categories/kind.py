"""What a category's amounts count as."""

from enum import StrEnum


class CategoryKind(StrEnum):
    """Income and expenses are told apart by this kind, never by the sign; transfers count as neither."""

    INCOME = "INCOME"
    EXPENSE = "EXPENSE"
    TRANSFER = "TRANSFER"
