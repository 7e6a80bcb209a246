"""How a signature reads: the head's own, or that of somebody the head let sign in writing (W-028)."""

from __future__ import annotations

from rectify.lib import clock
from townships.models import User
from townships.queries.delegations import delegations_to
from townships.rules.roles import Role


def signature(by: User) -> str:
    """罗某签字, or 李某受张某书面授权（某府办〔2018〕3号）代签."""
    if Role(by.role) is Role.UNIT_HEAD:
        return f"{by.name}签字"
    granted = delegations_to(by, clock.today()).select_related("head").first()
    return (
        f"{by.name}受{granted.head.name}书面授权（{granted.document}）代签" if granted else f"{by.name}签字"
    )
