"""Taking an import back whole, as long as nobody acted on what it brought."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, F, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from issues.models import FieldChange, Import, Issue, Lead
from issues.rules.stages import Cause
from issues.services import ledger as issue_ledger
from issues.services.imports import restoring
from issues.services.imports.before import BeforeLost, kept_items, superseded_rows
from issues.services.imports.settling import drop_all, reopen
from projects.models import Fund, Project, ProjectFieldChange
from projects.services import ahead
from projects.services import ledger as works_ledger
from rectify.lib import clock
from townships.models import User
from townships.services import events, revisions


class WithdrawalRefused(Exception):
    """The import stays; the message says in Chinese what stands against it."""


@transaction.atomic
def withdraw(*, import_id: int, by: User) -> Import:
    """Write reversing entries on the same days for all that the import brought; it stands nowhere after.

    Items that stood there before are what they were. Refused where a report, a correction or a later import
    touched one of them, or where what was before is not on record."""
    source = Import.objects.select_for_update().get(pk=import_id)
    if source.status != "done":
        raise WithdrawalRefused(f"这次导入的状态是“{source.get_status_display()}”，没有可撤回的内容。")
    _refuse_when_acted_on(source)
    at = clock.now()
    restored = restoring.restore(source, by=by, at=at)
    sheets = list(source.sheets.values_list("id", flat=True))
    issues = list(
        Issue.objects.present().filter(sheet__in=sheets).order_by("id").values_list("id", flat=True)
    )
    issue_ledger.withdraw_items(issues, by=by, cause_id=source.pk)
    for model in (Project, Fund):
        ids = list(
            model.objects.present().filter(sheet_key__in=sheets).order_by("id").values_list("id", flat=True)
        )
        works_ledger.withdraw_items(model, ids, by=by, cause_id=source.pk)
    ahead.withdraw_import(source.pk, by=by)
    Lead.objects.present().filter(sheet__in=sheets).update(withdrawn_at=at)
    drop_all(source, by)
    reopen(superseded_rows(source))
    source.status, source.withdrawn_at, source.withdrawn_by = "withdrawn", at, by
    source.save(update_fields=["status", "withdrawn_at", "withdrawn_by"])
    events.record(
        subject_type="import",
        subject_id=source.pk,
        action="withdraw_import",
        summary=f"撤回导入《{source.file_name}》，撤去新增的{len(issues)}条问题，还原更改过的{restored}条",
        by=by,
        facts={"sha256": source.sha256},
    )
    revisions.bump([None])
    return source


@transaction.atomic
def abandon(*, import_id: int, by: User) -> Import:
    """Give up an import that was not written: nothing came of it, its file stays for the record."""
    source = Import.objects.select_for_update().get(pk=import_id)
    if source.status not in ("uploaded", "ready", "failed", "refused"):
        raise WithdrawalRefused(f"这次导入的状态是“{source.get_status_display()}”，现在不能放弃。")
    source.status, source.withdrawn_at, source.withdrawn_by = "withdrawn", clock.now(), by
    source.save(update_fields=["status", "withdrawn_at", "withdrawn_by"])
    events.record(
        subject_type="import",
        subject_id=source.pk,
        action="abandon_import",
        summary=f"放弃导入《{source.file_name}》，没有写入",
        by=by,
        facts={"sha256": source.sha256},
    )
    return source


def objection(source: Import) -> str:
    """Why the import cannot be withdrawn as a whole, in one sentence; "" where it can."""
    if source.status != "done":
        return f"这次导入的状态是“{source.get_status_display()}”，没有可撤回的内容。"
    try:
        _refuse_when_acted_on(source)
    except WithdrawalRefused as refused:
        return str(refused)
    return ""


def _refuse_when_acted_on(source: Import) -> None:
    changed = sum(source.sheets.values_list("updated", flat=True))
    if changed != kept_items(source):
        raise WithdrawalRefused(
            f"这次导入更改了原有的{changed}条，更改前的内容没有全部留存，不能整份撤回；请逐条更正。"
        )
    try:
        touched = restoring.acted_on(source)
    except BeforeLost as lost:
        raise WithdrawalRefused(str(lost)) from lost
    if touched:
        raise WithdrawalRefused(
            f"这次导入更改过的条目，有{len(touched)}条后来又有变动（如{touched[0]}），不能整份撤回。"
        )
    sheets = list(source.sheets.values_list("id", flat=True))
    created: list[QuerySet[Any]] = [
        _beside_the_calendar(Issue.objects.present().filter(sheet__in=sheets), FieldChange, "issue"),
        _beside_the_calendar(
            Project.objects.present().filter(sheet_key__in=sheets), ProjectFieldChange, "project"
        ),
        Fund.objects.present().filter(sheet_key__in=sheets).exclude(version=1),
        Lead.objects.present().filter(sheet__in=sheets).exclude(updated_at=F("created_at")),
    ]
    acted = [
        number for items in created for number in items.order_by("number").values_list("number", flat=True)
    ]
    if acted:
        raise WithdrawalRefused(f"已有人在这次导入新增的{len(acted)}条上办理（如{acted[0]}），不能整份撤回。")


def _beside_the_calendar(items: QuerySet[Any], changes: type[Model], item: str) -> QuerySet[Any]:
    """Those touched by more than changes of the county's calendar, each of which moved a date once: nobody
    has acted on the others."""
    moved = changes._default_manager.filter(**{item: OuterRef("pk")}, cause=Cause.CALENDAR.value).order_by()
    times = Subquery(
        moved.values(item).annotate(times=Count("pk")).values("times"), output_field=IntegerField()
    )
    return items.exclude(version=1).exclude(version=1 + Coalesce(times, 0))
