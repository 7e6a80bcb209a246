"""The sections of a bulletin: each part's sentences, tables and bars out of the snapshot, and its prose.

Page, .docx and PDF print these same values; what a person writes stands beside the figures, never in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.rules import bulletin_named as named
from dashboards.rules import bulletin_works as works
from dashboards.rules.bulletin_grids import Chart, Grid, chart_of
from dashboards.rules.bulletin_templates import OF_ISSUES, OF_PROJECTS, Part
from dashboards.rules.figures import MONEY
from dashboards.rules.sentences import chinese_date
from dashboards.rules.snapshots import Snapshot, change, most, moved, number
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES, PROJECTS

TOGETHER = 3
"""How many things counted stand beside each other in the table of totals."""
TOTALS = (
    ("total", "应整改"),
    ("removed", "调出"),
    ("claimed", "上报整改"),
    ("confirmed", "核实整改"),
    ("left", "未整改"),
    ("unstated", "未报情况"),
    ("overdue", "逾期"),
)
RATES = (("claimed_rate", "上报完成率"), ("confirmed_rate", "核实完成率"))
OPTIONAL = ("removed", "unstated")
UNIT_WIDTHS = (28, 16, 19, 19, 16, 14, 17, 12.5, 14.5)


@dataclass(frozen=True, slots=True)
class Section:
    """``sentences`` come from the snapshot, ``prose`` from a person; ``remarks`` stand below the tables."""

    part: Part
    sentences: tuple[str, ...] = ()
    prose: str = ""
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.sentences or self.prose or self.grids)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the office chose to print: parts, what townships and departments are counted in, prose by part."""

    parts: Sequence[str]
    counted: Sequence[str]
    prose: Mapping[str, str] = field(default_factory=dict)


def sections(snapshot: Snapshot, choice: Choice) -> list[Section]:
    """The chosen parts in their order; those that have nothing to say are left out."""
    found = []
    for part in Part:
        if part.value not in choice.parts or not suits(part, snapshot):
            continue
        made = MAKERS[part](snapshot, choice)
        prose = choice.prose.get(part.value, "").strip()
        section = Section(part, prose=prose, **made)
        if not section.is_empty:
            found.append(section)
    return found


def suits(part: Part, snapshot: Snapshot) -> bool:
    """Whether the snapshot is about what the part tells."""
    if part in OF_ISSUES:
        return snapshot.tells(ISSUES)
    return snapshot.tells(PROJECTS) if part in OF_PROJECTS else True


def _overall(snapshot: Snapshot, choice: Choice) -> dict[str, Any]:
    sentences = [
        block["sentence"] for of in (ISSUES, PROJECTS) for block in snapshot.blocks(of, "total").values()
    ]
    return {
        "sentences": (*sentences, *named.changes(snapshot)),
        "grids": tuple(_totals(snapshot)),
        "remarks": (_about_totals(snapshot),) if snapshot.tells(ISSUES) else (),
    }


def _about_totals(snapshot: Snapshot) -> str:
    since = chinese_date(snapshot.previous_on)
    return f"“较上期”为与{since}相比；完成率＝整改数÷应整改数；计量单位不同的不相加。"


def _totals(snapshot: Snapshot) -> Iterator[Grid]:
    """One column of figures and one of changes for each thing counted, three things a table."""
    blocks = list(snapshot.blocks(ISSUES, "total").items())
    before = snapshot.earlier_blocks(ISSUES, "total")
    for at in range(0, len(blocks), TOGETHER):
        chosen = blocks[at : at + TOGETHER]
        shown = [
            pair
            for pair in TOTALS
            if pair[0] not in OPTIONAL or any(block["total"][pair[0]] != "0" for _, block in chosen)
        ]
        yield Grid(
            caption="问题整改总体情况",
            heads=("指标", *(head for name, _ in chosen for head in (f"按{name}统计", "较上期"))),
            rows=tuple(_total_row(pair, chosen, before) for pair in (*shown, *RATES)),
            widths=(24, *(22 for _ in chosen for _ in range(2))),
        )


def _total_row(
    pair: tuple[str, str], chosen: Sequence[tuple[str, Any]], before: Mapping[str, Any]
) -> tuple[Number, ...]:
    code, label = pair
    cells = [Number(label)]
    for name, block in chosen:
        cells.append(number(ISSUES, block["total"], code, name))
        earlier = before.get(name)
        cells.append(
            Number("")
            if code.endswith("_rate")
            else change(block["total"], earlier and earlier["total"], code)
        )
    return tuple(cells)


