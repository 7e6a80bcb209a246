"""A list of projects as a workbook: one sheet for each ledger, in its own layout, with a hidden key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

from issues.exchange.workbooks import BATCH, DEMO_MARK, STYLED_ROWS
from issues.models import ImportSheet
from issues.rules.layouts import KEY_NAME, IssueFacts, LayoutColumn, cell
from issues.rules.project_layouts import WORKS, is_in_part, layout_of, standard, values_of
from projects.models import Campaign, Project, ProjectChange, ProjectEntry, ProjectFieldChange
from projects.queries.projects import filtered, ordered
from projects.rules.changes import ChangeState
from projects.rules.filters import ProjectFilter
from projects.rules.stages import Cause, Stage
from rectify.lib import clock
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_plain, write_styled
from townships.models import User

WIDE = frozenset({"name", "content", "progress", "problem"})
NUMBERS = frozenset({"number", "quantity", "investment", "started_quantity", "completed_quantity"})
Group = tuple[str, int | None]
"""The title of the ledger, and the sheet whose layout it has."""


def projects_of(user: User, wanted: ProjectFilter) -> Any:
    """Exactly what the list shows for ``wanted``, in its order."""
    return ordered(filtered(Project.objects.visible_to(user), wanted), wanted)


def project_workbook(user: User, wanted: ProjectFilter, *, reason: str, now: datetime) -> tuple[bytes, int]:
    """An .xlsx and its number of rows; every sheet says who took it, when and why. Rows of one ledger stand
    on one sheet in the layout of its last import, projects by hand on a sheet of the standard layout."""
    found = list(projects_of(user, wanted).values_list("pk", "sheet_title", "sheet_key"))
    layouts = _layouts({key for _, _, key in found if key is not None})
    groups: dict[Group, list[int]] = {}
    for pk, title, key in found:
        groups.setdefault((title, layouts.get(key or 0)), []).append(pk)
    day = wanted.as_of or clock.beijing_date(now)
    note = _note(user, wanted, reason, now)
    sheets = [_sheet(group, ids, day=day, note=note) for group, ids in groups.items()]
    if not sheets:
        sheets = [SheetOut(name="没有项目", columns=[ColumnOut(("没有符合条件的项目",), width=40)], rows=[])]
    if len(found) <= STYLED_ROWS:
        return write_styled(sheets), len(found)
    file = BytesIO()
    write_plain(sheets, file)
    return file.getvalue(), len(found)


def _layouts(keys: set[int]) -> dict[int, int]:
    """Sheet → the last imported one of the same title, name and layout: two imports of one ledger are one."""
    sheets = list(ImportSheet.objects.filter(pk__in=keys).values_list("pk", "title", "name", "layout"))
    last: dict[tuple[str, str, str], int] = {}
    for pk, *same in sorted(sheets):
        last[tuple(same)] = pk  # type: ignore[index]
    return {pk: last[tuple(same)] for pk, *same in sheets}  # type: ignore[index]


def _note(user: User, wanted: ProjectFilter, reason: str, now: datetime) -> str:
    """注：导出：谁　何时　用途."""
    is_demo = Campaign.objects.filter(code=wanted.campaign, is_demo=True).exists()
    unit = user.unit.short_name if user.unit else ""
    moment = now.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    mark = f"{DEMO_MARK}。" if is_demo else ""
    return f"注：{mark}导出：{unit}{user.name}　{moment}　用途：{reason}"


def _sheet(group: Group, ids: list[int], *, day: date, note: str) -> SheetOut:
    title, key = group
    source = ImportSheet.objects.select_related("programme").filter(pk=key).first() if key else None
    projects = Project.objects.filter(pk__in=ids).select_related("programme")
    has_parts = any(is_in_part(one) for one in projects)
    above = source.programme.full_name if source and source.programme else ""
    columns = standard(has_parts=has_parts)
    if source:
        has_branches = any(one.programme_id != source.programme_id for one in projects)
        columns = layout_of(source.columns, has_parts=has_parts, has_branches=has_branches)
    outs = [
        ColumnOut(
            column.path,
            width=32 if column.field in WIDE else 14,
            kind=ColumnKind.NUMBER if column.field in NUMBERS else ColumnKind.TEXT,
        )
        for column in columns
    ]
    return SheetOut(
        name=source.name if source else "项目",
        title=title or "项目清单",
        remarks=[f"截至{day.year}年{day.month}月{day.day}日"],
        columns=[*outs, ColumnOut((KEY_NAME,), kind=ColumnKind.KEY)],
        rows=_rows(ids, columns, above),
        notes=[note],
    )


def _rows(ids: list[int], columns: tuple[LayoutColumn, ...], above: str) -> Iterator[list[Value]]:
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        facts = _facts(batch, above)
        for pk in batch:
            yield [*(cell(column, facts[pk]) for column in columns), facts[pk].number]


def _facts(ids: list[int], above: str) -> dict[int, IssueFacts]:
    """Everything an export says of a thousand projects; constant queries."""
    changed = _changed(ids)
    days = _days(ids)
    joined = Project.objects.filter(pk__in=ids).select_related(
        "programme", "township", "village", "department"
    )
    return {
        project.pk: IssueFacts(
            number=project.number,
            now=values_of(project, days.get(project.pk, {}), above),
            cells=project.cells,
            changed=frozenset(changed.get(project.pk, ())),
            sees_household=False,
        )
        for project in joined
    }


def _days(ids: list[int]) -> dict[int, dict[str, date]]:
    """Item → stage → the last day on which it rose."""
    found: dict[int, dict[str, date]] = {}
    entries = ProjectEntry.objects.filter(item__in=ids, quantity__gt=0).order_by("happened_on", "pk")
    for pk, stage, day in entries.values_list("item_id", "stage", "happened_on"):
        found.setdefault(pk, {})[stage] = day
    return found


def _changed(ids: list[int]) -> dict[int, set[str]]:
    """The fields of each project that are not what its row said: corrected, decided, or moved since. A date
    that the calendar moved is what the row says still: so many working days."""
    changed: dict[int, set[str]] = {}
    edits = ProjectFieldChange.objects.filter(project__in=ids).exclude(cause=Cause.CALENDAR)
    for pk, name in edits.values_list("project_id", "field"):
        changed.setdefault(pk, set()).add(ROW_FIELDS.get(name, name))
    decided = ProjectChange.objects.filter(project__in=ids, state=ChangeState.APPROVED.value)
    for pk, after in decided.values_list("project_id", "after"):
        changed.setdefault(pk, set()).update(ROW_FIELDS.get(name, name) for name in after)
    told = ProjectEntry.objects.filter(item__in=ids, cause=Cause.REPORT).values_list("item_id", flat=True)
    for pk in told.distinct():
        changed.setdefault(pk, set()).add("progress")
    moved = ProjectEntry.objects.filter(item__in=ids).exclude(cause=Cause.IMPORT)
    later = ProjectEntry.objects.filter(item__in=ids, cause=Cause.IMPORT, item__version__gt=1)
    for entries in (moved, later):
        for pk, stage in entries.values_list("item_id", "stage").distinct():
            changed.setdefault(pk, set()).update(WORKS.get(Stage(stage), ()))
    return changed


ROW_FIELDS = {
    "arranged": "quantity",
    "start_due_on": "planned_start",
    "start_raw": "planned_start",
    "finish_due_on": "planned_finish",
    "finish_raw": "planned_finish",
}
"""A field of a project → the field of a row that says it."""
