"""The facts the workflow's guards ask for, gathered for many issues at once: a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Count, Q, prefetch_related_objects

from issues.models import (
    Action,
    Closure,
    Evidence,
    Extension,
    Issue,
    IssueUnit,
    Pause,
    Plan,
    Proposal,
    Report,
    Share,
    Verification,
)
from issues.rules.answering import answering
from issues.rules.records import (
    OPEN_CLOSURES,
    ClosureState,
    EvidenceKind,
    Method,
    PlanState,
    ProposalKind,
    RequestState,
    ShareState,
)
from issues.rules.situations import Person, Situation
from issues.rules.stages import State, UnitRole
from rectify.lib.prepared import Prepared
from townships.models import Unit, User
from townships.queries.delegations import signs_for
from townships.rules.roles import Level, Role
from townships.rules.scope import Reach

READ = tuple(
    f"{unit}__{column}"
    for unit in ("unit", "unit__successor", "unit__parent", "unit__parent__successor")
    for column in ("code", "name", "short_name", "level", "path", "closed_on", "parent", "successor")
)
"""What is read of a unit and of those around it."""
SEEN = ("unit__successor", "unit__parent__successor")
_NAMED = Prepared(
    lambda issue: (
        IssueUnit.objects.filter(issue=issue, unit__isnull=False).order_by().values_list("role", "unit_id")
    )
)
SHARES_IN_TURN = (ShareState.AWAITING, ShareState.ACCEPTED, ShareState.REFUSED, ShareState.DONE)


@dataclass(slots=True)
class Answering:
    """Who answers for one issue, who leads beside those, and who supports, as units."""

    answering: list[Unit] = field(default_factory=list)
    leading: list[Unit] = field(default_factory=list)
    supporting: list[Unit] = field(default_factory=list)


def situation_of(issue: Issue, user: User, today: date) -> Situation:
    """The situation of one issue for one person."""
    return situations([issue], user, today)[issue.pk]


def bare_situation(issue: Issue, user: User, today: date) -> Situation:
    """The same with no more than the issue's state, its quantities and whether ``user`` answers for it; for
    verbs whose guards ask nothing else (``Step.asks_who_answers_alone``)."""
    return Situation(
        state=State(issue.state),
        today=today,
        person=Person(answers=_answers(issue, user, today)),
        found=issue.found,
        removed=issue.removed,
        claimed=issue.claimed,
        confirmed=issue.confirmed,
    )


def _answers(issue: Issue, user: User, today: date) -> bool:
    """Whether ``user`` acts for a unit that answers for the issue. One query where that is the own unit;
    otherwise those under it and those merged into it are looked for too."""
    if user.unit is None or not user.is_active:
        return False
    named = answering(_NAMED.ask(issue.pk))
    if user.unit.pk in named or (not named and user.unit.pk == issue.township_id):
        return True
    ours = _reach(user, today)
    return any(ours(unit) for unit in answering_units([issue])[issue.pk].answering)


def situations(issues: Iterable[Issue], user: User, today: date) -> dict[int, Situation]:
    """Issue id → its situation for ``user`` on the Beijing date ``today``."""
    rows = {issue.pk: issue for issue in issues}
    prefetch_related_objects(list(rows.values()), "list__template", "category")
    units = answering_units(rows.values())
    known = _Records(list(rows), user, today)
    heads = signs_for(user, today)
    return {pk: _situation(issue, units[pk], known, user, heads, today) for pk, issue in rows.items()}


def answering_units(issues: Iterable[Issue]) -> dict[int, Answering]:
    """Issue id → who answers for it, leads and supports, as ``rules.answering`` says."""
    rows = {issue.pk: issue for issue in issues}
    named: dict[int, list[tuple[str, Unit]]] = {pk: [] for pk in rows}
    parts = IssueUnit.objects.filter(issue__in=list(rows), unit__isnull=False).select_related(*SEEN)
    parts = parts.only("issue_id", "role", "position", *READ)
    for one in parts.order_by("issue_id", "role", "position"):
        if one.unit is not None:
            named[one.issue_id].append((one.role, one.unit))
    found = {pk: _sides(units) for pk, units in named.items()}
    places = {pk: issue.township_id for pk, issue in rows.items() if not found[pk].answering}
    wanted = {pk for pk in places.values() if pk is not None}
    townships = Unit.objects.select_related("successor", "parent__successor").in_bulk(wanted)
    for pk, township in places.items():
        if township is not None:
            found[pk].answering.append(townships[township])
    return found


def _sides(named: list[tuple[str, Unit]]) -> Answering:
    ours = answering(named)
    leading = [unit for role, unit in named if role == UnitRole.LEAD and unit not in ours]
    return Answering(ours, leading, [unit for role, unit in named if role == UnitRole.SUPPORT])


class _Records:
    """What hangs on the issues: one query a table, whatever their number."""

    def __init__(self, ids: list[int], user: User, today: date) -> None:
        self.shares: dict[int, list[Share]] = defaultdict(list)
        for share in Share.objects.filter(issue__in=ids).select_related(*SEEN):
            self.shares[share.issue_id].append(share)
        self.in_hand: dict[int, PlanState] = {}
        self.planned: set[int] = set()
        for pk, state in Plan.objects.filter(issue__in=ids).values_list("issue_id", "state"):
            if state == PlanState.APPROVED:
                self.planned.add(pk)
            elif state != PlanState.SUPERSEDED:
                self.in_hand[pk] = PlanState(state)
        actions = Action.objects.filter(issue__in=ids, done_on__isnull=True).order_by()
        self.actions = dict(actions.values_list("issue_id").annotate(Count("pk")))
        self.evidence: dict[int, set[EvidenceKind]] = defaultdict(set)
        standing = Evidence.objects.filter(issue__in=ids, struck_at__isnull=True).order_by()
        for pk, kind in standing.values_list("issue_id", "kind").distinct():
            self.evidence[pk].add(EvidenceKind(kind))
        said = Report.objects.filter(issue__in=ids).order_by().values("issue_id")
        self.reports = {
            row["issue_id"]: row
            for row in said.annotate(times=Count("pk"), own=Count("pk", filter=_said_by(user)))
        }
        checks = Verification.objects.filter(issue__in=ids).order_by().values("issue_id")
        self.checks = {
            row["issue_id"]: row
            for row in checks.annotate(
                times=Count("pk"),
                visits=Count("pk", filter=Q(method=Method.SITE)),
                own=Count("pk", filter=Q(verified_by=user)),
            )
        }
        closures = Closure.objects.filter(issue__in=ids, state__in=[one.value for one in OPEN_CLOSURES])
        self.closures = {pk: ClosureState(one) for pk, one in closures.values_list("issue_id", "state")}
        pending = {"issue__in": ids, "state": RequestState.PENDING.value}
        self.proposals = {
            pk: (ProposalKind(kind), by)
            for pk, kind, by in Proposal.objects.filter(**pending).values_list(
                "issue_id", "kind", "proposed_by_id"
            )
        }
        self.extensions = dict(Extension.objects.filter(**pending).values_list("issue_id", "asked_by_id"))
        running = Pause.objects.running(today).filter(issue__in=ids)
        self.paused = dict(running.values_list("issue_id", "until_on"))
        self.merged = dict(
            Issue.objects.filter(merged_into__in=ids)
            .order_by()
            .values_list("merged_into_id")
            .annotate(Count("pk"))
        )


def _situation(
    issue: Issue, units: Answering, known: _Records, user: User, heads: tuple[str, ...], today: date
) -> Situation:
    pk = issue.pk
    template = issue.list.template
    shares = known.shares[pk]
    checks = known.checks.get(pk, {"times": 0, "visits": 0, "own": 0})
    reports = known.reports.get(pk, {"times": 0, "own": 0})
    involved = (*units.answering, *units.supporting)
    proposal, proposed_by = known.proposals.get(pk, (None, None))
    department = issue.category.department_id if issue.category else None
    return Situation(
        state=State(issue.state),
        today=today,
        person=replace(
            _person(units, shares, user, heads, department, today),
            has_reported=bool(reports["own"]),
            has_verified=bool(checks["own"]),
            has_proposed=user.pk in (proposed_by, known.extensions.get(pk)),
        ),
        found=issue.found,
        removed=issue.removed,
        claimed=issue.claimed,
        confirmed=issue.confirmed,
        deadline_class=issue.deadline_class,
        due_on=issue.due_on,
        plan=known.in_hand.get(pk),
        has_plan=pk in known.planned,
        open_actions=known.actions.get(pk, 0),
        shares=tuple(ShareState(share.state) for share in shares),
        evidence=frozenset(known.evidence[pk]),
        required_evidence=tuple(
            (EvidenceKind(one["kind"]), one["why"]) for one in (template.evidence if template else ())
        ),
        needs_site_visit=template is not None and template.needs_site_visit,
        was_visited=bool(checks["visits"]),
        times_verified=checks["times"],
        has_reviewer=bool(units.leading)
        or (department is not None and department not in {unit.pk for unit in involved}),
        closure=known.closures.get(pk),
        proposal=proposal,
        extension_pending=pk in known.extensions,
        paused_until=known.paused.get(pk),
        reports=reports["times"],
        merged=known.merged.get(pk, 0),
        needs_file_number=template is not None and template.needs_file_number,
        is_filed=bool(issue.archive_number),
    )


def share_of(issue: Issue, user: User, today: date) -> Share | None:
    """The share of the issue that ``user`` acts for next: the own unit's, or that of a unit under it."""
    return _own_share(list(issue.shares.select_related(*SEEN)), _reach(user, today))