def _units(dimension: str, label: str) -> Callable[[Snapshot, Choice], dict[str, Any]]:
    """The part of townships, or of departments: a ranked table for each thing counted, and its bars."""

    def make(snapshot: Snapshot, choice: Choice) -> dict[str, Any]:
        chosen = [name for name in snapshot.counted() if name in choice.counted]
        grids = [_ranked(snapshot, dimension, label, name) for name in chosen]
        charts = [
            chart_of(
                f"{label}未整改数（按{name}统计）",
                snapshot.blocks(ISSUES, dimension)[name],
                dimension,
                "left",
            )
            for name in chosen
        ]
        remarks: tuple[str, ...] = (snapshot.rule,) if grids else ()
        if dimension == "department":
            remarks += ("部门为问题类别的主管部门，数字包括各乡镇的该类问题。",)
        return {"grids": tuple(grids), "charts": tuple(one for one in charts if one), "remarks": remarks}

    return make


def _ranked(snapshot: Snapshot, dimension: str, label: str, counted_in: str) -> Grid:
    block = snapshot.blocks(ISSUES, dimension)[counted_in]
    by_code = {row[f"{dimension}_code"]: row for row in block["rows"]}
    before = snapshot.earlier_places(dimension, counted_in)
    rows = [
        (
            *_unit_row(snapshot, by_code[one.code], dimension, counted_in),
            Number(str(one.place or "不排")),
            Number(moved(one.place, before.get(one.code))),
        )
        for one in snapshot.ranking(dimension, counted_in)
    ]
    blank = (Number(""), Number(""))
    if None in by_code:
        unnamed = _unit_row(snapshot, by_code[None], dimension, counted_in, f"未写明{label}")
        rows.append((*unnamed, *blank))
    rows.append((*_unit_row(snapshot, block["total"], dimension, counted_in, "合计"), *blank))
    return Grid(
        caption=f"{label}整改情况（按{counted_in}统计）",
        heads=(label, "应整改", "上报整改", "核实整改", "未整改", "逾期", "完成率", "位次", "升降"),
        rows=tuple(rows),
        widths=UNIT_WIDTHS,
        totals=frozenset({len(rows) - 1}),
    )


def _unit_row(
    snapshot: Snapshot, row: Mapping[str, Any], dimension: str, counted_in: str, name: str = ""
) -> tuple[Number, ...]:
    columns = ("total", "claimed", "confirmed", "left", "overdue", f"{snapshot.basis}_rate")
    return (
        Number(name or row[dimension], row["proof"]),
        *(number(ISSUES, row, code, counted_in) for code in columns),
    )


def _categories(snapshot: Snapshot, choice: Choice) -> dict[str, Any]:
    blocks = snapshot.blocks(ISSUES, "category")
    return {"grids": tuple(_category_grid(block) for name, block in blocks.items() if name != MONEY)}


def _category_grid(block: Mapping[str, Any]) -> Grid:
    name = block["counted_in"]
    rows = [_category_row(row, name) for row in block["rows"]]
    return Grid(
        caption=f"分类别整改情况（按{name}统计）",
        heads=("类别", "应整改", "上报整改", "核实整改", "未整改", "逾期", "其中最多"),
        rows=(*rows, _category_row(block["total"], name, "合计")),
        widths=(40, 16, 19, 19, 16, 13, 33),
        words=frozenset({0, 6}),
        totals=frozenset({len(rows)}),
    )


def _category_row(row: Mapping[str, Any], counted_in: str, name: str = "") -> tuple[Number, ...]:
    label = name or (row["category"] or "未写明类别").rpartition(" / ")[2]
    columns = ("total", "claimed", "confirmed", "left", "overdue")
    return (
        Number(label, row["proof"]),
        *(number(ISSUES, row, code, counted_in) for code in columns),
        Number(works.worst_words(row["worst"], "left")),
    )


def _overdue(snapshot: Snapshot, choice: Choice) -> dict[str, Any]:
    charts = []
    for name, block in snapshot.blocks(ISSUES, "township").items():
        if len(most(block["rows"], "township", "overdue")) > 1:
            charts.append(chart_of(f"各乡镇逾期数（按{name}统计）", block, "township", "overdue"))
    return {
        "sentences": tuple(named.overdue(snapshot)),
        "charts": tuple(one for one in charts if one),
    }


MAKERS: dict[Part, Callable[[Snapshot, Choice], dict[str, Any]]] = {
    Part.OVERALL: _overall,
    Part.TOWNSHIPS: _units("township", "乡镇"),
    Part.DEPARTMENTS: _units("department", "部门"),
    Part.CATEGORIES: _categories,
    Part.NOT_STARTED: lambda snapshot, _: works.not_started(snapshot),
    Part.FUNDS: lambda snapshot, _: works.funds(snapshot),
    Part.OVERDUE: _overdue,
    Part.UNREPORTED: lambda snapshot, _: {"sentences": tuple(named.unreported(snapshot))},
    Part.GOOD: lambda snapshot, choice: {"sentences": tuple(named.best(snapshot, choice.counted))},
    Part.WORST: lambda snapshot, choice: {"sentences": tuple(named.worst(snapshot, choice.counted))},
    Part.NEXT: lambda snapshot, choice: {},
}
