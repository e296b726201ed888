"""Whole pages of an app: Coffer's executor beside graphql-core's on the same schema, in the same shuffled rounds.

    scripts/bench documents [--rounds 5] [--seconds 3] [--write]

`page` is the budget page and the three reports in one document, `deep` goes six levels down from the viewer. Both
servers are Coffer; one has COFFER_EXECUTOR=core.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import date

import orjson

from bench.kit import answers, coffer, install
from bench.kit.engines import running_postgres, running_valkey
from bench.kit.home import make_folders
from bench.kit.people import PEOPLE, TRANSACTIONS, Size, prepare
from bench.kit.ratios import RATIO_COLUMNS, of, ratio, table_of_kind
from bench.kit.report import Table, plain, publish
from bench.kit.rounds import Cell, measure, plans
from bench.kit.servers import Server

OWN, CORE = "coffer", "graphql-core"
EXECUTORS = {OWN: {}, CORE: {"COFFER_EXECUTOR": "core"}}
KINDS = ("page", "deep", "list", "small")
VARIABLES = {"month": "2026-09", "from": str(date(2026, 1, 1)), "to": str(date(2026, 9, 30)), "first": 50}


def measured(options: argparse.Namespace) -> list[Cell]:
    install.need_wrk()
    size = Size(options.people, options.transactions)
    with running_postgres() as postgres, running_valkey() as redis_url, ExitStack() as stack:
        urls = prepare(postgres, size)
        viewers = coffer.spread(coffer.everybody(postgres, size), size.people)
        requests = coffer.requests(viewers, VARIABLES)
        servers = [
            replace(stack.enter_context(coffer.start(name, urls, redis_url, env=env)), kinds=KINDS, requests=requests)
            for name, env in EXECUTORS.items()
        ]
        check_equal(servers, options.kinds)
        print("both executors answer alike", flush=True)
        return measure(
            plans(servers, options.kinds, options.connections),
            postgres.pid,
            rounds=options.rounds,
            seconds=options.seconds,
        )


def check_equal(servers: Sequence[Server], kinds: Sequence[str]) -> None:
    """Raises SystemExit where the two answer the same person differently."""
    for kind in kinds:
        asked = [server.requests(kind)[: answers.SAMPLE] for server in servers]
        for requests in zip(*asked, strict=True):
            found = {
                orjson.dumps(answers.ask(server, one), option=orjson.OPT_SORT_KEYS)
                for server, one in zip(servers, requests, strict=True)
            }
            if len(found) > 1:
                raise SystemExit(f"the two executors answer {kind} differently")


def tables(cells: Sequence[Cell], kinds: Sequence[str]) -> list[Table]:
    made = [table_of_kind(f"`{kind}`:", [(name, of(cells, name, kind)) for name in EXECUTORS]) for kind in kinds]
    found = [(kind, ratio(of(cells, OWN, kind), of(cells, CORE, kind))) for kind in kinds]
    rows = [one.row(kind) for kind, one in found if one is not None]
    return [*made, Table("Coffer's executor divided by graphql-core's, each round by itself:", RATIO_COLUMNS, rows)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench documents", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kinds", nargs="+", default=["page", "deep"], choices=KINDS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="for each executor, document and round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--transactions", type=int, default=TRANSACTIONS, help="of each person")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    make_folders()
    cells = measured(options)
    intro = (
        f"{options.people * options.transactions:,} transactions of {options.people} people, {options.connections} "
        f"connections; medians of {options.rounds} rounds of {options.seconds} s."
    )
    results = {"options": plain(vars(options)), "cells": [asdict(cell) for cell in cells]}
    publish("documents", intro, tables(cells, options.kinds), results, write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
