"""What no longer stands goes back: an application for closing with its shares, a plan in hand."""

from __future__ import annotations

from collections.abc import Sequence

from issues.models import Closure, Issue, Plan
from issues.queries.planning import plan_in_force
from issues.rules.records import OPEN_CLOSURES, ClosureState, PlanState, ReturnReason, ShareState
from issues.rules.stages import State
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


def give_back(plan: Plan, by: User, words: str, lacking: Sequence[str] = ()) -> None:
    """The plan is to be written anew. The caller holds the issue's row and moves its state to ``before_plan``
    where the plan had been handed in."""
    plan.state, plan.missing, plan.decision_words = PlanState.RETURNED.value, list(lacking), words
    plan.decided_by, plan.decided_at = by, clock.now()
    plan.save(update_fields=["state", "missing", "decision_words", "decided_by", "decided_at"])


def before_plan(issue: Issue) -> State:
    """Where an issue stands whose plan was handed in and went back."""
    return State.RECTIFYING if plan_in_force(issue) is not None else State.PLANNING


def reopen_shares(issue: Issue, by: User) -> None:
    """Units that had said they were done have something to do again."""
    done = issue.shares.filter(state=ShareState.DONE.value)
    done.update(state=ShareState.ACCEPTED.value, since=clock.now(), by=by)
