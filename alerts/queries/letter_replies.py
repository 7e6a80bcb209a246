"""What a reply may point at: plans, reports and evidence of the letter's issues, as keys and as text."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.models import Letter
from issues.models import Evidence, Issue, Plan, Report
from issues.rules.history import cn_day, plain
from issues.rules.records import EvidenceKind, PlanState
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import User

HANDED_IN = (PlanState.SUBMITTED.value, PlanState.APPROVED.value)
MOST = 200
WORDS = 40


@dataclass(frozen=True, slots=True)
class Reference:
    """``kind`` plan, report or evidence; ``issue``: the number of the issue it belongs to."""

    kind: str
    pk: int
    issue: str
    text: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"

    def kept(self) -> dict[str, object]:
        """As the reply stores it: the text says then what it said."""
        return {"kind": self.kind, "id": self.pk, "issue": self.issue, "text": self.text}


def references(letter: Letter, user: User) -> list[Reference]:
    """All that ``user``'s reply may point at, by issue: of those of the letter's issues that the user sees.
    Four queries."""
    issues = Issue.objects.visible_to(user).filter(letter_items__letter=letter)
    numbers = dict(issues.order_by().values_list("pk", "number"))
    found = [*_plans(numbers), *_reports(numbers), *_evidence(numbers)]
    order = {"plan": 0, "report": 1, "evidence": 2}
    return sorted(found, key=lambda one: (one.issue, order[one.kind], -one.pk))[:MOST]


def _plans(numbers: dict[int, str]) -> list[Reference]:
    rows = Plan.objects.filter(issue__in=numbers, state__in=HANDED_IN)
    return [
        Reference(
            "plan",
            row.pk,
            numbers[row.issue_id],
            f"整改计划第{row.version}版（{PlanState(row.state).label}）",
        )
        for row in rows
    ]


def _reports(numbers: dict[int, str]) -> list[Reference]:
    rows = Report.objects.filter(issue__in=numbers).select_related("issue").order_by("-pk")
    return [
        Reference(
            "report",
            row.pk,
            numbers[row.issue_id],
            f"进展{cn_day(clock.beijing_date(row.recorded_at))}：完成{plain(row.quantity)}{row.issue.counted_in}，"
            f"{mask_text(row.narrative)[:WORDS]}".rstrip("，"),
        )
        for row in rows[:MOST]
    ]


def _evidence(numbers: dict[int, str]) -> list[Reference]:
    rows = Evidence.objects.filter(issue__in=numbers, struck_at__isnull=True).order_by("-pk")
    return [
        Reference(
            "evidence",
            row.pk,
            numbers[row.issue_id],
            f"佐证（{EvidenceKind(row.kind).label}）：{mask_text(row.name)}",
        )
        for row in rows[:MOST]
    ]
