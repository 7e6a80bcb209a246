"""For which units somebody signs as their head: one's own, or those of a head who delegated in writing."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from townships.models import Delegation, User
from townships.rules.roles import Role


def signs_for(user: User, today: date) -> tuple[str, ...]:
    """The paths of the units for which ``user`` signs as 单位主要负责人 on the Beijing date ``today``."""
    if not user.is_active or user.unit is None:
        return ()
    own = [user.unit.path] if Role(user.role) is Role.UNIT_HEAD else []
    granted = delegations_to(user, today)
    return (*own, *(path for path in granted.values_list("head__unit__path", flat=True) if path))


def delegations_to(user: User, today: date) -> QuerySet[Delegation]:
    """What lets ``user`` sign for a head on the Beijing date ``today``."""
    return Delegation.objects.filter(
        delegate=user,
        from_on__lte=today,
        until_on__gte=today,
        ended_at__isnull=True,
        head__is_active=True,
        head__role=Role.UNIT_HEAD,
    )


def delegations_of(head: User) -> QuerySet[Delegation]:
    """All that ``head`` ever delegated, newest first."""
    return Delegation.objects.filter(head=head).select_related("delegate").order_by("-from_on", "-id")


def may_sign_for(head: User) -> QuerySet[User]:
    """Whom ``head`` may let sign: the other people of the unit."""
    people = User.objects.filter(unit=head.unit_id, is_active=True).exclude(pk=head.pk)
    people = people.exclude(role=Role.API_CLIENT.value)
    return people.order_by("name", "pk") if head.unit_id else people.none()
