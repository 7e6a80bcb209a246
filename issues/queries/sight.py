"""One issue by its number, for who sees it."""

from __future__ import annotations

from django.db.models import Q

from issues.models import Issue
from rectify.lib.prepared import Prepared
from townships.models import User
from townships.rules.scope import Reach

_AT_PLACE = Prepared(
    lambda number, unit: (
        Issue.objects.present().filter(Q(township=unit) | Q(village=unit), number=number).order_by()
    )
)


def issue_in_sight(number: str, user: User) -> Issue | None:
    """The issue of that number where ``visible_to`` shows it to ``user``.

    Most people who act sit at its place: that they see it (as ``Reach.UNIT`` says) is asked first, for it is
    the lesser question by far."""
    if user.scope.reach is Reach.UNIT and user.unit_id is not None:
        for issue in _AT_PLACE.ask(number, user.unit_id):
            return issue
    return Issue.objects.visible_to(user).filter(number=number).order_by().first()


__all__ = ["issue_in_sight"]
