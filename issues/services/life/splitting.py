"""拆分: an aggregated issue is replaced, as far as details are known, by one issue a detail. What they take
over leaves the parent on the days it was found; the difference stays visible on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db import transaction

from issues.models import Action, Issue, IssueUnit, PastDeadline, Plan, Share
from issues.rules.answering import answering
from issues.rules.history import plain
from issues.rules.records import PlanState, ShareState
from issues.rules.registering import searchable
from issues.rules.splitting import Line, too_much
from issues.rules.stages import Cause, Stage, State, UnitRole
from issues.rules.workflow import Verb
from issues.services.ledger import Act, LedgerRefusal, Move, post_all
from issues.services.workflow import Refused, begin, finish
from rectify.lib import clock
from townships.models import Unit, User
from townships.services import events, revisions, sequences
from townships.services.events import Draft

PREFIX = "WT"
COPIED = (
    "campaign_id", "list_id", "source", "source_doc", "category_id", "section", "counted_in", "found_on",
    "goal", "lead_unit_id", "leader", "person", "leader_user_id", "person_user_id", "deadline_raw",
    "deadline_class", "due_on", "is_long", "deadline_confirmed", "next_review_on", "stated_on",
    "last_word_on", "fund_source", "supplement_id", "reported_by_id", "state",
)  # fmt: skip
"""What a detail has from its parent."""


Row = TypeVar("Row", PastDeadline, Plan, Action)


@dataclass(frozen=True, slots=True)
class Detail:
    """One line with its units found: ``unit`` answers for it instead of the parent's responsible units."""

    line: Line
    township: Unit | None = None
    village: Unit | None = None
    unit: Unit | None = None


@transaction.atomic
def split(
    pk: int, by: User, details: Sequence[Detail], reason: str, *, version: int | None = None
) -> list[Issue]:
    """Make one issue of each detail, found on the day the parent was, in the parent's state, with its plan
    and shares; a unit that is new to it still has to sign. The sum of all stays the same on every day."""
    parent = begin(pk, Verb.SPLIT, by, version=version)
    _refuse(parent, details, reason)
    made = _create(parent, details)
    _answerers(parent, made, details)
    _inherit(parent, made)
    _move(parent, made, details, by)
    total = sum((detail.line.quantity for detail in details), Decimal(0))
    is_whole = _is_whole(parent, total)
    rest = "本问题全部拆分" if is_whole else f"本问题仍列入{plain(parent.found - total)}{parent.counted_in}"
    if is_whole and parent.removed:
        rest += f"（已调出的{plain(parent.removed)}{parent.counted_in}仍记在本问题）"
    events.record_many(
        [
            Draft(
                "issue",
                one.pk,
                Verb.SPLIT.value,
                f"由{parent.number}拆分而来：{reason.strip()}",
                {"state": one.state},
            )
            for one in made
        ],
        by=by,
    )
    revisions.bump({detail.unit.pk for detail in details if detail.unit})
    finish(
        parent,
        Verb.SPLIT,
        by,
        f"拆分为{len(made)}个问题，共{plain(total)}{parent.counted_in}，{rest}：{reason.strip()}",
        state=State.REMOVED if is_whole else None,
        facts={"details": [one.number for one in made]},
    )
    return made


def _refuse(parent: Issue, details: Sequence[Detail], reason: str) -> None:
    if not reason.strip():
        raise Refused("请写明拆分的理由。", "words_missing")
    if not details:
        raise Refused("请至少填写一行。", "sums")
    lines = [detail.line for detail in details]
    if why := too_much(lines, parent.left, parent.counted_in):
        raise Refused(why, "sums")
    if not parent.amount_found and any(line.amount for line in lines):
        raise Refused("这个问题没有金额，各行不能写金额。", "sums")
    money = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    amount_left = parent.amount_found - parent.amount_removed - parent.amount_claimed
    total = sum((line.quantity for line in lines), Decimal(0))
    if _is_whole(parent, total) and money != amount_left:
        raise Refused(
            f"数量全部拆分，各行金额合计须等于{plain(amount_left)}万元，现在是{plain(money)}万元。",
            "sums",
        )


def _is_whole(parent: Issue, total: Decimal) -> bool:
    """Nothing to be put right stays with the parent: what it still lists was removed."""
    return parent.found - total == parent.removed and not parent.claimed


