"""Registering an issue by hand: a unit in its own part, the office in any list; into a locked one as 增量."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from issues.models import Category, Issue, IssueList, IssueUnit, Part
from issues.rules.identity import digest
from issues.rules.records import PartState
from issues.rules.registering import Typed, deadline_of, refusal, searchable
from issues.rules.stages import Cause, Stage, State, UnitRole
from issues.services.ledger import LedgerRefusal, Move, post, withdraw_items
from issues.services.life.handing import hand_out
from issues.services.life.locking import hold, supplement
from issues.services.workflow import Missing, Refused
from rectify.lib import clock
from townships.access import allowed
from townships.models import Unit, User
from townships.rules.permissions import Permission
from townships.rules.scope import Reach
from townships.services import events, revisions, sequences

PREFIX = "WT"


@dataclass(frozen=True, slots=True)
class Where:
    """Whom and what the issue belongs to."""

    category: Category | None = None
    township: Unit | None = None
    village: Unit | None = None
    lead_unit: Unit | None = None
    responsible: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is added to a locked list, and by which document."""

    reason: str = ""
    document: str = ""


@transaction.atomic
def register(pk: int, typed: Typed, where: Where, by: User, *, why: Why | None = None) -> Issue:
    """The office adds an issue to the list ``pk``; a locked one asks for ``why``."""
    listed = hold(pk)
    _must_be_office(listed, by)
    if not where.responsible and where.lead_unit is None and where.township is None:
        raise Refused("请写明责任单位或问题所在的乡镇。")
    issue = _write(listed, typed, where, by)
    if listed.locked_at is not None:
        given = why or Why()
        issue.supplement = supplement(listed, given.reason, given.document, by)
        issue.save(update_fields=["supplement"])
        hand_out(listed, [issue.pk], why="锁定后增补", at=clock.now(), by=by)
        issue.refresh_from_db()
    revisions.bump([])
    return issue


@transaction.atomic
def register_own(part_id: int, typed: Typed, where: Where, by: User) -> Issue:
    """A unit adds what it found to its part; refused once its head has signed or the list is locked."""
    part = held_part(part_id, by)
    verdict = allowed(by, Permission.REGISTER_ISSUE)
    if not verdict:
        raise Refused(verdict.reason)
    refuse_unless_open(part)
    issue = _write(part.list, typed, where, by, reported_by=part.unit)
    revisions.bump([])
    return issue


@transaction.atomic
def take_back(part_id: int, number: str, by: User) -> Issue:
    """The unit takes an issue out of its part again, while the part is still its own draft."""
    part = held_part(part_id, by)
    verdict = allowed(by, Permission.REGISTER_ISSUE)
    if not verdict:
        raise Refused(verdict.reason)
    refuse_unless_open(part)
    issue = Issue.objects.present().filter(list=part.list, reported_by=part.unit, number=number).first()
    if issue is None:
        raise Missing
    if issue.state != State.REGISTERED or issue.claimed:
        raise Refused(f"{number}已经开始办理，不能撤去。")
    withdraw_items([issue.pk], by=by)
    events.record(
        subject_type="issue",
        subject_id=issue.pk,
        action="take_back",
        summary=f"{part.unit.name}在锁定前撤去自己登记的问题",
        by=by,
    )
    return issue


def held_part(part_id: int, by: User) -> Part:
    """The part that ``by`` acts for, with its list held; Missing where it is another unit's."""
    found = Part.objects.select_related("unit").filter(pk=part_id).first()
    if found is None or by.scope.reach is Reach.TREE:
        raise Missing
    if not Unit.objects.in_scope(by.scope).filter(pk=found.unit_id).exists():
        raise Missing
    found.list = hold(found.list_id)
    found.refresh_from_db(fields=["state", "signed_at", "answers"])
    return found


def refuse_unless_open(part: Part) -> None:
    """W-001: after the lock the unit neither adds nor takes away."""
    if part.list.locked_at is not None:
        raise Refused(
            f"清单“{part.list.title}”已锁定，单位不能再增减；确需增加的，请报整改办按增量登记。", "locked"
        )
    if part.state != PartState.DRAFT:
        raise Refused(f"{part.unit.name}的清单已由主要负责人签字报送，不能再增减。", "locked")


