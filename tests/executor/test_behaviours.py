"""The page that lists the behaviours names cases that there are."""

import re
from pathlib import Path

from tests.executor import (
    test_specification_arguments,
    test_specification_completion,
    test_specification_mutations,
    test_specification_selection,
)

PAGE = Path(__file__).parents[2] / "docs" / "executor-behaviours.md"
MODULES = (
    test_specification_arguments,
    test_specification_completion,
    test_specification_mutations,
    test_specification_selection,
)
_NAMED = re.compile(r'"((?:[^"\\]|\\.)+)"')


def test_every_case_that_the_page_names_is_there() -> None:
    rows = [line.split(" | ", 1)[1] for line in PAGE.read_text().splitlines() if line.startswith("| ") and '"' in line]
    named = {one.replace('\\"', '"') for row in rows for one in _NAMED.findall(row)}
    cases = [str(case) for module in MODULES for case in module.CASES]

    assert len(named) > 80
    assert named - set(cases) == set()


def test_no_two_cases_of_a_file_have_one_name() -> None:
    for module in MODULES:
        names = [str(case) for case in module.CASES]
        assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
