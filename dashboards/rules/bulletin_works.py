"""The parts of a bulletin about works and money: what did not start, what is owed, what was over-issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from dashboards.rules.bulletin_grids import Grid
from dashboards.rules.figures import MONEY
from dashboards.rules.snapshots import Snapshot, change, most, number
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES, PROJECTS


def worst_words(worst: Mapping[str, Any] | None, measure: str) -> str:
    """分水镇130，占69.9%; those that tie together; "" where nothing is left."""
    if worst is None or not worst["townships"]:
        return ""
    names = worst["townships"]
    if len(names) > 2:
        return f"{names[0]}等{len(names)}个乡镇各{worst[measure]}"
    if len(names) == 2:
        return f"{'、'.join(names)}各{worst[measure]}"
    return f"{names[0]}{worst[measure]}，占{worst['share']}%"


def not_started(snapshot: Snapshot) -> dict[str, Any]:
    """Sentence and table by programme: 安排, 下达, 开工, 未动工, 开工率 (with its base), change, worst."""
    blocks = {name: one for name, one in snapshot.blocks(PROJECTS, "programme").items() if name != MONEY}
    before = snapshot.earlier_blocks(PROJECTS, "programme")
    return {
        "sentences": tuple(block["sentence"] for block in blocks.values()),
        "grids": tuple(_programmes(block, before.get(name)) for name, block in blocks.items()),
        "remarks": ("未动工＝下达－开工；开工率＝开工÷安排（含未下达）。",) if blocks else (),
    }


def _programmes(block: Mapping[str, Any], before: Mapping[str, Any] | None) -> Grid:
    name, then = block["counted_in"], before or {"rows": (), "total": None}
    earlier = {row["programme_code"]: row for row in then["rows"]}
    rows = [_works(row, name, earlier.get(row["programme_code"])) for row in block["rows"]]
    if len(rows) > 1:
        rows.append(_works(block["total"], name, then["total"], "合计"))
    return Grid(
        caption=f"项目推进情况（按{name}统计）",
        heads=("专项", "安排", "下达", "开工", "未动工", "较上期", "开工率", "未动工最多"),
        rows=tuple(rows),
        widths=(40, 14, 14, 14, 16, 16, 17, 25),
        words=frozenset({0, 7}),
        totals=frozenset({len(rows) - 1}) if len(rows) > 1 else frozenset(),
    )


def _works(
    row: Mapping[str, Any], counted_in: str, before: Mapping[str, Any] | None, name: str = ""
) -> tuple[Number, ...]:
    label = name or (row["programme"] or "未写明专项").rpartition(" / ")[2]
    codes = ("arranged", "allotted", "started", "not_started")
    return (
        Number(label, row["proof"]),
        *(number(PROJECTS, row, code, counted_in) for code in codes),
        change(row, before, "not_started"),
        number(PROJECTS, row, "started_rate", counted_in),
        Number(_short_worst(row["worst"])),
    )


def _short_worst(worst: Mapping[str, Any] | None) -> str:
    if worst is None or not worst["townships"]:
        return ""
    names = worst["townships"]
    more = f"等{len(names)}个各" if len(names) > 1 else ""
    return f"{names[0]}{more}{worst['not_started']}"


def funds(snapshot: Snapshot) -> dict[str, Any]:
    """Money of issues that is still owed, and money of works issued beyond what was due, in order."""
    sentences, grids = [], []
    for of, make in ((ISSUES, _owed), (PROJECTS, _issued)):
        block = snapshot.blocks(of, "township").get(MONEY)
        if block:
            sentences.append(snapshot.blocks(of, "total")[MONEY]["sentence"])
            grids += list(make(block))
    return {"sentences": tuple(sentences), "grids": tuple(grids)}


def _owed(block: Mapping[str, Any]) -> Iterator[Grid]:
    found = most(block["rows"], "township", "left")
    if not found:
        return
    rows = [(Number(row["township"], row["proof"]), *_money(ISSUES, row)) for row, _ in found]
    rows.append((Number("合计", block["total"]["proof"]), *_money(ISSUES, block["total"])))
    yield Grid(
        caption="涉及资金未整改的乡镇（万元）",
        heads=("乡镇", "应整改", "上报整改", "核实整改", "未整改", "上报完成率"),
        rows=tuple(rows),
        widths=(41, 23, 23, 23, 23, 23),
        totals=frozenset({len(rows) - 1}),
    )


def _money(of: str, row: Mapping[str, Any]) -> tuple[Number, ...]:
    codes = ("total", "claimed", "confirmed", "left", "claimed_rate")
    return tuple(number(of, row, code, MONEY) for code in codes)


def _issued(block: Mapping[str, Any]) -> Iterator[Grid]:
    found = most(block["rows"], "township", "over")
    if not found:
        return
    codes = (
        ("due", "funded", "paid", "over") if Decimal(block["total"]["paid"]) else ("due", "funded", "over")
    )
    labels = {"due": "应下达", "funded": "实际下达", "paid": "已拨付", "over": "超额下达"}
    rows = [
        (Number(row["township"], row["proof"]), *(number(PROJECTS, row, code, MONEY) for code in codes))
        for row, _ in found
    ]
    total = block["total"]
    rows.append(
        (Number("全部乡镇合计", total["proof"]), *(number(PROJECTS, total, code, MONEY) for code in codes))
    )
    yield Grid(
        caption="超额下达资金的乡镇（万元）",
        heads=("乡镇", *(labels[code] for code in codes)),
        rows=tuple(rows),
        widths=(44, *(28 for _ in codes)),
        totals=frozenset({len(rows) - 1}),
    )