def _create(parent: Issue, details: Sequence[Detail]) -> list[Issue]:
    """The rows, without quantities: the ledger brings them."""
    year = clock.today().year
    serials = sequences.take(f"{PREFIX}{year}", len(details))
    copied = {name: getattr(parent, name) for name in COPIED}
    rows = [
        Issue(
            **copied,
            number=f"{PREFIX}{year}-{serial:06d}",
            parent=parent,
            state_since=clock.now(),
            description=detail.line.description or parent.description,
            township=detail.township or parent.township,
            village=detail.village or parent.village,
            place=parent.place,
            household=detail.line.household,
            unit=parent.lead_unit or detail.unit or parent.unit,
        )
        for serial, detail in zip(serials, details, strict=True)
    ]
    category = parent.category.full_name if parent.category else ""
    for row in rows:
        units = (row.township, row.village, row.lead_unit, row.unit)
        names = dict.fromkeys(unit.name for unit in units if unit is not None)
        texts = (row.description, row.place, row.source, row.source_doc, row.goal)
        row.search_text = searchable(row.number, (category, *names, *texts))
    return Issue.objects.bulk_create(rows)


def _answerers(parent: Issue, made: Sequence[Issue], details: Sequence[Detail]) -> None:
    """Units and shares: the parent's, with the detail's own unit in place of the responsible ones."""
    named = list(IssueUnit.objects.filter(issue=parent).select_related("unit"))
    shares = {share.unit_id: share for share in Share.objects.filter(issue=parent)}
    units: list[IssueUnit] = []
    new_shares: list[Share] = []
    for issue, detail in zip(made, details, strict=True):
        own = [
            IssueUnit(issue=issue, unit=one.unit, name=one.name, role=one.role, position=one.position)
            for one in named
            if detail.unit is None or one.role != UnitRole.RESPONSIBLE
        ]
        if detail.unit is not None:
            role = UnitRole.RESPONSIBLE.value
            own.append(IssueUnit(issue=issue, unit=detail.unit, name=detail.unit.name, role=role, position=0))
        units += own
        if shares:
            new_shares += _shares(issue, own, shares)
    IssueUnit.objects.bulk_create(units)
    Share.objects.bulk_create(new_shares)


def _shares(issue: Issue, named: Sequence[IssueUnit], before: dict[int, Share]) -> list[Share]:
    """Each answering unit stands to the detail as to the parent, but nothing of it is done yet."""
    ours = {one.unit_id: one for one in answering((one.role, one) for one in named if one.unit_id)}
    if not ours:  # the township of the place answers
        return [
            _share(issue, unit_id, UnitRole.RESPONSIBLE.value, share) for unit_id, share in before.items()
        ]
    return [_share(issue, unit_id, one.role, before.get(unit_id)) for unit_id, one in ours.items() if unit_id]


def _share(issue: Issue, unit_id: int, role: str, before: Share | None) -> Share:
    state = before.state if before else ShareState.AWAITING.value
    if state == ShareState.DONE:
        state = ShareState.ACCEPTED.value
    by_id = before.by_id if before else None
    return Share(issue=issue, unit_id=unit_id, role=role, state=state, since=clock.now(), by_id=by_id)


def _inherit(parent: Issue, made: Sequence[Issue]) -> None:
    """Former deadlines, and the plan in force with its steps; its milestones counted the whole."""
    past = PastDeadline.objects.filter(issue=parent)
    PastDeadline.objects.bulk_create(_copies(list(past), made))
    plan = Plan.objects.filter(issue=parent, state=PlanState.APPROVED.value).first()
    if plan is None:
        return
    plans = _copies([plan], made)
    for one in plans:
        one.version, one.milestones = 1, []
    Plan.objects.bulk_create(plans)
    Action.objects.bulk_create(_copies(list(parent.actions.all()), made))


def _copies(rows: list[Row], made: Sequence[Issue]) -> list[Row]:
    """Each row once for each of ``made``, unsaved."""
    copies = []
    for row in rows:
        fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        for issue in made:
            copies.append(type(row)(**{**fields, "id": None, "issue_id": issue.pk}))
    return copies


def _move(parent: Issue, made: Sequence[Issue], details: Sequence[Detail], by: User) -> None:
    """found −q of the parent and +q of the detail on the original day: every sum stays what it was."""
    day, stage = parent.found_on, Stage.FOUND.value
    moved = [Move(stage, detail.line.quantity, day, detail.line.amount) for detail in details]
    money = sum((move.amount or Decimal(0) for move in moved), Decimal(0))
    out = Move(stage, -sum((move.quantity for move in moved), Decimal(0)), day, -money if money else None)
    acts = [Act(parent.pk, [out])]
    acts += [Act(issue.pk, [move]) for issue, move in zip(made, moved, strict=True)]
    try:
        post_all(acts, by=by, cause=Cause.SPLIT.value, cause_id=parent.pk)
    except LedgerRefusal as refusal:
        raise Refused(str(refusal), "ledger") from refusal