def _must_be_office(listed: IssueList, by: User) -> None:
    for permission in (Permission.MANAGE_LISTS, Permission.REGISTER_ISSUE):
        verdict = allowed(by, permission, listed.campaign)
        if not verdict:
            raise Refused(verdict.reason)


def _write(
    listed: IssueList, typed: Typed, where: Where, by: User, *, reported_by: Unit | None = None
) -> Issue:
    today = clock.today()
    if reason := refusal(typed, today) or _misplaced(listed, where):
        raise Refused(reason)
    serial = sequences.take(f"{PREFIX}{today.year}")[0]
    issue = Issue.objects.create(
        campaign=listed.campaign,
        list=listed,
        number=f"{PREFIX}{today.year}-{serial:06d}",
        state_since=clock.now(),
        description=typed.description.strip(),
        counted_in=typed.counted_in.strip(),
        found_on=typed.found_on,
        reported_by=reported_by,
        **_places(where),
        **_deadline(typed, listed),
        **typed.texts,
        identity=_identity(typed, where),
    )
    issue.search_text = _search_text(issue, where)
    # Its own unit says that it is not done; of others nothing is known yet.
    if reported_by is not None:
        issue.stated_on, issue.last_word_on = typed.found_on, today
    issue.save(update_fields=["search_text", "stated_on", "last_word_on"])
    _name_units(issue, where)
    try:
        move = Move(Stage.FOUND, typed.quantity, typed.found_on, typed.amount)
        post(item_id=issue.pk, moves=[move], by=by, cause=Cause.REGISTRATION.value)
    except LedgerRefusal as refused:
        raise Refused(str(refused)) from refused
    events.record(
        subject_type="issue",
        subject_id=issue.pk,
        action="register",
        summary=f"{reported_by.name + '自查' if reported_by else ''}登记到“{listed.title}”",
        by=by,
        facts={"list": listed.code},
    )
    issue.refresh_from_db()
    return issue


def _misplaced(listed: IssueList, where: Where) -> str:
    if where.category is not None and where.category.campaign_id != listed.campaign_id:
        return "这个类别不属于本项工作。"
    if where.village is not None and (
        where.township is None or not where.village.path.startswith(where.township.path)
    ):
        return "村（社区）不在所选的乡镇。"
    return ""


def _places(where: Where) -> dict[str, object]:
    answering = [one for one in (where.lead_unit, *where.responsible) if one is not None]
    return {
        "category": where.category,
        "township": where.township,
        "village": where.village,
        "lead_unit": where.lead_unit,
        "unit": answering[0] if answering else None,
    }


def _deadline(typed: Typed, listed: IssueList) -> dict[str, object]:
    facts = deadline_of(typed, listed.immediate_days)
    return {
        "deadline_raw": facts.raw,
        "deadline_class": facts.deadline_class,
        "due_on": facts.due_on,
        "is_long": facts.is_long,
        "deadline_confirmed": facts.confirmed,
    }


def _identity(typed: Typed, where: Where) -> str:
    """As an import makes it: the same issue in a ledger that comes later is this one."""
    return digest(
        [
            where.township.name if where.township else None,
            where.village.name if where.village else None,
            typed.texts.get("place"),
            typed.texts.get("household"),
            where.category.full_name if where.category else None,
            typed.description,
        ]
    )


def _search_text(issue: Issue, where: Where) -> str:
    units = (where.township, where.village, where.lead_unit, *where.responsible)
    names = dict.fromkeys(unit.name for unit in units if unit is not None)
    category = where.category.full_name if where.category else ""
    texts = (issue.description, issue.place, issue.source, issue.source_doc, issue.goal, issue.note)
    return searchable(issue.number, (issue.ledger_number, category, *names, *texts))


def _name_units(issue: Issue, where: Where) -> None:
    named = [(UnitRole.LEAD, where.lead_unit)] if where.lead_unit else []
    named += [(UnitRole.RESPONSIBLE, unit) for unit in where.responsible if unit != where.lead_unit]
    IssueUnit.objects.bulk_create(
        IssueUnit(issue=issue, unit=unit, name=unit.name, role=role.value, position=position)
        for position, (role, unit) in enumerate(named)
    )
