"""Each limit is one setting, and docs/limits.md has all of them."""

import re
from pathlib import Path

import pytest

from api.limits.limits import PREFIX, Limits, limits_from, settings_of
from runtime.settings import SettingProblem

DOCS = Path(__file__).parents[3] / "docs" / "limits.md"


def test_a_limit_is_set_by_its_name() -> None:
    limits = limits_from({"COFFER_LIMIT_DEPTH": "7", "COFFER_LIMIT_OPERATION_SECONDS": "0.5", "PATH": "/bin"})

    assert (limits.depth, limits.operation_seconds) == (7, 0.5)
    assert limits.aliases == Limits().aliases


@pytest.mark.parametrize("text", ["", "0", "-1", "many", "nan", "inf", "1e3"])
def test_a_limit_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(SettingProblem, match="COFFER_LIMIT_DEPTH"):
        limits_from({"COFFER_LIMIT_DEPTH": text})


def test_a_limit_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingProblem, match="COFFER_LIMIT_DEPHT"):
        limits_from({"COFFER_LIMIT_DEPHT": "7"})


def test_the_table_has_every_limit_with_its_default() -> None:
    rows = re.findall(r"^\| `(COFFER_LIMIT_\w+)` \| (.+) \| ([\d,.]+) \|$", DOCS.read_text(), re.MULTILINE)

    assert {name: (words, float(value.replace(",", ""))) for name, words, value in rows} == {
        PREFIX + one.name.upper(): (one.metadata["words"], float(str(one.default))) for one in settings_of()
    }


def test_a_person_may_read_and_change_what_was_promised() -> None:
    limits = Limits()

    assert limits.objects_per_minute >= 200_000
    assert limits.mutations_per_minute >= 100
    assert limits.syncs_per_minute >= 20
