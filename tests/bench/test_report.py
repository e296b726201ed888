"""Sections of the page that runs write."""

import pytest

from bench.kit.report import PAGE, Table, with_section

TEXT = (
    "# Page\n\n<!-- bench:http -->\nold\nlines\n<!-- /bench:http -->\n\n<!-- bench:scale -->\n<!-- /bench:scale -->\n"
)


def test_a_section_is_replaced_and_nothing_else() -> None:
    assert with_section(TEXT, "http", r"new \1") == TEXT.replace("old\nlines", r"new \1")


def test_an_empty_section_is_filled() -> None:
    assert with_section(TEXT, "scale", "curve").endswith("<!-- bench:scale -->\ncurve\n<!-- /bench:scale -->\n")


@pytest.mark.parametrize("page", ["# Page\n", TEXT + TEXT, "<!-- bench:http -->\n"])
def test_a_page_without_exactly_one_such_section_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="no section"):
        with_section(page, "http", "new")


@pytest.mark.parametrize("name", ["http", "documents", "fanout", "scale", "profile"])
def test_the_page_has_a_section_for_every_run(name: str) -> None:
    page = PAGE.read_text()

    assert with_section(page, name, "new") != page


def test_a_table_is_aligned_markdown() -> None:
    table = Table("Title:", ["", "req/s"], [["coffer", "12"], ["peer", "3456"]])

    assert table.text().splitlines() == [
        "Title:",
        "",
        "|        | req/s |",
        "| ------ | ----: |",
        "| coffer |    12 |",
        "| peer   |  3456 |",
    ]
