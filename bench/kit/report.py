"""Tables for people, JSON for later, and the sections of docs/performance.md that runs write."""

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.kit.home import RESULTS, ROOT
from bench.live import machine

PAGE = ROOT / "docs" / "performance.md"


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """Markdown, aligned for the terminal as well; numbers to the right."""
        widths = [max(len(line[i]) for line in [self.columns, *self.rows]) for i in range(len(self.columns))]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        lines = []
        for row in [self.columns, rule, *self.rows]:
            padded = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
            padded[0] = row[0].ljust(widths[0])
            lines.append("| " + " | ".join(padded) + " |")
        return "\n".join([self.title, "", *lines])


def publish(name: str, intro: str, tables: Sequence[Table], results: Mapping[str, object], *, write: bool) -> None:
    """Show the tables, keep the results as JSON, and write the tables into their section of the docs if asked to."""
    found = {"machine": machine(), "cpus": os.cpu_count(), "load": os.getloadavg()}
    path = RESULTS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_bytes(orjson.dumps({**found, **results}, option=orjson.OPT_INDENT_2))
    text = "\n\n".join([intro, *(table.text() for table in tables)])
    print(f"\n{text}\n\n{path}")
    if write:
        stamped = f"{text}\n\n{time.strftime('%Y-%m-%d')}, {machine()}."
        PAGE.write_text(with_section(PAGE.read_text(), name, stamped))
        print(f"written into {PAGE.relative_to(ROOT)}")


def with_section(page: str, name: str, text: str) -> str:
    """The page with the text between the markers of that name, and nothing else changed. ValueError without them."""
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise ValueError(f"the page has no section {begin} … {end}")
    return pattern.sub(lambda _: f"{begin}\n{text}\n{end}", page)


def plain(options: Mapping[str, object]) -> dict[str, object]:
    """Options as they can be kept."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in options.items()}
