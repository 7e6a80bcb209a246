"""The set-up's two workbooks: what the office's list of units brings, what its roster brings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rectify.lib.secrecy import mark_in_name, mark_in_sheets, refusal
from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import UnreadableFile
from townships.exchange import county_workbook, roster
from townships.models import Unit, User
from townships.queries.units import directory, unit_index
from townships.rules.roles import Role
from townships.services import accounts, units
from townships.services.units import Loaded, UnitError


def root_of(user: User) -> Unit:
    """The county (or city) that the office acts for. UnitError where it has none."""
    found = Unit.objects.filter(path=user.scope.root).first()
    if found is None:
        raise UnitError("您的账号没有所属的县，请与系统管理员联系。")
    return found


def refuse_classified(path: Path, name: str) -> None:
    """Raise UnreadableFile for a file that bears a 密级 mark, in its name or inside, or cannot be read."""
    if mark := mark_in_name(name) or mark_in_sheets(read_book(path, csv_name=name).sheets):
        raise UnreadableFile(refusal(mark))


def understand_units(path: Path, user: User) -> county_workbook.Understood:
    """What the workbook would bring; UnreadableFile or UnitError, in Chinese."""
    return county_workbook.read(path, root_of(user))


def load_units(path: Path, *, by: User) -> Loaded:
    """Store what the workbook brings, all of it or nothing. UnreadableFile or UnitError, in Chinese."""
    understood = understand_units(path, by)
    if understood.reading.problems:
        raise UnitError(understood.reading.problems[0])
    return units.load_county(understood.reading.county, by=by)


def plan_accounts(path: Path, user: User) -> roster.Plan:
    """The accounts a roster would make. A 系统管理员 is made by a 系统管理员: who does the business must not
    give himself the keys. UnreadableFile in Chinese."""
    plan = roster.plan(roster.read(path, unit_index()), directory(user))
    keepers = [account for account in plan.accounts if account.role is Role.SYSADMIN]
    refused = [f"{account.name}：系统管理员账号由现有的系统管理员在“人员”里建立。" for account in keepers]
    kept = [account for account in plan.accounts if account.role is not Role.SYSADMIN]
    return replace(plan, accounts=kept, problems=[*plan.problems, *refused])


def create_accounts(path: Path, *, by: User) -> tuple[list[tuple[User, str]], tuple[str, ...]]:
    """Make the accounts of a roster, all or none: each with its initial password in clear (kept nowhere),
    and who had one already. AccountError or UnreadableFile, in Chinese."""
    plan = plan_accounts(path, by)
    if plan.problems:
        raise accounts.AccountError(*plan.problems)
    return accounts.create_many(plan.accounts, by=by), plan.known
