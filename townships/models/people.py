"""People: one account, one unit, one role."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from townships.models.units import Unit
from townships.rules.roles import Level, Role
from townships.rules.scope import NO_SCOPE, Scope, scope_for

ROLE_CHOICES = [(role.value, role.label) for role in Role]
SYSTEM_USERNAME = "system"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who answers for a unit. The built-in account 系统 (role office, no password) runs commands."""

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    role = models.CharField("角色", max_length=20, choices=ROLE_CHOICES)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="people", verbose_name="单位"
    )
    title = models.CharField("职务", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    must_change_password = models.BooleanField("须改密码", default=True)
    former_passwords = models.JSONField("用过的密码（散列）", default=list)
    password_changed_at = models.DateTimeField("改密时间", null=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_role_known", condition=Q(role__in=[value for value, _ in ROLE_CHOICES])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """How far this person sees; nothing while inactive or without a unit."""
        if not self.is_active or self.unit is None:
            return NO_SCOPE
        return scope_for(Role(self.role), Level(self.unit.level), self.unit.path)


class Delegation(models.Model):
    """A unit's head lets somebody of the unit sign in his stead, in writing, until a date (W-028)."""

    head = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    document = models.CharField("授权文号", max_length=100)
    from_on = models.DateField("起")
    until_on = models.DateField("止（含）")
    made_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        ordering = ["head", "-from_on"]
        constraints = [
            models.CheckConstraint(name="delegation_lasts", condition=Q(until_on__gte=models.F("from_on"))),
            models.CheckConstraint(name="delegation_to_another", condition=~Q(delegate=models.F("head"))),
        ]
