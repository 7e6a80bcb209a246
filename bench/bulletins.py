"""Bulletins: one of 25 townships with six tables and their bars, against an empty document of the same kind.

What is measured is the composing and the typesetting. The empty one has the same red head, a title and a
signature. Every one measured tells other figures, since the typesetter remembers what it has set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from statistics import median
from typing import Any

from bench.results import Result, at_most
from dashboards.rules.bulletin_paper import Facts, head_of, parts_of
from dashboards.rules.bulletin_sections import Choice, sections
from dashboards.rules.bulletin_templates import TEMPLATES
from dashboards.rules.bulletins import BulletinKind
from dashboards.rules.snapshots import Snapshot
from rectify.lib.clock import BEIJING
from rectify.lib.official import TableOut, write_document, write_pdf

MOST = 10.0
TOWNSHIPS, CATEGORIES, PROGRAMMES, DEPARTMENTS = 25, 20, 10, 10
TABLES = 6
AT = datetime(2018, 6, 6, 9, tzinfo=BEIJING)
FACTS = Facts(
    title="关于2018年5月攻坚行动整改情况的通报",
    organ="某某县整改工作办公室文件",
    signed="某某县整改工作办公室",
    number="整通报〔2018〕3号",
    day="2018年6月6日",
    addressed_to="各乡镇人民政府，县直各部门",
    copied_to=["县委办公室", "县政府办公室"],
    opening="",
)
WRITERS: dict[str, Callable[..., bytes]] = {"docx": write_document, "pdf": write_pdf}


@dataclass(frozen=True, slots=True)
class Effort:
    """How many rounds, the full and the empty document in turn."""

    rounds: int


FULL, QUICK = Effort(15), Effort(3)


class Bulletins:
    """The measures of bulletins; they need no database."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._serial = count(1)

    def results(self) -> Iterator[Result]:
        """One promise for both files, since a signature writes both; the note says what each costs."""
        for form in WRITERS:
            self._cpu(self._full, form)  # fonts are read once a process
        full: dict[str, list[float]] = {form: [] for form in WRITERS}
        empty: dict[str, list[float]] = {form: [] for form in WRITERS}
        for _ in range(self._effort.rounds):
            for form in WRITERS:
                full[form].append(self._cpu(self._full, form))
                empty[form].append(self._cpu(self._empty, form))
        ratio = median(
            sum(ones) / sum(others)
            for ones, others in zip(
                zip(*full.values(), strict=True), zip(*empty.values(), strict=True), strict=True
            )
        )
        costs = [sum(median(found) for found in costs.values()) for costs in (full, empty)]
        each = "; ".join(
            f"{form} {median(full[form]):.0f} over {median(empty[form]):.0f} ms" for form in WRITERS
        )
        note = f"{TOWNSHIPS} townships, {TABLES} tables, over the same head and nothing else: {each}"
        yield at_most("bulletin", costs[0], costs[1], ratio, MOST, "ms", note)

    def _cpu(self, write: Callable[[str, int], bytes], form: str) -> float:
        """Milliseconds of CPU, all threads."""
        serial = next(self._serial)
        started = time.process_time()
        write(form, serial)
        return (time.process_time() - started) * 1000

    def _full(self, form: str, serial: int) -> bytes:
        template = TEMPLATES[BulletinKind.MONTHLY]
        choice = Choice(template.parts, ["户"], {"next": template.next_steps})
        parts = parts_of(FACTS, sections(Snapshot(told(serial)), choice))
        if (tables := sum(isinstance(part, TableOut) for part in parts)) != TABLES:
            raise ValueError(f"{tables} tables, not {TABLES}")
        return _written(form, parts, serial)

    def _empty(self, form: str, serial: int) -> bytes:
        return _written(form, parts_of(FACTS, []), serial)


def _written(form: str, parts: list[Any], serial: int) -> bytes:
    head = head_of(replace(FACTS, number=f"整通报〔2018〕{serial}号"))
    return WRITERS[form](f"{FACTS.title}（{serial}）", parts, author=FACTS.signed, made_at=AT, head=head)


# --- a snapshot of so many rows -----------------------------------------------------------------------------


def told(serial: int) -> dict[str, Any]:
    """What ``dashboards.services.snapshots.take`` would give of such a county."""
    issues = {
        "total": _answer([_block(serial, "户", "total", 0, _issues)]),
        "category": _answer([_block(serial, "户", "category", CATEGORIES, _issues)]),
        "township": _answer([_block(serial, "户", "township", TOWNSHIPS, _issues)]),
        "department": _answer([_block(serial, "户", "department", DEPARTMENTS, _issues)]),
    }
    works = {
        "total": _answer(
            [_block(serial, "个", "total", 0, _works), _block(serial, "万元", "total", 0, _works)]
        ),
        "programme": _answer([_block(serial, "个", "programme", PROGRAMMES, _works)]),
        "township": _answer([_block(serial, "万元", "township", TOWNSHIPS, _works)]),
    }
    return {
        "as_of": "2018-05-31", "previous_on": "2018-04-30", "basis": "claimed", "definition": "1",
        "rule": {"code": "rate_then_left", "text": "位次按上报完成率从高到低排列。"}, "unreported": [],
        "issues": issues, "projects": works, "previous": {"issues": issues, "projects": works},
    }  # fmt: skip


def _answer(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"blocks": blocks}


def _block(
    serial: int, counted_in: str, dimension: str, rows: int, figures: Callable[[int], dict[str, Any]]
) -> dict[str, Any]:
    made = [
        {dimension: f"第{at}名称", f"{dimension}_code": f"{at:03d}", **figures(at + serial), **_about(at)}
        for at in range(rows)
    ]
    sentence = f"截至2018年5月31日，按{counted_in}统计共{rows}行，第{serial}次。"
    total = {**figures(rows + serial), **_about(rows)}
    return {"counted_in": counted_in, "rows": made, "total": total, "sentence": sentence}


def _about(at: int) -> dict[str, Any]:
    worst = {"townships": ["马岭镇"], "codes": ["1"], "left": "9", "not_started": "9", "share": "9.9"}
    return {"proof": f"/issues/?campaign=gj2018&as_of=2018-05-31&township={at:03d}", "worst": worst}


def _issues(at: int) -> dict[str, Any]:
    done = at * 7 % 50
    figures = {
        "total": 100, "removed": 0, "claimed": done, "confirmed": done // 2, "left": 100 - done,
        "overdue": at, "unstated": 0, "undetermined": 1, "unconfirmed": 1,
    }  # fmt: skip
    rates = {
        name: _rate(figures[name.removesuffix("_rate")], 100) for name in ("claimed_rate", "confirmed_rate")
    }
    return {**{name: str(value) for name, value in figures.items()}, "items": 100, "rates": rates}


def _works(at: int) -> dict[str, Any]:
    figures = {
        "arranged": 20, "allotted": 20, "started": at % 20, "not_started": 20 - at % 20, "due": 100,
        "funded": 100 + at, "paid": 0, "over": at,
    }  # fmt: skip
    rates = {"started_rate": _rate(figures["started"], 20)}
    return {**{name: str(value) for name, value in figures.items()}, "rates": rates}


def _rate(numerator: int, denominator: int) -> dict[str, str]:
    percent = f"{numerator * 100 / denominator:.1f}"
    return {"numerator": str(numerator), "denominator": str(denominator), "percent": percent}
