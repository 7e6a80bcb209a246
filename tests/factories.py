"""Rows for tests, made through the rooms' own models and ledgers: a small county, issues, projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from issues.models import Category, Issue, IssueList, IssueUnit
from issues.services import ledger as issue_ledger
from projects.models import Campaign, Fund, Programme, Project
from projects.services import ledger as project_ledger
from townships.models import Unit, UnitName, User

COUNTY = "990001"
_numbers = count(1)


def unit(
    code: str, name: str, level: str, parent: Unit | None = None, *, short_name: str = "", **fields: Any
) -> Unit:
    """A unit under ``parent``, with its official name among its names."""
    path = f"{parent.path if parent else ''}{code}/"
    made = Unit.objects.create(
        code=code, name=name, short_name=short_name or name, level=level, parent=parent, path=path, **fields
    )
    UnitName.objects.create(unit=made, name=name, role="official")
    return made


def county(townships: Sequence[str] = ("甲镇", "乙镇", "丙乡")) -> Unit:
    """A county with townships 990001101, 990001102, …, two villages in each, and two departments."""
    top = unit(COUNTY, "某县", "county")
    for position, name in enumerate(townships, start=101):
        town = unit(f"{COUNTY}{position}", name, "township", top)
        for number in (1, 2):
            unit(f"{town.code}{number:03d}", f"{name[0]}{'一二'[number - 1]}村", "village", town)
    unit("D-A", "某县住建局", "department", top, short_name="住建局")
    unit("D-B", "某县财政局", "department", top, short_name="财政局")
    return top


def user(role: str = "office", at: Unit | None = None, username: str = "") -> User:
    """An account that needs no password change."""
    name = username or f"user{next(_numbers)}"
    return User.objects.create(
        username=name, name=name, role=role, unit=at, password="!", must_change_password=False
    )


def campaign(at: Unit, code: str = "gj2018", name: str = "百日攻坚", **fields: Any) -> Campaign:
    return Campaign.objects.create(code=code, name=name, unit=at, **fields)


def issue_list(of: Campaign, code: str = "L1", short_name: str = "房屋安全", **fields: Any) -> IssueList:
    return IssueList.objects.create(
        campaign=of, code=code, title=f"某县{short_name}问题台账", short_name=short_name, **fields
    )


def category(of: Campaign, code: str, name: str, parent: Category | None = None, **fields: Any) -> Category:
    full_name = f"{parent.full_name} / {name}" if parent else name
    path = f"{parent.path if parent else ''}{code}/"
    return Category.objects.create(
        campaign=of, code=code, name=name, full_name=full_name, path=path, parent=parent, **fields
    )


def issue(
    listed: IssueList,
    by: User,
    *,
    quantity: Decimal | int | str = 1,
    counted_in: str = "户",
    found_on: date = date(2018, 1, 10),
    amount: Decimal | str | None = None,
    claims: Sequence[tuple[Decimal | int | str, date]] = (),
    confirmations: Sequence[tuple[Decimal | int | str, date]] = (),
    removals: Sequence[tuple[Decimal | int | str, date]] = (),
    is_stated: bool = True,
    deadline_confirmed: bool = True,
    deadline_class: str = "long",
    **fields: Any,
) -> Issue:
    """An issue with its entries posted to the ledger, found first, then what was claimed and confirmed."""
    made = Issue.objects.create(
        campaign=listed.campaign,
        list=listed,
        number=f"WT{next(_numbers):06d}",
        counted_in=counted_in,
        found_on=found_on,
        stated_on=found_on if is_stated else None,
        deadline_class=deadline_class,
        deadline_confirmed=deadline_confirmed,
        **fields,
    )
    money = None if amount is None else Decimal(amount)
    moves = [issue_ledger.Move("found", Decimal(quantity), found_on, money)]
    for stage, parts in (("removed", removals), ("claimed", claims), ("confirmed", confirmations)):
        moves += [issue_ledger.Move(stage, Decimal(part), day) for part, day in parts]
    issue_ledger.post(item_id=made.pk, moves=moves, by=by, cause="registration")
    made.refresh_from_db()
    return made


def responsible(of: Issue, *units: Unit, role: str = "responsible") -> None:
    """Name units that answer for (or, by ``role``, lead or support) the issue."""
    for position, one in enumerate(units):
        IssueUnit.objects.create(issue=of, unit=one, name=one.name, role=role, position=position)


def programme(
    of: Campaign, code: str, name: str, parent: Programme | None = None, **fields: Any
) -> Programme:
    full_name = f"{parent.full_name} / {name}" if parent else name
    path = f"{parent.path if parent else ''}{code}/"
    return Programme.objects.create(
        campaign=of, code=code, name=name, full_name=full_name, path=path, parent=parent, **fields
    )


def project(
    of: Programme,
    by: User,
    *,
    arranged: Decimal | int | str = 1,
    counted_in: str = "个",
    arranged_on: date = date(2018, 1, 1),
    allotted: Decimal | int | str | None = None,
    started: Sequence[tuple[Decimal | int | str, date]] = (),
    completed: Sequence[tuple[Decimal | int | str, date]] = (),
    **fields: Any,
) -> Project:
    """A project with its works posted; allotted as arranged unless said otherwise."""
    number = f"XM{next(_numbers):06d}"
    made = Project.objects.create(
        campaign=of.campaign, programme=of, number=number, name=fields.pop("name", number),
        counted_in=counted_in, arranged_on=arranged_on, **fields,
    )  # fmt: skip
    given = Decimal(arranged if allotted is None else allotted)
    moves = [issue_ledger.Move("arranged", Decimal(arranged), arranged_on)]
    if given:
        moves.append(issue_ledger.Move("allotted", given, arranged_on))
    for stage, parts in (("started", started), ("completed", completed)):
        moves += [issue_ledger.Move(stage, Decimal(part), day) for part, day in parts]
    project_ledger.post(made, moves=moves, by=by, cause="import")
    made.refresh_from_db()
    return made


def fund(
    of: Programme, by: User, *, due: str, funded: str, on: date = date(2018, 5, 20), **fields: Any
) -> Fund:
    """Money due and money issued, in 万元."""
    number = f"ZJ{next(_numbers):06d}"
    made = Fund.objects.create(campaign=of.campaign, programme=of, number=number, arranged_on=on, **fields)
    nothing = Decimal(0)
    moves = [
        issue_ledger.Move(stage, nothing, on, Decimal(amount))
        for stage, amount in (("due", due), ("funded", funded))
        if Decimal(amount)
    ]
    project_ledger.post(made, moves=moves, by=by, cause="import")
    made.refresh_from_db()
    return made
