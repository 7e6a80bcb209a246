"""Who answers for an issue (分办): the office names the units, and answers one that gave its share back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from issues.models import Issue, IssueUnit, Proposal, Refusal, Share
from issues.queries.planning import plan_in_hand
from issues.rules.answering import answering
from issues.rules.guards import nothing_is_claimed
from issues.rules.records import PlanState, ProposalKind, RefusalAnswer, ShareState
from issues.rules.stages import Cause, State, UnitRole
from issues.rules.workflow import ENTERING, Verb
from issues.services.life.returning import before_plan, give_back, return_closure
from issues.services.life.signing import after_signing, put
from issues.services.workflow import Refused, begin, enter, finish, note_change
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import Unit, User

RETURNED = "责任单位已调整，须重新申请销号。"
ANEW = "责任单位已调整，请现在的单位重新制定整改计划。"


@dataclass(frozen=True, slots=True)
class Named:
    """A unit as an issue names it; ``unit`` None: kept as text (县外单位)."""

    name: str
    unit: Unit | None = None

    @classmethod
    def of(cls, unit: Unit) -> Named:
        return cls(unit.name, unit)


@dataclass(frozen=True, slots=True)
class Units:
    """Who answers: one lead or none, the responsible, those who support, each in order."""

    lead: Named | None = None
    responsible: tuple[Named, ...] = ()
    support: tuple[Named, ...] = ()

    def rows(self) -> list[tuple[UnitRole, Named]]:
        return [
            *([(UnitRole.LEAD, self.lead)] if self.lead else []),
            *((UnitRole.RESPONSIBLE, one) for one in self.responsible),
            *((UnitRole.SUPPORT, one) for one in self.support),
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the office decides about a share given back. ``unit``: who takes it over (reassigned) or leads
    (coordinated); ``description``: the new words (reworded); ``document``: the ground (rejected)."""

    kind: RefusalAnswer
    words: str
    unit: Unit | None = None
    description: str = ""
    document: str = ""


def units_of(issue: Issue) -> Units:
    """Who answers now."""
    named: dict[str, list[Named]] = {role.value: [] for role in UnitRole}
    for one in issue.units.select_related("unit").order_by("position"):
        named[one.role].append(Named(one.unit.name if one.unit else one.name, one.unit))
    lead = named[UnitRole.LEAD]
    return Units(
        lead[0] if lead else None, tuple(named[UnitRole.RESPONSIBLE]), tuple(named[UnitRole.SUPPORT])
    )


@transaction.atomic
def assign(pk: int, by: User, *, units: Units, words: str, version: int | None = None) -> Issue:
    """Name the units anew. New ones have to sign for it; it is counted under the lead, else the first
    responsible unit (W-048). Where others answer from now on, an application for closing goes back, and the
    plan in hand of a unit that answers no longer."""
    issue = begin(pk, Verb.ASSIGN, by, version=version)
    before = units_of(issue)
    if units == before:
        raise Refused("责任单位没有变化。")
    change = _put_units(issue, before, units, by, f"调整责任单位：{words}")
    summary = f"调整责任单位：{_told(before)}改为{_told(units)}。{words}{change.said}"
    state = change.state or after_signing(issue)
    finish(issue, Verb.ASSIGN, by, summary, state=state, also=change.left, **change.fields)
    return issue


