"""Errors in Plaid's shape. Codes and types: https://plaid.com/docs/errors/."""

from typing import Any


class PlaidMistake(Exception):
    """An answer with `error_type`, `error_code` and Plaid's HTTP status."""

    def __init__(
        self, error_type: str, error_code: str, message: str, *, status: int = 400, display: str | None = None
    ):
        super().__init__(message)
        self.error_type = error_type
        self.error_code = error_code
        self.message = message
        self.status = status
        self.display = display

    def body(self) -> dict[str, Any]:
        """The error object as it stands in an answer, in an item and in a webhook."""
        return {
            "error_type": self.error_type,
            "error_code": self.error_code,
            "error_code_reason": None,
            "error_message": self.message,
            "display_message": self.display,
            "documentation_url": f"https://plaid.com/docs/errors/#{self.error_code.lower()}",
            "suggested_action": None,
        }


def missing_field(name: str) -> PlaidMistake:
    """A required field is absent."""
    return PlaidMistake("INVALID_REQUEST", "MISSING_FIELDS", f"the following required fields are missing: {name}")


def invalid_field(message: str) -> PlaidMistake:
    """A field has the wrong type or a value out of range."""
    return PlaidMistake("INVALID_REQUEST", "INVALID_FIELD", message)


def invalid_body(message: str, status: int = 400) -> PlaidMistake:
    """The body is not the JSON object it should be."""
    return PlaidMistake("INVALID_REQUEST", "INVALID_BODY", message, status=status)


def invalid_input(code: str, message: str) -> PlaidMistake:
    """A token, key or identifier that is not known here."""
    return PlaidMistake("INVALID_INPUT", code, message)


def item_error(code: str) -> PlaidMistake:
    """An item whose person must act before the bank answers again."""
    return PlaidMistake(
        "ITEM_ERROR",
        code,
        "the login details of this item have changed (credentials, MFA, or required user action) and a user login is "
        "required to update this information. use Link's update mode to restore the item to a good state",
    )
