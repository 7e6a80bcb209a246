"""Proposals that wait for a second person, and issues that came together or apart: merged, split."""

from __future__ import annotations

from dataclasses import dataclass

from issues.models import Issue, Proposal
from issues.models.issues import IssueQuerySet
from issues.rules.records import RequestState
from townships.models import User

FAMILY = 200
"""Merged or split issues shown on one page at most."""


def pending_proposal(issue: Issue) -> Proposal | None:
    """What waits for a second person at ``issue``."""
    waiting = Proposal.objects.filter(issue=issue, state=RequestState.PENDING.value)
    return waiting.select_related("proposed_by__unit").first()


@dataclass(frozen=True, slots=True)
class Family:
    """Issues that belong to one: those merged into it and split off it, and what it went into or came from,
    as far as the viewer may see them."""

    merged: list[Issue]
    details: list[Issue]
    keeper: Issue | None
    parent: Issue | None

    @property
    def is_alone(self) -> bool:
        return not (self.merged or self.details or self.keeper or self.parent)


def family_of(issue: Issue, user: User) -> Family:
    """One to three queries, whatever the number of issues."""
    ids = [pk for pk in (issue.merged_into_id, issue.parent_id) if pk is not None]
    above = Issue.objects.visible_to(user).in_bulk(ids) if ids else {}
    return Family(
        merged=merged_into(issue, user),
        details=details_of(issue, user),
        keeper=above.get(issue.merged_into_id),
        parent=above.get(issue.parent_id),
    )


def merged_into(issue: Issue, user: User) -> list[Issue]:
    """The issues merged into this one that ``user`` may see, each with its origin."""
    return _shown(Issue.objects.visible_to(user).filter(merged_into=issue))


def details_of(issue: Issue, user: User) -> list[Issue]:
    """What was split off ``issue``, as far as ``user`` may see it."""
    return _shown(Issue.objects.visible_to(user).filter(parent=issue))


def _shown(found: IssueQuerySet) -> list[Issue]:
    joined = found.select_related("list", "township", "village", "unit")
    return list(joined.order_by("number")[:FAMILY])
