"""What must hold after any history of issues: the invariants of design.md section 11, asked of the database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from dashboards.services.verification import verify
from issues.models import Closure, Issue
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from issues.rules.stages import State, UnitRole
from issues.rules.workflow import TABLE, Verb
from rectify.lib import clock
from tests.issues.life.hands import IDENTITY, PHONE
from townships.models import Event, Unit, User
from townships.rules.roles import Role
from townships.services import seals

S, V = State, Verb
DECIDED_BY_THE_ACT: dict[Verb, frozenset[State]] = {
    V.ANSWER_REFUSAL: frozenset({S.PLANNING, S.RECTIFYING}),
    V.ASSIGN: frozenset({S.PLANNING, S.RECTIFYING}),
    V.RETURN_PLAN: frozenset({S.PLANNING, S.RECTIFYING}),
    V.VERIFY: frozenset({S.RECTIFYING}),
    V.CONFIRM_REMOVAL: frozenset({S.REMOVED}),
    V.CONFIRM_CORRECTION: frozenset({S.RECTIFYING, S.REMOVED}),
    V.CORRECT_REPORT: frozenset({S.RECTIFYING}),
    V.SPLIT: frozenset({S.REMOVED}),
}
"""Where an act may lead whose line of the table names no state."""
EMPTY = Decimal(0)


def check_ledger() -> None:
    """1: entries, cached totals and roll-ups agree."""
    proof = verify()
    assert proof["ok"], proof["differences"]


def check_figures(viewer: User) -> None:
    """2: every row of the tally is the sum of the list it names, for this viewer."""
    for basis in ("claimed", "confirmed"):
        for block in tally(TallyQuery(by=("category", "township"), basis=basis), viewer)["blocks"]:
            for row in (*block["rows"], block["total"]):
                wanted = IssueFilter.from_params(
                    dict(parse_qsl(urlsplit(row["proof"]).query)), today=clock.today()
                )
                behind = list(filtered(Issue.objects.visible_to(viewer), wanted))
                assert len(behind) == row["items"], row
                for name, column in (
                    ("total", "found_at"),
                    ("done", f"{basis}_at"),
                    ("removed", "removed_at"),
                ):
                    assert sum((getattr(one, column) for one in behind), EMPTY) == Decimal(row[name]), row


def in_sight(viewer: User, issue: Issue) -> bool:
    """Whether the viewer may see the issue, said again in other words than `visible_to`'s."""
    role, own = Role(viewer.role), viewer.unit
    if issue.state == S.WITHDRAWN or own is None:
        return False
    if role in (Role.OFFICE, Role.LEADER):
        return issue.campaign.unit.path.startswith(own.path)
    if role not in (Role.CADRE, Role.UNIT_HEAD, Role.DEPARTMENT_STAFF):
        return False
    named = [one.unit for one in issue.units.all() if one.unit]
    places = [one for one in (issue.township, issue.village) if one]
    if any(is_under(unit, own) for unit in (*named, *places)):
        return True
    field = issue.category.department if issue.category else None
    return role is Role.DEPARTMENT_STAFF and field is not None and is_under(field, own)


def is_under(unit: Unit, own: Unit) -> bool:
    """At or below ``own``, or merged into what is."""
    heirs = [one.successor for one in (unit, unit.parent) if one and one.closed_on and one.successor]
    return any(one.path.startswith(own.path) for one in (unit, *heirs))


def check_sight(viewer: User) -> None:
    """3: the list shows exactly what the viewer may see; what he may not is not there to look at or act on."""
    client = Client()
    client.force_login(viewer)
    answer = client.get("/issues/")
    shown = set(re.findall(r'href="/issues/(WT[\d-]+)/"', answer.content.decode()))
    everything = list(Issue.objects.order_by("pk"))
    expected = {one.number for one in everything if in_sight(viewer, one)}
    assert shown == expected, (viewer.username, shown ^ expected)
    hidden = [one for one in everything if one.number not in expected][:2]
    refused = {403, 404} if answer.status_code == 403 else {404}  # no business at all with issues
    for issue, verb in zip(hidden, (V.REPORT, V.VERIFY), strict=False):
        before = Event.objects.count()
        assert client.get(f"/issues/{issue.number}/").status_code in refused
        assert client.post(f"/issues/{issue.number}/{verb.value}/").status_code in refused
        assert Event.objects.count() == before


