"""Codes of authenticator apps, by the numbers of RFC 6238."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.factors.backup_codes import code_hash, new_code
from domain.factors.totp import matching_step, new_totp_secret, step_of

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Appendix B's "12345678901234567890" in Base32."""


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """The last six of Appendix B's eight digits."""
    assert matching_step(SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(steps: int, is_good: bool) -> None:
    at = datetime.fromtimestamp(1111111109, UTC)

    found = matching_step(SECRET, "081804", at + timedelta(seconds=30 * steps))

    assert (found == step_of(at)) is is_good


@pytest.mark.parametrize("code", ["", "81804", "0818040", "٠٨١٨٠٤", "08180a", "-81804", "0" * 10_000])
def test_what_is_no_code_is_none(code: str) -> None:
    assert matching_step(SECRET, code, datetime.fromtimestamp(1111111109, UTC)) is None


def test_blanks_in_a_code_do_not_matter() -> None:
    assert matching_step(SECRET, " 081 804 ", datetime.fromtimestamp(1111111109, UTC)) is not None


def test_secrets_have_160_bits() -> None:
    secret = new_totp_secret()

    assert len(secret) == 32
    assert new_totp_secret() != secret


def test_backup_codes_are_known_again_however_they_are_typed() -> None:
    code = new_code()

    assert len(code.replace("-", "")) == 16
    assert code_hash(code) == code_hash(f" {code.upper().replace('-', ' ')} ")
    assert code_hash(code) != code_hash(new_code())
