"""May this person do this to this thing? One function, closed by default; a refusal says why, in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Model

from townships.models import Unit, User
from townships.rules.permissions import Permission, holders, holds
from townships.rules.roles import Role
from townships.rules.scope import Reach

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ok``, or the reason of the refusal as a Chinese sentence."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)


def allowed(user: User | AnonymousUser, permission: Permission, item: Model | None = None) -> Verdict:
    """Whether ``user`` may do ``permission``, to ``item`` if one is given.

    An item is inside one's reach when its model's ``visible_to(user)`` shows it; a unit, or something of a
    unit (an account, a campaign), when it stands under the subtree one acts for. Anything else is refused."""
    if not isinstance(user, User):
        return Verdict(False, "请先登录。")
    if not user.is_active:
        return Verdict(False, "这个账号已停用。")
    role = Role(user.role)
    if not holds(role, permission):
        return Verdict(False, refusal(role, permission))
    if item is not None and not _reaches(user, item):
        return Verdict(False, "这项内容不在您的工作范围内。")
    return YES


def refusal(role: Role, permission: Permission) -> str:
    """Why ``role`` may not, and who may: 填报员不能导入台账，可由整改办／督查室办理。"""
    who = "、".join(holder.label for holder in holders(permission))
    return f"{role.label}不能{permission.label}，可由{who}办理。"


def _reaches(user: User, item: Model) -> bool:
    visible_to = getattr(type(item)._default_manager, "visible_to", None)
    if visible_to is not None:
        return bool(visible_to(user).filter(pk=item.pk).exists())
    unit = item if isinstance(item, Unit) else getattr(item, "unit", None)
    return isinstance(unit, Unit) and unit.path.startswith(acting_root(user))


def acting_root(user: User) -> str:
    """The path of the subtree that the person acts for; "-" (nothing) while inactive or without a unit.

    Cadres act for their own unit; offices, leaders, 系统管理员 and 审计员 for the county above theirs."""
    scope = user.scope
    own = scope.reach in (Reach.UNIT, Reach.FIELD)
    return scope.path if own else scope.root
