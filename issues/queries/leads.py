"""The ledger of leads as one person sees it: masked, with the source for those alone who may know it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from issues.models import Issue, IssueList, Lead
from issues.models.leads import LeadQuerySet, handed_to
from issues.queries.history import Moment
from issues.rules.history import cn_day
from issues.rules.leads import LeadFacts, LeadView, concerns
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import Event, Unit, User
from townships.queries.branches import UnitTree, unit_tree
from townships.rules.roles import Level, Role

HIDDEN = "来源已隐去"
MERGED = tuple(
    f"{place}__{unit}" for place in ("township", "village") for unit in ("successor", "parent__successor")
)
"""What ``facts_of`` asks besides the places themselves."""
UNITS = ("township", "village", "handling_unit", *MERGED)
SEARCHED = {
    LeadView.UNJUDGED: Q(valid__isnull=True),
    LeadView.VALID: Q(valid=True),
    LeadView.INVALID: Q(valid=False),
    LeadView.OPEN: Q(result="") & (Q(valid=True) | Q(valid__isnull=True)),
}
"""W-094: the open list holds what has no result; judged invalid, a lead is ended by the judgement."""
VERDICTS = {None: "未研判", True: "有效", False: "无效"}
TOLD = {
    "report_lead": "报送线索",
    "judge_lead": "研判",
    "hand_lead": "交办",
    "record_result": "登记核实结果",
    "correct_result": "更正核实结果",
    "turn_lead": "转为问题",
}


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead as a row; ``reporter`` and ``source`` are hidden from who only handles it."""

    number: str
    reported_on: date | None
    source: str
    reporter: str
    category: str
    place: str
    description: str
    verdict: str
    handler: str
    is_open: bool
    has_result: bool


@dataclass(frozen=True, slots=True)
class LeadStory:
    """One lead as its page tells it; ``stamp`` changes with every act on it."""

    line: LeadLine
    sees_source: bool
    ledger_number: str
    is_out_of_sight: bool
    """The unit that has to handle it is one that it is about: that unit never sees it."""
    deadline: str
    progress: str
    note: str
    judgement: str
    judged: str
    result: str
    result_on: date | None
    recorded: str
    issue: str
    """The number of the issue it became, for who sees leads whole or the issue."""
    opens_issue: bool
    stamp: str
    moments: list[Moment] = field(default_factory=list)


def sees_all(user: User) -> bool:
    """Whose tallies of leads are whole: the discipline organ's."""
    return Role(user.role) is Role.DISCIPLINE


def sees_source(user: User, lead: Lead) -> bool:
    """Where a lead came from is for who registered it and for the discipline organ, not for its handler."""
    return sees_all(user) or lead.registered_by_id == user.pk


def ledger(user: User, campaign: Campaign | None) -> LeadQuerySet:
    """The leads of the campaign that the person sees, newest number first."""
    return Lead.objects.visible_to(user).filter(campaign=campaign).order_by("-number")


def viewed(leads: LeadQuerySet, view: LeadView, user: User) -> LeadQuerySet:
    """Those of ``leads`` that the view shows the person."""
    return leads.filter(_searched(view, user))


def _searched(view: LeadView, user: User) -> Q:
    if view is LeadView.HANDED:
        return handed_to(user) & SEARCHED[LeadView.OPEN]
    return SEARCHED.get(view, Q())


def counts(leads: LeadQuerySet, user: User) -> list[tuple[LeadView, int]]:
    """How many of ``leads`` each view shows the person. One query."""
    asked = {f"in_{view}": Count("pk", filter=_searched(view, user)) for view in LeadView}
    found = leads.order_by().aggregate(**asked)
    return [(view, found[f"in_{view}"]) for view in LeadView]


def one(user: User, number: str) -> Lead | None:
    """The lead, where the person sees it."""
    leads = Lead.objects.visible_to(user).select_related(
        "campaign", "judged_by", "result_by", "issue", *UNITS
    )
    return leads.filter(number=number).first()


def lead_of(issue: Issue, user: User) -> str:
    """The number of the lead that became the issue, for who sees that lead; else empty. One query."""
    found = Lead.objects.visible_to(user).filter(issue=issue).values_list("number", flat=True)
    return found.first() or ""


def facts_of(lead: Lead) -> LeadFacts:
    """How far the lead has come."""
    return LeadFacts(
        reported_on=lead.reported_on,
        valid=lead.valid,
        result=lead.result,
        issue=lead.issue.number if lead.issue else "",
        about=tuple(path for unit in (lead.township, lead.village) if unit for path in _paths(unit)),
    )


def _paths(unit: Unit) -> list[str]:
    """The unit's own path and, once it or the township it lay in was merged, its successor's."""
    today = clock.today()
    closed = [one for one in (unit, unit.parent) if one and one.closed_on and one.closed_on <= today]
    return [unit.path, *(one.successor.path for one in closed if one.successor)]