def _own_share(shares: list[Share], ours: Callable[[Unit], bool]) -> Share | None:
    """Of several (a township and a village of it) the one that still waits, else that which is worked on."""
    own = [share for share in shares if ours(share.unit)]
    return min(own, key=lambda share: SHARES_IN_TURN.index(ShareState(share.state)), default=None)


def _reach(user: User, today: date) -> Callable[[Unit], bool]:
    """Which units ``user`` acts for: townships and departments also for what is under them; offices,
    leaders and inspectors only for the very unit they sit in."""
    own = user.unit
    if own is None or not user.is_active:
        return lambda _: False
    if user.scope.reach is not Reach.TREE and own.level in (Level.TOWNSHIP, Level.DEPARTMENT):
        return lambda unit: _stands_under(unit, own.path, today)
    return lambda unit: own.path in _paths(unit, today)


def _person(
    units: Answering,
    shares: list[Share],
    user: User,
    heads: tuple[str, ...],
    department: int | None,
    today: date,
) -> Person:
    """How ``user`` stands to the issue."""
    own = user.unit
    if own is None or not user.is_active:
        return Person()
    ours = _reach(user, today)
    answering = [unit for unit in units.answering if ours(unit)]
    share = _own_share(shares, ours)
    return Person(
        answers=bool(answering),
        supports=any(ours(unit) for unit in units.supporting),
        stands_under=not answering and any(own.path.startswith(unit.path) for unit in units.answering),
        leads_field=department == own.pk or any(ours(unit) for unit in units.leading),
        is_department=Role(user.role) is Role.DEPARTMENT_STAFF,
        is_office=Role(user.role) is Role.OFFICE,
        share=ShareState(share.state) if share else None,
        signs_as_head=any(_stands_under(unit, head, today) for head in heads for unit in units.answering),
    )


def _said_by(user: User) -> Q:
    """Reports of the user, or of the unit: also of one it answered as before the issue went to others."""
    own = user.unit
    if own is None:
        return Q(reported_by=user)
    is_whole = user.scope.reach is not Reach.TREE
    return Q(reported_by=user) | (Q(unit__path__startswith=own.path) if is_whole else Q(unit=own))


def _stands_under(unit: Unit, path: str, today: date) -> bool:
    return any(one.startswith(path) for one in _paths(unit, today))


def _paths(unit: Unit, today: date) -> list[str]:
    """The unit's own path, and its successor's (or its township's successor's) once it was merged."""
    paths = [unit.path]
    for one in (unit, unit.parent):
        if one is not None and one.successor and one.closed_on and one.closed_on <= today:
            paths.append(one.successor.path)
    return paths
