"""What a bulletin of each kind holds unless the office says otherwise: its title, its parts, its first words.

The office's own choice is kept with each bulletin; the next of the same kind begins with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashboards.rules.bulletins import BulletinKind as K


class Part(StrEnum):
    """Parts in the order in which they are printed."""

    OVERALL = "overall"
    TOWNSHIPS = "townships"
    DEPARTMENTS = "departments"
    CATEGORIES = "categories"
    NOT_STARTED = "not_started"
    FUNDS = "funds"
    OVERDUE = "overdue"
    UNREPORTED = "unreported"
    GOOD = "good"
    WORST = "worst"
    NEXT = "next"

    @property
    def label(self) -> str:
        return PART_LABELS[self]


PART_LABELS: dict[Part, str] = {
    Part.OVERALL: "总体情况",
    Part.TOWNSHIPS: "各乡镇整改情况",
    Part.DEPARTMENTS: "各部门整改情况",
    Part.CATEGORIES: "分类别整改情况",
    Part.NOT_STARTED: "项目未动工情况",
    Part.FUNDS: "资金情况",
    Part.OVERDUE: "逾期情况",
    Part.UNREPORTED: "报送情况",
    Part.GOOD: "进度靠前的单位",
    Part.WORST: "进度靠后的单位",
    Part.NEXT: "下一步工作要求",
}
OF_ISSUES = frozenset(
    {Part.TOWNSHIPS, Part.DEPARTMENTS, Part.CATEGORIES, Part.OVERDUE, Part.GOOD, Part.WORST}
)
OF_PROJECTS = frozenset({Part.NOT_STARTED})
OPENING = "opening"
"""The prose above the first heading."""


@dataclass(frozen=True, slots=True)
class Template:
    """``title`` and ``opening`` take {period}, {campaign}, {topic}, {as_of}, {basis}."""

    title: str
    parts: tuple[Part, ...]
    opening: str
    next_steps: str
    mark: str = "整通报"


FULL = tuple(Part)
OPEN = "现将{period}{subject}整改情况通报如下。数字统计截至{as_of}，按{basis}计算。"
STEPS = (
    "请各乡镇、各部门对照本通报逐项核对，落实责任领导和责任人，倒排时间，逐项销号。逾期未整改的，说明原因，"
    "明确完成日期；项目未动工的，按期开工。数字有出入的，及时向县整改办提出。"
)
TEMPLATES: dict[K, Template] = {
    K.WEEKLY: Template(
        "关于{period}{subject}周调度情况的通报",
        (Part.OVERALL, Part.TOWNSHIPS, Part.OVERDUE, Part.UNREPORTED, Part.NEXT),
        OPEN,
        STEPS,
    ),
    K.TEN_DAYS: Template(
        "关于{period}{subject}整改情况的报告",
        (
            Part.OVERALL,
            Part.TOWNSHIPS,
            Part.CATEGORIES,
            Part.NOT_STARTED,
            Part.OVERDUE,
            Part.UNREPORTED,
            Part.NEXT,
        ),
        OPEN.replace("通报", "报告"),
        STEPS.replace("通报", "报告"),
    ),
    K.MONTHLY: Template("关于{period}{subject}整改情况的通报", FULL, OPEN, STEPS),
    K.QUARTERLY: Template("关于{period}{subject}整改情况的分析通报", FULL, OPEN, STEPS),
    K.HALF_YEAR: Template("关于{period}{subject}整改工作的小结通报", FULL, OPEN, STEPS),
    K.YEARLY: Template("关于{period}{subject}整改工作的总结通报", FULL, OPEN, STEPS),
    K.SPECIAL: Template(
        "关于{subject}整改情况的专题通报",
        (
            Part.OVERALL,
            Part.TOWNSHIPS,
            Part.NOT_STARTED,
            Part.FUNDS,
            Part.OVERDUE,
            Part.GOOD,
            Part.WORST,
            Part.NEXT,
        ),
        OPEN,
        STEPS,
    ),
}
