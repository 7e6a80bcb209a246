"""A list of issues as a workbook: one sheet for each ledger, in its own layout, with a hidden key column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

from issues.access import household_sight
from issues.models import Action, FieldChange, ImportSheet, Issue, IssueEntry, IssueList, IssueUnit
from issues.models.issues import IssueQuerySet
from issues.queries.choices import choices
from issues.queries.issues import filtered
from issues.queries.listing import ordered
from issues.rules.filters import IssueFilter
from issues.rules.layouts import (
    CLAIMED,
    KEY_NAME,
    PROJECT,
    STANDARD,
    IssueFacts,
    LayoutColumn,
    cell,
    layout_of,
    with_project,
)
from issues.rules.stages import Cause, UnitRole
from projects.models import Project
from rectify.lib import clock
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_plain, write_styled
from townships.models import User

DEMO_MARK = "演示数据，纯属虚构"
STYLED_ROWS = 5_000
"""Above this many rows the workbook is written plainly: styles of every cell would take minutes."""
BATCH = 1_000


def issues_of(user: User, wanted: IssueFilter) -> IssueQuerySet:
    """Exactly what the list shows for ``wanted``, in its order."""
    found = filtered(Issue.objects.visible_to(user), wanted, sight=household_sight(user))
    return ordered(found, wanted)


def issue_workbook(user: User, wanted: IssueFilter, *, reason: str, now: datetime) -> tuple[bytes, int]:
    """An .xlsx and its number of rows; every sheet says who took it, when and why."""
    found = list(issues_of(user, wanted).values_list("pk", "list_id", "sheet__layout"))
    groups: dict[tuple[int, str], list[int]] = {}
    for pk, list_id, layout in found:
        groups.setdefault((list_id, layout or ""), []).append(pk)
    day = wanted.as_of or clock.beijing_date(now)
    sheets = [
        _sheet(list_id, layout, ids, user=user, day=day, note=export_note(user, list_id, reason, now))
        for (list_id, layout), ids in groups.items()
    ]
    if not sheets:
        sheets = [SheetOut(name="没有问题", columns=[ColumnOut(("没有符合条件的问题",), width=40)], rows=[])]
    if len(found) <= STYLED_ROWS:
        return write_styled(sheets), len(found)
    file = BytesIO()
    write_plain(sheets, file)
    return file.getvalue(), len(found)


def export_note(user: User, list_id: int, reason: str, now: datetime) -> str:
    """注：导出：谁　何时　用途."""
    is_demo = IssueList.objects.filter(pk=list_id, campaign__is_demo=True).exists()
    unit = user.unit.short_name if user.unit else ""
    moment = now.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    mark = f"{DEMO_MARK}。" if is_demo else ""
    return f"注：{mark}导出：{unit}{user.name}　{moment}　用途：{reason}"


def _sheet(list_id: int, layout: str, ids: list[int], *, user: User, day: date, note: str) -> SheetOut:
    issue_list = IssueList.objects.get(pk=list_id)
    source = (
        ImportSheet.objects.filter(list=list_id, layout=layout).order_by("-pk").first() if layout else None
    )
    columns = layout_of(source.columns) if source else STANDARD
    if Issue.objects.filter(list=list_id, project__isnull=False).exists():
        columns = with_project(columns)
    remarks = [f"截至{day.year}年{day.month}月{day.day}日"]
    if issue_list.found_on:
        found_on = issue_list.found_on
        remarks.insert(0, f"问题基数统计时间：{found_on.year}年{found_on.month}月{found_on.day}日")
    outs = [
        ColumnOut(
            column.path,
            width=column.width,
            kind=ColumnKind.NUMBER if column.is_number else ColumnKind.TEXT,
        )
        for column in columns
    ]
    return SheetOut(
        name=source.name if source else issue_list.short_name,
        title=issue_list.title,
        remarks=["　　".join(remarks)],
        columns=[*outs, ColumnOut((KEY_NAME,), kind=ColumnKind.KEY)],
        rows=_rows(ids, columns, user),
        notes=[note],
    )


def _rows(ids: list[int], columns: tuple[LayoutColumn, ...], user: User) -> Iterator[list[Value]]:
    for start in range(0, len(ids), BATCH):
        facts = _facts(ids[start : start + BATCH], user)
        for pk in ids[start : start + BATCH]:
            one = facts[pk]
            yield [*(cell(column, one) for column in columns), one.number]


def _facts(ids: list[int], user: User) -> dict[int, IssueFacts]:
    """Everything an export says of a thousand issues; constant queries."""
    known, sight = choices(), household_sight(user)
    units: dict[int, dict[str, list[str]]] = {}
    for pk, role, name in IssueUnit.objects.filter(issue__in=ids).values_list("issue_id", "role", "name"):
        units.setdefault(pk, {}).setdefault(role, []).append(name)
    actions: dict[int, list[str]] = {}
    for pk, text in Action.objects.filter(issue__in=ids).values_list("issue_id", "text"):
        actions.setdefault(pk, []).append(text)
    changed = _changed(ids)
    solvers = dict(Project.objects.visible_to(user).filter(issues__in=ids).values_list("pk", "number"))
    facts = {}
    for issue in Issue.objects.filter(pk__in=ids).select_related("category", "township", "village"):
        category = known.categories.get(issue.category_id) if issue.category_id else None
        row = {
            "township_id": issue.township_id,
            "village_id": issue.village_id,
            "lead_unit_id": issue.lead_unit_id,
            "department_id": category.department if category else None,
        }
        facts[issue.pk] = IssueFacts(
            number=issue.number,
            now={
                **_now(issue, units.get(issue.pk, {}), actions.get(issue.pk, [])),
                PROJECT: solvers.get(issue.project_id, "") if issue.project_id else "",
            },
            cells=issue.cells,
            changed=frozenset(changed.get(issue.pk, ())),
            sees_household=sight.sees(row),
        )
    return facts


def _changed(ids: list[int]) -> dict[int, set[str]]:
    """The fields of each issue that are not what its row said: edited, or moved by another act."""
    changed: dict[int, set[str]] = {}
    for pk, name in FieldChange.objects.filter(issue__in=ids).values_list("issue_id", "field"):
        changed.setdefault(pk, set()).update(
            {"units": ("lead_unit", "responsible_units", "support_units")}.get(name, (name,))
        )
    moved = IssueEntry.objects.filter(item__in=ids).exclude(cause=Cause.IMPORT)
    later = IssueEntry.objects.filter(item__in=ids, cause=Cause.IMPORT, item__version__gt=1)
    for pk in {*moved.values_list("item_id", flat=True), *later.values_list("item_id", flat=True)}:
        changed.setdefault(pk, set()).update(CLAIMED, {"quantity", "amount"})
    return changed


def _now(issue: Issue, units: dict[str, list[str]], actions: list[str]) -> dict[str, Any]:
    left = issue.left
    return {
        "number": issue.ledger_number or issue.number,
        "source": issue.source,
        "source_doc": issue.source_doc,
        "category": issue.category.full_name if issue.category else "",
        "section": issue.section,
        "description": issue.description,
        "township": issue.township.name if issue.township else "",
        "village": issue.village.name if issue.village else "",
        "place": issue.place,
        "household": issue.household,
        "quantity": issue.found,
        "counted_in": issue.counted_in,
        "done_quantity": issue.claimed,
        "remaining_quantity": left,
        "found_on": issue.found_on,
        "amount": issue.amount_found,
        "done_amount": issue.amount_claimed,
        "goal": issue.goal,
        "actions": actions,
        "lead_unit": units.get(UnitRole.LEAD, []),
        "responsible_units": units.get(UnitRole.RESPONSIBLE, []),
        "support_units": units.get(UnitRole.SUPPORT, []),
        "leader": issue.leader,
        "person": issue.person,
        "deadline": issue.deadline_raw,
        "progress": issue.progress,
        "state_text": issue.state_text,
        "done": None if issue.stated_on is None else left == 0,
        "done_on": issue.done_on if left == 0 else None,
        "recognised": issue.recognised,
        "recognised_amount": issue.recognised_amount,
        "note": issue.note,
    }