def stamp_of(lead: Lead) -> str:
    """What a form carries to tell whether somebody acted on the lead since it was opened."""
    return lead.updated_at.isoformat()


def lists_for(lead: Lead) -> list[IssueList]:
    """The lists that a valid lead may be registered into."""
    return list(IssueList.objects.filter(campaign=lead.campaign).order_by("code"))


def lines(leads: Iterable[Lead], user: User) -> list[LeadLine]:
    """The leads as rows. One query."""
    tree, on = unit_tree(), clock.today()
    return [_line(lead, user, tree, on) for lead in leads]


def _line(lead: Lead, user: User, tree: UnitTree, on: date) -> LeadLine:
    knows = sees_source(user, lead)
    reporter = tree.label(lead.reported_by_id, on) or mask_text(lead.reported_by_text)
    names = (tree.label(lead.township_id, on), tree.label(lead.village_id, on), mask_text(lead.place))
    return LeadLine(
        number=lead.number,
        reported_on=lead.reported_on,
        source=mask_text(lead.source) if knows else HIDDEN,
        reporter=reporter if knows else "",
        category=mask_text(lead.category),
        place=" ".join(dict.fromkeys(name for name in names if name)),
        description=mask_text(lead.description),
        verdict=VERDICTS[lead.valid],
        handler=tree.label(lead.handling_unit_id, on) or mask_text(lead.responsible_text),
        is_open=not lead.result and lead.valid is not False,
        has_result=bool(lead.result),
    )


def story_of(lead: Lead, user: User) -> LeadStory:
    """Everything its page shows; a constant number of queries."""
    knows = sees_source(user, lead)
    opens_issue = lead.issue is not None and Issue.objects.visible_to(user).filter(pk=lead.issue.pk).exists()
    return LeadStory(
        line=_line(lead, user, unit_tree(), clock.today()),
        sees_source=knows,
        ledger_number=mask_text(lead.ledger_number) if knows else "",
        is_out_of_sight=_is_out_of_sight(lead),
        deadline=_deadline(lead),
        progress=mask_text(lead.progress),
        note=mask_text(lead.note) if knows else "",
        judgement=mask_text(lead.judgement),
        judged=_signed(lead.judged_by, lead.judged_at),
        result=mask_text(lead.result),
        result_on=lead.result_on,
        recorded=lead.result_by.name if lead.result_by else "",
        issue=lead.issue.number if lead.issue and (opens_issue or sees_all(user)) else "",
        opens_issue=opens_issue,
        stamp=stamp_of(lead),
        moments=_moments(lead, knows),
    )


def _deadline(lead: Lead) -> str:
    raw = mask_text(lead.deadline_raw)
    if lead.due_on is None:
        return raw
    return f"{cn_day(lead.due_on)}{f'（原文“{raw}”）' if raw else ''}"


def _signed(user: User | None, at: datetime | None) -> str:
    if user is None:
        return ""
    return f"{user.name}，{cn_day(clock.beijing_date(at))}" if at else user.name


def _is_out_of_sight(lead: Lead) -> bool:
    unit = lead.handling_unit
    return unit is not None and concerns(facts_of(lead), unit.path, Level(unit.level))


def _moments(lead: Lead, knows: bool) -> list[Moment]:
    """Every act on it with what it said then: a correction leaves the earlier result above it."""
    events = Event.objects.filter(subject_type="lead", subject_id=lead.pk).order_by("seq")
    if not knows:
        events = events.exclude(action="report_lead")
    told = [] if lead.sheet_id is None or not knows else [Moment("随台账导入", "", is_minor=True)]
    return [*told, *(_moment(event) for event in events.select_related("actor__unit"))]


def _moment(event: Event) -> Moment:
    at = clock.beijing_date(clock.as_lived(event.at))
    unit = event.actor.unit.short_name if event.actor and event.actor.unit else ""
    by = f"{unit}{event.actor.name}，{cn_day(at)}" if event.actor else cn_day(at)
    return Moment(_said(event.action, event.facts), by, is_minor=False, details=_details(event.facts))


def _said(action: str, facts: dict[str, Any]) -> str:
    word = TOLD.get(action, action)
    if action == "judge_lead":
        return f"{word}为{VERDICTS[facts.get('valid')]}"
    if action == "hand_lead":
        return f"{word}{facts.get('unit', '')}"
    if action == "turn_lead":
        return f"{word}{facts.get('issue', '')}"
    return word


def _details(facts: dict[str, Any]) -> list[str]:
    labels = {"result": "结果", "on": "核实日期", "reason": "理由", "before": "原结果"}
    return [f"{label}：{mask_text(str(facts[name]))}" for name, label in labels.items() if facts.get(name)]
