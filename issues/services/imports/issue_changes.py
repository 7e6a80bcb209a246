"""What a re-imported row changes on a stored issue, with the history of its fields."""

from __future__ import annotations

from typing import Any

from issues.models import Action, FieldChange, Issue, IssueUnit, PastDeadline
from issues.rules.answering import answering
from issues.rules.drafts import DeadlineFacts, Draft
from issues.rules.stages import Cause, Stage, UnitRole
from issues.services import deadlines, ledger, moves
from issues.services.imports.context import Changes, SheetContext
from issues.services.life.assigning import put_shares
from townships.models import Unit

Parts = list[tuple[UnitRole, str]]
NEW_UNITS = "重新导入的台账改了责任单位"


def update_issue(draft: Draft, item: Issue, changes: Changes, context: SheetContext) -> None:
    """Write ``changes`` in the caller's transaction; each field leaves its old value behind."""
    history: list[FieldChange] = []
    fields = dict(changes.fields)
    keyed = _keyed(fields, item, context, history)
    deadline: DeadlineFacts | None = fields.pop("deadline", None)
    stated_on = fields.pop("stated_on", None)
    saved: dict[str, Any] = {"content": draft.content}
    if "units" in fields:
        saved |= _replace_units(item, fields.pop("units"), context, history)
    if "actions" in fields:
        _replace_actions(item, fields.pop("actions"), context, history)
    for name, value in fields.items():
        history.append(_change(item, name, getattr(item, name), value, context))
        saved[name] = value
    if any(move.stage == Stage.CLAIMED for move in changes.moves):
        saved |= {"done": draft.values["done"], "done_on": draft.values["done_on"]}
    Issue.objects.filter(pk=item.pk).update(**saved, version=item.version + 1, updated_at=context.now)
    if keyed:
        moves.rekey(item, **keyed)
    if deadline is not None:
        history.append(_change(item, "deadline", item.deadline_raw, deadline.raw, context))
        _change_deadline(item, deadline, context)
    if stated_on is not None:
        moves.say(item, said_on=stated_on)
    if changes.moves:
        ledger.post(
            item_id=item.pk,
            moves=changes.moves,
            by=context.by,
            cause=Cause.IMPORT,
            cause_id=context.cause_id,
            recorded_at=context.now,
        )
    FieldChange.objects.bulk_create(history)


def _change(item: Issue, name: str, before: object, after: object, context: SheetContext) -> FieldChange:
    return FieldChange(
        issue=item,
        field=name,
        before="" if before is None else str(before),
        after="" if after is None else str(after),
        changed_at=context.now,
        changed_by=context.by,
        cause=Cause.IMPORT.value,
        cause_id=context.cause_id,
    )


def _keyed(
    fields: dict[str, Any], item: Issue, context: SheetContext, history: list[FieldChange]
) -> dict[str, Any]:
    """Category and township are what figures group by: they move the issue's sums of all days."""
    keyed: dict[str, Any] = {}
    if "category" in fields:
        category = context.categories.make(fields.pop("category"))
        history.append(_change(item, "category", item.category, category, context))
        keyed["category"] = category
    if "township" in fields:
        keyed["township"] = fields.pop("township")
        history.append(_change(item, "township", item.township, keyed["township"], context))
    return keyed


def _replace_units(
    item: Issue, parts: Parts, context: SheetContext, history: list[FieldChange]
) -> dict[str, Unit | None]:
    """The units a row names now; returns the lead and the unit the issue is counted under."""
    before = "、".join(part.name for part in item.units.all())
    history.append(_change(item, "units", before, "、".join(name for _, name in parts), context))
    item.units.all().delete()
    IssueUnit.objects.bulk_create(
        IssueUnit(
            issue=item, unit=context.units.unit(name), name=name[:100], role=role.value, position=position
        )
        for position, (role, name) in enumerate(parts)
    )
    by_role = {
        wanted: [unit for role, name in parts if role is wanted and (unit := context.units.unit(name))]
        for wanted in (UnitRole.LEAD, UnitRole.RESPONSIBLE)
    }
    ours = [(role, unit) for role, units in by_role.items() for unit in units]
    if item.shares.all():
        put_shares(item, answering((role, (role, unit)) for role, unit in ours), context.by, NEW_UNITS)
    return {
        "lead_unit": next(iter(by_role[UnitRole.LEAD]), None),
        "unit": ours[0][1] if ours else None,
    }


def _replace_actions(
    item: Issue, actions: list[str], context: SheetContext, history: list[FieldChange]
) -> None:
    before = "\n".join(action.text for action in item.actions.all())
    history.append(_change(item, "actions", before, "\n".join(actions), context))
    item.actions.all().delete()
    Action.objects.bulk_create(
        Action(issue=item, position=position, text=text) for position, text in enumerate(actions)
    )


def _change_deadline(item: Issue, deadline: DeadlineFacts, context: SheetContext) -> None:
    """The file's new deadline holds from its 截至, never before the present one began."""
    last = PastDeadline.objects.filter(issue=item).order_by("-until_on").first()
    begun = last.until_on if last else item.found_on
    deadlines.change_deadline(
        item,
        deadline_class=deadline.deadline_class,
        due_on=deadline.due_on,
        is_long=deadline.is_long,
        confirmed=deadline.confirmed,
        raw=deadline.raw,
        in_force_from=max(begun, min(context.dates.as_of, context.dates.today)),
        by=context.by,
        cause=Cause.IMPORT,
    )
