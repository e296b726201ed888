"""Where the API process spends its time on the list page: the functions with the most time of their own.

    scripts/bench profile [--kind list] [--seconds 15] [--write]

py-spy looks at the process from outside, a few hundred times a second, while wrk loads it. It may need root, or
`kernel.yama.ptrace_scope=0`.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bench.kit import coffer, install
from bench.kit.engines import running_postgres, running_valkey
from bench.kit.home import PEERS_ENVIRONMENT, ROOT, make_folders
from bench.kit.load import write_requests, wrk
from bench.kit.people import PEOPLE, TRANSACTIONS, Size, prepare
from bench.kit.report import Table, plain, publish
from bench.kit.servers import Server

KINDS = ("list", "list_merchant", "small", "page", "deep")
VARIABLES = {"month": "2026-09", "from": "2026-01-01", "to": "2026-09-30", "first": 50}
MOST = 15
RATE = 200


def stacks(server: Server, options: argparse.Namespace) -> list[str]:
    """py-spy's lines: a stack, its frames divided by semicolons, and how often it was seen."""
    with tempfile.TemporaryDirectory(prefix="coffer-bench-") as name:
        asked, seen = Path(name) / "requests", Path(name) / "stacks"
        write_requests(asked, server.requests(options.kind))
        wrk(server, asked, seconds=3, connections=options.connections)
        command = [
            *(PEERS_ENVIRONMENT / "bin" / "py-spy", "record", "--pid", str(server.pids[0]), "--format", "raw"),
            *("--output", str(seen), "--duration", str(options.seconds), "--rate", str(RATE), "--function"),
            *(("--native",) if options.native else ()),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as spy:  # noqa: S603
            wrk(server, asked, seconds=options.seconds + 1, connections=options.connections)
            _, said = spy.communicate(timeout=60)
        if spy.returncode != 0 or not seen.exists():
            raise SystemExit(f"py-spy could not look at the process: {said.strip()[-500:]}")
        return seen.read_text().splitlines()


def self_times(lines: Iterable[str]) -> list[tuple[str, float]]:
    """Each function's share of all samples in which it was on top, the largest first."""
    counted: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        counted[stack.rpartition(";")[2].replace(f"{ROOT}/", "")] += int(count)
    whole = counted.total()
    return [(name, count / whole) for name, count in counted.most_common()]


def measured(options: argparse.Namespace) -> list[tuple[str, float]]:
    install.need_wrk()
    install.need_peers_python()
    size = Size(PEOPLE, TRANSACTIONS)
    with running_postgres() as postgres, running_valkey() as redis_url:
        urls = prepare(postgres, size)
        viewers = coffer.spread(coffer.everybody(postgres, size), PEOPLE)
        with coffer.start("profile", urls, redis_url) as started:
            server = replace(started, requests=coffer.requests(viewers, VARIABLES))
            return self_times(stacks(server, options))


def table(times: Sequence[tuple[str, float]]) -> Table:
    rows = [[f"`{name}`", f"{share:.1%}"] for name, share in times[:MOST]]
    return Table(f"The {MOST} functions with the most time of their own:", ("function", "of all samples"), rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench profile", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kind", default="list", choices=KINDS)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--native", action="store_true", help="also look into extensions written in C")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    make_folders()
    times = measured(options)
    intro = (
        f"`{options.kind}` under {options.connections} connections, {RATE} samples a second for {options.seconds} s."
    )
    publish("profile", intro, [table(times)], {"options": plain(vars(options)), "times": times}, write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
