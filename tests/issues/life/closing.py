"""Steps on the way to a closed issue, for tests that begin further on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from issues.models import Issue, ListTemplate, Plan
from issues.rules.closing import Application
from issues.rules.records import Method
from issues.rules.verifying import Finding
from issues.services.life import closing
from issues.services.life.verifying import Check, verify
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import User

MAY, TODAY = date(2018, 5, 20), date(2018, 6, 6)
FOUR = {
    "done": "问题整改到位",
    "roots": "问题根源挖透",
    "rules": "政策举措完善",
    "lesson": "责任人汲取教训",
}


def template(world: World, **fields: object) -> ListTemplate:
    """The list's template with the four statements of W-085."""
    checklist = [{"code": code, "text": text} for code, text in FOUR.items()]
    made = ListTemplate.objects.create(code="four", name="四个不放过", checklist=checklist, **fields)
    world.listed.template = made
    world.listed.save(update_fields=["template"])
    return made


def planned(issue: Issue, by: User) -> Issue:
    """The issue with an approved plan in force."""
    assert issue.unit is not None
    Plan.objects.create(
        issue=issue, version=1, state="approved", unit=issue.unit, drafted_by=by, drafted_at=clock.now()
    )
    return issue


def finished(world: World, **fields: object) -> Issue:
    """A planned issue of 10 户, all claimed on 20 May."""
    return planned(world.issue(claims=[(10, MAY)], **fields), world.cadre)


def application(**changes: object) -> Application:
    said: dict[str, object] = {
        "statement": "10户全部完成改造",
        "similar": "未发现同类问题",
        "answers": dict.fromkeys(FOUR, "已做到"),
        **changes,
    }
    return Application(**said)  # type: ignore[arg-type]


def whole(on: date = TODAY, quantity: int = 10) -> Check:
    """All of it looked at on site, all of it true."""
    return Check(Method.SITE, Finding(Decimal(quantity), Decimal(quantity)), on)


def to_review(world: World, issue: Issue) -> None:
    """Applied for by the cadre, signed by the head."""
    closing.apply(issue.pk, world.cadre, application())
    closing.sign(issue.pk, world.head)


def closed(world: World, **fields: object) -> Issue:
    """Through all hands: 甲镇, its head, 住建局 verifying and reviewing, the office."""
    issue = finished(world, **fields)
    to_review(world, issue)
    verify(issue.pk, world.staff, whole())
    closing.review(issue.pk, world.staff, "属实，同意")
    closing.sign_off(issue.pk, world.office, TODAY)
    issue.refresh_from_db()
    return issue