@transaction.atomic
def answer_refusal(
    pk: int, by: User, *, refusal_id: int, answer: Answer, version: int | None = None
) -> Refusal:
    """Answer a share given back; what follows from each answer stands in ``RefusalAnswer``."""
    issue, now = enter(pk, Verb.ANSWER_REFUSAL, by, version=version)
    refusal = open_refusals(issue).filter(pk=refusal_id).first()
    if refusal is None:
        raise Refused("这份退回已经答复过了。")
    if answer.kind is RefusalAnswer.REJECTED:
        if State(issue.state) not in ENTERING:
            raise Refused("问题已经进入整改，不能再转不予受理；请维持分办或改由其他单位办理。")
        if reason := nothing_is_claimed(now):
            raise Refused(reason)
    share = refusal.share
    _note(refusal, answer.kind, answer.words, by)
    fields: dict[str, Any] = {}
    left: set[int | None] = set()
    returned, state = "", None
    if answer.kind in (RefusalAnswer.REASSIGNED, RefusalAnswer.COORDINATED):
        change = _take_up(issue, share, answer, by)
        fields, left, returned, state = change.fields, change.left, change.said, change.state
    elif answer.kind is RefusalAnswer.REWORDED:
        fields = _reword(issue, answer.description, by, refusal)
    if answer.kind is RefusalAnswer.REJECTED:
        _propose_rejection(issue, answer, by)
    elif Share.objects.filter(pk=share.pk, unit=share.unit_id, state=ShareState.REFUSED.value).exists():
        put(share, ShareState.AWAITING, by)
    said = f"（{answer.unit.name}）" if answer.unit else ""
    summary = f"答复{share.unit.name}的退回：{answer.kind.label}{said}。{answer.words}{returned}"
    state = state or after_signing(issue)
    finish(issue, Verb.ANSWER_REFUSAL, by, summary, state=state, also=left, **fields)
    return refusal


def open_refusals(issue: Issue) -> QuerySet[Refusal]:
    """What waits for the office's answer. One that was to be rejected waits again once that was declined."""
    last = Refusal.objects.filter(share__issue=issue, share__state=ShareState.REFUSED.value)
    return last.filter(answer__in=("", RefusalAnswer.REJECTED.value)).select_related(
        "share__unit", "suggested_unit", "refused_by"
    )


