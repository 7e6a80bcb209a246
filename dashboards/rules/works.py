"""What is not begun, line by line: 安排71个，53个未动工，其中……; every number a link to its list.

The numbers stand apart from the words, so that a page can link them and still be read aloud.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dashboards.rules.documents import Setting, document
from dashboards.rules.figures import MONEY
from dashboards.rules.proofs import narrowed
from dashboards.rules.tables import Number, number, worst_words
from dashboards.rules.tallies import PROJECTS, Block, Cell, ranked

MOST_NAMED = 3
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """Words that lead to a list: a township with its number."""

    text: str
    href: str


Part = str | Number | Named


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One programme, or the money of all: its name with the list of all of it, and the line's parts."""

    name: str
    href: str
    parts: tuple[Part, ...]


def work_lines(setting: Setting, block: Block, kinds: Mapping[str, int], *, compares: bool) -> list[WorkLine]:
    """The programmes of a block counted in pieces, those with most not begun first. ``block``: by the tops of
    the tree; ``kinds``: code of a top → how many programmes with works stand under it."""
    told = document(setting, [block])["blocks"][0]
    order = sorted(range(len(block.rows)), key=lambda at: -ranked(block.rows[at]))
    return [_line(setting, told["rows"][at], told["counted_in"], kinds, compares=compares) for at in order]


def _line(
    setting: Setting, row: Row, counted_in: str, kinds: Mapping[str, int], *, compares: bool
) -> WorkLine:
    below = kinds.get(row["programme_code"] or "", 0)
    parts: list[Part] = [f"{below}个专项，" if below > 1 else "", "安排", _of(row, "arranged", counted_in)]
    parts += [counted_in, *_allotted(row, counted_in), *_begun(row, counted_in)]
    if compares and row["started"] != "0":
        worst, href = worst_words(setting, row, "not_started", counted_in)
        parts += ["，其中", Named(worst, href) if href else worst] if worst else []
    return WorkLine(
        row["programme"] or "未写明专项", row["proof"], tuple(part for part in parts if part != "")
    )


def _of(row: Row, column: str, counted_in: str) -> Number:
    return number(PROJECTS, row, column, counted_in)


def _allotted(row: Row, counted_in: str) -> list[Part]:
    """，8个未下达；已下达的118个中 — only where something waits to be issued (W-010)."""
    if row["not_allotted"] == "0":
        return ["，"]
    if row["allotted"] == "0":
        return ["，全部", _of(row, "not_allotted", counted_in), f"{counted_in}未下达"]
    return [
        "，",
        _of(row, "not_allotted", counted_in),
        f"{counted_in}未下达；已下达的",
        _of(row, "allotted", counted_in),
        f"{counted_in}中",
    ]


def _begun(row: Row, counted_in: str) -> list[Part]:
    if row["allotted"] == "0":
        return []
    if row["not_started"] == "0":
        return ["已全部开工"]
    if row["started"] == "0":
        return ["全部", _of(row, "not_started", counted_in), f"{counted_in}未启动"]
    share = Decimal(row["not_started"]) * 100 / Decimal(row["allotted"])
    return [_of(row, "not_started", counted_in), f"{counted_in}未动工（占已下达的{share:.1f}%）"]


def over_line(block: Block, told: Mapping[str, Any]) -> WorkLine | None:
    """8个乡镇超额下达，合计超7241.9万元，最多的3个依次是……; ``told``: the block by township (W-016)."""
    over = block.total.ranked_places()
    if not over or told["total"].get("over", "0") == "0":
        return None
    proofs = {row["township_code"]: row["proof"] for row in told["rows"]}
    named: list[Part] = []
    for place, value in over[:MOST_NAMED]:
        named += ["、" if named else "", place.name, "超"]
        named += [Number(format(value, "f"), narrowed(proofs[place.code], "over"), is_money=True), MONEY]
    total = number(PROJECTS, told["total"], "over", MONEY)
    first: list[Part] = [f"{len(over)}个乡镇超额下达，合计超", total, MONEY]
    lead = f"，最多的{min(len(over), MOST_NAMED)}个依次是" if len(over) > 1 else "，为"
    return WorkLine("", "", tuple(part for part in (*first, lead, *named) if part != ""))


def programmes_below(cells: Sequence[Cell]) -> dict[str, int]:
    """Code of a top of the tree → how many of its programmes have works of their own."""
    below: dict[str, set[str]] = {}
    for cell in cells:
        member = cell.members["programme"]
        if member is not None and cell.counted_in != MONEY and any(cell.vector):
            below.setdefault(member.root_code or member.code, set()).add(member.code)
    return {code: len(codes) for code, codes in below.items()}
