"""In which order an issue's page offers what may be done to it: what somebody waits for comes first."""

from __future__ import annotations

from issues.rules.stages import State
from issues.rules.workflow import Verb

NEXT: tuple[Verb, ...] = (
    # somebody waits for this person
    Verb.SIGN,
    Verb.ANSWER_REFUSAL,
    Verb.DECIDE_EXTENSION,
    Verb.CONFIRM_REMOVAL,
    Verb.CONFIRM_REJECTION,
    Verb.CONFIRM_TRANSFER,
    Verb.CONFIRM_MERGER,
    Verb.CONFIRM_CORRECTION,
    Verb.GRANT_LONG_TERM,
    Verb.SIGN_PLAN,
    Verb.APPROVE_PLAN,
    Verb.SIGN_CLOSURE,
    Verb.REVIEW_CLOSURE,
    Verb.SIGN_OFF,
    Verb.FILE,
    # the next step of the life
    Verb.APPLY_CLOSURE,
    Verb.START_AT_ONCE,
    Verb.SEND_PLAN,
    Verb.DRAFT_PLAN,
    Verb.REPORT,
    Verb.VERIFY,
)
"""The first of these that can be done is the page's primary act; all others stay quiet."""


def place(verb: Verb, state: State, *, is_claimed: bool) -> tuple[int, int]:
    """Where ``verb`` stands among the offers of an issue in ``state``: a plan in force is seldom revised, and
    there is something to verify where ``is_claimed``: more is claimed than confirmed."""
    order = list(Verb).index(verb)
    is_revision = verb in (Verb.DRAFT_PLAN, Verb.SEND_PLAN) and state is not State.PLANNING
    is_early = verb is Verb.VERIFY and not is_claimed
    later = verb not in NEXT or is_revision or is_early
    return (len(NEXT), order) if later else (NEXT.index(verb), order)


def is_next(verb: Verb, state: State, *, is_claimed: bool) -> bool:
    """Whether ``verb`` may be the primary act of the page."""
    return place(verb, state, is_claimed=is_claimed)[0] < len(NEXT)
