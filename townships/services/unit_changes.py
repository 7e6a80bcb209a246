"""Changes to units by the office: add, rename, name, close, put in charge. Nothing is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from townships.models import Unit, UnitName, User
from townships.rules.roles import Duty, Level, Role
from townships.services import accounts, events, revisions
from townships.services.units import UnitError, give_seats


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What a new unit is made of; it stands under ``parent``."""

    code: str
    name: str
    short_name: str
    level: Level
    parent: Unit
    kind: str = ""
    opened_on: date | None = None


@transaction.atomic
def add(new: NewUnit, *, by: User) -> Unit:
    """Add a unit with its names and empty seats; a code is given once and for all."""
    if not new.code or "/" in new.code or " " in new.code:
        raise UnitError("代码不能为空，也不能含空格和“/”。")
    if new.parent.closed_on is not None:
        raise UnitError(f"{new.parent.name}已撤并，不能再设下级单位。")
    try:
        with transaction.atomic():
            unit = Unit.objects.create(
                code=new.code,
                name=new.name,
                short_name=new.short_name or new.name,
                level=new.level.value,
                kind=new.kind,
                parent=new.parent,
                path=f"{new.parent.path}{new.code}/",
                opened_on=new.opened_on,
            )
    except IntegrityError as error:
        raise UnitError(f"代码 {new.code} 已有单位使用。") from error
    _name(unit, unit.name, "official")
    _name(unit, unit.short_name, "short")
    give_seats([unit])
    _told(unit, "add_unit", f"新增单位 {unit.name}（{unit.code}）", by)
    return unit


@transaction.atomic
def rename(unit: Unit, *, name: str, short_name: str, note: str, by: User) -> Unit:
    """Give a new name; the old one stays as 曾用名, and ledgers written with it still find the unit."""
    held = _held(unit)
    if not name.strip():
        raise UnitError("新名称不能为空。")
    if name == held.name:
        raise UnitError("新名称与现名称相同。")
    old = held.name
    UnitName.objects.filter(unit=held, name=old).update(role="former")
    held.name, held.short_name = name, short_name or name
    held.note = "；".join(part for part in (held.note, note) if part)[:255]
    held.save(update_fields=["name", "short_name", "note"])
    UnitName.objects.filter(unit=held, name=name).delete()  # an alias that became the official name
    _name(held, name, "official")
    _name(held, held.short_name, "short")
    _told(held, "rename_unit", f"{old}更名为{name}", by, facts={"from": old, "to": name, "note": note})
    return held


@transaction.atomic
def add_name(unit: Unit, *, name: str, by: User, former: bool = False) -> UnitName:
    """Add a name that ledgers write the unit with. Two units may share one; then the place decides."""
    name = name.strip()
    if not name:
        raise UnitError("别名不能为空。")
    if UnitName.objects.filter(unit=unit, name=name).exists():
        raise UnitError(f"{unit.name}已经有“{name}”这个名称。")
    made = UnitName.objects.create(unit=unit, name=name, role="former" if former else "alias")
    _told(unit, "add_name", f"{unit.name}增加{made.get_role_display()}“{name}”", by)
    return made


@transaction.atomic
def close(unit: Unit, *, on: date, successor: Unit | None, note: str, by: User) -> Unit:
    """Close a unit on a day (its last day is the one before); what it answered for goes to ``successor``."""
    held = _held(unit)
    if held.closed_on is not None:
        raise UnitError(f"{held.name}已于{held.closed_on}撤并。")
    if held.opened_on is not None and on <= held.opened_on:
        raise UnitError(f"撤并日期须晚于设立日期（{held.opened_on}）。")
    if successor is not None:
        _check_successor(held, successor, on)
    held.closed_on, held.successor = on, successor
    held.note = "；".join(part for part in (held.note, note) if part)[:255]
    held.save(update_fields=["closed_on", "successor", "note"])
    into = f"，并入{successor.name}" if successor else ""
    facts = {"on": on.isoformat(), "successor": successor.pk if successor else None, "note": note}
    _told(held, "close_unit", f"{held.name}于{on}撤并{into}", by, facts=facts)
    return held


def _check_successor(unit: Unit, successor: Unit, on: date) -> None:
    if successor.path.startswith(unit.path):
        raise UnitError("继承单位不能是本单位或其下级。")
    if successor.closed_on is not None and successor.closed_on <= on:
        raise UnitError(f"{successor.name}在那一天已经撤并，不能继承。")


@transaction.atomic
def assign_seat(unit: Unit, *, duty: Duty, user: User, by: User) -> None:
    """Put somebody into a seat of the unit (分管领导: who is in charge of it, W-096)."""
    if not user.is_active:
        raise UnitError(f"{user.name}的账号已停用。")
    if duty is Duty.LEADER_IN_CHARGE and Role(user.role) is not Role.LEADER:
        raise UnitError("分管领导须是角色为“县领导”的账号。")
    accounts.fill_seat(unit, duty, user)
    _told(unit, "assign_seat", f"{unit.name}的{duty.label}：{user.name}", by, facts={"user": user.pk})


@transaction.atomic
def vacate_seat(unit: Unit, *, duty: Duty, user: User, by: User) -> None:
    """Take somebody out of a seat; the seat stays, empty."""
    accounts.leave_seats(user, unit=unit, duty=duty)
    _told(unit, "assign_seat", f"{user.name}不再任{unit.name}的{duty.label}", by, facts={"user": user.pk})


def _held(unit: Unit) -> Unit:
    return Unit.objects.select_for_update().get(pk=unit.pk)


def _name(unit: Unit, text: str, role: str) -> None:
    UnitName.objects.get_or_create(unit=unit, name=text, defaults={"role": role})


def _told(
    unit: Unit, action: str, summary: str, by: User, facts: dict[str, str | int | None] | None = None
) -> None:
    events.record(
        subject_type="unit",
        subject_id=unit.pk,
        action=action,
        summary=summary,
        by=by,
        facts=dict(facts or {}),
    )
    revisions.bump([0, unit.pk])
