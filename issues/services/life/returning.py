"""When an application for closing no longer stands: it goes back, and so do the shares."""

from __future__ import annotations

from issues.models import Closure, Issue
from issues.rules.records import OPEN_CLOSURES, ClosureState, ReturnReason, ShareState
from rectify.lib import clock
from townships.models import User


def return_closure(issue: Issue, by: User, reason: ReturnReason | None, words: str) -> bool:
    """Send the application in hand back with its reason; False where there is none. The caller holds the
    issue's row and moves its state."""
    in_hand = Closure.objects.filter(issue=issue, state__in=[state.value for state in OPEN_CLOSURES])
    returned = in_hand.update(
        state=ClosureState.RETURNED.value,
        returned_by=by,
        returned_at=clock.now(),
        return_reason=reason.value if reason else "",
        return_words=words[:500],
    )
    return bool(returned)


def reopen_shares(issue: Issue, by: User) -> None:
    """Units that had said they were done have something to do again."""
    done = issue.shares.filter(state=ShareState.DONE.value)
    done.update(state=ShareState.ACCEPTED.value, since=clock.now(), by=by)


__all__ = ["reopen_shares", "return_closure"]
