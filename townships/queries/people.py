"""Accounts for pages: whose accounts somebody may see, and the demo's, which anybody may use."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from townships.models import SYSTEM_USERNAME, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Duty, Role


def accounts_seen_by(user: User) -> QuerySet[User]:
    """The accounts under the tree that a 系统管理员 or an office acts for, all for a 系统管理员 with no unit;
    never the built-in one."""
    people = User.objects.exclude(username=SYSTEM_USERNAME).select_related("unit")
    if not user.is_active or not holds(Role(user.role), Permission.SEE_ACCOUNTS):
        return people.none()
    if user.unit is None:
        return people if Role(user.role) is Role.SYSADMIN else people.none()
    mine = Q(unit__path__startswith=user.scope.root)
    if Role(user.role) is Role.SYSADMIN:
        mine |= Q(unit=None)
    return people.filter(mine)


def filtered(
    people: QuerySet[User], *, text: str = "", role: str = "", unit_path: str = "", state: str = ""
) -> QuerySet[User]:
    """``text`` in the name, username or unit; ``state``: active, inactive, initial (never changed)."""
    if text:
        people = people.filter(
            Q(name__icontains=text) | Q(username__icontains=text) | Q(unit__names__name__icontains=text)
        ).distinct()
    if role:
        people = people.filter(role=role)
    if unit_path:
        people = people.filter(unit__path__startswith=unit_path)
    states = {
        "active": Q(is_active=True),
        "inactive": Q(is_active=False),
        "initial": Q(is_active=True, must_change_password=True),
    }
    return people.filter(states[state]) if state in states else people


def leaders(user: User) -> QuerySet[User]:
    """The active county leaders whom an office may put in charge of units."""
    return accounts_seen_by(user).filter(role=Role.LEADER.value, is_active=True).order_by("name")


def in_charge_of(user: User) -> list[str]:
    """The names of the units that a leader is in charge of."""
    seats = user.seats.filter(duty=Duty.LEADER_IN_CHARGE.value).select_related("unit").order_by("unit__code")
    return [seat.unit.name for seat in seats]


def demo_accounts() -> list[User]:
    """The demo's accounts whose password is still the one that the demo tells everybody."""
    demo = User.objects.filter(is_demo=True, is_active=True, password_changed_at=None)
    order = {role.value: place for place, role in enumerate(Role)}
    return sorted(demo.select_related("unit"), key=lambda user: (order[user.role], user.username))
