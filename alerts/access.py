"""Who may do what in the alerts room, with the reason."""

from __future__ import annotations

from alerts.models import Letter
from alerts.rules.letters import STEPS, LetterKind, LetterState, LetterVerb, Standing, refusal
from townships.access import YES, Verdict, allowed
from townships.models import Unit, User
from townships.rules.scope import Reach


def may_letter(user: User, verb: LetterVerb, letter: Letter) -> Verdict:
    """Whether ``user`` may do ``verb`` to a letter in sight: the role first, then the table."""
    permitted = allowed(user, STEPS[verb].permission)
    if not permitted:
        return permitted
    reason = refusal(verb, standing_of(user, letter))
    return Verdict(False, reason) if reason else YES


def letter_verdicts(user: User, letter: Letter) -> dict[LetterVerb, Verdict]:
    """Every verb of the table with its verdict; two queries at most."""
    now = standing_of(user, letter)
    found = {}
    for verb, step in STEPS.items():
        permitted = allowed(user, step.permission)
        reason = refusal(verb, now) if permitted else permitted.reason
        found[verb] = Verdict(False, reason) if reason else YES
    return found


def standing_of(user: User, letter: Letter) -> Standing:
    """How ``user`` stands to the letter."""
    return Standing(
        state=LetterState(letter.state),
        kind=LetterKind(letter.kind),
        is_author=letter.drafted_by_id == user.pk,
        has_author=letter.drafted_by.is_active,
        is_addressee=is_addressee(user, letter),
        has_recall=letter.recalled_in.exclude(state=LetterState.DROPPED.value).exists(),
    )


def is_addressee(user: User, letter: Letter) -> bool:
    """Whether the person acts for the unit that the letter is sent to, or for what took its place."""
    scope = user.scope
    if scope.reach not in (Reach.UNIT, Reach.FIELD):
        return False
    return letter.unit_id == user.unit_id or Unit.objects.in_scope(scope).filter(pk=letter.unit_id).exists()


def reads_full_edition(user: User, letter: Letter) -> bool:
    """Whether the person reads the addressee's edition, with household names in clear (design, section 7)."""
    return is_addressee(user, letter)
