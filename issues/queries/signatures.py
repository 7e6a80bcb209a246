"""The head's signing pile: plans that wait for the signature, each with its whole content."""

from __future__ import annotations

from dataclasses import dataclass

from issues.models import Issue, Plan
from issues.models.issues import IssueQuerySet
from issues.queries.planning import Version, version_of
from issues.rules.records import PlanState
from rectify.lib.masking import mask_text

MOST = 100
"""Plans on one page; the rest follow when these are signed."""
JOINED = ("issue__list__template", "unit", "drafted_by", "signed_by", "decided_by")


@dataclass(frozen=True, slots=True)
class ToSign:
    """One plan to sign, with the issue it is for."""

    issue: Issue
    description: str
    plan: Version


def plans_to_sign(found: IssueQuerySet) -> list[ToSign]:
    """The plans of ``found`` that wait for a head, the oldest first; constant queries."""
    waiting = Plan.objects.filter(
        issue__in=found.order_by().values("pk"), state=PlanState.AWAITING_HEAD.value
    )
    plans = waiting.select_related(*JOINED).order_by("drafted_at", "pk")[:MOST]
    return [
        ToSign(plan.issue, mask_text(plan.issue.description), version_of(plan, _labels(plan)))
        for plan in plans
    ]


def _labels(plan: Plan) -> dict[str, str]:
    template = plan.issue.list.template
    return {one["name"]: one["label"] for one in template.extra_fields} if template else {}
