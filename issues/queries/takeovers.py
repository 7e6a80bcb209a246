"""What a takeover of a finished list would close, and the one that waits for a second person."""

from __future__ import annotations

from django.db.models import F, QuerySet

from issues.models import Issue, IssueList, Proposal
from issues.rules.records import OPEN_CLOSURES, RequestState
from issues.rules.stages import OPEN_STATES, State

TAKEABLE = tuple(state.value for state in OPEN_STATES if state not in (State.CLOSING, State.LONG_TERM))


def finished(listed: IssueList) -> QuerySet[Issue]:
    """What a takeover of the list closes: all that is to be done is claimed, nothing else is in hand."""
    return (
        Issue.objects.filter(list=listed, state__in=TAKEABLE, claimed__gt=0)
        .filter(claimed=F("found") - F("removed"))
        .exclude(proposals__state=RequestState.PENDING.value)
        .exclude(closures__state__in=[state.value for state in OPEN_CLOSURES])
    )


def pending(listed: IssueList) -> Proposal | None:
    """The takeover that waits for a second person."""
    waiting = Proposal.objects.filter(list=listed, state=RequestState.PENDING.value)
    return waiting.select_related("proposed_by").first()
