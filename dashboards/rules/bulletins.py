"""Bulletins (通报): kinds, periods and states, and the one table of what may be done to one, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from alerts.rules.rounds import Period, Rhythm
from alerts.rules.rounds import period_of as round_period
from townships.rules.permissions import Permission

LONGEST_TITLE, LONGEST_PROSE, LONGEST_WORDS = 100, 4000, 300
LIMITS = {"special": 4000}
USUAL_LIMIT = 5000
"""Characters: 专项 ≤ 4000, 综合 ≤ 5000 (整治形式主义为基层减负若干规定, 2024); a hint, never a refusal."""
MONTHS = {"quarterly": 3, "half_year": 6, "yearly": 12}


class BulletinKind(StrEnum):
    """周调度、旬报告、月通报 (W-088, W-089), 季、半年、年 (W-090), and 专题 over days of one's own."""

    WEEKLY = "weekly"
    TEN_DAYS = "ten_days"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEAR = "half_year"
    YEARLY = "yearly"
    SPECIAL = "special"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def limit(self) -> int:
        """How many characters a document of this kind should have at most."""
        return LIMITS.get(self.value, USUAL_LIMIT)


KIND_LABELS: dict[BulletinKind, str] = {
    BulletinKind.WEEKLY: "周调度",
    BulletinKind.TEN_DAYS: "旬报告",
    BulletinKind.MONTHLY: "月通报",
    BulletinKind.QUARTERLY: "季度分析",
    BulletinKind.HALF_YEAR: "半年小结",
    BulletinKind.YEARLY: "全年总结",
    BulletinKind.SPECIAL: "专题通报",
}


def period_of(kind: BulletinKind, day: date) -> Period:
    """The period of this kind that ``day`` lies in; ValueError for a special bulletin, which says its own."""
    if kind is BulletinKind.SPECIAL:
        raise ValueError("a special bulletin says its own period")
    if kind.value not in MONTHS:
        return round_period(Rhythm(kind.value), day)
    months = MONTHS[kind.value]
    start = (day.month - 1) // months * months + 1
    following = date(day.year + (start + months > 12), (start + months - 1) % 12 + 1, 1)
    return Period(date(day.year, start, 1), following - timedelta(days=1))


def last_over(kind: BulletinKind, today: date) -> Period:
    """The newest period of this kind whose last day has come."""
    here = period_of(kind, today)
    return here if here.last <= today else period_of(kind, here.first - timedelta(days=1))


def period_name(kind: BulletinKind, period: Period) -> str:
    """2018年5月, 2018年5月下旬, 2018年5月28日—6月3日, 2018年第二季度, 2018年上半年, 2018年."""
    first = period.first
    month = f"{first.year}年{first.month}月"
    match kind:
        case BulletinKind.MONTHLY:
            return month
        case BulletinKind.TEN_DAYS:
            return f"{month}{'上中下'[min(first.day // 10, 2)]}旬"
        case BulletinKind.QUARTERLY:
            return f"{first.year}年第{'一二三四'[first.month // 3]}季度"
        case BulletinKind.HALF_YEAR:
            return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
        case BulletinKind.YEARLY:
            return f"{first.year}年"
    return f"{first.year}年{period.label}"


def period_refusal(kind: BulletinKind, period: Period, today: date) -> str:
    """Why no bulletin can be made of the period; "" where one can."""
    if period.first > period.last:
        return "起始日不能晚于截止日。"
    if period.last > today:
        last = f"{period.last.month}月{period.last.day}日"
        return f"{period_name(kind, period)}到{last}才结束，到那天才能编制{kind.label}。"
    return ""


def frozen_refusal(kind: BulletinKind, period: Period, number: str) -> str:
    """Why there is no second bulletin over a period; ``number``: the first one's, "" while it is a draft."""
    name = f"{period_name(kind, period)}的{kind.label}"
    if number:
        return f"{name}已经签发（{number}），这一期的数字已经定稿，不能再编；有错的，请在原通报上办理更正。"
    return f"{name}已有一份在办，请在那份上修改。"


class BulletinState(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    SIGNED = "signed"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return {"draft": "草稿", "pending": "待签发", "signed": "已签发", "dropped": "已作废"}[self.value]


class BulletinVerb(StrEnum):
    EDIT = "edit"
    REFRESH = "refresh"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    DROP = "drop"
    SIGN = "sign"
    SEND_BACK = "send_back"
    CORRECT = "correct"

    @property
    def label(self) -> str:
        return STEPS[self].label


@dataclass(frozen=True, slots=True)
class Step:
    """``at``: in which states; ``by_author``: 起草人 alone; ``not_author``: anybody but 起草人."""

    label: str
    permission: Permission
    at: tuple[BulletinState, ...]
    by_author: bool = False
    not_author: bool = False


S, P = BulletinState, Permission
STEPS: Mapping[BulletinVerb, Step] = {
    BulletinVerb.EDIT: Step("修改", P.PUBLISH_BULLETINS, (S.DRAFT,)),
    BulletinVerb.REFRESH: Step("重新取数", P.PUBLISH_BULLETINS, (S.DRAFT,)),
    BulletinVerb.SUBMIT: Step("送签", P.PUBLISH_BULLETINS, (S.DRAFT,)),
    BulletinVerb.TAKE_BACK: Step("取回修改", P.PUBLISH_BULLETINS, (S.PENDING,)),
    BulletinVerb.DROP: Step("作废草稿", P.PUBLISH_BULLETINS, (S.DRAFT,)),
    BulletinVerb.SIGN: Step("签发", P.SIGN_BULLETINS, (S.PENDING,), not_author=True),
    BulletinVerb.SEND_BACK: Step("退回修改", P.SIGN_BULLETINS, (S.PENDING,), not_author=True),
    BulletinVerb.CORRECT: Step("更正", P.PUBLISH_BULLETINS, (S.SIGNED,)),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A bulletin as one person meets it. ``is_author``: drafted it; ``correction``: the number
    or, unsigned, the title of the bulletin that corrects it."""

    state: BulletinState
    is_author: bool = False
    correction: str = ""


def refusal(verb: BulletinVerb, now: Standing) -> str:
    """Why the verb cannot be done now, one sentence; "" where it can. The permission is asked elsewhere."""
    step = STEPS[verb]
    if now.state not in step.at:
        if now.state is BulletinState.SIGNED:
            return f"这份通报已经签发定稿，不能{step.label}；数字或文字有错的，请办理更正。"
        return f"这份通报现在是“{now.state.label}”，不能{step.label}。"
    if step.not_author and now.is_author:
        return f"起草人不能{step.label}自己起草的通报，请由另一位领导办理。"
    if verb is BulletinVerb.CORRECT and now.correction:
        return f"这份通报已由{now.correction}更正；还要更正的，请在那一份上办理。"
    return ""


__all__ = [
    "BulletinKind",
    "BulletinState",
    "BulletinVerb",
    "Period",
    "Standing",
    "frozen_refusal",
    "last_over",
    "period_name",
    "period_of",
    "period_refusal",
    "refusal",
]
