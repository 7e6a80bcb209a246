"""A house whose acts are interrupted: `python -m tests.house.acts build` makes issues and people, `… check` says
what was stored and where it is half. Both print JSON; they run in the house's own environment."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from dashboards.services.verification import verify as verify_ledger  # noqa: E402
from issues.models import Closure, Evidence, Issue, IssueEntry, Plan, Report, Verification  # noqa: E402
from issues.rules.records import Method  # noqa: E402
from issues.rules.stages import State  # noqa: E402
from issues.rules.verifying import Finding  # noqa: E402
from issues.services.life.evidence import path_of  # noqa: E402
from issues.services.life.verifying import Check, verify  # noqa: E402
from rectify.lib import clock  # noqa: E402
from tests import factories  # noqa: E402
from townships.models import Event, Unit  # noqa: E402
from townships.rules.roles import Role  # noqa: E402
from townships.services import seals, tokens  # noqa: E402

PEOPLE = {
    "cadre": ("cadre", "990001101"),
    "head": ("unit_head", "990001101"),
    "staff": ("department_staff", "D-A"),
    "office": ("office", "990001"),
    "second": ("office", "990001"),
}


def build(closing: int) -> dict[str, Any]:
    """Three issues to report on and to verify, ``closing`` more that only wait for their closing."""
    call_command("migrate", verbosity=0)
    county = factories.county()
    people = {
        name: factories.user(role, Unit.objects.get(code=code), name) for name, (role, code) in PEOPLE.items()
    }
    campaign = factories.campaign(county)
    listed = factories.issue_list(campaign, locked_at=clock.now())
    category = factories.category(campaign, "C1", "超面积", department=Unit.objects.get(code="D-A"))
    town, today = Unit.objects.get(name="甲镇"), clock.today()
    kept = {"township": town, "unit": town, "category": category, "found_on": today - timedelta(days=50)}

    def issue(quantity: int, **fields: Any) -> Issue:
        made = factories.issue(
            listed, people["office"], quantity=quantity, state=State.RECTIFYING.value, **kept, **fields
        )
        factories.responsible(made, town)
        Plan.objects.create(
            issue=made, version=1, state="approved", unit=town, drafted_by=people["cadre"],
            drafted_at=clock.now(),
        )  # fmt: skip
        return made

    worked = [issue(100_000) for _ in range(3)]
    waiting = [issue(2, claims=[(2, today - timedelta(days=2))]) for _ in range(closing)]
    for one in waiting:
        verify(one.pk, people["second"], Check(Method.SITE, Finding(Decimal(2), Decimal(2)), today))
    granted = tokens.grant(name="甲镇系统", role=Role.CADRE, unit=town, by=None)
    return {
        "sessions": {name: _session(user) for name, user in people.items()},
        "token": granted.token,
        "worked": [one.number for one in worked],
        "closing": [one.number for one in waiting],
        "today": today.isoformat(),
    }


def _session(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def check() -> dict[str, Any]:
    """What is there; ``half``: sentences about acts of which a part is missing."""
    half = [*_reports(), *_verifications(), *_closures(), *_evidence(), *_stray()]
    half += [str(one) for one in verify_ledger()["differences"]] + seals.verify().differences
    return {
        "reports": {str(one.client_id): one.receipt for one in Report.objects.all()},
        "checks": list(Verification.objects.values_list("words", flat=True)),
        "closed": list(Issue.objects.filter(state="closed").values_list("number", flat=True)),
        "half": half,
    }


def _events(action: str, fact: str) -> list[Any]:
    """The fact of every event of that action."""
    return [facts.get(fact) for facts in Event.objects.filter(action=action).values_list("facts", flat=True)]


def _reports() -> list[str]:
    told = _events("report", "report")
    wrong = []
    for one in Report.objects.all():
        moved = [
            (line.stage, line.quantity, line.item_id)
            for line in IssueEntry.objects.filter(cause="report", cause_id=one.pk)
        ]
        if moved != [("claimed", one.quantity, one.issue_id)] or told.count(one.pk) != 1:
            wrong.append(f"report {one.receipt}: entries {moved}, events {told.count(one.pk)}")
    return wrong + ([] if len(told) == Report.objects.count() else [f"{len(told)} events of reports"])


def _verifications() -> list[str]:
    told = _events("verify", "verification")
    wrong = []
    for one in Verification.objects.all():
        moved = IssueEntry.objects.filter(cause="verification", cause_id=one.pk, stage="confirmed")
        quantities = list(moved.values_list("quantity", flat=True))
        if quantities != [one.found_true] or told.count(one.pk) != 1:
            wrong.append(f"verification {one.pk}: {quantities}, events {told.count(one.pk)}")
    return wrong + ([] if len(told) == Verification.objects.count() else [f"{len(told)} events of checks"])


def _closures() -> list[str]:
    """The state of the issue, of its application and the events tell the same."""
    wrong = []
    for issue in Issue.objects.all():
        events = list(
            Event.objects.filter(subject_type="issue", subject_id=issue.pk, action__endswith="closure")
            .order_by("seq")
            .values_list("action", flat=True)
        )
        signed_off = Event.objects.filter(
            subject_type="issue", subject_id=issue.pk, action="sign_off"
        ).count()
        last = Closure.objects.filter(issue=issue).order_by("pk").last()
        steps = {None: 0, "awaiting_head": 1, "applied": 2, "reviewed": 3, "signed_off": 3}
        expected = ["apply_closure", "sign_closure", "review_closure"][: steps[last.state if last else None]]
        is_closed = last is not None and last.state == "signed_off"
        state = "closed" if is_closed else "closing" if len(expected) > 1 else "rectifying"
        whole = (
            events == expected
            and issue.state == state
            and signed_off == int(is_closed)
            and (issue.closed_on is not None) == is_closed
            and (not is_closed or bool(last and last.number))
        )
        if not whole:
            wrong.append(f"{issue.number}: {issue.state}, {events}, {last.state if last else None}")
    return wrong


def _evidence() -> list[str]:
    """Every row has its file, whole."""
    return [
        f"evidence {one.pk} has no whole file"
        for one in Evidence.objects.all()
        if not path_of(one).is_file()
        or hashlib.sha256(path_of(one).read_bytes()).hexdigest() != one.sha256
        or one.report_id is None
    ]


def _stray() -> list[str]:
    """No entry without what caused it."""
    known = {
        "report": set(Report.objects.values_list("pk", flat=True)),
        "verification": set(Verification.objects.values_list("pk", flat=True)),
    }
    return [
        f"entry {pk} of no {cause}"
        for pk, cause, cause_id in IssueEntry.objects.filter(cause__in=known).values_list(
            "pk", "cause", "cause_id"
        )
        if cause_id not in known[cause]
    ]


if __name__ == "__main__":
    answer = build(int(sys.argv[2])) if sys.argv[1] == "build" else check()
    print(json.dumps(answer, ensure_ascii=False))
