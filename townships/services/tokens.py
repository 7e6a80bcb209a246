"""Tokens of the API: a client is an account without a password; each of its tokens expires by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from knox.models import AuthToken

from townships.models import SYSTEM_USERNAME, Unit, User
from townships.rules.roles import Role
from townships.services import accounts, events

DAYS, MOST_DAYS = 365, 3650


@dataclass(frozen=True, slots=True)
class Granted:
    """A new token: ``token`` in clear, kept nowhere else; by the real clock it dies at ``expires_at``."""

    client: User
    token: str
    expires_at: datetime


@transaction.atomic
def grant(*, name: str, role: Role, unit: Unit, days: int = DAYS, by: User | None) -> Granted:
    """A token for the client ``name``, which is made when first named, in ``role`` at ``unit``.

    Of a name that exists role and unit must be the same. AccountError otherwise, for an account switched off
    and for days outside 1 to 3650."""
    if not 1 <= days <= MOST_DAYS:
        raise accounts.AccountError(f"有效天数应在1到{MOST_DAYS}之间。")
    client = User.objects.select_for_update().filter(username__iexact=name).first()
    if client is None:
        client = _new_client(name, role, unit, by)
    else:
        _must_be_same(client, role, unit)
    made, token = AuthToken.objects.create(user=client, expiry=timedelta(days=days))
    events.record(
        subject_type="user",
        subject_id=client.pk,
        action="create_token",
        summary=f"为 {client.username} 发放接口令牌，有效{days}天",
        by=by,
        facts={"fingerprint": made.digest[:12], "expires_at": made.expiry.isoformat()},
    )
    return Granted(client, token, made.expiry)


def _new_client(name: str, role: Role, unit: Unit, by: User | None) -> User:
    """No seat: nothing is told to a program."""
    accounts.check_new(accounts.NewAccount(username=name, name=name, role=role, unit=unit))
    client = User.objects.create(
        username=name,
        name=name,
        role=role.value,
        unit=unit,
        password=make_password(None),
        must_change_password=False,
    )
    events.record(
        subject_type="user",
        subject_id=client.pk,
        action="create_account",
        summary=f"建立接口用户 {name}（{role.label}，{unit.name}）",
        by=by,
        facts={"username": name, "role": role.value, "unit": unit.pk},
    )
    return client


def _must_be_same(client: User, role: Role, unit: Unit) -> None:
    if client.username == SYSTEM_USERNAME:
        raise accounts.AccountError("内置账号“系统”不能有令牌。")
    if not client.is_active:
        raise accounts.AccountError(f"账号“{client.username}”已停用。")
    if client.role != role.value or client.unit_id != unit.pk:
        held = f"{Role(client.role).label}，{client.unit.name if client.unit else '无单位'}"
        raise accounts.AccountError(
            f"已有账号“{client.username}”（{held}），角色或单位与所给的不同，请换一个名称。"
        )