def check_masks(viewer: User) -> None:
    """11: no page of an issue shows an identity or mobile number."""
    for issue in Issue.objects.visible_to(viewer).order_by("-updated_at")[:2]:
        check_page(viewer, f"/issues/{issue.number}/")


def check_page(viewer: User, address: str) -> None:
    """It opens, and no identity or mobile number stands on it."""
    client = Client()
    client.force_login(viewer)
    page = client.get(address)
    assert page.status_code == 200, address
    text = page.content.decode()
    assert IDENTITY not in text, address
    assert PHONE not in text, address


def check_events(began: dict[int, State]) -> None:
    """4: the chains hold, and every state was reached by an edge of the table. ``began``: issue → the state it
    was made in, without an event."""
    proof = seals.verify()
    assert not proof.differences, proof.differences
    state = dict(began)
    parents = dict(Issue.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    told = Event.objects.filter(subject_type="issue").order_by("pk")
    for pk, action, facts in told.values_list("subject_id", "action", "facts"):
        then = facts.get("state")
        if pk not in state:  # a detail stands where its parent stood
            assert action == V.SPLIT
            assert then == state[parents[pk]]
            state[pk] = S(then)
        elif then is not None and then != state[pk]:
            assert S(then) in _reachable(action, state[pk]), (pk, action, state[pk], then)
            state[pk] = S(then)
    assert state == {one.pk: S(one.state) for one in Issue.objects.all()}


def _reachable(action: str, now: State) -> Iterable[State]:
    step = TABLE[V(action)]
    if now not in step.sources:
        return ()
    return (step.target,) if step.target else DECIDED_BY_THE_ACT.get(V(action), ())


def check_closed() -> None:
    """Closed issues are whole: all confirmed, verified, signed off by another hand, numbered."""
    for issue in Issue.objects.filter(state=S.CLOSED):
        closure = Closure.objects.get(issue=issue, state="signed_off")
        checkers = set(issue.verifications.values_list("verified_by", flat=True))
        assert checkers
        assert closure.closed_by_id not in checkers
        assert closure.number
        assert closure.signed_by_id
        assert issue.confirmed == issue.found - issue.removed > 0
        assert issue.closed_on == closure.closed_on


def check_verifier(issue: Issue, by: User) -> None:
    """Asked when a verification was accepted: the verifier's unit neither answers nor supports nor stands
    under one that answers, nor ever reported on it (W-055)."""
    assert by.unit is not None
    named: dict[UnitRole, list[Unit]] = {role: [] for role in UnitRole}
    for one in issue.units.select_related("unit__successor", "unit__parent__successor"):
        if one.unit:
            named[UnitRole(one.role)].append(one.unit)
    places = [one for one in (issue.township,) if one]
    answering = named[UnitRole.RESPONSIBLE] or named[UnitRole.LEAD] or places
    supporting = named[UnitRole.SUPPORT]
    is_office = Role(by.role) is Role.OFFICE
    reporters = [one.unit for one in issue.reports.select_related("unit")]
    for unit in (*answering, *supporting, *reporters):
        assert not (unit == by.unit if is_office else is_under(unit, by.unit)), (unit, by.unit)
    for unit in answering:
        assert not by.unit.path.startswith(unit.path), (unit, by.unit)


__all__ = [
    "check_closed",
    "check_events",
    "check_figures",
    "check_ledger",
    "check_masks",
    "check_page",
    "check_sight",
    "check_verifier",
]
