"""The first act in an empty house: the county, the 系统管理员 and the 整改办 are made, once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction

from dashboards.queries.setup import nobody_yet
from townships.models import Unit, User
from townships.rules.county import County, UnitRow
from townships.rules.county_words import short_name_of
from townships.rules.roles import Level, Role
from townships.services import accounts, calendar, events, sequences, units
from townships.services.accounts import AccountError, NewAccount

KEY = "first-setup"


class SetupError(Exception):
    """Nothing was made; ``str(error)`` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """A name, a login and a password of one's own."""

    name: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class FirstSetup:
    """The county (or a city above its counties), who keeps its accounts, who does its business.

    ``county_name`` and ``county_code`` do not matter where units were loaded by command before."""

    county_name: str
    county_code: str
    level: Level
    sysadmin: FirstPerson
    office: FirstPerson


@transaction.atomic
def begin(first: FirstSetup) -> User:
    """Make the county and its first two accounts; returns the office's.

    SetupError where somebody was faster, AccountError (one sentence a problem) or UnitError otherwise."""
    sequences.take(KEY)  # held until the end: two browsers cannot both be first
    if not nobody_yet():
        raise SetupError("首次设置已经有人完成，请用账号登录。")
    if first.sysadmin.username.strip().lower() == first.office.username.strip().lower():
        raise AccountError("两个账号的用户名不能相同。")
    by = accounts.system_user()
    root = accounts.county_root() or _county(first, by)
    by = accounts.system_user()
    people = [
        NewAccount(first.sysadmin.username, first.sysadmin.name, Role.SYSADMIN, root),
        NewAccount(first.office.username, first.office.name, Role.OFFICE, root),
    ]
    passwords = (first.sysadmin.password, first.office.password)
    people = [replace(one, password=password) for one, password in zip(people, passwords, strict=True)]
    made = [user for user, _ in accounts.create_many(people, by=by)]
    calendar.seed()
    events.record(
        subject_type="unit",
        subject_id=root.pk,
        action="first_setup",
        summary=f"首次设置：{root.name}，系统管理员 {made[0].username}，整改办 {made[1].username}",
        by=by,
        facts={"unit": root.code, "accounts": [user.username for user in made]},
    )
    return made[1]


def _county(first: FirstSetup, by: User) -> Unit:
    name = first.county_name.strip()
    code = first.county_code.strip() or ("S001" if first.level is Level.CITY else "C001")
    short = name[:-1] if len(name) > 2 and name[-1] in "县区市旗" else short_name_of(name, first.level, ())
    units.load_county(County((UnitRow(code, name, short, first.level, kind=name[-1:]),), {}), by=by)
    return Unit.objects.get(code=code)
