"""How far the set-up has come: whether anybody is there, and which steps are done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from issues.models import Category, Import, IssueList
from projects.models import Campaign
from projects.queries.campaigns import campaigns_of
from townships.models import SYSTEM_USERNAME, Unit, User
from townships.queries.people import accounts_seen_by
from townships.queries.units import directory
from townships.rules.roles import Level, Role

COUNTED = (
    (Level.COUNTY, "个县"), (Level.TOWNSHIP, "个乡镇"), (Level.VILLAGE, "个村（社区）"),
    (Level.DEPARTMENT, "个部门"), (Level.GROUP, "个领导小组"),
)  # fmt: skip
FIRST_PEOPLE = (Role.SYSADMIN.value, Role.OFFICE.value)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up: what it is about, what there is already, and where it is done."""

    title: str
    about: str
    there: str
    is_done: bool
    url: str
    action: str
    is_optional: bool = False


def nobody_yet() -> bool:
    """Whether no person has an account: the built-in 系统 is none. One query."""
    return not User.objects.exclude(username=SYSTEM_USERNAME).exists()


def county() -> Unit | None:
    """The top of the tree, where a command loaded one before anybody had an account."""
    tops = Unit.objects.filter(parent=None, level__in=(Level.CITY.value, Level.COUNTY.value))
    return tops.order_by("code").first()


def steps(user: User, campaign: Campaign | None) -> list[Step]:
    """The steps as they stand for an office; lists and categories are those of ``campaign``."""
    return [
        _units(user),
        _campaigns(user),
        _categories(campaign),
        _accounts(user),
        _lists(campaign),
        _ledgers(user),
    ]


def unit_counts(user: User) -> str:
    """25个乡镇、265个村（社区）、39个部门; what there is none of is not named."""
    under = directory(user).filter(closed_on=None).exclude(path=user.scope.root)
    counts = Counter(under.values_list("level", flat=True))
    return "、".join(f"{counts[level.value]}{word}" for level, word in COUNTED if counts[level.value] > 0)


def _units(user: User) -> Step:
    there = unit_counts(user)
    return Step(
        "单位",
        "乡镇、村（社区）、部门，从本县的单位表载入",
        there,
        bool(there),
        "/setup/units/",
        "补充或更正" if there else "载入单位",
    )


def _campaigns(user: User) -> Step:
    campaigns = campaigns_of(user)
    names = "、".join(campaign.name for campaign in campaigns[:3])
    there = f"{names}等{len(campaigns)}项" if len(campaigns) > 3 else names
    return Step(
        "工作",
        "这次攻坚行动或常年工作，有代号、起止日期",
        there,
        bool(campaigns),
        "/setup/campaign/",
        "查看或修改" if campaigns else "建立工作",
    )


def _categories(campaign: Campaign | None) -> Step:
    found = Category.objects.filter(campaign=campaign) if campaign else Category.objects.none()
    total, without = found.count(), found.filter(department=None, children=None).count()
    there = f"{total}个类别" + (f"，{without}个没有主管部门" if without else "") if total else ""
    return Step(
        "类别和主管部门",
        "问题分哪几类，各由哪个部门主管；导入台账时也会自动建立",
        there,
        bool(total),
        "/setup/categories/",
        "查看或修改" if total else "建立类别",
        is_optional=True,
    )


def _accounts(user: User) -> Step:
    people = accounts_seen_by(user)
    total, initial = people.count(), people.filter(must_change_password=True, is_active=True).count()
    more = total > len(FIRST_PEOPLE)
    there = f"{total}个账号" + (f"，{initial}人还没有首次登录" if initial else "")
    return Step(
        "账号",
        "从人员名册建立，每人一张账号条",
        there if total else "",
        more,
        "/setup/accounts/",
        "再建立一批" if more else "从名册建立账号",
    )


def _lists(campaign: Campaign | None) -> Step:
    total = IssueList.objects.filter(campaign=campaign).count() if campaign else 0
    return Step(
        "问题清单",
        "一份来源文件一张清单；导入台账时自动建立",
        f"{total}张清单" if total else "",
        bool(total),
        "/lists/",
        "查看或修改" if total else "建立清单",
        is_optional=True,
    )


def _ledgers(user: User) -> Step:
    ids = [campaign.pk for campaign in campaigns_of(user)]
    total = Import.objects.filter(campaign__in=ids, status="done").count()
    return Step(
        "导入台账",
        "把现有的台账导入进来，系统识别表头，核对后入库",
        f"已导入{total}份" if total else "",
        bool(total),
        "/import/",
        "导入台账" if total else "导入第一份台账",
    )
