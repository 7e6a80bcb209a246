"""Whose desk which pile lies on: what a role has to do itself, and what it watches while others do it."""

from __future__ import annotations

from dataclasses import dataclass

from issues.rules.piles import Pile
from townships.rules.roles import Role

P = Pile
OWN_WORK = (P.SIGN, P.PLAN_RETURNED, P.CLOSURE_RETURNED, P.PLAN, P.READY, P.DUE_SOON, P.SILENT)
"""What a unit that answers has to do."""
REVIEWS = (P.REVIEW_PLAN, P.REVIEW_CLOSURE)
SIGNATURES = (P.HEAD_PLAN, P.HEAD_CLOSURE)
IN_HAND = (P.SIGN, P.PLAN, *SIGNATURES, *REVIEWS, P.PLAN_RETURNED, P.CLOSURE_RETURNED)


@dataclass(frozen=True, slots=True)
class Piles:
    """``reviews``: what the own unit reviews; ``own``: of the issues the own unit answers for;
    ``signed``: of the units one signs for as head; ``all_of_it``: of everything in sight; ``watched``: in
    others' hands, by number alone."""

    reviews: tuple[Pile, ...] = ()
    own: tuple[Pile, ...] = ()
    signed: tuple[Pile, ...] = SIGNATURES
    all_of_it: tuple[Pile, ...] = ()
    watched: tuple[Pile, ...] = ()


DESKS: dict[Role, Piles] = {
    Role.CADRE: Piles(own=OWN_WORK),
    Role.UNIT_HEAD: Piles(watched=OWN_WORK),
    Role.DEPARTMENT_STAFF: Piles(
        reviews=REVIEWS, own=OWN_WORK, watched=(P.PLAN_RETURNED, P.CLOSURE_RETURNED, P.DUE_SOON, P.SILENT)
    ),
    Role.OFFICE: Piles(
        all_of_it=(P.REFUSED, P.APPROVE_PLAN, P.SIGN_OFF, P.CONFIRM),
        watched=(*IN_HAND, P.EXTENSION, P.DUE_SOON, P.SILENT),
    ),
    Role.LEADER: Piles(all_of_it=(P.EXTENSION,), watched=(P.REFUSED, P.SIGN_OFF, P.DUE_SOON, P.SILENT)),
}
"""Roles that are not named have no issues in sight."""
EMPTY = Piles(signed=())
