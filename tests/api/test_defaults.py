"""What the printed schema says of defaults."""

from api.schema import schema


def test_a_default_of_null_is_not_printed() -> None:
    assert "= null" not in schema.as_str()


def test_a_default_that_says_something_is_printed() -> None:
    printed = schema.as_str()

    assert 'balance: Decimal = "0"' in printed
    assert "always: Boolean = false" in printed