# --- units and shares ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """Columns of the issue that follow from its units, the units that answer no longer, what else it made, in
    words, and the state that this leaves, if another."""

    fields: dict[str, Any]
    left: set[int | None]
    said: str = ""
    state: State | None = None


def _put_units(issue: Issue, before: Units, units: Units, by: User, words: str) -> _Change:
    rows = units.rows()
    _check(rows, units)
    note_change(issue, "units", _told(before), _told(units), by=by, cause=Cause.ASSIGNMENT)
    issue.units.all().delete()
    IssueUnit.objects.bulk_create(
        IssueUnit(issue=issue, unit=one.unit, name=one.name[:100], role=role.value, position=position)
        for position, (role, one) in enumerate(rows)
    )
    ours = [(role, one.unit) for role, one in rows if role is not UnitRole.SUPPORT and one.unit]
    if issue.state != State.REGISTERED:
        put_shares(issue, answering((role, (role, unit)) for role, unit in ours), by, words)
    stay = {one.unit.pk for _, one in rows if one.unit}
    left = {one.unit.pk for _, one in before.rows() if one.unit} - stay
    changed = (_answering(before) or {issue.township_id}) != _answering(units)
    said = "（销号申请退回，须重新申请）" if changed and return_closure(issue, by, None, RETURNED) else ""
    state, plan = None, plan_in_hand(issue)
    if plan is not None and plan.state != PlanState.RETURNED and plan.unit_id not in _answering(units):
        state = before_plan(issue) if plan.state == PlanState.SUBMITTED else None
        give_back(plan, by, ANEW)
        said += f"（整改计划第{plan.version}版退回，须重新制定）"
    lead = units.lead.unit if units.lead else None
    counted = ours[0][1] if ours else None
    return _Change(
        {"lead_unit_id": lead.pk if lead else None, "unit_id": counted.pk if counted else None},
        {*left, issue.unit_id},
        said,
        state,
    )


def _answering(units: Units) -> set[int | None]:
    """Ids of the units named that answer: what one of them applied for, another does not sign."""
    return {unit.pk for unit in answering((role, one.unit) for role, one in units.rows() if one.unit)}


def _check(rows: Sequence[tuple[UnitRole, Named]], units: Units) -> None:
    today = clock.today()
    if not any(one.unit for role, one in rows if role is not UnitRole.SUPPORT):
        raise Refused("至少要有一个系统内的牵头单位或责任单位。")
    names = [one.unit.pk if one.unit else one.name for _, one in rows]
    if len(names) != len(set(names)):
        raise Refused("同一个单位只能写一次：牵头、责任、配合三者取其一。")
    closed = [
        one.unit.name for _, one in rows if one.unit and one.unit.closed_on and one.unit.closed_on <= today
    ]
    if closed:
        raise Refused(f"{'、'.join(closed)}已撤并，请写承接的单位。")


def put_shares(issue: Issue, answering: Iterable[tuple[UnitRole, Unit]], by: User, words: str) -> None:
    """A share for every answering unit (none: all stay as they are); those of units that answer no longer go,
    what they had given back counts as answered and stays with a share that remains."""
    shares = {share.unit_id: share for share in issue.shares.all()}
    wanted = {unit.pk: role for role, unit in answering}
    for pk, role in wanted.items():
        if pk in shares:
            Share.objects.filter(pk=shares[pk].pk).update(role=role.value)
        else:
            shares[pk] = Share.objects.create(
                issue=issue, unit_id=pk, role=role.value, since=clock.now(), by=by
            )
    if not wanted:
        return
    heir = shares[next(iter(wanted))]
    for pk in shares.keys() - wanted.keys():
        for refusal in Refusal.objects.filter(share=shares[pk], answer=""):
            _note(refusal, RefusalAnswer.REASSIGNED, words, by)
        Refusal.objects.filter(share=shares[pk]).update(share=heir)
        shares[pk].delete()


def _take_up(issue: Issue, share: Share, answer: Answer, by: User) -> _Change:
    """Another unit takes the share over, in the same part; or leads, and the unit itself stays."""
    if answer.unit is None:
        raise Refused("请写明由哪个单位办理。")
    before, chosen = units_of(issue), Named.of(answer.unit)
    if answer.kind is RefusalAnswer.COORDINATED:
        units = Units(chosen, _without(_stepping_down(before), chosen), _without(before.support, chosen))
    elif answer.unit.pk == share.unit_id:
        raise Refused("改由其他单位办理，须写另一个单位。")
    else:
        units = _replaced(before, share.unit, chosen)
    return _put_units(issue, before, units, by, answer.words)


def _stepping_down(before: Units) -> tuple[Named, ...]:
    """The former lead answers on as a responsible unit."""
    return (*((before.lead,) if before.lead else ()), *before.responsible)


def _without(names: Iterable[Named], *gone: Named) -> tuple[Named, ...]:
    return tuple(one for one in names if one not in gone)


def _replaced(before: Units, old: Unit, new: Named) -> Units:
    out = Named.of(old)
    if before.lead == out:
        return Units(new, _without(before.responsible, new), _without(before.support, new))
    kept = [new if one == out else one for one in before.responsible if one != new]
    if out not in before.responsible:  # the township of the place, named by nobody
        kept.append(new)
    lead = None if before.lead == new else before.lead
    return Units(lead, tuple(kept), _without(before.support, new))


def _told(units: Units) -> str:
    return "、".join(f"{one.name}（{role.label}）" for role, one in units.rows()) or "未写明"


# --- answers ------------------------------------------------------------------------------------------------


def _note(refusal: Refusal, kind: RefusalAnswer, words: str, by: User) -> None:
    refusal.answer, refusal.answer_words = kind.value, words[:500]
    refusal.answered_by, refusal.answered_at = by, clock.now()
    refusal.save(update_fields=["answer", "answer_words", "answered_by", "answered_at"])


def _reword(issue: Issue, description: str, by: User, refusal: Refusal) -> dict[str, Any]:
    wanted = description.strip()
    if not wanted or wanted in (issue.description.strip(), mask_text(issue.description).strip()):
        raise Refused("请写修改后的问题表述。")
    note_change(
        issue, "description", issue.description, wanted, by=by, cause=Cause.ASSIGNMENT, cause_id=refusal.pk
    )
    # The former words still find it.
    return {"description": wanted, "search_text": f"{issue.search_text} {mask_text(wanted).lower()}"}


def _propose_rejection(issue: Issue, answer: Answer, by: User) -> None:
    Proposal.objects.create(
        kind=ProposalKind.REJECTION.value,
        issue=issue,
        reason=answer.words,
        document=answer.document,
        proposed_by=by,
        proposed_at=clock.now(),
    )
