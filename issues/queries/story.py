"""One issue as its page tells it: facts, responsibility, figures, history, origin; masked for the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from issues.models import Import, Issue, IssueUnit
from issues.queries.listing import shown_household
from issues.queries.origins import Origin, origin_of
from issues.rules.history import Line, changed, cn_day, said
from issues.rules.lights import issue_light
from issues.rules.sight import HouseholdSight
from issues.rules.stages import OPEN_STATES, Cause, Stage, State, UnitRole
from rectify.lib import clock
from rectify.lib.lights import Light
from rectify.lib.masking import mask_name, mask_text
from townships.models import Event
from townships.queries.branches import unit_tree


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history. ``by``: who recorded it and when. ``is_minor``: no quantity moved."""

    text: str
    by: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's part in the issue; ``is_named_only``: kept as text, no unit of ours (县外单位)."""

    role: str
    names: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Story:
    """What the page of one issue shows; quantities in ``issue.counted_in``, amounts in 万元."""

    issue: Issue
    state: str
    is_ended: bool
    place: str
    household: str
    texts: dict[str, str]
    light: Light
    deadline_class: str
    past_deadlines: list[str]
    parts: list[Part]
    leader: str
    person: str
    accounts: list[str]
    actions: list[Any]
    figures: list[tuple[str, Decimal]]
    amounts: list[tuple[str, Decimal]]
    extra: list[tuple[str, str]]
    moments: list[Moment]
    origin: Origin | None


TEXTS = (
    "description",
    "goal",
    "progress",
    "state_text",
    "recognised",
    "note",
    "section",
    "source",
    "source_doc",
)


def load_issue(issue: Issue) -> Issue:
    """The same issue with what its page needs joined. One query."""
    joined = (
        "campaign", "list", "category__department", "township", "village", "unit", "lead_unit",
        "leader_user__unit", "person_user__unit", "sheet__source",
    )  # fmt: skip
    return Issue.objects.select_related(*joined).get(pk=issue.pk)


def story_of(issue: Issue, *, sight: HouseholdSight, on: date) -> Story:
    """Everything the page shows of ``issue``, already in the viewer's scope; a constant number of queries."""
    issue = load_issue(issue)
    state = State(issue.state)
    row = {
        "township_id": issue.township_id,
        "village_id": issue.village_id,
        "lead_unit_id": issue.lead_unit_id,
        "household": issue.household,
    }
    department = issue.category.department_id if issue.category else None
    sees = sight.sees({**row, "department_id": department})
    return Story(
        issue=issue,
        state=state.label,
        is_ended=state not in OPEN_STATES,
        place=_place(issue, on),
        household=shown_household(row, department, sight),
        texts={name: mask_text(getattr(issue, name)) for name in TEXTS},
        light=issue_light(
            left=issue.left,
            deadline_class=issue.deadline_class,
            due_on=issue.due_on,
            is_confirmed=issue.deadline_confirmed,
            on=on,
        ),
        deadline_class=issue.get_deadline_class_display(),
        past_deadlines=_past_deadlines(issue),
        parts=_parts(issue, on),
        leader=mask_text(issue.leader),
        person=mask_text(issue.person),
        accounts=_accounts(issue),
        actions=[
            {
                "text": mask_text(one.text),
                "person": mask_text(one.person),
                "due_on": one.due_on,
                "done_on": one.done_on,
            }
            for one in issue.actions.all()
        ],
        figures=_figures(issue),
        amounts=_amounts(issue),
        extra=[
            (mask_text(str(name)), mask_text(str(text)))
            for name, text in issue.extra.items()
            if str(text).strip()
        ],
        moments=_moments(issue, sees),
        origin=_origin(issue, sees),
    )


def _place(issue: Issue, on: date) -> str:
    tree = unit_tree()
    names = [tree.label(issue.township_id, on), tree.label(issue.village_id, on), mask_text(issue.place)]
    return " ".join(dict.fromkeys(name for name in names if name))


def _past_deadlines(issue: Issue) -> list[str]:
    return [
        f"{mask_text(past.raw) or past.get_deadline_class_display()}"
        f"{f'（{past.due_on.isoformat()}）' if past.due_on else ''}，用至{cn_day(past.until_on)}前"
        for past in issue.past_deadlines.all()
    ]


def _parts(issue: Issue, on: date) -> list[Part]:
    tree = unit_tree()
    named: dict[str, list[tuple[str, bool]]] = {}
    for part in IssueUnit.objects.filter(issue=issue).order_by("position"):
        name = tree.label(part.unit_id, on) or mask_text(part.name)
        named.setdefault(part.role, []).append((name, part.unit_id is None))
    return [Part(role.label, named[role]) for role in UnitRole if role in named]


