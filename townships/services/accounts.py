"""Accounts: create, change, seat, switch off; passwords and the built-in account 系统."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from axes.utils import reset as reset_lockout
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from rectify.lib import clock
from townships.models import SYSTEM_USERNAME, Seat, Unit, User
from townships.rules import passwords
from townships.rules.roles import Duty, Level, Role
from townships.services import events

USERNAME_LENGTH = 60
# Told to everybody on the demo's login page; a server beyond loopback refuses to start while it works.
DEMO_PASSWORD = "Yanshi-2018"  # noqa: S105
SEAT_OF_ROLE: dict[Role, Duty] = {
    Role.CADRE: Duty.STAFF,
    Role.DEPARTMENT_STAFF: Duty.STAFF,
    Role.UNIT_HEAD: Duty.HEAD,
    Role.LEADER: Duty.LEADER_IN_CHARGE,
    Role.OFFICE: Duty.SUPERVISION,
}


class AccountError(Exception):
    """The account stays as it was; ``str(error)`` says why in Chinese, ``problems`` one sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of. ``password`` None: a random one that must be changed at the first login."""

    username: str
    name: str
    role: Role
    unit: Unit | None
    title: str = ""
    phone: str = ""
    password: str | None = None
    is_demo: bool = False


def system_user() -> User:
    """The built-in account 系统 (role office, the county's unit, no password), made when first asked for."""
    root = county_root()
    user, _ = User.objects.get_or_create(
        username=SYSTEM_USERNAME,
        defaults={
            "name": "系统",
            "role": Role.OFFICE.value,
            "unit": root,
            "password": make_password(None),
            "must_change_password": False,
        },
    )
    if user.unit_id is None and root is not None:
        User.objects.filter(pk=user.pk).update(unit=root)
        user.unit = root
    return user


def county_root() -> Unit | None:
    """The top of the tree (a county, or a city above its counties); None before any county is loaded."""
    tops = Unit.objects.filter(parent=None, level__in=(Level.CITY.value, Level.COUNTY.value))
    return tops.order_by("code").first()


def create(account: NewAccount, *, by: User | None) -> tuple[User, str]:
    """Make the account and seat it; returns it with its password in clear, which is kept nowhere else.

    A password given needs no change at the first login; a random one does."""
    return create_many([account], by=by)[0]


def create_many(accounts: Sequence[NewAccount], *, by: User | None) -> list[tuple[User, str]]:
    """Make all of the accounts or none; each with its password in clear, as ``create`` gives it."""
    for account in accounts:
        check_new(account)
        if account.password is not None:
            check_new_password(account.password, username=account.username)
    given = [account.password or passwords.initial_password() for account in accounts]
    # Hashing is slow on purpose (argon2): in parallel, and before the transaction takes any lock.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        hashes = list(pool.map(make_password, given))
    with transaction.atomic():
        users = [_store(account, hashed, by) for account, hashed in zip(accounts, hashes, strict=True)]
    return list(zip(users, given, strict=True))


def _store(account: NewAccount, hashed: str, by: User | None) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create(
                username=account.username,
                name=account.name,
                role=account.role.value,
                unit=account.unit,
                title=account.title,
                phone=account.phone,
                password=hashed,
                is_demo=account.is_demo,
                must_change_password=account.password is None,
            )
    except IntegrityError as error:
        raise AccountError(f"用户名“{account.username}”已有人使用。") from error
    _take_seat(user)
    events.record(
        subject_type="user",
        subject_id=user.pk,
        action="create_account",
        summary=f"建立账号 {user.username}（{user.name}，{account.role.label}，{_unit_name(user)}）",
        by=by,
        facts={"username": user.username, "role": user.role, "unit": user.unit_id},
    )
    return user


def check_new(account: NewAccount) -> None:
    """Raise AccountError with all that is wrong with a new account's name, person and unit."""
    found = []
    if (
        not account.username.strip()
        or account.username != account.username.strip()
        or " " in account.username
    ):
        found.append("用户名不能为空，也不能含空格。")
    if len(account.username) > USERNAME_LENGTH:
        found.append("用户名太长。")
    if not account.name.strip():
        found.append("姓名不能为空。")
    if account.unit is None and account.role is not Role.SYSADMIN:
        found.append("请选择单位。")
    if User.objects.filter(username__iexact=account.username).exists():
        found.append(f"用户名“{account.username}”已有人使用。")
    if found:
        raise AccountError(*found)


def _unit_name(user: User) -> str:
    return user.unit.name if user.unit else "无单位"


def _take_seat(user: User) -> None:
    duty = SEAT_OF_ROLE.get(Role(user.role))
    if duty is not None and user.unit is not None:
        fill_seat(user.unit, duty, user)


def fill_seat(unit: Unit, duty: Duty, user: User) -> None:
    """Put ``user`` into the empty seat of ``duty`` at ``unit``, or into another one beside those who sit."""
    if Seat.objects.filter(unit=unit, duty=duty.value, user=user).exists():
        return
    if not Seat.objects.filter(unit=unit, duty=duty.value, user=None).update(user=user):
        Seat.objects.create(unit=unit, duty=duty.value, user=user)


def leave_seats(user: User, *, unit: Unit | None = None, duty: Duty | None = None) -> None:
    """Empty the user's seats (all, or those of one unit and duty); the last seat of a duty stays, empty."""
    seats = Seat.objects.filter(user=user)
    if unit is not None:
        seats = seats.filter(unit=unit)
    if duty is not None:
        seats = seats.filter(duty=duty.value)
    for seat in seats:
        if Seat.objects.filter(unit_id=seat.unit_id, duty=seat.duty).exclude(pk=seat.pk).exists():
            seat.delete()
        else:
            Seat.objects.filter(pk=seat.pk).update(user=None)


def check_new_password(password: str, *, username: str, former: list[str] | None = None) -> None:
    """Raise AccountError with all that is wrong; ``former`` are the hashes that may not come again."""
    found = passwords.problems(password, username=username)
    try:
        _common_passwords().validate(password)
    except ValidationError:
        found.append("这个密码太常见，容易被猜到。")
    if any(check_password(password, used) for used in former or []):
        found.append(f"不能再用最近{passwords.REMEMBERED}次用过的密码。")
    if found:
        raise AccountError(*found)


@lru_cache(maxsize=1)
def _common_passwords() -> CommonPasswordValidator:
    """Django's list of twenty thousand, unpacked once a process."""
    return CommonPasswordValidator()


@transaction.atomic
def change_password(user: User, *, old: str, new: str) -> None:
    """Change one's own password; the old one is asked again."""
    held = User.objects.select_for_update().get(pk=user.pk)
    if not held.check_password(old):
        raise AccountError("原密码不对。")
    former = [held.password, *held.former_passwords]
    check_new_password(new, username=held.username, former=former[: passwords.REMEMBERED])
    held.former_passwords = former[: passwords.REMEMBERED]
    held.password = make_password(new)
    held.must_change_password = False
    held.password_changed_at = clock.real_now()
    held.save(update_fields=["password", "former_passwords", "must_change_password", "password_changed_at"])
    events.record(
        subject_type="user", subject_id=held.pk, action="change_password", summary="修改了自己的密码", by=held
    )


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """Give a new random password, to be changed at the next login; returned once, kept nowhere."""
    held = User.objects.select_for_update().get(pk=user.pk)
    _refuse_built_in(held)
    password = passwords.initial_password()
    held.former_passwords = [held.password, *held.former_passwords][: passwords.REMEMBERED]
    held.password = make_password(password)
    held.must_change_password = True
    held.password_changed_at = clock.real_now()
    held.save(update_fields=["password", "former_passwords", "must_change_password", "password_changed_at"])
    reset_lockout(username=held.username)
    _record(held, "reset_password", f"重置了 {held.username}（{held.name}）的密码", by)
    return password


@transaction.atomic
def change(user: User, *, name: str, role: Role, unit: Unit | None, title: str, phone: str, by: User) -> None:
    """Correct an account: who, which role, which unit. Another role or unit means another seat."""
    held = User.objects.select_for_update().get(pk=user.pk)
    _refuse_built_in(held)
    if unit is None and role is not Role.SYSADMIN:
        raise AccountError("请选择单位。")
    if held.pk == by.pk and (role.value != held.role or unit != held.unit):
        raise AccountError("不能改自己的角色和单位，请由另一位系统管理员办理。")
    wanted = {"name": name.strip(), "role": role.value, "unit": unit, "title": title, "phone": phone}
    changed = [field for field, value in wanted.items() if getattr(held, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(held, field, wanted[field])
    held.save(update_fields=changed)
    if held.is_active and {"role", "unit"} & set(changed):
        leave_seats(held)
        _take_seat(held)
    summary = f"修改账号 {held.username}：{held.name}，{role.label}，{_unit_name(held)}"
    events.record(
        subject_type="user",
        subject_id=held.pk,
        action="change_account",
        summary=summary,
        by=by,
        facts={"changed": changed},
    )


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Switch an account off: it cannot log in, sees nothing and leaves its seats."""
    held = User.objects.select_for_update().get(pk=user.pk)
    _refuse_built_in(held)
    if held.pk == by.pk:
        raise AccountError("不能停用自己的账号。")
    if not held.is_active:
        return
    User.objects.filter(pk=held.pk).update(is_active=False)
    leave_seats(held)
    _record(held, "deactivate_account", f"停用账号 {held.username}（{held.name}）", by)


@transaction.atomic
def activate(user: User, *, by: User) -> None:
    """Switch an account on again, back in the seat of its role."""
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.is_active:
        return
    User.objects.filter(pk=held.pk).update(is_active=True)
    _take_seat(held)
    _record(held, "activate_account", f"启用账号 {held.username}（{held.name}）", by)


def _record(user: User, action: str, summary: str, by: User) -> None:
    events.record(subject_type="user", subject_id=user.pk, action=action, summary=summary, by=by)


def _refuse_built_in(user: User) -> None:
    if user.username == SYSTEM_USERNAME:
        raise AccountError("内置账号“系统”不能改动。")


def demo_passwords_live() -> bool:
    """Whether somebody could log in with a password that the demo printed."""
    return User.objects.filter(is_demo=True, is_active=True, password_changed_at=None).exists()
