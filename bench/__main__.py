"""`python -m bench [--only NAME,…] [--quick] [--json]`: measure, print, exit 1 where a promise is broken."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import database, workbook
from bench.bulletins import FULL as FULL_BULLETINS
from bench.bulletins import QUICK as QUICK_BULLETINS
from bench.bulletins import Bulletins
from bench.days import Days
from bench.deliveries import FULL as FULL_DELIVERIES
from bench.deliveries import QUICK as QUICK_DELIVERIES
from bench.deliveries import Deliveries
from bench.growth import FIRST
from bench.house import CAMPAIGN, House
from bench.imports import Imports
from bench.pages import BOARD, FULL, QUICK, Pages, machine
from bench.reports import FULL as FULL_REPORTS
from bench.reports import QUICK as QUICK_REPORTS
from bench.reports import Reports
from bench.results import Result, table
from bench.scan import FULL as FULL_SCAN
from bench.scan import QUICK as QUICK_SCAN
from bench.scan import Scans

IMPORTS = ("import", "statements", "dry-run")
REPORTS = ("reports",)
SCANS = ("scan",)
DAYS = ("days",)
PAGES = ("list", "dashboard", "unchanged", "million", "live", "readers")
BULLETINS = ("bulletins",)
DELIVERIES = ("deliveries",)
MEASURES = (*IMPORTS, *REPORTS, *SCANS, *DAYS, *PAGES, *BULLETINS, *DELIVERIES)


def main(arguments: list[str]) -> int:
    """The exit code: 0 where all promises hold, 1 where one is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(MEASURES), help=f"of {', '.join(MEASURES)}")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rows and rounds: whether it runs, not how fast"
    )
    parser.add_argument("--json", action="store_true", help="the results as JSON")
    options = parser.parse_args(arguments)
    wanted = set(options.only.split(","))
    if unknown := wanted - set(MEASURES):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    started, load = time.monotonic(), os.getloadavg()[0]
    results = []
    with tempfile.TemporaryDirectory(prefix="rectify-bench-") as folder:
        house = House(Path(folder))
        try:
            house.build()
            effort = QUICK if options.quick else FULL
            slowness = machine(house, effort)
            print(_circumstances(load, slowness), file=sys.stderr, flush=True)
            for result in _measured(house, wanted, options.quick, slowness):
                print("  ".join(filter(None, result.cells())), file=sys.stderr, flush=True)
                results.append(result)
        finally:
            database.drop(house.name)
    _print(results, options.json, slowness, time.monotonic() - started)
    return 0 if all(result.holds for result in results) else 1


def _measured(house: House, wanted: set[str], quick: bool, slowness: float) -> Iterator[Result]:
    effort = QUICK if quick else FULL
    if wanted & set(BULLETINS):
        yield from Bulletins(QUICK_BULLETINS if quick else FULL_BULLETINS).results()
    if wanted & set(DELIVERIES):
        yield from Deliveries(house, QUICK_DELIVERIES if quick else FULL_DELIVERIES).results()
    imports = Imports(house, slowness, *((5_000, 1) if quick else (50_000, 3)))
    yield from imports.results(wanted)
    if wanted & {*REPORTS, *SCANS, *DAYS, *PAGES}:
        path = workbook.build(house.folder / "first.xlsx", FIRST)
        house.manage("import_sheet", str(path), "--campaign", CAMPAIGN)
    if wanted & set(REPORTS):
        yield from Reports(house, QUICK_REPORTS if quick else FULL_REPORTS, slowness).results()
    if wanted & set(SCANS):
        yield from Scans(house, QUICK_SCAN if quick else FULL_SCAN).results()
    if wanted & set(DAYS):
        yield from Days(house, effort.rounds, effort.times, BOARD).results()
    if wanted & set(PAGES):
        yield from Pages(house, effort, slowness).results(wanted)


def _circumstances(load: float, slowness: float) -> str:
    cores = os.cpu_count() or 1
    loaded = "; others use this machine too" if load > cores / 2 else ""
    return (
        f"PostgreSQL {database.version()}, gunicorn 2 sync workers, {cores} cores; "
        f"load before the run {load:.1f}{loaded}.\n"
        f"A bare view costs {slowness:.2f} x its figure: floors may cost as many times theirs. Times are CPU."
    )


def _print(results: list[Result], as_json: bool, slowness: float, seconds: float) -> None:
    if as_json:
        shown = {
            "machine": slowness,
            "seconds": round(seconds),
            "results": [result.to_json() for result in results],
        }
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    print(table(results))
    broken = [result.name for result in results if not result.holds]
    print(f"{len(results) - len(broken)} of {len(results)} promises hold; {seconds:.0f} s.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
