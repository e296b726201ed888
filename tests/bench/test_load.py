"""What goes to wrk and what comes back."""

from pathlib import Path

import pytest

from bench.kit.load import Answered, read_result, write_requests
from bench.kit.servers import Request

SAID = """Running 3s test @ http://127.0.0.1:8000/graphql
  1 threads and 16 connections
Requests/sec:   1111.11
RESULT 3334 3000601 46000000 13770 32300 2
"""


def test_the_result_is_read_from_the_line_of_the_script() -> None:
    assert read_result(SAID) == Answered(3334, 3_000_601, 46_000_000, p50=13_770, p99=32_300, errors=2)


def test_words_without_a_result_are_no_result() -> None:
    with pytest.raises(StopIteration):
        read_result("unable to connect\n")


def test_a_request_is_one_line_of_body_and_headers(tmp_path: Path) -> None:
    file = tmp_path / "requests"

    write_requests(file, [Request(b"{}", {"X-User-Id": "1", "Accept": "*/*"}), Request(b"[]", {})])

    assert file.read_bytes() == b"{}\tX-User-Id: 1\tAccept: */*\n[]\n"