def _accounts(issue: Issue) -> list[str]:
    """Accounts the written names were matched to, with their unit."""
    users = (user for user in (issue.leader_user, issue.person_user) if user is not None)
    return [f"{user.name}（{user.unit.name if user.unit else '未设单位'}）" for user in dict.fromkeys(users)]


def _figures(issue: Issue) -> list[tuple[str, Decimal]]:
    return [
        ("列入", issue.found),
        *([("调出", issue.removed)] if issue.removed else []),
        ("自报完成", issue.claimed),
        ("核实认定", issue.confirmed),
        ("未整改", issue.left),
    ]


def _amounts(issue: Issue) -> list[tuple[str, Decimal]]:
    if not issue.amount_found and issue.recognised_amount is None:
        return []
    left = issue.amount_found - issue.amount_removed - issue.amount_claimed
    pairs = [("涉及金额", issue.amount_found), ("自报完成金额", issue.amount_claimed), ("未整改金额", left)]
    if issue.recognised_amount is not None:
        pairs.append(("认定整改金额", issue.recognised_amount))
    return pairs


def _moments(issue: Issue, sees_household: bool) -> list[Moment]:
    """Newest last; what happened on the day it happened, what was changed on the day it was."""
    entries = list(issue.entries.select_related("recorded_by").order_by("happened_on", "id"))
    files = _files(issue, entries)
    dated = [(entry.happened_on, entry.recorded_at, _entry_moment(issue, entry, files)) for entry in entries]
    for change in issue.changes.select_related("changed_by"):
        day = clock.beijing_date(change.changed_at)
        dated.append((day, change.changed_at, _change_moment(change, day, sees_household)))
    events = Event.objects.filter(subject_type="issue", subject_id=issue.pk).select_related("actor")
    for event in events:
        day = clock.beijing_date(event.at)
        text = f"{cn_day(day)}，{mask_text(event.summary)}"
        dated.append((day, event.at, Moment(text, _by(event.actor, event.at), True)))
    return [moment for _, _, moment in sorted(dated, key=lambda one: one[:2])]


def _files(issue: Issue, entries: list[Any]) -> dict[int, str]:
    """Names of the files that entries came from, by id of the import."""
    ids = {entry.cause_id for entry in entries if entry.cause == Cause.IMPORT and entry.cause_id}
    known = {issue.sheet.source_id: issue.sheet.source.file_name} if issue.sheet else {}
    if ids - known.keys():
        known |= dict(Import.objects.filter(pk__in=ids).values_list("pk", "file_name"))
    return known


def _entry_moment(issue: Issue, entry: Any, files: Mapping[int, str]) -> Moment:
    line = Line(
        cause=Cause(entry.cause),
        stage=Stage(entry.stage),
        quantity=entry.quantity,
        amount=entry.amount,
        counted_in=issue.counted_in,
        happened_on=entry.happened_on,
    )
    text = said(line)
    file = files.get(entry.cause_id) if entry.cause == Cause.IMPORT else None
    if file:
        is_first = issue.sheet is not None and issue.sheet.source_id == entry.cause_id
        row = f"第{issue.row}行" if is_first and issue.row else ""
        text += f"（导入自《{mask_text(file)}》{row}）"
    elif entry.happened_on < clock.beijing_date(entry.recorded_at):
        text += "（补录）"
    return Moment(text, _by(entry.recorded_by, entry.recorded_at), False)


def _change_moment(change: Any, day: date, sees_household: bool) -> Moment:
    hide = mask_name if change.field == "household" and not sees_household else mask_text
    label = _label(change.field)
    text = f"{cn_day(day)}，{changed(label, hide(change.before), hide(change.after))}"
    return Moment(text, _by(change.changed_by, change.changed_at), True)


FIELD_LABELS = {
    "units": "责任单位",
    "actions": "整改措施",
    "deadline": "时限",
    "found_on": "发现日期",
    "is_long": "长期坚持",
}


def _label(field: str) -> str:
    if field in FIELD_LABELS:
        return FIELD_LABELS[field]
    names = {one.name: str(getattr(one, "verbose_name", one.name)) for one in Issue._meta.get_fields()}
    return names.get(field, field)


def _by(person: Any, at: datetime) -> str:
    who = person.name if person is not None else "系统"
    return f"{who}，{at.astimezone(clock.BEIJING).strftime('%Y-%m-%d %H:%M')}登记"


def _origin(issue: Issue, sees_household: bool) -> Origin | None:
    if issue.sheet is None:
        return None
    return origin_of(issue.sheet, issue.row, issue.cells, sees_household=sees_household)
