"""Coffer beside its peers and its limits: requests a second, latency, CPU and memory, in the same shuffled rounds.

    scripts/bench http [--rounds 5] [--seconds 3] [--servers coffer limit_rows …] [--write]

Every server is one process with eight connections to the same PostgreSQL, row-level security on. `--write` puts the
tables into docs/performance.md.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace

from bench.kit import answers, coffer, install, peers
from bench.kit.engines import Server as Postgres
from bench.kit.engines import running_postgres, running_valkey
from bench.kit.home import make_folders
from bench.kit.people import PEOPLE, TRANSACTIONS, Size, prepare
from bench.kit.ratios import RATIO_COLUMNS, of, ratio, table_of_kind
from bench.kit.report import Table, plain, publish
from bench.kit.rounds import Cell, measure, plans
from bench.kit.servers import Server

NAME = "coffer"
REFERENCES = ("postgraphile5", "mercurius_jit", "limit_rows", "limit_pool", "study")
# Coffer's kinds, and the peers' that each is held against.
KINDS = {"list": "list", "list_merchant": "list", "small": "small"}


def measured(options: argparse.Namespace) -> list[Cell]:
    install.need_wrk()
    size = Size(options.people, options.transactions)
    with running_postgres() as postgres, running_valkey() as redis_url, ExitStack() as stack:
        servers = []
        if NAME in options.servers:
            urls = prepare(postgres, size)
            started = stack.enter_context(coffer.start(NAME, urls, redis_url))
            servers.append(ready(postgres, size, started))
        servers += stack.enter_context(
            peers.start_http_peers(
                options.servers, postgres, rls=options.rls, users=size.people, transactions=size.transactions
            )
        )
        answers.check_alike(servers, options.kinds)
        if options.rls:
            answers.check_isolation(servers)
        print("everybody answers; the kit's own servers alike", flush=True)
        return measure(
            plans(servers, options.kinds, options.connections),
            postgres.pid,
            rounds=options.rounds,
            seconds=options.seconds,
            warm_node=options.warm_node,
        )


def ready(postgres: Postgres, size: Size, server: Server) -> Server:
    """Coffer with what its people ask, after a look at whether it answers them right."""
    viewers = coffer.spread(coffer.everybody(postgres, size), size.people)
    asking = replace(
        server, kinds=tuple(KINDS), requests=coffer.requests(viewers, {"first": min(peers.PAGE, size.transactions)})
    )
    for viewer in viewers[: answers.SAMPLE]:
        (request,) = coffer.requests([viewer], {"first": peers.PAGE})("list")
        answers.check_newest(server, viewer, request, postgres.database(size.database), peers.PAGE)
    return asking


def tables(cells: Sequence[Cell], kinds: Sequence[str]) -> list[Table]:
    names = list({cell.server: None for cell in cells})
    made = []
    for kind in [kind for kind in ("list", "small") if kind in kinds]:
        lines = [(name, of(cells, name, kind)) for name in names]
        lines += [(f"{NAME}, {mine}", of(cells, NAME, mine)) for mine in kinds if KINDS[mine] == kind != mine]
        made.append(table_of_kind(f"`{kind}`:", lines))
    rows = []
    for mine in kinds:
        for reference in REFERENCES:
            found = ratio(of(cells, NAME, mine), of(cells, reference, KINDS[mine]))
            if found is not None:
                rows.append(found.row(f"{mine} / {reference}"))
    return [*made, Table("Coffer divided by …, each round by itself:", RATIO_COLUMNS, rows)] if rows else made


def main() -> int:
    names = [NAME, *(peer.name for peer in peers.HTTP_PEERS)]
    parser = argparse.ArgumentParser(prog="scripts/bench http", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--servers", nargs="+", default=names, choices=names)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--rls", action=argparse.BooleanOptionalAction, default=True, help="of the peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="for each server, query and round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--warm-node", type=int, default=15, help="seconds for each query")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--transactions", type=int, default=TRANSACTIONS, help="of each person")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    make_folders()
    cells = measured(options)
    intro = (
        f"{options.people * options.transactions:,} transactions of {options.people} people, "
        f"{options.connections} connections, row-level security {'on' if options.rls else 'off for the peers'}; "
        f"medians of {options.rounds} rounds of {options.seconds} s."
    )
    results = {"options": plain(vars(options)), "cells": [asdict(cell) for cell in cells]}
    publish("http", intro, tables(cells, options.kinds), results, write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
