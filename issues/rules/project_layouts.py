"""Which columns an export of projects has, and what stands in them: as for issues (``layouts``).

A stage that only part of the work has reached cannot be said by 是 or 否: its column stays blank and the
quantity stands in a column of its own, so that the sheet says the same when it comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from issues.rules.layouts import KEY_NAME, LayoutColumn
from projects.rules.programmes import JOINT
from projects.rules.stages import Stage

STANDARD: tuple[LayoutColumn, ...] = tuple(
    LayoutColumn(letter, (name,), field)
    for letter, name, field in (
        ("A", "序号", "number"),
        ("B", "项目类别", "programme"),
        ("C", "项目名称", "name"),
        ("D", "乡镇", "township"),
        ("E", "村", "village"),
        ("F", "具体地点", "place"),
        ("G", "建设内容", "content"),
        ("H", "数量", "counted"),
        ("J", "投资（万元）", "investment"),
        ("K", "责任部门", "department"),
        ("L", "责任领导", "leader"),
        ("M", "责任人", "person"),
        ("N", "安排时间", "arranged_on"),
        ("O", "是否下达", "allotted"),
        ("P", "下达时间", "allotted_on"),
        ("Q", "计划开工时间", "planned_start"),
        ("R", "计划完工时间", "planned_finish"),
        ("S", "是否开工", "started"),
        ("T", "实际开工时间", "started_on"),
        ("U", "是否完工", "completed"),
        ("V", "实际完工时间", "completed_on"),
        ("W", "形象进度", "progress"),
        ("X", "存在问题", "problem"),
        ("Y", "备注", "note"),
    )
)
PARTS = (("started_quantity", "已开工数量"), ("completed_quantity", "已完工数量"))
WORKS: dict[Stage, tuple[str, ...]] = {
    Stage.ARRANGED: ("quantity",),
    Stage.ALLOTTED: ("allotted", "allotted_on", "started", "started_on", "completed", "completed_on"),
    Stage.STARTED: ("allotted", "started", "started_on", "started_quantity"),
    Stage.COMPLETED: ("completed", "completed_on", "completed_quantity"),
}
"""A stage → the columns that a movement of it changes."""


def layout_of(
    columns: Sequence[Mapping[str, Any]], *, has_parts: bool, has_branches: bool
) -> tuple[LayoutColumn, ...]:
    """The layout of an imported sheet. ``has_parts``: some work has reached a stage in part, so the columns
    for quantities are added; ``has_branches``: its programmes stood in headings above the rows."""
    found = [LayoutColumn(one["letter"], tuple(one["path"]), one["field"]) for one in columns]
    found = [column for column in found if column.path[-1:] != (KEY_NAME,)]
    fields = {column.field for column in found}
    if has_branches and "programme" not in fields:
        found.append(LayoutColumn("", ("项目类别",), "programme"))
    if has_parts:
        found += [LayoutColumn("", (name,), field) for field, name in PARTS if field not in fields]
    return tuple(found)


def standard(*, has_parts: bool) -> tuple[LayoutColumn, ...]:
    """The layout of projects that came in no sheet."""
    return (
        (*STANDARD, *(LayoutColumn("", (name,), field) for field, name in PARTS)) if has_parts else STANDARD
    )


def is_in_part(project: Any) -> bool:
    """Whether 是 and 否 do not say how far it is."""
    whole = project.arranged
    return any(0 < getattr(project, stage) < whole for stage in ("allotted", "started", "completed"))


def values_of(project: Any, days: Mapping[str, date], above: str) -> dict[str, Any]:
    """Row field → value of today. ``days``: stage → the last day it rose on; ``above``: the programme that
    the sheet's title says already."""
    full_name = project.programme.full_name
    own = full_name.removeprefix(above).removeprefix(JOINT) if above else full_name
    return {
        "number": project.ledger_number or project.number,
        "programme": own,
        "name": project.name,
        "township": project.township.name if project.township else "",
        "village": project.village.name if project.village else "",
        "place": project.place,
        "content": project.content,
        "quantity": project.arranged,
        "counted": f"{_plain(project.arranged)}{project.counted_in}",
        "investment": project.investment,
        "department": project.department.name if project.department else project.department_text,
        "leader": project.leader,
        "person": project.person,
        "arranged_on": project.arranged_on,
        "planned_start": _deadline(project, "start"),
        "planned_finish": _deadline(project, "finish"),
        "progress": project.progress,
        "problem": project.problem,
        "note": project.note,
        **_stages(project, days),
    }


def _plain(value: Decimal) -> str:
    return format(
        value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize(), "f"
    )


def _deadline(project: Any, step: str) -> str:
    """As the ledger wrote it, unless a person set another day."""
    raw, due_on = getattr(project, f"{step}_raw"), getattr(project, f"{step}_due_on")
    return raw or (due_on.isoformat() if due_on else "")


def _stages(project: Any, days: Mapping[str, date]) -> dict[str, Any]:
    """Where the whole work has reached a stage, yes and since when; where none has, no; else blank."""
    said: dict[str, Any] = {}
    is_allotted_in_part = 0 < project.allotted < project.arranged
    for stage in (Stage.ALLOTTED, Stage.STARTED, Stage.COMPLETED):
        total: Decimal = getattr(project, stage.value)
        is_whole = total >= project.arranged > 0
        known = not is_allotted_in_part and (is_whole or total == 0)
        said[stage.value] = is_whole if known else None
        said[f"{stage.value}_on"] = days.get(stage.value) if known and is_whole else None
        said[f"{stage.value}_quantity"] = total if total and not is_whole else None
    return said
